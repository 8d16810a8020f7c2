"""The seals in a browser: a controller reads what they are, keeps one, and finds who signed it too."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from looking import become, check_page
from pas.seals.checkpoints import read_checkpoint
from pas.seals.notes import is_signed_by, read_verifier
from serving import Served, run_pas

MINUTE = 60_000
NAME = "witness.almere.nl"


def test_a_controller_reads_what_a_seal_is_and_keeps_the_newest(visitor: Page) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger")
    visitor.get_by_role("link", name="Zegels van de boeken").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Zegels van de boeken")
    expect(visitor.get_by_role("heading", name="Bewaar dit zegel")).to_be_visible(timeout=MINUTE)
    check_page(visitor, "seals")
    shown, key = (visitor.locator("pre").nth(number).inner_text() for number in (0, 1))
    note = read_checkpoint(f"{shown.strip()}\n")[1]
    assert is_signed_by(note, read_verifier(key.split()[0]))
    visitor.get_by_role("link", name="Haal het zegel als tekst").click()
    assert read_checkpoint(visitor.locator("pre").inner_text())[1].text.startswith("pas/velsen/")


def test_a_controller_sees_that_another_municipality_signs_too(
    visitor: Page, city: Served, short_path: Path
) -> None:
    seals, data_dir = f"{city.url}/velsen/seals", str(city.output.parent / "data")

    def pas(*words: str) -> str:
        ran = run_pas("ledger", *words, data_dir=data_dir)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout + ran.stderr

    pas("seal", "velsen")
    key = pas("seal-keys", "velsen").split()[0]
    asked = ("witness", str(short_path / "almere"), seals, "--key", key, "--name", NAME)
    witness = next(word for word in pas(*asked).split() if word.startswith(f"{NAME}+"))
    pas("add-witness", "velsen", witness)
    pas(*asked, "--post")
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/seals")
    expect(visitor.get_by_text(NAME)).to_be_visible()
    check_page(visitor, "seals-witnessed")
    visitor.get_by_role("link", name="Haal het zegel met hun handtekening").click()
    assert visitor.url == f"{seals}/witnessed"
    published = read_checkpoint(httpx.get(visitor.url).text)[1]
    assert is_signed_by(published, read_verifier(witness))

"""The list of an earlier supplier, in a browser: handed over by one, looked at and booked by another."""

from pathlib import Path

from playwright.sync_api import Page, expect

from given.files import a_file
from looking import become, check_page
from pas.takeovers.files import COLUMNS
from serving import Served, run_pas

SOMEBODY = """SET search_path = velsen; SELECT v.given_name, v.family_name, v.birth_date FROM resident_version v
    WHERE v.left_on IS NULL AND v.died_on IS NULL AND NOT EXISTS (SELECT 1 FROM scheme_grant g WHERE g.resident_id = v.resident_id)
    AND NOT EXISTS (SELECT 1 FROM resident_version o WHERE o.birth_date = v.birth_date AND o.resident_id <> v.resident_id) LIMIT 1"""


def without_a_grant(city: Served) -> list[str]:
    data_dir = str(city.output.parent / "data")
    ran = run_pas("postgres", "psql", "--", "-AtqX", "-F", ";", "-c", SOMEBODY, data_dir=data_dir)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip().split(";")


def a_list(given_name: str, family_name: str, birth_date: str, *, scheme: str) -> bytes:
    person = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date}
    cards = [
        {"card_number": "6064 3600 1234", **person},
        {"card_number": "6064 3600 1235", **person, "given_name": "Onbekend"},
    ]
    return a_file(
        COLUMNS, *({**one, "scheme": scheme, "amount_cents": "2500"} for one in cards)
    ).getvalue()


def test_old_cards_are_taken_over_by_two(visitor: Page, city: Served, tmp_path: Path) -> None:
    become(visitor, "sign-in", "Medewerker toekenning")
    visitor.goto("/velsen/takeovers")
    check_page(visitor, "takeovers-none")
    visitor.get_by_role("link", name="Bied een lijst aan").click()
    check_page(visitor, "takeover-new")
    field = visitor.locator("input[name^='total-']").first
    scheme = (field.get_attribute("name") or "").removeprefix("total-")
    visitor.get_by_role("button", name="Bied de lijst aan").click()
    check_page(visitor, "takeover-wrong")
    visitor.get_by_label("Van welke leverancier?").fill("oude_pas")
    visitor.locator(f"input[name='total-{scheme}']").fill("50,00")
    file = tmp_path / "kaarten.csv"
    file.write_bytes(a_list(*without_a_grant(city), scheme=scheme))
    visitor.get_by_label("Welk bestand?").set_input_files(file)
    visitor.get_by_role("button", name="Bied de lijst aan").click()
    expect(visitor.get_by_text("Een collega keurt de lijst goed")).to_be_visible()
    address = visitor.url

    become(visitor, "sign-in", "Tweede beoordelaar")
    visitor.get_by_role("link", name="lijst van een eerdere leverancier").click()
    visitor.get_by_role("link", name="oude_pas").click()
    check_page(visitor, "takeover-waits")
    visitor.get_by_role("button", name="Keur goed en boek").click()
    booked = visitor.get_by_text("Geboekt", exact=True).first
    for _ in range(60):
        visitor.goto(address)
        if "Wordt geboekt" not in visitor.inner_text("main"):
            break
        visitor.wait_for_timeout(1_000)
    expect(booked).to_be_visible()
    check_page(visitor, "takeover-booked")
    visitor.goto("/velsen/takeovers")
    check_page(visitor, "takeovers")

"""The books of the demonstration: they close, they can be read, and the sessions of the README say so."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from looking import become, check_page
from serving import Served, run_pas

MINUTE = 60_000
SESSIONS = Path(__file__).parents[2] / "docs" / "sessions"


def test_the_books_of_the_demonstration_close(city: Served) -> None:
    data_dir = str(city.output.parent / "data")
    spent = run_pas("demo", "spend", "--count", "200", data_dir=data_dir)
    proved = run_pas("ledger", "prove", "velsen", data_dir=data_dir)
    assert spent.returncode == 0, spent.stderr
    assert proved.returncode == 0, proved.stderr
    assert "close" in proved.stderr


def test_the_books_of_a_whole_city_fit_on_a_phone(visitor: Page) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("De boeken")
    check_page(visitor, "demo-ledger")


def test_an_auditor_goes_from_the_whole_city_to_one_entry(visitor: Page) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger/equation")
    expect(visitor.get_by_text("Het klopt op de cent")).to_be_visible()
    check_page(visitor, "demo-equation")
    visitor.locator("a[href*='.cents.spent']").first.click()
    check_page(visitor, "demo-equation-term")
    visitor.locator("tbody a").first.click()
    check_page(visitor, "demo-equation-entries")
    visitor.locator("tbody a").first.click()
    expect(visitor.get_by_text("Controleer het zelf")).to_be_visible(timeout=MINUTE)
    check_page(visitor, "demo-entry")


def test_the_sessions_of_the_readme_say_what_they_said(city: Served) -> None:
    """Eighty writes refused; and one cent past every wall is named by the proof."""
    data_dir = str(city.output.parent / "data")

    def psql(name: str, *arguments: str) -> str:
        file = str(SESSIONS / f"{name}.sql")
        ran = run_pas("postgres", "psql", "--", *arguments, "--file", file, data_dir=data_dir)
        return ran.stdout + ran.stderr

    refused = re.findall("ERROR: .*", psql("append_only"))
    seen = (SESSIONS / "append_only.txt").read_text(encoding="utf-8")
    (changed,) = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", psql("one_cent", "-v", "cents=1"))
    broken = run_pas("ledger", "prove", "velsen", data_dir=data_dir)
    psql("one_cent", "-v", "cents=-1")
    whole = run_pas("ledger", "prove", "velsen", data_dir=data_dir)

    assert len(refused) == 80
    assert refused == re.findall("ERROR: .*", seen)
    assert (broken.returncode, whole.returncode) == (1, 0)
    assert f"entry total: entry {changed}" in broken.stderr
    assert "(redeem, refusal none)" in broken.stderr

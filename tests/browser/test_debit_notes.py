"""A merchant that got too much, a long time ago: two people ask it back, and finance books a part of it."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from looking import become, check_page
from serving import Served, run_pas, serving

FINANCE, SECOND = "Medewerker financiën", "Tweede beoordelaar"
TAKEN = "d0000000-0000-4000-8000-000000000001"
TAKE = f"""
    SET search_path = velsen;
    BEGIN;
    ALTER EVENT TRIGGER pas_refuse_ddl DISABLE;
    ALTER TABLE entry DISABLE TRIGGER ALL;
    ALTER TABLE transfer DISABLE TRIGGER ALL;
    WITH one AS (
        SELECT a.id, sum(CASE WHEN t.credit = a.id THEN t.amount ELSE -t.amount END) AS cents
        FROM account a JOIN transfer t ON a.id IN (t.credit, t.debit) WHERE a.kind = 'merchant'
        GROUP BY a.id ORDER BY 2 DESC, 1 LIMIT 1
    ), moved AS (
        INSERT INTO entry (id, kind, fingerprint, total, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        SELECT '{TAKEN}', 'correct', decode(repeat('00', 32), 'hex'), cents + 12345, now(), now() - interval '120 days',
            date_trunc('month', now())::date, 'system', '{TAKEN}', 1, pg_current_xact_id()::text::bigint FROM one
    ), gone AS (
        INSERT INTO transfer (entry_id, line, debit, credit, amount, xid, epoch)
        SELECT '{TAKEN}', 1, one.id, b.id, one.cents + 12345, pg_current_xact_id()::text::bigint, 1
        FROM one, (SELECT id FROM account WHERE kind = 'appropriation' ORDER BY id LIMIT 1) b RETURNING debit
    )
    UPDATE entry e SET recorded_at = recorded_at - interval '200 days' FROM transfer t, gone
    WHERE t.entry_id = e.id AND gone.debit IN (t.credit, t.debit);
    COMMIT;
"""


@pytest.fixture(scope="module")
def debtor() -> Generator[Served]:
    """A small city of its own, in which somebody wrote past the books."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, "demo --households 300", workers="1") as served:
            script = folder / "take.sql"
            script.write_text(TAKE, encoding="utf-8")
            arguments = ("--set", "ON_ERROR_STOP=1", "--file", str(script))
            ran = run_pas("postgres", "psql", "--", *arguments, data_dir=str(folder / "data"))
            assert ran.returncode == 0, ran.stderr
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(browser: Browser, debtor: Served) -> Generator[Page]:
    context = browser.new_context(base_url=debtor.url, locale="nl-NL")
    yield context.new_page()
    context.close()


def test_two_people_ask_it_back_and_finance_books_a_part(page: Page) -> None:
    become(page, "sign-in", FINANCE)
    page.get_by_role("link", name="staat lang onder nul").click()
    check_page(page, "debit-notes-due")
    page.get_by_role("button", name="Stel een debetnota voor").click()
    expect(page.get_by_text("Een tweede beoordelaar kijkt of dit klopt.")).to_be_visible()
    note = page.url
    become(page, "sign-in", SECOND)
    page.goto(note)
    check_page(page, "debit-note-to-approve")
    page.get_by_role("button", name="Keur goed").click()
    become(page, "sign-in", FINANCE)
    page.goto(note)
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal de debetnota (PDF)").click()
    assert download.value.suggested_filename == "debetnota-1.pdf"
    page.get_by_role("link", name="Boek wat de bank ontving").click()
    page.get_by_label("Welk bedrag kwam binnen?").fill("te veel")
    page.get_by_role("button", name="Boek als ontvangen").click()
    check_page(page, "debit-note-receipt-wrong")
    page.get_by_label("Welk bedrag kwam binnen?").fill("23,45")
    page.get_by_role("button", name="Boek als ontvangen").click()
    expect(page.get_by_text("100,00").first).to_be_visible()
    check_page(page, "debit-note-approved")
    page.get_by_role("link", name="Trek de debetnota in").click()
    check_page(page, "debit-note-withdrawal")
    page.get_by_role("link", name="Alle debetnota").or_(
        page.get_by_role("link", name="Debetnota’s")
    ).first.click()
    check_page(page, "debit-notes")

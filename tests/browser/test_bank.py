"""In the demonstration: fetch the answers of the bank, hand them over, and see what became of each payment."""

from pathlib import Path

from playwright.sync_api import Page, expect

from looking import become, check_page

NAMES = ("pain.002", "camt.053", "camt.054")


def test_a_visitor_hands_over_what_the_bank_answers(visitor: Page, tmp_path: Path) -> None:
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto("/velsen/settlements")
    visitor.get_by_role("link", name="Boek wat de bank deed").first.click()
    run = visitor.url
    check_page(visitor, "bank-run")
    files = list[Path]()
    for name in NAMES:
        with visitor.expect_download() as download:
            visitor.get_by_role("link", name=name, exact=True).click()
        files.append(tmp_path / f"{name}.xml")
        download.value.save_as(files[-1])
    for file in files:
        visitor.goto("/velsen/settlements/bank")
        visitor.get_by_label("Bestand van de bank").set_input_files(file)
        visitor.get_by_role("button", name="Lees het bestand in").click()
        expect(
            visitor.get_by_text("Alles is herkend").or_(visitor.get_by_text("Geboekt").first)
        ).to_be_visible()
    check_page(visitor, "bank-file")
    visitor.goto("/velsen/settlements/bank")
    expect(visitor.get_by_text("Alles is herkend")).to_be_visible()
    check_page(visitor, "bank")
    visitor.goto(run)
    expect(visitor.get_by_text("Klaar", exact=True)).to_be_visible()
    expect(visitor.get_by_text("Kwam terug op")).to_have_count(2)

    other = tmp_path / "other.xml"
    other.write_bytes(
        files[1]
        .read_bytes()
        .replace(b"-F1<", b"-F9<")
        .replace(b"<AcctSvcrRef>D-", b"<AcctSvcrRef>X-")
    )
    visitor.goto("/velsen/settlements/bank")
    visitor.get_by_label("Bestand van de bank").set_input_files(other)
    visitor.get_by_role("button", name="Lees het bestand in").click()
    visitor.get_by_role("link", name="Kijk wat niet is herkend").click()
    check_page(visitor, "bank-open")
    visitor.get_by_role("link", name="Afgeschreven").click()
    check_page(visitor, "bank-item")
    visitor.get_by_label("Waarom denkt u dat?").fill("Een proef")
    visitor.get_by_role("button", name="Dit hoort niet bij een uitbetaling").click()
    become(visitor, "sign-in", "Tweede beoordelaar")
    visitor.goto("/velsen/settlements/bank")
    visitor.get_by_role("link", name="Afgeschreven").click()
    check_page(visitor, "bank-decision")
    visitor.get_by_role("button", name="Dit klopt", exact=True).click()
    expect(visitor.get_by_text("Hoort niet bij een uitbetaling")).to_be_visible()

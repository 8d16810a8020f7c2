"""From the whole of the books down to one entry and its proof, on pages and as files; nobody is named."""

import csv
import re
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from given.letters import opened, pages
from given.settlements import Shop, a_shop, sell
from mutate import by_hand
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName
from sealing import seal_all, settled
from sheets import cents_of, rows_of
from signed_in import Visitor, signed_in

LINK = re.compile(r'href="/velsen/(ledger/[^"]+)"')


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    shop = await a_shop(connection, name="Zwembad De Heerenduinen")
    for cents in (1_240, 500):
        await sell(connection, shop, cents)
    await settled(connection)
    return shop


@pytest.fixture
async def auditor(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.AUDITOR)


def links(text: str, part: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in LINK.findall(text) if part in one]


async def test_an_auditor_goes_from_a_total_to_the_proof_of_one_entry(
    auditor: Visitor, shop: Shop, connection: Connection, tmp_path: Path
) -> None:
    await seal_all(connection, KeyStore(tmp_path).ring(MunicipalityName("velsen")))
    whole = (await auditor.look("ledger/equation")).text
    [spent] = links(whole, ".cents.spent")
    months = (await auditor.look(spent)).text
    [month] = links(months, ".cents.spent/20")
    entries = (await auditor.look(month)).text
    found = links(entries, "ledger/entries/")
    entry = (await auditor.look(found[0])).text
    told = [whole, months, entries, entry]

    assert "Het klopt op de cent" in whole
    assert all("17,40" in one for one in told[:3])
    assert ["5,00" in one for one in told[2:]] == [True, True]
    assert len(found) == 2
    assert "Deze boeking staat onder het zegel" in entry
    assert "Zwembad De Heerenduinen" in entry
    assert "pas ledger verify velsen" in entry
    holder = shop.purse.holder
    for secret in ("Sanne", "de Wit", str(holder.id), str(holder.card), str(holder.pass_id)):
        assert not any(secret in one for one in told)


async def test_an_entry_without_a_seal_says_so(auditor: Visitor, shop: Shop) -> None:
    assert shop
    whole = (await auditor.look("ledger/equation")).text
    [month] = links((await auditor.look(links(whole, "spent")[0])).text, "spent/20")
    [first, _] = links((await auditor.look(month)).text, "ledger/entries/")
    assert "nog geen zegel" in (await auditor.look(first)).text


async def test_an_entry_that_was_changed_after_its_seal_does_not_hold(
    auditor: Visitor,
    shop: Shop,
    connection: Connection,
    superuser: Connection,
    tmp_path: Path,
) -> None:
    await seal_all(connection, KeyStore(tmp_path).ring(MunicipalityName("velsen")))
    entry = await connection.fetchval("SELECT id FROM entry WHERE kind = 'redeem' LIMIT 1")
    await by_hand(
        superuser,
        "entry",
        f"UPDATE entry SET occurred_at = occurred_at - interval '1 day' WHERE id = '{entry}'",
    )
    assert shop
    text = (await auditor.look(f"ledger/entries/{entry}")).text
    assert "Deze boeking is niet wat verzegeld is" in text
    answer = (await auditor.ask(f"ledger/entries/{entry}")).json()
    assert answer["seal"]["holds"] is False


async def test_every_table_is_a_text_and_a_sheet_that_add_up(auditor: Visitor, shop: Shop) -> None:
    assert shop
    whole = (await auditor.look("ledger/equation")).text
    [spent] = links(whole, "cents.spent")
    [month] = links((await auditor.look(spent)).text, "spent/20")
    [entry, _] = links((await auditor.look(month)).text, "ledger/entries/")
    for path, column, total in (
        ("ledger/equation?file=schemes.{}", "besteed", 1_740),
        ("ledger/equation?file=merchants.{}", "nog te betalen", 1_740),
        (spent + "&file={}", "euro", 1_740),
        (month + "&file={}", "euro", 1_740),
        (entry + "?file={}", "bedrag", 500),
    ):
        text = (await auditor.look(path.format("csv"))).text
        rows = list(csv.DictReader(StringIO(text), delimiter=";"))
        assert sum(cents_of(one[column]) for one in rows) == total
        sheet = (await auditor.look(path.format("xlsx"))).content
        header, *cells = rows_of(sheet)
        place = header.index(column)
        assert sum(cents_of(row[place]) for row in cells) == total


async def test_the_equation_is_on_paper_the_same_each_time(auditor: Visitor, shop: Shop) -> None:
    assert shop
    at = (await auditor.ask("ledger/equation")).json()["cut"]
    path = f"ledger/equation?file=pdf&day={at['day']}&at={at['epoch']}.{at['xid']}"
    first, second = [(await auditor.look(path)).content for _ in range(2)]
    told = " ".join(pages(first))
    assert first == second
    assert opened(first).Root.MarkInfo.Marked
    for part in (
        "Het klopt op de cent",
        "Zwembad De Heerenduinen",
        "€ 17,40",
        f"{at['epoch']}.{at['xid']}",
    ):
        assert part in told, told


async def test_the_same_for_a_program(auditor: Visitor, shop: Shop) -> None:
    answer = (await auditor.ask("ledger/equation")).json()
    [scheme] = answer["schemes"]
    at = f"at={answer['cut']['epoch']}.{answer['cut']['xid']}"
    term = f"scheme.{scheme['schemeId']}.{scheme['budgetYear']}.cents.spent"
    [month] = (await auditor.ask(f"ledger/equation/{term}/months?{at}")).json()["items"]
    period = month["period"][:7]
    entries = (
        await auditor.ask(f"ledger/equation/{term}/months/{period}/entries?{at}&limit=1")
    ).json()
    last = entries["items"][-1]["entryId"]
    older = await auditor.ask(f"ledger/equation/{term}/months/{period}/entries?{at}&before={last}")
    assert (answer["closes"], scheme["spent"], month["entries"]) == (True, 1_740, 2)
    assert [one["amount"] for one in (*entries["items"], *older.json()["items"])] == [500, 1_240]
    assert answer["merchants"][0]["merchantId"] == str(shop.merchant.id)


async def test_who_may_not_read_the_books_and_what_is_not_there_are_refused(
    client: httpx.AsyncClient, connection: Connection, auditor: Visitor, shop: Shop
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    nowhere = f"ledger/entries/{shop.merchant.id}"
    for visitor in (officer, manager):
        assert (await visitor.look("ledger/equation")).status_code == 403
        assert (await visitor.look(nowhere)).status_code == 403
    assert (await auditor.look(nowhere)).status_code == 404
    assert (await auditor.look("ledger/equation?day=2999-01-01")).status_code == 400
    assert (await auditor.look("ledger/equation?at=" + quote("1;2"))).status_code == 400
    assert (await auditor.look("ledger/equation/sport.2026")).status_code == 404

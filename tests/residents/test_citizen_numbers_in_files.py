"""Citizen numbers in files: stored encrypted, recognised by any key, of one person at a time."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from given.files import a_resident_row
from importing import NUMBER, OTHER_NUMBER, City, history
from pas.auth.citizen_number import decrypt_bsn
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.db import Connection
from pas.imports.record import read_import_rows
from pas.residents import import_residents as module


async def test_a_citizen_number_is_stored_encrypted_and_recognised(
    city: City, connection: Connection
) -> None:
    row = a_resident_row(bsn=NUMBER)

    assert await city.verdicts(row) == ["added"]
    assert await city.verdicts(row) == await city.verdicts(a_resident_row()) == ["same"]
    assert await city.verdicts(a_resident_row(bsn=OTHER_NUMBER)) == ["changed"]

    stored = await connection.fetchrow("SELECT id, bsn_encrypted FROM resident")
    assert stored
    assert decrypt_bsn(city.ring, stored["bsn_encrypted"], resident=stored["id"]) == OTHER_NUMBER
    everything = str(
        await connection.fetch("SELECT resident::text, import_row::text FROM resident, import_row")
    )
    assert NUMBER not in everything
    assert OTHER_NUMBER not in everything


async def test_a_citizen_number_of_somebody_else_is_refused(city: City) -> None:
    await city.reads(a_resident_row(bsn=NUMBER))

    thief = a_resident_row(person_number="2", household_number="H2", bsn=NUMBER)
    assert await city.verdicts(thief, a_resident_row(person_number="3")) == ["refused", "added"]


def somebody(number: str, bsn: str = "") -> dict[str, str]:
    return a_resident_row(person_number=number, household_number=f"H{number}", bsn=bsn)


WRONG_NUMBERS: Final = {
    "two have each other's": ({"1": "B", "2": "A"}, ["changed", "changed"]),
    "one gets a new number, another the old one": ({"1": "C", "2": "A"}, ["changed", "changed"]),
    "another gets the old number of a later row": ({"2": "A", "1": "C"}, ["changed", "changed"]),
    "a newcomer gets a number that is given up": ({"3": "A", "1": "C"}, ["added", "changed"]),
    "three in a circle, one of whom had none": (
        {"3": "A", "1": "B", "2": "C"},
        ["added", "changed", "changed"],
    ),
    "nobody gets what its owner cannot give up": (
        {"4": "C", "3": "A", "1": "B"},
        ["added", "refused", "refused"],
    ),
    "an empty cell gives nothing up": ({"1": "", "3": "A"}, ["same", "refused"]),
}


@pytest.mark.parametrize("chunk", [1, 2_000])
@pytest.mark.parametrize(("file", "first"), WRONG_NUMBERS.values(), ids=WRONG_NUMBERS)
async def test_one_file_puts_right_who_has_which_citizen_number_and_again_changes_nothing(
    city: City,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    file: dict[str, str],
    first: list[str],
    *,
    chunk: int,
) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    numbers = {"A": NUMBER, "B": OTHER_NUMBER, "C": "999990032", "": ""}
    await city.reads(somebody("1", NUMBER), somebody("2", OTHER_NUMBER))
    rows = [somebody(number, numbers[bsn]) for number, bsn in file.items()]

    verdicts: list[dict[str, str]] = []
    for _ in range(2):
        made = await city.reads(*rows)
        of_file = await read_import_rows(connection, made.id)
        verdicts.append({row.key: row.outcome for row in of_file})
    taken = dict(zip(file, first, strict=True))
    again = {one: "refused" if taken[one] == "refused" else "same" for one in file}
    assert verdicts == [taken, again]
    stored = {
        row["person_number"]: decrypt_bsn(city.ring, row["bsn_encrypted"], resident=row["id"])
        for row in await connection.fetch("SELECT * FROM resident WHERE bsn_hash IS NOT NULL")
    }
    for number, bsn in file.items():
        if bsn and taken[number] != "refused":
            assert stored[number] == numbers[bsn]


async def test_rows_that_wait_for_a_citizen_number_stay_in_the_order_of_their_days(
    city: City, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    await city.reads(somebody("1", NUMBER), somebody("2"))
    moved = {**somebody("2", NUMBER), "valid_from": "2026-05-01", "address": "Zeeweg 1"}
    rows = [
        moved,
        {**moved, "valid_from": "2026-06-01", "bsn": ""},
        somebody("1", OTHER_NUMBER),
        {**somebody("1", OTHER_NUMBER), "valid_from": "2026-06-01"},
    ]

    assert await city.verdicts(*rows) == ["changed", "same", "changed", "same"]
    assert await city.verdicts(*rows) == ["same"] * 4
    assert len(await history(connection, "2")) == 2


async def test_more_rows_than_can_wait_are_refused_with_what_to_do(
    city: City, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    monkeypatch.setattr("pas.residents.citizen_numbers.MOST_PUT_OFF", 0)
    await city.reads(somebody("1", NUMBER))
    made = await city.reads(somebody("2", NUMBER), somebody("1", OTHER_NUMBER))
    rows = await read_import_rows(connection, made.id)
    assert [row.outcome for row in rows] == ["refused", "changed"]
    assert "Verbeter dan eerst die persoon." in (rows[0].reason or "")


async def test_a_number_hashed_under_an_older_key_is_still_recognised(
    city: City, tmp_path: Path
) -> None:
    await city.reads(a_resident_row(bsn=NUMBER))
    store = KeyStore(tmp_path / "keys")
    rotate_key(store, city.name, purpose=Purpose.BSN_HASH, now=datetime.now(UTC))
    city.ring = store.ring(city.name)

    assert await city.verdicts(a_resident_row(bsn=NUMBER)) == ["same"]

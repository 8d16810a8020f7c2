"""Residents from files into the database: verdicts, history, citizen numbers, managing adults."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from given.files import a_file, a_resident_row
from given.logins import a_key_store, an_actor
from pas.auth.citizen_number import decrypt_bsn
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.auth.roles import Role
from pas.csvfile import FileRefused
from pas.db import Connection, Database
from pas.demo.population import make_population, residents_file
from pas.ids import ImportId, MunicipalityName, ResidentId, uuid7
from pas.imports.record import Import, read_import_rows
from pas.passes.resident_files import COLUMNS
from pas.residents import import_residents as module
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.residents.managing_adults import managing_adults_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
NUMBER, OTHER_NUMBER = "999990019", "999990020"
CHILD = {"person_number": "2", "given_name": "Sam", "birth_date": "2012-03-04"}


class City:
    """A municipality that reads files."""

    def __init__(self, database: Database, name: MunicipalityName, ring: KeyRing) -> None:
        self.database = database
        self.name = name
        self.ring = ring

    async def reads(
        self, *rows: Mapping[str, str], now: datetime = NOW, import_id: ImportId | None = None
    ) -> Import:
        file = ResidentsFile(source=a_file(COLUMNS, *rows), name="r.csv", import_id=import_id)
        return await import_residents(
            self.database, self.name, file, ring=self.ring, actor=OFFICER, now=now
        )

    async def verdicts(self, *rows: Mapping[str, str], now: datetime = NOW) -> list[str]:
        made = await self.reads(*rows, now=now)
        async with self.database.connection(self.name) as connection:
            return [one.outcome for one in await read_import_rows(connection, made.id)]


@pytest.fixture
def city(database: Database, velsen: MunicipalityName, tmp_path: Path) -> City:
    return City(database, velsen, a_key_store(tmp_path).ring(velsen))


async def history(connection: Connection, number: str) -> list[tuple[date, str | None]]:
    rows = await connection.fetch(
        """
        SELECT v.valid_from, v.address FROM resident_version v JOIN resident r ON r.id = v.resident_id
        WHERE r.person_number = $1 ORDER BY 1
        """,
        number,
    )
    return [(row["valid_from"], row["address"]) for row in rows]


async def resident_id(connection: Connection, number: str) -> ResidentId:
    return await connection.fetchval("SELECT id FROM resident WHERE person_number = $1", number)


async def managers(connection: Connection, child: str) -> set[tuple[str, date, date | None]]:
    found = await managing_adults_of(connection, await resident_id(connection, child))
    numbers = {
        row["id"]: row["person_number"]
        for row in await connection.fetch("SELECT id, person_number FROM resident")
    }
    return {(numbers[one.adult_id], one.valid_from, one.valid_until) for one in found}


async def test_the_same_file_again_changes_nothing_and_a_later_day_adds_history(
    city: City, connection: Connection
) -> None:
    assert await city.verdicts(a_resident_row(), a_resident_row(**CHILD)) == ["added", "added"]
    assert await city.verdicts(a_resident_row(), a_resident_row(**CHILD)) == ["same", "same"]
    moved = a_resident_row(valid_from="2026-05-01", address="Zeeweg 1")
    assert await city.verdicts(moved) == ["changed"]
    assert await city.verdicts(
        moved, a_resident_row(valid_from="2026-05-15", address="Zeeweg 1")
    ) == [
        "same",
        "same",
    ]
    corrected = a_resident_row(valid_from="2026-05-01", address="Zeeweg 2")
    assert await city.verdicts(corrected) == ["changed"]

    assert await history(connection, "1001") == [
        (date(2026, 1, 1), "Duinpad 12"),
        (date(2026, 5, 1), "Zeeweg 2"),
    ]


async def test_a_state_that_a_file_overwrites_stands_in_an_event(
    city: City, connection: Connection
) -> None:
    """What a decision rested on can still be shown, after the same day was told differently."""
    await city.verdicts(a_resident_row(income_pct="95"))
    later = a_resident_row(income_pct="120", valid_from="2026-05-01")
    assert await city.verdicts(a_resident_row(income_pct="140"), later) == ["changed", "changed"]

    told = await connection.fetch(
        "SELECT c.content FROM event e JOIN event_content c ON c.event_id = e.id"
        " WHERE e.kind = 'resident.changed'"
    )

    (content,) = (json.loads(row[0]) for row in told)
    assert (content["before"]["income"], content["after"]["income"]) == (9500, 14000)
    assert "bsn" not in content["before"]


async def test_rows_of_one_person_are_taken_in_the_order_of_their_days(
    city: City, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    rows = [
        a_resident_row(valid_from="2026-05-01", address="Zeeweg 1"),
        a_resident_row(valid_from="2026-06-01", address="Zeeweg 1"),
        a_resident_row(person_number="7", household_number="H7"),
        a_resident_row(valid_from="2026-01-01"),
    ]

    assert await city.verdicts(*rows) == ["changed", "same", "added", "added"]
    assert len(await history(connection, "1001")) == 2


async def test_a_bad_row_is_refused_with_its_line_and_its_neighbours_are_not(
    city: City, connection: Connection
) -> None:
    made = await city.reads(
        a_resident_row(),
        a_resident_row(person_number="2", birth_date="2030-01-01"),
        a_resident_row(person_number="3", household_number="H3", birth_date="2015-01-01"),
        a_resident_row(person_number="4", household_number="H4"),
    )

    rows = await read_import_rows(connection, made.id)

    assert [row.outcome for row in rows] == ["added", "refused", "refused", "added"]
    assert (rows[1].line, rows[1].fields) == (3, ["birth_date", "valid_from"])
    assert "geen volwassene" in (rows[2].reason or "")
    assert (made.added, made.refused) == (2, 2)


async def test_a_child_is_taken_once_its_guardian_is_registered(city: City) -> None:
    child = a_resident_row(**CHILD)

    assert await city.verdicts(child) == ["refused"]
    await city.reads(a_resident_row(person_number="9"))
    assert await city.verdicts(child) == ["added"]


@pytest.mark.parametrize("gone", [{"died_on": "2026-05-20"}, {"household_number": "H2"}])
async def test_the_file_in_which_the_last_adult_goes_gives_the_same_verdicts_again(
    city: City, connection: Connection, gone: dict[str, str]
) -> None:
    await city.reads(a_resident_row(), a_resident_row(**CHILD))
    file = (a_resident_row(valid_from="2026-05-20", **gone), a_resident_row(**CHILD))

    assert await city.verdicts(*file) == ["changed", "same"]
    assert await city.verdicts(*file) == ["same", "same"]
    alone = a_resident_row(**CHILD | {"given_name": "Ander"}, valid_from="2026-05-21")
    made = await city.reads(alone)
    (verdict,) = await read_import_rows(connection, made.id)
    assert (verdict.outcome, "geen volwassene meer" in (verdict.reason or "")) == ("changed", True)


async def test_a_guardian_who_lives_elsewhere_manages_the_pass_as_the_register_says(
    city: City, connection: Connection
) -> None:
    def child(guardian: str, **cells: str) -> dict[str, str]:
        return a_resident_row(**CHILD, guardian_number=guardian, **cells)

    start, eighteen = date(2026, 1, 1), date(2030, 3, 4)
    assert await city.verdicts(child("8")) == ["added"]
    assert await managers(connection, "2") == set()

    await city.reads(a_resident_row(person_number="8", household_number="H8"))
    assert await managers(connection, "2") == {("8", start, eighteen)}
    assert await city.verdicts(child("8")) == ["same"]

    await city.reads(
        child("9", valid_from="2026-05-01"),
        a_resident_row(person_number="9", household_number="H9"),
    )
    assert await managers(connection, "2") == {
        ("8", start, date(2026, 6, 1)),
        ("9", date(2026, 5, 1), eighteen),
    }
    await city.reads(a_resident_row(person_number="9", household_number="H9", died_on="2026-05-20"))
    assert ("9", date(2026, 5, 1), date(2026, 6, 1)) in await managers(connection, "2")


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


async def test_adults_of_the_household_manage_its_children_until_they_are_eighteen(
    city: City, connection: Connection
) -> None:
    await city.reads(
        a_resident_row(person_number="1"),
        a_resident_row(person_number="3", valid_from="2026-03-01"),
        a_resident_row(**CHILD),
        a_resident_row(person_number="5", birth_date="2008-02-29", household_number="H1"),
    )

    eighteen = date(2030, 3, 4)
    assert await managers(connection, "2") == {
        ("1", date(2026, 1, 1), eighteen),
        ("3", date(2026, 3, 1), eighteen),
        ("5", date(2026, 1, 1), eighteen),
    }
    assert await managers(connection, "5") == set()


async def test_who_moves_out_no_longer_manages_and_who_comes_back_does_again(
    city: City, connection: Connection
) -> None:
    await city.reads(
        a_resident_row(person_number="1"),
        a_resident_row(person_number="3"),
        a_resident_row(**CHILD),
    )
    out = a_resident_row(person_number="3", household_number="H9", valid_from="2026-05-20")
    back = a_resident_row(person_number="3", valid_from="2026-07-01")

    await city.reads(out)
    gone = await managers(connection, "2")
    await city.reads(out, now=NOW + timedelta(days=1))
    again = await managers(connection, "2")
    await city.reads(back, now=NOW + timedelta(days=40))

    start, eighteen = date(2026, 1, 1), date(2030, 3, 4)
    assert gone == again == {("1", start, eighteen), ("3", start, date(2026, 6, 1))}
    assert await managers(connection, "2") == {
        *gone,
        ("3", date(2026, 7, 11), eighteen),
    }


async def test_a_child_that_moves_is_managed_where_it_lives(
    city: City, connection: Connection
) -> None:
    await city.reads(
        a_resident_row(person_number="1"),
        a_resident_row(**CHILD),
        a_resident_row(person_number="8", household_number="H8"),
    )

    moved = {**CHILD, "household_number": "H8", "valid_from": "2026-05-01"}
    await city.reads(a_resident_row(**moved))

    assert await managers(connection, "2") == {
        ("1", date(2026, 1, 1), date(2026, 6, 1)),
        ("8", date(2026, 5, 1), date(2030, 3, 4)),
    }


async def test_an_import_that_was_broken_off_is_done_again_and_keeps_its_verdicts(
    city: City, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    rows = [a_resident_row(person_number=str(n), household_number=f"H{n}") for n in range(7)]
    rows[5]["birth_date"] = "x"
    import_id = ImportId(uuid7())

    def crash(done: int, _total: int | None) -> None:
        if done == 4:
            raise KeyboardInterrupt

    file = ResidentsFile(source=a_file(COLUMNS, *rows), name="r.csv", import_id=import_id)
    with pytest.raises(KeyboardInterrupt):
        await import_residents(
            city.database, city.name, file, ring=city.ring, actor=OFFICER, now=NOW, told=crash
        )
    assert await connection.fetchval("SELECT count(*) FROM resident") == 4

    made = await city.reads(*rows, import_id=import_id)

    assert (made.added, made.same, made.refused) == (6, 0, 1)
    assert made.ended_at is not None


async def test_a_file_of_another_shape_is_refused_whole(city: City, connection: Connection) -> None:
    file = ResidentsFile(source=io.BytesIO(b"name,bsn\n"), name="r.csv")

    with pytest.raises(FileRefused):
        await import_residents(
            city.database, city.name, file, ring=city.ring, actor=OFFICER, now=NOW
        )
    assert await connection.fetchval("SELECT count(*) FROM import") == 0


async def test_the_demonstration_city_is_read_whole(city: City, connection: Connection) -> None:
    population = make_population(date(2026, 1, 1))
    text = "".join(residents_file(population)).encode()

    async def reads() -> Import:
        file = ResidentsFile(source=io.BytesIO(text), name="velsen.csv")
        return await import_residents(
            city.database, city.name, file, ring=city.ring, actor=OFFICER, now=NOW
        )

    first, again = await reads(), await reads()

    count = len(population.residents)
    assert (first.added, first.refused) == (count, 0)
    assert again.same == count
    orphans = await connection.fetchval(
        """
        SELECT count(*) FROM resident_version v WHERE v.birth_date > '2008-06-01'
        AND NOT EXISTS (SELECT 1 FROM managing_adult m WHERE m.child_id = v.resident_id)
        """
    )
    assert orphans == 0

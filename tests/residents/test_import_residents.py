"""Residents from files into the database: verdicts, history, citizen numbers, managing adults."""

import io
import json
from datetime import date, timedelta

import pytest

from given.files import a_file, a_resident_row
from importing import (
    CHILD,
    NOW,
    OFFICER,
    City,
    history,
    managers,
)
from pas.csvfile import FileRefused
from pas.db import Connection
from pas.demo.population import make_population, residents_file
from pas.ids import ImportId, uuid7
from pas.imports.record import Import, read_import_rows
from pas.passes.resident_files import COLUMNS
from pas.residents import import_residents as module
from pas.residents.import_residents import ResidentsFile, import_residents


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

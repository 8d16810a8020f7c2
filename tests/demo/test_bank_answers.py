"""The bank of the demonstration answers with valid files, and what they say is booked."""

from pathlib import Path

import pytest
from lxml import etree

from given.bank import SCHEMAS
from given.bank_world import World
from given.days import TODAY
from given.logins import a_key_store
from given.settlements import VELSEN
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.demo.bank_answers import NAMESPACES, bank_answer
from pas.settlements.export import read_files
from pas.settlements.stored import read_lines, read_run


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path, cities=("velsen",)).ring(VELSEN)


async def test_a_visitor_hands_over_all_three_and_sees_it_booked(
    connection: Connection, ring: KeyRing
) -> None:
    world = await World(connection, ring).laid_out()
    run = await read_run(connection, world.run)
    [file] = await read_files(connection, world.run)
    for kind, name in NAMESPACES.items():
        lines = await read_lines(connection, world.run)
        content = bank_answer(kind, VELSEN, run, file=file, lines=lines, today=TODAY)
        again = bank_answer(kind, VELSEN, run, file=file, lines=lines, today=TODAY)
        assert again == content
        etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd")).assertValid(etree.fromstring(content))
        answer = await world.take(content)
        assert answer.open == 0
    assert await world.states() == ["returned", "paid", "returned"]
    assert await world.entries() == {"pay": 2, "bounce": 2}

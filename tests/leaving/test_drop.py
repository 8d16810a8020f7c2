"""A municipality goes only when everything of it stands in an export, as it is now."""

from pathlib import Path

import pytest

from given.bank_world import World
from given.settlements import sell
from leaving_town import exported
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.db.pools import READ_MUNICIPALITY
from pas.ids import MunicipalityName
from pas.installation import Access, drop_municipality
from pas.installation.municipalities import Look, MunicipalityInUse
from pas.leaving.arrive import checked_export
from pas.leaving.unchanged import ChangedSinceExport, OtherMunicipality, refuse_changed


def look_at(folder: Path, ring: KeyRing) -> Look:
    manifest = checked_export(folder, ring)

    async def look(connection: Connection, municipality: MunicipalityName) -> None:
        await refuse_changed(connection, municipality, manifest)

    return look


CHANGES = {
    "a sale": "",
    "a row more": "INSERT INTO category (code, title) VALUES ('new', 'new')",
    "a value": "UPDATE merchant SET name = name || 'x'",
    "a row less": "DELETE FROM agreement",
}


@pytest.mark.parametrize("what", list(CHANGES))
async def test_what_changed_since_the_export_keeps_it_from_being_dropped(
    access: Access,
    migrator: Connection,
    superuser: Connection,
    world: World,
    ring: KeyRing,
    tmp_path: Path,
    what: str,
) -> None:
    await exported(access, tmp_path / "out", ring)
    if what == "a sale":
        await sell(world.connection, world.shops[0], 100)
    else:
        await superuser.execute(CHANGES[what])
    with pytest.raises(ChangedSinceExport):
        await drop_municipality(
            migrator, "velsen", typed_again="velsen", is_exported=look_at(tmp_path / "out", ring)
        )
    assert await READ_MUNICIPALITY.first(migrator, "velsen") is not None


@pytest.mark.usefixtures("almere")
async def test_the_export_of_another_does_not_count(
    access: Access, migrator: Connection, ring: KeyRing, tmp_path: Path
) -> None:
    await exported(access, tmp_path / "out", ring)
    with pytest.raises(OtherMunicipality):
        await drop_municipality(
            migrator, "almere", typed_again="almere", is_exported=look_at(tmp_path / "out", ring)
        )


async def test_while_somebody_is_at_it_nothing_goes(
    access: Access, migrator: Connection, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    await exported(access, tmp_path / "out", ring)
    async with world.connection.transaction():
        await world.connection.execute("UPDATE merchant SET name = name")
        with pytest.raises(MunicipalityInUse):
            await drop_municipality(
                migrator,
                "velsen",
                typed_again="velsen",
                is_exported=look_at(tmp_path / "out", ring),
            )

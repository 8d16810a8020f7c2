"""``pas letters make``: files for their owner alone, who gets none beside them, and an event of each."""

from pathlib import Path

from given.city import YEAR, a_budget, a_holder, a_scheme
from given.letters import pages
from pas.db import Connection
from pas.installation import Access
from serving import run_pas


async def test_the_command_writes_letters_for_their_owner_alone_and_lists_who_gets_none(
    access: Access, connection: Connection, tmp_path: Path
) -> None:
    scheme = await a_scheme(connection)
    for name in ("Noor", "Bo"):
        holder = await a_holder(connection, name=name)
        await a_budget(connection, scheme, holder, cents=1250)
    await connection.execute(
        "UPDATE resident_version SET address = 'Dorpsstraat 1', postcode = '1991 AA', city = 'Velsen' WHERE given_name = 'Noor'"
    )
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
    }
    out = tmp_path / "letters"
    command = ("letters", "make", "velsen", "year-overview", "--year", str(YEAR), "--out", str(out))
    made, again = [run_pas(*command, **settings) for _ in range(2)]

    assert (made.returncode, again.returncode) == (0, 2), made.stderr
    assert "is not empty" in again.stderr
    written = {file.name: file for file in out.iterdir()}
    assert set(written) == {
        "vertrouwelijk-jaaroverzichten-001.pdf",
        "vertrouwelijk-zonder-brief.csv",
    }
    assert {file.stat().st_mode & 0o777 for file in written.values()} == {0o600}
    assert out.stat().st_mode & 0o777 == 0o700
    (letter,) = pages(written["vertrouwelijk-jaaroverzichten-001.pdf"].read_bytes())
    assert "Beste Noor de Wit," in letter
    (_, row) = written["vertrouwelijk-zonder-brief.csv"].read_text("utf-8").splitlines()
    assert row.startswith("Bo de Wit;geen adres;")
    kinds = await connection.fetch("SELECT kind FROM event WHERE kind LIKE 'letter.%' ORDER BY id")
    assert [row["kind"] for row in kinds] == ["letter.made", "letter.fetched"]

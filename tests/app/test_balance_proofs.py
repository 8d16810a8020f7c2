"""The proof of what stood on a pass, for the holder and nobody else."""

import json
from pathlib import Path

import httpx
import pytest

from given.city import Budget, a_budget, a_holder, a_scheme
from given.days import NOW, YEAR
from pas.auth.keys import KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.seals.notes import verifier_of
from pas.seals.take_balances import take_balances
from sealing import last, seal_all
from signed_in import signed_in_holder
from verifying import verified


@pytest.fixture
async def purse(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> tuple[Budget, str]:
    """€ 112,50 of last night, and the public key of the seals."""
    scheme = await a_scheme(connection, year=YEAR)
    holder = await a_holder(connection, year=YEAR)
    budget = await a_budget(connection, scheme, holder, cents=11_250)
    ring = KeyStore(tmp_path).ring(MunicipalityName("velsen"))
    await seal_all(connection, ring)
    assert await take_balances(connection, now=NOW) is not None
    await seal_all(connection, ring)
    origin = (await last(connection))[0].origin
    return budget, verifier_of(origin, ring.current(Purpose.SEAL).secret).text


async def test_a_holder_takes_the_proof_along_and_checks_it_elsewhere(
    client: httpx.AsyncClient, connection: Connection, purse: tuple[Budget, str], tmp_path: Path
) -> None:
    budget, key = purse
    holder = await signed_in_holder(client, connection, budget.holder.id)
    proofs = await holder.ask(f"passes/{budget.holder.pass_id}/balance-proofs")
    everything = await holder.send(f"my-data/{budget.holder.id}/download", {})
    assert [one["amount"] for one in proofs.json()["items"]] == [11_250]
    parts = json.loads(everything.content)["parts"]
    assert parts["balanceProofs"]["items"] == proofs.json()["items"]
    for answer in (proofs, everything):
        path = tmp_path / "balance.json"
        path.write_bytes(answer.content)
        found = verified(None, key, "--balance", path)
        assert found.code == 0, found.said
        assert "stood      11250 cents" in found.said


async def test_of_the_pass_of_another_nothing_is_proved(
    client: httpx.AsyncClient, connection: Connection, purse: tuple[Budget, str]
) -> None:
    stranger = await a_holder(connection, year=YEAR)
    visitor = await signed_in_holder(client, connection, stranger.id)
    answer = await visitor.ask(f"passes/{purse[0].holder.pass_id}/balance-proofs")
    assert answer.status_code == 404

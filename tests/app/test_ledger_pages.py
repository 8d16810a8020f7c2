"""The books proved on a page and for a program: they close, or it says where they break."""

import httpx

from given import a_budget, a_holder, a_scheme
from mutate import by_hand
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import signed_in


async def test_books_that_close_say_so(client: httpx.AsyncClient, connection: Connection) -> None:
    scheme = await a_scheme(connection)
    await a_budget(connection, scheme, await a_holder(connection), cents=1_240)
    auditor = await signed_in(client, connection, Role.AUDITOR)

    text = (await auditor.look("ledger")).text
    proof = (await auditor.ask("ledger/proof")).json()

    assert "Het klopt op de cent" in text
    assert "€\u00a012,40" in text
    assert proof["closes"] is True
    assert [one["granted"] for one in proof["schemes"]] == [1_240]


async def test_books_with_a_cent_too_many_say_where(
    client: httpx.AsyncClient, connection: Connection, superuser: Connection
) -> None:
    scheme = await a_scheme(connection)
    budget = await a_budget(connection, scheme, await a_holder(connection), cents=1_240)
    change = f"UPDATE balance SET amount = amount + 1 WHERE account_id = {budget.account}"
    await by_hand(superuser, "balance", change)
    auditor = await signed_in(client, connection, Role.AUDITOR)

    text = (await auditor.look("ledger")).text
    proof = (await auditor.ask("ledger/proof")).json()

    assert "Het klopt niet" in text
    assert str(budget.account) in text
    assert proof["closes"] is False


async def test_who_may_not_prove_the_books_is_refused(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    assert (await officer.look("ledger")).status_code == 403
    assert (await officer.ask("ledger/proof")).status_code == 403

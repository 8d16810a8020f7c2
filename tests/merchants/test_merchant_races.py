"""Two at once, on real connections: one of them wins, and nothing is half done."""

from functools import partial

from given.logins import NOON
from given.merchants import (
    APPROVER,
    IBAN,
    OTHER_IBAN,
    REGISTRAR,
    a_device,
    a_registered_merchant,
    of_merchant,
)
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.merchants.agreements import add_agreement
from pas.merchants.create_till import NewTill, create_till
from pas.merchants.judge import approve_merchant, end_merchant
from pas.merchants.model import AgreementTerms, PayoutDetails
from pas.merchants.pair_till import PairingCodeUsed, pair_till
from pas.merchants.payout_accounts import propose_account
from together import at_once

VELSEN = MunicipalityName("velsen")
AT_ONCE = 8


async def test_of_devices_with_one_code_one_is_paired(
    connection: Connection, crowd: Database
) -> None:
    merchant = await a_registered_merchant(connection)
    invited = await create_till(
        connection, merchant, NewTill(name="bar"), actor=REGISTRAR, now=NOON
    )
    devices = [a_device(invited.code) for _ in range(AT_ONCE)]
    answers = await at_once(
        crowd,
        *(partial(pair_till, device=device, municipality=VELSEN, now=NOON) for device in devices),
    )
    paired = [n for n, answer in enumerate(answers) if not isinstance(answer, Refusal)]
    assert len(paired) == 1
    assert sum(isinstance(answer, PairingCodeUsed) for answer in answers) == AT_ONCE - 1
    stored = await connection.fetchval("SELECT public_key FROM till")
    assert stored.endswith(devices[paired[0]].public_key)
    assert await connection.fetchval("SELECT count(*) FROM event WHERE kind = 'till.paired'") == 1


async def test_of_accounts_proposed_at_once_one_waits(
    connection: Connection, crowd: Database
) -> None:
    merchant = await a_registered_merchant(connection)
    accounts = [PayoutDetails(iban=iban, holder="x") for iban in (IBAN, OTHER_IBAN) * 4]
    await at_once(
        crowd,
        *(
            partial(
                propose_account, merchant_id=merchant, account=account, actor=REGISTRAR, now=NOON
            )
            for account in accounts
        ),
    )
    assert await connection.fetchval("SELECT count(*) FROM payout_account") == 1


async def test_of_agreements_made_at_once_one_holds(
    connection: Connection, crowd: Database
) -> None:
    merchant = await a_registered_merchant(connection, agreements=[])
    terms = AgreementTerms(category="sport", valid_from=NOON.date())
    await at_once(
        crowd,
        *[partial(add_agreement, merchant_id=merchant, terms=terms, actor=REGISTRAR)] * AT_ONCE,
    )
    assert await connection.fetchval("SELECT count(*) FROM agreement") == 1


async def test_approvals_at_once_open_one_account(connection: Connection, crowd: Database) -> None:
    merchant = await a_registered_merchant(connection)
    await at_once(
        crowd,
        *[partial(approve_merchant, merchant_id=merchant, actor=APPROVER, now=NOON)] * AT_ONCE,
    )
    assert await connection.fetchval("SELECT count(*) FROM account WHERE kind = 'merchant'") == 1
    events = await connection.fetchval(
        "SELECT count(*) FROM event WHERE kind = 'merchant.approved'"
    )
    assert events == 1


async def test_an_ended_merchant_is_left_with_no_till_that_was_made_meanwhile(
    connection: Connection, crowd: Database
) -> None:
    merchant = await a_registered_merchant(connection)
    manager = of_merchant(merchant)
    make = partial(
        create_till, merchant_id=merchant, new=NewTill(name="bar"), actor=manager, now=NOON
    )
    end = partial(end_merchant, merchant_id=merchant, reason="weg", actor=APPROVER, now=NOON)
    await at_once(crowd, *[make] * AT_ONCE, end)
    states = await connection.fetch("SELECT DISTINCT state FROM till")
    assert [row["state"] for row in states] in ([], ["revoked"])

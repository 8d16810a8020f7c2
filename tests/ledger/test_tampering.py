"""The proof names what was changed past the walls, by entry and by account."""

import pytest

from booking import a_reversal, a_sale, redeem, reverse
from given.city import (
    FIRST_DAY,
    Budget,
    Till,
    a_budget,
    a_merchant,
    appropriate,
)
from given.logins import NOON
from mutate import by_hand
from pas.db import Connection
from pas.ledger.accounts import new_account_id
from pas.ledger.prove import prove
from pas.redemptions.prove import prove as prove_all

TAMPERING = {
    "one cent more on a transfer": (
        *("transfer", "UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{sale}'"),
        {"entry total", "balance", "redemption"},
    ),
    "a transfer to another merchant": (
        *("transfer", "UPDATE transfer SET credit = {payee} WHERE entry_id = '{sale}'"),
        {"posting", "redemption"},
    ),
    "a transfer taken out": (
        *("transfer", "DELETE FROM transfer WHERE entry_id = '{sale}'"),
        {"entry total", "balance", "redemption"},
    ),
    "an entry taken out": (
        *("entry", "DELETE FROM entry WHERE id = '{sale}'"),
        {"transfer without entry", "redemption"},
    ),
    "a total": (
        *("entry", "UPDATE entry SET total = total + 1 WHERE id = '{sale}'"),
        {"entry total"},
    ),
    "another kind": (
        *("entry", "UPDATE entry SET kind = 'lapse' WHERE id = '{sale}'"),
        {"posting", "redemption"},
    ),
    "a balance": (
        *("balance", "UPDATE balance SET amount = amount + 1 WHERE account_id = {budget}"),
        {"balance"},
    ),
    "a number of movements": (
        *("balance", "UPDATE balance SET movements = movements + 1 WHERE account_id = {budget}"),
        {"balance"},
    ),
    "a number of debits": (
        *("balance", "UPDATE balance SET debits = debits - 1 WHERE account_id = {budget}"),
        {"balance"},
    ),
    "a balance taken out": (
        *("balance", "DELETE FROM balance WHERE account_id = {budget}"),
        {"guard"},
    ),
    "a balance of nothing": (
        *("balance", "INSERT INTO balance (account_id) VALUES (7)"),
        {"guard"},
    ),
    "a place in an account": (
        *("transfer", "UPDATE transfer SET debit_number = 99 WHERE entry_id = '{sale}'"),
        {"balance"},
    ),
    "a turn in an account": (
        *(
            "transfer",
            "UPDATE transfer SET debit_turn = 50, debit_number = 50 WHERE entry_id = '{sale}'",
        ),
        {"balance"},
    ),
    "what was reversed": (
        *("reversal", "UPDATE reversal SET reversed = reversed + 1"),
        {"reversal"},
    ),
    "how often it was reversed": (
        *("reversal", "UPDATE reversal SET times = times + 1"),
        {"reversal"},
    ),
    "a reversal taken out": (*("reversal", "DELETE FROM reversal"), {"reversal"}),
    "the original of a reversal": (
        *("reversal", "UPDATE reversal SET original = original + 1"),
        {"reversal"},
    ),
    "a refund charged to another merchant": (
        *("transfer", "UPDATE transfer SET debit = {club} WHERE entry_id = '{refund}'"),
        {"way back"},
    ),
    "a line of what was set aside": (
        "appropriation_line",
        "UPDATE appropriation_line SET amount_cents = amount_cents + 1",
        {"appropriation"},
    ),
    "money that nobody set aside": (
        *("appropriation_line", "DELETE FROM appropriation_line"),
        {"appropriation"},
    ),
    "a grant of more": (
        *("scheme_grant", "UPDATE scheme_grant SET amount_cents = amount_cents + 1"),
        {"grants"},
    ),
    "grants taken out": (*("scheme_grant", "DELETE FROM scheme_grant"), {"grants"}),
    "an account of another scheme": (
        *("account", "UPDATE account SET scheme_id = gen_random_uuid() WHERE id = {budget}"),
        {"grants", "posting"},
    ),
    "an account in another unit": (
        *("account", "UPDATE account SET unit = 'visits' WHERE id = {budget}"),
        {"grants", "posting"},
    ),
    "what a sale took": (
        *("redemption", "UPDATE redemption SET taken_cents = 999 WHERE entry_id = '{sale}'"),
        {"redemption"},
    ),
    "how many visits it used": (
        *("redemption", "UPDATE redemption SET visits = 1 WHERE entry_id = '{sale}'"),
        {"redemption"},
    ),
    "a refusal of what was paid": (
        *("redemption", "UPDATE redemption SET refusal = 'x' WHERE entry_id = '{sale}'"),
        {"redemption"},
    ),
    "whom a sale paid": (
        *("redemption", "UPDATE redemption SET merchant_id = till_id WHERE entry_id = '{sale}'"),
        {"redemption"},
    ),
    "a sale taken out": (
        *("redemption", "DELETE FROM redemption WHERE entry_id = '{sale}'"),
        {"redemption"},
    ),
    "a sale that nobody booked": (
        "redemption",
        """
        INSERT INTO redemption SELECT gen_random_uuid(), till_id, merchant_id, location_id, category,
            price_cents, 0, 0, 'x', NULL, recorded_at FROM redemption WHERE entry_id = '{sale}'
        """,
        {"redemption"},
    ),
    "what a refund gave back": (
        *("redemption_reversal", "UPDATE redemption_reversal SET amount_cents = 399"),
        {"redemption reversal"},
    ),
    "a refund made a void": (
        *("redemption_reversal", "UPDATE redemption_reversal SET kind = 'void'"),
        {"redemption reversal"},
    ),
    "a refund of another sale": (
        *("redemption_reversal", "UPDATE redemption_reversal SET original_id = '{sale}'"),
        {"redemption reversal"},
    ),
    "a refund taken out": (
        *("redemption_reversal", "DELETE FROM redemption_reversal"),
        {"redemption reversal"},
    ),
    "an end that nobody set": (
        *("balance", "UPDATE balance SET usable_until = 'infinity' WHERE account_id = {budget}"),
        {"usable"},
    ),
    "a beginning before it was granted": (
        *("balance", "UPDATE balance SET usable_from = '-infinity' WHERE account_id = {other}"),
        {"usable"},
    ),
    "a change of the end taken out": (*("usable_change", "DELETE FROM usable_change"), {"usable"}),
    "an account that nobody guards": (
        *("account", "UPDATE account SET kind = 'bank', guarded = false WHERE id = {budget}"),
        {"guard", "posting"},
    ),
}


SUBJECTS = {
    "what a sale took": "sale",
    "a sale taken out": "sale",
    "what a refund gave back": "refund",
    "a refund taken out": "refund",
}
"""The entry that the proof names."""


@pytest.mark.tampered
async def test_the_proof_names_what_was_tampered_with(
    connection: Connection, superuser: Connection, till: Till, budget: Budget
) -> None:
    sale, refunded = a_sale(till, budget, 1000), a_sale(till, budget, 500)
    await redeem(connection, sale, refunded)
    refund = a_reversal("refund", refunded, 400)
    await reverse(connection, refund)
    await connection.execute(
        "SELECT set_budget_usable($1, $2, $3)", budget.account, FIRST_DAY, NOON
    )
    other = await a_budget(connection, budget.scheme, budget.holder)
    club = await a_merchant(connection)
    await appropriate(connection, budget.scheme.id, 50_000)
    names = {
        "sale": str(sale.item.id),
        "refund": str(refund.id),
        "budget": budget.account,
        "other": other.account,
        "payee": new_account_id(),
        "club": club.account,
    }
    for what, (table, change, checks) in TAMPERING.items():
        transaction = superuser.transaction(isolation="repeatable_read")
        await transaction.start()
        await by_hand(superuser, table, change.format(**names))
        proof = await prove_all(superuser, NOON)
        await transaction.rollback()
        assert not proof.closes, what
        assert {finding.check for finding in proof.findings} == checks, what
        assert not proof.missing_walls, what
        if what in SUBJECTS:
            assert {finding.subject for finding in proof.findings} == {names[SUBJECTS[what]]}
    assert (await prove_all(connection, NOON)).closes


@pytest.mark.tampered
async def test_one_cent_on_one_redemption_is_found_by_its_id(
    connection: Connection, superuser: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, a_sale(till, budget, 1), sale, a_sale(till, budget, 2))
    await by_hand(
        superuser,
        "transfer",
        f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{sale.item.id}'",
    )
    proof = await prove(connection, NOON)
    (entry,) = (finding for finding in proof.findings if finding.check == "entry total")
    assert entry.subject == str(sale.item.id)
    assert "says 1240 in total, its transfers say 1241" in entry.detail
    (account,) = (finding for finding in proof.findings if finding.check == "balance")
    assert account.subject == str(budget.account)
    assert {scheme.difference for scheme in proof.schemes} == {-1}

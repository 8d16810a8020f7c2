"""Schemes with money, holders with budgets and merchants with tills, straight into the tables.

The connection is that of the app. Dates lie in pass year 2026, and everything happens at NOON.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec

from given.logins import NOON, OFFICER, a_login
from pas.auth.roles import Role
from pas.days import day_of, start_of
from pas.db import Connection
from pas.ids import (
    AccountId,
    CardId,
    EntryId,
    LocationId,
    LoginId,
    MerchantId,
    MunicipalityName,
    PassId,
    ResidentId,
    SchemeId,
    SchemeVersionId,
    TillId,
    uuid7,
)
from pas.ledger.accounts import new_account_id
from pas.passes.codes import (
    CardNumber,
    HashKey,
    Token,
    hash_card_number,
    new_card_number,
    new_token,
)
from pas.redemptions.facts import (
    TillKind,
)

YEAR: Final = NOON.year
FIRST_DAY: Final = start_of(date(YEAR, 1, 1))
LAST_DAY: Final = start_of(date(YEAR + 1, 1, 1))
"""The moment at which the year is over."""
CARD_KEY: Final = HashKey("test", b"only for tests, 32 bytes long ok")


class Scheme(msgspec.Struct, frozen=True):
    """A scheme in force, with its version and the accounts of its year."""

    id: SchemeId
    version: SchemeVersionId
    appropriation: AccountId
    visits_appropriation: AccountId | None
    used: AccountId | None
    year: int


class Holder(msgspec.Struct, frozen=True):
    """A resident with a pass and an active card."""

    id: ResidentId
    pass_id: PassId
    card: CardId
    token: Token
    number: CardNumber
    household: str


class Budget(msgspec.Struct, frozen=True):
    """What a grant left on a pass."""

    account: AccountId
    visits_account: AccountId | None
    scheme: Scheme
    holder: Holder
    entry: EntryId


class Merchant(msgspec.Struct, frozen=True):
    """An approved merchant with one location."""

    id: MerchantId
    account: AccountId
    location: LocationId


class Till(msgspec.Struct, frozen=True):
    """An active till, and the merchant that it takes money for; ``login`` is whose own it is."""

    id: TillId
    merchant: Merchant
    login: LoginId | None = None


async def a_scheme(
    connection: Connection,
    *,
    code: str | None = None,
    title: str | None = None,
    categories: tuple[str, ...] = ("sport",),
    amount_cents: int = 20000,
    visits: int | None = None,
    visit_price_cents: int | None = None,
    closed_pot: bool = False,
    spend_at_once: bool = False,
    once_per_year: bool = False,
    allowance: str | None = None,
    share_basis_points: int | None = None,
    precondition: str | None = None,
    run_out_days: int = 0,
    appropriated_cents: int | None = None,
    income_limit: int | None = None,
    year: int = YEAR,
) -> Scheme:
    """A scheme with its appropriation, in visits too if it has them; money in it if asked."""
    scheme, version = SchemeId(uuid4()), SchemeVersionId(uuid4())
    await connection.executemany(
        "INSERT INTO category (code, title) VALUES ($1, $1) ON CONFLICT DO NOTHING",
        [(category,) for category in categories],
    )
    code = code or f"s_{scheme.hex[:12]}"
    await connection.execute("INSERT INTO scheme (id, code) VALUES ($1, $2)", scheme, code)
    await connection.execute(
        """
        INSERT INTO scheme_version (id, scheme_id, version, status, valid_from, title, categories,
            allowance, amount_cents, visits, unit_price_cents, spend_at_once, once_per_year,
            closed_pot, unit, school_types, period, run_out_days, stacks_with, excludes,
            subsidiary, awarded_by, derived_cells, retention_years, recorded_by, income_limit,
            share_basis_points, cap_cents, precondition)
        VALUES ($1, $2, 1, 'in_force', $3, $4, $5, $6, $7, $8, $9, $10, $15, $11, 'person', '{}',
            'pass_year', $13, '{}', '{}', false, 'assessment', '{}', 7, $12, $14, $16, $7, $17)
        """,
        *(version, scheme, date(year, 1, 1), title or code, categories),
        *(allowance or ("amount" if visits is None else "visits"), amount_cents, visits),
        *(visit_price_cents, spend_at_once, closed_pot, OFFICER, run_out_days, income_limit),
        *(once_per_year, share_basis_points, precondition),
    )
    account = await connection.fetchval(
        "SELECT open_appropriation($1, $2, $3, $4, $5)",
        *(scheme, year, closed_pot, visits is not None, [new_account_id() for _ in range(5)]),
    )
    if appropriated_cents is not None:
        await appropriate(connection, scheme, appropriated_cents, year=year)
    units = {
        kind: AccountId(number)
        for kind, number in await connection.fetch(
            "SELECT kind, id FROM account WHERE scheme_id = $1 AND unit = 'visits'", scheme
        )
    }
    return Scheme(scheme, version, account, units.get("appropriation"), units.get("used"), year)


async def appropriate(
    connection: Connection, scheme: SchemeId, cents: int, *, year: int = YEAR
) -> None:
    """Set money aside for a scheme, so that a closed pot has something to grant."""
    outcome = await connection.fetchval(
        "SELECT appropriate($1, $2, $3, $4, 'general cover', $5, $6, 'login', $7)",
        *(uuid7(), secrets.token_bytes(32), scheme, year, cents, NOON, OFFICER),
    )
    assert outcome == "booked"


async def a_holder(
    connection: Connection,
    *,
    year: int = YEAR,
    household: str | None = None,
    name: str = "Sanne",
    birth_date: date = date(1990, 5, 17),
    card_state: str = "active",
    unconfirmed_cents: int | None = None,
) -> Holder:
    """A resident with a pass of the year and a paper card."""
    resident, pass_id, card = ResidentId(uuid4()), PassId(uuid4()), CardId(uuid4())
    token, number = new_token(MunicipalityName("velsen")), new_card_number()
    household = household or f"H{resident.hex[:8]}"
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by)
        VALUES ($1, $2, $3, 'de Wit', $4, $5, 'alone', 9500, $6)
        """,
        *(resident, date(year, 1, 1), name, birth_date, household, OFFICER),
    )
    await connection.execute(
        "INSERT INTO pass (id, resident_id, year, starts_on, ends_on) VALUES ($1, $2, $3, $4, $5)",
        *(pass_id, resident, year, date(year, 1, 1), date(year + 1, 1, 1)),
    )
    hashed = hash_card_number(number, CARD_KEY)
    await connection.execute(
        """
        INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since,
            unconfirmed_cents)
        VALUES ($1, $2, 'paper', $3, $4, $5, $6, $7, $8)
        """,
        *(card, resident, token.sha256(), hashed.digest, hashed.key_id, card_state, FIRST_DAY),
        unconfirmed_cents,
    )
    return Holder(resident, pass_id, card, token, number, household)


async def a_child_of(connection: Connection, parent: Holder, **details: object) -> Holder:
    """A holder of the same household, whose card the parent's card may stand in for."""
    child = await a_holder(connection, household=parent.household, **details)  # pyright: ignore[reportArgumentType]
    await connection.execute(
        "INSERT INTO managing_adult (child_id, adult_id, kind, valid_from) VALUES ($1, $2, 'parent', $3)",
        *(child.id, parent.id, date(YEAR, 1, 1)),
    )
    return child


async def a_budget(
    connection: Connection,
    scheme: Scheme,
    holder: Holder,
    *,
    cents: int = 20000,
    visits: int | None = None,
    usable_from: datetime | None = None,
    usable_until: datetime | None = None,
    run_out_days: int = 0,
    merchant: Merchant | None = None,
) -> Budget:
    """Grant a budget to a holder, for the year of the scheme unless other moments are given.

    The run-out is the end of its time.
    """
    usable_from = usable_from or start_of(date(scheme.year, 1, 1))
    usable_until = usable_until or start_of(date(scheme.year + 1, 1, 1))
    last_day = day_of(usable_until - timedelta(microseconds=1))
    period_ends = last_day + timedelta(days=1 - run_out_days)
    decision, entry, account = uuid4(), EntryId(uuid7()), new_account_id()
    visits_account = None if visits is None else new_account_id()
    await connection.execute(
        """
        INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on,
            decided_at, verdicts, actor_kind, actor_id)
        VALUES ($1, $2, $3, $4, 'assessment', $5, $6, '[]', 'login', $7)
        """,
        *(decision, holder.id, holder.household, scheme.year, NOON.date(), NOON, OFFICER),
    )
    outcomes = await connection.fetchval(
        """
        SELECT grant_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
        """,
        *([entry], [secrets.token_bytes(32)], [uuid4()], [decision], [holder.id]),
        *([holder.household], [scheme.id], [scheme.version], [scheme.year], [str(account)]),
        *([str(scheme.year)], [cents], [visits], [day_of(usable_from)], [day_of(usable_until)]),
        *(NOON.date(), [holder.pass_id], [account], [visits_account], [usable_from]),
        *([usable_until], [merchant and merchant.id]),
        *([period_ends], NOON, "login", OFFICER),
    )
    assert outcomes == ["booked"]
    return Budget(account, visits_account, scheme, holder, entry)


async def a_merchant(
    connection: Connection,
    *,
    name: str = "Zwembad De Heerenduinen",
    categories: tuple[str, ...] = ("sport",),
    visit_price_cents: int | None = None,
) -> Merchant:
    """An approved merchant that may take these categories."""
    merchant, location = MerchantId(uuid4()), LocationId(uuid4())
    await connection.execute(
        "INSERT INTO merchant (id, name, state) VALUES ($1, $2, 'requested')", merchant, name
    )
    account = await connection.fetchval(
        "SELECT open_merchant_account($1, $2)", merchant, new_account_id()
    )
    await connection.execute("UPDATE merchant SET state = 'approved' WHERE id = $1", merchant)
    await connection.execute(
        "INSERT INTO location (id, merchant_id, name) VALUES ($1, $2, $3)", location, merchant, name
    )
    for category in categories:
        await connection.execute(
            "INSERT INTO category (code, title) VALUES ($1, $1) ON CONFLICT DO NOTHING", category
        )
        await connection.execute(
            """
            INSERT INTO agreement (id, merchant_id, category, visit_price_cents, valid_from, recorded_by)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            *(uuid4(), merchant, category, visit_price_cents, date(YEAR - 1, 1, 1), OFFICER),
        )
    return Merchant(merchant, account, location)


async def a_till(
    connection: Connection,
    merchant: Merchant,
    *,
    kind: TillKind = "merchant",
    state: str = "active",
    login: LoginId | None = None,
    name: str = "bar",
) -> Till:
    """A till of the merchant, paired with a stand-in for a key; or somebody's own, new unless given."""
    till = TillId(uuid4())
    if kind != "merchant":
        login = login or await a_login(connection, Role(kind))
        await connection.execute(
            """
            INSERT INTO till (id, kind, login_id, name, state, state_since, created_by)
            VALUES ($1, $2, $3, 'balie', $4, $5, $6)
            """,
            *(till, kind, login, state, FIRST_DAY, OFFICER),
        )
        return Till(till, merchant, login)
    await connection.execute(
        """
        INSERT INTO till (id, kind, merchant_id, location_id, name, algorithm, public_key, state,
            state_since, paired_at, created_by)
        VALUES ($1, 'merchant', $2, $3, $8, 'Ed25519', $4, $5, $6, $6, $7)
        """,
        *(till, merchant.id, merchant.location, bytes(32), state, FIRST_DAY, OFFICER, name),
    )
    return Till(till, merchant)

"""Builders: a test names what matters to it, the rest is filled in here."""

import io
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pas.auth.actor import SYSTEM, Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore, Purpose
from pas.auth.roles import Role, permissions_of
from pas.auth.till_signature import PrivateKey
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.facts import Decision, EarlierGrant, HouseholdFacts, PersonFacts
from pas.ids import (
    AccountId,
    CardId,
    EntryId,
    HouseholdNumber,
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
from pas.merchants.model import Registration
from pas.merchants.pair_till import Device
from pas.merchants.pairing import challenge, read_pairing_code
from pas.merchants.register import register_merchant
from pas.money import BasisPoints, Cents
from pas.passes.codes import (
    CardNumber,
    HashKey,
    Token,
    hash_card_number,
    new_card_number,
    new_token,
)
from pas.passes.issue import issue_cards
from pas.passes.make_cards import IssuedCard, Press
from pas.redemptions.facts import (
    AgreementFacts,
    BudgetFacts,
    CardFacts,
    Facts,
    MerchantFacts,
    PassFacts,
    Request,
    TillFacts,
    TillKind,
)
from pas.redemptions.judge import Moment
from pas.redemptions.pace import Pace
from pas.redemptions.redeem import Desk
from pas.redemptions.sale import SaleItem, Scan
from pas.redemptions.undo import Undo
from pas.schemes.keep_version import add_version
from pas.schemes.model import Amount, SchemeVersion, StoredVersion

# --- files of schemes and residents ---------------------------------------------------------

SCHEME_CELLS: Mapping[str, str] = {
    "code": "sport_kinderen",
    "title": "Sport voor kinderen",
    "status": "in_force",
    "valid_from": "2026-01-01",
    "categories": "sport",
    "allowance": "amount",
    "amount_cents": "20000",
    "unit": "child",
    "income_limit_pct": "110",
    "period": "pass_year",
    "awarded_by": "assessment",
}
RESIDENT_CELLS: Mapping[str, str] = {
    "person_number": "1001",
    "given_name": "Fatma",
    "family_name": "Yılmaz",
    "birth_date": "1990-05-17",
    "address": "Duinpad 12",
    "postcode": "1971 AB",
    "city": "IJmuiden",
    "area": "ijmuiden_noord",
    "household_number": "H1",
    "household_type": "alone",
    "income_pct": "95.5",
    "income_source": "participatiewet",
    "valid_from": "2026-01-01",
}


def a_file(columns: tuple[str, ...], *rows: Mapping[str, str]) -> io.BytesIO:
    """A file of our shape with a row for each mapping; what a row does not name is empty."""
    lines = [";".join(columns)]
    lines += [";".join(row.get(column, "") for column in columns) for row in rows]
    return io.BytesIO("\n".join(lines).encode())


def a_scheme_row(**cells: str) -> dict[str, str]:
    return {**SCHEME_CELLS, **cells}


def a_resident_row(**cells: str) -> dict[str, str]:
    return {**RESIDENT_CELLS, **cells}


# --- schemes with money, holders with budgets, merchants with tills, straight into the tables ---
# The connection is that of the app. Dates lie in pass year 2026, and everything happens at NOON.

YEAR: Final = 2026
NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
LAST_DAY: Final = datetime(2027, 1, 1, tzinfo=UTC)
OFFICER: Final = UUID(int=1)
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
        INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since)
        VALUES ($1, $2, 'paper', $3, $4, $5, $6, $7)
        """,
        *(card, resident, token.sha256(), hashed.digest, hashed.key_id, card_state, FIRST_DAY),
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
    usable_from: datetime = FIRST_DAY,
    usable_until: datetime = LAST_DAY,
    run_out_days: int = 0,
    merchant: Merchant | None = None,
) -> Budget:
    """Grant a budget to a holder, by the function that grants; the run-out is the end of its time."""
    period_ends = usable_until.date() + timedelta(days=1 - run_out_days)
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
        *([str(scheme.year)], [cents], [visits], [usable_from.date()], [usable_until.date()]),
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
            *(uuid4(), merchant, category, visit_price_cents, date(YEAR, 1, 1), OFFICER),
        )
    return Merchant(merchant, account, location)


async def a_till(
    connection: Connection,
    merchant: Merchant,
    *,
    kind: TillKind = "merchant",
    state: str = "active",
    login: LoginId | None = None,
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
        VALUES ($1, 'merchant', $2, $3, 'bar', 'Ed25519', $4, $5, $6, $6, $7)
        """,
        *(till, merchant.id, merchant.location, bytes(32), state, FIRST_DAY, OFFICER),
    )
    return Till(till, merchant)


# --- assessment -----------------------------------------------------------------------------


_VERSIONS: Final[dict[SchemeVersionId, SchemeVersion]] = {}


def a_version(code: str = "sport_kinderen", **fields: object) -> StoredVersion:
    """A version in force since 2026, € 200 for everybody up to 110 %, unless said otherwise."""
    defaults: dict[str, object] = {
        "code": code,
        "title": code.replace("_", " "),
        "status": "in_force",
        "valid_from": date(2026, 1, 1),
        "categories": frozenset(("sport",)),
        "allowance": Amount(Cents(20_000)),
        "unit": "person",
        "income_limit": BasisPoints(11_000),
        "period": "pass_year",
    }
    # convert, not the constructor: a builder takes fields by name, of any type.
    version = msgspec.convert(
        msgspec.to_builtins({**defaults, **fields}), SchemeVersion, strict=True
    )
    stored = StoredVersion(id=SchemeVersionId(uuid7()), version=version)
    _VERSIONS[stored.id] = version
    return stored


def a_person(birth_date: date = date(1990, 5, 17), **fields: object) -> PersonFacts:
    defaults: dict[str, object] = {"resident": uuid7(), "birth_date": birth_date}
    defaults["here_from"] = birth_date
    return msgspec.convert({**defaults, **fields}, PersonFacts)


def a_household(
    *members: PersonFacts, income: int | None = 9_500, number: str = "H1"
) -> HouseholdFacts:
    return HouseholdFacts(
        number=HouseholdNumber(number),
        income=None if income is None else BasisPoints(income),
        members=members or (a_person(),),
    )


def earlier_grants(*decisions: Decision) -> list[EarlierGrant]:
    """What was granted, as the next assessment sees it."""
    return [
        EarlierGrant(
            version=_VERSIONS[one.version],
            resident=decision.resident,
            claim_key=one.award.claim_key,
            period_key=one.award.period_key,
            starts_on=one.award.starts_on,
            ends_on=one.award.ends_on,
        )
        for decision in decisions
        for one in decision.granted
        if one.award
    ]


# --- schemes and households for an assessment, in the tables --------------------------------------


async def a_scheme_in_force(
    connection: Connection, code: str = "sport_kinderen", **fields: object
) -> SchemeVersionId:
    """A version as ``a_version`` makes it, stored."""
    return await add_version(connection, a_version(code, **fields).version, actor=SYSTEM)


async def a_member(
    connection: Connection,
    household: str = "H1",
    *,
    born: date = date(1990, 5, 17),
    income: int | None = 9_500,
    since: date = date(2026, 1, 1),
    left_on: date | None = None,
) -> ResidentId:
    """A resident, member of a household from a day on."""
    resident = ResidentId(uuid7())
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await a_state(
        connection, resident, household, born=born, income=income, since=since, left_on=left_on
    )
    return resident


async def a_state(
    connection: Connection,
    resident: ResidentId,
    household: str = "H1",
    *,
    born: date = date(1990, 5, 17),
    income: int | None = 9_500,
    since: date = date(2026, 1, 1),
    left_on: date | None = None,
    died_on: date | None = None,
    school_type: str | None = None,
) -> None:
    """What is known of a resident from a day on."""
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, school_type, left_on, died_on, recorded_by)
        VALUES ($1, $2, 'Sanne', 'de Wit', $3, $4, 'unknown', $5, $6, $7, $8, $9)
        """,
        *(resident, since, born, household, income, school_type, left_on, died_on, OFFICER),
    )


# --- logins, actors and keys ------------------------------------------------------------------

PROVIDER: Final = "https://login.velsen.example"


def an_actor(*roles: Role, login: LoginId | None = None) -> Actor:
    """Somebody of the municipality with these roles, who need not be in the database."""
    return Actor(kind="login", id=login or uuid7(), permissions=permissions_of(roles))


async def a_login(
    connection: Connection,
    *roles: Role,
    name: str = "Joke de Boer",
    state: str = "active",
    merchant: MerchantId | None = None,
) -> LoginId:
    """A login that the provider knows by its own id."""
    login = LoginId(uuid7())
    await connection.execute(
        "INSERT INTO login (id, issuer, subject, name, state, merchant_id) VALUES ($1, $2, $3, $4, $5, $6)",
        *(login, PROVIDER, str(login), name, state, merchant),
    )
    for role in roles:
        await connection.execute(
            "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $3)",
            *(login, role.value, OFFICER),
        )
    return login


def a_key_store(folder: Path, *, demo: bool = False) -> KeyStore:
    """Keys of velsen, made now."""
    store = KeyStore(folder / "keys")
    make_keys(store, MunicipalityName("velsen"), demo=demo, now=datetime.now(UTC))
    return store


def without_a_key(store: KeyStore, purpose: Purpose) -> None:
    """Make the keys of velsen those of a version that did not know a purpose yet."""
    ring = store.ring(MunicipalityName("velsen"))
    kept = tuple(key for key in ring.keys if key.purpose != purpose)
    older = msgspec.structs.replace(ring, keys=kept)
    store.path(ring.municipality).write_bytes(msgspec.json.encode(older))
    store.forget(ring.municipality)


# --- facts of a redemption ------------------------------------------------------------------

TODAY: Final = date(2026, 11, 23)
NOW: Final = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
CLUB: Final = MerchantId(UUID(int=100))
TILL: Final = TillId(UUID(int=200))


def till_facts(**changes: object) -> TillFacts:
    """An active till of the club."""
    till = TillFacts(id=TILL, kind="merchant", state="active", merchant_id=CLUB)
    return msgspec.structs.replace(till, **changes)


def agreement_facts(category: str, **changes: object) -> AgreementFacts:
    agreement = AgreementFacts(category=category, valid_from=date(2020, 1, 1))
    return msgspec.structs.replace(agreement, **changes)


def merchant_facts(*agreements: AgreementFacts, **changes: object) -> MerchantFacts:
    """The club: approved, by itself for sport only."""
    agreed = agreements or (agreement_facts("sport"),)
    merchant = MerchantFacts(id=CLUB, state="approved", agreements=agreed)
    return msgspec.structs.replace(merchant, **changes)


def budget_facts(account: int = 1, cents: int = 5000, **changes: object) -> BudgetFacts:
    """Fifty euros for sport, this year."""
    budget = BudgetFacts(
        account=AccountId(account),
        scheme_id=SchemeId(UUID(int=300)),
        scheme_version_id=SchemeVersionId(UUID(int=301)),
        categories=frozenset({"sport"}),
        kind="amount",
        usable_from=date(2026, 1, 1),
        usable_until=date(2027, 1, 1),
        lapses_on=date(2027, 2, 1),
        granted_at=datetime(2026, 1, 5, tzinfo=UTC),
        balance_cents=Cents(cents),
        movements=account * 10,
    )
    return msgspec.structs.replace(budget, **changes)


def visit_budget_facts(account: int = 1, visits: int = 10, **changes: object) -> BudgetFacts:
    """Visits to the pool, with 5.03 euros for each."""
    return budget_facts(
        account,
        visits * 503,
        **{
            "kind": "visits",
            "categories": frozenset({"swimming"}),
            "visits_account": AccountId(account + 1000),
            "balance_visits": visits,
            "visits_movements": account * 20,
            **changes,
        },
    )


def sale_facts(*budgets: BudgetFacts, **changes: object) -> Facts:
    """An active card with a pass of this year, at the club's till."""
    facts = Facts(
        till=till_facts(),
        merchant=merchant_facts(
            agreement_facts("sport"),
            agreement_facts("culture"),
            agreement_facts("swimming", visit_price_cents=Cents(503)),
        ),
        card=CardFacts(id=CardId(UUID(int=400)), state="active"),
        pass_=PassFacts(
            id=PassId(UUID(int=500)), valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1)
        ),
        budgets=budgets,
    )
    return msgspec.structs.replace(facts, **changes)


# --- a sale at a till -----------------------------------------------------------------------


def a_sale_item(
    till: Till,
    holder: Holder,
    *,
    price: int | None = None,
    visits: int | None = None,
    take: int | None = None,
    lost: int = 0,
    child: int = 0,
    **fields: object,
) -> SaleItem:
    """What a till sends after scanning the holder's card; without an amount to take, a quote."""
    request = Request(
        price_cents=None if price is None else Cents(price),
        visits=visits,
        take_cents=None if take is None else Cents(take),
        lost_cents=Cents(lost),
        category=None,
    )
    scan = Scan(token_hash=holder.token.sha256(), holder=child)
    made = {"id": EntryId(uuid7()), "till_id": till.id, "trace_id": "0" * 32}
    if till.login is not None:
        made |= {"login": till.login, "payee": till.merchant.id}
    made |= fields
    return SaleItem(scan=scan, request=request, **made)  # pyright: ignore[reportArgumentType]


def an_undo(kind: str, till: Till, original: EntryId, **fields: object) -> Undo:
    made = {"id": EntryId(uuid7()), "reason": "Vergissing", "trace_id": "0" * 32, **fields}
    return Undo(
        kind=kind,  # pyright: ignore[reportArgumentType]
        original=original,
        actor_kind="till",
        actor_id=till.id,
        till=till.id,
        **made,  # pyright: ignore[reportArgumentType]
    )


def desk_of(connection: Connection, *, now: datetime = NOON) -> Desk:
    moment = Moment(MunicipalityName("velsen"), now, now.date(), CARD_KEY.secret)
    return Desk(connection, moment, Pace())


# --- merchants and their tills, by their use cases ------------------------------------------

IBAN: Final = "NL91ABNA0417164300"
OTHER_IBAN: Final = "NL20INGB0001234567"
REGISTRAR: Final = Actor(kind="login", id=UUID(int=21))
APPROVER: Final = Actor(kind="login", id=UUID(int=22))


def a_registration(**parts: object) -> Registration:
    """A swimming pool with one location, that may take two categories."""
    defaults: dict[str, object] = {
        "details": {"name": "Zwembad De Heerenduinen", "kvkNumber": "12345678"},
        "locations": [{"name": "Zwembad", "postcode": "1971 AB"}],
        "agreements": [
            {"category": "sport", "validFrom": "2026-01-01"},
            {"category": "swimming", "validFrom": "2026-01-01", "visitPriceCents": 450},
        ],
    }
    return msgspec.convert({**defaults, **parts}, Registration)


async def the_categories(connection: Connection, *codes: str) -> None:
    await connection.executemany(
        "INSERT INTO category (code, title) VALUES ($1, $1) ON CONFLICT DO NOTHING",
        [(code,) for code in codes or ("sport", "swimming")],
    )


async def a_registered_merchant(connection: Connection, **parts: object) -> MerchantId:
    """Registered by the registrar; not approved yet."""
    await the_categories(connection)
    return await register_merchant(connection, a_registration(**parts), actor=REGISTRAR, now=NOON)


def of_merchant(merchant: MerchantId) -> Actor:
    """Somebody who manages this merchant."""
    return msgspec.structs.replace(an_actor(Role.MERCHANT_MANAGER), merchant_id=merchant)


def a_device(code: str, *, key: PrivateKey | None = None, municipality: str = "velsen") -> Device:
    """A device that made a key, and signed the code with it."""
    key = key or ed25519.Ed25519PrivateKey.generate()
    signed = challenge(MunicipalityName(municipality), read_pairing_code(code))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Device(code, "Ed25519", public, key.sign(signed))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return Device(code, "ES256", public, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def errors_of(refusal: Refusal) -> list[dict[str, str]]:
    """What a refusal says field by field."""
    return msgspec.convert(refusal.extra["errors"], list[dict[str, str]])


# --- cards, by their use cases --------------------------------------------------------------


def a_press(folder: Path) -> Press:
    """Keys of velsen to make cards with."""
    return Press(a_key_store(folder).ring(MunicipalityName("velsen")))


async def a_resident(
    connection: Connection, *, name: str = "Sanne", birth_date: date = date(1990, 5, 17)
) -> ResidentId:
    """A resident without a pass or card."""
    resident = ResidentId(uuid7())
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by)
        VALUES ($1, $2, $3, 'de Wit', $4, $5, 'alone', 9500, $6)
        """,
        *(resident, date(YEAR, 1, 1), name, birth_date, f"H{resident.hex[-8:]}", OFFICER),
    )
    return resident


async def an_issued_card(
    connection: Connection, press: Press, resident: ResidentId | None = None
) -> IssuedCard:
    """A card on its way to its holder: inactive, with its codes."""
    holder = resident or await a_resident(connection)
    (card,) = await issue_cards(
        connection, [holder], form="paper", press=press, actor=REGISTRAR, now=NOON
    )
    return card


def as_holder(resident: ResidentId) -> Actor:
    """The holder, signed in."""
    return Actor(kind="holder", id=resident)

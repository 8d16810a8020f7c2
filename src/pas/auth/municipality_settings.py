"""What a municipality chooses for itself: typed, with defaults, every change kept.

A setting is a row that is never changed; the newest of a name counts. Names and values are those of
``MunicipalitySettings``; who may sign in where is among them but is set on the command line alone,
because whoever can change the identity provider can become anybody.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from msgspec import Meta
from stdnum import iban as ibans

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import uuid7
from pas.money import MAX_CENTS, Cents

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(min_length=1, max_length=300)]
PayerName = Annotated[str, Meta(min_length=1, max_length=70)]
PayerIban = Annotated[str, Meta(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$")]
ReplyTo = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9._+-]{1,64}@[a-z0-9][a-z0-9.-]{1,180}\.[a-z]{2,24}$")
]
Area = Annotated[str, Meta(min_length=1, max_length=80)]
Profession = Annotated[str, Meta(min_length=1, max_length=80)]


class SettingWrong(Refusal):
    """Deze instelling klopt niet."""

    next_step: ClassVar[str] = "Verbeter de waarde en probeer het opnieuw."


class SettingFixed(Refusal):
    """Deze instelling kan hier niet veranderen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag het de technisch beheerder."


class IdentityProvider(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Where people of the municipality sign in, and how sure that provider must be of them.

    ``acr_values`` are the levels that suffice; empty means that the provider's word is enough.
    ``audience_of_ours`` is whom our own statement is addressed to: brokers differ.
    """

    issuer: Address
    client_id: Text
    acr_values: tuple[Text, ...] = ()
    scopes: tuple[Text, ...] = ("openid",)
    signed_with: Literal["RS256", "PS256", "ES256", "EdDSA"] = "RS256"
    we_sign_with: Literal["RS256", "PS256"] = "PS256"
    audience_of_ours: Literal["issuer", "token_endpoint"] = "issuer"


class HolderIdentityProvider(
    IdentityProvider, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Where holders sign in, such as a broker of DigiD; its token carries the citizen number."""

    citizen_number_claim: Text = "bsn"


class MunicipalitySettings(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All settings with their defaults; no ``areas`` means that any area of a resident will do.

    Merchants are paid from ``payer_iban``; the day of a weekly payout is 1 (Monday) to 7. A program
    proposes payouts on that day; a person approves them. A run of more than ``large_payout_cents``
    is approved by somebody with a role for that. Who stays below zero for ``debit_note_days`` may be
    asked to pay back.
    """

    title: Text = "Stadspas"
    product: Text = "Stadspas"
    telephone: Annotated[str, Meta(pattern=r"^[0-9+() -]{3,20}$")] = "14 000"
    telephone_hours: Annotated[str, Meta(max_length=200)] = ""
    address: Annotated[str, Meta(max_length=300)] = ""
    areas: Annotated[tuple[Area, ...], Meta(max_length=200)] = ()
    pass_year_start_month: Annotated[int, Meta(ge=1, le=12)] = 1
    school_year_start_month: Annotated[int, Meta(ge=1, le=12)] = 8
    once_per_child_until: date | None = None
    void_hours: Annotated[int, Meta(ge=0, le=24 * 31)] = 24
    objection_weeks: Annotated[int, Meta(ge=1, le=52)] = 6
    payer_name: PayerName | None = None
    payer_iban: PayerIban | None = None
    payout_minimum_cents: Annotated[Cents, Meta(ge=0, le=10_000_000)] = Cents(100)
    large_payout_cents: Annotated[Cents, Meta(ge=1, le=MAX_CENTS)] | None = None
    payout_rhythm: Literal["none", "weekly", "monthly"] = "none"
    payout_day: Annotated[int, Meta(ge=1, le=28)] = 1
    payout_cooling_days: Annotated[int, Meta(ge=0, le=90)] = 7
    debit_note_days: Annotated[int, Meta(ge=30, le=730)] = 90
    lapse_reminder_weeks: Annotated[int, Meta(ge=1, le=26)] = 6
    message_reply_to: ReplyTo | None = None
    print_days: Annotated[int, Meta(ge=1, le=90)] = 30
    link_months: Annotated[int, Meta(ge=1, le=120)] = 13
    professions: Annotated[tuple[Profession, ...], Meta(min_length=1, max_length=50)] = (
        "leerkracht",
        "directeur van een school",
        "jongerenwerker",
        "huisarts",
        "buurtsportcoach",
        "consulent",
        "wijkteam",
    )
    colleagues_see_applications: bool = False
    award_release_days: Annotated[int, Meta(ge=30, le=1000)] = 180
    voucher_days: Annotated[int, Meta(ge=1, le=366)] = 42
    small_cells_below: Annotated[int, Meta(ge=3, le=100)] = 10
    freeze_months: Annotated[int, Meta(ge=1, le=119)] = 12
    signal_round_sales: Annotated[int, Meta(ge=5, le=10_000)] = 10
    signal_emptied_budgets: Annotated[int, Meta(ge=2, le=10_000)] = 6
    signal_row_cards: Annotated[int, Meta(ge=5, le=10_000)] = 15
    signal_night_sales: Annotated[int, Meta(ge=1, le=10_000)] = 3
    signal_night_from: Annotated[int, Meta(ge=0, le=23)] = 23
    signal_night_until: Annotated[int, Meta(ge=0, le=23)] = 6
    signal_voids: Annotated[int, Meta(ge=2, le=10_000)] = 6
    signal_two_places_minutes: Annotated[int, Meta(ge=1, le=120)] = 5
    signal_borne_cents: Annotated[Cents, Meta(ge=1, le=10_000_000)] = Cents(5_000)
    signal_declined_offline: Annotated[int, Meta(ge=1, le=10_000)] = 3
    signal_quiet_weeks: Annotated[int, Meta(ge=0, le=52)] = 26
    offline_sales: bool = True
    offline_per_sale_cents: Annotated[Cents, Meta(ge=100, le=100_000)] = Cents(5_000)
    offline_per_pass_day_cents: Annotated[Cents, Meta(ge=100, le=100_000)] = Cents(7_500)
    offline_total_cents: Annotated[Cents, Meta(ge=100, le=1_000_000)] = Cents(50_000)
    offline_risk_cents: Annotated[Cents, Meta(ge=0, le=1_000_000)] = Cents(25_000)
    offline_hours: Annotated[int, Meta(ge=1, le=72)] = 24
    intermediaries_activate: bool = False
    cards_arrive_active: bool = False
    unconfirmed_per_sale_cents: Annotated[Cents, Meta(ge=100, le=10_000)] = Cents(1_500)
    own_pass_age: Annotated[int, Meta(ge=0, le=18)] = 12
    identity_provider: IdentityProvider | None = None
    holder_identity_provider: HolderIdentityProvider | None = None


DAYS_OF_A_WEEK: Final = 7
FIXED: Final = frozenset({"identityProvider", "holderIdentityProvider"})
NAMES: Final = {
    field.encode_name: field.name for field in msgspec.structs.fields(MunicipalitySettings)
}


class StoredSetting(msgspec.Struct, frozen=True):
    """One setting as it is stored; the value is JSON."""

    key: str
    value: str


READ = Statement(
    "SELECT DISTINCT ON (key) key, value FROM setting ORDER BY key, recorded_at DESC, id DESC",
    StoredSetting,
)
WRITE = Statement("INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, $2, $3, $4)", None)
ONE_WRITER = Statement("SELECT pg_advisory_xact_lock(hashtext(current_schema || '.setting'))", None)


async def read_municipality_settings(connection: Connection) -> MunicipalitySettings:
    """Give every setting, chosen or default."""
    stored = await READ.all(connection)
    chosen = {
        setting.key: msgspec.json.decode(setting.value)
        for setting in stored
        if setting.key in MunicipalitySettings.__struct_fields__
    }
    camel = {encoded: chosen[name] for encoded, name in NAMES.items() if name in chosen}
    return msgspec.convert(camel, MunicipalitySettings)


async def change_municipality_settings(
    connection: Connection, changes: Mapping[str, object], *, actor: Actor
) -> MunicipalitySettings:
    """Change settings by the names of the API; refuse all of them when one is wrong."""
    for name in changes:
        if name not in NAMES:
            raise SettingWrong(f"Wij kennen geen instelling '{name[:60]}'.")
        if name in FIXED and actor.kind != "system":
            raise SettingFixed
    async with connection.transaction():
        await ONE_WRITER.run(connection)
        before = await read_municipality_settings(connection)
        after = _changed(before, changes)
        if actor.kind != "system" and after.payout_cooling_days < before.payout_cooling_days:
            raise SettingFixed(
                "De wachttijd voor een nieuwe rekening kan hier alleen langer worden."
            )
        for name in sorted(changes):
            await _record(connection, name, before=before, after=after, actor=actor)
    return after


async def _record(
    connection: Connection,
    name: str,
    *,
    before: MunicipalitySettings,
    after: MunicipalitySettings,
    actor: Actor,
) -> None:
    was, becomes = getattr(before, NAMES[name]), getattr(after, NAMES[name])
    if was == becomes:
        return
    setting_id = uuid7()
    value = msgspec.json.encode(becomes).decode()
    await WRITE.run(connection, setting_id, NAMES[name], value, actor.id)
    await record_event(
        connection,
        kind="setting.changed",
        subject_kind="setting",
        subject_id=setting_id,
        actor=actor,
        before={name: was},
        after={name: becomes},
    )


def _changed(settings: MunicipalitySettings, changes: Mapping[str, object]) -> MunicipalitySettings:
    together = {**msgspec.to_builtins(settings), **msgspec.to_builtins(dict(changes))}
    try:
        after = msgspec.convert(together, MunicipalitySettings)
    except msgspec.ValidationError as error:
        name = str(error).partition("$.")[2].rstrip("`") or "deze instelling"
        raise SettingWrong(f"De waarde van {name} klopt niet.") from error
    # Money leaves from it: a number that no bank knows is found here, not by the bank.
    if after.payer_iban is not None and not ibans.is_valid(after.payer_iban):
        raise SettingWrong("Dit rekeningnummer klopt niet. Kijk het na op een bankafschrift.")
    if after.payout_rhythm == "weekly" and after.payout_day > DAYS_OF_A_WEEK:
        raise SettingWrong("Kies voor elke week een dag van 1 (maandag) tot en met 7 (zondag).")
    return after

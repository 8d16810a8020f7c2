"""Reads a redemption as it was booked: its lines, what of them came back, and where the rest belongs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.municipality_settings import MunicipalitySettings
from pas.db import Connection, Statement
from pas.ids import AccountId, EntryId, MerchantId, TillId
from pas.money import Cents
from pas.redemptions.facts import TillFacts, TillKind, TillState
from pas.redemptions.judge import Moment
from pas.redemptions.reversals import PaidPart


class KnownUndo(msgspec.Struct, frozen=True, array_like=True):
    fingerprint: str
    amount_cents: Cents | None
    recorded_at: datetime
    lost_cents: Cents


class AskingTill(msgspec.Struct, frozen=True, array_like=True):
    kind: TillKind
    state: TillState
    merchant_id: MerchantId | None
    login_active: bool


class PaidLine(msgspec.Struct, frozen=True, array_like=True):
    """One transfer of a redemption; ``ended`` says that its budget takes nothing back.

    ``source`` is the kind of account it came from: a budget, or the risk of a sale without a network.
    """

    line: int
    debit: AccountId
    credit: AccountId
    source: str
    to: str
    unit: str
    amount: int
    reversed: int
    ended: bool
    appropriation: AccountId
    visits_appropriation: AccountId | None
    pot_cents: Cents | None


class RedemptionRow(msgspec.Struct, frozen=True, array_like=True):
    till_id: TillId | None
    merchant_id: MerchantId
    recorded_at: datetime
    lines: tuple[PaidLine, ...] | None


class PaidRow(msgspec.Struct, frozen=True, array_like=True):
    known: KnownUndo | None
    till: AskingTill | None
    redemption: RedemptionRow | None
    chosen_void_hours: int | None

    @property
    def void_hours(self) -> int:
        """How long after a sale its till may undo it, as the municipality chose."""
        chosen = self.chosen_void_hours
        return MunicipalitySettings().void_hours if chosen is None else chosen

    def till_facts(self, till_id: TillId | None) -> TillFacts | None:
        if self.till is None or till_id is None:
            return None
        return TillFacts(
            id=till_id,
            kind=self.till.kind,
            state=self.till.state,
            merchant_id=self.till.merchant_id,
            allowed=self.till.login_active,
        )


class JsonRow(msgspec.Struct, frozen=True):
    facts: str


READ_PAID: Final = Statement(
    """
    SELECT json_build_array(
        (SELECT json_build_array(encode(e.fingerprint, 'hex'), r.amount_cents,
                coalesce(r.recorded_at, e.recorded_at), (
                SELECT coalesce(sum(f.amount - coalesce(v.reversed, 0)), 0)
                FROM transfer k
                JOIN account m ON m.id = k.debit AND m.kind IN ('merchant', 'payee')
                JOIN reversal w ON w.entry_id = e.reverses AND w.line = k.reversed_line AND w.reversed = w.original
                JOIN transfer f ON f.entry_id = e.reverses AND f.debit = k.credit
                JOIN account a ON a.id = f.credit AND a.kind = 'appropriation'
                LEFT JOIN reversal v ON v.entry_id = f.entry_id AND v.line = f.line
                WHERE k.entry_id = e.id AND NOT EXISTS (
                    SELECT 1 FROM entry n JOIN transfer t ON t.entry_id = n.id AND t.reversed_line = k.reversed_line
                    WHERE n.reverses = e.reverses AND n.reversal_number > e.reversal_number)))
            FROM entry e LEFT JOIN redemption_reversal r ON r.entry_id = e.id WHERE e.id = $1),
        (SELECT json_build_array(t.kind, t.state, t.merchant_id,
                t.login_id IS NULL OR (SELECT l.state = 'active' FROM login l WHERE l.id = t.login_id))
            FROM till t WHERE t.id = $3),
        (SELECT json_build_array(r.till_id, r.merchant_id, r.recorded_at, (
                SELECT json_agg(json_build_array(x.line, x.debit, x.credit, d.kind, c.kind, d.unit, x.amount,
                    coalesce((SELECT v.reversed FROM reversal v WHERE v.entry_id = x.entry_id AND v.line = x.line), 0),
                    d.kind = 'budget' AND (b.usable_until <= $4 OR g.account_id IS NULL
                        OR EXISTS (SELECT 1 FROM pass p WHERE p.id = g.pass_id AND p.ended_on <= $5)),
                    a.account_id, a.visits_account_id,
                    (SELECT o.amount FROM balance o WHERE o.account_id = a.account_id)) ORDER BY x.line)
                FROM transfer x
                JOIN account d ON d.id = x.debit
                JOIN account c ON c.id = x.credit
                LEFT JOIN balance b ON b.account_id = x.debit
                JOIN appropriation a ON a.scheme_id = d.scheme_id AND a.budget_year = d.budget_year
                LEFT JOIN budget g ON x.debit IN (g.account_id, g.visits_account_id)
                WHERE x.entry_id = r.entry_id))
            FROM redemption r WHERE r.entry_id = $2 AND r.refusal IS NULL),
        (SELECT s.value FROM setting s WHERE s.key = 'void_hours' ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1)
    )::text AS facts
    """,
    JsonRow,
)

DECODER: Final = msgspec.json.Decoder(PaidRow)


async def read_paid(
    connection: Connection, ids: tuple[EntryId, EntryId, TillId | None], moment: Moment
) -> PaidRow:
    """Read by the id of the undoing, of the redemption, and of the till that asks."""
    row = await READ_PAID.one(connection, *ids, moment.now, moment.today)
    return DECODER.decode(row.facts)


class Appropriations(msgspec.Struct, frozen=True):
    cents: AccountId
    visits: AccountId | None


def appropriations(line: PaidLine) -> Appropriations:
    return Appropriations(line.appropriation, line.visits_appropriation)


def paid_parts(lines: Sequence[PaidLine]) -> tuple[PaidPart, ...]:
    """Gather the lines of each part: they were written one after another, the merchant's first."""
    parts: list[PaidPart] = []
    for line in lines:
        match line.unit, line.to:
            case "cents", _ if line.source == "offline_risk":
                parts.append(risk_part(line, parts))
            case "cents", "merchant" | "payee":
                parts.append(
                    PaidPart(
                        account=line.debit,
                        take_line=line.line,
                        taken_cents=Cents(line.amount),
                        reversed_cents=Cents(line.reversed),
                        budget_ended=line.ended,
                        pot=line.appropriation,
                        pot_cents=line.pot_cents,
                    )
                )
            case _:
                parts[-1] = with_line(parts[-1], line)
    return tuple(parts)


def risk_part(line: PaidLine, parts: Sequence[PaidPart]) -> PaidPart:
    """What the municipality bore; of a sale in visits it is worth so many of them."""
    price = next((part.taken_cents // part.visits for part in parts if part.visits), 0)
    return PaidPart(
        account=line.debit,
        take_line=line.line,
        taken_cents=Cents(line.amount),
        reversed_cents=Cents(line.reversed),
        is_risk=True,
        visits=line.amount // price if price else 0,
        reversed_visits=line.reversed // price if price else 0,
    )


def with_line(part: PaidPart, line: PaidLine) -> PaidPart:
    """Add a forfeit, the visits that were used, or the visits that were forfeited."""
    match line.unit, line.to:
        case "cents", _:
            return msgspec.structs.replace(
                part, forfeit_line=line.line, forfeited_cents=Cents(line.amount - line.reversed)
            )
        case _, "used":
            return msgspec.structs.replace(
                part,
                visits_account=line.debit,
                visits_line=line.line,
                visits=line.amount,
                reversed_visits=line.reversed,
            )
        case _:
            return msgspec.structs.replace(
                part, forfeit_visits_line=line.line, forfeited_visits=line.amount - line.reversed
            )

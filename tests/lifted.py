"""What was heard over HTTP, as the calls of the ledger that the checker judges.

A till knows which budgets can pay, how much, and to whom; that is what has to be stored. It knows
no places in accounts, so the checker is told the budgets instead. The first answer of an id counts
as the booking, and every further answer has to be the same one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import msgspec

from history import Books, Call, SwitchedOff
from indexed import STORED
from pas.ids import AccountId, EntryId, MunicipalityName, TillId
from pas.ledger.book import Item, Line
from pas.ledger.fingerprint import Content, fingerprint
from pas.money import Cents
from tellers import REASON, Basket, BlockCard, Heard, RevokeTill, Take, TakeBack

VELSEN = MunicipalityName("velsen")
OUTCOMES = {
    "busy": "busy",
    "sale-id-reused": "misuse",
    "till-revoked": "moved",
    "already-reversed": "over_reversed",
    "partly-reversed": "over_reversed",
    "refund-above-remainder": "over_reversed",
    "void-too-late": "not_usable",
    "redemption-unknown": "not_reversible",
}
"""What the ledger would have said, by the code of a refusal that is not stored."""


class RefusalSaid(msgspec.Struct, frozen=True):
    code: str


class ItemSaid(msgspec.Struct, frozen=True, rename="camel"):
    """What this side reads of an answer about one item."""

    id: EntryId
    outcome: str
    take_cents: int
    recorded_at: datetime | None
    refusal: RefusalSaid | None


class SaleSaid(msgspec.Struct, frozen=True):
    items: tuple[ItemSaid, ...]


class BackSaid(msgspec.Struct, frozen=True, rename="camel"):
    id: EntryId
    redemption_id: EntryId
    amount_cents: int
    recorded_at: datetime


Said = ItemSaid | BackSaid | None


def switched_off(heard: Sequence[Heard]) -> Iterator[SwitchedOff]:
    for one in heard:
        match one:
            case Heard(act=BlockCard(card=subject) | RevokeTill(till=subject), status=200):
                assert one.answered is not None
                yield SwitchedOff(subject=subject, invoked=one.invoked, answered=one.answered)
            case _:
                pass


def last_known(heard: Sequence[Heard]) -> list[Heard]:
    """Each request was told before and after; only the last counts."""
    return list({(one.act, one.invoked): one for one in heard}.values())


def lifted(
    heard: Sequence[Heard], books: Books, *, key: bytes, ended: Collection[AccountId] = ()
) -> list[Call]:
    """Give the calls; ``key`` is that of the fingerprints, ``ended`` the budgets that may be over."""
    by_id: defaultdict[EntryId, list[tuple[Call, Said]]] = defaultdict(list)
    for one in last_known(heard):
        match one.act:
            case Basket() as basket:
                told = of_basket(basket, one, books=books, key=key)
            case TakeBack() as back:
                told = [of_take_back(back, one, books=books, key=key, ended=ended)]
            case _:
                continue
        for call, said in told:
            by_id[call.item.id].append((call, said))
    return [call for told in by_id.values() for call in replays_marked(told)]


def is_replay(heard: Heard) -> bool:
    """Whether it was stored before this was asked: by the same request, which lost its answer."""
    if heard.status != 200:
        return False
    match heard.act:
        case Basket():
            told = msgspec.json.decode(heard.body, type=SaleSaid).items
        case TakeBack():
            told = (msgspec.json.decode(heard.body, type=BackSaid),)
        case _:
            return False
    return any(one.recorded_at is not None and one.recorded_at < heard.asked_at for one in told)


def replays_marked(told: Sequence[tuple[Call, Said]]) -> Iterator[Call]:
    """The first that was answered stored it; all others have to say the same."""
    told = sorted(told, key=lambda one: one[0].answered or 0)
    stored = [said for call, said in told if call.outcome in STORED]
    assert len(set(stored)) <= 1, stored
    is_first = True
    for call, _ in told:
        if call.outcome not in STORED:
            yield call
        else:
            yield call if is_first else msgspec.structs.replace(call, outcome="replay")
            is_first = False


def of_basket(basket: Basket, heard: Heard, *, books: Books, key: bytes) -> list[tuple[Call, Said]]:
    said: dict[EntryId, ItemSaid] = {}
    if heard.status == 200:
        said = {item.id: item for item in msgspec.json.decode(heard.body, type=SaleSaid).items}
        assert said.keys() == {take.id for take in basket.takes}
    till = basket.device.till
    told: list[tuple[Call, Said]] = []
    for take in basket.takes:
        content = Content(
            municipality=VELSEN,
            kind="redeem",
            till=till.id,
            sale=basket.sale,  # pyright: ignore[reportArgumentType]
            card=take.card,
            holder=take.holder,
            price_cents=Cents(take.cents),
            take_cents=Cents(take.cents),
        )
        item = item_of(take.id, content, heard, key=key)
        outcome, refusal = outcome_of(heard, said.get(take.id))
        call = Call(
            item=item,
            outcome=outcome,
            invoked=heard.invoked,
            answered=heard.answered,
            wanted=1 if outcome == "declined" else take.cents,
            rests_on=(take.card, till.id),
        )
        if outcome == "booked":
            assert said[take.id].take_cents == take.cents
            lines = paid(take, till.merchant.account, books)
            item = msgspec.structs.replace(item, lines=lines)
        else:
            item = msgspec.structs.replace(item, refusal=refusal)
            call = msgspec.structs.replace(call, budgets=take.budgets)
        told.append((msgspec.structs.replace(call, item=item), said.get(take.id)))
    return told


def of_take_back(
    back: TakeBack, heard: Heard, *, books: Books, key: bytes, ended: Collection[AccountId]
) -> tuple[Call, Said]:
    till, original = back.device.till, back.original
    content = Content(
        municipality=VELSEN,
        kind=back.kind,
        till=till.id,
        take_cents=None if back.cents is None else Cents(back.cents),
        purpose=REASON,
        reverses=original.id,
    )
    said = msgspec.json.decode(heard.body, type=BackSaid) if heard.status == 200 else None
    item = item_of(back.id, content, heard, key=key)
    lines = given_back(back, books, ended)
    item = msgspec.structs.replace(item, kind=back.kind, reverses=original.id, lines=lines)
    outcome, _ = outcome_of(heard, None)
    call = Call(
        item=item,
        outcome="booked" if said else outcome,
        invoked=heard.invoked,
        answered=heard.answered,
        rests_on=(till.id,),
        budgets=original.budgets if outcome == "not_usable" else (),
    )
    return call, said


def item_of(id_: EntryId, content: Content, heard: Heard, *, key: bytes) -> Item:
    return Item(
        id=id_,
        kind="redeem",
        fingerprint=fingerprint(content, key=key),
        occurred_at=heard.asked_at,
        actor_kind="till",
        actor_id=TillId(content.till),
    )


def outcome_of(heard: Heard, said: ItemSaid | None) -> tuple[str | None, str | None]:
    """The ledger's word for an answer, and the refusal if that is stored; 503 may be either."""
    if heard.status in {None, 503}:
        return None, None
    if said is None:
        code = "" if heard.status == 200 else msgspec.json.decode(heard.body, type=RefusalSaid).code
        return OUTCOMES.get(code, f"error {code}"), None
    code = said.refusal.code if said.refusal else None
    match said.outcome:
        case "booked" | "declined":
            return said.outcome, code
        case "moved":
            return "insufficient", None
        case _:
            return OUTCOMES.get(code or "", f"error {code}"), None


def paid(take: Take, club: AccountId, books: Books) -> tuple[Line, ...]:
    """From the one budget; or from several as the rules shared it out, as long as it is right."""
    if len(take.budgets) == 1:
        return (Line(take.budgets[0], club, take.cents),)
    entry = books.entries.get(take.id)
    moves = entry.moves if entry else ()
    debits = [move.debit for move in moves]
    is_right = (
        len({*debits}) == len(debits)
        and {*debits} <= {*take.budgets}
        and {move.credit for move in moves} == {club}
        and sum(move.amount for move in moves) == take.cents
    )
    return tuple(Line(m.debit, m.credit, m.amount) for m in moves) if is_right else ()


def given_back(back: TakeBack, books: Books, ended: Collection[AccountId]) -> tuple[Line, ...]:
    """To the budget that paid; onward to where that came from, if the budget had ended by then."""
    (budget,) = back.original.budgets
    amount = back.original.cents if back.cents is None else back.cents
    lines = (Line(back.device.till.merchant.account, budget, amount, reversed_line=1),)
    entry = books.entries.get(back.id)
    if budget not in ended or entry is None or len(entry.moves) == 1:
        return lines
    source = next(
        move.debit
        for one in books.entries.values()
        if one.kind == "grant"
        for move in one.moves
        if move.credit == budget
    )
    return (*lines, Line(budget, source, amount))

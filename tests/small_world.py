"""A ledger in plain Python, to plant faults in that the checker has to find."""

import random
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from checker import judge
from history import Balance, Books, Call, Ended, Entry, Move, SwitchedOff
from pas.ids import AccountId, EntryId
from pas.ledger.book import Item, Line, Seen

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
SHOP = AccountId(1)
PURSE, OTHER = AccountId(10), AccountId(20)
CARD = UUID(int=7)


class World:
    """A ledger in plain Python, called at one moment after the other."""

    def __init__(self, seed: int = 0, *, purse: int = 1000) -> None:
        self.random = random.Random(seed)
        self.clock = 1000
        self.entries: dict[EntryId, Entry] = {}
        self.balances = {account: Balance(0, 0, 0, NOON, EVER) for account in (PURSE, OTHER)}
        self.calls: list[Call] = []
        for account in self.balances:
            self.store(self.item("grant", Line(AccountId(2), account, purse)))
        self.before = self.books()

    def books(self) -> Books:
        return Books(dict(self.entries), dict(self.balances))

    def item(self, kind: str, *lines: Line, **fields: object) -> Item:
        given = {
            "id": EntryId(UUID(int=self.random.getrandbits(128))),
            "fingerprint": self.random.randbytes(32),
            "occurred_at": NOON,
            "actor_kind": "till",
            "actor_id": CARD,
            **fields,
        }
        return Item(kind=kind, lines=lines, **given)  # pyright: ignore[reportArgumentType]

    def store(self, item: Item) -> None:
        moves: list[Move] = []
        for number, line in enumerate(item.lines, start=1):
            turn, taken = self.move(line.debit, -line.amount)
            _, given = self.move(line.credit, line.amount)
            moves.append(
                Move(
                    number,
                    line.debit,
                    line.credit,
                    line.amount,
                    turn,
                    taken,
                    given,
                    line.reversed_line,
                )
            )
        earlier = sum(entry.reverses == item.reverses for entry in self.entries.values())
        self.entries[item.id] = Entry(
            *(item.id, item.kind, item.fingerprint, item.refusal),
            *(sum(move.amount for move in moves), item.reverses),
            earlier + 1 if item.reverses else None,
            tuple(moves),
        )

    def move(self, account: AccountId, delta: int) -> tuple[int | None, int | None]:
        if account not in self.balances:
            return None, None
        old = self.balances[account]
        debits = old.debits + (delta < 0)
        self.balances[account] = msgspec.structs.replace(
            old, amount=old.amount + delta, movements=old.movements + 1, debits=debits
        )
        return debits, old.movements + 1

    def call(self, item: Item, **fields: object) -> Call:
        """Ask at about now, decide now, answer a little later: others do so in between."""
        self.clock += self.random.randrange(1, 20)
        outcome = self.decide(item)
        if outcome in {"booked", "declined"}:
            self.store(item)
        invoked = self.clock - self.random.randrange(50)
        answered = self.clock + self.random.randrange(50)
        call = Call(item=item, outcome=outcome, invoked=invoked, answered=answered)
        self.calls.append(msgspec.structs.replace(call, **fields))
        return self.calls[-1]

    def decide(self, item: Item) -> str:
        if item.id in self.entries:
            same = self.entries[item.id].fingerprint == item.fingerprint
            return "replay" if same else "misuse"
        if item.refusal is not None:
            unmoved = all(self.balances[s.account].movements == s.movements for s in item.seen)
            return "declined" if unmoved else "moved"
        if item.reverses is not None:
            taken = sum(e.total for e in self.entries.values() if e.reverses == item.reverses)
            left = self.entries[item.reverses].total - taken
            return "booked" if left >= item.lines[0].amount else "over_reversed"
        short = any(
            self.balances[line.debit].amount < line.amount
            for line in item.lines
            if line.debit in self.balances
        )
        return "insufficient" if short else "booked"

    def pay(self, amount: int, account: AccountId = PURSE, **fields: object) -> Call:
        return self.call(self.item("redeem", Line(account, SHOP, amount)), **fields)

    def decline(self, wanted: int, account: AccountId = PURSE) -> Call:
        seen = (Seen(account, self.balances[account].movements),)
        item = self.item("redeem", refusal="budget-empty", seen=seen)
        return self.call(item, wanted=wanted)

    def refund(self, original: Call, amount: int) -> Call:
        back = Line(SHOP, original.item.lines[0].debit, amount, 1)
        return self.call(self.item("refund", back, reverses=original.item.id))

    def something(self) -> None:
        """Do one of the things that happen."""
        paid = [call for call in self.calls if call.outcome == "booked" and not call.item.reverses]
        account = self.random.choice((PURSE, OTHER))
        match self.random.randrange(6):
            case 0 if self.balances[account].amount < 100:
                self.decline(100, account)
            case 1 if paid:
                self.refund(self.random.choice(paid), self.random.randrange(1, 200))
            case 2 if paid:
                self.call(self.random.choice(paid).item)
            case 3 if paid:
                self.call(msgspec.structs.replace(paid[0].item, fingerprint=bytes(32)))
            case _:
                self.pay(self.random.randrange(1, 300), account)

    def faults(self, *changes: SwitchedOff | Ended) -> set[str]:
        return {fault.what for fault in judge(self.before, self.books(), self.calls, changes)}

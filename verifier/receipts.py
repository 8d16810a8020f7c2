"""Receipts: what was promised with the answer to a sale, and whether the books kept it."""

from typing import Any
from uuid import UUID

from tree import Key, Note, Unreadable

SIGNER = "pas-receipt/"
Lines = list[list[Any]]


class Receipt(Note):
    """What was promised of an entry, and from which moment on it must be there."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        try:
            what, self.municipality, entry_id, self.outcome, cents, self.before, _ = (
                self.text.split("\n")
            )
            self.entry_id, self.cents = str(UUID(entry_id)), int(cents)
        except ValueError:
            raise Unreadable("A receipt is not readable.") from None
        if what != "pas-receipt/v1":
            raise Unreadable("This is not a receipt.")

    def is_by_one_of(self, keys: list[bytes]) -> bool:
        return any(self.is_by(Key(SIGNER + self.municipality, key)) for key in keys)


class Receipts:
    """The receipts that somebody holds, beside the entries that come by in the log."""

    def __init__(self, held: list[Receipt], keys: list[bytes]) -> None:
        self.held = held
        self.keys = keys
        self.wanted = {one.entry_id for one in held}
        self.found = dict[str, tuple[int, bool, Lines]]()

    def note_entry(self, line: dict[str, Any]) -> None:
        row = line["row"]
        if row["id"] in self.wanted:
            self.found[row["id"]] = (line["n"], row["refusal"] is None, line["lines"])

    def judge(self, accounts: dict[int, str], *, latest: str, now: str) -> list[tuple[str, str]]:
        """Say of each receipt what became of it; ``kept`` and ``not-due`` are well.

        What is not there was left out for certain where the books go on past its moment. Where they
        end before it, an export that was made too early says nothing.
        """
        return [self._judge(one, accounts, latest=latest, now=now) for one in self.held]

    def _judge(
        self, one: Receipt, accounts: dict[int, str], *, latest: str, now: str
    ) -> tuple[str, str]:
        if not one.is_by_one_of(self.keys):
            return "receipt", f"{one.entry_id} is not signed by a key of these books"
        if one.entry_id in self.found:
            number, is_booked, lines = self.found[one.entry_id]
            said = ("booked" if is_booked else "declined", to_merchants(lines, accounts))
            if said != (one.outcome, one.cents):
                return "promise", f"{one.entry_id} at {number} is {said}, not what was promised"
            return "kept", f"{one.entry_id} at {number}"
        if latest[:19] > one.before[:19]:
            return "omitted", f"{one.entry_id}, promised before {one.before}"
        if now[:19] < one.before[:19]:
            return "not-due", f"{one.entry_id}, not before {one.before}"
        return "early", f"{one.entry_id}: this export ends at {latest[:19]}, ask for a newer one"


def to_merchants(lines: Lines, accounts: dict[int, str]) -> int:
    """What merchants and one-off payees got by these movements, in cents; below zero what they gave back."""
    paid = ('"merchant"]', '"payee"]')
    return sum(
        line[3] * (accounts[line[2]].endswith(paid) - accounts[line[1]].endswith(paid))
        for line in lines
    )

"""What was granted and spent, added up from the movements alone."""

import json
import sys
from collections import Counter
from typing import Any

from rows import Row
from tree import Unreadable


class Books:
    """What was granted and where it is, per scheme, year and unit, from the movements alone."""

    def __init__(self) -> None:
        self.accounts = dict[int, str]()
        self.flows = Counter[tuple[str, str]]()
        self.early = list[tuple[int, int, int]]()

    def take(self, kind: str, row: Row, lines: list[list[Any]]) -> None:
        if kind == "account":
            of = (row["schemeId"], row["budgetYear"], row["unit"], row["kind"])
            self.accounts[row["id"]] = sys.intern(json.dumps(of))
        for _, debit, credit, amount, *_ in lines:
            if debit in self.accounts and credit in self.accounts:
                self.flows[self.accounts[debit], self.accounts[credit]] += amount
            else:  # of an account that stands further on
                self.early.append((debit, credit, amount))

    def settle(self) -> None:
        """Count what moved between accounts that stood further on."""
        for debit, credit, amount in self.early:
            if debit not in self.accounts or credit not in self.accounts:
                raise Unreadable("A movement is between accounts that are not in the export.")
            self.flows[self.accounts[debit], self.accounts[credit]] += amount
        self.early.clear()

    def totals(self) -> dict[tuple[str, str, str], Counter[str]]:
        """Per scheme, year and unit: what stands on each kind of account; together it is nothing."""
        found = dict[tuple[str, str, str], Counter[str]]()
        for (debit, credit), amount in self.flows.items():
            scheme, year, unit, _ = json.loads(debit)
            if scheme is None:
                scheme, year, unit, _ = json.loads(credit)
            at = found.setdefault((str(scheme), str(year), unit), Counter())
            at[json.loads(debit)[3]] -= amount
            at[json.loads(credit)[3]] += amount
        return found

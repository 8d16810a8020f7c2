"""Which account of the financial administration each side of the journal is on, and which profile can be."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

import msgspec

from pas.bookkeeping.model import AccountMapping, Group, JournalLine, JournalProfile
from pas.bookkeeping.words import ACCOUNTS
from pas.errors import Refusal
from pas.money import Cents

MOST_NAMED: Final = 20
Mappings = dict[tuple[str, str | None], AccountMapping]


class JournalUnmapped(Refusal):
    """Van een deel van het journaal is nog niet gezegd op welke rekening het hoort."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Vul bij de inrichting van het journaal de rekening in die ontbreekt."
    )


class JournalProfileWrong(Refusal):
    """Deze inrichting van het journaal klopt niet."""

    next_step: ClassVar[str] = "Verbeter de inrichting en probeer het opnieuw."


class Unmapped(msgspec.Struct, frozen=True, order=True):
    """A kind of account that has no place in the financial administration yet, with whose money it is."""

    account: str
    scheme: str


def lines_of(groups: Iterable[Group], profile: JournalProfile) -> list[JournalLine]:
    """Give two lines for each group, numbered through; raises JournalUnmapped."""
    mappings, lines, missing = _mappings(profile), list[JournalLine](), set[Unmapped]()
    for group in groups:
        for side, account in (("debit", group.debit), ("credit", group.credit)):
            mapping = _mapping_of(mappings, account, group.scheme)
            if mapping is None:
                missing.add(Unmapped(account, group.scheme or ""))
                continue
            lines.append(
                JournalLine(
                    group=group,
                    line=len(lines) + 1,
                    side="debit" if side == "debit" else "credit",
                    account=account,
                    mapping=mapping,
                )
            )
    if missing:
        raise JournalUnmapped(_sentence(sorted(missing)), unmapped=msgspec.to_builtins(missing))
    return lines


def refuse_unmapped(groups: Iterable[Group], profile: JournalProfile) -> None:
    lines_of(groups, profile)


def balance_of(lines: Iterable[JournalLine]) -> Cents:
    """What the lines are together: nothing, by construction, and that is looked at all the same."""
    return Cents(sum(line.debit_cents - line.credit_cents for line in lines))


def refuse_wrong(profile: JournalProfile, *, schemes: set[str]) -> None:
    """Refuse a profile that could not be read back, naming all that is wrong with it."""
    faults = [*_faults_of_columns(profile), *_faults_of_accounts(profile, schemes)]
    if profile.separator == profile.decimal:
        faults.append("Het scheidingsteken en het teken voor de centen zijn hetzelfde.")
    if faults:
        raise JournalProfileWrong(" ".join(faults))


def _mapping_of(mappings: Mappings, account: str, scheme: str | None) -> AccountMapping | None:
    return mappings.get((account, scheme)) or mappings.get((account, None))


def _mappings(profile: JournalProfile) -> Mappings:
    return {(one.account, one.scheme): one for one in profile.accounts}


def _sentence(missing: Sequence[Unmapped]) -> str:
    named = [
        f"{ACCOUNTS.get(one.account, one.account)} ({one.account})"
        + (f" van regeling {one.scheme}" if one.scheme else "")
        for one in missing[:MOST_NAMED]
    ]
    more = f" en nog {len(missing) - MOST_NAMED}" if len(missing) > MOST_NAMED else ""
    return f"Kies een grootboekrekening voor: {', '.join(named)}{more}."


def _faults_of_columns(profile: JournalProfile) -> list[str]:
    fields = {column.field for column in profile.columns}
    headers = [column.header for column in profile.columns]
    faults = list[str]()
    if len(set(headers)) < len(headers):
        faults.append("Elke kolom heeft een eigen naam.")
    if "ledger_account" not in fields:
        faults.append("De kolom ledger_account ontbreekt.")
    if "amount" not in fields and not {"debit", "credit"} <= fields:
        faults.append("Neem de kolommen debit en credit op, of de kolom amount.")
    if any(not header.isprintable() for header in headers):
        faults.append("In de naam van een kolom staat een onleesbaar teken.")
    if profile.encoding == "windows-1252":
        faults += [
            f"De naam {header} kan niet in Windows-1252."
            for header in headers
            if header.encode("cp1252", errors="ignore").decode("cp1252") != header
        ]
    return faults


def _faults_of_accounts(profile: JournalProfile, schemes: set[str]) -> list[str]:
    seen, faults = set[tuple[str, str | None]](), list[str]()
    for one in profile.accounts:
        if (one.account, one.scheme) in seen:
            faults.append(
                f"De rekening {one.account} {one.scheme or ''}".strip() + " staat er dubbel."
            )
        seen.add((one.account, one.scheme))
        if one.scheme is not None and one.scheme not in schemes:
            faults.append(f"De regeling {one.scheme} is er niet.")
    return faults

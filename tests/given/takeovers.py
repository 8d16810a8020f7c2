"""A list of an earlier supplier, and the two people who take it over."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

from given.assessment import a_scheme_in_force
from given.cards import a_resident
from given.days import NEW_YEAR, NOW, YEAR
from given.files import a_file
from given.logins import a_key_store, an_actor
from pas.app.proving import CHECKS
from pas.auth.actor import Actor
from pas.auth.citizen_number import CitizenNumber, encrypt_bsn
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import MunicipalityName, ResidentId
from pas.ledger.prove import Proof, prove
from pas.money import Cents
from pas.takeovers.approve import approve_takeover
from pas.takeovers.book import book_takeover
from pas.takeovers.files import COLUMNS
from pas.takeovers.model import Takeover
from pas.takeovers.propose import Handed, Outlook, look_ahead, propose_takeover

VELSEN: Final = MunicipalityName("velsen")
UPLOADER: Final = an_actor(Role.OFFICER)
SECOND: Final = an_actor(Role.APPROVER)
SPORT: Final = "sport_kinderen"
BORN: Final = date(1990, 5, 17)
BSN: Final = CitizenNumber("999990019")
SANNE: Final[Mapping[str, str]] = {
    "card_number": "6064 3600-1234",
    "scheme": SPORT,
    "amount_cents": "12345",
    "given_name": "Sanne",
    "family_name": "de Wit",
    "birth_date": "1990-05-17",
}


def a_listed_row(**cells: str) -> dict[str, str]:
    """Sanne's card with € 123,45 for sport, unless said otherwise."""
    return {**SANNE, **cells}


def totals_of(rows: tuple[Mapping[str, str], ...]) -> dict[str, Cents]:
    """What the supplier would say: every amount that is one."""
    sums = Counter[str]()
    for row in rows:
        amount = row["amount_cents"].strip()
        sums[row["scheme"]] += int(amount) if amount.isdigit() else 0
    return {scheme: Cents(cents) for scheme, cents in sums.items()}


def handed_of(*rows: Mapping[str, str], told: Mapping[str, Cents] | None = None) -> Handed:
    return handed_file(a_file(COLUMNS, *rows), told=totals_of(rows) if told is None else told)


def handed_file(source: BytesIO, *, told: Mapping[str, Cents]) -> Handed:
    return Handed(source=source, name="cards.csv", supplier="oude_pas", year=YEAR, told=told)


class TakingOver:
    """A municipality that takes over; ``sanne`` lives there, and sport is for everybody."""

    def __init__(self, database: Database, connection: Connection, folder: Path) -> None:
        self.database = database
        self.connection = connection
        self.ring = a_key_store(folder).ring(VELSEN)

    async def settles(self) -> ResidentId:
        await a_scheme_in_force(self.connection, SPORT, valid_from=NEW_YEAR)
        self.sanne = await a_resident(self.connection, name="Sanne", birth_date=BORN)
        return self.sanne

    async def has_number(self, resident: ResidentId, number: CitizenNumber = BSN) -> None:
        hidden = encrypt_bsn(self.ring, number, resident=resident)
        await self.connection.execute(
            "UPDATE resident SET bsn_encrypted = $2, bsn_hash = $3, key_id = $4 WHERE id = $1",
            *(resident, hidden.encrypted, hidden.hash, hidden.key_id),
        )

    async def proposes(
        self,
        *rows: Mapping[str, str],
        told: Mapping[str, Cents] | None = None,
        by: Actor = UPLOADER,
    ) -> Outlook:
        return await self.proposes_on(self.connection, *rows, told=told, by=by)

    async def proposes_on(
        self,
        connection: Connection,
        *rows: Mapping[str, str],
        told: Mapping[str, Cents] | None = None,
        by: Actor = UPLOADER,
    ) -> Outlook:
        handed = handed_of(*rows, told=told)
        return await propose_takeover(connection, handed, ring=self.ring, actor=by, now=NOW)

    async def looks(self, *rows: Mapping[str, str]) -> Outlook:
        handed = handed_of(*rows)
        return await look_ahead(self.connection, handed, ring=self.ring, now=NOW)

    async def another_scheme(self, code: str = "cultuur") -> None:
        await a_scheme_in_force(self.connection, code, valid_from=NEW_YEAR)

    async def takes_over(self, *rows: Mapping[str, str]) -> Takeover:
        """Proposed by one, approved by another, booked."""
        made = (await self.proposes(*rows)).takeover
        assert made is not None
        await approve_takeover(self.connection, made.id, actor=SECOND, now=NOW)
        return await self.books()

    async def books(self) -> Takeover:
        return await book_takeover(self.database, VELSEN, now=NOW)

    async def balances(self) -> list[int]:
        """What is left of every budget, in any order."""
        rows = await self.connection.fetch(
            "SELECT b.amount FROM balance b JOIN budget g ON g.account_id = b.account_id ORDER BY 1"
        )
        return [row["amount"] for row in rows]

    async def proof(self) -> Proof:
        return await prove(self.connection, NOW, more=CHECKS)


def verdicts(outlook: Outlook) -> list[str]:
    return [one.reason or one.outcome for one in outlook.rows]

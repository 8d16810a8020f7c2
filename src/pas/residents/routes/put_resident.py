"""Endpoint: add or correct one resident."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

import msgspec
from litestar import put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.csvfile import Row
from pas.ids import HouseholdNumber, MunicipalityName
from pas.money import BasisPoints
from pas.passes.resident_files import COLUMNS, row_of
from pas.passes.residents import HouseholdType, IncomeSource, Resident, SchoolType
from pas.problems.bodies import AppRequest
from pas.residents.put_resident import PutResident, put_resident

WRITE: Final = {"permission": Permission.RESIDENTS_IMPORT}
FIELDS: Final = {"bsn": "citizen_number", "income_pct": "income"}
"""Columns of a file that have another name here."""

Number = Annotated[str, Meta(max_length=40)]
Name = Annotated[str, Meta(max_length=100)]


class ResidentBody(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What holds of somebody from ``validFrom`` on; income in hundredths of a percent, null is unknown.

    Without ``citizenNumber``, the one that is known stays; ``wipeCitizenNumber`` takes it away.
    """

    given_name: Name
    family_name: Name
    birth_date: date
    address: Annotated[str, Meta(max_length=200)] = ""
    postcode: Annotated[str, Meta(max_length=12)] = ""
    city: Annotated[str, Meta(max_length=80)] = ""
    area: Annotated[str, Meta(max_length=80)] = ""
    household_number: Number
    household_type: HouseholdType = "unknown"
    income: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    income_source: IncomeSource | None = None
    school_type: SchoolType | None = None
    citizen_number: Annotated[str, Meta(max_length=20)] = ""
    wipe_citizen_number: bool = False
    guardian_number: Number = ""
    valid_from: date
    left_on: date | None = None
    died_on: date | None = None

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return f"ResidentBody(valid_from={self.valid_from})"


def row_from(person_number: str, body: ResidentBody) -> Row:
    """Write a body as the one row of a file."""
    cells = row_of(
        Resident(
            person_number=person_number,
            bsn=body.citizen_number,
            given_name=body.given_name,
            family_name=body.family_name,
            birth_date=body.birth_date,
            address=body.address,
            postcode=body.postcode,
            city=body.city,
            area=body.area,
            household_number=HouseholdNumber(body.household_number),
            household_type=body.household_type,
            income=None if body.income is None else BasisPoints(body.income),
            income_source=body.income_source,
            school_type=body.school_type,
            guardian_number=body.guardian_number,
            valid_from=body.valid_from,
            left_on=body.left_on,
            died_on=body.died_on,
        )
    )
    return Row(0, dict(zip(COLUMNS, cells, strict=True)))


def field_name(column: str) -> str:
    """Call a column as the API calls its field."""
    first, *more = FIELDS.get(column, column).split("_")
    return first + "".join(part.capitalize() for part in more)


@put("/v1/{municipality:str}/residents/by-number/{person_number:str}", opt=WRITE)
async def put_one_resident(
    municipality: FromPath[str],
    person_number: FromPath[Number],
    request: AppRequest,
    *,
    data: JSONBody[ResidentBody],
) -> PutResident:
    """Voeg een inwoner toe, of verbeter wat er over een inwoner staat.

    Dezelfde regels gelden als voor een bestand met één regel. Met een latere begindatum blijft wat
    eerder gold. Dezelfde gegevens nog eens sturen verandert niets. Daarna volgen de passen vanzelf.
    Staat er een verkeerd burgerservicenummer? Wis het met wipeCitizenNumber.
    """
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return await put_resident(
            connection,
            row_from(person_number, data),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
            called=field_name,
            wipes_bsn=data.wipe_citizen_number,
        )


handlers: list[ControllerRouterHandler] = [put_one_resident]

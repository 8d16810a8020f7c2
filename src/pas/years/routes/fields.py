"""What the endpoints of years have in common: where they are, who may use them, and files that leave."""

from typing import Final

from litestar import Response
from litestar.response import Stream

from pas.auth.permissions import Permission
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV, Table, csv_lines, spreadsheet
from pas.web.pages import saved_as

YEARS: Final = "/v1/{municipality:str}/years"
YEAR: Final = f"{YEARS}/{{year:int}}"
READ: Final = {"permission": Permission.YEARS_READ}


def csv_file(table: Table, name: str) -> Stream:
    """Send it line by line."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(csv_lines(table), media_type=CSV, headers=headers)


def spreadsheet_file(table: Table, name: str) -> Response[bytes]:
    return saved_as(name, spreadsheet(table), media_type=MEDIA_TYPE)

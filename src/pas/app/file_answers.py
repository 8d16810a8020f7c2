"""A table as an answer: text or a spreadsheet, by the end of its name."""

from typing import Literal

from litestar import Response

from pas.bookkeeping.equation_tables import Sheet
from pas.spreadsheet import MEDIA_TYPE as SPREADSHEET

File = Literal["csv", "xlsx"]


def sheet_answer(sheet: Sheet, file: str) -> Response[bytes]:
    name = f"{sheet.name.replace(' ', '-')}.{file.rpartition('.')[2]}"
    if file.endswith("xlsx"):
        return file_answer(sheet.spreadsheet(), name, SPREADSHEET)
    return file_answer(sheet.text().encode(), name, "text/csv")


def file_answer(content: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)

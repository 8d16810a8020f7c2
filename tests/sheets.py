"""Spreadsheets read back by a library that is not ours."""

import io

import openpyxl


def rows_of(content: bytes) -> list[list[str]]:
    """Every row of the sheet in words, the names of the columns first."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [
        ["" if cell is None else str(cell) for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]


def cents_of(text: str) -> int:
    """Read an amount of a sheet or of a CSV."""
    whole, _, rest = text.replace(",", ".").partition(".")
    return int(f"{whole or 0}{rest.ljust(2, '0')}")

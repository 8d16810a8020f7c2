"""Writes a spreadsheet (Office Open XML) of one sheet: words, whole numbers, amounts and days.

An amount is written as its decimals, never as a fraction of the machine, and what is a word stays
one: nothing in a cell can run. The same rows are the same bytes. Source: ECMA-376, part 1, 18.3.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from pas.money import Cents, point_euros

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY_ZERO: Final = date(1899, 12, 30)
"""Days are counted from here; the count holds from March 1900 on."""
LONGEST_NAME: Final = 31
MOST_ROWS: Final = 1_048_576
MOST_IN_A_CELL: Final = 32_767
PLAIN, AMOUNT, DAY, HEAD = range(4)
MADE_AT: Final = (1980, 1, 1, 0, 0, 0)
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS: Final = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>"
    '<xf xfId="0"/><xf xfId="0" numFmtId="4" applyNumberFormat="1"/>'
    '<xf xfId="0" numFmtId="14" applyNumberFormat="1"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class Amount(msgspec.Struct, frozen=True):
    """A cell that holds euros and cents."""

    cents: Cents


Cell = str | int | Amount | date | None


def write_spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write one sheet; the first row holds the names of the columns, and stays in sight."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in PARTS.items():
            package.writestr(_part(path), content)
        package.writestr(_part("xl/workbook.xml"), _workbook(name))
        with package.open(_part("xl/worksheets/sheet1.xml"), "w") as sheet:
            for piece in _sheet(columns, rows):
                sheet.write(piece.encode())
    return made.getvalue()


def _part(path: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(path, MADE_AT)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _workbook(name: str) -> str:
    shown = re.sub(r"[\\/*?:\[\]']", " ", _written(name))[:LONGEST_NAME]
    return (
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        f'<sheet name={quoteattr(shown)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><sheetData>"
    yield "<row>" + "".join(_text(column, HEAD) for column in columns) + "</row>"
    for number, row in enumerate(rows, start=2):
        assert number <= MOST_ROWS, "a sheet holds no more rows"
        assert len(row) == len(columns), "a row has a cell for every column"
        yield "<row>" + "".join(map(_cell, row)) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Cell) -> str:
    match value:
        case None | "":
            return "<c/>"
        case Amount(cents):
            return f'<c s="{AMOUNT}"><v>{point_euros(cents)}</v></c>'
        case date():
            return f'<c s="{DAY}"><v>{(value - DAY_ZERO).days}</v></c>'
        case int():
            return f"<c><v>{value}</v></c>"
        case str():
            return _text(value, PLAIN)


def _text(value: str, style: int) -> str:
    shown = escape(_written(value)[:MOST_IN_A_CELL])
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _written(text: str) -> str:
    """Without what XML has no way to hold."""
    return UNWRITABLE.sub("", text.encode("utf-8", "ignore").decode())

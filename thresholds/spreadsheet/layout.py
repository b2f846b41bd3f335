"""Tables laid out as an Excel workbook: made to be read, marked and printed, with what is not to be changed locked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from textwrap import wrap
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from thresholds.ruleset import Ruleset
from thresholds.spreadsheet import origin
from thresholds.spreadsheet.contents import tables_of
from thresholds.spreadsheet.explanation import EXPLANATION, explanation
from thresholds.spreadsheet.tables import COMMENT, Column, Table

_TEXT = "@"
"""The format of every cell, so that no program takes `012` or `>= 3` for anything but text."""
_GREY, _WHITE, _YELLOW, _BLUE = "FFEDEDED", "FFFFFFFF", "FFFFF8E1", "FF1F3864"
_A3, _A4 = 8, 9
_LINE, _TALLEST = 13.5, 409.0
"""The height of a line of text, and the greatest that a row can have, in points."""
_STYLES = ("read only", "may be changed", "comment")
_MARK = "read only"


def workbook(ruleset: Ruleset) -> bytes:
    """The .xlsx file: an explanation, a sheet for each table, and a hidden one with what every cell says."""
    book = Workbook()
    _add_styles(book)
    tables = tables_of(ruleset)
    first = book.active
    assert isinstance(first, Worksheet)
    explained = explanation(ruleset, tables)
    _explain(first, explained, ruleset)
    for table in tables:
        _lay_out(book.create_sheet(table.name), table, ruleset)
    hidden = book.create_sheet(origin.SHEET)
    hidden.sheet_state = "veryHidden"
    for number, row in enumerate(origin.written(ruleset.name, ruleset.hash, tables, explained), start=1):
        for place, text in enumerate(row, start=1):
            if text:
                _write(hidden.cell(number, place), text)
    _protect(hidden)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _add_styles(book: Workbook) -> None:
    thin = Side(style="thin", color="FFBFBFBF")
    for name, colour in zip(_STYLES, (_GREY, _WHITE, _YELLOW), strict=True):
        book.add_named_style(
            NamedStyle(
                name=name,
                font=Font(name="Calibri", size=10),
                fill=PatternFill("solid", fgColor=colour),
                border=Border(left=thin, right=thin, top=thin, bottom=thin),
                alignment=Alignment(wrap_text=True, vertical="top"),
                number_format=_TEXT,
                protection=Protection(locked=name == _MARK),
            )
        )


def _write(cell: ExcelCell | MergedCell, text: str) -> None:
    """Text and nothing else, whatever it begins with."""
    assert isinstance(cell, ExcelCell)  # nothing is merged here
    cell.value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)  # spreadsheets read `_x0041_` as `A`
    cell.data_type = "s"
    cell.number_format = _TEXT
    if text[0] in "=+-@":
        cell.quotePrefix = True


def _lay_out(sheet: Worksheet, table: Table, ruleset: Ruleset) -> None:
    for place, column in enumerate(table.columns, start=1):
        cell = sheet.cell(1, place)
        cell.style = _MARK
        _write(cell, f"{column.name}\n{_may(column)}")
        cell.font = Font(name="Calibri", size=10, bold=True, color=_WHITE)
        cell.fill = PatternFill("solid", fgColor=_BLUE)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[1].height = 2 * _LINE + 3
    for number, row in enumerate(table.rows, start=2):
        for place, (column, shown) in enumerate(zip(table.columns, row.cells, strict=True), start=1):
            cell = sheet.cell(number, place)
            cell.style = _STYLES[2 if column is COMMENT else shown.editable]
            if text := shown.text:
                _write(cell, text)
        sheet.row_dimensions[number].height = _height(
            [(cell.text, column.width) for column, cell in zip(table.columns, row.cells, strict=True)]
        )
    last = get_column_letter(len(table.columns))
    sheet.auto_filter.ref = f"A1:{last}{len(table.rows) + 1}"
    sheet.freeze_panes = "C2"
    _protect(sheet)
    to_read = get_column_letter(table.columns.index(COMMENT) + 1)
    sheet.print_area = f"A1:{to_read}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    _set_up_page(sheet, "landscape", ruleset.name, ruleset.hash)


def _height(cells: Sequence[tuple[str, int]]) -> float:
    """High enough for every cell of a row, given each text and the width of its column: programs do not see to it."""
    lines = (sum(len(wrap(line, width)) or 1 for line in text.split("\n")) for text, width in cells)
    return min(_LINE * max(lines) + 3, _TALLEST)


def _may(column: Column) -> str:
    return "write here" if column is COMMENT else "may be changed" if column.editable else _MARK


def _protect(sheet: Worksheet) -> None:
    """Locked without a password: against slips, not against people. Widths, filters and notes stay free."""
    sheet.protection.sheet = True
    for free in ("formatColumns", "formatRows", "formatCells", "autoFilter", "objects"):
        setattr(sheet.protection, free, False)


def _set_up_page(sheet: Worksheet, orientation: Literal["portrait", "landscape"], name: str, hash_: str) -> None:
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = _A3 if orientation == "landscape" else _A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, footer=0.3)
    footer = sheet.oddFooter
    assert footer is not None
    footer.left.text, footer.center.text, footer.right.text = f"{name}, {hash_[:12]}", "&A", "Page &P of &N"


def _explain(sheet: Worksheet, lines: Sequence[tuple[str, str]], ruleset: Ruleset) -> None:
    sheet.title = EXPLANATION
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 100
    sheet.sheet_view.showGridLines = False
    for number, (left, right) in enumerate(lines, start=1):
        for place, text in ((1, left), (2, right)):
            cell = sheet.cell(number, place)
            cell.alignment = Alignment(wrap_text=bool(right), vertical="top")
            size = 14 if number == 1 else 12 if not right else 10
            cell.font = Font(name="Calibri", size=size, bold=place == 1)
            if text:
                _write(cell, text)
        if right:
            sheet.row_dimensions[number].height = _height([(left, 26), (right, 100)])
    _protect(sheet)
    _set_up_page(sheet, "portrait", ruleset.name, ruleset.hash)

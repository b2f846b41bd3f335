"""A spreadsheet as a committee marks it, and small rulesets to make one of."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

import thresholds
from tests.small_rulesets import Files, overlay, small, write
from thresholds.spreadsheet.changes import Changes, compare
from thresholds.spreadsheet.contents import tables_of
from thresholds.spreadsheet.layout import workbook
from thresholds.spreadsheet.reading import read_spreadsheet
from thresholds.spreadsheet.tables import Cell, Row, Table
from thresholds.spreadsheet.taking_over import Proposal, propose

KEYS = {"Rules": "Rule", "Numbers": "Number", "Indicators": "Indicator", "Topics": "Topic", "Responses": "Response"}


class Marked:
    """An exported spreadsheet in somebody's hands."""

    def __init__(self, ruleset: thresholds.Ruleset) -> None:
        self.book: Workbook = load_workbook(BytesIO(workbook(ruleset)))

    def cell(self, sheet: str, row: str, column: str) -> Any:
        """The cell of a row and a column, both by name."""
        headings = enumerate(self.book[sheet][1], start=1)
        place = next(number for number, one in headings if str(one.value).split("\n")[0] == column)
        return self.book[sheet].cell(self.number(sheet, row), place)

    def number(self, sheet: str, row: str) -> int:
        """In which row of the sheet something stands."""
        return next(one[0].row for one in self.book[sheet].iter_rows(min_row=2) if one[0].value == row)

    def put(self, sheet: str, row: str, column: str, value: object) -> str:
        """Write into a cell: text as text, whatever it looks like; gives where it is."""
        cell = self.cell(sheet, row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        return f"{sheet}!{cell.coordinate}"

    def content(self) -> bytes:
        """What is saved."""
        out = BytesIO()
        self.book.save(out)
        return out.getvalue()

    def changes(self, ruleset: thresholds.Ruleset) -> Changes:
        """What is found to be changed."""
        return compare(ruleset, read_spreadsheet(self.content(), "marked.xlsx"))


def taken_over(marked: Marked, folder: Path) -> Proposal:
    """What the marks make of the rule files in a folder."""
    ruleset = thresholds.load(folder)
    return propose(folder, ruleset, marked.changes(ruleset).edits)


def small_one(folder: Path, files: Files | None = None) -> Path:
    """The small ruleset in a folder of its own."""
    return write(files or small(), folder / "small")


def layered(folder: Path) -> Path:
    """An overlay on the small ruleset, with one rule and one number of its own."""
    small_one(folder)
    ours = {"sources": [], "confidence": "inferred"}
    files = overlay()
    files["parameters.yaml"] = [
        {"id": "much_care", "title": "Much care", "unit": "hours a week", "value": "40", "basis": ours}
    ]
    files["rules/rules.yaml"] = [
        {
            "id": "local_rule",
            "title": "Cares for very long",
            "when": {"caring": ">= much_care"},
            "then": {"early_help": "points_to"},
            "because": "it is very much",
            "basis": ours,
        }
    ]
    return write(files, folder / "local")


def editable_cells(ruleset: thresholds.Ruleset) -> Iterator[tuple[Table, Row, str, Cell]]:
    """Every cell that may be changed, with its table, row and column."""
    for table in tables_of(ruleset):
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell.editable:
                    yield table, row, column.name, cell


def every_byte(folder: Path) -> dict[str, bytes]:
    """What the files under a folder hold, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

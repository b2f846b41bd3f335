"""What a spreadsheet of a ruleset holds: tables of rows of cells, and which value of which file a cell shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from thresholds.language.reading import Path
from thresholds.language.yaml_text import Document, Place

LONGEST = 32_000
"""No cell of a spreadsheet holds much more."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value that may be changed: its file, and the way to it from the top of that file."""

    document: Document
    path: Path
    named: str = ""
    """Only the name stands there (`then: early_help`), and the cell shows the weight that goes without saying."""

    @property
    def place(self) -> Place:
        return self.document.place(*self.path)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell; `lead` stands before what may be changed, such as `child_age:`."""

    lead: str
    text: str = ""
    spot: Spot | None = None

    @property
    def whole(self) -> str:
        return f"{self.lead} {self.text}" if self.lead and self.text else self.lead or self.text


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown in one cell."""

    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        return tidy("\n".join(line.whole for line in self.lines))

    @property
    def editable(self) -> bool:
        return any(line.spot is not None for line in self.lines)

    @property
    def free(self) -> bool:
        """Is the whole cell one value?"""
        return len(self.lines) == 1 and not self.lines[0].lead


def shown(text: str) -> Cell:
    """A cell that is only to be read."""
    return Cell((Line("", text),) if text else ())


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` in characters."""

    name: str
    width: int
    editable: bool = False


COMMENT = Column("Comment", 40)
"""The last column of each table: whatever the committee wants to say. It never gets into a rule file."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one entry, or one value of it, says. The first cell names the row: no two of a table have the same name."""

    about: str
    """In words: `parameter low_attendance`."""
    layer: str
    place: Place
    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        return self.cells[0].text


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def table(name: str, about: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Table:
    """A sheet, its cells held to what a spreadsheet can carry."""
    return Table(name, about, columns, tuple(_fitting(row) for row in rows))


def _fitting(row: Row) -> Row:
    if all(len(cell.text) <= LONGEST for cell in row.cells):
        return row
    too_long = shown(f"(too long for a cell: see {row.place.file}, line {row.place.line})")
    cells = tuple(cell if len(cell.text) <= LONGEST else too_long for cell in row.cells)
    return Row(row.about, row.layer, row.place, cells)


def tidy(text: str) -> str:
    """Text without what spreadsheet programs change unasked: line ends, and blanks at the end of a line."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def flat(text: str) -> str:
    """Text as one line."""
    return " ".join(text.split())

"""A spreadsheet that came back, read without trusting it: every cell as text, and whatever people wrote beside.

A file is looked at before it is unpacked: it must be an .xlsx, of moderate size when unpacked, without a password. A
formula is never evaluated: a cell that holds one is a fault. Whatever else is wrong is one clear message.
"""

from __future__ import annotations

import re
import stat
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import COMMENTS_NS
from openpyxl.xml.functions import fromstring

from thresholds.errors import SpreadsheetError
from thresholds.language.yaml_traps import shown
from thresholds.spreadsheet import origin
from thresholds.spreadsheet.explanation import EXPLANATION
from thresholds.spreadsheet.origin import Origin
from thresholds.spreadsheet.tables import tidy

LARGEST, LARGEST_UNPACKED, MOST_PARTS = 20_000_000, 60_000_000, 500
MOST_ROWS, MOST_COLUMNS = 20_000, 60
"""Rows that hold something, and columns that are looked at."""
_LAST_ROW = 1_048_576
_MOST_TOLD = 20
_AN_XLSX = "give the .xlsx file that `thresholds export` wrote and people marked"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of older programs begin, and those with a password."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
"""How `_` is written where `_x0041_` would be read as `A`."""
_THREADED = re.compile(r"\A\[Threaded comment\].*?\n(?:Comment|Reply):", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in one cell, and in which."""

    at: str
    """Such as `Rules!D7`."""
    text: str


@dataclass(frozen=True)
class WrittenRow:
    """One row of a sheet: its cells by column, and what stands beside the table."""

    number: int
    cells: dict[str, Written]
    beside: tuple[Written, ...] = ()


@dataclass(frozen=True)
class Spreadsheet:
    """A spreadsheet as it came back."""

    origin: Origin
    rows: dict[str, tuple[WrittenRow, ...]]
    notes: tuple[Written, ...]
    """What people put beside cells as notes."""
    on_first_sheet: tuple[Written, ...]
    """What people wrote into the explanation."""
    unknown: tuple[str, ...]
    """Sheets that were added; they are not read."""


def read_file(path: Path) -> bytes:
    """What an ordinary file of moderate size holds; SpreadsheetError for anything else."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SpreadsheetError(f"{path} is not a file", _AN_XLSX)
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no usable name"
        raise SpreadsheetError(f"{path} cannot be read ({why})", _AN_XLSX) from None
    if len(content) > LARGEST:
        raise SpreadsheetError(f"{path} is larger than {LARGEST // 1_000_000} MB", _AN_XLSX)
    return content


def read_spreadsheet(content: bytes, shown_as: str) -> Spreadsheet:
    """The whole of it. SpreadsheetError with one clear message where it cannot be used."""
    try:
        return _read(content)
    except SpreadsheetError as error:
        raise SpreadsheetError(f"{shown_as}: {error.message}", error.help) from None


def _read(content: bytes) -> Spreadsheet:
    _look_at_container(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
        try:
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            raw = {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
            notes = tuple(note for sheet in book.worksheets for note in _notes(sheet))
        except SpreadsheetError:
            raise
        except Exception as error:  # whatever a parser raises at a broken or hostile file
            message = f"the file cannot be read as a spreadsheet ({type(error).__name__})"
            raise SpreadsheetError(message, "open it, save it anew as .xlsx, and try again") from None
    hidden = raw.pop(origin.SHEET, None)
    if hidden is None:
        message = f"the hidden sheet `{origin.SHEET}` is missing, which says what the cells said at first"
        raise SpreadsheetError(message, _AN_XLSX)
    faults = _Faults()
    first = origin.read([cell.text if cell else "" for cell in row] for _, row in _told(hidden, faults))
    rows = {name: tuple(_table(name, first, raw, faults)) for name in first.columns}
    remarks = tuple(
        cell
        for _, row in _told(raw.pop(EXPLANATION, []), faults)
        for cell in row
        if cell and cell.text not in first.explained
    )
    faults.raise_if_any()
    unknown = tuple(name for name in raw if name not in first.columns)
    return Spreadsheet(first, rows, notes, remarks, unknown)


def _look_at_container(content: bytes) -> None:
    """Refuse what is no .xlsx, or would grow beyond measure, before anything is unpacked."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise SpreadsheetError("the spreadsheet is protected by a password", "save it without a password")
        raise SpreadsheetError("this is an older kind of file, not an .xlsx", "save it as .xlsx")
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise SpreadsheetError("this is not an .xlsx file", _AN_XLSX) from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise SpreadsheetError("the spreadsheet is protected by a password", "save it without a password")
    if "[Content_Types].xml" not in names:
        odf = "mimetype" in names
        raise SpreadsheetError(
            f"this is {'an OpenDocument file' if odf else 'a zip archive'}, not an .xlsx file",
            "save it as .xlsx" if odf else _AN_XLSX,
        )
    # Python unpacks no more of a part than it says it holds, so that what is said can be relied upon.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        message = f"unpacked the file would be larger than {LARGEST_UNPACKED // 1_000_000} MB"
        raise SpreadsheetError(message, "take out whatever was put beside the tables, such as pictures")


_RawRow = list["_Raw | None"]


@dataclass(frozen=True, slots=True)
class _Raw:
    at: str
    value: Any
    kind: str


def _rows(sheet: Any) -> Iterator[tuple[int, _RawRow]]:
    """The rows of a sheet that hold anything, with their numbers."""
    held, before = 0, None
    sheet.reset_dimensions()  # a file may say anything of its own size
    for number, row in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS), start=1):
        if row is before or not row:  # rows that a file leaves out are one and the same
            continue
        before = row
        cells: _RawRow = [
            _Raw(f"{sheet.title}!{get_column_letter(place)}{number}", cell.value, cell.data_type)
            if cell.value is not None and cell.value != ""
            else None
            for place, cell in enumerate(row, start=1)
        ]
        if any(cells):
            held += 1
            if held > MOST_ROWS:
                raise SpreadsheetError(f"sheet {shown(sheet.title)} holds more than {MOST_ROWS} rows", _AN_XLSX)
            yield number, cells


def _notes(sheet: Any) -> Iterator[Written]:
    """Notes and threaded comments on cells, which openpyxl leaves out where it only reads."""
    archive, path = sheet.parent._archive, sheet._worksheet_path
    links = get_rels_path(path)  # type: ignore[no-untyped-call]
    if links not in archive.namelist():
        return
    for link in get_dependents(archive, links).find(COMMENTS_NS):
        notes = CommentSheet.from_tree(fromstring(archive.read(link.target)))
        for at, note in notes.comments if notes else ():
            text = tidy(_THREADED.sub("", str(note.text)))
            if text:
                yield Written(f"{sheet.title}!{at}", text)


@dataclass
class _Faults:
    """What is wrong with single cells, told all at once."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def add(self, at: str, message: str, help_: str) -> None:
        self.told.append((f"{at}: {message}", help_))

    def raise_if_any(self) -> None:
        if self.told:
            count = "1 fault" if len(self.told) == 1 else f"{len(self.told)} faults"
            more = [f"and {len(self.told) - _MOST_TOLD} more"] if len(self.told) > _MOST_TOLD else []
            lines = [line for line, _ in self.told[:_MOST_TOLD]]
            helps = dict.fromkeys(help_ for _, help_ in self.told)
            raise SpreadsheetError("\n".join((f"it cannot be used: {count}", *lines, *more)), "; ".join(helps))


def _told(rows: list[tuple[int, _RawRow]], faults: _Faults) -> Iterator[tuple[int, list[Written | None]]]:
    for number, row in rows:
        yield number, [Written(cell.at, _text(cell, faults)) if cell else None for cell in row]


def _text(cell: _Raw, faults: _Faults) -> str:
    """What a cell says as text, also where a program took text for a number, a date, or true or false."""
    value = cell.value
    if cell.kind == "f":
        help_ = "write what it should say as plain text; in a cell for text, begin with an apostrophe: '="
        faults.add(cell.at, f"this is a formula ({shown(str(getattr(value, 'text', value)))})", help_)
    elif cell.kind == "e":
        faults.add(cell.at, f"this is an error ({shown(str(value))})", "write what the cell should say as plain text")
    elif isinstance(value, bool):
        return "true" if value else "false"
    elif isinstance(value, int):
        return str(value)
    elif isinstance(value, float):
        exact = Decimal(repr(value))  # as short as tells it from its neighbours: 4.9, and not what its bits are worth
        if exact.is_finite():
            whole = format(exact, "f")
            return whole.rstrip("0").rstrip(".") if "." in whole else whole
        faults.add(cell.at, "this is no number", "write a number in digits")
    elif isinstance(value, datetime) and value.time() != datetime.min.time():
        faults.add(cell.at, "this is a time", "write what the cell should say as plain text")
    elif isinstance(value, date):
        return value.isoformat()[:10]
    elif isinstance(value, str):
        return tidy(_ESCAPED.sub("_", value))
    else:
        faults.add(cell.at, f"this is a {type(value).__name__}", "write what the cell should say as plain text")
    return ""


def _table(
    name: str, first: Origin, raw: dict[str, list[tuple[int, _RawRow]]], faults: _Faults
) -> Iterator[WrittenRow]:
    """The rows of one sheet, its columns found by their headings wherever they stand now."""
    if name not in raw:
        raise SpreadsheetError(f"the sheet `{name}` is missing, or has another name now", "give it back its name")
    rows = list(_told(raw[name], faults))
    if not rows:
        raise SpreadsheetError(f"the sheet `{name}` is empty", _AN_XLSX)
    headings = [cell.text.split("\n")[0].strip() if cell else "" for cell in rows[0][1]]
    for column in first.columns[name]:
        count = headings.count(column)
        if count != 1:
            what = "is missing, or has another name now" if not count else f"stands there {count} times"
            message = f"sheet `{name}`: the column `{column}` {what}"
            raise SpreadsheetError(message, "put the headings back into the first row as they were, each once")
    known = {place: heading for place, heading in enumerate(headings) if heading in first.columns[name]}
    key = first.columns[name][0]
    found = []
    for number, row in rows[1:]:
        cells = {known[place]: cell for place, cell in enumerate(row) if cell and place in known}
        beside = tuple(cell for place, cell in enumerate(row) if cell and place not in known)
        found.append(WrittenRow(number, cells, beside))
    named = [one.cells[key] for one in found if key in one.cells]
    count_of = Counter(cell.text for cell in named)
    for cell in named:
        if count_of[cell.text] > 1:
            message = f"the name {shown(cell.text)} stands in {count_of[cell.text]} rows"
            faults.add(cell.at, message, "keep one of them")
    yield from found

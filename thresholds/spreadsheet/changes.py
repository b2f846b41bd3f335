"""What was changed in a spreadsheet: cell by cell held against what it said at first and what the ruleset says now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from thresholds.errors import SpreadsheetError
from thresholds.language.loading import HEADER_FILE
from thresholds.language.yaml_source import UNWANTED, named
from thresholds.ruleset import Ruleset
from thresholds.spreadsheet.contents import tables_of
from thresholds.spreadsheet.reading import Spreadsheet, Written, WrittenRow
from thresholds.spreadsheet.tables import COMMENT, Cell, Line, Row, Spot, Table, flat, tidy

Kind = Literal["conflict", "read only", "not understood", "row added", "row missing", "not read"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A value that the committee changed, and which the rule files can take over."""

    at: str
    """The cell, such as `Rules!D7`."""
    about: str
    """Of what, in words: `number low_attendance`."""
    column: str
    before: str
    after: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was changed, and is not taken over; `help` says what to do instead."""

    kind: Kind
    at: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of the committee."""

    at: str
    about: str
    text: str


@dataclass(frozen=True)
class Changes:
    """All that was found."""

    edits: tuple[Edit, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    same_ruleset: bool
    """Does the ruleset still say exactly what it said when the spreadsheet was written?"""


def compare(ruleset: Ruleset, sheet: Spreadsheet) -> Changes:
    """Every change and comment. SpreadsheetError where the spreadsheet is of another ruleset."""
    first = sheet.origin
    if first.ruleset != ruleset.name:
        message = f"the spreadsheet was written from `{first.ruleset}`, and this is `{ruleset.name}`"
        raise SpreadsheetError(message, "name the ruleset that it was written from")
    found: list[Edit | Refusal | Remark] = []
    for table in tables_of(ruleset):
        if table.name in first.columns:
            found += _Comparison(table, sheet, ruleset.definition.layers[-1]).run()
    found += (Remark(one.at, "on the first sheet", one.text) for one in sheet.on_first_sheet)
    found += (Remark(one.at, _noted(one, sheet), one.text) for one in sheet.notes)
    found += (
        Refusal("not read", name, f"the sheet `{name}` was added", "sheets that were added are not read")
        for name in sheet.unknown
    )
    return Changes(
        tuple(one for one in found if isinstance(one, Edit)),
        tuple(one for one in found if isinstance(one, Refusal)),
        tuple(one for one in found if isinstance(one, Remark)),
        first.hash == ruleset.hash,
    )


def _noted(note: Written, sheet: Spreadsheet) -> str:
    """Beside what a note stands."""
    table, cell = note.at.rsplit("!", 1)
    number = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    row = next((row for row in sheet.rows.get(table, ()) if str(row.number) == number), None)
    key = row.cells.get(sheet.origin.columns[table][0]) if row else None
    return f"a note beside {key.text}" if key else "a note"


class _Comparison:
    """One sheet: what it said at first, what it says now, and what the ruleset says now."""

    def __init__(self, table: Table, sheet: Spreadsheet, own: str) -> None:
        self.table, self.sheet, self.own = table, sheet, own
        self.columns = sheet.origin.columns[table.name]
        self.first = sheet.origin.rows[table.name]
        self.now = {row.key: row for row in table.rows}
        self.place = {column.name: number for number, column in enumerate(table.columns)}

    def run(self) -> Iterator[Edit | Refusal | Remark]:
        key = self.columns[0]
        seen = set()
        for row in self.sheet.rows[self.table.name]:
            name = row.cells[key].text if key in row.cells else ""
            seen.add(name)
            yield from self._beside(row)
            if name in self.first:
                yield from self._row(row, name)
            elif row.cells:
                yield from self._added(row, name)
        for name in self.first:
            if name not in seen:
                yield self._missing(name)

    def _row(self, written: WrittenRow, name: str) -> Iterator[Edit | Refusal | Remark]:
        now = self.now.get(name)
        about = now.about if now else f"`{name}`"
        for column, was in zip(self.columns, self.first[name], strict=True):
            cell = written.cells.get(column)
            text = cell.text if cell else ""
            if text == was:
                continue
            at = cell.at if cell else f"{self.table.name}, row {written.number}"
            if column == COMMENT.name:
                yield Remark(at, about, text)
            elif now is None:
                message = f"{about}, {column}: changed here, and no longer in the ruleset"
                yield Refusal("conflict", at, message, "leave it, or write a new entry")
            else:
                yield from self._cell(at, now, column, was, text)

    def _cell(self, at: str, row: Row, column: str, was: str, text: str) -> Iterator[Edit | Refusal]:
        now = row.cells[self.place[column]] if column in self.place else Cell()
        subject = f"{row.about}, {column}"
        if text == now.text:
            return  # somebody has made that change in the files already
        if not now.editable:
            yield Refusal("read only", at, f"{subject}: {_from_to(was, text)}", self._why_read_only(row, column))
        elif was != now.text:
            message = f"{subject}: here {_from_to(was, text)}; in the ruleset it is {_quoted(now.text)} since"
            help_ = f"agree on one, and write it at {row.place.file}:{row.place.line} or into a new spreadsheet"
            yield Refusal("conflict", at, message, help_)
        elif fault := _unfit(text):
            yield Refusal("not understood", at, f"{subject}: {fault[0]}", fault[1])
        elif not text:
            yield Refusal("not understood", at, f"{subject}: nothing is left of {_quoted(was)}", _nothing_deleted(row))
        elif now.free:
            [line] = now.lines
            yield from self._edit(at, row, column, line, text if "\n" in line.text.strip() else flat(text))
        else:
            yield from self._lines(at, row, column, now, text)

    def _lines(self, at: str, row: Row, column: str, now: Cell, text: str) -> Iterator[Edit | Refusal]:
        """A cell of several values: each line begins as it did, and what follows may differ."""
        new = [flat(line) for line in text.split("\n") if line.strip()]
        leads = [flat(line.lead) for line in now.lines]
        pairs = list(zip(now.lines, leads, new, strict=False))
        odd = next((line for _, lead, line in pairs if not line.startswith(lead)), None)
        if len(new) != len(leads) or odd is not None:
            what = (
                f"has {len(new)} lines instead of {len(leads)}" if odd is None else f"{_quoted(odd)} is no line of it"
            )
            help_ = f"keep its lines, and change only what stands after a colon; the rest is changed in {_file(row)}"
            yield Refusal("not understood", at, f"{row.about}, {column}: {what}", help_)
            return
        for line, lead, whole in pairs:
            yield from self._edit(at, row, column, line, whole.removeprefix(lead).strip())

    def _edit(self, at: str, row: Row, column: str, line: Line, text: str) -> Iterator[Edit | Refusal]:
        before = tidy(line.text)
        if text == before:
            return
        of = f", {flat(line.lead).removeprefix('- ').rstrip(':')}" if line.lead else ""
        if line.spot is None:
            message = f"{row.about}, {column}{of}: {_from_to(before, text)}"
            yield Refusal("read only", at, message, f"that is changed in {_file(row)}")
        elif not text:
            message = f"{row.about}, {column}{of}: nothing is left of {_quoted(before)}"
            yield Refusal("not understood", at, message, _nothing_deleted(row))
        else:
            yield Edit(at, row.about, f"{column}{of}", before, text, line.spot)

    def _why_read_only(self, row: Row, column: str) -> str:
        names = [one.name for one in self.table.columns if one.editable]
        if row.layer != self.own and column in names:
            return f"it belongs to the layer {row.layer}: to have it differ, replace it in {self.own}, with a reason"
        if column in names:
            return f"nothing stands there that could be changed: write it at {_file(row)}"
        return f"this cell is only to be read; may be changed: {', '.join(names)}; all else in {_file(row)}"

    def _beside(self, row: WrittenRow) -> Iterator[Refusal]:
        for cell in row.beside:
            yield Refusal(
                "not read", cell.at, f"beside the table: {_quoted(cell.text)}", f"write it under {COMMENT.name}"
            )

    def _added(self, row: WrittenRow, name: str) -> Iterator[Refusal | Remark]:
        old = self._renamed(row)
        at = f"{self.table.name}, row {row.number}"
        if COMMENT.name in row.cells:
            yield Remark(row.cells[COMMENT.name].at, "a row that was added", row.cells[COMMENT.name].text)
        if old:
            message = f"`{old}` is called {_quoted(name)} here"
            yield Refusal("row added", at, message, "a name is changed in the rule files, wherever it stands in them")
        else:
            message = f"the row {_quoted(name)} was added" if name else "a row without a name was added"
            yield Refusal(
                "row added", at, message, "write the new entry into the rule files: README, How to write a rule"
            )

    def _renamed(self, row: WrittenRow) -> str:
        """The row whose file and line this one bears; empty where there is none."""
        last = self.columns[-1]
        where = row.cells.get(last, Written("", "")).text
        return next((name for name, cells in self.first.items() if where and cells[-1] == where), "")

    def _missing(self, name: str) -> Refusal:
        now = self.now.get(name)
        at = self.table.name
        if now is None:
            return Refusal(
                "row missing", at, f"the row `{name}` is missing, and it is gone from the ruleset as well", ""
            )
        if now.layer == self.own:
            help_ = f"a deleted row withdraws nothing: delete the entry at {_file(now)}, or give it an `until:`"
        else:
            header = f"{self.own}/{HEADER_FILE}"
            help_ = f"a deleted row withdraws nothing: name it under `withdraws:` in {header}, with a reason"
            if now.about.startswith("rule "):
                help_ += " (a rule that nothing outweighs cannot be withdrawn)"
        return Refusal("row missing", at, f"the row of {now.about} is missing", help_)


def _unfit(text: str) -> tuple[str, str] | None:
    """A character that no rule file may hold."""
    bad = UNWANTED.search(text)
    return (f"{named(bad[0])} stands in it", "delete it, or type the text anew") if bad else None


def _nothing_deleted(row: Row) -> str:
    return f"a spreadsheet deletes nothing: delete it at {_file(row)}"


def _file(row: Row) -> str:
    return f"{row.place.file}:{row.place.line}"


def _from_to(before: str, after: str) -> str:
    return f"{_quoted(before)} became {_quoted(after)}"


def _quoted(text: str) -> str:
    return f"“{flat(text)}”" if text else "an empty cell"

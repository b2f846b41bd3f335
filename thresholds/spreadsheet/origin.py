"""The hidden sheet: of which ruleset a spreadsheet speaks, and what each of its cells said when it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from thresholds.errors import SpreadsheetError
from thresholds.spreadsheet.tables import COMMENT, Table, tidy

SHEET = "thresholds"
_FORMAT = "1"
_ANEW = "export the ruleset again, and copy the changes into the new spreadsheet"


@dataclass(frozen=True)
class Origin:
    """What the spreadsheet said at first: for each sheet its columns, and each row by its name."""

    ruleset: str
    hash: str
    columns: dict[str, tuple[str, ...]]
    rows: dict[str, dict[str, tuple[str, ...]]]
    explained: frozenset[str]
    """What stood on the first sheet."""


def written(
    name: str, hash_: str, tables: Iterable[Table], explained: Iterable[Sequence[str]]
) -> Iterator[tuple[str, ...]]:
    """The rows of the hidden sheet."""
    yield "format", _FORMAT
    yield "ruleset", name
    yield "hash", hash_
    for line in explained:
        yield "explained", *line
    for table in tables:
        yield "columns", table.name, *(column.name for column in table.columns)
        for row in table.rows:
            yield "row", table.name, *(cell.text for cell in row.cells)


def read(rows: Iterable[Sequence[str]]) -> Origin:
    """The hidden sheet read back; SpreadsheetError where it is not as it was written."""
    said: dict[str, str] = {}
    columns: dict[str, tuple[str, ...]] = {}
    entries: dict[str, dict[str, tuple[str, ...]]] = {}
    explained: set[str] = set()
    for kind, name, *cells in ((*row, "", "")[: max(len(row), 2)] for row in rows):
        if kind == "columns":
            columns[name] = tuple(cell for cell in cells if cell)
            entries[name] = {}
        elif kind == "row" and name in columns:
            width = len(columns[name])
            whole = tuple(tidy(cell) for cell in (*cells, *[""] * width)[:width])
            entries[name][whole[0]] = whole
        elif kind == "explained":
            explained.update((tidy(name), *map(tidy, cells)))
        else:
            said[kind] = name
    if said.get("format") not in (None, _FORMAT):
        message = "the spreadsheet was written by another version of this library"
        raise SpreadsheetError(message, _ANEW)
    if (
        not columns
        or {"format", "ruleset", "hash"} - set(said)
        or any(COMMENT.name not in one for one in columns.values())
    ):
        message = f"the hidden sheet `{SHEET}`, which says what the cells said at first, was changed"
        raise SpreadsheetError(message, _ANEW)
    return Origin(said["ruleset"], said["hash"], columns, entries, frozenset(explained))

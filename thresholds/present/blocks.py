"""What is to be read, as a list of blocks: written out as plain text here, in colour by terminal.py."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal, TypeAlias

WIDTH = 88
WIDEST = 100
"""Longer lines are hard to read, however wide the screen."""
_NARROWEST = 20
_BETWEEN = "  "
"""What stands between two columns of a table."""
_NARROWEST_COLUMN = 12
"""What is longer is not folded into less, nor is a word broken."""

Tone = Literal["plain", "strong", "quiet", "attention"]


@dataclass(frozen=True, slots=True)
class Title:
    """What comes first."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a section is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: deeper ones stand further in; a mark (such as `1.`) or a lead (such as `Ask:`) may begin it."""

    text: str
    lead: str = ""
    mark: str = ""
    depth: int = 0
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Banner:
    """What must not be overlooked."""

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; the first cell of a row says what the row is about. Raises ValueError for a ragged one."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        if not self.columns or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row of a table has one cell for each of its columns")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a file, to be copied as it is: never folded. `language` (such as `yaml`) is what it is written in."""

    text: str
    language: str = ""


Block: TypeAlias = Title | Heading | Line | Banner | Gap | Table | Sheet


def plain_text(blocks: Iterable[Block], width: int = WIDTH, encoding: str = "utf-8") -> str:
    """Blocks written out without colour, wrapped, in characters that the encoding carries."""
    width = max(width, _NARROWEST)
    lines: list[str] = []
    for block in blocks:
        match carried_block(block, encoding):
            case Title(text):
                wrapped = _wrapped(text, width, "", "")
                lines += [*wrapped, "=" * max(map(len, wrapped), default=0)]
            case Heading(text):
                wrapped = _wrapped(text, width, "", "")
                lines += ["", *wrapped, "-" * max(map(len, wrapped), default=0)]
            case Banner(title, text):
                edge = "*" * width
                lines += ["", edge]
                for part in (title, *text):
                    lines += _wrapped(part, width, "  ", "  ")
                lines += [edge, ""]
            case Line() as line:
                first, rest = prefixes(line)
                lines += _wrapped(f"{line.lead} {line.text}" if line.lead else line.text, width, first, rest)
            case Table() as table:
                lines += ["", *_table(table, width), ""]
            case Sheet(text):
                lines += ["", text, ""]
            case Gap():
                lines.append("")
    return "\n".join(_single_gaps(lines)) + "\n"


def prefixes(line: Line) -> tuple[str, str]:
    """What stands before the first row of a line, and before its further rows."""
    indent = "  " * line.depth
    mark = f"{line.mark} " if line.mark else ""
    return indent + mark, indent + " " * len(mark)


def _table(table: Table, width: int) -> list[str]:
    caption = _wrapped(table.caption, width, "", "")
    widths = column_widths(table, width)
    if widths is None:
        return [
            *caption,
            *(row for line in as_lines(table) for row in _wrapped(f"{line.lead} {line.text}", width, *prefixes(line))),
        ]
    rows = [_side_by_side(row, widths) for row in (table.columns, *table.rows)]
    apart = [""] if any(len(row) > 1 for row in rows[1:]) else []
    lines = [*caption, *rows[0], _BETWEEN.join("-" * one for one in widths)]
    for row in rows[1:]:
        lines += [*row, *apart]
    return lines


def _side_by_side(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [_wrapped(cell, width, "", "") for cell, width in zip(cells, widths, strict=True)]
    rows = zip_longest(*wrapped, fillvalue="")
    return [_BETWEEN.join(part.ljust(width) for part, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def column_widths(table: Table, width: int) -> list[int] | None:
    """How wide each column is on a screen of that width; None where the table does not fit side by side."""
    words = [[cell.split() or [""] for cell in cells] for cells in zip(table.columns, *table.rows, strict=True)]
    whole = [max(1, *(len(" ".join(cell)) for cell in cells)) for cells in words]
    longest = [max(len(word) for cell in cells for word in cell) for cells in words]
    least = [min(one, max(word, _NARROWEST_COLUMN)) for one, word in zip(whole, longest, strict=True)]
    room = width - len(_BETWEEN) * (len(whole) - 1)
    if sum(least) > room:
        return None
    fitting = ([max(low, min(one, most)) for low, one in zip(least, whole, strict=True)] for most in range(room, 0, -1))
    return next(widths for widths in fitting if sum(widths) <= room)


def as_lines(table: Table) -> list[Line]:
    """A table for a screen that is too narrow for it: each cell in a line of its own, under the row's first."""
    if not table.rows:
        return [Line("; ".join(table.columns))]
    return [
        Line(cell, lead=f"{column}:", mark="\u2022" if number == 0 else "", depth=min(number, 1))
        for row in table.rows
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True))
    ]


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=True
    )


def _single_gaps(lines: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


# For screens and files that cannot carry every character.

_STAND_INS = {
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2022": "*",
    "\u2026": "...",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u00a3": "GBP ",
    "\u00a0": " ",
}


def carried(text: str, encoding: str) -> str:
    """The text with a stand-in for each character that an encoding cannot carry or that acts on a terminal."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() or letter == "\u00a0" else " " for letter in text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_carried(letter, encoding) for letter in text)
    except LookupError:
        return carried(text, "ascii")
    return text


def _carried(letter: str, encoding: str) -> str:
    for instead in (letter, _STAND_INS.get(letter, ""), unicodedata.normalize("NFKD", letter)[:1]):
        try:
            if instead and instead.encode(encoding):
                return instead
        except UnicodeEncodeError:
            continue
    return "?"


def carried_block(block: Block, encoding: str) -> Block:
    """The same for all words of a block."""
    match block:
        case Title(text) | Heading(text):
            return replace(block, text=carried(text, encoding))
        case Line():
            text, lead, mark = (carried(part, encoding) for part in (block.text, block.lead, block.mark))
            return replace(block, text=text, lead=lead, mark=mark)
        case Banner(title, text):
            return Banner(carried(title, encoding), tuple(carried(part, encoding) for part in text))
        case Table(columns, rows, caption):
            return Table(
                tuple(carried(cell, encoding) for cell in columns),
                tuple(tuple(carried(cell, encoding) for cell in row) for row in rows),
                carried(caption, encoding),
            )
        case Sheet(text, language):
            lines = (carried(line, encoding) for line in text.split("\n"))
            return Sheet("\n".join(lines).strip("\n"), carried(language, encoding))
        case Gap():
            return block

"""What is to be read, as a list of blocks: written out as plain text here, in colour by terminal.py."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

WIDTH = 88
WIDEST = 100
"""Longer lines are hard to read, however wide the screen."""
_NARROWEST = 20

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


Block: TypeAlias = Title | Heading | Line | Banner | Gap


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
            case Gap():
                lines.append("")
    return "\n".join(_single_gaps(lines)) + "\n"


def prefixes(line: Line) -> tuple[str, str]:
    """What stands before the first row of a line, and before its further rows."""
    indent = "  " * line.depth
    mark = f"{line.mark} " if line.mark else ""
    return indent + mark, indent + " " * len(mark)


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
        case Gap():
            return block

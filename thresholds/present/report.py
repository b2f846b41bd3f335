"""Blocks as a report: one HTML page to read and print, or Markdown to paste into a review."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from jinja2 import Environment
from markupsafe import Markup, escape

from thresholds.present.blocks import Banner, Block, Gap, Heading, Line, Sheet, Table, Title, carried, carried_block
from thresholds.present.templating import environment

_CARRIED = "utf-8"


@dataclass
class Item:
    """A line, and what stands further in beneath it."""

    line: Line
    under: list[Item] = field(default_factory=list)


_CODE = re.compile(r"`([A-Za-z0-9_][A-Za-z0-9_ .:,/=\[\]{}-]*)`")
_ENOUGH_FOR_CONTENTS = 3
Part: TypeAlias = tuple[str, Heading | Banner | Table | Sheet | list[Item], int]
"""The kind of a part, the part, and for a heading its level."""


def as_html(blocks: Iterable[Block], *, title: str, language: str = "en-GB") -> str:
    """One HTML page that needs nothing else: no script, no outside resource; made to be read, heard and printed.

    `title` is its first heading. Titles among the blocks are second-level headings, headings stand below them; where
    there are several, a list of contents comes before the first. Words in backticks are shown as code.
    """
    parts = list(_parts(blocks))
    headings = [number for number, (kind, _, _) in enumerate(parts) if kind == "Heading"]
    listed = [number for number in headings if not _is_opening(number, parts)]
    contents = listed if len(listed) >= _ENOUGH_FOR_CONTENTS else []
    template = _environment().get_template("report.html.jinja")
    return template.render(title=carried(title, _CARRIED), language=language, parts=parts, contents=contents)


def _is_opening(number: int, parts: Sequence[Part]) -> bool:
    """Is it the title with which a report begins?"""
    return number == 0 and parts[0][2] == 2


def _coded(text: str) -> Markup:
    """Escaped, with what stands in backticks as code."""
    said = _CODE.split(text)
    return Markup("").join(  # every second one stood in backticks
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(said)
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = environment(html=True)
    made.filters.update(runs=_runs, coded=_coded)
    return made


def _parts(blocks: Iterable[Block]) -> Iterator[Part]:
    """Blocks with lines gathered by how far in they stand; no heading is more than one level below the last."""
    titled = False
    for is_line, group in groupby(_carried_without_gaps(blocks), key=lambda block: isinstance(block, Line)):
        if is_line:
            yield "Lines", _outline([block for block in group if isinstance(block, Line)]), 0
            continue
        for block in group:
            match block:
                case Title(text):
                    titled = True
                    yield "Heading", Heading(text), 2
                case Heading():
                    yield "Heading", block, 3 if titled else 2
                case Banner() | Table() | Sheet():
                    yield type(block).__name__, block, 0


def _carried_without_gaps(blocks: Iterable[Block]) -> Iterator[Block]:
    return (carried_block(block, _CARRIED) for block in blocks if not isinstance(block, Gap))


def _outline(lines: Iterable[Line]) -> list[Item]:
    top = Item(Line("", depth=-1))
    above = [top]
    for line in lines:
        while above[-1].line.depth >= line.depth:
            above.pop()
        item = Item(line)
        above[-1].under.append(item)
        above.append(item)
    return top.under


def _runs(items: Sequence[Item]) -> list[tuple[bool, list[Item]]]:
    """Neighbours that make a list, and neighbours that do not."""
    return [(marked, list(run)) for marked, run in groupby(items, key=lambda item: bool(item.line.mark))]


# Markdown as GitHub reads it. Every character with a meaning is escaped, so that no text can end what it stands in.

_MEANING = re.compile(r"[\\`*\[\]~$#|]|(?<![^\W_])_+|_+(?![^\W_])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FIRST = re.compile(r"^(?:[-+]|\d{1,9}(?=[.)]))")
_NUMBER = re.compile(r"[0-9]{1,9}[.)]")


def as_markdown(blocks: Iterable[Block]) -> str:
    """Markdown for a review: headings, lists, tables and fenced files; titles are first-level headings."""
    parts: list[str] = []
    for block_or_lines in _parts(blocks):
        match block_or_lines:
            case "Lines", list() as items, _:
                parts.extend(_listed(items))
            case _, Heading(text), level:
                parts.append(f"{'#' * (level - 1)} {_inline(text)}")
            case _, Banner(title, text), _:
                parts.append("\n>\n".join(f"> {one}" for one in (_bold(title), *map(_inline, text))))
            case _, Table() as table, _:
                parts += [_bold(table.caption)] if table.caption.strip() else []
                parts.append("\n".join(_rows(table)))
            case _, Sheet(text, language), _:
                parts.append(_fenced(text, language))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _listed(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        mark = " ".join(item.line.mark.split())
        bullet = f"{mark} " if _NUMBER.fullmatch(mark) else "- " if mark else ""
        text = _words(item.line, "" if mark == "\u2022" or bullet[:1].isdigit() else mark)
        inside = "\n\n".join(filter(None, (text, *_listed(item.under))))
        yield bullet + textwrap.indent(inside, " " * len(bullet))[len(bullet) :]


def _words(line: Line, mark: str) -> str:
    strong = line.tone in ("strong", "attention")
    lead = _bold(f"{mark} {line.lead}")
    text = _bold(line.text) if strong else _inline(line.text)
    return " ".join(filter(None, (lead, text)))


def _rows(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(_inline, table.columns))} |"
    yield "|" + " --- |" * len(table.columns)
    for row in table.rows:
        yield f"| {' | '.join(map(_inline, row))} |"


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language if language.isascii() and language.isalpha() else ''}\n{text}\n{fence}"


def _bold(text: str) -> str:
    inline = _inline(text)
    return f"**{inline}**" if inline else ""


def _inline(text: str) -> str:
    """Text that is nothing but text, wherever it stands."""
    text = " ".join(text.split())
    first = _FIRST.match(text)
    start = first[0] if first else ""
    rest = _MEANING.sub(lambda found: "".join(f"\\{one}" for one in found[0]), text[len(start) :])
    rest = "".join(_ENTITIES.get(one, one) for one in rest)
    if start[:1].isdigit():
        return f"{start}\\{rest}"
    return f"\\{start}{rest}" if start else rest

"""Values put into YAML text at their places: everything else stays as it was, byte for byte."""

from __future__ import annotations

import copy
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from thresholds.language.reading import Path
from thresholds.language.yaml_text import Document, Problem, Tree, parse_yaml
from thresholds.spreadsheet.tables import tidy

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_ENDS = re.compile(r"(\r\n|\r|\n)")
_PLAIN, _BLOCK = ("", None), ("|", ">")
_NARROWEST = 60


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value for the place at a path; with `named` it becomes a mapping from that name to the value."""

    path: Path
    text: str
    named: str = ""


def replaced(source: bytes, values: Sequence[NewValue]) -> bytes:
    """The file with these values, each in the style of what it takes the place of, or else in quotes.

    The source is a file that loads; each path leads to a text that is not empty.
    """
    file = _File(source.decode("utf-8"))
    document = parse_yaml(source, "", [])
    pieces = sorted(((*file.span(document, one), one) for one in values), key=lambda piece: piece[0], reverse=True)
    text = file.text
    for start, end, one in pieces:
        text = text[:start] + file.written(document, one) + text[end:]
    changed = text.encode("utf-8")
    _check(document, changed, values)
    return changed


class _File:
    """A file's text, what stands in it by line and column, and how it likes its quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        start = len(text) - len(text.removeprefix("\ufeff"))
        parts = _LINE_ENDS.split(text[start:])
        self.lines, self.ends = parts[::2], [*parts[1::2], ""]
        self.starts = [start]
        for line, end in zip(self.lines, self.ends, strict=True):
            self.starts.append(self.starts[-1] + len(line) + len(end))
        self.scalars: dict[tuple[int, int], Any] = {}
        self.flow: set[tuple[int, int]] = set()
        """Where the values stand that are inside brackets."""
        self._read()
        used = Counter(scalar.style for scalar in self.scalars.values())
        self.quote = "'" if used["'"] > used['"'] else '"'

    def _read(self) -> None:
        brackets: list[bool] = []
        events: Iterable[Any] = yaml.parse("\n".join(self.lines) + "\n", Loader=_LOADER)
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                brackets.append(bool(event.flow_style) or (bool(brackets) and brackets[-1]))
            elif isinstance(event, yaml.CollectionEndEvent):
                brackets.pop()
            elif isinstance(event, yaml.ScalarEvent) and event.value:
                assert event.start_mark is not None
                at = event.start_mark.line, event.start_mark.column
                self.scalars[at] = event
                if brackets and brackets[-1]:
                    self.flow.add(at)

    def _scalar(self, document: Document, path: Path) -> tuple[tuple[int, int], Any]:
        place = document.place(*path)
        at = place.line - 1, place.column - 1
        return at, self.scalars[at]

    def span(self, document: Document, value: NewValue) -> tuple[int, int]:
        """Where the old value begins and ends in the text."""
        (line, column), scalar = self._scalar(document, value.path)
        last, width = scalar.end_mark.line, scalar.end_mark.column
        if scalar.style in _BLOCK:
            last = self._block(line, scalar)[-1]
            width = len(self.lines[last])
        return self.starts[line] + column, self.starts[last] + width

    def _block(self, line: int, scalar: Any) -> range:
        """The lines of a block of text under its sign, empty ones at its end left out."""
        last = max(number for number in range(line + 1, scalar.end_mark.line) if self.lines[number].strip())
        return range(line + 1, last + 1)

    def written(self, document: Document, value: NewValue) -> str:
        """The new value as it is to stand in the file."""
        at, scalar = self._scalar(document, value.path)
        flow = at in self.flow
        below = document.key_place(*value.path).line < at[0] + 1
        if value.named:
            return f"{{{value.named}: {next(self._fitting(value.text, ('',), True, False))}}}"
        if scalar.style in _BLOCK:
            return next(self._fitting(value.text, (scalar.style, ""), flow, below, self._folded(at[0], scalar, value)))
        return next(self._fitting(value.text, (scalar.style or "",), flow, below))

    def _fitting(self, text: str, styles: Sequence[str], flow: bool, below: bool, block: str = "") -> Iterator[str]:
        """Ways to write a text that are read back as it, the one in the style of the old value first."""
        quotes = sorted((self.quote, '"', "'"), key=lambda quote: _escapes(text, quote))
        for style in (*styles, *quotes):
            if style in ('"', "'") and _escapes(text, style):
                style = quotes[0]
            way = block if style in _BLOCK else text if not style else _quoted(text, style)
            if way and _reads_as(way, text, flow, below):
                yield way

    def _folded(self, line: int, scalar: Any, value: NewValue) -> str:
        """A block of text in place of another, as deep and as wide; empty where its sign tells the depth."""
        sign = self.lines[line][scalar.start_mark.column :]
        if re.match(r".[+-]?[0-9]", sign):
            return ""
        old = [self.lines[number] for number in self._block(line, scalar)]
        indent = re.match(" *", old[0])
        assert indent is not None
        rows = value.text.split("\n")
        if scalar.style == ">":
            width = max(_NARROWEST, *(len(row) for row in old)) - len(indent[0])
            folded = (textwrap.wrap(row, width, break_long_words=False, break_on_hyphens=False) for row in rows)
            rows = "\n\n".join("\n".join(row) for row in folded).split("\n")
        end = self.ends[line]
        return end.join((sign, *(f"{indent[0]}{row}" if row else "" for row in rows)))


def _escapes(text: str, quote: str) -> int:
    """What it takes to put a text between these quotes: nothing (0), signs of its own (1), or it cannot be (2)."""
    if quote == "'":
        return 2 if "\n" in text else int("'" in text)
    return int('"' in text or "\\" in text or "\n" in text)


def _quoted(text: str, quote: str) -> str:
    if quote == "'":
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _reads_as(way: str, text: str, flow: bool, below: bool) -> bool:
    """Does the library's own reader find this text, and nothing wrong, where it is written so?"""
    # in brackets a comma may follow, or the bracket that closes them
    wholes = (f"{{key: {way}, more: x}}", f"{{key: {way}}}") if flow else (way,)
    return all(_found(f"key:\n  {whole}\n" if below else f"key: {whole}\n", flow) == text for whole in wholes)


def _found(source: str, flow: bool) -> str | None:
    """What the key in a short text has for its value; None where something is wrong with it."""
    problems: list[Problem] = []
    found = inside(parse_yaml(source, "", problems).data, ("key", "key") if flow else ("key",))
    return tidy(found) if isinstance(found, str) and not problems else None


def _check(document: Document, changed: bytes, values: Sequence[NewValue]) -> None:
    """The file must now say exactly what it said, but for the new values."""
    problems: list[Problem] = []
    found = parse_yaml(changed, "", problems).data
    expected = copy.deepcopy(document.data)
    for one in values:
        holder: Any = expected
        for step in one.path[:-1]:
            holder = holder[step]
        was = inside(found, one.path)
        new: Tree = {one.named: one.text} if one.named else one.text
        if isinstance(was, str) and tidy(was) == one.text:
            new = was  # a block of text ends with a line end
        holder[one.path[-1]] = new
    if problems or found != expected:
        raise AssertionError("a value was not put into its file as it should be")


def inside(tree: Tree | None, path: Path) -> Tree | None:
    """What stands at a path; None where nothing does."""
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        else:
            tree = tree[step] if isinstance(tree, list) and isinstance(step, int) else None
    return tree

"""YAML's traps in source text: how they look, what would be right, and how to read past them.

Lines and columns count from 0 here. A trap whose meaning is plain can be mended: its punctuation is exchanged
for private characters, one for one, so that the parser takes it for mere text and every place stays where it
was; `unmended` turns the text back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

MOST_FINDINGS = 100
# Further than this nothing is looked for, so that no file takes long.
_LONGEST_LINE = 2_000
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a line and column; a trap has the `span` of its line that is to be taken as text."""

    line: int
    column: int
    message: str
    help: str
    span: tuple[int, int] | None = None


class GiveUpError(Exception):
    """Reading stops here; why has been noted."""


class Findings(dict[tuple[int, int], Finding]):
    """What was found, by line and column: the first word about a place is the one that counts."""

    def note(self, finding: Finding) -> None:
        """Keep a finding; there is a limit, for a hostile file may hold any number of faults."""
        self.setdefault((finding.line, finding.column), finding)
        if len(self) > MOST_FINDINGS:
            raise GiveUpError

    def stop(self, line: int, column: int, message: str, help_: str) -> GiveUpError:
        """Keep what makes reading on pointless; the answer is to be raised."""
        self.setdefault((line, column), Finding(line, column, message, help_))
        return GiveUpError()


def shown(text: str, most: int = 40) -> str:
    """Text as it may stand in a message: short, and with nothing that acts on a terminal."""
    start = "".join(c if c.isprintable() else " " for c in unmended(text[: most + 1])).strip()
    if len(text) > most:
        start = start[:most].rstrip() + "…"
    return f'"{start}"' if "`" in start else f"`{start}`"


_MEND = {code: 0xE000 + code for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_UNMEND = {private: code for code, private in _MEND.items()}
_MENDED = re.compile("[\ue021-\ue07e]")


def mended(line: str, span: tuple[int, int]) -> str:
    """The line with the span's punctuation exchanged for private characters."""
    start, end = span
    return line[:start] + line[start:end].translate(_MEND) + line[end:]


def unmended(text: str) -> str:
    """The text as it was written."""
    return text.translate(_UNMEND) if is_mended(text) else text


def is_mended(text: str) -> bool:
    """Whether anything in the text was exchanged."""
    return not text.isascii() and _MENDED.search(text) is not None


# Single traps

_OPERAND = r" *+(?:[+-]?\d++(?:\.\d++)?+(?: [a-z]++)?+|[a-z_]\w*+) *+"
# Only such intervals as YAML never takes for plain text: `(5..18)` is one.
_INTERVAL = rf"(?:[\[\]]{_OPERAND}\.\.(?!\.){_OPERAND}[\])\[]|\({_OPERAND}\.\.(?!\.){_OPERAND}[\]\[])"
_INTERVALS = re.compile(rf"{_INTERVAL}(?:, *+{_INTERVAL}){{0,9}}+")
_GLUED = re.compile(r"(?!(?:https?|mailto|tel|urn|doi|isbn):)([a-z_][a-z0-9_]*+):(?![\s/:])")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"?|'[^']*+'?""")
_COMMENT = re.compile(r"(?<! ) +#")
_BLOCK = re.compile(r"(?:>[+-]?|\|[+-]?[1-9]?[+-]?)(?: +#.*| *)$")
_TAKEN = {
    ">": "the start of a block of text",
    "|": "the start of a block of text",
    "*": "an alias (`*name`), which rule files may not use",
    "&": "an anchor (`&name`), which rule files may not use",
    "!": "a tag (`!name`), which rule files may not use",
}


def to_be_quoted(line: str, number: int, column: int) -> Finding:
    """An unquoted value that cannot stand without quotes."""
    intervals = _INTERVALS.match(line, column)
    end = intervals.end() if intervals else _end(line, column)
    value = line[column:end]
    first = value[:1]
    message = f"no value can begin with {shown(first)}"
    help_ = f"put it in quotes: {_in_quotes(line, column, end)}"
    if intervals:
        message = "YAML takes its brackets for those of a list"
    elif value[:3] in ("---", "..."):
        message = f"YAML takes `{value[:3]}` for the edge of a document"
    elif value == "-":
        message = "YAML takes it for the start of a list"
    elif first in _TAKEN:
        message = f"YAML takes the `{first}` for {_TAKEN[first]}"
        if first in "*&!":
            help_ = f"write the value out in full; if the `{first}` belongs to a text, {help_}"
    return Finding(number, column, f"{shown(value)} without quotes: {message}", help_, (column, end))


def reserved(line: str, number: int, column: int) -> Finding:
    """An alias or an anchor the parser has met: told, but not mended, for a list may follow it."""
    return replace(to_be_quoted(line, number, column), span=None)


def interval(line: str, number: int, column: int) -> Finding | None:
    """`[5..18]`, which YAML takes for a list of one."""
    return to_be_quoted(line, number, column) if _INTERVALS.match(line, column) else None


def no_block(line: str, number: int, column: int) -> Finding | None:
    """`>3`, which YAML takes for an indented block: nobody writes that, and it may be silently empty."""
    return None if _BLOCK.match(line, column) else to_be_quoted(line, number, column)


def glued(line: str, number: int, column: int) -> Finding | None:
    """`key:value` without a blank, which is one text where a key and its value were meant."""
    if (found := _GLUED.match(line, column)) is None:
        return None
    right = f"{found[1]}: {line[found.end() : _end(line, column)]}"
    return Finding(number, column, f"a blank is missing after `{found[1]}:`", f"write {shown(right)}")


def inner_colon(line: str, number: int, colon: int, start: int | None = None) -> Finding:
    """`key: text: more`, which YAML takes for a key inside a value; `start` is where the text begins."""
    message = "a `:` stands inside a text without quotes"
    if start is None:
        help_ = "put the whole text in quotes, from where it begins"
        return Finding(number, colon, message, help_, (colon, colon + 1))
    end = _end(line, start)
    help_ = f"put the whole text in quotes: {_in_quotes(line, start, end)}"
    if re.fullmatch(r"[\w.-]{1,60}", line[start:colon]):
        help_ += f"; if {shown(line[start:colon])} is a key, begin it in the next line, indented"
    return Finding(number, colon, message, help_, (start, end))


def unclosed_quote(line: str, number: int, column: int) -> Finding:
    """A quote that is not closed where its text should end."""
    quote = line[column : column + 1]
    help_ = f"end the text with {quote}"
    if quote == "'":
        help_ += ", and write '' for an apostrophe inside it"
    return Finding(number, column, f"the quote that begins here is not closed: {shown(line[column:])}", help_)


def _end(line: str, column: int) -> int:
    """Where an unquoted value ends: before a comment, and before what closes the brackets it stands in."""
    value = _COMMENT.split(line[column : column + _LONGEST_LINE], 1)[0].rstrip()
    before = _QUOTED.sub("", line[max(column - _LONGEST_LINE, 0) : column])
    if before.count("[") + before.count("{") > before.count("]") + before.count("}"):
        value = value[:1] + re.split(r"[,\]}]", value[1:], maxsplit=1)[0]
    elif not re.search(r"[\[{]", value):  # the brackets may have been opened in a line above
        value = value[:1] + value[1:].rstrip(" ,]}")
    return column + len(value.rstrip())


def _in_quotes(line: str, start: int, end: int) -> str:
    key = re.search(r"[\w.-]+: +$", line[max(start - 80, 0) : start])
    value = unmended(line[start:end])
    value = value if len(value) <= 60 else value[:60].rstrip() + "…"
    quoted = f"'{value}'" if '"' in value or "\\" in value else f'"{value}"'
    return f"{key[0].rstrip() + ' ' if key else ''}{quoted}"


# All traps from a line on

_LINE = re.compile(r"""( *+(?:- ++)*+)(?:([\w.-]++|"[^"]*+"|'[^']*+')(: ++|:$))?+(.*)""")
_CANNOT_STAND = re.compile(rf"[>|%@`]|[*&](?![\w-])|(?!\(){_INTERVAL}")
_IN_FLOW = re.compile(rf"{_QUOTED.pattern}|(?:(?<=[:,] )|(?<=[\[{{]))({_INTERVAL}|[>%@`])")


def traps(lines: Sequence[str], first: int) -> Iterator[Finding]:
    """What looks like a trap from a line on, found without the parser: for what lies behind an error."""
    block = None  # how deep the owner of a block of text stands, while in one
    for number in range(first, min(len(lines), first + _MOST_LINES)):
        line = lines[number]
        if block is not None and (not line.strip() or len(line) - len(line.lstrip(" ")) > block):
            continue
        block = None
        if len(line) > _LONGEST_LINE or (parts := _LINE.match(line)) is None:
            continue
        lead, key, value, column = parts[1], parts[2], parts[4].rstrip(), parts.start(4)
        sign = value[:1]
        if not value or sign in "\"'#":
            continue
        if _BLOCK.match(value):
            block = len(lead) if key else lead.rfind("-")
        elif _CANNOT_STAND.match(value) or (value == "-" and key):
            yield to_be_quoted(line, number, column)
        elif sign in "[{":
            for found in _IN_FLOW.finditer(line, column):
                if found[1]:
                    yield to_be_quoted(line, number, found.start(1))
        elif key and (colon := re.search(r":(?: |$)", value.split(" #")[0])):
            yield inner_colon(line, number, column + colon.start(), column)
        elif not key and (missing := glued(line, number, column)):
            yield missing

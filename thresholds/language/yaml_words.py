"""What YAML parsers say of a text they cannot read, in plain words."""

import re
from collections.abc import Sequence

from thresholds.language.yaml_traps import (
    Finding,
    glued,
    inner_colon,
    interval,
    shown,
    to_be_quoted,
    unclosed_quote,
)

Spot = tuple[int, int]  # line and column, from 0
_BLANK_MISSING = "a blank is missing after the `:`", "write `key: value`, with a blank after the colon"


def in_plain_words(
    said: str, began: Spot, at: Spot, lines: Sequence[str], last: tuple[Spot, Spot, str] | None
) -> Finding:
    """What the parser said, where what it was reading began, and where it stopped.

    `last` is the scalar it had read before: its start, its end and its style. Both parsers' words are known.
    """
    whole, said = said, said.split(", but ")[0]  # what was met instead does not matter
    line, start = lines[at[0]], lines[began[0]]
    here, before = line[at[1] :], line[: at[1]]
    if "block scalar" in said or re.search(r"\b(alias|anchor|tag)\b", said):
        return to_be_quoted(start, *began)
    if "cannot start any token" in said or "mapping keys are not allowed" in said:
        return to_be_quoted(line, *at)
    if "quoted scalar" in said:
        if "end of stream" in said or "document" in said:
            return unclosed_quote(start, *began)
        slash = max(line.rfind("\\", 0, at[1] + 1), 0)
        help_ = r"write `\\` for a backslash, or put the text in single quotes"
        return Finding(at[0], slash, f"{shown(line[slash : slash + 2])} has no meaning in double quotes", help_)
    if "mapping values are not allowed" in said:
        return _colon(lines, at, last)
    if "sequence entries are not allowed" in said:
        if here.split(" #")[0].rstrip() == "-":
            return to_be_quoted(line, *at)
        help_ = "begin the list in the next line, or put the text in quotes"
        return Finding(*at, "a list cannot begin in the middle of a line", help_)
    if "simple key" in said:
        return _no_colon(start, *began)
    if "unexpected ':'" in said:
        return Finding(*at, *_BLANK_MISSING)
    if "node content" not in said and "flow" in said:
        return _brackets(start, began, line, at)
    if last is not None and last[2] and last[1][0] == at[0] and not line[last[1][1] : at[1]].strip():
        quote_line, quote_column = last[0]
        if quote_line < at[0]:
            return unclosed_quote(lines[quote_line], quote_line, quote_column)
        quote = line[quote_column]
        pair = "''" if quote == "'" else '\\"'
        help_ = f"put the whole text in quotes, and write {pair} for a {quote} inside it"
        return Finding(*at, f"text follows a closing quote: {shown(here)}", help_)
    if before.rstrip().endswith(("]", "}")):
        help_ = "if the brackets belong to the text, put the whole of it in quotes"
        return Finding(*at, f"text follows a closing bracket: {shown(here)}", help_)
    if here[:1] == ":" and ("block mapping" in said or "node content" in said):
        help_ = "write `key: value`; if it belongs to a text, put the whole text in quotes"
        return Finding(*at, "there is no key before the `:`", help_)
    if "node content" in said and here[:1] == ",":
        help_ = "delete the `,`, or put the text it belongs to in quotes"
        return Finding(*at, "nothing stands before this `,`", help_)
    if "node content" in said and "flow" in said and not here:
        end = max((number for number in range(at[0]) if lines[number].strip()), default=0)
        help_ = "close it with `]` or `}`; if it belongs to a text, put that text in quotes"
        return Finding(end, len(lines[end].rstrip()), "a bracket is still open where the file ends", help_)
    if "node content" in said and here:
        return to_be_quoted(line, *at)
    return _indentation(said, began, at, here, whole)


def _colon(lines: Sequence[str], at: Spot, last: tuple[Spot, Spot, str] | None) -> Finding:
    number, column = at
    line = lines[number]
    begins, ends = last[:2] if last else (at, at)
    if last is None or ends != at:
        return inner_colon(line, number, column)
    if begins[0] == number:
        return inner_colon(line, number, column, begins[1])
    first = lines[begins[0]]
    if not first[: begins[1]].strip(" -"):  # the text stands where a key should
        return _no_colon(first, *begins)
    name = line[:column].strip(" -")
    if re.fullmatch(r"[\w.-]+", name):
        message = f"{shown(name + ':')} is indented more deeply than the key above, which has its value already"
        help_ = "line it up with the key above; if it belongs to the text above, put that text in quotes"
        return Finding(number, column - len(line[:column].lstrip(" -")), message, help_)
    return inner_colon(line, number, column)


def _no_colon(line: str, number: int, column: int) -> Finding:
    text = line[column:].rstrip()
    if re.match(r"-\w", text):
        return Finding(number, column, "a blank is missing after the `-`", f"write {shown('- ' + text[1:])}")
    if text[:1] in ("'", '"'):
        return unclosed_quote(line, number, column)
    if missing := glued(line, number, column):
        return missing
    help_ = "write `key: value`; if it goes on with the text above, indent it or put the whole text in quotes"
    return Finding(number, column, f"{shown(text)} is no key with a value: a `:` is missing", help_)


def _brackets(start: str, began: Spot, line: str, at: Spot) -> Finding:
    if line[at[1] : at[1] + 1] == "?":
        return Finding(*at, "a `?` stands in a text between brackets", "put the text in quotes")
    bracket = start[began[1] : began[1] + 1]
    closing = "}" if bracket == "{" else "]"
    for column in range(at[1], max(at[1] - 60, -1), -1):  # an interval may have closed too much
        if line[column : column + 1] == "(" and (trap := interval(line, at[0], column)):
            return trap
    if began[0] < at[0] or at[1] >= len(line.rstrip()):
        help_ = f"end it with `{closing}`; if the bracket belongs to a text, put that text in quotes"
        return Finding(*began, f"the `{bracket}` that begins here is not closed", help_)
    sign = line[at[1]]
    if sign == ":":
        if line[at[1] + 1 : at[1] + 2].strip():
            return Finding(*at, *_BLANK_MISSING)
        return inner_colon(line, *at)
    message = f"{shown(sign)} stands where a `,` or the closing `{closing}` should"
    return Finding(*at, message, f"put a text that holds `{sign}` in quotes, or close the bracket before it")


def _indentation(said: str, began: Spot, at: Spot, here: str, whole: str) -> Finding:
    if "document start" in said and here:
        message = f"{shown(here)} belongs to nothing above it"
        return Finding(*at, message, "a file is one list or one mapping: begin its entries in one column")
    line, column = began[0] + 1, began[1] + 1
    if "block collection" in said:
        message = f"{shown(here)} does not belong to the list that begins in line {line}"
        help_ = f"begin an entry with `- ` in column {column}, its other keys lined up below its first key"
        return Finding(*at, message, help_)
    if "block mapping" in said:
        message = f"{shown(here)} does not line up with the keys above it"
        help_ = f"keys that belong together begin in one column: column {column} for those of line {line}"
        return Finding(*at, message, help_)
    help_ = "look for a missing quote, bracket, colon or blank here or just above"
    return Finding(*at, f"this cannot be read as YAML ({shown(whole, 120)[1:-1]})", help_)

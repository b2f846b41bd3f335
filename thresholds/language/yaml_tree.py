"""From a YAML parser's events to plain data, with the place of every node beside it."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from thresholds.language import yaml_source as source
from thresholds.language import yaml_traps as traps
from thresholds.language.yaml_traps import Finding, Findings, GiveUpError, shown
from thresholds.language.yaml_words import in_plain_words

DEEPEST = 30
MOST_NODES = 100_000

Tree: TypeAlias = str | list["Tree"] | dict[str, "Tree"]

# A place inside a file is kept as one number, which is cheap: line * LINE + column, both from 0.
LINE = 1 << 22
# Where a key (or list item) and its value stand, and the same for what the value holds, by key or index: the
# last is dict[str, Spot] | list[Spot] | None, which a tuple cannot say of itself.
Spot: TypeAlias = tuple[int, int, Any]
NOTHING: tuple[None, Spot] = (None, (0, 0, None))

_LIBYAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DROPPED = "\0"  # stands for a key that cannot be kept: its value is looked through and left out


class _Fault(Exception):
    """What a parser ought to say here: what, where it began, where it stopped. They differ in what they accept."""


class Reading:
    """One pass over the parser's events, with a stack of its own: no depth can exhaust it."""

    def __init__(self, lines: list[str], *, pure_python: bool) -> None:
        self.findings = Findings()
        self.root: tuple[Tree | None, Spot] = NOTHING
        self._lines = lines
        self._parser = yaml.SafeLoader if pure_python else _LIBYAML
        self._keys: set[str] = set()  # that were looked at and are good
        self._last: Any = None  # the last scalar

    def run(self) -> None:
        """Read everything; after an error of syntax there is no root."""
        for number, line in enumerate(self._lines):
            if line.startswith("%"):
                help_ = "delete the line; if it belongs to a text, put the whole text in quotes"
                raise self._stop(number * LINE, "a directive (`%`) is not allowed in rule files", help_)
            if line.strip() and not line.lstrip().startswith("#"):
                break
        text = "\n".join(self._lines)
        parser = self._parser(text)
        try:
            self._build(parser.get_event, traps.is_mended(text))
        except _Fault as fault:
            self._explain(*fault.args)
        except yaml.MarkedYAMLError as error:
            if "nesting depth" in str(error.problem):  # libyaml's own limit, read ahead to; pure Python has none
                self._parser, self._last = yaml.SafeLoader, None
                self.run()
                return
            at = error.problem_mark or error.context_mark
            began = error.context_mark or at
            self._explain(f"{error.context or ''}: {error.problem}", _line_column(began), _line_column(at))
        except (ValueError, OverflowError):  # chr() of the pure Python parser, at an escape such as "\U00110000"
            here = getattr(parser, "line", 0), getattr(parser, "column", 0)
            self._explain("quoted scalar", here, here)

    def _build(self, next_event: Callable[[], Any], mended: bool) -> None:
        holder: Any = None  # the open mapping or list, and where each thing in it stands
        spots: Any = None
        in_mapping = in_flow = False
        key: str | None = None  # of the open mapping, once it has been read
        key_at = nodes = 0
        stack: list[tuple[Any, Any, bool, bool, str | None, int]] = []
        while True:
            event = next_event()
            kind = type(event)
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                holder, spots, in_mapping, in_flow, key, key_at = stack.pop()
                continue
            mark = event.start_mark
            at = mark.line * LINE + mark.column
            value: Any
            inside: Any = None
            bare = False
            if kind is ScalarEvent:
                value = event.value
                bare = not event.style
                if value or not bare:
                    self._last = event
                if not bare or in_flow or ":" in value:
                    self._look(event, at, in_flow, key_at if key is not None else at if in_mapping else -1)
                if mended:
                    value = traps.unmended(value)
            elif kind is MappingStartEvent:
                value, inside = {}, {}
            elif kind is SequenceStartEvent:
                value, inside = [], []
                line = self._lines[mark.line]
                if event.flow_style and (trap := traps.interval(line, mark.line, mark.column)):
                    self.findings.note(trap)
            elif kind is AliasEvent:
                value = f"*{event.anchor}"
            elif kind is DocumentStartEvent and nodes:
                help_ = "keep one document in a file: delete the `---`"
                raise self._stop(at, "a second document begins here", help_)
            elif kind is StreamEndEvent:
                return
            else:
                continue

            nodes += 1
            if nodes > MOST_NODES:
                help_ = "split it into several smaller files"
                raise self._stop(at, f"the file holds more than {MOST_NODES} keys and values", help_)
            if kind is not AliasEvent and event.tag is not None:
                raise _Fault("tag", _line_column(mark), _line_column(mark))
            if event.anchor is not None:
                self.findings.note(traps.reserved(self._lines[mark.line], mark.line, mark.column))

            key_after = None  # what the key will be once a container is closed
            if not stack:
                self.root = NOTHING if bare and not value else (value, (at, at, inside))
            elif not in_mapping:
                holder.append(value)
                spots.append((at, at, inside))
            elif key is None and inside is None:
                key = value if value in self._keys and not in_flow else self._key(event, value, at, in_flow)
                key_at = at
                if key in holder:
                    self._again(key, at, spots[key][0])
                    key = _DROPPED
                continue
            elif key is None:
                self._note(at, "a list or mapping stands where a key should", "write a plain word as the key")
                key_after = _DROPPED
            else:
                if bare and not value:  # nothing is written: the key is the place to look at
                    at = key_at
                    if in_flow:
                        self._no_value(at, mark)
                if key is not _DROPPED:
                    holder[key] = value
                    spots[key] = (key_at, at, inside)
                key = None

            if inside is not None:
                if len(stack) == DEEPEST:
                    help_ = "close the brackets that are open, or make the entry simpler"
                    raise self._stop(at, f"this is nested more than {DEEPEST} levels deep", help_)
                stack.append((holder, spots, in_mapping, in_flow, key_after, key_at))
                holder, spots, key = value, inside, None
                in_mapping, in_flow = kind is MappingStartEvent, bool(event.flow_style)

    def _look(self, event: Any, at: int, in_flow: bool, owner: int) -> None:
        """At a scalar that may be a trap; its owner is its key's place, or -1 in a list."""
        value, style = event.value, event.style
        line, column = divmod(at, LINE)
        text = self._lines[line]
        trap = None
        if style in (">", "|"):
            trap = traps.no_block(text, line, column)
            if not trap and not value.strip():
                help_ = "write the text in the next lines, indented more deeply than this one"
                self._note(at, f"no text follows the `{style}`", help_)
        elif style:
            if style == '"' and (unwanted := source.UNWANTED.search(value)):
                if "\ud800" <= unwanted[0] <= "\udfff":  # libyaml refuses half a character
                    half = _find(r"\\(?:u|U0000)[dD][89a-fA-F]", self._lines, line, column)
                    raise _Fault("quoted scalar", (line, column), half)
                self._note(at, f"this text holds {source.named(unwanted[0])}", "leave its escape (`\\…`) out")
            if event.end_mark.line > line and owner >= 0 and not in_flow:
                inner = filter(str.strip, self._lines[line + 1 : event.end_mark.line + 1])
                if any(len(each) - len(each.lstrip(" ")) <= owner % LINE for each in inner):
                    trap = traps.unclosed_quote(text, line, column)
        elif in_flow and "?" in value:  # pure Python ends the text there
            mark = _find(r"\?", self._lines, line, column)
            raise _Fault("flow", (line, column), mark)
        elif not in_flow and owner // LINE < line:
            trap = traps.glued(text, line, column)
        if trap:
            self.findings.note(trap)

    def _key(self, event: Any, key: str, at: int, in_flow: bool) -> str:
        """The key as it is to be kept."""
        line, column = divmod(at, LINE)
        if type(event) is AliasEvent:
            return _DROPPED
        bare = not event.style
        if in_flow:
            end = _line_column(event.end_mark)
            after = self._lines[end[0]][end[1] : end[1] + 2]
            if bare and after[:1] == ":" and after[1:] and after[1:] in ",[]{}?":  # libyaml refuses it
                raise _Fault("unexpected ':'", (line, column), end)
            if self._lines[line][:column].rstrip().endswith("?"):
                help_ = "if it belongs to a text, put the whole text in quotes"
                self._note(at, "a `?` stands before this key", help_)
        if not key:
            help_ = "write `key: value`; if it belongs to a text, put the whole text in quotes"
            self._note(at, "there is no key before the `:`", help_)
            return _DROPPED
        if key == "<<" and bare:
            help_ = "write the entries out in full"
            self._note(at, "a merge key (`<<`) is not allowed in rule files", help_)
            return _DROPPED
        if key != key.strip() or "\n" in key:
            message = f"the key {shown(key)} has a blank at its edge or a line break inside"
            self._note(at, message, f"write {shown(' '.join(key.split()))}")
        elif bare and key[0] == "-" and key[1:2].isalpha():
            self._note(at, "a blank is missing after the `-`", f"write {shown('- ' + key[1:] + ':')}")
        elif bare:
            self._keys.add(key)
        return key

    def _no_value(self, at: int, mark: Any) -> None:
        """At a key between brackets with nothing behind it: was there a colon, or a comma inside a value?"""
        before = self._lines[mark.line][: mark.column].rstrip()
        if not before or before.endswith(":"):
            return
        line, column = divmod(at, LINE)
        text = self._lines[line]
        comma = text.rfind(",", 0, column)
        whole = text[:comma].rstrip()[-1:] in ("", '"', "'", "]", "}") or text[comma + 1 : column].strip() != ""
        message = "a comma stands inside a value without quotes, or a key has no value"
        help_ = 'put a value with a comma in quotes, as in `{severity: "moderate, high"}`'
        span = None if comma < 0 or whole else (comma, comma + 1)
        self.findings.note(traps.glued(text, line, column) or Finding(line, column, message, help_, span))

    def _again(self, key: str, at: int, first: int) -> None:
        message = f"the key {shown(key)} stands here again: it stands in line {first // LINE + 1} already"
        self._note(at, message, "keep one of the two, or put what both say under one key")

    def _explain(self, said: str, began: tuple[int, int], at: tuple[int, int]) -> None:
        self.root = NOTHING
        last = self._last
        if last is not None:
            last = _line_column(last.start_mark), _line_column(last.end_mark), last.style or ""
        why = in_plain_words(said, began, at, self._lines, last)
        # What was found in the same line before it is what the parser stumbles over.
        if not any(line == why.line for line, _ in self.findings):
            self.findings.note(why)
        for trap in traps.traps(self._lines, min(why.line, began[0])):
            self.findings.note(trap)

    def _note(self, at: int, message: str, help_: str) -> None:
        self.findings.note(Finding(at // LINE, at % LINE, message, help_))

    def _stop(self, at: int, message: str, help_: str) -> GiveUpError:
        return self.findings.stop(at // LINE, at % LINE, message, help_)


def _line_column(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column


def _find(pattern: str, lines: list[str], number: int, column: int) -> tuple[int, int]:
    for each in range(number, len(lines)):
        if found := re.compile(pattern).search(lines[each], column if each == number else 0):
            return each, found.start()
    return number, column

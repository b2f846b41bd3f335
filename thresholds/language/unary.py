"""Unary tests in S-FEEL: text such as `>= 3`, `[1..5)`, `not(low)` into the set of values it holds for.

The grammar is S-FEEL's of the OMG's Decision Model and Notation, with two extensions: the values of a scale
or choice stand bare, and ages and durations take units. A name that is not a value is a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from thresholds.language.durations import LONGEST_YEARS, Duration, parse_duration

Endpoint = Fraction | Duration


class TestFault(ValueError):
    """What is wrong with a test, and what would be right."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help = message, help


@dataclass(frozen=True, slots=True)
class Word:
    """An end of an interval as written: a number, a duration or a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """One alternative of a test as written: an interval, a comparison (one end open) or a single value."""

    low: Word | None
    low_included: bool
    high: Word | None
    high_included: bool

    @property
    def single(self) -> bool:
        return self.low is not None and self.low is self.high


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """A test as written: `text` says it all, the rest is what it was parsed into.

    `negated`: `not(...)` stood around the alternatives; `names`: every bare word, once: values of a scale or choice,
    or parameters.
    """

    text: str
    alternatives: tuple[Written, ...] = field(compare=False)
    negated: bool = field(compare=False)
    names: tuple[str, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of values; None is an open end. Ends are numbers, or durations for ages."""

    low: Endpoint | None
    low_included: bool
    high: Endpoint | None
    high_included: bool

    def holds(self, value: Fraction) -> bool:
        """Does a number lie in it? (Not for durations.)"""
        assert not isinstance(self.low, Duration)
        assert not isinstance(self.high, Duration)
        above = self.low is None or value > self.low or (self.low_included and value == self.low)
        below = self.high is None or value < self.high or (self.high_included and value == self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class ValueSet:
    """What a test accepts, its parameters filled in.

    Of an ordered kind every value inside the intervals, or (`negated`) every value outside all of them;
    of a choice the `words`.
    """

    intervals: tuple[Interval, ...] = ()
    words: frozenset[str] | None = None
    negated: bool = False

    def holds(self, value: Fraction) -> bool:
        """Is a number (or the position of a scale's value) accepted?"""
        return any(interval.holds(value) for interval in self.intervals) != self.negated


@dataclass(frozen=True, slots=True)
class Domain:
    """The values a test may speak of.

    `number`: numbers, `whole` where only whole ones occur; `scale`: the positions of `values`; `choice`: its
    `values`; `duration`: times that have passed. `unit` is what a parameter must be given in.
    """

    kind: Literal["number", "scale", "choice", "duration"]
    values: tuple[str, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    whole: bool = False
    unit: str | None = None

    @property
    def is_flag(self) -> bool:
        return self.values == FLAG_VALUES


FLAG_VALUES = ("false", "true")
FLAG = Domain("scale", FLAG_VALUES)
ELAPSED = Domain("duration")

_BOOLEANS = frozenset(FLAG_VALUES)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?|-?\.[0-9]{1,12}")
_WORD = r'(?:"[^"]*"|[^\s,\[\]()<>="]+(?:\s+(?:day|week|month|year)s?\b)?)'
_TOKEN = re.compile(rf"\s*(<=|>=|<|>|\.\.|\[|\]|\(|\)|,|=|!=|(?:(?!\.\.){_WORD}))")
_LONGEST = 2_000


@lru_cache(maxsize=4096)
def parse_test(text: str) -> UnaryTest:
    """Read a test; TestFault where it is not one."""
    if len(text) > _LONGEST:
        raise TestFault(f"a test of {len(text)} characters is too long", f"use at most {_LONGEST}")
    stripped = text.strip()
    if not stripped:
        raise TestFault("the test is empty", 'write a value or a comparison, such as true or ">= 3"')
    if stripped == "-":
        return UnaryTest(stripped, (Written(None, False, None, False),), False, ())
    tokens = _tokens(stripped)
    negated = tokens[0] == "not" and len(tokens) > 1 and tokens[1] == "("
    if negated:
        if tokens[-1] != ")":
            raise TestFault(f"`{stripped}`: the bracket after not is never closed", "write not(low, moderate)")
        tokens = tokens[2:-1]
    alternatives = tuple(_alternatives(tokens, stripped))
    return UnaryTest(stripped, alternatives, negated, _names(alternatives))


def _names(alternatives: tuple[Written, ...]) -> tuple[str, ...]:
    words = [word.text for one in alternatives for word in (one.low, one.high) if word]
    return tuple(word for word in dict.fromkeys(words) if _NAME.fullmatch(word) and word not in _BOOLEANS)


def _tokens(text: str) -> list[str]:
    spaced = text.replace("..", " .. ")
    tokens, position = [], 0
    while position < len(spaced):
        match = _TOKEN.match(spaced, position)
        if match is None:
            raise TestFault(f"`{text}`: cannot read `{spaced[position:].strip()[:20]}`", _HELP)
        tokens.append(match[1])
        position = match.end()
        if not spaced[position:].strip():
            break
    return tokens


NO_VALUES = 'put the lower end first; to mean one value alone, write it alone: "3"'
_UNITS = 'units are days, weeks, months and years, in small letters: "3 months"'
_MISSPELT = {"=>": '">="', "=<": '"<="', "<>": "not(...)", "><": "not(...)"}
_HELP = 'a test is a value, a comparison (">= 3"), an interval ("[1..5)"), a list ("low, high") or not(...)'


def _alternatives(tokens: list[str], text: str) -> list[Written]:
    found: list[Written] = []
    rest = list(tokens)
    while True:
        found.append(_one(rest, text))
        if not rest:
            return found
        if (after := rest.pop(0)) != ",":
            raise TestFault(f"`{text}`: a comma is missing before `{after}`", _help_for_no_comma(tokens, after))


def _help_for_no_comma(tokens: list[str], after: str) -> str:
    """What was meant by what stands where a comma should."""
    if tokens[0] == "not" or after == "not":
        return 'put brackets around what is not to be: "not(low, moderate)"'
    if after == "and":
        return 'write an interval, "(3..5)", or two entries under `all:`'
    if after == "or":
        return 'put commas between the alternatives: "low, high"'
    if after in ("to", "-") and len(tokens) == 3:
        return _help_for_to(tokens[0], tokens[2])
    if after == "(":
        return "a test calls no functions: let a quantity count, or a finding conclude"
    if after.isalpha() and after.isascii() and any(NUMBER.fullmatch(token) for token in tokens):
        return _UNITS
    return _HELP


def _help_for_to(low: str, high: str) -> str:
    """`3 to 5` is meant with both ends, and of lengths of time no test includes the upper one."""
    unit = next((one.split()[1] for one in (high, low) if " " in one), "")
    if not unit:
        return f'write an interval: "[{low}..{high}]"'
    low, high = (one if " " in one else f"{one} {unit}" for one in (low, high))
    return f'write an interval: "[{low}..{high})", which leaves {high} out'


def _one(rest: list[str], text: str) -> Written:
    first = rest.pop(0) if rest else ""
    if rest and (first + rest[0]) in _MISSPELT:
        right = _MISSPELT[first + rest[0]]
        raise TestFault(f"`{text}`: `{first}{rest[0]}` is not a comparison", f"write {right}")
    if first in ("<", "<=", ">", ">="):
        word = _word(rest, text)
        if first[0] == "<":
            return Written(None, False, word, first == "<=")
        return Written(word, first == ">=", None, False)
    if first in ("[", "(", "]"):
        low = _word(rest, text)
        if not rest or rest.pop(0) != "..":
            raise TestFault(f"`{text}`: an interval needs two dots between its ends", 'write "[1..5)"')
        high = _word(rest, text)
        end = rest.pop(0) if rest else ""
        if end not in ("]", ")", "["):
            raise TestFault(f"`{text}`: the interval is never closed", "end it with ] (included) or ) (left out)")
        return Written(low, first == "[", high, end == "]")
    if first in ("=", "!=", "=="):
        right = "not(...)" if first == "!=" else "the value alone"
        raise TestFault(f"`{text}`: `{first}` is not part of a unary test", f"write {right}")
    word = _word([first] if first else [], text)
    if rest and rest[0] == "..":
        start, end = word.text, rest[1] if len(rest) > 1 else "5"
        help_ = f'write "[{start}..{end}]", or "[{start}..{end})" to leave {end} out'
        raise TestFault(f"`{text}`: an interval needs brackets", help_)
    return Written(word, True, word, True)


def _word(rest: list[str], text: str) -> Word:
    word = rest.pop(0) if rest else ""
    bare = word[1:-1] if word.startswith('"') else word
    quoted = word.startswith('"')
    number = NUMBER.fullmatch(bare) is not None or parse_duration(bare) is not None
    if quoted and number:
        raise TestFault(f"`{text}`: {word} is text, not a number", f"leave the inner quotes out: {bare}")
    if not (quoted or number or (_NAME.fullmatch(bare) and bare not in _NOTHING)):
        shown = f"`{word}`" if word else "nothing"
        raise TestFault(f"`{text}`: {shown} stands where a value should", _word_help(word))
    return Word(" ".join(bare.split()))


_NOTHING = ("null", "nil", "~")
_ZEROS = re.compile(r"(-?)0+([0-9]+(?:\.[0-9]+)?(?:\s+(?:day|week|month|year)s?)?)")


def help_for_zeros(text: str) -> str:
    """What to write for a number or a length of time that begins with zeros; empty where none does."""
    match = _ZEROS.fullmatch(text.strip())
    return f"write the number without leading zeros: {match[1]}{match[2]}" if match else ""


def _word_help(word: str) -> str:
    """What would be right where a word is no value."""
    if help_ := help_for_zeros(word):
        return help_
    if re.fullmatch(r"[0-9][0-9_]*_[0-9]+", word):
        return f"write the number without underscores: {word.replace('_', '')}"
    if re.fullmatch(r"[0-9.]+%", word):
        return f"leave the sign out: {word[:-1]}"
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word):
        return "a number has at most 12 digits before its point and 12 after it"
    if re.fullmatch(r"[0-9]+-[0-9]+", word):
        return f'write an interval: "[{word.replace("-", "..")}]"'
    if match := re.fullmatch(r"([0-9]+)\s*(days?|weeks?|months?|years?)", word):
        longest = f"no length of time is over {LONGEST_YEARS} years"
        return longest if " " in word else f"put a blank between number and unit: {match[1]} {match[2]}"
    if word[:1] in ("≥", "≤"):
        return f'write "{">=" if word[0] == "≥" else "<="}"'
    if word.lower() in _NOTHING:
        return "an unknown value cannot be tested: the library keeps it unknown and asks"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        return "a rule tests no dates: use an indicator of kind since, or from/until on the rule"
    if _NAME.fullmatch(word.lower()):
        return f"values and names are written in small letters: {word.lower()}"
    return _HELP

"""Conditions as clauses: the words of each test and what it names, to be set in one line or as nested lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from thresholds import wording
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration
from thresholds.language.model import Indicator
from thresholds.language.unary import Domain, Endpoint, Interval, ValueSet

_SUBJECT = {CHILD_AGE: "the child", GESTATION: "the pregnancy"}
_NAMES = re.compile(r"[A-Z][a-z]+(?:(?:,| and| of)* [A-Z][a-z]+)+")
_AT_LEAST = re.compile(r"at least (\w+) (.+)")
_LONG = 170
"""Longer conditions are set as lists."""


@dataclass(frozen=True)
class Piece:
    """Some words; `target` is what they name, such as `sign-bruise`, or empty."""

    text: str
    target: str = ""


@dataclass(frozen=True)
class Clause:
    """A test, or several clauses that are taken together."""

    pieces: tuple[Piece, ...] = ()
    """The words of a test; what goes before the parts where there are some: `none of these`."""
    joined: str = "; "
    """What stands between the parts in one line."""
    heading: str = ""
    """What stands over the parts in a list."""
    parts: tuple[Clause, ...] = ()

    @property
    def line(self) -> tuple[Piece, ...]:
        """All of it in one line, nested parts in brackets."""
        return tuple(self._in_line(inside=False))

    @property
    def text(self) -> str:
        """The same without what it names."""
        return "".join(piece.text for piece in self.line)

    @property
    def is_long(self) -> bool:
        """Is it easier to read as a list?"""
        nested = any(part.parts for part in self.parts)
        return len(self.parts) > 1 and len(self.text) > (_LONG * 2 // 3 if nested else _LONG)

    def _in_line(self, *, inside: bool) -> Iterator[Piece]:
        if not self.parts:
            yield from self.pieces
            return
        bracketed = inside and len(self.parts) > 1 and not self.pieces
        yield from self.pieces
        if self.pieces:
            yield Piece(": ")
        if bracketed:
            yield Piece("(")
        for number, part in enumerate(self.parts):
            if number:
                yield Piece(self.joined)
            yield from part._in_line(inside=True)
        if bracketed:
            yield Piece(")")


def clause(tree: Condition, ruleset: InForce) -> Clause:
    """A condition in words, with the numbers in force."""
    if isinstance(tree, Test):
        return Clause(tuple(_test(tree, ruleset)))
    parts = tuple(clause(part, ruleset) for part in tree.parts)
    if isinstance(tree, AllOf):
        return Clause(joined="; and ", heading="all of these", parts=parts)
    if isinstance(tree, AnyOf):
        return Clause(joined="; or ", heading="any one of these", parts=parts)
    if isinstance(tree, NoneOf):
        return Clause((Piece("none of these"),), heading="none of these", parts=parts)
    assert isinstance(tree, AtLeast)
    number = f"at least {ruleset.whole_number(tree.number)} of these"
    return Clause((Piece(number),), heading=number, parts=parts)


def _test(test: Test, ruleset: InForce) -> Iterator[Piece]:
    """One test: its subject, and what is asked of it."""
    name = test.name
    accepted = ruleset.accepted(name, test.test)
    if name == CHILD_UNBORN:
        yield Piece("the child is not yet born" if is_true(accepted) else "the child is born")
        return
    if name in _SUBJECT:
        yield Piece(f"{_SUBJECT[name]} is {time(accepted, 'old' if name == CHILD_AGE else 'along')}")
        return
    named = Piece(label_of(name, ruleset), target_of(name, ruleset))
    domain = ruleset.domain(name)
    if domain.is_flag:
        yield from (named,) if is_true(accepted) else (Piece("not: "), named)
    elif accepted.words is not None:
        said = sorted(value_in_words(word, ruleset.indicators[name]) for word in accepted.words)
        yield from (named, Piece(f": {' or '.join(said)}"))
    elif domain.kind == "scale":
        yield from (named, Piece(f": {scale(accepted, domain)}{_looks_like(name, accepted, domain, ruleset)}"))
    elif domain.kind == "duration":
        yield from (named, Piece(f": {time(accepted, 'long')}"))
    elif name in ruleset.quantities and _is_nothing(accepted):
        yield from (Piece("no "), Piece(_AT_LEAST.sub(r"\2 that are at least \1", named.text), named.target))
    else:
        yield from (named, Piece(f": {_number(accepted, domain, named.text)}"))


def label_of(name: str, ruleset: InForce) -> str:
    """What people call an indicator, a finding or a quantity."""
    if name in ruleset.findings:
        return ruleset.findings[name].label
    return ruleset.quantities[name].label if name in ruleset.quantities else ruleset.indicators[name].label


def target_of(name: str, ruleset: InForce) -> str:
    """Where the document says what is meant."""
    if name in BUILT_IN_INDICATORS:
        return ""
    kind = "finding" if name in ruleset.findings else "quantity" if name in ruleset.quantities else "sign"
    return f"{kind}-{name}"


def is_true(accepted: ValueSet) -> bool:
    """Is a flag asked to be there?"""
    return accepted.holds(Fraction(1)) and not accepted.holds(Fraction(0))


def _is_nothing(accepted: ValueSet) -> bool:
    return accepted.holds(Fraction(0)) and not accepted.holds(Fraction(1))


def value_in_words(value: str, indicator: Indicator) -> str:
    """A value as people write it: in capitals where the indicator's texts have it so, or what it is short for."""
    texts = " ".join((indicator.label, indicator.definition, indicator.practice or "", *indicator.values.values()))
    capitals = set(re.findall(r"\b[A-Z]{2,}\b", texts))
    capitals |= {"".join(re.findall(r"\b[A-Z]", name)) for name in _NAMES.findall(texts)}
    return " ".join(word.upper() if word.upper() in capitals else word for word in wording.plain(value).split())


def scale(accepted: ValueSet, domain: Domain) -> str:
    """The values of a scale that a test accepts: `moderate or more`."""
    held = [value for position, value in enumerate(domain.values) if accepted.holds(Fraction(position))]
    first = domain.values.index(held[0]) if held else 0
    if len(held) > 1 and held == list(domain.values[first:]):
        return f"{wording.plain(held[0])} or more"
    if len(held) > 1 and held == list(domain.values[: len(held)]):
        return f"{wording.plain(held[-1])} or less"
    return " or ".join(wording.plain(value) for value in held)


def _looks_like(name: str, accepted: ValueSet, domain: Domain, ruleset: InForce) -> str:
    """What the mildest value that counts looks like in practice."""
    first = next((place for place in range(len(domain.values)) if accepted.holds(Fraction(place))), None)
    indicator = ruleset.indicators.get(name)
    if first is None or indicator is None or indicator.worse_is_higher is False:
        return ""
    return f" ({indicator.values[domain.values[first]].rstrip('.')})"


def time(accepted: ValueSet, adjective: str) -> str:
    """A length of time that a test accepts: `at least 3 months long`."""

    def interval(one: Interval) -> str:
        low = None if one.low is None else f"at least {one.low}"
        high = None if one.high is None else f"under {one.high}"
        text = " and ".join(part for part in (low, high) if part)
        return f"{text} {adjective}".strip() if text else "of any age"

    text = " or ".join(interval(one) for one in accepted.intervals)
    return f"not {text}" if accepted.negated else text


def _number(accepted: ValueSet, domain: Domain, label: str) -> str:
    if _is_nothing(accepted) and domain.whole:
        return "none"
    text = " or ".join(_interval(one) for one in accepted.intervals)
    said = not domain.unit or domain.unit in label
    negation = "not " if accepted.negated else ""
    if domain.unit == "percent" or said:
        return f"{negation}{text}{'%' if domain.unit == 'percent' else ''}"
    return f"{negation}{wording.with_unit(text, domain.unit)}"


def _interval(one: Interval) -> str:
    if one.low is not None and one.low == one.high:
        return f"exactly {_end(one.low)}"
    low = None if one.low is None else f"{'at least' if one.low_included else 'more than'} {_end(one.low)}"
    high = None if one.high is None else f"{'at most' if one.high_included else 'less than'} {_end(one.high)}"
    return " and ".join(part for part in (low, high) if part)


def _end(value: Endpoint) -> str:
    return str(value) if isinstance(value, Duration) else wording.number(value)

"""Condition trees and strong Kleene logic: true, false, and None for unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from thresholds.language.unary import UnaryTest
from thresholds.language.yaml_text import Place

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Test:
    """One name held against one unary test."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    test: UnaryTest
    place: Place


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where every part is; true where there is none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where some part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """True where every part is false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True where at least `number` parts are; `number` is digits or a parameter's id."""

    number: str
    parts: tuple[Condition, ...]
    place: Place


Condition = Test | AllOf | AnyOf | NoneOf | AtLeast


def both(values: Iterable[Truth]) -> Truth:
    """And: false as soon as one is false, else unknown as soon as one is unknown."""
    answer: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            answer = None
    return answer


def either(values: Iterable[Truth]) -> Truth:
    """Or: true as soon as one is true, else unknown as soon as one is unknown."""
    answer: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            answer = None
    return answer


def negation(value: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return None if value is None else not value


def at_least(number: int, values: Iterable[Truth]) -> Truth:
    """Are at least `number` of them true, whatever the unknown ones turn out to be?"""
    values = list(values)
    if sum(value is True for value in values) >= number:
        return True
    return False if sum(value is not False for value in values) < number else None


def every_test(condition: Condition, positive: bool = True) -> Iterator[tuple[Test, bool]]:
    """Every test of a condition, with whether it stands positively (under an even number of `none:`)."""
    if isinstance(condition, Test):
        yield condition, positive
        return
    for part in condition.parts:
        yield from every_test(part, positive != isinstance(condition, NoneOf))


def counts_in(condition: Condition) -> Iterator[AtLeast]:
    """Every `at_least` of a condition."""
    if isinstance(condition, AtLeast):
        yield condition
    if not isinstance(condition, Test):
        for part in condition.parts:
            yield from counts_in(part)

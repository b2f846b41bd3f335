"""The small changes of one test: a limit moved by one step, an end let in or out, a word more or less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.definition import InForce
from thresholds.language.durations import parse_duration
from thresholds.language.unary import NUMBER, Domain, TestFault, UnaryTest, ValueSet, Word, Written, parse_test

Change = Literal["limit", "strictness", "word"]
NEVER = AnyOf(())
"""A condition that never holds: a test that no value is left to meet."""
ANYTHING = "-"
"""A test that any value meets."""


def step_from(text: str) -> tuple[str, ...]:
    """A number or a length of time one less and one more, in the last place that is written; none for another text.

    90 is 89 and 91, 92.5 is 92.4 and 92.6, "16 years" is "15 years" and "17 years". No length of time falls to 0.
    """
    duration = parse_duration(text)
    if duration is not None:
        number, unit = text.split()
        unit = unit.rstrip("s")
        near = (one for one in (int(number) - 1, int(number) + 1) if one > 0)
        return tuple(f"{one} {unit if one == 1 else unit + 's'}" for one in near)
    if not NUMBER.fullmatch(text):
        return ()
    given = Decimal(text)
    last = Decimal(1).scaleb(int(given.as_tuple().exponent))
    return tuple(format(given + step, "f") for step in (-last, last))


def changed_tests(condition: Condition, ruleset: InForce) -> Iterator[tuple[Change, Test, str, Condition]]:
    """Each small change of each test in a condition: which, where, as it then reads, and the whole condition."""
    if isinstance(condition, Test):
        for change, other in other_tests(condition, ruleset):
            changed: Condition = NEVER if other is None else Test(condition.name, parse_test(other), condition.place)
            yield change, condition, "never" if other is None else other, changed
        return
    for number, part in enumerate(condition.parts):
        for change, test, text, changed in changed_tests(part, ruleset):
            yield change, test, text, with_part(condition, number, changed)


def with_part(
    condition: AllOf | AnyOf | NoneOf | AtLeast, number: int, part: Condition
) -> AllOf | AnyOf | NoneOf | AtLeast:
    """A condition with another part in one place."""
    return replace(condition, parts=(*condition.parts[:number], part, *condition.parts[number + 1 :]))


def changed_counts(condition: Condition) -> Iterator[tuple[AtLeast, str, Condition]]:
    """Each `at_least` with one more and one less, where it is written as a number: as it then reads, and the whole."""
    if isinstance(condition, Test):
        return
    if isinstance(condition, AtLeast):
        for number in step_from(condition.number):
            if 1 <= int(number) <= len(condition.parts):
                yield condition, number, replace(condition, number=number)
    for place, part in enumerate(condition.parts):
        for counted, number, changed in changed_counts(part):
            yield counted, number, with_part(condition, place, changed)


def never_holds(condition: Condition) -> bool:
    """Is it no more than a part that never holds, or all of several of which one never does?"""
    if isinstance(condition, AllOf):
        return any(never_holds(part) for part in condition.parts)
    return isinstance(condition, AnyOf) and all(never_holds(part) for part in condition.parts)


def other_tests(test: Test, ruleset: InForce) -> Iterator[tuple[Change, str | None]]:
    """Other texts for a test, no two of which mean the same; None: nothing meets it any more."""
    domain, accepted = ruleset.domain(test.name), ruleset.accepted(test.name, test.test)
    if domain.kind == "choice":
        yield from (("word", text) for text in _other_words(accepted, domain))
        return
    if domain.kind == "scale":
        yield from (("limit", text) for text in _other_positions(accepted, domain))
        return
    seen = {_meaning(accepted)}
    for change, text in _other_numbers(test.test):
        try:
            meaning = _meaning(ruleset.accepted(test.name, parse_test(text)))
        except TestFault:
            continue  # such a test cannot be written: an interval that holds nothing, a number out of range
        if meaning not in seen:
            seen.add(meaning)
            yield change, text


def other_times(test: UnaryTest, ruleset: InForce) -> Iterator[str]:
    """Other texts for a test of how long something has lasted, where it is written as a length of time."""
    for change, text in _other_numbers(test):
        with suppress(TestFault):
            ruleset.durations(parse_test(text))
            if change == "limit":
                yield text


def _meaning(accepted: ValueSet) -> tuple[object, ...]:
    return accepted.negated, frozenset(accepted.intervals)


def _other_words(accepted: ValueSet, domain: Domain) -> Iterator[str | None]:
    assert accepted.words is not None
    for word in domain.values:
        yield _words([one for one in domain.values if (one in accepted.words) != (one == word)], domain)


def _other_positions(accepted: ValueSet, domain: Domain) -> Iterator[str | None]:
    """Of a scale: each limit one value lower and one higher."""
    held = [accepted.holds(Fraction(position)) for position in range(len(domain.values))]
    turns = [number for number in range(1, len(held)) if held[number] != held[number - 1]]
    for position in dict.fromkeys(place for turn in turns for place in (turn - 1, turn)):
        words = [word for number, word in enumerate(domain.values) if held[number] != (number == position)]
        yield _words(words, domain)


def _words(words: list[str], domain: Domain) -> str | None:
    if len(words) in (0, len(domain.values)):
        return ANYTHING if words else None
    ordered = domain.kind == "scale" and not domain.is_flag and len(words) > 1
    if ordered and words == list(domain.values[-len(words) :]):
        return f">= {words[0]}"
    if ordered and words == list(domain.values[: len(words)]):
        return f"<= {words[-1]}"
    return ", ".join(words)


def _other_numbers(test: UnaryTest) -> Iterator[tuple[Change, str]]:
    written = test.alternatives
    for place, one in enumerate(written):
        for change, other in _other_ends(one):
            alternatives = (*written[:place], other, *written[place + 1 :])
            text = ", ".join(_text(each) for each in alternatives)
            yield change, f"not({text})" if test.negated else text


def _other_ends(one: Written) -> Iterator[tuple[Change, Written]]:
    if one.single:
        assert one.low is not None
        for text in step_from(one.low.text):
            word = Word(text)
            yield "limit", replace(one, low=word, high=word)
        return
    if one.low is not None:
        yield from (("limit", replace(one, low=Word(text))) for text in step_from(one.low.text))
        yield "strictness", replace(one, low_included=not one.low_included)
    if one.high is not None:
        yield from (("limit", replace(one, high=Word(text))) for text in step_from(one.high.text))
        yield "strictness", replace(one, high_included=not one.high_included)


def _text(one: Written) -> str:
    if one.low is None and one.high is None:
        return ANYTHING
    if one.single:
        assert one.low is not None
        return one.low.text
    if one.low is None:
        assert one.high is not None
        return f"<{'=' if one.high_included else ''} {one.high.text}"
    if one.high is None:
        return f">{'=' if one.low_included else ''} {one.low.text}"
    return f"{'[' if one.low_included else '('}{one.low.text}..{one.high.text}{']' if one.high_included else ')'}"

"""Ranges: what the solver's literals say of a child is what the test they are written as accepts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_rulesets import load, small
from thresholds.knowledge import know
from thresholds.language.definition import InForce
from thresholds.language.durations import parse_duration
from thresholds.language.unary import parse_test

pytest.importorskip("pysat", reason="proofs need python-sat")

from tests.policy.containing import holds
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.policy.boxes import Range, as_test, box_of
from thresholds.policy.children import child_of
from thresholds.policy.searching import Search

DAY = date(2017, 3, 1)
NUMBERS = st.integers(0, 400).map(lambda quarters: Fraction(quarters, 4))
STEPS = st.none() | st.tuples(NUMBERS.filter(lambda number: 0 < number < 100), st.sampled_from((0, 1)))


@cache
def ruleset() -> InForce:
    return load(small(), Path(mkdtemp())).in_force(DAY)


@given(STEPS, STEPS, NUMBERS)
def test_a_range_of_numbers_is_written_as_a_test_of_the_same(
    low: tuple[Fraction, int] | None, high: tuple[Fraction, int] | None, value: Fraction
) -> None:
    """From the lower end, or just above it, to just below the upper one, or to it."""
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        return
    inside = (low is None or (value, 0) >= low) and (high is None or (value, 0) < high)
    text = as_test(Range("caring", "value", low=low, high=high), ruleset())
    assert ruleset().accepted("caring", parse_test(text)).holds(value) == inside


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))
def test_a_range_of_a_scale_is_its_words(low: int, high: int, place: int) -> None:
    """Positions from the lower end up to the upper one, which is left out."""
    if low >= high:
        return
    one = Range("hitting", "value", low=(Fraction(low), 0), high=(Fraction(high), 0))
    accepted = ruleset().accepted("hitting", parse_test(as_test(one, ruleset())))
    assert accepted.holds(Fraction(place)) == (low <= place < high)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [("5 years", "16 years", "[5 years..16 years)"), ("5 years", None, ">= 5 years"), (None, "28 days", "< 28 days")],
)
def test_a_range_of_time(low: str | None, high: str | None, text: str) -> None:
    """The second limit is never reached."""
    ends = [None if one is None else parse_duration(one) for one in (low, high)]
    assert as_test(Range("child_age", "value", low=ends[0], high=ends[1]), ruleset()) == text


def test_words_of_a_choice() -> None:
    """The values named, and no others."""
    assert as_test(Range("lives_with", "value", words=("relatives", "others")), ruleset()) == "relatives, others"


@given(st.data())
def test_what_a_solution_says_holds_of_its_child(data: st.DataObject) -> None:
    """Whichever of the literals of a solution are taken, the ranges they say are those of the child made from it.

    Of what applies: what does not has no value to lie in a range.
    """
    search, copy = _laid_over()
    rules = data.draw(st.lists(st.sampled_from(sorted(copy.rules)), max_size=2))
    model = search.model([copy.inside, -copy.impossible, *(copy.rules[one] for one in rules)])
    if model is None:
        return
    world = copy.world
    literals = [
        one if one in model else -one
        for key, steps in sorted(world.steps.items())
        if world.applies(key[1]) in model and (key[0] != "lasting" or world.present(key[1]) in model)
        for one in steps.values()
    ]
    literals += [one if one in model else -one for values in world.choices.values() for one in values.values()]
    taken = data.draw(st.lists(st.sampled_from(literals), max_size=6))
    child = know(child_of(world, model, DAY, begun=True), world.ruleset)
    for one in box_of(taken, world):
        assert holds(one, child), one


def _laid_over() -> tuple[Search, Copy]:
    copy = Copy(compile_for_proofs(ruleset()), World(Clauses(), ruleset(), on=DAY))
    return Search([copy.world], DAY), copy

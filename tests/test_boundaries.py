"""Every limit of the bundled rulesets is crossed by one step, both sides asserted, or proved to change no answer."""

from __future__ import annotations

from functools import cache

import pytest

from tests.answers import BUNDLED, agreed, inferences, knowledge_of, load_bundled
from thresholds.assessment import Assessment
from thresholds.ruleset import Ruleset

pytest.importorskip("pysat", reason="boundary pairs need python-sat")

from thresholds.policy.answering import Answer, answer_of
from thresholds.policy.boundaries import Boundary, BoundaryPair, boundaries
from thresholds.policy.limits import Limit

_ALL_RULES = 50
"""Of every so many pairs each engine is held against the reference for all rules: it alone takes a while."""


@cache
def _bundled(name: str) -> tuple[Ruleset, tuple[tuple[Boundary, ...], ...]]:
    """The limits of each day on which something changes, the last first; those of a later day are left out."""
    ruleset = load_bundled(name)
    found: list[tuple[Boundary, ...]] = []
    known: set[Limit] = set()
    for on in reversed(ruleset.definition.changes):
        found.append(tuple(boundaries(ruleset, on, wanted=lambda limit: limit not in known)))
        known.update(one.limit for one in found[-1])
    return ruleset, tuple(found)


def _pairs(name: str) -> list[BoundaryPair]:
    return [one.pair for day in _bundled(name)[1] for one in day if one.pair is not None]


@pytest.mark.parametrize("name", BUNDLED)
def test_every_limit_is_crossed_or_proved_to_change_nothing(name: str) -> None:
    """None is left undecided, next to none is idle, and every rule turns on something."""
    ruleset, days = _bundled(name)
    every = [one for day in days for one in day]
    assert {one.verdict for one in every} == {"crossed", "redundant"}
    idle = [one for one in every if one.verdict == "redundant"]
    assert all(one.why and one.pair is None for one in idle)
    assert len(idle) < len(every) / 20, "\n".join(f"{one.limit}: {one.why}" for one in idle)
    crossed = {one.limit.owner for one in every if one.pair is not None}
    silent = {rule.id for rule in ruleset.in_force(ruleset.definition.changes[-1]).rules} - crossed
    assert silent <= {one.limit.owner for one in idle}


@pytest.mark.parametrize("name", BUNDLED)
def test_both_sides_of_a_limit_are_answered_as_every_engine_says(name: str) -> None:
    """The rule holds inside and not outside, on each engine; the answers are those told, and they differ."""
    ruleset, _ = _bundled(name)
    for number, pair in enumerate(_pairs(name)):
        assert pair.outside_answer != pair.inside_answer
        for assessment, answer, holds in (
            (pair.outside, pair.outside_answer, False),
            (pair.inside, pair.inside_answer, True),
        ):
            place = [rule.id for rule in ruleset.in_force(assessment.on).rules].index(pair.rule)
            for engine, inference in inferences(ruleset, assessment, ("durable", "bitmap")).items():
                degrees = {bool(bits >> place & 1) for bits in (inference.certain, inference.possible)}
                assert degrees == {holds}, (engine, pair.limit)
            assert _answer(ruleset, assessment, thoroughly=number % _ALL_RULES == 0) == answer, pair.limit


def _answer(ruleset: Ruleset, assessment: Assessment, *, thoroughly: bool) -> Answer:
    return answer_of(agreed(ruleset, assessment) if thoroughly else ruleset.assess(assessment))


@pytest.mark.parametrize("name", BUNDLED)
def test_the_two_sides_are_real_and_differ_in_one_indicator(name: str) -> None:
    """Each is settled and records nothing that cannot be; they differ in one indicator, and in what is part of it."""
    ruleset, _ = _bundled(name)
    for pair in _pairs(name):
        for assessment in (pair.outside, pair.inside):
            decision = ruleset.assess(assessment, engine="bitmap")
            assert decision.conflicts == (), pair.limit
            assert decision.status in ("settled", "outside_scope"), pair.limit
        assert pair.inside.on == pair.outside.on
        assert differing(ruleset, pair) <= {pair.indicator}, pair.limit


def differing(ruleset: Ruleset, pair: BoundaryPair) -> set[str]:
    """The indicators in which two assessments differ, without the details of one that is there in one of them only."""
    sides = pair.outside.observations, pair.inside.observations
    found = {name for name in {*sides[0], *sides[1]} if sides[0].get(name) != sides[1].get(name)}
    indicators = ruleset.in_force(pair.inside.on).indicators
    there = [knowledge_of(ruleset, one).present(pair.indicator) for one in (pair.outside, pair.inside)]
    if pair.indicator in sides[0] or pair.indicator in sides[1]:
        for name in list(found) if there[0] != there[1] else ():
            parent = indicators[name].detail_of
            while parent is not None:
                found -= {name} if parent == pair.indicator else set()
                parent = indicators[parent].detail_of
    return found | ({pair.indicator} if pair.outside.child != pair.inside.child else set())

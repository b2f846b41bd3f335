"""Every limit of every rule of the bundled rulesets, crossed by one step: just outside and just inside."""

from __future__ import annotations

from functools import cache
from itertools import islice

import pytest

from tests.answers import BUNDLED, fits, inferences, knowledge_of, load_bundled
from tests.solving import Maker
from tests.wishes import Limit, limits
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import Truth
from thresholds.language.model import Rule
from thresholds.ruleset import Ruleset

_bundled = cache(load_bundled)
_TRIES = 400


def _truth(rule: Rule, knowledge: Knowledge) -> Truth:
    """The `when` of a rule by the reference engine."""
    return evaluate(rule.when, Reading(knowledge, scope_of(knowledge)))


def _applies(rule: Rule, knowledge: Knowledge) -> bool:
    scope = scope_of(knowledge)
    return any(scope[group] for group in rule.applies_to)


def crossing(ruleset: Ruleset, rule: Rule, limit: Limit, maker: Maker) -> tuple[Assessment, Assessment] | None:
    """Two children a step apart: the `when` is false of one and true of the other, and the rule is for both.

    Where there are none such, the rule need not be for both: a limit may lie where the rule no longer applies.
    """
    otherwise = None
    for outside, inside in islice(maker.given(limit, rule), _TRIES):
        pair = Assessment(**outside), Assessment(**inside)
        if not all(fits(ruleset, one) for one in pair):
            continue
        knowledge = [knowledge_of(ruleset, one) for one in pair]
        if {_truth(rule, one) for one in knowledge} == {False, True}:
            if all(_applies(rule, one) for one in knowledge):
                return pair
            otherwise = otherwise or pair
    return otherwise


@pytest.mark.parametrize("name", BUNDLED)
def test_every_limit_is_crossed(name: str) -> None:
    """For each limit in each rule's `when`, on each day on which it is new, every engine tells two children apart.

    They stand a step apart on either side of it, and the reference says so.
    """
    ruleset = _bundled(name)
    crossed, missed, seen = 0, [], set()
    for on in reversed(ruleset.definition.changes):
        in_force = ruleset.in_force(on)
        maker = Maker(in_force, on)
        for rule, limit in ((one, limit) for one in in_force.rules for limit in limits(one, in_force, on)):
            key = (rule.id, limit.test.place, in_force.accepted(limit.test.name, limit.test.test), limit.number)
            if key in seen:
                continue
            seen.add(key)
            pair = crossing(ruleset, rule, limit, maker)
            if pair is None:
                missed.append(f"{on}: {limit}")
                continue
            crossed += 1
            number = in_force.rules.index(rule)
            for assessment in pair:
                knowledge = knowledge_of(ruleset, assessment)
                holds = _truth(rule, knowledge) is True and _applies(rule, knowledge)
                for engine, inference in inferences(ruleset, assessment, ("durable", "bitmap")).items():
                    assert bool(inference.established >> number & 1) == holds, (engine, str(limit))
    print(f"{name}: {crossed} limits crossed, {len(missed)} not")
    assert crossed >= len(ruleset.in_force(ruleset.definition.changes[-1]).rules)
    assert not missed, f"{len(missed)} of {crossed + len(missed)} limits were not crossed:\n" + "\n".join(missed)

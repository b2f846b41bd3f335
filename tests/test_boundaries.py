"""Every limit of every rule of the bundled rulesets, crossed by one step: just outside and just inside."""

from __future__ import annotations

from functools import cache
from itertools import islice

import pytest

from tests.answers import BUNDLED, fits, inferences, knowledge_of, load_bundled
from tests.solving import Limit, Maker, limits
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.language.conditions import Truth
from thresholds.language.model import Rule
from thresholds.ruleset import Ruleset

_bundled = cache(load_bundled)
_TRIES = 400


def _truth(ruleset: Ruleset, rule: Rule, assessment: Assessment) -> Truth:
    """The `when` of a rule by the reference engine."""
    knowledge = knowledge_of(ruleset, assessment)
    return evaluate(rule.when, Reading(knowledge, scope_of(knowledge)))


def crossing(ruleset: Ruleset, rule: Rule, limit: Limit, maker: Maker) -> tuple[Assessment, Assessment] | None:
    """Two children a step apart, of whom the rule is false of the first and true of the second."""
    for outside, inside in islice(maker.given(limit, rule), _TRIES):
        pair = Assessment(**outside), Assessment(**inside)
        if not all(fits(ruleset, one) for one in pair):
            continue
        if _truth(ruleset, rule, pair[0]) is False and _truth(ruleset, rule, pair[1]) is True:
            return pair
    return None


@pytest.mark.parametrize("name", BUNDLED)
def test_every_limit_is_crossed(name: str) -> None:
    """For each limit in each rule's `when` two children one step apart are answered apart, by every engine."""
    ruleset = _bundled(name)
    on = ruleset.definition.changes[-1]
    in_force = ruleset.in_force(on)
    maker = Maker(in_force, on)
    crossed, missed = 0, []
    for number, rule in enumerate(in_force.rules):
        for limit in limits(rule, in_force, on):
            pair = crossing(ruleset, rule, limit, maker)
            if pair is None:
                missed.append(str(limit))
                continue
            crossed += 1
            for assessment, holds in zip(pair, (False, True), strict=True):
                for engine, inference in inferences(ruleset, assessment, ("durable", "bitmap")).items():
                    assert bool(inference.possible >> number & 1) >= holds, (engine, str(limit))
                    assert bool(inference.established >> number & 1) == holds, (engine, str(limit))
    print(f"{name}: {crossed} limits crossed, {len(missed)} not")
    assert crossed >= len(in_force.rules)
    assert not missed, f"{len(missed)} of {crossed + len(missed)} limits were not crossed:\n" + "\n".join(missed)

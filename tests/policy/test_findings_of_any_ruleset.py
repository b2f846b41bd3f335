"""What a check says of rules is so for whatever child is drawn, of any ruleset."""

from __future__ import annotations

import copy
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from tests.answers import effort, held
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.errors import RulesetInvalid
from thresholds.knowledge import know
from thresholds.language.definition import Definition
from thresholds.language.model import rule_of_level
from thresholds.ruleset import Ruleset

pytest.importorskip("pysat", reason="proofs need python-sat")

import os

from thresholds.policy.findings import check
from thresholds.testing.building import ruleset_from

E = int(os.environ.get("EE", "60"))
DRAWN = 8
YOUNGER, OLDER = {"child_age": "< 9 years"}, {"child_age": ">= 9 years"}


def without(ruleset: Ruleset, rule: str) -> Ruleset:
    """The same without one rule, written by itself or as a row of a levels table."""
    definition = ruleset.definition
    indicators = {
        name: one.model_copy(
            update={
                "levels": tuple(
                    level
                    for number, level in enumerate(one.levels, start=1)
                    if rule_of_level(one, number, level).id != rule
                )
            }
        )
        for name, one in definition.indicators.items()
    }
    plain = {name: one for name, one in definition.plain_rules.items() if name != rule}
    fresh: dict[str, Any] = {"_accepted": {}, "_members": {}, "_cache": {}, "_lock": threading.Lock()}
    less: Definition = replace(definition, plain_rules=plain, indicators=indicators, **fresh)
    assert len(less.rules) == len(definition.rules) - 1
    return Ruleset(ruleset._layers, less, None)


def may_be(ruleset: Ruleset, assessment: Assessment) -> bool:
    """Surely nothing of this child is impossible."""
    knowledge = know(assessment, ruleset.in_force(assessment.on))
    reading = Reading(knowledge, scope_of(knowledge))
    return all(evaluate(one.when, reading) is False for one in knowledge.ruleset.impossible)


@st.composite
def with_twins(draw: st.DrawFn) -> Ruleset:
    """Any ruleset, some of whose rules stand there again: the same, for some ages, weaker, or split into two."""
    layers = draw(testing.ruleset_files(rules=4, periods=False))
    files = copy.deepcopy(dict(layers[0]))
    for path in sorted(path for path in files if path.startswith("rules/")):
        for rule in list(files[path])[:3]:
            then = rule["then"] if isinstance(rule["then"], dict) else {rule["then"]: "points_to"}
            weaker = {name: {"points_to": "consider"}.get(one, one) for name, one in then.items()}
            ways: dict[str, list[dict[str, Any]]] = {
                "none": [],
                "same": [{}],
                "ages": [{"when": {"all": [rule["when"], YOUNGER]}}],
                "weaker": [] if rule.get("overriding") else [{"then": weaker}],
                "split": [
                    {"when": {"all": [rule["when"], ages]}, "then": then | {"emergency": "points_to"}}
                    for ages in (YOUNGER, OLDER)
                ],
            }
            way = draw(st.sampled_from([*ways, "split"]))
            for number, changed in enumerate(ways[way]):
                files[path].append(copy.deepcopy({**rule, "id": f"{rule['id']}_again_{number}", **changed}))
    try:
        return ruleset_from(files, *layers[1:])
    except RulesetInvalid:  # 9 years and some limit in days have no order
        reject()


@effort(60)
@given(ruleset=testing.rulesets(rules=8), data=st.data())
def test_a_rule_that_never_holds_holds_for_nobody(ruleset: Ruleset, data: st.DataObject) -> None:
    """Certain for no child that can be, however much is known."""
    on = ruleset.definition.changes[-1]
    dead = {one.subject for one in check(ruleset, on).of("never_holds")}
    numbers = [number for number, rule in enumerate(ruleset.in_force(on).rules) if rule.id in dead]
    if numbers:
        for assessment in data.draw(st.lists(testing.assessments(ruleset, on=on), min_size=DRAWN, max_size=DRAWN)):
            if may_be(ruleset, assessment):
                assert not any(held(ruleset, assessment).certain >> number & 1 for number in numbers)


@effort(60)
@given(ruleset=with_twins(), data=st.data())
def test_a_rule_that_never_decides_can_be_taken_out(ruleset: Ruleset, data: st.DataObject) -> None:
    """No level and no response differs without it: for whatever is known, or once everything is."""
    on = ruleset.definition.changes[-1]
    idle = list(check(ruleset, on).of("never_decides"))
    for one in idle[:3]:
        less = without(ruleset, one.subject)
        for assessment in data.draw(st.lists(testing.assessments(ruleset, on=on), min_size=DRAWN, max_size=DRAWN)):
            before = ruleset.assess(assessment, engine="reference")
            whole = held(ruleset, assessment)
            settled = whole.certain == whole.possible and may_be(ruleset, assessment)
            if one.severity == "warning" or settled:
                after = less.assess(assessment, engine="reference")
                assert (after.tier, after.responses) == (before.tier, before.responses), one.message
                assert (after.floor, after.ceiling) == (before.floor, before.ceiling), one.message

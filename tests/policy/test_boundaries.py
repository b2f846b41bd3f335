"""Boundary pairs of any ruleset: each is answered differently, and a limit said to change nothing changes nothing."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import changed, effort, knowledge_of, shown
from tests.small_rulesets import entry, load, small
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, degrees, evaluate, scope_of
from thresholds.knowledge import know
from thresholds.language.definition import InForce
from thresholds.ruleset import Ruleset
from thresholds.testing.near import neighbours

pytest.importorskip("pysat", reason="boundary pairs need python-sat")

from thresholds.policy.answering import answer_of
from thresholds.policy.boundaries import NEVER_TELLS, NEVER_TURNS, Boundary, boundaries
from thresholds.policy.limits import Limit, limits
from thresholds.policy.searching import Patience


def found(ruleset: Ruleset) -> list[Boundary]:
    return list(boundaries(ruleset, ruleset.definition.changes[-1]))


def of(ruleset: Ruleset, owner: str, name: str) -> list[Boundary]:
    return [one for one in found(ruleset) if (one.limit.owner, one.limit.name) == (owner, name)]


@effort(40)
@given(ruleset=testing.rulesets())
def test_each_pair_is_answered_differently_by_the_reference(ruleset: Ruleset) -> None:
    """On any ruleset: the rule is certain inside and impossible outside, and tier, responses or weights differ."""
    for one in found(ruleset):
        if one.pair is None:
            assert one.verdict == "redundant"
            continue
        sides = (one.pair.outside, False), (one.pair.inside, True)
        in_force = ruleset.in_force(one.pair.inside.on)
        rule = next(rule for rule in in_force.rules if rule.id == one.pair.rule)
        for assessment, holds in sides:
            knowledge = knowledge_of(ruleset, assessment)
            held = degrees(rule, Reading(knowledge, scope_of(knowledge)))
            assert (held.certain, held.possible) == (holds, holds), (one.limit, assessment.model_dump_json())
        answers = [answer_of(ruleset.assess(assessment, engine="reference")) for assessment, _ in sides]
        assert answers == [one.pair.outside_answer, one.pair.inside_answer]
        assert answers[0] != answers[1]


@effort(40)
@given(ruleset=testing.rulesets(), data=st.data())
def test_a_limit_said_to_change_nothing_changes_nothing(ruleset: Ruleset, data: st.DataObject) -> None:
    """Whatever whole child is taken a small step across it: where the rule turns, the answer stays."""
    on = ruleset.definition.changes[-1]
    idle = [one.limit for one in found(ruleset) if one.verdict == "redundant" and one.limit.aspect == "value"]
    in_force = ruleset.in_force(on)
    rules = {rule.id: number for number, rule in enumerate(in_force.rules)}
    child = changed(data.draw(testing.assessments(ruleset, on=on)), looked_at="everything")
    for limit in (limit for limit in idle if limit.owner in rules and _whole(ruleset, child)):
        for other in _one_step(child, limit.name, ruleset):
            if _crossed(in_force, limit, child, other) and _whole(ruleset, other):
                shown(child)
                shown(other)
                held = [_certain(ruleset, one) >> rules[limit.owner] & 1 for one in (child, other)]
                answers = [answer_of(ruleset.assess(one, engine="reference")) for one in (child, other)]
                assert held[0] == held[1] or answers[0] == answers[1], limit


def _one_step(child: Assessment, name: str, ruleset: Ruleset) -> list[Assessment]:
    """The same child a small step away in one indicator, or in age."""
    if name in ("child_age", "gestation"):
        return [one for one in neighbours(child, ruleset) if one.child != child.child]
    return [one for one in neighbours(child, ruleset) if one.observations.get(name) != child.observations.get(name)]


def _crossed(in_force: InForce, limit: Limit, one: Assessment, other: Assessment) -> bool:
    """Does this limit, and no other of the same indicator, lie between two children?"""
    turned = {
        each.at
        for each in limits(in_force)
        if (each.name, each.aspect) == (limit.name, "value")
        and len({evaluate(each.test(in_force), Reading(know(child, in_force), {})) for child in (one, other)}) > 1
    }
    return turned == {limit.at}


def _certain(ruleset: Ruleset, child: Assessment) -> int:
    return ruleset.assessor(child.on).infer(knowledge_of(ruleset, child), "bitmap").inference.certain


def _whole(ruleset: Ruleset, child: Assessment) -> bool:
    """Is everything that any rule asks known, and nothing recorded that cannot be?"""
    inference = ruleset.assessor(child.on).infer(knowledge_of(ruleset, child), "bitmap").inference
    return inference.certain == inference.possible and not ruleset.assess(child, engine="bitmap").conflicts


def test_both_sides_of_each_kind_of_limit_stand_directly_beside_it(tmp_path: Path) -> None:
    """A percentage differs by a tenth, an age and the first day of a window by a day, a scale by a step."""
    ruleset = load(small(), tmp_path)
    assert ruleset.definition.changes[-1] == date(2015, 9, 1)
    [attendance] = [one for one in found(ruleset) if one.limit.name == "attendance" and one.limit.aspect == "value"]
    assert attendance.pair is not None
    values = [side.observations["attendance"][0].value for side in (attendance.pair.outside, attendance.pair.inside)]
    assert values in ([90, "89.9"], ["90.1", 90])
    [window] = [one for one in found(ruleset) if one.limit.aspect == "event_day"]
    assert window.pair is not None
    days = [side.observations["missing_episodes"][0].value for side in (window.pair.outside, window.pair.inside)]
    assert [min(map(str, one)) for one in days if isinstance(one, list)] == ["2015-06-02", "2015-06-03"]


def test_a_limit_beside_which_something_else_decides_is_proved_idle(tmp_path: Path) -> None:
    """A part that cannot tell, because another part of the same rule asks for more; and the reason is told."""
    files = small()
    entry(files, "hitting_rule")["when"] = {"all": [{"hitting": "high"}, {"hitting": ">= low"}]}
    lower, higher = sorted(of(load(files, tmp_path), "hitting_rule", "hitting"), key=lambda one: str(one.limit.at))
    assert (lower.verdict, lower.why, lower.pair) == ("redundant", NEVER_TURNS, None)
    assert higher.verdict == "crossed"


def test_a_limit_beside_which_another_rule_gives_the_same_is_proved_idle(tmp_path: Path) -> None:
    """A rule inside a wider one turns at its own limit, and no answer does."""
    files = small()
    files["rules/wider.yaml"] = [{**entry(files, "hitting_rule"), "id": "wider_rule", "when": {"hitting": ">= low"}}]
    ruleset = load(files, tmp_path)
    assert [(one.verdict, one.why) for one in of(ruleset, "hitting_rule", "hitting")] == [("redundant", NEVER_TELLS)]
    assert [one.verdict for one in of(ruleset, "wider_rule", "hitting")] == ["crossed"]


def test_what_was_stopped_is_not_finished(tmp_path: Path) -> None:
    """After the wish to stop no limit is called crossed or redundant, and all are told."""
    stop = threading.Event()
    stop.set()
    ruleset = load(small(), tmp_path)
    on = ruleset.definition.changes[-1]
    stopped = list(boundaries(ruleset, on, Patience(stop=stop)))
    assert {one.verdict for one in stopped} == {"not_finished"}
    assert [one.limit for one in stopped] == list(limits(ruleset.in_force(on)))


def test_limits_known_from_another_day_are_left_out(tmp_path: Path) -> None:
    """What is new on an earlier day is the other value of a parameter."""
    ruleset = load(small(), tmp_path)
    first, last = ruleset.definition.changes[0], ruleset.definition.changes[-1]
    known = {one.limit for one in boundaries(ruleset, last)}
    new = [one.limit for one in boundaries(ruleset, first, wanted=lambda limit: limit not in known)]
    assert {limit.name for limit in new} == {"attendance"}

"""Two rulesets held against one another: the moves found are those that children make, and the rest are proved."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import thresholds
from thresholds.policy.behaviour import Behaviour, behaviour
from thresholds.policy.compare import compare
from thresholds.policy.moves import LEVEL, Move, moves_between
from thresholds.present.situations import in_words, who_in_words
from thresholds.ruleset import Ruleset
from thresholds.testing import assessments, ruleset_files, ruleset_from

ON = date(2016, 9, 1)


@cache
def llr(day: date) -> Ruleset:
    """LLR as it stood on a day."""
    return thresholds.load("llr", as_at=day)


def test_persistent_absence_from_fifteen_to_ten_per_cent() -> None:
    """From February 2015 to September 2016 one change of level: a child at school who attends more than 85 to 90%."""
    found = compare(llr(date(2015, 2, 1)), llr(ON), ON)
    levels = [move for move in found.behaviour.possible if move.of == LEVEL]
    assert levels == [Move(LEVEL, "universal", "targeted")]
    first = found.explained[0]
    situation = first.difference.situation
    (part,) = situation.parts
    assert who_in_words(situation.who) == "a child of 5 to 17"
    assert [in_words(box, found.catalogue) for box in part.among] == [
        "attendance at school or college: more than 85 and at most 90%"
    ]
    assert {cause.id for cause in first.causes} == {"persistent_absence_attendance"}
    assert "persistent_absence" in {reason.rule for reason in first.gained}
    assert found.broken == ()
    assert {("added", "extremism_referral"), ("altered", "persistent_absence_attendance")} <= {
        (change.how, change.id) for change in found.text
    }


def test_a_ruleset_answers_every_child_as_it_does_itself() -> None:
    """That nobody is answered differently is proved, and needs no situation."""
    found = behaviour(llr(ON), llr(ON), ON)
    assert (found.same, found.possible, found.differences) == (True, (), ())


@pytest.mark.parametrize("value", ["88", "90.0"])
def test_another_number(value: str) -> None:
    """Another limit differs for those between the two; the same number written otherwise for nobody."""
    found = behaviour(llr(ON), llr(ON).with_parameters(persistent_absence_attendance=value), ON, signs=1)
    assert found.same == (value == "90.0")
    assert {move for move in found.possible if move.of == LEVEL} == (
        set() if value == "90.0" else {Move(LEVEL, "targeted", "universal")}
    )


def _alike(found: Behaviour, old: Ruleset, new: Ruleset, child: thresholds.Assessment) -> bool:
    """Are the two answers as was found: no move that was said to be impossible?"""
    answers = [ruleset.assess(child, engine="reference") for ruleset in (old, new)]
    if any(answer.status not in ("settled", "outside_scope") for answer in answers):
        return True  # not all is known
    made = set(moves_between(*answers))
    return not made & set(found.impossible) and (not found.same or not made)


@settings(max_examples=60)
@given(st.data())
def test_no_child_moves_in_a_way_that_was_proved_impossible(data: st.DataObject) -> None:
    """Of any ruleset and the same with one rule that says less: whoever is assessed moves as was found, or not."""
    (files,) = data.draw(ruleset_files(signs=4, rules=6, overlay=False, periods=False))
    old = ruleset_from(files)
    weaker = deepcopy(files)
    lists = [one for name, one in weaker.items() if name.startswith("rules/")]
    strong = [
        rule
        for rules in lists
        for rule in rules
        if isinstance(rule["then"], dict) and "points_to" in rule["then"].values() and not rule.get("overriding")
    ]
    assume(strong)
    rule = data.draw(st.sampled_from(strong))
    rule["then"] = {name: "consider" if weight == "points_to" else weight for name, weight in rule["then"].items()}
    new = ruleset_from(weaker)
    on = new.definition.changes[-1]
    found = behaviour(old, new, on, signs=1, most=5)
    for _ in range(5):
        child = data.draw(assessments(new, on=on)).model_copy(update={"looked_at": "everything"})
        assert _alike(found, old, new, child)

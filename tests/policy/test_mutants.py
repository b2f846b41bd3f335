"""Small changes of a ruleset: which are made, which are noticed, and what is proved of the rest."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import BUNDLED, changed, effort, knowledge_of, load_bundled, shown
from tests.cases import with_examples
from tests.small_rulesets import entry, load, small
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.engines.reference import infer, scope_of
from thresholds.knowledge import know
from thresholds.policy import run_examples
from thresholds.ruleset import Ruleset
from thresholds.testing.dice import Dice

pytest.importorskip("pysat", reason="mutation testing needs python-sat")

from thresholds.policy.answering import answer_of
from thresholds.policy.equivalence import tell_apart
from thresholds.policy.many_children import ManyChildren, Otherwise
from thresholds.policy.mutants import Judgement, judge_mutants
from thresholds.policy.mutating import Mutant, days_of, mutants_of
from thresholds.policy.noticing import Observers, Uses
from thresholds.policy.other_tests import step_from
from thresholds.policy.refusing import why_refused
from thresholds.policy.searching import Patience

DICE = st.randoms(use_true_random=False).map(Dice)
CHILD = {"child": {"age": "8"}, "on": "2017-03-01", "looked_at": "everything"}


def child(**observations: object) -> dict[str, Any]:
    """A child of 8 of whom everything was looked at."""
    return {**CHILD, "observations": {"attendance": "100", **observations}}


def example(responses: dict[str, str], **observations: object) -> dict[str, Any]:
    return {"assessment": child(**observations), "expect": {"exactly": responses}}


def judged(folder: Path, *examples: dict[str, Any], pairs: bool = True) -> Judgement:
    return judge_mutants(load(with_examples(*examples), folder), pairs=pairs)


def verdict(judgement: Judgement, change: str) -> str:
    """What came of one change, named as `entry: about: was -> becomes`."""
    [one] = [one for one in judgement.judged if str(one.mutant) == change]
    return one.verdict


# --- which changes are made --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("90", ("89", "91")),
        ("92.5", ("92.4", "92.6")),
        ("0", ("-1", "1")),
        ("16 years", ("15 years", "17 years")),
        ("1 day", ("2 days",)),
        ("2 weeks", ("1 week", "3 weeks")),
        ("low_attendance", ()),
        ("moderate", ()),
    ],
)
def test_a_step_is_one_in_the_last_place_written(text: str, near: tuple[str, ...]) -> None:
    """Numbers and lengths of time have neighbours; names and words have none, and no time falls to nothing."""
    assert step_from(text) == near


def test_every_kind_of_change_is_made(tmp_path: Path) -> None:
    """Of the small ruleset: each is named with its place, what was there and what stands there instead."""
    ruleset = load(small(), tmp_path)
    made = list(mutants_of(ruleset.definition))
    named = {str(one) for one in made}
    assert named >= {
        "hitting_rule: the rule -> dropped",
        "hitting_rule: hitting: >= moderate -> >= low",
        "hitting_rule: hitting: >= moderate -> high",
        "bruise_rule: bruise: true -> -",
        "missing_rule: recent_episodes: >= many_episodes -> > many_episodes",
        "low_attendance: from 2015-09-01: 90 -> 89",
        "missing_window: 90 days -> 91 days",
        "enquiry: specialist -> targeted",
        "missing_rule: enquiry: consider -> offer",
    }
    assert len(named) == len(made)
    assert all(str(one.place).startswith("small/") for one in made)
    assert all(days_of(one, ruleset.definition) for one in made)


@effort(40)
@given(ruleset=testing.rulesets())
def test_no_two_changes_of_one_test_mean_the_same(ruleset: Ruleset) -> None:
    """And none of them means what the test meant before."""
    definition = ruleset.definition
    seen: set[tuple[object, ...]] = set()
    for mutant in mutants_of(definition):
        day = next(iter(days_of(mutant, definition)), None)
        if day is not None and mutant.kind in ("limit", "strictness", "word"):
            assert mutant.applied(definition.in_force(day), day) != definition.in_force(day)
            key = (mutant.entry, mutant.place, mutant.about, mutant.was, mutant.becomes)
            assert key not in seen, mutant
            seen.add(key)


def readable(ruleset: Ruleset) -> list[Mutant]:
    """The changes that make a difference on the last day, and with which the ruleset would load."""
    on = ruleset.definition.changes[-1]
    in_force = ruleset.in_force(on)
    applied = ((one, one.applied(in_force, on)) for one in mutants_of(ruleset.definition))
    uses = Uses(in_force)
    return [
        one for one, after in applied if after is not None and not why_refused(one, after, uses, ruleset.definition)
    ]


# --- which are noticed -------------------------------------------------------------------------------


@effort(60)
@given(ruleset=testing.rulesets(), data=st.data())
def test_many_children_at_once_are_as_the_reference_has_each(ruleset: Ruleset, data: st.DataObject) -> None:
    """Before any change, and after one: whatever is known or unknown, each rule holds as surely for each child."""
    on = ruleset.definition.changes[-1]
    children = data.draw(st.lists(testing.assessments(ruleset, on=on), min_size=1, max_size=6))
    in_force = ruleset.in_force(on)
    many = ManyChildren(in_force, [know(one, in_force) for one in children])
    _same(many, children)
    for mutant in data.draw(DICE).some(readable(ruleset), 1, 6):
        after = mutant.applied(in_force, on)
        assert after is not None
        touched = Uses(in_force).touched(mutant)
        if not touched.asked:
            _same(Otherwise(many, after, touched.rules, touched.names), children)


def _same(many: ManyChildren, children: list[Assessment]) -> None:
    for place, one in enumerate(children):
        inference = infer(know(one, many.ruleset))
        scope = {group: many.truth(many.scope[group], place) for group in many.scope}
        assert scope == scope_of(know(one, many.ruleset))
        for number, rule in enumerate(many.ruleset.rules):
            held = tuple(bool(bits >> place & 1) for bits in many.rule(number))
            meant = tuple(
                bool(bits >> number & 1) for bits in (inference.certain, inference.established, inference.possible)
            )
            assert held == meant, rule.id


def test_a_limit_is_noticed_once_an_example_stands_on_either_side(tmp_path: Path) -> None:
    """One above it notices that it rose, one below that it fell; without them boundary pairs do."""
    rises, falls = "hitting_rule: hitting: >= moderate -> high", "hitting_rule: hitting: >= moderate -> >= low"
    above, below = example({"enquiry": "points_to"}, hitting="moderate"), example({}, hitting="low")
    none, one, both = (
        judged(tmp_path / str(number), *examples, pairs=number == 1)
        for number, examples in ((1, ()), (2, (above,)), (3, (above, below)))
    )
    assert [verdict(none, change) for change in (rises, falls)] == ["noticed_by_pairs", "noticed_by_pairs"]
    assert [verdict(one, change) for change in (rises, falls)] == ["noticed", "unnoticed"]
    assert [verdict(both, change) for change in (rises, falls)] == ["noticed", "noticed"]


def test_what_nothing_notices_is_shown_with_a_child(tmp_path: Path) -> None:
    """The plainest child who would be answered otherwise, with both answers: the worked example to write."""
    [one] = [
        one
        for one in judged(tmp_path, pairs=False).of("unnoticed")
        if str(one.mutant) == "hitting_rule: hitting: >= moderate -> >= low"
    ]
    assert one.child is not None
    assert one.before is not None
    assert one.after is not None
    assert one.child.observations["hitting"][0].value == "low"
    assert (one.before.tier, one.after.tier) == ("universal", "specialist")
    assert dict(one.after.responses) == {"enquiry": "points_to"}
    assert one.mutant.place.line > 1


def test_an_example_that_fails_already_notices_nothing(tmp_path: Path) -> None:
    """Only examples that are answered as they expect are asked."""
    wrong = example({"review": "points_to"}, hitting="high")
    judgement = judged(tmp_path, wrong, pairs=False)
    assert judgement.examples == 0
    assert judgement.of("noticed") == ()


def test_what_no_ruleset_could_have_is_refused(tmp_path: Path) -> None:
    """A sign that would count where it is absent: such a ruleset does not load, and the loader's reason is told."""
    judgement = judged(tmp_path, pairs=False)
    [one] = [one for one in judgement.of("refused") if str(one.mutant) == "bruise_rule: bruise: true -> -"]
    assert "holds where everything was looked at and nothing found" in one.by


def test_a_change_of_a_parameter_is_noticed_as_the_changed_ruleset_itself_shows(tmp_path: Path) -> None:
    """The verdict is that of loading the ruleset with the other value and running its examples."""
    examples = [
        example({}, missing_episodes=["2017-02-01", "2017-02-02"]),
        example({"enquiry": "consider"}, missing_episodes=["2017-02-01", "2017-02-02", "2017-02-03"]),
        example({"enquiry": "consider"}, missing_episodes=["2016-12-01", "2017-02-02", "2017-02-03"]),
    ]
    ruleset = load(with_examples(*examples), tmp_path)
    assert all(one.passed for one in run_examples(ruleset))
    judgement = judge_mutants(ruleset, pairs=False)
    for name in ("many_episodes", "missing_window", "many_hours"):
        for one in (one for one in judgement.judged if one.mutant.entry == name):
            after = ruleset.with_parameters(**{name: one.mutant.becomes})
            noticed = not all(result.passed for result in run_examples(after))
            assert (one.verdict == "noticed") == noticed, one.mutant


def test_a_birthday_that_moves_is_noticed_by_who_stands_beside_it(tmp_path: Path) -> None:
    """A number that says whom the ruleset covers: one child on each side notices a change towards them."""
    of_age = {"assessment": {**CHILD, "child": {"age": "18"}}, "expect": {"tier": "none", "status": "outside_scope"}}
    not_yet = {"assessment": {**child(), "child": {"age": "17"}}, "expect": {"tier": "universal"}}
    judgement = judged(tmp_path, of_age, not_yet, pairs=False)
    assert verdict(judgement, "age_of_majority: 18 years -> 19 years") == "noticed"
    assert verdict(judgement, "age_of_majority: 18 years -> 17 years") == "noticed"


# --- what is proved ----------------------------------------------------------------------------------


@effort(30)
@given(ruleset=testing.rulesets(), data=st.data())
def test_what_is_proved_to_change_nothing_changes_nothing(ruleset: Ruleset, data: st.DataObject) -> None:
    """Whatever whole child is drawn: the reference gives the same answer before and after."""
    on = ruleset.definition.changes[-1]
    some = data.draw(DICE).some(readable(ruleset), 1, 12)
    proved = [told.mutant for told in tell_apart(ruleset, on, some, Patience()) if told.child is None]
    for _ in range(3 if proved else 0):
        one = changed(data.draw(testing.assessments(ruleset, on=on)), looked_at="everything")
        decision = ruleset.assess(one, engine="reference")
        inference = infer(knowledge_of(ruleset, one))
        if inference.certain == inference.possible and not decision.conflicts:
            shown(one)
            for mutant in proved:
                assert _unchanged(ruleset, mutant, one), mutant


def _unchanged(ruleset: Ruleset, mutant: Mutant, one: Assessment) -> bool:
    """Is the answer the same, or (where part is unknown to the changed rules) not yet to be told?"""
    from thresholds.policy.noticing import Expecting

    after = mutant.applied(ruleset.in_force(one.on), one.on)
    assert after is not None
    inference = infer(know(one, after))
    if inference.certain != inference.possible:
        return True
    answer = answer_of(ruleset.assess(one, engine="reference"))
    child = Expecting("drawn", one, lambda decision: answer_of(decision) == answer)
    return not list(Observers(ruleset, [child]).noticing(mutant))


@effort(30)
@given(ruleset=testing.rulesets())
def test_every_child_told_is_answered_differently(ruleset: Ruleset) -> None:
    """What is not proved is shown: a valid child, and two answers that differ."""
    on = ruleset.definition.changes[-1]
    for told in tell_apart(ruleset, on, readable(ruleset)[::3], Patience()):
        assert told.finished
        if told.child is not None:
            assert told.before == answer_of(ruleset.assess(told.child, engine="bitmap"))
            assert told.before != told.after


def test_a_rule_that_stands_twice_can_lose_either(tmp_path: Path) -> None:
    """Dropping one of two that say the same is proved to change nothing; dropping a rule that decides is not."""
    files = small()
    files["rules/again.yaml"] = [{**entry(files, "hitting_rule"), "id": "hitting_again"}]
    judgement = judge_mutants(load(files, tmp_path), chosen=lambda mutant: mutant.kind == "rule", pairs=False)
    assert verdict(judgement, "hitting_rule: the rule -> dropped") == "equivalent"
    assert verdict(judgement, "hitting_again: the rule -> dropped") == "equivalent"
    assert verdict(judgement, "missing_rule: the rule -> dropped") == "unnoticed"


def test_what_was_stopped_is_not_finished(tmp_path: Path) -> None:
    """After the wish to stop nothing is called equivalent or unnoticed, and the judgement says that it is not whole."""
    stop = threading.Event()
    stop.set()
    judgement = judge_mutants(load(small(), tmp_path), Patience(stop=stop))
    assert not judgement.complete
    assert {one.verdict for one in judgement.judged} == {"refused", "not_finished"}


# --- the bundled rulesets ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUNDLED)
def test_every_slip_in_a_bundled_ruleset_is_noticed(name: str) -> None:
    """By a worked example, or at least by a boundary pair; of an overriding rule by a worked example. Or it is idle."""
    ruleset = load_bundled(name)
    judgement = judge_mutants(ruleset)
    assert judgement.complete
    assert [f"{one.mutant} ({one.mutant.place})" for one in judgement.of("unnoticed")] == []
    overriding = {rule.id for rule in ruleset.definition.rules if rule.overriding}
    by_pairs = judgement.of("noticed_by_pairs")
    assert [str(one.mutant) for one in by_pairs if one.mutant.entry in overriding] == []
    assert len(judgement.of("noticed")) > 20 * len(by_pairs)

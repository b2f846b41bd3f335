"""Minimal situations: each part is needed, nothing that differs lies outside them, each alternative is one."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import effort, fits, knowledge_of, shown
from tests.policy.containing import contains
from tests.policy.slips import ON, moves, pair, told, whole_children
from tests.small_rulesets import Files, add_indicator, add_rule, entry, load, small
from thresholds.assessment import Assessment
from thresholds.errors import NothingToCompare
from thresholds.knowledge import know
from thresholds.language.conditions import Truth
from thresholds.language.definition import InForce
from thresholds.language.model import UNKNOWN
from thresholds.ruleset import Ruleset
from thresholds.testing.dice import Dice

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.policy.behaviour import Behaviour, Difference, behaviour
from thresholds.policy.moves import LEVEL, Move, moves_between
from thresholds.policy.pairing import Pair
from thresholds.policy.searching import Patience
from thresholds.policy.situations import Situation

DICE = st.randoms(use_true_random=False).map(Dice)
DAY = date(2017, 3, 1)


def differing(dice: Dice, signs: int = 2) -> tuple[Ruleset, Ruleset, date, Behaviour] | None:
    """Two rulesets that may differ, and in what."""
    old, new = pair(dice)
    on = dice.one(ON)
    try:
        return old, new, on, behaviour(old, new, on, signs=signs, most=30)
    except NothingToCompare:
        return None


def real(old: Ruleset, new: Ruleset, child: Assessment) -> bool:
    """Is the child valid for both, and called impossible by neither?"""
    for ruleset in (old, new):
        if not fits(ruleset, told(ruleset, child)):
            return False
        knowledge = knowledge_of(ruleset, told(ruleset, child))
        reading = Reading(knowledge, scope_of(knowledge))
        truths: list[Truth] = [evaluate(one.when, reading) for one in knowledge.ruleset.impossible]
        if any(truth is not False for truth in truths):
            return False
    return True


def without(child: Assessment, name: str, catalogue: InForce) -> Assessment:
    """The child of whom an indicator is as usual: absent, and with it whatever is a detail of it."""
    gone = {name}
    while more := {one for one in child.observations if catalogue.indicators[one].detail_of in gone} - gone:
        gone |= more
    observations = {one: given for one, given in child.observations.items() if one not in gone}
    return child.model_copy(update={"observations": observations})


def catalogue_of(old: Ruleset, new: Ruleset, on: date) -> InForce:
    """What either has a name for."""
    return Pair(old, new, on, 2, Patience()).search.worlds[0].ruleset


@effort(80)
@given(DICE)
def test_no_part_of_a_situation_can_be_left_out(dice: Dice) -> None:
    """Made usual again, any one sign of the child of a difference takes the move away."""
    drawn = differing(dice)
    if drawn is None or drawn[3].unlike:
        return
    old, new, on, found = drawn
    catalogue = catalogue_of(old, new, on) if found.differences else new.in_force(on)
    for one in found.differences:
        child = one.situation.children[0]
        assert contains(one.situation, know(child, catalogue))
        for name in child.observations:
            less = without(child, name, catalogue)
            if catalogue.indicators[name].absent != UNKNOWN and real(old, new, less):
                shown(less)
                assert not {move for move in one.moves if not move.slight} & moves(old, new, less), name


@effort(80)
@given(DICE)
def test_every_child_who_moves_lies_in_a_situation(dice: Dice) -> None:
    """Where all the situations were found, whoever is answered differently is described by one of that move."""
    drawn = differing(dice, signs=dice.number(1, 3))
    if drawn is None or drawn[3].unlike or drawn[3].extent != "all" or not drawn[3].differences:
        return
    old, new, on, found = drawn
    catalogue = catalogue_of(old, new, on)
    for child in whole_children(dice, old, new, on, 20):
        shown(child)
        for move in moves(old, new, child):
            situations = [one.situation for one in found.differences if move in one.moves]
            assert move.slight or any(contains(one, know(child, catalogue)) for one in situations), move


@effort(60)
@given(DICE)
def test_each_alternative_gives_the_move(dice: Dice) -> None:
    """A child who has any one of the alternatives of a part, and of the other parts what is said, moves so."""
    old, new = pair(dice)
    laid = Pair(old, new, dice.one(ON), 2, Patience())
    try:
        proofs = laid.prove(lambda _: None)
    except NothingToCompare:
        return
    for move, (differs, _) in proofs.possible.items():
        laid.situations.of(differs, 10)
        for family in [one for one in laid.situations.found if differs in one.model]:
            if laid.situations._proved(family.who, family.slots, differs):
                for child in _each_alternative(laid, family):
                    before_and_after = laid.confirm([move], child)
                    assert move in set(moves_between(*before_and_after))


def _each_alternative(laid: Pair, family: Any) -> list[tuple[Assessment, ...]]:
    situations, found = laid.situations, []
    for slot in family.slots:
        for way in (way for ways in slot.ways.values() for way in ways):
            parts = [*situations._those(family.slots), *map(situations._literal, family.slots), *way]
            model = laid.search.model([*laid.real, *family.who, *parts])
            assert model is not None, "an alternative that no child has"
            children = laid.search.children(model, begun=True)
            assert contains(family.situation, know(children[0], laid.search.worlds[0].ruleset))
            found.append(children)
    return found


# --- by trying everything ---------------------------------------------------------------------------


FLAGS = ("one", "two", "three", "four", "five")


def _flags(rules: list[dict[str, Any]]) -> Files:
    """The small ruleset with five flags, and a rule for each of these conditions."""
    files = small()
    for name in FLAGS:
        add_indicator(files, name, "flag", worse="neither", absent="false")
    for number, when in enumerate(rules):
        add_rule(files, f"rule_{number}", when=when, then={"review": "points_to"})
    files["rules/rules.yaml"].remove(entry(files, "others_rule"))
    return files


def _minimal(old: Ruleset, new: Ruleset, move: Move) -> set[frozenset[str]]:
    """Every minimal set of flags with which a child of eight moves so, by trying all of them."""
    found: set[frozenset[str]] = set()
    for size in range(len(FLAGS) + 1):
        for names in map(frozenset, combinations(FLAGS, size)):
            child = Assessment(
                child={"age": 8},
                on=DAY,
                looked_at="everything",
                observations={name: name in names for name in FLAGS}
                | {"attendance": 100, "homeless": DAY, "referred": False},
            )
            if move in moves(old, new, child) and not any(other <= names for other in found):
                found.add(names)
    return found


def _listed(situation: Situation) -> set[frozenset[str]]:
    """The sets of indicators that a situation stands for."""
    parts = [
        [frozenset(names) for names in combinations(sorted({box[0].indicator for box in part.among}), part.number)]
        for part in situation.parts
    ]
    return {frozenset().union(*chosen) for chosen in product(*parts)}


RULES: dict[str, list[dict[str, Any]]] = {
    "one of each": [{"any": [{"one": True}, {"two": True}], "three": True}],
    "any two": [{"at_least": {"n": "2", "of": [{name: True} for name in FLAGS]}}],
    "any three": [{"at_least": {"n": "3", "of": [{name: True} for name in FLAGS]}}],
    "all": [dict.fromkeys(FLAGS, True)],
    "one, or two others": [{"any": [{"one": True}, {"two": True, "three": True}, {"three": True, "four": True}]}],
    "not with another": [{"one": True, "none": [{"two": True, "three": True}]}, {"two": True, "four": True}],
    "a chain": [{"one": True, "two": True}, {"two": True, "three": True}, {"three": True, "four": True}],
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_minimal_situations_are_those_found_by_trying_everything(rules: list[Any], tmp_path: Path) -> None:
    """Taken together or alone, they stand for every minimal set of flags and for no other, each once."""
    old, new = load(_flags([]), tmp_path / "old"), load(_flags(rules), tmp_path / "new")
    move = Move("review", "not called for", "points_to")
    found = behaviour(old, new, DAY, signs=4)
    sets = [names for one in found.differences if move in one.moves for names in _listed(one.situation)]
    smallest = {names for names in _minimal(old, new, move) if len(names) <= 4}
    assert set(sets) == smallest or found.extent == "some"
    assert len(sets) == len(set(sets)) == sum(one.situation.count for one in found.differences)
    if rules is RULES["all"]:  # more than so many signs: one is shown
        assert set(sets) == {frozenset(FLAGS)}
    else:
        assert (set(sets), found.extent) == (smallest, "all")


def test_what_can_stand_for_one_another_is_said_once(tmp_path: Path) -> None:
    """`two of these five` is one situation, and counts for ten."""
    rules = RULES["any two"]
    old, new = load(_flags([]), tmp_path / "old"), load(_flags(rules), tmp_path / "new")
    (one,) = behaviour(old, new, DAY).differences
    (part,) = one.situation.parts
    assert (part.number, len(part.among), one.situation.count) == (2, 5, 10)


def test_of_larger_ones_only_one_of_the_smallest_is_given(tmp_path: Path) -> None:
    """Where it takes more signs than are asked for, the simplest child is shown all the same."""
    more: list[dict[str, Any]] = [{"all": [{name: True} for name in FLAGS]}, {"one": True, "two": True, "three": True}]
    old, new = load(_flags([]), tmp_path / "old"), load(_flags(more), tmp_path / "new")
    found = behaviour(old, new, DAY, signs=1)
    (one,) = found.differences
    assert one.situation.size == 3
    assert found.extent == "some"


def test_no_more_than_so_many_are_looked_for(tmp_path: Path) -> None:
    """What there is beyond that is not called all."""
    rules = [{name: True} for name in FLAGS]
    old, new = load(_flags([]), tmp_path / "old"), load(_flags(rules), tmp_path / "new")
    few, all_ = behaviour(old, new, DAY, most=3), behaviour(old, new, DAY, most=5)
    assert (len(few.differences), few.extent) == (3, "some")
    assert (len(all_.differences), all_.extent) == (5, "all")


def _simplest(old: Ruleset, new: Ruleset, of: str = LEVEL) -> Difference:
    found = behaviour(old, new, DAY)
    move = next(move for move in found.possible if move.of == of)
    one = found.simplest(move)
    assert one is not None
    return one


def test_a_choice_without_a_usual_value_is_said_where_it_matters(tmp_path: Path) -> None:
    """Nothing is silently taken for granted: which of its values it takes is a part of the situation."""

    def files(*, rule: bool) -> Files:
        made = small()
        values = {"kind": "Kind.", "cold": "Cold.", "cruel": "Cruel."}
        add_indicator(made, "carer", "choice", absent=UNKNOWN, values=values)
        add_indicator(made, "weather", "choice", absent=UNKNOWN, values={"wet": "Wet.", "dry": "Dry."})
        add_rule(made, "weather_rule", when={"weather": "wet"}, then={"review": "offer"})
        if rule:
            add_rule(made, "carer_rule_too", when={"carer": "not(kind)", "plan": True})
        else:
            add_rule(made, "carer_rule_too", when={"carer": "not(kind)", "plan": True}, then={"review": "offer"})
        return made

    old, new = load(files(rule=False), tmp_path / "old"), load(files(rule=True), tmp_path / "new")
    one = _simplest(old, new)
    told_of = {box.indicator: box.words for part in one.situation.parts for (box,) in part.among}
    assert told_of == {"carer": ("cold", "cruel"), "plan": ()}


def test_ages_are_as_wide_as_the_difference(tmp_path: Path) -> None:
    """Who the child is reaches to the limits of the difference, whatever limits other rules have between them."""
    files = small()
    for age in (3, 7, 11, 15):
        add_rule(files, f"older_{age}", when={"child_age": f">= {age} years", "plan": True}, then={"review": "offer"})
    old = load(files, tmp_path / "old")
    add_rule(files, when={"child_age": "< 16 years", "exclusions": ">= 2"}, then={"enquiry": "consider"})
    found = _simplest(old, load(files, tmp_path / "new"), "enquiry")
    ages = {one.indicator: (one.low, str(one.high)) for one in found.situation.who}
    assert ages["child_age"] == (None, "16 years")

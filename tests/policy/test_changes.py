"""What changed as text: every entry altered is named with before and after, and nothing where only layout changed."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import effort
from tests.policy.slips import pair
from tests.small_rulesets import OURS, Change, Files, add, add_rule, entry, load, small
from thresholds import testing
from thresholds.policy.changes import TextChange, sides_of, text_changes
from thresholds.present.changed import entry_in_words, field_as_sentence, field_in_words
from thresholds.ruleset import Ruleset
from thresholds.testing.building import ruleset_from
from thresholds.testing.dice import Dice

DICE = st.randoms(use_true_random=False).map(Dice)
DAY = date(2017, 3, 1)


def two(folder: Path, change: Change) -> tuple[Ruleset, Ruleset]:
    files = small()
    old = load(files, folder / "old")
    change(files)
    return old, load(files, folder / "new")


def changes(old: Ruleset, new: Ruleset, on: date = DAY) -> tuple[TextChange, ...]:
    return text_changes(sides_of(old, new, on))


def told(folder: Path, change: Change) -> list[str]:
    """Every field of every change, as a sentence."""
    old, new = two(folder, change)
    sides = sides_of(old, new, DAY)
    return [
        f"{one.kind} {one.id} {one.how}: {field_as_sentence(field, one, sides)}"
        for one in text_changes(sides)
        for field in one.fields
    ]


def say(identifier: str, **fields: Any) -> Change:
    return lambda files: entry(files, identifier).update(fields)


SAID: dict[str, tuple[Change, str]] = {
    "condition": (
        say("others_rule", when={"lives_with": "not(parents)"}),
        "rule others_rule altered: when: was “lives with: others”, is “lives with: others or relatives”",
    ),
    "weight": (
        say("others_rule", then={"review": "offer"}),
        "rule others_rule altered: what follows, review: was “called for”, is “may be offered”",
    ),
    "another response": (
        say("others_rule", then={"review": "points_to", "early_help": "consider"}),
        "rule others_rule altered: what follows, early help: “to be considered” is new",
    ),
    "reason": (
        say("others_rule", because="so it is"),
        "rule others_rule altered: the reason given: was “lives with others”, is “so it is”",
    ),
    "exception": (
        say("bruise_rule", unless=[]),
        "rule bruise_rule altered: unless: “bruise explained (it is explained)” is no longer there",
    ),
    "one of two exceptions": (
        say(
            "carer_rule",
            unless=[
                {"when": {"helpful_neighbour": True}, "because": "a neighbour helps"},
                {"when": {"plan": True}, "because": "there is a plan"},
            ],
        ),
        "rule carer_rule altered: unless: “plan (there is a plan)” is new",
    ),
    "who": (
        say("others_rule", applies_to=["under_18", "unborn"]),
        "rule others_rule altered: for whom: “a child not yet born” is new",
    ),
    "number": (
        say("many_episodes", value="4"),
        "parameter many_episodes altered: value: was “3 episodes”, is “4 episodes”",
    ),
    "length": (
        say("missing_window", value="60 days"),
        "parameter missing_window altered: value: was “90 days”, is “60 days”",
    ),
    "other days": (
        say("low_attendance", history=[{"from": "2010-01-01", "value": "90"}]),
        "parameter low_attendance altered: its value on other days: was “from: 1 January 2010, value: 85; "
        "from: 1 September 2015, value: 90”, is “from: 1 January 2010, value: 90”",
    ),
    "levels": (
        lambda files: entry(files, "exclusions")["levels"][1].update(at=">= 6"),
        "rule exclusions_level_2 altered: when: was “exclusions: at least 5”, is “exclusions: at least 6”",
    ),
    "value": (
        lambda files: entry(files, "hunger")["values"].update(low="A little hungry."),
        "indicator hunger altered: values, low: was “It is low.”, is “A little hungry.”",
    ),
    "absent": (
        say("referred", absent="false"),
        "indicator referred altered: when looked for and not found: was “unknown”, is “false”",
    ),
    "tier": (say("review", tier="targeted"), "response review altered: level: was “beside”, is “targeted”"),
    "cover": (
        say("early_help", absorbs=["school_support", "review"]),
        "response early_help altered: what it covers: “review” is new",
    ),
    "role": (
        say("early_help", lead="social_worker"),
        "response early_help altered: who leads: was “teacher”, is “social worker”",
    ),
    "basis": (
        say("others_rule", basis={"sources": ["S1"], "confidence": "comparable"}),
        "rule others_rule altered: what it rests on: was “this project's own proposal”, "
        "is “threshold documents of comparable areas (S1)”",
    ),
    "scope": (
        lambda files: files["ruleset.yaml"]["scope"].update(under_18={"child_age": "< 17 years"}),
        "scope scope altered: who is covered, a child under 18: was “the child is under 18 years old”, "
        "is “the child is under 17 years old”",
    ),
    "notice": (
        lambda files: files["ruleset.yaml"].update(notice="Otherwise."),
        "ruleset small altered: notice: was “Made for tests.”, is “Otherwise.”",
    ),
    "quantity": (
        lambda files: entry(files, "needs").update(distinct="area"),
        "quantity needs altered: distinct: was “need_group”, is “area”",
    ),
    "finding": (
        say("pattern", definition="Several needs."),
        "finding pattern altered: definition: was “More than one need.”, is “Several needs.”",
    ),
    "impossible": (
        say("fed_and_hungry", because="it never is"),
        "impossible fed_and_hungry altered: the reason given: was “never both”, is “it never is”",
    ),
    "period": (
        say("others_rule", **{"from": "2011-01-01"}),
        "rule others_rule altered: its first day: “1 January 2011” is new",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), SAID.values(), ids=SAID)
def test_a_change_is_said_with_before_and_after(change: Change, sentence: str, tmp_path: Path) -> None:
    """One thing changed is one sentence, and no other is there."""
    assert told(tmp_path, change) == [sentence]


def test_a_rule_more_is_said_with_what_it_says(tmp_path: Path) -> None:
    """What was added, or removed, is told with what it says, and where it stands."""
    when = {"plan": True, "exclusions": ">= 2"}
    old, new = two(tmp_path, lambda files: add_rule(files, title="A plan", when=when))
    (one,) = changes(old, new)
    assert (one.kind, one.id, one.label, one.how, one.before) == ("rule", "new_rule", "A plan", "added", None)
    assert one.after is not None
    assert entry_in_words(one) == f"rule “A plan” (new_rule, {one.after})"
    sides = sides_of(old, new, DAY)
    assert [field_as_sentence(field, one, sides) for field in one.fields] == [
        "when: “plan; and exclusions: at least 2”",
        "what follows, school support: “called for”",
    ]
    (back,) = changes(new, old)
    assert (back.how, back.after, [field_in_words(field, back, sides)[1] for field in back.fields]) == (
        "removed",
        None,
        ["plan; and exclusions: at least 2", "called for"],
    )


def test_values_in_another_order_are_a_change(tmp_path: Path) -> None:
    """The order of a scale's values is what it means."""

    def turned(files: Any) -> None:
        values = entry(files, "hitting")["values"]
        entry(files, "hitting")["values"] = {word: values[word] for word in ("none", "moderate", "low", "high")}

    assert told(tmp_path, turned) == [
        "indicator hitting altered: the order of values: was “none; low; moderate; high”, "
        "is “none; moderate; low; high”"
    ]


LAYOUT: dict[str, Change] = {
    "spaces": say("absence_rule", when={"child_age": "[5 years .. 16 years)", "attendance": "<  low_attendance"}),
    "order of conditions": say(
        "absence_rule", when={"attendance": "< low_attendance", "child_age": "[5 years..16 years)"}
    ),
    "spaces in a level": lambda files: entry(files, "exclusions")["levels"][1].update(at=">=5"),
    "order of alternatives": say("carer_rule", when={"any": [{"homeless": ">= 28 days"}, {"caring": ">= many_hours"}]}),
    "order of rules": lambda files: files["rules/rules.yaml"].reverse(),
    "another file": lambda files: files.update({"rules/more.yaml": [files["rules/rules.yaml"].pop()]}),
    "short form": say("others_rule", then="review"),
    "decimals": lambda files: entry(files, "low_attendance")["history"][0].update(value="85.0"),
}


@pytest.mark.parametrize("change", LAYOUT.values(), ids=LAYOUT)
def test_layout_order_and_places_are_no_change(change: Change, tmp_path: Path) -> None:
    """What says the same is not named, wherever and however it stands."""
    assert changes(*two(tmp_path, change)) == ()


@effort(30)
@given(testing.ruleset_files(signs=5, rules=6))
def test_a_ruleset_has_not_changed_from_itself(layers: tuple[Files, ...]) -> None:
    """Of the same files, read twice, nothing is said."""
    old, new = ruleset_from(*layers), ruleset_from(*deepcopy(layers))
    assert changes(old, new, old.definition.changes[-1]) == ()


@effort(60)
@given(DICE)
def test_whatever_two_rulesets_say_differently_is_named(dice: Dice) -> None:
    """Each entry whose files say otherwise on the day is named once; turned round, before and after change places."""
    old, new = pair(dice)
    there, back = changes(old, new), changes(new, old)
    assert len({(one.kind, one.id) for one in there}) == len(there)
    turned = {"added": "removed", "removed": "added", "altered": "altered"}
    assert [(one.kind, one.id, turned[one.how]) for one in back] == [(one.kind, one.id, one.how) for one in there]
    for one, other in zip(there, back, strict=True):
        before, after = ({(field.field, field.key) for field in change.fields} for change in (one, other))
        assert before == after
    if old.in_force(DAY).rules == new.in_force(DAY).rules:
        assert "rule" not in {one.kind for one in there}
    if not there:
        assert [rule.model_dump(exclude={"place"}) for rule in old.in_force(DAY).rules] == [
            rule.model_dump(exclude={"place"}) for rule in new.in_force(DAY).rules
        ]


def test_two_days_of_one_ruleset(tmp_path: Path) -> None:
    """Of a ruleset on two days, what came into force between them and what ended."""
    files = small()
    entry(files, "others_rule")["until"] = "2014-01-01"
    add_rule(files, when={"lives_with": "others"}, **{"from": "2014-01-01"})
    before, after = (load(files, tmp_path, as_at=day) for day in (date(2013, 1, 1), date(2016, 1, 1)))
    assert [(one.kind, one.id, one.how) for one in changes(before, after)] == [
        ("rule", "new_rule", "added"),
        ("rule", "others_rule", "removed"),
        ("parameter", "low_attendance", "altered"),
    ]


def test_sources_roles_and_examples_are_text_too(tmp_path: Path) -> None:
    """Whatever is written beside the rules is compared as well."""

    def more(files: Files) -> None:
        files["sources.yaml"][0]["title"] = "Another title"
        files["roles.yaml"][0]["label"] = "class teacher"
        add(files, "reference.yaml", "a_note", kind="note", label="A note", text="Read this.", basis=OURS)

    named = {(one.kind, one.id, one.how) for one in changes(*two(tmp_path, more))}
    assert named == {("source", "S1", "altered"), ("role", "teacher", "altered"), ("reference", "a_note", "added")}

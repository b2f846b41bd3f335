"""Every engine gives one answer: on random rulesets and bundled ones, at the extremes, at the limits of the Rete."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import BUNDLED, ON, PROFILE, agreed, changed, effort, fits, held, load_bundled
from thresholds import testing
from thresholds.assessing import ENGINES
from thresholds.assessment import Assessment
from thresholds.ruleset import Ruleset
from thresholds.testing.building import ruleset_from
from thresholds.testing.cases import case
from thresholds.testing.dice import Dice
from thresholds.testing.inventing import invent_files

EVERY = 1 if PROFILE.max_examples > 100 else 5
"""So much of what takes long is tried: every one in the thorough profile."""
_bundled = cache(load_bundled)


@effort(250)
@given(testing.rulesets(), st.data())
def test_engines_agree_on_any_ruleset(ruleset: Ruleset, data: st.DataObject) -> None:
    """On any ruleset and any assessment all engines find the same rules, and so the same decision."""
    cases = testing.assessments(ruleset)
    for _ in range(4):
        agreed(ruleset, data.draw(cases))


@pytest.mark.parametrize("name", BUNDLED)
@effort(60)
@given(data=st.data())
def test_engines_agree_on_the_bundled_rulesets(name: str, data: st.DataObject) -> None:
    """On the bundled rulesets all engines agree about any assessment, however much of it is observed."""
    ruleset = _bundled(name)
    agreed(ruleset, data.draw(testing.assessments(ruleset, most=data.draw(st.sampled_from((4, 12, 60))))))


@effort(30)
@given(testing.rulesets(signs=8, rules=10, depth=6, periods=True))
def test_engines_agree_at_the_extremes(ruleset: Ruleset) -> None:
    """Everything at its worst, everything absent, each alone at its worst, each alone unknown: all engines agree."""
    for assessment in _extremes(ruleset, ruleset.definition.changes[-1]):
        agreed(ruleset, assessment)


@pytest.mark.parametrize("name", BUNDLED)
def test_engines_agree_at_the_extremes_of_the_bundled_rulesets(name: str) -> None:
    """Of the bundled rulesets too: all at worst, all absent, each indicator alone at its worst or alone unknown.

    The reference takes long over so many rules: in all but the thorough profile it is asked about every fifth.
    """
    ruleset = _bundled(name)
    for number, assessment in enumerate(_extremes(ruleset, ON, every=EVERY)):
        agreed(ruleset, assessment, ENGINES if number < 6 or number % EVERY == 0 else ("durable", "bitmap"))


def _extremes(ruleset: Ruleset, on: date, every: int = 1) -> list[Assessment]:
    worst, absent = testing.worst(ruleset, on=on), testing.absent(ruleset, on=on)
    found = [worst, absent, changed(worst, child={}), changed(absent, looked_at=()), changed(absent, child={"age": 0})]
    found.append(changed(worst, child={"unborn": True, "gestation_weeks": 30}))
    for number, (name, observed) in enumerate(worst.observations.items()):
        found.append(changed(absent, observations={name: observed}))
        found.append(changed(absent, observations={name: "unknown"}))
        if number % every == 0:
            found.append(changed(worst, observations={**worst.observations, name: "unknown"}))
    return [one for one in found if fits(ruleset, one)]


@pytest.mark.parametrize("seed", range(3))
def test_the_neediest_child_under_500_rules(seed: int) -> None:
    """With 500 rules over 120 indicators, the child with everything at its worst is answered alike by every engine."""
    ruleset = ruleset_from(*invent_files(Dice(Random(seed)), signs=120, rules=500, depth=6, full=True))
    assert len(ruleset.definition.rules) >= 500
    worst = testing.worst(ruleset)
    decision = agreed(ruleset, worst)
    assert decision.tier == "specialist"
    agreed(ruleset, testing.absent(ruleset))
    dice = Dice(Random(seed))
    for _ in range(20):
        agreed(ruleset, case(dice, ruleset, worst.on, most=120))


@pytest.mark.parametrize("shape", ["flags", "numbers"])
@pytest.mark.parametrize("count", [511, 512, 513, 1030])
def test_any_number_of_distinct_conditions(count: int, shape: str) -> None:
    """Rulesets of 511, 512, 513 and over a thousand distinct conditions answer, and all engines alike."""
    files = _many_flags(count) if shape == "flags" else _many_limits(count)
    ruleset = ruleset_from(files)
    assert len(ruleset.definition.rules) == count
    worst = testing.worst(ruleset)
    agreed(ruleset, worst)
    assert held(ruleset, worst).certain == (1 << count) - 1
    agreed(ruleset, testing.absent(ruleset))
    dice = Dice(Random(count))
    for _ in range(5):
        agreed(ruleset, case(dice, ruleset, worst.on, most=40))


def _plain() -> dict[str, Any]:
    return invent_files(Dice(Random(0)), signs=0, rules=0)[0]


_OURS = {"sources": [], "confidence": "inferred"}


def _flag(name: str) -> dict[str, Any]:
    words = {"id": name, "label": name, "definition": name, "area": "safeguarding", "topic": "home", "basis": _OURS}
    return {**words, "kind": "flag", "worse": "present", "absent": "false"}


def _rule(name: str, when: dict[str, Any], then: Any = "early_help", **more: Any) -> dict[str, Any]:
    words = {"id": name, "title": name, "because": name, "basis": _OURS}
    return {**words, "when": when, "then": then, **more}


def _many_flags(count: int) -> dict[str, Any]:
    files = _plain()
    files["indicators/many.yaml"] = [_flag(f"flag_{number}") for number in range(count)]
    files["rules/many.yaml"] = [_rule(f"rule_{number}", {f"flag_{number}": True}) for number in range(count)]
    return files


def _many_limits(count: int) -> dict[str, Any]:
    """Each number is tested at up to 80 limits: many conditions true at once on one fact."""
    files = _plain()
    number = {"kind": "number", "unit": "hours", "range": "[0..168]", "whole": True, "worse": "higher", "absent": 0}
    pairs = list(product(range(-(-count // 80)), range(1, 81)))[:count]
    files["indicators/many.yaml"] = [
        {**_flag(f"number_{place}"), **number} for place in sorted({place for place, _ in pairs})
    ]
    files["rules/many.yaml"] = [
        _rule(f"rule_{place}_{limit}", {f"number_{place}": f">= {limit}"}) for place, limit in pairs
    ]
    return files


def _chain(depth: int) -> dict[str, Any]:
    """Findings one on another: each holds through the one below, unless that is ruled out or an excuse is known."""
    files = _plain()
    files["indicators/many.yaml"] = [_flag(f"flag_{number}") for number in range(depth + 1)]
    findings, rules = [], []
    for number in range(depth):
        findings.append({"id": f"found_{number}", "label": "found", "definition": "found", "basis": _OURS})
        below = {f"found_{number - 1}": True} if number else {}
        read: dict[str, Any] = {**below, f"flag_{number}": True}
        unless: list[dict[str, Any]] = [{"when": {"excuse": True}, "because": "excused"}] if number == 3 else []
        if number > 1:
            unless.append({"when": {f"found_{number - 2}": False, "excuse": True}, "because": "not found"})
        then = {f"found_{number}": "finding", "family_plan": "points_to"}
        rules.append(_rule(f"rule_{number}", read, then, **({"unless": unless} if unless else {})))
    rules.append(_rule("top", {f"found_{depth - 1}": True, f"flag_{depth}": True}, "enquiry"))
    return {**files, "rules/many.yaml": rules, "findings.yaml": findings}


def test_chains_of_findings() -> None:
    """Forward chaining across seven strata, with every flag known, absent or unknown, is what the reference says."""
    ruleset = ruleset_from(_chain(6))
    names = [f"flag_{number}" for number in range(7)]
    dice = Dice(Random(6))
    topics = ("home", "danger")
    for values in product((True, "unknown"), repeat=7):
        observations = dict(zip(names, values, strict=True))
        for excuse in (True, False, "unknown"):
            observations["excuse"] = excuse
            agreed(ruleset, Assessment(child={"age": 8}, on=ON, observations=observations))
    for _ in range(100):
        observations = {name: dice.one((True, False)) for name in dice.some(names)}
        looked_at = dice.some(topics)
        agreed(ruleset, Assessment(child={"age": 8}, on=ON, looked_at=looked_at, observations=observations))
    everything = dict.fromkeys(names, True)
    decision = agreed(ruleset, Assessment(child={"age": 8}, on=ON, observations=everything))
    assert (decision.floor, decision.tier) == ("targeted", "specialist")


def _scale(name: str, **more: Any) -> dict[str, Any]:
    values = {word: word for word in ("none", "low", "moderate")}
    return {**_flag(name), "kind": "scale", "worse": "higher", "absent": "none", "values": values, **more}


_COUNT = {"id": "amount", "label": "amount", "basis": _OURS}
ONCE: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "a detail observed opens its siblings": (
        {"signs": [_flag("first"), {**_flag("second"), "absent": "unknown"}], "when": {"second": True}},
        {"first": True},
        "universal",
        "targeted",
    ),
    "a detail asked about and not known": (
        {"signs": [_flag("first")], "when": {"first": True}},
        {"first": "unknown"},
        "universal",
        "targeted",
    ),
    "no, where silence is unknown": (
        {
            "signs": [{**_flag("told"), "absent": "unknown"}],
            "count": {"indicators": ["told"]},
            "when": {"amount": ">= 1"},
        },
        {"told": False},
        *2 * ("universal",),
    ),
    "every value that is possible, listed": (
        {"signs": [_scale("grade"), {**_flag("more"), "detail_of": "grade"}], "when": {"grade": "low, moderate"}},
        {"more": True},
        *2 * ("targeted",),
    ),
    "not there for sure, but not long enough for sure": (
        {
            "signs": [_scale("grade", absent="none")],
            "count": {"indicators": ["grade"], "where": {"lasting": ">= 12 weeks"}},
            "when": {"amount": ">= 1"},
        },
        {"grade": {"value": "unknown", "since": "10 days"}},
        *2 * ("universal",),
    ),
    "a finding, whether or not it holds": (
        {"signs": [_flag("first")], "when": {"found": "-", "danger": True}, "found": {"need": ">= moderate"}},
        {"danger": True},
        *2 * ("targeted",),
    ),
}
"""What once was answered differently by two engines, or not at all: a ruleset, observations, floor and ceiling."""


@pytest.mark.parametrize("case", ONCE)
def test_what_once_differed(case: str) -> None:
    """What engines once answered differently, they answer alike."""
    made, observations, floor, ceiling = ONCE[case]
    files = _plain()
    signs = made["signs"]
    details = case.startswith("a detail")
    files["indicators/more.yaml"] = [{**sign, "detail_of": "danger"} for sign in signs] if details else signs
    files["rules/more.yaml"] = [_rule("rule", made["when"])]
    if "count" in made:
        files["quantities.yaml"] = [{**_COUNT, "count": made["count"]}]
    if "found" in made:
        files["findings.yaml"] = [{"id": "found", "label": "found", "definition": "found", "basis": _OURS}]
        files["rules/more.yaml"].append(_rule("below", made["found"], {"found": "finding"}))
    looked_at = ("home", "danger")
    child = Assessment(child={"age": 8}, on=ON, looked_at=looked_at, observations=observations)
    decision = agreed(ruleset_from(files), child)
    assert (decision.floor, decision.ceiling) == (floor, ceiling)

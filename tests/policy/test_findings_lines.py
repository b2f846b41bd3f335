"""Lines of values and the limits that examples test: each cell is what the engine answers, each limit is counted."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cases import with_examples
from tests.small_rulesets import add_indicator, add_rule, entry, load, small
from thresholds import Assessment, Ruleset
from thresholds.engines.solver import Boundary
from thresholds.language.durations import Duration, years
from thresholds.language.unary import ELAPSED, Domain

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.findings import TestedLimit, ValueLine, check, stretches
from thresholds.policy.findings.tested_limits import limits_tested

ON = date(2017, 3, 1)
AGES = {"": (0, 4, 5, 15, 16, 17), "under 5": (0, 4), "aged 5 to 15": (5, 15), "from 16": (16, 17)}
"""Some ages for what a line says of them."""
VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    "attendance": {"90% or more": (90, "95.5", 100), "under 90%": (0, "89.99")},
    "caring": {
        "0 hours a week": (0,),
        "more than 0 to under 15 hours a week": ("0.1", 2, "14.9"),
        "15 or more hours a week": (15, 168),
    },
    "exclusions": {"0 exclusions": (0,), "1 to 4 exclusions": (1, 4), "5 or more exclusions": (5, 50)},
    "hitting": {"none": ("none",), "low": ("low",), "moderate to high": ("moderate", "high")},
    "homeless": {"under 28 days": ("1 day", "27 days"), "28 days or more": ("28 days", "2 years")},
    "missing_episodes": {
        "0 episodes": ([],),
        "1 to 2 episodes": (["2017-02-01"], ["2017-02-01", "2017-02-28"]),
        "3 or more episodes": (["2017-02-01"] * 3, ["2017-01-01"] * 9),
    },
    "neglect": {"none": ("none",), "low to high": ("low", "high")},
    "hunger": {"none": ("none",), "low to high": ("low", "high")},
}
"""Some values for each stretch of each line of the small ruleset."""


def lines_of(ruleset: Ruleset) -> dict[str, ValueLine]:
    return {line.indicator: line for line in check(ruleset, ON).lines}


def answered(ruleset: Ruleset, age: int, **observations: Any) -> tuple[str | None, dict[str, str]]:
    """The reference engine's answer for a child in whom there is nothing else."""
    child = Assessment(child={"age": age}, on=ON, looked_at="everything", observations=observations)
    decision = ruleset.assess(child, engine="reference")
    return decision.tier, dict(decision.responses)


def test_every_cell_is_what_the_engine_answers(tmp_path: Path) -> None:
    """For some values of each stretch and some ages of each group: the level, and the responses called for."""
    ruleset = load(small(), tmp_path)
    lines = lines_of(ruleset)
    assert set(lines) == set(VALUES)
    for name, line in lines.items():
        assert [one.values for one in line.segments] == list(VALUES[name]), name
        for segment in line.segments:
            for value in VALUES[name][segment.values]:
                for led in segment.led:
                    for age in AGES[led.ages]:
                        assert answered(ruleset, age, **{name: value}) == (led.tier, dict(led.responses)), (name, value)


def test_what_is_worse_than_nothing_and_leads_to_nothing_is_a_gap(tmp_path: Path) -> None:
    """Low is worse than none; what leads to something for some age, or is as good as nothing, is no gap."""
    lines = lines_of(load(small(), tmp_path))
    gaps = {name: [one.values for one in line.gaps] for name, line in lines.items() if line.gaps}
    assert gaps == {
        "caring": ["more than 0 to under 15 hours a week"],
        "hitting": ["low"],
        "missing_episodes": ["1 to 2 episodes"],
        "neglect": ["low to high"],
        "hunger": ["low to high"],
    }
    assert not lines["neglect"].leads_somewhere
    assert lines["missing_episodes"].within == "90 days"


def test_without_a_worse_end_there_is_no_gap(tmp_path: Path) -> None:
    """Of a number of which neither end is worse nobody can say that something is missing."""
    files = small()
    add_indicator(files, "noise", "number", worse="neither", absent="0", unit="decibels", range="[0..200]")
    add_rule(files, when={"noise": ">= 100"}, then={"review": "points_to"})
    assert lines_of(load(files, tmp_path))["noise"].gaps == ()


def test_of_two_stretches_the_worse_comes_last(tmp_path: Path) -> None:
    """A line is read from the best to the worst, whichever way its numbers run."""
    line = lines_of(load(small(), tmp_path))["attendance"]
    assert [one.leads_nowhere for one in line.segments] == [True, False]


def test_a_detail_is_shown_with_what_it_is_a_detail_of(tmp_path: Path) -> None:
    """What the other leads to by itself is not counted for the detail."""
    files = small()
    fields: dict[str, Any] = {"worse": "higher", "absent": "0", "unit": "people", "range": "[0..9]", "whole": True}
    add_indicator(files, "bruises_seen_by", "number", "injury", detail_of="bruise", **fields)
    add_rule(files, when={"bruises_seen_by": ">= 2"}, then={"review": "points_to"})
    line = lines_of(load(files, tmp_path))["bruises_seen_by"]
    assert line.detail_of == "bruise"
    last = line.segments[-1].led[0]
    assert (last.tier, dict(last.responses)) == ("specialist", {"review": "points_to"})
    assert line.segments[0].leads_nowhere


def test_the_unborn_stand_apart_where_something_is_said_of_them(tmp_path: Path) -> None:
    """Only then: elsewhere a line would say that nothing holds of them."""
    files = small()
    add_rule(files, when={"caring": ">= 30"}, then={"review": "points_to"}, applies_to=["unborn", "under_18"])
    lines = lines_of(load(files, tmp_path))
    assert [led.ages for led in lines["caring"].segments[2].led] == ["unborn", "any age"]
    assert [led.ages for led in lines["caring"].segments[3].led] == ["unborn", "any age"]
    assert "unborn" not in {led.ages for one in lines["exclusions"].segments for led in one.led}
    entry(files, "new_rule")["when"]["child_age"] = ">= 5 years"
    lines = lines_of(load(files, tmp_path))
    assert "unborn" not in {led.ages for one in lines["caring"].segments for led in one.led}


def test_what_cannot_be_is_left_out(tmp_path: Path) -> None:
    """Of a value that a child of some age cannot have, the line says nothing for that age."""
    files = small()
    files["impossible.yaml"].append({"id": "x", "when": {"caring": "> 0", "child_age": "< 5 years"}, "because": "y"})
    add_rule(files, when={"caring": ">= 30", "child_age": ">= 5 years"}, then={"review": "points_to"})
    line = lines_of(load(files, tmp_path))["caring"]
    assert [led.ages for led in line.segments[-1].led] == [""]
    assert line.segments[-1].led[0].responses["review"] == "points_to"


# --- limits that examples test ----------------------------------------------------------------------------------------


def example(age: int = 8, on: str = "2017-03-01", **observations: Any) -> dict[str, Any]:
    looked_at = ["injury", "going_missing", "school", "home"]
    given = {"child": {"age": age}, "on": on, "looked_at": looked_at, "observations": observations}
    return {"assessment": given, "expect": {"never": []}}


def limits_of(folder: Path, *examples: dict[str, Any], on: date = ON) -> dict[str, list[TestedLimit]]:
    found: dict[str, list[TestedLimit]] = {}
    for one in limits_tested(load(with_examples(*examples), folder), on):
        found.setdefault(one.name, []).append(one)
    return found


def test_every_limit_is_there_and_untested_without_examples(tmp_path: Path) -> None:
    """Of numbers, scales, ages, times, windows and counts; not of yes and no, nor of choices."""
    limits = limits_of(tmp_path)
    assert {name: len(found) for name, found in limits.items()} == {
        "attendance": 1,
        "caring": 1,
        "child_age": 2,
        "exclusions": 2,
        "hitting": 1,
        "homeless": 1,
        "needs": 1,
        "neglect": 1,
        "recent_episodes": 1,
    }
    assert not any(one.tested_below or one.tested_above for found in limits.values() for one in found)


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [
        ("attendance", {"attendance": 89}, {"attendance": 90}),
        ("caring", {"caring": 14}, {"caring": 15}),
        ("hitting", {"hitting": "low"}, {"hitting": "moderate"}),
        ("homeless", {"homeless": "2017-02-02"}, {"homeless": "2017-02-01"}),
        ("recent_episodes", {"missing_episodes": ["2017-02-01"] * 2}, {"missing_episodes": ["2017-02-01"] * 3}),
        ("needs", {"neglect": "low"}, {"neglect": "low", "hunger": "low"}),
    ],
)
def test_a_limit_is_tested_by_one_example_on_each_side(
    name: str, below: dict[str, Any], above: dict[str, Any], tmp_path: Path
) -> None:
    """With one alone it is tested on that side only."""
    sides = [(example(**below),), (example(**above),), (example(**below), example(**above))]
    for number, examples in enumerate(sides):
        [limit] = limits_of(tmp_path / str(number), *examples)[name]
        assert (limit.tested_below, limit.tested_above) == (number != 1, number != 0)
        assert limit.tested == (number == 2)


def test_what_is_known_in_part_tests_nothing(tmp_path: Path) -> None:
    """A number between 10 and 20 lies on neither side of 15, and what nobody recorded nowhere."""
    [limit] = limits_of(tmp_path, example(caring={"between": [10, 20]}))["caring"]
    assert not limit.tested_below
    assert not limit.tested_above


def test_a_limit_is_tested_next_to_it(tmp_path: Path) -> None:
    """With limits at 1 and 5, an example at 0 stands below the first alone, and one at 7 above the second alone."""
    first, second = limits_of(tmp_path, example(exclusions=0), example(exclusions=7))["exclusions"]
    assert (first.below, first.above) == ("0 exclusions", "1 to 4 exclusions")
    assert (first.tested_below, first.tested_above) == (True, False)
    assert (second.tested_below, second.tested_above) == (False, True)
    assert first.rules == ("exclusions_level_1",)


def test_an_example_tests_the_limit_of_its_own_day(tmp_path: Path) -> None:
    """Before 1 September 2015 the limit stood at 85: what lies on either side of that tests nothing of today's."""
    then = [example(on="2015-08-31", attendance=84), example(on="2015-08-31", attendance=86)]
    [limit] = limits_of(tmp_path / "now", *then)["attendance"]
    assert not limit.tested_below
    assert not limit.tested_above
    [limit] = limits_of(tmp_path / "then", *then, on=date(2015, 8, 31))["attendance"]
    assert limit.tested


def test_an_example_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """It is told as one that differs; the others count."""
    broken = example() | {"assessment": {"child": {"age": "old"}, "on": "never"}}
    [limit] = limits_of(tmp_path, broken, example(caring=14), example(caring=15))["caring"]
    assert limit.tested


def test_the_ages_of_examples_count(tmp_path: Path) -> None:
    """A child of 4 and one of 5 stand on either side of school age."""
    first, second = limits_of(tmp_path, example(age=4), example(age=5))["child_age"]
    assert first.tested
    assert not second.tested


# --- in words ---------------------------------------------------------------------------------------------------------

HOURS = Domain("number", low=Fraction(0), high=Fraction(168), unit="hours")
TIMES = Domain("number", low=Fraction(0), whole=True, unit="times")
PERCENT = Domain("number", low=Fraction(0), high=Fraction(100), unit="percent")
SCALE = Domain("scale", ("none", "low", "very_high"))


def at(number: int, after: int = 0) -> Boundary:
    return Fraction(number), after


@pytest.mark.parametrize(
    ("low", "high", "domain", "said"),
    [
        (None, at(5), HOURS, "under 5 hours"),
        (None, at(5, 1), HOURS, "up to 5 hours"),
        (None, at(0, 1), HOURS, "0 hours"),
        (at(5), at(10), HOURS, "5 to under 10 hours"),
        (at(5, 1), at(10, 1), HOURS, "more than 5 to 10 hours"),
        (at(5), at(5, 1), HOURS, "5 hours"),
        (at(5), None, HOURS, "5 or more hours"),
        (at(5, 1), None, HOURS, "more than 5 hours"),
        (at(90), None, PERCENT, "90% or more"),
        (at(85, 1), at(90, 1), PERCENT, "more than 85 to 90%"),
        (None, at(1), TIMES, "0 times"),
        (at(1), at(2), TIMES, "1 time"),
        (at(1), at(5), TIMES, "1 to 4 times"),
        (at(5), None, TIMES, "5 or more times"),
        (None, at(1), SCALE, "none"),
        (at(1), None, SCALE, "low to very high"),
        (None, Duration(28, 0, "28 days"), ELAPSED, "under 28 days"),
        (Duration(28, 0, "28 days"), years(1), ELAPSED, "28 days to under 1 years"),
        (years(2), None, ELAPSED, "2 years or more"),
    ],
)
def test_values_in_words(low: Boundary | None, high: Boundary | None, domain: Domain, said: str) -> None:
    """With their unit, as people would write them; an end that is left out is said to be."""
    assert stretches.values(low, high, domain) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (None, None, "any age"),
        (None, years(5), "under 5"),
        (years(5), years(11), "aged 5 to 10"),
        (years(5), years(6), "aged 5"),
        (years(16), None, "from 16"),
        (None, Duration(0, 12, "1 year"), "under 1 year"),
        (Duration(0, 6, "6 months"), years(5), "6 months to under 5"),
    ],
)
def test_ages_in_words(low: Duration | None, high: Duration | None, said: str) -> None:
    """Whole years as people count them: to 10 is until the eleventh birthday."""
    assert stretches.ages(low, high) == said

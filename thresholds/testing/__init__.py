"""Hypothesis strategies for tests of this library and of the tools built on it.

    from hypothesis import given
    from thresholds import load, testing

    ruleset = load("llr")

    @given(testing.assessments(ruleset))
    def test_our_form_survives_every_assessment(assessment): ...

`assessments(ruleset)`: any assessment that is valid for a ruleset; `boundary_pairs(ruleset)`: two that stand one step
apart on either side of a limit and are answered differently; `near(assessment, ruleset)`: one a small step from a given
one; `rulesets()`: any valid ruleset, written as files and loaded; `worst(ruleset)`, `absent(ruleset)`: the two ends;
`ruleset_from(files)`: a ruleset from plain data.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

try:
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover - the tests themselves need Hypothesis
    raise ImportError(
        "thresholds.testing needs Hypothesis, which is not installed: pip install 'thresholds[testing]'"
    ) from error

from thresholds.assessment import Assessment
from thresholds.ruleset import Ruleset
from thresholds.testing.building import Files, ruleset_from
from thresholds.testing.cases import case, days_of_interest
from thresholds.testing.dice import Dice
from thresholds.testing.extremes import absent, worst
from thresholds.testing.inventing import invent_files
from thresholds.testing.near import neighbours

if TYPE_CHECKING:
    from thresholds.policy.boundaries import BoundaryPair

__all__ = [
    "Files",
    "absent",
    "assessments",
    "boundary_pairs",
    "near",
    "ruleset_files",
    "ruleset_from",
    "rulesets",
    "worst",
]


def assessments(ruleset: Ruleset, *, on: date | None = None, most: int = 12) -> st.SearchStrategy[Assessment]:
    """Any assessment that is valid for a ruleset, with at most so many indicators observed.

    `on`: the day it is for; else a day on which something in the ruleset changes, the day before, or another.
    The age is given in every way there is, often where a limit stands; values are exact, partial or unknown, and lie
    often at a limit of some test or beside it; details are only recorded where they can apply.
    """
    days = [on] if on is not None else days_of_interest(ruleset)

    def build(dice: Dice) -> Assessment:
        return case(dice, ruleset, dice.one(days), most=most)

    return _dice().map(build)


def boundary_pairs(ruleset: Ruleset, *, on: date | None = None) -> st.SearchStrategy[BoundaryPair]:
    """Two assessments, `outside` and `inside`, one step apart on either side of a limit of some rule.

    They are valid, complete, as plain as can be, and answered differently. There is a pair for every limit that can
    change an answer: each step of a scale, flag, word of a choice, number, age, length of time and count of events in
    every `when` and `unless`, and inside the quantities that rules read. `on`: the day they are for; else the last on
    which something in the ruleset changes. They are found once for a ruleset and day, when first drawn, which takes
    half a minute for `llr`. EngineUnavailable where python-sat is not installed.
    """
    day = on or ruleset.as_at or ruleset.definition.changes[-1]

    def found() -> st.SearchStrategy[BoundaryPair]:
        from thresholds.testing.pairs import pairs_of

        pairs = pairs_of(ruleset, day)
        return st.sampled_from(pairs) if pairs else st.nothing()

    return st.deferred(found)


def near(assessment: Assessment, ruleset: Ruleset) -> st.SearchStrategy[Assessment]:
    """An assessment one small step from a given one, and as valid.

    One value moved to the next (a number by 1 where it is whole, else by 0.1; a day by one; a scale by a step), an
    event more or less, a need met or unmet, one observation or topic more or less, or the child a little older or
    younger. AssessmentInvalid where the given one is not valid for the ruleset.
    """
    return st.deferred(lambda: st.sampled_from(list(neighbours(assessment, ruleset))))


def ruleset_files(
    *,
    signs: int = 5,
    rules: int = 6,
    depth: int = 3,
    periods: bool = True,
    overlay: bool | None = None,
    overriding: int = 0,
) -> st.SearchStrategy[tuple[Files, ...]]:
    """The files of any valid ruleset, and after them those of the one that it extends, where it does.

    At most so many indicators, and about so many rules, beside those that every one has; findings are concluded
    from findings up to `depth` times over; with `periods` some entries are in force for some time only; `overlay`:
    extends another always, never, or (None) sometimes; `overriding`: at least so many overriding rules.
    """

    def build(dice: Dice) -> tuple[Files, ...]:
        over = dice.maybe(30) if overlay is None else overlay
        return invent_files(
            dice, signs=signs, rules=rules, depth=depth, periods=periods, overlay=over, overriding=overriding
        )

    return _dice().map(build)


def rulesets(
    *,
    signs: int = 5,
    rules: int = 6,
    depth: int = 3,
    periods: bool = True,
    overlay: bool | None = None,
    overriding: int = 0,
) -> st.SearchStrategy[Ruleset]:
    """Any valid ruleset, written as files and loaded; the arguments are those of `ruleset_files`."""
    files = ruleset_files(
        signs=signs, rules=rules, depth=depth, periods=periods, overlay=overlay, overriding=overriding
    )
    return files.map(lambda layers: ruleset_from(*layers))


def _dice() -> st.SearchStrategy[Dice]:
    return st.randoms(use_true_random=False).map(Dice)

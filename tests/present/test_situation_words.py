"""A situation read aloud: who the child is, and what is known."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.small_rulesets import add_indicator, add_rule, load, small
from thresholds.language.definition import CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration, parse_duration

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.boxes import Range
from thresholds.present.situations import in_words, length, who_in_words

BORN = Range(CHILD_UNBORN, "value", high=(Fraction(1), 0))
UNBORN = Range(CHILD_UNBORN, "value", low=(Fraction(1), 0))


def lasting(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)


def aged(low: str | None, high: str | None, name: str = CHILD_AGE) -> Range:
    return Range(name, "value", low=lasting(low), high=lasting(high))


WHO = {
    "a child of 5 to 17": (aged("5 years", "18 years"),),
    "a child of 17": (aged("17 years", "18 years"),),
    "a child of 0 to 4": (aged("0 years", "5 years"),),
    "a child under 18": (aged(None, "18 years"), BORN),
    "a child under 18, or not yet born": (aged(None, "18 years"),),
    "somebody of 18 to 25": (aged("18 years", "26 years"),),
    "somebody of 16 to 20": (aged("16 years", "21 years"),),
    "somebody under 25": (aged(None, "25 years"), BORN),
    "somebody of 25 or older": (aged("25 years", None),),
    "a child at least 6 months and under 2 years old": (aged("6 months", "2 years"),),
    "a child under 28 days old": (aged(None, "28 days"), BORN),
    "a baby not yet born": (UNBORN,),
    "a baby not yet born from 24 weeks of pregnancy": (UNBORN, aged("24 weeks", None, GESTATION)),
    "a baby not yet born before 24 weeks of pregnancy": (UNBORN, aged(None, "24 weeks", GESTATION)),
    "anybody, of any age": (),
    "anybody who is born, of any age": (BORN,),
    "a child under 18, or not yet born (where not yet born, before 24 weeks of pregnancy)": (
        aged(None, "18 years"),
        aged(None, "24 weeks", GESTATION),
    ),
}


@pytest.mark.parametrize(("box", "said"), [(box, said) for said, box in WHO.items()], ids=WHO)
def test_who_the_child_is(box: tuple[Range, ...], said: str) -> None:
    """An age in years where it is one, and the unborn named wherever they are among them."""
    assert who_in_words(box) == said


def number(low: tuple[int, int] | None, high: tuple[int, int] | None, name: str = "attendance") -> Range:
    ends = [None if end is None else (Fraction(end[0]), end[1]) for end in (low, high)]
    return Range(name, "value", low=ends[0], high=ends[1])


def events(low: int | None, high: int | None) -> Range:
    ends = [None if end is None else (Fraction(end), 0) for end in (low, high)]
    return Range("missing_episodes", "events", (0, 12), low=ends[0], high=ends[1])


KNOWN = {
    "attendance: more than 85 and at most 90%": (number((85, 1), (90, 1)),),
    "attendance: less than 90%": (number(None, (90, 0)),),
    "caring: exactly 15 hours a week": (number((15, 0), (15, 1), "caring"),),
    "bruise": (number((1, 0), None, "bruise"),),
    "not: plan": (number(None, (1, 0), "plan"),),
    "hunger: low or moderate (It is low), which nobody meets": (
        number((1, 0), (3, 0), "hunger"),
        Range("hunger", "need"),
    ),
    "hunger: moderate or more (It is moderate), which somebody meets": (
        number((2, 0), None, "hunger"),
        Range("hunger", "need", negated=True),
    ),
    "lives with: others or relatives": (Range("lives_with", "value", words=("relatives", "others")),),
    "missing episodes: at least 3 episodes in 1 year": (events(3, None),),
    "missing episodes: 1 to 2 episodes in 1 year": (events(1, 3),),
    "missing episodes: 0 episodes in 1 year": (events(None, 1),),
    "missing episodes: at some time": (Range("missing_episodes", "some"),),
    "missing episodes: never": (Range("missing_episodes", "some", negated=True),),
    "homeless: at least 28 days": (aged("28 days", None, "homeless"),),
    "homeless: at least 28 days and less than 1 month": (aged("28 days", "1 month", "homeless"),),
    "schooling: does not apply": (Range("schooling", "applies", negated=True),),
    "schooling: applies": (Range("schooling", "applies"),),
    "hunger: low or more (It is low), for at least 3 months": (
        number((1, 0), None, "hunger"),
        Range("hunger", "lasting", low=lasting("3 months")),
    ),
    "hunger, for less than 3 months": (Range("hunger", "lasting", high=lasting("3 months")),),
}


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> InForce:
    files = small()
    add_indicator(files, "schooling", "flag", absent="false", worse="present", may_not_apply=True)
    add_rule(files, when={"schooling": True})
    folder: Path = tmp_path_factory.mktemp("words")
    return load(files, folder).in_force(date(2017, 3, 1))


@pytest.mark.parametrize(("box", "said"), [(box, said) for said, box in KNOWN.items()], ids=KNOWN)
def test_what_is_known(box: tuple[Range, ...], said: str, ruleset: InForce) -> None:
    """What there is is named first, then how bad, how often or how long, and whether somebody meets it."""
    assert in_words(box, ruleset) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("12 months", "1 year"), ("18 months", "1 year 6 months"), ("1 month", "1 month"), ("90 days", "90 days")],
)
def test_a_length_of_time_is_the_same_however_it_was_written(text: str, said: str) -> None:
    """A year is a year where somebody wrote 12 months."""
    duration = parse_duration(text)
    assert duration is not None
    assert length(duration) == said

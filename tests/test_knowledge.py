"""An assessment held against a ruleset: for each indicator, what it may still be."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_rulesets import faults_in, knowing, known_ruleset
from thresholds import Assessment
from thresholds.knowledge import Evidence, Possible, know
from thresholds.language.durations import Elapsed
from thresholds.observing import Events, Span, Words

ON = date(2017, 3, 1)
NOTHING = Possible(None)
EVERYTHING = 4
"""Values of the scales of the small ruleset."""


def possible(name: str, value: Any) -> Possible:
    return knowing(**{name: value}).possible(name)


def span(low: float | str | Fraction, high: float | str | Fraction | None = None) -> Possible:
    return Possible(Span(Fraction(low), Fraction(low if high is None else high)))


# --- known and unknown ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", "unknown", {"value": None}, {"value": "unknown"}, {"value": ""}])
@pytest.mark.parametrize("looked_at", [(), "everything"])
def test_blank_null_and_unknown_are_unknown_whatever_was_looked_at(value: Any, looked_at: object) -> None:
    """Somebody asked and does not know: that beats the tick against the topic."""
    knowledge = knowing(looked_at, bruise=value, hitting=value, lives_with=value)
    assert knowledge.possible("bruise") == span(0, 1)
    assert knowledge.possible("hitting") == span(0, 3)
    assert knowledge.possible("lives_with").value == Words(frozenset(["parents", "relatives", "others"]))
    assert knowledge.present("bruise") is None


def test_what_was_looked_at_and_not_recorded_is_absent() -> None:
    """Each kind takes the value its indicator declares; where that is unknown it stays unknown."""
    knowledge = knowing("everything")
    assert knowledge.possible("hitting") == span(0)
    assert knowledge.possible("caring") == span(0)
    assert knowledge.possible("lives_with").value == Words(frozenset(["parents"]))
    assert knowledge.possible("missing_episodes") == Possible(Events())
    assert knowledge.possible("attendance") == span(0, 100)
    assert knowledge.possible("bruise_explained") == NOTHING
    assert [knowledge.present(name) for name in ("hitting", "attendance", "homeless")] == [False, None, None]


def test_what_was_not_looked_at_is_unknown() -> None:
    """Silence about a topic is no answer, and a tick against another does not make it one."""
    knowledge = knowing(["school"])
    assert knowledge.possible("hitting") == span(0, 3)
    assert knowledge.possible("exclusions") == span(0)
    assert knowledge.present("hitting") is None


@pytest.mark.parametrize(("possible_sessions", "known"), [(19, False), (20, True), (21, True)])
def test_few_sessions_say_nothing(possible_sessions: int, known: bool) -> None:
    """Below the least number of sessions the share is unknown, even where education was looked at."""
    value = {"attended": 10, "possible": possible_sessions}
    knowledge = knowing("everything", attendance=value)
    expected = span(Fraction(1000, possible_sessions)) if known else span(0, 100)
    assert knowledge.possible("attendance") == expected


def test_partial_knowledge_is_a_range() -> None:
    """About an age, gestation, and a number as far as known."""
    assert know(Assessment(on=ON), known_ruleset()).possible("child_age").value == Elapsed(date(1896, 3, 2), ON, ON)
    unborn = know(Assessment(child={"unborn": True, "gestation_weeks": 14}, on=ON), known_ruleset())
    assert unborn.possible("child_age") == NOTHING
    assert unborn.possible("child_unborn") == span(1)
    assert unborn.possible("gestation").value == Elapsed(ON - timedelta(days=104), ON - timedelta(days=98), ON)
    born = know(Assessment(child={"age": 8}, on=ON), known_ruleset())
    assert born.possible("gestation") == NOTHING
    assert born.possible("child_unborn") == span(0)


# --- several observations -------------------------------------------------------------------------


def several(*values: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"value": value} | more for value in values]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("bruise", (False, True), span(1)),
        ("hitting", ("low", "high", "none"), span(3)),
        ("hitting", ("low", "unknown"), span(1)),
        ("caring", (3, 12), span(12)),
        ("caring", ("at least 3", 12), span(12, 168)),
        ("caring", ({"between": [2, 5]}, {"between": [1, 9]}), span(2, 9)),
        ("attendance", (95, 88), span(88)),
        ("attendance", ({"between": [80, 90]}, 85), span(80, 85)),
        ("noise", (10, 60), span(10, 60)),
        ("lives_with", ("relatives", "others"), Possible(Words(frozenset(["relatives", "others"])))),
        ("lives_with", ("parents", "others"), Possible(Words(frozenset(["others"])))),
        ("plan", (True, False), span(1)),
    ],
)
def test_the_worst_current_observation_counts(name: str, values: tuple[Any, ...], expected: Possible) -> None:
    """Each end of what is possible is the worse one; where neither is worse, what is there outweighs what is not."""
    for ordered in (values, values[::-1]):
        assert knowing(**{name: several(*ordered)}).possible(name) == expected


def test_the_longest_time_counts() -> None:
    """Of two times since, the earlier day is the worse."""
    value = knowing(homeless=several("2017-01-31", "2016-12-24")).possible("homeless").value
    assert value == Elapsed(date(2016, 12, 24), date(2016, 12, 24), ON)


def test_events_of_several_reports_are_put_together() -> None:
    """A day that two people report is one day; other days add."""
    value = knowing(missing_episodes=several(["2017-01-01", "2017-02-01"], ["2017-02-01"])).possible("missing_episodes")
    assert value == Possible(Events((date(2017, 1, 1), date(2017, 2, 1))))


@pytest.mark.parametrize(
    ("values", "disagree"),
    [
        ((True, False), True),
        ((True, True), False),
        ((True, None), False),
    ],
)
def test_a_conflict_is_shown(values: tuple[Any, ...], disagree: bool) -> None:
    """The evidence is the observation that counts, with whether others say otherwise."""
    evidence = knowing(bruise=several(*values)).evidence("bruise")
    assert isinstance(evidence, Evidence)
    assert evidence.observation is not None
    assert evidence.observation.value is True
    assert evidence.disagreement is disagree


def test_without_an_observation_there_is_no_evidence() -> None:
    """An answer that rests on silence, or on "not known", rests on no observation."""
    assert knowing("everything").evidence("bruise") is None
    assert knowing(bruise=None).evidence("bruise") is None


def test_a_past_observation_leaves_today_unknown() -> None:
    """What was so once is neither there nor ruled out today: it is asked about, whatever was looked at."""
    past = several(True, status="past")
    assert knowing("everything", bruise=past).possible("bruise") == span(0, 1)
    assert knowing(bruise=past).possible("bruise") == span(0, 1)
    assert knowing(bruise=[*past, {"value": False}]).possible("bruise") == span(0)


@given(st.permutations([{"value": "low"}, {"value": "high", "on": "2017-01-01"}, {"value": None}, {"value": "high"}]))
def test_the_order_of_reports_makes_no_difference(reports: list[dict[str, Any]]) -> None:
    """Whoever is written down first, the value and the evidence are the same."""
    knowledge = knowing(hitting=reports)
    assert knowledge.possible("hitting") == span(3)
    evidence = knowledge.evidence("hitting")
    assert evidence is not None
    assert evidence.observation is not None
    assert evidence.observation.on == date(2017, 1, 1)
    assert evidence.disagreement


# --- needs and times ------------------------------------------------------------------------------


def test_a_need_is_unmet_where_somebody_says_so_of_something_there() -> None:
    """Met, unmet and not said are three things; what is not there is no need."""

    def unmet(value: Any, need: str | None) -> bool | None:
        return knowing(hunger={"value": value, "need": need}).unmet("hunger")

    assert [unmet("low", need) for need in ("unmet", "met", None)] == [True, False, None]
    assert [unmet("none", need) for need in ("unmet", "met", None)] == [False, False, False]
    assert knowing(hunger=several("low", "high", need="met")).unmet("hunger") is False
    mixed = [{"value": "low", "need": "met"}, {"value": "low", "need": "unmet"}]
    assert knowing(hunger=mixed).unmet("hunger") is True
    assert knowing("everything").unmet("hunger") is False
    assert knowing().unmet("hunger") is None


def test_how_long_something_has_lasted() -> None:
    """The longest that is said; unknown where nobody says; nothing where it is not there."""
    lasting = knowing(hunger=several("low", since="3 months") + several("low", since="2016-12-24"))
    assert lasting.lasting("hunger").value == Elapsed(date(2016, 11, 2), date(2016, 12, 1), ON)
    assert knowing(hunger={"value": "none", "since": "3 months"}).lasting("hunger") == NOTHING
    unsaid = knowing(hunger="low").lasting("hunger").value
    assert isinstance(unsaid, Elapsed)
    assert unsaid.latest == ON
    assert knowing().lasting("hunger").perhaps


# --- details --------------------------------------------------------------------------------------


def test_a_detail_cannot_apply_where_its_parent_is_absent() -> None:
    """No bruise has no size and no explanation, whether it was recorded or only not found."""
    for knowledge in (knowing(bruise=False), knowing(["injury"])):
        assert knowledge.possible("bruise_explained") == NOTHING
        assert knowledge.possible("bruise_size") == NOTHING
        assert knowledge.possible("size_seen_by") == NOTHING
        assert knowledge.present("bruise_explained") is False


def test_a_detail_may_not_apply_where_its_parent_is_unknown() -> None:
    """Nothing is known of either: every value, or none."""
    assert knowing().possible("bruise_explained") == Possible(Span(Fraction(0), Fraction(1)), perhaps=True)
    assert knowing().present("bruise_explained") is None


def test_a_detail_of_what_is_there_is_as_any_other() -> None:
    """Looked at and not recorded it is absent, else unknown."""
    assert knowing(bruise=True).possible("bruise_explained") == span(0, 1)
    assert knowing(["injury"], bruise=True).possible("bruise_explained") == span(0)


def test_a_detail_that_is_there_says_that_its_parent_is() -> None:
    """Whoever gives a bruise's size says that there is one, through every step."""
    knowledge = knowing(["injury"], bruise_explained=True)
    assert knowledge.possible("bruise") == span(1)
    assert knowledge.present("bruise") is True
    through = knowing(["injury"], size_seen_by=True)
    assert through.possible("bruise") == span(1)
    assert through.present("bruise_size") is not False
    assert {"bruise", "bruise_explained"} <= knowledge.there


def test_a_detail_that_is_not_known_leaves_its_parent_open() -> None:
    """Whoever says that it is not explained, or that they do not know, had a bruise in mind: silence is not absence."""
    assert knowing(bruise_explained=False).possible("bruise") == span(0, 1)
    assert knowing(["injury"], bruise_explained=False).possible("bruise") == span(0, 1)
    assert knowing(["injury"], bruise_explained=None).possible("bruise") == span(0, 1)


def test_a_detail_that_contradicts_its_parent_is_refused() -> None:
    """A bruise that is not there has no explanation: somebody must say which is so."""
    [fault] = faults_in(observations={"bruise": False, "bruise_explained": True})
    assert fault.field == "observations.bruise_explained"
    assert "is a detail of `bruise`, which is recorded as not there" in fault.message
    assert "record `bruise` as there" in fault.help
    assert knowing(bruise=False, bruise_explained=False).possible("bruise") == span(0)


# --- what does not apply --------------------------------------------------------------------------


def test_what_cannot_be_there_for_this_child_does_not_apply() -> None:
    """Where an indicator allows it, it may be recorded that there is nothing to know: then no test of it holds."""
    knowledge = knowing(nursery_days="does_not_apply")
    assert knowledge.possible("nursery_days") == NOTHING
    assert knowledge.present("nursery_days") is False


def test_what_may_not_apply_and_is_unknown_may_not_apply() -> None:
    """Silence about it leaves every value possible, and none."""
    assert knowing().possible("nursery_days") == Possible(Span(Fraction(0), Fraction(7)), perhaps=True)


def test_a_value_beats_a_report_that_it_does_not_apply() -> None:
    """Of two reports that disagree the one that knows something counts."""
    assert knowing(nursery_days=several("does_not_apply", 3)).possible("nursery_days") == span(3)

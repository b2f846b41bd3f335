"""What is known of one child, as given: every way to say it, every fault told at once, and nothing given away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from thresholds import Assessment, AssessmentInvalid, Child, Observation
from thresholds.errors import Fault
from thresholds.language.durations import Elapsed
from thresholds.reading_files import parse_assessment

ON = date(2017, 3, 1)


def faults(**data: Any) -> tuple[Fault, ...]:
    """What is wrong with an assessment."""
    with pytest.raises(AssessmentInvalid) as caught:
        Assessment(**{"on": ON} | data)
    return caught.value.faults


def the_fault(**data: Any) -> Fault:
    found = faults(**data)
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


# --- the child ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("child", "earliest", "latest"),
    [
        ({"born": "2010-02-28"}, date(2010, 2, 28), date(2010, 2, 28)),
        ({"born": date(2010, 2, 28)}, date(2010, 2, 28), date(2010, 2, 28)),
        ({"age": 8}, date(2008, 3, 2), date(2009, 3, 1)),
        ({"age": 0}, date(2016, 3, 2), date(2017, 3, 1)),
        ({"age": "8"}, date(2008, 3, 2), date(2009, 3, 1)),
        ({"months": 3}, date(2016, 11, 2), date(2016, 12, 1)),
        ({"weeks": 6}, date(2017, 1, 12), date(2017, 1, 18)),
        ({"days": 90}, date(2016, 12, 1), date(2016, 12, 1)),
        ({"days": 0}, ON, ON),
        ({"between": [4, 5]}, date(2011, 3, 2), date(2013, 3, 1)),
        ({"between": (0, 1)}, date(2015, 3, 2), ON),
        ({}, date(1896, 3, 2), ON),
    ],
)
def test_every_way_of_giving_an_age_is_the_births_it_leaves_possible(
    child: dict[str, Any], earliest: date, latest: date
) -> None:
    """A birth date, completed years, months, weeks or days, a range, or nothing."""
    assert Assessment(child=child, on=ON).child.elapsed(ON) == Elapsed(earliest, latest, ON)


def test_an_unborn_child_has_no_age() -> None:
    """Age does not apply before birth; weeks of pregnancy may be given or not."""
    for child in ({"unborn": True}, {"unborn": True, "gestation_weeks": 14}):
        assessment = Assessment(child=child, on=ON)
        assert assessment.child.elapsed(ON) is None
        assert assessment.child.age_known


def test_whether_an_age_is_known_is_told() -> None:
    """Nothing given is unknown; a wide range is known as far as it goes."""
    assert not Child().age_known
    assert Child(between=(0, 17)).age_known
    assert Child(days=0).age_known


WRONG_CHILDREN: dict[str, tuple[Any, str, str, str]] = {
    "two ways": ({"age": 8, "months": 100}, "child", "gives the age in 2 ways: age, months", "give the one"),
    "three ways": ({"age": 8, "days": 9, "born": "2010-01-01"}, "child", "in 3 ways: born, age, days", "give the one"),
    "below 0": ({"age": -1}, "child.age", "too low", "0 or more"),
    "too old": ({"age": 121}, "child.age", "too high", "at most 120"),
    "an age with a zero before": ({"age": "010"}, "child.age", "not a whole number", "number without leading zeros"),
    "weeks with a zero before": (
        {"unborn": True, "gestation_weeks": "08"},
        "child.gestation_weeks",
        "not a whole number",
        "number without leading zeros",
    ),
    "half a year": ({"age": 8.5}, "child.age", "not a whole number", "write a whole number"),
    "a word": ({"age": "eight"}, "child.age", "not a whole number", "write a whole number"),
    "true": ({"age": True}, "child.age", "not a whole number", "write a whole number"),
    "a list": ({"months": [3]}, "child.months", "not a whole number", "write a whole number"),
    "not a number": ({"age": float("nan")}, "child.age", "not a finite number", "whole number"),
    "without end": ({"days": float("inf")}, "child.days", "not a finite number", "whole number"),
    "a number beyond counting": ({"age": 10**400}, "child.age", "too high", "at most 120"),
    "born after": ({"born": "2017-03-02"}, "child.born", "lies after `on`", "unborn: true"),
    "born in another age": ({"born": "1890-01-01"}, "child.born", "more than 120 years", "correct one"),
    "no date": ({"born": "28/02/2010"}, "child.born", "is not a date", "2017-03-01"),
    "no day": ({"born": "2010-02-30"}, "child.born", "is not a date", "2017-03-01"),
    "a number for a date": ({"born": 20100228}, "child.born", "is not a date", "2017-03-01"),
    "a time of day": ({"born": datetime(2010, 2, 28, 12)}, "child.born", "is not a date", "2017-03-01"),
    "unborn with an age": ({"unborn": True, "age": 0}, "child.age", "unborn child, who has no age", "take out"),
    "weeks of pregnancy of the born": ({"age": 3, "gestation_weeks": 12}, "child.gestation_weeks", "unborn", "unborn:"),
    "a pregnancy too long": (
        {"unborn": True, "gestation_weeks": 46},
        "child.gestation_weeks",
        "too high",
        "at most 45",
    ),
    "unborn, perhaps": ({"unborn": "maybe"}, "child.unborn", "neither true nor false", "true or false"),
    "a range turned round": ({"between": [5, 4]}, "child.between", "older age", "younger age first"),
    "half a range": ({"between": [5]}, "child.between[1]", "is missing", "add it"),
    "three ends": ({"between": [1, 2, 3]}, "child.between", "too many", "at most 2"),
    "no range": ({"between": 5}, "child.between", "is not a list", "[4, 5]"),
    "a field nobody knows": ({"years": 3}, "child.years", "not known here", "correct its name"),
    "no mapping": ("8", "child", "not a mapping", "indented"),
    "null": (None, "child", "not a mapping", "indented"),
}


@pytest.mark.parametrize("case", WRONG_CHILDREN)
def test_an_age_that_is_none_is_told_with_its_field(case: str) -> None:
    """The field, what is wrong with it, and what is accepted."""
    child, field, message, help_ = WRONG_CHILDREN[case]
    fault = the_fault(child=child)
    assert fault.field == field
    assert message in fault.message
    assert help_ in fault.help


# --- the rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "field", "message", "help_"),
    [
        ({"on": None}, "on", "is not a date", "2017-03-01"),
        ({"on": "1 March 2017"}, "on", "is not a date", "2017-03-01"),
        ({"on": datetime(2017, 3, 1)}, "on", "is not a date", "2017-03-01"),
        ({"on": 1488326400}, "on", "is not a date", "2017-03-01"),
        ({"on": "1817-03-01"}, "on", "outside the years 1900 to 2200", "2017-03-01"),
        ({"looked_at": "school"}, "looked_at", "neither a list of topics nor the word everything", "[education,"),
        ({"looked_at": None}, "looked_at", "neither a list of topics nor the word everything", "as a list"),
        ({"looked_at": [3]}, "looked_at[0]", "is not text", "plain text"),
        ({"looked_at": ["school", "x" * 81]}, "looked_at[1]", "too long", "at most 80"),
        ({"consent": "yes"}, "consent", "is not accepted", "'given', 'refused'"),
        ({"reference": "John Smith"}, "reference", "may not stand there", "no name of a person"),
        ({"reference": "x" * 65}, "reference", "may not stand there", "64 at most"),
        ({"reporter_role": "x" * 81}, "reporter_role", "too long", "at most 80"),
        ({"views": {"child": 3}}, "views.child", "is not text", "plain text"),
        ({"views": {"child": "x" * 20_001}}, "views.child", "too long", "at most 20000"),
        ({"views": {"mother": "x"}}, "views.mother", "not known here", "correct its name"),
        ({"observation": {}}, "observation", "not known here", "correct its name"),
        ({"observations": ["bruise"]}, "observations", "not a mapping", "indented"),
        ({"observations": {3: True}}, "observations[3]", "is not text", "plain text"),
        (
            {"observations": {"bruise": {"value": True, "basis": "rumour"}}},
            "observations.bruise.basis",
            "not acc",
            "seen",
        ),
        ({"observations": {"bruise": {"value": True, "sinse": "x"}}}, "observations.bruise.sinse", "not known", "name"),
        ({"observations": {"bruise": {"need": "unmet"}}}, "observations.bruise", "gives no value", "add `value:`"),
        (
            {"observations": {"bruise": [{"value": True}, {"value": True, "on": "soon"}]}},
            "observations.bruise[1].on",
            "is not a date",
            "2017-03-01",
        ),
    ],
)
def test_a_field_that_is_not_right_is_told(data: dict[str, Any], field: str, message: str, help_: str) -> None:
    """Dates, topics, consent, roles, references, views and observations."""
    fault = the_fault(**data)
    assert fault.field == field
    assert message in fault.message
    assert help_ in fault.help


def test_all_faults_come_at_once() -> None:
    """One error with every fault, each naming its field."""
    found = faults(
        child={"age": -1, "height": 3},
        on="soon",
        looked_at=7,
        consent="maybe",
        views=[],
        observations={"bruise": float("nan"), "hitting": {"value": "low", "status": "old"}},
        surprise=1,
    )
    assert [fault.field for fault in found] == [
        "child.age",
        "child.height",
        "on",
        "looked_at",
        "observations.bruise",
        "observations.hitting.status",
        "views",
        "consent",
        "surprise",
    ]
    assert all(fault.message and fault.help for fault in found)
    with pytest.raises(AssessmentInvalid, match="assessment: 2 faults"):
        Assessment(on="soon", consent="maybe")


@pytest.mark.parametrize("data", [None, 3, "text", [], [("on", "2017-03-01")], {3: 4}, {"on": "2017-03-01", None: 1}])
def test_a_file_that_holds_no_assessment_is_told(data: object) -> None:
    """`read` takes what a YAML or JSON file holds, whatever that is."""
    with pytest.raises(AssessmentInvalid) as caught:
        Assessment.read(data)
    assert caught.value.faults[0].field == "assessment"
    assert caught.value.faults[0].help


def test_the_key_on_may_have_been_read_as_true() -> None:
    """PyYAML, which reads YAML 1.1, makes True of the bare key `on`: the project's own examples are read so too."""
    for path in sorted((Path(__file__).parents[1] / "examples" / "assessments").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        read, typed = Assessment.read(yaml.safe_load(text)), Assessment.read(parse_assessment(text.encode(), "x").data)
        assert (read.on, read.child, read.looked_at) == (typed.on, typed.child, typed.looked_at)
        for name, several in read.observations.items():
            assert [one.on for one in several] == [one.on for one in typed.observations[name]]
    seen = {"value": True, True: "2017-02-01"}
    observed = Assessment.read({True: ON, "observations": {"a": seen, "b": [seen, {"value": False}]}}).observations
    assert [one.on for one in (*observed["a"], *observed["b"])] == [date(2017, 2, 1), date(2017, 2, 1), None]


def test_only_true_stands_for_the_key_on_and_only_where_there_is_none() -> None:
    """Beside `on` it is a name that is not text, and so is 1, which equals True."""
    for data in ({"on": ON, True: ON}, {1: ON}):
        with pytest.raises(AssessmentInvalid) as caught:
            Assessment.read(data)
        [fault] = caught.value.faults
        assert fault.message == "has a field whose name is not text"
        assert fault.help == "write names as text"
    fault = the_fault(observations={"a": {"value": True, "on": ON, True: ON}})
    assert (fault.message, fault.help) == ("has a name that is not text", "write names as text")
    fault = the_fault(observations={"a": {True: ON}})
    assert (fault.field, fault.message) == ("observations.a", "gives no value")


def test_an_observation_may_be_given_in_several_ways() -> None:
    """A value alone, a mapping with a value, an Observation, or a list of these."""
    one = Observation(value=True, on=ON)
    assessment = Assessment(on=ON, observations={"a": True, "b": {"value": 3}, "c": one, "d": [one, {"value": False}]})
    assert {name: [each.value for each in several] for name, several in assessment.observations.items()} == {
        "a": [True],
        "b": [3],
        "c": [True],
        "d": [True, False],
    }


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (date(2017, 1, 31), "2017-01-31"),
        (90.0, "90.0"),
        (0.1, "0.1"),
        (89.99999999999999, "89.99999999999999"),
        (1e-7, "0.0000001"),
        (Decimal("88.50"), "88.50"),
        ((1, 2), [1, 2]),
        ({"between": (1, Decimal("2.5"))}, {"between": [1, "2.5"]}),
        ([date(2017, 1, 1)], ["2017-01-01"]),
        (None, None),
        ("", ""),
    ],
)
def test_a_value_is_kept_as_the_digits_that_were_written(given_: Any, kept: Any) -> None:
    """Dates become text, numbers with a point their digits: nothing is rounded on the way."""
    assert Assessment(on=ON, observations={"x": given_}).observations["x"][0].value == kept


# --- what is never given away ---------------------------------------------------------------------

SECRET = "Tom Harris of 4 Mill Lane"


def test_nothing_of_a_case_shows_when_it_is_printed() -> None:
    """`repr` and `str` of every part name the type and nothing else."""
    assessment = Assessment(
        child={"born": "2010-11-12"},
        on=ON,
        observations={"bruise": {"value": SECRET, "since": SECRET}},
        views={"child": SECRET},
        reference="case-77",
    )
    parts = (assessment, assessment.child, assessment.views, assessment.observations["bruise"][0])
    for part in parts:
        assert str(part) == repr(part) == f"{part}" == f"{type(part).__name__}(...)"
    assert SECRET not in f"{assessment.observations} {parts}"
    assert "2010" not in repr(vars(assessment).values().__class__)


def _with_secret() -> Iterator[dict[str, Any]]:
    yield {"child": {"age": SECRET}}
    yield {"child": SECRET}
    yield {"on": SECRET}
    yield {"looked_at": [{"topic": SECRET}]}
    yield {"looked_at": SECRET}
    yield {"consent": SECRET}
    yield {"reference": SECRET}
    yield {"reporter_role": SECRET * 5}
    yield {"views": {"child": [SECRET]}}
    yield {"views": {SECRET: "x"}}
    yield {SECRET: 1}
    yield {"observations": {SECRET * 5: True}}
    yield {"observations": {"bruise": {"value": True, "basis": SECRET}}}
    yield {"observations": {"bruise": {"value": True, SECRET: 1}}}
    yield {"observations": {"bruise": [[[[[[[[SECRET]]]]]]]]}}


@pytest.mark.parametrize("data", list(_with_secret()))
def test_what_was_given_is_not_repeated_in_a_fault(data: dict[str, Any]) -> None:
    """Free text, names and values of a case stay out of every message."""
    with pytest.raises(AssessmentInvalid) as caught:
        Assessment(**{"on": ON} | data)
    assert "Tom" not in str(caught.value)
    assert "Tom" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("model", [Child, Observation, Assessment])
def test_pydantic_keeps_quiet_as_well(model: type[Child] | type[Observation] | type[Assessment]) -> None:
    """Where pydantic speaks for itself, it does not show what it was given."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(f'{{"age": "{SECRET}", "on": "{SECRET}"')
    assert "Tom" not in str(caught.value)


def test_an_assessment_does_not_change() -> None:
    """Neither the whole nor its parts can be written to."""
    assessment = Assessment(child={"age": 8}, on=ON, observations={"bruise": True})
    for part, name in ((assessment, "on"), (assessment.child, "age"), (assessment.observations["bruise"][0], "value")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, None)
    assert isinstance(assessment.observations["bruise"], tuple)

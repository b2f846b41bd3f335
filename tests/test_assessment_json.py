"""Assessments as JSON: there and back, by their schema, and whatever else a file may hold."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thresholds
from thresholds import Assessment, AssessmentInvalid, Child

ON = date(2017, 3, 1)


# --- JSON -----------------------------------------------------------------------------------------


def _six(number: float) -> float:
    return round(number, 6)


PLAIN = (
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text("abc_ -", max_size=8) | st.floats(0, 100).map(_six)
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.sampled_from(["count", "within", "attended"]), PLAIN)
DAYS = st.dates(date(2000, 1, 1), ON)
OBSERVATIONS = VALUES | st.fixed_dictionaries(
    {"value": VALUES},
    optional={
        "on": DAYS,
        "basis": st.sampled_from(["seen", "reported", "opinion"]),
        "status": st.sampled_from(["current", "past"]),
        "need": st.sampled_from(["met", "unmet"]),
        "since": DAYS | st.just("3 months"),
    },
)
CHILDREN: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"born": DAYS}),
    st.fixed_dictionaries({"age": st.integers(0, 25)}),
    st.fixed_dictionaries({"between": st.tuples(st.integers(0, 9), st.integers(9, 18))}),
    st.fixed_dictionaries({"unborn": st.just(True), "gestation_weeks": st.integers(0, 45)}),
)
ASSESSMENTS = st.fixed_dictionaries(
    {"on": st.just(ON)},
    optional={
        "child": CHILDREN,
        "looked_at": st.just("everything") | st.lists(st.sampled_from(["school", "home"])),
        "observations": st.dictionaries(
            st.sampled_from(["bruise", "caring", "attendance"]),
            OBSERVATIONS | st.lists(st.fixed_dictionaries({"value": PLAIN}), min_size=1, max_size=3),
        ),
        "consent": st.sampled_from(["given", "refused", "not_sought"]),
        "views": st.fixed_dictionaries({}, optional={"child": st.text(max_size=20), "parents": st.text(max_size=20)}),
        "reporter_role": st.sampled_from(["teacher", None]),
        "reference": st.sampled_from(["case-1", None]),
    },
)


@given(ASSESSMENTS)
def test_an_assessment_goes_to_json_and_comes_back_the_same(data: dict[str, Any]) -> None:
    """Through JSON text, through plain Python data, and through copies."""
    assessment = Assessment(**data)
    assert Assessment.model_validate_json(assessment.model_dump_json()) == assessment
    assert Assessment.read(json.loads(assessment.model_dump_json())) == assessment
    assert Assessment.read(assessment.model_dump()) == assessment
    assert assessment.model_copy() == assessment


SCHEMA = Assessment.model_json_schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def test_the_schema_is_a_schema() -> None:
    """What is published holds to JSON Schema 2020-12, and describes the parts by their names."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert {"Child", "Observation", "Views"} <= set(SCHEMA["$defs"])
    assert SCHEMA["required"] == ["on"]
    assert SCHEMA["additionalProperties"] is False


@given(ASSESSMENTS)
def test_what_the_library_writes_fits_its_schema(data: dict[str, Any]) -> None:
    """Every assessment's JSON is accepted by the schema."""
    CHECK.validate(json.loads(Assessment(**data).model_dump_json()))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"on": "soon"},
        {"on": "2017-03-01", "child": {"age": -1}},
        {"on": "2017-03-01", "child": {"years": 3}},
        {"on": "2017-03-01", "child": 8},
        {"on": "2017-03-01", "consent": "maybe"},
        {"on": "2017-03-01", "looked_at": "school"},
        {"on": "2017-03-01", "reference": "John Smith"},
        {"on": "2017-03-01", "surprise": 1},
    ],
)
def test_what_the_schema_refuses_the_library_refuses(data: dict[str, Any]) -> None:
    """Tools that check by the schema and those that check by the library agree on plain faults."""
    assert not CHECK.is_valid(data)
    with pytest.raises(AssessmentInvalid):
        Assessment.read(data)


@pytest.mark.parametrize(
    "observations",
    [
        {"bruise": True, "caring": 12, "hitting": "low", "attendance": {"attended": 3, "possible": 4}},
        {"bruise": {"value": True, "on": "2017-01-01", "basis": "seen"}, "missing_episodes": ["2017-01-01"]},
        {"bruise": [{"value": True}, {"value": False, "status": "past"}], "hitting": None},
    ],
)
def test_what_people_write_fits_the_schema(observations: dict[str, Any]) -> None:
    """The short forms are in the schema too."""
    data = {"on": "2017-03-01", "child": {"age": 8}, "looked_at": ["school"], "observations": observations}
    CHECK.validate(data)
    Assessment.read(data)


# --- huge and odd ---------------------------------------------------------------------------------


def _deep(depth: int) -> object:
    nest: object = True
    for _ in range(depth):
        nest = [nest]
    return nest


def _loop() -> object:
    loop: list[object] = []
    loop.append(loop)
    return {"value": loop}


ODD: dict[str, dict[Any, Any]] = {
    "a deep list": {"observations": {"bruise": _deep(100_000)}},
    "a deep age": {"child": {"age": _deep(100_000)}},
    "a list that holds itself": {"observations": {"bruise": _loop()}},
    "a huge number": {"observations": {"caring": 10**400}},
    "a huge exponent": {"observations": {"caring": Decimal("1e999999999")}},
    "a tiny exponent": {"observations": {"caring": Decimal("1e-999999999")}},
    "no number": {"observations": {"caring": Decimal("sNaN")}},
    "a fraction": {"observations": {"caring": Fraction(1, 3)}},
    "half a character in a value": {"observations": {"lives_with": "\ud800"}},
    "half a character in a key": {"observations": {"\ud800": True}},
    "half a character in a text": {"views": {"child": "\ud800"}},
    "half a character in a list": {"observations": {"x": {"value": ["\udfff"]}}},
    "half a character in a field": {"\ud800": 1},
    "100,000 fields": {f"field_{number}": 1 for number in range(100_000)},
    "100,000 observations": {"observations": {f"sign_{number}": True for number in range(100_000)}},
    "100,000 of one": {"observations": {"bruise": [{"value": True}] * 100_000}},
    "a million dates": {"observations": {"missing_episodes": ["2017-01-01"] * 1_000_000}},
    "a megabyte of text": {"observations": {"lives_with": "x" * 1_000_000}},
    "bytes": {"observations": {"bruise": b"true"}},
    "a set": {"observations": {"bruise": {True}}},
    "a function": {"observations": {"bruise": print}},
    "a type": {"child": Child},
}


@pytest.mark.parametrize("case", ODD)
def test_however_odd_the_answer_is_one_error_and_quick(case: str) -> None:
    """AssessmentInvalid with a field, a message and a help, and never thousands of them."""
    with pytest.raises(AssessmentInvalid) as caught:
        Assessment(**{"on": ON} | ODD[case])
    found = caught.value.faults
    assert len(found) <= 101
    for fault in found:
        assert fault.field
        assert fault.message
        assert fault.help
        assert len(str(fault)) < 500


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["child", "on", "looked_at", "observations", "views", "consent", "reporter_role", "reference"])


@settings(max_examples=300)
@given(st.dictionaries(FIELDS, ANYTHING) | ANYTHING | st.dictionaries(FIELDS, st.dictionaries(FIELDS, ANYTHING)))
def test_anything_at_all_is_an_assessment_or_one_error(data: object) -> None:
    """Whatever a file holds, nothing but AssessmentInvalid is raised."""
    try:
        assessment = Assessment.read(data)
    except AssessmentInvalid as error:
        found = error.faults
    else:
        found = ()
        assert Assessment.model_validate_json(assessment.model_dump_json()) == assessment
    assert all(fault.field and fault.message and fault.help for fault in found)


def test_assessment_invalid_is_of_the_library() -> None:
    """One tree: whoever catches ThresholdsError catches it."""
    assert issubclass(AssessmentInvalid, thresholds.ThresholdsError)

"""`thresholds assess`: guidance in words and as data, from YAML and JSON alike."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import thresholds
from tests.cases import folder, ruleset
from tests.command_line import AS_YAML, CASE, ENGINES, SECRET, assess, case


def test_assess_prints_guidance_with_the_level_first(tmp_path: Path) -> None:
    """Status 0, the level of need at the top, nothing on standard error, and no colour down a pipe."""
    status, out, error = assess(case(tmp_path / "case.yaml", AS_YAML))
    assert (status, error) == (0, "")
    assert out.startswith("Level of need: targeted\n")
    assert "\x1b" not in out
    assert SECRET not in out


def test_json_and_yaml_give_the_decision_that_the_library_gives(tmp_path: Path) -> None:
    """Real types and text alike, nulls and blanks left out, and the JSON is the model's own."""
    expected = ruleset().assess(thresholds.Assessment.read(CASE))
    for name, content in (("case.yaml", AS_YAML), ("case.json", CASE), ("case.yml", CASE), ("case.txt", CASE)):
        status, out, error = assess(case(tmp_path / name, content), "--json")
        decision = thresholds.Decision.model_validate_json(out)
        assert (status, error) == (0, "")
        same = decision.model_copy(update={"record": expected.record, "questions": expected.questions})
        assert same == expected
        assert decision.record.hash == thresholds.load(folder()).hash
        assert SECRET not in out


def test_what_is_left_blank_is_not_given_in_json_too(tmp_path: Path) -> None:
    """Null and empty text are as if the field were not there."""
    blank: dict[str, Any] = {
        **CASE,
        "consent": None,
        "reference": "",
        "looked_at": None,
        "child": {"age": 8, "born": None},
        "observations": {"hitting": {"value": None, "on": ""}, "caring": ""},
    }
    status, out, _ = assess(case(tmp_path / "case.json", blank), "--json")
    decision = thresholds.Decision.model_validate_json(out)
    assert (status, decision.consent, decision.status) == (0, "not_recorded", "not_enough_known")


@pytest.mark.parametrize(
    ("yaml", "as_json"),
    [
        ("observations: {bruise: true}", {"bruise": True}),
        ("observations: {bruise: false}", {"bruise": False}),
        ("observations: {caring: 12.5}", {"caring": 12.5}),
        ("observations: {caring: 12.5}", {"caring": "12.5"}),
        ("observations: {caring: at least 3}", {"caring": "at least 3"}),
        ("observations: {caring: {between: [2, 5]}}", {"caring": {"between": [2, 5]}}),
        ("observations: {homeless: 2017-01-31}", {"homeless": "2017-01-31"}),
        ("observations: {missing_episodes: [2017-02-01]}", {"missing_episodes": ["2017-02-01"]}),
        (
            "observations: {missing_episodes: {count: 3, within: 90 days}}",
            {"missing_episodes": {"count": 3, "within": "90 days"}},
        ),
        ("observations: {hitting: unknown}", {"hitting": None}),
    ],
)
def test_every_kind_of_value_can_be_written_in_both_languages(
    tmp_path: Path, yaml: str, as_json: dict[str, Any]
) -> None:
    """Flags, numbers, dates, counts and null mean the same in YAML and in JSON."""
    head = {"child": {"age": 8}, "on": "2017-03-01"}
    files = (
        case(tmp_path / "a.yaml", f"child: {{age: 8}}\non: 2017-03-01\n{yaml}\n"),
        case(tmp_path / "a.json", {**head, "observations": as_json}),
    )
    first, second = (assess(file, "--json") for file in files)
    assert first == second
    assert first[0] == 0


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """YAML and JSON are told apart by how they begin."""
    for content in (AS_YAML, json.dumps(CASE)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        status, out, _ = assess("-")
        assert status == 0
        assert out.startswith("Level of need: targeted\n")


def test_all_shows_every_question(tmp_path: Path) -> None:
    """`--all` gives more than the first ones."""
    file = case(tmp_path / "case.yaml", AS_YAML)
    assert len(assess(file, "--all")[1]) > len(assess(file)[1]) - 200
    assert "`--all`" not in assess(file, "--all")[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_answers_the_same(tmp_path: Path, engine: str) -> None:
    """Only the record names the engine."""
    _, out, _ = assess(case(tmp_path / "case.yaml", AS_YAML), "--json", "--engine", engine)
    data = json.loads(out)
    assert data["record"].pop("engine") == engine
    _, other, _ = assess(tmp_path / "case.yaml", "--json", "--engine", "reference")
    reference = json.loads(other)
    reference["record"].pop("engine")
    assert data == reference


def test_a_pinned_date_is_in_the_record(tmp_path: Path) -> None:
    """`--as-at` answers by the thresholds of that day, and the parameter's value of then applies."""
    content = {**CASE, "observations": {"attendance": 88}, "looked_at": "everything"}
    file = case(tmp_path / "case.json", content)
    now, then = (assess(file, "--json", *pin)[1] for pin in ((), ("--as-at", "2014-01-01")))
    assert (json.loads(now)["tier"], json.loads(then)["tier"]) == ("targeted", "universal")
    assert json.loads(then)["record"]["as_at"] == "2014-01-01"
    assert "by the thresholds as of 1 January 2014" in " ".join(assess(file, "--as-at", "2014-01-01")[1].split())

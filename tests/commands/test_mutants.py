"""`thresholds check --mutants`: what a policy officer sees of it, and what a pipeline does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases import with_examples
from tests.command_line import run
from tests.small_rulesets import write

pytest.importorskip("pysat", reason="mutation testing needs python-sat")

CHILD = {"child": {"age": "8"}, "on": "2017-03-01", "looked_at": "everything"}
HIT: dict[str, Any] = {
    "assessment": {**CHILD, "observations": {"hitting": "moderate"}},
    "expect": {"at_least": {"enquiry": "points_to"}},
}


def written(path: Path) -> Path:
    return write(with_examples(HIT), path / "small")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_it_says_what_would_go_unnoticed_and_shows_a_child(tmp_path: Path) -> None:
    """Status 1; how many, what notices the others, and for each of them a worked example to write."""
    status, out, error = run("check", written(tmp_path), "--mutants")
    assert (status, error) == (1, "")
    told = flat(out)
    assert "small changes would go unnoticed" in told
    assert "would be noticed by 1 worked example, " in told
    assert "Noticed by nothing (" in told
    assert "child: {born: " in told
    assert "Answered now: " in told
    assert "With the change: " in told
    assert "Noticed by boundary pairs only (" in told
    assert "parameter `many_hours` 16 instead of 15 (small/parameters.yaml:" in told


def test_as_data_every_change_has_its_verdict(tmp_path: Path) -> None:
    """With its place, what it was and became, and by whom it was noticed."""
    status, out, error = run("check", written(tmp_path), "--mutants", "--json")
    data = json.loads(out)
    assert (status, error) == (1, "")
    assert data["complete"] is True
    assert data["examples"] == 1
    verdicts = [one["verdict"] for one in data["changes"]]
    for verdict in ("refused", "noticed", "noticed_by_pairs", "equivalent", "unnoticed", "not_finished"):
        assert data[verdict] == verdicts.count(verdict)
    [one] = [
        one
        for one in data["changes"]
        if one["change"] == "rule `hitting_rule`: `hitting: high` instead of `>= moderate`"
    ]
    assert (one["verdict"], one["by"], one["kind"]) == ("noticed", "example_1", "limit")
    assert one["file"] == "small/rules/rules.yaml"
    assert one["line"] > 1
    unnoticed = [one for one in data["changes"] if one["verdict"] == "unnoticed"]
    assert all(one["assessment"]["observations"] is not None and len(one["answered"]) == 2 for one in unnoticed)


def test_a_day_does_not_go_with_it(tmp_path: Path) -> None:
    """Each change is tried on the days of the examples: a day is misuse, and it is said why."""
    status, out, error = run("check", written(tmp_path), "--mutants", "--on", "2017-03-01")
    assert (status, out) == (2, "")
    assert "--on does not go with --mutants" in error
    assert "on the days of the worked examples" in error


def test_it_can_be_written_as_a_page(tmp_path: Path) -> None:
    """The whole of it into a file, the summary onto the screen."""
    page = tmp_path / "changes.html"
    status, out, _ = run("check", written(tmp_path), "--mutants", "--html", page)
    assert status == 1
    assert "Report: " in flat(out)
    assert "Noticed by nothing" not in out
    assert "Noticed by nothing" in page.read_text(encoding="utf-8")

"""`thresholds examples`, `indicators`, `schema`, and what comes with the library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import thresholds
from tests.cases import folder, with_examples
from tests.command_line import ROOT, run
from tests.small_rulesets import write


def test_examples_that_all_pass_give_status_0(tmp_path: Path) -> None:
    """How many there are is said, and which rules none of them makes true."""
    right = {"assessment": {"child": {"age": 8}, "on": "2017-03-01"}, "expect": {"tier": "none"}}
    place = write(with_examples(right), tmp_path / "small")
    status, out, error = run("examples", place)
    assert (status, error) == (0, "")
    assert "1 worked example, all answered as expected" in out
    assert "that no example makes true" in out
    assert "hitting_rule" in out


def test_examples_that_differ_give_status_1_and_say_what(tmp_path: Path) -> None:
    """Title, place and every difference, in words and as data."""
    wrong = {
        "title": "A child nobody knows",
        "assessment": {"child": {"age": 8}, "on": "2017-03-01"},
        "expect": {"tier": "universal"},
    }
    place = write(with_examples(wrong), tmp_path / "small")
    status, out, _ = run("examples", place)
    assert status == 1
    assert "A child nobody knows" in out
    assert "small/worked_examples/ours.yaml:1:" in out
    assert "tier: expected universal, got none" in out
    status, out, _ = run("examples", place, "--json")
    data = json.loads(out)
    assert (status, data["passed"], data["differing"]) == (1, 0, 1)
    assert data["results"][0]["differences"] == ["tier: expected universal, got none"]
    assert "hitting_rule" in data["unexercised"]


def test_a_ruleset_without_examples_says_so() -> None:
    """Nothing differs, and nothing is tested."""
    status, out, _ = run("examples", folder())
    assert status == 0
    assert "there are no worked examples" in out


def test_indicators_finds_by_name_and_meaning() -> None:
    """Label, id, how to write it, what its values look like, topic with its question, and basis."""
    status, out, error = run("indicators", "hitting", "--ruleset", folder())
    assert (status, error) == (0, "")
    for part in ("1 indicator for: hitting", "hitting: high", "• moderate: It is moderate.", "Is the child hurt?"):
        assert part in out
    assert "Where nothing is recorded: none, once the topic was looked at" in " ".join(out.split())
    data = json.loads(run("indicators", "hitting", "--ruleset", folder(), "--json")[1])
    assert data[0]["id"] == "hitting"
    assert data[0]["topic"]["question"] == "Is the child hurt?"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["attendence"], "attendance"),
        (["hiting"], "hitting"),
        (["Missing", "episodes"], "missing_episodes"),
        (["going", "missing", "episodes"], "missing_episodes"),
        (["NEIGHBOUR"], "helpful_neighbour"),
        (["need"], "hunger"),
        (["relatives"], "lives_with"),
    ],
)
def test_indicators_finds_near_words_tags_and_values(asked: list[str], found: str) -> None:
    """Misspelt, in capitals, several words, a tag, or a word of what a value looks like."""
    data = json.loads(run("indicators", *asked, "--ruleset", folder(), "--json")[1])
    assert found in [one["id"] for one in data]


@pytest.mark.parametrize("asked", ["qqqq", "***", "", "\x1b[31m", "x" * 5000])
def test_indicators_says_when_there_is_none(asked: str) -> None:
    """Status 0, a hint, and an empty list as data."""
    status, out, error = run("indicators", asked, "--ruleset", folder())
    assert (status, error) == (0, "")
    assert out.startswith("No indicator for:")
    assert "\x1b" not in out
    assert json.loads(run("indicators", asked, "--ruleset", folder(), "--json")[1]) == []


def test_schema_describes_both_models() -> None:
    """Assessments are the default; every field of what goes in and comes out is described."""
    assert run("schema") == run("schema", "assessment") == run("schema", "assessment", "--json")
    given_, answered = (json.loads(run("schema", of)[1]) for of in ("assessment", "decision"))
    assert set(given_["properties"]) == set(thresholds.Assessment.model_fields)
    assert set(answered["properties"]) == set(thresholds.Decision.model_fields)
    assert given_["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize("file", sorted((ROOT / "examples" / "assessments").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_example_assessment_is_answered(file: Path) -> None:
    """With the bundled LLR thresholds, in words and as data."""
    status, out, error = run("assess", file)
    assert (status, error) == (0, "")
    assert out.startswith(("Level of need: ", "Outside"))
    decision = thresholds.Decision.model_validate_json(run("assess", file, "--json")[1])
    assert decision.record.ruleset == "llr"


@pytest.mark.parametrize("name", ["england", "llr"])
def test_the_bundled_rulesets_answer_their_own_examples(name: str) -> None:
    """What comes with the library loads, and every worked example is answered as it expects."""
    assert run("check", name)[0] == 0
    status, out, _ = run("examples", name)
    assert status == 0, out

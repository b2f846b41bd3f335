"""`thresholds check`: what a policy officer sees of it, what a pipeline does, and that nothing makes it fall over."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cases import folder
from tests.command_line import in_shell, needs_shell, run
from tests.policy.signed import EXAMPLE
from tests.small_rulesets import Files, add_rule, entry, small, write

pytest.importorskip("pysat", reason="proofs need python-sat")

DEAD: dict[str, Any] = {"when": {"hunger": ">= low", "child_age": ">= 30 years"}}
TWIN: dict[str, Any] = {"when": {"lives_with": "others"}, "then": {"review": "points_to"}}


def written(path: Path, files: Files | None = None, **rules: dict[str, Any]) -> Path:
    """The small ruleset with some further rules."""
    files = small() if files is None else files
    for name, fields in rules.items():
        add_rule(files, name, **fields)
    return write(files, path / "small")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_of_a_ruleset_without_problems_it_says_what_it_is() -> None:
    """Status 0, how large it is, and on which day it was looked at."""
    status, out, error = run("check", folder())
    assert (status, error) == (0, "")
    assert out.startswith("small: no problem found, ")
    assert "10 rules, 16 indicators, 0 worked examples; as in force on 1 September 2015" in flat(out)
    assert json.loads(run("check", folder(), "--json")[1])["problems"] == []


def test_it_lists_every_problem(tmp_path: Path) -> None:
    """Status 1; file, line and column, what is wrong and what would be right; and what was left out for the rest."""
    files = small()
    entry(files, "hitting_rule")["when"] = {"hiting": ">= moderate"}
    entry(files, "missing_rule")["then"] = {"enquiri": "consider"}
    entry(files, "others_rule")["when"] = {"neglect": "low"}
    place = written(tmp_path, files, dead=DEAD)
    status, out, error = run("check", place)
    assert (status, error) == (1, "")
    assert re.search(r"small/rules/rules\.yaml:\d+:\d+: .*`hiting`", flat(out))
    for part in ("did you mean hitting?", "`enquiri`", "skips a worse value", "Left out, to check the rest"):
        assert part in flat(out)
    assert "Rules that can never hold (1)" in out
    assert "Sources that are never cited" not in out
    status, out, _ = run("check", place, "--json")
    data = json.loads(out)
    assert status == 1
    assert {"file", "line", "column", "message", "help"} == set.union(*(set(one) for one in data["problems"]))
    assert {one["id"] for one in data["left_out"]} >= {"hitting_rule", "missing_rule", "others_rule"}
    assert {one["because"] for one in data["left_out"]} == {"it has a problem", "it depends on what is left out"}


def test_other_commands_refuse_what_has_problems_and_send_here(tmp_path: Path) -> None:
    """Of many problems they show the first few."""
    files = small()
    for number in range(9):
        add_rule(files, f"broken_{number}", when={"hiting": ">= moderate"})
    status, out, error = run("examples", written(tmp_path, files))
    assert (status, out) == (2, "")
    assert "`thresholds check` lists them" in error


def test_where_nothing_is_left_it_says_why(tmp_path: Path) -> None:
    """A header that cannot be used: its problems, and that nothing else was looked at."""
    files = small()
    files["ruleset.yaml"].pop("edition")
    place = written(tmp_path, files)
    status, out, _ = run("check", place)
    assert status == 1
    assert "`edition` is missing" in out
    assert "Nothing else was checked" in out
    assert json.loads(run("check", place, "--json")[1])["why_not_checked"]


@pytest.mark.parametrize(
    ("rules", "status", "strict"),
    [({}, 0, 0), ({"twin": TWIN}, 0, 1), ({"dead": DEAD}, 1, 1)],
    ids=["notes", "something to look at", "a problem"],
)
def test_the_status_is_of_use_to_a_pipeline(
    rules: dict[str, dict[str, Any]], status: int, strict: int, tmp_path: Path
) -> None:
    """Problems give 1, things to look at with --strict only, notes never; the help says so."""
    place = written(tmp_path, **rules)
    assert run("check", place)[0] == status
    assert run("check", place, "--strict")[0] == strict
    said = flat(run("check", "--help")[1])
    assert "--strict only; notes never do" in said


def test_an_example_that_differs_is_a_problem(tmp_path: Path) -> None:
    """Status 1, among the problems, with its place."""
    files = small()
    files["worked_examples/ours.yaml"] = [{**EXAMPLE, "expect": {"tier": "universal"}}]
    place = written(tmp_path, files)
    assert run("check", place)[0] == 1
    [problem] = json.loads(run("check", place, "--json")[1])["problems"]
    assert problem["file"] == "small/worked_examples/ours.yaml"


def test_the_short_answer_names_and_the_whole_one_tells(tmp_path: Path) -> None:
    """Notes by name, lines with gaps alone; with --all each with its place, every line, and a child."""
    place = written(tmp_path, twin=TWIN)
    short, whole = run("check", place)[1], run("check", place, "--all")[1]
    assert "bruise_explained, helpful_neighbour" in short
    assert "Neglect" in short
    assert "Attendance" not in short
    assert "looked_at: everything" not in short
    assert len(short) < len(whole)
    assert re.search(r"small/indicators/safeguarding\.yaml:\d+:\d+", whole)
    assert re.search(r"aged 5 to 15\s+targeted\s+school support", whole)
    assert "looked_at: everything" in whole
    assert all(len(line) <= 80 for line in short.splitlines())


def test_the_data_are_whole(tmp_path: Path) -> None:
    """Each finding with its kind, places, children and answers; each line; each limit."""
    data = json.loads(run("check", written(tmp_path, twin=TWIN), "--json")[1])
    [twin] = [one for one in data["findings"] if one["kind"] == "never_decides"]
    assert (twin["severity"], twin["subject"], twin["others"]) == ("warning", "twin", ["others_rule"])
    assert [place["file"] for place in twin["places"]] == ["small/rules/rules.yaml"] * 2
    assert twin["assessments"][0]["observations"]["lives_with"]["value"] == "others"
    assert twin["responses"] == [{"review": "points_to"}]
    line = next(one for one in data["value_lines"] if one["indicator"] == "exclusions")
    assert [one["values"] for one in line["segments"]] == ["0 exclusions", "1 to 4 exclusions", "5 or more exclusions"]
    assert line["segments"][1]["leads_to"] == [
        {"ages": None, "level": "targeted", "responses": {"school_support": "points_to"}}
    ]
    assert {"name", "below", "above", "tested_below", "tested_above", "rules"} <= set(data["limits"][0])
    assert data["complete"] is True


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    """As a page and as Markdown, with everything; the screen says where."""
    place = written(tmp_path, twin=TWIN)
    page, paper = tmp_path / "check.html", tmp_path / "check.md"
    status, out, error = run("check", place, "--html", page, "--markdown", paper)
    assert (status, error) == (0, "")
    assert str(page) in "".join(out.split())  # a long path is folded
    assert "aged 5 to 15" in page.read_text(encoding="utf-8")
    assert "twin" in paper.read_text(encoding="utf-8")


def test_the_day_can_be_chosen(tmp_path: Path) -> None:
    """A rule that had ended by then is no matter; a day before the ruleset is misuse."""
    place = written(tmp_path, dead=DEAD | {"until": "2012-01-01"})
    assert run("check", place)[0] == 0
    assert run("check", place, "--on", "2011-01-01")[0] == 1
    status, out, error = run("check", place, "--on", "1999-01-01")
    assert (status, out) == (2, "")
    assert "begins on 2010-01-01" in error


def test_without_the_solver_the_rest_is_checked(tmp_path: Path) -> None:
    """What needs proof is said not to have been looked at, and what to install; all else is there."""
    program = (
        "import sys; sys.modules['pysat'] = None; from thresholds.cli import main; raise SystemExit(main(sys.argv[1:]))"
    )
    place = written(tmp_path, dead=DEAD)
    for strict, expected in (([], 0), (["--strict"], 1)):
        command = [sys.executable, "-c", program, "check", str(place), *strict]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == expected
        assert "Nothing is proved of every child" in done.stdout
        assert "pip install" in done.stdout
        assert "Sources that are never cited" in done.stdout


@needs_shell
def test_it_runs_as_a_command() -> None:
    """In a shell, on the bundled ruleset for England: no problem, nothing on standard error."""
    done = in_shell("thresholds check england")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"england: no problem found")


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_file_cut_anywhere_never_makes_it_fall_over(cut: int, tmp_path: Path) -> None:
    """However much of a file is there: an answer, and status 0 or 1."""
    place = written(tmp_path)
    path = place / "rules" / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: len(text) * cut // 100], encoding="utf-8")
    status, out, error = run("check", place)
    assert status in (0, 1)
    assert out
    assert error == ""

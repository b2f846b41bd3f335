"""Files that cannot be used: one clear message, at once, and not a word of the case in it."""

from __future__ import annotations

import json
import os
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import thresholds
from tests.cases import assessments
from tests.command_line import AS_YAML, CASE, SECRET, assess, case

FAULTY_YAML = f"""\
child: {{age: {SECRET}}}
on: 2017-03-01
looked_at: [scool]
consent: {SECRET}
observations:
  hittin: low
  attendance: 0.9
  neglect: {{value: {SECRET}, on: 2017-02-31}}
  hunger: {SECRET}
  missing_episodes: [2018-01-01]
"""


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """File, line, field, what is wrong and what is accepted, without the values of the case."""
    file = case(tmp_path / "case.yaml", FAULTY_YAML)
    status, out, error = assess(file)
    assert (status, out) == (2, "")
    assert error.startswith(f"thresholds: {file} cannot be used: 8 faults\n")
    for told in (
        f"{file}:1:9: child.age: is not a whole number",
        f"{file}:3:13: looked_at[0]: there is no topic `scool`\n    did you mean school?",
        f"{file}:4:1: consent: is not accepted\n    accepted: 'given'",
        f"{file}:6:3: observations.hittin: is no indicator of this ruleset\n    did you mean hitting?",
        f"{file}:7:3: observations.attendance: looks like a share of 1, and a percentage is meant\n    write 90",
        f"{file}:8:29: observations.neglect.on: is not a date\n    write it as 2017-03-01",
        f"{file}:9:3: observations.hunger: is none of its values\n    accepted: none, low, moderate, high, unknown",
        f"{file}:10:3: observations.missing_episodes: holds a date after the day of the assessment",
    ):
        assert told in error
    assert SECRET not in error


def test_errors_of_the_json_option_are_json_on_standard_error(tmp_path: Path) -> None:
    """Standard output stays empty, so that no program takes an error for an answer."""
    status, out, error = assess(case(tmp_path / "case.yaml", FAULTY_YAML), "--json")
    assert (status, out) == (2, "")
    told = json.loads(error)
    assert {(fault["field"], fault["line"]) for fault in told["faults"]} >= {("child.age", 1), ("looked_at[0]", 3)}
    assert all(fault["message"] for fault in told["faults"])


JSON_HEAD = '{"child": {"age": 8}, "on": "2017-03-01", "observations": {"caring": '


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.yaml", "", "the file is empty"),
        ("empty.json", " \n", "the file is empty"),
        ("blank.yaml", "# nothing\n", "the file is empty"),
        ("list.yaml", "- child\n", "is not a mapping"),
        ("list.json", "[1]", "is not a mapping"),
        ("text.json", f'"{SECRET}"', "is not a mapping"),
        ("scalar.yaml", SECRET, "is not a mapping"),
        ("no_day.yaml", "child: {age: 8}", "on: is missing"),
        ("unknown_field.yaml", f"on: 2017-03-01\nname of child: {SECRET}", "is not known here"),
        ("bomb.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "an anchor"),
        ("tag.yaml", "on: !!python/object/apply:os.system ['x']", "a tag"),
        ("two.yaml", "on: 2017-03-01\n---\non: 2017-03-01\n", "a second document"),
        ("deep.yaml", "[" * 5000, "nested more than"),
        ("deep.json", '{"a":' * 100_000, "nested too deeply"),
        ("junk.yaml", bytes(range(256)) * 50, "NUL"),
        ("junk.json", bytes(range(255, 0, -1)), "not UTF-8"),
        ("nul.json", b'{"on": "\0"}', "cannot be read as JSON"),
        ("utf_16.yaml", "on: 2017-03-01".encode("utf-16"), "UTF-16"),
        ("latin.yaml", f"on: 2017-03-01\nviews: {{child: {SECRET} é}}".encode("latin-1"), "not UTF-8"),
        ("nan.json", JSON_HEAD + "NaN}}", "NaN or Infinity"),
        ("infinity.json", JSON_HEAD + "-Infinity}}", "NaN or Infinity"),
        ("huge.json", JSON_HEAD + "1e999999999}}", "too many digits"),
        ("long.json", JSON_HEAD + "9" * 10_000 + "}}", "too many digits"),
        ("twice.json", '{"on": "2017-03-01", "on": "2017-03-02"}', "`on` is given twice"),
        ("twice_secret.json", f'{{"views": {{"{SECRET} x": 1, "{SECRET} x": 2}}}}', "a name is given twice"),
        ("twice.yaml", "on: 2017-03-01\non: 2017-03-02\n", "stands here again"),
        ("cut.json", f'{{"on": "2017-03-01",\n "views": {{"child": "{SECRET}', "cut.json:2:"),
        ("surrogate.json", f'{{"on": "2017-03-01", "reporter_role": "{SECRET}\\ud800"}}', "reporter_role"),
        ("colon.yaml", f"on: 2017-03-01\nviews:\n  child: {SECRET} said: no\n", "colon.yaml:3:"),
        ("quote.yaml", f'on: 2017-03-01\nviews:\n  child: "{SECRET} said\n', "is not closed"),
        ("block.yaml", f"on: 2017-03-01\nviews:\n  child: >{SECRET}\n", "without quotes"),
        ("glued.yaml", f"on: 2017-03-01\nviews:\n  child:{SECRET} wept\n", "glued.yaml:3:"),
        ("indent.yaml", f"on: 2017-03-01\n  {SECRET}: wept\n", "indent.yaml:2:"),
        ("born.json", '{"child": {"born": 0}, "on": "2017-03-01"}', "child.born: is not a date"),
        ("aged.json", '{"child": {"age": true}, "on": "2017-03-01"}', "child.age: is not a whole number"),
        ("day.json", '{"child": {"age": 8}, "on": 1488326400}', "on: is not a date"),
        ("old.yaml", "child: {age: 8}\non: 2001-01-01\n", "begins on 2010-01-01"),
    ],
)
def test_a_file_that_cannot_be_used_gives_one_clear_message(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    """Status 2, nothing on standard output, and nothing of the case in the message."""
    status, out, error = assess(case(tmp_path / name, content))
    assert (status, out) == (2, "")
    assert words in error
    assert error.startswith("thresholds: ")
    assert SECRET not in error


def test_a_very_large_file_is_refused_at_once(tmp_path: Path) -> None:
    """50 MB are not read."""
    file = tmp_path / "large.yaml"
    with file.open("wb") as writing:
        writing.truncate(50_000_000)
    status, _, error = assess(file)
    assert status == 2
    assert "is larger than 2 MB" in error


def test_two_megabytes_of_faults_are_told_briefly(tmp_path: Path) -> None:
    """Thousands of faults do not flood the screen: a hundred are told, and that there are more."""
    content = {**CASE, "observations": {f"sign_{number}": 1 for number in range(4000)}}
    status, _, error = assess(case(tmp_path / "many.json", content))
    assert status == 2
    assert "101 faults" in error
    assert "and 51 more: `--json` gives them all" in error


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path) -> None:
    """A folder, a named pipe, a link that leads nowhere, a name that is too long, nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, words in (
        (tmp_path, "this is a folder"),
        (tmp_path / "pipe", "a device or a pipe"),
        (tmp_path / "loop", "is a link to another file"),
        (tmp_path / ("x" * 3000), "cannot be read"),
        (tmp_path / "missing.yaml", "there is no such file"),
        ("/dev/zero", "a device or a pipe"),
        ("", "this is a folder"),
    ):
        status, out, error = assess(path)
        assert (status, out) == (2, "")
        assert words in error


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """Where somebody gives a link by hand, the file it leads to is meant."""
    (tmp_path / "link.yaml").symlink_to(case(tmp_path / "case.yaml", AS_YAML))
    assert assess(tmp_path / "link.yaml")[0] == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    """Permission denied is told, with what to give instead."""
    file = case(tmp_path / "case.yaml", AS_YAML)
    file.chmod(0)
    status, _, error = assess(file)
    assert status == 2
    assert "cannot be read" in error


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode), ending=st.sampled_from(["yaml", "json"])
)
def test_any_bytes_give_an_answer_or_a_message(tmp_path: Path, content: bytes, ending: str) -> None:
    """Never a traceback, and status 0 or 2."""
    status, out, error = assess(case(tmp_path / f"any.{ending}", content))
    assert status in (0, 2)
    assert bool(out) is (status == 0)
    assert bool(error) is (status == 2)


_MARKS = st.text(alphabet=string.punctuation + " \n\tab", max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_MARKS, after=_MARKS, where=st.sampled_from(["views", "value", "key", "top"]), quick=st.booleans())
def test_no_message_repeats_the_words_of_a_case(
    tmp_path: Path, before: str, after: str, where: str, quick: bool
) -> None:
    """Whatever stands around a name makes the file good or bad, and never brings the name into a message."""
    text = f"{before}{SECRET} hit her{after}"
    ending = "json" if quick else "yaml"
    head = "child: {age: 8}\non: 2017-03-01\n"
    yaml = {
        "views": f"{head}views:\n  child: {text}\n",
        "value": f"{head}observations:\n  hunger: {text}\n",
        "key": f"{head}observations:\n  {text}: low\n",
        "top": f"{head}{text}: low\n",
    }[where]
    parts: dict[str, dict[str, Any]] = {
        "views": {"views": {"child": text, text: text}},
        "value": {"observations": {"hunger": {"value": "low", "since": text}}},
        "key": {"observations": {text: {"value": 1, text: 2}}},
        "top": {text: text},
    }
    data = {"child": {"age": 8}, "on": "2017-03-01", **parts[where]}
    _, out, error = assess(case(tmp_path / f"any.{ending}", data if quick else yaml))
    assert SECRET not in out + error


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(assessments())
def test_every_case_that_can_be_read_is_answered(tmp_path: Path, given_case: dict[str, Any]) -> None:
    """In words and as data, and the data round-trips."""
    file = case(tmp_path / "case.json", given_case)
    status, out, _ = assess(file, "--json")
    decision = thresholds.Decision.model_validate_json(out)
    assert status == 0
    assert json.loads(decision.model_dump_json()) == json.loads(out)
    status, text, _ = assess(file)
    assert status == 0
    assert text.startswith(f"Level of need: {decision.tier}" if decision.tier else ("Level of need: not", "Outside"))

"""`thresholds export` and `thresholds import`: what they print, what they write, and with which status they end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import thresholds
from tests.command_line import in_shell, needs_shell, run
from tests.marking import Marked, every_byte, layered, small_one


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the small ruleset, beside which files are written."""
    return small_one(tmp_path / "rules")


def marked(place: Path, file: Path, *changes: tuple[str, str, str, object]) -> Path:
    """An exported spreadsheet with these cells changed."""
    one = Marked(thresholds.load(place))
    for change in changes:
        one.put(*change)
    file.write_bytes(one.content())
    return file


NUMBER = ("Numbers", "many_hours", "Value", 16)
TITLE = ("Rules", "others_rule", "Title", "With others: not family")
COMMENT = ("Rules", "others_rule", "Comment", "ask housing")


def test_what_was_exported_is_imported_without_a_change(place: Path, tmp_path: Path) -> None:
    """Status 0 both times, and what is said leads from one to the other."""
    file = tmp_path / "out.xlsx"
    status, out, error = run("export", place, "--xlsx", file)
    assert (status, error) == (0, "")
    assert "Its first sheet says how to read it" in out
    assert "thresholds import" in out
    before = every_byte(place)
    status, out, error = run("import", place, "--xlsx", file, "--write")
    assert (status, error) == (0, "")
    assert "0 changes" in out
    assert every_byte(place) == before


def test_a_spreadsheet_that_is_there_is_not_overwritten_unasked(place: Path, tmp_path: Path) -> None:
    """Somebody's comments may stand in it."""
    file = marked(place, tmp_path / "votes.xlsx", COMMENT)
    content = file.read_bytes()
    status, out, error = run("export", place, "--xlsx", file)
    assert (status, out) == (2, "")
    assert "is there already" in error
    assert "--replace" in error
    assert file.read_bytes() == content
    assert run("export", place, "--xlsx", file, "--replace")[0] == 0
    assert file.read_bytes() != content


def test_changes_are_told_in_sentences_and_as_a_difference(place: Path, tmp_path: Path) -> None:
    """What, before, after, cell, file and line; the comment; the unified diff; and nothing is written."""
    file = marked(place, tmp_path / "votes.xlsx", NUMBER, TITLE, COMMENT)
    before = every_byte(place)
    status, out, error = run("import", place, "--xlsx", file)
    assert (status, error) == (1, "")
    words = " ".join(out.split())
    assert "2 changes" in words
    assert "number many_hours, Value: “15” becomes “16”" in words
    assert "rule others_rule, Title: “Lives with others” becomes “With others: not family”" in words
    assert "small/parameters.yaml:" in words
    assert "1 comment" in words
    assert "rule others_rule: ask housing" in words
    lines = out.splitlines()
    assert "--- a/small/parameters.yaml" in lines
    assert "-  value: '15'" in lines
    assert "+  value: '16'" in lines
    assert "+  title: 'With others: not family'" in lines
    assert lines[-1] == "Nothing was written. With --write it is."
    assert every_byte(place) == before


def test_written_on_request_the_ruleset_says_it(place: Path, tmp_path: Path) -> None:
    """Afterwards the same spreadsheet brings nothing new."""
    file = marked(place, tmp_path / "votes.xlsx", NUMBER, TITLE)
    status, out, error = run("import", place, "--xlsx", file, "--write")
    assert (status, error) == (1, "")
    assert "Written: small/parameters.yaml, small/rules/rules.yaml." in out
    definition = thresholds.load(place).definition
    assert definition.parameters["many_hours"].value == "16"
    assert definition.plain_rules["others_rule"].title == "With others: not family"
    assert run("check", place)[0] == 0
    status, out, _ = run("import", place, "--xlsx", file)
    assert (status, "0 changes" in out) == (0, True)


def test_comments_alone_are_no_change(place: Path, tmp_path: Path) -> None:
    """They are listed, with status 0."""
    file = marked(place, tmp_path / "votes.xlsx", COMMENT)
    status, out, _ = run("import", place, "--xlsx", file)
    assert (status, "ask housing" in out) == (0, True)


def test_what_is_not_taken_over_is_found_something(place: Path, tmp_path: Path) -> None:
    """Status 1; what can be taken over is, beside what cannot."""
    file = marked(place, tmp_path / "votes.xlsx", NUMBER, ("Rules", "others_rule", "Ages", "5 to 7"))
    status, out, _ = run("import", place, "--xlsx", file, "--write")
    words = " ".join(out.split())
    assert status == 1
    assert "Not taken over: 1" in words
    assert "rule others_rule, Ages: “0 to 17” became “5 to 7”" in words
    assert "may be changed: Title, Because" in words
    assert thresholds.load(place).definition.parameters["many_hours"].value == "16"


def test_a_change_that_breaks_the_ruleset_is_shown_at_its_line_and_its_cell(place: Path, tmp_path: Path) -> None:
    """Status 2, and nothing is written: not even the change that would be right by itself."""
    wrong = ("Rules", "others_rule", "When, in rule language", "lives_with: strangers")
    file = marked(place, tmp_path / "votes.xlsx", NUMBER, wrong)
    before = every_byte(place)
    status, out, error = run("import", place, "--xlsx", file, "--write")
    assert (status, error) == (2, "")
    words = " ".join(out.split())
    assert "With these changes the ruleset would not load: 1 problem" in words
    assert "`strangers` is not one of its values" in words
    assert "(cell Rules!" in words
    assert "+    lives_with: strangers" in out.splitlines()
    assert "Nothing was written." in words
    assert every_byte(place) == before


def test_a_rule_that_nothing_outweighs_cannot_be_weakened_through_a_spreadsheet(tmp_path: Path) -> None:
    """What belongs to the base is only to be read: of an overlay only its own entries are taken over."""
    place = layered(tmp_path)
    weaker = ("Rules", "hitting_rule", "When, in rule language", "hitting: high")
    file = marked(place, tmp_path / "votes.xlsx", weaker, ("Numbers", "much_care", "Value", "50"))
    status, out, _ = run("import", place, "--xlsx", file, "--write")
    words = " ".join(out.split())
    assert status == 1
    assert "it belongs to the layer small: to have it differ, replace it in local, with a reason" in words
    assert thresholds.load(place).definition.parameters["much_care"].value == "50"
    assert thresholds.load(tmp_path / "small").definition == thresholds.load(small_one(tmp_path / "x")).definition


def test_as_data_for_other_programs(place: Path, tmp_path: Path) -> None:
    """Everything that is printed, as JSON."""
    file = marked(place, tmp_path / "votes.xlsx", NUMBER, COMMENT, ("Rules", "others_rule", "Ages", "5 to 7"))
    status, out, _ = run("import", place, "--xlsx", file, "--json")
    data = json.loads(out)
    [change], [refused], [comment] = data["changes"], data["not_taken_over"], data["comments"]
    assert (status, data["ruleset"], data["written"], data["problems"]) == (1, "small", False, [])
    assert (change["about"], change["before"], change["after"]) == ("number many_hours", "15", "16")
    assert change["place"].startswith("small/parameters.yaml:")
    assert (refused["kind"], comment["text"]) == ("read only", "ask housing")
    assert data["difference"].startswith("--- a/small/parameters.yaml\n")
    assert data["ruleset_unchanged_since_export"] is True
    export = json.loads(run("export", place, "--xlsx", tmp_path / "new.xlsx", "--json")[1])
    assert export["hash"] == thresholds.load(place).hash


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import", "{place}", "--xlsx", "{tmp}/none.xlsx"), "cannot be read (No such file or directory)"),
        (("import", "{place}", "--xlsx", "{place}/parameters.yaml"), "parameters.yaml: this is not an .xlsx file"),
        (("import", "no_such_ruleset", "--xlsx", "x.xlsx"), "there is no ruleset `no_such_ruleset`"),
        (("import", "{place}"), "the following arguments are required: --xlsx"),
        (("export", "{place}"), "the following arguments are required: --xlsx"),
        (("export", "{place}", "--xlsx", "{tmp}/no/folder/x.xlsx"), "cannot be written (No such file or directory)"),
    ],
)
def test_misuse_is_one_message(place: Path, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Status 2, nothing on standard output."""
    status, out, error = run(*(one.format(place=place, tmp=tmp_path) for one in arguments))
    assert (status, out) == (2, "")
    assert message in error


def test_a_ruleset_with_problems_is_told_before_the_spreadsheet_is_read(place: Path, tmp_path: Path) -> None:
    """Nothing can be held against it."""
    file = marked(place, tmp_path / "votes.xlsx")
    (place / "parameters.yaml").write_text("- id: x\n", encoding="utf-8")
    status, out, error = run("import", place, "--xlsx", file)
    assert (status, out) == (2, "")
    assert "the ruleset cannot be used" in error


def test_without_the_extra_it_says_what_to_install(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands are there all the same."""
    for name in [name for name in sys.modules if name.startswith("thresholds.spreadsheet")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    for command in ("export", "import"):
        status, _, error = run(command, place, "--xlsx", tmp_path / "x.xlsx")
        assert status == 2
        assert "pip install 'thresholds[spreadsheet]'" in error


@needs_shell
def test_a_name_alone_is_enough_in_a_folder_of_ones_own(place: Path, tmp_path: Path) -> None:
    """As people type it: `.` for the ruleset, a file beside it, a difference that `patch` would take."""
    file = marked(place, tmp_path / "votes.xlsx", NUMBER)
    done = in_shell(f"cd {place} && thresholds import . --xlsx {os.path.relpath(file, place)} --write")
    assert done.returncode == 1, done.stderr.decode()
    assert "+  value: '16'" in done.stdout.decode().splitlines()
    assert thresholds.load(place).definition.parameters["many_hours"].value == "16"

"""`thresholds compare`: what it says, its exit status, its reports, its errors, and how it can be stopped."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import run
from tests.small_rulesets import OURS, Change, Files, entry, small, write

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.commands import compare as comparing
from thresholds.policy.searching import NotFinished, Search

WORKED = ("llr@2015-02-01", "llr@2016-09-01")


def nothing(files: Files) -> None:
    """No change."""


def weaker(files: Files) -> None:
    """Living with others is looked at only where somebody wishes."""
    entry(files, "others_rule")["then"] = {"review": "offer"}


def stated(files: Files) -> None:
    """That whoever lives with others is pointed to a review."""
    child = {"lives_with": "others", "child_age": "< age_of_majority"}
    files["invariants.yaml"] = [
        {"id": "others", "statement": "Always.", "kind": "leads_to", "when": child, "response": "review", "basis": OURS}
    ]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(small(), tmp_path / "old" / "small")


def made(folder: Path, *changes: Change) -> Path:
    files = small()
    for change in changes:
        change(files)
    return write(files, folder / "new" / "small")


def data_of(*arguments: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(run("compare", *arguments, "--json")[1])
    return data


def words_of(*arguments: object) -> str:
    """What is said, however it is folded."""
    return " ".join(run("compare", *arguments)[1].split())


# --- what is said, and the status -----------------------------------------------------------------------------------


def test_two_alike_are_proved_alike(old: Path, tmp_path: Path) -> None:
    """The same files elsewhere: nothing changed, nobody differs, and there is no table to read."""
    status, out, error = run("compare", old, made(tmp_path, nothing), "--same")
    assert (status, error) == (0, "")
    assert "nothing changed in what is written" in out
    assert "every child is answered alike. This is proved for all of them" in " ".join(out.split())
    assert "nobody: proved" not in out


@pytest.mark.parametrize(
    ("changes", "options", "status"),
    [
        ((nothing,), (), 0),
        ((nothing,), ("--same",), 0),
        ((weaker,), (), 0),
        ((weaker,), ("--same",), 1),
        ((stated,), (), 0),
        ((stated, weaker), (), 1),
        ((stated, weaker), ("--json",), 1),
    ],
)
def test_the_exit_status(
    changes: tuple[Change, ...], options: tuple[str, ...], status: int, old: Path, tmp_path: Path
) -> None:
    """1 where a statement of the new one fails, and with --same where somebody is answered differently."""
    assert run("compare", old, made(tmp_path, *changes), *options)[0] == status


def test_a_difference_is_told_whole(old: Path, tmp_path: Path) -> None:
    """Who, how before and now, by which rule at which line, and because of which change."""
    said = words_of(old, made(tmp_path, weaker))
    assert "1. review: called for \u2192 may be offered" in said
    assert "A child under 18, with this and no other need: \u2022 lives with: others" in said
    assert "may be offered Before: universal. \u2022 Lives with others. (others_rule, small/rules/rules.yaml:" in said
    assert "Because of this change: rule \u201cLives with others\u201d (others_rule, small/rules/rules.yaml:" in said
    assert "what follows, review: was \u201ccalled for\u201d, is \u201cmay be offered\u201d." in said
    assert "For every other response, and every other way, it is proved that no child is answered differently." in said
    assert "universal nobody: proved as before nobody: proved nobody: proved" in said


def test_a_broken_statement_is_named_with_its_line(old: Path, tmp_path: Path) -> None:
    """What no longer holds comes before everything else that is found."""
    said = words_of(old, made(tmp_path, stated, weaker))
    assert "Statements: 1 of 1 do not hold of the new one. \u2022 REFUTED: Always. (small/invariants.yaml:1:3)" in said


def test_the_worked_example() -> None:
    """LLR in February 2015 against September 2016: one change of level, in words that can be read aloud."""
    status, out, error = run("compare", *WORKED)
    said = " ".join(out.split())
    assert (status, error) == (0, "")
    assert "For: children assessed on 1 September 2016, of whom everything is known" in said
    assert "1. From universal to targeted ----" in said
    assert (
        "A child of 5 to 17, with this and no other need: "
        "\u2022 attendance at school or college: more than 85 and at most 90% "
        "Level of need: universal \u2192 targeted"
    ) in said
    assert out.count("SOME CHILDREN") == 1
    assert "value: was \u201c85%\u201d, is \u201c90%\u201d" in said
    assert max(map(len, out.splitlines())) <= 80


def test_another_value_for_a_parameter() -> None:
    """`--set` is compared with what stands in the files, and named."""
    status, out, _ = run("compare", "llr", "llr", "--set", "persistent_absence_attendance=88", "--signs", "1")
    assert status == 0
    assert out.startswith("From llr to llr persistent_absence_attendance=88\n")
    assert "From targeted to universal" in out
    assert "more than 88 and at most 90%" in out


def test_all_of_it_on_wish(old: Path, tmp_path: Path) -> None:
    """`--all` gives each child as a file that `assess` reads."""
    new = made(tmp_path, weaker)
    short, whole = run("compare", old, new)[1], run("compare", old, new, "--all")[1]
    assert "lives_with: others" not in short
    assert "lives_with: others" in whole


# --- as data, and in files ------------------------------------------------------------------------------------------


def test_as_data_everything_is_there(old: Path, tmp_path: Path) -> None:
    """Every way of differing is possible, proved impossible or not finished; the child can be assessed again."""
    data = data_of(old, made(tmp_path, weaker))
    assert list(data) == [
        *("old", "new", "on", "same", "same_on_that_day", "other_days", "situations", "proof_seconds", "seconds"),
        *("possible", "proved_impossible", "not_finished", "differences", "text", "statements"),
        *("unlike", "only_old", "only_new", "ruled_out_by_one", "by_calendar"),
    ]
    assert (data["same"], data["situations"], data["not_finished"]) == (False, "all", [])
    assert data["possible"] == [{"of": "review", "before": "points_to", "after": "offer"}]
    assert len(data["proved_impossible"]) == 12 + 2 + 4 * 20 - 1
    (one,) = data["differences"]
    assert (one["who"], one["situations"], one["moves"]) == ("a child under 18", 1, data["possible"])
    assert one["parts"] == [{"number": 1, "of": ["lives with: others"]}]
    assert (
        [rule["rule"] for rule in one["rules_before"]]
        == [rule["rule"] for rule in one["rules_after"]]
        == ["others_rule"]
    )
    assert one["because_of"] == [{"kind": "rule", "id": "others_rule"}]
    (change,) = data["text"]
    assert (change["kind"], change["id"], change["how"]) == ("rule", "others_rule", "altered")
    assert change["fields"] == [{"field": "what follows, review", "before": "called for", "after": "may be offered"}]
    case = tmp_path / "case.json"
    case.write_text(json.dumps(one["assessment"]), encoding="utf-8")
    found = json.loads(run("assess", case, "--ruleset", old, "--json")[1])
    assert found["responses"] == {"review": "points_to"}


def test_the_same_again_is_the_same(old: Path, tmp_path: Path) -> None:
    """But for the time it took, the data of two runs do not differ."""
    new = made(tmp_path, weaker)
    first, second = data_of(old, new), data_of(old, new)
    for one in (first, second):
        del one["seconds"], one["proof_seconds"]
    assert first == second


def test_reports_are_written_and_the_screen_says_where(old: Path, tmp_path: Path) -> None:
    """Both files hold everything; the screen only the short of it."""
    html, markdown = tmp_path / "found.html", tmp_path / "found.md"
    status, out, _ = run("compare", old, made(tmp_path, weaker), "--html", html, "--markdown", markdown)
    assert status == 0
    assert f"Report:writtento{html}" in "".join(out.split())  # a long path is folded
    assert "with this and no other need" not in out
    for file in (html, markdown):
        text = file.read_text(encoding="utf-8")
        assert "with this and no other need" in text
        assert "lives_with: others" in text


# --- what is not accepted -------------------------------------------------------------------------------------------


REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "no such ruleset": (("llr", "nowhere"), "there is no ruleset `nowhere`", "bundled are england, llr"),
    "none at a day": (("nowhere@2016-01-01", "llr"), "there is no ruleset `nowhere`", "bundled are"),
    "no day": (("llr@2016-1-1", "llr"), "`llr@2016-1-1`: what follows the @ is no date", "write it as llr@2016-09-01"),
    "no such day": (("llr", "llr@2016-02-31"), "what follows the @ is no date", "write it as"),
    "too early": (("llr@2014-01-01", "llr"), "ruleset llr begins on 2015-02-01", "pin a later date"),
    "assessed too early": (("llr", "england", "--on", "2014-01-01"), "does not answer for 2014-01-01", "from then on"),
    "both the same": (("llr", "llr"), "OLD and NEW are both `llr`, so there is nothing to compare", "name two"),
    "the same day": (("llr@2016-01-01", "llr@2016-01-01"), "OLD and NEW are both", "set a parameter"),
    "no parameter": (("llr", "llr", "--set", "nothing=3"), "llr has no parameter `nothing`", "parameters.yaml"),
    "nearly": (
        ("llr", "llr", "--set", "persistent_absence_attendence=3"),
        "llr has no parameter `persistent_absence_attendence`",
        "did you mean persistent_absence_attendance?",
    ),
    "no value": (
        ("llr", "llr", "--set", "low_attendance="),
        "`--set low_attendance=` sets no parameter",
        "write --set",
    ),
    "no equals": (("llr", "llr", "--set", "low_attendance"), "`--set low_attendance` sets no parameter", "write --set"),
    "twice": (
        ("llr", "llr", "--set", "low_attendance=80", "--set", "low_attendance=81"),
        "`low_attendance` is set twice",
        "one value",
    ),
    "no number": (("llr", "llr", "--set", "low_attendance=much"), "`much` is neither a number nor", "write 90"),
    "out of range": (("llr", "llr", "--set", "low_attendance=120"), "120 lies outside the range", "correct the number"),
    "too many signs": (("llr", "england", "--signs", "9"), "--signs: is not a number from 1 to 4", "--help"),
    "no folder": (("llr", "england", "--html", "/nowhere/a.html"), "/nowhere/a.html cannot be written", "name a file"),
    "one file twice": (
        ("llr", "england", "--html", "a.html", "--markdown", "a.html"),
        "--html and --markdown name the same file",
        "name two",
    ),
}


@pytest.mark.parametrize(("arguments", "message", "help_"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_is_refused(arguments: tuple[str, ...], message: str, help_: str) -> None:
    """One message that says what is wrong, another what would be right, status 2, and nothing on the screen."""
    status, out, error = run("compare", *arguments)
    assert (status, out) == (2, "")
    said = " ".join(error.split())
    assert message in said
    assert help_ in said


def test_no_child_to_compare(old: Path, tmp_path: Path) -> None:
    """Where every child is called impossible there is no proof, but an error."""

    def nobody(files: Files) -> None:
        for number, truth in enumerate((True, False)):
            files["impossible.yaml"].append({"id": f"no_{number}", "when": {"plan": truth}, "because": "no"})

    status, out, error = run("compare", old, made(tmp_path, nobody), "--json")
    assert (status, out) == (2, "")
    assert json.loads(error)["error"] == "there is no child whom both could be asked about"


# --- stopped ----------------------------------------------------------------------------------------------------------

ASK = Search.model
INTERRUPTED = signal.getsignal(signal.SIGINT) is signal.default_int_handler
needs_interrupts = pytest.mark.skipif(os.name != "posix" or not INTERRUPTED, reason="needs Python's own Ctrl-C")


def _ending(monkeypatch: pytest.MonkeyPatch, questions: int) -> None:
    """Let the search be at its end after so many questions."""
    left = [questions]

    def model(self: Search, wanted: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise NotFinished
        return ASK(self, wanted)

    monkeypatch.setattr(Search, "model", model)


@pytest.mark.parametrize("questions", [0, 1, 5, 15, 20, 30, 40, 60, 100, 200])
def test_what_was_not_finished_is_marked_and_not_called_proved(
    questions: int, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the search ends: STOPPED stands before what was found, what is open is counted, and the status is 1."""
    new = made(tmp_path, weaker)
    whole = data_of(old, new)
    _ending(monkeypatch, questions)
    status, out, _ = run("compare", old, new)
    said = " ".join(out.split())
    _ending(monkeypatch, questions)
    data = data_of(old, new)
    assert not data["same"]
    assert len(data["possible"]) + len(data["proved_impossible"]) + len(data["not_finished"]) == 12 + 2 + 4 * 20
    assert all(move in whole["proved_impossible"] for move in data["proved_impossible"])
    if data["situations"] == "stopped":
        assert status == 1
        assert "STOPPED:" in said
        assert "every child is answered alike" not in said
        assert ("NOT FINISHED" in said) == bool(data["not_finished"])
    else:
        assert data["differences"] == whole["differences"]


def test_the_same_is_not_claimed_of_what_was_stopped(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rulesets that answer alike, of which that could not be proved in time: nothing says that they do."""
    _ending(monkeypatch, 0)
    status, out, _ = run("compare", old, made(tmp_path, nothing))
    said = " ".join(out.split())
    assert status == 1
    assert "STOPPED: 94 ways in which an answer could differ were not looked into" in said
    assert "alike" not in said
    assert "nobody: proved" not in said


@needs_interrupts
@pytest.mark.parametrize("question", [1, 5, 15])
def test_the_first_interrupt_ends_with_what_was_found(
    question: int, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is heard between quick questions: no other is begun, and what there is is told, marked, with status 1."""
    asked: list[int] = []

    def interrupted(self: Search, wanted: Any) -> Any:
        asked.append(1)
        if len(asked) == question:
            os.kill(os.getpid(), signal.SIGINT)
            assert self.patience.stop.wait(30)
        return ASK(self, wanted)

    monkeypatch.setattr(Search, "model", interrupted)
    status, out, error = run("compare", old, made(tmp_path, weaker))
    assert (status, error) == (1, "")
    assert "STOPPED:" in out
    assert len(asked) < question + 100  # each way is tried once, and refused at once
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_folder_may_have_an_at_in_its_name(tmp_path: Path) -> None:
    """What is a folder is no day, and what stands in a path is none either."""
    folder = write(small(), tmp_path / "drafts@work" / "small")
    odd = folder.rename(folder.parent / "small@home")
    assert comparing.named_ruleset(str(odd)).as_at is None
    assert str(comparing.named_ruleset(f"{odd}@2016-09-01").as_at) == "2016-09-01"

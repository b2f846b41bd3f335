"""`thresholds prove`: what is refuted can be seen again, what is not finished is never called proved."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import in_shell, needs_shell, run
from tests.small_rulesets import OURS, Files, entry, small, write

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy import prove as proving
from thresholds.policy.searching import NotFinished

CHILD = "< age_of_majority"
HOLDS = {"kind": "leads_to", "when": {"hitting": "high", "child_age": CHILD}, "response": "enquiry"}
FAILS = {"kind": "leads_to", "when": {"bruise": True, "child_age": CHILD}, "response": "enquiry"}
TOGETHER = {"kind": "never_together", "responses": ["enquiry", "review"]}
CHANGES = {"kind": "never_changes", "by": {"protective": True}, "response": "early_help", "weight": "consider"}


def stating(*statements: dict[str, Any], files: Files | None = None) -> Files:
    """The small ruleset with these statements."""
    files = small() if files is None else files
    files["invariants.yaml"] = [
        {"id": f"statement_{number}", "statement": f"So it is, {number}.", "basis": OURS, **one}
        for number, one in enumerate(statements, start=1)
    ]
    return files


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A ruleset of which one statement is proved, and one of each kind is refuted."""
    return write(stating(HOLDS, FAILS, TOGETHER, CHANGES), tmp_path / "small")


def data_of(*arguments: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(run("prove", *arguments, "--json")[1])
    return data


# --- what is said ---------------------------------------------------------------------------------------------------


def test_how_many_hold_comes_first(place: Path) -> None:
    """Counts before anything else; refuted statements before proved ones; what proved means, and what not."""
    status, out, error = run("prove", place)
    assert (status, error) == (1, "")
    assert out.startswith("small: 1 of 4 statements proved for every child\n")
    assert "3 are refuted." in out
    assert "not whether they are right" in " ".join(out.split())
    places = [out.index(part) for part in ("Refuted: So it is, 2.", "Refuted: So it is, 3.", "Proved for every child")]
    assert places == sorted(places)
    assert out.count("So it is, 1.") == 1


def test_where_all_is_proved_the_status_is_0(tmp_path: Path) -> None:
    """Nothing refuted and nothing left open."""
    folder = write(stating(HOLDS), tmp_path / "small")
    status, out, error = run("prove", folder)
    assert (status, error) == (0, "")
    assert out.startswith("small: 1 of 1 statement proved for every child\n")
    assert "refuted" not in out.lower()


def test_without_statements_it_says_where_to_write_them(tmp_path: Path) -> None:
    """A ruleset that promises nothing breaks no promise."""
    status, out, _ = run("prove", write(small(), tmp_path / "small"))
    assert status == 0
    assert "there are no statements to prove" in out


def test_each_statement_is_put_in_words(place: Path) -> None:
    """What was asked of the rules, with the numbers in force: the author's sentence may say something else."""
    asked = [proof["asked"] for proof in data_of(place)["proofs"]]
    assert asked == [
        "Where this is so \u2013 hitting: high (It is high); and the child is under 18 years old \u2013 "
        "the answer points to enquiry.",
        "Where this is so \u2013 bruise; and the child is under 18 years old \u2013 the answer points to enquiry.",
        "For every child the answer never points at once to enquiry and review.",
        "Of two children who differ only in protective factors: if for one of them the answer points to early help, "
        "or has a named person consider it, then for the other too.",
    ]
    out = " ".join(run("prove", place, "--all")[1].split())
    assert all(one in out for one in asked)


def test_the_rules_to_look_at_are_named_with_their_lines(place: Path) -> None:
    """Each refuted statement names a rule at the very line where that rule begins, and how it stands for the child."""
    out = " ".join(run("prove", place)[1].split())
    for proof in data_of(place)["proofs"][1:]:
        assert proof["rules"]
        for rule in proof["rules"]:
            file, line, _ = rule["place"].rsplit(":", 2)
            text = (place.parent / file).read_text(encoding="utf-8").splitlines()
            assert text[int(line) - 1].split() == ["-", "id:", rule["id"]]
            assert rule["place"] in out
    by_statement = {proof["id"]: {rule["id"] for rule in proof["rules"]} for proof in data_of(place)["proofs"]}
    assert by_statement["statement_2"] == {"bruise_rule"}
    assert by_statement["statement_3"] >= {"others_rule"}
    assert by_statement["statement_4"] == {"carer_rule"}
    assert "An exception holds: bruise explained." in out
    assert "An exception holds: helpful neighbour." in out


# --- what is refuted can be seen again ------------------------------------------------------------------------------


class Sheets(HTMLParser):
    """The files that a page shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "code":
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "code"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


def children(text: str) -> list[str]:
    """The assessments among the files shown, one after another."""
    return [sheet for sheet in re.split(r"\n\n+|\n?```\w*\n?", text) if "\nlooked_at: everything" in sheet]


def test_a_refuted_statement_can_be_seen_again(place: Path, tmp_path: Path) -> None:
    """What the screen, Markdown, the page and `--save` show is one file, and `assess` answers it as was shown."""
    html, markdown, folder = tmp_path / "page.html", tmp_path / "page.md", tmp_path / "found"
    _, out, _ = run("prove", place, "--all")
    run("prove", place, "--html", html, "--markdown", markdown, "--save", folder)
    shown = children(out)
    assert len(shown) == 4
    assert children(markdown.read_text(encoding="utf-8")) == shown
    page = Sheets(html.read_text(encoding="utf-8")).found
    assert [sheet for sheet in page if "looked_at" in sheet] == shown
    saved = sorted(folder.iterdir())
    assert [file.read_text(encoding="utf-8").strip() for file in saved] == shown
    assert [file.name for file in saved] == [
        "statement_2.yaml",
        "statement_3.yaml",
        "statement_4_1.yaml",
        "statement_4_2.yaml",
    ]
    proofs = data_of(place)["proofs"]
    expected = [answer for proof in proofs for answer in zip(proof["tiers"], proof["responses"], strict=True)]
    for number, text in enumerate(shown):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, encoding="utf-8")
        status, answered, error = run("assess", file, "--ruleset", place, "--json")
        assert (status, error) == (0, "")
        decision = json.loads(answered)
        assert (decision["tier"], decision["responses"]) == expected[number]
        remark = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("#"))
        assert f"level of need {decision['tier']}" in remark
        assert all(one["label"] in remark for one in decision["called_for"])


def test_the_command_that_is_shown_can_be_typed(place: Path, tmp_path: Path) -> None:
    """With `--save` the line under each child gives its answer, also where a path holds a blank."""
    folder = tmp_path / "found here"
    out = run("prove", place, "--save", folder)[1]
    commands = [line for line in out.splitlines() if line.startswith("thresholds assess ")]
    assert len(commands) == 4
    if Path("/bin/sh").exists():
        done = in_shell(commands[0])
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"Level of need:")


def test_a_statement_that_tries_to_leave_its_comment_is_a_comment(tmp_path: Path) -> None:
    """Whatever a statement says, the file is the child and nothing else."""
    hostile = "It holds.\nchild: {age: 40}\n```\n</pre><script>"
    folder = write(stating(FAILS | {"statement": hostile}), tmp_path / "small")
    run("prove", folder, "--save", tmp_path / "found", "--html", tmp_path / "page.html")
    text = (tmp_path / "found" / "statement_1.yaml").read_text(encoding="utf-8")
    assert "born" in yaml.safe_load(text)["child"]
    assert "<script>" not in (tmp_path / "page.html").read_text(encoding="utf-8")


# --- reports and data -----------------------------------------------------------------------------------------------


def test_data_and_reports_come_together(place: Path, tmp_path: Path) -> None:
    """`--json` with `--html` and `--markdown`: data on standard output, both files whole."""
    html, markdown = tmp_path / "page.html", tmp_path / "page.md"
    status, out, error = run("prove", place, "--json", "--html", html, "--markdown", markdown)
    assert (status, error) == (1, "")
    data = json.loads(out)
    assert (data["proved"], data["refuted"], data["not_finished"], data["not_tried"]) == (1, 3, 0, 0)
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert markdown.read_text(encoding="utf-8").startswith("# small: 1 of 4 statements")


def test_the_same_rules_give_the_same_report(place: Path, tmp_path: Path) -> None:
    """Byte for byte, so that a report can be compared and signed."""
    files = [(tmp_path / f"{number}.html", tmp_path / f"{number}.md") for number in (1, 2)]
    for html, markdown in files:
        run("prove", place, "--html", html, "--markdown", markdown)
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_with_a_report_the_screen_gets_the_summary(place: Path, tmp_path: Path) -> None:
    """How many hold, and where the report is."""
    status, out, _ = run("prove", place, "--html", tmp_path / "page.html")
    assert status == 1
    assert "1 of 4 statements" in out
    assert "Report: written to" in out
    assert "Refuted:" not in out


def test_a_report_that_cannot_be_written_is_one_plain_error(place: Path, tmp_path: Path) -> None:
    """Status 2, which file and why; nothing is left behind, and the two reports are never one file."""
    before = sorted(tmp_path.iterdir())
    for wrong in (
        ("--html", tmp_path / "nowhere" / "page.html"),
        ("--markdown", tmp_path),
        ("--html", tmp_path / "x", "--markdown", tmp_path / "x"),
        ("--save", tmp_path / "nowhere" / "found"),
        ("--save", place / "rules" / "rules.yaml"),
    ):
        status, out, error = run("prove", place, *wrong)
        assert (status, out) == (2, "")
        assert re.search(r"cannot be (written|made)|name the same file", error)
        assert error.startswith("thresholds: ")
    assert sorted(tmp_path.iterdir()) == before


def test_a_rule_of_another_group_is_said_to_be_so(tmp_path: Path) -> None:
    """A rule that is for care leavers alone explains why a child of 8 is not reached."""
    files = small()
    entry(files, "others_rule")["applies_to"] = ["care_leaver"]
    when = {"lives_with": "others", "child_age": CHILD}
    folder = write(stating({"kind": "leads_to", "when": when, "response": "review"}, files=files), tmp_path / "small")
    assert "Is only for a care leaver to 25." in " ".join(run("prove", folder)[1].split())


# --- stopping -------------------------------------------------------------------------------------------------------

INTERRUPTED = signal.getsignal(signal.SIGINT) is signal.default_int_handler
needs_interrupts = pytest.mark.skipif(os.name != "posix" or not INTERRUPTED, reason="needs Python's own Ctrl-C")


@needs_interrupts
def test_the_first_interrupt_ends_with_what_is_known(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was proved before stays proved; what was under way or not tried is not finished; status 1."""
    real = proving._Prover.prove
    tried: list[str] = []

    def interrupted(prover: Any, invariant: Any) -> Any:
        tried.append(invariant.id)
        if len(tried) % 2:
            return real(prover, invariant)
        os.kill(os.getpid(), signal.SIGINT)
        assert prover.patience.stop.wait(30)
        raise NotFinished

    monkeypatch.setattr(proving._Prover, "prove", interrupted)
    status, out, error = run("prove", place, "--on", "2017-03-01")
    assert (status, error) == (1, "")
    assert tried == ["statement_1", "statement_2"]
    assert "Stopped: 2 of 4 were not tried, 1 not finished." in out
    proved, not_proved = out.index("Proved for every child"), out.index("Not finished, so not proved")
    assert not_proved < out.index("So it is, 2.") < out.index("So it is, 4.") < proved < out.index("So it is, 1.")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    data = data_of(place, "--on", "2017-03-01")
    assert [proof["verdict"] for proof in data["proofs"]] == ["proved", "not_finished", "not_finished", "not_finished"]
    assert data["not_tried"] == 2


TWICE = """
import os, signal, sys, time
from thresholds.cli import main
from thresholds.policy import prove
def never(prover, invariant):
    os.kill(os.getpid(), signal.SIGINT)
    assert prover.patience.stop.wait(30)
    while signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
prove._Prover.prove = never
sys.exit(main(["prove", sys.argv[1]]))
"""


@needs_shell
@needs_interrupts
def test_the_second_interrupt_ends_at_once(place: Path, tmp_path: Path) -> None:
    """Whatever is under way: status 130, and nothing on the screen."""
    script = tmp_path / "twice.py"
    script.write_text(TWICE, encoding="utf-8")
    done = in_shell(f"{sys.executable} {script} {place}; echo $?")
    assert done.stdout == b"130\n"
    assert done.stderr == b""


def test_time_that_runs_out_is_no_proof(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes too long is not finished, and it is said how to give it more time."""

    def endless(*_: object) -> None:
        raise NotFinished

    monkeypatch.setattr(proving._Prover, "prove", endless)
    status, out, _ = run("prove", place, "--seconds", "5")
    assert status == 1
    assert out.startswith("small: 0 of 4 statements proved")
    assert "4 are not finished" in out
    assert "`--seconds`" in out
    assert "Stopped" not in out

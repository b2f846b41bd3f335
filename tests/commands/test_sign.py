"""`thresholds sign`: what it takes, what it writes, what it refuses, and what it shows."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.command_line import run
from tests.policy.signed import REPORT, contents, loaded, signable, signed
from tests.small_rulesets import Files, write
from thresholds import load

WHY = {
    "--proposer": "policy officer",
    "--reason": "the limit follows the new guidance",
    "--equality-screening": "no group is worse off",
    "--equality-reference": "EQ 2016/12",
    "--approver": "head of safeguarding",
    "--minute": "board of 5 July 2016, item 4",
    "--effective-from": "2016-09-01",
    "--review-by": "2017-09-01",
    "--on": "2016-07-05",
}
WITHDRAWING = {name: WHY[name] for name in ("--reason", "--approver", "--minute")} | {"--on": "2017-01-10"}


def sign(folder: Path, options: dict[str, str] | None = None, *more: object) -> tuple[int, str, str]:
    """The command with the usual options, or with these."""
    given = [part for pair in (WHY if options is None else options).items() for part in pair]
    status, out, error = run("sign", folder, *given, *more)
    return status, " ".join(out.split()), " ".join(error.split())


def folder(home: Path, files: Files | None = None) -> Path:
    return write(signable() if files is None else files, home / "small")


def test_a_first_version_is_signed(tmp_path: Path) -> None:
    """Status 0, what was recorded, and the seal to keep with the minutes."""
    place = folder(tmp_path)
    status, out, error = sign(place, None, "--first")
    assert (status, error) == (0, "")
    record = loaded(place).sign_offs.records[0]
    for part in (
        "small, first: in force from 1 September 2016",
        "Proposed by: policy officer; approved by head of safeguarding",
        "Equality screening: No group is worse off. (EQ 2016/12)",
        "to be reviewed by 1 September 2017",
        "1 worked example answered as expected, no statement to prove",
        f"Keep this seal with the minutes: {record.seal}",
        "Comments, layout, the order of entries and the names of files make no difference",
        "ruleset.yaml still says `status: draft`",
    ):
        assert part in out


def test_a_later_version_is_signed_with_its_report(tmp_path: Path) -> None:
    """The report is copied into the folder, so that it stays with what was signed."""
    place, old, report = folder(tmp_path), tmp_path / "old", tmp_path / "compare.html"
    sign(place, None, "--first")
    shutil.copytree(place, old)
    write({"ruleset.yaml": signable()["ruleset.yaml"] | {"edition": "second"}}, place)
    report.write_text(" ".join(load(one).hash[:12] for one in (old, place)), encoding="utf-8")
    compared = {"--compared-with": str(old), "--report": str(report)}
    status, out, error = sign(place, WHY | compared)
    assert (status, error) == (0, "")
    (kept,) = (place / "signoff").iterdir()
    assert kept.name.endswith("_compare.html")
    assert kept.read_bytes() == report.read_bytes()
    assert f"Compared with: small, first ({load(old).content_hash[:12]}): signoff/{kept.name}" in out


def test_the_report_is_made_where_none_is_given(tmp_path: Path) -> None:
    """With only the version before it, the compare report is made, kept, and says what changed."""
    place, old = folder(tmp_path), tmp_path / "old"
    sign(place, None, "--first")
    shutil.copytree(place, old)
    write({"ruleset.yaml": signable()["ruleset.yaml"] | {"edition": "second"}}, place)
    status, _, error = sign(place, WHY | {"--compared-with": str(old)})
    assert (status, error) == (0, "")
    (kept,) = (place / "signoff").iterdir()
    assert "every child is answered alike" in kept.read_text(encoding="utf-8")


def test_as_data(tmp_path: Path) -> None:
    """Signing, showing and refusing give plain data with `--json`."""
    place = folder(tmp_path)
    data = json.loads(sign(place, None, "--first", "--json")[1])
    assert (data["status"], data["hash"], data["findings"]) == ("in_force", load(place).content_hash, [])
    assert data["record"] == data["records"][0]
    assert data["record"]["equality_screening"]["reference"] == "EQ 2016/12"
    assert json.loads(run("sign", place, "--show", "--json")[1]) == {k: v for k, v in data.items() if k != "record"}
    (place / "reference.yaml").unlink()
    status, out, _ = sign(place, None, "--first", "--json")
    fields = [one["field"] for one in json.loads(out)["refused"]]
    assert (status, fields) == (1, ["first", "duty contact", "out-of-hours contact"])


@pytest.mark.parametrize("left_out", [*list(WHY)[:-1], "--first"])
def test_whatever_is_missing_is_named(left_out: str, tmp_path: Path) -> None:
    """Status 2, and nothing is written."""
    place = folder(tmp_path)
    before = contents(place)
    options = {name: value for name, value in WHY.items() if name != left_out}
    status, out, error = sign(place, options, *(["--first"] if left_out != "--first" else []))
    assert (status, out) == (2, "")
    assert f"to sign, give also {left_out if left_out != '--first' else '--compared-with'}" in error
    assert contents(place) == before


def test_all_that_is_missing_is_named_in_one_message(tmp_path: Path) -> None:
    """With an example that is complete."""
    status, _, error = run("sign", folder(tmp_path))
    assert status == 2
    named, example = error.split("for example: ")
    assert all(option in named for option in WHY if option != "--on")
    assert all(option in example for option in (*WHY, "--compared-with", "--report") if option != "--on")
    status, _, error = run("sign", tmp_path / "small", "--withdraw")
    assert status == 2
    assert "--reason, --approver, --minute" in error
    assert "--proposer" not in error


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--first", "--report", "x"], "--first does not go with --compared-with and --report"),
        (["--report", "x"], "give also --compared-with"),
        (["--show"], "--show does not go with --proposer, --reason"),
        (["--withdraw"], "--withdraw does not go with --proposer, --equality-screening"),
        (["--compared-with", "england", "--report", "no/where.html"], "the report cannot be read (No such file"),
        (["--compared-with", "nowhere", "--report", "x"], "there is no ruleset `nowhere`"),
        (["--first", "--effective-from", "soon"], "is not a date"),
        (["--first", "--approver", "Policy  OFFICER"], "--approver: is the proposer"),
        (["--first", "--reason", ""], "--reason: is empty"),
        (["--first", "--review-by", "2016-09-01"], "--review-by: 2016-09-01 is not after"),
    ],
)
def test_misuse_is_told_and_nothing_is_written(options: list[str], message: str, tmp_path: Path) -> None:
    """Status 2, nothing on standard output."""
    place = folder(tmp_path)
    before = contents(place)
    status, out, error = sign(place, None, *options)
    assert (status, out) == (2, "")
    assert message in error
    assert contents(place) == before


def test_what_is_wrong_with_what_was_given_as_data(tmp_path: Path) -> None:
    """Each fault with the option it is about."""
    status, out, error = run(
        "sign", folder(tmp_path), *[part for pair in WHY.items() for part in pair], "--first", "--minute", " ", "--json"
    )
    assert (status, out) == (2, "")
    assert [fault["field"] for fault in json.loads(error)["faults"]] == ["--minute"]


def test_a_ruleset_that_is_not_fit_gives_status_1_with_every_reason(tmp_path: Path) -> None:
    """What it is about, what is wrong, what would be right; nothing is written."""
    files = signable()
    files["worked_examples/signing.yaml"][0]["expect"] = {"tier": "universal"}
    del files["reference.yaml"]
    place = folder(tmp_path, files)
    before = contents(place)
    status, out, error = sign(place, None, "--first")
    assert (status, error) == (1, "")
    for part in (
        "small: not signed, for 3 reasons",
        "worked example a_child: small/worked_examples/signing.yaml:1:3: tier: expected universal, got none",
        "out-of-hours contact: there is none on 2016-09-01",
        "contact_for: [out_of_hours]",
    ):
        assert part in out
    assert contents(place) == before


def test_a_ruleset_with_problems_is_not_signed(tmp_path: Path) -> None:
    """They are told as for every other command."""
    files = signable()
    files["rules/rules.yaml"][0]["when"] = {"bruse": True}
    status, out, error = sign(folder(tmp_path, files), None, "--first")
    assert (status, out) == (2, "")
    assert "did you mean bruise?" in error


def test_the_day_of_signing_is_today_where_none_is_given(tmp_path: Path) -> None:
    """The command reads the clock; the library never does."""
    place, today = folder(tmp_path), date.today()
    options = {name: value for name, value in WHY.items() if name != "--on"}
    later = {"--review-by": f"{today.year + 2}-01-01"}
    assert sign(place, options | later, "--first")[0] == 0
    assert loaded(place).sign_offs.records[0].signed_on in (today, date.today())


def test_show_lists_what_was_signed(tmp_path: Path) -> None:
    """Status 0 where it holds, or where nobody has signed anything."""
    status, out, _ = run("sign", folder(tmp_path), "--show")
    assert (status, "Nobody has signed it off." in out) == (0, True)
    record = signed(tmp_path / "small")
    status, out, _ = run("sign", tmp_path / "small", "--show")
    assert status == 0
    assert out.startswith("small, first: in force\n")
    for part in ("1. first: approved on 5 July 2016", record.hash, "board of 5 July 2016, item 4"):
        assert part in out


def test_show_says_what_no_longer_holds(tmp_path: Path) -> None:
    """Status 1 after an edit of a rule or of a record, and where it is told."""
    place = tmp_path / "small"
    signed(place)
    write({"sources.yaml": [{"id": "S1", "title": "Another source"}]}, place)
    status, out, _ = run("sign", place, "--show")
    assert status == 1
    assert "small/signoff.yaml:3:3: Changed since it was signed off on 2016-07-05" in " ".join(out.split())
    text = (place / "signoff.yaml").read_text(encoding="utf-8")
    write({"signoff.yaml": text.replace("EQ 2016/12", "EQ 2016/13")}, place)
    status, out, _ = run("sign", place, "--show", "--json")
    messages = [one["message"] for one in json.loads(out)["findings"]]
    assert status == 1
    assert messages[1:] == ["sign-off record 1 was changed after it was signed"]


def test_a_withdrawal_is_recorded_and_shown(tmp_path: Path) -> None:
    """Reason, who, minute and day; status 1 where there is nothing to withdraw."""
    place = folder(tmp_path)
    status, out, _ = sign(place, WITHDRAWING, "--withdraw")
    assert (status, "there is nothing to withdraw: it was never signed" in out) == (1, True)
    signed(place)
    status, out, _ = sign(place, WITHDRAWING, "--withdraw")
    assert (status, "small, first: withdrawn" in out, "The withdrawal counts at once." in out) == (0, True, True)
    shown = run("sign", place, "--show")
    assert shown[0] == 0
    assert "2. first: withdrawn on 10 January 2017" in shown[1]
    assert "withdrawn: it should no longer be used" in shown[1]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2, no traceback, nothing written."""
    place = folder(tmp_path)
    before = contents(place)

    def full(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("thresholds.writing.os.replace", full)
    status, out, error = sign(place, None, "--first")
    assert (status, out) == (2, "")
    assert "the sign-off cannot be written (Permission denied); nothing was signed" in error
    assert contents(place) == before


def test_the_help_asks_for_no_names() -> None:
    """Roles or staff references, and what the records prove and do not prove."""
    status, out, _ = run("sign", "--help")
    out = " ".join(out.split())
    assert status == 0
    assert "no personal name is needed" in out
    assert "not a signature that proves who gave it" in out


def test_check_tells_of_the_status(tmp_path: Path) -> None:
    """In force by its sign-off; a change since is a note; a claim that nobody signed is a problem."""
    place = tmp_path / "small"
    signed(place)
    status, out, _ = run("check", place)
    assert (status, "; in force" in out) == (0, True)
    write({"sources.yaml": [{"id": "S1", "title": "Another source"}]}, place)
    status, out, _ = run("check", place)
    assert status == 0
    assert "Changed since it was signed off on 2016-07-05" in out
    assert json.loads(run("check", place, "--json")[1])["notes"]
    write({"ruleset.yaml": signable()["ruleset.yaml"] | {"status": "in_force"}}, place)
    status, out, _ = run("check", place)
    assert status == 1
    assert "ruleset.yaml says `status: in_force`, and no sign-off bears it out" in " ".join(out.split())


def test_a_report_of_something_else_is_not_signed(tmp_path: Path) -> None:
    """It must name both rulesets by their content, as `thresholds compare` does."""
    place, old, report = folder(tmp_path), tmp_path / "old", tmp_path / "junk.html"
    sign(place, None, "--first")
    shutil.copytree(place, old)
    write({"ruleset.yaml": signable()["ruleset.yaml"] | {"edition": "second"}}, place)
    report.write_bytes(REPORT.content)
    before = contents(place)
    status, _, error = sign(place, WHY | {"--compared-with": str(old), "--report": str(report)})
    assert status == 2
    assert "the report does not speak of" in error
    assert contents(place) == before

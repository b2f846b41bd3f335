"""Signing off: what is recorded, what is refused, what is withdrawn, and that nothing is half-written."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.policy.signed import (
    PROPOSAL,
    REPORT,
    REVIEW,
    SIGNED,
    START,
    WITHDRAWN_ON,
    contents,
    loaded,
    make_report,
    over,
    proposal,
    second_edition,
    signable,
    signed,
    with_second_edition,
    withdrawn,
)
from tests.small_rulesets import write
from thresholds import RulesetNotInForce, load
from thresholds.errors import SignOffRefused
from thresholds.language.model.signoff import Approval
from thresholds.policy.signing import LARGEST_REPORT, LONGEST, Report, sign, withdraw

# --- what is recorded -----------------------------------------------------------------------------


def test_a_first_version_is_signed_and_in_force(tmp_path: Path) -> None:
    """The record holds what was said, is bound to the content, and the ruleset can be required to be in force."""
    record = signed(tmp_path / "small")
    ruleset = loaded(tmp_path / "small")
    assert ruleset.status == "in_force"
    assert ruleset.sign_offs.records == (record,)
    assert record.hash == ruleset.content_hash == ruleset.hash
    assert record.first
    assert (record.previous, record.compared_with, record.report) == (None, None, None)
    assert (record.signed_on, record.effective_from, record.review_by) == (SIGNED, START, REVIEW)
    assert record.checked.worked_examples == 1
    assert ruleset.standing.findings == ()


def test_a_later_version_is_signed_with_what_it_was_compared_with(tmp_path: Path) -> None:
    """The report is kept in the folder by its SHA-256, and the old version's hash stands in the record."""
    new, old = with_second_edition(tmp_path)
    first, second = loaded(new).sign_offs.records
    assert isinstance(second, Approval)
    assert second.compared_with is not None
    assert second.report is not None
    assert second.compared_with.hash == first.hash == load(old).content_hash
    assert second.compared_with.edition == "first"
    assert (new / second.report.file).read_bytes() == REPORT.content
    assert second.previous == first.seal
    assert not second.first


def test_what_it_extends_is_signed_with_it(tmp_path: Path) -> None:
    """The hash of each base stands in the record, and the base itself need not be signed."""
    write(signable(), tmp_path / "small")
    record = signed(tmp_path / "local", over())
    assert record.bases == {"small": load(tmp_path / "small").content_hash}
    assert loaded(tmp_path / "local").status == "in_force"
    assert load(tmp_path / "small").status == "draft"


TEXTS = st.text(min_size=1, max_size=60)
DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=6, max_size=6), st.lists(DAYS, min_size=2, max_size=2, unique=True), DAYS)
def test_records_come_back_as_they_were_said(texts: list[str], days: list[date], on: date) -> None:
    """Whatever is written comes back, blanks made single; what cannot be written is refused with its field."""
    names = ("proposer", "reason", "equality_outcome", "equality_reference", "approver", "minute")
    said = dict(zip(names, (" ".join(text.split()) for text in texts), strict=True))
    start, review = sorted(days)
    assume(review > on)
    given_ = proposal(**dict(zip(names, texts, strict=True)), signed_on=on, effective_from=start, review_by=review)
    with tempfile.TemporaryDirectory() as home:
        folder = write(signable(), Path(home) / "small")
        before = contents(folder)
        record: Approval | None
        try:
            record = sign(folder, given_)
        except SignOffRefused as caught:
            told = {fault.field for fault in caught.faults}
            record = None
        if record is None:
            assert told <= set(names)
            assert contents(folder) == before
            return
        read = loaded(folder).sign_offs.records[0]
        assert isinstance(read, Approval)
        assert read == record
        screening = read.equality_screening
        assert said == {
            "proposer": read.proposer,
            "reason": read.reason,
            "equality_outcome": screening.outcome,
            "equality_reference": screening.reference,
            "approver": read.approver,
            "minute": read.minute,
        }
        assert (read.signed_on, read.effective_from, read.review_by) == (on, start, review)


# --- what is refused ------------------------------------------------------------------------------


def refused(folder: Path, **other: Any) -> dict[str, str]:
    """Why a ruleset was not signed, by what it is about; nothing was written."""
    before = contents(folder)
    arguments = {name: other.pop(name) for name in ("compared_with", "report") if name in other}
    with pytest.raises(SignOffRefused) as caught:
        sign(folder, proposal(**other), **arguments)
    assert contents(folder) == before
    assert all(fault.help for fault in caught.value.faults)
    return {fault.field: fault.message for fault in caught.value.faults}


@given(TEXTS.filter(str.strip), st.data())
def test_nobody_approves_what_they_proposed(who: str, data: st.DataObject) -> None:
    """Four eyes, however the same role is written."""
    words = who.split()
    other = data.draw(st.sampled_from([" ".join(words), "  ".join(words).swapcase().swapcase(), f"  {who}\t"]))
    faults = proposal(proposer=who, approver=other).faults()
    assert "approver" in {fault.field for fault in faults}


@pytest.mark.parametrize(
    ("other", "field", "words"),
    [
        ({"reason": " \n"}, "reason", "is empty"),
        ({"equality_outcome": ""}, "equality_outcome", "is empty"),
        ({"equality_reference": ""}, "equality_reference", "is empty"),
        ({"minute": "item\u200b 4"}, "minute", "an invisible character (U+200B"),
        ({"minute": "x" * (LONGEST + 1)}, "minute", "is longer than 2000 characters"),
        ({"approver": PROPOSAL.proposer.title()}, "approver", "is the proposer"),
        ({"review_by": START}, "review_by", "is not after it is signed"),
        ({"signed_on": REVIEW}, "review_by", "is not after it is signed"),
        ({"effective_from": date(2009, 12, 31)}, "effective_from", "lies before the ruleset begins"),
        ({"report": make_report}, "report", "goes with the version compared with"),
    ],
)
def test_what_people_give_is_held_to_rules(other: dict[str, Any], field: str, words: str, tmp_path: Path) -> None:
    """Nothing empty, nothing invisible, two people, dates in order."""
    assert words in refused(write(signable(), tmp_path / "small"), **other)[field]


def test_everything_that_stands_in_the_way_is_told_at_once(tmp_path: Path) -> None:
    """An example that differs, a statement that is refuted, contacts that are missing: none hides another."""
    pytest.importorskip("pysat", reason="proofs need python-sat")
    files = signable()
    del files["reference.yaml"]
    files["worked_examples/signing.yaml"][0]["expect"] = {"tier": "universal"}
    statement = {"id": "hit", "statement": "A bruise is never explained.", "kind": "leads_to", "tier": "specialist"}
    files["invariants.yaml"] = [statement | {"when": {"bruise": True}, "basis": files["parameters.yaml"][0]["basis"]}]
    faults = refused(write(files, tmp_path / "small"), approver="")
    assert set(faults) == {
        "approver",
        "worked example a_child",
        "statement hit",
        "duty contact",
        "out-of-hours contact",
    }
    assert "tier: expected universal, got none" in faults["worked example a_child"]
    assert "is refuted for 2016-09-01" in faults["statement hit"]


def test_the_first_version_is_only_the_first(tmp_path: Path) -> None:
    """A second one is compared with what was signed before, and with nothing else."""
    folder, old = tmp_path / "small", tmp_path / "old"
    signed(folder)
    shutil.copytree(folder, old)
    second_edition(folder)
    assert "not the first version: edition first was signed on 2016-07-05" in refused(folder)["first"]
    second_edition(old)
    write({"rules/more.yaml": "# nothing\n", "sources.yaml": [{"id": "S1", "title": "Another source"}]}, old)
    faults = refused(folder, compared_with=load(old), report=make_report)
    assert "is not what was signed here on 2016-07-05" in faults["compared_with"]


def test_records_that_do_not_hold_are_mended_before_the_next(tmp_path: Path) -> None:
    """Nothing is added to a chain that is broken; nor is it dated before its newest record."""
    folder = tmp_path / "small"
    signed(folder)
    assert "lies before the newest record" in refused(folder, signed_on=date(2016, 7, 4))["on"]
    text = (folder / "signoff.yaml").read_text(encoding="utf-8")
    write({"signoff.yaml": text.replace("item 4", "item 5")}, folder)
    assert "small/signoff.yaml:3:" in refused(folder)["signoff.yaml"]


@pytest.mark.parametrize("content", [b"", b"x" * (LARGEST_REPORT + 1)], ids=["empty", "huge"])
def test_a_report_is_no_empty_file_and_no_huge_one(content: bytes, tmp_path: Path) -> None:
    """What the approver saw is signed, and there must be something to see."""
    folder = write(signable(), tmp_path / "small")
    assert "report" in refused(folder, compared_with=load(folder), report=lambda *_: Report("r.html", content))


@pytest.mark.parametrize("name", ["../../x.html", "a b\u00e9.html", ".hidden", "x" * 300, "\\\\host\\x", ""])
def test_a_report_of_any_name_is_kept_in_its_folder(name: str, tmp_path: Path) -> None:
    """No name leads out of the folder, and each is one that every system can hold."""
    folder = write(signable(), tmp_path / "small")
    record = sign(folder, PROPOSAL, compared_with=load(folder), report=lambda *_: Report(name, b"seen"))
    assert record.report is not None
    assert re.fullmatch(r"signoff/[A-Za-z0-9._-]{1,100}", record.report.file)
    assert (folder / record.report.file).read_bytes() == b"seen"
    assert loaded(folder).status == "in_force"


def test_what_rests_on_a_withdrawn_base_is_not_signed(tmp_path: Path) -> None:
    """And where it was signed before, it says so while it stays in force."""
    files = signable()
    write(files, tmp_path / "small")
    signed(tmp_path / "local", over())
    files["ruleset.yaml"]["status"] = "withdrawn"
    write(files, tmp_path / "small")
    ruleset = loaded(tmp_path / "local")
    assert [note.message for note in ruleset.standing.findings] == ["small, which it extends, is withdrawn"]
    assert "small, which it extends, is withdrawn" in ruleset.standing_on(START).notes
    assert "is withdrawn" in refused(tmp_path / "local")["extends"]


# --- nothing is half-written ----------------------------------------------------------------------


@pytest.mark.parametrize("fails_at", [1, 2])
@pytest.mark.parametrize("what", ["replace", "chmod"])
def test_where_writing_fails_nothing_has_changed(
    what: str, fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the report nor the record nor anything passing is left behind."""
    folder = write(signable(), tmp_path / "small")
    before = contents(folder)
    real, count = getattr(os, what), iter(range(1, 10))

    def full(*arguments: Any) -> Any:
        if next(count) == fails_at:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, what, full)
    with pytest.raises(OSError, match="No space left"):
        sign(folder, PROPOSAL, compared_with=load(folder), report=make_report)
    monkeypatch.undo()
    assert contents(folder) == before


def test_nothing_but_the_record_and_its_report_is_written(tmp_path: Path) -> None:
    """Every other file stays as it was to the byte, and so does what stood in signoff.yaml before."""
    folder = write(signable(), tmp_path / "small")
    before = contents(folder)
    record = sign(folder, PROPOSAL, compared_with=load(folder), report=make_report)
    first = contents(folder)
    assert record.report is not None
    assert set(first) - set(before) == {"signoff.yaml", "signoff", record.report.file}
    assert {path: first[path] for path in before} == before
    withdrawn(folder)
    second = contents(folder)
    assert second.pop("signoff.yaml").startswith(first.pop("signoff.yaml"))
    assert second == first


def test_somebody_who_signs_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """A record that was not there when the checks began stops the second signer."""
    folder = write(signable(), tmp_path / "small")
    old = load(folder)

    def slow(*_: object) -> Report:
        sign(folder, proposal(minute="the other signer"))
        return REPORT

    with pytest.raises(SignOffRefused, match="changed just now"):
        sign(folder, PROPOSAL, compared_with=old, report=slow)
    (record,) = loaded(folder).sign_offs.records
    assert record.minute == "the other signer"
    assert not (folder / "signoff").exists()


# --- withdrawing ----------------------------------------------------------------------------------


def test_a_withdrawal_counts_at_once_and_whatever_is_pinned(tmp_path: Path) -> None:
    """Who withdrew it, when, why and where that is minuted is told to whoever asks for it."""
    folder = tmp_path / "small"
    signed(folder)
    withdrawn(folder)
    for as_at in (None, date(2016, 10, 1)):
        with pytest.raises(RulesetNotInForce) as caught:
            load(folder, as_at=as_at, require="in_force")
        told = "is withdrawn: withdrawn on 2017-01-10 by duty director (minute: urgent 3): a rule was wrong"
        assert told in caught.value.message
    assert load(folder).status == "withdrawn"


def test_an_edit_does_not_undo_a_withdrawal_and_signing_does(tmp_path: Path) -> None:
    """It stays withdrawn until somebody puts it in force again."""
    folder = tmp_path / "small"
    signed(folder)
    old = load(folder)
    withdrawn(folder)
    second_edition(folder)
    assert load(folder).status == "withdrawn"
    sign(folder, proposal(signed_on=WITHDRAWN_ON), compared_with=old, report=make_report)
    assert loaded(folder).status == "in_force"


def test_only_what_is_signed_can_be_withdrawn(tmp_path: Path) -> None:
    """Neither a draft nor what is withdrawn already; and never without a reason."""
    folder = write(signable(), tmp_path / "small")
    with pytest.raises(SignOffRefused, match="it was never signed"):
        withdrawn(folder)
    signed(folder)
    with pytest.raises(SignOffRefused, match="reason: is empty"):
        withdraw(folder, reason=" ", approver="x", minute="y", on=WITHDRAWN_ON)
    withdrawn(folder)
    with pytest.raises(SignOffRefused, match="it is withdrawn already"):
        withdrawn(folder)

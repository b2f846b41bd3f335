"""Who may rely on a ruleset, and when: what its sign-off bears out, on which days, and where that is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import thresholds
from tests.policy.signed import (
    PROPOSAL,
    REVIEW,
    SIGNED,
    START,
    loaded,
    signable,
    signed,
    withdrawn,
)
from tests.small_rulesets import write
from thresholds import RulesetNotInForce, load


def _untouched(_: Path) -> None:
    """As it was signed."""


def _edit(folder: Path) -> None:
    write({"sources.yaml": [{"id": "S1", "title": "Another source"}]}, folder)


def _claim(folder: Path, status: str) -> None:
    files = signable()
    files["ruleset.yaml"]["status"] = status
    write({"ruleset.yaml": files["ruleset.yaml"]}, folder)


def _unsign(folder: Path) -> None:
    (folder / "signoff.yaml").unlink()


def _unsign_and_claim(folder: Path) -> None:
    _unsign(folder)
    _claim(folder, "in_force")


def _edit_and_claim(folder: Path) -> None:
    _edit(folder)
    _claim(folder, "in_force")


@pytest.mark.parametrize(
    ("change", "as_at", "status", "words"),
    [
        (_untouched, None, "in_force", ""),
        (_untouched, START, "in_force", ""),
        (_untouched, date(2030, 1, 1), "in_force", ""),
        (_untouched, date(2016, 8, 31), "in_force", "in force from 2016-09-01 only, and 2016-08-31 lies before"),
        (lambda folder: _claim(folder, "in_force"), None, "in_force", ""),
        (lambda folder: _claim(folder, "withdrawn"), None, "withdrawn", "is withdrawn: its ruleset.yaml says so"),
        (_edit, None, "draft", "is draft: changed since it was signed off"),
        (_edit_and_claim, None, "draft", "is draft: changed since it was signed off"),
        (_unsign, None, "draft", "is draft: nobody has signed it off"),
        (_unsign_and_claim, None, "draft", "is draft: nobody has signed it off"),
        (withdrawn, None, "withdrawn", "is withdrawn: withdrawn on 2017-01-10 by duty director"),
    ],
)
def test_who_requires_one_in_force_gets_that_or_is_told_why_not(
    change: Callable[[Path], object], as_at: date | None, status: str, words: str, tmp_path: Path
) -> None:
    """And whoever does not can load and work on all of them."""
    folder = tmp_path / "small"
    signed(folder)
    change(folder)
    assert load(folder, as_at=as_at).status == status
    if not words:
        assert load(folder, as_at=as_at, require="in_force").status == "in_force"
        return
    with pytest.raises(RulesetNotInForce) as caught:
        load(folder, as_at=as_at, require="in_force")
    assert words in caught.value.message
    assert caught.value.help


def test_a_claim_that_no_sign_off_bears_out_is_a_problem(tmp_path: Path) -> None:
    """Told at the line of ruleset.yaml that makes it."""
    folder = write(signable(), tmp_path / "small")
    _claim(folder, "in_force")
    (problem,) = load(folder).standing.problems
    assert problem.message == "its ruleset.yaml says `status: in_force`, and nobody has signed it off"
    text = (folder / "ruleset.yaml").read_text(encoding="utf-8")
    assert str(problem.place) == f"small/ruleset.yaml:{text[: text.index('status:')].count(chr(10)) + 1}:9"
    assert "write `status: draft`" in problem.help
    _claim(folder, "draft")
    signed(folder)
    withdrawn(folder)
    _claim(folder, "in_force")
    (problem,) = load(folder).standing.problems
    assert problem.message == "its ruleset.yaml says `status: in_force`, and it is withdrawn"


def a_child(on: date) -> thresholds.Assessment:
    return thresholds.Assessment.read({"child": {"age": 8}, "on": on})


def test_a_day_before_it_takes_effect_is_refused_where_it_must_be_in_force(tmp_path: Path) -> None:
    """Without that it is answered, and the record says that it was not in force yet."""
    signed(tmp_path / "small")
    before, first = date(2016, 8, 31), START
    with pytest.raises(RulesetNotInForce, match="in force from 2016-09-01 only, and 2016-08-31 lies before"):
        loaded(tmp_path / "small").assess(a_child(before))
    assert loaded(tmp_path / "small").assess(a_child(first)).record.ruleset_status == "in_force"
    record = load(tmp_path / "small").assess(a_child(before)).record
    assert record.ruleset_status == "draft"
    assert "in force only from 2016-09-01" in record.status_notes[0]


def test_a_review_that_is_due_is_told_and_refuses_nothing(tmp_path: Path) -> None:
    """From the day after the one by which it was to be reviewed, on the assessment's own date."""
    signed(tmp_path / "small")
    ruleset = loaded(tmp_path / "small")
    in_time, late = (ruleset.assess(a_child(on)).record for on in (REVIEW, date(2017, 9, 2)))
    assert (in_time.ruleset_status, late.ruleset_status) == ("in_force", "in_force")
    signed_off = f"signed off on {SIGNED} (minute: {PROPOSAL.minute}), in force from {START}"
    assert in_time.status_notes == (signed_off,)
    assert late.status_notes == (signed_off, "its review was due by 2017-09-01, and that day had passed")
    pinned = load(tmp_path / "small", as_at=START, require="in_force").assess(a_child(date(2017, 9, 2))).record
    assert pinned.status_notes == late.status_notes


def test_the_decision_and_the_guide_show_the_status_in_effect(tmp_path: Path) -> None:
    """Not what ruleset.yaml claims: in words, in the JSON, and in both layouts of the guide."""
    from thresholds.present.guide import make_guide
    from thresholds.present.layout import as_html, as_markdown

    folder = tmp_path / "small"
    signed(folder)
    decision = loaded(folder).assess(a_child(START))
    assert "Their status: in force" in decision.explain()
    assert "Signed off on 2016-07-05" in decision.explain()
    again = thresholds.Decision.model_validate_json(decision.model_dump_json())
    assert again.record.status_notes == decision.record.status_notes
    guide = make_guide(loaded(folder), START)
    assert "Status: **in force** (signed off on 2016-07-05" in as_markdown(guide)
    assert '<span class="status">in force</span>' in as_html(guide)
    _edit_and_claim(folder)
    guide = make_guide(load(folder), START)
    assert "Status: **draft** (changed since it was signed off" in as_markdown(guide)
    assert "<p>Changed since it was signed off on 2016-07-05" in as_html(guide)


@pytest.mark.parametrize("name", ["england", "llr"])
def test_the_bundled_rulesets_are_drafts_that_nobody_signed(name: str) -> None:
    """Nothing that comes with the library looks approved."""
    ruleset = load(name)
    assert (ruleset.status, ruleset.sign_offs.records, ruleset.standing.findings) == ("draft", (), ())
    with pytest.raises(RulesetNotInForce, match="nobody has signed it off"):
        load(name, require="in_force")


def test_the_records_are_plain_data(tmp_path: Path) -> None:
    """Each says everything as JSON, so that other tools can show it."""
    record = signed(tmp_path / "small")
    data = json.loads(record.model_dump_json(exclude={"place"}))
    assert data["equality_screening"] == {"outcome": "no group is worse off", "reference": "EQ 2016/12"}
    assert (data["signed_on"], data["action"]) == ("2016-07-05", "approved")

"""Rulesets that can be signed off, and sign-offs of them, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tests.small_rulesets import OURS, Files, overlay, small, write
from thresholds import Ruleset, load
from thresholds.language.model.signoff import Approval, Withdrawal
from thresholds.policy.signing import Proposal, Report, sign, withdraw

SIGNED, START, REVIEW = date(2016, 7, 5), date(2016, 9, 1), date(2017, 9, 1)
WITHDRAWN_ON = date(2017, 1, 10)
PROPOSAL = Proposal(
    proposer="policy officer, early help",
    reason="the attendance limit follows the new guidance",
    equality_outcome="no group is worse off",
    equality_reference="EQ 2016/12",
    approver="head of safeguarding",
    minute="board of 5 July 2016, item 4",
    signed_on=SIGNED,
    effective_from=START,
    review_by=REVIEW,
)
EXAMPLE = {
    "id": "a_child",
    "title": "A child nobody knows",
    "assessment": {"child": {"age": 8}, "on": "2017-03-01"},
    "expect": {"never": []},
    "because": "nothing is known",
}
CONTACT = {
    "id": "duty_desk",
    "kind": "contact",
    "label": "Duty desk",
    "text": "Day and night.",
    "value": "000",
    "contact_for": ["duty", "out_of_hours"],
    "basis": OURS,
}
REPORT = Report("compare.html", b"<p>nobody is answered differently</p>")


def signable(files: Mapping[str, Any] | None = None) -> Files:
    """A ruleset's files (else the small one's) with a worked example and a contact."""
    return {
        **(small() if files is None else files),
        "worked_examples/signing.yaml": [dict(EXAMPLE)],
        "reference.yaml": [dict(CONTACT)],
    }


def over() -> Files:
    """An overlay of the small ruleset with a worked example of its own; the contact is the base's."""
    return overlay() | {"worked_examples/signing.yaml": [EXAMPLE | {"id": "another_child"}]}


def proposal(**other: Any) -> Proposal:
    """The usual one, with other values."""
    return replace(PROPOSAL, **other)


def make_report(new: Ruleset, old: Ruleset) -> Report:
    """The usual report, whatever is compared."""
    assert new.name
    assert old.name
    return REPORT


def signed(folder: Path, files: Mapping[str, Any] | None = None, **other: Any) -> Approval:
    """Write a ruleset into a folder and sign it as the first version."""
    return sign(write(signable() if files is None else files, folder), proposal(**other))


def contents(folder: Path) -> dict[str, bytes]:
    """Everything that lies in a folder, hidden files too, by path; folders hold nothing."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def loaded(folder: Path) -> Ruleset:
    """As one in force, or the error that says why not."""
    return load(folder, require="in_force")


def withdrawn(folder: Path) -> Withdrawal:
    return withdraw(folder, reason="a rule was wrong", approver="duty director", minute="urgent 3", on=WITHDRAWN_ON)


def with_second_edition(home: Path) -> tuple[Path, Path]:
    """A ruleset signed first as one edition and then as another, and a copy of the first."""
    new, old = home / "small", home / "old"
    signed(new)
    shutil.copytree(new, old)
    second_edition(new)
    sign(
        new,
        proposal(signed_on=date(2017, 7, 4), effective_from=date(2017, 9, 1), review_by=date(2018, 9, 1)),
        compared_with=load(old),
        report=make_report,
    )
    return new, old


def second_edition(folder: Path) -> None:
    header = yaml.safe_load((folder / "ruleset.yaml").read_text(encoding="utf-8"))
    write({"ruleset.yaml": header | {"edition": "second"}}, folder)

"""Signing a ruleset off: who approved exactly which content, or withdrew it, added to its signoff.yaml.

    sign("our_thresholds", Proposal(...), compared_with=load("thresholds_2015"), report=lambda new, old: Report(...))

The content hash binds a record to what the files say; its seal, and the seal of the record before it, show when
somebody edits the records. It is evidence of tampering, not a signature: nothing proves who typed a name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import yaml

from thresholds.errors import Fault, SignOffRefused
from thresholds.language.model.signoff import Approval, Withdrawal, same_person
from thresholds.language.sign_offs import REPORT_FOLDER, SIGN_OFF_FILE, SignOffs, seal_of, sign_offs_in
from thresholds.language.yaml_source import UNWANTED, named
from thresholds.language.yaml_text import Problem, Tree, parse_yaml
from thresholds.policy.fitness import Fitness, fitness
from thresholds.ruleset import VERSION, Ruleset, folder_of, load
from thresholds.writing import write_whole

_OPENING = (
    "# Who signed this ruleset off, when and why: written by `thresholds sign`. An edited record shows.\n"
    "# That the newest was removed shows only beside the seal that stands with the minutes.\n"
)
LONGEST = 2_000
"""Characters of any one text."""
LARGEST_REPORT = 50_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """A compare report as a file: what it is called, and what it holds."""

    name: str
    content: bytes


MakeReport = Callable[[Ruleset, Ruleset], Report]
"""Given the new ruleset and the old one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What people say when they put a ruleset in force. Who they are is a role or staff reference, never a name."""

    proposer: str
    reason: str
    equality_outcome: str
    """What came of the equality screening."""
    equality_reference: str
    """Where the screening is written down."""
    approver: str
    """Somebody other than the proposer."""
    minute: str
    """Where the approval is minuted."""
    signed_on: date
    effective_from: date
    """The first day it answers for."""
    review_by: date
    """The day by which it is looked at again."""

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with it, by field; nothing where it can be signed."""
        texts = {one.name: getattr(self, one.name) for one in fields(self) if isinstance(getattr(self, one.name), str)}
        found = [*_wrong_texts(texts)]
        if same_person(self.proposer, self.approver) and self.approver.split():
            found.append(Fault("approver", "is the proposer", "a second person approves: four eyes"))
        if self.review_by <= max(self.effective_from, self.signed_on):
            message = f"{self.review_by} is not after it is signed ({self.signed_on}) and takes effect"
            help_ = f"it takes effect on {self.effective_from}: give a later day, such as a year on"
            found.append(Fault("review_by", message, help_))
        return tuple(found)


def sign(
    name_or_path: str | Path,
    proposal: Proposal,
    *,
    compared_with: Ruleset | None = None,
    report: MakeReport | None = None,
    seconds: float = 60.0,
) -> Approval:
    """Put a ruleset in force: add an approval to its signoff.yaml, and the report beside it. Both, or neither.

    `compared_with`: the version before it, with `report`, which makes the compare report once nothing stands in the
    way; without both it is signed as the first version. `seconds`: the longest for one statement's proof on one day.
    Raises SignOffRefused with every reason, RulesetInvalid, EngineUnavailable, or OSError where the folder cannot be
    written to; then nothing has changed.
    """
    folder, ruleset = folder_of(name_or_path), load(name_or_path)
    faults = [*proposal.faults(), *_out_of_order(ruleset, proposal.signed_on)]
    if ruleset.definition.header.status == "withdrawn":
        faults.append(Fault("status", "ruleset.yaml says `status: withdrawn`", "write `status: draft` first"))
    faults += [Fault("extends", base.message, base.help) for base in ruleset.standing.withdrawn_bases]
    faults += _wrong_comparison(ruleset, compared_with, report)
    begins = ruleset.definition.header.from_
    if proposal.effective_from < begins:
        message = f"{proposal.effective_from} lies before the ruleset begins"
        faults.append(Fault("effective_from", message, f"give {begins} or a later day"))
        raise SignOffRefused(ruleset.name, faults)
    fit = fitness(ruleset, proposal.effective_from, proposal.review_by, seconds)
    if faults or fit.faults:
        raise SignOffRefused(ruleset.name, [*faults, *fit.faults])
    made = report(ruleset, compared_with) if report is not None and compared_with is not None else None
    kept = _kept(ruleset.name, made) if made is not None else None
    tree = _approval(ruleset, proposal, compared_with, kept, fit)
    record = _add(folder, ruleset, tree, made, kept)
    assert isinstance(record, Approval)
    return record


def withdraw(name_or_path: str | Path, *, reason: str, approver: str, minute: str, on: date) -> Withdrawal:
    """Take a ruleset out of force from that day, at once: add a withdrawal to its signoff.yaml.

    One person can do it, for it must be quick. Raises SignOffRefused with every reason, or OSError.
    """
    folder, ruleset = folder_of(name_or_path), load(name_or_path)
    latest = ruleset.sign_offs.latest
    faults = [
        *_wrong_texts({"reason": reason, "approver": approver, "minute": minute}),
        *_out_of_order(ruleset, on),
    ]
    if not isinstance(latest, Approval):
        message = (
            "it is withdrawn already" if latest is not None else "there is nothing to withdraw: it was never signed"
        )
        faults.append(Fault(SIGN_OFF_FILE, message, "`thresholds sign RULESET --show` lists what was signed"))
    if faults or latest is None:
        raise SignOffRefused(ruleset.name, faults)
    tree: dict[str, Tree] = {
        "action": "withdrawn",
        "ruleset": latest.ruleset,
        "edition": latest.edition,
        "hash": latest.hash,
        "reason": _said(reason),
        "approver": _said(approver),
        "minute": _said(minute),
        "signed_on": str(on),
    }
    record = _add(folder, ruleset, tree)
    assert isinstance(record, Withdrawal)
    return record


# --- what stands in the way -----------------------------------------------------------------------


def _said(text: str) -> str:
    return " ".join(text.split())


def _wrong_texts(texts: Mapping[str, str]) -> Iterator[Fault]:
    for name, text in texts.items():
        said = _said(text)
        odd = UNWANTED.search(said)
        if not said:
            yield Fault(name, "is empty", "write what the minutes say")
        elif odd is not None:
            yield Fault(name, f"holds {named(odd[0])}", "type it anew")
        elif len(said) > LONGEST:
            yield Fault(name, f"is longer than {LONGEST} characters", "sum it up, and refer to the paper")


def _out_of_order(ruleset: Ruleset, on: date) -> Iterator[Fault]:
    for problem in ruleset.sign_offs.broken:
        yield Fault(SIGN_OFF_FILE, f"{problem.place}: {problem.message}", problem.help)
    latest = ruleset.sign_offs.latest
    if latest is not None and on < latest.signed_on:
        yield Fault("on", f"{on} lies before the newest record, of {latest.signed_on}", "give that day or a later one")


def _wrong_comparison(ruleset: Ruleset, old: Ruleset | None, report: MakeReport | None) -> Iterator[Fault]:
    before = ruleset.sign_offs.latest_approval
    if (old is None) != (report is None):
        yield Fault("report", "goes with the version compared with", "give both, or neither for a first version")
    elif old is None and before is not None:
        message = f"this is not the first version: edition {before.edition} was signed on {before.signed_on}"
        yield Fault("first", message, "compare it with that edition, and sign with the report")
    elif old is not None and before is not None and old.content_hash != before.hash:
        message = f"{old.name}, edition {old.edition}, is not what was signed here on {before.signed_on}"
        help_ = f"compare with edition {before.edition}, content {before.hash[:12]}: an older copy of this folder"
        yield Fault("compared_with", message, help_)


# --- the record -----------------------------------------------------------------------------------


def _approval(
    ruleset: Ruleset, proposal: Proposal, old: Ruleset | None, kept: dict[str, Tree] | None, fit: Fitness
) -> dict[str, Tree]:
    compared: dict[str, Tree] | None = None
    if old is not None:
        compared = {"name": old.name, "edition": old.edition, "hash": old.content_hash}
        compared |= {"as_at": str(old.as_at)} if old.as_at is not None else {}
    tree: dict[str, Tree | None] = {
        "action": "approved",
        "ruleset": ruleset.name,
        "edition": ruleset.edition,
        "hash": ruleset.content_hash,
        "bases": dict(ruleset.base_hashes) or None,
        "proposer": _said(proposal.proposer),
        "reason": _said(proposal.reason),
        "equality_screening": {
            "outcome": _said(proposal.equality_outcome),
            "reference": _said(proposal.equality_reference),
        },
        "approver": _said(proposal.approver),
        "minute": _said(proposal.minute),
        "signed_on": str(proposal.signed_on),
        "effective_from": str(proposal.effective_from),
        "review_by": str(proposal.review_by),
        "first": "true" if old is None else None,
        "compared_with": compared,
        "report": kept,
        "checked": {
            "worked_examples": str(fit.worked_examples),
            "statements": str(fit.statements),
            "library": VERSION,
        },
    }
    return {key: value for key, value in tree.items() if value is not None}


def _kept(name: str, report: Report) -> dict[str, Tree]:
    """Where a report is kept, under a name that no other has, and its SHA-256."""
    if not report.content or len(report.content) > LARGEST_REPORT:
        message = "is empty" if not report.content else f"is larger than {LARGEST_REPORT // 1_000_000} MB"
        raise SignOffRefused(name, [Fault("report", message, "give the report that `thresholds compare` wrote")])
    digest = hashlib.sha256(report.content).hexdigest()
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(report.name).name)[-80:]
    return {"file": f"{REPORT_FOLDER}/{digest[:12]}_{plain}", "sha256": digest}


def _add(
    folder: Path,
    ruleset: Ruleset,
    said: Mapping[str, Tree],
    report: Report | None = None,
    kept: Mapping[str, Tree] | None = None,
) -> Approval | Withdrawal:
    """Seal a record and append it; the report goes first, and goes again where the record cannot follow it."""
    tree = {**said}
    latest = ruleset.sign_offs.latest
    if latest is not None:
        tree["previous"] = latest.seal
    tree["seal"] = seal_of(tree)
    path = folder / SIGN_OFF_FILE
    old = path.read_text(encoding="utf-8-sig") if path.exists() else _OPENING
    written = yaml.safe_dump([tree], sort_keys=False, allow_unicode=True, width=100_000)
    text = old + ("" if old.endswith("\n") else "\n") + written
    sign_offs = _read_back(text, folder.name)
    if sign_offs is None:
        message = (
            "a record cannot be added to it: it is not laid out as `thresholds sign` does, or was changed just now"
        )
        raise SignOffRefused(ruleset.name, [Fault(SIGN_OFF_FILE, message, "put it back as it was, and sign again")])
    if report is None or kept is None:
        write_whole(path, text)
    else:
        _write_both(folder / str(kept["file"]), report.content, path, text)
    return sign_offs.records[-1]


def _read_back(text: str, shown: str) -> SignOffs | None:
    """The records of a text; None where it holds a problem, or a record that does not follow the one before it."""
    problems: list[Problem] = []
    sign_offs = sign_offs_in(parse_yaml(text, f"{shown}/{SIGN_OFF_FILE}", problems), problems)
    return None if problems or sign_offs.broken else sign_offs


def _write_both(report: Path, content: bytes, path: Path, text: str) -> None:
    new_folder, new_file = not report.parent.exists(), not report.exists()
    try:
        report.parent.mkdir(exist_ok=True)
        write_whole(report, content)
        write_whole(path, text)
    except BaseException:
        with suppress(OSError):
            if new_file:
                report.unlink(missing_ok=True)
            if new_folder:
                report.parent.rmdir()
        raise

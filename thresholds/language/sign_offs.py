"""signoff.yaml: the records of who signed a ruleset off, read, and whether anybody touched them since.

Each record holds a seal (SHA-256 of all it says) and the seal of the one before it, so that an edited, removed or
inserted record shows. That is evidence of tampering, not a signature: whoever can write the file can write a whole
new one. Keep the newest seal with the minutes, or the folder under version control.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from thresholds.language.model.signoff import Approval, KeptReport, Withdrawal
from thresholds.language.validation import problems_of
from thresholds.language.yaml_text import Document, Problem, Tree, read_yaml

SIGN_OFF_FILE, REPORT_FOLDER = "signoff.yaml", "signoff"
_KINDS: dict[str, type[Approval] | type[Withdrawal]] = {"approved": Approval, "withdrawn": Withdrawal}
_RESTORE = (
    f"put {SIGN_OFF_FILE} back as it was, from version control or a copy; where there is none, take it out and sign "
    "the ruleset as a first version"
)


@dataclass(frozen=True, slots=True)
class SignOffs:
    """All records, the newest last, and whatever shows that one of them or its report is not as it was signed."""

    records: tuple[Approval | Withdrawal, ...] = ()
    broken: tuple[Problem, ...] = ()

    @property
    def latest(self) -> Approval | Withdrawal | None:
        return self.records[-1] if self.records else None

    @property
    def latest_approval(self) -> Approval | None:
        return next((one for one in reversed(self.records) if isinstance(one, Approval)), None)


def read_sign_offs(folder: Path, shown: str, problems: list[Problem]) -> SignOffs:
    """The sign-offs of a ruleset's folder; none where it has no such file. What cannot be read is a problem."""
    path = folder / SIGN_OFF_FILE
    if not os.path.lexists(path):
        return SignOffs()
    sign_offs = sign_offs_in(read_yaml(path, f"{shown}/{SIGN_OFF_FILE}", problems), problems)
    reports = [problem for one in sign_offs.records for problem in _report_problems(folder, one)]
    return SignOffs(sign_offs.records, (*sign_offs.broken, *reports))


def sign_offs_in(document: Document, problems: list[Problem]) -> SignOffs:
    """The records that a file holds; their reports are not looked at."""
    trees = document.data
    if trees is None:
        return SignOffs()
    if not isinstance(trees, list):
        problems.append(Problem(document.place(), "the file is not a list", "`thresholds sign` writes it"))
        return SignOffs()
    read = [_record(tree, document, number, problems) for number, tree in enumerate(trees)]
    records = tuple(record for record in read if record is not None)
    if len(records) < len(trees):
        return SignOffs(records)
    sealed = [seal_of(tree) for tree in trees if isinstance(tree, dict)]
    return SignOffs(records, tuple(_tampering(records, sealed)))


def seal_of(tree: Mapping[str, Tree]) -> str:
    """SHA-256 of what a record says but for its seal, whatever its layout."""
    said = {key: value for key, value in tree.items() if key != "seal"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _record(tree: Tree, document: Document, number: int, problems: list[Problem]) -> Approval | Withdrawal | None:
    place = document.key_place(number)
    action = tree.get("action") if isinstance(tree, dict) else None
    kind = _KINDS.get(action) if isinstance(action, str) else None
    if kind is None or not isinstance(tree, dict):
        message = "this is no sign-off record"
        problems.append(Problem(place, message, "each has `action: approved` or `action: withdrawn`"))
        return None
    try:
        return kind.model_validate({**tree, "place": place})
    except ValidationError as error:
        problems.extend(problems_of(error, kind, document, (number,), set()))
        return None


def _tampering(records: Sequence[Approval | Withdrawal], sealed: Sequence[str]) -> Iterator[Problem]:
    for number, (record, seal) in enumerate(zip(records, sealed, strict=True), start=1):
        if record.seal != seal:
            yield Problem(record.place, f"sign-off record {number} was changed after it was signed", _RESTORE)
    if records and records[0].previous is not None:
        yield Problem(records[0].place, "the sign-off record before the first was removed", _RESTORE)
    for number, (before, record) in enumerate(pairwise(records), start=2):
        if record.previous != before.seal:
            message = f"sign-off record {number} does not follow the one before it: one was changed, removed or put in"
            yield Problem(record.place, message, _RESTORE)


def _report_problems(folder: Path, record: Approval | Withdrawal) -> Iterator[Problem]:
    report = record.report if isinstance(record, Approval) else None
    if report is not None and (wrong := report_fault(folder, report)):
        message = f"the compare report that was signed on {record.signed_on}, {report.file}, {wrong}"
        yield Problem(record.place, message, "put it back as it was; it is part of what was signed")


def report_fault(folder: Path, report: KeptReport) -> str:
    """What is wrong with a kept report; empty where it is the one that was signed."""
    path = folder / report.file
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return "is no ordinary file"
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if found == report.sha256 else "was changed since"

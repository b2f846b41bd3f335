"""Where a ruleset stands: draft, in force or withdrawn, as its sign-off bears out and not as it says of itself.

It is in force where the newest record of signoff.yaml approves exactly what the files say now. Anything else is a
draft, whatever `status:` in ruleset.yaml claims; only `withdrawn` there is believed, for it makes nothing look calmer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from thresholds.language.loading import Layers
from thresholds.language.model.signoff import Approval, Withdrawal
from thresholds.language.yaml_text import Problem

Status: TypeAlias = Literal["draft", "in_force", "withdrawn"]
_SIGN = "`thresholds sign` signs it off"
_SIGN_AGAIN = "`thresholds sign` signs what it says now; or undo the change"
_SIGN_OR_WORK = f"{_SIGN}; to work on it, load it without `require`"
_SEE_BASE = "look at what replaces it"
_SEE_NEXT = "ask the authority for the ruleset that took its place; or load it without `require`"
NEVER_SIGNED = "nobody has signed it off"
SHOWN = 12
"""How much of a hash people are shown."""


class OnDay(NamedTuple):
    """The status on a day, with what is to be known about it, each a sentence without its full stop."""

    status: Status
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The status in effect."""

    status: Status
    latest: Approval | Withdrawal | None
    """The newest record, whether or not it holds."""
    why_not: tuple[str, str] | None
    """Why it is not in force, and what would be right; None where it is."""
    changed: tuple[Problem, ...] = ()
    """That it is no longer what was signed: no mistake, but to be seen."""
    withdrawn_bases: tuple[Problem, ...] = ()
    """What it extends and is withdrawn."""
    problems: tuple[Problem, ...] = ()
    """What is wrong: a record or report that was touched, a claim that no sign-off bears out."""

    @property
    def findings(self) -> tuple[Problem, ...]:
        """All of these."""
        return (*self.changed, *self.withdrawn_bases, *self.problems)

    @property
    def approval(self) -> Approval | None:
        """What puts it in force; None where nothing does."""
        return self.latest if self.status == "in_force" and isinstance(self.latest, Approval) else None

    def on(self, day: date, seen_on: date) -> OnDay:
        """How it stands: `day`, whose rules answer; `seen_on`, the day of the assessment or document."""
        notes = [finding.message for finding in self.findings]
        approval = self.approval
        if approval is None:
            of_withdrawal = [_of_withdrawal(self.latest)] if isinstance(self.latest, Withdrawal) else []
            return OnDay(self.status, (*of_withdrawal, *notes))
        signed = f"signed off on {approval.signed_on} (minute: {approval.minute})"
        if day < approval.effective_from:
            return OnDay("draft", (f"{signed}, and in force only from {approval.effective_from}", *notes))
        notes.insert(0, f"{signed}, in force from {approval.effective_from}")
        if seen_on > approval.review_by:
            notes.insert(1, f"its review was due by {approval.review_by}, and that day had passed")
        return OnDay("in_force", tuple(notes))


def standing_of(layers: Layers) -> Standing:
    """How a ruleset stands that loaded without a problem."""
    document = layers.headers[-1][1]
    latest, broken = layers.sign_offs.latest, layers.sign_offs.broken
    bases = tuple(
        Problem(document.place("extends"), f"{base.names[-1]}, which it extends, is withdrawn", _SEE_BASE)
        for base in layers.bases
        if _withdrawn(base)
    )
    if _withdrawn(layers):
        why = _of_withdrawal(latest) if isinstance(latest, Withdrawal) else "its ruleset.yaml says so"
        claims = _claims(layers, "it is withdrawn")
        return Standing("withdrawn", latest, (why, _SEE_NEXT), withdrawn_bases=bases, problems=(*broken, *claims))
    changed: tuple[Problem, ...] = ()
    if isinstance(latest, Approval) and latest.hash != layers.digest():
        message = f"changed since it was signed off on {latest.signed_on}: {_what_changed(layers, latest)}"
        changed = (Problem(latest.place, message, _SIGN_AGAIN),)
    wrong = (*changed, *broken)
    if latest is not None and not wrong:
        return Standing("in_force", latest, None, withdrawn_bases=bases)
    why_not = (wrong[0].message, wrong[0].help) if wrong else (NEVER_SIGNED, _SIGN_OR_WORK)
    claims = _claims(layers, "no sign-off bears it out" if latest else NEVER_SIGNED)
    return Standing("draft", latest, why_not, changed, bases, (*broken, *claims))


def _claims(layers: Layers, but: str) -> tuple[Problem, ...]:
    """That ruleset.yaml says it is in force, where it is not."""
    tree, document = layers.headers[-1]
    if tree["status"] != "in_force":
        return ()
    message = f"its ruleset.yaml says `status: in_force`, and {but}"
    return (Problem(document.place("status"), message, f"write `status: draft`; {_SIGN}"),)


def _withdrawn(layers: Layers) -> bool:
    return layers.headers[-1][0].get("status") == "withdrawn" or isinstance(layers.sign_offs.latest, Withdrawal)


def _what_changed(layers: Layers, approval: Approval) -> str:
    now = {base.names[-1]: base.digest() for base in layers.bases}
    others = [name for name, digest in now.items() if approval.bases.get(name) != digest]
    of = f" ({', '.join(others)}, which it extends, is not what it was)" if others else ""
    return f"its content was {approval.hash[:SHOWN]} then and is {layers.digest()[:SHOWN]} now{of}"


def _of_withdrawal(record: Withdrawal) -> str:
    return f"withdrawn on {record.signed_on} by {record.approver} (minute: {record.minute}): {record.reason}"

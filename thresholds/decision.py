"""What the answer is: models that serialise, round-trip and publish a JSON Schema. People see it as guidance."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from thresholds.assessment import Consent
from thresholds.language.model import Confidence, Group, Tier, Weight

if TYPE_CHECKING:
    from rich.console import RenderableType

Status = Literal["settled", "provisional", "not_enough_known", "outside_scope"]


class _Model(BaseModel):
    """Closed, unchanging, and silent about what it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """What rich and other printers ask for."""
        return []


class SourceCited(_Model):
    """Something a rule rests on: its id, title and address."""

    id: str
    title: str
    address: str | None = None


class Evidence(_Model):
    """What is known of one indicator that a rule read: in words, with who saw it and when."""

    indicator: str
    label: str
    value: str
    basis: Literal["seen", "reported", "opinion"] | None = None
    on: date | None = None
    disagreement: bool = False
    """Observations of it disagree; the worst was taken."""


class Reason(_Model):
    """A rule that holds."""

    rule: str
    title: str
    because: str
    certain: bool
    """False: an exception, or who the child is, is not yet known; the rule counts all the same."""
    overriding: bool
    findings: tuple[str, ...]
    responses: dict[str, Weight]
    evidence: tuple[Evidence, ...]
    unless: tuple[str, ...]
    """The exceptions that are not ruled out: what would make the rule not hold."""
    sources: tuple[SourceCited, ...]
    test_confidence: Confidence
    response_confidence: Confidence
    place: str
    """File, line and column of the rule."""


class Question(_Model):
    """An unknown that could change the answer."""

    topic: str
    indicators: tuple[str, ...]
    """What is not known; with `whole_topic`, the topic was not looked at and one question asks it all."""
    whole_topic: bool
    question: str
    ask: tuple[str, ...]
    not_before: tuple[str, ...]
    ask_now: bool
    """A danger that cannot be ruled out, and a sign of it is known."""
    could_reach: Tier | None
    """The highest tier that the answer could lead to; None: responses beside the tiers only."""
    could_change: tuple[str, ...]
    """Responses that could be added or taken away."""


class Awaiting(_Model):
    """A specialist response that a named person must decide: nothing may be closed or stepped down before."""

    response: str
    label: str
    decided_by: str
    rules: tuple[str, ...]
    """Ids of the rules that ask for it."""
    because: tuple[str, ...]
    """Titles of rules that hold."""
    not_ruled_out: tuple[str, ...]
    """Titles of overriding rules that cannot be ruled out while a sign of them is known."""
    signs: tuple[str, ...]
    """Those signs."""


class ResponseCalled(_Model):
    """A response that is called for, in full."""

    response: str
    label: str
    meaning: str
    weight: Weight
    tier: Literal["universal", "targeted", "specialist", "beside"]
    absorbed_by: str | None
    """Another response that covers this one."""
    assessment: str | None
    lead: str
    decided_by: str
    consent: str
    first_step: str
    services: tuple[str, ...]
    """Who helps, by label."""


class Record(_Model):
    """What the answer was made with, so that it can be made again."""

    ruleset: str
    title: str
    edition: str
    authority: str
    ruleset_status: Literal["draft", "in_force", "withdrawn"]
    """The status in effect for that day."""
    status_notes: tuple[str, ...] = ()
    """What it rests on, or why it is no better: who signed when, what has changed since, a review that is due."""
    hash: str
    """SHA-256 of the canonical ruleset with what it extends and the pinned date."""
    as_at: date | None
    """The pinned date; None: what was in force on the assessment's day applied."""
    on: date
    library: str
    engine: str
    notice: str


class Decision(_Model):
    """The answer for one child on one day. It points to; it never finds, approves or decides."""

    status: Status
    tier: Tier | None
    floor: Tier | None
    ceiling: Tier | None
    ceiling_by_topic: dict[str, Tier]
    """For each topic with something unknown: the highest tier it could lead to."""
    provisional: bool
    responses: dict[str, Weight]
    """Every response called for by its id, absorbed ones too."""
    absorbed: dict[str, str]
    """Responses covered by another: id and the other's id."""
    called_for: tuple[ResponseCalled, ...]
    """The same in full, the most pressing first."""
    awaiting: tuple[Awaiting, ...]
    findings: dict[str, str]
    """Findings that are established: id and label."""
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]
    conflicts: tuple[str, ...]
    """What does not fit together in what was given."""
    recorded_as_past: tuple[str, ...]
    """What is recorded as past: whether it is so now counts as unknown."""
    strengths: tuple[str, ...]
    """Protective factors that are there, whether or not they changed anything."""
    scope: tuple[Group, ...]
    scope_note: str
    consent: Consent
    consent_note: str
    refer_now: bool
    """An overriding rule is established: refer now, do not investigate."""
    weakest_basis: Confidence | None
    reporter_role: str | None
    reference: str | None
    record: Record

    def explain(self) -> str:
        """The guidance as plain English text."""
        from thresholds.present.guidance import as_text

        return as_text(self)

    def __rich__(self) -> RenderableType:
        from thresholds.present.guidance import as_rich

        return as_rich(self)

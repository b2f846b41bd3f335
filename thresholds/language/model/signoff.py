"""A sign-off record: who approved which content of a ruleset, or withdrew it, and on what grounds."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from thresholds.language.model.grounds import EntryFault, Identifier, Part
from thresholds.language.yaml_text import Place


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise EntryFault("this is no SHA-256", "it has 64 digits and letters a to f; `thresholds sign` writes it")
    return text


def _kept(text: str) -> str:
    if not re.fullmatch(r"signoff/[A-Za-z0-9_][A-Za-z0-9._-]{0,119}", text):
        raise EntryFault("this is no file of the folder signoff", "`thresholds sign` puts the report there")
    return text


Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Sha = Annotated[str, AfterValidator(_sha256)]


class Screening(Part):
    """The equality screening: what came of it, and where it is written down."""

    outcome: Said
    reference: Said


class Compared(Part):
    """The version that a new one was compared with."""

    name: Identifier
    edition: Said
    hash: Sha
    as_at: date | None = None
    """The date that was pinned, where one was."""


class KeptReport(Part):
    """The compare report that the approver saw, kept beside the rules."""

    file: Annotated[str, AfterValidator(_kept)]
    sha256: Sha


class Checked(Part):
    """What was checked before signing, all of it without a fault, and with which version of this library."""

    worked_examples: Annotated[int, Field(ge=1)]
    statements: Annotated[int, Field(ge=0)]
    """How many were proved; 0 where the ruleset makes none."""
    library: Said


class _Record(Part):
    ruleset: Identifier
    edition: Said
    hash: Sha
    """Of the content that is approved or withdrawn."""
    reason: Said
    approver: Said
    minute: Said
    """Where the decision is minuted."""
    signed_on: date
    previous: Sha | None = None
    """The seal of the record before it."""
    seal: Sha
    """SHA-256 of all the rest of the record: an edit shows."""
    place: Place


class Approval(_Record):
    """A version of a ruleset, put in force. People stand in it by role or staff reference; no name is needed."""

    action: Literal["approved"]
    bases: dict[Identifier, Sha] = Field(default_factory=dict)
    """What it extends, with the hash of each."""
    proposer: Said
    equality_screening: Screening
    effective_from: date
    review_by: date
    first: bool = False
    """There was no version before it to compare with."""
    compared_with: Compared | None = None
    report: KeptReport | None = None
    checked: Checked

    @model_validator(mode="after")
    def _says_what_it_must(self) -> Approval:
        if same_person(self.proposer, self.approver):
            raise EntryFault("proposer and approver are the same", "a second person approves", "approver")
        if self.review_by <= max(self.effective_from, self.signed_on):
            message = f"`review_by: {self.review_by}` is not after it was signed and took effect"
            raise EntryFault(message, "give the day by which it is looked at again", "review_by")
        if (self.compared_with is None) != (self.report is None) or self.first == (self.report is not None):
            help_ = "it has `compared_with` and `report`, or it is the first: `first: true`"
            raise EntryFault("it must say what it was compared with", help_, "action")
        return self


class Withdrawal(_Record):
    """A ruleset taken out of force, from the day it was signed on."""

    action: Literal["withdrawn"]


def same_person(one: str, other: str) -> bool:
    """Are two roles or references the same, however they are written?"""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()

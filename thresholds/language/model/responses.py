"""What is called for, and who helps."""

from __future__ import annotations

from typing import Literal

from thresholds.language.model.grounds import Basis, Entry, Identifier, Text
from thresholds.language.unary import UnaryTest


class Response(Entry):
    """What is called for."""

    label: Text
    meaning: Text
    tier: Literal["universal", "targeted", "specialist", "beside"]
    immediate: bool = False
    """Called for this minute: it stands before all others."""
    absorbs: tuple[Identifier, ...] = ()
    assessment: str | None = None
    lead: Identifier
    decided_by: Identifier
    consent: Literal["required", "seek", "inform", "consult", "not_required"]
    consent_note: str | None = None
    first_step: Text
    services: tuple[Identifier, ...] = ()
    basis: Basis


class Service(Entry):
    """Somebody who helps, at a tier, for some ages."""

    label: Text
    tier: Literal["universal", "targeted", "specialist", "beside"]
    ages: UnaryTest | None = None
    basis: Basis

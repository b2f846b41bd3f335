"""What is called for, and who helps."""

from __future__ import annotations

from collections.abc import Mapping
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


def covered_by(responses: Mapping[str, Response]) -> dict[str, tuple[str, ...]]:
    """For each response the ones that absorb it, directly or through others."""
    covered: dict[str, set[str]] = {}
    for name in responses:
        below = list(responses[name].absorbs)
        seen: set[str] = set()
        while below:
            one = below.pop()
            if one not in seen and one in responses:
                seen.add(one)
                covered.setdefault(one, set()).add(name)
                below.extend(responses[one].absorbs)
    return {name: tuple(sorted(covers)) for name, covers in covered.items()}

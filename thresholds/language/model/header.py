"""ruleset.yaml, and what an overlay replaces."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from thresholds.language.conditions import Condition
from thresholds.language.model.grounds import GROUPS, EntryFault, Group, Identifier, Part, Text


class Change(Part):
    """An entry of the base that an overlay replaces or withdraws, and why."""

    kind: str
    id: str
    reason: Text

    @model_validator(mode="before")
    @classmethod
    def _kind_is_the_key(cls, value: object) -> object:
        if isinstance(value, dict) and len(keys := [key for key in value if key != "reason"]) == 1:
            if not value.get("reason"):
                help_ = "say why beside it: {rule: its_id, reason: why}"
                raise EntryFault("a reason is missing, and must be given", help_, "reason")
            return {"kind": keys[0], "id": value[keys[0]], "reason": value["reason"]}
        raise EntryFault("this names no entry", "name one, with a reason: {rule: its_id, reason: why}")


class Header(Part):
    """ruleset.yaml: what this ruleset is, who answers for it, whom it covers."""

    format: Literal["1"]
    name: Identifier
    title: Text
    edition: Text
    authority: Text
    status: Literal["draft", "in_force", "withdrawn"]
    """What the file claims; whether a sign-off bears it out, standing.py says."""
    from_: date = Field(alias="from")
    extends: Identifier | None = None
    notice: Text
    scope: dict[Group, Condition] = Field(default_factory=dict)
    outside_scope: str = ""
    replaces: tuple[Change, ...] = ()
    withdraws: tuple[Change, ...] = ()

    @field_validator("scope")
    @classmethod
    def _every_group(cls, value: dict[Group, Condition]) -> dict[Group, Condition]:
        if value and set(value) != set(GROUPS):
            missing = ", ".join(group for group in GROUPS if group not in value)
            raise EntryFault(f"`scope` does not say when it covers {missing}", f"give each of {', '.join(GROUPS)}")
        return value

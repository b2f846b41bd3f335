"""What every entry has: its id and its days, its basis, and the words the others are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from thresholds.language.yaml_text import Place

Tier = Literal["universal", "targeted", "specialist"]
TIERS: tuple[Tier, ...] = ("universal", "targeted", "specialist")
Weight = Literal["points_to", "consider", "offer"]
WEIGHTS: tuple[Weight, ...] = ("offer", "consider", "points_to")
"""The weakest first."""
Group = Literal["under_18", "unborn", "adult_with_plan", "care_leaver"]
GROUPS: tuple[Group, ...] = ("unborn", "under_18", "adult_with_plan", "care_leaver")
Area = Literal[
    "child_development",
    "parenting_capacity",
    "family_and_environment",
    "send",
    "safeguarding",
    "status",
    "process",
]
Confidence = Literal["statute", "seed", "llr", "statute_unchecked", "comparable", "inferred"]
CONFIDENCES: tuple[Confidence, ...] = (
    "statute",
    "seed",
    "llr",
    "statute_unchecked",
    "comparable",
    "inferred",
)
"""From the firmest to the weakest."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
Text = Annotated[str, Field(min_length=1)]
UNKNOWN = "unknown"


def _mapping_of_one_weight(value: object) -> object:
    return {value: "points_to"} if isinstance(value, str) else value


Then = Annotated[
    dict[Identifier, Literal["points_to", "consider", "offer", "finding"]],
    BeforeValidator(_mapping_of_one_weight),
    Field(min_length=1),
]


class EntryFault(ValueError):
    """What is wrong with an entry, what would be right, and at which of its fields."""

    def __init__(self, message: str, help: str, *field: str | int) -> None:  # noqa: A002 - the word users know
        super().__init__(message)
        self.message, self.help, self.field = message, help, field


class Part(BaseModel):
    """A piece of an entry: closed, unchanging."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)


class Entry(Part):
    """One entry of a file, in force from `from` (included) to `until` (left out)."""

    id: Identifier
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    place: Place
    layer: str

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        return rising(self, self.from_, self.until)

    def in_force(self, on: date) -> bool:
        """Does it hold on that day?"""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on < self.until)


_P = TypeVar("_P", bound=Part)


def rising(part: _P, from_: date | None, until: date | None) -> _P:
    if from_ is not None and until is not None and until <= from_:
        message = f"`until: {until}` is not after `from: {from_}`, so it never holds"
        raise EntryFault(message, "`until` is the first day on which it no longer holds", "until")
    return part


class Cited(Part):
    """Sources by id, and how sure what they say is."""

    sources: tuple[str, ...] = ()
    confidence: Confidence

    @model_validator(mode="after")
    def _only_inference_stands_alone(self) -> Cited:
        if not self.sources and self.confidence != "inferred":
            message = f"confidence {self.confidence} needs a source"
            raise EntryFault(message, "name one under `sources`, or say `confidence: inferred`", "sources")
        return self


class Basis(Part):
    """What an entry rests on: its test and its response may rest on different grounds."""

    test: Cited
    response: Cited

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, value: object) -> object:
        if isinstance(value, dict) and "test" not in value and "response" not in value:
            return {"test": value, "response": value}
        return value

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.test.sources, *self.response.sources)))

    @property
    def confidence(self) -> Confidence:
        """The weaker of the two."""
        return max(self.test.confidence, self.response.confidence, key=CONFIDENCES.index)

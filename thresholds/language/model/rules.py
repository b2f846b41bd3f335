"""Rules, the rows of levels tables that stand for rules, and their exceptions."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from thresholds.language.conditions import Condition
from thresholds.language.model.grounds import Basis, Entry, Group, Identifier, Part, Text, Then, Weight, rising
from thresholds.language.unary import UnaryTest
from thresholds.language.yaml_text import Place


class Unless(Part):
    """A situation in which a rule does not hold."""

    when: Condition
    because: Text


class Level(Part):
    """One row of an indicator's `levels:` table: a rule written beside the indicator."""

    at: UnaryTest
    when: Condition | None = None
    then: Then
    because: Text
    id: Identifier | None = None
    title: str | None = None
    unless: tuple[Unless, ...] = ()
    basis: Basis | None = None
    overriding: bool = False
    related: tuple[Identifier, ...] = ()
    applies_to: tuple[Group, ...] = ("under_18",)
    tags: tuple[str, ...] = ()
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    place: Place

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        return rising(self, self.from_, self.until)


class Rule(Entry):
    """A condition, its exceptions, and what follows."""

    title: Text
    when: Condition
    unless: tuple[Unless, ...] = ()
    then: Then
    because: Text
    basis: Basis
    overriding: bool = False
    related: tuple[Identifier, ...] = ()
    applies_to: Annotated[tuple[Group, ...], Field(min_length=1)] = ("under_18",)
    tags: tuple[str, ...] = ()

    @cached_property
    def responses(self) -> dict[str, Weight]:
        return {name: weight for name, weight in self.then.items() if weight != "finding"}

    @cached_property
    def findings(self) -> tuple[str, ...]:
        return tuple(name for name, weight in self.then.items() if weight == "finding")

    def conditions(self) -> tuple[Condition, ...]:
        return (self.when, *(exception.when for exception in self.unless))

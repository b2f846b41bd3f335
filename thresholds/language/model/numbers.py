"""Parameters, quantities and findings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from thresholds.language.model.grounds import Area, Basis, Entry, EntryFault, Identifier, Part, Text
from thresholds.language.unary import ELAPSED, Domain, UnaryTest


class Value(Part):
    """A value of a parameter, from a day on."""

    from_: date = Field(alias="from")
    value: Text
    basis: Basis | None = None


class Parameter(Entry):
    """A named number that rules refer to; with a history where it changed."""

    title: Text
    unit: Text
    value: Text | None = None
    history: tuple[Value, ...] = ()
    basis: Basis

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Parameter:
        if (self.value is None) == (not self.history):
            help_ = "`value: 3`, or `history:` with `- {from: 2015-09-01, value: 3}` under it"
            raise EntryFault("give either `value` or `history`", help_)
        days = [value.from_ for value in self.history]
        if days != sorted(set(days)):
            help_ = "put the oldest value first, and no day twice"
            raise EntryFault("the dates of `history` do not rise from one to the next", help_, "history")
        return self

    def value_on(self, on: date) -> str | None:
        """The value in force on that day, as text."""
        if self.value is not None:
            return self.value
        past = [value for value in self.history if value.from_ <= on]
        return past[-1].value if past else None


class Selector(Part):
    """Which indicators or findings a quantity looks at."""

    ids: tuple[Identifier, ...] = ()
    tags: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    topics: tuple[Identifier, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list_of_ids(cls, value: object) -> object:
        return {"ids": value} if isinstance(value, list | tuple) else value


class Where(Part):
    """Which of them count: by value, by whether the need is unmet, by how long it has lasted."""

    value: UnaryTest | None = None
    need: Literal["unmet"] | None = None
    lasting: UnaryTest | None = None


class Counted(Part):
    """What a quantity counts: events in a window, indicators, or findings."""

    events: Identifier | None = None
    within: Text | None = None
    indicators: Selector | None = None
    findings: Selector | None = None
    where: Where = Where()

    @model_validator(mode="after")
    def _one_thing(self) -> Counted:
        given = [name for name in ("events", "indicators", "findings") if getattr(self, name) is not None]
        if len(given) != 1:
            message = f"a quantity counts one thing, and this counts {' and '.join(given) or 'nothing'}"
            raise EntryFault(message, "give one of `events`, `indicators` and `findings`")
        if (self.events is None) != (self.within is None):
            message = "`events` and `within` belong together"
            raise EntryFault(message, 'write {events: an_indicator, within: "90 days"}')
        return self


class Longest(Part):
    """The longest time that any of these has lasted."""

    indicators: Selector
    where: Where = Where()


class Quantity(Entry):
    """A count or a duration derived from observations, events or findings."""

    label: Text
    unit: str | None = None
    count: Counted | None = None
    longest: Longest | None = None
    distinct: Literal["need_group", "area", "dimension"] | None = None
    stated: Identifier | None = None
    basis: Basis

    @model_validator(mode="after")
    def _one_thing(self) -> Quantity:
        if (self.count is None) == (self.longest is None):
            raise EntryFault("give either `count` or `longest`", "a quantity is a number of things, or a time")
        if (self.distinct or self.stated) and (self.count is None or self.count.indicators is None):
            help_ = "take it out, or count `indicators`"
            raise EntryFault("`distinct` and `stated` belong to a count of indicators", help_)
        return self

    @property
    def domain(self) -> Domain:
        if self.longest is not None:
            return ELAPSED
        return Domain("number", low=Fraction(0), whole=True, unit=self.unit)


class Finding(Entry):
    """A named condition that rules conclude and others may read."""

    label: Text
    definition: Text
    tags: tuple[str, ...] = ()
    basis: Basis

"""What is looked at: sources, roles, topics and indicators."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from thresholds.language.conditions import AllOf, Test
from thresholds.language.model.grounds import UNKNOWN, Area, Basis, Entry, EntryFault, Identifier, Text
from thresholds.language.model.rules import Level, Rule
from thresholds.language.unary import ELAPSED, FLAG, Domain, TestFault, UnaryTest, parse_test


class Source(Entry):
    """Something that can be cited; `read` says how much of it was."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
    title: Text
    address: str | None = None
    read: Literal["whole", "opening", "contents", "not_read"] = "opening"


class Role(Entry):
    """Somebody by what they do."""

    label: Text
    ages: UnaryTest | None = None
    """The ages of a child about whom they can be asked; about an unborn child only with `before_birth`."""
    before_birth: bool = False


class Topic(Entry):
    """One thing a practitioner asks about."""

    label: Text
    question: Annotated[str, Field(pattern=r"\?$")]
    question_before_birth: Annotated[str, Field(pattern=r"\?$")] | None = None
    """The same about an unborn child: about the mother, the home and what may come after birth."""
    ask: tuple[Identifier, ...]
    not_before: tuple[Text, ...] = ()
    narrow: bool = False
    immediate: bool = False
    ages: UnaryTest | None = None
    """The ages at which it is asked about: outside them what nobody recorded is absent, not unknown.

    Before birth it is asked about only where an overriding rule for the unborn reads something of it.
    """


class Indicator(Entry):
    """A catalogued sign of need, protective factor or status."""

    label: Text
    definition: Text
    kind: Literal["flag", "scale", "choice", "number", "percent", "events", "since"]
    area: Area
    dimension: str = ""
    topic: Identifier
    worse: Literal["higher", "lower", "present", "absent", "neither"] = "neither"
    absent: Text
    question: Annotated[str, Field(pattern=r"\?$")] | None = None
    detail_of: Identifier | None = None
    protective: bool = False
    exception_fact: bool = False
    context: bool = False
    tags: tuple[str, ...] = ()
    need_group: str | None = None
    outcomes: tuple[
        Literal[
            "live_independently",
            "stay_healthy",
            "education_and_employment",
            "friendships_and_community",
            "keep_safe",
        ],
        ...,
    ] = ()
    practice: str | None = None
    values: dict[Identifier, Text] = Field(default_factory=dict)
    unit: str | None = None
    range: str | None = None
    whole: bool = False
    sessions_at_least: Identifier | None = None
    may_not_apply: bool = False
    """It may be recorded as `does_not_apply`: then no test of it holds."""
    levels: tuple[Level, ...] = ()
    basis: Basis

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Indicator:
        needs: dict[str, tuple[str, ...]] = {
            "scale": ("values",),
            "choice": ("values",),
            "number": ("unit", "range"),
            "events": ("unit",),
        }
        optional = {"number": ("whole",), "percent": ("sessions_at_least",)}
        allowed = (*needs.get(self.kind, ()), *optional.get(self.kind, ()))
        for field in ("values", "unit", "range", "whole", "sessions_at_least"):
            if getattr(self, field) and field not in allowed:
                raise EntryFault(f"`{field}` does not belong to kind {self.kind}", f"take `{field}` out", field)
            if field in needs.get(self.kind, ()) and not getattr(self, field):
                raise EntryFault(f"kind {self.kind} needs `{field}`", f"add `{field}:`", field)
        directions = {"flag": ("present", "absent", "neither"), "choice": ("neither",)}
        accepted = directions.get(self.kind, ("higher", "lower", "neither"))
        if "worse" not in self.model_fields_set and self.kind != "choice":
            raise EntryFault("`worse` is missing: which way is worse?", f"one of {', '.join(accepted)}", "worse")
        if self.worse not in accepted:
            message = f"`worse: {self.worse}` does not fit kind {self.kind}"
            raise EntryFault(message, f"one of {', '.join(accepted)}", "worse")
        if UNKNOWN in self.values:
            help_ = "take it out: every indicator accepts unknown already"
            raise EntryFault("a value cannot be called unknown", help_, "values", UNKNOWN)
        if len(self.values) == 1:
            raise EntryFault("there is one value only", f"a {self.kind} has at least two values", "values")
        if self.context and self.levels:
            help_ = "take the levels out, or `context: true`"
            raise EntryFault("a context indicator is read by no rule, so it has no levels", help_, "levels")
        self._absent_fits(self.domain)
        return self

    def _absent_fits(self, domain: Domain) -> None:
        """`absent` must be one of the values, or unknown."""
        if self.absent == UNKNOWN:
            return
        if self.kind == "since":
            help_ = "write `absent: unknown`"
            raise EntryFault("`absent` of kind since is unknown: nothing can have lasted no time", help_, "absent")
        if domain.values and self.absent not in domain.values:
            help_ = f"one of {', '.join(domain.values)}, unknown"
            raise EntryFault(f"`absent: {self.absent}` is none of its values", help_, "absent")
        if domain.values:
            return
        number = _as_number(self.absent)
        if number is None or (self.kind == "events" and number != 0):
            help_ = "write 0 or unknown" if self.kind == "events" else "write a number such as 0, or unknown"
            raise EntryFault(f"`absent: {self.absent}` is no such number", help_, "absent")
        outside = (domain.low is not None and number < domain.low) or (domain.high is not None and number > domain.high)
        if outside or (domain.whole and number.denominator != 1):
            help_ = f"write a {'whole ' if domain.whole else ''}number in {self.range or '[0..100]'}, or unknown"
            raise EntryFault(f"`absent: {self.absent}` is no value it can have", help_, "absent")

    def _range(self) -> tuple[Fraction, Fraction]:
        fault = EntryFault(
            f"`range: {self.range}` is no range", 'write its two ends, both included: "[0..168]"', "range"
        )
        try:
            test = parse_test(self.range or "")
        except TestFault as wrong:
            raise EntryFault(wrong.message, fault.help, "range") from None
        one = test.alternatives[0]
        if len(test.alternatives) > 1 or test.negated or one.low is None or one.high is None:
            raise fault
        low, high = _as_number(one.low.text), _as_number(one.high.text)
        if low is None or high is None or low >= high or not (one.low_included and one.high_included):
            raise fault
        return low, high

    @cached_property
    def domain(self) -> Domain:
        """The values its tests may speak of."""
        if self.kind == "flag":
            return FLAG
        if self.kind == "scale":
            return Domain("scale", tuple(self.values))
        if self.kind == "choice":
            return Domain("choice", tuple(self.values))
        if self.kind == "since":
            return ELAPSED
        if self.kind == "percent":
            return Domain("number", low=Fraction(0), high=Fraction(100), unit="percent")
        if self.kind == "events":
            return Domain("number", low=Fraction(0), whole=True, unit=self.unit)
        low, high = self._range()
        return Domain("number", low=low, high=high, whole=self.whole, unit=self.unit)

    @cached_property
    def absent_position(self) -> Fraction | None:
        """The number, or the position of the value, that `absent` names; None for choices, events and unknown."""
        if self.absent == UNKNOWN or self.kind in ("choice", "events", "since"):
            return None
        values = self.domain.values
        return Fraction(values.index(self.absent)) if values else _as_number(self.absent)

    @cached_property
    def worse_is_higher(self) -> bool | None:
        """Is a higher value worse (True), a lower one (False), or neither (None)?"""
        return {"higher": True, "present": True, "lower": False, "absent": False}.get(self.worse)

    @property
    def groups_with(self) -> str:
        """Needs that share this word count as one."""
        return self.need_group or self.id


def _as_number(text: str) -> Fraction | None:
    """The number that a text is; None where it is none."""
    try:
        test = parse_test(text)
    except TestFault:
        return None
    one = test.alternatives[0]
    plain = len(test.alternatives) == 1 and one.single and not test.negated and not test.names
    try:
        return Fraction(text) if plain else None
    except ValueError:
        return None


def rule_of_level(indicator: Indicator, number: int, level: Level) -> Rule:
    """The plain rule that row `number` (from 1) of an indicator's table stands for."""
    test = Test(indicator.id, level.at, level.place)
    return Rule(
        id=level.id or f"{indicator.id}_level_{number}",
        from_=max(filter(None, (indicator.from_, level.from_)), default=None),
        until=min(filter(None, (indicator.until, level.until)), default=None),
        place=level.place,
        layer=indicator.layer,
        title=level.title or f"{indicator.label}: {level.at.text}",
        when=test if level.when is None else AllOf((test, level.when)),
        unless=level.unless,
        then=level.then,
        because=level.because,
        basis=level.basis or indicator.basis,
        overriding=level.overriding,
        related=level.related,
        applies_to=level.applies_to,
        tags=level.tags,
    )

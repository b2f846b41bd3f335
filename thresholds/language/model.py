"""What a ruleset is made of: one model for each kind of entry in its files.

Scalars arrive as text and are typed here. Conditions and tests have been parsed before (loading.py).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from thresholds.language.conditions import AllOf, Condition, Test
from thresholds.language.unary import ELAPSED, FLAG, FLAG_VALUES, Domain, UnaryTest, parse_test
from thresholds.language.yaml_text import Place

Tier = Literal["universal", "targeted", "specialist"]
TIERS: tuple[Tier, ...] = ("universal", "targeted", "specialist")
Weight = Literal["points_to", "consider", "offer"]
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

    def in_force(self, on: date) -> bool:
        """Does it hold on that day?"""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on < self.until)


class Cited(Part):
    """Sources by id, and how sure what they say is."""

    sources: tuple[str, ...] = ()
    confidence: Confidence

    @model_validator(mode="after")
    def _only_inference_stands_alone(self) -> Cited:
        if not self.sources and self.confidence != "inferred":
            raise ValueError(f"confidence {self.confidence} needs a source; what is our own is inferred")
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


class Source(Entry):
    """Something that can be cited; `read` says how much of it was."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
    title: Text
    address: str | None = None
    read: Literal["whole", "opening", "contents", "not_read"] = "opening"


class Role(Entry):
    """Somebody by what they do."""

    label: Text


class Topic(Entry):
    """One thing a practitioner asks about."""

    label: Text
    question: Annotated[str, Field(pattern=r"\?$")]
    ask: tuple[Identifier, ...]
    not_before: tuple[Text, ...] = ()
    narrow: bool = False
    immediate: bool = False


class Exception_(Part):
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
    unless: tuple[Exception_, ...] = ()
    basis: Basis | None = None
    overriding: bool = False
    related: tuple[Identifier, ...] = ()
    applies_to: tuple[Group, ...] = ("under_18",)
    tags: tuple[str, ...] = ()
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    place: Place


class Rule(Entry):
    """A condition, its exceptions, and what follows."""

    title: Text
    when: Condition
    unless: tuple[Exception_, ...] = ()
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
    question: str | None = None
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
    values: dict[Identifier, Text] = {}
    unit: str | None = None
    range: str | None = None
    whole: bool = False
    sessions_at_least: Identifier | None = None
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
                raise ValueError(f"`{field}` does not belong to kind {self.kind}")
            if field in needs.get(self.kind, ()) and not getattr(self, field):
                raise ValueError(f"kind {self.kind} needs `{field}`")
        directions = {"flag": ("present", "absent", "neither"), "choice": ("neither",)}
        accepted = directions.get(self.kind, ("higher", "lower", "neither"))
        if "worse" not in self.model_fields_set and self.kind != "choice":
            raise ValueError(f"`worse` is missing: one of {', '.join(accepted)}")
        if self.worse not in accepted:
            raise ValueError(f"`worse: {self.worse}` does not fit kind {self.kind}: one of {', '.join(accepted)}")
        if self.kind == "events" and self.absent not in ("0", UNKNOWN):
            raise ValueError("`absent` of events is 0 or unknown")
        if self.kind in ("number", "percent") and self.absent != UNKNOWN and not _is_number(self.absent):
            raise ValueError(f"`absent: {self.absent}` is not a number or unknown")
        if self.kind == "since" and self.absent != UNKNOWN:
            raise ValueError("`absent` of kind since is unknown")
        words = FLAG_VALUES if self.kind == "flag" else tuple(self.values)
        if self.kind in ("flag", "scale", "choice") and self.absent not in (*words, UNKNOWN):
            raise ValueError(f"`absent: {self.absent}` is none of its values: {', '.join(words)}, unknown")
        if UNKNOWN in self.values:
            raise ValueError("a value cannot be called unknown: every indicator accepts that already")
        if self.context and self.levels:
            raise ValueError("a context indicator is read by no rule, so it has no levels")
        _ = self.domain
        return self

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
        interval = parse_test(self.range or "").alternatives[0]
        if interval.low is None or interval.high is None or interval.single:
            raise ValueError(f'`range: {self.range}` has no two ends: write "[0..168]"')
        low, high = (_as_number(end.text) for end in (interval.low, interval.high))
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


def _is_number(text: str) -> bool:
    try:
        _as_number(text)
    except ValueError:
        return False
    return True


def _as_number(text: str) -> Fraction:
    test = parse_test(text)
    if len(test.alternatives) != 1 or not test.alternatives[0].single or test.names:
        raise ValueError(f"`{text}` is not a number")
    return Fraction(text)


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
            raise ValueError("give either `value` or `history`")
        days = [value.from_ for value in self.history]
        if days != sorted(set(days)):
            raise ValueError("the dates of `history` must rise from one to the next")
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
            raise ValueError("a quantity counts one thing: events, indicators or findings")
        if (self.events is None) != (self.within is None):
            raise ValueError("`events` and `within` belong together")
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
            raise ValueError("give either `count` or `longest`")
        if (self.distinct or self.stated) and (self.count is None or self.count.indicators is None):
            raise ValueError("`distinct` and `stated` belong to a count of indicators")
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


class Response(Entry):
    """What is called for."""

    label: Text
    meaning: Text
    tier: Literal["universal", "targeted", "specialist", "beside"]
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


class Impossible(Entry):
    """A combination that cannot be, so that no example or counterexample is unreal."""

    when: Condition
    because: Text


class WorkedExample(Entry):
    """A child, and the answer the ruleset must give: its own regression test."""

    title: Text
    assessment: dict[str, Any]
    expect: dict[str, Any]
    because: Text
    basis: Basis | None = None


class Change(Part):
    """An entry of the base that an overlay replaces or withdraws, and why."""

    kind: str
    id: str
    reason: Text

    @model_validator(mode="before")
    @classmethod
    def _kind_is_the_key(cls, value: object) -> object:
        if isinstance(value, dict) and len(keys := [key for key in value if key != "reason"]) == 1:
            return {"kind": keys[0], "id": value[keys[0]], "reason": value.get("reason", "")}
        raise ValueError("name one entry and a reason: {rule: its_id, reason: why}")


class Header(Part):
    """ruleset.yaml: what this ruleset is, who answers for it, whom it covers."""

    format: Literal["1"]
    name: Identifier
    title: Text
    edition: Text
    authority: Text
    status: Literal["draft", "in_force", "withdrawn"]
    from_: date = Field(alias="from")
    extends: Identifier | None = None
    notice: Text
    scope: dict[Group, Condition] = {}
    outside_scope: str = ""
    replaces: tuple[Change, ...] = ()
    withdraws: tuple[Change, ...] = ()

    @field_validator("scope")
    @classmethod
    def _every_group(cls, value: dict[Group, Condition]) -> dict[Group, Condition]:
        if value and set(value) != set(GROUPS):
            raise ValueError(f"`scope` says when each of these applies: {', '.join(GROUPS)}")
        return value


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

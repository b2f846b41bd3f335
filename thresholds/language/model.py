"""What a ruleset is made of: one model for each kind of entry in its files.

Scalars arrive as text and are typed here. Conditions and tests have been parsed before (loading.py).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from thresholds.language.conditions import AllOf, Condition, Test
from thresholds.language.unary import ELAPSED, FLAG, Domain, TestFault, UnaryTest, parse_test
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
        return _rising(self, self.from_, self.until)

    def in_force(self, on: date) -> bool:
        """Does it hold on that day?"""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on < self.until)


_P = TypeVar("_P", bound=Part)


def _rising(part: _P, from_: date | None, until: date | None) -> _P:
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
    ages: UnaryTest | None = None
    """The ages at which it is asked about: outside them what nobody recorded is absent, not unknown."""


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
        return _rising(self, self.from_, self.until)


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


class NamedDocument(Entry):
    """A document that the ruleset or its sources name: strategies, statutes, guidance, procedures."""

    title: Text
    publisher: str | None = None
    dated: str | None = None
    standing: Literal["current", "superseded", "historic", "unknown"] = "unknown"
    address: str | None = None
    items: tuple[Annotated[int, Field(ge=1, le=999)], ...] = ()
    """Numbers of the checklist of what the seed documents name (section 6 of the domain facts)."""
    basis: Basis


class Reference(Entry):
    """Something the source documents say that is no rule: shown beside the rules, read by none."""

    kind: Literal[
        "vision",
        "aspiration",
        "statistic",
        "aim",
        "action",
        "expectation",
        "message",
        "principle",
        "performance_indicator",
        "success_criterion",
        "theme",
        "feature",
        "definition",
        "process",
        "law",
        "role",
        "body",
        "contact",
        "data_source",
        "note",
    ]
    label: Text
    text: Text
    value: str | None = None
    """A statistic's figure, a contact's number or address, as text."""
    unit: str | None = None
    as_of: str | None = None
    """The day or period a figure is for, as the source gives it."""
    conflicts_with: tuple[Identifier, ...] = ()
    """Other entries that give another figure for the same thing: both are kept, with their dates."""
    historic: bool = False
    """No longer to be used: shown as such."""
    items: tuple[Annotated[int, Field(ge=1, le=999)], ...] = ()
    """Numbers of the checklist of what the seed documents name (section 6 of the domain facts)."""
    modelled_as: tuple[str, ...] = ()
    """Where the ruleset models it: ids of topics, indicators, rules, responses, services or roles."""
    basis: Basis


class Impossible(Entry):
    """A combination that cannot be, so that no example or counterexample is unreal."""

    when: Condition
    because: Text


class Subject(Part):
    """Indicators by id, by tag, or all that protect; or consent."""

    ids: tuple[Identifier, ...] = ()
    tags: tuple[str, ...] = ()
    protective: bool = False
    consent: bool = False


class Invariant(Entry):
    """What must hold for every child: a statement that is proved, or refuted with the simplest child."""

    statement: Text
    kind: Literal["leads_to", "never_together", "never_changes", "worse_never_lowers", "reads_no_context"]
    when: Condition | None = None
    """leads_to, never_together: for whom; left out, for everybody."""
    tier: Tier | None = None
    """leads_to, never_changes: at least this level of need."""
    response: Identifier | None = None
    weight: Weight = "points_to"
    """leads_to, never_changes: this response, at least so strongly."""
    responses: tuple[Identifier, ...] = ()
    """never_together: no child is pointed to all of these at once."""
    by: Subject | None = None
    """never_changes: what makes no difference."""
    basis: Basis

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Invariant:
        target = (self.tier is not None) + (self.response is not None)
        if self.kind in ("leads_to", "never_changes") and target != 1:
            raise ValueError(f"kind {self.kind} needs either `tier` or `response`")
        if self.kind not in ("leads_to", "never_changes") and target:
            raise ValueError(f"`tier` and `response` do not belong to kind {self.kind}")
        if (self.kind == "never_changes") != (self.by is not None):
            raise ValueError("`by` belongs to kind never_changes, and to it alone")
        if (self.kind == "never_together") != (len(self.responses) > 1):
            raise ValueError("`responses` names two or more, for kind never_together alone")
        if self.when is not None and self.kind not in ("leads_to", "never_together"):
            raise ValueError(f"`when` does not belong to kind {self.kind}")
        return self


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
        raise EntryFault("this names no entry", "name one, with a reason: {rule: its_id, reason: why}")


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
            missing = ", ".join(group for group in GROUPS if group not in value)
            raise EntryFault(f"`scope` does not say when it covers {missing}", f"give each of {', '.join(GROUPS)}")
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

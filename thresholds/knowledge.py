"""An assessment held against a ruleset: for each indicator, the values still possible.

Blank and unlooked-at is unknown; looked at and nothing recorded is the indicator's `absent`; of several current
observations the worst counts and a disagreement is kept; a detail applies only where what it is a detail of is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from thresholds.assessment import EVERYTHING, Assessment, Child, Observation
from thresholds.errors import AssessmentInvalid, Fault
from thresholds.language.conditions import Truth
from thresholds.language.definition import (
    ABOUT_THE_CHILD,
    BUILT_IN_INDICATORS,
    CHILD_AGE,
    CHILD_UNBORN,
    GESTATION,
    InForce,
)
from thresholds.language.durations import Duration, Elapsed, between_years, elapsed_of
from thresholds.language.model import UNKNOWN, Indicator, Role, Topic
from thresholds.observing import (
    Events,
    NotApplicable,
    Span,
    Value,
    ValueFault,
    read_since,
    read_value,
    suggestion,
)
from thresholds.possible_values import (
    LONGEST_AGO,
    absent_value,
    everything,
    overlap,
    says_absent,
    says_there,
    without_absent,
    worst,
)

_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Possible:
    """The values an indicator may still have: None where it cannot apply; `perhaps` where it may not apply."""

    value: Value | None
    perhaps: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The observation an answer rests on: its number in the list, and whether others disagree with it."""

    indicator: str
    observation: Observation | None
    disagreement: bool = False


@dataclass(frozen=True, repr=False)
class Knowledge:
    """What is known of one child in the terms of one ruleset; `current` are the observations that count."""

    ruleset: InForce
    child: Child
    on: date
    looked_at: frozenset[str]
    """Topics looked at; those of the ruleset where everything was."""
    current: Mapping[str, tuple[tuple[Observation, Value | None], ...]]
    """By indicator: each current observation with the values it leaves possible, None for an explicit unknown."""
    not_applicable: frozenset[str] = frozenset()
    """Indicators recorded as not applying, and as nothing else."""
    hearsay: frozenset[str] = frozenset()
    """Strengths and facts that excuse of which somebody only says that they are there: they count as not known."""
    _possible: dict[str, Possible] = field(default_factory=dict, repr=False)
    _present: dict[str, Truth] = field(default_factory=dict, repr=False)

    @cached_property
    def age(self) -> Elapsed | None:
        return self.child.elapsed(self.on)

    def possible(self, name: str) -> Possible:
        """The values an indicator may still have."""
        found = self._possible.get(name)
        if found is None:
            found = self._possible[name] = self._read(name)
        return found

    def _read(self, name: str) -> Possible:
        if name in BUILT_IN_INDICATORS:
            return self._about_the_child(name)
        indicator = self.ruleset.indicators[name]
        observed = worst(indicator, [value for _, value in self.current.get(name, ()) if value is not None])
        if observed is not None:
            return Possible(observed)
        if name in self.not_applicable:
            return Possible(None)
        parent = self.ruleset.indicators.get(indicator.detail_of or "")
        there = True if parent is None else self.present(parent.id)
        if there is False:
            return Possible(None)
        implied = self._implied_by_detail(indicator)
        if implied is not None:
            return Possible(implied)
        unknown = name in self.current or name in self.beyond or indicator.topic not in self.looked_at
        unknown = unknown or indicator.absent == UNKNOWN
        if there is None or (unknown and indicator.may_not_apply):
            return Possible(everything(indicator, self.on), perhaps=True)
        return Possible(everything(indicator, self.on) if unknown else absent_value(indicator))

    def _implied_by_detail(self, indicator: Indicator) -> Value | None:
        """A detail that was observed to be there says that what it is a detail of is there."""
        if indicator.absent == UNKNOWN:
            return None
        if any(self._speaks_of_parent(detail) for detail in self._details.get(indicator.id, ())):
            return without_absent(indicator, self.on)
        return None

    def _speaks_of_parent(self, detail: str) -> bool:
        """Does somebody say of a detail that it is there, whoever says otherwise?"""
        indicator = self.ruleset.indicators[detail]
        said = [value for _, value in self.current[detail] if value is not None]
        return detail in self.hearsay or any(says_there(indicator, value) for value in said)

    @cached_property
    def _details(self) -> dict[str, list[str]]:
        """The details observed, by what they are a detail of, directly or through others."""
        details: dict[str, list[str]] = {}
        for name, observed in self.current.items():
            if name not in self.hearsay and all(value is None for _, value in observed):
                continue  # "not known" does not say that what it is a detail of is there
            parent = self.ruleset.indicators[name].detail_of
            while parent is not None:
                details.setdefault(parent, []).append(name)
                parent = self.ruleset.indicators[parent].detail_of
        return details

    @cached_property
    def beyond(self) -> frozenset[str]:
        """What has a detail that somebody says they do not know: they had it in mind, so silence is not absence.

        So it is where they give the worse answer to a detail that excuses: "not explained" is said of something.
        """
        found = set()
        for name, observed in self.current.items():
            indicator = self.ruleset.indicators[name]
            silent = name not in self.hearsay and all(value is None for _, value in observed)
            excuses = indicator.worse_is_higher is False or indicator.absent == UNKNOWN
            parent = indicator.detail_of if silent or excuses else None
            while parent is not None:
                found.add(parent)
                parent = self.ruleset.indicators[parent].detail_of
        return frozenset(found)

    def _about_the_child(self, name: str) -> Possible:
        if name == CHILD_UNBORN:
            return Possible(Span(Fraction(self.child.unborn), Fraction(self.child.unborn)))
        if name == CHILD_AGE:
            return Possible(self.age)
        assert name == GESTATION
        if not self.child.unborn:
            return Possible(None)
        weeks = self.child.gestation_weeks
        if weeks is None:
            return Possible(Elapsed(elapsed_of(Duration(46 * 7, 0, "46 weeks"), self.on).earliest, self.on, self.on))
        return Possible(elapsed_of(Duration(weeks * 7, 0, f"{weeks} weeks"), self.on))

    def present(self, name: str) -> Truth:
        """Is it there: is its value another than its `absent` one?"""
        if name not in self._present:
            self._present[name] = self._is_present(name)
        return self._present[name]

    def _is_present(self, name: str) -> Truth:
        indicator = self.ruleset.indicators[name]
        if name in self.not_applicable:
            return False
        if name not in self.current and name not in self._details:
            return self._unobserved_is_present(indicator)
        possible = self.possible(name)
        if possible.value is None:
            return False
        if isinstance(possible.value, Events):
            some = possible.value.some()
            return None if some and possible.perhaps else some
        if indicator.kind == "flag" and indicator.absent == UNKNOWN:
            absent: Value | None = Span(Fraction(0), Fraction(0))  # whatever silence means, "no" says it is not there
        else:
            absent = None if indicator.absent == UNKNOWN else absent_value(indicator)
        if absent is None:
            observed = any(value is not None for _, value in self.current.get(name, ()))
            return True if observed else None
        if possible.value == absent:
            return False
        return None if possible.perhaps or overlap(possible.value, absent) else True

    def _unobserved_is_present(self, indicator: Indicator) -> Truth:
        there = True if indicator.detail_of is None else self.present(indicator.detail_of)
        if there is False:
            return False
        silent = indicator.id not in self.beyond
        looked_for = silent and indicator.topic in self.looked_at and indicator.absent != UNKNOWN
        return False if there and looked_for else None

    @cached_property
    def there(self) -> frozenset[str]:
        """The indicators known to be there."""
        with_parents = set(self.current)
        for name in self.current:
            parent = self.ruleset.indicators[name].detail_of
            while parent is not None:
                with_parents.add(parent)
                parent = self.ruleset.indicators[parent].detail_of
        return frozenset(name for name in with_parents if self.present(name))

    @cached_property
    def past(self) -> frozenset[str]:
        """What was so once, and of which nobody says how it is today."""
        return frozenset(
            name
            for name, observed in self.current.items()
            if any(one.status == "past" for one, _ in observed) and all(value is None for _, value in observed)
        )

    def unmet(self, name: str) -> Truth:
        """Is it there, and a need that the agency cannot meet itself?"""
        there = self.present(name)
        if there is False:
            return False
        needs = [observation.need for observation, _ in self.current.get(name, ()) if observation.status == "current"]
        if "unmet" in needs:
            return there
        return False if needs and all(need == "met" for need in needs) else None

    def lasting(self, name: str) -> Possible:
        """How long it has lasted; cannot apply where it is not there."""
        there = self.present(name)
        if there is False:
            return Possible(None)
        times = [
            read_since(observation.since, self.on, observation.on)
            for observation, _ in self.current.get(name, ())
            if observation.since is not None and observation.status == "current"
        ]
        known = [time for time in times if isinstance(time, Elapsed)]
        if not known:
            return Possible(between_years(0, LONGEST_AGO, self.on), perhaps=there is None)
        longest = Elapsed(min(t.earliest for t in known), min(t.latest for t in known), self.on)
        return Possible(longest, perhaps=there is None)

    def evidence(self, name: str) -> Evidence | None:
        """The current observation that made the value what it is; None where nothing was observed."""
        found = [(observation, value) for observation, value in self.current.get(name, ()) if value is not None]
        if not found:
            return None
        indicator = self.ruleset.indicators[name]
        values = [value for _, value in found]
        counting = worst(indicator, values)
        telling = [observation for observation, value in found if value == counting] or [one for one, _ in found]
        chosen = max(telling, key=lambda one: (one.on or date.min, one.model_dump_json()))  # whatever their order
        disagree = any(not overlap(one, other) for one in values for other in values)
        return Evidence(name, chosen, disagree)


def know(assessment: Assessment, ruleset: InForce) -> Knowledge:
    """Hold an assessment against a ruleset. Raises AssessmentInvalid with every fault."""
    reader = _Reader(assessment, ruleset)
    knowledge = reader.read()
    if reader.faults:
        raise AssessmentInvalid(reader.faults)
    return knowledge


class _Reader:
    def __init__(self, assessment: Assessment, ruleset: InForce) -> None:
        self.assessment, self.ruleset = assessment, ruleset
        self.faults: list[Fault] = []
        self.not_applicable: set[str] = set()
        self.hearsay: set[str] = set()

    def read(self) -> Knowledge:
        current = {}
        for name, observations in self.assessment.observations.items():
            indicator = self._indicator(name)
            if indicator is not None:
                current[name] = self._observed(indicator, observations)
        knowledge = Knowledge(
            ruleset=self.ruleset,
            child=self.assessment.child,
            on=self.assessment.on,
            looked_at=self._topics(),
            current={name: found for name, found in current.items() if found},
            not_applicable=frozenset(name for name in self.not_applicable if not current.get(name)),
            hearsay=frozenset(name for name in self.hearsay if all(value is None for _, value in current[name])),
        )
        if not self.faults:
            self._details(knowledge)
        return knowledge

    def fault(self, field_: str, message: str, help_: str) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(field_, message, help_))
        elif len(self.faults) == _MOST_FAULTS:
            self.faults.append(Fault("assessment", "has more faults, which are not listed", "mend those told first"))

    def _suggestion(self, name: str, known: Iterable[str]) -> str:
        """The nearest name; none is looked for once there are many faults, for that takes long."""
        return suggestion(name, known) if len(self.faults) < _MOST_FAULTS else ""

    def _topics(self) -> frozenset[str]:
        known = frozenset(self.ruleset.topics) - {ABOUT_THE_CHILD}
        looked_at = self.assessment.looked_at
        if looked_at == EVERYTHING:
            return known
        age = self.assessment.child.elapsed(self.assessment.on)
        not_asked = frozenset(topic for topic in known if is_not_asked(self.ruleset.topics[topic], self.ruleset, age))
        if age is None:
            not_asked -= self.ruleset.dangers_before_birth
        for number, topic in enumerate(looked_at):
            if not topic.strip():
                self.fault(f"looked_at[{number}]", "is empty", "write a topic there, or take the item out")
            elif topic not in known:
                help_ = f"{self._suggestion(topic, known)}topics: {', '.join(sorted(known))}, or everything"
                self.fault(f"looked_at[{number}]", f"there is no topic `{_word(topic)}`", help_)
        return frozenset(looked_at) & known | not_asked

    def _indicator(self, name: str) -> Indicator | None:
        if name in BUILT_IN_INDICATORS:
            self.fault(f"observations.{name}", "is read from `child`", "give it there: child: {age: 8}")
            return None
        indicator = self.ruleset.indicators.get(name)
        if indicator is None:
            help_ = "`thresholds indicators WORD` finds the right one"
            if name in self.ruleset.quantities:
                help_ = f"it is a quantity, which is counted from observations; {help_}"
            elif name in self.ruleset.findings:
                help_ = f"it is a finding, which rules conclude from observations; {help_}"
            else:
                help_ = f"{self._suggestion(name, self.ruleset.indicators)}{help_}"
            self.fault(f"observations.{_word(name)}", "is no indicator of this ruleset", help_)
        return indicator

    def _observed(
        self, indicator: Indicator, observations: Iterable[Observation]
    ) -> tuple[tuple[Observation, Value | None], ...]:
        found: list[tuple[Observation, Value | None]] = []
        least = self.ruleset.parameters.get(indicator.sessions_at_least or "")
        observations = tuple(observations)
        for number, observation in enumerate(observations):
            where = f"observations.{indicator.id}" + (f"[{number}]" if len(observations) > 1 else "")
            if indicator.kind == "events" and observation.value == []:
                continue  # an empty list records nothing: whether there were none is told by what was looked at
            value: Value | NotApplicable | None = None
            said = observation.on if observation.on is not None and observation.on <= self.assessment.on else None
            fewest = least if isinstance(least, Fraction) else None
            try:
                value = read_value(indicator, observation.value, self.assessment.on, fewest, said)
            except ValueFault as fault:
                self.fault(where, fault.message, fault.help)
            try:
                if observation.since is not None:
                    read_since(observation.since, self.assessment.on, said)
            except ValueFault as fault:
                self.fault(f"{where}.since", fault.message, fault.help)
            if observation.on is not None and observation.on > self.assessment.on:
                self.fault(f"{where}.on", "lies after the day of the assessment", "correct one of the two days")
            if observation.status == "past" and indicator.kind != "events":
                found.append((observation, None))  # it was so once: whether it is so now is not known
                continue
            if isinstance(value, NotApplicable):
                self.not_applicable.add(indicator.id)
            elif _only_told(indicator, observation, value):
                self.hearsay.add(indicator.id)
                found.append((observation, None))
            else:
                found.append((observation, value))
        return tuple(found)

    def _details(self, knowledge: Knowledge) -> None:
        for name in knowledge.current:
            parent = self.ruleset.indicators[name].detail_of
            if parent is not None and knowledge.present(parent) is False and knowledge.present(name) is True:
                help_ = f"record `{parent}` as there, or take `{name}` out"
                self.fault(f"observations.{name}", f"is a detail of `{parent}`, which is recorded as not there", help_)


def is_not_asked(one: Topic | Role, ruleset: InForce, age: Elapsed | None) -> bool:
    """Is the child surely too young or too old for this topic or person, or (no age) not yet born?"""
    accepted = ruleset.asked_at(one)
    if accepted is None:
        return False
    if age is None:
        return not (isinstance(one, Role) and one.before_birth)
    return not any(
        (not isinstance(interval.low, Duration) or age.possibly(interval.low))
        and (not isinstance(interval.high, Duration) or not age.surely(interval.high))
        for interval in accepted.intervals
    )


def _only_told(indicator: Indicator, observation: Observation, value: Value | None) -> bool:
    """Is this a strength, or a fact that excuses, of which somebody reports that it is there?"""
    if observation.basis != "reported" or not (indicator.protective or indicator.exception_fact) or value is None:
        return False
    return not says_absent(indicator, value)


def _word(name: str) -> str:
    """A name as it was given, where it can be one; a case's own words are not repeated."""
    return name if name.isascii() and name.replace("_", "").isalnum() and len(name) <= 60 else "..."

"""Why a rule holds: the evidence it rests on, its sentence filled in, its sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thresholds import wording
from thresholds.decision import Evidence, Reason, SourceCited
from thresholds.engines.reference import Reading, evaluate, may_count, measure, or_as_stated
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import AllOf, Condition, NoneOf, Test, Truth
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, InForce
from thresholds.language.durations import Elapsed
from thresholds.language.model import Group, Quantity, Rule

Counts = Mapping[str, tuple[int, int]]


class Explainer:
    """Makes the reasons of one ruleset in force."""

    def __init__(self, definition: Definition, ruleset: InForce) -> None:
        self.definition, self.ruleset = definition, ruleset
        self._sources = {rule.id: self._cited(rule) for rule in ruleset.rules}

    def _cited(self, rule: Rule) -> tuple[SourceCited, ...]:
        sources = self.definition.sources
        return tuple(
            SourceCited(id=name, title=sources[name].title, address=sources[name].address)
            for name in rule.basis.sources
        )

    def reasons(
        self, holding: list[tuple[Rule, bool]], knowledge: Knowledge, scope: dict[Group, Truth], counts: Counts
    ) -> tuple[Reason, ...]:
        """A reason for each rule that holds, given with whether it is certain, in the order given.

        `counts`: by quantity, the fewest and the most that were counted, where that was done already.
        """
        case = _Case(self.ruleset, knowledge, Reading(knowledge, scope), counts)
        return tuple(self._reason(rule, certain, case) for rule, certain in holding)

    def _reason(self, rule: Rule, certain: bool, case: _Case) -> Reason:
        return Reason(
            rule=rule.id,
            title=rule.title,
            because=wording.fill(rule.because, case.value_of),
            certain=certain,
            overriding=rule.overriding,
            findings=rule.findings,
            responses=rule.responses,
            evidence=case.evidence(rule.when),
            unless=() if certain else case.open_exceptions(rule),
            sources=self._sources[rule.id],
            test_confidence=rule.basis.test.confidence,
            response_confidence=rule.basis.response.confidence,
            place=str(rule.place),
        )


class _Case:
    """One child, while reasons are being written: values in words, and evidence, each made once."""

    def __init__(self, ruleset: InForce, knowledge: Knowledge, reading: Reading, counts: Counts) -> None:
        self.ruleset, self.knowledge, self.reading, self.counts = ruleset, knowledge, reading, counts
        self._evidence: dict[str, Evidence] = {}
        self._values: dict[str, str] = {}

    def value_of(self, name: str) -> str:
        """The value of an indicator, quantity, finding or parameter in words."""
        if name not in self._values:
            self._values[name] = self._in_words(name)
        return self._values[name]

    def _in_words(self, name: str) -> str:
        ruleset = self.ruleset
        if name in ruleset.parameters:
            return wording.endpoint(ruleset.parameters[name], self.ruleset.units[name])
        if name in ruleset.findings:
            return ruleset.findings[name].label
        if name in ruleset.quantities:
            quantity = ruleset.quantities[name]
            if quantity.longest is None:
                return wording.count(*self._measured(quantity), quantity.unit)
            times = [self.knowledge.lasting(member).value for member in ruleset.members(quantity)]
            known = [time for time in times if isinstance(time, Elapsed)]
            return wording.elapsed(min(known, key=lambda time: time.latest)) if known else "no time"
        return wording.possible(ruleset.indicators[name], self.knowledge.possible(name), self.knowledge)

    def _measured(self, quantity: Quantity) -> tuple[int, int | None]:
        counted = self.counts.get(quantity.id)
        if counted is None:
            return measure(quantity, self.reading)
        return or_as_stated(*counted, self.knowledge.possible(quantity.stated)) if quantity.stated else counted

    def evidence(self, condition: Condition) -> tuple[Evidence, ...]:
        """What makes a condition true, each indicator once, in the order of the condition."""
        return tuple(self._of(name) for name in dict.fromkeys(self._holding(condition)))

    def _holding(self, condition: Condition) -> Iterator[str]:
        """The names that stand in the true parts of a condition that is true."""
        if isinstance(condition, NoneOf):
            return
        if isinstance(condition, Test):
            if condition.name in self.ruleset.findings:
                yield from self._behind(condition.name)
            elif condition.name in self.ruleset.quantities:
                yield from self._counted(condition.name)
            else:
                yield condition.name
            return
        for part in condition.parts:
            if isinstance(condition, AllOf) or evaluate(part, self.reading, "established") is True:
                yield from self._holding(part)

    def _behind(self, finding: str) -> Iterator[str]:
        for rule in self.ruleset.rules:
            if finding in rule.findings and evaluate(rule.when, self.reading, "established") is True:
                yield from self._holding(rule.when)

    def _counted(self, name: str) -> Iterator[str]:
        quantity = self.ruleset.quantities[name]
        for member in self.ruleset.members(quantity):
            if member in self.ruleset.findings:
                yield from self._behind(member)
            elif member in self.knowledge.current and may_count(quantity, member, self.reading):
                yield member
        if quantity.stated is not None and quantity.stated in self.knowledge.current:
            yield quantity.stated

    def _of(self, name: str) -> Evidence:
        if name not in self._evidence:
            indicator = self.ruleset.indicators[name]
            observed = None if name in BUILT_IN_INDICATORS else self.knowledge.evidence(name)
            seen = observed.observation if observed is not None else None
            self._evidence[name] = Evidence(
                indicator=name,
                label=indicator.label,
                value=self.value_of(name),
                basis=seen.basis if seen is not None else None,
                on=seen.on if seen is not None else None,
                disagreement=observed is not None and observed.disagreement,
            )
        return self._evidence[name]

    def open_exceptions(self, rule: Rule) -> tuple[str, ...]:
        """The exceptions that are not ruled out."""
        return tuple(
            wording.fill(exception.because, self.value_of)
            for exception in rule.unless
            if evaluate(exception.when, self.reading) is None
        )

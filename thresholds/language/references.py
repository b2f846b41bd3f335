"""Names: every one that an entry uses must exist, and every one that is defined must be used."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from thresholds.language.conditions import Condition, counts_in, tests_in
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, endpoint_of
from thresholds.language.model import Basis, Entry, Indicator, Quantity, Rule, Selector
from thresholds.language.unary import UnaryTest
from thresholds.language.yaml_text import Place, Problem

Report = Callable[[Place, str, str], None]
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_references(definition: Definition, layer: str, complete: bool) -> Iterator[Problem]:
    """Problems with names; with `complete` also what of `layer` is defined and never used.

    Where some entries could not be read (`complete` false), names that are merely unused are not reported.
    """
    checker = _References(definition)
    checker.run()
    yield from checker.problems
    if complete and not checker.problems:
        yield from checker.unused(layer)


class _References:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.problems: list[Problem] = []
        self.used: set[tuple[str, str]] = set()
        self.readable = {
            **BUILT_IN_INDICATORS,
            **definition.indicators,
            **definition.quantities,
            **definition.findings,
        }
        self.tags = {tag for entry in definition.indicators.values() for tag in entry.tags}

    def run(self) -> None:
        definition = self.definition
        self._unique()
        for exception in definition.scope.scope.values():
            self.condition(exception)
        for topic in definition.topics.values():
            self.names("role", definition.roles, topic.ask, topic.place)
        for indicator in definition.indicators.values():
            self._indicator(indicator)
        for parameter in definition.parameters.values():
            self.basis(parameter.basis, parameter.place)
            for value in (parameter.value, *(value.value for value in parameter.history)):
                if value is not None and endpoint_of(value) is None:
                    message = f"parameter `{parameter.id}`: `{value}` is neither a number nor a length of time"
                    self.report(parameter.place, message, 'write 90, "28 days" or "18 years"')
        for quantity in definition.quantities.values():
            self._quantity(quantity)
        for finding in definition.findings.values():
            self.basis(finding.basis, finding.place)
        for response in definition.responses.values():
            self.names("response", definition.responses, response.absorbs, response.place)
            self.names("role", definition.roles, (response.lead, response.decided_by), response.place)
            self.names("service", definition.services, response.services, response.place)
            self.basis(response.basis, response.place)
        for service in definition.services.values():
            self.basis(service.basis, service.place)
        for rule in definition.rules:
            self._rule(rule)
        for impossible in definition.impossible.values():
            self.condition(impossible.when)
        for example in definition.worked_examples.values():
            if example.basis is not None:
                self.basis(example.basis, example.place)

    def report(self, place: Place, message: str, help_: str) -> None:
        self.problems.append(Problem(place, message, help_))

    def _unique(self) -> None:
        definition = self.definition
        seen: dict[str, tuple[str, Entry | None]] = dict.fromkeys(BUILT_IN_INDICATORS, ("name built in", None))
        groups: tuple[tuple[str, Mapping[str, Entry]], ...] = (
            ("indicator", definition.indicators),
            ("quantity", definition.quantities),
            ("finding", definition.findings),
            ("parameter", definition.parameters),
            ("response", definition.responses),
        )
        for kind, entries in groups:
            for name, entry in entries.items():
                if name in seen:
                    message = f"{kind} `{name}` has the id of another {seen[name][0]}"
                    self.report(entry.place, message, "a name in a condition must mean one thing: rename one of them")
                seen[name] = (kind, entry)
        ids: dict[str, Rule] = {}
        for rule in definition.rules:
            if rule.id in ids:
                message = f"rule `{rule.id}` is already at {ids[rule.id].place}"
                self.report(rule.place, message, "give one of them another id")
            ids[rule.id] = rule

    def names(self, kind: str, known: Mapping[str, object], names: Iterable[str], place: Place) -> None:
        for name in names:
            self.used.add((kind, name))
            if name not in known:
                self.report(place, f"there is no {kind} `{name}`", self._suggestion(name, known))

    @staticmethod
    def _suggestion(name: str, known: Iterable[str]) -> str:
        close = difflib.get_close_matches(name, list(known), 1, 0.5)
        return f"did you mean {close[0]}?" if close else "define it, or correct the name"

    def basis(self, basis: Basis, place: Place) -> None:
        self.names("source", self.definition.sources, basis.sources, place)

    def test(self, name: str, test: UnaryTest, place: Place) -> None:
        """Words of a test on an ordered number are parameters; of a scale or choice they are its values."""
        entry = self.readable.get(name)
        if isinstance(entry, Indicator) and entry.kind in ("flag", "scale", "choice"):
            return
        self.names("parameter", self.definition.parameters, test.names, place)

    def condition(self, condition: Condition) -> None:
        for test, _ in tests_in(condition):
            if test.name not in self.readable:
                self._unknown_name(test.name, test.place)
                continue
            self.used.add(("name", test.name))
            self.test(test.name, test.test, test.place)
            entry = self.readable[test.name]
            if isinstance(entry, Indicator) and entry.context:
                message = f"`{test.name}` is a context indicator: no rule may read it"
                self.report(test.place, message, "it stands for who a family is, not for a need; read the need itself")
            if isinstance(entry, Indicator) and entry.kind == "events":
                message = f"`{test.name}` holds events: a rule cannot test them directly"
                self.report(test.place, message, "count them in a window: a quantity with `events` and `within`")
        for counted in counts_in(condition):
            if not counted.number.isdigit():
                self.names("parameter", self.definition.parameters, (counted.number,), counted.place)

    def _unknown_name(self, name: str, place: Place) -> None:
        if name in self.definition.responses:
            message = f"`{name}` is a response: a rule reads no other rule's response"
            self.report(place, message, "let the other rule conclude a finding, and read that")
        elif name in self.definition.parameters:
            message = f"`{name}` is a parameter: it belongs on the right, in a test"
            self.report(place, message, f'write `some_indicator: ">= {name}"`')
        else:
            message = f"there is no indicator, quantity or finding `{name}`"
            self.report(place, message, self._suggestion(name, self.readable))

    def _indicator(self, indicator: Indicator) -> None:
        definition = self.definition
        self.names("topic", definition.topics, (indicator.topic,), indicator.place)
        self.basis(indicator.basis, indicator.place)
        if indicator.sessions_at_least:
            self.names("parameter", definition.parameters, (indicator.sessions_at_least,), indicator.place)
        if indicator.detail_of is None:
            return
        self.names("indicator", definition.indicators, (indicator.detail_of,), indicator.place)
        seen, parent = {indicator.id}, definition.indicators.get(indicator.detail_of)
        if parent is not None and parent.absent == "unknown":
            message = f"`{indicator.id}` is a detail of `{parent.id}`, whose `absent` is unknown"
            self.report(
                indicator.place, message, "a detail needs to know when the other is not there: declare its `absent`"
            )
        while parent is not None:
            if parent.id in seen:
                message = f"`{indicator.id}` is a detail of itself, through {', '.join(sorted(seen))}"
                self.report(indicator.place, message, "let one of them stand alone")
                return
            seen.add(parent.id)
            parent = definition.indicators.get(parent.detail_of) if parent.detail_of else None

    def _quantity(self, quantity: Quantity) -> None:
        definition = self.definition
        self.basis(quantity.basis, quantity.place)
        if quantity.stated:
            self.names("indicator", definition.indicators, (quantity.stated,), quantity.place)
        counted = quantity.count
        if counted is not None and counted.events is not None and counted.within is not None:
            self.names("indicator", definition.indicators, (counted.events,), quantity.place)
            source = definition.indicators.get(counted.events)
            if source is not None and source.kind != "events":
                message = f"quantity `{quantity.id}`: `{counted.events}` is of kind {source.kind}, not events"
                self.report(quantity.place, message, "count an indicator of kind events")
            if endpoint_of(counted.within) is None:
                self.names("parameter", definition.parameters, (counted.within,), quantity.place)
            return
        if counted is not None and counted.findings is not None:
            self.names("finding", definition.findings, counted.findings.ids, quantity.place)
            tags = {tag for finding in definition.findings.values() for tag in finding.tags}
            self._tags(counted.findings, tags, quantity)
            return
        selector = quantity.longest.indicators if quantity.longest else counted.indicators if counted else None
        where = quantity.longest.where if quantity.longest else counted.where if counted else None
        assert selector is not None
        assert where is not None
        self.names("indicator", definition.indicators, selector.ids, quantity.place)
        self.names("topic", definition.topics, selector.topics, quantity.place)
        self._tags(selector, self.tags, quantity)
        if where.lasting is not None:
            self.names("parameter", definition.parameters, where.lasting.names, quantity.place)

    def _tags(self, selector: Selector, known: set[str], quantity: Quantity) -> None:
        for tag in selector.tags:
            if tag not in known:
                message = f"quantity `{quantity.id}`: nothing carries the tag `{tag}`"
                self.report(quantity.place, message, self._suggestion(tag, known))

    def _rule(self, rule: Rule) -> None:
        definition = self.definition
        self.basis(rule.basis, rule.place)
        for condition in rule.conditions():
            self.condition(condition)
        self.names("finding", definition.findings, rule.findings, rule.place)
        for name in rule.responses:
            if name in definition.findings:
                message = f"`{name}` is a finding, so it takes no weight"
                self.report(rule.place, message, f"write `{name}: finding`")
            else:
                self.names("response", definition.responses, (name,), rule.place)
        self.names("indicator", definition.indicators, rule.related, rule.place)
        if rule.related and not rule.overriding:
            message = f"rule `{rule.id}` has related signs and is not overriding"
            self.report(
                rule.place, message, "`related` says when an unknown danger is urgent: only overriding rules have it"
            )
        for text in (rule.because, *(exception.because for exception in rule.unless)):
            for name in _PLACEHOLDER.findall(text):
                if name not in self.readable and name not in definition.parameters:
                    known = {**self.readable, **definition.parameters}
                    message = f"rule `{rule.id}`: `{{{name}}}` in `because` names nothing"
                    self.report(rule.place, message, self._suggestion(name, known))

    def unused(self, layer: str) -> Iterator[Problem]:
        """What this layer defines and nothing uses."""
        definition = self.definition
        concluded = {name for rule in definition.rules for name in rule.findings}
        topics = {indicator.topic for indicator in definition.indicators.values()}
        read = {name for kind, name in self.used if kind == "name"}
        checks: tuple[tuple[str, Mapping[str, Entry], set[str], str], ...] = (
            ("parameter", definition.parameters, {n for k, n in self.used if k == "parameter"}, "no test uses it"),
            ("quantity", definition.quantities, read, "no rule reads it"),
            ("finding", definition.findings, concluded, "no rule concludes it"),
            ("topic", definition.topics, topics, "no indicator belongs to it"),
        )
        for kind, entries, known, why in checks:
            for name, entry in entries.items():
                if entry.layer == layer and name not in known:
                    yield Problem(entry.place, f"{kind} `{name}` is unused: {why}", "use it, or take it out")

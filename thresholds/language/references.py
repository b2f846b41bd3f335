"""Names: every one that an entry uses must exist, and every one that is defined must be used."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from thresholds.language.conditions import Condition, counts_in, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, endpoint_of
from thresholds.language.loading import NAME_OF, Layers, RawEntry
from thresholds.language.model import (
    Basis,
    Entry,
    Indicator,
    Invariant,
    Parameter,
    Quantity,
    Response,
    Role,
    Rule,
    Selector,
    Topic,
)
from thresholds.language.unary import UnaryTest, help_for_zeros
from thresholds.language.yaml_text import Place, Problem

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NOT_MODELS = ("source", "impossible", "worked_example", "reference")
_IN_TEXTS = ("indicator", "quantity", "finding", "parameter")
_LADDER = ("beside", "universal", "targeted", "specialist")


class References:
    """Every use of a name in a ruleset. Entries that could not be read are known by their ids alone."""

    def __init__(self, definition: Definition, layers: Layers) -> None:
        self.definition, self.layers = definition, layers
        self.problems: list[Problem] = []
        self.used: set[tuple[str, str]] = set()
        self.readable = {
            **BUILT_IN_INDICATORS,
            **definition.indicators,
            **definition.quantities,
            **definition.findings,
        }
        self.unread = {
            name
            for kind in ("indicator", "quantity", "finding")
            for name in layers.entries[kind]
            if name not in self.readable
        }
        self.tags = {tag for entry in definition.indicators.values() for tag in entry.tags}

    def run(self) -> list[Problem]:
        """Every name that does not exist, or stands where it may not."""
        definition = self.definition
        self._unique()
        for condition in definition.scope.scope.values():
            self.condition(condition)
        asked: tuple[Topic | Role, ...] = (*definition.topics.values(), *definition.roles.values())
        for one in asked:
            for name in one.ages.names if one.ages else ():
                self.name("parameter", definition.parameters, name, self.at(one, "ages"))
        for topic in definition.topics.values():
            self.each("role", definition.roles, topic, "ask", topic.ask)
        for indicator in definition.indicators.values():
            self._indicator(indicator)
        for parameter in definition.parameters.values():
            self._parameter(parameter)
        for quantity in definition.quantities.values():
            self._quantity(quantity)
        for finding in definition.findings.values():
            self.basis(finding.basis, finding)
        for response in definition.responses.values():
            self._response(response)
        for service in definition.services.values():
            self.basis(service.basis, service)
            if service.ages is not None:
                self.test(service.ages, self.at(service, "ages"))
        for rule in definition.rules:
            self._rule(rule)
        for impossible in definition.impossible.values():
            self.condition(impossible.when)
        for invariant in definition.invariants.values():
            self._invariant(invariant)
        for document in definition.documents.values():
            self.basis(document.basis, document)
        self._reference()
        for example in definition.worked_examples.values():
            if example.basis is not None:
                self.basis(example.basis, example)
        return self.problems

    def unused(self) -> Iterator[Problem]:
        """What the topmost layer defines and nothing uses; to be asked for once all names are in order."""
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
                if entry.layer == self.layers.names[-1] and name not in known:
                    yield Problem(entry.place, f"{kind} `{name}` is unused: {why}", "use it, or take it out")

    def report(self, place: Place, message: str, help_: str) -> None:
        self.problems.append(Problem(place, message, help_))

    def at(self, entry: Entry, *path: str | int) -> Place:
        """Where a value inside an entry stands; a row of a levels table as a whole."""
        raw = self._raw(entry)
        return entry.place if raw is None else raw.document.place(raw.number, *path)

    def _raw(self, entry: Entry) -> RawEntry | None:
        raw = self.layers.entries[NAME_OF[type(entry)]].get(entry.id)
        return raw if raw is not None and raw.place == entry.place else None

    def name(self, kind: str, known: Mapping[str, object], name: str, place: Place) -> None:
        """A name that must be one of those known."""
        self.used.add((kind, name))
        if name not in known and name not in self.layers.entries.get(kind, ()):
            self.report(place, f"there is no {kind} `{name}`", self._suggestion(name, known, kind))

    def each(self, kind: str, known: Mapping[str, object], entry: Entry, field: str, names: Iterable[str]) -> None:
        """Every name of a list in an entry."""
        for number, name in enumerate(names):
            self.name(kind, known, name, self.at(entry, field, number))

    def _suggestion(self, name: str, known: Iterable[str], *kinds: str) -> str:
        """What would be right; of a name that an entry of one of these `kinds` had, who withdraws it."""
        for kind in kinds:
            if (kind, name) in self.layers.withdrawn:
                return f"{self.layers.withdrawn[kind, name]} withdraws it: replace it there, or what uses it"
        close = difflib.get_close_matches(name, list(known), 1, 0.5)
        return f"did you mean {close[0]}?" if close else "define it, or correct the name"

    def basis(self, basis: Basis, entry: Entry, *path: str | int) -> None:
        for part, cited in (("test", basis.test), ("response", basis.response)):
            raw = self._raw(entry)
            written = raw.tree.get("basis") if raw is not None and not path else None
            inside = (part,) if isinstance(written, dict) and part in written else ()
            for number, source in enumerate(cited.sources):
                place = self.at(entry, *path, "basis", *inside, "sources", number)
                self.name("source", self.definition.sources, source, place)

    def test(self, test: UnaryTest, place: Place) -> None:
        for name in test.names:
            self.name("parameter", self.definition.parameters, name, place)

    def condition(self, condition: Condition) -> None:
        for test, _ in every_test(condition):
            entry = self.readable.get(test.name)
            if entry is None:
                if test.name not in self.unread:
                    self._unknown_name(test.name, test.place)
                continue
            self.used.add(("name", test.name))
            # Words of a test on an ordered number are parameters; of a scale or choice they are its values.
            if not isinstance(entry, Indicator) or entry.kind not in ("flag", "scale", "choice"):
                self.test(test.test, test.place)
            if isinstance(entry, Indicator) and entry.context:
                message = f"`{test.name}` is a context indicator: no rule may read it"
                self.report(test.place, message, "it stands for who a family is, not for a need; read the need itself")
            if isinstance(entry, Indicator) and entry.kind == "events":
                message = f"`{test.name}` holds events: a rule cannot test them directly"
                self.report(test.place, message, "count them in a window: a quantity with `events` and `within`")
        for counted in counts_in(condition):
            if not re.match(r"[-+.]*[0-9]", counted.number):  # what number it is, is told with what it means
                self.name("parameter", self.definition.parameters, counted.number, counted.place)

    def _unknown_name(self, name: str, place: Place) -> None:
        if name in self.definition.responses:
            message = f"`{name}` is a response: a rule reads no other rule's response"
            self.report(place, message, "let the other rule conclude a finding, and read that")
        elif name in self.definition.parameters:
            message = f"`{name}` is a parameter: it belongs on the right, in a test"
            self.report(place, message, f'write `some_indicator: ">= {name}"`')
        else:
            message = f"there is no indicator, quantity or finding `{name}`"
            self.report(place, message, self._suggestion(name, self.readable, "indicator", "quantity", "finding"))

    def _unique(self) -> None:
        definition = self.definition
        seen: dict[str, str] = dict.fromkeys(BUILT_IN_INDICATORS, "name built in")
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
                    message = f"{kind} `{name}` has the id of another {seen[name]}"
                    if kind != seen[name]:
                        message = f"{kind} `{name}` has the id of a {seen[name]}".replace(" a in", " an in")
                    self.report(entry.place, message, "a name in a condition must mean one thing: rename one of them")
                seen[name] = kind
        ids: dict[str, Rule] = {}
        for rule in definition.rules:
            if rule.id in ids:
                message = f"rule `{rule.id}` is already at {ids[rule.id].place}"
                self.report(rule.place, message, "give one of them another id")
            ids[rule.id] = rule

    def _indicator(self, indicator: Indicator) -> None:
        definition = self.definition
        self.name("topic", definition.topics, indicator.topic, self.at(indicator, "topic"))
        self.basis(indicator.basis, indicator)
        if indicator.sessions_at_least:
            place = self.at(indicator, "sessions_at_least")
            self.name("parameter", definition.parameters, indicator.sessions_at_least, place)
        if indicator.detail_of is None:
            return
        place = self.at(indicator, "detail_of")
        self.name("indicator", definition.indicators, indicator.detail_of, place)
        chain, parent = [indicator.id], definition.indicators.get(indicator.detail_of)
        if parent is not None and parent.absent == "unknown":
            message = f"`{indicator.id}` is a detail of `{parent.id}`, whose `absent` is unknown"
            self.report(place, message, "a detail needs to know when the other is not there: declare its `absent`")
        while parent is not None and parent.id not in chain:
            chain.append(parent.id)
            parent = definition.indicators.get(parent.detail_of) if parent.detail_of else None
        if parent is indicator and indicator.id == min(chain):
            message = f"details go in a circle: {' of '.join((*chain, indicator.id))}"
            self.report(place, message, "let one of them stand alone")

    def _parameter(self, parameter: Parameter) -> None:
        self.basis(parameter.basis, parameter)
        places = [("value",)] if parameter.value else [("history", n, "value") for n in range(len(parameter.history))]
        values = [parameter.value] if parameter.value else [value.value for value in parameter.history]
        for path, value in zip(places, values, strict=True):
            if endpoint_of(value) is None:
                message = f"parameter `{parameter.id}`: `{value}` is neither a number nor a length of time"
                help_ = help_for_zeros(value) or 'write 90, "28 days" or "18 years"'
                self.report(self.at(parameter, *path), message, help_)
        for number, value_then in enumerate(parameter.history):
            if value_then.basis is not None:
                self.basis(value_then.basis, parameter, "history", number)

    def _quantity(self, quantity: Quantity) -> None:
        definition = self.definition
        self.basis(quantity.basis, quantity)
        if quantity.stated:
            self.name("indicator", definition.indicators, quantity.stated, self.at(quantity, "stated"))
            stated = definition.indicators.get(quantity.stated)
            if stated is not None and not (stated.kind == "number" and stated.whole):
                message = f"quantity `{quantity.id}`: `{stated.id}` is no whole number, so no count can be stated as it"
                self.report(self.at(quantity, "stated"), message, "name an indicator of kind number with `whole: true`")
        counted = quantity.count
        if counted is not None and counted.events is not None and counted.within is not None:
            self.name("indicator", definition.indicators, counted.events, self.at(quantity, "count", "events"))
            source = definition.indicators.get(counted.events)
            if source is not None and source.kind != "events":
                message = f"quantity `{quantity.id}`: `{counted.events}` is of kind {source.kind}, not events"
                self.report(self.at(quantity, "count", "events"), message, "count an indicator of kind events")
            place = self.at(quantity, "count", "within")
            if help_ := help_for_zeros(counted.within):
                self.report(place, f"quantity `{quantity.id}`: `{counted.within}` is not a length of time", help_)
            elif endpoint_of(counted.within) is None:
                self.name("parameter", definition.parameters, counted.within, place)
            return
        if counted is not None and counted.findings is not None:
            for name in counted.findings.ids:
                self.name("finding", definition.findings, name, self.at(quantity, "count", "findings"))
            tags = {tag for finding in definition.findings.values() for tag in finding.tags}
            self._tags(counted.findings, tags, quantity)
            return
        selector = quantity.longest.indicators if quantity.longest else counted.indicators if counted else None
        where = quantity.longest.where if quantity.longest else counted.where if counted else None
        assert selector is not None
        assert where is not None
        inside = self.at(quantity, "longest" if quantity.longest else "count", "indicators")
        for name in selector.ids:
            self.name("indicator", definition.indicators, name, inside)
        for name in selector.topics:
            self.name("topic", definition.topics, name, inside)
        self._tags(selector, self.tags, quantity)
        if where.lasting is not None:
            self.test(where.lasting, self.at(quantity, "longest" if quantity.longest else "count", "where", "lasting"))

    def _tags(self, selector: Selector, known: set[str], quantity: Quantity) -> None:
        for tag in selector.tags:
            if tag not in known and not self.unread:
                message = f"quantity `{quantity.id}`: nothing carries the tag `{tag}`"
                place = self.at(quantity, "longest" if quantity.longest else "count")
                self.report(place, message, self._suggestion(tag, known))

    def _response(self, response: Response) -> None:
        definition = self.definition
        self.each("response", definition.responses, response, "absorbs", response.absorbs)
        self.name("role", definition.roles, response.lead, self.at(response, "lead"))
        self.name("role", definition.roles, response.decided_by, self.at(response, "decided_by"))
        self.each("service", definition.services, response, "services", response.services)
        self.basis(response.basis, response)
        for number, name in enumerate(response.absorbs):
            place, absorbed = self.at(response, "absorbs", number), definition.responses.get(name)
            if absorbed is None:
                continue
            if response.id in self._absorbed(name):
                message = f"response `{response.id}` absorbs `{name}`, which absorbs it in turn"
                message = f"response `{name}` absorbs itself" if name == response.id else message
                self.report(place, message, "of two that mean the same keep one; let only the wider absorb the other")
            elif _LADDER.index(absorbed.tier) > _LADDER.index(response.tier):
                message = f"response `{response.id}` ({response.tier}) absorbs `{name}` ({absorbed.tier})"
                self.report(
                    place, message, "a response may absorb only what is of no higher tier, so that nothing hides"
                )

    def _absorbed(self, name: str) -> set[str]:
        """A response, and what it absorbs, and what that does."""
        found, rest = set(), [name]
        while rest:
            response = self.definition.responses.get(rest.pop())
            if response is not None and response.id not in found:
                found.add(response.id)
                rest.extend(response.absorbs)
        return found

    def _rule(self, rule: Rule) -> None:
        definition = self.definition
        self.basis(rule.basis, rule)
        for condition in rule.conditions():
            self.condition(condition)
        for name, weight in rule.then.items():
            raw = self._raw(rule)
            place = rule.place if raw is None else raw.document.key_place(raw.number, "then", name)
            if weight == "finding" and name in definition.responses:
                message = f"`{name}` is a response, not a finding"
                self.report(place, message, f"write `{name}: points_to`, consider or offer")
            elif weight != "finding" and name in definition.findings:
                message = f"`{name}` is a finding, so it takes no weight"
                self.report(place, message, f"write `{name}: finding`")
            elif weight == "finding":
                self.name("finding", definition.findings, name, place)
            else:
                self.name("response", definition.responses, name, place)
        self.each("indicator", definition.indicators, rule, "related", rule.related)
        if rule.related and not rule.overriding:
            message = f"rule `{rule.id}` has related signs and is not overriding"
            help_ = "`related` says when an unknown danger is urgent: only overriding rules have it"
            self.report(self.at(rule, "related"), message, help_)
        known = {*self.readable, *definition.parameters, *self.layers.entries["parameter"], *self.unread}
        texts = [(rule.because, self.at(rule, "because"))]
        texts += [(one.because, self.at(rule, "unless", n, "because")) for n, one in enumerate(rule.unless)]
        for text, place in texts:
            if re.search("[{}]", _PLACEHOLDER.sub("", text)):
                message = f"rule `{rule.id}`: a brace in `because` has no partner"
                self.report(place, message, "write a name between two braces: {child_age}")
            for name in _PLACEHOLDER.findall(text):
                if name not in known:
                    message = f"rule `{rule.id}`: `{{{name}}}` in `because` names nothing"
                    self.report(place, message, self._suggestion(name, sorted(known), *_IN_TEXTS))

    def _invariant(self, invariant: Invariant) -> None:
        definition = self.definition
        self.basis(invariant.basis, invariant)
        if invariant.when is not None:
            self.condition(invariant.when)
        self.each("response", definition.responses, invariant, "responses", invariant.responses)
        if invariant.response is not None:
            self.name("response", definition.responses, invariant.response, self.at(invariant, "response"))
        if invariant.by is not None:
            for name in invariant.by.ids:
                self.name("indicator", definition.indicators, name, self.at(invariant, "by", "ids"))
            for tag in invariant.by.tags:
                if tag not in self.tags:
                    message = f"invariant `{invariant.id}`: nothing carries the tag `{tag}`"
                    self.report(self.at(invariant, "by", "tags"), message, self._suggestion(tag, self.tags))

    def _reference(self) -> None:
        definition = self.definition
        modelled: dict[str, object] = dict.fromkeys(
            name for kind, entries in self.layers.entries.items() if kind not in _NOT_MODELS for name in entries
        )
        for entry in definition.reference.values():
            self.basis(entry.basis, entry)
            self.each("reference", definition.reference, entry, "conflicts_with", entry.conflicts_with)
            self.each("entry", modelled, entry, "modelled_as", entry.modelled_as)

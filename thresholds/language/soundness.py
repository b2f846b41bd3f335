"""What rules may not do: read conclusions negatively, skip a worse value, hold for nothing, go in circles.

Each check looks at a rule as one whole: its `when`, and each `unless` turned round. A *literal* is a test
with the sign it has there; `true` sets of literals can only grow as a child's situation gets worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, counts_in, every_test
from thresholds.language.cuts import cut
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, InForce
from thresholds.language.model import UNKNOWN, Indicator, Quantity, Rule, Where
from thresholds.language.unary import ELAPSED, TestFault, ValueSet
from thresholds.language.yaml_text import Place, Problem


def check_soundness(definition: Definition) -> Iterator[Problem]:
    """Problems of meaning on every day on which something changes, each reported once."""
    seen: set[Problem] = set()
    checked: set[tuple[object, ...]] = set()
    for day in definition.changes:
        for problem in _Soundness(definition, definition.in_force(day), checked).run():
            if problem not in seen:
                seen.add(problem)
                yield problem


def faults_of(rule: Rule, ruleset: InForce, definition: Definition) -> tuple[Problem, ...]:
    """Problems of meaning of one rule, read as a ruleset stands on one day."""
    soundness = _Soundness(definition, ruleset, set())
    soundness.rule(rule)
    return tuple(soundness.problems)


def faults_beside_rules(ruleset: InForce, definition: Definition) -> tuple[Problem, ...]:
    """Problems of what is no rule, and with the order of the limits of all, as a ruleset stands on one day."""
    soundness = _Soundness(definition, ruleset, set())
    soundness.beside_rules()
    if not soundness.problems:
        soundness.limits_in_order()
    return tuple(soundness.problems)


class _Soundness:
    def __init__(self, definition: Definition, ruleset: InForce, checked: set[tuple[object, ...]]) -> None:
        self.definition, self.ruleset = definition, ruleset
        self.problems: list[Problem] = []
        self.checked = checked
        """Rules found sound on another day, with all that their soundness rests on."""
        self.readable = {*ruleset.indicators, *ruleset.quantities, *ruleset.findings}
        self._in_force = tuple(
            hash(tuple(entries))
            for entries in (ruleset.indicators, ruleset.quantities, ruleset.findings, ruleset.topics, ruleset.responses)
        )

    def report(self, place: Place, message: str, help_: str) -> None:
        self.problems.append(Problem(place, message, help_))

    def run(self) -> list[Problem]:
        self._parameters_in_force()
        self._services()
        self._entries_in_force()
        for rule in self.ruleset.rules:
            self.rule(rule)
        self.beside_rules()
        if not self.problems:
            self.limits_in_order()
            self._circles()
        return self.problems

    def beside_rules(self) -> None:
        """Report what is wrong with conditions that are no rule's, and with quantities."""
        for impossible in self.ruleset.impossible:
            self._resolves(impossible.when)
            self._no_longest_negated(impossible.when)
        for kind, asked in (("topic", self.ruleset.topics), ("role", self.ruleset.roles)):
            for one in asked.values():
                try:
                    self.ruleset.asked_at(one)
                except TestFault as fault:
                    self.report(one.place, f"{kind} `{one.id}`: {fault.message}", fault.help)
        for invariant in self.ruleset.invariants:
            if invariant.when is not None:
                self._resolves(invariant.when)
                self._no_longest_negated(invariant.when)
        for condition in self.ruleset.scope.scope.values():
            self._resolves(condition)
        for quantity in self.ruleset.quantities.values():
            self._resolve_quantity(quantity)

    def rule(self, rule: Rule) -> None:
        """Report what is wrong with one."""
        resolved = [self._resolves(condition) for condition in rule.conditions()]
        if not all(resolved) or not self._concludes_what_is_in_force(rule):
            return
        key = (rule.id, *self._in_force, *self._meaning(rule))
        if key in self.checked:
            return
        before = len(self.problems)
        self._literals(rule)
        self._holds_for_nothing(rule)
        if rule.overriding:
            self._overriding(rule)
        if len(self.problems) == before:
            self.checked.add(key)

    def _meaning(self, rule: Rule) -> Iterator[object]:
        for condition in rule.conditions():
            for test, _ in every_test(condition):
                yield id(self.ruleset.accepted(test.name, test.test))
            for counted in counts_in(condition):
                yield self.ruleset.whole_number(counted.number)

    def _concludes_what_is_in_force(self, rule: Rule) -> bool:
        missing = [
            name for name in rule.then if name not in self.ruleset.responses and name not in self.ruleset.findings
        ]
        for name in missing:
            message = f"`{name}` is not in force on every day on which rule `{rule.id}` is"
            self.report(rule.place, message, "give both the same `from` and `until`")
        return not missing

    def _entries_in_force(self) -> None:
        for indicator in self.ruleset.indicators.values():
            pairs = ((indicator.topic, self.ruleset.topics), (indicator.detail_of, self.ruleset.indicators))
            for name, entries in pairs:
                if name is not None and name not in entries:
                    message = f"`{name}` is not in force on every day on which indicator `{indicator.id}` is"
                    self.report(indicator.place, message, "give both the same `from` and `until`")

    def _parameters_in_force(self) -> None:
        start = self.definition.header.from_
        for parameter in self.definition.parameters.values():
            if parameter.from_ is None and parameter.value_on(start) is None:
                first = parameter.history[0].from_
                message = f"parameter `{parameter.id}` has no value before {first}, and the ruleset begins on {start}"
                self.report(parameter.place, message, "let its history reach back to the ruleset's first day")

    def _services(self) -> None:
        for service in self.definition.services.values():
            try:
                if service.ages is not None:
                    self.ruleset.durations(service.ages)
            except TestFault as fault:
                self.report(service.place, f"service `{service.id}`: {fault.message}", fault.help)

    def _resolves(self, condition: Condition) -> bool:
        """Does every name, value and number of a condition make sense today? What does not is reported."""
        resolved = True
        for test, _ in every_test(condition):
            if test.name in self.readable:
                resolved &= self._resolve(test)
            else:
                resolved = False
                message = f"`{test.name}` is not in force on every day on which it is read here"
                self.report(test.place, message, "give both the same `from` and `until`")
        for counted in counts_in(condition):
            try:
                number = self.ruleset.whole_number(counted.number)
            except TestFault as fault:
                resolved = False
                self.report(counted.place, fault.message, fault.help)
                continue
            if number > len(counted.parts):
                resolved = False
                message = f"at_least {number} of {len(counted.parts)} can never hold"
                self.report(counted.place, message, "lower the number, or add to the list")
        return resolved

    def _resolve(self, test: Test) -> bool:
        named = test.test.names if self.ruleset.domain(test.name).kind in ("number", "duration") else ()
        for parameter in (self.definition.parameters[name] for name in named if name not in self.ruleset.parameters):
            if parameter.from_ is not None or parameter.until is not None:  # a history that is too short is told once
                message = f"parameter `{parameter.id}` is not in force on every day on which it is read here"
                self.report(test.place, message, "take its `from` and `until` out: its history says what held when")
            return False
        try:
            self.ruleset.accepted(test.name, test.test)
        except TestFault as fault:
            self.report(test.place, f"`{test.name}`: {fault.message}", fault.help)
            return False
        unit = self.ruleset.domain(test.name).unit
        for parameter in (self.definition.parameters[name] for name in named):
            if unit is not None and parameter.unit != unit:
                message = f"`{parameter.id}` is in {parameter.unit}, `{test.name}` in {unit}"
                self.report(test.place, message, "compare like with like: correct one of the units")
        return True

    def limits_in_order(self) -> None:
        """All limits of one duration must have a fixed order, whatever the calendar."""
        limits: dict[tuple[str, str], list[tuple[Place, ValueSet]]] = {}
        for condition in self._every_condition():
            for test, _ in every_test(condition):
                if self.ruleset.domain(test.name).kind == "duration":
                    found = (test.place, self.ruleset.accepted(test.name, test.test))
                    limits.setdefault(("", test.name), []).append(found)
        for quantity in self.ruleset.quantities.values():
            where = _where(quantity)
            for member in self.ruleset.members(quantity) if where is not None else ():
                lasting = limits.setdefault(("how long it has lasted: ", member), [])
                if quantity.longest is not None:
                    lasting.extend(limits.get(("", quantity.id), ()))
                if where is not None and where.lasting is not None:
                    lasting.append((quantity.place, self.ruleset.durations(where.lasting)))
                timed = member in self.ruleset.indicators and self.ruleset.indicators[member].kind == "since"
                if timed and where is not None and where.value is not None and self.ruleset.fits(member, where.value):
                    found = (quantity.place, self.ruleset.accepted(member, where.value))
                    limits.setdefault(("", member), []).append(found)
        for (what, name), sets in limits.items():
            if not what and self.ruleset.domain(name).kind != "duration":
                continue
            try:
                cut(ELAPSED, (accepted for _, accepted in sets))
            except TestFault as fault:
                self.report(min(place for place, _ in sets), f"`{name}`: {what}{fault.message}", fault.help)

    def _every_condition(self) -> Iterator[Condition]:
        """Of rules, of statements, of what is impossible and of whom the ruleset covers: proofs lay them together."""
        for rule in self.ruleset.rules:
            yield from rule.conditions()
        yield from (one.when for one in self.ruleset.impossible)
        yield from (one.when for one in self.ruleset.invariants if one.when is not None)
        yield from self.ruleset.scope.scope.values()

    def _resolve_quantity(self, quantity: Quantity) -> None:
        try:
            if quantity.count is not None and quantity.count.within is not None:
                self.ruleset.window(quantity.count.within)
        except TestFault as fault:
            self.report(quantity.place, f"quantity `{quantity.id}`: {fault.message}", fault.help)
        counted = quantity.count
        for name in (counted.events if counted else None, quantity.stated):
            if name is not None and name not in self.ruleset.indicators:
                message = f"`{name}` is not in force on every day on which quantity `{quantity.id}` is"
                self.report(quantity.place, message, "give both the same `from` and `until`")
        members = self.ruleset.members(quantity)
        if not members:
            self.report(quantity.place, f"quantity `{quantity.id}` looks at nothing", "widen what it selects")
        where = _where(quantity)
        if where is None or not members:
            return
        try:
            if where.lasting is not None:
                self.ruleset.durations(where.lasting)
        except TestFault as fault:
            self.report(quantity.place, f"quantity `{quantity.id}`: {fault.message}", fault.help)
        if where.value is None:
            return
        fitting = [name for name in members if self.ruleset.fits(name, where.value)]
        if not fitting:
            message = f"quantity `{quantity.id}`: `{where.value.text}` fits nothing that it looks at"
            self.report(quantity.place, message, "use a value that their scales have")
            return
        for name in members:
            indicator = self.ruleset.indicators[name]
            if indicator.kind == "scale" and name not in fitting:
                message = f"quantity `{quantity.id}`: `{where.value.text}` cannot be read on the scale `{name}`"
                values = ", ".join(indicator.values)
                self.report(quantity.place, message, f"`{name}` has {values}: add the value there, or select otherwise")

    def _worse_is_higher(self, name: str) -> bool | None:
        if name in self.ruleset.indicators:
            return self.ruleset.indicators[name].worse_is_higher
        return True  # counts, durations and findings

    def _signed(self, rule: Rule) -> Iterator[tuple[Test, bool, bool]]:
        """Each test, the sign it has in `when` and not `unless`, and whether it stands in an `unless`."""
        for test, positive in every_test(rule.when):
            yield test, positive, False
        for exception in rule.unless:
            for test, positive in every_test(exception.when):
                yield test, not positive, True

    def _literals(self, rule: Rule) -> None:
        for test, positive, in_unless in self._signed(rule):
            if not positive and self._only_upward(test, rule.overriding and not in_unless):
                continue
            accepted = self.ruleset.accepted(test.name, test.test)
            if accepted.words is not None:
                continue
            cuts = cut(self.ruleset.domain(test.name), (accepted,))
            every = (1 << cuts.count) - 1
            mask = cuts.mask(accepted)
            if mask in (0, every) and test.test.text != "-":
                always = "always" if mask else "never"
                message = f"`{test.name}: {test.test.text}` {always} holds"
                self.report(test.place, message, "correct the test, or write - where anything will do")
            mask = mask if positive else every & ~mask
            worse = self._worse_is_higher(test.name)
            closed = worse is None or _closed(mask, cuts.count, worse) or test.test.text == "-"
            if closed:
                continue
            if test.name in self.ruleset.findings:
                self._finding_read_negatively(test, in_unless)
            else:
                self._skips_worse(test, in_unless, in_none=positive == in_unless)

    def _only_upward(self, test: Test, overriding: bool) -> bool:
        """Reports a negative reading of a longest time, or (in an overriding `when`) of what may not apply at all."""
        quantity, indicator = self.ruleset.quantities.get(test.name), self.ruleset.indicators.get(test.name)
        if quantity is not None and quantity.longest is not None:
            message = f"`{test.name}` is a longest time, and is read as not so long"
            self.report(test.place, message, 'read it outside of `unless` and `none`, with ">= ..."')
            return True
        if indicator is not None and indicator.detail_of is not None and overriding:
            message = (
                f"`{test.name}` is a detail of `{indicator.detail_of}`, and stands under `none` in an overriding rule"
            )
            help_ = f"the rule would stop holding once `{indicator.detail_of}` is there: test it outside of `none`"
            self.report(test.place, message, help_)
            return True
        return False

    def _no_longest_negated(self, condition: Condition) -> None:
        for test, positive in every_test(condition):
            if not positive:
                self._only_upward(test, overriding=False)

    def _finding_read_negatively(self, test: Test, in_unless: bool) -> None:
        message = f"finding `{test.name}` is read {'positively in an exception' if in_unless else 'negatively'}"
        help_ = f"inside `unless` write `{test.name}: false`" if in_unless else f"in `when` write `{test.name}: true`"
        self.report(test.place, message, f"a conclusion may only add to an answer: {help_}")

    def _skips_worse(self, test: Test, in_unless: bool, in_none: bool) -> None:
        better = " better" if in_unless else " worse"
        direction = self._worse_is_higher(test.name)
        message = f"`{test.name}: {test.test.text}` skips a{better} value"
        comparison = ">=" if (direction is True) != in_unless else "<="
        flag = self.ruleset.domain(test.name).is_flag
        wanted = f"`{test.name}: {'true' if comparison == '>=' else 'false'}`" if flag else f'"{comparison} ..."'
        why = (
            "an exception must not end because things got better"
            if in_unless
            else "a rule must not stop holding because things got worse"
        )
        self.report(test.place, message, f"{why}: " + ("test it outside of `none`" if in_none else f"write {wanted}"))

    def _holds_for_nothing(self, rule: Rule) -> None:
        def literal(test: Test, positive: bool) -> bool:
            return self._could_hold_at_absent(test, positive, findings=False)

        if _could(rule.when, True, literal, self.ruleset):
            message = f"rule `{rule.id}` holds where everything was looked at and nothing found"
            self.report(rule.place, message, "let it need a sign: a test that no `absent` value satisfies")

        def in_exception(test: Test, positive: bool) -> bool:
            return self._could_hold_at_absent(test, positive, findings=True)

        for exception in rule.unless:
            if _could(exception.when, True, in_exception, self.ruleset):
                message = f"an exception of rule `{rule.id}` holds where everything was looked at and nothing found"
                self.report(rule.place, message, "an exception needs something known: no `absent` value may satisfy it")

    def _could_hold_at_absent(self, test: Test, positive: bool, *, findings: bool) -> bool:
        """Can the literal hold when every indicator is at its `absent` value? The unknown meets what anything does."""
        ruleset, name = self.ruleset, test.name
        if name in BUILT_IN_INDICATORS:
            return True
        accepted = ruleset.accepted(name, test.test)
        anything = test.test.text == "-" or accepted.words == frozenset(ruleset.domain(name).values)
        if name in ruleset.findings:
            return findings or (positive and anything)
        if name in ruleset.quantities:
            if ruleset.quantities[name].longest is not None:
                return not positive
            return accepted.holds(Fraction(0)) == positive
        indicator = ruleset.indicators[name]
        if indicator.detail_of is not None and not positive:
            return True  # what it is a detail of is absent: no test on it holds
        if indicator.absent == UNKNOWN:
            return positive and anything
        if accepted.words is not None:
            return (indicator.absent in accepted.words) == positive
        assert indicator.absent_position is not None
        return accepted.holds(indicator.absent_position) == positive

    def _overriding(self, rule: Rule) -> None:
        ruleset = self.ruleset
        points_to = [name for name, weight in rule.responses.items() if weight == "points_to"]
        if not any(ruleset.responses[name].tier == "specialist" for name in points_to if name in ruleset.responses):
            message = f"overriding rule `{rule.id}` points to no specialist response"
            self.report(rule.place, message, "let it point to one, or do not call it overriding")
        for test, _ in every_test(rule.when):
            self._read_by_overriding(rule, test.name, test.place)
        for exception in rule.unless:
            for test, _ in every_test(exception.when):
                indicator = ruleset.indicators.get(test.name)
                if test.name in BUILT_IN_INDICATORS:
                    continue
                if indicator is not None and indicator.exception_fact:
                    self._excuse(rule, indicator, test.place)
                    continue
                message = f"an exception of overriding rule `{rule.id}` reads `{test.name}`"
                self.report(test.place, message, "only an indicator marked `exception_fact: true` may excuse it")

    def _excuse(self, rule: Rule, indicator: Indicator, place: Place) -> None:
        """What may excuse an overriding rule is a fact of which the worse report counts."""
        faults = {
            "is a protective factor": indicator.protective,
            "may be recorded as not applying": indicator.may_not_apply,
            "has no worse direction": indicator.worse == "neither",
        }
        for fault, is_so in faults.items():
            if is_so:
                message = f"an exception of overriding rule `{rule.id}` reads `{indicator.id}`, which {fault}"
                help_ = "only a fact may excuse it, and of two reports of that fact the worse must count"
                self.report(place, message, help_)

    def _read_by_overriding(self, rule: Rule, name: str, place: Place) -> None:
        ruleset = self.ruleset
        if name in BUILT_IN_INDICATORS or name not in self.readable:
            return  # what is not in force is told elsewhere
        if name in ruleset.findings:
            message = f"overriding rule `{rule.id}` reads the finding `{name}`"
            self.report(place, message, "let it read the signs themselves")
            return
        if name in ruleset.quantities:
            quantity = ruleset.quantities[name]
            for member in (*ruleset.members(quantity), *((quantity.stated,) if quantity.stated else ())):
                self._read_by_overriding(rule, member, place)
            return
        indicator = ruleset.indicators[name]
        topic = ruleset.topics.get(indicator.topic)
        faults = {
            "is a protective factor": indicator.protective,
            "may be recorded as not applying": indicator.may_not_apply,
            "is about the process, not the child": indicator.area == "process",
            "is a choice without order, so that two reports of it cannot be settled for the worse": indicator.kind
            == "choice",
            "says `worse: neither`, so that two reports of it cannot be settled for the worse": indicator.kind
            != "choice"
            and indicator.worse == "neither",
            f"stands in the topic `{indicator.topic}`, which is not narrow": topic is not None and not topic.narrow,
            f"is `{indicator.absent}` where nothing was found, and can be better than that": _can_be_better(indicator),
        }
        for fault, is_so in faults.items():
            if is_so:
                message = f"overriding rule `{rule.id}` reads `{name}`, which {fault}"
                self.report(place, message, "nothing broad, protective or undecided may clear an overriding danger")
        if indicator.detail_of is not None:
            self._read_by_overriding(rule, indicator.detail_of, place)

    def _circles(self) -> None:
        reads = {rule.id: _findings_read(rule, self.ruleset) for rule in self.ruleset.rules}
        needs: dict[str, set[str]] = {}
        concluding: dict[str, Rule] = {}
        for rule in self.ruleset.rules:
            for finding in rule.findings:
                needs.setdefault(finding, set()).update(reads[rule.id])
                concluding.setdefault(finding, rule)
        for finding in sorted(needs):
            circle = _circle(finding, needs)
            if circle and finding == min(circle):
                message = f"findings go in a circle: {' <- '.join((*circle, finding))}"
                self.report(concluding[finding].place, message, "let one of these rules read the signs themselves")


def _where(quantity: Quantity) -> Where | None:
    """Which of the indicators it selects count; None where it counts events or findings."""
    if quantity.longest is not None:
        return quantity.longest.where
    return quantity.count.where if quantity.count is not None and quantity.count.indicators is not None else None


def _can_be_better(indicator: Indicator) -> bool:
    """Could an observation say that it is better than its `absent` value?"""
    absent, higher, domain = indicator.absent_position, indicator.worse_is_higher, indicator.domain
    if absent is None or higher is None:
        return False
    ends = (Fraction(0), Fraction(len(domain.values) - 1)) if domain.values else (domain.low, domain.high)
    return absent != ends[0 if higher else 1]


def _closed(mask: int, count: int, higher: bool) -> bool:
    """Do the accepted segments reach to the worst end without a gap?"""
    if mask == 0:
        return True
    if not higher:
        return mask & (mask + 1) == 0
    lowest = (mask & -mask).bit_length() - 1
    return mask == (1 << count) - (1 << lowest)


def _could(condition: Condition, positive: bool, literal: Callable[[Test, bool], bool], ruleset: InForce) -> bool:
    """Can a condition (or, where not positive, its negation) hold, if each literal independently can?"""
    if isinstance(condition, Test):
        return literal(condition, positive)
    parts = condition.parts
    if isinstance(condition, AtLeast):
        number = ruleset.whole_number(condition.number)
        needed = number if positive else len(parts) - number + 1
        return sum(_could(part, positive, literal, ruleset) for part in parts) >= needed
    if isinstance(condition, NoneOf):
        return (all if positive else any)(_could(part, not positive, literal, ruleset) for part in parts)
    together = isinstance(condition, AllOf) == positive
    assert isinstance(condition, AllOf | AnyOf)
    return (all if together else any)(_could(part, positive, literal, ruleset) for part in parts)


def _findings_read(rule: Rule, ruleset: InForce) -> set[str]:
    names: set[str] = set()
    for condition in rule.conditions():
        for test, _ in every_test(condition):
            if test.name in ruleset.findings:
                names.add(test.name)
            elif test.name in ruleset.quantities:
                quantity = ruleset.quantities[test.name]
                if quantity.count is not None and quantity.count.findings is not None:
                    names.update(ruleset.members(quantity))
    return names


def _circle(start: str, needs: dict[str, set[str]]) -> tuple[str, ...] | None:
    """The shortest way from a finding back to itself."""
    paths: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for name in sorted(needs.get(path[-1], ())):
            if name == start:
                return path
            if name not in seen:
                seen.add(name)
                paths.append((*path, name))
    return None

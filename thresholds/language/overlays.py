"""What an overlay may not do: withdraw or weaken an overriding rule of what it extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, every_test
from thresholds.language.cuts import cut
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, InForce
from thresholds.language.model import WEIGHTS, Rule, covered_by
from thresholds.language.unary import ELAPSED, Domain, Endpoint, TestFault, ValueSet
from thresholds.language.yaml_text import Place, Problem

_AGREEMENT = ("not_required", "inform", "consult", "seek", "required")
_LADDER = ("beside", "universal", "targeted", "specialist")
_HELP = "an overlay may only widen an overriding rule: add to it, or write a further rule"


def check_overlay(base: Definition, whole: Definition, withdrawn: Mapping[tuple[str, str], Place]) -> Iterator[Problem]:
    """Problems on every day on which either changes: each overriding rule of the base must hold at least as widely.

    `withdrawn`: where the whole withdraws what, as its Layers have it.
    """
    seen: set[Problem] = set()
    for day in sorted({*base.changes, *whole.changes}):
        if day < whole.header.from_ or day < base.header.from_:
            continue
        comparison = _Comparison(base.in_force(day), whole.in_force(day), whole, withdrawn)
        for problem in comparison.problems():
            if problem not in seen:
                seen.add(problem)
                yield problem


class _Comparison:
    def __init__(
        self, base: InForce, whole: InForce, definition: Definition, withdrawn: Mapping[tuple[str, str], Place]
    ) -> None:
        self.base, self.whole, self.definition, self.withdrawn = base, whole, definition, withdrawn

    def problems(self) -> Iterator[Problem]:
        now = {rule.id: rule for rule in self.whole.rules}
        for rule in self.base.rules:
            if not rule.overriding:
                continue
            header = Place(f"{self.definition.layers[-1]}/ruleset.yaml", 1, 1)
            place = now[rule.id].place if rule.id in now else self.withdrawn.get(("rule", rule.id), header)
            for what in self._weaker(rule, now.get(rule.id)):
                yield Problem(place, f"overriding rule `{rule.id}` of what this extends {what}", _HELP)

    def _weaker(self, old: Rule, new: Rule | None) -> Iterator[str]:
        if new is None:
            yield "is withdrawn"
            return
        if not new.overriding:
            yield "is no longer overriding"
        for name, weight in old.responses.items():
            now = new.responses.get(name)
            if now is None or WEIGHTS.index(now) < WEIGHTS.index(weight):
                yield f"no longer has `{name}: {weight}`"
            elif self._asks_more(name):
                yield f"leads to `{name}`, which now waits for more agreement"
            elif _LADDER.index(self.whole.responses[name].tier) < _LADDER.index(self.base.responses[name].tier):
                yield f"leads to `{name}`, whose tier is lowered"
            elif self.base.responses[name].immediate and not self.whole.responses[name].immediate:
                yield f"leads to `{name}`, which is no longer immediate"
            else:
                hidden = covered_by(self.whole.responses).get(name, ())
                for cover in sorted(set(hidden) - set(covered_by(self.base.responses).get(name, ()))):
                    yield f"leads to `{name}`, which `{cover}` now absorbs"
        if not set(old.applies_to) <= set(new.applies_to):
            yield "applies to fewer"
        for group in sorted(set(old.applies_to)):
            now_covered, then_covered = self.whole.scope.scope[group], self.base.scope.scope[group]
            if not self._covers(now_covered, then_covered, self.whole, self.base):
                yield f"applies to fewer, for fewer are {group}"
        if not self._covers(new.when, old.when, self.whole, self.base):
            yield "holds for fewer children"
        for exception in new.unless:
            if not any(self._covers(was.when, exception.when, self.base, self.whole) for was in old.unless):
                yield "has a wider exception"
        if not set(old.related) <= set(new.related):
            yield "has fewer related signs"
        for condition in old.conditions():
            for test, _ in every_test(condition):
                yield from self._reads_less(test.name)

    def _asks_more(self, response: str) -> bool:
        now, was = self.whole.responses[response].consent, self.base.responses[response].consent
        return _AGREEMENT.index(now) > _AGREEMENT.index(was)

    def _reads_less(self, name: str) -> Iterator[str]:
        """Anything an overriding rule reads must mean what it meant."""
        if name in BUILT_IN_INDICATORS:
            return
        if name in self.base.quantities:
            yield from self._counts_less(name)
            return
        old, new = self.base.indicators.get(name), self.whole.indicators.get(name)
        if old is None:
            return
        if new is None or any(getattr(old, key) != getattr(new, key) for key in _MEANING):
            yield f"reads `{name}`, which is changed"
        elif self.base.topics[old.topic].immediate and not self.whole.topics[new.topic].immediate:
            yield f"reads `{name}`, whose topic is no longer immediate"
        elif not self._asked_as_widely(old.topic):
            yield f"reads `{name}`, whose topic is asked about at fewer ages"
        elif old.sessions_at_least is not None:
            least = old.sessions_at_least
            if _as_number(self.whole.parameters[least]) > _as_number(self.base.parameters[least]):
                yield f"reads `{name}`, of which more sessions are needed"
        if old.detail_of is not None:
            yield from self._reads_less(old.detail_of)

    def _asked_as_widely(self, topic: str) -> bool:
        """Outside its ages silence about a topic is taken for absence."""
        new, old = (side.asked_at(side.topics[topic]) for side in (self.whole, self.base))
        return new is None or (old is not None and _wider(ELAPSED, new, old))

    def _counts_less(self, name: str) -> Iterator[str]:
        old, new = self.base.quantities[name], self.whole.quantities.get(name)
        keys = ("count", "longest", "distinct", "stated")
        if new is None or any(getattr(old, key) != getattr(new, key) for key in keys):
            yield f"reads `{name}`, which is changed"
            return
        members = self.base.members(old)
        if not set(members) <= set(self.whole.members(new)):
            yield f"reads `{name}`, which looks at less"
        if old.count is not None and old.count.within is not None:
            within = old.count.within
            if self.whole.window(within).order(self.base.window(within)) not in (0, 1):
                yield f"reads `{name}`, whose window is shortened"
        where = old.longest.where if old.longest else old.count.where if old.count else None
        sets = []
        if where is not None and where.lasting is not None:
            sets.append((ELAPSED, self.whole.durations(where.lasting), self.base.durations(where.lasting)))
        if where is not None and where.value is not None:
            both = (self.whole, self.base)
            fitting = [one for one in members if all(side.fits(one, where.value) for side in both)]
            sets += [
                (self.whole.domain(one), self.whole.accepted(one, where.value), self.base.accepted(one, where.value))
                for one in fitting
            ]
        if not all(_wider(*one) for one in sets):
            yield f"reads `{name}`, which counts fewer"
        for member in members if old.count is None or old.count.findings is None else ():
            yield from self._reads_less(member)
        if old.stated is not None:
            yield from self._reads_less(old.stated)

    def _covers(self, wide: Condition, narrow: Condition, wide_in: InForce, narrow_in: InForce) -> bool:
        """Does `wide` hold wherever `narrow` does, as far as their shapes show? Doubt is no."""

        def covers(one: Condition, other: Condition) -> bool:
            return self._covers(one, other, wide_in, narrow_in)

        if isinstance(wide, AllOf) or isinstance(narrow, AllOf):
            return all(any(covers(part, given) for given in _parts(narrow, AllOf)) for part in _parts(wide, AllOf))
        if isinstance(wide, AnyOf) or isinstance(narrow, AnyOf):
            return all(any(covers(part, given) for part in _parts(wide, AnyOf)) for given in _parts(narrow, AnyOf))
        if isinstance(wide, Test) and isinstance(narrow, Test):
            if wide.name != narrow.name:
                return False
            new, old = wide_in.accepted(wide.name, wide.test), narrow_in.accepted(narrow.name, narrow.test)
            return _wider(wide_in.domain(wide.name), new, old)
        if isinstance(wide, AtLeast) and isinstance(narrow, AtLeast):
            return wide_in.whole_number(wide.number) <= narrow_in.whole_number(narrow.number) and all(
                any(covers(part, given) for part in wide.parts) for given in narrow.parts
            )
        if isinstance(wide, NoneOf) and isinstance(narrow, NoneOf):
            return all(
                any(self._covers(given, part, narrow_in, wide_in) for given in narrow.parts) for part in wide.parts
            )
        return False


_MEANING = (
    *("kind", "values", "absent", "worse", "topic", "detail_of", "exception_fact", "range", "whole"),
    *("sessions_at_least", "need_group", "area", "dimension"),
)
"""What an indicator that an overriding rule reads may not change."""


def _wider(domain: Domain, new: ValueSet, old: ValueSet) -> bool:
    """Does `new` accept whatever `old` does? Doubt is no."""
    if new.words is not None or old.words is not None:
        return (old.words or frozenset()) <= (new.words or frozenset())
    try:
        cuts = cut(domain, (new, old))
    except TestFault:  # the order of their limits depends on the calendar
        return False
    return cuts.mask(old) & ~cuts.mask(new) == 0


def _as_number(value: Endpoint) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(0)


def _parts(condition: Condition, kind: type[AllOf] | type[AnyOf]) -> Sequence[Condition]:
    return condition.parts if isinstance(condition, kind) else (condition,)

"""What an overlay may not do: withdraw or weaken an overriding rule of what it extends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, every_test
from thresholds.language.cuts import cut
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition, InForce
from thresholds.language.model import Rule
from thresholds.language.unary import ValueSet
from thresholds.language.yaml_text import Place, Problem

_STRENGTH = ("offer", "consider", "points_to")
_LADDER = ("beside", "universal", "targeted", "specialist")
_HELP = "an overlay may only widen an overriding rule: add to it, or write a further rule"


def check_overlay(base: Definition, whole: Definition) -> Iterator[Problem]:
    """Problems on every day on which either changes: each overriding rule of the base must hold at least as widely."""
    seen: set[Problem] = set()
    for day in sorted({*base.changes, *whole.changes}):
        if day < whole.header.from_ or day < base.header.from_:
            continue
        comparison = _Comparison(base.in_force(day), whole.in_force(day), whole)
        for problem in comparison.problems():
            if problem not in seen:
                seen.add(problem)
                yield problem


class _Comparison:
    def __init__(self, base: InForce, whole: InForce, definition: Definition) -> None:
        self.base, self.whole, self.definition = base, whole, definition

    def problems(self) -> Iterator[Problem]:
        now = {rule.id: rule for rule in self.whole.rules}
        for rule in self.base.rules:
            if not rule.overriding:
                continue
            place = now[rule.id].place if rule.id in now else Place(f"{self.definition.layers[-1]}/ruleset.yaml", 1, 1)
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
            if now is None or _STRENGTH.index(now) < _STRENGTH.index(weight):
                yield f"no longer has `{name}: {weight}`"
            elif _LADDER.index(self.whole.responses[name].tier) < _LADDER.index(self.base.responses[name].tier):
                yield f"leads to `{name}`, whose tier is lowered"
        if not set(old.applies_to) <= set(new.applies_to):
            yield "applies to fewer"
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

    def _reads_less(self, name: str) -> Iterator[str]:
        """Anything an overriding rule reads must mean what it meant."""
        if name in BUILT_IN_INDICATORS:
            return
        if name in self.base.quantities:
            old_quantity, new_quantity = self.base.quantities[name], self.whole.quantities.get(name)
            same = new_quantity is not None and (old_quantity.count, old_quantity.longest, old_quantity.distinct) == (
                new_quantity.count,
                new_quantity.longest,
                new_quantity.distinct,
            )
            if not same:
                yield f"reads `{name}`, which is changed"
            elif old_quantity.count is not None and old_quantity.count.within is not None:
                within = old_quantity.count.within
                if self.whole.window(within).order(self.base.window(within)) not in (0, 1):
                    yield f"reads `{name}`, whose window is shortened"
            for member in self.base.members(old_quantity):
                yield from self._reads_less(member)
            return
        old, new = self.base.indicators.get(name), self.whole.indicators.get(name)
        if old is None:
            return
        keys = ("kind", "values", "absent", "worse", "topic", "detail_of", "exception_fact", "range", "whole")
        if new is None or any(getattr(old, key) != getattr(new, key) for key in keys):
            yield f"reads `{name}`, which is changed"
        elif self.base.topics[old.topic].immediate and not self.whole.topics[new.topic].immediate:
            yield f"reads `{name}`, whose topic is no longer immediate"

    def _covers(self, wide: Condition, narrow: Condition, wide_in: InForce, narrow_in: InForce) -> bool:
        """Does `wide` hold wherever `narrow` does, as far as their shapes show? Doubt is no."""

        def covers(one: Condition, other: Condition) -> bool:
            return self._covers(one, other, wide_in, narrow_in)

        if isinstance(wide, AllOf) or isinstance(narrow, AllOf):
            return all(any(covers(part, given) for given in _parts(narrow, AllOf)) for part in _parts(wide, AllOf))
        if isinstance(wide, AnyOf) or isinstance(narrow, AnyOf):
            return all(any(covers(part, given) for part in _parts(wide, AnyOf)) for given in _parts(narrow, AnyOf))
        if isinstance(wide, Test) and isinstance(narrow, Test):
            return wide.name == narrow.name and self._wider(wide, narrow, wide_in, narrow_in)
        if isinstance(wide, AtLeast) and isinstance(narrow, AtLeast):
            return wide_in.whole_number(wide.number) <= narrow_in.whole_number(narrow.number) and all(
                any(covers(part, given) for part in wide.parts) for given in narrow.parts
            )
        if isinstance(wide, NoneOf) and isinstance(narrow, NoneOf):
            return all(
                any(self._covers(given, part, narrow_in, wide_in) for given in narrow.parts) for part in wide.parts
            )
        return False

    @staticmethod
    def _wider(wide: Test, narrow: Test, wide_in: InForce, narrow_in: InForce) -> bool:
        new: ValueSet = wide_in.accepted(wide.name, wide.test)
        old: ValueSet = narrow_in.accepted(narrow.name, narrow.test)
        if new.words is not None or old.words is not None:
            return (old.words or frozenset()) <= (new.words or frozenset())
        cuts = cut(wide_in.domain(wide.name), (new, old))
        return cuts.mask(old) & ~cuts.mask(new) == 0


def _parts(condition: Condition, kind: type[AllOf] | type[AnyOf]) -> Sequence[Condition]:
    return condition.parts if isinstance(condition, kind) else (condition,)

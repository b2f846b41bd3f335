"""Every minimal situation in which something is so of a child: what must be known, all else being as usual.

What can stand for one another is said once: "this, with one of these sixty, and two of those five".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb, prod
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.engines.solver import World, in_order
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.policy.alternatives import Literals, Slot, Ways, exchangeable, slots_of
from thresholds.policy.boxes import Box, box_of
from thresholds.policy.children import Model
from thresholds.policy.searching import NotFinished, Search


@dataclass(frozen=True)
class Choice:
    """So many (`number`) of these, each the ranges of one indicator."""

    number: int
    among: tuple[Box, ...]


Extent = Literal["all", "some", "stopped"]
"""Which of the situations there are were found: all, not all, or the search was stopped."""


@dataclass(frozen=True, eq=False)
class Situation:
    """Who the child is, and what must be known, all of it; with a child for whom it is so, as each world tells it."""

    who: Box
    parts: tuple[Choice, ...]
    children: tuple[Assessment, ...]

    @property
    def size(self) -> int:
        """How many indicators it speaks of."""
        return sum(part.number for part in self.parts)

    @property
    def count(self) -> int:
        """How many minimal situations these are."""
        return prod(comb(len({box[0].indicator for box in part.among}), part.number) for part in self.parts)


@dataclass(frozen=True)
class _Family:
    who: Literals
    slots: tuple[Slot, ...]
    model: Model
    situation: Situation


class Situations:
    """Finds the minimal situations of several questions about one world, so that what they share is found once.

    Its words are those of the first world. `signs`: situations of more indicators than this are many, and of no help:
    one of them is given.
    """

    def __init__(self, search: Search, real: Iterable[int], signs: int) -> None:
        self.search, self.real, self.signs = search, tuple(real), signs
        self.formula, self.world = search.formula, search.worlds[0]
        self.usual = search.usual.each
        self.found: list[_Family] = []
        self._variables = _variables(self.world)
        self._most: dict[int, int] = {}

    def of(self, so: int, most: int) -> tuple[tuple[Situation, ...], Extent]:
        """The minimal situations in which a literal is true, of up to `signs` indicators; and whether these are all.

        They are not where there are more than `most`, or larger ones. Where there are only larger ones, one of the
        smallest is given.
        """
        here: list[_Family] = []
        extent: Extent = "stopped"
        with suppress(NotFinished):
            extent = self._each(so, most, here)
        return tuple(one.situation for one in here), extent

    def _each(self, so: int, most: int, here: list[_Family]) -> Extent:
        guard = self.formula.new()
        for one in self.found:
            if so in one.model and self._proved(one.who, one.slots, so) and self._minimal(one.who, one.slots, so):
                self._block(guard, one)
                here.append(one)
        while (model := self.search.plain([*self.real, self._at_most(self.signs), so, guard])) is not None:
            if len(here) >= most:
                return "some"
            self._keep(self._family(model, so, guard), guard, here)
        larger = self.search.plain([*self.real, so, guard])
        if larger is None:
            return "all"
        if not here:
            for number in range(self.signs + 1, len(self._away(larger))):
                smaller = self.search.plain([*self.real, self._at_most(number), so, guard])
                if smaller is not None:
                    larger = smaller
                    break
            self._keep(self._family(larger, so, guard), guard, here)
        return "some"

    def _keep(self, family: _Family, guard: int, here: list[_Family]) -> None:
        self._block(guard, family)
        here.append(family)
        self.found.append(family)

    def _block(self, guard: int, family: _Family) -> None:
        held = [*family.who, *(self._literal(slot) for slot in family.slots)]
        self.formula.add(-guard, *(-one for one in held))

    # --- one situation, and those like it --------------------------------------------------------

    def _family(self, model: Model, so: int, new: int) -> _Family:
        names = self._away(model)
        facts = {name: self._facts(name, model) for name in names}
        facts |= {name: values for name, values in self._without_usual(model) if name not in facts}
        who = [one for name in BUILT_IN_INDICATORS for one in self._facts(name, model)]
        needed = set(self._needed([*who, *(one for each in facts.values() for one in each)], self._others(names), so))
        kept = tuple(one for one in who if one in needed)
        parts = {name: told for name in facts if (told := tuple(one for one in facts[name] if one in needed))}
        for name in (one for one in names if one not in parts):
            parts[name] = self._unusual(name, facts[name])
        for name in set(parts) - set(names):  # a choice, in all else as usual
            parts[name] = (*parts[name], *self.usual.get(name, ()))
        slots = tuple(Slot(1, {name: (literals,)}) for name, literals in parts.items())
        if 1 < len(slots) <= self.signs:
            slots = self._widened(kept, parts, so, new)
        children = self.search.children(model, begun=True)
        return _Family(kept, slots, model, Situation(self._box(kept), tuple(map(self._choice, slots)), children))

    def _widened(self, who: Literals, parts: dict[str, Literals], so: int, new: int) -> tuple[Slot, ...]:
        """The parts, each with what may stand in its place, as far as every combination is proved."""
        ways = {name: self._instead(who, parts, name, so, new) for name in parts}
        for groups in (exchangeable(ways), [[name] for name in ways]):
            slots = slots_of(groups, ways)
            if self._proved(who, slots, so) and self._minimal(who, slots, so):
                return slots
        widest = max(parts, key=lambda name: len(ways[name]))
        return tuple(Slot(1, ways[name] if name == widest else {name: (parts[name],)}) for name in parts)

    def _instead(self, who: Literals, parts: dict[str, Literals], name: str, so: int, new: int) -> Ways:
        """What may stand in the place of one part, by indicator: itself among it."""
        rest = {other: literals for other, literals in parts.items() if other != name}
        held = [*who, *(one for literals in rest.values() for one in literals)]
        few, guard = self._at_most(len(rest) + 1), self.formula.new()
        found: Ways = {name: (parts[name],)}
        self.formula.add(-guard, *(-one for one in parts[name]))
        while (model := self.search.plain([*self.real, *held, few, so, new, guard])) is not None:
            extra = [one for one in self._away(model) if one not in rest]
            if len(extra) != 1:
                break
            (other,) = extra
            facts = self._facts(other, model)
            others = [*held, *self._others([*rest, other])]
            if self._always([*others, *facts], so):
                literals = tuple(self._needed(facts, others, so)) or self._unusual(other, facts)
                if all(self._needs(rest, one, other, literals, so) for one in rest):
                    found[other] = (*found.get(other, ()), literals)
                facts = list(literals)
            self.formula.add(-guard, *(-one for one in facts))
        return found

    def _needs(self, rest: dict[str, Literals], one: str, other: str, literals: Literals, so: int) -> bool:
        """Is it no longer so without one of the rest?"""
        kept = {name: held for name, held in rest.items() if name != one}
        usual = self._others([*kept, other])
        return (
            self.search.model([*self.real, *usual, *literals, *(x for held in kept.values() for x in held), so]) is None
        )

    # --- proofs ----------------------------------------------------------------------------------

    def _proved(self, who: Literals, slots: Iterable[Slot], so: int) -> bool:
        """Is it so for every child of these who is otherwise as usual?"""
        slots = tuple(slots)
        return self._always([*self._those(slots), *who, *map(self._literal, slots)], so)

    def _minimal(self, who: Literals, slots: Sequence[Slot], so: int) -> bool:
        """Is it so for none of these children once any one part of theirs is as usual?"""
        for left_out in slots:
            fewer = [one if one is not left_out else replace(one, number=one.number - 1) for one in slots]
            fewer = [one for one in fewer if one.number]
            held = [*self._those(fewer), *who, *map(self._literal, fewer), so]
            if self.search.model([*self.real, *held]) is not None:
                return False
        return True

    def _those(self, slots: Iterable[Slot]) -> list[int]:
        """Nothing is away from usual but what the slots name, and of that no more than they say."""
        slots = list(slots)
        names = {name for slot in slots for name in slot.ways}
        return [*self._others(names), self._at_most(sum(slot.number for slot in slots))]

    def _always(self, held: Iterable[int], so: int) -> bool:
        return self.search.model([*self.real, *held, -so]) is None

    def _needed(self, wanted: Iterable[int], held: Iterable[int], so: int) -> list[int]:
        """As few of these as make it so together with what is held, which they must: those that say least."""
        held, needed = list(held), list(wanted)
        proved = self._always([*held, *needed], so)
        assert proved
        for literal in list(needed):
            without = [one for one in needed if one != literal]
            if self._always([*held, *without], so):
                needed = without
        return needed

    # --- literals --------------------------------------------------------------------------------

    @cached_property
    def _each_away(self) -> list[int]:
        return [-self.formula.all_of(literals) for literals in self.usual.values()]

    def _at_most(self, number: int) -> int:
        """The literal for "so many indicators, or fewer, are away from what is usual"."""
        if number not in self._most:
            self._most[number] = -self.formula.counter(self._each_away, number + 1)[number + 1]
        return self._most[number]

    def _away(self, model: Model) -> list[str]:
        return [name for name, literals in self.usual.items() if not all(one in model for one in literals)]

    def _facts(self, name: str, model: Model) -> list[int]:
        """The literals that say what the child of a solution is like in an indicator: what says most comes first."""
        facts = []
        for variables in self._variables.get(name, ()):
            facts += [one for one in reversed(variables) if one in model]
            facts += [-one for one in variables if one not in model]
        return facts

    def _unusual(self, name: str, facts: Iterable[int]) -> Literals:
        """What of an indicator is not as usual: it must be so because of the others (a detail of it is there)."""
        return tuple(one for one in facts if -one in self.usual[name])

    def _without_usual(self, model: Model) -> Iterator[tuple[str, list[int]]]:
        """What a solution says of choices none of whose values is usual, where they apply."""
        for name, values in sorted(self.world.choices.items()):
            if self.world.ruleset.indicators[name].absent not in values and self.world.applies(name) in model:
                chosen = [one for one in values.values() if one in model]
                yield name, [*chosen, *(-one for one in values.values() if one not in model)]

    def _others(self, names: Iterable[str]) -> list[int]:
        names = set(names)
        return [one for name, literals in self.usual.items() if name not in names for one in literals]

    def _literal(self, slot: Slot) -> int:
        each = [self.formula.any_of([self.formula.all_of(way) for way in ways]) for ways in slot.ways.values()]
        return self.formula.counter(each, slot.number)[slot.number]

    def _box(self, literals: Literals) -> Box:
        return box_of(literals, self.world)

    def _choice(self, slot: Slot) -> Choice:
        return Choice(slot.number, tuple(self._box(way) for ways in slot.ways.values() for way in ways))


def _variables(world: World) -> dict[str, list[list[int]]]:
    """By indicator, what is said of a child when all is said; the steps of one thing together, the lowest first."""
    found: dict[str, list[list[int]]] = {}
    for key, steps in sorted(world.steps.items()):
        found.setdefault(key[1], []).append([steps[one] for one in in_order(steps, world.on)])
    for name, values in world.choices.items():
        found.setdefault(name, []).append(list(values.values()))
    for name, unmet in world.unmet_facts():
        found.setdefault(name, []).append([unmet])
    for name in set(world.ruleset.indicators) - set(BUILT_IN_INDICATORS):
        facts = (world.some_event(name), world.recorded_as_applying(name))
        found.setdefault(name, []).extend([one] for one in facts if one is not None)
    return found

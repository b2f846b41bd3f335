"""Every minimal situation in which something is so of a child: what must be known, all else being as usual.

What can stand for one another is said once: "this, with one of these sixty, and two of those five".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import comb, prod

from thresholds.assessment import Assessment
from thresholds.engines.solver import World
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.policy.boxes import Box, box_of
from thresholds.policy.children import Model
from thresholds.policy.searching import NotFinished, Search


@dataclass(frozen=True)
class Choice:
    """So many (`number`) of these, each the ranges of one indicator."""

    number: int
    among: tuple[Box, ...]


@dataclass(frozen=True, eq=False)
class Situation:
    """Who the child is, and what must be known, all of it; with a child for whom it is so."""

    who: Box
    parts: tuple[Choice, ...]
    child: Assessment

    @property
    def size(self) -> int:
        """How many indicators are away from what is usual."""
        return sum(part.number for part in self.parts)

    @property
    def count(self) -> int:
        """How many minimal situations these are."""
        return prod(comb(len({box[0].indicator for box in part.among}), part.number) for part in self.parts)


Literals = tuple[int, ...]


@dataclass(frozen=True)
class _Slot:
    """A part still to be said in words: by indicator, the ways in which it may be so, each a conjunction."""

    number: int
    ways: dict[str, tuple[Literals, ...]]


@dataclass(frozen=True)
class _Family:
    who: Literals
    slots: tuple[_Slot, ...]
    situation: Situation


class Situations:
    """Finds the minimal situations of several questions about one world, so that what they share is found once.

    `signs`: situations of more indicators than this are many, and of no help: one of them is given.
    """

    def __init__(self, search: Search, real: Iterable[int], signs: int) -> None:
        self.search, self.real, self.signs = search, tuple(real), signs
        self.formula, self.world = search.formula, search.worlds[0]
        self.usual = search.usual.each
        self.found: list[_Family] = []

    def of(self, so: int, most: int) -> tuple[tuple[Situation, ...], bool]:
        """The minimal situations in which a literal is true, of up to `signs` indicators; and whether these are all.

        They may not be where there are more than `most`, or larger ones, or where the search was stopped. Where there
        are only larger ones, one of them is given.
        """
        here: list[_Family] = []
        try:
            complete = self._each(so, most, here)
        except NotFinished:
            complete = False
        return tuple(one.situation for one in here), complete

    def _each(self, so: int, most: int, here: list[_Family]) -> bool:
        guard = self.formula.new()
        for one in self.found:
            if self._proved(one.who, one.slots, so):
                here.append(one)
                self._block(guard, one)
        few = -self._counts[self.signs + 1]
        while (model := self.search.plain([*self.real, few, so, guard])) is not None:
            if len(here) >= most:
                return False
            self._keep(self._family(model, so, guard), guard, here)
        larger = self.search.plain([*self.real, so, guard])
        if larger is not None and not here:
            self._keep(self._family(larger, so, guard), guard, here)
        return larger is None

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
        facts = {name: _facts(self.world, name, model) for name in names}
        who = [one for name in BUILT_IN_INDICATORS for one in _facts(self.world, name, model)]
        needed = set(self._needed([*who, *(one for each in facts.values() for one in each)], self._others(names), so))
        kept = tuple(one for one in who if one in needed)
        parts = {name: tuple(one for one in facts[name] if one in needed) for name in names}
        for name in (one for one in names if not parts[one]):  # it is there because a detail of it is
            parts[name] = tuple(one for one in facts[name] if -one in self.usual[name])
        slots = tuple(_Slot(1, {name: (literals,)}) for name, literals in parts.items())
        if 1 < len(slots) <= self.signs:
            slots = self._widened(kept, parts, so, new)
        (child,) = self.search.children(model)
        return _Family(kept, slots, Situation(self._box(kept), tuple(map(self._choice, slots)), child))

    def _widened(self, who: Literals, parts: dict[str, Literals], so: int, new: int) -> tuple[_Slot, ...]:
        """The parts, each with what may stand in its place, as far as every combination is proved."""
        ways = {name: self._instead(who, parts, name, so, new) for name in parts}
        slots: list[_Slot] = []
        for name, literals in parts.items():
            if any(name in slot.ways and literals in slot.ways[name] for slot in slots if slot.number > 1):
                continue
            same = [other for other in parts if other != name and parts[other] in ways[name].get(other, ())]
            together = [other for other in same if literals in ways[other].get(name, ())]
            taken = {one for slot in slots for one in slot.ways} | (set(parts) - {name, *together})
            both = {
                one: shared
                for one, mine in ways[name].items()
                if one not in taken
                and (shared := tuple(way for way in mine if all(way in ways[o].get(one, ()) for o in together)))
            }
            slots.append(_Slot(1 + len(together), both))
        if self._proved(who, slots, so):
            return tuple(slots)
        alone = max(parts, key=lambda name: len(ways[name]))
        return tuple(
            _Slot(1, {one: way for one, way in ways[name].items() if one == name or one not in parts})
            if name == alone
            else _Slot(1, {name: (literals,)})
            for name, literals in parts.items()
        )

    def _instead(
        self, who: Literals, parts: dict[str, Literals], name: str, so: int, new: int
    ) -> dict[str, tuple[Literals, ...]]:
        """What may stand in the place of one part, by indicator: itself among it."""
        rest = {other: literals for other, literals in parts.items() if other != name}
        held = [*who, *(one for literals in rest.values() for one in literals)]
        few, guard = -self._counts[len(rest) + 2], self.formula.new()
        found: dict[str, tuple[Literals, ...]] = {name: (parts[name],)}
        self.formula.add(-guard, *(-one for one in parts[name]))
        while (model := self.search.plain([*self.real, *held, few, so, new, guard])) is not None:
            extra = [one for one in self._away(model) if one not in rest]
            if len(extra) != 1:
                break
            (other,) = extra
            facts = _facts(self.world, other, model)
            others = [*held, *self._others([*rest, other])]
            if self._always([*others, *facts], so):
                literals = tuple(self._needed(facts, others, so))
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

    def _proved(self, who: Literals, slots: Iterable[_Slot], so: int) -> bool:
        """Is it so for every child of these who is otherwise as usual?"""
        slots = tuple(slots)
        names = {name for slot in slots for name in slot.ways}
        number = sum(slot.number for slot in slots)
        few = -self._counts[number + 1] if number <= self.signs else self.formula.true
        return self._always([*self._others(names), *who, *map(self._literal, slots), few], so)

    def _always(self, held: Iterable[int], so: int) -> bool:
        return self.search.model([*self.real, *held, -so]) is None

    def _needed(self, wanted: Iterable[int], held: Iterable[int], so: int) -> list[int]:
        """As few of these as make it so together with what is held, which they must."""
        held = list(held)
        needed = list(wanted)
        proved = self._always([*held, *needed], so)
        assert proved
        needed = [one for one in needed if one in self.search.core]
        for literal in list(needed):
            without = [one for one in needed if one != literal]
            if literal in needed and self._always([*held, *without], so):
                needed = [one for one in without if one in self.search.core]
        return needed

    # --- literals --------------------------------------------------------------------------------

    @cached_property
    def _counts(self) -> list[int]:
        """Literals for "at least 0, 1, ... indicators are away from what is usual"."""
        away = [-self.formula.all_of(literals) for literals in self.usual.values()]
        return self.formula.counter(away, self.signs + 1)

    def _away(self, model: Model) -> list[str]:
        return [name for name, literals in self.usual.items() if not all(one in model for one in literals)]

    def _others(self, names: Iterable[str]) -> list[int]:
        names = set(names)
        return [one for name, literals in self.usual.items() if name not in names for one in literals]

    def _literal(self, slot: _Slot) -> int:
        each = [self.formula.any_of([self.formula.all_of(way) for way in ways]) for ways in slot.ways.values()]
        return self.formula.counter(each, slot.number)[slot.number]

    def _box(self, literals: Literals) -> Box:
        return box_of(literals, self.world)

    def _choice(self, slot: _Slot) -> Choice:
        return Choice(slot.number, tuple(self._box(way) for ways in slot.ways.values() for way in ways))


def _facts(world: World, name: str, model: Model) -> list[int]:
    """The literals that say what the child of a solution is like in an indicator."""
    return [one if one in model else -one for one in _variables(world, name)]


def _variables(world: World, name: str) -> Iterator[int]:
    yield from (one for key, steps in sorted(world.steps.items()) if key[1] == name for one in steps.values())
    yield from world.choices.get(name, {}).values()
    yield from (one for unmet, one in world.unmet_facts() if unmet == name)
    facts = (world.some_event(name), world.recorded_as_applying(name)) if name not in BUILT_IN_INDICATORS else ()
    yield from (one for one in facts if one is not None)

"""What may stand for one another in a situation: so many of these, in any of their ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Literals = tuple[int, ...]
Ways = dict[str, tuple[Literals, ...]]
"""By indicator, the ways in which it may be so, each a conjunction."""


@dataclass(frozen=True)
class Slot:
    """A part still to be said in words: so many of these."""

    number: int
    ways: Ways


def exchangeable(ways: dict[str, Ways]) -> list[list[str]]:
    """The parts in groups that have an alternative in common."""
    groups: list[list[str]] = []
    for name in ways:
        group = next((one for one in groups if _shared([*one, name], ways)), None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    return groups


def slots_of(groups: Iterable[list[str]], ways: dict[str, Ways]) -> tuple[Slot, ...]:
    """Of each group as many as it has, of all that may stand in the place of each; nothing in two places."""
    slots: list[Slot] = []
    for group in groups:
        taken = {one for slot in slots for one in slot.ways}
        mine = {name: ways[name][name] for name in group} | _shared(group, ways)
        slots.append(Slot(len(group), {one: each for one, each in mine.items() if one not in taken}))
    return tuple(slots)


def _shared(group: list[str], ways: dict[str, Ways]) -> Ways:
    """What may stand in the place of each of these parts, in the same ways."""
    first, *others = (ways[name] for name in group)
    common = {
        one: tuple(way for way in mine if all(way in other.get(one, ()) for other in others))
        for one, mine in first.items()
        if one not in ways
    }
    return {one: shared for one, shared in common.items() if shared}

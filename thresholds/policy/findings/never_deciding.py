"""Rules that change no answer: whatever they give, others give to the same children at least as strongly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from thresholds.engines.solver import Clauses, World
from thresholds.language.model import WEIGHTS, Rule
from thresholds.policy.findings.finding import Finding
from thresholds.policy.findings.ground import Ground, smallest_clash
from thresholds.policy.findings.partly_known import PartlyKnown
from thresholds.policy.searching import Search


@dataclass(frozen=True)
class Covered:
    """A rule that changes nothing, and so few others that none can be left out for it to be so."""

    rule: int
    by: tuple[int, ...]
    whatever_is_known: bool
    """Also where part is unknown: the rule can be taken out."""
    both_ways: bool
    """The one other rule is covered by this one in turn."""


@dataclass(frozen=True)
class _Clash:
    """What cannot go together where a rule is covered: it holds, and none of the others does that give one thing."""

    search: Search
    holds: tuple[int, ...]
    others: dict[int, int]
    """By rule the literal for its not holding."""


class Covering:
    """Which rules change nothing beside all the others."""

    def __init__(self, ground: Ground, dead: tuple[int, ...]) -> None:
        self.ground, self.rules, self.out = ground, ground.rules, set(dead)

    @cached_property
    def _partly(self) -> tuple[PartlyKnown, Search]:
        world = World(Clauses(), self.ground.in_force, on=self.ground.on)
        return PartlyKnown(self.ground.program, world.formula), Search([world], self.ground.on, self.ground.patience)

    def covered(self) -> Iterator[Covered]:
        """Rules of the ruleset itself, not of what it extends, that can all be left out together.

        Of two that cover one another the one that stands later in the files is told. Raises NotFinished.
        """
        own = [number for number, rule in enumerate(self.rules) if rule.layer == self.ground.own]
        idle = [number for number in own if number not in self.out and self._covers(number, self._others(number))]
        for number in sorted(idle, key=lambda one: self.rules[one].place, reverse=True):
            if self._covers(number, self._others(number)):
                self.out.add(number)
        yield from (self._told(number) for number in idle if number in self.out)

    def _told(self, number: int) -> Covered:
        others = self._others(number)
        whatever = self._covers(number, others, partly=True)
        alone = next((one for one in others if self._covers(number, [one], partly=whatever)), None)
        by = self._fewest(number, others, partly=whatever) if alone is None else (alone,)
        both_ways = len(by) == 1 and self._covers(by[0], [number])
        return Covered(number, by, whatever, both_ways)

    def _others(self, number: int) -> list[int]:
        """The rules left that give something of what a rule gives."""
        return [
            other
            for other, rule in enumerate(self.rules)
            if other != number and other not in self.out and any(_gives(rule, self.rules[number]))
        ]

    def _covers(self, number: int, others: Iterable[int], *, partly: bool = False) -> bool:
        """Is each thing that a rule gives given by some other as well, wherever it holds?

        `partly`: as surely as it holds, also where part is unknown.
        """
        for clash in self._clashes(number, others, partly=partly):
            self.ground.go_on()
            if not clash.others or clash.search.model([*clash.holds, *clash.others.values()]) is not None:
                return False
        return True

    def _fewest(self, number: int, others: Iterable[int], *, partly: bool) -> tuple[int, ...]:
        named: set[int] = set()
        for clash in self._clashes(number, others, partly=partly):
            wanted = sorted(clash.others, key=lambda one: one in named)  # those in front are done without first
            needed = smallest_clash(clash.search, [clash.others[one] for one in wanted], clash.holds)
            named |= {one for one in wanted if clash.others[one] in needed}
        return tuple(sorted(named))

    def _clashes(self, number: int, others: Iterable[int], *, partly: bool) -> Iterator[_Clash]:
        ground, mine = self.ground, self.rules[number]
        for place in range(len(mine.then)):
            giving = [other for other in others if _gives(self.rules[other], mine)[place]]
            if not partly:
                holds = (*ground.real, ground.holds(number))
                yield _Clash(ground.search, holds, {other: -ground.holds(other) for other in giving})
                continue
            laid, search = self._partly
            held = [laid.held(one) for one in giving]
            yield _Clash(search, (laid.held(number).certain,), _none(giving, [one.certain for one in held]))
            yield _Clash(search, (laid.held(number).established,), _none(giving, [one.established for one in held]))
            yield _Clash(search, (laid.held(number).possible,), _none(giving, [one.possible for one in held]))


def _none(rules: list[int], literals: list[int]) -> dict[int, int]:
    return {rule: -literal for rule, literal in zip(rules, literals, strict=True)}


def _gives(rule: Rule, wanted: Rule) -> list[bool]:
    """Of all that one rule gives, what does another give as well, at least as strongly?

    What an overriding rule gives, only an overriding one gives as well, and one that as many signs make urgent.
    """
    if wanted.overriding and not (rule.overriding and set(wanted.related) <= set(rule.related)):
        return [False] * len(wanted.then)
    return [_as_strongly(rule.then.get(name), given) for name, given in wanted.then.items()]


def _as_strongly(given: str | None, wanted: str) -> bool:
    if given is None or "finding" in (given, wanted):
        return given == wanted
    return WEIGHTS.index(given) >= WEIGHTS.index(wanted)


def findings(ground: Ground, dead: tuple[int, ...]) -> Iterator[Finding]:
    """A warning for each rule that can be left out, with a child for whom it holds. Raises NotFinished."""
    known = ground.in_force.responses
    for covered in Covering(ground, dead).covered():
        rule, others = ground.rules[covered.rule], [ground.rules[number] for number in covered.by]
        named = " or ".join(f"`{one.id}`" for one in others)
        if covered.whatever_is_known:
            always = "whatever is known of a child"
            help_ = "take it out, or change what it is meant to say; no answer changes without it"
        else:
            always = "once everything is known of a child"
            help_ = "it may still answer while something is unknown: keep it if it is meant to, or take it out"
        each = "always gives" if len(others) == 1 else "together always give"
        same = ", ".join((known.get(name) or ground.in_force.findings[name]).label for name in rule.then)
        turn = ", and the other way round" if covered.both_ways else ""
        child, decision = ground.replayed([ground.holds(covered.rule)], [covered.rule])
        yield Finding(
            "never_decides",
            "warning" if covered.whatever_is_known else "note",
            rule.id,
            f"rule `{rule.id}` never decides: {always}, {named} {each} the same ({same}), at least as strongly{turn}",
            help_,
            (rule.place, *(one.place for one in others)),
            tuple(one.id for one in others),
            (child,),
            (decision,),
        )

"""Two rulesets held against one another: what changed in the text, who is answered differently, what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from thresholds.decision import Decision, Reason
from thresholds.errors import NothingToCompare
from thresholds.language.definition import InForce
from thresholds.policy.behaviour import Behaviour, Difference, behaviour
from thresholds.policy.causes import causes
from thresholds.policy.changes import Sides, TextChange, sides_of, text_changes
from thresholds.policy.moves import Move
from thresholds.policy.pairing import Pair, by_calendar
from thresholds.policy.prove import Proof, prove
from thresholds.policy.searching import Patience
from thresholds.ruleset import Ruleset


@dataclass(frozen=True)
class Explained:
    """A difference, and what is responsible for it.

    `lost` and `gained`: the reasons that only the one or only the other answer has. `causes`: the changes of the text
    on which those depend.
    """

    difference: Difference
    lost: tuple[Reason, ...]
    gained: tuple[Reason, ...]
    causes: tuple[TextChange, ...]


@dataclass(frozen=True)
class OtherDay:
    """What was found for another day on which something changes: the ways in which an answer may differ there too."""

    on: date
    possible: tuple[Move, ...]
    same: bool
    """Is it proved that every child assessed on that day is answered alike?"""


@dataclass(frozen=True)
class Comparison:
    """What was found. `proofs` are of the statements of the new ruleset, on the same day.

    `other_days`: every other day on which something in an unpinned ruleset begins or ends, and the two differ.
    `only_old`, `only_new`: indicators that the other does not know, and so is not told of.
    """

    old: Ruleset
    new: Ruleset
    on: date
    text: tuple[TextChange, ...]
    behaviour: Behaviour
    explained: tuple[Explained, ...]
    proofs: tuple[Proof, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    other_days: tuple[OtherDay, ...]

    @property
    def same(self) -> bool:
        """Is it proved that every child is answered alike, on whatever day?

        Not where lengths of time were put in order as they fall on one day: on another they may fall otherwise.
        """
        bound_to_the_day = self.text and self.behaviour.by_calendar
        return self.behaviour.same and not bound_to_the_day and all(day.same for day in self.other_days)

    @cached_property
    def catalogue(self) -> InForce:
        """The new ruleset, with the indicators that only the old one has a name for."""
        old, new = (ruleset.in_force(self.on) for ruleset in (self.old, self.new))
        return replace(new, indicators={**old.indicators, **new.indicators})

    @cached_property
    def sides(self) -> Sides:
        """Either ruleset as it stands on the day."""
        return sides_of(self.old, self.new, self.on)

    @property
    def broken(self) -> tuple[Proof, ...]:
        """The statements of the new ruleset that are not proved."""
        return tuple(proof for proof in self.proofs if proof.verdict != "proved")


def compare(
    old: Ruleset,
    new: Ruleset,
    on: date,
    *,
    signs: int = 2,
    patience: Patience | None = None,
    step: Callable[[str], None] = lambda _: None,
    until: date = date.max,
) -> Comparison:
    """Compare two rulesets for children assessed on a day; pin a ruleset (`as_at`) to compare two of its days.

    On every other day up to `until` on which something changes it is proved whether anybody is answered differently.
    `signs`: the most indicators in the situations that are all listed; of a move that takes more, one is. Raises
    RulesetNotInForce where one of them does not answer for the day.
    """
    patience = patience or Patience()
    sides = old.in_force(on), new.in_force(on)
    days = {day: text_changes(sides_of(old, new, day)) for day in (on, *_other_days(old, new, on, until))}
    text = _once_each(days.values())
    proofs = []
    for proof in prove(new, on, patience.seconds, patience.stop):
        step(proof.statement)
        proofs.append(proof)
    found = behaviour(old, new, on, signs=signs, patience=patience, step=lambda of: step(_label(of, sides)))
    return Comparison(
        old=old,
        new=new,
        on=on,
        text=text,
        behaviour=found,
        explained=tuple(_explained(one, sides, text) for one in found.differences),
        proofs=tuple(proofs),
        only_old=tuple(sorted(set(sides[0].indicators) - set(sides[1].indicators))),
        only_new=tuple(sorted(set(sides[1].indicators) - set(sides[0].indicators))),
        other_days=tuple(_other_day(old, new, day, patience, step) for day in days if day != on and days[day]),
    )


def _other_days(old: Ruleset, new: Ruleset, on: date, until: date) -> list[date]:
    first = max(one.definition.header.from_ for one in (old, new))
    changes = {day for one in (old, new) if one.as_at is None for day in (first, *one.definition.changes)}
    return sorted(day for day in changes if first <= day <= until and day != on)


def _other_day(old: Ruleset, new: Ruleset, day: date, patience: Patience, step: Callable[[str], None]) -> OtherDay:
    step(f"answers on {day}")
    try:
        pair = Pair(old, new, day, 0, patience)
        proofs = pair.prove(lambda _: None)
    except NothingToCompare:
        return OtherDay(day, (), same=False)
    unfinished = proofs.undecided or proofs.ruled_out not in (None, "alike")
    bound_to_the_day = any(by_calendar(pair.search.worlds[0]))
    return OtherDay(day, tuple(proofs.possible), not (proofs.possible or unfinished or pair.unlike or bound_to_the_day))


def _once_each(found: Iterable[tuple[TextChange, ...]]) -> tuple[TextChange, ...]:
    """The changes of all days, each entry as on the first day on which it differs."""
    changes = [change for day in found for change in day]
    return tuple({(change.kind, change.id): change for change in reversed(changes)}.values())[::-1]


def _label(of: str, sides: tuple[InForce, InForce]) -> str:
    """What is being looked at, for people: the level of need, or a response by its label."""
    return next((side.responses[of].label for side in reversed(sides) if of in side.responses), of)


def _explained(difference: Difference, sides: tuple[InForce, InForce], text: tuple[TextChange, ...]) -> Explained:
    answers = difference.before, difference.after
    lost, gained = _others(*answers), _others(*reversed(answers))
    rules = [
        [rule for rule in side.rules if rule.id in {reason.rule for reason in reasons}]
        for side, reasons in zip(sides, (lost, gained), strict=True)
    ]
    return Explained(difference, lost, gained, causes(text, difference.moves, answers, (rules[0], rules[1]), sides))


def _others(one: Decision, other: Decision) -> tuple[Reason, ...]:
    """The reasons of one decision that the other has not, or has with other conclusions."""
    there = {(reason.rule, tuple(reason.responses.items()), reason.findings) for reason in other.reasons}
    return tuple(
        reason for reason in one.reasons if (reason.rule, tuple(reason.responses.items()), reason.findings) not in there
    )

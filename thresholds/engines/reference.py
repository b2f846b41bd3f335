"""The reference engine: the condition trees as they are written, over the values as they were given.

This is the meaning of a ruleset; every other engine is tested against it. It is written to be read, and shares
no cutting, counting or compiling with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from thresholds.engines.inference import Inference
from thresholds.knowledge import Knowledge, Possible
from thresholds.language.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    NoneOf,
    Test,
    Truth,
    at_least,
    both,
    either,
    negation,
)
from thresholds.language.definition import InForce
from thresholds.language.durations import Duration, Elapsed
from thresholds.language.model import GROUPS, Group, Quantity, Rule, Where
from thresholds.language.unary import ValueSet
from thresholds.observing import Events, Span, Words

Stretch = tuple[Fraction | None, bool, Fraction | None, bool]


@dataclass(frozen=True)
class Degrees:
    """How surely a rule or finding holds."""

    certain: bool
    established: bool
    possible: bool


@dataclass
class Reading:
    """One child's knowledge while rules are being tried: findings are worked out when first asked for."""

    knowledge: Knowledge
    scope: dict[Group, Truth]
    findings: dict[str, Degrees] = field(default_factory=dict)

    @property
    def ruleset(self) -> InForce:
        return self.knowledge.ruleset


def infer(knowledge: Knowledge) -> Inference:
    """Which rules hold, given what is known: the meaning, executed."""
    reading = Reading(knowledge, scope_of(knowledge))
    held = [degrees(rule, reading) for rule in knowledge.ruleset.rules]
    return Inference(
        certain=_bits(one.certain for one in held),
        established=_bits(one.established for one in held),
        possible=_bits(one.possible for one in held),
    )


def scope_of(knowledge: Knowledge) -> dict[Group, Truth]:
    """Which groups the child belongs to. Somebody who may be under 18 is assessed as a child.

    What somebody who may also be an adult is then entitled to stays possible.
    """
    scope = knowledge.ruleset.scope.scope
    reading = Reading(knowledge, {})
    truths: dict[Group, Truth] = {group: evaluate(scope[group], reading) for group in GROUPS}
    if truths["under_18"] is None:
        truths["under_18"] = True
    return truths


def _bits(holds: Iterable[bool]) -> int:
    return sum(1 << number for number, one in enumerate(holds) if one)


def degrees(rule: Rule, reading: Reading) -> Degrees:
    """Certain: it applies, `when` is true and no exception can be. Established: no exception is known to be true.

    Whether an overriding danger's rule applies to this person may be open without its being any less established.
    """
    applies = either(reading.scope[group] for group in rule.applies_to)
    exceptions = [exception.when for exception in rule.unless]
    when = evaluate(rule.when, reading)
    spared = both(negation(evaluate(exception, reading)) for exception in exceptions)
    return Degrees(
        certain=applies is True and when is True and spared is True,
        established=(applies is True or (rule.overriding and applies is None))
        and evaluate(rule.when, reading, "established") is True
        and spared is not False,
        possible=applies is not False and when is not False and spared is not False,
    )


def finding(name: str, reading: Reading) -> Degrees:
    """How surely a finding holds: as surely as the surest rule that concludes it."""
    if name not in reading.findings:
        concluding = [degrees(rule, reading) for rule in reading.ruleset.rules if name in rule.findings]
        reading.findings[name] = Degrees(
            certain=any(rule.certain for rule in concluding),
            established=any(rule.established for rule in concluding),
            possible=any(rule.possible for rule in concluding),
        )
    return reading.findings[name]


def evaluate(condition: Condition, reading: Reading, findings: str = "certain") -> Truth:
    """A condition over what is known. `findings` says which findings are read as true: certain or established."""
    if isinstance(condition, Test):
        return _test(condition, reading, findings)
    parts = [evaluate(part, reading, findings) for part in condition.parts]
    if isinstance(condition, AllOf):
        return both(parts)
    if isinstance(condition, AnyOf):
        return either(parts)
    if isinstance(condition, NoneOf):
        return both(negation(part) for part in parts)
    assert isinstance(condition, AtLeast)
    return at_least(reading.ruleset.whole_number(condition.number), parts)


def _test(test: Test, reading: Reading, findings: str) -> Truth:
    ruleset, name = reading.ruleset, test.name
    accepted = ruleset.accepted(name, test.test)
    if name in ruleset.findings:
        return held(accepted, Possible(_span_of(_finding_truth(name, reading, findings))), reading.knowledge.on, True)
    if name in ruleset.quantities:
        return _quantity(ruleset.quantities[name], accepted, reading, findings)
    return held(accepted, reading.knowledge.possible(name), reading.knowledge.on, _whole(name, ruleset))


def _finding_truth(name: str, reading: Reading, findings: str) -> Truth:
    surely = finding(name, reading)
    if surely.established if findings == "established" else surely.certain:
        return True
    return None if surely.possible else False


def _span_of(truth: Truth) -> Span:
    return Span(Fraction(truth is True), Fraction(truth is not False))


def _quantity(quantity: Quantity, accepted: ValueSet, reading: Reading, findings: str) -> Truth:
    knowledge, ruleset = reading.knowledge, reading.ruleset
    members = ruleset.members(quantity)
    if quantity.longest is not None:
        where = quantity.longest.where
        return either(
            both([_counts(one, where, knowledge), held(accepted, knowledge.lasting(one), knowledge.on)])
            for one in members
        )
    low, high = measure(quantity, reading, findings)
    return _within(accepted, Fraction(low), None if high is None else Fraction(high), True)


def measure(quantity: Quantity, reading: Reading, findings: str = "certain") -> tuple[int, int | None]:
    """Fewest and most that a quantity which counts can come to; None: no upper end is known."""
    knowledge, ruleset, counted = reading.knowledge, reading.ruleset, quantity.count
    members = ruleset.members(quantity)
    assert counted is not None
    if counted.events is not None and counted.within is not None:
        possible = knowledge.possible(counted.events)
        if possible.value is None:
            return 0, 0
        assert isinstance(possible.value, Events)
        least, most = possible.value.count(ruleset.window(counted.within), knowledge.on)
        return 0 if possible.perhaps else least, most
    if counted.findings is not None:
        return _how_many(_finding_truth(name, reading, findings) for name in members)
    groups: dict[str, list[Truth]] = {}
    for one in members:
        groups.setdefault(_group(one, quantity, ruleset), []).append(_counts(one, counted.where, knowledge))
    low, high = _how_many(either(group) for group in groups.values())
    if quantity.stated is None:
        return low, high
    return or_as_stated(low, high, knowledge.possible(quantity.stated))


def may_count(quantity: Quantity, member: str, reading: Reading) -> bool:
    """May this member of a quantity be one of those it counts, or of those whose time it measures?"""
    if quantity.longest is not None:
        return _counts(member, quantity.longest.where, reading.knowledge) is not False
    assert quantity.count is not None
    if quantity.count.events is not None:
        return measure(quantity, reading)[1] != 0
    return _counts(member, quantity.count.where, reading.knowledge) is not False


def _how_many(truths: Iterable[Truth]) -> tuple[int, int]:
    truths = list(truths)
    return sum(one is True for one in truths), sum(one is not False for one in truths)


def or_as_stated(low: int, high: int, stated: Possible) -> tuple[int, int]:
    """A count beside the same as somebody stated it: the larger is taken."""
    if stated.value is None:
        return low, high
    assert isinstance(stated.value, Span)
    return max(low, int(stated.value.low)), max(high, int(stated.value.high))


def _group(name: str, quantity: Quantity, ruleset: InForce) -> str:
    """Members with the same word count as one."""
    indicator = ruleset.indicators[name]
    if quantity.distinct == "need_group":
        return indicator.need_group or name
    if quantity.distinct == "area":
        return indicator.area
    return indicator.dimension if quantity.distinct == "dimension" else name


def _counts(name: str, where: Where, knowledge: Knowledge) -> Truth:
    """Is it there, at such a value, unmet, lasting so long?"""
    return both(_counting(name, where, knowledge))


def _counting(name: str, where: Where, knowledge: Knowledge) -> Iterator[Truth]:
    ruleset = knowledge.ruleset
    if where.value is not None and ruleset.fits(name, where.value):
        accepted = ruleset.accepted(name, where.value)
        yield held(accepted, knowledge.possible(name), knowledge.on, _whole(name, ruleset))
    else:
        yield knowledge.present(name)
    if where.need is not None:
        yield knowledge.unmet(name)
    if where.lasting is not None:
        yield held(ruleset.durations(where.lasting), knowledge.lasting(name), knowledge.on)


def _whole(name: str, ruleset: InForce) -> bool:
    domain = ruleset.domain(name)
    return domain.whole or domain.kind == "scale"


def held(accepted: ValueSet, possible: Possible, on: date, whole: bool = False) -> Truth:
    """A test against the values still possible: true if all lie in it, false if none does.

    `whole`: its numbers are whole ones, or the positions of a scale.
    """
    value = possible.value
    if value is None:
        return False
    truth: Truth
    if isinstance(value, Words):
        words = accepted.words or frozenset()
        truth = True if value.words <= words else None if value.words & words else False
    elif isinstance(value, Elapsed):
        days = tuple(_days(accepted, on))
        truth = _covered(days, Fraction(value.earliest.toordinal()), Fraction(value.latest.toordinal()), True)
        truth = negation(truth) if accepted.negated else truth
    else:
        assert isinstance(value, Span)
        truth = _within(accepted, value.low, value.high, whole)
    return None if possible.perhaps and truth is True else truth


def _days(accepted: ValueSet, on: date) -> Iterable[Stretch]:
    """Each interval of lengths of time as the start days it allows: reached `low`, not yet reached `high`."""
    for interval in accepted.intervals:
        low, high = interval.low, interval.high
        last = Fraction(_last_start(low, on).toordinal()) if isinstance(low, Duration) else None
        first = Fraction(_last_start(high, on).toordinal() + 1) if isinstance(high, Duration) else None
        yield first, True, last, True


@lru_cache(maxsize=1024)
def _last_start(duration: Duration, on: date) -> date:
    """The last day from which so much time has passed by `on`."""
    day = on - timedelta(days=duration.shortest_and_longest()[0] - 3)
    while duration.after(day) > on:
        day -= timedelta(days=1)
    return day


def _within(accepted: ValueSet, low: Fraction, high: Fraction | None, whole: bool) -> Truth:
    stretches = tuple(
        (one.low, one.low_included, one.high, one.high_included)
        for one in accepted.intervals
        if not isinstance(one.low, Duration) and not isinstance(one.high, Duration)
    )
    truth = _covered(stretches, low, high, whole)
    return negation(truth) if accepted.negated else truth


def _covered(stretches: Iterable[Stretch], low: Fraction, high: Fraction | None, whole: bool) -> Truth:
    """Do the stretches hold everything from `low` to `high` (None: no end), some of it, or nothing?

    `whole`: only whole numbers are meant, so that 1 to 2 and 3 to 4 leave no gap.
    """
    inside = sorted(
        (stretch for stretch in stretches if _meets(stretch, low, high)),
        key=lambda stretch: (stretch[0] is not None, stretch[0] or Fraction(0), not stretch[1]),
    )
    if not inside:
        return False
    reached, included = low, False  # everything below `reached` (and it too, where included) is covered
    for first, first_in, last, last_in in inside:
        step = 1 if whole and included else 0
        if first is not None and first > reached + step:
            return None
        if first is not None and first == reached and not first_in and not included:
            return None
        if last is None:
            return True
        if last > reached or (last == reached and last_in):
            reached, included = last, last_in
    if high is None:
        return None
    return True if reached > high or (reached == high and included) else None


def _meets(stretch: Stretch, low: Fraction, high: Fraction | None) -> bool:
    first, first_in, last, last_in = stretch
    if last is not None and (last < low or (last == low and not last_in)):
        return False
    return first is None or high is None or first < high or (first == high and first_in)

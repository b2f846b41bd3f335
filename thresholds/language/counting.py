"""What a quantity may count: nothing where all is `absent`, and never less because something got worse."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thresholds.language.cuts import cut
from thresholds.language.definition import Definition, InForce
from thresholds.language.model import UNKNOWN, Indicator, Quantity, Where
from thresholds.language.unary import ELAPSED, FLAG, Domain, Interval, ValueSet
from thresholds.language.yaml_text import Problem

_TRUE = ValueSet((Interval(Fraction(1), True, Fraction(1), True),))
_LESS = "a count must not fall because something got worse"


def check_counting(definition: Definition) -> Iterator[Problem]:
    """Problems with what quantities count, on every day on which something changes, each once."""
    seen: set[Problem] = set()
    checked: set[tuple[object, ...]] = set()
    for day in definition.changes:
        ruleset = definition.in_force(day)
        for quantity in ruleset.quantities.values():
            key = (quantity.id, ruleset.members(quantity), *_values(quantity, ruleset))
            if key in checked:
                continue
            checked.add(key)
            for message, help_ in faults_of_quantity(quantity, ruleset):
                problem = Problem(quantity.place, f"quantity `{quantity.id}` {message}", help_)
                if problem not in seen:
                    seen.add(problem)
                    yield problem


def _values(quantity: Quantity, ruleset: InForce) -> Iterator[object]:
    """The values of the parameters that a quantity's tests name."""
    where = quantity.longest.where if quantity.longest else quantity.count.where if quantity.count else Where()
    for test in (where.value, where.lasting):
        yield from (ruleset.parameters.get(name) for name in (test.names if test else ()))


def faults_of_quantity(quantity: Quantity, ruleset: InForce) -> Iterator[tuple[str, str]]:
    """What is wrong with a quantity, as it stands on one day, and what would be right."""
    counted = quantity.count
    if counted is not None and counted.findings is not None:
        return
    for name in (*ruleset.members(quantity), *((quantity.stated,) if quantity.stated else ())):
        if ruleset.indicators[name].context:
            yield (
                f"counts `{name}`, a context indicator: no rule may read it",
                "it stands for who a family is, not for a need; count the need itself",
            )
    if counted is not None and counted.events is not None:
        if ruleset.indicators[counted.events].worse_is_higher is False:
            yield f"counts `{counted.events}`, of which fewer are worse", _LESS
        return
    where = quantity.longest.where if quantity.longest else counted.where if counted else Where()
    if where.lasting is not None and not _reaches(ruleset.durations(where.lasting), ELAPSED, higher=True):
        yield f"counts what has lasted `{where.lasting.text}`, and no longer what has lasted more", 'write ">= ..."'
    for name in ruleset.members(quantity):
        yield from _member(ruleset.indicators[name], where, ruleset)
    if quantity.stated is not None:
        yield from _stated(ruleset.indicators[quantity.stated])


def _member(indicator: Indicator, where: Where, ruleset: InForce) -> Iterator[tuple[str, str]]:
    """It must count in its worst values, and not at its `absent` one."""
    higher = indicator.worse_is_higher
    if where.value is not None and ruleset.fits(indicator.id, where.value):
        accepted = ruleset.accepted(indicator.id, where.value)
        if _at_absent(indicator, accepted):
            yield (
                f"counts `{indicator.id}` at its `absent` value, {indicator.absent}",
                "count what was found: a test that no `absent` value satisfies",
            )
        if higher is not None and not _reaches(accepted, indicator.domain, higher):
            yield f"counts `{indicator.id}` at `{where.value.text}`, which skips a worse value", _LESS
        return
    there = _there(indicator)
    if there is not None and higher is not None and not _reaches(there, indicator.domain, higher):
        yield (
            f"counts `{indicator.id}` where it is there, and its `absent` value, {indicator.absent}, is not its best",
            f"{_LESS}: leave it out, or say from which value it counts",
        )


def _there(indicator: Indicator) -> ValueSet | None:
    """The values that say it is there; None where any observation does."""
    if indicator.absent == UNKNOWN:
        return _TRUE if indicator.domain is FLAG else None
    position = indicator.absent_position
    if indicator.kind == "events" or position is None:
        return None
    return ValueSet((Interval(position, True, position, True),), negated=True)


def _stated(indicator: Indicator) -> Iterator[tuple[str, str]]:
    low = indicator.domain.low
    if (low is not None and low > 0) or (indicator.absent_position is not None and indicator.absent_position > 0):
        yield (
            f"may be stated as `{indicator.id}`, which is never 0, so that something is counted where nothing is known",
            "let its range and its `absent` begin at 0",
        )
    if indicator.worse_is_higher is False:
        yield f"may be stated as `{indicator.id}`, of which fewer are worse", _LESS


def _at_absent(indicator: Indicator, accepted: ValueSet) -> bool:
    if indicator.absent == UNKNOWN:
        return False
    if accepted.words is not None:
        return indicator.absent in accepted.words
    return indicator.absent_position is not None and accepted.holds(indicator.absent_position)


def _reaches(accepted: ValueSet, domain: Domain, higher: bool) -> bool:
    """Does a set go on without a gap to the worse end?"""
    cuts = cut(domain, (accepted,))
    mask = cuts.mask(accepted)
    held = [bool(mask >> segment & 1) for segment in range(cuts.count)]
    return held == sorted(held, reverse=not higher)

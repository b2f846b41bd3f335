"""The limits that rules draw on numbers, scales, ages, times and counts, and which of them worked examples test.

A limit is tested where one example has a known value directly below it and another one directly above it, of the same
indicator or quantity, each on a day on which the limit stood there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from itertools import pairwise

from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, measure, scope_of
from thresholds.engines.solver import Boundary, in_order
from thresholds.errors import ThresholdsError
from thresholds.knowledge import Knowledge, know
from thresholds.language.cuts import Cuts
from thresholds.language.definition import InForce
from thresholds.language.durations import Duration, Elapsed
from thresholds.language.model import Rule
from thresholds.observing import Span, Value
from thresholds.policy.findings import stretches
from thresholds.policy.findings.finding import TestedLimit
from thresholds.policy.limits import Limit, of_rule
from thresholds.reading_files import plain_data
from thresholds.ruleset import Ruleset


def limits_tested(ruleset: Ruleset, on: date) -> tuple[TestedLimit, ...]:
    """Each limit that the ruleset's own rules draw on a day, not those of what it extends, by name and value."""
    own = ruleset.definition.layers[-1]
    below: set[tuple[str, Boundary]] = set()
    above: set[tuple[str, Boundary]] = set()
    lines: dict[int, dict[str, Cuts]] = {}
    for knowledge in _children(ruleset, own):
        in_force = knowledge.ruleset
        if id(in_force) not in lines:
            lines[id(in_force)] = _lines(in_force)
        line = lines[id(in_force)]
        wanted = {
            name: cuts
            for name, cuts in line.items()
            if any((name, at) not in below or (name, at) not in above for at in _boundaries(cuts))
        }
        for name, segment in _known(knowledge, wanted):
            limits = _boundaries(line[name])
            below.update((name, limit) for limit in limits[segment : segment + 1])
            above.update((name, limit) for limit in limits[max(segment - 1, 0) : segment])
    return tuple(_told(ruleset.in_force(on), own, below, above))


def _children(ruleset: Ruleset, own: str) -> Iterator[Knowledge]:
    """What is known of the children of the ruleset's own worked examples. One that cannot be read is told elsewhere."""
    for example in ruleset.definition.worked_examples.values():
        if example.layer == own:
            with suppress(ThresholdsError):
                assessment = Assessment.read(plain_data(example.assessment, text_only=True))
                yield know(assessment, ruleset.in_force(assessment.on))


def _ordered(rule: Rule, ruleset: InForce) -> Iterator[tuple[Limit, Boundary]]:
    """The limits that a rule draws on something ordered, where yes and no are not all there is."""
    for limit in of_rule(rule, ruleset):
        if limit.aspect in ("value", "quantity") and not ruleset.domain(limit.name).is_flag:
            assert limit.at is not None
            assert not isinstance(limit.at, str)
            yield limit, limit.at


def _lines(ruleset: InForce) -> dict[str, Cuts]:
    """By indicator or quantity, where all rules together cut it."""
    cuts: dict[str, dict[Boundary, None]] = {}
    for rule in ruleset.rules:
        for limit, at in _ordered(rule, ruleset):
            cuts.setdefault(limit.name, {})[at] = None
    lines = {}
    for name, found in cuts.items():
        limits = in_order(found)
        steps = tuple(one for one in limits if not isinstance(one, Duration))
        lines[name] = Cuts(steps, tuple(one for one in limits if isinstance(one, Duration)))
    return lines


def _boundaries(cuts: Cuts) -> Sequence[Boundary]:
    return cuts.limits or cuts.steps


def _known(knowledge: Knowledge, lines: Mapping[str, Cuts]) -> Iterator[tuple[str, int]]:
    """Where a child is known to lie on each line: the segment."""
    reading = Reading(knowledge, scope_of(knowledge))
    for name, cuts in lines.items():
        quantity = knowledge.ruleset.quantities.get(name)
        if quantity is None:
            possible = knowledge.possible(name)
            spans = [] if possible.perhaps else [_span(possible.value, cuts)]
        elif quantity.longest is not None:
            there = [member for member in knowledge.ruleset.members(quantity) if knowledge.present(member)]
            spans = [_span(knowledge.lasting(member).value, cuts) for member in there]
        else:
            low, high = measure(quantity, reading)
            spans = [None if high is None else (cuts.segment(Fraction(low)), cuts.segment(Fraction(high)))]
        yield from ((name, span[0]) for span in spans if span is not None and span[0] == span[1])


def _span(value: Value | None, cuts: Cuts) -> tuple[int, int] | None:
    if isinstance(value, Span):
        return cuts.segment(value.low), cuts.segment(value.high)
    return cuts.span(value) if isinstance(value, Elapsed) else None


def _told(
    ruleset: InForce, own: str, below: Collection[tuple[str, Boundary]], above: Collection[tuple[str, Boundary]]
) -> Iterator[TestedLimit]:
    drawn: dict[tuple[str, Boundary], list[Limit]] = {}
    for rule in ruleset.rules:
        for limit, at in _ordered(rule, ruleset) if rule.layer == own else ():
            drawn.setdefault((limit.name, at), []).append(limit)
    for name, cuts in sorted(_lines(ruleset).items()):
        limits, domain = _boundaries(cuts), ruleset.domain(name)
        segments = [stretches.values(low, high, domain) for low, high in pairwise([None, *limits, None])]
        for number, at in enumerate(limits):
            here = drawn.get((name, at), [])
            if here:
                yield TestedLimit(
                    name=name,
                    label=(ruleset.quantities.get(name) or ruleset.indicators[name]).label,
                    below=segments[number],
                    above=segments[number + 1],
                    tested_below=(name, at) in below,
                    tested_above=(name, at) in above,
                    rules=tuple(dict.fromkeys(limit.owner for limit in here)),
                    place=here[0].place,
                )

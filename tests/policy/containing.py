"""Does a child lie in a situation? Said by the reference engine and the calendar, not by the solver."""

from __future__ import annotations

from thresholds.engines.reference import held
from thresholds.knowledge import Knowledge
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.durations import Duration, Elapsed
from thresholds.language.unary import parse_test
from thresholds.observing import Events
from thresholds.policy.boxes import Box, Range, as_test
from thresholds.policy.situations import Situation


def contains(situation: Situation, child: Knowledge) -> bool:
    """Is the child such a one, with enough of each of the parts? Of whom everything is known."""
    return all(holds(one, child) for one in situation.who) and all(
        len({box[0].indicator for box in part.among if _inside(box, child)}) >= part.number for part in situation.parts
    )


def _inside(box: Box, child: Knowledge) -> bool:
    return all(holds(one, child) for one in box)


def holds(one: Range, child: Knowledge) -> bool:
    name, value = one.indicator, child.possible(one.indicator).value
    if one.aspect == "need":
        return child.unmet(name) is not one.negated
    if one.aspect == "some":
        return child.present(name) is not one.negated
    if one.aspect == "applies":
        return (name in child.not_applicable) is one.negated
    if one.aspect == "lasting":
        value = child.lasting(name).value
    elif name in BUILT_IN_INDICATORS and value is None:
        return one.low is None  # nobody who is not born has reached an age
    if isinstance(value, Elapsed):
        assert isinstance(one.low, Duration | None)
        assert isinstance(one.high, Duration | None)
        return (one.low is None or value.surely(one.low)) and (one.high is None or not value.possibly(one.high))
    if isinstance(value, Events):
        count, _ = value.count(Duration(*one.within, ""), child.on)
        assert not isinstance(one.low, Duration)
        assert not isinstance(one.high, Duration)
        return (one.low is None or count >= one.low[0]) and (one.high is None or count < one.high[0])
    if value is None:
        return False
    domain = child.ruleset.domain(name)
    accepted = child.ruleset.accepted(name, parse_test(as_test(one, child.ruleset)))
    return held(accepted, child.possible(name), child.on, domain.whole or domain.kind == "scale") is True

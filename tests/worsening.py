"""One observation of a child made worse in the direction its indicator declares, all else as it was."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.answers import changed, details_of, knowledge_of
from thresholds.assessment import Assessment
from thresholds.language.model import Indicator
from thresholds.observing import Events, NotApplicable, Span, read_since, read_value
from thresholds.ruleset import Ruleset
from thresholds.testing.cases import Limits, limits_of, plain
from thresholds.testing.dice import Dice


def worsened(ruleset: Ruleset, assessment: Assessment, dice: Dice) -> Assessment | None:
    """The assessment with one current observation worse; None where there is none to make worse.

    Left alone is what is not surely there while it is a detail or has some: once it is there, its details may be
    asked, and an exception among them may come to be possible.
    """
    knowledge = knowledge_of(ruleset, assessment)
    indicators, limits = ruleset.in_force(assessment.on).indicators, limits_of(ruleset.assessor(assessment.on))
    family = {name for pair in details_of(ruleset, assessment.on) for name in pair}
    found: list[tuple[str, int, dict[str, Any]]] = []
    for name, observations in assessment.observations.items():
        settled = name not in family or knowledge.present(name) is True
        for place, one in enumerate(observations):
            if one.status == "current":
                old = one.model_dump()
                value = _worse(indicators[name], old["value"], limits, assessment.on, dice) if settled else None
                found += [(name, place, old | {"value": value})] if value is not None else []
                found += [(name, place, old | {"need": "unmet"})] if one.need != "unmet" else []
                if one.since is not None:
                    found.append(
                        (name, place, old | {"since": read_since(one.since, assessment.on).earliest - timedelta(7)})
                    )
    if not found:
        return None
    name, place, new = dice.one(found)
    others = [new if number == place else one for number, one in enumerate(assessment.observations[name])]
    return changed(assessment, observations={**assessment.observations, name: others})


def _worse(indicator: Indicator, given: Any, limits: Limits, on: date, dice: Dice) -> Any:
    """A worse value than the one given; None where there is none, or no direction."""
    higher = indicator.worse_is_higher
    value = read_value(indicator, given, on, None)
    if higher is None or value is None or isinstance(value, NotApplicable):
        return None
    if isinstance(value, Events):
        if isinstance(given, list):
            return [*given, dice.one(limits.days(indicator.id, on))]
        low = value.stated[0].low + 1
        return {**given, "count": f"at least {low}" if value.stated[0].high is None else low}
    if indicator.kind == "since":
        earliest = read_since(given, on).earliest
        days = [day for day in limits.days(indicator.id, on) if (day < earliest) == higher and day != earliest]
        return dice.one(days) if days else None
    assert isinstance(value, Span)
    if indicator.kind in ("flag", "scale"):
        words = [False, True] if indicator.kind == "flag" else list(indicator.values)
        place = int(value.low)
        rest = words[place + 1 :] if higher else words[:place]
        return dice.one(rest) if rest else None
    return _worse_number(value, higher, limits.numbers(indicator), dice)


def _worse_number(span: Span, higher: bool, numbers: list[Fraction], dice: Dice) -> Any:
    """Either end moved, or both."""
    numbers = [one for one in numbers if one == 0 or one > 1 or one < 0]
    spans = [Span(one, one) for one in numbers if (one > span.high if higher else one < span.low)]
    if span.low != span.high and {span.low, span.high} <= set(numbers):
        spans += [Span(span.low, one) for one in numbers if higher and one > span.high]
        spans += [Span(one, span.high) for one in numbers if not higher and one < span.low]
        spans += [Span(one, span.high) for one in numbers if higher and span.low < one <= span.high]
        spans += [Span(span.low, one) for one in numbers if not higher and span.low <= one < span.high]
    if not spans:
        return None
    chosen = dice.one(spans)
    return {"between": [plain(chosen.low), plain(chosen.high)]}

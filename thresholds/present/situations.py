"""A situation in words: who the child is, and what is known."""

from __future__ import annotations

from thresholds import wording
from thresholds.language.conditions import Test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration
from thresholds.language.unary import parse_test
from thresholds.language.yaml_text import Place
from thresholds.policy.boxes import Box, Range, as_test
from thresholds.present import sentences

_ORDER = ("applies", "some", "value", "events", "lasting", "need")
_NOWHERE = Place("", 0, 0)
_ADULT = 18


def who_in_words(box: Box) -> str:
    """Who the child is: `a child of 5 to 17`."""
    about = {one.indicator: one for one in box if one.indicator in BUILT_IN_INDICATORS}
    age, unborn, pregnancy = about.get(CHILD_AGE), about.get(CHILD_UNBORN), about.get(GESTATION)
    if (unborn is not None and unborn.low is not None) or (pregnancy is not None and pregnancy.low is not None):
        return f"a baby not yet born{_along(pregnancy)}"
    born = unborn is not None or (age is not None and age.low is not None)
    if age is None:
        return f"anybody{' who is born' if born else ''}, of any age{_where_unborn(pregnancy)}"
    return f"{_aged(age)}{'' if born else ', or not yet born'}{_where_unborn(pregnancy)}"


def _where_unborn(pregnancy: Range | None) -> str:
    return f" (where not yet born,{_along(pregnancy)})" if pregnancy is not None else ""


def _along(pregnancy: Range | None) -> str:
    if pregnancy is None:
        return ""
    ends = (("from", pregnancy.low), ("before", pregnancy.high))
    return f" {' and '.join(f'{word} {end}' for word, end in ends if end is not None)} of pregnancy"


def _aged(age: Range) -> str:
    low, high = age.low, age.high
    first, end = _years(low), _years(high)
    if (low is None or first is not None) and (high is None or end is not None):
        if end is None:
            return f"somebody of {first} or older"
        who = "a child" if end <= _ADULT else "somebody"
        if first is None:
            return f"{who} under {end}"
        return f"{who} of {first}" if first == end - 1 else f"{who} of {first} to {end - 1}"
    ends = (f"at least {low}" if low is not None else "", f"under {high}" if high is not None else "")
    return f"a child {' and '.join(end for end in ends if end)} old"


def _years(end: object) -> int | None:
    """A limit in whole years; None where it is none."""
    if not isinstance(end, Duration) or end.days or end.months % 12:
        return None
    return end.months // 12


def in_words(box: Box, ruleset: InForce) -> str:
    """What is known of the child in one indicator, as a phrase: `attendance: more than 85 and at most 90%`."""
    ordered = sorted(box, key=lambda one: (one.indicator, _ORDER.index(one.aspect), one.within))
    valued = any(one.aspect in ("value", "events", "some") for one in box)
    told = [_told(one, ruleset) for one in ordered if not (valued and one.aspect == "applies" and not one.negated)]
    named = valued or any(one.aspect == "applies" for one in box)
    return ", ".join(told if named else [ruleset.indicators[box[0].indicator].label, *told])


def _told(one: Range, ruleset: InForce) -> str:
    indicator = ruleset.indicators[one.indicator]
    label = indicator.label
    if one.aspect == "need":
        return "which somebody meets" if one.negated else "which nobody meets"
    if one.aspect == "applies":
        return f"{label}: {'does not apply' if one.negated else 'applies'}"
    if one.aspect == "some":
        return f"{label}: {'never' if one.negated else 'at some time'}"
    if one.aspect == "lasting":
        return f"for {_between(one)}"
    if one.aspect == "events":
        return f"{label}: {_between(one, indicator.unit)} in {length(Duration(*one.within, ''))}"
    if isinstance(one.low or one.high, Duration):  # of two limits either may be the longer by the calendar
        return f"{label}: {_between(one)}"
    return sentences.condition(Test(one.indicator, parse_test(as_test(one, ruleset)), _NOWHERE), ruleset)


def length(duration: Duration) -> str:
    """A length of time, however it was written: `1 year 6 months`."""
    years, months = divmod(duration.months, 12)
    parts = [(years, "year"), (months, "month"), (duration.days, "day")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def _between(one: Range, unit: str | None = None) -> str:
    low, high = one.low, one.high
    if isinstance(low, Duration | None) and isinstance(high, Duration | None):
        ends = (f"at least {low}" if low is not None else "", f"less than {high}" if high is not None else "")
        return " and ".join(end for end in ends if end)
    first = int(low[0]) if isinstance(low, tuple) else 0
    if not isinstance(high, tuple):
        return wording.with_unit(f"at least {first}", unit)
    last = int(high[0]) - 1
    return wording.with_unit(str(first) if first == last else f"{first} to {last}", unit)

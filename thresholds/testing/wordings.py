"""Invented tests: every way to write a set that reaches to the upper end, to the lower one, or neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from thresholds.testing.dice import Dice
from thresholds.testing.signs import Sign

Wanted = Literal["up", "down", "any"]
"""Must the set reach to the upper end without a gap, to the lower one, or is any set right?"""
Named = Callable[[str, str | None], str]
"""A number or a length of time, with its unit (None: a time), into itself or into the id of a parameter."""

TIMES = (
    "7 days",
    "14 days",
    "2 weeks",
    "28 days",
    "12 weeks",
    "6 months",
    "12 months",
    "1 year",
    "5 years",
    "16 years",
    "18 years",
    "25 years",
)
"""From the shortest; each pair has one order on every calendar, and some are one length written in two ways."""
COUNTS = ("1", "2", "3", "5")
PERCENTAGES = ("50", "90", "85.5", "92.5", "99")
WEEKS = ("12 weeks", "20 weeks", "28 weeks")


def test_of(sign: Sign, wanted: Wanted, dice: Dice, named: Named) -> str:
    """A test on an indicator that some, but not all of its values meet; now and then one that any value does."""
    if dice.maybe(4):
        return "-"
    match sign.kind:
        case "flag":
            return _flag(wanted, dice)
        case "scale":
            return _scale(sign.values, wanted, dice)
        case "choice":
            return _choice(sign.values, dice)
        case "since":
            return time_test(wanted, dice, lambda text: named(text, None))
        case "percent":
            return number_test(PERCENTAGES, ("0", "100"), wanted, dice, lambda text: named(text, "percent"))
        case _:
            whole = [str(number) for number in range(-9, 20) if _inside(str(number), sign.ends)]
            between = [] if sign.whole else [one for one in ("0.5", "1.25", "2.4") if _inside(one, sign.ends)]
            return number_test([*whole, *between], sign.ends, wanted, dice, lambda text: named(text, sign.unit))


def _inside(text: str, ends: tuple[str, str]) -> bool:
    return float(ends[0]) < float(text) < float(ends[1])


def _flag(wanted: Wanted, dice: Dice) -> str:
    yes, no = ("true", "not(false)", ">= true"), ("false", "not(true)", "< true")
    if wanted == "any":
        return dice.one((yes[0], no[0]))
    return dice.one(yes if wanted == "up" else no)


def _scale(values: Sequence[str], wanted: Wanted, dice: Dice) -> str:
    place = dice.number(1, len(values) - 1)
    lower, upper = values[:place], values[place:]
    if wanted == "up":
        return dice.one(
            (
                f">= {upper[0]}",
                f"> {lower[-1]}",
                ", ".join(upper),
                f"not({', '.join(lower)})",
                f"[{upper[0]}..{upper[-1]}]",
                f"not(< {upper[0]})",
            )
        )
    if wanted == "down":
        return dice.one(
            (f"<= {lower[-1]}", f"< {upper[0]}", ", ".join(lower), f"not({', '.join(upper)})", f"not(>= {upper[0]})")
        )
    return _choice(values, dice)


def _choice(values: Sequence[str], dice: Dice) -> str:
    some = ", ".join(dice.some(values, 1, len(values) - 1))
    return dice.one((some, f"not({some})"))


def number_test(
    points: Sequence[str], ends: tuple[str, str | None], wanted: Wanted, dice: Dice, named: Callable[[str], str]
) -> str:
    """A test on numbers; `points` lie inside the ends. Only tests of `any` can have a gap."""
    text = dice.one(points)
    point = named(text)
    if wanted == "up":
        ways = [f">= {point}", f"> {point}", f"not(< {point})", f"{point}, > {point}"]
        if ends[1] is not None:
            ways += [f"[{point}..{ends[1]}]", f"({point}..{ends[1]}]"]
        return dice.one(ways)
    if wanted == "down":
        return dice.one((f"< {point}", f"<= {point}", f"[{ends[0]}..{point})", f"not(>= {point})", f"not(> {point})"))
    further = [one for one in points if float(one) > float(text)]
    if not further or dice.maybe(40):
        return dice.one((f"{point}", f"not({point})", f">= {point}", f"< {point}"))
    shapes = ("[{}..{}]", "({}..{}]", "[{}..{})", "{}, {}", "not([{}..{}])", "< {}, > {}", "not({}, {})")
    return str(dice.one(shapes)).format(point, named(dice.one(further)))


def time_test(wanted: Wanted, dice: Dice, named: Callable[[str], str], times: Sequence[str] = TIMES) -> str:
    """A test on a length of time."""
    text = dice.one(times)
    point = named(text)
    if wanted == "up":
        return dice.one((f">= {point}", f"not(< {point})"))
    if wanted == "down":
        return dice.one((f"< {point}", f"not(>= {point})"))
    longer = [one for one in times if _days(one) > _days(text)]
    if not longer or dice.maybe(40):
        return dice.one((f"< {point}", f">= {point}"))
    return dice.one(("[{}..{})", "not([{}..{}))", "< {}, >= {}")).format(point, named(dice.one(longer)))


def _days(text: str) -> int:
    number, unit = text.split()
    return int(int(number) * {"day": 1, "week": 7, "month": 30.417, "year": 365}[unit.rstrip("s")])

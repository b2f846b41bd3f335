"""Invented indicators: every kind, every direction, details, narrow topics, periods."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from thresholds.language.unary import ELAPSED, FLAG, Domain
from thresholds.testing.dice import Dice

FIRST_DAY = date(2010, 1, 1)
DAYS = (date(2012, 9, 1), date(2015, 4, 1), date(2016, 2, 29))
"""On these days invented rulesets change."""
Period = tuple[date | None, date | None]
ALWAYS: Period = (None, None)
PERIODS: tuple[Period, ...] = (
    ALWAYS,
    (DAYS[0], None),
    (None, DAYS[1]),
    (DAYS[0], DAYS[2]),
    (DAYS[2], None),
)
TOPICS = ("about", "injury", "danger", "home", "school")
NARROW = frozenset({"injury", "danger"})
AREAS = ("child_development", "parenting_capacity", "family_and_environment", "send", "safeguarding", "process")
_KINDS = ("flag", "scale", "number", "percent", "events", "since", "choice")
_GRADES = ("none", "low", "moderate", "high", "acute")
_RANGES = (("0", "10", True), ("0", "10", False), ("1", "12", True), ("-5", "5", False), ("0", "2.5", False))
BASES: tuple[dict[str, Any], ...] = (
    {"sources": [], "confidence": "inferred"},
    {"sources": ["N1"], "confidence": "statute"},
    {"test": {"sources": ["N1", "C2"], "confidence": "seed"}, "response": {"sources": ["C2"], "confidence": "llr"}},
)


def covers(wide: Period, narrow: Period) -> bool:
    """Is one period inside the other?"""
    starts = wide[0] is None or (narrow[0] is not None and wide[0] <= narrow[0])
    return starts and (wide[1] is None or (narrow[1] is not None and narrow[1] <= wide[1]))


def dated(entry: dict[str, Any], period: Period) -> dict[str, Any]:
    """The entry with its `from` and `until`."""
    start, end = period
    return entry | ({"from": start} if start else {}) | ({"until": end} if end else {})


@dataclass
class Sign:
    """An invented indicator, as far as whoever writes rules over it must know."""

    id: str
    kind: str
    worse: str
    absent: str
    topic: str
    area: str
    period: Period = ALWAYS
    parent: Sign | None = None
    values: tuple[str, ...] = ()
    ends: tuple[str, str] = ("0", "100")
    whole: bool = False
    unit: str | None = None
    protective: bool = False
    excuses: bool = False
    """It is an `exception_fact`."""
    context: bool = False
    may_not_apply: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> Domain:
        if self.kind in ("flag", "since", "events"):
            return {"flag": FLAG, "since": ELAPSED, "events": Domain("number", low=Fraction(0), whole=True)}[self.kind]
        if self.kind in ("scale", "choice"):
            return Domain("scale" if self.kind == "scale" else "choice", self.values)
        return Domain("number", low=Fraction(self.ends[0]), high=Fraction(self.ends[1]), whole=self.whole)

    @property
    def higher(self) -> bool | None:
        """Is a higher value worse?"""
        return {"higher": True, "present": True, "lower": False, "absent": False}.get(self.worse)

    @property
    def position(self) -> Fraction | None:
        """Where its `absent` value stands; None where that is unknown, or has no order."""
        if self.absent == "unknown" or self.kind == "choice":
            return None
        words = ("false", "true") if self.kind == "flag" else self.values
        return Fraction(words.index(self.absent)) if words else Fraction(self.absent)

    @property
    def counts_by_presence(self) -> bool:
        """Is it never better when it is there than when it is not?"""
        if self.kind == "flag" and self.absent == "unknown":
            return self.worse != "absent"
        if self.higher is None or self.position is None:
            return True
        last = {"flag": "1", "scale": str(len(self.values) - 1), "events": "0"}.get(self.kind, self.ends[1])
        best = last if not self.higher else self.ends[0] if self.kind == "number" else "0"
        return self.position == Fraction(best)

    @property
    def selectable(self) -> bool:
        """Do selectors by tag, area or topic find it?"""
        return not (self.protective or self.context or self.area == "process")

    @property
    def overriding(self) -> bool:
        """May an overriding rule read it?"""
        fit = self.higher is not None and self.selectable and self.topic in NARROW and self.counts_by_presence
        return fit and not self.may_not_apply and (self.parent is None or self.parent.overriding)

    def entry(self) -> dict[str, Any]:
        """The entry of its file."""
        kind: dict[str, Any] = (
            {"values": {word: f"what {word} looks like" for word in self.values}} if self.values else {}
        )
        if self.kind == "number":
            kind = {"range": f"[{self.ends[0]}..{self.ends[1]}]", "whole": self.whole}
        flags = {
            "protective": self.protective,
            "exception_fact": self.excuses,
            "context": self.context,
            "may_not_apply": self.may_not_apply,
        }
        return dated(
            {
                "id": self.id,
                "label": self.id.replace("_", " "),
                "definition": f"what {self.id} means",
                "kind": self.kind,
                "area": self.area,
                "topic": self.topic,
                "worse": self.worse,
                "absent": self.absent,
                **kind,
                **({"unit": self.unit} if self.unit else {}),
                **({"detail_of": self.parent.id} if self.parent else {}),
                **{name: True for name, true in flags.items() if true},
                **self.more,
            },
            self.period,
        )


def invent(
    dice: Dice, number: int, others: Mapping[str, Sign], *, spoken_for: Collection[str] = (), periods: bool = True
) -> Sign:
    """One more indicator, perhaps a detail of another, in no area or topic that is spoken for."""
    topics, areas = ([name for name in names if name not in spoken_for] for names in (TOPICS, AREAS))
    kind = dice.one(_KINDS)
    period = dice.one(PERIODS) if periods and dice.maybe(20) else ALWAYS
    parents = [sign for sign in others.values() if sign.absent != "unknown" and covers(sign.period, period)]
    parent = dice.one(parents) if parents and dice.maybe(35) else None
    sign = Sign(
        id=f"{kind}_{number}",
        kind=kind,
        worse="neither",
        absent="unknown",
        topic=parent.topic if parent and parent.topic in topics and dice.maybe(70) else dice.one(topics[1:]),
        area=dice.one(areas),
        period=period,
        parent=parent,
        protective=dice.maybe(8),
        context=dice.maybe(4),
        may_not_apply=dice.maybe(10),
    )
    sign.more = {
        "dimension": dice.one(("health", "education", "safety")),
        **({"need_group": dice.one(("group_a", "group_b"))} if dice.maybe(30) else {}),
        **({"outcomes": ["keep_safe"]} if dice.maybe(10) else {}),
        **({"question": f"What is known of {sign.id}?"} if dice.maybe(30) else {}),
        "basis": dice.one(BASES),
    }
    _fill(sign, dice)
    return sign


def _fill(sign: Sign, dice: Dice) -> None:
    known = dice.maybe(70)
    match sign.kind:
        case "flag":
            sign.worse = dice.one(("present", "present", "absent", "neither"))
            sign.absent = dice.one(("false", "false", "true")) if known else "unknown"
            if sign.worse == "present" and sign.absent == "true":
                sign.absent = "false"
            sign.excuses = not (sign.worse == "neither" or sign.protective or sign.may_not_apply) and dice.maybe(20)
        case "scale":
            sign.values = _GRADES[: dice.number(2, 5)]
            sign.worse = dice.one(("higher", "higher", "lower", "neither"))
            best = sign.values[-1] if sign.worse == "lower" else sign.values[0]
            sign.absent = dice.one((best, best, dice.one(sign.values))) if known else "unknown"
        case "choice":
            sign.values = tuple(f"way_{letter}" for letter in "abcd"[: dice.number(2, 4)])
            sign.absent = dice.one(sign.values) if known else "unknown"
        case "number":
            low, high, sign.whole = dice.one(_RANGES)
            sign.ends, sign.unit = (low, high), dice.one(("hours", "people"))
            sign.worse = dice.one(("higher", "lower", "neither"))
            best = high if sign.worse == "lower" else low
            sign.absent = dice.one((best, best, dice.one((low, high, "1", "2")))) if known else "unknown"
        case "percent":
            sign.worse = dice.one(("lower", "lower", "higher", "neither"))
            sign.absent = dice.one(("100", "0") if sign.worse != "lower" else ("100",)) if dice.maybe(30) else "unknown"
        case "events":
            sign.worse, sign.unit = dice.one(("higher", "higher", "neither")), "times"
            sign.absent = "0" if known else "unknown"
        case _:
            sign.worse = dice.one(("higher", "lower", "neither"))


def always_there() -> tuple[Sign, ...]:
    """What every invented ruleset holds: who is covered, one danger, one excuse, one sign of need."""
    signs = (
        Sign("plan", "choice", "neither", "no_plan", "about", "status", values=("no_plan", "ehc_plan")),
        Sign("left_care", "flag", "neither", "false", "about", "status"),
        Sign("danger", "flag", "present", "false", "danger", "safeguarding"),
        Sign("excuse", "flag", "absent", "false", "danger", "status", excuses=True),
        Sign("need", "scale", "higher", "none", "home", "child_development", values=_GRADES),
    )
    for sign in signs:
        sign.more = {"dimension": "safety", "basis": BASES[0]}
    return signs

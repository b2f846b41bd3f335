"""An invented ruleset while it grows: its indicators, parameters and quantities, and the conditions over them.

Everything is made to be accepted: tests reach to the worse end where they must, nothing holds where everything
is `absent`, overriding rules read narrow topics only, and whatever is defined is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from thresholds.language.resolving import resolve
from thresholds.language.unary import Endpoint, parse_test
from thresholds.testing.dice import Dice
from thresholds.testing.signs import ALWAYS, BASES, DAYS, FIRST_DAY, Period, Sign, covers
from thresholds.testing.wordings import COUNTS, TIMES, WEEKS, Wanted, number_test, test_of, time_test

Tree = dict[str, Any]
KINDS = ("indicators", "parameters", "quantities", "findings", "responses", "rules", "topics", "impossible")
_LATER_TIMES = {
    "7 days": "8 days",
    "28 days": "30 days",
    "12 weeks": "13 weeks",
    "12 months": "13 months",
    "5 years": "6 years",
}


@dataclass
class Amount:
    """An invented quantity."""

    id: str
    longest: bool
    unit: str | None
    level: int
    """0, or one more than the highest level of the findings it counts."""
    overriding: bool


@dataclass
class Named:
    """An invented finding: `level` is above that of everything the rules that conclude it read."""

    id: str
    level: int
    tag: str | None


@dataclass(frozen=True)
class Reader:
    """For whom a condition is written."""

    level: int = 0
    """It may read findings below this level."""
    period: Period = ALWAYS
    overriding: bool = False
    exception: bool = False


@dataclass
class Book:
    """Everything invented so far. `layer` holds the entries of the ruleset being written, by kind."""

    dice: Dice
    signs: dict[str, Sign] = field(default_factory=dict)
    amounts: dict[str, Amount] = field(default_factory=dict)
    findings: dict[str, Named] = field(default_factory=dict)
    layer: dict[str, list[Tree]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    lower: frozenset[str] = frozenset()
    """Ids of lower layers: what they hold can no longer be changed."""
    spoken_for: set[str] = field(default_factory=set)
    """Areas and topics by which a quantity selects: a later layer adds nothing to them."""
    touched: set[str] = field(default_factory=set)
    """Parameters that an overriding rule reads."""
    _parameters: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)
    _values: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    _count: int = 0

    def fresh(self, kind: str) -> str:
        """A new id."""
        self._count += 1
        return f"{kind}_{self._count}"

    # --- parameters ------------------------------------------------------------------------------

    def named(self, text: str, unit: str | None, overriding: bool = False) -> str:
        """A number (with its unit) or time (None) as it is, or the id of a parameter that holds it."""
        if not self.dice.maybe(35):
            return text
        known = self._parameters.setdefault((text, unit), [])
        if known and self.dice.maybe(60):
            name = self.dice.one(known)
        else:
            name = self.fresh("limit")
            known.append(name)
            self.layer["parameters"].append(self.parameter(name, text, unit or "time"))
        if overriding:
            self.touched.add(name)
        return name

    def parameter(self, name: str, text: str, unit: str) -> Tree:
        """A parameter; where it has a history, the later value keeps its place among all the others."""
        entry: Tree = {"id": name, "title": name, "unit": unit, "basis": self.dice.one(BASES)}
        later = text
        if self.dice.maybe(30):
            later = {"time": _LATER_TIMES.get(text, text), "percent": f"{text}{'' if '.' in text else '.2'}5"}.get(
                unit, text
            )
            entry["history"] = [{"from": FIRST_DAY, "value": text}, {"from": self.dice.one(DAYS), "value": later}]
        else:
            entry["value"] = text
        if unit != "time":
            self._values[name] = (Fraction(text), Fraction(later))
        return entry

    # --- conditions ------------------------------------------------------------------------------

    def condition(self, reader: Reader, depth: int = 2) -> Tree:
        """A condition that cannot hold where everything is `absent`."""
        parts = [self._part(reader, True, depth) for _ in range(self.dice.number(1, 3))]
        if all(could for _, could in parts):
            parts.insert(0, (self._anchor(reader), False))
        return _together([tree for tree, _ in parts], self.dice)

    def _anchor(self, reader: Reader) -> Tree:
        """Something that needs a sign."""
        if reader.exception:
            return {"excuse": "true"}
        return {"danger": "true"} if reader.overriding or self.dice.maybe(30) else {"need": ">= low"}

    def _part(self, reader: Reader, positive: bool, depth: int) -> tuple[Tree, bool]:
        """Part of a condition (not `positive`: under `none`), with whether it could hold where all is absent.

        For a part that is not positive: whether its negation could.
        """
        if depth == 0 or not self.dice.maybe(35):
            return self._literal(reader, positive)
        nest = self.dice.one(("any", "all", "none", "at_least"))
        inner = positive != (nest == "none")
        parts = [self._part(reader, inner, depth - 1) for _ in range(self.dice.number(1, 3))]
        trees, coulds = [tree for tree, _ in parts], [could for _, could in parts]
        if nest != "at_least":
            together = (nest == "all") == positive if nest != "none" else positive
            return {nest: trees}, all(coulds) if together else any(coulds)
        number = self.dice.number(1, len(trees))
        needed = number if positive else len(trees) - number + 1
        return {"at_least": {"n": self.named(str(number), "parts"), "of": trees}}, sum(coulds) >= needed

    def _literal(self, reader: Reader, positive: bool) -> tuple[Tree, bool]:
        dice, wanted_up = self.dice, positive != reader.exception
        signs = [sign for sign in self.signs.values() if self._may_read(sign, reader, positive)]
        amounts = [one for one in self.amounts.values() if self._may_count(one, reader, positive)]
        findings = [one for one in self.findings.values() if one.level < reader.level and not reader.overriding]
        kinds = ["sign"] * (4 if signs else 0) + ["amount"] * (3 if amounts else 0) + ["child"]
        match dice.one([*kinds, *(["finding"] * (3 if findings else 0))]):
            case "sign":
                return self.of_sign(dice.one(signs), reader, positive)
            case "amount":
                amount = dice.one(amounts)
                if not amount.longest and dice.maybe(4):
                    return {amount.id: "-"}, positive
                wanted: Wanted = "up" if wanted_up else "down"
                return {amount.id: self._of_amount(amount, wanted, reader)}, positive == (wanted == "down")
            case "finding":
                one = dice.one(findings)
                if dice.maybe(4):
                    return {one.id: "-"}, positive or reader.exception
                return {one.id: dice.one(("true", "not(false)") if wanted_up else ("false",))}, reader.exception
            case _:
                return {**self._of_child(reader)}, True

    def _may_read(self, sign: Sign, reader: Reader, positive: bool) -> bool:
        if sign.kind == "events" or sign.context or not covers(sign.period, reader.period):
            return False
        if sign.parent is not None and not positive and reader.overriding and not reader.exception:
            return False  # `none` of a detail would stop holding once the other is there
        if not reader.overriding:
            return True
        return sign.excuses if reader.exception else sign.overriding

    def _may_count(self, amount: Amount, reader: Reader, positive: bool) -> bool:
        if amount.longest and (reader.exception or not positive):
            return False
        return amount.level <= reader.level and (not reader.overriding or (amount.overriding and not reader.exception))

    def of_sign(self, sign: Sign, reader: Reader, positive: bool = True) -> tuple[Tree, bool]:
        """A test on one indicator, and whether it (not `positive`: its negation) could hold where all is absent."""
        wanted_up = positive != reader.exception
        wanted: Wanted = "any" if sign.higher is None else "up" if sign.higher == wanted_up else "down"
        text = test_of(sign, wanted, self.dice, lambda one, unit: self.named(one, unit, reader.overriding))
        return {sign.id: text}, self._could(sign, text, positive)

    def _could(self, sign: Sign, text: str, positive: bool) -> bool:
        if sign.parent is not None and not positive:
            return True
        if sign.absent == "unknown":
            return positive and text == "-"
        values = [self.accepts(sign, text, values) for values in self._worlds()]
        return any(value == positive for value in values)

    def accepts(self, sign: Sign, text: str, values: dict[str, Endpoint]) -> bool:
        """Does a test accept the `absent` value?"""
        accepted = resolve(parse_test(text), sign.domain, values)
        if accepted.words is not None:
            return sign.absent in accepted.words
        assert sign.position is not None
        return accepted.holds(sign.position)

    def _worlds(self) -> Iterable[dict[str, Endpoint]]:
        """The values of all numeric parameters, as they are first and as they are last."""
        for place in (0, 1):
            yield {name: values[place] for name, values in self._values.items()}

    def _of_amount(self, amount: Amount, wanted: Wanted, reader: Reader) -> str:
        def named(text: str) -> str:
            return self.named(text, None if amount.longest else amount.unit or "any", reader.overriding)

        if amount.longest:
            return time_test(wanted, self.dice, named, TIMES[:9])
        return number_test(COUNTS, ("0", None), wanted, self.dice, named)

    def _of_child(self, reader: Reader) -> Tree:
        def named(text: str) -> str:
            return self.named(text, None, reader.overriding)

        match self.dice.one(("age", "age", "age", "unborn", "gestation")):
            case "age":
                return {"child_age": time_test("any", self.dice, named)}
            case "unborn":
                return {"child_unborn": self.dice.one(("true", "false"))}
            case _:
                return {"gestation": time_test("any", self.dice, named, WEEKS)}


def _together(trees: list[Tree], dice: Dice) -> Tree:
    """All of these: as one mapping where no name stands twice, else nested."""
    merged: Tree = {}
    for tree in trees:
        merged.update(tree)
    if len(merged) == len(trees) and not dice.maybe(15):
        return merged
    return trees[0] if len(trees) == 1 else {"all": trees}

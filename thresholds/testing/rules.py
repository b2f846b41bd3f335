"""Invented rules: plain ones, those that conclude findings, overriding ones, and rows of levels tables."""

from __future__ import annotations

from thresholds.testing.book import Book, Named, Reader, Tree
from thresholds.testing.dice import Dice
from thresholds.testing.quantities import quantity
from thresholds.testing.signs import ALWAYS, BASES, PERIODS, dated

RESPONSES = (
    ("universal_offer", "universal"),
    ("early_help", "targeted"),
    ("family_plan", "targeted"),
    ("single_assessment", "specialist"),
    ("enquiry", "specialist"),
    ("emergency", "beside"),
)
_GROUPS = ("unborn", "under_18", "adult_with_plan", "care_leaver")


def more_rules(book: Book, depth: int, periods: bool) -> None:
    """One more rule, quantity, finding with its rules, levels table or impossible combination."""
    match book.dice.one(("rule", "rule", "quantity", "finding", "levels", "overriding", "impossible")):
        case "quantity":
            quantity(book)
        case "finding" if depth > 0:
            _finding(book, depth)
        case "levels":
            _levels(book)
        case "impossible":
            when = book.condition(Reader())
            book.layer["impossible"].append({"id": book.fresh("never"), "when": when, "because": "it cannot be"})
        case kind:
            book.layer["rules"].append(rule(book, Reader(level=99, overriding=kind == "overriding"), periods))


def rule(book: Book, reader: Reader, periods: bool, finding: str | None = None) -> Tree:
    """A rule, perhaps in force for some time only."""
    dice = book.dice
    period = dice.one(PERIODS) if periods and dice.maybe(25) else ALWAYS
    reader = Reader(reader.level, period, reader.overriding)
    return dated({"id": book.fresh("rule"), "title": "A rule", **body(book, reader, finding)}, period)


def body(book: Book, reader: Reader, finding: str | None = None, *, when: bool = True) -> Tree:
    """What a rule and a row of a levels table have in common."""
    dice = book.dice
    excusing = Reader(reader.level, reader.period, reader.overriding, exception=True)
    made: Tree = {"when": book.condition(reader)} if when else {}
    unless = [{"when": book.condition(excusing, 1), "because": "there is a reason"} for _ in range(_few(dice))]
    named = dice.one(("{child_age}", "{need}", "")) if when else ""
    return {
        **made,
        **({"unless": unless} if unless else {}),
        "then": _then(book, reader.overriding, finding),
        "because": f"this was seen {named}".strip(),
        "basis": dice.one(BASES),
        **({"applies_to": dice.some(_GROUPS, 1)} if dice.maybe(30) else {}),
        **({"overriding": True, "related": _related(book)} if reader.overriding else {}),
    }


def _few(dice: Dice) -> int:
    return dice.number(1, 2) if dice.maybe(35) else 0


def _related(book: Book) -> list[str]:
    """Signs that are no better when they are there."""
    there = [sign.id for sign in book.signs.values() if sign.period == ALWAYS and sign.counts_by_presence]
    return book.dice.some(there, 0, 2)


def _then(book: Book, overriding: bool, finding: str | None) -> Tree | str:
    dice = book.dice
    then: Tree = {finding: "finding"} if finding else {}
    names = dice.some([name for name, _ in RESPONSES], 0 if finding or overriding else 1, 2)
    then.update({name: dice.one(("points_to", "points_to", "consider", "offer")) for name in names})
    if list(then.values()) == ["points_to"] and not overriding:
        return names[0] if dice.maybe(50) else then
    return then | ({dice.one(("enquiry", "single_assessment")): "points_to"} if overriding else {})


def _finding(book: Book, depth: int) -> None:
    """A finding with the rules that conclude it, which may read the findings below it."""
    dice = book.dice
    highest = max((one.level for one in book.findings.values()), default=-1)
    level = dice.number(0, min(highest + 1, depth))
    name = book.fresh("finding")
    tag = f"level_{level}" if dice.maybe(40) else None
    for _ in range(dice.number(1, 2)):
        book.layer["rules"].append(rule(book, Reader(level), True, name))
    entry = {"id": name, "label": name, "definition": "what it means", "basis": dice.one(BASES)}
    book.layer["findings"].append(entry | ({"tags": [tag]} if tag else {}))
    book.findings[name] = Named(name, level, tag)


def _levels(book: Book) -> None:
    """Rows for an indicator of this layer that has none yet."""
    dice = book.dice
    free = [
        sign
        for sign in book.signs.values()
        if sign.id not in book.lower and sign.kind != "events" and not sign.context and "levels" not in sign.more
    ]
    if not free:
        return
    sign, rows = dice.one(free), []
    for _ in range(dice.number(1, 3)):
        overriding = sign.overriding and dice.maybe(40)
        reader = Reader(99, sign.period, overriding)
        test, could = book.of_sign(sign, reader)
        row = {"at": test[sign.id], **body(book, reader, when=could or dice.maybe(30))}
        if dice.maybe(40):
            row["id"] = book.fresh("row")
        rows.append(row)
    sign.more["levels"] = rows


def read_all_amounts(book: Book) -> None:
    """A rule for each quantity of this layer that nothing reads."""
    text = repr(book.layer["rules"]) + repr([sign.more.get("levels") for sign in book.signs.values()])
    for amount in list(book.amounts.values()):
        if amount.id not in book.lower and f"'{amount.id}'" not in text:
            test = ">= 1 year" if amount.longest else book.dice.one((">= 1", ">= 2"))
            rest = body(book, Reader(amount.level), when=False)
            book.layer["rules"].append({"id": book.fresh("rule"), "title": "A rule", "when": {amount.id: test}, **rest})

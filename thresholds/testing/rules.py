"""Invented rules, quantities, findings and responses, laid out as the files of a ruleset and of an overlay."""

from __future__ import annotations

import re
from typing import Any

from thresholds.testing.book import KINDS, Amount, Book, Named, Reader, Tree
from thresholds.testing.dice import Dice
from thresholds.testing.signs import (
    ALWAYS,
    BASES,
    FIRST_DAY,
    NARROW,
    PERIODS,
    TOPICS,
    Sign,
    always_there,
    dated,
    invent,
)
from thresholds.testing.wordings import TIMES, number_test, time_test

_RESPONSES = (
    ("universal_offer", "universal"),
    ("early_help", "targeted"),
    ("family_plan", "targeted"),
    ("single_assessment", "specialist"),
    ("enquiry", "specialist"),
    ("emergency", "beside"),
)
_CONSENT = ("required", "seek", "inform", "consult", "not_required")
_TIMES_NAMED_BY_ITSELF = 2
_GROUPS = ("unborn", "under_18", "adult_with_plan", "care_leaver")


def invent_files(
    dice: Dice,
    *,
    signs: int = 5,
    rules: int = 6,
    depth: int = 3,
    periods: bool = True,
    overlay: bool = False,
    full: bool = False,
) -> tuple[dict[str, Any], ...]:
    """The files of a ruleset, and after them those of what it extends.

    At most so many indicators beside those that every one has, and about so many rules; `full`: exactly so many
    indicators, and at least so many rules.
    """
    book = Book(dice)
    book.signs.update({sign.id: sign for sign in always_there()})
    _signs(book, signs if full else dice.number(0, signs), periods)
    for _ in range(0 if full else dice.number(0, rules)):
        _more_rules(book, depth, periods)
    while full and len(book.layer["rules"]) < rules:
        _more_rules(book, depth, periods)
    _read_all_amounts(book)
    _responses(book)
    base = _files(book, _header("invented", dice))
    if not overlay:
        return (base,)
    ids = (entry["id"] for entries in book.layer.values() for entry in entries)
    book.lower = frozenset((*ids, *book.signs, *(sign.topic for sign in book.signs.values())))
    under = {kind: list(entries) for kind, entries in book.layer.items()}
    under["indicators"] = [sign.entry() for sign in book.signs.values()]
    book.layer = {kind: [] for kind in KINDS}
    _signs(book, dice.number(0, 2), periods)
    for _ in range(dice.number(1, 3)):
        _more_rules(book, depth, periods)
    _read_all_amounts(book)
    header = _header("local", dice) | {"extends": "invented"}
    return _files(book, header | _changes(book, under)), base


# --- growing ---------------------------------------------------------------------------------------


def _signs(book: Book, count: int, periods: bool) -> None:
    for _ in range(count):
        sign = invent(book.dice, len(book.signs), book.signs, spoken_for=book.spoken_for, periods=periods)
        book.signs[sign.id] = sign


def _more_rules(book: Book, depth: int, periods: bool) -> None:
    """One more rule, quantity, finding with its rules, levels table or impossible combination."""
    match book.dice.one(("rule", "rule", "quantity", "finding", "levels", "overriding", "impossible")):
        case "quantity":
            _quantity(book)
        case "finding" if depth > 0:
            _finding(book, depth)
        case "levels":
            _levels(book)
        case "impossible":
            when = book.condition(Reader())
            book.layer["impossible"].append({"id": book.fresh("never"), "when": when, "because": "it cannot be"})
        case kind:
            book.layer["rules"].append(_rule(book, Reader(level=99, overriding=kind == "overriding"), periods))


def _rule(book: Book, reader: Reader, periods: bool, finding: str | None = None) -> Tree:
    dice = book.dice
    period = dice.one(PERIODS) if periods and dice.maybe(25) else ALWAYS
    reader = Reader(reader.level, period, reader.overriding)
    return dated({"id": book.fresh("rule"), "title": "A rule", **_body(book, reader, finding)}, period)


def _body(book: Book, reader: Reader, finding: str | None = None, *, when: bool = True) -> Tree:
    """What a rule and a row of a levels table have in common."""
    dice = book.dice
    excusing = Reader(reader.level, reader.period, reader.overriding, exception=True)
    body: Tree = {"when": book.condition(reader)} if when else {}
    unless = [{"when": book.condition(excusing, 1), "because": "there is a reason"} for _ in range(_few(dice))]
    named = dice.one(("{child_age}", "{need}", "")) if when else ""
    return {
        **body,
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
    names = dice.some([name for name, _ in _RESPONSES], 0 if finding or overriding else 1, 2)
    then.update({name: dice.one(("points_to", "points_to", "consider", "offer")) for name in names})
    if list(then.values()) == ["points_to"] and not overriding:
        return dice.one((then, names[0]))
    return then | ({dice.one(("enquiry", "single_assessment")): "points_to"} if overriding else {})


def _finding(book: Book, depth: int) -> None:
    """A finding with the rules that conclude it, which may read the findings below it."""
    dice = book.dice
    highest = max((one.level for one in book.findings.values()), default=-1)
    level = dice.number(0, min(highest + 1, depth))
    name = book.fresh("finding")
    tag = f"level_{level}" if dice.maybe(40) else None
    for _ in range(dice.number(1, 2)):
        book.layer["rules"].append(_rule(book, Reader(level), True, name))
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
        row = {"at": test[sign.id], **_body(book, reader, when=could or dice.maybe(30))}
        if dice.maybe(40):
            row["id"] = book.fresh("row")
        rows.append(row)
    sign.more["levels"] = rows


# --- quantities ------------------------------------------------------------------------------------


def _quantity(book: Book) -> None:
    match book.dice.one(("indicators", "indicators", "events", "findings", "longest")):
        case "events":
            _count_of_events(book)
        case "findings":
            _count_of_findings(book)
        case kind:
            _count_of_signs(book, longest=kind == "longest")


def _add(book: Book, entry: Tree, *, longest: bool, level: int, overriding: bool) -> None:
    name = book.fresh("amount")
    unit = "items" if not longest and book.dice.maybe(60) else None
    labels = {"id": name, "label": name, **({"unit": unit} if unit else {})}
    book.layer["quantities"].append({**labels, **entry, "basis": book.dice.one(BASES)})
    book.amounts[name] = Amount(name, longest, unit, level, overriding)


def _count_of_events(book: Book) -> None:
    events = [one for one in book.signs.values() if one.kind == "events" and one.period == ALWAYS and not one.context]
    if events:
        sign = book.dice.one(events)
        within = book.named(book.dice.one(TIMES[:9]), None, overriding=True)
        entry = {"count": {"events": sign.id, "within": within}}
        _add(book, entry, longest=False, level=0, overriding=sign.overriding)


def _count_of_findings(book: Book) -> None:
    dice, findings = book.dice, list(book.findings.values())
    tags = sorted({one.tag for one in findings if one.tag})
    if tags and not book.lower and dice.maybe(40):
        # Others may come to carry the tag: `level_2` stands for findings of that level only.
        tag = dice.one(tags)
        chosen: Any = {"tags": [tag]}
        level = int(tag.removeprefix("level_"))
    elif findings:
        some = dice.some(findings, 1, 3)
        chosen, level = [one.id for one in some], max(one.level for one in some)
    else:
        return
    _add(book, {"count": {"findings": chosen}}, longest=False, level=level + 1, overriding=False)


def _count_of_signs(book: Book, *, longest: bool) -> None:
    dice = book.dice
    where: Tree = {}
    at_least = dice.one(("low", "moderate", "high")) if dice.maybe(40) else None
    if at_least:
        where["value"] = f">= {at_least}"
    if dice.maybe(25):
        where["need"] = "unmet"
    if dice.maybe(30):
        where["lasting"] = time_test("up", dice, lambda text: book.named(text, None, overriding=True), TIMES[:9])
    fits = [sign for sign in book.signs.values() if not sign.context and _countable(sign, at_least)]
    lasting_all_days = [sign for sign in fits if sign.period == ALWAYS]
    first = dice.one([sign for sign in lasting_all_days if not at_least or at_least in sign.values])
    chosen, selector = _selected(book, fits, first)
    stated = [sign for sign in book.signs.values() if _can_state(sign)] if not longest else []
    entry: Tree = {"longest" if longest else "count": {"indicators": selector, **({"where": where} if where else {})}}
    overriding = all(sign.overriding for sign in chosen)
    if not longest and dice.maybe(35):
        entry["distinct"] = dice.one(("need_group", "area", "dimension"))
    if stated and dice.maybe(50):
        by = dice.one(stated)
        entry["stated"], overriding = by.id, overriding and by.overriding
    _add(book, entry, longest=longest, level=0, overriding=overriding)


def _countable(sign: Sign, at_least: str | None) -> bool:
    if at_least is None or sign.kind != "scale":
        return sign.counts_by_presence
    if at_least not in sign.values or sign.higher is False:
        return False
    return sign.position is None or sign.position < sign.values.index(at_least)


def _can_state(sign: Sign) -> bool:
    fits = sign.kind == "number" and sign.whole and sign.higher is True and sign.period == ALWAYS
    return fits and float(sign.ends[0]) <= 0 and (sign.position or 0) <= 0 and not sign.context


def _selected(book: Book, fits: list[Sign], first: Sign) -> tuple[list[Sign], Any]:
    """Some indicators, and a selector that finds exactly these."""
    dice, names = book.dice, {sign.id for sign in fits}
    for way in ("areas", "topics") if dice.maybe(40) and first.selectable and not book.lower else ():
        key = "area" if way == "areas" else "topic"
        found = [s for s in book.signs.values() if s.selectable and getattr(s, key) == getattr(first, key)]
        if all(sign.id in names for sign in found):
            book.spoken_for.add(getattr(first, key))
            return found, {way: [getattr(first, key)]}
    chosen = [first, *dice.some([sign for sign in fits if sign is not first], 0, 4)]
    if not book.lower and all(sign.selectable for sign in chosen) and dice.maybe(50):
        tag = book.fresh("tag")
        for sign in chosen:
            sign.more["tags"] = [*sign.more.get("tags", ()), tag]
        return chosen, {"tags": [tag]}
    return chosen, [sign.id for sign in chosen]


def _read_all_amounts(book: Book) -> None:
    """A rule for each quantity of this layer that nothing reads."""
    text = repr(book.layer["rules"]) + repr([sign.more.get("levels") for sign in book.signs.values()])
    for amount in list(book.amounts.values()):
        if amount.id not in book.lower and f"'{amount.id}'" not in text:
            test = ">= 1 year" if amount.longest else book.dice.one((">= 1", ">= 2"))
            body = _body(book, Reader(amount.level), when=False)
            book.layer["rules"].append({"id": book.fresh("rule"), "title": "A rule", "when": {amount.id: test}, **body})


# --- responses, topics, header: what every ruleset holds --------------------------------------------


def _responses(book: Book) -> None:
    dice = book.dice
    for place, (name, tier) in enumerate(_RESPONSES):
        below = [] if tier == "beside" else [other for other, _ in _RESPONSES[:place]]
        book.layer["responses"].append(
            {
                "id": name,
                "label": name.replace("_", " "),
                "meaning": "what a parent could follow",
                "tier": tier,
                "absorbs": dice.some(below, 0, 2) if dice.maybe(40) else [],
                "lead": "worker",
                "decided_by": "manager",
                "consent": dice.one(_CONSENT),
                "first_step": "talk to the family",
                "services": ["family_hub"] if place == 1 else [],
                "basis": BASES[0],
            }
        )


def _topics(book: Book) -> list[Tree]:
    used = {sign.topic for sign in book.signs.values()}
    return [
        {
            "id": name,
            "label": name,
            "question": f"What is known about {name}?",
            "ask": ["worker"],
            "narrow": name in NARROW,
            "immediate": name == "danger",
        }
        for name in TOPICS
        if name in used and name not in book.lower
    ]


def _header(name: str, dice: Dice) -> Tree:
    return {
        "format": 1,
        "name": name,
        "title": f"An invented ruleset, {name}",
        "edition": "first",
        "authority": "nobody",
        "status": dice.one(("draft", "in_force")),
        "from": FIRST_DAY,
        "notice": "made up for tests",
    }


_SCOPE = {
    "scope": {
        "unborn": {"child_unborn": True},
        "under_18": {"child_age": "< 18 years"},
        "adult_with_plan": {"child_age": "[18 years..26 years)", "plan": "ehc_plan"},
        "care_leaver": {"child_age": "[18 years..25 years)", "left_care": True},
    },
    "outside_scope": "turn to adult social care",
}


def _files(book: Book, header: Tree) -> dict[str, Any]:
    layer = book.layer
    signs = [sign.entry() for sign in book.signs.values() if sign.id not in book.lower]
    half = len(layer["rules"]) // 2
    files: dict[str, Any] = {
        "ruleset.yaml": header if "extends" in header else header | _SCOPE,
        "topics.yaml": _topics(book),
        "indicators/all.yaml": [*signs, *layer["indicators"]],
        "rules/one.yaml": layer["rules"][:half],
        "rules/two.yaml": layer["rules"][half:],
        **{f"{kind}.yaml": layer[kind] for kind in KINDS if kind not in ("indicators", "rules", "topics")},
    }
    if "extends" not in header:
        files |= {
            "sources.yaml": [{"id": "N1", "title": "A statute"}, {"id": "C2", "title": "A study", "read": "whole"}],
            "roles.yaml": [{"id": "worker", "label": "worker"}, {"id": "manager", "label": "manager"}],
            "services.yaml": [{"id": "family_hub", "label": "hub", "tier": "targeted", "basis": BASES[0]}],
        }
    return {name: data for name, data in files.items() if data}


# --- what an overlay changes -------------------------------------------------------------------------


def _changes(book: Book, under: dict[str, list[Tree]]) -> Tree:
    """Some entries of the base replaced by others of their kind, some rules withdrawn."""
    dice = book.dice
    replaces, withdraws = [], []
    plain = [rule for rule in under["rules"] if not rule.get("overriding")]
    for rule in dice.some(plain, 0, 3):
        if dice.maybe(40):
            withdraws.append({"rule": rule["id"], "reason": "not wanted here"})
            continue
        replaces.append({"rule": rule["id"], "reason": "worded anew"})
        found = next((name for name in book.findings if name in rule["then"]), None)
        reader = Reader(book.findings[found].level if found else 99)
        book.layer["rules"].append({"id": rule["id"], "title": "Another rule", **_body(book, reader, found)})
    changed = {change["rule"] for change in (*replaces, *withdraws)}
    kept = repr([entry for entries in under.values() for entry in entries if entry["id"] not in changed])
    still_read = [
        one
        for one in under["parameters"]
        if one["id"] not in book.touched and len(re.findall(rf"\b{one['id']}\b", kept)) > _TIMES_NAMED_BY_ITSELF
    ]
    for entry in dice.some(still_read, 0, 2):
        value = entry.get("value") or entry["history"][-1]["value"]
        same = {key: entry[key] for key in ("id", "title", "unit", "basis")}
        book.layer["parameters"].append(same | {"value": value})
        replaces.append({"parameter": entry["id"], "reason": "one value for all days"})
    for entry in dice.some(under["indicators"], 0, 1):
        book.layer["indicators"].append(entry | {"label": "said in other words"})
        replaces.append({"indicator": entry["id"], "reason": "said in other words"})
    return {key: found for key, found in (("replaces", replaces), ("withdraws", withdraws)) if found}

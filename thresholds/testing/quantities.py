"""Invented quantities: counts of indicators, of events in windows and of findings, and longest times."""

from __future__ import annotations

from typing import Any

from thresholds.testing.book import Amount, Book, Tree
from thresholds.testing.signs import ALWAYS, BASES, Sign
from thresholds.testing.wordings import TIMES, time_test


def quantity(book: Book) -> None:
    """One more quantity, if there is something to count."""
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
    if not at_least and dice.maybe(35):
        fits = [sign for sign in fits if sign.overriding]
    all_days = [sign for sign in fits if sign.period == ALWAYS]
    first = dice.one([sign for sign in all_days if not at_least or at_least in sign.values])
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

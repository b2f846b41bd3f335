"""Invented rulesets as the files of a folder, and an overlay with the ruleset that it extends."""

from __future__ import annotations

import re
from typing import Any

from thresholds.testing.book import KINDS, Book, Reader, Tree
from thresholds.testing.dice import Dice
from thresholds.testing.rules import RESPONSES, body, more_rules, read_all_amounts, rule
from thresholds.testing.signs import BASES, FIRST_DAY, NARROW, TOPICS, always_there, invent

_CONSENT = ("required", "seek", "inform", "consult", "not_required")
_TIMES_NAMED_BY_ITSELF = 2


def invent_files(
    dice: Dice,
    *,
    signs: int = 5,
    rules: int = 6,
    depth: int = 3,
    periods: bool = True,
    overlay: bool = False,
    overriding: int = 0,
    full: bool = False,
) -> tuple[dict[str, Any], ...]:
    """The files of a ruleset, and after them those of what it extends.

    At most so many indicators beside those that every one has, and about so many rules, of which at least so many
    are overriding; `full`: exactly so many indicators, and at least so many rules.
    """
    book = Book(dice)
    book.signs.update({sign.id: sign for sign in always_there()})
    _signs(book, signs if full else dice.number(0, signs), periods)
    for _ in range(0 if full else dice.number(0, rules)):
        more_rules(book, depth, periods)
    while full and len(book.layer["rules"]) < rules:
        more_rules(book, depth, periods)
    for _ in range(overriding):
        book.layer["rules"].append(rule(book, Reader(overriding=True), periods))
    read_all_amounts(book)
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
        more_rules(book, depth, periods)
    read_all_amounts(book)
    header = _header("local", dice) | {"extends": "invented"}
    return _files(book, header | _changes(book, under)), base


def _signs(book: Book, count: int, periods: bool) -> None:
    for _ in range(count):
        sign = invent(book.dice, len(book.signs), book.signs, spoken_for=book.spoken_for, periods=periods)
        book.signs[sign.id] = sign


def _responses(book: Book) -> None:
    dice = book.dice
    for place, (name, tier) in enumerate(RESPONSES):
        below = [] if tier == "beside" else [other for other, _ in RESPONSES[:place]]
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


def _changes(book: Book, under: dict[str, list[Tree]]) -> Tree:
    """Some entries of the base replaced by others of their kind, some rules withdrawn."""
    dice = book.dice
    replaces, withdraws = [], []
    plain = [old for old in under["rules"] if not old.get("overriding")]
    for old in dice.some(plain, 0, 3):
        if dice.maybe(40):
            withdraws.append({"rule": old["id"], "reason": "not wanted here"})
            continue
        replaces.append({"rule": old["id"], "reason": "worded anew"})
        found = next((name for name in book.findings if name in old["then"]), None)
        reader = Reader(book.findings[found].level if found else 99)
        book.layer["rules"].append({"id": old["id"], "title": "Another rule", **body(book, reader, found)})
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

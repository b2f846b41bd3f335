"""Pairs of rulesets, one of which is the other with a few slips in its files, and whole children known to both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from random import Random
from typing import Any

from tests.answers import fits, knowledge_of
from tests.completing import completions
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, evaluate, infer, scope_of
from thresholds.errors import RulesetInvalid
from thresholds.knowledge import Knowledge
from thresholds.language.model import WEIGHTS
from thresholds.policy.moves import Move, moves_between
from thresholds.ruleset import Ruleset
from thresholds.testing.building import ruleset_from
from thresholds.testing.cases import case
from thresholds.testing.dice import Dice
from thresholds.testing.inventing import invent_files

ON = (date(2017, 3, 1), date(2016, 2, 29), date(2019, 12, 31), date(2018, 6, 15))
"""Days on which months and days fall out differently."""
_FILES = ("ruleset", "indicators", "rules", "parameters", "quantities", "findings", "responses", "impossible")
_LEFT_ALONE = ("id", "from", "until", "extends", "format", "name", "status", "topic", "area", "lead", "decided_by")
_OTHERWISE = (
    *((">=", ">"), (">", ">="), ("<=", "<"), ("<", "<="), ("[", "("), (")", "]")),
    *(("true", "false"), ("false", "true"), ("unknown", "false"), ("low", "moderate"), ("none", "low")),
    *(("year", "month"), ("month", "day"), ("week", "day"), ("way_a", "way_b"), ("flag", "since")),
    *(("higher", "lower"), ("lower", "neither")),
)
_TIERS = ("universal", "targeted", "specialist", "beside")
Layers = tuple[dict[str, Any], ...]


def pair(dice: Dice) -> tuple[Ruleset, Ruleset]:
    """Two rulesets, the second with up to four slips; now and then none, where those made were no rules any more."""
    layers = invent_files(
        dice, signs=6, rules=7, depth=2, periods=False, overlay=dice.maybe(20), overriding=dice.number(0, 1)
    )
    old = ruleset_from(*layers)
    for _ in range(20):
        slipped = deepcopy(layers)
        for _ in range(dice.number(1, 4)):
            _slip(dice, slipped)
        try:
            return old, ruleset_from(*slipped)
        except (RulesetInvalid, ValueError):
            continue
    return old, old


def _slip(dice: Dice, layers: Layers) -> None:
    """One thing in some file otherwise: a number, a comparison, a weight; left out, or there twice."""
    files = dice.one(layers)
    names = [name for name in sorted(files) if re.split(r"[/.]", name)[0] in _FILES]
    places = [found for name in names for found in _places(files[name], files, name)]
    for _ in range(20 if places else 0):
        inside, key, value = dice.one(places)
        if isinstance(inside, list) and dice.maybe(20):
            if isinstance(value, dict) and "id" in value and dice.maybe(50):
                inside.append(deepcopy(value) | {"id": f"{value['id']}_again"})
            else:
                inside.remove(value)
            return
        other = _otherwise(dice, value)
        if other is not None:
            inside[key] = other
            return


def _places(tree: Any, inside: Any, key: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Every value, with what it stands in and where."""
    if key in _LEFT_ALONE or key == "basis":
        return
    yield inside, key, tree
    branches = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, one in branches:
        yield from _places(one, tree, name)


def _otherwise(dice: Dice, value: Any) -> Any:
    """Another value of its kind; None for none."""
    if isinstance(value, bool):
        return not value
    for words in (WEIGHTS, _TIERS):
        if value in words:
            return dice.one(words)
    if not isinstance(value, str | int):
        return None
    text = str(value)
    numbers = list(re.finditer(r"\d+", text))
    if numbers and dice.maybe(70):
        one = dice.one(numbers)
        return f"{text[: one.start()]}{max(0, int(one[0]) + dice.one((-5, -1, 1, 2, 10)))}{text[one.end() :]}"
    here = [other for other in _OTHERWISE if other[0] in text]
    return text.replace(*dice.one(here), 1) if here else None


def whole_children(dice: Dice, old: Ruleset, new: Ruleset, on: date, count: int) -> Iterator[Assessment]:
    """Children whom each ruleset could be told everything about that it reads, and whom neither calls impossible."""
    for _ in range(count):
        made = [case(dice, ruleset, on, most=dice.one((2, 4, 8, 30))) for ruleset in (new, old)]
        given = dict(made[0].observations) | dict(made[1].observations)
        child = made[1].model_copy(update={"looked_at": "everything", "observations": given})
        for ruleset in (old, new):
            child = _completed(dice, ruleset, child) or child
        if all(fits(ruleset, told(ruleset, child)) and _known(ruleset, child) for ruleset in (old, new)):
            yield child


def _completed(dice: Dice, ruleset: Ruleset, child: Assessment) -> Assessment | None:
    if not fits(ruleset, told(ruleset, child)):
        return None
    known = ruleset.in_force(child.on).indicators
    for one in completions(ruleset, told(ruleset, child), Random(dice.number(0, 10**6)), 1):
        others = {name: given for name, given in child.observations.items() if name not in known}
        return one.model_copy(update={"observations": others | dict(one.observations)})
    return None


def told(ruleset: Ruleset, child: Assessment) -> Assessment:
    """A child in the names that a ruleset has."""
    known = ruleset.in_force(child.on).indicators
    return child.model_copy(
        update={"observations": {name: one for name, one in child.observations.items() if name in known}}
    )


def _known(ruleset: Ruleset, child: Assessment) -> bool:
    knowledge = knowledge_of(ruleset, told(ruleset, child))
    inference, reading = infer(knowledge), Reading(knowledge, scope_of(knowledge))
    settled = inference.certain == inference.possible and None not in reading.scope.values()
    possible = all(evaluate(one.when, reading) is False for one in knowledge.ruleset.impossible)
    return settled and possible and not _detail_of_nothing(knowledge)


def _detail_of_nothing(knowledge: Knowledge) -> bool:
    """Is something said of a detail of what is recorded as not there?"""
    parents = (knowledge.ruleset.indicators[name].detail_of for name in knowledge.current)
    return any(parent is not None and knowledge.present(parent) is False for parent in parents)


def moves(old: Ruleset, new: Ruleset, child: Assessment) -> set[Move]:
    """How the answers of the reference engine about a child differ."""
    before, after = (ruleset.assess(told(ruleset, child), engine="reference") for ruleset in (old, new))
    return set(moves_between(before, after))

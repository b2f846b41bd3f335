"""Which changes of the text an answer differs because of: those on which the rules concerned depend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from thresholds.decision import Decision
from thresholds.language.conditions import Condition, counts_in, every_test
from thresholds.language.definition import InForce
from thresholds.language.model import Rule
from thresholds.policy.changes import TextChange
from thresholds.policy.moves import LEVEL, REFER_NOW, Move

Named = tuple[str, str]
"""An entry: its kind and its id."""
_WORDING = frozenset(
    {"title", "label", "definition", "because", "basis", "practice", "question", "outcomes", "unit"}
    | {"from_", "until", "history", "outside_scope"}
)
"""Fields that no answer depends on."""
_OF_RESPONSE = frozenset({"tier", "absorbs"})
"""Of a response, those that one may depend on."""


def causes(
    text: Iterable[TextChange],
    moves: Iterable[Move],
    answers: tuple[Decision, Decision],
    rules: tuple[Iterable[Rule], Iterable[Rule]],
    sides: tuple[InForce, InForce],
) -> tuple[TextChange, ...]:
    """The changes behind some moves of two answers; `rules`: those that hold in one answer only, by ruleset."""
    behind: set[Named] = set()
    for held, ruleset in zip(rules, sides, strict=True):
        for rule in held:
            behind |= bears_on(rule, ruleset)
    moves = tuple(moves)
    if any(move.of == REFER_NOW for move in moves):
        for decision, ruleset in zip(answers, sides, strict=True):
            overriding = {reason.rule for reason in decision.reasons if reason.overriding}
            for rule in (rule for rule in ruleset.rules if rule.id in overriding):
                behind |= bears_on(rule, ruleset)
    for move in moves:
        called = {name for decision in answers for name in decision.responses}
        behind |= {("response", name) for name in (called if move.of == LEVEL else {move.of, *_covers(move.of, sides)})}
    if answers[0].scope != answers[1].scope:
        behind.add(("scope", "scope"))
        behind.update(
            named for side in sides for one in side.scope.scope.values() for named in _conditions([one], side)
        )
    return tuple(one for one in text if (one.kind, one.id) in behind and _bears(one))


def bears_on(rule: Rule, ruleset: InForce) -> frozenset[Named]:
    """Everything that a rule's holding depends on: itself, what it reads, and what that is made of."""
    seen: set[Named] = set()
    below = [rule]
    while below:
        one = below.pop()
        if ("rule", one.id) in seen:
            continue
        seen.add(("rule", one.id))
        read = set(_conditions(one.conditions(), ruleset))
        seen |= read
        below.extend(other for other in ruleset.rules if any(("finding", name) in read for name in other.findings))
    return frozenset(seen)


def _conditions(conditions: Iterable[Condition], ruleset: InForce) -> Iterator[Named]:
    """Whatever some conditions name, and what that is made of."""
    for condition in conditions:
        yield from _numbers((each.number for each in counts_in(condition)), ruleset)
        for test, _ in every_test(condition):
            yield from _numbers(test.test.names, ruleset)
            yield from _read(test.name, ruleset)


def _read(name: str, ruleset: InForce) -> Iterator[Named]:
    """What a name in a condition stands for, and what that is made of."""
    if name in ruleset.findings:
        yield "finding", name
    elif name not in ruleset.quantities:
        parent: str | None = name
        while parent is not None:
            yield "indicator", parent
            parent = ruleset.indicators[parent].detail_of
    else:
        quantity = ruleset.quantities[name]
        yield "quantity", name
        for member in (*ruleset.members(quantity), *([quantity.stated] if quantity.stated else [])):
            yield from _read(member, ruleset)
        counted = quantity.count or quantity.longest
        assert counted is not None
        for test in (counted.where.value, counted.where.lasting):
            yield from _numbers(() if test is None else test.names, ruleset)
        if quantity.count is not None and quantity.count.within:
            yield from _numbers([quantity.count.within], ruleset)


def _numbers(names: Iterable[str], ruleset: InForce) -> Iterator[Named]:
    """The parameters among some words of a test."""
    yield from (("parameter", name) for name in names if name in ruleset.parameters)


def _covers(response: str, sides: tuple[InForce, InForce]) -> Iterator[str]:
    """The responses that cover one, directly or through others, in either ruleset."""
    for side in sides:
        found, below = {response}, [response]
        while below:
            one = below.pop()
            above = [name for name, other in side.responses.items() if one in other.absorbs and name not in found]
            found.update(above)
            below.extend(above)
        yield from found


def _bears(change: TextChange) -> bool:
    if change.how != "altered":
        return True
    altered = {one.field for one in change.fields}
    return bool(altered & _OF_RESPONSE if change.kind == "response" else altered - _WORDING)

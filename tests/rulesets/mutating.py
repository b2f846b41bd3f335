"""A loaded ruleset with other rules or statements, and the single situations that a statement speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import product

from thresholds.language.conditions import AllOf, AnyOf, Condition, Test
from thresholds.language.loading import Layers, read_layers
from thresholds.language.model import Invariant, Rule, Unless
from thresholds.language.unary import parse_test
from thresholds.language.yaml_text import Place
from thresholds.ruleset import Ruleset, bundled

NOWHERE = Place("made for a test", 1, 1)


@cache
def _layers(name: str) -> Layers:
    layers = read_layers(bundled() / name, [], (bundled(),))
    assert layers is not None
    return layers


def mutated(ruleset: Ruleset, change: Callable[[Rule], Rule], statements: Iterable[Invariant]) -> Ruleset:
    """A bundled ruleset with each rule as `change` makes it, and with these statements alone."""
    definition = ruleset.definition
    changed = replace(
        definition,
        plain_rules={rule.id: change(rule) for rule in definition.rules},
        indicators={name: one.model_copy(update={"levels": ()}) for name, one in definition.indicators.items()},
        invariants={one.id: one for one in statements},
        _cache={},
    )
    return Ruleset(_layers(ruleset.name), changed, None)


def altered(rule: Rule, **fields: object) -> Rule:
    """The rule with other fields; what was worked out of the old ones is forgotten."""
    copy = rule.model_copy(update=fields)
    for worked_out in ("responses", "findings"):
        copy.__dict__.pop(worked_out, None)
    return copy


def without(rule: Rule, responses: Iterable[str]) -> Rule:
    """The rule without these responses; what it finds stays."""
    dropped = set(rule.responses) & set(responses)
    return altered(rule, then={name: rule.then[name] for name in rule.then if name not in dropped}) if dropped else rule


def excused_by(rule: Rule, name: str, value: str) -> Rule:
    """The rule with one exception more."""
    exception = Unless(when=Test(name, parse_test(value), NOWHERE), because="a test makes it so")
    return altered(rule, unless=(*rule.unless, exception))


def situations(condition: Condition) -> list[Condition]:
    """The condition, split at each `any`: it is true where one of these is."""
    if isinstance(condition, AnyOf):
        return [one for part in condition.parts for one in situations(part)]
    if isinstance(condition, AllOf):
        return [AllOf(parts) for parts in product(*(situations(part) for part in condition.parts))]
    return [condition]

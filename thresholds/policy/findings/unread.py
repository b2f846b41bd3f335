"""What is defined and does not tell: indicators that no rule reads, responses no rule reaches, sources never cited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from thresholds.language.conditions import Condition, every_test
from thresholds.language.definition import InForce
from thresholds.language.model import Basis, Cited, Entry, Rule
from thresholds.policy.findings.finding import Finding
from thresholds.ruleset import Ruleset


def unread(ruleset: Ruleset, on: date, dead: Collection[str] = ()) -> Iterator[Finding]:
    """Of the ruleset itself, not of what it extends. `dead`: ids of the rules that can never hold."""
    yield from _indicators(ruleset, on, dead)
    yield from _responses(ruleset, on, dead)
    yield from _sources(ruleset)
    yield from _inferred(ruleset, on)


def _indicators(ruleset: Ruleset, on: date, dead: Collection[str]) -> Iterator[Finding]:
    """Those that make an overriding rule urgent, or have a detail that some rule reads, bear on answers too."""
    own, in_force = ruleset.definition.layers[-1], ruleset.in_force(on)
    living = [rule for rule in in_force.rules if rule.id not in dead]
    leading = _read([rule.when for rule in living], in_force) | {name for rule in living for name in rule.related}
    excusing = _read([one.when for rule in living for one in rule.unless], in_force)
    for name in [*leading, *excusing]:
        parent = in_force.indicators[name].detail_of if name in in_force.indicators else None
        while parent is not None:
            leading.add(parent)
            parent = in_force.indicators[parent].detail_of
    for indicator in in_force.indicators.values():
        name = indicator.id
        if indicator.layer != own or indicator.context or name in leading:
            continue
        if name in excusing:
            message = f"indicator `{name}` is read in `unless` alone: it can only take away, never lead to anything"
            help_ = "nothing is to be mended, if that is what it is for"
            yield Finding("read_in_exceptions_only", "note", name, message, help_, (indicator.place,))
        else:
            message = f"indicator `{name}` changes no answer on {on}: {_why_unread(name, ruleset, on, dead)}"
            help_ = "let a rule read it, or keep it as something that is only recorded"
            yield Finding("indicator_unread", "note", name, message, help_, (indicator.place,))


def _why_unread(name: str, ruleset: Ruleset, on: date, dead: Collection[str]) -> str:
    in_force = ruleset.in_force(on)
    others = [day for day in ruleset.definition.changes if name in _read_on(ruleset.definition.in_force(day))]
    if name in _read([one for rule in in_force.rules if rule.id in dead for one in rule.conditions()], in_force):
        return "only rules read it that can never hold"
    if others:
        return f"rules read it on other days only, as on {others[-1]}"
    if name in _read(in_force.scope.scope.values(), in_force):
        return "it only says whom the ruleset covers"
    if name in _read([one.when for one in in_force.impossible], in_force):
        return "it stands only in impossible.yaml"
    return "no rule reads it"


def _read_on(in_force: InForce) -> set[str]:
    return _read([condition for rule in in_force.rules for condition in rule.conditions()], in_force)


def _read(conditions: Iterable[Condition], in_force: InForce) -> set[str]:
    """The indicators that some conditions read, directly or by counting them."""
    names = {test.name for condition in conditions for test, _ in every_test(condition)}
    for name in list(names):
        quantity = in_force.quantities.get(name)
        if quantity is not None:
            names.update(in_force.members(quantity))
            names.update([quantity.stated] if quantity.stated else [])
    return names


def _responses(ruleset: Ruleset, on: date, dead: Collection[str]) -> Iterator[Finding]:
    own, in_force = ruleset.definition.layers[-1], ruleset.in_force(on)
    reached = {name for rule in in_force.rules if rule.id not in dead for name in rule.responses}
    ever = {name for rule in ruleset.definition.rules for name in rule.responses}
    for response in in_force.responses.values():
        if response.layer != own or response.id in reached:
            continue
        why = "no rule leads to it"
        if any(response.id in rule.responses for rule in in_force.rules):
            why = "only rules lead to it that can never hold"
        elif response.id in ever:
            why = "rules lead to it on other days only"
        yield Finding(
            "response_unreached",
            "note" if "other days" in why else "warning",
            response.id,
            f"response `{response.id}` is never called for on {on}: {why}",
            "let a rule lead to it, or take it out",
            (response.place,),
        )


def _sources(ruleset: Ruleset) -> Iterator[Finding]:
    cited = {source for entry in _entries(ruleset) for basis in _bases(entry) for source in basis.sources}
    for source in ruleset.definition.sources.values():
        if source.layer == ruleset.definition.layers[-1] and source.id not in cited:
            yield Finding(
                "source_uncited",
                "note",
                source.id,
                f"source `{source.id}` is never cited",
                "cite it under the `basis` of what rests on it, or take it out",
                (source.place,),
            )


def _entries(ruleset: Ruleset) -> Iterator[Entry]:
    definition = ruleset.definition
    for group in (
        definition.indicators,
        definition.parameters,
        definition.quantities,
        definition.findings,
        definition.responses,
        definition.services,
        definition.invariants,
        definition.documents,
        definition.reference,
        definition.worked_examples,
    ):
        yield from group.values()
    yield from definition.rules


def _bases(entry: Entry) -> Iterator[Basis]:
    for part in (entry, *getattr(entry, "history", ())):
        basis = getattr(part, "basis", None)
        if isinstance(basis, Basis):
            yield basis


def _inferred(ruleset: Ruleset, on: date) -> Iterator[Finding]:
    in_force = ruleset.in_force(on)
    for rule in in_force.rules:
        if rule.layer == ruleset.definition.layers[-1] and all(map(_is_inferred, _grounds(rule, ruleset, on))):
            yield Finding(
                "inferred_alone",
                "note",
                rule.id,
                f"rule `{rule.id}` rests on nothing but inference: its test, its response and the numbers it names",
                "cite what bears it out, or have it agreed as a local decision",
                (rule.place,),
            )


def _grounds(rule: Rule, ruleset: Ruleset, on: date) -> Iterator[Cited]:
    """What a rule and the parameters that it names rest on."""
    names = {name for one in rule.conditions() for test, _ in every_test(one) for name in test.test.names}
    yield from (rule.basis.test, rule.basis.response)
    for name in sorted(names & set(ruleset.definition.parameters)):
        parameter = ruleset.definition.parameters[name]
        then = [value.basis for value in parameter.history if value.from_ <= on]
        basis = (then[-1] if then else None) or parameter.basis
        yield from (basis.test, basis.response)


def _is_inferred(cited: Cited) -> bool:
    return cited.confidence == "inferred"

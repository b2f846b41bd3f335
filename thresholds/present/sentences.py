"""Rules as sentences: a condition in the words of its indicators, with the numbers in force."""

from __future__ import annotations

from fractions import Fraction

from thresholds import wording
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.definition import CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration
from thresholds.language.model import Basis, Confidence, Rule
from thresholds.language.unary import Domain, Endpoint, Interval, ValueSet

CONFIDENCE_NAMES: dict[Confidence, str] = {
    "statute": "statute or statutory guidance",
    "seed": "the two Rutland documents",
    "llr": "pages of Leicester, Leicestershire and Rutland bodies",
    "statute_unchecked": "statute from general knowledge, not yet checked against its text",
    "comparable": "threshold documents of comparable areas",
    "inferred": "this project's own proposal",
}
_SUBJECT = {CHILD_AGE: "the child", GESTATION: "the pregnancy"}


def condition(tree: Condition, ruleset: InForce) -> str:
    """A condition in words, nested parts in brackets."""
    return _Words(ruleset).of(tree)


def because(rule: Rule, ruleset: InForce) -> str:
    """The rule's own sentence with its parameters' values; empty where it names a value that only a child has."""
    named = wording.placeholders(rule.because)
    if not all(name in ruleset.parameters or name in ruleset.findings for name in named):
        return ""

    def value_of(name: str) -> str:
        if name in ruleset.parameters:
            return wording.endpoint(ruleset.parameters[name], ruleset.units[name])
        return ruleset.findings[name].label

    return wording.fill(rule.because, value_of)


def rests_on(basis: Basis) -> str:
    """What an entry rests on, in words with its sources."""
    cited = f" ({', '.join(basis.sources)})" if basis.sources else ""
    if basis.test.confidence == basis.response.confidence:
        return f"{CONFIDENCE_NAMES[basis.test.confidence]}{cited}"
    test, response = CONFIDENCE_NAMES[basis.test.confidence], CONFIDENCE_NAMES[basis.response.confidence]
    return f"the test: {test}; the response: {response}{cited}"


class _Words:
    def __init__(self, ruleset: InForce) -> None:
        self.ruleset = ruleset

    def of(self, tree: Condition, inside: bool = False) -> str:
        if isinstance(tree, Test):
            return self.test(tree)
        parts = [self.of(part, inside=True) for part in tree.parts]
        if isinstance(tree, AllOf):
            text = "; and ".join(parts)
        elif isinstance(tree, AnyOf):
            text = "; or ".join(parts)
        elif isinstance(tree, NoneOf):
            return f"none of these: {'; '.join(parts)}"
        else:
            assert isinstance(tree, AtLeast)
            return f"at least {self.ruleset.whole_number(tree.number)} of these: {'; '.join(parts)}"
        return f"({text})" if inside and len(parts) > 1 else text

    def test(self, test: Test) -> str:
        """One test: its subject, and what is asked of it."""
        ruleset, name = self.ruleset, test.name
        accepted = ruleset.accepted(name, test.test)
        if name == CHILD_UNBORN:
            return "the child is not yet born" if _is_true(accepted) else "the child is born"
        label = self.label(name)
        if name in _SUBJECT:
            return f"{_SUBJECT[name]} is {self._time(accepted, 'old' if name == CHILD_AGE else 'along')}"
        domain = ruleset.domain(name)
        if domain.is_flag:
            return label if _is_true(accepted) else f"not: {label}"
        if accepted.words is not None:
            return f"{label}: {' or '.join(sorted(wording.plain(word) for word in accepted.words))}"
        if domain.kind == "scale":
            return f"{label}: {self._scale(accepted, domain)}{self._looks_like(name, accepted, domain)}"
        if domain.kind == "duration":
            return f"{label}: {self._time(accepted, 'long')}"
        return f"{label}: {self._number(accepted, domain, label)}"

    def label(self, name: str) -> str:
        ruleset = self.ruleset
        if name in ruleset.findings:
            return ruleset.findings[name].label
        return ruleset.quantities[name].label if name in ruleset.quantities else ruleset.indicators[name].label

    def _scale(self, accepted: ValueSet, domain: Domain) -> str:
        held = [value for position, value in enumerate(domain.values) if accepted.holds(Fraction(position))]
        first = domain.values.index(held[0]) if held else 0
        if len(held) > 1 and held == list(domain.values[first:]):
            return f"{wording.plain(held[0])} or more"
        if len(held) > 1 and held == list(domain.values[: len(held)]):
            return f"{wording.plain(held[-1])} or less"
        return " or ".join(wording.plain(value) for value in held)

    def _looks_like(self, name: str, accepted: ValueSet, domain: Domain) -> str:
        """What the mildest value that counts looks like in practice."""
        first = next((place for place in range(len(domain.values)) if accepted.holds(Fraction(place))), None)
        indicator = self.ruleset.indicators.get(name)
        if first is None or indicator is None or indicator.worse_is_higher is False:
            return ""
        return f" ({indicator.values[domain.values[first]].rstrip('.')})"

    def _time(self, accepted: ValueSet, adjective: str) -> str:
        def interval(one: Interval) -> str:
            low = None if one.low is None else f"at least {one.low}"
            high = None if one.high is None else f"under {one.high}"
            text = " and ".join(part for part in (low, high) if part)
            return f"{text} {adjective}" if text else "of any age"

        text = " or ".join(interval(one) for one in accepted.intervals)
        return f"not {text}" if accepted.negated else text

    def _number(self, accepted: ValueSet, domain: Domain, label: str) -> str:
        def end(value: Endpoint) -> str:
            return str(value) if isinstance(value, Duration) else wording.number(value)

        def interval(one: Interval) -> str:
            if one.low is not None and one.low == one.high:
                return f"exactly {end(one.low)}"
            low = None if one.low is None else f"{'at least' if one.low_included else 'more than'} {end(one.low)}"
            high = None if one.high is None else f"{'at most' if one.high_included else 'less than'} {end(one.high)}"
            return " and ".join(part for part in (low, high) if part)

        text = " or ".join(interval(one) for one in accepted.intervals)
        said = not domain.unit or domain.unit in label
        if domain.unit == "percent" or said:
            return f"{'not ' if accepted.negated else ''}{text}{'%' if domain.unit == 'percent' else ''}"
        return f"{'not ' if accepted.negated else ''}{wording.with_unit(text, domain.unit)}"


def _is_true(accepted: ValueSet) -> bool:
    return accepted.holds(Fraction(1)) and not accepted.holds(Fraction(0))

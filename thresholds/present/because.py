"""Why a rule leads where it leads, said of no child in particular: its own reason with what it asks for filled in."""

from __future__ import annotations

import re

from thresholds import wording
from thresholds.language.conditions import Test, every_test
from thresholds.language.definition import CHILD_AGE, InForce
from thresholds.language.durations import Duration
from thresholds.language.model import Rule
from thresholds.language.unary import Endpoint, Interval
from thresholds.present.applying import concluding
from thresholds.present.clauses import label_of, scale, value_in_words

_BRACKETS = re.compile(r"\s*\(([^()]*\{[^()]*)\)")
_BETWEEN = re.compile(r"[,;] ")
_COMPARED = re.compile(r" of \{([a-z0-9_]+)\}(?= is (?:at or )?(?:below|above)\b)")


def because(rule: Rule, ruleset: InForce) -> str:
    """The rule's own sentence, with the values of parameters.

    Where it names a value that only a child has, that is given which the rule itself asks for, and where it asks for
    none, the label. Brackets that would only repeat the condition are left out.
    """
    values = _Values(rule, ruleset)
    text = _BRACKETS.sub(values.bracketed, rule.because)
    text = _COMPARED.sub(lambda match: "" if match[1] in ruleset.indicators else match[0], text)
    return " ".join(wording.fill(text, values.outside).split())


class _Values:
    """What stands in place of each name in braces."""

    def __init__(self, rule: Rule, ruleset: InForce) -> None:
        self.ruleset = ruleset
        self.tests: dict[str, list[Test]] = {}
        own = [test for test, positive in every_test(rule.when) if positive]
        behind = [test for one in concluding(own, ruleset) for test, positive in every_test(one.when) if positive]
        for test in own:
            self.tests.setdefault(test.name, []).append(test)
        for test in behind:
            if all(test.name != one.name for one in own):
                self.tests.setdefault(test.name, []).append(test)

    def bracketed(self, match: re.Match[str]) -> str:
        """Brackets without the parts that add nothing to the condition; nothing where none is left."""
        parts = _BETWEEN.split(match[1])
        said = [wording.fill(part, self.outside) for part in parts if all(map(self._adds, wording.placeholders(part)))]
        return f" ({'; '.join(said)})" if said else ""

    def outside(self, name: str) -> str:
        """A value in the course of a sentence."""
        value = self.of(name)
        if value is not None:
            return value
        unit = self.ruleset.domain(name).unit
        return f"some {unit}" if unit and unit != "percent" else f"the recorded {label_of(name, self.ruleset)}"

    def _adds(self, name: str) -> bool:
        """Is there something to say that is more than a word of a scale or choice?"""
        told = name in self.ruleset.parameters or name in self.ruleset.findings
        return told or (self.of(name) is not None and self.ruleset.domain(name).kind not in ("scale", "choice"))

    def of(self, name: str) -> str | None:
        """The value in words; None where the rule does not say which."""
        ruleset = self.ruleset
        if name in ruleset.parameters:
            return wording.endpoint(ruleset.parameters[name], ruleset.units[name])
        if name in ruleset.findings:
            return ruleset.findings[name].label
        if name == CHILD_AGE:
            return "that age"
        said = {self._accepted(test) for test in self.tests.get(name, ())}
        return said.pop() if len(said) == 1 else None

    def _accepted(self, test: Test) -> str | None:
        """The values that a test asks for."""
        accepted, domain = self.ruleset.accepted(test.name, test.test), self.ruleset.domain(test.name)
        if accepted.negated or domain.is_flag:
            return None
        if accepted.words is not None:
            indicator = self.ruleset.indicators[test.name]
            return " or ".join(sorted(value_in_words(word, indicator) for word in accepted.words))
        if domain.kind == "scale":
            return scale(accepted, domain)
        return " or ".join(_amount(one, domain.unit) for one in accepted.intervals)


def _amount(one: Interval, unit: str | None) -> str:
    """`3 or more moves`, `90% or less`, `12 months or more`."""

    def said(text: str, more: str) -> str:
        if unit == "percent":
            return f"{text}% {more}".strip()
        return " ".join(part for part in (text, more, unit) if part)

    low, high = (_bare(one.low), _bare(one.high))
    if unit and low == "0" and not high:
        return f"some {unit}"
    if low and high:
        return wording.with_unit(low, unit) if low == high else said(f"{low} to {high}", "")
    if low:
        return said(low, "or more") if one.low_included else said(f"more than {low}", "")
    if one.high_included:
        return said(high, "or fewer" if unit and unit != "percent" else "or less")
    return f"less than {wording.with_unit(high, unit)}"


def _bare(end: Endpoint | None) -> str:
    return "" if end is None else str(end) if isinstance(end, Duration) else wording.number(end)

"""A ruleset's worked examples: run each, and say in sentences what differs from what it expects."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from thresholds.assessment import Assessment
from thresholds.decision import Decision, Status
from thresholds.errors import AssessmentInvalid, ThresholdsError
from thresholds.language.model import TIERS, Weight, WorkedExample
from thresholds.language.yaml_text import Place
from thresholds.reading_files import plain_data

if TYPE_CHECKING:
    from thresholds.assessing import EngineName
    from thresholds.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One worked example, run: passed, or what differs, each difference a sentence."""

    id: str
    title: str
    place: Place
    passed: bool
    differences: tuple[str, ...]
    decision: Decision | None
    """None where the example could not be run."""


def run_examples(ruleset: Ruleset, *, engine: EngineName | None = None) -> tuple[ExampleResult, ...]:
    """The worked examples of a ruleset, by id.

    Those of what it extends are not held against it: they say what the base gives, to which this ruleset adds.
    """
    own = ruleset.definition.layers[-1]
    examples = sorted(ruleset.definition.worked_examples.items())
    return tuple(_run(example, ruleset, engine) for _, example in examples if example.layer == own)


def unexercised(ruleset: Ruleset, results: Iterable[ExampleResult]) -> tuple[str, ...]:
    """The ruleset's own rules, not those of what it extends, that no example makes hold, by id."""
    own = ruleset.definition.layers[-1]
    held = {reason.rule for result in results if result.decision is not None for reason in result.decision.reasons}
    return tuple(rule.id for rule in ruleset.definition.rules if rule.layer == own and rule.id not in held)


def differences(ruleset: Ruleset, decision: Decision, expect: Mapping[str, object]) -> tuple[str, ...]:
    """How a decision differs from what an example of a ruleset expects, each difference a sentence."""
    return tuple(_Comparison(ruleset, decision).differences(expect))


def _run(example: WorkedExample, ruleset: Ruleset, engine: EngineName | None) -> ExampleResult:
    decision: Decision | None = None
    try:
        decision = ruleset.assess(assessment_of(example), engine=engine)
    except AssessmentInvalid as invalid:
        told = [_one_line(f"assessment: {fault}") for fault in invalid.faults]
        told += _Comparison(ruleset, None).misspelt(example.expect)
    except ThresholdsError as error:
        told = [_one_line(f"assessment: {error}")]
    else:
        told = list(differences(ruleset, decision, example.expect))
    return ExampleResult(example.id, example.title, example.place, not told, tuple(told), decision)


def assessment_of(example: WorkedExample) -> Assessment:
    """The child of an example. AssessmentInvalid where it cannot be read."""
    return Assessment.read(plain_data(example.assessment, text_only=True))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\n", ";").split())


class _Comparison:
    """What an example expects, held against the decision."""

    def __init__(self, ruleset: Ruleset, decision: Decision | None) -> None:
        self.decision = decision
        definition = ruleset.definition
        self.known: dict[str, Iterable[str]] = {
            "response": definition.responses,
            "rule": [rule.id for rule in definition.rules],
            "topic": ["about_the_child", *definition.topics],
            "tier": (*TIERS, "none"),
            "status": get_args(Status),
            "weight": get_args(Weight),
            "value": ("true", "false"),
        }
        self.expectations: dict[str, tuple[str, Callable[[str, Decision, object], Iterator[str]]]] = {
            "tier": ("tier", self._plain),
            "floor": ("tier", self._plain),
            "ceiling": ("tier", self._plain),
            "status": ("status", self._plain),
            "provisional": ("value", self._plain),
            "exactly": ("response", self._responses),
            "at_least": ("response", self._responses),
            "awaiting": ("response", self._awaiting),
            "reasons": ("rule", self._reasons),
            "never": ("response", self._never),
            "questions": ("topic", self._questions),
        }

    def differences(self, expect: Mapping[str, object]) -> Iterator[str]:
        """Everything that differs, in the order of the example."""
        wrong = self.misspelt(expect)
        yield from wrong
        if not expect:
            yield "expect: says nothing, so nothing is tested"
        if self.decision is None or wrong:
            return
        for key, wanted in expect.items():
            _, compare = self.expectations[key]
            yield from compare(key, self.decision, wanted)

    def misspelt(self, expect: Mapping[str, object]) -> list[str]:
        """Keys, names and values that nothing can match."""
        found: list[str] = []
        for key, wanted in expect.items():
            if key not in self.expectations:
                found.append(f"expect: `{key}` is not known; {_near(key, self.expectations)}")
                continue
            kind, _ = self.expectations[key]
            found += self._unknown(key, kind, wanted)
        return found

    def _unknown(self, key: str, kind: str, wanted: object) -> Iterator[str]:
        if kind in ("tier", "status", "value"):
            names: list[object] = [wanted]
        elif key in ("exactly", "at_least"):
            if not isinstance(wanted, Mapping):
                yield f"{key}: is not a mapping; write `{key}: {{its_response: points_to}}`"
                return
            names = list(wanted)
            for name, weight in wanted.items():
                if weight not in get_args(Weight):
                    yield f"{key}: `{_short(weight)}` is no weight ({name}); {_near(weight, self.known['weight'])}"
        elif isinstance(wanted, list):
            names = wanted
        else:
            yield f"{key}: is not a list; write `{key}: [one, another]`"
            return
        known = list(self.known[kind])
        for name in names:
            if name not in known:
                where = "" if kind == "value" else " of this ruleset" if kind in ("response", "rule", "topic") else ""
                yield f"{key}: `{_short(name)}` is no {kind}{where}; {_near(name, known)}"

    def _plain(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        found = getattr(decision, key)
        shown = "none" if found is None else str(found).lower() if isinstance(found, bool) else str(found)
        if shown != wanted:
            yield f"{key}: expected {wanted}, got {shown}"

    def _responses(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        assert isinstance(wanted, Mapping)
        for name, weight in wanted.items():
            found = decision.responses.get(name)
            if found is None:
                yield f"{key}: expected {name} ({weight}), and it is not called for"
            elif name in decision.absorbed:
                yield f"{key}: expected {name} ({weight}), got it covered by {decision.absorbed[name]}"
            elif found != weight:
                yield f"{key}: expected {name} to be {weight}, got {found}"
        if key == "exactly":
            for name, found in decision.responses.items():
                if name not in wanted and name not in decision.absorbed:
                    rules = ", ".join(_rules_behind(name, decision))
                    yield f"exactly: did not expect {name} ({found}), called for by {rules}"

    def _awaiting(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        assert isinstance(wanted, list)
        found = [one.response for one in decision.awaiting]
        yield from (f"{key}: expected {name}, and it does not await a decision" for name in wanted if name not in found)
        yield from (f"{key}: did not expect {name}" for name in found if name not in wanted)

    def _reasons(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        assert isinstance(wanted, list)
        held = {reason.rule for reason in decision.reasons}
        yield from (f"{key}: expected rule {name}, and it does not hold" for name in wanted if name not in held)

    def _never(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        assert isinstance(wanted, list)
        for name in wanted:
            if name in decision.responses:
                rules = ", ".join(_rules_behind(name, decision))
                yield f"{key}: expected no {name}, got {decision.responses[name]}, called for by {rules}"

    def _questions(self, key: str, decision: Decision, wanted: object) -> Iterator[str]:
        assert isinstance(wanted, list)
        asked = {question.topic for question in decision.questions}
        yield from (f"{key}: expected one about {name}, and none is asked" for name in wanted if name not in asked)


def _rules_behind(response: str, decision: Decision) -> list[str]:
    rules = [reason.rule for reason in decision.reasons if response in reason.responses]
    open_ = [rule for one in decision.awaiting if one.response == response for rule in one.rules if rule not in rules]
    return rules + [f"{rule}, which is not ruled out" for rule in open_]


def _near(name: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), list(known), 1, 0.5)
    names = list(known)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."

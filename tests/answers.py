"""What the tests of the engines share: every engine asked, answers compared, knowledge changed a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hypothesis import currently_in_test_context, note, settings

import thresholds
from thresholds.assessing import ENGINES, EngineName
from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.engines.inference import Inference
from thresholds.errors import AssessmentInvalid
from thresholds.knowledge import Knowledge, know
from thresholds.ruleset import Ruleset

BUNDLED = ("england", "llr")
_FEW = 60  # rules: of many, the reference is asked once only
LADDER = ("universal", "targeted", "specialist")
ON = date(2017, 3, 1)


assert settings.default is not None
PROFILE = settings.default


def effort(examples: int) -> settings:
    """So many examples in the default profile, and as many times more or fewer in another."""
    return settings(max_examples=max(3, examples * PROFILE.max_examples // 100))


def knowledge_of(ruleset: Ruleset, assessment: Assessment) -> Knowledge:
    return know(assessment, ruleset.in_force(assessment.on))


def inferences(
    ruleset: Ruleset, assessment: Assessment, engines: Sequence[EngineName] = ENGINES
) -> dict[str, Inference]:
    """What each engine infers."""
    assessor, knowledge = ruleset.assessor(assessment.on), knowledge_of(ruleset, assessment)
    return {engine: assessor.infer(knowledge, engine).inference for engine in engines}


def held(ruleset: Ruleset, assessment: Assessment) -> Inference:
    """What the reference engine infers."""
    return ruleset.assessor(assessment.on).infer(knowledge_of(ruleset, assessment), "reference").inference


def rule_names(ruleset: Ruleset, on: date, bits: int) -> set[str]:
    return {rule.id for number, rule in enumerate(ruleset.in_force(on).rules) if bits >> number & 1}


def without_engine(decision: Decision) -> dict[str, Any]:
    return decision.model_dump(exclude={"record": {"engine"}})


def agreed(ruleset: Ruleset, assessment: Assessment, engines: Sequence[EngineName] = ENGINES) -> Decision:
    """The decision, once every engine has given the same one from the same rules."""
    shown(assessment)
    found = inferences(ruleset, assessment, engines)
    for engine, inference in found.items():
        for degree in ("certain", "established", "possible"):
            bits, meant = getattr(inference, degree), getattr(found[engines[-1]], degree)
            different = rule_names(ruleset, assessment.on, bits ^ meant)
            assert not different, f"{engine} differs in what is {degree}: {different}"
    decision = ruleset.assess(assessment, engine="bitmap")
    meant = without_engine(decision)
    small = len(ruleset.in_force(assessment.on).rules) < _FEW
    assert without_engine(ruleset.assess(assessment, engine="durable")) == meant
    assert not small or without_engine(ruleset.assess(assessment, engine="reference")) == meant
    return decision


def shown(assessment: Assessment) -> None:
    """An assessment is silent about what it holds: a failing example is told here."""
    if currently_in_test_context():
        note(assessment.model_dump_json(exclude_defaults=True))


def fits(ruleset: Ruleset, assessment: Assessment) -> bool:
    """Does it not contradict itself?"""
    try:
        knowledge_of(ruleset, assessment)
    except AssessmentInvalid:
        return False
    return True


def changed(assessment: Assessment, **fields: Any) -> Assessment:
    """The same with other fields."""
    return Assessment.read({**assessment.model_dump(), **fields})


def rank(tier: str | None) -> int:
    return -1 if tier is None else LADDER.index(tier)


def load_bundled(name: str) -> Ruleset:
    return thresholds.load(name)


def details_of(ruleset: Ruleset, on: date) -> Iterator[tuple[str, str]]:
    """Each detail with every indicator of which it is one, directly or through others."""
    indicators = ruleset.in_force(on).indicators
    for name, indicator in indicators.items():
        parent = indicator.detail_of
        while parent is not None:
            yield name, parent
            parent = indicators[parent].detail_of

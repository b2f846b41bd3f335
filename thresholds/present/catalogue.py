"""Indicators for people: found by a word, and shown with what each value looks like in practice."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from thresholds.language.definition import Definition
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.present import words
from thresholds.present.blocks import Block, Gap, Heading, Line, Title

_MOST = 6
_NEAR = 0.78
_NEAR_RANK = 1_000
_KINDS = {
    "flag": "yes or no",
    "scale": "one of these, from least to most",
    "choice": "one of these",
    "number": "a number",
    "percent": "a percentage",
    "events": "dates, or a number in a stated time",
    "since": "since when, or for how long",
}


def find(asked: str, definition: Definition) -> list[Indicator]:
    """Indicators in whose words what was asked for occurs, or something near it; the best first.

    Those with every word of several come first; near words count only where nothing is better.
    """
    parts = list(dict.fromkeys(re.findall(r"[^\W_]+", asked.casefold())))
    found = []
    for indicator in definition.indicators.values():
        ranks = [rank for rank in (_rank(part, indicator) for part in parts) if rank is not None]
        if ranks:
            found.append((len(parts) - len(ranks), sum(ranks), indicator.label, indicator.id, indicator))
    good = [one for one in found if one[1] < _NEAR_RANK]
    return [one[-1] for one in sorted(good or found, key=lambda one: one[:-1])]


def _rank(part: str, indicator: Indicator) -> int | None:
    """How well one word fits: 0 where it is in the name; from _NEAR_RANK on it is only near; None: not at all."""
    name = _words(f"{indicator.id} {indicator.label}")
    if part in name:
        return 0
    practice = (indicator.practice or "", *indicator.values.values())
    fields = (name, _words(" ".join(indicator.tags)), *map(_words, (indicator.definition, *practice)))
    for rank, words_there in enumerate(fields, start=1):
        if any(word.startswith(part) for word in words_there):
            return min(rank, 5)
    for rank, words_there in enumerate(fields):
        best = max((_likeness(part, word) for word in words_there), default=0.0)
        if best >= _NEAR:
            return _NEAR_RANK + min(rank, 4) * 100 + round(100 * (1 - best))
    return None


@lru_cache(maxsize=4_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"[^\W_]+", text.casefold())))


@lru_cache(maxsize=50_000)
def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def catalogue(asked: str, found: Sequence[Indicator], definition: Definition, *, everything: bool) -> Iterator[Block]:
    """What was found; beyond the best few only their names, unless everything is asked for."""
    if not found:
        yield Title(f"No indicator for: {asked}")
        yield Line("Try another word, a shorter one, or a part of one.")
        return
    yield Title(f"{words.counted(len(found), 'indicator')} for: {asked}")
    shown = found if everything else found[:_MOST]
    for indicator in shown:
        yield from _entry(indicator, definition)
    if len(found) > len(shown):
        yield Heading("Further off (`--all` shows them in full)")
        for indicator in found[len(shown) :]:
            yield Line(f"{indicator.label} ({indicator.id})", mark="•")


def _entry(indicator: Indicator, definition: Definition) -> Iterator[Block]:
    yield Heading(indicator.label)
    yield Line(indicator.definition)
    yield Line(how_to_write(indicator), lead="In an assessment file:", tone="strong")
    yield Line(_kind(indicator), lead="What it takes:")
    for name, practice in indicator.values.items():
        yield Line(practice, lead=f"{name}:", mark="•", depth=1)
    if indicator.practice:
        yield Line(indicator.practice, lead="In practice:")
    if indicator.detail_of is not None:
        parent = definition.indicators[indicator.detail_of]
        yield Line(f"{parent.label} ({parent.id}), and asked only when that is there", lead="A detail of:")
    topic = definition.topics[indicator.topic]
    yield Line(f"{topic.label} ({topic.id}): {topic.question}", lead="Topic:")
    if indicator.absent == UNKNOWN:
        looked_at = "not known, even where the topic was looked at"
    else:
        looked_at = f"{_shown(indicator.absent)}, once the topic was looked at; else not known"
    yield Line(looked_at, lead="Where nothing is recorded:")
    ids = ", ".join(indicator.basis.sources)
    confidence = words.CONFIDENCE[indicator.basis.confidence]
    yield Line(f"{ids} ({confidence})" if ids else confidence, lead="Rests on:", tone="quiet")
    yield Gap()


def _kind(indicator: Indicator) -> str:
    text = _KINDS[indicator.kind]
    if indicator.kind == "number":
        text += f" of {indicator.unit} in {indicator.range}"
    elif indicator.kind == "events":
        text += f" ({indicator.unit})"
    worse = {"higher": "more is worse", "lower": "less is worse"}.get(indicator.worse)
    return f"{text}; {worse}" if worse and indicator.kind not in ("scale", "choice") else text


def _shown(absent: str) -> str:
    return {"false": "no", "true": "yes"}.get(absent, absent.replace("_", " "))


def how_to_write(indicator: Indicator) -> str:
    """An example of how it stands in an assessment file."""
    match indicator.kind:
        case "flag":
            value = "true"
        case "scale" | "choice":
            value = next(name for name in reversed(indicator.values) if name != indicator.absent)
        case "number":
            value = "2"
        case "percent":
            value = "88.5, or {attended: 181, possible: 201}"
        case "events":
            value = '[2017-01-31, 2017-02-14], or {count: 2, within: "90 days"}'
        case _:
            value = '"3 months", or 2017-01-31'
    return f"{indicator.id}: {value}"


def as_data(indicator: Indicator, definition: Definition) -> dict[str, object]:
    """The same as plain data."""
    topic = definition.topics[indicator.topic]
    return {
        "id": indicator.id,
        "label": indicator.label,
        "definition": indicator.definition,
        "kind": indicator.kind,
        "values": dict(indicator.values),
        "unit": indicator.unit,
        "range": indicator.range,
        "worse": indicator.worse,
        "absent": indicator.absent,
        "practice": indicator.practice,
        "detail_of": indicator.detail_of,
        "area": indicator.area,
        "dimension": indicator.dimension,
        "tags": list(indicator.tags),
        "topic": {"id": topic.id, "label": topic.label, "question": topic.question},
        "basis": {
            "sources": list(indicator.basis.sources),
            "test_confidence": indicator.basis.test.confidence,
            "response_confidence": indicator.basis.response.confidence,
        },
        "from": indicator.from_.isoformat() if indicator.from_ else None,
        "until": indicator.until.isoformat() if indicator.until else None,
    }

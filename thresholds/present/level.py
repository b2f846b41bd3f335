"""What comes first: the level of need, whether it is settled, and what cannot wait."""

from __future__ import annotations

from collections.abc import Iterator

from thresholds.decision import Decision
from thresholds.language.definition import ABOUT_THE_CHILD
from thresholds.language.model import TIERS
from thresholds.present import words
from thresholds.present.blocks import Banner, Block, Line, Title

_MOST_NAMED = 3
_MOST_URGENT = 3
_JUDGEMENT = "It supports professional judgement and never replaces it."


def in_short(decision: Decision) -> str:
    """The beginning again, for a screen on which it has scrolled away."""
    if decision.status == "outside_scope":
        return "outside the children's thresholds."
    parts = [f"level of need {decision.tier}" if decision.tier else "not enough is known to say"]
    others = _others(decision) if decision.provisional else []
    if others and not decision.refer_now:
        parts.append(f"provisional, it could still be {words.either(others)}")
    if decision.refer_now:
        parts.append("REFER NOW, do not investigate and do not delay")
    if any(question.ask_now for question in decision.questions):
        parts.append("ASK NOW about a danger that is not ruled out")
    if decision.awaiting:
        parts.append("a specialist response awaits a person's decision")
    firm = [
        one.label for one in decision.called_for if one.weight == "points_to" and one.response not in decision.absorbed
    ]
    if firm:
        more = f" and {len(firm) - _MOST_NAMED} more" if len(firm) > _MOST_NAMED else ""
        parts.append(f"points to: {', '.join(firm[:_MOST_NAMED])}{more}")
    return "; ".join(parts) + "."


def _others(decision: Decision) -> list[str]:
    """The other levels it could still be, the highest first."""
    low, high = (TIERS.index(tier or "universal") for tier in (decision.floor, decision.ceiling))
    return [tier for tier in reversed(TIERS[low : high + 1]) if tier != decision.tier]


def level(decision: Decision) -> Iterator[Block]:
    if decision.status == "outside_scope":
        yield Title("Outside the children's thresholds")
        yield Line(decision.scope_note)
        yield Line(_JUDGEMENT, tone="quiet")
        return
    if decision.tier is None:
        yield Title("Level of need: not enough is known to say")
        text = "No danger has been ruled out that the questions below ask about. All may be well, or far from it."
        if not decision.scope:
            text = "Ask first what says whether these thresholds cover this person at all."
        yield Line(text)
    else:
        yield Title(f"Level of need: {decision.tier}")
        least = " at least" if decision.awaiting and decision.tier != "specialist" else ""
        yield Line(f"What is known points{least} to {words.SERVICES[decision.tier]}")
    if decision.awaiting:
        deciding = " and the ".join(dict.fromkeys(one.decided_by for one in decision.awaiting))
        named = "; ".join(one.label for one in decision.awaiting)
        text = f"{named}. To be decided by the {deciding}."
        if decision.tier != "specialist":
            text += " Until then take the level above as the least."
        yield Line(text, lead="Specialist, to be considered:", tone="attention")
    yield from _could_still_be(decision)
    if not decision.scope:
        text = (
            "It is not known whether these thresholds cover this person: their age, a plan or their time in care would "
            "tell. Until it is, only what is dangerous is answered as if they did."
        )
        yield Line(text)
        yield Line(decision.scope_note, tone="quiet")
    yield Line(_JUDGEMENT, tone="quiet")


def _could_still_be(decision: Decision) -> Iterator[Block]:
    if not decision.provisional:
        if not decision.awaiting:
            text = "If what was recorded is right, nothing that is still unknown could change this level."
            if decision.questions:
                text += " What is asked below could still change what is called for."
            yield Line(text)
        return
    if decision.refer_now:
        text = "An exception, or something else that this rests on, is not ruled out. Do not wait to find out."
        yield Line(text, lead="Provisional.", tone="attention")
        return
    text = f"With what is not yet known it could still be: {words.either(_others(decision))}."
    if decision.tier is not None and decision.tier == decision.ceiling:
        text += f" Until that is known, go by {decision.tier}."
    elif decision.tier is not None:
        text += " Do not treat it as settled."
    yield Line(text, lead="Provisional.", tone="attention")


def banner(decision: Decision) -> Iterator[Block]:
    if decision.refer_now:
        yield Banner(
            "REFER NOW",
            (
                "Do not investigate, and do not delay to complete this form.",
                "What is known points to a danger that nothing else outweighs.",
                "If somebody is in immediate danger, call 999.",
            ),
        )
        return
    now = [question for question in decision.questions if question.ask_now]
    about_danger = [question.question for question in now if question.topic != ABOUT_THE_CHILD]
    if now:
        yield Banner(
            "ASK NOW",
            (
                "A danger cannot be ruled out, and a sign of it is known.",
                *list(dict.fromkeys(about_danger))[:_MOST_URGENT],
                "Whom to ask stands below. If the answer confirms it, refer at once; do not investigate.",
            ),
        )

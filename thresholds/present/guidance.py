"""A decision as guidance that a practitioner can read and a parent can follow, in plain text or in colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from thresholds.decision import Decision
from thresholds.present import words
from thresholds.present.asked import questions
from thresholds.present.blocks import WIDTH, Block, Gap, Heading, Line, plain_text
from thresholds.present.called_for import awaiting, responses
from thresholds.present.level import banner, in_short, level
from thresholds.present.why import why

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_text(decision: Decision, *, width: int = WIDTH, everything: bool = False) -> str:
    """The guidance as plain English text; `everything` leaves out no question and no reason."""
    return plain_text(guidance(decision, everything=everything), width)


def as_rich(decision: Decision, *, everything: bool = False) -> RenderableType:
    """The guidance for a terminal that rich can draw on."""
    from thresholds.present.terminal import InColour

    return InColour(list(guidance(decision, everything=everything)))


def guidance(decision: Decision, *, everything: bool = False) -> Iterator[Block]:
    """What is to be read, the level of need first."""
    yield from level(decision)
    yield from banner(decision)
    if decision.status != "outside_scope":
        yield from responses(decision)
        yield from awaiting(decision)
        yield from why(decision, everything)
        yield from questions(decision, everything)
    yield from _listed("What does not fit together", decision.conflicts)
    yield from _listed("Recorded as past: whether it is so now counts as not known", decision.recorded_as_past)
    if decision.strengths:
        yield from _listed("Strengths to build on", decision.strengths)
        yield Line("They matter for the help that is planned. They outweigh no danger.", tone="quiet")
    yield from _consent(decision)
    yield from _basis(decision, everything)
    yield Gap()
    yield Line(in_short(decision), lead="In short:", tone="strong")


def _listed(heading: str, texts: tuple[str, ...]) -> Iterator[Block]:
    if texts:
        yield Heading(heading)
        for text in texts:
            yield Line(words.sentence(text), mark="•")


def _consent(decision: Decision) -> Iterator[Block]:
    if decision.status == "outside_scope":
        return
    yield Heading("Agreement (consent)")
    yield Line(f"{words.CONSENT[decision.consent]} {decision.consent_note}")
    if decision.called_for:
        yield Line("It bears on what can be done, never on the level of need.", tone="quiet")


def _basis(decision: Decision, everything: bool) -> Iterator[Block]:
    record = decision.record
    yield Heading("What this rests on")
    yield Line(record.notice)
    yield Line(f"{record.title} ({record.ruleset}), {record.edition}", lead="Thresholds:")
    yield Line(words.RULESET_STATUS[record.ruleset_status], lead="Their status:")
    for status_note in record.status_notes:
        yield Line(words.sentence(status_note), mark="•", depth=1)
    yield Line(record.authority, lead="Who answers for them:")
    if decision.weakest_basis is not None:
        yield Line(words.CONFIDENCE[decision.weakest_basis], lead="The weakest ground used here:")
    cited = {source.id: source for reason in decision.reasons for source in reason.sources}
    if cited and everything:
        for name in sorted(cited):
            yield Line(f"{cited[name].title}" + _address(cited[name].address), lead=f"{name}:", depth=1, tone="quiet")
    elif cited:
        yield Line(f"{', '.join(sorted(cited))} (`--all` gives their titles)", lead="Sources:")
    about = [words.GROUP[group] for group in decision.scope]
    about += [f"reference {decision.reference}"] if decision.reference else []
    about += [f"told by: {decision.reporter_role}"] if decision.reporter_role else []
    if about:
        yield Line("; ".join(about), lead="About:")
    made = [f"for {words.day(record.on)}"]
    made += [f"by the thresholds as of {words.day(record.as_at)}"] if record.as_at else []
    made += [f"engine {record.engine}", f"thresholds {record.library}", f"ruleset {record.hash[:12]}"]
    yield Line(", ".join(made), lead="Made:", tone="quiet")


def _address(address: str | None) -> str:
    return f", {address}" if address else ""

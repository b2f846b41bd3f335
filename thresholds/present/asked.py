"""The questions of a decision in words: what is not known, whom to ask, and in front of whom not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from thresholds.decision import Decision, Question
from thresholds.present import words
from thresholds.present.blocks import Block, Heading, Line
from thresholds.wording import plain

_MOST_QUESTIONS = 8


def questions(decision: Decision, everything: bool) -> Iterator[Block]:
    """The section; unless `everything` is asked for, only the most telling."""
    yield Heading("What is not known, and whom to ask")
    if decision.refer_now:
        yield Line(
            "Refer first. What would have somebody investigate is left out: social workers, police and health ask it."
        )
    elif not decision.questions:
        yield Line("Nothing that is still unknown could change this answer.")
    shown = 0
    number = 0
    for _, same in groupby(decision.questions, key=lambda question: question.topic):
        group = list(same)
        if shown >= _MOST_QUESTIONS and not everything and not group[0].ask_now:
            break
        kept = group if everything else group[: max(_MOST_QUESTIONS - shown, 1)]
        shown += len(kept)
        for question in kept:
            number += 1
            text = question.question
            if question.could_reach is not None:
                text += f" (could lead to {question.could_reach})"
            yield Line(text, mark=f"{number}.".ljust(3), lead="Ask now:" if question.ask_now else "")
        yield from _how(kept[0])
    hidden = len(decision.questions) - shown
    if hidden:
        text = f"{words.counted(hidden, 'more question')} could change the answer: `--all` shows them"
        yield Line(f"{text} (in Python: decision.questions).")


def _how(question: Question) -> Iterator[Block]:
    if question.ask:
        yield Line(f"{'; '.join(question.ask)}.", lead="Ask:", depth=2)
    if question.not_before:
        yield Line(f"{'; '.join(question.not_before)}.", lead="Not in front of:", depth=2)
    if question.could_reach is None and question.could_change:
        named = "; ".join(plain(name) for name in question.could_change)
        yield Line(f"{named}.", lead="Could add or take away:", depth=2)

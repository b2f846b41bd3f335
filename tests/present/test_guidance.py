"""Guidance in words: what comes first, what must never be missing, and what must never appear."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import thresholds
from tests.cases import assessments, decide, ruleset
from thresholds.present.guidance import as_rich, as_text

SECRET = "Zebedee told me"
TWO_ACCOUNTS = [{"value": "low"}, {"value": "high"}]


def words_of(text: str) -> str:
    """The words without frames, line ends and blanks."""
    return " ".join(re.sub(r"[*=\-━┃┏┓┗┛+|•]+", " ", text).split())


def drawn(decision: thresholds.Decision, width: int, *, colour: bool = False, encoding: str = "utf-8") -> str:
    """What rich makes of it, every question and reason included."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    console = Console(file=file, width=width, force_terminal=colour, color_system="truecolor" if colour else None)
    console.print(as_rich(decision, everything=True))
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding)


def order_of(text: str, *parts: str) -> None:
    """All parts are there, in this order."""
    places = [text.find(part) for part in parts]
    assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert places == sorted(places)


# --- what comes first -----------------------------------------------------------------------------------------------


def test_the_level_of_need_comes_first_and_the_basis_last() -> None:
    """The sections stand in the order in which a practitioner needs them."""
    text = as_text(
        decide(observations={"hitting": "low", "hunger": "low", "helpful_neighbour": True, "neglect": TWO_ACCOUNTS})
    )
    assert text.startswith("Level of need: ")
    order_of(
        text,
        "Level of need: ",
        "Provisional.",
        "ASK NOW",
        "What this points to",
        "Waiting for a person's decision",
        "\nWhy\n",
        "What is not known, and whom to ask",
        "What does not fit together",
        "Strengths to build on",
        "Agreement (consent)",
        "What this rests on",
        "In short:",
    )


def test_a_danger_that_nothing_outweighs_says_refer_now_before_the_responses() -> None:
    """The banner tells to refer, not to investigate, and not to delay for the form."""
    text = as_text(decide(observations={"hitting": "high"}))
    order_of(
        text, "Level of need: specialist", "REFER NOW", "Do not investigate", "do not delay", "What this points to"
    )
    assert "complete this form" in text
    assert "ASK NOW" not in text
    assert "REFER NOW" in text.rsplit("In short:", 1)[1]


def test_without_such_a_danger_there_is_no_banner() -> None:
    """Nobody is told to refer now for low attendance."""
    text = as_text(decide(looked_at="everything", observations={"attendance": 80}))
    assert "REFER NOW" not in text
    assert "ASK NOW" not in text


def test_an_open_exception_does_not_calm_a_referral() -> None:
    """While it is refer now, no lower level is held out."""
    decision = decide(observations={"bruise": True})
    text = as_text(decision)
    assert decision.floor == "universal"
    assert "Do not wait to find out" in words_of(text)
    assert "could still be" not in text
    assert "it is explained" in words_of(text)


def test_what_it_could_still_be_is_said_in_words() -> None:
    """A provisional answer names every other level it could turn out to be, the highest first."""
    text = words_of(as_text(decide(looked_at=["injury", "home", "school"], observations={"attendance": 80})))
    assert decide(looked_at=["injury", "home", "school"], observations={"attendance": 80}).provisional is False
    text = words_of(as_text(decide(looked_at=["school"], observations={"attendance": 80})))
    assert "With what is not yet known it could still be: specialist. Do not treat it as settled." in text


def test_nothing_known_is_not_universal() -> None:
    """With nothing known no level is named, and all three could still be."""
    decision = decide()
    text = words_of(as_text(decision))
    assert decision.tier is None
    assert text.startswith("Level of need: not enough is known to say")
    assert "it could still be: specialist, targeted or universal" in text
    assert "Nothing yet: too little is known." in text


def test_outside_the_thresholds_it_says_where_to_turn() -> None:
    """Somebody of 40 gets no level, and is told where to turn."""
    text = as_text(decide(child={"age": 40}))
    assert text.startswith("Outside the children's thresholds\n")
    assert "Turn to adult social care." in text
    assert "What this points to" not in text


def test_universal_is_told_as_what_every_family_has() -> None:
    """When everything was looked at and nothing found, the level is universal and settled."""
    decision = decide(looked_at="everything", observations={"attendance": 99, "homeless": "unknown"})
    assert decision.tier == "universal"
    assert "those that every family has" in words_of(as_text(decision))


def test_a_person_whose_place_in_the_scope_is_unknown_is_told_so() -> None:
    """Between 15 and 19 it is not known whether the thresholds cover the person."""
    text = words_of(as_text(decide(child={"between": [18, 19]}, observations={"hitting": "high"})))
    assert "It is not known whether these thresholds cover this person" in text


# --- responses and decisions ----------------------------------------------------------------------------------------


def test_consider_names_who_must_decide_and_what_is_blocked() -> None:
    """A specialist response to be considered blocks closing and stepping down, and nobody is told it is so."""
    text = words_of(as_text(decide(observations={"missing_episodes": ["2017-02-01", "2017-02-03", "2017-02-09"]})))
    assert "Consider: Section 47 enquiry — the social worker must decide" in text
    assert "nothing may be closed or stepped down" in text
    assert '"no further action" cannot be chosen' in text
    assert "Because of: Going missing." in text
    assert "What is known points at least to" in text


def test_a_danger_not_ruled_out_is_named_where_a_sign_of_it_is_known() -> None:
    """What awaits a decision says which danger is open, and the question stands in the banner."""
    text = words_of(as_text(decide(observations={"hitting": "low"})))
    assert "Not ruled out: A bruise." in text
    assert "A sign that is known: hitting." in text
    assert "Ask now: Is the child hurt?" in text
    assert "Not in front of: a parent who may have done it." in text
    assert "A sign of a danger is known, and the danger itself is not ruled out." in text


def test_what_is_covered_by_another_response_is_shown_there() -> None:
    """An absorbed response has no entry of its own and is named by the one that covers it."""
    decision = decide(
        looked_at="everything",
        observations={"hitting": "high", "neglect": "moderate", "hunger": "low", "exclusions": 1},
    )
    assert set(decision.absorbed) == {"early_help", "school_support"}
    text = as_text(decision)
    assert text.count("• Points to: ") == 1
    assert "Covers as well: Early Help Assessment; school support." in words_of(text)


def test_asking_the_family_where_that_is_unsafe_is_warned_of() -> None:
    """Before the first step that speaks of talking to parents stands that this was judged unsafe."""
    text = words_of(as_text(decide(consent="unsafe_to_seek", observations={"attendance": 80})))
    order_of(text, "Asking the family was judged unsafe", "First step: Talk with the family.")


def test_a_refusal_changes_what_can_be_done_and_not_the_level() -> None:
    """Both answers name the same level; the refusal is told with what it stops."""
    given_, refused = (decide(consent=one, observations={"attendance": 80}) for one in ("given", "refused"))
    assert given_.tier == refused.tier
    assert "The family does not agree." in as_text(refused)
    assert "It bears on what can be done, never on the level of need." in as_text(refused)


# --- reasons, questions, basis --------------------------------------------------------------------------------------


def test_a_reason_tells_its_evidence_and_its_ground() -> None:
    """Sentence, value, who saw it and when, sources and how sure they are."""
    text = words_of(as_text(decide(observations={"hitting": {"value": "high", "basis": "seen", "on": "2017-02-20"}})))
    assert "Hitting (nothing outweighs this)" in text
    assert "Hitting is high." in text
    assert "Known: hitting: high (seen, 20 February 2017)." in text
    assert "Rests on: S1, S2 (statute or statutory guidance)" in text


def test_the_decisive_reason_comes_before_those_for_what_it_covers() -> None:
    """Reasons for a covered response stand behind the reason for the response that covers it."""
    text = as_text(
        decide(looked_at="everything", observations={"neglect": "moderate", "hunger": "low", "exclusions": 1})
    )
    order_of(text.split("\nWhy\n")[1], "A pattern of neglect", "exclusions")


def test_accounts_that_differ_are_told() -> None:
    """The worst of several observations counts, and that they differ is said twice."""
    text = words_of(as_text(decide(observations={"hitting": TWO_ACCOUNTS})))
    assert "accounts differ and the worst counts" in text
    assert "What does not fit together" in text


def test_only_the_most_telling_questions_are_shown_unless_all_are_asked_for() -> None:
    """Eight at first, with how many more there are and how to see them."""
    decision = decide(looked_at=["home"], observations=dict.fromkeys(MANY, "unknown"))
    assert len(decision.questions) > 8
    short, long = as_text(decision), as_text(decision, everything=True)
    hidden = len(decision.questions) - 8
    assert f"{hidden} more question{'s' if hidden > 1 else ''} could change the answer: `" in words_of(short)
    assert "`--all`" in short
    assert "could change the answer" not in words_of(long)
    for question in decision.questions:
        assert question.question in words_of(long)


MANY = ("neglect", "hunger", "homeless", "caring", "helpful_neighbour", "lives_with", "plan", "once_in_care")


def test_the_basis_says_what_the_answer_was_made_with() -> None:
    """Ruleset, edition, status, notice, engine, version and hash stand at the end."""
    decision = decide(observations={"hitting": "high"})
    text = words_of(as_text(decision))
    for part in ("A small ruleset (small), first", "draft", "Made for tests.", "engine ", decision.record.hash[:12]):
        assert part in text
    assert "The weakest ground used here:" in text
    assert "S1: A source" in words_of(as_text(decision, everything=True))


# --- what must never appear -----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(assessments(), st.integers(30, 130))
def test_every_answer_keeps_the_promises(case: dict[str, Any], width: int) -> None:
    """Level first, judgement said, no line too long, no free text, nothing approved, the whole of it in colour too."""
    views = {"child": SECRET, "parents": SECRET}
    decision = ruleset().assess(thresholds.Assessment.read({**case, "views": views}))
    text = as_text(decision, width=width, everything=True)
    words = words_of(text)
    assert words.startswith(("Level of need: ", "Outside the children's thresholds"))
    assert "supports professional judgement and never replaces it" in words
    assert max(map(len, text.splitlines())) <= width
    assert SECRET not in words
    assert not re.search(r"\b(approv|diagnos|guilt|low risk|no risk|safe to close)", words.casefold())
    assert ("REFER NOW" in text) is decision.refer_now
    for response in decision.called_for:
        assert words_of(response.label) in words
    if decision.status != "outside_scope":
        for reason in decision.reasons:
            assert words_of(reason.title) in words
    assert words_of(drawn(decision, width)) == words_of(as_text(decision, width=min(width, 100), everything=True))


def test_without_colour_rich_writes_no_codes_and_with_colour_says_the_same() -> None:
    """Colour only underlines: taken away, the same words remain."""
    decision = decide(observations={"hitting": "high"})
    plain, coloured = drawn(decision, 80), drawn(decision, 80, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_a_screen_that_knows_few_characters_gets_others_in_their_place(encoding: str) -> None:
    """Nothing fails, and nothing of the meaning is lost."""
    decision = decide(observations={"hitting": "low"}, reporter_role="Lehrkräfte \u2013 “Año”…")
    text = drawn(decision, 80, encoding=encoding)
    assert "REFER" in text or "ASK NOW" in text
    assert "the social worker must decide" in words_of(text)
    if encoding == "ascii":
        assert 'Lehrkrafte - "Ano"...' in text


def test_what_was_typed_in_does_not_act_on_the_terminal() -> None:
    """Control characters become blanks, and brackets are no instructions to rich."""
    decision = decide(reporter_role="\x1b[31m[bold]x[/bold]\x07\u202e")
    for text in (as_text(decision), drawn(decision, 80), drawn(decision, 80, colour=True)):
        assert "[bold]x[/bold]" in text
        assert "\x1b[31m[bold]" not in text
        assert "\x07" not in text
        assert "\u202e" not in text


def test_decisions_print_themselves() -> None:
    """`explain()` gives the text, and rich draws a decision that is printed."""
    decision = decide(observations={"hitting": "high"})
    assert decision.explain() == as_text(decision)
    console = Console(file=io.StringIO(), width=80)
    console.print(decision)
    assert isinstance(console.file, io.StringIO)
    assert words_of(console.file.getvalue()) == words_of(as_text(decision, width=80))

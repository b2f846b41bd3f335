"""A comparison read aloud: short first, then who, why and because of what; never more than was proved."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import effort
from tests.policy.slips import ON, pair
from tests.small_rulesets import Change, Files, add_indicator, add_rule, entry, load, small
from thresholds.errors import NothingToCompare
from thresholds.present.blocks import Heading, Line, Sheet, Table, Title, plain_text
from thresholds.present.report import as_html, as_markdown
from thresholds.testing.dice import Dice

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.compare import Comparison, compare
from thresholds.policy.searching import Patience
from thresholds.present.comparison import comparison_in_words, comparison_page

DICE = st.randoms(use_true_random=False).map(Dice)
DAY = date(2017, 3, 1)


def compared(
    folder: Path, change: Change, old: Change = lambda _: None, on: date = DAY, **options: object
) -> Comparison:
    files = small()
    old(files)
    before = load(files, folder / "old")
    change(files)
    return compare(before, load(files, folder / "new"), on, **options)  # type: ignore[arg-type]


def said(comparison: Comparison, *, everything: bool = False) -> str:
    """All of it, however it is folded."""
    return " ".join(plain_text(comparison_in_words(comparison, ("old", "new"), everything), 80).split())


def say(identifier: str, **fields: object) -> Change:
    return lambda files: entry(files, identifier).update(fields)


def test_which_two_were_compared(tmp_path: Path) -> None:
    """Name, edition, day and content of both, so that a report says for itself what it is about."""
    text = said(compared(tmp_path, say("review", tier="targeted")))
    assert text.startswith("From old to new ===")
    assert "Old: small, edition \u201cfirst\u201d (content " in text
    assert "New: small, edition \u201cfirst\u201d (content " in text
    pinned = load(small(), tmp_path / "pinned", as_at=date(2016, 1, 1))
    assert "as it stood on 1 January 2016" in said(compare(pinned, pinned, DAY))


def test_nothing_is_said_of_differences_where_there_are_none(tmp_path: Path) -> None:
    """A change of words: the proof, the change, and what was not looked at."""
    text = said(compared(tmp_path, say("others_rule", title="Said otherwise")))
    assert "Text: 1 rule altered." in text
    assert "Answers: every child is answered alike. This is proved for all of them, not sampled." in text
    assert "nobody: proved" not in text
    assert "title: was \u201cLives with others\u201d, is \u201cSaid otherwise\u201d" in text
    assert "What is not known of a child is not compared" in text


def test_only_responses(tmp_path: Path) -> None:
    """That no level changes is said first."""
    text = said(compared(tmp_path, say("others_rule", then={"review": "offer"})))
    assert "Answers: no child comes to another level of need; 1 response called for differently." in text
    assert "review: \u2022 called for \u2192 may be offered: 1 situation found" in text


def test_only_levels(tmp_path: Path) -> None:
    """A response at another level is called for as before."""
    text = said(compared(tmp_path, say("review", tier="targeted")))
    assert "Answers: some children come to another level of need; no response is called for differently." in text
    assert "For every response it is proved that no child is answered differently." in text
    assert "No rule held that does not hold now. Now: targeted. No rule holds that did not hold before." in text
    assert "Because of this change: response \u201creview\u201d" in text


def test_what_is_covered_anyway_is_told_apart(tmp_path: Path) -> None:
    """A response called for as well where another covers it: nothing else is to be done."""

    def more(files: Files) -> None:
        files["rules/rules.yaml"][6]["then"] = {"early_help": "points_to", "school_support": "points_to"}

    found = compared(tmp_path, more)
    assert all(move.slight for move in found.behaviour.possible)
    text = said(found)
    assert "every child comes to the same level of need, and to the same responses but for those covered anyway" in text
    assert (
        "These are now called for as well, where another response covers them, so nothing else is to be done: "
        "school support." in text
    )
    assert "school support: not called for \u2192 covered by another response" in text


def test_more_than_a_few_situations(tmp_path: Path) -> None:
    """The first three, and how to see the others; with everything all of them, each with a file for its child."""

    def many(files: Files) -> None:
        for number in range(5):
            add_indicator(files, f"sign_{number}", "flag", worse="present", absent="false")
            add_rule(files, f"rule_{number}", when={f"sign_{number}": True}, then={"enquiry": "points_to"})

    found = compared(tmp_path, many)
    short, whole = said(found), said(found, everything=True)
    assert f"{len(found.explained) - 3} more situations: `--all` or a report (`--html FILE`) tells them." in short
    assert "more situations:" not in whole
    blocks = list(comparison_in_words(found, ("old", "new"), everything=True))
    assert sum(isinstance(block, Sheet) for block in blocks) == len(found.explained)
    assert "The old one does not know these, and was not told of them: sign 0, sign 1, sign 2, sign 3, sign 4." in whole


def test_alternatives_are_named_up_to_six(tmp_path: Path) -> None:
    """`one of these 9`, of which some are named; all of them where everything is told."""

    def many(files: Files) -> None:
        names = [f"sign_{number}" for number in range(9)]
        for name in names:
            add_indicator(files, name, "flag", worse="present", absent="false")
        add_rule(files, when={"plan": True, "any": [{name: True} for name in names]}, then={"review": "points_to"})

    found = compared(tmp_path, many)
    assert "with these and no other need: \u2022 plan \u2022 one of these 9:" in said(found)
    assert "- and 3 more" in said(found)
    assert "and 3 more" not in said(found, everything=True)


def test_what_is_defined_differently_is_said_before_what_was_found(tmp_path: Path) -> None:
    """Whoever reads the answer first knows of whom it is given."""
    text = said(compared(tmp_path, say("caring", range="[0..100]")))
    assert "and who have nothing to say of caring (the two define this differently)" in text
    assert "no difference was found among the children who could be compared: see what was left out" in text
    assert "Both define these, but so differently that no child can be described to both alike: caring." in text
    assert "every child is answered alike" not in text


def test_who_is_called_impossible_by_one_only(tmp_path: Path) -> None:
    """Whether they are answered alike is said, either way."""

    def hidden(files: Files) -> None:
        entry(files, "others_rule")["then"] = {"review": "offer"}
        more(files)

    def more(files: Files) -> None:
        files["impossible.yaml"].append({"id": "more", "when": {"lives_with": "others"}, "because": "it cannot be"})

    assert "rules out: some are answered differently" in said(compared(tmp_path / "one", hidden))
    alike = said(compared(tmp_path / "two", more))
    assert "rules out: every one is answered alike, which is proved" in alike
    assert "Answers: every child is answered alike" in alike


def test_lengths_of_time_that_rest_on_the_calendar(tmp_path: Path) -> None:
    """30 days and 1 month are the same before that day, and it is said that they need not be."""
    window = say("missing_window", unit="months", value="1 month")
    found = compared(tmp_path, window, old=say("missing_window", value="30 days"), on=date(2017, 12, 15))
    text = said(found)
    assert "Answers: every child is answered alike" in text
    assert "depends on the calendar: it was taken as it falls on 15 December 2017." in text


def test_stopped_stands_before_what_was_found(tmp_path: Path) -> None:
    """Nothing is called the same or proved that was not looked into."""
    stop = threading.Event()
    stop.set()
    found = compared(tmp_path, say("review", tier="targeted"), patience=Patience(60, stop))
    text = said(found)
    assert "STOPPED: 94 ways in which an answer could differ were not looked into, so this is a part" in text
    assert "Answers:" not in text
    assert "NOT FINISHED: early help; enquiry; refer now; review; school support." in text
    assert text.count("NOT FINISHED") == 12 + 1
    assert "nobody: proved" not in text


@effort(30)
@given(DICE)
def test_any_comparison_can_be_read(dice: Dice) -> None:
    """On a screen of 80 columns, as a page and as Markdown; each difference that is told has a heading."""
    old, new = pair(dice)
    try:
        found = compare(old, new, dice.one(ON), signs=dice.number(1, 3))
    except NothingToCompare:
        return
    for everything in (False, True):
        blocks = list(comparison_in_words(found, ("old", "new"), everything))
        assert isinstance(blocks[0], Title)
        tables = [block for block in blocks if isinstance(block, Table)]
        assert len(tables) == (0 if found.behaviour.same else 1)
        numbered = [block for block in blocks if isinstance(block, Heading) and block.text[0].isdigit()]
        assert len(numbered) == (len(found.explained) if everything else min(3, len(found.explained)))
        text = plain_text((block for block in blocks if not isinstance(block, Sheet)), 80)
        assert max(map(len, text.splitlines())) <= 80
        for block in blocks:
            assert not isinstance(block, Line) or "  " not in block.text
        assert as_html(blocks, title="Found").count("<h1") == 1
        assert as_markdown(blocks)
    assert comparison_page(found, ("old", "new")).startswith("<!DOCTYPE html>")

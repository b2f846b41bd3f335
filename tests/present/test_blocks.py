"""Blocks on a screen: nothing is lost, nothing is wider than the screen, and a file's text stays as it is."""

from __future__ import annotations

import io
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.present.drawn_blocks import blocks, tables, words_in
from thresholds.present.blocks import Block, Line, Sheet, Table, carried, carried_block, plain_text
from thresholds.present.terminal import InColour

THREE = Table(
    ("Statement", "Result", "Where"),
    (
        (
            "A bruise on a baby under six months always leads to a strategy discussion",
            "refuted",
            "invariants.yaml:12:3",
        ),
        ("Nobody is asked twice", "proved", "invariants.yaml:18:3"),
    ),
    "What was tried",
)


def drawn(made: list[Block], width: int) -> str:
    """What rich makes of blocks on a terminal, without its colours."""
    file = io.StringIO()
    Console(file=file, width=width, force_terminal=True, highlight=False, emoji=False).print(InColour(made), crop=False)
    return re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())


def letters(text: str) -> str:
    """Only what cannot be part of a frame, or be lost where a line ends."""
    return "".join(letter for letter in text if letter.isalnum())


@given(blocks(), st.integers(20, 120))
def test_every_text_is_on_the_screen_and_none_acts_on_it(made: list[Block], width: int) -> None:
    """Plain or in colour, each word of each block is shown, and no control character is left."""
    folded = [block for block in made if isinstance(block, Table)]  # row by row, with their neighbours between
    whole = set(words_in(made)) - set(words_in(folded))
    for text in (plain_text(made, width), drawn(made, width)):
        assert all(letter.isprintable() or letter in "\n\xa0" for letter in text)
        shown = letters(text)
        assert all(letters(part) in shown for part in whole)


@given(tables(), st.integers(20, 120))
def test_a_table_is_never_wider_than_the_screen_and_loses_no_word(table: Table, width: int) -> None:
    """Side by side or one below the other: every letter of every cell is there, once for each time it stands there."""
    lines = plain_text([table], width).splitlines()
    assert max(map(len, lines), default=0) <= width
    shown, wanted = (Counter(letters("".join(texts))) for texts in (lines, words_in([table])))
    assert shown >= wanted


def test_a_table_stands_side_by_side_where_it_fits() -> None:
    """Columns are aligned, long cells folded in their own column, and no word is broken."""
    lines = plain_text([THREE], 80).splitlines()
    assert lines[0] == "What was tried"
    starts = {line.index(word) for line, word in ((lines[1], "Result"), (lines[3], "refuted"))}
    assert len(starts) == 1
    assert "invariants.yaml:12:3" in lines[3]


def test_a_table_becomes_lines_where_it_does_not_fit() -> None:
    """On a narrow screen each cell follows the name of its column."""
    for text in (plain_text([THREE], 40), drawn([THREE], 40)):
        assert "\u2022 Statement: A bruise on a baby under" in text
        assert "  Where: invariants.yaml:12:3" in text
        assert max(map(len, text.splitlines())) <= 40


def test_a_ragged_table_is_refused() -> None:
    """A row with too few or too many cells is a fault of whoever made it."""
    for rows in ((("a",),), (("a", "b", "c"),)):
        with pytest.raises(ValueError, match="one cell for each"):
            Table(("x", "y"), rows)
    with pytest.raises(ValueError, match="one cell for each"):
        Table((), ())


@pytest.mark.parametrize("width", [20, 80])
def test_the_text_of_a_file_is_never_folded(width: int) -> None:
    """However narrow the screen, each line of a file stays one line, with its indentation and empty lines."""
    text = "a:\n  - " + "word " * 40 + "\n\n\n  - b"
    made: list[Block] = [Line("Before."), Sheet(text, "yaml"), Line("After.")]
    assert f"\n\n{text}\n\n" in plain_text(made, width)
    assert f"\n\n{text}\n\n" in drawn(made, width)


@given(st.text(max_size=40), st.sampled_from(["utf-8", "ascii", "cp1252"]))
def test_a_file_keeps_its_lines_in_every_encoding(text: str, encoding: str) -> None:
    """What a screen cannot carry is replaced within its line; no line is lost or made."""
    sheet = carried_block(Sheet(text), encoding)
    assert isinstance(sheet, Sheet)
    assert sheet.text == "\n".join(carried(line, encoding) for line in text.split("\n")).strip("\n")
    sheet.text.encode(encoding)

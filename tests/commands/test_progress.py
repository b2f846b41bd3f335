"""The line that says how far a long piece of work is: only on a terminal, never wider than it, gone at the end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from thresholds.commands.progress import Steps, progress, stoppable

termios = pytest.importorskip("termios", reason="needs a POSIX terminal")

COLUMNS = 40


@contextmanager
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A terminal of 40 columns, and where what is written to it can be read."""
    seen, made = os.openpty()
    termios.tcsetwinsize(made, (10, COLUMNS))
    with os.fdopen(made, "w", encoding="utf-8") as out:
        try:
            yield out, seen
        finally:
            os.close(seen)


def read(out: TextIO, seen: int) -> str:
    """All that was written to it, which comes in pieces."""
    print("END", end="", file=out, flush=True)
    text = b""
    while not text.endswith(b"END"):
        text += os.read(seen, 100_000)
    return text.decode("utf-8").removesuffix("END")


def test_the_line_shows_the_step_and_disappears(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of how many, its name; at the end the row is empty and the cursor at its start."""
    with terminal() as (out, seen):
        monkeypatch.setattr(sys, "stderr", out)
        with progress("Proving", 3) as step:
            step("the first")
            step("a second one with so long a name that it does not fit")
        rows = [row for row in read(out, seen).split("\r") if row]
    assert rows[0].startswith("Proving 1 of 3, 0 s: the first ")
    assert rows[1].startswith("Proving 2 of 3, ")
    assert rows[1].endswith("...")
    assert rows[-1].strip() == ""
    assert {len(row) for row in rows} == {COLUMNS - 1}


@pytest.mark.parametrize("quiet", ["no terminal", "not shown", "dumb"])
def test_elsewhere_nothing_is_written(
    quiet: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into a pipe, with `--json`, and on a terminal that cannot go back in its line."""
    with terminal() as (out, seen):
        if quiet != "no terminal":
            monkeypatch.setattr(sys, "stderr", out)
        if quiet == "dumb":
            monkeypatch.setenv("TERM", "dumb")
        with progress("Proving", 3, shown=quiet != "not shown") as step:
            step("the first")
        assert read(out, seen) == ""
    assert capsys.readouterr().err == ""


@given(st.text(max_size=60))
def test_no_name_leaves_its_row(name: str) -> None:
    """Whatever a step is called, the row is as wide as the terminal less one, and nothing in it moves the cursor."""
    with terminal() as (out, seen):
        Steps("Doing", None, out)(name)
        row = read(out, seen).strip("\r")
    assert all(letter.isprintable() or letter == "\xa0" for letter in row)
    assert cell_len(row) == COLUMNS - 1


def test_a_terminal_that_is_gone_stops_no_work(tmp_path: Path) -> None:
    """Where the line cannot be drawn, the steps go on."""
    with (tmp_path / "file").open("w", encoding="utf-8") as file:
        Steps("Doing", 1, file)("no terminal at all")
    Steps("Doing", 1, file)("closed")
    assert (tmp_path / "file").read_text(encoding="utf-8") == ""


def test_work_gives_its_result_or_its_error() -> None:
    """What is done in the thread comes back, and so does what is raised there."""
    steps = Steps("Doing", None, None)
    assert stoppable(lambda stop: stop.is_set(), steps) is False

    def fails(_: threading.Event) -> None:
        raise LookupError("such a thing")

    with pytest.raises(LookupError, match="such a thing"):
        stoppable(fails, steps)

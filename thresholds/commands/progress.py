"""Long work: a line on standard error that says how far it is, and a first Ctrl-C that ends it with what there is."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TextIO, TypeVar

Result = TypeVar("Result")

_OFTEN = 0.1
"""Seconds after which the wish to stop is looked at."""
_EACH = 1.0
"""Seconds after which the line is drawn again, so that it can be seen that work goes on."""
_STOPPING = "stopping; Ctrl-C again ends at once"


class Steps:
    """Called with the name of each step as it begins."""

    def __init__(self, doing: str, total: int | None, out: TextIO | None) -> None:
        self._doing, self._total, self._out = doing, total, out
        self._done, self._name = 0, ""
        self._began, self._lock = time.monotonic(), threading.Lock()

    def __call__(self, name: str) -> None:
        """The next step begins."""
        self._done, self._name = self._done + 1, name
        self.draw()

    def stopping(self) -> None:
        """Say from now on that the work is about to end."""
        if self._name != _STOPPING:
            self._name = _STOPPING
            self.draw()

    def draw(self) -> None:
        """Put the line onto the screen again."""
        of = f" of {self._total}" if self._total is not None else ""
        self._show(f"{self._doing} {self._done}{of}, {time.monotonic() - self._began:.0f} s: {self._name}")

    def clear(self) -> None:
        """Take the line from the screen."""
        self._show("")

    def _show(self, text: str) -> None:
        if self._out is None:
            return
        from rich.cells import cell_len, set_cell_size

        from thresholds.present.blocks import carried

        with self._lock, suppress(OSError, ValueError):
            columns = os.get_terminal_size(self._out.fileno()).columns - 1
            text = carried(" ".join(text.split()), self._out.encoding or "ascii")
            if cell_len(text) > columns:
                text = set_cell_size(text, max(columns - 3, 0)) + "..."
            self._out.write(f"\r{set_cell_size(text, columns)}\r")
            self._out.flush()


@contextmanager
def progress(doing: str, total: int | None = None, *, shown: bool = True) -> Iterator[Steps]:
    """Steps that show themselves while the work goes on, where standard error is a terminal and `shown` is true.

    `with progress("Proving", 13, shown=not arguments.json) as step: step("A bruised baby is referred")`
    """
    visible = shown and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    steps = Steps(doing, total, sys.stderr if visible else None)
    if not visible:
        yield steps
        return
    ended = threading.Event()

    def again() -> None:
        while not ended.wait(_EACH):
            steps.draw()

    clock = threading.Thread(target=again, daemon=True)
    clock.start()
    try:
        yield steps
    finally:
        ended.set()
        clock.join()
        steps.clear()


def stoppable(work: Callable[[threading.Event], Result], steps: Steps) -> Result:
    """What `work` gives. At the first Ctrl-C its event is set, so that it can end early with what it has found.

    A second Ctrl-C ends the command at once (status 130). The work is done in a thread of its own, for a solver that
    is at work hears no signal. Raises what `work` raises.
    """
    stop, outcome = threading.Event(), Future[Result]()

    def run() -> None:
        try:
            outcome.set_result(work(stop))
        except BaseException as error:  # it is raised again below
            outcome.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    with _first_interrupt(stop):
        thread.start()
        while thread.is_alive():
            thread.join(_OFTEN)
            if stop.is_set():
                steps.stopping()
    return outcome.result()


@contextmanager
def _first_interrupt(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C sets the event, the second ends the process; elsewhere than in a command nothing is changed."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def first(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

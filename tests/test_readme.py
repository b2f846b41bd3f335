"""README's example is run, and its output compared."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import thresholds
from thresholds.policy import run_examples, unexercised

README = Path(__file__).parent.parent / "README.md"


def test_the_import_example_prints_what_the_readme_says() -> None:
    """The ten lines that README shows give the output that README shows."""
    blocks = re.findall(r"```(python|text)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    code = next(text for kind, text in blocks if kind == "python")
    expected = next(text for kind, text in blocks if kind == "text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == expected


def test_the_minimal_ruleset_loads_and_answers_its_own_examples() -> None:
    """The ruleset that README offers to copy has no problem, and each of its rules is exercised."""
    ruleset = thresholds.load(README.parent / "examples" / "minimal_ruleset")
    results = run_examples(ruleset)
    assert results
    assert all(result.passed for result in results)
    assert unexercised(ruleset, results) == ()

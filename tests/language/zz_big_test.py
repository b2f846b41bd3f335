"""However a rule file is damaged, the answer is a ruleset or a list of problems, each of use to who must mend it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import thresholds
from tests.small_rulesets import as_text, entry, overlay, small, write

ON = date(2017, 3, 1)
TEXTS = {path: as_text(content) for path, content in small().items()}
REPLACED = {"others_rule": ("rule", "rules/rules.yaml"), "enquiry": ("response", "responses.yaml")}
OVER = overlay(replaces=[{kind: name, "reason": "x"} for name, (kind, _) in REPLACED.items()])
OVER |= {file: [entry(small(), name)] for name, (_, file) in REPLACED.items()}
TEXTS |= {f"local/{path}": as_text(content) for path, content in OVER.items()}
PATHS = sorted(TEXTS)
ENGINES: tuple[Literal["bitmap", "reference"], ...] = ("bitmap", "reference")
TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
WORDS = sorted({token for text in TEXTS.values() for token in re.findall(r"\w+", text)})
ODDITIES = [
    ">= 3",
    ">3",
    "[5..18)",
    "012",
    "null",
    "~",
    "*a",
    "&a b",
    "!x y",
    "{}",
    "[]",
    "- ",
    ": ",
    "\t",
    "#",
    "'",
    '"',
]
ODDITIES += [
    "|",
    ">",
    "%",
    "@",
    "`",
    "\n",
    "  ",
    "not(",
    "..",
    "-1",
    "1e400",
    "9" * 30,
    "true",
    "2017-02-30",
    "é",
    "\u200b",
]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in which one ruleset is written over and over."""
    made = Path(tempfile.mkdtemp())
    yield made
    shutil.rmtree(made)


@st.composite
def damage(draw: st.DrawFn) -> dict[str, str]:
    """The texts of the small ruleset and an overlay, with some lines and words deleted, doubled, exchanged or new."""
    texts = dict(TEXTS)
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        path = draw(st.sampled_from(PATHS))
        lines = texts[path].split("\n")
        number = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["delete", "double", "swap", "indent", "word", "odd", "cut"]))
        if how == "delete":
            del lines[number : number + draw(st.integers(1, 4))]
        elif how == "double":
            lines.insert(draw(st.integers(0, len(lines))), lines[number])
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[number], lines[other] = lines[other], lines[number]
        elif how == "indent":
            lines[number] = draw(st.sampled_from([" " + lines[number], "  " + lines[number], lines[number].lstrip()]))
        elif how == "cut":
            lines = lines[:number]
        else:
            tokens = TOKEN.findall(lines[number]) or [""]
            at = draw(st.integers(0, len(tokens) - 1))
            new = draw(st.sampled_from(WORDS if how == "word" else ODDITIES))
            tokens[at : at + draw(st.integers(0, 1))] = [new]
            lines[number] = "".join(tokens)
        texts[path] = "\n".join(lines)
    return texts


def loaded(texts: dict[str, str], folder: Path) -> thresholds.Ruleset | None:
    """The ruleset, or None where it is refused in good order."""
    for name in ("small", "local"):
        shutil.rmtree(folder / name, ignore_errors=True)
    write({(path if path.startswith("local/") else f"small/{path}"): text for path, text in texts.items()}, folder)
    try:
        return thresholds.load(folder / "local")
    except (thresholds.RulesetNotFound, thresholds.RulesetInvalid) as error:
        in_order(error)
    return None


def in_order(error: thresholds.ThresholdsError) -> None:
    """Every problem has a place, a message and a help, in words for people."""
    if not isinstance(error, thresholds.RulesetInvalid):
        assert error.help
        return
    assert error.problems
    for problem in error.problems:
        assert problem.place.file.startswith(("small/", "local/"))
        assert problem.place.line >= 1
        assert problem.place.column >= 1
        assert problem.message.strip()
        assert problem.help.strip()
        assert "Traceback" not in problem.message
        assert "pydantic" not in f"{problem.message}{problem.help}".lower()


def test_the_undamaged_ruleset_loads(folder: Path) -> None:
    """What is damaged below is without fault before."""
    assert loaded(TEXTS, folder) is not None


@settings(max_examples=6000, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=damage())
def test_a_damaged_ruleset_is_refused_in_good_order_or_works(texts: dict[str, str], folder: Path) -> None:
    """Nothing but RulesetInvalid and RulesetNotFound is raised; what loads can be asked, on each engine alike."""
    ruleset = loaded(texts, folder)
    if ruleset is None:
        return
    assessment = thresholds.Assessment(child={"age": 8}, on=max(ON, ruleset.definition.header.from_))
    tiers = set()
    for engine in ENGINES:
        try:
            tiers.add(ruleset.assess(assessment, engine=engine).tier)
        except thresholds.AssessmentInvalid:
            tiers.add(None)
    assert len(tiers) == 1

"""What can be imported, at what cost, and which floor knows which."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import thresholds
from thresholds import errors

HOUSE = Path(thresholds.__file__).parent
MODULES = {
    ".".join(("thresholds", *path.relative_to(HOUSE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(HOUSE.rglob("*.py"))
}


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", thresholds.__all__)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    """Whatever stands in `__all__` can be imported and has a docstring."""
    assert (inspect.getdoc(getattr(thresholds, name)) or "").strip()


def test_the_public_names_are_those_that_are_listed() -> None:
    """`__all__` is sorted, has nothing twice, is what `dir` shows, and what the type checker is told."""
    assert list(thresholds.__all__) == sorted(set(thresholds.__all__))
    assert dir(thresholds) == list(thresholds.__all__)
    told = set()
    for node in ast.walk(ast.parse(MODULES["thresholds"].read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            imports = [one for one in node.body if isinstance(one, ast.ImportFrom)]
            told = {alias.asname or alias.name for one in imports for alias in one.names}
    assert told == set(thresholds.__all__)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    """A misspelt name fails as it does in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Assesment'"):
        _ = thresholds.Assesment
    assert not hasattr(thresholds, "__wrapped__")


# --- cost -----------------------------------------------------------------------------------------


HEAVY = ("pydantic", "yaml", "durable", "durable_rules_engine", "rich", "hypothesis", "numpy", "polars")


def test_importing_the_library_alone_costs_nothing_heavy() -> None:
    """`import thresholds` brings in neither pydantic nor yaml nor an engine: that waits for the first use."""
    loaded = json.loads(run("import json, sys, thresholds; print(json.dumps(sorted(sys.modules)))"))
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("thresholds.ThresholdsError", ("pydantic", "yaml", "durable_rules_engine", "rich", "hypothesis")),
        ("thresholds.Assessment", ("durable_rules_engine", "rich", "hypothesis")),
        ("thresholds.load('england')", ("durable_rules_engine", "rich", "hypothesis")),
    ],
)
def test_each_name_brings_in_no_more_than_it_needs(code: str, absent: tuple[str, ...]) -> None:
    """Errors are light, and nothing drags in what only tests or terminals need."""
    loaded = json.loads(run(f"import json, sys, thresholds; {code}; print(json.dumps(sorted(sys.modules)))"))
    assert [name for name in absent if name in loaded] == []


def test_everything_can_be_imported_without_a_warning() -> None:
    """Each module by itself, in any order, with warnings as errors."""
    optional = {"thresholds.engines.solver"} | {name for name in MODULES if name.startswith("thresholds.policy")}
    names = [name for name in MODULES if name not in optional and not name.endswith("__main__")]
    run("import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in reversed(names)))


# --- the exception tree ---------------------------------------------------------------------------


def test_the_exception_tree_is_as_it_is_drawn() -> None:
    """The picture in errors.py and the classes say the same."""
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"([│├└─ ]*)([A-Z]\w+) {2,}\S", line)
        if match:
            depth = len(match[1]) // 4
            above[depth:] = [match[2]]
            drawn[match[2]] = above[depth - 1] if depth else None
    real = {
        name: one.__bases__[0].__name__ if one.__bases__[0] is not Exception else None
        for name, one in vars(errors).items()
        if inspect.isclass(one) and issubclass(one, Exception)
    }
    assert drawn == real
    assert len(drawn) >= 9


def test_every_exception_has_a_message_and_a_help() -> None:
    """Both can be asked for, and both are printed."""
    error = thresholds.RulesetNotFound("there is none", "look elsewhere")
    assert (error.message, error.help, str(error)) == (
        "there is none",
        "look elsewhere",
        "there is none\n    look elsewhere",
    )
    fault = errors.Fault("on", "is not a date", "write it as 2017-03-01")
    invalid = thresholds.AssessmentInvalid([fault])
    assert invalid.faults == (fault,)
    assert str(invalid) == "assessment: 1 fault\non: is not a date\n    write it as 2017-03-01"
    assert str(errors.Fault("on", "is missing")) == "on: is missing"


def test_no_other_module_raises_an_exception_class_of_its_own_to_the_outside() -> None:
    """Exceptions defined elsewhere are private, or end inside the library."""
    inside = {"TestFault", "ValueFault", "EntryFault", "GiveUpError", "NotFinished"}
    for name, path in MODULES.items():
        if name in ("thresholds.errors",) or name.startswith("thresholds.testing"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if bases & {"Exception", "ValueError", "RuntimeError", "KeyError", "TypeError", "ThresholdsError"}:
                    assert node.name.startswith("_") or node.name in inside, f"{name}.{node.name}"


# --- floors ---------------------------------------------------------------------------------------


def imports(path: Path, *, lazy: bool = True) -> set[str]:
    """The modules of the library that a module imports; without `lazy` only those it imports when it is loaded."""
    found: set[str] = set()

    def look(nodes: list[ast.stmt]) -> None:
        for node in nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found.update(inner & set(MODULES) or {node.module})
                if node.module == "thresholds":
                    found.update(inner)
            elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
                continue
            for inside in ("body", "orelse", "finalbody", "handlers"):
                deeper = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not lazy
                if not deeper:
                    look([one for one in getattr(node, inside, []) if isinstance(one, ast.stmt | ast.excepthandler)])  # type: ignore[misc]

    look(ast.parse(path.read_text(encoding="utf-8")).body)
    return {name for name in found if name.split(".")[0] == "thresholds"}


def test_only_what_is_published_for_tests_imports_hypothesis() -> None:
    """Nobody who uses the library needs a testing tool."""
    for name, path in MODULES.items():
        if not name.startswith("thresholds.testing"):
            assert not re.search(r"^\s*(import|from) hypothesis\b", path.read_text(encoding="utf-8"), re.MULTILINE), (
                name
            )


FLOORS: list[tuple[str, ...]] = [
    ("thresholds.errors",),
    ("thresholds.language",),
    ("thresholds.assessment", "thresholds.observing"),
    ("thresholds.possible_values",),
    ("thresholds.knowledge",),
    ("thresholds.compiled", "thresholds.engines.inference", "thresholds.engines.network", "thresholds.engines"),
    ("thresholds.compiling",),
    ("thresholds.encoding",),
    ("thresholds.engines.reference", "thresholds.engines.bitmap", "thresholds.engines.durable"),
]
"""From the ground up: each may know those below it and its own."""


@pytest.mark.parametrize("number", range(len(FLOORS)), ids=[", ".join(floor) for floor in FLOORS])
def test_a_floor_knows_only_those_below_it(number: int) -> None:
    """The language knows nothing but errors; no engine knows how a decision is made or shown."""
    below = {name for floor in FLOORS[: number + 1] for name in floor}
    for name, path in MODULES.items():
        if name in FLOORS[number] or any(
            name.startswith(f"{one}.") and one == "thresholds.language" for one in FLOORS[number]
        ):
            for imported in imports(path):
                language = number > 0 and imported.startswith("thresholds.language.")
                assert imported in below or language, f"{name} imports {imported}"


def test_the_language_imports_nothing_but_errors() -> None:
    """What a ruleset is needs nothing of what is done with it."""
    for name, path in MODULES.items():
        if name.startswith("thresholds.language"):
            others = {one for one in imports(path) if not one.startswith("thresholds.language")}
            assert others <= {"thresholds.errors"}, name


def test_no_engine_imports_what_stands_above() -> None:
    """Engines infer; deciding, explaining, presenting and the command come after."""
    above = (
        "deciding",
        "decision",
        "asking",
        "explaining",
        "wording",
        "present",
        "cli",
        "commands",
        "policy",
        "testing",
        "ruleset",
        "assessing",
        "pathways",
    )
    for name, path in MODULES.items():
        if name.startswith("thresholds.engines") or name in ("thresholds.compiled", "thresholds.encoding"):
            wrong = {one for one in imports(path) if one.split(".")[1:2] and one.split(".")[1] in above}
            assert not wrong, f"{name} imports {wrong}"


def test_no_module_imports_itself_in_a_circle() -> None:
    """What modules import when they are loaded goes one way."""
    graph = {name: imports(path, lazy=False) & set(MODULES) for name, path in MODULES.items() if name != "thresholds"}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for imported in sorted(graph.get(name, set()) - {name}):
                visit(imported, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())

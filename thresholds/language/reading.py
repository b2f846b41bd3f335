"""The conditions and tests inside an entry, from text to trees."""

from __future__ import annotations

from dataclasses import dataclass, field

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.unary import TestFault, UnaryTest, parse_test
from thresholds.language.yaml_text import Document, Problem, Tree

Path = tuple[str | int, ...]
_NESTS: dict[str, type[AllOf] | type[AnyOf] | type[NoneOf]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_TESTS = {"at": ("level",), "value": ("where",), "lasting": ("where",), "ages": ("service", "topic", "role")}
_DEEPEST = 12
_BROKEN = AllOf(())
"""Stands in for a condition that could not be read, so that the rest of its entry is still checked."""


@dataclass
class Prepared:
    """An entry's data with conditions and tests parsed; `broken` are the paths at which one could not be."""

    data: dict[str, object]
    broken: set[Path] = field(default_factory=set)


def prepare(kind: str, tree: dict[str, Tree], document: Document, path: Path, problems: list[Problem]) -> Prepared:
    """Parse every condition and test of an entry; faults become problems."""
    reader = _Reader(document, problems)
    data = {
        key: value if kind == "worked_example" else reader.value(kind, key, value, (*path, key))
        for key, value in tree.items()
    }
    return Prepared(data, reader.broken)


def parse_condition(tree: Tree, document: Document, path: Path, problems: list[Problem]) -> Condition | None:
    """A condition as its file says it; None where it holds a fault."""
    reader = _Reader(document, problems)
    condition = reader.condition(tree, path, 0)
    return None if reader.broken else condition


class _Reader:
    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document, self.problems = document, problems
        self.broken: set[Path] = set()

    def value(self, context: str, key: str, tree: Tree, path: Path) -> object:
        if key == "when" or (context == "header.scope"):
            return self.condition(tree, path, 0)
        if context in _TESTS.get(key, ()):
            return self.test(tree, path)
        inner = {"levels": "level", "unless": "exception", "where": "where"}.get(key, context)
        if context == "header" and key == "scope":
            inner = "header.scope"
        if isinstance(tree, dict):
            return {name: self.value(inner, name, value, (*path, name)) for name, value in tree.items()}
        if isinstance(tree, list):
            return [self._item(inner, key, value, (*path, number)) for number, value in enumerate(tree)]
        return tree

    def _item(self, context: str, key: str, tree: Tree, path: Path) -> object:
        if not isinstance(tree, dict):
            return tree
        data: dict[str, object] = {
            name: self.value(context, name, value, (*path, name)) for name, value in tree.items()
        }
        if key == "levels":
            data["place"] = self.document.key_place(*path)
        return data

    def fault(self, path: Path, message: str, help_: str) -> None:
        self.problems.append(Problem(self.document.place(*path), message, help_))
        self.broken.add(path)

    def test(self, tree: Tree, path: Path) -> UnaryTest | None:
        if not isinstance(tree, str):
            self.fault(path, "a test is one line of text", 'write true, 3, ">= 3" or "[1..5)"; quote what has brackets')
            return None
        try:
            return parse_test(tree)
        except TestFault as fault:
            self.fault(path, fault.message, fault.help)
            return None

    def condition(self, tree: Tree, path: Path, depth: int) -> Condition:
        if depth > _DEEPEST:
            self.fault(path, f"the condition nests deeper than {_DEEPEST}", "give a part of it a finding of its own")
            return _BROKEN
        if not isinstance(tree, dict) or not tree:
            self.fault(path, "a condition is a mapping from names to tests", "write `name: test` under it")
            return _BROKEN
        parts = [self._part(name, value, (*path, name), depth) for name, value in tree.items()]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, name: str, tree: Tree, path: Path, depth: int) -> Condition:
        if name in _NESTS:
            return _NESTS[name](self._list(name, tree, path, depth))
        if name == "at_least":
            if not isinstance(tree, dict) or set(tree) != {"n", "of"} or not isinstance(tree["n"], str):
                self.fault(path, "`at_least` needs a number and a list", "write `at_least: {n: 2, of: [...]}`")
                return _BROKEN
            parts = self._list("of", tree["of"], (*path, "of"), depth)
            return AtLeast(tree["n"], parts, self.document.place(*path))
        test = self.test(tree, path)
        return _BROKEN if test is None else Test(name, test, self.document.key_place(*path))

    def _list(self, name: str, tree: Tree, path: Path, depth: int) -> tuple[Condition, ...]:
        if not isinstance(tree, list) or not tree:
            self.fault(path, f"`{name}` needs a list of conditions", f"write `{name}:` and `- name: test` under it")
            return ()
        return tuple(self.condition(part, (*path, number), depth + 1) for number, part in enumerate(tree))

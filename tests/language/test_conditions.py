"""Conditions read from files, and strong Kleene logic over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresholds.language.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    NoneOf,
    Test,
    Truth,
    at_least,
    both,
    counts_in,
    either,
    negation,
)
from thresholds.language.conditions import (
    every_test as every_test,
)
from thresholds.language.reading import parse_condition
from thresholds.language.unary import parse_test
from thresholds.language.yaml_text import Place, Problem, Tree, parse_yaml

TRUTHS: st.SearchStrategy[Truth] = st.sampled_from([True, False, None])
PLACE = Place("a.yaml", 1, 1)


def read(text: str) -> tuple[Condition | None, list[Problem]]:
    """A condition as a file says it, and what is wrong with it."""
    problems: list[Problem] = []
    document = parse_yaml(text, "a.yaml", problems)
    tree: Tree = document.data if document.data is not None else ""
    return parse_condition(tree, document, (), problems), problems


def good(text: str) -> Condition:
    condition, problems = read(text)
    assert condition is not None, problems
    assert not problems
    return condition


# --- Kleene logic ---------------------------------------------------------------------------------


def completions(values: list[Truth]) -> Iterator[tuple[bool, ...]]:
    """Everything the unknown ones may turn out to be."""
    return product(*([value] if value is not None else [True, False] for value in values))


def whatever_comes(values: list[Truth], meaning: Callable[[tuple[bool, ...]], bool]) -> Truth:
    """True or false where every completion says so, else unknown."""
    found = {meaning(completion) for completion in completions(values)}
    return found.pop() if len(found) == 1 else None


@given(st.lists(TRUTHS, max_size=6))
def test_and_or_are_what_every_completion_agrees_on(values: list[Truth]) -> None:
    """`all` and `any` are known as soon as nothing unknown can change them, and not sooner."""
    assert both(values) is whatever_comes(values, all)
    assert either(values) is whatever_comes(values, any)


@given(st.lists(TRUTHS, max_size=6), st.integers(0, 7))
def test_at_least_is_what_every_completion_agrees_on(values: list[Truth], number: int) -> None:
    """A count is known as soon as nothing unknown can change it."""
    assert at_least(number, values) is whatever_comes(values, lambda completion: sum(completion) >= number)


def test_nothing_is_all_true_and_none_of_it_is() -> None:
    """Of no parts, all hold and none does; the opposite of unknown is unknown."""
    assert both([]) is True
    assert either([]) is False
    assert [negation(value) for value in (True, False, None)] == [False, True, None]


@given(st.lists(TRUTHS, max_size=5))
def test_de_morgan(values: list[Truth]) -> None:
    """None of them is not any of them, whatever is unknown."""
    assert both(negation(value) for value in values) is negation(either(values))


# --- reading --------------------------------------------------------------------------------------


def test_all_entries_of_a_mapping_must_hold() -> None:
    """A mapping is its entries joined by and; a single one stands alone; each keeps the place of its name."""
    assert good("a: 1\nb: '>= 2'") == AllOf(
        (Test("a", parse_test("1"), PLACE), Test("b", parse_test(">= 2"), Place("a.yaml", 2, 1)))
    )
    assert good("a: 1") == Test("a", parse_test("1"), PLACE)


def test_nests_are_read_as_written() -> None:
    """`all`, `any`, `none` and `at_least` hold lists of conditions, inside one another."""
    condition = good("any:\n- a: 1\n- none:\n  - {b: 2, c: 3}\n- at_least: {n: few, of: [d: 4, all: [e: 5]]}")
    assert isinstance(condition, AnyOf)
    first, second, third = condition.parts
    assert isinstance(first, Test)
    assert isinstance(second, NoneOf)
    assert isinstance(second.parts[0], AllOf)
    assert isinstance(third, AtLeast)
    assert third.number == "few"
    assert [test.name for test, _ in every_test(condition)] == ["a", "b", "c", "d", "e"]
    assert list(counts_in(condition)) == [third]
    assert third.place.line == 5


def test_a_test_under_none_stands_negatively_and_under_two_positively() -> None:
    """The sign of a test counts the `none:` above it."""
    condition = good("a: 1\nnone: [b: 1, {none: [{c: 1, any: [d: 1]}]}]")
    assert {test.name: positive for test, positive in every_test(condition)} == {
        "a": True,
        "b": False,
        "c": True,
        "d": True,
    }


@pytest.mark.parametrize(
    ("text", "place", "message", "help_"),
    [
        ("[a]", "a.yaml:1:1", "mapping from names to tests", "name: test"),
        ("{}", "a.yaml:1:1", "mapping from names to tests", "name: test"),
        ("a: {b: 1}", "a.yaml:1:4", "one line of text", "quote what has brackets"),
        ("a: [1, 2]", "a.yaml:1:4", "one line of text", "quote"),
        ("a: '>= '", "a.yaml:1:4", "nothing stands where a value should", ">= 3"),
        ("a:", "a.yaml:1:1", "the test is empty", "true"),
        ("any: 3", "a.yaml:1:6", "`any` needs a list of conditions", "- name: test"),
        ("any: []", "a.yaml:1:6", "`any` needs a list of conditions", "- name: test"),
        ("all: {a: 1}", "a.yaml:1:6", "`all` needs a list of conditions", "`all:`"),
        ("none: [a]", "a.yaml:1:8", "mapping from names to tests", "name: test"),
        ("at_least: 2", "a.yaml:1:11", "`at_least` needs a number and a list", "{n: 2, of: [...]}"),
        ("at_least: {n: 2}", "a.yaml:1:11", "`at_least` needs a number and a list", "{n: 2, of: [...]}"),
        ("at_least: {n: [2], of: [a: 1]}", "a.yaml:1:11", "`at_least` needs a number and a list", "of"),
        ("at_least: {n: 2, of: a}", "a.yaml:1:22", "`of` needs a list of conditions", "`of:`"),
        ("a: 1\nany:\n  - b: '1..2'", "a.yaml:3:8", "needs brackets", '"[1..2]"'),
    ],
)
def test_what_is_no_condition_is_told_at_its_place(text: str, place: str, message: str, help_: str) -> None:
    """Each fault has its line and column, what is wrong and what would be right."""
    condition, problems = read(text)
    assert condition is None
    [problem] = problems
    assert str(problem.place) == place
    assert message in problem.message
    assert help_ in problem.help


def test_every_fault_of_a_condition_is_told() -> None:
    """One fault does not hide the next."""
    condition, problems = read("a: '1..2'\nany: [b: '= 3', {c: 90%}]\nat_least: 1")
    assert condition is None
    assert [problem.place.line for problem in problems] == [1, 2, 2, 3]


def test_a_nest_too_deep_is_refused() -> None:
    """Twelve deep is read, deeper is a fault that suggests a finding."""
    assert read("{any: [" * 12 + "{a: 1}" + "]}" * 12)[1] == []
    condition, problems = read("{any: [" * 13 + "{a: 1}" + "]}" * 13)
    assert condition is None
    assert "nests deeper than 12" in problems[0].message
    assert "finding" in problems[0].help

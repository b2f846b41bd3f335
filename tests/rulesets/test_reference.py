"""The data beside the rules: every item of the seeds has a home, and no rule is made of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import get_args

import pytest

import thresholds
from thresholds.language.conditions import every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, Definition
from thresholds.language.model import Indicator, Parameter, Reference
from thresholds.ruleset import bundled

ITEMS = range(1, 135)
"""The checklist of what the two seed documents name."""
SEEDS = {"SO", "SM"}
LIMITS = "Where the limits went (2.1)"
COMBINATION = "Where the combination rules went (section 3)"
LATER = "Items that wait for a later capability"
CATALOGUE = (
    "Child's developmental needs (2.2–2.5)",  # noqa: RUF001 - the heading's own dash
    "Parenting, family and environment (2.6–2.7)",  # noqa: RUF001
    "SEND, safeguarding, groups, process (2.8–2.13)",  # noqa: RUF001
)
FIGURES = (
    *("7,768", "20.7", "over 400", "46.7", "14.6", "2.5", "1.5", "1.7", "9.1", "12.1", "220", "191", "£3.821million"),
    *("58", "41", "8.5", "5.9", "22.3", "77", "60", "1.8", "31.8", "135", "23", "11.5", "1", "29", "5"),
)
"""Every figure that the two seed documents give, as they print it."""
TELEPHONE = re.compile(r"\(?\b0\d{2,4}\)?[ -]?\d{3,6}(?:[ -]?\d{3,4})?\b")


@pytest.fixture(scope="module")
def definition() -> Definition:
    return thresholds.load("llr").definition


def _table(heading: str) -> list[list[str]]:
    """The rows, without their header, of the table under a heading of the README."""
    text = (bundled() / "llr" / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the README has no section {heading}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert rows, f"the section {heading} has no table"
    return rows


def _numbers(text: str) -> set[Fraction]:
    return {Fraction(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def _statistics(definition: Definition) -> list[Reference]:
    return [entry for entry in definition.reference.values() if entry.kind == "statistic"]


def _values(parameter: Parameter) -> set[Fraction]:
    texts = [parameter.value] if parameter.value is not None else [one.value for one in parameter.history]
    return set().union(*map(_numbers, texts))


def test_every_item_of_the_seeds_has_a_home(definition: Definition) -> None:
    """Each of the 134 items is an entry of the data, or a later capability that the README names."""
    homes = {number for document in definition.documents.values() for number in document.items}
    homes |= {number for entry in definition.reference.values() for number in entry.items}
    homes |= {int(row[0]) for row in _table(LATER)}
    assert homes == set(ITEMS)


def test_later_capabilities_are_named() -> None:
    """Every row about a later capability says what the item is and which capability it waits for."""
    for number, item, capability in _table(LATER):
        assert int(number) in ITEMS
        assert item
        assert capability


def test_conflicting_figures_point_at_each_other(definition: Definition) -> None:
    """Figures of the seeds that contradict one another stand side by side, each with its date and source."""
    pairs = set()
    for entry in definition.reference.values():
        for name in entry.conflicts_with:
            other = definition.reference[name]
            assert entry.id in other.conflicts_with
            assert entry.value != other.value
            assert entry.as_of
            assert set(entry.basis.sources).isdisjoint(other.basis.sources)
            pairs.add(frozenset((entry.value, other.value)))
    assert pairs == {frozenset(("1.5", "1.7")), frozenset(("220", "191"))}


def test_figures_stand_as_the_seeds_print_them(definition: Definition) -> None:
    """Each figure of the seeds is there once, as printed, with the day or period it is for or that none is given."""
    assert sorted(entry.value or "" for entry in _statistics(definition)) == sorted(FIGURES)
    for entry in _statistics(definition):
        assert entry.unit
        assert entry.as_of


def test_contacts_of_the_seeds_are_historic(definition: Definition) -> None:
    """No contact looks like one of today; one that the seeds print is no longer in force after its last day."""
    historic = [entry for entry in definition.reference.values() if entry.historic]
    assert historic == [entry for entry in definition.reference.values() if entry.kind == "contact"]
    seeds = [entry for entry in historic if SEEDS & set(entry.basis.sources)]
    assert len(seeds) >= 4
    for entry in seeds:
        assert entry.from_ is not None
        assert entry.until is not None
        assert entry.until <= date(2018, 4, 1)
        assert entry.in_force(entry.until - timedelta(days=1))
        assert not entry.in_force(entry.until)


def test_telephone_numbers_are_data_only(definition: Definition) -> None:
    """No response, service, topic or role carries a telephone number or e-mail address in its words."""
    groups = (definition.responses, definition.services, definition.topics, definition.roles, definition.indicators)
    for group in groups:
        for entry in group.values():
            words = str(entry.model_dump(exclude={"place", "levels"}))
            assert not TELEPHONE.search(words), entry.id
            assert "@" not in words, entry.id
    numbers = [one.value or "" for one in definition.reference.values() if one.unit == "telephone"]
    assert numbers
    assert all(TELEPHONE.search(number) for number in numbers)


def test_statistics_are_not_thresholds(definition: Definition) -> None:
    """Trap 30: no parameter has a statistic's fraction, and none that rests on the seeds has any statistic's figure."""
    figures = set().union(*(_numbers(entry.value or "") for entry in _statistics(definition)))
    fractions = {figure for figure in figures if figure.denominator > 1}
    assert Fraction("46.7") in fractions
    for parameter in definition.parameters.values():
        bases = (parameter.basis, *(value.basis for value in parameter.history if value.basis is not None))
        of_the_seeds = any(SEEDS & set(basis.sources) for basis in bases)
        assert (figures if of_the_seeds else fractions).isdisjoint(_values(parameter)), parameter.id


def test_no_rule_reads_reference_data(definition: Definition) -> None:
    """What is data only has names of its own, so that no condition and no count can mean it."""
    readable = {
        *BUILT_IN_INDICATORS,
        *definition.indicators,
        *definition.quantities,
        *definition.findings,
        *definition.parameters,
        *definition.responses,
    }
    assert readable.isdisjoint(definition.reference)
    assert readable.isdisjoint(definition.documents)
    read = {test.name for rule in definition.rules for one in rule.conditions() for test, _ in every_test(one)}
    assert read <= readable


def test_aspirations_are_the_outcomes(definition: Definition) -> None:
    """The five aspirations of the overview are the outcomes that indicators carry, and each is carried."""
    aspirations = {entry.id for entry in definition.reference.values() if entry.kind == "aspiration"}
    annotation = Indicator.model_fields["outcomes"].annotation
    assert aspirations == set(get_args(get_args(annotation)[0]))
    assert aspirations == {name for indicator in definition.indicators.values() for name in indicator.outcomes}


@pytest.mark.parametrize("heading", CATALOGUE)
def test_the_table_of_the_catalogue_names_indicators(definition: Definition, heading: str) -> None:
    """A row of the README's table names indicators that exist, or says `?` and why."""
    known = {*definition.indicators, *BUILT_IN_INDICATORS}
    for working_label, indicators, note in _table(heading):
        assert re.fullmatch(r"`[a-z]+_[a-z0-9_]+`", working_label), working_label
        if "?" in indicators:
            assert note, f"{working_label} has no indicator and no reason"
            continue
        named = re.findall(r"`([a-z0-9_]+)`", indicators)
        assert named, working_label
        assert set(named) <= known, (working_label, sorted(set(named) - known))


def test_every_row_of_the_catalogue_stands_once() -> None:
    """The 237 indicators and 12 protective factors of the domain facts have one row each in the README."""
    labels = [row[0] for heading in CATALOGUE for row in _table(heading)]
    assert len(labels) == len(set(labels)) == 237 + 12


def test_the_table_of_limits_names_parameters(definition: Definition) -> None:
    """Whoever looks for a limit in the README finds the parameter that holds it."""
    named = {name for _, where in _table(LIMITS) for name in re.findall(r"`([a-z0-9_]+)`", where)}
    assert named
    assert named <= set(definition.parameters)


def test_the_table_of_combination_rules_names_entries(definition: Definition) -> None:
    """Whoever looks for a combination rule in the README finds the entry that holds it."""
    named = {name for _, where in _table(COMBINATION) for name in re.findall(r"`([a-z0-9_]+)`", where)}
    kinds = (definition.indicators, definition.quantities, definition.findings, definition.responses)
    known = {rule.id for rule in definition.rules}.union(*kinds)
    assert len(named & known) > 20
    assert named - known <= {"need_group", "applies_to", "unless", "consent", "consent_note", "not_before"}

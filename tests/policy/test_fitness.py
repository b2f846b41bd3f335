"""What a ruleset needs before it is put in force: contacts on every day, examples, statements on every day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.signed import CONTACT, REVIEW, START, signable, signed
from tests.small_rulesets import Files, load, the_problem, write
from thresholds import load as load_folder
from thresholds.language.model import Reference
from thresholds.language.yaml_text import Place
from thresholds.policy.fitness import CONTACTS, contact_problems, fitness, missing_contacts


def contact(**other: Any) -> dict[str, Any]:
    """The usual contact, with other values; None takes a field out."""
    return {name: value for name, value in (CONTACT | other).items() if value is not None}


def missing(folder: Path, *contacts: dict[str, Any]) -> dict[str, str]:
    """What kinds of contact are missing while it would be in force."""
    ruleset = load(signable() | {"reference.yaml": list(contacts)}, folder)
    return {fault.field: fault.message for fault in missing_contacts(ruleset.definition, START, REVIEW)}


DAYS = st.integers(0, 40).map(lambda number: START + timedelta(days=number))
WINDOWS = st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=4)


@settings(max_examples=200)
@given(WINDOWS, DAYS, DAYS)
def test_a_contact_is_missing_on_the_first_day_that_none_covers(
    windows: list[tuple[date | None, date | None]], one: date, other: date
) -> None:
    """However contacts follow one another, the days are counted one by one."""
    start, end = sorted((one, other))
    windows = [(first, last) for first, last in windows if first is None or last is None or first < last]
    place = Place("reference.yaml", 1, 1)
    entries = {
        str(number): Reference.model_validate(
            contact(id=f"desk_{number}", contact_for=["duty"], **{"from": first, "until": last})
            | {"place": place, "layer": "small"}
        )
        for number, (first, last) in enumerate(windows)
    }
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    bare = next((day for day in days if not any(entry.in_force(day) for entry in entries.values())), None)

    class Only:
        reference = entries

    found = {fault.field: fault.message for fault in missing_contacts(Only, start, end)}  # type: ignore[arg-type]
    assert found.get("duty contact") == (None if bare is None else f"there is none on {bare}")
    assert found["out-of-hours contact"] == f"there is none on {start}"


@pytest.mark.parametrize(
    ("contacts", "wanting"),
    [
        ([contact()], set()),
        ([contact(contact_for=["duty"])], {"out-of-hours contact"}),
        ([contact(contact_for=["out_of_hours"])], {"duty contact"}),
        ([contact(contact_for=["duty"]), contact(id="night", contact_for=["out_of_hours"])], set()),
        ([contact(historic="true")], set(CONTACTS.values())),
        ([contact(contact_for=None)], set(CONTACTS.values())),
        ([contact(until="2017-09-01")], set(CONTACTS.values())),
        ([contact(until="2017-09-02")], set()),
        ([contact(**{"from": "2016-09-01"})], set()),
        ([contact(**{"from": "2016-09-02"})], set(CONTACTS.values())),
    ],
)
def test_both_contacts_are_there_from_the_first_day_to_the_review(
    contacts: list[dict[str, Any]], wanting: set[str], tmp_path: Path
) -> None:
    """Whoever is no longer to be called does not count; the day of the review counts too."""
    assert set(missing(tmp_path, *contacts)) == wanting


@pytest.mark.parametrize("other", [{"kind": "note"}, {"value": None}])
def test_a_contact_can_be_reached(other: dict[str, Any], tmp_path: Path) -> None:
    """It is of kind contact, and has a number or an address."""
    problem = the_problem(signable() | {"reference.yaml": [contact(**other)]}, tmp_path)
    assert "`contact_for` belongs to a contact that can be reached" in problem.message
    assert "kind: contact" in problem.help


def test_a_ruleset_that_tests_nothing_is_not_fit(tmp_path: Path) -> None:
    """Without worked examples nothing shows that it answers as it should."""
    files = signable()
    del files["worked_examples/signing.yaml"]
    (fault,) = fitness(load(files, tmp_path), START, REVIEW).faults
    assert fault.field == "worked examples"
    assert "there are none" in fault.message


def stating(when: dict[str, Any], **other: Any) -> Files:
    """A ruleset that says what such a child is always pointed to."""
    statement = {"id": "enquired", "statement": "It is looked into.", "kind": "leads_to", "when": when, **other}
    return signable() | {"invariants.yaml": [statement | {"response": "enquiry", "basis": CONTACT["basis"]}]}


@pytest.mark.parametrize(
    ("until", "refuted_for"), [("2017-03-01", {"2017-03-01"}), ("2017-09-01", {"2017-09-01"}), ("2017-09-02", set())]
)
def test_a_statement_is_proved_for_every_day_until_the_review(
    until: str, refuted_for: set[str], tmp_path: Path
) -> None:
    """A rule that ends meanwhile refutes it from that day on; one that ends later does not."""
    pytest.importorskip("pysat", reason="proofs need python-sat")
    files = stating({"hitting": "high", "child_age": "< age_of_majority"})
    next(one for one in files["rules/rules.yaml"] if one["id"] == "hitting_rule")["until"] = until
    found = fitness(load(files, tmp_path), START, REVIEW)
    assert found.statements == 1
    assert {fault.message.split(": ")[0] for fault in found.faults} == {f"is refuted for {day}" for day in refuted_for}


def test_a_proof_that_is_not_finished_is_no_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes too long stands in the way as one that is refuted does."""
    pytest.importorskip("pysat", reason="proofs need python-sat")
    from thresholds.policy.prove import Proof

    unfinished = Proof("enquired", "It is looked into.", "not_finished", "not finished in 60 seconds", "")
    monkeypatch.setattr("thresholds.policy.prove.prove", lambda *_: iter([unfinished]))
    files = stating({"hitting": "high", "child_age": "< age_of_majority"})
    (fault,) = fitness(load(files, tmp_path), START, REVIEW).faults
    assert "is not proved for 2016-09-01: not finished" in fault.message


def test_a_ruleset_that_says_it_is_in_force_needs_its_contacts(tmp_path: Path) -> None:
    """A draft does not; what was signed has them."""
    folder = tmp_path / "small"
    signed(folder)
    assert list(contact_problems(load_folder(folder))) == []
    (folder / "signoff.yaml").unlink()
    (folder / "reference.yaml").unlink()
    assert list(contact_problems(load_folder(folder))) == []
    write({"ruleset.yaml": signable()["ruleset.yaml"] | {"status": "in_force"}}, folder)
    problems = list(contact_problems(load_folder(folder)))
    assert [problem.place.file for problem in problems] == ["small/ruleset.yaml"] * 2
    assert "it says it is in force and has no duty contact: there is none on 2010-01-01" in problems[0].message

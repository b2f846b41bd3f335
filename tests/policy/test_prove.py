"""Proofs: what is proved holds for every child, and what is refuted is shown with a real and simple child."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thresholds
from tests.small_rulesets import OURS, Files, entry, load, small
from thresholds.testing import assessments

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.policy.prove import Proof, prove
from thresholds.policy.searching import Search

ON = date(2017, 3, 1)


def stating(*invariants: dict[str, Any], files: Files | None = None) -> Files:
    """The small ruleset with these statements."""
    files = small() if files is None else files
    files["invariants.yaml"] = [
        {"id": f"statement_{number}", "statement": "So it is.", "basis": OURS, **one}
        for number, one in enumerate(invariants, start=1)
    ]
    return files


def proofs(folder: Path, *invariants: dict[str, Any], files: Files | None = None) -> list[Proof]:
    return list(prove(load(stating(*invariants, files=files), folder), ON))


def test_what_always_holds_is_proved(tmp_path: Path) -> None:
    """A statement that the rules guarantee is proved for every child."""
    child = {"hitting": "high", "child_age": "< age_of_majority"}
    (proof,) = proofs(tmp_path, {"kind": "leads_to", "when": child, "response": "enquiry"})
    assert (proof.verdict, proof.children) == ("proved", ())


def test_what_fails_is_refuted_with_the_simplest_child(tmp_path: Path) -> None:
    """A bruise need not lead to an enquiry: it may be explained; the child shown has those two signs and no other."""
    when = {"bruise": True, "child_age": "< age_of_majority"}
    (proof,) = proofs(tmp_path, {"kind": "leads_to", "when": when, "response": "enquiry"})
    assert proof.verdict == "refuted"
    (child,), (decision,) = proof.children, proof.decisions
    away = {name: given[0].value for name, given in child.observations.items() if given[0].value not in (False, 100)}
    assert away == {"bruise": True, "bruise_explained": True}
    assert "enquiry" not in decision.responses


def test_a_number_is_refuted_on_its_line(tmp_path: Path) -> None:
    """Attendance below 95 is not always met by the school: the child shown lies on the wrong side of 90."""
    when = {"child_age": "[5 years..16 years)", "attendance": "< 95"}
    (proof,) = proofs(tmp_path, {"kind": "leads_to", "when": when, "tier": "targeted"})
    assert proof.verdict == "refuted"
    given = float(str(proof.children[0].observations["attendance"][0].value))
    assert 90 <= given < 95


def test_two_responses_that_can_meet_are_shown_together(tmp_path: Path) -> None:
    """`never_together` is refuted with a child who is pointed to both."""
    (proof,) = proofs(tmp_path, {"kind": "never_together", "responses": ["enquiry", "review"]})
    assert proof.verdict == "refuted"
    assert {"enquiry", "review"} <= set(proof.decisions[0].responses)


def test_two_responses_that_cannot_meet_are_proved_apart(tmp_path: Path) -> None:
    """`never_together` is proved where no child can have both."""
    files = small()
    entry(files, "others_rule")["unless"] = [{"when": {"lives_with": "others"}, "because": "never"}]
    (proof,) = proofs(tmp_path, {"kind": "never_together", "responses": ["enquiry", "review"]}, files=files)
    assert proof.verdict == "proved"


def test_a_protective_factor_that_changes_something_is_shown_with_two_children(tmp_path: Path) -> None:
    """`never_changes` is refuted with two children who differ in the protective factor alone."""
    by = {"protective": True}
    (proof,) = proofs(tmp_path, {"kind": "never_changes", "by": by, "response": "early_help", "weight": "consider"})
    assert proof.verdict == "refuted"
    first, second = proof.children
    assert first.model_copy(update={"observations": {}}) == second.model_copy(update={"observations": {}})
    differing = {
        name
        for name in {*first.observations, *second.observations}
        if first.observations.get(name) != second.observations.get(name)
    }
    assert differing == {"helpful_neighbour"}
    assert "early_help" in proof.decisions[0].responses
    assert "early_help" not in proof.decisions[1].responses


def test_a_protective_factor_that_changes_nothing_is_proved(tmp_path: Path) -> None:
    """No protective factor bears on the enquiry, and consent on nothing at all."""
    both = proofs(
        tmp_path,
        {"kind": "never_changes", "by": {"protective": True}, "response": "enquiry"},
        {"kind": "never_changes", "by": {"consent": True}, "tier": "targeted"},
    )
    assert [proof.verdict for proof in both] == ["proved", "proved"]


def test_worse_never_lowers_and_context_is_read_by_nothing(tmp_path: Path) -> None:
    """What the loader's discipline guarantees is proved again on the compiled rules."""
    both = proofs(tmp_path, {"kind": "worse_never_lowers"}, {"kind": "reads_no_context"})
    assert [proof.verdict for proof in both] == ["proved", "proved"]


def test_impossible_children_are_no_counterexamples(tmp_path: Path) -> None:
    """A statement that fails only for a combination that cannot be is proved; of that alone it is about nobody."""
    when: dict[str, Any] = {"hunger": "high", "plan": True, "caring": "[2..3)"}
    (nobody,) = proofs(tmp_path / "nobody", {"kind": "leads_to", "when": when, "tier": "specialist"})
    assert nobody.verdict == "about_nobody"
    when = {"any": [{"all": [{name: test} for name, test in when.items()]}, {"hitting": "high"}]}
    when["child_age"] = "< age_of_majority"
    (proof,) = proofs(tmp_path, {"kind": "leads_to", "when": when, "tier": "specialist"})
    assert proof.verdict == "proved"
    files = small()
    del files["impossible.yaml"]
    (without,) = proofs(tmp_path / "other", {"kind": "leads_to", "when": when, "tier": "specialist"}, files=files)
    assert without.verdict == "refuted"


def test_a_statement_may_be_about_children_without_a_finding(tmp_path: Path) -> None:
    """`pattern: false`, or none of it, is met by those for whom it is not found, and by no other."""
    without: tuple[dict[str, Any], ...] = ({"pattern": False}, {"none": [{"pattern": True}]})
    for number, when in enumerate(without):
        (proof,) = proofs(tmp_path / str(number), {"kind": "leads_to", "when": when, "tier": "specialist"})
        assert (proof.verdict, dict(proof.decisions[0].findings)) == ("refuted", {})
        both = {**when, "all": [{"pattern": True}]}
        (never,) = proofs(tmp_path / f"{number} and it is", {"kind": "leads_to", "when": both, "tier": "specialist"})
        assert never.verdict == "about_nobody"


def test_a_proof_without_time_is_never_called_proved(tmp_path: Path) -> None:
    """A statement that comes after the stop is not finished, and says so."""
    import threading

    stop = threading.Event()
    stop.set()
    ruleset = load(stating({"kind": "leads_to", "tier": "specialist"}), tmp_path)
    assert [proof.verdict for proof in prove(ruleset, ON, stop=stop)] == ["not_finished"]


@pytest.mark.parametrize("name", ["england", "llr"])
def test_the_bundled_statements_are_proved(name: str) -> None:
    """Everything that the bundled rulesets promise is proved, on the first day and after the last change."""
    ruleset = thresholds.load(name)
    for day in (ruleset.definition.changes[0], ruleset.definition.changes[-1]):
        assert [proof.id for proof in prove(ruleset, day) if proof.verdict != "proved"] == []


def laid_over(ruleset: thresholds.Ruleset) -> tuple[Search, Copy]:
    copy = Copy(compile_for_proofs(ruleset.in_force(ON)), World(Clauses(), ruleset.in_force(ON)))
    return Search([copy.world], ON), copy


@pytest.mark.parametrize("name", ["england", "llr"])
def test_every_rule_that_the_solver_makes_hold_holds_for_that_child(name: str) -> None:
    """For every twelfth bundled rule the solver finds a child, to whom the reference engine gives that rule."""
    ruleset = thresholds.load(name)
    search, copy = laid_over(ruleset)
    wrong = []
    for number, rule in list(enumerate(ruleset.in_force(ON).rules))[::12]:
        children = search.simplest([copy.rules[number], copy.inside])
        assert children is not None, f"{rule.id} can never hold"
        decision = ruleset.assess(children[0], engine="reference")
        if rule.id not in {reason.rule for reason in decision.reasons}:
            wrong.append(rule.id)
    assert wrong == []


@settings(max_examples=40)
@given(data=st.data())
def test_the_solver_and_the_reference_agree_on_whole_children(data: st.DataObject, tmp_path_factory: Any) -> None:
    """Whatever whole child is assessed, the solver cannot show that its answer is impossible."""
    ruleset = _small(tmp_path_factory)
    child = data.draw(assessments(ruleset, on=ON))
    decision = ruleset.assess(child.model_copy(update={"looked_at": "everything"}), engine="reference")
    if decision.status != "settled":
        return
    search, copy = laid_over(ruleset)
    rules = ruleset.in_force(ON).rules
    held = {reason.rule for reason in decision.reasons}
    wanted = [copy.rules[n] if rule.id in held else -copy.rules[n] for n, rule in enumerate(rules)]
    assert search.model([*wanted, copy.inside]) is not None


_LOADED: list[thresholds.Ruleset] = []


def _small(tmp_path_factory: Any) -> thresholds.Ruleset:
    if not _LOADED:
        _LOADED.append(load(small(), tmp_path_factory.mktemp("proofs")))
    return _LOADED[0]


def test_a_refuted_statement_is_refuted_by_trying_everything(tmp_path: Path) -> None:
    """On a few flags the solver's verdicts are those of trying every combination."""
    names = ("bruise", "bruise_explained", "helpful_neighbour")
    for mask in product((False, True), repeat=3):
        when = dict(zip(names, mask, strict=True)) | {"child_age": "< age_of_majority"}
        folder = tmp_path / "_".join(str(int(bit)) for bit in mask)
        (proof,) = proofs(folder, {"kind": "leads_to", "when": when, "response": "enquiry"})
        always = mask[0] and not mask[1]
        nobody = not mask[0]  # no bruise to explain: a detail that cannot apply passes no test
        assert proof.verdict == ("about_nobody" if nobody else "proved" if always else "refuted"), mask

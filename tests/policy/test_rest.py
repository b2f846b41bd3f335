"""Half-edited rulesets: every problem in one round, none blamed for what was left out, and a remainder that works."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import thresholds
from tests.language.test_load_mutations import ENGINES, ON, damage
from tests.small_rulesets import Change, Files, add_rule, entry, overlay, put, small, when, write
from thresholds.policy import check
from thresholds.policy.rest import Rest, read_rest

pytest.importorskip("pysat", reason="proofs need python-sat")


def rest_of(folder: Path, *changes: Change, over: Files | None = None) -> Rest:
    """What is left of the small ruleset after some changes."""
    files = small()
    for change in changes:
        change(files)
    place = write(files, folder / "small")
    return read_rest(write(over, folder / "local") if over is not None else place)


def told(rest: Rest) -> str:
    return "\n".join(str(one) for one in rest.problems)


def left(rest: Rest) -> set[str]:
    return {f"{one.kind} {one.id}{f' {one.part}' if one.part else ''}" for one in rest.left_out}


def test_of_a_ruleset_without_problems_nothing_is_left_out(tmp_path: Path) -> None:
    """The rest is the whole."""
    rest = rest_of(tmp_path)
    assert (rest.problems, rest.left_out) == ((), ())
    assert rest.ruleset is not None
    assert rest.ruleset.hash == thresholds.load(tmp_path / "small").hash


def test_problems_of_names_and_of_meaning_are_told_at_once(tmp_path: Path) -> None:
    """A load tells the second only once the first is mended."""
    names, meaning = when("hitting_rule", hiting=">= moderate"), when("others_rule", neglect="low")
    rest = rest_of(tmp_path, names, meaning)
    assert "`hiting`" in told(rest)
    assert "skips a worse value" in told(rest)
    assert left(rest) == {"rule hitting_rule", "rule others_rule"}
    assert rest.ruleset is not None
    assert {rule.id for rule in rest.ruleset.definition.rules} >= {"bruise_rule", "exclusions_level_1"}


def test_what_depends_on_it_goes_too_and_is_not_blamed(tmp_path: Path) -> None:
    """A finding that only the broken rule concludes, the rule that reads the finding, and so on."""
    rest = rest_of(tmp_path, when("pattern_rule", neds=">= 2"))
    assert len(rest.problems) == 1
    assert left(rest) == {"rule pattern_rule", "finding pattern", "rule neglect_rule", "quantity needs"}
    assert rest.ruleset is not None


def test_a_broken_indicator_takes_its_readers_along(tmp_path: Path) -> None:
    """Details of it, quantities that count it by name, and rules."""
    rest = rest_of(tmp_path, put("bruise", worse="upward"))
    assert len(rest.problems) == 1
    assert {"indicator bruise", "indicator bruise_explained", "rule bruise_rule"} <= left(rest)
    assert rest.ruleset is not None


def test_of_a_broken_row_of_a_table_only_the_table_is_left_out(tmp_path: Path) -> None:
    """The indicator stays, and what reads it."""

    def change(files: Files) -> None:
        entry(files, "exclusions")["levels"][1]["at"] = ">= many"
        add_rule(files, when={"exclusions": ">= 9"})

    rest = rest_of(tmp_path, change)
    assert left(rest) == {"indicator exclusions levels"}
    assert rest.ruleset is not None
    assert "new_rule" in {rule.id for rule in rest.ruleset.definition.rules}


def test_entries_of_an_unreadable_file_are_missed_by_nobody(tmp_path: Path) -> None:
    """A file cut off in the middle of a bracket: one problem, and no reader of its entries is told of."""
    files = small()
    place = write(files, tmp_path / "small")
    path = place / "indicators" / "school.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "- id: [", encoding="utf-8")
    rest = read_rest(place)
    assert {one.place.file for one in rest.problems} == {"small/indicators/school.yaml"}
    assert {"indicator attendance", "indicator exclusions", "rule absence_rule"} <= left(rest)
    assert all(
        one.problem in rest.problems for one in rest.left_out if one.place.file == "small/indicators/school.yaml"
    )
    assert rest.ruleset is not None
    assert "attendance" not in rest.ruleset.definition.indicators
    with pytest.raises(thresholds.RulesetInvalid) as refused:
        thresholds.load(place)
    assert len(refused.value.problems) > len(rest.problems)


def test_what_a_misspelt_name_meant_is_not_called_unused(tmp_path: Path) -> None:
    """The quantity stands unread only because its name is misspelt where it is read."""
    rest = rest_of(tmp_path, when("missing_rule", recent_episode=">= many_episodes"))
    assert [one.message.split("`")[1] for one in rest.problems] == ["recent_episode"]


def test_what_is_unused_in_any_case_is_told(tmp_path: Path) -> None:
    """Beside another problem too."""

    def change(files: Files) -> None:
        files["topics.yaml"].append({"id": "weather", "label": "Weather", "question": "Is it cold?", "ask": []})

    rest = rest_of(tmp_path, change, when("hitting_rule", hiting=">= moderate"))
    assert "topic `weather` is unused" in told(rest)


def test_a_ruleset_whose_header_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    """What is wrong with it is told, and why nothing else was looked at."""
    for number, change in enumerate(
        (
            lambda files: files["ruleset.yaml"].pop("edition"),
            lambda files: files.update({"ruleset.yaml": "- not a mapping"}),
            lambda files: files["ruleset.yaml"].update({"extends": "nowhere"}),
            put("plan", kind="flog"),
        )
    ):
        rest = rest_of(tmp_path / str(number), change)
        assert rest.ruleset is None
        assert rest.problems
        assert rest.why


def test_a_stray_file_is_told_and_takes_nothing_along(tmp_path: Path) -> None:
    """The ruleset is whole without it."""
    rest = rest_of(tmp_path, lambda files: files.update({"notes.txt": "x"}))
    assert "not part of a ruleset" in told(rest)
    assert rest.left_out == ()
    assert rest.ruleset is not None


def test_what_an_overlay_weakens_is_told_beside_other_problems(tmp_path: Path) -> None:
    """A broken rule of its own does not hide that it weakens an overriding rule; what it lacks for it, it does."""
    weakened = {**entry(small(), "hitting_rule"), "when": {"hitting": ">= high"}}
    broken = {**entry(small(), "others_rule"), "id": "ours", "when": {"lives_wiht": "others"}}
    over = overlay(replaces=[{"rule": "hitting_rule", "reason": "x"}]) | {"rules/ours.yaml": [weakened, broken]}
    rest = rest_of(tmp_path, over=over)
    assert "`lives_wiht`" in told(rest)
    assert "holds for fewer children" in told(rest)
    assert rest.ruleset is not None


def test_a_replacement_in_an_unreadable_file_is_not_called_missing(tmp_path: Path) -> None:
    """That nothing replaces an entry is told only where that is so."""
    over = overlay(replaces=[{"rule": "others_rule", "reason": "x"}])
    over["rules/ours.yaml"] = "- id: others_rule\n  title: [\n"
    rest = rest_of(tmp_path, over=over)
    assert "nothing replaces it" not in told(rest)
    assert {one.place.file for one in rest.problems} == {"local/rules/ours.yaml"}


def test_the_rest_can_be_checked(tmp_path: Path) -> None:
    """A rule that can never hold is found in what is left."""

    def change(files: Files) -> None:
        add_rule(files, "dead", when={"hunger": ">= low", "child_age": ">= 30 years"})

    rest = rest_of(tmp_path, change, when("hitting_rule", hiting=">= moderate"))
    assert rest.ruleset is not None
    assert [one.subject for one in check(rest.ruleset, ON, half_edited=True).of("never_holds")] == ["dead"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in which one ruleset is written over and over."""
    made = Path(tempfile.mkdtemp())
    yield made
    shutil.rmtree(made)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=damage())
def test_whatever_is_damaged_there_are_problems_or_a_check(texts: dict[str, str], folder: Path) -> None:
    """There are problems exactly where a load refuses it; what is left works, and can be checked."""
    for name in ("small", "local"):
        shutil.rmtree(folder / name, ignore_errors=True)
    write({(path if path.startswith("local/") else f"small/{path}"): text for path, text in texts.items()}, folder)
    try:
        thresholds.load(folder / "local")
        refused = False
    except thresholds.RulesetInvalid:
        refused = True
    except thresholds.RulesetNotFound:
        return
    rest = read_rest(folder / "local")
    assert bool(rest.problems) == refused
    assert bool(rest.left_out) <= refused
    if rest.ruleset is None:
        assert refused
        assert rest.why
        return
    on = max(ON, rest.ruleset.definition.header.from_)
    findings = check(rest.ruleset, on, half_edited=bool(rest.left_out))
    assert findings.complete
    assessment = thresholds.Assessment(child={"age": 8}, on=on)
    assert len({rest.ruleset.assess(assessment, engine=engine).tier for engine in ENGINES}) == 1

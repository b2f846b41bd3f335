"""After signing: any edit of the rules, the records or the report shows, and how they are laid out does not matter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import thresholds
from tests.policy.signed import (
    PROPOSAL,
    SIGNED,
    loaded,
    make_report,
    over,
    proposal,
    signable,
    signed,
    with_second_edition,
)
from tests.small_rulesets import Files, as_text, entry, write
from thresholds import RulesetInvalid, RulesetNotInForce, load, testing
from thresholds.policy.signing import sign, withdraw
from thresholds.testing.building import write_files

# --- what is signed ------------------------------------------------------------------------------


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts of plain data, the whole left out."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from leaves(value, (*path, key))


WORDS = ("title", "label", "because", "meaning", "first_step", "definition", "notice", "edition", "text", "reason")


def unshared(tree: Any) -> Any:
    """A copy in which no part stands in two places, so that an edit of one is an edit of one."""
    if isinstance(tree, dict):
        return {key: unshared(value) for key, value in tree.items()}
    return [unshared(value) for value in tree] if isinstance(tree, list | tuple) else tree


def edited(files: Files, path: tuple[Any, ...], how: str) -> None:
    """Take out the part of the files at a path, or say something else there."""
    *before, last = path
    here: Any = files
    for step in before:
        here = here[step]
    if how == "take out":
        del here[last]
    elif isinstance(here[last], dict):
        here[last]["another"] = "thing"
    elif isinstance(here[last], list):
        here[last].append("another")
    else:
        here[last] = f"{here[last]}1"


@settings(max_examples=80)
@given(testing.ruleset_files(signs=3, rules=3), st.data())
def test_any_edit_of_any_entry_breaks_it(layers: tuple[Files, ...], data: st.DataObject) -> None:
    """Of the ruleset or of what it extends: afterwards it is a draft and says so, or it does not load at all."""
    layers = tuple(unshared(one) for one in (signable(layers[0]), *layers[1:]))
    number = data.draw(st.integers(0, len(layers) - 1))
    paths = [path for path in leaves(layers[number]) if path[:2] != ("ruleset.yaml", "status") and len(path) > 1]
    how = data.draw(st.sampled_from(["take out", "say else", "word anew", "word anew"]))
    if how == "word anew":  # that always loads
        paths = [path for path in paths if path[-1] in WORDS]
    path = data.draw(st.sampled_from(paths))
    with tempfile.TemporaryDirectory() as home:
        folders = [Path(home) / files["ruleset.yaml"]["name"] for files in layers]
        for folder, files in zip(folders, layers, strict=True):
            write_files(folder, files)
        start = load(folders[0]).definition.header.from_
        sign(folders[0], proposal(effective_from=start, review_by=date(2040, 1, 1)))
        assert loaded(folders[0]).status == "in_force"
        edited(layers[number], path, how)
        write_files(folders[number], layers[number])
        try:
            ruleset = load(folders[0])
        except (RulesetInvalid, thresholds.RulesetNotFound):
            assert how != "word anew"
            return
        assert ruleset.status == "draft"
        assert "changed since it was signed off on 2016-07-05" in ruleset.standing.changed[0].message
        with pytest.raises(RulesetNotInForce, match="changed since it was signed off"):
            loaded(folders[0])


def test_an_edit_is_told_with_both_hashes_and_what_is_right(tmp_path: Path) -> None:
    """When it was signed, the hash then and now, and to sign again or undo the change."""
    folder = tmp_path / "small"
    files = signable()
    record = signed(folder, files)
    entry(files, "many_hours")["value"] = "16"
    write(files, folder)
    with pytest.raises(RulesetNotInForce) as caught:
        loaded(folder)
    now = load(folder).content_hash
    assert f"is draft: changed since it was signed off on {SIGNED}" in caught.value.message
    assert f"its content was {record.hash[:12]} then and is {now[:12]} now" in caught.value.message
    assert "`thresholds sign` signs what it says now; or undo the change" in caught.value.help


def test_an_edit_of_the_base_is_told_as_one(tmp_path: Path) -> None:
    """What the overlay extends is named where it is what has changed."""
    files = signable()
    write(files, tmp_path / "small")
    signed(tmp_path / "local", over())
    entry(files, "many_hours")["value"] = "16"
    write(files, tmp_path / "small")
    with pytest.raises(RulesetNotInForce, match="small, which it extends, is not what it was"):
        loaded(tmp_path / "local")


def test_an_edit_of_what_an_overlay_replaces_breaks_it_too(tmp_path: Path) -> None:
    """What a partnership set aside was in front of it when it signed."""
    files = signable()
    write(files, tmp_path / "small")
    local = over()
    local["ruleset.yaml"]["replaces"] = [{"parameter": "many_hours", "reason": "agreed locally"}]
    local["parameters.yaml"] = [entry(files, "many_hours") | {"value": "12"}]
    signed(tmp_path / "local", local)
    entry(files, "many_hours")["value"] = "16"
    write(files, tmp_path / "small")
    assert load(tmp_path / "local").status == "draft"


def test_an_edit_undone_is_what_was_signed(tmp_path: Path) -> None:
    """The sign-off is bound to what is said, not to when a file was saved."""
    folder, files = tmp_path / "small", signable()
    signed(folder, files)
    text = (folder / "parameters.yaml").read_text(encoding="utf-8")
    write({"parameters.yaml": text.replace("15", "16")}, folder)
    assert load(folder).status == "draft"
    write({"parameters.yaml": text}, folder)
    assert loaded(folder).status == "in_force"


@settings(max_examples=25)
@given(st.data())
def test_order_files_layout_and_comments_do_not_break_it(data: st.DataObject) -> None:
    """However the same is written down, it is what was signed; so it is with any status but withdrawn."""
    with tempfile.TemporaryDirectory() as home:
        folder, files = Path(home) / "small", signable()
        signed(folder, files)
        for number, (path, content) in enumerate(files.items()):
            if isinstance(content, list):
                (folder / path).unlink()
                mixed = data.draw(st.permutations(content))
                kind, cut = path.removesuffix(".yaml").split("/")[0], data.draw(st.integers(0, len(mixed)))
                for part, entries in (("a", mixed[:cut]), ("b", mixed[cut:])):
                    if entries:
                        write({f"{kind}/{number}{part}.yaml": "# a comment\n\n" + as_text(entries)}, folder)
        status = data.draw(st.sampled_from(["draft", "in_force"]))
        write({"ruleset.yaml": dict(reversed((files["ruleset.yaml"] | {"status": status}).items()))}, folder)
        assert loaded(folder).standing.findings == ()


def test_other_parameter_values_are_a_draft(tmp_path: Path) -> None:
    """What is tried out was not signed, and the ruleset it came from still is."""
    signed(tmp_path / "small")
    ruleset = loaded(tmp_path / "small")
    tried = ruleset.with_parameters(many_hours=3)
    assert (tried.status, ruleset.status) == ("draft", "in_force")
    assert "changed since" in tried.standing.changed[0].message


# --- the records themselves -----------------------------------------------------------------------


@cache
def four_records() -> str:
    """signoff.yaml after signing, a second edition, a withdrawal, and signing once more."""
    home = Path(tempfile.mkdtemp(prefix="thresholds-tests-"))
    folder, _ = with_second_edition(home)
    withdraw(folder, reason="a rule was wrong", approver="director", minute="urgent 3", on=date(2018, 1, 10))
    later = proposal(signed_on=date(2018, 2, 1), effective_from=date(2018, 3, 1), review_by=date(2019, 3, 1))
    sign(folder, later, compared_with=load(folder), report=make_report)
    second, fourth = (loaded(folder).sign_offs.records[number] for number in (1, 3))
    assert second.hash == fourth.hash
    return str(folder)


@settings(max_examples=80)
@given(st.data())
def test_an_edited_removed_or_moved_record_shows(data: st.DataObject) -> None:
    """Any field of any record, any record but the last, any two changed places: told, and no longer in force."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(four_records(), Path(home) / "small"))
        path = folder / "signoff.yaml"
        records = yaml.safe_load(path.read_text(encoding="utf-8"))
        how = data.draw(st.sampled_from(["say else", "take out", "remove", "move", "repeat"]))
        if how in ("say else", "take out"):
            edited(
                {"records": records},
                data.draw(st.sampled_from([one for one in leaves({"records": records}) if len(one) > 2])),
                how,
            )
        elif how == "remove":
            del records[data.draw(st.integers(0, 2))]
        elif how == "move":
            one, other = data.draw(st.lists(st.integers(0, 3), min_size=2, max_size=2, unique=True))
            records[one], records[other] = records[other], records[one]
        else:
            records.insert(data.draw(st.integers(0, 3)), records[data.draw(st.integers(0, 3))])
        path.write_text(as_text(records), encoding="utf-8")
        try:
            ruleset = load(folder)
        except RulesetInvalid as invalid:
            found = invalid.problems
        else:
            found = ruleset.standing.problems
            assert ruleset.status != "in_force"
            with pytest.raises(RulesetNotInForce):
                loaded(folder)
        assert {problem.place.file for problem in found} == {"small/signoff.yaml"}


@settings(max_examples=20)
@given(st.data())
def test_the_layout_of_the_records_does_not_matter(data: st.DataObject) -> None:
    """The order of a record's fields, quotes and comments are not what was sealed."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(four_records(), Path(home) / "small"))
        records = yaml.safe_load((folder / "signoff.yaml").read_text(encoding="utf-8"))
        mixed = [dict(data.draw(st.permutations(list(record.items())))) for record in records]
        write({"signoff.yaml": "# another comment\n" + as_text(mixed)}, folder)
        assert loaded(folder).standing.findings == ()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(lambda path: path.unlink(), "is missing"), (lambda path: path.write_bytes(b"all is well"), "was changed since")],
)
def test_a_report_that_is_changed_or_missing_breaks_the_sign_off(
    spoil: Callable[[Path], object], words: str, tmp_path: Path
) -> None:
    """The compare report is part of what was signed."""
    new, _ = with_second_edition(tmp_path)
    record = loaded(new).sign_offs.latest_approval
    assert record is not None
    assert record.report is not None
    spoil(new / record.report.file)
    with pytest.raises(RulesetNotInForce, match=f"the compare report that was signed on 2017-07-04, .* {words}"):
        loaded(new)
    assert load(new).status == "draft"


def test_a_sign_off_that_cannot_be_read_is_told_at_its_place(tmp_path: Path) -> None:
    """As any other file of a ruleset: file, line, column, what is wrong and what would be right."""
    folder = tmp_path / "small"
    signed(folder)
    text = (folder / "signoff.yaml").read_text(encoding="utf-8")
    write({"signoff.yaml": text.replace("'2017-09-01'", "next year") + "- a\n"}, folder)
    with pytest.raises(RulesetInvalid) as caught:
        load(folder)
    found = {problem.message: str(problem.place) for problem in caught.value.problems}
    line = text[: text.index("review_by")].count("\n") + 1
    assert found["`review_by`: `next year` is not a date"] == f"small/signoff.yaml:{line}:14"
    assert found["this is no sign-off record"] == f"small/signoff.yaml:{text.count(chr(10)) + 1}:3"


def test_a_record_by_one_person_alone_does_not_load(tmp_path: Path) -> None:
    """Whoever writes a record by hand is held to the same rules."""
    folder = tmp_path / "small"
    signed(folder)
    text = (folder / "signoff.yaml").read_text(encoding="utf-8")
    write({"signoff.yaml": text.replace(PROPOSAL.proposer, PROPOSAL.approver.upper())}, folder)
    with pytest.raises(RulesetInvalid, match="proposer and approver are the same"):
        load(folder)

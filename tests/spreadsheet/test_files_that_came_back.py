"""Spreadsheets that are broken, hostile or not ours end in one clear message; rule files are written all or none."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import thresholds
from tests.marking import Marked, every_byte, small_one, taken_over
from tests.small_rulesets import small
from thresholds.errors import SpreadsheetError
from thresholds.spreadsheet import reading, taking_over
from thresholds.spreadsheet.changes import Changes, compare
from thresholds.spreadsheet.layout import workbook
from thresholds.spreadsheet.reading import read_file, read_spreadsheet


@cache
def ruleset() -> thresholds.Ruleset:
    from tests.cases import ruleset as telling

    return telling()


@cache
def exported() -> bytes:
    return workbook(ruleset())


def repacked(change: Callable[[str, bytes], bytes | None], content: bytes | None = None) -> bytes:
    """The exported file with its parts changed; None takes a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or exported())) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


def in_rules(old: str, new: str) -> bytes:
    """The exported file with some XML of the sheet of rules exchanged."""
    return repacked(
        lambda name, xml: xml.replace(old.encode(), new.encode(), 1) if name.endswith("sheet2.xml") else xml
    )


def other_book() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def marked(change: Callable[[Marked], object]) -> bytes:
    """The exported file as somebody's program saved it after a change."""
    one = Marked(ruleset())
    change(one)
    return one.content()


def bomb() -> bytes:
    """A sheet that is small as it lies and far too large unpacked."""
    return repacked(
        lambda name, xml: xml + b" " * (reading.LARGEST_UNPACKED + 1) if name.endswith("sheet2.xml") else xml
    )


def with_many_rows(one: Marked) -> None:
    for _ in range(reading.MOST_ROWS):
        one.book["Rules"].append(["x"])


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BROKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "this is not an .xlsx file", "thresholds export"),
    "text": (lambda: b"id,title\n1,2\n", "this is not an .xlsx file", "thresholds export"),
    "half of it": (lambda: exported()[: len(exported()) // 2], "this is not an .xlsx file", "thresholds export"),
    "an older kind": (lambda: reading._OLE + b"\0" * 600, "an older kind of file", "save it as .xlsx"),
    "a password": (lambda: reading._OLE + reading._ENCRYPTED, "protected by a password", "without a password"),
    "another zip": (lambda: zipped(**{"a.txt": b"x"}), "this is a zip archive", "thresholds export"),
    "OpenDocument": (lambda: zipped(mimetype=b"x"), "an OpenDocument file", "save it as .xlsx"),
    "a bomb": (bomb, "larger than 60 MB", "pictures"),
    "many parts": (
        lambda: zipped(**{"[Content_Types].xml": b"", **{str(number): b"" for number in range(600)}}),
        "larger than 60 MB",
        "pictures",
    ),
    "no parts that it needs": (lambda: zipped(**{"[Content_Types].xml": b"<x/>"}), "cannot be read as", "save it anew"),
    "no XML": (lambda: in_rules("<worksheet", "<worksheet <"), "cannot be read as a spreadsheet", "save it anew"),
    "entities": (lambda: in_rules("<worksheet", f"{LAUGHS}<worksheet"), "cannot be read as", "save it anew"),
    "another spreadsheet": (other_book, "the hidden sheet `thresholds` is missing", "thresholds export"),
    "no hidden sheet": (
        lambda: marked(lambda one: one.book.remove(one.book["thresholds"])),
        "the hidden sheet `thresholds` is missing",
        "thresholds export",
    ),
    "an emptied hidden sheet": (
        lambda: marked(lambda one: one.book["thresholds"].delete_rows(2, 9_000)),
        "which says what the cells said at first, was changed",
        "export the ruleset again",
    ),
    "another version": (
        lambda: marked(lambda one: setattr(one.book["thresholds"]["B1"], "value", "2")),
        "written by another version of this library",
        "export the ruleset again",
    ),
    "no sheet of rules": (
        lambda: marked(lambda one: one.book.remove(one.book["Rules"])),
        "the sheet `Rules` is missing, or has another name now",
        "give it back its name",
    ),
    "an emptied sheet": (
        lambda: marked(lambda one: one.book["Topics"].delete_rows(1, 900)),
        "the sheet `Topics` is empty",
        "thresholds export",
    ),
    "no column of titles": (
        lambda: marked(lambda one: setattr(one.book["Rules"]["B1"], "value", "Name")),
        "sheet `Rules`: the column `Title` is missing, or has another name now",
        "put the headings back",
    ),
    "two columns of titles": (
        lambda: marked(lambda one: setattr(one.book["Rules"]["Z1"], "value", "Title")),
        "sheet `Rules`: the column `Title` stands there 2 times",
        "each once",
    ),
    "a name twice": (
        lambda: marked(lambda one: one.put("Rules", "carer_rule", "Rule", "others_rule")),
        "the name `others_rule` stands in 2 rows",
        "keep one of them",
    ),
    "a formula": (
        lambda: marked(lambda one: setattr(one.cell("Rules", "carer_rule", "Because"), "value", "=1+1")),
        "this is a formula (`=1+1`)",
        "plain text",
    ),
    "a formula in a comment": (
        lambda: marked(lambda one: setattr(one.cell("Rules", "carer_rule", "Comment"), "value", "=A1")),
        "this is a formula (`=A1`)",
        "plain text",
    ),
    "an error": (
        lambda: marked(lambda one: setattr(one.cell("Rules", "carer_rule", "Because"), "value", "#REF!")),
        "this is an error (`#REF!`)",
        "plain text",
    ),
    "many rows": (
        lambda: marked(with_many_rows),
        f"sheet `Rules` holds more than {reading.MOST_ROWS} rows",
        "thresholds export",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_used_is_one_clear_message(name: str) -> None:
    """The file, what is wrong with it, and what would be right."""
    make, message, help_ = BROKEN[name]
    with pytest.raises(SpreadsheetError) as caught:
        read_spreadsheet(make(), "votes.xlsx")
    assert caught.value.message.startswith("votes.xlsx: ")
    assert message in caught.value.message
    assert help_ in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_every_cell_that_cannot_be_read_is_named_at_once() -> None:
    """Formulas in three cells are three faults of one message, and the rest is counted where there are many."""
    one = Marked(ruleset())
    places = [one.cell("Rules", rule, "Because") for rule in ("carer_rule", "others_rule", "missing_rule")]
    for cell in places:
        cell.value = "=1+1"
    with pytest.raises(SpreadsheetError) as caught:
        read_spreadsheet(one.content(), "it")
    assert "it cannot be used: 3 faults" in caught.value.message
    assert all(f"Rules!{cell.coordinate}: " in caught.value.message for cell in places)
    for row in range(2, 9):
        for column in "BCDEFGH":
            one.book["Rules"][f"{column}{row}"] = "=1+1"
    with pytest.raises(SpreadsheetError, match="and 30 more"):
        read_spreadsheet(one.content(), "it")


def test_a_row_that_is_numbered_absurdly_costs_nothing() -> None:
    """Only rows that a sheet can have are looked at."""
    content = in_rules('<row r="3"', '<row r="999999999999"')
    changes = compare(ruleset(), read_spreadsheet(content, "it"))
    assert "row missing" in {one.kind for one in changes.refusals}


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("16.0", "16"),
        ("1.6E1", "16"),
        ("4.9000000000000004", "4.9"),
        ("0.10000000000000001", "0.1"),
        ("1e-7", "0.0000001"),
    ],
)
def test_numbers_are_read_as_they_were_typed_however_a_program_stores_them(stored: str, read: str) -> None:
    """Spreadsheets keep binary fractions with 17 digits; nobody typed those."""
    content = marked(lambda one: one.put("Numbers", "many_hours", "Value", 161_616))
    content = repacked(lambda _, xml: xml.replace(b"<v>161616</v>", f"<v>{stored}</v>".encode()), content)
    [edit] = compare(ruleset(), read_spreadsheet(content, "it")).edits
    assert edit.after == read


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30))
def test_no_damage_to_a_file_ends_in_anything_but_a_message(damage: list[tuple[int, int]]) -> None:
    """Bytes changed anywhere: it is read, or refused."""
    content = bytearray(exported())
    for place, byte in damage:
        content[place % len(content)] = byte
    with suppress(SpreadsheetError):
        assert read_spreadsheet(bytes(content), "it").origin.ruleset


@settings(max_examples=60)
@given(st.data())
def test_no_damage_to_the_tables_ends_in_anything_but_a_message(data: st.DataObject) -> None:
    """Pieces of XML taken out, doubled or exchanged inside the parts."""
    part = data.draw(st.sampled_from(["sheet2.xml", "sheet8.xml", "workbook.xml", "styles.xml", "workbook.xml.rels"]))
    start, length = data.draw(st.integers(0, 10**6)), data.draw(st.integers(0, 400))
    instead = data.draw(st.sampled_from([b"", b"<v>nan</v>", b"1e999", b"\xff", b"&", b'r="ZZZZZ9"', b"-1"]))

    def change(name: str, xml: bytes) -> bytes:
        if not name.endswith(part):
            return xml
        at = start % len(xml)
        return xml[:at] + instead + xml[at + length :]

    with suppress(SpreadsheetError):
        assert isinstance(compare(ruleset(), read_spreadsheet(repacked(change), "it")), Changes)


def test_a_file_of_another_ruleset_is_refused(tmp_path: Path) -> None:
    """Its rows would mean something else."""
    files = small()
    files["ruleset.yaml"]["name"] = "other"
    other = thresholds.load(small_one(tmp_path, files))
    with pytest.raises(SpreadsheetError, match="was written from `small`, and this is `other`"):
        compare(other, read_spreadsheet(exported(), "it"))


def test_only_an_ordinary_file_of_moderate_size_is_read(tmp_path: Path) -> None:
    """No folder, no pipe, nothing huge, nothing that is not there."""
    for path in (tmp_path, tmp_path / "none.xlsx", Path("a\0b")):
        with pytest.raises(SpreadsheetError):
            read_file(path)
    huge = tmp_path / "huge.xlsx"
    with huge.open("wb") as file:
        file.truncate(reading.LARGEST + 1)
    with pytest.raises(SpreadsheetError, match="larger than 20 MB"):
        read_file(huge)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(SpreadsheetError, match="is not a file"):
            read_file(tmp_path / "pipe")


# --- writing --------------------------------------------------------------------------------------


def with_two_edits(folder: Path) -> tuple[Path, taking_over.Proposal]:
    """A proposal that changes two files of the small ruleset."""
    place = small_one(folder)
    one = Marked(thresholds.load(place))
    one.put("Numbers", "many_hours", "Value", "16")
    one.put("Rules", "others_rule", "Title", "Others")
    proposal = taken_over(one, place)
    assert [file.shown_as for file in proposal.files] == ["small/parameters.yaml", "small/rules/rules.yaml"]
    return place, proposal


def test_the_difference_is_a_unified_diff_of_both_files(tmp_path: Path) -> None:
    """One removed and one added line in each."""
    _, proposal = with_two_edits(tmp_path)
    lines = proposal.difference.splitlines()
    assert [line for line in lines if line[:3] in ("---", "+++")] == [
        "--- a/small/parameters.yaml",
        "+++ b/small/parameters.yaml",
        "--- a/small/rules/rules.yaml",
        "+++ b/small/rules/rules.yaml",
    ]
    assert [line for line in lines if line[0] in "+-" and line[:3] not in ("---", "+++")] == [
        "-  value: '15'",
        "+  value: '16'",
        "-  title: Lives with others",
        "+  title: Others",
    ]


def test_both_files_are_written_and_nothing_is_left_behind(tmp_path: Path) -> None:
    """With the rights that they had."""
    place, proposal = with_two_edits(tmp_path)
    os.chmod(place / "parameters.yaml", 0o640)
    names = set(every_byte(tmp_path))
    proposal.write()
    assert set(every_byte(tmp_path)) == names
    assert (place / "parameters.yaml").stat().st_mode & 0o777 == 0o640
    definition = thresholds.load(place).definition
    assert (definition.parameters["many_hours"].value, definition.plain_rules["others_rule"].title) == ("16", "Others")


@pytest.mark.parametrize("fails_at", range(1, 3))
def test_where_one_file_fails_none_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    """The disk gives way at the first or the second file: both are as they were, and nothing lies about."""
    _, proposal = with_two_edits(tmp_path)
    before, real, calls = every_byte(tmp_path), os.replace, iter(range(1, 100))

    def replace(old: Path, new: Path) -> None:
        if next(calls) == fails_at:
            raise OSError(28, "No space left on device")
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(SpreadsheetError, match=r"cannot be written \(No space left on device\)"):
        proposal.write()
    assert every_byte(tmp_path) == before


def test_a_file_that_changed_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    """Neither it nor the other."""
    place, proposal = with_two_edits(tmp_path)
    path = place / "rules/rules.yaml"
    path.write_bytes(path.read_bytes() + b"# a remark\n")
    before = every_byte(tmp_path)
    with pytest.raises(SpreadsheetError, match=r"rules\.yaml was changed in the meantime"):
        proposal.write()
    assert every_byte(tmp_path) == before

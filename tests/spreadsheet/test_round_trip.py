"""The spreadsheet's way out and back: what is not changed stays, what is changed comes back as exactly that."""

from __future__ import annotations

import datetime
import re
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import thresholds
from tests.command_line import ROOT
from tests.marking import Marked, editable_cells, every_byte, layered, small_one, taken_over
from tests.small_rulesets import entry, small, write
from thresholds.spreadsheet.changes import compare
from thresholds.spreadsheet.contents import tables_of
from thresholds.spreadsheet.layout import workbook
from thresholds.spreadsheet.reading import read_spreadsheet
from thresholds.spreadsheet.tables import LONGEST, Table, tidy
from thresholds.testing import ruleset_files, rulesets
from thresholds.testing.building import Files, write_files

few = settings(max_examples=25, suppress_health_check=list(HealthCheck))
TEXTS = (
    (
        st.text(st.sampled_from("ab01 :#-?,[]&*!|>'\"%@`=<\\.~éß+\n_x"), min_size=1, max_size=30)
        | st.sampled_from(
            ["=1+1", "+44 116", "-", "@home", "012", "true", "2015-09-01", "_x0041_", "#N/A", "'quoted", "1e5"]
        )
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
WORDED = ("Title", "Label", "Definition", "Because", "Meaning", "First step")


@cache
def folder() -> Path:
    """The small ruleset, which no test changes."""
    return small_one(Path(tempfile.mkdtemp(prefix="thresholds-tests-")))


@cache
def ruleset() -> thresholds.Ruleset:
    return thresholds.load(folder())


def table(sheet: str, of: thresholds.Ruleset | None = None) -> Table:
    return next(one for one in tables_of(of or ruleset()) if one.name == sheet)


def text(sheet: str, row: str, column: str, of: thresholds.Ruleset) -> str:
    """What a cell would say if the ruleset were exported now."""
    found = table(sheet, of)
    place = [one.name for one in found.columns].index(column)
    return next(one.cells[place].text for one in found.rows if one.key == row)


def write_layers(layers: tuple[Files, ...], home: Path) -> Path:
    for files in layers:
        write_files(home / files["ruleset.yaml"]["name"], files)
    return home / str(layers[0]["ruleset.yaml"]["name"])


# --- unchanged ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["llr", "england", ROOT / "examples" / "minimal_ruleset"])
def test_what_comes_with_the_library_comes_back_unchanged(name: str | Path) -> None:
    """No edit, no refusal and no comment where nobody touched anything."""
    found = thresholds.load(name)
    changes = compare(found, read_spreadsheet(workbook(found), "it"))
    assert (changes.edits, changes.refusals, changes.remarks, changes.same_ruleset) == ((), (), (), True)


@few
@given(rulesets())
def test_every_ruleset_comes_back_unchanged(found: thresholds.Ruleset) -> None:
    """The same for any ruleset there can be."""
    changes = compare(found, read_spreadsheet(workbook(found), "it"))
    assert (changes.edits, changes.refusals, changes.remarks, changes.same_ruleset) == ((), (), (), True)


@few
@given(rulesets(overlay=True))
def test_only_the_layer_of_its_own_can_be_changed(found: thresholds.Ruleset) -> None:
    """Each rule of each layer has its row, once, with its layer; what is editable belongs to the last layer."""
    tables = tables_of(found)
    assert sorted(row.key for row in tables[0].rows) == sorted(rule.id for rule in found.definition.rules)
    for one in tables:
        assert len({row.key for row in one.rows}) == len(one.rows)
        layer = [column.name for column in one.columns].index("Layer")
        for row in one.rows:
            assert row.cells[layer].text == row.layer
            assert row.layer == found.definition.layers[-1] or not any(cell.editable for cell in row.cells)


def test_no_two_cells_show_the_same_value() -> None:
    """Else two edits could speak against each other."""
    spots = [
        (line.spot.place.file, line.spot.path)
        for _, _, _, cell in editable_cells(thresholds.load("llr"))
        for line in cell.lines
        if line.spot is not None
    ]
    assert len(spots) == len(set(spots)) > 2_000


# --- changed --------------------------------------------------------------------------------------


@few
@given(ruleset_files(), st.data())
def test_changed_words_come_back_as_exactly_those(layers: tuple[Files, ...], data: st.DataObject) -> None:
    """Each edit is found with its cell, before and after; written, the ruleset says the new words and no others."""
    with tempfile.TemporaryDirectory() as home:
        place = write_layers(layers, Path(home))
        found = thresholds.load(place)
        cells = [one for one in editable_cells(found) if one[2] in WORDED]
        chosen = data.draw(
            st.lists(st.sampled_from(cells), max_size=4, unique_by=lambda one: (one[0].name, one[1].key, one[2]))
        )
        marked, wanted = Marked(found), {}
        for sheet, row, column, cell in chosen:
            new = data.draw(TEXTS)
            assume(new not in (cell.text, "") and tidy(new) == new)
            wanted[marked.put(sheet.name, row.key, column, new)] = (cell.text, new)
        changes = marked.changes(found)
        assert changes.refusals == ()
        assert {edit.at: (edit.before, edit.after) for edit in changes.edits} == wanted
        proposal = taken_over(marked, place)
        assert proposal.problems == ()
        before = tables_of(found)
        proposal.write()
        after = tables_of(thresholds.load(place))
        differing = {
            new.text
            for one, other in zip(before, after, strict=True)
            for row, now in zip(one.rows, other.rows, strict=True)
            for column, old, new in zip(one.columns, row.cells, now.cells, strict=True)
            if column.name in WORDED and old.text != new.text
        }
        assert differing == {new for _, new in wanted.values()}


@few
@given(ruleset_files(), st.data())
def test_any_change_of_any_cell_loads_or_is_refused_with_its_place(
    layers: tuple[Files, ...], data: st.DataObject
) -> None:
    """Whatever is put anywhere: it is taken over whole, or nothing is written; only the lines concerned change."""
    with tempfile.TemporaryDirectory() as home:
        place = write_layers(layers, Path(home))
        found = thresholds.load(place)
        sheet, row, column, cell = data.draw(st.sampled_from(list(editable_cells(found))))
        line = data.draw(st.sampled_from([one for one in cell.lines if one.spot is not None]))
        new = data.draw(TEXTS | st.sampled_from(["2", "3 months", ">= 2", "true", "false", "consider", "offer", "low"]))
        changed = [f"{one.lead} {new}" if one is line else one.whole for one in cell.lines]
        marked = Marked(found)
        marked.put(sheet.name, row.key, column, new if cell.free else "\n".join(changed))
        old = every_byte(Path(home))
        proposal = taken_over(marked, place)
        assert len(proposal.files) <= 1
        for file in proposal.files:
            was, now = file.before.splitlines(), file.after.splitlines()
            assert line.spot is not None
            assert [number for number, pair in enumerate(zip(was, now, strict=True), 1) if pair[0] != pair[1]] == [
                line.spot.place.line
            ]
        if proposal.problems:
            with pytest.raises(thresholds.ThresholdsError, match="would not load"):
                proposal.write()
            assert every_byte(Path(home)) == old
        else:
            proposal.write()
            thresholds.load(place)
            assert {name for name, content in every_byte(Path(home)).items() if content != old[name]} == {
                file.shown_as for file in proposal.files
            }


@pytest.mark.parametrize(
    ("value", "after"),
    [
        (16, "16"),
        (16.0, "16"),
        (4.9, "4.9"),
        (0.1, "0.1"),
        (12345678.25, "12345678.25"),
        ("16", "16"),
        ("016", "016"),
        (" 16 ", "16"),
        (True, "true"),
        (datetime.date(2015, 9, 1), "2015-09-01"),
    ],
)
def test_what_a_program_took_for_something_else_is_read_as_it_was_meant(value: object, after: str) -> None:
    """Numbers exactly, true and false, and days."""
    marked = Marked(ruleset())
    marked.put("Numbers", "many_hours", "Value", value)
    [edit] = marked.changes(ruleset()).edits
    assert (edit.before, edit.after, edit.about) == ("15", after, "number many_hours")


def test_a_number_that_only_looks_different_is_no_change() -> None:
    """15 as a number is what `15` said."""
    marked = Marked(ruleset())
    marked.put("Numbers", "many_hours", "Value", 15.0)
    marked.put("Rules", "carer_rule", "Because", "it is much  \n")
    assert marked.changes(ruleset()).edits == ()


def test_one_line_of_a_condition_is_changed_by_itself() -> None:
    """The other lines, nested as they are, stay; the place is that of the one test."""
    marked = Marked(ruleset())
    assert marked.cell("Rules", "carer_rule", "When, in rule language").value == (
        "any:\n  - caring: >= many_hours\n  - homeless: >= 28 days"
    )
    marked.put("Rules", "carer_rule", "When, in rule language", "any:\n- caring: >= many_hours\n- homeless: >= 6 weeks")
    [edit] = marked.changes(ruleset()).edits
    assert (edit.before, edit.after) == (">= 28 days", ">= 6 weeks")
    assert edit.column == "When, in rule language, homeless"
    assert edit.spot.place.file == "small/rules/rules.yaml"


def test_each_value_over_time_has_a_row_of_its_own(tmp_path: Path) -> None:
    """A history is changed value by value; the day of each is only to be read."""
    place = small_one(tmp_path)
    marked = Marked(thresholds.load(place))
    marked.put("Numbers", "low_attendance from 2015-09-01", "Value", "88")
    taken_over(marked, place).write()
    assert [one.value for one in thresholds.load(place).definition.parameters["low_attendance"].history] == ["85", "88"]


def test_weights_meanings_and_questions_can_be_changed(tmp_path: Path) -> None:
    """A response that stands alone in `then` too."""
    files = small()
    entry(files, "others_rule")["then"] = "review"
    place = small_one(tmp_path, files)
    marked = Marked(thresholds.load(place))
    marked.put("Rules", "others_rule", "Leads to, in rule language", "review: offer")
    marked.put("Rules", "exclusions_level_2", "Leads to, in rule language", "early_help: points_to")
    marked.put("Topics", "home", "Question", "How is it at home?")
    values = marked.cell("Indicators", "hitting", "What each value looks like").value
    marked.put("Indicators", "hitting", "What each value looks like", values.replace("It is high.", "It leaves marks."))
    taken_over(marked, place).write()
    definition = thresholds.load(place).definition
    assert definition.plain_rules["others_rule"].then == {"review": "offer"}
    assert {rule.id: rule.then for rule in definition.rules}["exclusions_level_2"] == {"early_help": "points_to"}
    assert definition.topics["home"].question == "How is it at home?"
    assert definition.indicators["hitting"].values["high"] == "It leaves marks."


# --- what is not taken over -----------------------------------------------------------------------


def test_comments_and_notes_are_listed_and_never_written(tmp_path: Path) -> None:
    """From the yellow column, from notes on cells, and from the first sheet."""
    from openpyxl.comments import Comment

    place = small_one(tmp_path)
    found = thresholds.load(place)
    marked = Marked(found)
    at = marked.put("Rules", "carer_rule", "Comment", "=why 15?")
    marked.cell("Rules", "others_rule", "Title").comment = Comment("who are others?", "A")
    marked.book["How to read and mark this"]["D3"] = "looked at on Monday"
    changes = marked.changes(found)
    assert (changes.edits, changes.refusals) == ((), ())
    assert [(one.at, one.about, one.text) for one in changes.remarks] == [
        (at, "rule carer_rule", "=why 15?"),
        ("How to read and mark this!D3", "on the first sheet", "looked at on Monday"),
        (f"Rules!B{marked.number('Rules', 'others_rule')}", "a note beside others_rule", "who are others?"),
    ]
    assert taken_over(marked, place).files == ()


def refusal(marked: Marked, found: thresholds.Ruleset) -> tuple[str, str, str]:
    """The one thing that is not taken over: kind, message, help."""
    changes = marked.changes(found)
    assert changes.edits == ()
    [one] = changes.refusals
    return one.kind, one.message, one.help


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "message"),
    [
        ("Rules", "carer_rule", "When, in words", "whenever", "became “whenever”"),
        ("Rules", "carer_rule", "Level of need", None, "became an empty cell"),
        ("Numbers", "many_hours", "Unit", "hours", "“hours a week” became “hours”"),
        ("Rules", "exclusions_level_1", "Title", "Excluded", "became “Excluded”"),
        ("Topics", "home", "Whom to ask", "nobody", "became “nobody”"),
    ],
)
def test_a_change_where_nothing_can_be_changed_is_told(
    sheet: str, row: str, column: str, value: object, message: str
) -> None:
    """It is not lost silently: the message says what was changed, the help where it can be."""
    marked = Marked(ruleset())
    marked.put(sheet, row, column, value)
    kind, said, help_ = refusal(marked, ruleset())
    assert kind == "read only"
    assert message in said
    assert re.search(r"small/[a-z/]+\.yaml:\d+", help_)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("Because", None, "nothing is left of “it is much”"),
        ("When, in rule language", None, "nothing is left of"),
        ("When, in rule language", "any:\n- caring: >= many_hours", "has 2 lines instead of 3"),
        (
            "When, in rule language",
            "any:\n- caring: >= 1\n- homless: >= 28 days",
            "“- homless: >= 28 days” is no line of it",
        ),
        ("When, in rule language", "any:\n- caring: >= many_hours\n- homeless:", "nothing is left of “>= 28 days”"),
        (
            "When, in rule language",
            "any: 2\n- caring: >= many_hours\n- homeless: >= 28 days",
            "any: an empty cell became “2”",
        ),
        ("Because", "it is\u200b much", "an invisible character (U+200B, zero width space) stands in it"),
    ],
)
def test_what_cannot_be_understood_is_told(column: str, value: object, message: str) -> None:
    """Emptied cells, lines that were added, taken out or renamed, and characters that nobody sees."""
    marked = Marked(ruleset())
    marked.put("Rules", "carer_rule", column, value)
    assert message in refusal(marked, ruleset())[1]


def test_a_deleted_row_withdraws_nothing_and_says_what_would(tmp_path: Path) -> None:
    """For a rule of its own: where to delete it. For one of the base: `withdraws:`."""
    found = thresholds.load(layered(tmp_path))
    for rule, words in (("local_rule", "delete the entry at local/rules/rules.yaml:1"), ("carer_rule", "`withdraws:`")):
        marked = Marked(found)
        marked.book["Rules"].delete_rows(marked.number("Rules", rule))
        kind, message, help_ = refusal(marked, found)
        assert (kind, message) == ("row missing", f"the row of rule {rule} is missing")
        assert words in help_


def test_rows_that_were_added_or_renamed_are_told() -> None:
    """A new rule is written in the rule files, and so is a new name; the comment beside it is listed all the same."""
    marked = Marked(ruleset())
    marked.book["Rules"].append(["new_rule", "A new rule"])
    marked.put("Rules", "new_rule", "Comment", "please")
    assert refusal(marked, ruleset())[1] == "the row “new_rule” was added"
    assert marked.changes(ruleset()).remarks[0].text == "please"
    marked = Marked(ruleset())
    marked.put("Rules", "carer_rule", "Rule", "caring_rule")
    found = marked.changes(ruleset()).refusals
    assert [one.message for one in found] == [
        "`carer_rule` is called “caring_rule” here",
        "the row of rule carer_rule is missing",
    ]


def test_what_was_put_beside_the_tables_is_told() -> None:
    """In columns of its own, or on sheets of its own."""
    marked = Marked(ruleset())
    marked.book["Topics"].cell(3, 30).value = "a remark"
    marked.book.create_sheet("Votes")
    found = marked.changes(ruleset()).refusals
    assert [(one.kind, one.message) for one in found] == [
        ("not read", "beside the table: “a remark”"),
        ("not read", "the sheet `Votes` was added"),
    ]


def test_columns_and_rows_may_be_moved() -> None:
    """They are found by their names."""
    marked = Marked(ruleset())
    sheet = marked.book["Numbers"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for number, row in enumerate([rows[0], *reversed(rows[1:])], start=1):
        for place, value in enumerate(reversed(row), start=1):
            sheet.cell(number, place).value = value
    [fifteen] = [cell for row in sheet.iter_rows() for cell in row if cell.value == "15"]
    sheet[fifteen.coordinate] = "16"
    changes = marked.changes(ruleset())
    assert [(edit.about, edit.after) for edit in changes.edits] == [("number many_hours", "16")]
    assert changes.refusals == ()


# --- when the ruleset has changed since -------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "here", "edits", "conflicts"),
    [
        (None, "16", 1, 0),
        ("17", None, 0, 0),
        ("16", "16", 0, 0),
        ("17", "16", 0, 1),
    ],
)
def test_a_cell_is_refused_only_where_both_changed(
    tmp_path: Path, there: str | None, here: str | None, edits: int, conflicts: int
) -> None:
    """Held three ways: as exported, as marked, as the ruleset is now; two who agree are no conflict."""
    place = small_one(tmp_path)
    marked = Marked(thresholds.load(place))
    files = small()
    entry(files, "others_rule")["because"] = "it was worded anew since"
    if there:
        entry(files, "many_hours")["value"] = there
    write(files, place)
    if here:
        marked.put("Numbers", "many_hours", "Value", here)
    now = thresholds.load(place)
    changes = marked.changes(now)
    assert not changes.same_ruleset
    assert (len(changes.edits), len(changes.refusals)) == (edits, conflicts)
    for one in changes.refusals:
        assert one.kind == "conflict"
        assert one.message == "number many_hours, Value: here “15” became “16”; in the ruleset it is “17” since"


def test_an_edit_of_what_is_gone_is_a_conflict(tmp_path: Path) -> None:
    """Whoever took the rule out did not see the edit."""
    place = small_one(tmp_path)
    marked = Marked(thresholds.load(place))
    marked.put("Rules", "others_rule", "Title", "Others")
    files = small()
    files["rules/rules.yaml"] = [one for one in files["rules/rules.yaml"] if one["id"] != "others_rule"]
    files["responses.yaml"] = [one for one in files["responses.yaml"] if one["id"] != "review"]
    files["rules/rules.yaml"][0]["then"]["school_support"] = "points_to"
    write(files, place)
    found = marked.changes(thresholds.load(place)).refusals
    assert [one.kind for one in found] == ["conflict"]
    assert "no longer in the ruleset" in found[0].message


# --- the sheets themselves ------------------------------------------------------------------------


@few
@given(rulesets())
def test_every_cell_is_text_and_what_may_not_change_is_locked(found: thresholds.Ruleset) -> None:
    """No formula, no number, no date; a cell is open where it may be changed, and nowhere else."""
    book = load_workbook(BytesIO(workbook(found)))
    assert book.sheetnames[0] == "How to read and mark this"
    assert book["thresholds"].sheet_state == "veryHidden"
    for sheet in book:
        assert sheet.protection.sheet
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.value is None or (cell.data_type, cell.number_format) == ("s", "@")
    for one in tables_of(found):
        sheet = book[one.name]
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("C2", "$1:$1")
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        for number, shown in enumerate(one.rows, start=2):
            for place, (column, what) in enumerate(zip(one.columns, shown.cells, strict=True), start=1):
                open_ = what.editable or column.name == "Comment"
                assert sheet.cell(number, place).protection.locked == (not open_)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    """Out and back, as what it is."""
    files = small()
    odd = ["=1+1", "+1", "-1", "@x", "#N/A", "_x0041_", "=cmd|'/c calc'!A1"]
    for number, words in enumerate(odd):
        files["rules/rules.yaml"][number]["because"] = words
    found = thresholds.load(small_one(tmp_path, files))
    marked = Marked(found)
    for number, words in enumerate(odd):
        cell = marked.cell("Rules", files["rules/rules.yaml"][number]["id"], "Because")
        assert cell.data_type == "s"
        assert cell.quotePrefix == (words[0] in "=+-@")
        marked.put("Rules", files["rules/rules.yaml"][number]["id"], "Because", f"{cell.value}!")
    names = [row["id"] for row in files["rules/rules.yaml"]]
    assert {edit.about: edit.after for edit in marked.changes(found).edits} == {
        f"rule {name}": f"{words}!" for name, words in zip(names, odd, strict=False)
    }


def test_a_text_too_long_for_a_cell_points_to_its_file(tmp_path: Path) -> None:
    """It is not cut off, and cannot be changed there."""
    files = small()
    entry(files, "others_rule")["because"] = "long " * (LONGEST // 4)
    found = thresholds.load(small_one(tmp_path, files))
    cell = text("Rules", "others_rule", "Because", found)
    assert re.fullmatch(r"\(too long for a cell: see small/rules/rules\.yaml, line \d+\)", cell)
    assert Marked(found).changes(found).refusals == ()

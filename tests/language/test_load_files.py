"""Files and folders of a ruleset: what belongs there, YAML's traps, what is refused unread."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import thresholds
from tests.small_rulesets import as_text, entry, load, overlay, place_of, problems, small, the_problem, write

RULES = "rules/rules.yaml"


# --- YAML's traps through the whole loader --------------------------------------------------------

TRAPS = {
    "an unquoted comparison": ("hitting: '>= moderate'", "hitting: ¦>= moderate", "start of a block", '">= moderate"'),
    "an unquoted comparison without a blank": ("needs: '>= 2'", "needs: ¦>2", "start of a block of text", '">2"'),
    "an unquoted interval": (
        "child_age: '[5 years..16 years)'",
        "child_age: ¦[5 years..16 years)",
        "brackets for those of a list",
        'child_age: "[5 years..16 years)"',
    ),
    "a tab": ("  title: Hitting", "¦\ttitle: Hitting", "indented with a tab", "blanks"),
    "a key given twice": ("  title: Hitting\n", "  title: One\n  ¦title: Two\n", "`title`", "one of"),
    "an alias": ("then:\n    review: points_to", "then: ¦*review", "an alias", "write the value out"),
    "a tag": ("hitting: '>= moderate'", "hitting: ¦!x moderate", "a tag", "write the value out"),
    "no blank after a colon": ("title: Hitting", "¦title:Hitting", "blank", "title: Hitting"),
    "a colon in a text": ("title: Hitting", "title: Hitting¦: a child", "`:`", "quotes"),
}


@pytest.mark.parametrize("case", TRAPS)
def test_a_trap_of_yaml_is_told_with_what_to_write(case: str, tmp_path: Path) -> None:
    """Line and column of the trap itself, and the line as it should be."""
    right, trap, message, help_ = TRAPS[case]
    files = small()
    text = as_text(files[RULES])
    assert right in text
    files[RULES] = text.replace(right, trap.replace("¦", ""), 1)
    found = problems(files, tmp_path)
    assert str(found[0].place) == str(place_of(files, RULES, trap))
    assert message in found[0].message
    assert help_ in found[0].help


@pytest.mark.parametrize(
    ("right", "wrong", "message", "help_"),
    [
        ("'[5 years..16 years)'", "012", "`012` stands where a value should", "without leading zeros: 12"),
        ("'>= many_episodes'", "1_000", "`1_000` stands where a value should", "without underscores: 1000"),
        ("'>= many_episodes'", "null", "`null` stands where a value should", "unknown"),
        ("< low_attendance", "90%", "`90%` stands where a value should", "leave the sign out: 90"),
    ],
)
def test_what_yaml_would_read_as_something_else_is_read_as_text(
    right: str, wrong: str, message: str, help_: str, tmp_path: Path
) -> None:
    """YAML's octal numbers, underscores and null are no values of a test."""
    files = small()
    files[RULES] = as_text(files[RULES]).replace(right, wrong, 1)
    found = [problem for problem in problems(files, tmp_path) if message in problem.message]
    assert len(found) == 1
    assert help_ in found[0].help


def test_yes_no_and_dates_are_no_trap(tmp_path: Path) -> None:
    """Scalars are text: a label may be `no` or a date, and a value of a choice may be called `yes`."""
    files = small()
    entry(files, "review")["label"] = "no"
    entry(files, "enquiry")["label"] = "2017-01-31"
    files["responses.yaml"] = (
        as_text(files["responses.yaml"]).replace("'no'", "no").replace("'2017-01-31'", "2017-01-31")
    )
    responses = load(files, tmp_path).definition.responses
    assert (responses["review"].label, responses["enquiry"].label) == ("no", "2017-01-31")


# --- what stands in the folder --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message", "help_"),
    [
        ("", "not a mapping", "format: 1"),
        ("# nothing\n", "not a mapping", "format: 1"),
        ("- a\n", "not a mapping", "format: 1"),
        ("hello\n", "not a mapping", "format: 1"),
    ],
)
def test_ruleset_yaml_is_a_mapping(content: str, message: str, help_: str, tmp_path: Path) -> None:
    """An empty file, a list or a text is told as what it is."""
    files = small()
    files["ruleset.yaml"] = content
    problem = the_problem(files, tmp_path)
    assert problem.place.file == "small/ruleset.yaml"
    assert message in problem.message
    assert help_ in problem.help


def test_a_folder_without_ruleset_yaml_is_no_ruleset(tmp_path: Path) -> None:
    """The path is named, and what would be right."""
    files = small()
    del files["ruleset.yaml"]
    with pytest.raises(thresholds.RulesetNotFound) as caught:
        load(files, tmp_path)
    assert "there is no ruleset.yaml in it" in caught.value.message
    assert "bundled" in caught.value.help


@pytest.mark.parametrize("name", ["nowhere", "", "no/where", "england/", "\0", "x" * 5000, "\ud800", "../england"])
def test_a_name_that_is_none_is_not_found(name: str) -> None:
    """Whatever is asked for, the answer is RulesetNotFound with the names there are."""
    with pytest.raises(thresholds.RulesetNotFound) as caught:
        thresholds.load(name)
    assert caught.value.help


@pytest.mark.parametrize(
    ("path", "content", "message", "help_"),
    [
        ("impossible.yaml", "id: x\n", "the file is not a list", "- id:"),
        ("rule.yaml", "[]", "this file is not part of a ruleset", "did you mean"),
        ("rules/notes.txt", "x", "this file is not part of a ruleset", "rules/*.yaml"),
        ("rules/notes.yml", "[]", "this file is not part of a ruleset", "call it notes.yaml"),
        ("indicator/x.yaml", "[]", "this folder is not part of a ruleset", "did you mean indicators?"),
    ],
)
def test_what_is_no_part_of_a_ruleset_is_told(
    path: str, content: str, message: str, help_: str, tmp_path: Path
) -> None:
    """A misspelt file or folder is never left out in silence."""
    files = small()
    files[path] = content
    found = problems(files, tmp_path)
    assert [problem.message for problem in found] == [message]
    assert found[0].place.file in (f"small/{path}", f"small/{path.split('/')[0]}")
    assert help_ in found[0].help


def test_notes_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    """Markdown beside the rules, and what begins with a dot, is nobody's business."""
    load(
        {**small(), "README.md": "x", "rules/notes.md": "- x", ".git/config": "x", "rules/.hidden.yaml": "{"}, tmp_path
    )


def test_a_list_may_be_split_over_a_folder_of_files(tmp_path: Path) -> None:
    """`rules/` may hold folders, and other lists too; what is there is read as one."""
    files = small()
    whole = load(files, tmp_path / "one").hash
    rules = files.pop(RULES)
    files |= {"rules/deep/down/a.yaml": rules[:3], "rules/b.yaml": rules[3:], "rules/c.yaml": []}
    files |= {"parameters/a.yaml": files.pop("parameters.yaml"), "impossible/a.yaml": files.pop("impossible.yaml")}
    assert load(files, tmp_path / "other").hash == whole


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    """A list without entries is no fault."""
    files = small()
    entry(files, "school_support")["services"] = []
    files["services.yaml"] = "# none yet\n"
    load(files, tmp_path)


# --- what is refused ------------------------------------------------------------------------------


def refused(files: dict[str, object], folder: Path) -> str:
    """The one thing that is wrong with a hostile file, found quickly."""
    problem = the_problem(files, folder)
    assert problem.help
    return problem.message


def test_a_file_of_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    """No more of it is read than shows that it is too large."""
    write(small(), tmp_path / "small")
    with open(tmp_path / "small/rules/large.yaml", "wb") as file:
        file.truncate(50_000_000)
    assert "larger than 2 MB" in refused({}, tmp_path)


@pytest.mark.parametrize("junk", [bytes(range(256)) * 50, b"\xff\xfe\x00x" * 100, b"\x00" * 1000, b"\x89PNG\r\n\x1a\n"])
def test_binary_junk_is_refused(junk: bytes, tmp_path: Path) -> None:
    """What is no text is told as such."""
    assert refused({**small(), "rules/junk.yaml": junk}, tmp_path)


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    """Ten aliases of ten of ten of ten … are never expanded."""
    lines = ['a0: &a0 ["x"]'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = problems({**small(), "rules/bomb.yaml": "\n".join(lines)}, tmp_path)
    assert "an anchor (`&name`), which rule files may not use" in found[0].message
    assert len(found) < 200


@pytest.mark.parametrize("text", ["[" * 5000, "[" * 5000 + "]" * 5000, "{a: " * 5000, "- " * 5000 + "a", "a:\n" * 3])
def test_a_deep_nest_is_refused(text: str, tmp_path: Path) -> None:
    """However deep, no more than a message comes of it."""
    assert problems({**small(), "rules/deep.yaml": text}, tmp_path)


def test_a_condition_nests_no_deeper_than_a_reader_can_follow(tmp_path: Path) -> None:
    """Thirteen levels of a condition are a fault with a way out."""
    files = small()
    condition: dict[str, object] = {"lives_with": "others"}
    for _ in range(13):
        condition = {"any": [condition]}
    entry(files, "others_rule")["when"] = condition
    problem = the_problem(files, tmp_path)
    assert "nests deeper than 12" in problem.message
    assert "finding of its own" in problem.help


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_out_of_the_ruleset_is_not_followed(tmp_path: Path) -> None:
    """Neither a linked file nor a linked folder is read."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("- id: secret_rule\n")
    folder = write(small(), tmp_path / "small")
    (folder / "rules/linked.yaml").symlink_to(secret)
    assert "links are not followed" in refused({}, tmp_path)
    (folder / "rules/linked.yaml").unlink()
    (folder / "rules/linked").symlink_to(tmp_path)
    message = refused({}, tmp_path)
    assert "not part of a ruleset" in message
    assert "secret" not in message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in the folder is a fault, and nobody waits for what may come out of it."""
    folder = write(small(), tmp_path / "small")
    os.mkfifo(folder / "rules/pipe.yaml")
    assert "not a file" in refused({}, tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """A folder that is no ruleset, such as somebody's home, is not read through."""
    folder = write(small(), tmp_path / "small")
    for number in range(501):
        (folder / f"rules/r{number}.yaml").touch()
    with pytest.raises(thresholds.RulesetNotFound, match="more than 500 files"):
        thresholds.load(folder)


# --- extends --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extends", "message", "help_"),
    [
        ("nowhere", "there is no ruleset `nowhere` to extend", "beside this one"),
        ("../small", "`extends: ../small` is not a name", "england"),
        ("/etc", "`extends: /etc` is not a name", "england"),
        ("local", "extend one another in a circle", "let the lowest extend none"),
        (["small"], "is not a name", "england"),
    ],
)
def test_what_cannot_be_extended_is_told(extends: object, message: str, help_: str, tmp_path: Path) -> None:
    """A name beside this ruleset or among the bundled ones; never a path, never itself."""
    found = problems(small(), tmp_path, over=overlay(extends=extends))
    assert len(found) == 1
    assert found[0].place.file == "local/ruleset.yaml"
    assert message in found[0].message
    assert help_ in found[0].help


def test_two_rulesets_that_extend_one_another_are_told(tmp_path: Path) -> None:
    """A circle ends, however long."""
    write(overlay(extends="local"), tmp_path / "small")
    write(overlay(extends="small"), tmp_path / "local")
    with pytest.raises(thresholds.RulesetInvalid, match="circle"):
        thresholds.load(tmp_path / "local")


def test_bundled_rulesets_can_be_extended_from_anywhere(tmp_path: Path) -> None:
    """A partnership's folder may lie wherever it likes and extend `england`."""
    header = overlay(extends="england", **{"from": "2014-09-01"})
    ruleset = thresholds.load(write(header, tmp_path / "ours"))
    assert ruleset.definition.layers == ("england", "ours")

"""Rule files are read as text with every place kept, and whatever is wrong with one is told, never raised."""

import os
import pickle
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from thresholds.language import yaml_source, yaml_traps, yaml_tree
from thresholds.language.yaml_text import Document, Place, Problem, Tree, parse_yaml, read_yaml
from thresholds.language.yaml_words import in_plain_words

PARSERS = [
    pytest.param(
        False, id="libyaml", marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="libyaml is not there")
    ),
    pytest.param(True, id="pure python"),
]
both_parsers = pytest.mark.parametrize("pure_python", PARSERS)


def read(text: str | bytes, *, pure_python: bool = False) -> tuple[Document, list[Problem]]:
    problems: list[Problem] = []
    return parse_yaml(text, "rules/x.yaml", problems, pure_python=pure_python), problems


def paths(tree: Tree, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Tree]]:
    yield path, tree
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*path, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from paths(value, (*path, number))


def places(document: Document) -> list[tuple[Place, Place]]:
    if document.data is None:
        return []
    return [(document.place(*path), document.key_place(*path)) for path, _ in paths(document.data)]


# What is read

RULES = """\
# Rules about school
- id: persistent_absence
  when:
    child_age: "[5 years..18 years)"
    attendance: < 90
    any: [{hours: ">= 3", told: true}, {seen: }]
  then: {support: points_to}
  because: >-
    attendance of {attendance}
    means absence
  from: 2017-03-01
  code: 012
  number: 1_000
  asked: yes
  note:
-
  - 'it''s'
  - a: b  # and so on
"""


@both_parsers
def test_every_scalar_is_the_text_that_was_written(pure_python: bool) -> None:
    """Nothing is resolved: numbers, dates, yes and no stay text, and what is left out is the empty text."""
    document, problems = read(RULES, pure_python=pure_python)
    assert problems == []
    assert document.data == [
        {
            "id": "persistent_absence",
            "when": {
                "child_age": "[5 years..18 years)",
                "attendance": "< 90",
                "any": [{"hours": ">= 3", "told": "true"}, {"seen": ""}],
            },
            "then": {"support": "points_to"},
            "because": "attendance of {attendance} means absence",
            "from": "2017-03-01",
            "code": "012",
            "number": "1_000",
            "asked": "yes",
            "note": "",
        },
        ["it's", {"a": "b"}],
    ]


@both_parsers
@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "2:1", "2:1"),
        ((0,), "2:3", "2:3"),
        ((0, "id"), "2:7", "2:3"),
        ((0, "when"), "4:5", "3:3"),
        ((0, "when", "attendance"), "5:17", "5:5"),
        ((0, "when", "any", 0, "told"), "6:33", "6:27"),
        ((0, "then"), "7:9", "7:3"),
        ((0, "because"), "8:12", "8:3"),
        ((0, "note"), "15:3", "15:3"),
        ((1,), "17:3", "17:3"),
        ((1, 0), "17:5", "17:5"),
        ((1, 1, "a"), "18:8", "18:5"),
        ((0, "missing", "deeper"), "2:3", "2:3"),
        ((0, "when", "missing"), "4:5", "3:3"),
        ((0, "id", "missing"), "2:7", "2:3"),
        ((2,), "2:1", "2:1"),
        ((-1,), "2:1", "2:1"),
        (("id",), "2:1", "2:1"),
    ],
)
def test_places_of_values_and_keys(path: tuple[str | int, ...], value: str, key: str, pure_python: bool) -> None:
    """A path gives the place of its value and of its key, and one that leads nowhere that of its deepest part."""
    document, _ = read(RULES, pure_python=pure_python)
    assert str(document.place(*path)) == f"rules/x.yaml:{value}"
    assert str(document.key_place(*path)) == f"rules/x.yaml:{key}"


@both_parsers
@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", b"\xef\xbb\xbf", "--- # nothing\n...\n"])
def test_an_empty_file_has_no_data_and_no_problem(text: str | bytes, pure_python: bool) -> None:
    """A file with nothing in it gives None, and it is for the caller to say whether that is wrong."""
    document, problems = read(text, pure_python=pure_python)
    assert (document.data, problems) == (None, [])
    assert document.place("a", 1) == document.key_place() == Place("rules/x.yaml", 1, 1)


@both_parsers
@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("because: >-\n  one\n  two\n", {"because": "one two"}),
        ("because: >\n  one\n\n  two\nb: |+\n  c\n\n", {"because": "one\ntwo\n", "b": "c\n\n"}),
        ("because: | # note\n   one\n", {"because": "one\n"}),
        ("a: |2-\n    one\n", {"a": "  one"}),
        ("- >-\n  one\n- two\n", ["one", "two"]),
        (
            "a: < 3\nb: (5..18)\nc: not(a, b)\nd: (5..18]\n",
            {"a": "< 3", "b": "(5..18)", "c": "not(a, b)", "d": "(5..18]"},
        ),
        ("a: see https://x.org/a:b\nb:\n- https://x.org\n", {"a": "see https://x.org/a:b", "b": ["https://x.org"]}),
        ("a: [N6, C14]\nb: [see notes.. and more]\n", {"a": ["N6", "C14"], "b": ["see notes.. and more"]}),
        ("a: b #c\nd: e#f\n", {"a": "b", "d": "e#f"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ('a: "one\n  two"\n', {"a": "one two"}),
        ('"<<": x\n', {"<<": "x"}),
        ("---\na: b\n...\n", {"a": "b"}),
        ("plain\n", "plain"),
        ("a: £5\u00a0a week, “about”\n", {"a": "£5\u00a0a week, “about”"}),
        (b"\xef\xbb\xbfa: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: b\rc: d", {"a": "b", "c": "d"}),
    ],
)
def test_what_is_right_is_left_alone(text: str | bytes, data: Tree, pure_python: bool) -> None:
    """Folded text, tests beginning with `<`, addresses, comments and the like raise no problem."""
    document, problems = read(text, pure_python=pure_python)
    assert problems == []
    assert document.data == data


# Traps: reported, and read as they were meant

TRAPS = [
    ("age: >= 3\nb: c\n", "1:6", "`>= 3` without quotes", 'age: ">= 3"', {"age": ">= 3", "b": "c"}),
    ("age: > 3\n", "1:6", "start of a block of text", 'age: "> 3"', {"age": "> 3"}),
    ("age: >= name # note\n", "1:6", "`>= name`", 'age: ">= name"', {"age": ">= name"}),
    ("age: >3\nb: c\n", "1:6", "`>3` without quotes", 'age: ">3"', {"age": ">3", "b": "c"}),
    ("age: >3\n    deep\n", "1:6", "`>3` without quotes", 'age: ">3"', {"age": ">3 deep"}),
    ("age: >0\n", "1:6", "`>0` without quotes", 'age: ">0"', {"age": ">0"}),
    ("age: >-3\n", "1:6", "`>-3` without quotes", 'age: ">-3"', {"age": ">-3"}),
    ("- >= 3\n- b\n", "1:3", "`>= 3` without quotes", 'in quotes: ">= 3"', [">= 3", "b"]),
    ("a: {b: > 3, c: d}\n", "1:8", "`> 3` without quotes", 'b: "> 3"', {"a": {"b": "> 3", "c": "d"}}),
    ("a: {\n  b: >= 3,\n  c: d}\n", "2:6", "`>= 3` without", 'b: ">= 3"', {"a": {"b": ">= 3", "c": "d"}}),
    ("a: |x| y\n", "1:4", "block of text", 'a: "|x| y"', {"a": "|x| y"}),
    ("a: [5..18)\nb: c\n", "1:4", "brackets for those of a list", 'a: "[5..18)"', {"a": "[5..18)", "b": "c"}),
    ("a: [5..18]\nb: c\n", "1:4", "brackets for those of a list", 'a: "[5..18]"', {"a": "[5..18]", "b": "c"}),
    ("a: [0.5 .. 1.5]\n", "1:4", "`[0.5 .. 1.5]`", '"[0.5 .. 1.5]"', {"a": "[0.5 .. 1.5]"}),
    ("a: ]5..18]\n", "1:4", "brackets", 'a: "]5..18]"', {"a": "]5..18]"}),
    ("a: [1..5], [8..9]\n", "1:4", "brackets", 'a: "[1..5], [8..9]"', {"a": "[1..5], [8..9]"}),
    ("a: [5 years..18 years)\n", "1:4", "brackets", '"[5 years..18 years)"', {"a": "[5 years..18 years)"}),
    ("a: {b: (5..18], c: d}\n", "1:8", "brackets", 'b: "(5..18]"', {"a": {"b": "(5..18]", "c": "d"}}),
    ("a: {b: [5..18), c: d}\n", "1:8", "brackets", 'b: "[5..18)"', {"a": {"b": "[5..18)", "c": "d"}}),
    ("a: {b: c,\n  d: (5..18]}\n", "2:6", "brackets", 'd: "(5..18]"', {"a": {"b": "c", "d": "(5..18]"}}),
    ("a: {b: moderate, high}\n", "1:18", "a comma stands inside", '"moderate, high"', {"a": {"b": "moderate, high"}}),
    ("a: {b: not(x, y)}\n", "1:15", "a comma stands inside", "in quotes", {"a": {"b": "not(x, y)"}}),
    ("a: -\n", "1:4", "start of a list", 'a: "-"', {"a": "-"}),
    ("a: %5\n", "1:4", "no value can begin with `%`", 'a: "%5"', {"a": "%5"}),
    ("a: @home\n", "1:4", "no value can begin with `@`", 'a: "@home"', {"a": "@home"}),
    ("a: `x` y\n", "1:4", 'no value can begin with "`"', 'a: "`x` y"', {"a": "`x` y"}),
    ("a: }\n", "1:4", "no value can begin with `}`", 'a: "}"', {"a": "}"}),
    ("a: ? b\n", "1:4", "no value can begin with `?`", 'a: "? b"', {"a": "? b"}),
    ("a: *\n", "1:4", "alias", 'a: "*"', {"a": "*"}),
    ("a: **b** c\n", "1:4", "alias", 'a: "**b** c"', {"a": "**b** c"}),
    ("a: & b\n", "1:4", "anchor", 'a: "& b"', {"a": "& b"}),
    ('a: @ "b"\n', "1:4", "no value can begin", "a: '@ \"b\"'", {"a": '@ "b"'}),
    ("a: !very bad\n", "1:4", "tag", 'a: "!very bad"', {"a": "!very bad"}),
    ("a: b: c\n", "1:5", "a `:` stands inside a text", 'a: "b: c"', {"a": "b: c"}),
    (
        "then: support: points_to\n",
        "1:14",
        "a `:` stands inside a text",
        "if `support` is a key, begin it in the next line",
        {"then": "support: points_to"},
    ),
    ("a: [b,\n---\nc]\n", "2:1", "YAML takes `---` for the edge of a document", '"---"', {"a": ["b", "--- c"]}),
    ("a: one\n  two and: three\n", "2:10", "a `:` stands inside a text", "in quotes", {"a": "one two and: three"}),
    ("a: [x: y: z]\n", "1:9", "a `:` stands inside a text", "in quotes", {"a": [{"x": "y: z"}]}),
    ("when:\n  age:18\n", "2:3", "a blank is missing after `age:`", "`age: 18`", {"when": "age:18"}),
    ("- age:18 # x\n", "1:3", "a blank is missing after `age:`", "`age: 18`", ["age:18"]),
    ("{age:18}\n", "1:2", "a blank is missing after `age:`", "`age: 18`", {"age:18": ""}),
    ("-a: b\n", "1:1", "a blank is missing after the `-`", "`- a:`", {"-a": "b"}),
    ("a:\u00a0b\n", "1:3", "an odd blank (U+00A0, no-break space)", "space bar", {"a": "b"}),
    ("a:\n\u00a0 b: c\n", "2:1", "an odd blank", "space bar", {"a": {"b": "c"}}),
    ("a: b\u00a0\n", "1:5", "an odd blank", "space bar", {"a": "b"}),
    ("a: “>= 3”\n", "1:4", "`“>= 3”` stands in curly quotes", 'write ">= 3"', {"a": ">= 3"}),
    ("a:\tb\n", "1:3", "a tab stands here", "blanks", {"a": "b"}),
    ("a: >-\nb: c\n", "1:4", "no text follows the `>`", "indented", {"a": "", "b": "c"}),
    ('a: "x\nb: y\nc: z"\n', "1:4", 'the quote that begins here is not closed: `"x`', 'with "', {"a": "x b: y c: z"}),
    (
        "a: 1\nb: 2\na: 3\n",
        "3:1",
        "the key `a` stands here again: it stands in line 1",
        "one of the two",
        {"a": "1", "b": "2"},
    ),
    ("a: {b: 1, b: 2}\n", "1:11", "the key `b` stands here again", "keep one", {"a": {"b": "1"}}),
    ("? [a]\n: b\nc: d\n", "1:3", "a list or mapping stands where a key should", "a plain word", {"c": "d"}),
    ("{{a: b}: c}\n", "1:2", "a list or mapping stands where a key should", "a plain word", {}),
    ('"": b\n', "1:1", "there is no key before the `:`", "`key: value`", {}),
    ('" a": b\n', "1:1", "the key `a` has a blank at its edge", "write `a`", {" a": "b"}),
    ("{? a : b}\n", "1:4", "a `?` stands before this key", "in quotes", {"a": "b"}),
    ("a: &x b\n", "1:4", "anchor (`&name`), which rule files may not use", 'a: "&x b"', {"a": "b"}),
    ("a: *x\n", "1:4", "alias (`*name`), which rule files may not use", "write the value out in full", {"a": "*x"}),
    ("*x : a\n", "1:1", "alias", "in full", {}),
    ("a: !!python/object:os.system ls\n", "1:4", "tag", "in full", {"a": "!!python/object:os.system ls"}),
    ("<<: a\nb: c\n", "1:1", "a merge key (`<<`) is not allowed", "in full", {"b": "c"}),
    ('a: "x\\e[1m"\n', "1:4", "a control character (U+001B)", "escape", {"a": "x\x1b[1m"}),
]


@both_parsers
@pytest.mark.parametrize(("text", "where", "message", "right", "data"), TRAPS)
def test_a_trap_is_told_and_read_as_meant(
    text: str, where: str, message: str, right: str, data: Tree, pure_python: bool
) -> None:
    """Each trap is one problem with its own words, and the file is read on as its writer meant it."""
    document, problems = read(text, pure_python=pure_python)
    assert [str(problem.place) for problem in problems] == [f"rules/x.yaml:{where}"]
    assert message in problems[0].message
    assert right in problems[0].help
    assert document.data == data


# What cannot be read

BROKEN = [
    ('a: b\nc: "d\ne: f\n', "2:4", "the quote that begins here is not closed", 'end the text with "'),
    ("a: 'it's\n", "1:8", "text follows a closing quote: `s`", "write '' for a ' inside it"),
    ("a: 'b\n", "1:4", "the quote that begins here is not closed: `'b`", "write '' for an apostrophe"),
    ('a: "b\nc: "d"\n', "1:4", "the quote that begins here is not closed", 'end the text with "'),
    ('"a: b\n', "1:1", "the quote that begins here is not closed", 'end the text with "'),
    ('a: "b" c\n', "1:8", "text follows a closing quote: `c`", 'write \\" for a " inside it'),
    ('"a" b: c\n', "1:5", "text follows a closing quote: `b: c`", "in quotes"),
    ("a: [b] c\n", "1:8", "text follows a closing bracket: `c`", "in quotes"),
    ('a: "\\q"\n', "1:5", "`\\q` has no meaning in double quotes", "`\\\\` for a backslash"),
    ('a: "\\xzz"\n', "1:5", "`\\x` has no meaning in double quotes", "single quotes"),
    ('a: "\\U00110000"\n', "1:5", "`\\U` has no meaning in double quotes", "single quotes"),
    ('a: "\\ud800"\n', "1:5", "`\\u` has no meaning in double quotes", "single quotes"),
    ("a: [b, c\nd: e\n", "1:4", "the `[` that begins here is not closed", "end it with `]`"),
    ("a: {b: c\nd: e\n", "1:4", "the `{` that begins here is not closed", "end it with `}`"),
    ("a: [b, c\n", "1:4", "the `[` that begins here is not closed", "end it with `]`"),
    ("a: [", "1:5", "a bracket is still open where the file ends", "close it"),
    ("a: [b, {c: d]\n", "1:13", "`]` stands where a `,` or the closing `}` should", "quotes"),
    ("a: [b,, c]\n", "1:7", "nothing stands before this `,`", "delete the `,`"),
    (": b\n", "1:1", "there is no key before the `:`", "`key: value`"),
    ("a: [b]: c\n", "1:7", "a `:` stands inside a text without quotes", "in quotes"),
    ('{a: "b":c}\n', "1:8", "a blank is missing after the `:`", "`key: value`"),
    ('x: y\n"a\n b": c\n', "2:1", "the quote that begins here is not closed", 'end the text with "'),
    ("{: b}\n", "1:2", "there is no key before the `:`", "`key: value`"),
    ("{a:}\n", "1:3", "a blank is missing after the `:`", "`key: value`"),
    ("{a: is it safe?}\n", "1:15", "a `?` stands in a text between brackets", "in quotes"),
    ("- id:foo\n  title: x\n", "1:3", "a blank is missing after `id:`", "`id: foo`"),
    ("title foo\nb: c\n", "1:1", "`title foo` is no key with a value", "`key: value`"),
    ("b: c\ntitle foo\n", "2:1", "`title foo` is no key with a value", "`key: value`"),
    ("- a\n-b\n", "2:1", "a blank is missing after the `-`", "`- b`"),
    (
        "- id: a\n  b: c\nid: d\n",
        "3:1",
        "`id: d` does not belong to the list that begins in line 1",
        "with `- ` in column 1",
    ),
    ("- id: a\n b: c\n", "2:2", "`b: c` does not belong to the list", "lined up below its first key"),
    ("a:\n  b: c\n d: e\n", "3:2", "`d: e` does not line up with the keys above", "column 1 for those of line 1"),
    ("a: b\n- c\n", "2:1", "`- c` does not line up", "in one column"),
    ("a: b\n  c: d\n", "2:3", "`c:` is indented more deeply than the key above", "line it up"),
    (" a: b\nc: d\n", "2:1", "`c: d` belongs to nothing above it", "one list or one mapping"),
    ("a: - b\n", "1:4", "a list cannot begin in the middle of a line", "in the next line"),
    ("a: *x y\n", "1:4", "alias", "in full"),
    ("a: b\n---\nc: d\n", "2:1", "a second document begins here", "delete the `---`"),
    ("# x\n%YAML 1.2\n---\na: b\n", "2:1", "a directive (`%`) is not allowed", "delete the line"),
    ("%TAG ! x\n---\na: b\n", "1:1", "a directive (`%`) is not allowed", "delete the line"),
    ("a:\n\tb: c\n", "2:1", "the line is indented with a tab", "indent with blanks"),
    ("a: b\x00\n", "1:1", "no text file: it holds NUL characters", "text file"),
    (b"a: b\x00\n", "1:1", "no text file: it holds NUL characters", "text file"),
    ("a: b\n c\x07\n", "2:3", "a control character (U+0007)", "delete it"),
    ("a\u200b: b\n", "1:2", "an invisible character (U+200B, zero width space)", "delete it"),
    ("a: \u202eb\n", "1:4", "an invisible character (U+202E, right-to-left override)", "delete it"),
    ("a: b\u2028\n", "1:5", "U+2028", "delete it"),
    ("a: \uf0b7\n", "1:4", "an unreadable character (U+F0B7)", "delete it"),
    ("a: \ud800\n", "1:4", "an unreadable character (U+D800)", "delete it"),
    (b"a: b\nc: \xe9\n", "2:4", "not UTF-8 text: byte 0xE9", "encoding UTF-8"),
    ("a: é\n".encode("utf-16"), "1:1", "saved as UTF-16", "encoding UTF-8"),
    ("[" * 100_000, "1:31", "nested more than 30 levels deep", "close the brackets"),
    ("- " * 100_000, "1:61", "nested more than 30 levels deep", "simpler"),
    ("{a: " * 100_000, "1:121", "nested more than 30 levels deep", "close the brackets"),
    ("[" + "a, " * 100_001 + "]", "1:299999", "more than 100000 keys and values", "split it"),
    ("x" * 2_000_001, "1:1", "larger than 2 MB", "split it"),
    (b"x" * 2_000_001, "1:1", "larger than 2 MB", "split it"),
]


@both_parsers
@pytest.mark.parametrize(("text", "where", "message", "right"), BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_told(
    text: str | bytes, where: str, message: str, right: str, pure_python: bool
) -> None:
    """Each fault of syntax and each limit is one problem in plain words, and there is no data."""
    document, problems = read(text, pure_python=pure_python)
    assert [str(problem.place) for problem in problems] == [f"rules/x.yaml:{where}"]
    assert message in problems[0].message
    assert right in problems[0].help
    assert document.data is None
    assert not any(word in problems[0].message for word in ("expected", "scanning", "parsing", "token"))


@both_parsers
def test_thirty_levels_are_allowed(pure_python: bool) -> None:
    """The limit on depth is told only above thirty levels."""
    deepest = yaml_tree.DEEPEST
    assert read("[" * deepest + "]" * deepest, pure_python=pure_python)[1] == []
    assert len(read("[" * (deepest + 1) + "]" * (deepest + 1), pure_python=pure_python)[1]) == 1


@both_parsers
def test_everything_is_told_at_once(pure_python: bool) -> None:
    """Traps before and behind one another are all found, in the order of the file, each once."""
    text = """\
- id: one
  because: risk: low
  when: {age: >= 3, hours: [1..2)}
  id: two
- when:
    a: >2
    b: [1..2], [3..4]
    c: @x
  because: |
    text: > 3 stays [1..2) as it is
  d: *x
"""
    document, problems = read(text, pure_python=pure_python)
    found = [(problem.place.line, problem.place.column) for problem in problems]
    assert found == [(2, 16), (3, 15), (3, 28), (4, 3), (6, 8), (7, 8), (8, 8), (11, 6)]
    assert document.data == [
        {"id": "one", "because": "risk: low", "when": {"age": ">= 3", "hours": "[1..2)"}},
        {
            "when": {"a": ">2", "b": "[1..2], [3..4]", "c": "@x"},
            "because": "text: > 3 stays [1..2) as it is\n",
            "d": "*x",
        },
    ]
    assert document.place(1, "d") == Place("rules/x.yaml", 11, 6)


@both_parsers
def test_traps_behind_an_error_are_told_with_it(pure_python: bool) -> None:
    """A fault that stops the parser does not hide the traps that follow it."""
    document, problems = read("a: [b\nc: > 3\nd: b: c\ne:f\n", pure_python=pure_python)
    assert [str(problem.place) for problem in problems] == [f"rules/x.yaml:{at}" for at in ("1:4", "2:4", "3:5", "4:1")]
    assert document.data is None


@both_parsers
@pytest.mark.parametrize("line", ["- > 3\n", "a: b\n", "- *a\n", "\x01\n", "- [1..2]\n", "{a, b}: c\n", "- a:b\n"])
def test_problems_without_end_are_cut_off(line: str, pure_python: bool) -> None:
    """A file full of faults gives a hundred of them at most, and a word that there are more."""
    _, problems = read(line * 20_000, pure_python=pure_python)
    assert len(problems) == yaml_traps.MOST_FINDINGS + 1
    assert problems[-1].message == "problems from here on are not listed"
    assert "mend those above" in problems[-1].help


@both_parsers
def test_aliases_cannot_blow_a_file_up(pure_python: bool) -> None:
    """Aliases are never followed, so the billion laughs stay a handful of texts."""
    text = "a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(20))
    document, problems = read(text, pure_python=pure_python)
    assert len(problems) == 61
    assert isinstance(document.data, dict)
    assert document.data["a19"] == ["*a", "*a"]


def test_an_unknown_error_is_told_in_the_words_of_the_parser() -> None:
    """What a parser may say in a later version is passed on in brackets, with a general help."""
    finding = in_plain_words("while doing: something new", (0, 0), (1, 2), ["a", "b c d"], None)
    assert (finding.line, finding.column) == (1, 2)
    assert finding.message == "this cannot be read as YAML (while doing: something new)"
    assert "look for a missing quote" in finding.help


def test_messages_are_short_and_harmless() -> None:
    """What a message cites of a file is cut short and holds nothing that acts on a terminal."""
    _, problems = read(f'a: @{"x" * 5_000}\n"\\e[31m": b\n"\\e[31m": c\n')
    assert all(len(problem.message) < 150 and len(problem.help) < 150 for problem in problems)
    assert all(str(problem).replace("\n", "").isprintable() for problem in problems)


def test_problems_and_places_read_well() -> None:
    """A problem is shown as place and message with the help below, and places sort by file, line and column."""
    place = Place("rules/x.yaml", 12, 5)
    assert str(place) == "rules/x.yaml:12:5"
    assert str(Problem(place, "message", "help")) == "rules/x.yaml:12:5: message\n    help"
    assert sorted([Place("b", 1, 1), Place("a", 10, 1), Place("a", 9, 2)])[0] == Place("a", 9, 2)


def test_a_document_can_be_sent_elsewhere() -> None:
    """A document holds plain things only, so that it can be pickled with its places."""
    document, _ = read(RULES)
    copy = pickle.loads(pickle.dumps(document))
    assert copy == document
    assert places(copy) == places(document)


def test_problems_are_added_to_those_there_are() -> None:
    """Problems found earlier stay in the list, in front."""
    problems = [Problem(Place("a", 1, 1), "message", "help")]
    parse_yaml("a: > 3\n", "b", problems)
    assert [problem.place.file for problem in problems] == ["a", "b"]


# Files


def read_file(path: Path) -> tuple[Document, list[Problem]]:
    problems: list[Problem] = []
    return read_yaml(path, "rules/x.yaml", problems), problems


def assert_refused(path: Path, message: str) -> None:
    document, problems = read_file(path)
    assert document.data is None
    assert [problem.place for problem in problems] == [Place("rules/x.yaml", 1, 1)]
    assert message in problems[0].message
    assert "ordinary YAML text file" in problems[0].help
    assert str(path.parent) not in str(problems[0])


def test_a_file_is_read_under_the_name_shown(tmp_path: Path) -> None:
    """A file is read from its path and its places carry the name people know it by."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: b\r\nc: [d]\r\n")
    document, problems = read_file(path)
    assert (document.data, problems) == ({"a": "b", "c": ["d"]}, [])
    assert document.place("c", 0) == Place("rules/x.yaml", 2, 5)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """No more of a file is read than the limit and one byte."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * (yaml_source.LARGEST + 1_000))
    assert len(yaml_source.content(path)[0]) == yaml_source.LARGEST + 1
    assert ["larger than 2 MB" in problem.message for problem in read_file(path)[1]] == [True]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a missing file and an impossible name are told, not raised."""
    assert_refused(tmp_path, "a folder, not a file")
    assert_refused(tmp_path / "missing.yaml", "there is no such file")
    assert_refused(tmp_path / "a\0b", "cannot be read")
    (tmp_path / "x.yaml").write_text("a: b\n")
    assert_refused(tmp_path / "x.yaml" / "y.yaml", "cannot be read")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link is refused, whether or not it leads anywhere."""
    (tmp_path / "x.yaml").write_text("a: b\n")
    try:
        (tmp_path / "link.yaml").symlink_to(tmp_path / "x.yaml")
        (tmp_path / "broken.yaml").symlink_to(tmp_path / "nowhere")
    except OSError:
        pytest.skip("no links can be made here")
    assert_refused(tmp_path / "link.yaml", "a link to another file")
    assert_refused(tmp_path / "broken.yaml", "a link to another file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_or_device_is_refused_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe nobody writes to is refused at once, even one put in the file's place while it is looked at."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert_refused(tmp_path / "pipe.yaml", "a device or a pipe")
    assert_refused(Path("/dev/zero"), "a device or a pipe")
    (tmp_path / "x.yaml").write_text("a: b\n")
    ordinary = os.lstat(tmp_path / "x.yaml")
    monkeypatch.setattr(os, "lstat", lambda _: ordinary)
    assert_refused(tmp_path / "pipe.yaml", "a device or a pipe")


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links cannot be kept from being followed here")
def test_a_link_put_in_place_of_a_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that takes the file's place while it is looked at is not followed either."""
    (tmp_path / "x.yaml").write_text("a: b\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "x.yaml")
    ordinary = os.lstat(tmp_path / "x.yaml")
    monkeypatch.setattr(os, "lstat", lambda _: ordinary)
    assert_refused(tmp_path / "link.yaml", "cannot be read")


def test_a_file_one_may_not_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission is a problem that gives the system's reason, and no path."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied", "/some/where")

    path = tmp_path / "x.yaml"
    path.write_text("a: b\n")
    assert stat.S_ISREG(path.stat().st_mode)
    monkeypatch.setattr(os, "open", refuse)
    assert_refused(path, "the file cannot be read (Permission denied)")


# For any text

TOKENS = (
    "a", "id: x", "- ", ": ", ":", "\n", "\n", "\n  ", "\n    ", "\n - ", "  ", "{", "}", "[", "]", ",", ", ", '"', "'",
    "#", " #c", "> 3", ">", "|", ">-", "|2", "\\", "\\n", "\\u12", "\\ud800", "&a", "*a", "!t", "!!str", "?", "? ", "%",
    "@", "`", "---", "...", "\n---\n", "\n...\n", "<= 3", "[1..2]", "(1..2]", "not(a, b)", "é", "😀", "-", "-a", "<<",
    "\t", "\u00a0", "a: b\n", "x: >= 3\n", "!<%ff>", "\\x", "\\\n", "“", "\r", "\0", "\ufeff", "\x85",
)  # fmt: skip
yaml_like = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)
characters = st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd")
texts = st.text(characters | st.sampled_from(" \n\t"), max_size=30)
keys = st.text(characters | st.just(" "), min_size=1, max_size=20).filter(lambda key: key == key.strip())
trees = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)
words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
plain_trees = st.recursive(
    words, lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(words, inner, min_size=1, max_size=4)
)


@given(text=st.text() | st.binary() | yaml_like | yaml_like.map(str.encode))
def test_no_text_raises(text: str | bytes) -> None:
    """Whatever a file holds, both parsers accept it or both give problems, and what they accept is the same."""
    found = []
    for pure_python in (False, True):
        document, problems = read(text, pure_python=pure_python)
        found.append((True, document.data, places(document)) if not problems else (False, None, []))
        lines = len(text.splitlines()) + 1
        assert all(1 <= problem.place.line <= lines and problem.place.column >= 1 for problem in problems)
        assert all(problem.message and problem.help for problem in problems)
        assert len({problem.place for problem in problems}) == len(problems)
        assert str(document.place("a", 0)).startswith("rules/x.yaml:")
    assert found[0] == found[1]


@given(tree=trees, style=st.sampled_from("\"'"), flow=st.sampled_from([True, False, None]), width=st.integers(20, 200))
def test_data_survives_the_round_trip(tree: Tree, style: str, flow: bool | None, width: int) -> None:
    """Texts, lists and mappings written with their scalars in quotes are read back as they were, without a problem."""
    text = yaml.safe_dump(
        tree, default_style=style, default_flow_style=flow, width=width, allow_unicode=True, sort_keys=False
    )
    for pure_python in (False, True):
        document, problems = read(text, pure_python=pure_python)
        assert problems == []
        assert document.data == tree


@given(tree=plain_trees, style=st.sampled_from(["", '"', "'"]), flow=st.sampled_from([True, False, None]))
def test_places_are_right(tree: Tree, style: str, flow: bool | None) -> None:
    """At the place of a scalar or key its text begins; a list begins at its sign and a mapping at its first key."""
    text = yaml.safe_dump(tree, default_style=style, default_flow_style=flow, sort_keys=False, width=10_000)
    lines = text.split("\n")
    for pure_python in (False, True):
        document, problems = read(text, pure_python=pure_python)
        assert problems == []
        assert document.data == tree
        for path, node in paths(tree):
            place, key_place = document.place(*path), document.key_place(*path)
            here = lines[place.line - 1][place.column - 1 :]
            key = lines[key_place.line - 1][key_place.column - 1 :]
            if isinstance(node, str):
                assert here.lstrip("\"'").startswith(node)
            elif isinstance(node, list):
                assert here[0] in "[-"
            else:
                assert here.lstrip("{\"'").startswith(next(iter(node)))
            if path and isinstance(path[-1], str):
                assert key.lstrip("\"'").startswith(path[-1])
            else:
                assert key_place == place

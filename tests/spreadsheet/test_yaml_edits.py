"""Values put into YAML text: read back as they are, and all else stays byte for byte."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thresholds.language.yaml_source import UNWANTED
from thresholds.language.yaml_text import parse_yaml
from thresholds.spreadsheet.tables import tidy
from thresholds.spreadsheet.yaml_edits import NewValue, inside, replaced

_SIGNS = "ab01 :#-?,[]{}&*!|>'\"%@`=<\\.~éß\u2013\u00a0\u2026\n"
NEW = (
    (st.text(st.sampled_from(_SIGNS), min_size=1) | st.text(min_size=1))
    .map(tidy)
    .filter(lambda text: bool(text) and not UNWANTED.search(text) and "\t" not in text)
)
"""Anything that a cell may say and a rule file can hold."""


@dataclass(frozen=True)
class Source:
    """A document in pieces: every second one is a value at the path beside it."""

    fixed: tuple[str, ...]
    values: tuple[str, ...]
    paths: tuple[tuple[str | int, ...], ...]

    @property
    def text(self) -> str:
        pairs = zip(self.fixed, (*self.values, ""), strict=True)
        return "".join(piece for pair in pairs for piece in pair)


_VALUES = (
    *("words", "some words", "012", "true", "a.b/c-d", "it's so", "“curled”"),
    *('">= 3"', '"[1..5)"', '"a \\"b\\" \\\\ c"', "'it''s'", "'< 3'"),
)
_BLOCKS = (
    ">-{end}    one line{end}    and another{end}{end}    a third",
    "|{end}    as it{end}      stands",
    "|2-{end}    x",
)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Lists of mappings in every style, with comments, either line end, and perhaps a mark at the start."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    fixed, values, paths = [draw(st.sampled_from(["", "\ufeff", f"# a list{end}{end}"]))], [], []

    def value(path: tuple[str | int, ...], lead: str, text: str) -> None:
        fixed[-1] += lead
        values.append(text)
        paths.append(path)
        fixed.append("")

    for number in range(draw(st.integers(1, 4))):
        fixed[-1] += f"- id: entry{end}"
        value((number, "name"), "  name: ", draw(st.sampled_from(_VALUES)))
        fixed[-1] += draw(st.sampled_from(["", "  # a remark", "   "])) + end
        if draw(st.booleans()):
            fixed[-1] += f"  # above{end}"
            value((number, "flow", "a"), "  flow: {a: ", draw(st.sampled_from(_VALUES)))
            value((number, "flow", "b"), draw(st.sampled_from([", b: ", " ,  b:  "])), draw(st.sampled_from(_VALUES)))
            fixed[-1] += f"}}{end}"
        if draw(st.booleans()):
            value((number, "below"), f"  below:{end}    ", draw(st.sampled_from(_VALUES)))
            fixed[-1] += end
        if draw(st.booleans()):
            value((number, "block"), "  block: ", draw(st.sampled_from(_BLOCKS)).replace("{end}", end))
            fixed[-1] += draw(st.sampled_from([end, end + end, f"{end}{end}# below{end}"]))
    if draw(st.booleans()):
        fixed[-1] += f"- id: last{end}  name: x"  # no line end
    return Source(tuple(fixed), tuple(values), tuple(paths))


@given(sources(), st.data())
def test_new_values_are_read_back_and_nothing_else_moves(source: Source, data: st.DataObject) -> None:
    """Comments, blanks, line ends, order and every other value stay; what is put in is what is found."""
    chosen = data.draw(st.lists(st.sampled_from(source.paths), unique=True, min_size=1))
    new = {path: data.draw(NEW) for path in chosen}
    before = source.text.encode()
    after = replaced(before, [NewValue(path, text) for path, text in new.items()])
    problems: list[object] = []
    found = parse_yaml(after, "", problems).data  # type: ignore[arg-type]
    old = parse_yaml(before, "", []).data
    assert problems == []
    for path in source.paths:
        now, was = inside(found, path), inside(old, path)
        assert isinstance(now, str)
        assert tidy(now) == new[path] if path in new else now == was
    pieces = [
        "(?s:.*?)" if path in new else re.escape(value) for path, value in zip(source.paths, source.values, strict=True)
    ]
    pattern = "".join(re.escape(piece) + value for piece, value in zip(source.fixed, (*pieces, ""), strict=True))
    assert re.fullmatch(pattern, after.decode())


@given(sources(), st.data())
def test_what_is_put_back_gives_the_same_file(source: Source, data: st.DataObject) -> None:
    """A value exchanged for itself changes no byte, but for how a long text is folded or quoted."""
    plain = [place for place, value in enumerate(source.values) if re.fullmatch(r"[\w ./-]+", value)]
    assume(plain)
    place = data.draw(st.sampled_from(plain))
    old = inside(parse_yaml(source.text, "", []).data, source.paths[place])
    assert isinstance(old, str)
    assert replaced(source.text.encode(), [NewValue(source.paths[place], old)]) == source.text.encode()


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("k: true", ">= 3", 'k: ">= 3"'),
        ('k: "<= limit"', "<= other", 'k: "<= other"'),
        ("k: '< 3'", "< 4", "k: '< 4'"),
        ('k: ">= 3"', 'say "so"', "k: 'say \"so\"'"),
        ("k: 90", "88", "k: 88"),
        ("k: {a: 1, b: low}", "low, high", 'k: {a: "low, high", b: low}'),
        ("k: words # remark", "other words", "k: other words # remark"),
        ("k: words", "a: b", 'k: "a: b"'),
        ("k: words", "a # b", 'k: "a # b"'),
        ("k: words", "- a", 'k: "- a"'),
        ("k: words", "it's", "k: it's"),
        ("k: words", "=1+1", "k: =1+1"),
        ("k: '>= 3'\nm: words", "a: b", "k: 'a: b'\nm: words"),
        ("k: words\nm: '>= 3'", "a: b", "k: 'a: b'\nm: '>= 3'"),
        ("k: >-\n  one\n  two\n# end\n", "three", "k: >-\n  three\n# end\n"),
    ],
)
def test_quotes_are_put_where_they_are_needed(before: str, text: str, after: str) -> None:
    """The style of the old value is kept where it can be; quotes are those that the file has more of."""
    path = ("k", "a") if "{" in before else ("k",)
    assert replaced(before.encode(), [NewValue(path, text)]).decode() == after


def test_a_response_that_stood_alone_gets_its_weight_beside_it() -> None:
    """`then: early_help` is short for a mapping, and becomes one."""
    source = b"- then: early_help # for now\n  because: so\n"
    after = replaced(source, [NewValue((0, "then"), "consider", "early_help")])
    assert after == b"- then: {early_help: consider} # for now\n  because: so\n"

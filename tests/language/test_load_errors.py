"""Whatever is wrong with a ruleset is told at its place, with what is wrong and what would be right: fields and names.

What rules may mean is in test_load_meaning.py, files and folders are in test_load_files.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_rulesets import Change, add, check, count, entry, header, problems, put, scope, small

RULES = "rules/rules.yaml"
FAMILY = "indicators/family.yaml"
SCHOOL = "indicators/school.yaml"
SAFEGUARDING = "indicators/safeguarding.yaml"


def test_the_small_ruleset_loads(tmp_path: Path) -> None:
    """What these tests vary is itself without fault."""
    assert problems(small(), tmp_path) == ()


FIELDS: dict[str, tuple[Change, str, str, str, str]] = {
    "a field nobody knows": (
        put("hitting_rule", becuase="x"),
        RULES,
        "becuase",
        "`becuase` is not known",
        "`because`?",
    ),
    "a field with no near name": (put("hitting_rule", zzz="x"), RULES, "zzz", "`zzz` is not known", "overriding"),
    "a field that is missing": (
        put("hitting_rule", because=None),
        RULES,
        "id: hitting_rule",
        "`because` is missing",
        "add `because:`",
    ),
    "no condition": (put("hitting_rule", when=None), RULES, "id: hitting_rule", "`when` is missing", "`when:`"),
    "no absent": (put("bruise", absent=None), SAFEGUARDING, "id: bruise", "`absent` is missing", "add `absent:`"),
    "no worse": (put("bruise", worse=None), SAFEGUARDING, "id: bruise", "`worse` is missing", "present, absent"),
    "a weight nobody knows": (
        put("hitting_rule", then={"enquiry": "pointsto"}),
        RULES,
        "pointsto",
        "`pointsto` is not accepted",
        "did you mean points_to?",
    ),
    "an area nobody knows": (put("caring", area="health"), FAMILY, "health", "`health`", "child_development"),
    "a tier nobody knows": (put("review", tier="target"), "responses.yaml", "target\n", "`target`", "mean targeted?"),
    "a kind nobody knows": (put("caring", kind="numbr"), FAMILY, "numbr", "`numbr`", "did you mean number?"),
    "a confidence nobody knows": (
        put("hitting_rule", basis={"sources": ["S1"], "confidence": "sure"}),
        RULES,
        "confidence: ¦sure",
        "`sure` is not accepted",
        "statute",
    ),
    "neither true nor false": (
        put("hitting_rule", overriding="perhaps"),
        RULES,
        "perhaps",
        "neither true nor false",
        "true or false",
    ),
    "no whole number": (
        lambda files: add(files, "documents.yaml", "plan_of_action", title="x", items=["1", "two"]),
        "documents.yaml",
        "- ¦two",
        "`items`: `two` is not such a whole number",
        "digits alone",
    ),
    "no date": (put("hitting_rule", from_="1.9.2016"), RULES, "1.9.2016", "is not a date", "2016-09-01"),
    "an end before the beginning": (
        put("hitting_rule", from_="2016-01-01", until="2016-01-01"),
        RULES,
        "until: ¦'2016-01-01'",
        "never holds",
        "first day on which it no longer holds",
    ),
    "no id": (put("hitting_rule", id=None), RULES, "title: Hitting", "this rule has no id", "- id:"),
    "an id that is none": (put("hitting_rule", id="Hitting rule"), RULES, "Hitting rule", "is not an id", "snake_case"),
    "an empty text": (put("hitting_rule", title=""), RULES, "''", "`title` is empty", "take the line out"),
    "nothing follows": (put("hitting_rule", then={}), RULES, "{}", "`then` is empty", "at least one"),
    "no list": (put("bruise_rule", related="hitting"), RULES, "hitting\n", "`related` is not a list", "[one, another]"),
    "no mapping": (put("hitting_rule", basis="S1"), RULES, "S1", "`basis` is not a mapping", "indented"),
    "no text": (put("hitting_rule", title=["a"]), RULES, "- a", "`title` is not one line of text", "plain text"),
    "no question": (put("home", question="How"), "topics.yaml", "How\n", "does not end with a question mark", "ask"),
    "no source": (
        put("hitting_rule", basis={"sources": [], "confidence": "statute"}),
        RULES,
        "sources: ¦[]\n    confidence: statute",
        "confidence statute needs a source",
        "inferred",
    ),
    "no entry": (lambda files: files[RULES].append("text"), RULES, "text", "this rule is not a mapping", "- id:"),
    "a group nobody knows": (
        put("others_rule", applies_to=["adult"]),
        RULES,
        "adult",
        "`applies_to`: `adult` is not accepted",
        "adult_with_plan",
    ),
    "no group": (put("others_rule", applies_to=[]), RULES, "applies_to: ¦[]", "`applies_to` is empty", "one"),
    "worse of a flag": (put("bruise", worse="higher"), SAFEGUARDING, "higher", "does not fit kind flag", "present"),
    "absent of a flag": (put("bruise", absent="none"), SAFEGUARDING, "none", "none of its values", "false, true"),
    "absent of a scale": (put("hunger", absent="never"), FAMILY, "never", "none of its values", "none, low"),
    "absent of a number": (put("caring", absent="few"), FAMILY, "few", "no such number", "unknown"),
    "absent of a percentage": (put("attendance", absent="120"), SCHOOL, "'120'", "no value it can have", "[0..100]"),
    "absent out of range": (put("caring", absent="200"), FAMILY, "'200'", "no value it can have", "[0..168]"),
    "absent not whole": (put("exclusions", absent="0.5"), SCHOOL, "'0.5'", "no value it can have", "whole number"),
    "absent of events": (put("missing_episodes", absent="1"), SAFEGUARDING, "'1'", "no such number", "0 or unknown"),
    "absent of a time": (put("homeless", absent="0 days"), FAMILY, "0 days", "kind since is unknown", "unknown"),
    "a unit too many": (put("caring", kind="percent"), FAMILY, "¦hours a", "not belong to kind percent", "take `unit`"),
    "a scale without values": (
        put("hunger", values=None),
        FAMILY,
        "id: hunger",
        "kind scale needs `values`",
        "add `values:`",
    ),
    "one value only": (put("hunger", values={"none": "x"}), FAMILY, "none: x", "one value only", "two values"),
    "a value called unknown": (
        lambda files: entry(files, "hunger")["values"].update(unknown="x"),
        FAMILY,
        "x\n",
        "cannot be called unknown",
        "take it out",
    ),
    "what does not belong": (put("bruise", range="[0..1]"), SAFEGUARDING, "'[0..1]'", "does not belong", "`range` out"),
    "a range without brackets": (put("caring", range="0..168"), FAMILY, "0..168", "needs brackets", "both included"),
    "a range turned round": (put("caring", range="[168..0]"), FAMILY, "'[168", "is no range", "[0..168]"),
    "an open range": (put("caring", range="(0..168)"), FAMILY, "(0..168)", "is no range", "both included"),
    "a range with one end": (put("caring", range=">= 0"), FAMILY, "'>= 0'", "is no range", "two ends"),
    "a range with a name": (put("caring", range="[0..many_hours]"), FAMILY, "'[0..many", "is no range", "two ends"),
    "a range of two": (put("caring", range="[0..1], 5"), FAMILY, "'[0..1]", "is no range", "two ends"),
    "a range turned inside out": (put("caring", range="not([0..9])"), FAMILY, "not([", "is no range", "two ends"),
    "a context indicator with levels": (put("exclusions", context=True), SCHOOL, "- at", "no levels", "take the"),
    "a value and a history": (
        put("low_attendance", value="90"),
        "parameters.yaml",
        "id: low_attendance",
        "either `value` or `history`",
        "history",
    ),
    "a history out of order": (
        lambda files: entry(files, "low_attendance")["history"].reverse(),
        "parameters.yaml",
        "- from",
        "do not rise",
        "oldest value first",
    ),
    "no number": (put("many_hours", value="many"), "parameters.yaml", "many\n", "neither a number nor", "28 days"),
    "a number with a zero before": (
        put("many_hours", value="012"),
        "parameters.yaml",
        "'012'",
        "parameter `many_hours`: `012` is neither a number nor",
        "write the number without leading zeros: 12",
    ),
    "a small number with a zero before": (
        put("many_hours", value="05"),
        "parameters.yaml",
        "'05'",
        "neither a number nor",
        "without leading zeros: 5",
    ),
    "a history with a zero before": (
        put("low_attendance", history=[{"from": "2010-01-01", "value": "085"}]),
        "parameters.yaml",
        "value: ¦085",
        "neither a number nor",
        "without leading zeros: 85",
    ),
    "a length of time with a zero before": (
        put("missing_window", value="090 days"),
        "parameters.yaml",
        "090 days",
        "`090 days` is neither a number nor a length of time",
        "without leading zeros: 90 days",
    ),
    "a window with a zero before": (
        put("recent_episodes", count={"events": "missing_episodes", "within": "090 days"}),
        "quantities.yaml",
        "090 days",
        "quantity `recent_episodes`: `090 days` is not a length of time",
        "without leading zeros: 90 days",
    ),
    "a test for a number": (put("many_hours", value=">= 15"), "parameters.yaml", "'>= 15'", "neither a number", "90"),
    "no number, but another": (put("many_hours", value="not(15)"), "parameters.yaml", "not(15)", "neither a", "90"),
    "two things counted": (
        count(events="missing_episodes", within="90 days"),
        "quantities.yaml",
        "indicators:",
        "counts one thing, and this counts events and indicators",
        "one of",
    ),
    "no window": (
        put("recent_episodes", count={"events": "missing_episodes"}),
        "quantities.yaml",
        "events: missing",
        "`events` and `within` belong together",
        "90 days",
    ),
    "a window without a unit": (
        put("missing_window", value="90"),
        "quantities.yaml",
        "id: recent_episodes",
        "`missing_window` is not a length of time",
        "90 days",
    ),
    "no age": (put("school_nursing", ages="5..18"), "services.yaml", "5..18", "needs brackets", "[5..18]"),
    "an age without a unit": (
        put("school_nursing", ages="[5..18)"),
        "services.yaml",
        "id: school_nursing",
        "5 has no unit",
        "18 years",
    ),
    "another format": (header(format=2), "ruleset.yaml", "2\n", "`2` is not accepted", "'1'"),
    "no format": (header(format=None), "ruleset.yaml", "name: small", "`format` is missing", "add `format:`"),
    "no name": (header(name=None), "ruleset.yaml", "format", "`name` is missing", "add `name:`"),
    "no first day": (header(from_=None), "ruleset.yaml", "format", "`from` is missing", "add `from:`"),
    "no notice": (header(notice=None), "ruleset.yaml", "format", "`notice` is missing", "add `notice:`"),
    "a status nobody knows": (header(status="drafft"), "ruleset.yaml", "drafft", "`drafft`", "did you mean draft?"),
    "nobody is covered": (header(scope=None), "ruleset.yaml", "format", "`scope` is missing", "care_leaver"),
    "a group is forgotten": (
        lambda files: files["ruleset.yaml"]["scope"].pop("unborn"),
        "ruleset.yaml",
        "under_18",
        "does not say when it covers unborn",
        "care_leaver",
    ),
    "a group too many": (
        scope(adult={"plan": True}),
        "ruleset.yaml",
        "adult:\n    ¦plan",
        "`adult` is not accepted",
        "under_18",
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_that_is_not_right_is_told_at_its_place(case: str, tmp_path: Path) -> None:
    """Fields that are unknown, missing, empty, of the wrong sort or at odds with another."""
    check(*FIELDS[case], tmp_path)

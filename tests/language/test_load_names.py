"""Every name that a ruleset uses must exist, mean one thing, and stand where it may; what is defined must be used."""

from __future__ import annotations

from pathlib import Path

import pytest

import thresholds
from tests.small_rulesets import (
    Change,
    Files,
    add,
    add_indicator,
    add_rule,
    both,
    check,
    count,
    entry,
    header,
    level,
    load,
    problems,
    put,
    scope,
    small,
    the_problem,
    when,
)

RULES = "rules/rules.yaml"
FAMILY = "indicators/family.yaml"
SCHOOL = "indicators/school.yaml"
SAFEGUARDING = "indicators/safeguarding.yaml"


def _promise(kind: str = "leads_to", **fields: object) -> Change:
    """One statement to prove."""
    return lambda files: add(files, "invariants.yaml", "promise", statement="x", kind=kind, **fields)


def test_that_meaning_was_not_looked_at_yet_is_said(tmp_path: Path) -> None:
    """Names are told first and meaning after them, so there may be more; where both were looked at, or neither can be,
    nothing is said of it."""
    more = "there may be more: meaning is looked at after these, or already now by `thresholds check FOLDER`"
    meaning, name = when("hitting_rule", hitting="moderate"), put("caring", topic="hom")
    cases: tuple[tuple[Change, str], ...] = (
        (name, more),
        (both(name, meaning), more),
        (meaning, ""),
        (header(format=2), ""),
    )
    for number, (change, help_) in enumerate(cases):
        files = small()
        change(files)
        with pytest.raises(thresholds.RulesetInvalid) as caught:
            load(files, tmp_path / str(number))
        assert caught.value.help == help_
        assert str(caught.value).endswith(f"\n{more}") == bool(help_)
        assert caught.value.message in str(caught.value)


def test_of_a_value_that_no_file_holds_nothing_is_said_of_check(tmp_path: Path) -> None:
    """`with_parameters` puts in a number of its own, which `thresholds check` does not see."""
    with pytest.raises(thresholds.RulesetInvalid) as caught:
        load(small(), tmp_path).with_parameters(many_hours="012")
    assert caught.value.help == ""
    assert "write the number without leading zeros: 12" in caught.value.message


UNKNOWN: dict[str, tuple[Change, str, str, str, str]] = {
    "an indicator in a condition": (
        when("hitting_rule", hittin=">= moderate"),
        RULES,
        "hittin:",
        "no indicator, quantity or finding `hittin`",
        "did you mean hitting?",
    ),
    "an indicator deep in a nest": (
        when("others_rule", all=[{"any": [{"lives_with": "others"}, {"none": [{"hungr": "low"}]}]}]),
        RULES,
        "hungr:",
        "no indicator, quantity or finding `hungr`",
        "did you mean hunger?",
    ),
    "an indicator in an exception": (
        put("carer_rule", unless=[{"when": {"helpful_neighbor": True}, "because": "x"}]),
        RULES,
        "helpful_neighbor",
        "`helpful_neighbor`",
        "helpful_neighbour?",
    ),
    "an indicator nothing is like": (when("others_rule", xyz=True), RULES, "xyz", "`xyz`", "define it, or correct"),
    "an indicator in scope": (scope(care_leaver={"plann": True}), "ruleset.yaml", "plann", "`plann`", "mean plan?"),
    "an indicator in what cannot be": (
        when("fed_and_hungry", hungr="high"),
        "impossible.yaml",
        "hungr:",
        "`hungr`",
        "did you mean hunger?",
    ),
    "an indicator in a row": (level(when={"hungr": ">= low"}), SCHOOL, "hungr", "`hungr`", "did you mean hunger?"),
    "a related sign": (put("bruise_rule", related=["hiting"]), RULES, "hiting", "no indicator `hiting`", "hitting?"),
    "what it is a detail of": (
        put("bruise_explained", detail_of="bruse"),
        SAFEGUARDING,
        "¦bruse",
        "no indicator `bruse`",
        "did you mean bruise?",
    ),
    "the indicator counted": (count(indicators=["hungr"]), "quantities.yaml", "¦- hungr", "`hungr`", "mean hunger?"),
    "the events counted": (
        put("recent_episodes", count={"events": "missing_episode", "within": "missing_window"}),
        "quantities.yaml",
        "¦missing_episode\n",
        "no indicator `missing_episode`",
        "did you mean missing_episodes?",
    ),
    "a count as stated": (put("needs", stated="hungr"), "quantities.yaml", "¦hungr", "no indicator `hungr`", "hunger"),
    "a topic": (put("caring", topic="hom"), FAMILY, "¦hom\n", "no topic `hom`", "did you mean home?"),
    "a topic counted": (count(indicators={"topics": ["hom"]}), "quantities.yaml", "topics", "no topic `hom`", "home?"),
    "a tag": (count(indicators={"tags": ["neeed"]}), "quantities.yaml", "indicators:", "tag `neeed`", "mean need?"),
    "a role to ask": (put("school", ask=["techer"]), "topics.yaml", "techer", "no role `techer`", "mean teacher?"),
    "a role that leads": (put("review", lead="techer"), "responses.yaml", "techer", "no role `techer`", "teacher?"),
    "a role that decides": (
        put("review", decided_by="social_workr"),
        "responses.yaml",
        "social_workr\n",
        "no role `social_workr`",
        "did you mean social_worker?",
    ),
    "a source": (
        put("hitting_rule", basis={"sources": ["S1", "S2"], "confidence": "seed"}),
        RULES,
        "- ¦S2",
        "no source `S2`",
        "did you mean S1?",
    ),
    "a source of a response": (
        put(
            "hitting_rule",
            basis={
                "test": {"sources": ["S1"], "confidence": "seed"},
                "response": {"sources": ["S3"], "confidence": "seed"},
            },
        ),
        RULES,
        "- ¦S3",
        "no source `S3`",
        "did you mean S1?",
    ),
    "a response": (
        put("hitting_rule", then={"enquery": "points_to"}),
        RULES,
        "enquery",
        "no response `enquery`",
        "did you mean enquiry?",
    ),
    "a response alone": (put("others_rule", then="reviw"), RULES, "¦then: reviw", "`reviw`", "did you mean review?"),
    "a response of a row": (level(then="erly_help"), SCHOOL, "at: '>= 5'", "no response `erly_help`", "early_help?"),
    "a response absorbed": (
        put("early_help", absorbs=["schol_support"]),
        "responses.yaml",
        "- ¦schol",
        "no response `schol_support`",
        "school_support?",
    ),
    "a service": (put("review", services=["nursing"]), "responses.yaml", "- ¦nursing", "`nursing`", "school_nursing?"),
    "a finding": (
        put("pattern_rule", then={"patern": "finding"}),
        RULES,
        "patern:",
        "no finding `patern`",
        "did you mean pattern?",
    ),
    "a parameter": (
        when("absence_rule", attendance="< low_atendance"),
        RULES,
        "attendance: < low_at",
        "no parameter `low_atendance`",
        "did you mean low_attendance?",
    ),
    "a parameter for a number of sessions": (
        put("attendance", sessions_at_least="fewest"),
        SCHOOL,
        "fewest",
        "no parameter `fewest`",
        "fewest_sessions?",
    ),
    "a parameter for a window": (
        put("recent_episodes", count={"events": "missing_episodes", "within": "missing_windw"}),
        "quantities.yaml",
        "missing_windw",
        "no parameter `missing_windw`",
        "did you mean missing_window?",
    ),
    "a parameter for a time": (
        count(where={"lasting": ">= long_time"}),
        "quantities.yaml",
        "'>= long_time'",
        "no parameter `long_time`",
        "define it",
    ),
    "a parameter for an age": (
        put("school_nursing", ages="< age_of_majorty"),
        "services.yaml",
        "< age_of",
        "no parameter `age_of_majorty`",
        "age_of_majority?",
    ),
    "a parameter for a number of parts": (
        when("hitting_rule", at_least={"n": "many", "of": [{"hitting": ">= moderate"}]}),
        RULES,
        "n: many",
        "no parameter `many`",
        "did you mean many_hours?",
    ),
    "a parameter for the ages of a topic": (
        put("school", ages="< age_of_majorty"),
        "topics.yaml",
        "¦< age_of_majorty",
        "no parameter `age_of_majorty`",
        "age_of_majority?",
    ),
    "a source of a document": (
        lambda files: add(
            files, "documents.yaml", "plan_of_action", title="x", basis={"sources": ["S9"], "confidence": "seed"}
        ),
        "documents.yaml",
        "- ¦S9",
        "no source `S9`",
        "did you mean S1?",
    ),
    "a finding counted": (
        lambda files: add(files, "quantities.yaml", "some", label="x", unit="x", count={"findings": ["patern"]}),
        "quantities.yaml",
        "¦- patern",
        "no finding `patern`",
        "did you mean pattern?",
    ),
    "what a reference is modelled as": (
        lambda files: add(
            files, "reference.yaml", "aim", kind="aim", label="x", text="x", modelled_as=["bruise", "brise"]
        ),
        "reference.yaml",
        "- ¦brise",
        "no entry `brise`",
        "did you mean bruise",
    ),
    "what a reference is at odds with": (
        lambda files: add(files, "reference.yaml", "aim", kind="aim", label="x", text="x", conflicts_with=["aims"]),
        "reference.yaml",
        "- ¦aims",
        "no reference `aims`",
        "did you mean aim?",
    ),
    "an indicator in a statement": (
        _promise(when={"hungr": "high"}, tier="targeted"),
        "invariants.yaml",
        "hungr",
        "`hungr`",
        "hunger?",
    ),
    "a parameter in a statement": (
        _promise(when={"attendance": "< low_atendance"}, tier="targeted"),
        "invariants.yaml",
        "attendance: < low_at",
        "no parameter `low_atendance`",
        "did you mean low_attendance?",
    ),
    "a response in a statement": (
        _promise(response="enquery"),
        "invariants.yaml",
        "¦enquery",
        "no response `enquery`",
        "did you mean enquiry?",
    ),
    "responses in a statement": (
        _promise(kind="never_together", responses=["enquiry", "reviw"]),
        "invariants.yaml",
        "- ¦reviw",
        "no response `reviw`",
        "did you mean review?",
    ),
    "what makes no difference": (
        _promise(kind="never_changes", by={"ids": ["hungr"]}, response="enquiry"),
        "invariants.yaml",
        "¦- hungr",
        "no indicator `hungr`",
        "did you mean hunger?",
    ),
    "a tag of what makes no difference": (
        _promise(kind="never_changes", by={"tags": ["neeed"]}, response="enquiry"),
        "invariants.yaml",
        "¦- neeed",
        "tag `neeed`",
        "mean need?",
    ),
    "a source of a statement": (
        _promise(tier="targeted", basis={"sources": ["S9"], "confidence": "seed"}),
        "invariants.yaml",
        "- ¦S9",
        "no source `S9`",
        "did you mean S1?",
    ),
    "a word in braces": (
        put("hitting_rule", because="it is {hiting}"),
        RULES,
        "it is {",
        "`{hiting}` in `because` names nothing",
        "did you mean hitting?",
    ),
    "a word in the braces of an exception": (
        put("bruise_rule", unless=[{"when": {"bruise_explained": True}, "because": "{bruse}"}]),
        RULES,
        "'{bruse}'",
        "`{bruse}` in `because` names nothing",
        "bruise?",
    ),
    "a brace never closed": (
        put("hitting_rule", because="{hitting hitting"),
        RULES,
        "'{hitting",
        "rule `hitting_rule`: a brace in `because` has no partner",
        "write a name between two braces: {child_age}",
    ),
    "a brace never opened, in an exception": (
        put("bruise_rule", unless=[{"when": {"bruise_explained": True}, "because": "{bruise} bruise}"}]),
        RULES,
        "'{bruise} bruise}'",
        "rule `bruise_rule`: a brace in `because` has no partner",
        "write a name between two braces",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_name_that_does_not_exist_is_told_where_it_stands(case: str, tmp_path: Path) -> None:
    """Wherever a name can be written, one that means nothing is told with the nearest that does."""
    change, file, at, message, help_ = UNKNOWN[case]
    files = small()
    change(files)
    found = [problem for problem in problems(files, tmp_path) if "unused" not in problem.message]
    assert len(found) == 1
    check(change, file, at, message, help_, tmp_path, beside="unused")


MISPLACED: dict[str, tuple[Change, str, str, str, str]] = {
    "a response read": (
        when("others_rule", enquiry=True),
        RULES,
        "enquiry: true",
        "a rule reads no other rule's response",
        "conclude a finding",
    ),
    "a parameter on the left": (
        when("others_rule", many_hours=">= 3"),
        RULES,
        "many_hours: '>= 3'",
        "belongs on the right",
        ">= many_hours",
    ),
    "a context indicator read": (
        when("others_rule", poverty=True),
        RULES,
        "poverty",
        "no rule may read it",
        "read the need itself",
    ),
    "events tested": (
        when("others_rule", missing_episodes=">= 1"),
        RULES,
        "missing_episodes:",
        "cannot test them directly",
        "count them in a window",
    ),
    "a weight on a finding": (
        put("pattern_rule", then={"pattern": "consider"}),
        RULES,
        "pattern: consider",
        "takes no weight",
        "pattern: finding",
    ),
    "a response for a finding": (
        put("hitting_rule", then={"enquiry": "finding"}),
        RULES,
        "enquiry: finding",
        "is a response, not a finding",
        "points_to",
    ),
    "related signs on a plain rule": (
        put("others_rule", related=["bruise"]),
        RULES,
        "¦- bruise\n",
        "has related signs and is not overriding",
        "only overriding rules",
    ),
    "no events counted": (
        put("recent_episodes", count={"events": "hunger", "within": "missing_window"}),
        "quantities.yaml",
        "¦hunger\n",
        "is of kind scale, not events",
        "kind events",
    ),
    "a count stated as a scale": (
        put("needs", stated="hunger"),
        "quantities.yaml",
        "stated: ¦hunger",
        "no whole number",
        "`whole: true`",
    ),
    "a detail of what is never known absent": (
        put("hunger", detail_of="homeless"),
        FAMILY,
        "¦homeless\n",
        "whose `absent` is unknown",
        "declare its `absent`",
    ),
    "a detail of itself": (
        put("hunger", detail_of="hunger"),
        FAMILY,
        "detail_of: ¦hunger",
        "details go in a circle: hunger of hunger",
        "stand alone",
    ),
    "details in a circle": (
        put("bruise", detail_of="bruise_explained"),
        SAFEGUARDING,
        "detail_of: ¦bruise_explained",
        "details go in a circle: bruise of bruise_explained of bruise",
        "stand alone",
    ),
    "a response that absorbs itself": (
        put("review", absorbs=["review"]),
        "responses.yaml",
        "- ¦review",
        "response `review` absorbs itself",
        "keep one",
    ),
    "a response that absorbs a graver one": (
        put("early_help", absorbs=["enquiry"]),
        "responses.yaml",
        "- ¦enquiry",
        "`early_help` (targeted) absorbs `enquiry` (specialist)",
        "no higher tier",
    ),
    "a response beside that absorbs one with a tier": (
        put("review", absorbs=["school_support"]),
        "responses.yaml",
        "tier: beside\n  absorbs:\n  - ¦school_support",
        "`review` (beside) absorbs `school_support` (targeted)",
        "no higher tier",
    ),
}


@pytest.mark.parametrize("case", MISPLACED)
def test_a_name_that_stands_where_it_may_not_is_told(case: str, tmp_path: Path) -> None:
    """A name that exists but is of the wrong sort there, or leads back to itself."""
    change, file, at, message, help_ = MISPLACED[case]
    check(change, file, at, message, help_, tmp_path, beside="unused")


def test_responses_that_absorb_one_another_are_told_at_both(tmp_path: Path) -> None:
    """Of two responses that absorb one another neither would be left to show."""
    files = small()
    entry(files, "school_support")["absorbs"] = ["early_help"]
    found = problems(files, tmp_path)
    assert [problem.message for problem in found] == [
        "response `school_support` absorbs `early_help`, which absorbs it in turn",
        "response `early_help` absorbs `school_support`, which absorbs it in turn",
    ]


@pytest.mark.parametrize(
    ("change", "file", "at", "message"),
    [
        (
            lambda files: add(files, "parameters.yaml", "spare", title="x", unit="days", value="3"),
            "parameters.yaml",
            "id: spare",
            "parameter `spare` is unused: no test uses it",
        ),
        (
            lambda files: add(
                files, "quantities.yaml", "spare", label="x", unit="needs", count={"indicators": ["hunger"]}
            ),
            "quantities.yaml",
            "id: spare",
            "quantity `spare` is unused: no rule reads it",
        ),
        (
            lambda files: add(files, "findings.yaml", "spare", label="x", definition="x"),
            "findings.yaml",
            "id: spare",
            "finding `spare` is unused: no rule concludes it",
        ),
        (
            lambda files: files["topics.yaml"].append({"id": "spare", "label": "x", "question": "x?", "ask": []}),
            "topics.yaml",
            "id: spare",
            "topic `spare` is unused: no indicator belongs to it",
        ),
    ],
)
def test_what_is_defined_and_never_used_is_told(
    change: Change, file: str, at: str, message: str, tmp_path: Path
) -> None:
    """Parameters, quantities, findings and topics must serve something."""
    check(change, file, at, message, "use it, or take it out", tmp_path)


def _again(files: Files) -> None:
    files[RULES].append(entry(files, "hitting_rule"))


def _in_another_file(files: Files) -> None:
    files["rules/another.yaml"] = [entry(files, "hitting_rule")]


@pytest.mark.parametrize(
    ("change", "at", "first"), [(_again, RULES, f"small/{RULES}:18:3"), (_in_another_file, RULES, "another.yaml:1:3")]
)
def test_an_id_given_twice_is_told_with_the_place_of_the_first(
    change: Change, at: str, first: str, tmp_path: Path
) -> None:
    """Two entries of one kind may not share an id, in one file or in two."""
    files = small()
    change(files)
    problem = the_problem(files, tmp_path)
    assert problem.place.file == f"small/{at}"
    assert problem.message.startswith("rule `hitting_rule` is already at small/")
    assert first in problem.message
    assert "another id" in problem.help


def test_a_row_of_a_levels_table_shares_its_names_with_rules(tmp_path: Path) -> None:
    """A row is a rule, with an id made from its place in the table unless it has one."""
    files = small()
    add_rule(files, "exclusions_level_1", when={"hunger": ">= low"})
    assert "rule `exclusions_level_1` is already at small/rules/rules.yaml" in the_problem(files, tmp_path).message


@pytest.mark.parametrize(
    ("file", "kind", "what"),
    [
        ("quantities.yaml", "quantity", {"label": "x", "unit": "needs", "count": {"indicators": ["bruise"]}}),
        ("findings.yaml", "finding", {"label": "x", "definition": "x"}),
        ("parameters.yaml", "parameter", {"title": "x", "unit": "x", "value": "3"}),
    ],
)
def test_a_name_means_one_thing(file: str, kind: str, what: dict[str, object], tmp_path: Path) -> None:
    """What conditions can name must differ from one another, of whatever kind they are."""
    files = small()
    add(files, file, "helpful_neighbour", **what)
    found = [problem for problem in problems(files, tmp_path) if "unused" not in problem.message]
    assert [problem.message for problem in found] == [f"{kind} `helpful_neighbour` has the id of an indicator"]
    assert "rename one of them" in found[0].help


def test_names_built_in_are_taken(tmp_path: Path) -> None:
    """Nothing else may be called child_age."""
    files = small()
    add_indicator(files, "child_age", "flag", worse="present", absent="false")
    assert "has the id of a name built in" in the_problem(files, tmp_path).message


def test_every_fault_of_a_ruleset_is_told_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    """Faults of several sorts in several files come together, each once, sorted by place."""
    files = small()
    entry(files, "hitting_rule")["becuase"] = "x"
    entry(files, "others_rule")["when"] = {"lives_wth": "others"}
    entry(files, "caring")["topic"] = "hom"
    entry(files, "school")["ask"] = ["techer", "teecher"]
    entry(files, "low_attendance")["history"][0]["from"] = "soon"
    files["services.yaml"] = "- id: school_nursing\n  label: >3\n"
    found = problems(files, tmp_path)
    assert [problem.place for problem in found] == sorted(problem.place for problem in found)
    assert [(problem.place.file.split("/")[-1], problem.message.split(":")[0]) for problem in found] == [
        ("family.yaml", "there is no topic `hom`"),
        ("parameters.yaml", "`from`"),
        ("rules.yaml", "`becuase` is not known here"),
        ("rules.yaml", "there is no indicator, quantity or finding `lives_wth`"),
        ("services.yaml", "`tier` is missing"),
        ("services.yaml", "`basis` is missing"),
        ("services.yaml", "`>3` without quotes"),
        ("topics.yaml", "there is no role `techer`"),
        ("topics.yaml", "there is no role `teecher`"),
    ]


@pytest.mark.parametrize("identifier", ["hunger", "bruise", "needs", "pattern", "enquiry", "low_attendance", "home"])
def test_an_entry_that_cannot_be_read_is_told_once_and_still_known_by_its_name(identifier: str, tmp_path: Path) -> None:
    """A fault in an entry does not make unknown names of all that refers to it."""
    files = small()
    entry(files, identifier)["surprise"] = "x"
    assert "`surprise` is not known here" in the_problem(files, tmp_path).message

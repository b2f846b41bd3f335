"""A small valid ruleset as plain data, for tests to vary, write to a folder and load."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import thresholds
from thresholds.errors import Fault
from thresholds.knowledge import Knowledge, know
from thresholds.language.definition import InForce
from thresholds.language.yaml_text import Place, Problem

Files = dict[str, Any]
"""By path inside the ruleset: what a file holds, as plain data; text is written as it is."""
Change = Callable[[Files], object]

OURS = {"sources": [], "confidence": "inferred"}


def _entry(identifier: str, **fields: object) -> dict[str, object]:
    """An entry; `from_` stands for `from`."""
    return {"id": identifier, **{name.rstrip("_"): value for name, value in fields.items()}, "basis": OURS}


def _indicator(identifier: str, kind: str, topic: str, **fields: object) -> dict[str, object]:
    label = identifier.replace("_", " ")
    if "values" in fields:
        fields["values"] = copy.copy(fields["values"])
    return _entry(
        identifier,
        **{"label": label, "definition": f"What is called {label}.", "kind": kind, "topic": topic} | fields,
    )


SEVERITY = {word: f"It is {word}." for word in ("none", "low", "moderate", "high")}

_SMALL: Files = {
    "ruleset.yaml": {
        "format": 1,
        "name": "small",
        "title": "A small ruleset",
        "edition": "first",
        "authority": "nobody",
        "status": "draft",
        "from": "2010-01-01",
        "notice": "Made for tests.",
        "scope": {
            "unborn": {"child_unborn": True},
            "under_18": {"child_age": "< age_of_majority"},
            "adult_with_plan": {"child_age": "[age_of_majority..25 years)", "plan": True},
            "care_leaver": {"child_age": "[age_of_majority..25 years)", "once_in_care": True},
        },
        "outside_scope": "Turn to adult social care.",
    },
    "sources.yaml": [{"id": "S1", "title": "A source", "read": "whole"}],
    "roles.yaml": [{"id": "teacher", "label": "teacher"}, {"id": "social_worker", "label": "social worker"}],
    "topics.yaml": [
        {"id": "injury", "label": "Injury", "question": "Is the child hurt?", "ask": ["teacher"], "narrow": True},
        {"id": "going_missing", "label": "Missing", "question": "Was the child missing?", "ask": [], "narrow": True},
        {"id": "school", "label": "School", "question": "How is school going?", "ask": ["teacher"]},
        {"id": "home", "label": "Home", "question": "How are things at home?", "ask": ["teacher", "social_worker"]},
    ],
    "parameters.yaml": [
        _entry("age_of_majority", title="Adult from", unit="years", value="18 years"),
        _entry(
            "low_attendance",
            title="Low attendance",
            unit="percent",
            history=[{"from": "2010-01-01", "value": "85"}, {"from": "2015-09-01", "value": "90"}],
        ),
        _entry("fewest_sessions", title="Sessions that say something", unit="sessions", value="20"),
        _entry("many_hours", title="Many hours of caring", unit="hours a week", value="15"),
        _entry("missing_window", title="Recently", unit="days", value="90 days"),
        _entry("many_episodes", title="Many episodes", unit="episodes", value="3"),
    ],
    "indicators/safeguarding.yaml": [
        _indicator("bruise", "flag", "injury", area="safeguarding", worse="present", absent="false"),
        _indicator(
            "bruise_explained",
            "flag",
            "injury",
            area="safeguarding",
            worse="absent",
            absent="false",
            detail_of="bruise",
            exception_fact=True,
        ),
        _indicator("hitting", "scale", "injury", area="safeguarding", worse="higher", absent="none", values=SEVERITY),
        _indicator(
            "missing_episodes",
            "events",
            "going_missing",
            area="safeguarding",
            unit="episodes",
            worse="higher",
            absent="0",
        ),
    ],
    "indicators/family.yaml": [
        _indicator(
            "neglect",
            "scale",
            "home",
            area="parenting_capacity",
            worse="higher",
            absent="none",
            values=SEVERITY,
            tags=["need"],
        ),
        _indicator(
            "hunger",
            "scale",
            "home",
            area="child_development",
            worse="higher",
            absent="none",
            values=SEVERITY,
            tags=["need"],
        ),
        _indicator("homeless", "since", "home", area="family_and_environment", worse="higher", absent="unknown"),
        _indicator(
            "lives_with",
            "choice",
            "home",
            area="family_and_environment",
            absent="parents",
            values={"parents": "With parents.", "relatives": "With relatives.", "others": "With others."},
        ),
        _indicator(
            "caring",
            "number",
            "home",
            area="child_development",
            worse="higher",
            absent="0",
            unit="hours a week",
            range="[0..168]",
        ),
        _indicator(
            "helpful_neighbour",
            "flag",
            "home",
            area="family_and_environment",
            worse="absent",
            absent="false",
            protective=True,
        ),
        _indicator("poverty", "flag", "home", area="status", worse="neither", absent="unknown", context=True),
        _indicator("plan", "flag", "home", area="status", worse="neither", absent="false"),
        _indicator("once_in_care", "flag", "home", area="status", worse="neither", absent="false"),
    ],
    "indicators/school.yaml": [
        _indicator(
            "attendance",
            "percent",
            "school",
            area="child_development",
            worse="lower",
            absent="unknown",
            sessions_at_least="fewest_sessions",
        ),
        _indicator(
            "exclusions",
            "number",
            "school",
            area="child_development",
            worse="higher",
            absent="0",
            unit="exclusions",
            range="[0..50]",
            whole=True,
            levels=[
                {"at": ">= 1", "then": {"school_support": "points_to"}, "because": "{exclusions} exclusions"},
                {"at": ">= 5", "then": {"early_help": "consider"}, "because": "{exclusions} exclusions are many"},
            ],
        ),
        _indicator("referred", "flag", "school", area="process", worse="neither", absent="unknown"),
    ],
    "quantities.yaml": [
        _entry(
            "recent_episodes",
            label="recent episodes",
            unit="episodes",
            count={"events": "missing_episodes", "within": "missing_window"},
        ),
        _entry(
            "needs",
            label="needs",
            unit="needs",
            count={"indicators": {"tags": ["need"]}, "where": {"value": ">= low"}},
            distinct="need_group",
        ),
    ],
    "findings.yaml": [_entry("pattern", label="a pattern", definition="More than one need.", tags=["pattern"])],
    "responses.yaml": [
        _entry(
            name,
            label=name.replace("_", " "),
            meaning="Somebody helps.",
            tier=tier,
            absorbs=absorbs,
            lead="teacher",
            decided_by="social_worker",
            consent="seek",
            first_step="Talk with the family.",
            services=["school_nursing"] if name == "school_support" else [],
        )
        for name, tier, absorbs in (
            ("school_support", "targeted", []),
            ("early_help", "targeted", ["school_support"]),
            ("enquiry", "specialist", []),
            ("review", "beside", []),
        )
    ],
    "services.yaml": [_entry("school_nursing", label="School nursing", tier="universal", ages="[5 years..18 years)")],
    "impossible.yaml": [
        {"id": "fed_and_hungry", "when": {"hunger": "high", "plan": True, "caring": "[2..3)"}, "because": "never both"}
    ],
    "rules/rules.yaml": [
        _entry(
            "bruise_rule",
            title="A bruise",
            when={"bruise": True},
            unless=[{"when": {"bruise_explained": True}, "because": "it is explained"}],
            then={"enquiry": "points_to"},
            because="a bruise at {child_age}",
            overriding=True,
            related=["hitting"],
        ),
        _entry(
            "hitting_rule",
            title="Hitting",
            when={"hitting": ">= moderate"},
            then={"enquiry": "points_to"},
            because="hitting is {hitting}",
            overriding=True,
        ),
        _entry(
            "missing_rule",
            title="Going missing",
            when={"recent_episodes": ">= many_episodes"},
            then={"enquiry": "consider"},
            because="{recent_episodes} episodes",
        ),
        _entry(
            "absence_rule",
            title="Low attendance",
            when={"child_age": "[5 years..16 years)", "attendance": "< low_attendance"},
            then={"school_support": "points_to"},
            because="attendance of {attendance} is below {low_attendance}",
        ),
        _entry(
            "carer_rule",
            title="A young carer",
            when={"any": [{"caring": ">= many_hours"}, {"homeless": ">= 28 days"}]},
            unless=[{"when": {"helpful_neighbour": True}, "because": "a neighbour helps"}],
            then={"early_help": "consider"},
            because="it is much",
        ),
        _entry("pattern_rule", title="A pattern", when={"needs": ">= 2"}, then={"pattern": "finding"}, because="both"),
        _entry(
            "neglect_rule",
            title="A pattern of neglect",
            when={"pattern": True, "neglect": ">= moderate"},
            then={"early_help": "points_to"},
            because="{needs} needs",
        ),
        _entry(
            "others_rule",
            title="Lives with others",
            when={"lives_with": "others"},
            then={"review": "points_to"},
            because="lives with others",
        ),
    ],
}


def small() -> Files:
    """The small ruleset, to be varied at will."""
    return copy.deepcopy(_SMALL)


def entry(files: Files, identifier: str) -> dict[str, Any]:
    """The entry of that id, in whatever file it stands."""
    found = [one for content in files.values() if isinstance(content, list) for one in content]
    return next(one for one in found if one["id"] == identifier)


def add_rule(files: Files, identifier: str = "new_rule", **fields: object) -> None:
    """One more rule, valid where its fields are."""
    usual: dict[str, object] = {"title": "New", "then": {"school_support": "points_to"}, "because": "so"}
    files["rules/rules.yaml"].append(_entry(identifier, **usual | fields))


def add_indicator(files: Files, identifier: str, kind: str, topic: str = "home", **fields: object) -> None:
    """One more indicator, valid where its fields are."""
    usual: dict[str, object] = {"area": "child_development"}
    files["indicators/school.yaml"].append(_indicator(identifier, kind, topic, **usual | fields))


def add(files: Files, file: str, identifier: str, **fields: object) -> None:
    """One more entry of any kind."""
    files.setdefault(file, []).append(_entry(identifier) | fields)


def overlay(**header: object) -> Files:
    """A ruleset that extends the small one and says nothing of its own yet."""
    usual = {
        "format": 1,
        "name": "local",
        "title": "A local ruleset",
        "edition": "first",
        "authority": "nobody",
        "status": "draft",
        "from": "2010-01-01",
        "notice": "Made for tests.",
        "extends": "small",
    }
    return {"ruleset.yaml": usual | header}


def as_text(content: object) -> str:
    """What a file holds, as text."""
    return content if isinstance(content, str) else _as_yaml(json.dumps(content))


@cache
def _as_yaml(content: str) -> str:
    # What comes from JSON shares nothing, so that no anchors and aliases are written: rule files may not use them.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(json.loads(content), Dumper=dumper, sort_keys=False, width=10**6, allow_unicode=True)
    assert isinstance(text, str)
    return text


def write(files: Mapping[str, object], folder: Path) -> Path:
    """Write a ruleset's files into a folder of its own, made anew."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(as_text(content), encoding="utf-8")
    return folder


def load(
    files: Mapping[str, object], folder: Path, *, over: Mapping[str, object] | None = None, as_at: date | None = None
) -> thresholds.Ruleset:
    """Load what the files say; with `over`, that overlay on top of them."""
    path = write(files, folder / "small")
    if over is not None:
        path = write(over, folder / "local")
    return thresholds.load(path, as_at=as_at)


def problems(
    files: Mapping[str, object], folder: Path, *, over: Mapping[str, object] | None = None
) -> tuple[Problem, ...]:
    """Everything that is wrong with the files, or with the overlay on top of them; nothing where it loads."""
    try:
        load(files, folder, over=over)
    except thresholds.RulesetInvalid as error:
        return error.problems
    return ()


def the_problem(files: Mapping[str, object], folder: Path, *, over: Mapping[str, object] | None = None) -> Problem:
    """The one thing that is wrong."""
    found = problems(files, folder, over=over)
    assert len(found) == 1, [str(problem) for problem in found] or "it loads"
    return found[0]


def place_of(files: Mapping[str, object], file: str, text: str, name: str = "small") -> Place:
    """Where a text first stands in a file; `¦` inside it marks the very place."""
    start, marked, rest = text.partition("¦")
    before, found, _ = as_text(files[file]).partition(start + rest)
    if not found:
        pytest.fail(f"`{text}` is not in {file}")
    before += start if marked else ""
    return Place(f"{name}/{file}", before.count("\n") + 1, len(before) - before.rfind("\n"))


# --- changes, and what they lead to ---------------------------------------------------------------


def put(identifier: str, **fields: object) -> Change:
    """Other values for fields of an entry; None takes a field out, `from_` stands for `from`."""

    def change(files: Files) -> None:
        one = entry(files, identifier)
        for name, value in fields.items():
            one.pop(name, None) if value is None else one.update({name.rstrip("_"): value})

    return change


def count(**fields: object) -> Change:
    """Other values for what the quantity `needs` counts."""
    return lambda files: entry(files, "needs")["count"].update(fields)


def header(**fields: object) -> Change:
    """Other values for fields of ruleset.yaml; None takes a field out."""

    def change(files: Files) -> None:
        for name, value in fields.items():
            one = files["ruleset.yaml"]
            one.pop(name.rstrip("_"), None) if value is None else one.update({name.rstrip("_"): value})

    return change


def scope(**fields: object) -> Change:
    return lambda files: files["ruleset.yaml"]["scope"].update(fields)


def level(**fields: object) -> Change:
    """Other values for the second row of a levels table."""
    return lambda files: entry(files, "exclusions")["levels"][1].update(fields)


Case = tuple[Change, str, str, str, str]
"""A change, the file, the text at the very place (see place_of), words of the message, words of the help."""


def both(*changes: Change) -> Change:
    def change(files: Files) -> None:
        for one in changes:
            one(files)

    return change


def when(identifier: str, **tests: object) -> Change:
    return put(identifier, when=tests)


def unless(identifier: str, **tests: object) -> Change:
    """One exception; the rule does not override, so that it may read anything."""
    return put(identifier, overriding=None, related=None, unless=[{"when": tests, "because": "so"}])


def patterns(**tests: object) -> Change:
    """A rule that reads a count of findings."""
    counted = {"label": "x", "unit": "patterns", "count": {"findings": {"tags": ["pattern"]}}}
    return both(
        lambda files: add(files, "quantities.yaml", "patterns", **counted),
        when("neglect_rule", pattern=True, neglect=">= moderate", **tests),
    )


def check(
    change: Change, file: str, at: str, message: str, help_: str, folder: Path, *, beside: str | None = None
) -> None:
    """The change makes one problem where `at` first stands in the file (see place_of), said in these words.

    `beside`: problems that speak of this may stand beside it.
    """
    files = small()
    change(files)
    found = [one for one in problems(files, folder) if beside is None or beside not in one.message]
    assert len(found) == 1, [str(problem) for problem in found] or "it loads"
    [problem] = found
    assert (str(problem.place), problem.message) == (str(place_of(files, file, at)), problem.message)
    assert message in problem.message, problem.message
    assert help_ in problem.help, problem.help


# --- for assessments ------------------------------------------------------------------------------


@cache
def known_ruleset() -> InForce:
    """The small ruleset with some more indicators, as it stands in 2017."""
    files = small()
    add_indicator(files, "noise", "number", worse="neither", absent="0", unit="decibels", range="[0..200]")
    add_indicator(files, "bruise_size", "number", "injury", worse="higher", absent="0", unit="mm", range="[0..300]")
    entry(files, "bruise_size")["detail_of"] = "bruise"
    add_indicator(files, "size_seen_by", "flag", "injury", worse="present", absent="false", detail_of="bruise_size")
    usual: dict[str, Any] = {
        "worse": "lower",
        "absent": "unknown",
        "unit": "days a week",
        "range": "[0..7]",
        "may_not_apply": True,
    }
    add_indicator(files, "nursery_days", "number", **usual)
    with tempfile.TemporaryDirectory() as folder:
        return load(files, Path(folder)).in_force(date(2017, 3, 1))


def knowing(looked_at: object = (), **observations: Any) -> Knowledge:
    """What is known of a child of 8 on 1 March 2017."""
    data = {"child": {"age": 8}, "on": date(2017, 3, 1), "looked_at": looked_at, "observations": observations}
    return know(thresholds.Assessment.read(data), known_ruleset())


def faults_in(**data: Any) -> tuple[Fault, ...]:
    """What is wrong with an assessment for that ruleset."""
    with pytest.raises(thresholds.AssessmentInvalid) as caught:
        know(thresholds.Assessment(**{"on": date(2017, 3, 1)} | data), known_ruleset())
    return caught.value.faults

"""The small ruleset on disk with worked examples, and what a case may look like, for tests of what people see."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import strategies as st

import thresholds
from tests.small_rulesets import Files, add, entry, load, small, write

ON = date(2017, 3, 1)
SEVERITY = ("none", "low", "moderate", "high")


def with_examples(*examples: dict[str, Any]) -> Files:
    """The small ruleset with these worked examples; what is not given says the least."""
    files = small()
    files["worked_examples/ours.yaml"] = [
        {"title": "A child", "because": "so", "id": f"example_{number}", **example}
        for number, example in enumerate(examples, start=1)
    ]
    return files


def telling() -> Files:
    """The small ruleset with roles, topics and sources that say more."""
    files = small()
    files["topics.yaml"][0] |= {"not_before": ["a parent who may have done it"]}
    entry(files, "enquiry").update(label="Section 47 enquiry", consent="not_required", absorbs=["early_help"])
    entry(files, "early_help").update(label="Early Help Assessment", assessment="the form for it")
    add(files, "sources.yaml", "S2", title="Another source")
    for source in files["sources.yaml"]:
        source.pop("basis", None)
    entry(files, "hitting_rule")["basis"] = {"sources": ["S1", "S2"], "confidence": "statute"}
    return files


@cache
def folder() -> Path:
    """Where the telling small ruleset lies."""
    return write(telling(), Path(mkdtemp(prefix="thresholds-tests-")) / "small")


@cache
def ruleset() -> thresholds.Ruleset:
    return load(telling(), Path(mkdtemp(prefix="thresholds-tests-")))


def decide(**given: Any) -> thresholds.Decision:
    """The small ruleset's answer; on 1 March 2017 about a child of 8 where nothing else is said."""
    return ruleset().assess(thresholds.Assessment(**{"child": {"age": 8}, "on": ON} | given))


def observations() -> st.SearchStrategy[dict[str, Any]]:
    """Some of what the small ruleset can be told."""
    flag, severity = st.sampled_from([True, False, "unknown"]), st.sampled_from(SEVERITY)
    days = st.dates(date(2016, 6, 1), ON).map(date.isoformat)
    return st.fixed_dictionaries(
        {},
        optional={
            "bruise": flag,
            "hitting": severity,
            "missing_episodes": st.lists(days, max_size=5),
            "neglect": severity,
            "hunger": st.builds(lambda value, need: {"value": value, "need": need}, severity, st.just("unmet")),
            "homeless": st.sampled_from(["27 days", "1 month", "2017-01-01"]),
            "lives_with": st.sampled_from(["parents", "relatives", "others"]),
            "caring": st.integers(0, 168),
            "helpful_neighbour": flag,
            "attendance": st.sampled_from([0, 89, 90, "95.5", {"attended": 19, "possible": 20}]),
            "exclusions": st.integers(0, 50),
            "plan": flag,
        },
    )


def assessments() -> st.SearchStrategy[dict[str, Any]]:
    """Cases as plain data, of every age and with any amount known."""
    children = st.sampled_from([{}, {"age": 8}, {"age": 20}, {"age": 40}, {"unborn": True}, {"between": [15, 19]}])
    return st.fixed_dictionaries(
        {
            "child": children,
            "on": st.just(ON.isoformat()),
            "looked_at": st.sampled_from([[], ["injury"], ["injury", "going_missing", "school", "home"], "everything"]),
            "observations": observations(),
            "consent": st.sampled_from(["given", "refused", "not_sought", "unsafe_to_seek", "not_recorded"]),
        }
    )

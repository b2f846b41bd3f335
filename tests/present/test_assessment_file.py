"""An assessment written as a file is the same assessment when it is read."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import thresholds
from tests.cases import assessments, ruleset
from tests.present.drawn_blocks import texts
from thresholds.present.assessment_file import as_data, as_yaml
from thresholds.reading_files import parse_assessment


@given(assessments(), texts(), st.lists(texts(), max_size=3))
def test_what_is_written_is_what_is_read(case: dict[str, Any], views: str, remarks: list[str]) -> None:
    """Whatever is known of a child, and whatever is remarked, the file gives that child again."""
    said = "".join(letter for letter in views if letter.isprintable()).strip()
    assume(said.lower() not in ("null", "~"))  # with quotes or without, the reader takes them for nothing
    child = thresholds.Assessment.read({**case, "views": {"child": said}})
    text = as_yaml(child, remarks)
    read = parse_assessment(text.encode(), "file").assessment(ruleset())
    assert read.views == child.views
    for again in (read, thresholds.Assessment.read(as_data(child))):
        assert ruleset().assess(again, engine="bitmap") == ruleset().assess(child, engine="bitmap")


def test_the_file_looks_as_people_write_it() -> None:
    """No needless quotes, a line for each observation, remarks as comments."""
    child = thresholds.Assessment.read(
        {
            "child": {"age": 8},
            "on": "2017-03-01",
            "looked_at": "everything",
            "observations": {
                "bruise": True,
                "missing_episodes": ["2017-01-01", "2016-12-12"],
                "attendance": {"attended": 19, "possible": 20},
                "hitting": [{"value": "low", "basis": "seen"}, {"value": "high"}],
            },
        }
    )
    assert as_yaml(child, ["Made for a test."]) == (
        "# Made for a test.\nchild: {age: 8}\non: 2017-03-01\nlooked_at: everything\nobservations:\n  bruise: true\n"
        "  missing_episodes: [2017-01-01, 2016-12-12]\n  attendance: {attended: 19, possible: 20}\n  hitting:\n"
        "  - {value: low, basis: seen}\n  - {value: high}\n"
    )

"""What is near an assessment: one small step away, and as valid."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thresholds
from tests.answers import BUNDLED, changed, effort, fits, load_bundled
from tests.cases import ruleset as small_ruleset
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.errors import AssessmentInvalid
from thresholds.testing.near import neighbours

_bundled = cache(load_bundled)
ON = date(2017, 3, 1)


def near(**given: object) -> list[dict[str, object]]:
    """What is near a child of the small ruleset: of each neighbour what is otherwise."""
    one = thresholds.Assessment(**{"child": {"age": 8}, "on": ON, "looked_at": "everything"} | given)
    before = one.model_dump(mode="json", exclude_defaults=True)
    found = []
    for other in neighbours(one, small_ruleset()):
        after = other.model_dump(mode="json", exclude_defaults=True)
        found.append({name: after.get(name) for name in {*before, *after} if after.get(name) != before.get(name)})
    return found


def values(name: str, value: object) -> list[object]:
    """The values beside one; None where it is no longer recorded."""
    found = []
    for change in near(observations={name: value}):
        if set(change) == {"observations"}:
            given = change["observations"]
            assert isinstance(given, dict | None)
            if set(given or {}) <= {name}:
                found.append(given[name][0]["value"] if given else None)
    return found


@pytest.mark.parametrize(
    ("name", "value", "beside"),
    [
        ("hitting", "low", [None, "none", "moderate"]),
        ("bruise", True, [None, "false"]),
        ("attendance", 90, [None, "89.9", "90.1"]),
        ("attendance", {"attended": 180, "possible": 200}, [None, {"attended": 179, "possible": 200}]),
        ("homeless", "2017-02-28", [None, "2017-02-27", "2017-03-01"]),
        ("lives_with", "relatives", [None, "parents", "others"]),
        ("missing_episodes", ["2017-03-01"], [None, ["2017-03-01", "2017-03-01"], ["2017-02-28"]]),
        ("exclusions", 0, [None, "1"]),
    ],
)
def test_a_value_has_the_next_ones_beside_it(name: str, value: object, beside: list[object]) -> None:
    """A scale one step, a number one or a tenth, a day one day, a choice any other word; never out of range."""
    found = values(name, value)
    for one in beside:
        assert one in found
    assert len(found) <= len(beside) + 3


def test_the_child_is_a_little_older_or_younger() -> None:
    """In whatever the age is given."""
    assert {"child": {"age": 7}} in near()
    assert {"child": {"born": "2009-02-28"}} in near(child={"born": "2009-03-01"})
    assert {"child": {"between": [4, 6]}} in near(child={"between": [4, 5]})
    assert {"child": {"unborn": True, "gestation_weeks": 21}} in near(child={"unborn": True, "gestation_weeks": 20})


def test_a_topic_more_or_less_is_looked_at() -> None:
    """One at a time."""
    found = [change["looked_at"] for change in near(looked_at=["home"]) if "looked_at" in change]
    assert None in found
    assert ["home", "injury"] in found


@effort(60)
@given(data=st.data(), name=st.sampled_from(BUNDLED))
def test_whatever_is_near_is_valid_and_one_step_away(data: st.DataObject, name: str) -> None:
    """Of any assessment: something else, about one thing only, and the way back is as short."""
    ruleset = _bundled(name)
    one = data.draw(testing.assessments(ruleset))
    other = data.draw(testing.near(one, ruleset))
    assert other != one
    assert fits(ruleset, other)
    assert other.on == one.on
    fields = [field for field in type(one).model_fields if getattr(one, field) != getattr(other, field)]
    assert len(fields) == 1
    if fields == ["observations"]:
        sides = one.observations, other.observations
        assert len([each for each in {*sides[0], *sides[1]} if sides[0].get(each) != sides[1].get(each)]) == 1


def test_what_is_near_an_unfit_assessment_is_not_asked() -> None:
    """The faults of the given one are told."""
    ruleset = small_ruleset()
    wrong = Assessment(on=ON, observations={"hittin": "high"})
    with pytest.raises(AssessmentInvalid):
        list(neighbours(wrong, ruleset))


def test_boundary_pairs_are_drawn_from_all_that_there_are() -> None:
    """Each is answered differently on its two sides, whatever is drawn first."""
    pytest.importorskip("pysat", reason="boundary pairs need python-sat")
    ruleset = small_ruleset()

    @effort(20)
    @given(pair=testing.boundary_pairs(ruleset, on=ON))
    def answered_differently(pair: object) -> None:
        from thresholds.policy.boundaries import BoundaryPair

        assert isinstance(pair, BoundaryPair)
        assert pair.inside.on == ON
        decisions = [ruleset.assess(changed(side)) for side in (pair.outside, pair.inside)]
        assert (decisions[0].tier, decisions[0].responses) != (decisions[1].tier, decisions[1].responses)

    answered_differently()

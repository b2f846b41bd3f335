"""What holds on a day, the hash of what a ruleset says, and other values for its parameters."""

from __future__ import annotations

import copy
import tempfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thresholds
from tests.small_rulesets import Change, Files, add_rule, as_text, entry, load, overlay, put, small, write

DAY = timedelta(days=1)


def assessment(on: date, **observations: object) -> thresholds.Assessment:
    return thresholds.Assessment(child={"age": 10}, on=on, looked_at="everything", observations=observations)


# --- from, until, history -------------------------------------------------------------------------


def test_an_entry_holds_from_its_first_day_until_the_day_before_its_last(tmp_path: Path) -> None:
    """`from` is included, `until` is the first day on which it no longer holds."""
    files = small()
    entry(files, "others_rule").update({"from": "2012-03-01", "until": "2016-09-01"})
    ruleset = load(files, tmp_path)
    days = [date(2012, 2, 29), date(2012, 3, 1), date(2016, 8, 31), date(2016, 9, 1)]
    held = ["others_rule" in {rule.id for rule in ruleset.in_force(day).rules} for day in days]
    assert held == [False, True, True, False]
    found = [bool(ruleset.assess(assessment(day, lives_with="others"), engine="bitmap").responses) for day in days]
    assert found == held


def test_a_row_of_a_levels_table_holds_while_it_and_its_indicator_do(tmp_path: Path) -> None:
    """The later of two beginnings and the earlier of two ends count."""
    files = small()
    entry(files, "exclusions").update({"from": "2011-01-01", "until": "2018-01-01"})
    entry(files, "exclusions")["levels"][0].update({"from": "2010-06-01", "until": "2016-01-01"})
    entry(files, "exclusions")["levels"][1].update({"from": "2012-01-01"})
    rules = {rule.id: (rule.from_, rule.until) for rule in load(files, tmp_path).definition.rules}
    assert rules["exclusions_level_1"] == (date(2011, 1, 1), date(2016, 1, 1))
    assert rules["exclusions_level_2"] == (date(2012, 1, 1), date(2018, 1, 1))


def test_the_value_of_a_parameter_is_the_one_of_the_day(tmp_path: Path) -> None:
    """Persistent absence was one thing in 2015 and another in 2016; the day of the assessment decides."""
    ruleset = load(small(), tmp_path)
    assert ruleset.in_force(date(2015, 8, 31)).parameters["low_attendance"] == 85
    assert ruleset.in_force(date(2015, 9, 1)).parameters["low_attendance"] == 90
    assert not ruleset.assess(assessment(date(2015, 8, 31), attendance=87), engine="bitmap").responses
    assert ruleset.assess(assessment(date(2015, 9, 1), attendance=87), engine="bitmap").responses


def test_nothing_changes_between_two_changes(tmp_path: Path) -> None:
    """What is in force is worked out once for each stretch of days on which it is the same."""
    files = small()
    entry(files, "others_rule")["until"] = "2013-01-01"
    ruleset = load(files, tmp_path)
    assert ruleset.definition.changes == (date(2010, 1, 1), date(2013, 1, 1), date(2015, 9, 1))
    assert ruleset.in_force(date(2010, 1, 1)) is ruleset.in_force(date(2012, 12, 31))
    assert ruleset.in_force(date(2013, 1, 1)) is not ruleset.in_force(date(2012, 12, 31))
    assert ruleset.in_force(date(2015, 9, 1)) is ruleset.in_force(date(2150, 1, 1))


@given(st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_a_day_is_answered_by_what_its_entries_say_of_it(day: date) -> None:
    """Whatever the day, the rules in force are those whose own dates contain it."""
    ruleset = _dated()
    expected = {rule.id for rule in ruleset.definition.rules if rule.in_force(day)}
    assert {rule.id for rule in ruleset.in_force(day).rules} == expected


_CACHE: list[thresholds.Ruleset] = []


def _dated() -> thresholds.Ruleset:
    if not _CACHE:
        files = small()
        for number, (begins, ends) in enumerate(
            [("2012-01-01", "2014-05-06"), ("2014-05-06", None), (None, "2020-02-29")]
        ):
            add_rule(files, f"dated_{number}", when={"hunger": ">= low"}, from_=begins, until=ends)
            new = entry(files, f"dated_{number}")
            for name in ("from", "until"):
                if new[name] is None:
                    del new[name]
        _CACHE.append(load(files, Path(tempfile.mkdtemp())))
    return _CACHE[0]


# --- pinned dates, status, beginnings -------------------------------------------------------------


def test_a_pinned_date_answers_whatever_the_day(tmp_path: Path) -> None:
    """With `as_at` the rules of that day answer for every assessment."""
    pinned = load(small(), tmp_path, as_at=date(2012, 1, 1))
    assert pinned.as_at == date(2012, 1, 1)
    assert pinned.in_force(date(2017, 1, 1)).parameters["low_attendance"] == 85
    decision = pinned.assess(assessment(date(2017, 1, 1), attendance=87), engine="bitmap")
    assert not decision.responses
    assert decision.record.as_at == date(2012, 1, 1)
    assert decision.record.on == date(2017, 1, 1)


def test_a_day_before_the_ruleset_begins_is_not_answered(tmp_path: Path) -> None:
    """Neither for an assessment nor as a pinned date."""
    ruleset = load(small(), tmp_path)
    with pytest.raises(thresholds.RulesetNotInForce) as caught:
        ruleset.assess(assessment(date(2009, 12, 31)), engine="bitmap")
    assert "begins on 2010-01-01, and does not answer for 2009-12-31" in caught.value.message
    assert "older ruleset" in caught.value.help
    with pytest.raises(thresholds.RulesetNotInForce, match="begins on 2010-01-01"):
        thresholds.load(tmp_path / "small", as_at=date(2009, 12, 31))


def test_a_pinned_date_answers_for_days_before_the_beginning_too(tmp_path: Path) -> None:
    """What is pinned is the rules' date; the child's may be any."""
    ruleset = load(small(), tmp_path, as_at=date(2012, 1, 1))
    assert ruleset.assess(assessment(date(2009, 12, 31), bruise=True), engine="bitmap").tier == "specialist"


@pytest.mark.parametrize(("claimed", "stands"), [("draft", "draft"), ("withdrawn", "withdrawn"), ("in_force", "draft")])
def test_only_what_is_in_force_where_that_is_asked_for(claimed: str, stands: str, tmp_path: Path) -> None:
    """`require="in_force"` refuses drafts, what is withdrawn, and what only says of itself that it is in force."""
    files = small()
    files["ruleset.yaml"]["status"] = claimed
    folder = write(files, tmp_path / "small")
    assert thresholds.load(folder).status == stands
    with pytest.raises(thresholds.RulesetNotInForce, match=f"is {stands}"):
        thresholds.load(folder, require="in_force")


# --- the hash -------------------------------------------------------------------------------------


def _reordered(files: Files) -> None:
    for content in files.values():
        if isinstance(content, list):
            content.reverse()
    files["ruleset.yaml"] = dict(reversed(files["ruleset.yaml"].items()))


def _split(files: Files) -> None:
    rules = files.pop("rules/rules.yaml")
    files["rules/one.yaml"], files["rules/more/two.yaml"] = rules[:4], rules[4:]


def _commented(files: Files) -> None:
    for path in ("rules/rules.yaml", "ruleset.yaml"):
        files[path] = "# a comment\n\n" + as_text(files[path]).replace("\n", "\n\n").replace(":\n", ":  # why\n")


def _windows(files: Files) -> None:
    files["rules/rules.yaml"] = "\ufeff" + as_text(files["rules/rules.yaml"]).replace("\n", "\r\n")


def _quoted(files: Files) -> None:
    files["rules/rules.yaml"] = (
        as_text(files["rules/rules.yaml"]).replace("'", '"').replace("bruise: true", "bruise: 'true'")
    )


def _flow(files: Files) -> None:
    files["roles.yaml"] = "[{label: teacher, id: teacher}, {id: social_worker, label: 'social worker'}]"


@pytest.mark.parametrize("change", [_reordered, _split, _commented, _windows, _quoted, _flow])
def test_the_hash_does_not_change_with_order_layout_comments_or_files(change: Change, tmp_path: Path) -> None:
    """The same content is the same ruleset, however it is written down."""
    files = small()
    change(files)
    assert load(files, tmp_path / "other").hash == load(small(), tmp_path / "one").hash


@pytest.mark.parametrize(
    "change",
    [
        put("many_hours", value="16"),
        put("hitting_rule", title="Another"),
        put("hitting_rule", because="so"),
        put("hitting_rule", when={"hitting": ">= high"}),
        put("hitting_rule", from_="2011-01-01"),
        put("bruise", label="another"),
        put("bruise_rule", related=None),
        put("school", ask=["teacher", "social_worker"]),
        lambda files: files["ruleset.yaml"].update(edition="second"),
        lambda files: files["sources.yaml"][0].update(title="another"),
        lambda files: files["impossible.yaml"].pop(),
        lambda files: add_rule(files, when={"hunger": ">= low"}),
    ],
)
def test_the_hash_changes_with_whatever_is_said(change: Change, tmp_path: Path) -> None:
    """Any change of meaning or of words is another ruleset."""
    files = small()
    change(files)
    assert load(files, tmp_path / "other").hash != load(small(), tmp_path / "one").hash


@pytest.mark.parametrize("status", ["in_force", "withdrawn"])
def test_the_hash_does_not_change_with_the_status(status: str, tmp_path: Path) -> None:
    """Whether it is in force is not what it says."""
    files = small()
    files["ruleset.yaml"]["status"] = status
    assert load(files, tmp_path / "other").hash == load(small(), tmp_path / "one").hash


def test_the_hash_holds_the_base_and_the_pinned_date(tmp_path: Path) -> None:
    """A change in what is extended, or of the pinned date, is another ruleset; the hash is 64 hexadecimal digits."""
    files = copy.deepcopy(small())
    entry(files, "many_hours")["value"] = "16"
    hashes = {
        load(small(), tmp_path / "a").hash,
        load(small(), tmp_path / "b", as_at=date(2012, 1, 1)).hash,
        load(small(), tmp_path / "c", as_at=date(2012, 1, 2)).hash,
        load(small(), tmp_path / "d", over=overlay()).hash,
        load(files, tmp_path / "e", over=overlay()).hash,
    }
    assert len(hashes) == 5
    assert all(len(one) == 64 and int(one, 16) for one in hashes)


def test_the_hash_stands_in_every_decision(tmp_path: Path) -> None:
    """With name, edition and status, so that an answer can be traced to what was in force."""
    ruleset = load(small(), tmp_path)
    record = ruleset.assess(assessment(date(2017, 1, 1)), engine="bitmap").record
    assert (record.hash, record.ruleset, record.edition) == (ruleset.hash, "small", "first")
    assert record.ruleset_status == "draft"


# --- other values for parameters ------------------------------------------------------------------


def test_other_values_for_parameters_make_another_ruleset(tmp_path: Path) -> None:
    """The values hold from the first day on; the ruleset they came from stays as it was."""
    ruleset = load(small(), tmp_path)
    other = ruleset.with_parameters(low_attendance=80, missing_window="60 days", many_hours=Fraction(25, 2))
    for day in (date(2010, 1, 1), date(2020, 1, 1)):
        parameters = other.in_force(day).parameters
        assert parameters["low_attendance"] == 80
        assert parameters["many_hours"] == Fraction(25, 2)
        assert str(parameters["missing_window"]) == "60 days"
    assert other.hash != ruleset.hash
    assert ruleset.in_force(date(2020, 1, 1)).parameters["low_attendance"] == 90
    assert not other.assess(assessment(date(2017, 1, 1), attendance=87), engine="bitmap").responses
    assert ruleset.assess(assessment(date(2017, 1, 1), attendance=87), engine="bitmap").responses


def test_other_values_keep_the_pinned_date(tmp_path: Path) -> None:
    """A pinned ruleset stays pinned."""
    assert load(small(), tmp_path, as_at=date(2012, 1, 1)).with_parameters(many_hours=3).as_at == date(2012, 1, 1)


def test_a_parameter_that_does_not_exist_is_told_with_the_nearest(tmp_path: Path) -> None:
    """A misspelt name is no new parameter."""
    with pytest.raises(thresholds.RulesetNotFound) as caught:
        load(small(), tmp_path).with_parameters(low_atendance=80)
    assert "no parameter `low_atendance`" in caught.value.message
    assert "low_attendance" in caught.value.help


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"low_attendance": 120}, "120 lies outside the range [0..100]"),
        ({"low_attendance": "many"}, "`many` is neither a number nor a length of time"),
        ({"low_attendance": ">= 3"}, "neither a number nor a length of time"),
        ({"missing_window": 60}, "`missing_window` is not a length of time"),
        ({"many_hours": "3 days"}, "is a length of time"),
        ({"many_hours": ""}, "`value` is empty"),
        ({"many_hours": Fraction(1, 3)}, "`1/3` is neither a number nor a length of time"),
    ],
)
def test_a_value_that_does_not_fit_is_told(
    values: dict[str, int | str | Fraction], message: str, tmp_path: Path
) -> None:
    """RulesetInvalid says what is wrong with it, as of a file."""
    with pytest.raises(thresholds.RulesetInvalid) as caught:
        load(small(), tmp_path).with_parameters(**values)
    assert message in caught.value.message
    assert caught.value.problems[0].place.file.startswith("small/")

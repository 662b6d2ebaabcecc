"""Event patterns: agreement with AWS's own matcher, each dialect's documented cases, and what can never happen.

`event_ruler_337e8d9.json` holds patterns and events that aws/event-ruler at that commit, which EventBridge and Lambda
run, judged: `matches` is its answer, null where it refuses the pattern.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws.event_operators import EVENTBRIDGE, LAMBDA, SNS, SNS_ATTRIBUTES, Dialect
from dva.aws.event_pattern import MAX_WAYS, PatternError, parse

RECORDED = json.loads(Path(__file__).with_name("event_ruler_337e8d9.json").read_text())


def judged(pattern: Any, event: Any, dialect: Dialect) -> bool | None:
    """Return whether the event matches; None where the pattern is refused."""
    try:
        return parse(pattern, dialect).matches(event)
    except PatternError:
        return None


def test_answers_agree_with_the_matcher_that_aws_runs() -> None:
    found = [judged(row["pattern"], row["event"], EVENTBRIDGE) for row in RECORDED]
    assert found == [row["matches"] for row in RECORDED]
    assert {None, True, False} == set(found)


TEXTS = {"x": "alpha", "n": 300, "t": True, "nil": None, "l": ["red", "blue", 5], "e": [], "o": {"k": "v"}, "s": ""}


@pytest.mark.parametrize("dialect", [EVENTBRIDGE, LAMBDA, SNS])
@pytest.mark.parametrize(
    ("name", "choice", "fits"),
    [
        ("x", "alpha", True), ("x", "Alpha", False), ("n", 300, True), ("n", 300.0, True), ("n", 3e2, True),
        ("n", "300", False), ("t", True, True), ("t", 1, False), ("nil", None, True), ("s", "", True),
        ("s", None, False), ("l", "blue", True), ("l", 5, True), ("l", "green", False), ("e", None, False),
        ("x", {"prefix": "al"}, True), ("x", {"suffix": "ha"}, True), ("n", {"prefix": "3"}, False),
        ("x", {"equals-ignore-case": "ALPHA"}, True), ("x", {"anything-but": "beta"}, True),
        ("x", {"anything-but": ["beta", "alpha"]}, False), ("x", {"anything-but": {"prefix": "b"}}, True),
        ("x", {"anything-but": {"prefix": "al"}}, False), ("n", {"anything-but": [300, 400]}, False),
        ("nil", {"anything-but": "x"}, True), ("l", {"anything-but": ["red", "blue"]}, True),
        ("missing", {"anything-but": "x"}, False), ("o", {"anything-but": "x"}, False),
        ("n", {"numeric": ["=", 300]}, True), ("n", {"numeric": [">", 300]}, False),
        ("n", {"numeric": [">=", 300, "<", 301]}, True), ("x", {"numeric": [">", 0]}, False),
        ("x", {"exists": True}, True), ("x", {"exists": False}, False), ("missing", {"exists": False}, True),
        ("nil", {"exists": True}, True), ("e", {"exists": False}, True), ("o", {"exists": False}, True),
    ],
)  # fmt: skip
def test_operators_that_all_services_have(dialect: Dialect, name: str, choice: Any, fits: bool) -> None:
    assert judged({name: [choice]}, TEXTS, dialect) is fits
    if choice != {"exists": False}:
        assert judged({name: [choice, {"exists": False}]}, {}, dialect) is True


ALL, ONLY_BRIDGE, NOBODY = (EVENTBRIDGE, LAMBDA, SNS), (EVENTBRIDGE,), ()


@pytest.mark.parametrize(
    ("choice", "takers"),
    [
        ({"wildcard": "a*"}, ONLY_BRIDGE), ({"wildcard": "a**"}, NOBODY), ({"wildcard": "a\\b"}, NOBODY),
        ({"wildcard": "a\\*"}, ONLY_BRIDGE), ({"exactly": "a"}, ONLY_BRIDGE), ({"exactly": 1}, NOBODY),
        ({"cidr": "10.0.0.0/24"}, (EVENTBRIDGE, SNS)), ({"cidr": "2001:db8::/32"}, (EVENTBRIDGE, SNS)),
        ({"cidr": "10.0.0.0/31"}, (EVENTBRIDGE, SNS)), ({"cidr": "10.0.0.1/32"}, (SNS,)),
        ({"cidr": "2001:db8::/127"}, (EVENTBRIDGE, SNS)), ({"cidr": "2001:db8::/128"}, (SNS,)),
        ({"cidr": "10.0.0.1"}, NOBODY), ({"cidr": "10.0.0.0/33"}, NOBODY), ({"cidr": "x/8"}, NOBODY),
        ({"prefix": {"equals-ignore-case": "a"}}, (EVENTBRIDGE, LAMBDA)), ({"prefix": {"suffix": "a"}}, NOBODY),
        ({"prefix": ""}, (EVENTBRIDGE, SNS)), ({"suffix": 5}, NOBODY), ({"equals-ignore-case": ["a"]}, NOBODY),
        ({"anything-but": {"suffix": "a"}}, (EVENTBRIDGE, LAMBDA)), ({"anything-but": {"prefix": ""}}, NOBODY),
        ({"anything-but": {"prefix": ["a", "b"]}}, ONLY_BRIDGE), ({"anything-but": {"wildcard": "a*"}}, ONLY_BRIDGE),
        ({"anything-but": {"equals-ignore-case": "a"}}, ONLY_BRIDGE), ({"anything-but": {"numeric": ["=", 1]}}, NOBODY),
        ({"anything-but": ["a", 1]}, NOBODY), ({"anything-but": []}, NOBODY), ({"anything-but": True}, NOBODY),
        ({"anything-but": None}, NOBODY), ({"anything-but": [None]}, NOBODY),
        ({"numeric": [">", 1, "<", 2]}, ALL), ({"numeric": ["<", 2, ">", 1]}, NOBODY),
        ({"numeric": [">", 2, "<", 2]}, NOBODY), ({"numeric": ["=", 1, "<", 2]}, NOBODY),
        ({"numeric": [">", "1"]}, NOBODY),
        ({"numeric": ["!=", 1]}, NOBODY), ({"numeric": [">"]}, NOBODY), ({"numeric": ["=", True]}, NOBODY),
        ({"numeric": ["<", 10**9]}, ALL), ({"numeric": ["<", 10**9 + 1]}, (EVENTBRIDGE, LAMBDA)),
        (10**9 + 1, (EVENTBRIDGE, LAMBDA)), ({"exists": "true"}, NOBODY), ({"Prefix": "a"}, NOBODY), ({}, NOBODY),
        ({"prefix": "a", "suffix": "b"}, NOBODY), (["a"], NOBODY), ({"regex": "a"}, NOBODY),
    ],
)  # fmt: skip
def test_which_service_takes_an_operand(choice: Any, takers: tuple[Dialect, ...]) -> None:
    assert [judged({"a": [choice]}, {}, dialect) is not None for dialect in ALL] == [one in takers for one in ALL]


@pytest.mark.parametrize(
    ("pattern", "takers"),
    [({}, (SNS,)), ({"a": {}}, NOBODY), ({"a": []}, NOBODY), ({"a": "b"}, NOBODY), ({"a": None}, NOBODY),
     ({"$or": [{"a": [1]}]}, NOBODY), ({"$or": [{"a": [1]}, {"b": [1]}]}, ALL),
     ({"$or": [{"prefix": ["x"]}, {"b": [1]}]}, NOBODY), ({"$or": ["a", "b"]}, ALL),
     ({"$or": [{"a": [1]}, {}]}, NOBODY)],
)  # fmt: skip
def test_which_service_takes_a_pattern(pattern: Any, takers: tuple[Dialect, ...]) -> None:
    assert [judged(pattern, {}, dialect) is not None for dialect in ALL] == [one in takers for one in ALL]


@pytest.mark.parametrize(
    ("pattern", "event", "fits"),
    [
        ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1, "c": 3}, {"b": 2, "c": 2}]}, False),
        ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1, "c": 3}, {"b": 1, "c": 2}]}, True),
        ({"a.b": [1]}, {"a": {"b": 1}}, True),
        ({"a": {"b": [1]}}, {"a.b": 1}, True),
        ({"a": {"b": [1], "c": [2]}}, {"a.b": 1, "a": {"c": 2}}, True),
        ({"a.b": [1], "a": {"b": [2]}}, {"a": {"b": 2}}, True),
        ({"a.b": [1], "a": {"b": [2]}}, {"a": {"b": 1}}, False),
        ({"a": {"b": [{"exists": False}]}}, {"a": "text"}, True),
        ({"a": [1], "$or": [{"b": [2]}, {"c": [3]}]}, {"a": 1, "c": 3}, True),
        ({"a": [1], "$or": [{"b": [2]}, {"c": [3]}]}, {"a": 1}, False),
        ({"l": {"x": [1]}, "$or": [{"l": {"y": [2]}}, {"z": [9]}]}, {"l": [{"x": 1}, {"y": 2}]}, False),
        ({"d": {"$or": [{"a": [1]}, {"b": [2]}]}}, {"d": {"b": 2}}, True),
        ({"a": [123456789012345678]}, {"a": 123456789012345679}, False),
    ],
)
def test_nesting_lists_and_or(pattern: Any, event: Any, fits: bool) -> None:
    assert judged(pattern, event, EVENTBRIDGE) is fits


def test_five_decimal_places_count_for_sns() -> None:
    assert judged({"a": [{"numeric": ["=", 1.000001]}]}, {"a": 1}, SNS) is True
    assert judged({"a": [{"numeric": ["=", 1.00001]}]}, {"a": 1}, SNS) is False
    assert judged({"a": [{"numeric": ["=", 1.000001]}]}, {"a": 1}, EVENTBRIDGE) is False


def test_names_of_message_attributes_may_have_dots() -> None:
    assert judged({"a.b": ["x"]}, {"a.b": "x"}, SNS_ATTRIBUTES) is True
    assert judged({"a.b": ["x"]}, {"a": {"b": "x"}}, SNS_ATTRIBUTES) is False


def test_a_refused_pattern_names_its_place() -> None:
    with pytest.raises(PatternError) as refused:
        parse({"detail": {"$or": [{"a": [1]}, {"b": {"c": ["x", {"like": 1}]}}]}}, EVENTBRIDGE)
    assert (refused.value.path, refused.value.message) == ("detail.b.c", "Unrecognized match type like")


def test_what_fails_and_what_matches_is_named_in_the_order_of_the_pattern() -> None:
    pattern = parse({"a": [1], "d": {"b": [2], "c": [3]}, "$or": [{"x": [1]}, {"y": [1]}]}, EVENTBRIDGE)
    assert pattern.first_mismatch({"a": 1, "d": {"b": 2, "c": 4}}) == ("d", "c")
    assert pattern.first_mismatch({"a": 1, "d": {"b": 2, "c": 3}}) == ("$or",)
    assert pattern.first_mismatch({"a": 1, "d": {"b": 2, "c": 3}, "y": 1}) is None
    assert pattern.matching({"a": 1, "d": {"c": 3}}) == [("a",), ("d", "c")]
    apart = parse({"l": {"b": [1], "c": [2]}}, EVENTBRIDGE)
    assert apart.first_mismatch({"l": [{"b": 1}, {"c": 2}]}) == ("l", "c")


def test_too_many_ways_through_or_are_refused() -> None:
    branches = [{f"k{n}": [1]} for n in range(10)]
    fields = {"a": {"$or": branches}, "b": {"$or": branches}, "c": {"$or": branches}}
    assert MAX_WAYS == 1000
    assert judged(fields, {"a": {"k9": 1}, "b": {"k9": 1}, "c": {"k9": 1}}, EVENTBRIDGE) is True
    assert judged(fields | {"d": {"$or": branches[:2]}}, {}, EVENTBRIDGE) is None


def test_stars_and_lists_take_time_that_grows_with_them() -> None:
    """A matcher that tries again would not end on these."""
    assert judged({"a": [{"wildcard": "*a" * 200 + "b"}]}, {"a": "a" * 5_000}, EVENTBRIDGE) is False
    deep: Any = {"x": [1]}
    event: Any = {"x": 0}
    for _ in range(60):
        deep, event = {"l": deep}, {"l": [event, {"l": []}]}
    assert judged(deep, event, EVENTBRIDGE) is False


# What can never happen

PLAIN = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "xy", "10.0.0.1"])
EVENTS = st.dictionaries(
    st.sampled_from(["a", "b", "a.b"]),
    st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
        max_leaves=6,
    ),
    max_size=3,
)
CHOICES = PLAIN | st.sampled_from([{"prefix": "x"}, {"anything-but": ["x"]}, {"exists": True}, {"exists": False},
                                   {"numeric": [">", 0, "<=", 2]}, {"equals-ignore-case": "XY"}])  # fmt: skip
LEAVES = st.lists(CHOICES, min_size=1, max_size=3)
FIELDS = st.dictionaries(
    st.sampled_from(["a", "b"]),
    LEAVES | st.dictionaries(st.sampled_from(["a", "b"]), LEAVES, min_size=1, max_size=2),
    min_size=1, max_size=2,
)  # fmt: skip


@settings(max_examples=200)
@given(FIELDS, EVENTS, LEAVES)
def test_one_more_field_never_matches_more(fields: dict[str, Any], event: dict[str, Any], leaf: list[Any]) -> None:
    if not judged(fields, event, EVENTBRIDGE):
        assert not judged(fields | {"c": leaf}, event, EVENTBRIDGE)


@settings(max_examples=200)
@given(FIELDS, EVENTS, FIELDS)
def test_or_matches_where_one_of_its_objects_does(one: dict[str, Any], event: dict[str, Any], two: Any) -> None:
    either = judged(one, event, EVENTBRIDGE) or judged(two, event, EVENTBRIDGE)
    assert judged({"$or": [one, two]}, event, EVENTBRIDGE) is bool(either)


@settings(max_examples=200)
@given(FIELDS, EVENTS)
def test_a_mismatch_is_named_just_where_nothing_matches(fields: dict[str, Any], event: dict[str, Any]) -> None:
    pattern = parse(fields, EVENTBRIDGE)
    assert (pattern.first_mismatch(event) is None) is pattern.matches(event)


JSON = st.recursive(PLAIN | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["a", "$or", "prefix", "a.b"]), JSON), st.dictionaries(st.text(), JSON))
def test_whatever_stands_in_a_pattern_it_is_judged_or_refused(fields: Any, event: Any) -> None:
    for dialect in ALL:
        assert judged(fields, event, dialect) in (True, False, None)

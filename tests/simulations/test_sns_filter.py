"""Subscription filter policies: how documents are read, and what can never happen. The operators: tests/aws."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load

ENGINE = load("sns-filter")


def outcome(policy: Any, message: Any = "m", scope: str | None = None, **attributes: tuple[str, str]) -> dict[str, Any]:
    subscription = {"FilterPolicy": policy} | ({"FilterPolicyScope": scope} if scope else {})
    named = {name: {"DataType": kind, "StringValue": text} for name, (kind, text) in attributes.items()}
    return dict(
        ENGINE.run({"subscription": subscription, "message": {"Message": message, "MessageAttributes": named}}).outcome
    )


@pytest.mark.parametrize(
    ("kind", "text", "wanted", "status"),
    [
        ("String", "150", "150", "accepted"),
        ("String", "150", 150, "filtered"),
        ("Number", "150", 150, "accepted"),
        ("Number", "1.5e2", 150, "accepted"),
        ("Number", "150", "150", "filtered"),
        ("Number", "many", 150, "refused"),
        ("Number", "true", 150, "refused"),
        ("String.Array", '["a", 5, true, null, ["x"]]', 5, "accepted"),
        ("String.Array", '["a", 5, true, null]', None, "accepted"),
        ("String.Array", '[["x"]]', "x", "filtered"),
        ("String.Array", "a, b", "a", "filtered"),
        ("String.Array", '{"a": 1}', "a", "filtered"),
        ("Number.Array", "[1, 2]", 2, "accepted"),
        ("Binary", "YQ==", "YQ==", "filtered"),
    ],
)
def test_attributes_are_compared_by_their_type(kind: str, text: str, wanted: Any, status: str) -> None:
    assert outcome({"a": [wanted]}, a=(kind, text))["status"] == status


@pytest.mark.parametrize("text", ["{", "[]", '"a"', "5"])
def test_a_policy_is_a_json_object(text: str) -> None:
    assert outcome(text)["error"]["code"] == "InvalidParameter"


def test_attributes_of_a_subscription_are_taken_as_the_command_line_prints_them() -> None:
    printed = {"Attributes": {"FilterPolicy": '{"a": ["x"]}', "FilterPolicyScope": "MessageBody", "Protocol": "sqs"}}
    ended = ENGINE.run({"subscription": printed, "message": {"Message": '{"a": "x"}'}}).outcome
    assert (ended["status"], ended["matched"]) == ("accepted", ["a"])


def test_a_policy_has_at_most_256_kilobytes() -> None:
    fits = "x" * (256 * 1024 - len('{"a":[""]}'))
    assert outcome({"a": [fits]})["status"] == "filtered"
    assert outcome({"a": [fits + "x"]})["status"] == "refused"


def test_a_policy_has_at_most_150_combinations() -> None:
    assert outcome({"a": list(range(150))})["complexity"] == 150
    assert outcome({"a": list(range(151))})["status"] == "refused"


@pytest.mark.parametrize("message", ["plain", "[1]", "5", "[" * 20_000, '{"a": '])
def test_only_a_json_object_can_match_a_policy_for_the_body(message: str) -> None:
    assert outcome({"a": [{"exists": False}]}, message, "MessageBody")["status"] == "filtered"
    assert outcome({}, message, "MessageBody")["status"] == "accepted"


VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "y"])
POLICIES = st.dictionaries(
    st.sampled_from("abc"),
    st.lists(VALUES | st.sampled_from([{"exists": True}, {"exists": False}, {"anything-but": "x"}]), min_size=1),
    max_size=3,
)
BODIES = st.dictionaries(st.sampled_from("abc"), VALUES | st.lists(VALUES, max_size=2))


@given(POLICIES, BODIES)
def test_a_message_is_delivered_just_where_every_key_matches(policy: dict[str, Any], body: dict[str, Any]) -> None:
    ended = outcome(policy, json.dumps(body), "MessageBody")
    if ended["status"] != "refused":
        assert ended["accepted"] is (ended["status"] == "accepted") is (sorted(ended["matched"]) == sorted(policy))
        assert (ended["failed"] is None) is ended["accepted"]

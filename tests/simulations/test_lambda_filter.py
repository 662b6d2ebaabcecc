"""Event filtering of AWS Lambda: how records are read, and what can never happen. The operators: tests/aws."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load

ENGINE = load("lambda-filter")


def outcome(records: list[Any], *patterns: Any, source: str = "sqs") -> dict[str, Any]:
    filters = [{"Pattern": pattern} for pattern in patterns]
    return dict(ENGINE.run({"source": source, "FilterCriteria": {"Filters": filters}, "records": records}).outcome)


@pytest.mark.parametrize(
    ("body", "wanted", "reason"),
    [
        ('{"a": 1}', {"a": [1]}, None),
        ('{"a": 1}', {"a": [2]}, "/body/a"),
        ('{"a": 1}', ["x"], "format"),
        ("x", ["x"], None),
        ("y", ["x"], "/body"),
        ("x", {"a": [1]}, "format"),
        ("5", {"a": [1]}, "format"),
        ("5", ["5"], None),
        ('[{"a": 1}]', {"a": [1]}, None),
        ('{"a": {"b": 1}}', {"a.b": [2]}, "/body/a.b"),
        ('{"a": 1}', {"$or": [{"a": [2]}, {"b": [2]}]}, "/body/$or"),
        ('[{"a": 1, "b": 2}, {"a": 2, "b": 1}]', {"a": [1], "b": [1]}, "/body/b"),
    ],
)
def test_bodies_of_messages(body: str, wanted: Any, reason: str | None) -> None:
    ended = outcome([{"body": body}], json.dumps({"body": wanted}))
    assert ended["reasons"].get("0") == reason


def test_a_record_without_a_body_has_no_format() -> None:
    assert outcome([{}], '{"body": {"a": [{"exists": false}]}}')["matched"] == [0]
    assert outcome([{"body": "plain", "messageId": "m"}], '{"messageId": ["m"]}')["matched"] == [0]


@pytest.mark.parametrize("place", ["top", "inside"])
@pytest.mark.parametrize("form", ["base64", "text", "mapping"])
def test_data_of_kinesis_is_found_and_decoded(place: str, form: str) -> None:
    text = '{"city": "Rome"}'
    data: Any = {"base64": base64.b64encode(text.encode()).decode(), "text": text, "mapping": json.loads(text)}[form]
    record = {"data": data} if place == "top" else {"kinesis": {"data": data}}
    assert outcome([record], '{"data": {"city": ["Rome"]}}', source="kinesis")["matched"] == [0]


@pytest.mark.parametrize("pattern", [None, "{", "[]", "{}", '{"a": {}}', '{"a": []}', '{"a": [NaN]}', {"a": "b"}])
def test_patterns_that_lambda_refuses(pattern: Any) -> None:
    error = outcome([{}], {"a": [1]}, pattern)["error"]
    assert error["code"] == "InvalidParameterValueException"
    assert error["message"].startswith("Invalid filter pattern definition.")


def test_a_pattern_has_at_most_4096_characters() -> None:
    frame = '{"a":[""]}'
    fits, longer = (f'{{"a":["{"x" * (n - len(frame))}"]}}' for n in (4096, 4097))
    assert outcome([{}], fits)["status"] == "filtered"
    assert outcome([{}], longer)["error"]["code"] == "ValidationException"


def test_criteria_are_taken_as_the_command_line_prints_them() -> None:
    printed = {"FilterCriteria": {"Filters": [{"Pattern": '{"a": [1]}'}]}, "UUID": "1", "State": "Enabled"}
    ended = ENGINE.run({"source": "generic", "FilterCriteria": printed, "records": [{"a": 1}, {}]}).outcome
    assert (ended["matched"], ended["dropped"]) == ([0], [1])


VALUES = st.none() | st.integers(-3, 3) | st.sampled_from(["x", "y"])
RECORDS = st.lists(st.dictionaries(st.sampled_from("ab"), VALUES), max_size=5)
PATTERNS = st.dictionaries(st.sampled_from("ab"), st.lists(VALUES, min_size=1, max_size=2), min_size=1)


@given(RECORDS, st.lists(PATTERNS, max_size=3), PATTERNS)
def test_one_more_filter_never_drops_more(records: Any, patterns: Any, more: Any) -> None:
    before, after = (outcome(records, *some, source="generic") for some in (patterns, [*patterns, more]))
    assert sorted(after["matched"] + after["dropped"]) == list(range(len(records)))
    assert set(after["reasons"]) == {str(place) for place in after["dropped"]}
    if patterns:
        assert set(before["matched"]) <= set(after["matched"])

"""Rules of EventBridge: inputs of targets, limits, and what can never happen. The operators: tests/aws."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load
from dva.simulations.eventbridge.eventbridge_rules import template

ENGINE = load("eventbridge-rules")
EVENT = {
    "source": "shop", "detail-type": "Order", "detail": {"id": 17, "name": 'A "b" \\c', "ok": True, "none": None,
    "list": ["a", "b"], "who": {"n": "Ann"}, "text": "<id>"},
}  # fmt: skip
PATHS = {name: f"$.detail.{name}" for name in ("id", "name", "ok", "none", "list", "who", "text", "gone")}


def delivered(**target: Any) -> Any:
    """Return input and error of one target of a rule that matches."""
    rule = {"EventPattern": {"source": ["shop"]}}
    ended = ENGINE.run({"rule": rule, "event": EVENT, "targets": [{"Id": "t", "Arn": "a", **target}]}).outcome
    return ended["targets"][0]


def filled(text: str) -> Any:
    return delivered(InputTransformer={"InputPathsMap": PATHS, "InputTemplate": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"v": <id>}', '{"v": 17}'),
        ('{"v": "<id>"}', '{"v": "17"}'),
        ('{"v": <name>}', '{"v": "A \\"b\\" \\\\c"}'),
        ('{"v": "<name>!"}', '{"v": "A \\"b\\" \\\\c!"}'),
        ('{"v": <ok>, "w": "<ok>"}', '{"v": true, "w": "true"}'),
        ('{"v": <none>, "w": "<none>"}', '{"v": null, "w": "null"}'),
        ('{"v": <list>}', '{"v": ["a","b"]}'),
        ('{"v": <who>}', '{"v": {"n":"Ann"}}'),
        ('{"v": <gone>, "w": "<gone>"}', '{"v": "", "w": ""}'),
        ('{"v": <text>}', '{"v": "<id>"}'),
        ('{"a\\"<id>": 1}', '{"a\\"17": 1}'),
        ("[<id>, <id>]", "[17, 17]"),
        ("<who>", '{"n":"Ann"}'),
        ('  {"v": 1}', '  {"v": 1}'),
        ('"order <id>"', '"order 17"'),
        ('"<list> <who>"', '"[a,b] {n:Ann}"'),
        ('"line <id>"\n"line <ok>"', '"line 17"\n"line true"'),
        ('"less \\<id>"', '"less <id>"'),
    ],
)
def test_templates(text: str, expected: str) -> None:
    assert filled(text) == {"Id": "t", "input": expected, "error": None}


@pytest.mark.parametrize(
    "text", ['{"v": "<list>"}', '{"v": "<who>"}', "order <id>", '{"v": }', '"open <id>', '"a"\nplain']
)
def test_templates_that_give_nothing(text: str) -> None:
    ended = filled(text)
    assert (ended["input"], ended["error"]["code"]) == (None, "InvalidInputTemplate")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", template.compact(EVENT)),
        ("$.detail.id", "17"),
        ("$.detail.list[1]", '"b"'),
        ("$.detail.list[2]", None),
        ("$['detail-type']", '"Order"'),
        ("$.detail-type", '"Order"'),
        ("$.detail.none", "null"),
        ("$.detail.id.more", None),
        ("$.detail.list[*]", '["a","b"]'),
        ("$.detail.who.*", '["Ann"]'),
    ],
)
def test_paths(path: str, expected: str | None) -> None:
    assert delivered(InputPath=path) == {"Id": "t", "input": expected, "error": None}


@pytest.mark.parametrize("path", ["detail", "$detail", "$..id", "$.detail[?(@.id)]", "$.list[0:1]", "$.", "$.a b"])
def test_paths_that_are_refused(path: str) -> None:
    assert delivered(InputPath=path)["error"]["code"] == "ValidationException"


def test_limits_of_a_pattern_and_of_a_template() -> None:
    frame = len('{"a":[""]}')
    for length, status in ((4096, "unmatched"), (4097, "refused")):
        rule = {"EventPattern": {"a": ["x" * (length - frame)]}}
        assert ENGINE.run({"rule": rule, "event": {}}).outcome["status"] == status
    assert filled('"' + "x" * 8190 + '"')["error"] is None
    assert filled('"' + "x" * 8191 + '"')["error"]["code"] == "ValidationException"
    for number, code in ((100, None), (101, "ValidationException")):
        paths = {f"p{n}": "$.detail.id" for n in range(number)}
        error = delivered(InputTransformer={"InputPathsMap": paths, "InputTemplate": '"<p0>"'})["error"]
        assert (error and error["code"]) == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_a_variable_of_a_json_template_is_its_value(value: Any) -> None:
    text = template.fill('{"v": <v>, "w": [<v>]}', {"v": value})
    assert json.loads(text) == {"v": value, "w": [value]}


@given(st.text())
def test_text_between_quotation_marks_is_that_text(value: str) -> None:
    assert json.loads(template.fill('{"v": "-<v>-"}', {"v": value})) == {"v": f"-{value}-"}
    assert json.loads(template.fill('"-<v>-"', {"v": value})) == f"-{value}-"

"""What is said of a value that cannot be read."""

from typing import Literal

import pytest

from dva.aws.document import AwsDocument, StrictStruct, decode
from dva.errors import GivenError


class Part(AwsDocument):
    mode: Literal["SLOW", "FAST"] | None = None


class Whole(StrictStruct):
    platform: Literal["Lambda", "ECS"] = "ECS"
    parts: list[Part] = []


@pytest.mark.parametrize(
    ("given", "pointer", "hint"),
    [
        ({"platform": "EC2"}, "/platform", "one of Lambda, ECS"),
        ({"parts": [{"mode": "FAST"}, {"mode": "fast"}]}, "/parts/1/mode", "one of SLOW, FAST"),
        ({"platform": 1}, "/platform", None),
    ],
)
def test_a_wrong_word_is_told_with_the_words_that_are_possible(given: object, pointer: str, hint: str | None) -> None:
    with pytest.raises(GivenError) as problem:
        decode(given, Whole)
    assert (problem.value.pointer, problem.value.hint) == (pointer, hint)


@pytest.mark.parametrize(
    ("text", "message", "pointer"),
    [
        ('[{"mode": "SLOW"},\n {"mode": "FAST",\n "mode": "SLOW"}]', "duplicate key `mode`, line 3", "/parts/1/mode"),
        ('[{"x": [0, {"a": "\\"b\\": {", "b": 1}], "x": 1}]', "duplicate key `x`, line 1", "/parts/0/x"),
        ('[{"x": [0, {"a": 1, "\\u0061": 1}]}]', "duplicate key `a`, line 1", "/parts/0/x/1/a"),
    ],
)
def test_a_key_that_json_text_has_twice_is_told_with_its_place(text: str, message: str, pointer: str) -> None:
    with pytest.raises(GivenError, match=message) as problem:
        decode({"parts": text}, Whole)
    assert problem.value.pointer == pointer


def test_a_key_may_be_in_several_objects() -> None:
    assert decode({"parts": '[{"mode": "SLOW", "x": {"mode": 1}}, {"mode": "FAST"}]'}, Whole).parts[1].mode == "FAST"

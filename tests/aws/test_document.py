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

"""Right or wrong for each type of question, and the rating that follows."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study.events import Answer
from dva.study.grading import Choice, Grade, Rating, grade, mended, rate

PAIRS = [["SQS", "queue"], ["SNS", "topic"], ["Kinesis", "stream"]]


@pytest.mark.parametrize(
    ("type", "key", "chosen", "expected"),
    [
        ("single", ["a"], ["a"], Grade(True, (), ())),
        ("single", ["a"], ["b"], Grade(False, ("a",), ("b",))),
        ("single", ["a"], [], Grade(False, ("a",), ())),
        ("single", ["a"], ["a", "b"], Grade(False, (), ("b",))),
        ("predict", ["i-b1"], ["i-b1"], Grade(True, (), ())),
        ("multi", ["a", "c"], ["c", "a"], Grade(True, (), ())),
        ("multi", ["a", "c"], ["a"], Grade(False, ("c",), ())),
        ("multi", ["a", "c"], ["a", "c", "d"], Grade(False, (), ("d",))),
        ("multi", ["a", "c"], ["a", "a"], Grade(False, ("c",), ())),
        ("order", ["a", "b", "c"], ["a", "b", "c"], Grade(True, (), ())),
        ("order", ["a", "b", "c"], ["b", "a", "c"], Grade(False, ("a", "b"), ("b", "a"))),
        ("order", ["a", "b", "c"], ["a", "b"], Grade(False, ("c",), ())),
        ("match", PAIRS, PAIRS[::-1], Grade(True, (), ())),
        (
            "match",
            PAIRS,
            [["SQS", "topic"], ["SNS", "queue"], ["Kinesis", "stream"]],
            Grade(False, (("SQS", "queue"), ("SNS", "topic")), (("SQS", "topic"), ("SNS", "queue"))),
        ),
    ],
)
def test_grading(type: str, key: list[Choice], chosen: list[Choice], expected: Grade) -> None:
    assert grade(type, key, chosen) == expected


@given(st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True), st.data())
def test_the_order_of_choosing_matters_for_an_order_alone(key: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(list(permutations(key))))
    assert grade("multi", key, chosen).correct
    assert grade("order", key, chosen).correct == (list(chosen) == key)


@pytest.mark.parametrize(
    ("rev", "key", "expected"), [(2, ["b"], True), (2, ["a"], False), (1, ["b"], False), (3, ["a", "b"], True)]
)
def test_a_mended_key_that_judges_otherwise(rev: int, key: list[str], expected: bool) -> None:
    answer = Answer("q", 1, "single", ["a"], correct=True, sure=True, notes=["n"], topic="t", ms=1)
    assert mended(answer, rev, key) is expected


@pytest.mark.parametrize(
    ("correct", "sure", "aided", "easy", "rating"),
    [
        (False, False, False, False, Rating.AGAIN),
        (False, True, False, True, Rating.AGAIN),
        (True, False, False, False, Rating.AGAIN),
        (True, True, True, False, Rating.AGAIN),
        (True, True, True, True, Rating.AGAIN),
        (True, True, False, False, Rating.GOOD),
        (True, True, False, True, Rating.EASY),
    ],
)
def test_rating(correct: bool, sure: bool, aided: bool, easy: bool, rating: Rating) -> None:
    assert rate(correct, sure, aided, easy) is rating


@given(st.booleans(), st.booleans(), st.booleans())
def test_easy_is_never_given_unasked(correct: bool, sure: bool, aided: bool) -> None:
    assert rate(correct, sure, aided) in (Rating.AGAIN, Rating.GOOD)

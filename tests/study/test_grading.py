"""Right or wrong for each type of question, and the rating that follows."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study.events import Answer
from dva.study.grading import ChosenPart, Rating, grade_changes, is_correct, rate

PAIRS = [["SQS", "queue"], ["SNS", "topic"], ["Kinesis", "stream"]]


@pytest.mark.parametrize(
    ("type", "key", "chosen", "expected"),
    [
        ("single", ["a"], ["a"], True),
        ("single", ["a"], ["b"], False),
        ("single", ["a"], [], False),
        ("single", ["a"], ["a", "b"], False),
        ("predict", ["i-b1"], ["i-b1"], True),
        ("multi", ["a", "c"], ["c", "a"], True),
        ("multi", ["a", "c"], ["a"], False),
        ("multi", ["a", "c"], ["a", "c", "d"], False),
        ("multi", ["a", "c"], ["a", "a"], False),
        ("order", ["a", "b", "c"], ["a", "b", "c"], True),
        ("order", ["a", "b", "c"], ["b", "a", "c"], False),
        ("order", ["a", "b", "c"], ["a", "b"], False),
        ("match", PAIRS, PAIRS[::-1], True),
        (
            "match",
            PAIRS,
            [["SQS", "topic"], ["SNS", "queue"], ["Kinesis", "stream"]],
            False,
        ),
    ],
)
def test_grading(type: str, key: list[ChosenPart], chosen: list[ChosenPart], expected: bool) -> None:
    assert is_correct(type, key, chosen) is expected


@given(st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True), st.data())
def test_the_order_of_choosing_matters_for_an_order_alone(key: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(list(permutations(key))))
    assert is_correct("multi", key, chosen)
    assert is_correct("order", key, chosen) == (list(chosen) == key)


@pytest.mark.parametrize(
    ("rev", "key", "expected"), [(2, ["b"], True), (2, ["a"], False), (1, ["b"], False), (3, ["a", "b"], True)]
)
def test_a_corrected_key_that_grades_differently(rev: int, key: list[str], expected: bool) -> None:
    answer = Answer("q", 1, "single", ["a"], correct=True, sure=True, notes=["n"], topic="t", ms=1)
    assert grade_changes(answer, rev, key) is expected


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

"""Figures of the report, against numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dva.study.memory import Card, Review
from dva.study.progress import (
    Transitions,
    accuracy,
    calendar,
    confident_errors,
    first_sight,
    forecast,
    grouped,
    introduced,
    ratio,
    recall,
    seconds_spent,
    transitions,
    wilson,
)

REVIEW = Review("e", "n", "q", 0, 100, "t", "single", 9000, 1, True, True, False, False, False, None, None, None)


def review(**changes: object) -> Review:
    return replace(REVIEW, **changes)


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_wilson(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-5)


@given(st.lists(st.booleans(), max_size=300))
def test_the_share_lies_in_its_range(hits: list[bool]) -> None:
    told = ratio(hits)
    assert told.enough == (len(hits) >= 10)
    assert (told.share is not None) == bool(hits)
    if told.share is not None:
        assert 0 <= told.low <= told.share + 1e-12 and told.share - 1e-12 <= told.high <= 1


def test_first_sight_counts_a_lucky_guess_but_not_help() -> None:
    reviews = [
        review(first=True, sure=False),
        review(first=True, aided=True),
        review(first=True, correct=False),
        review(),
    ]
    told = first_sight(reviews)
    assert (told.right, told.total) == (1, 3)
    assert accuracy(reviews).total == 4


def test_recall_counts_first_answers_of_later_days() -> None:
    new, again, known = review(rating=3, after=2.3), review(), review(rating=3, before=2.3, after=9.0)
    lapsed = review(rating=1, before=2.3, after=1.0, correct=False)
    told = recall([new, again, known, lapsed])
    assert (told.right, told.total) == (1, 2)


def test_what_is_overdue_is_due_today() -> None:
    cards = [Card("a", due=90), Card("b", due=100), Card("c", due=101), Card("d", due=120), Card("e")]
    assert forecast([*cards, Card("s", due=101, suspended=True)], 100, 3) == [2, 1, 0]


def test_an_answer_counts_three_minutes_at_most() -> None:
    assert seconds_spent([review(ms=10_000), review(ms=3_600_000)]) == 190


def test_confident_errors_stay_until_the_question_is_right() -> None:
    wrong = review(correct=False)
    assert confident_errors([wrong]) == [wrong]
    assert confident_errors([wrong, review()]) == []
    assert confident_errors([review(correct=False, sure=False)]) == []


def test_calendar_and_groups() -> None:
    reviews = [review(day=101, topic="a"), review(day=100, topic="b"), review(day=101, topic="")]
    assert list(calendar(reviews).items()) == [(100, 1), (101, 2)]
    assert {key: len(some) for key, some in grouped(reviews, lambda one: one.topic or None).items()} == {"a": 1, "b": 1}


def test_gained_counts_what_became_mature_and_what_became_young() -> None:
    reviews = [
        review(day=100, rating=3, before=2.3, after=13.8),
        review(day=100, rating=1, before=20.0, after=1.9),
        review(day=100, rating=4, before=None, after=8.3),
        review(day=99, rating=3, before=2.3, after=13.8),
        review(day=100),
    ]
    assert transitions(reviews, 100) == Transitions(to_mature=1, to_young=1)
    assert (introduced(reviews, 100), introduced(reviews, 99)) == (1, 0)

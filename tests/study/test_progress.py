"""Figures of the report, against numbers worked out by hand."""

from statistics import median as reference

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dva.study.memory import Card, Look
from dva.study.progress import (
    Gained,
    accuracy,
    again,
    calendar,
    confident_errors,
    first_sight,
    forecast,
    gained,
    grouped,
    median,
    medians,
    met,
    ratio,
    recall,
    spent,
    wilson,
)

LOOK = Look("e", "n", "q", 0, 100, "t", "single", 9000, 1, True, True, False, False, False, None, None, None)


def look(**changes: object) -> Look:
    return replace(LOOK, **changes)


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
    looks = [
        look(first=True, sure=False),
        look(first=True, aided=True),
        look(first=True, correct=False),
        look(),
    ]
    told = first_sight(looks)
    assert (told.right, told.total) == (1, 3)
    assert accuracy(looks).total == 4


def test_recall_counts_first_answers_of_later_days() -> None:
    new, again, known = look(rating=3, after=2.3), look(), look(rating=3, before=2.3, after=9.0)
    lapsed = look(rating=1, before=2.3, after=1.0, correct=False)
    told = recall([new, again, known, lapsed])
    assert (told.right, told.total) == (1, 2)


def test_what_is_overdue_is_due_today() -> None:
    cards = [Card("a", due=90), Card("b", due=100), Card("c", due=101), Card("d", due=120), Card("e")]
    assert forecast([*cards, Card("s", due=101, suspended=True)], 100, 3) == [2, 1, 0]


def test_an_answer_counts_three_minutes_at_most() -> None:
    assert spent([look(ms=10_000), look(ms=3_600_000)]) == 190
    assert medians([look(ms=10_000), look(ms=20_000), look(ms=9_999_999, type="order")]) == {
        "single": 15.0,
        "order": 180.0,
    }


def test_a_median_is_of_the_latest_answers() -> None:
    assert medians([look(ms=90_000)] * 300 + [look(ms=20_000)] * 150) == {"single": 20.0}


def test_answers_for_each_card_count_what_came_back() -> None:
    asked, back = [look(rating=3)] * 10, [look(rating=None)] * 4
    assert again(asked) == 1.0 and again([*asked, *back]) == 1.4
    assert again(asked[:9] + back) == 1.0
    assert again([*asked, *[look(practice=True, rating=None)] * 9]) == 1.0
    assert again([*asked, *back * 9]) == 2.0


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_median(values: list[int]) -> None:
    assert median(values) == reference(values)


def test_confident_errors_stay_until_the_question_is_right() -> None:
    wrong = look(correct=False)
    assert confident_errors([wrong]) == [wrong]
    assert confident_errors([wrong, look()]) == []
    assert confident_errors([look(correct=False, sure=False)]) == []


def test_calendar_and_groups() -> None:
    looks = [look(day=101, topic="a"), look(day=100, topic="b"), look(day=101, topic="")]
    assert list(calendar(looks).items()) == [(100, 1), (101, 2)]
    assert {key: len(some) for key, some in grouped(looks, lambda one: one.topic or None).items()} == {"a": 1, "b": 1}


def test_gained_counts_what_became_firm_and_what_became_weak() -> None:
    looks = [
        look(day=100, rating=3, before=2.3, after=13.8),
        look(day=100, rating=1, before=20.0, after=1.9),
        look(day=100, rating=4, before=None, after=8.3),
        look(day=99, rating=3, before=2.3, after=13.8),
        look(day=100),
    ]
    assert gained(looks, 100) == Gained(firm=1, weak=1)
    assert (met(looks, 100), met(looks, 99)) == (1, 0)

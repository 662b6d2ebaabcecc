"""How long a learner takes: from whole days, with an assumption at first and a floor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study.effort import ANSWERS, LONGEST, MAX_ANSWERS, SECONDS, SHORTEST, Effort, measure, minutes_spent
from dva.study.memory import Review

DAY = 100
MINUTE = 60_000


def review(n: int = 0, ms: int = 20_000, day: int = DAY, at: int | None = None, **other: object) -> Review:
    values = {
        "event": f"e{n}", "card": f"c{n}", "question": f"q{n}", "at": n * 10 * MINUTE if at is None else at, "day": day,
        "topic": "t", "type": "single", "ms": ms, "rev": 1, "correct": True, "sure": True, "aided": False,
        "practice": False, "first": False, "rating": 3, "before": None, "after": None, **other,
    }  # fmt: skip
    return Review(**values)  # type: ignore[arg-type]


def test_two_instant_answers_say_next_to_nothing() -> None:
    """They made of 24 new cards \"about 2 min\"."""
    quick = measure([review(n, ms=200) for n in range(2)], DAY + 1)
    assert quick.seconds > 0.9 * SECONDS and quick.minutes(24) >= 20


def test_nobody_answers_in_no_time() -> None:
    assert measure([review(n, ms=0) for n in range(10_000)], DAY + 1).seconds == pytest.approx(SHORTEST / 1000, abs=0.1)


def test_no_answer_does_not_count() -> None:
    known = [review(n, ms=60_000) for n in range(50)]
    gave_up = [review(n, ms=1_000, correct=False, sure=False) for n in range(50, 90)]
    assert measure([*known, *gave_up], DAY + 1).seconds == measure(known, DAY + 1).seconds


def test_today_changes_nothing_of_what_was_told_in_the_morning() -> None:
    before = [review(n, day=DAY - 1) for n in range(30)]
    assert measure([*before, *[review(n, ms=170_000) for n in range(30, 60)]], DAY) == measure(before, DAY)


def test_reading_the_feedback_takes_time_too_but_a_break_does_not() -> None:
    answers = [review(n, ms=10_000, at=n * MINUTE) for n in range(6)]
    assert minutes_spent(answers) == 5
    assert minutes_spent([*answers, review(9, ms=10_000, at=600 * MINUTE)]) == 5
    assert minutes_spent([]) == 0 and minutes_spent([review(ms=0)]) == 1


def test_wrong_cards_come_back_and_that_takes_answers() -> None:
    asked = [review(n) for n in range(100)]
    back = [review(n, rating=None) for n in range(100, 150)]
    assert 1.4 < measure([*asked, *back], DAY + 1).answers < 1.5
    practice = [review(n, practice=True, rating=None) for n in range(200, 300)]
    assert measure([*asked, *back, *practice], DAY + 1).answers == measure([*asked, *back], DAY + 1).answers
    assert measure([], DAY) == Effort(SECONDS, ANSWERS)


@given(st.floats(SHORTEST / 1000, LONGEST / 1000), st.floats(1, MAX_ANSWERS), st.integers(1, 600))
def test_what_fits_takes_no_more_than_the_minutes(seconds: float, answers: float, minutes: int) -> None:
    effort = Effort(seconds, answers)
    assert effort.cards(minutes) == 1 or effort.minutes(effort.cards(minutes)) <= minutes
    assert effort.minutes(0) == 0 and effort.minutes(0, 1) >= 1

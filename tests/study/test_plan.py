"""Pace, choice and backlog."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dva.study.grading import Rating
from dva.study.memory import Card, memory_of
from dva.study.plan import (
    KINDS,
    Backlog,
    ExamGoal,
    backlog,
    cards_for_minutes,
    estimate_minutes,
    is_due,
    pace,
    plan_day,
)
from dva.study.scheduler import Model, recall

TODAY = 739_900


def card(id: str, stability: float, last: int, due: int, suspended: bool = False) -> Card:
    return Card(id, "t", 1, 0, stability, 5.0, TODAY + last, TODAY + due, 0, suspended)


@given(st.integers(1, 400), st.integers(2, 200))
def test_every_card_is_seen_by_four_fifths_of_the_days(cards: int, days: int) -> None:
    exam, unseen, per_day = ExamGoal(TODAY + days, TODAY), cards, []
    for today in range(TODAY, TODAY + days):
        per_day.append(pace(unseen, today, exam) or 0)
        unseen -= per_day[-1]
        if today - TODAY + 1 >= max(1, int(0.8 * days)):
            assert unseen == 0
    assert max(per_day) <= -(-cards // max(1, int(0.8 * days)))


@given(st.integers(0, 400), st.integers(1, 200), st.integers(0, 300), st.integers(0, 20))
def test_pace_counts_what_was_seen_today(unseen: int, days: int, later: int, done: int) -> None:
    exam = ExamGoal(TODAY + days, TODAY)
    asked = pace(unseen, TODAY + later, exam, done)
    assert (asked is None) == (later >= days)
    assert asked is None or 0 <= asked <= unseen
    if asked is not None:
        assert asked == max(0, (pace(unseen + done, TODAY + later, exam) or 0) - done)


def test_after_missed_days_the_rest_is_seen_before_the_exam() -> None:
    exam = ExamGoal(TODAY + 10, TODAY)
    assert pace(20, TODAY + 9, exam) == 20
    assert pace(20, TODAY + 8, exam) == 10


def test_without_an_exam_due_cards_come_first_then_new_ones() -> None:
    cards = [card("calm", 50, -60, -1), card("urgent", 2, -9, -2), card("later", 9, -1, 8)]
    today = plan_day(cards, ["new1", "new2"], TODAY, 3)
    assert [one.id for one in today.review] == ["urgent", "calm"]
    assert (today.new, today.due) == (("new1",), 2)
    assert [one.id for one in plan_day(cards, ["new1"], TODAY, 1).review] == ["urgent"]


def test_with_an_exam_the_pace_is_kept_though_a_heap_is_due() -> None:
    heap = [card(f"d{n:02}", 3, -20, -10) for n in range(40)]
    today = plan_day(heap, [f"new{n}" for n in range(30)], TODAY, 12, ExamGoal(TODAY + 20, TODAY))
    assert (len(today.new), len(today.review), today.due) == (2, 10, 40)


def test_with_an_exam_the_lowest_recall_on_its_day_comes_first() -> None:
    """Not due yet, but forgotten by the exam: it comes before a due card that will hold."""
    cards = [card("holds", 400, -500, -1), card("fades", 4, -1, 3), card("safe", 900, -1, 800)]
    today = plan_day(cards, [], TODAY, 5, ExamGoal(TODAY + 30, TODAY - 5))
    assert [one.id for one in today.review] == ["fades", "holds"]


def test_with_an_exam_nothing_is_asked_twice_a_day_by_the_plan() -> None:
    today = plan_day([card("today", 2, 0, 2)], [], TODAY, 5, ExamGoal(TODAY + 30, TODAY))
    assert today.review == ()


def test_the_suspended_are_left_out() -> None:
    cards = [card("gone", 2, -9, -2, suspended=True)]
    assert plan_day(cards, [], TODAY, 5).due == 0
    assert backlog(cards, TODAY, 5) == Backlog(0, 0, TODAY)


def test_a_backlog_says_what_fits_and_when_it_is_clear() -> None:
    heap = [card(f"d{n:03}", 1000, -100, -10) for n in range(214)]
    told = backlog(heap, TODAY, 35)
    assert (told.due, told.covers) == (214, 35)
    assert told.clear == TODAY + 6


def test_what_falls_due_meanwhile_delays_it() -> None:
    heap = [card(f"d{n:03}", 1000, -100, -10) for n in range(140)]
    more = [card(f"m{n:03}", 1000, -100, 1) for n in range(35)]
    alone, together = backlog(heap, TODAY, 35).clear, backlog([*heap, *more], TODAY, 35).clear
    assert alone is not None and together is not None and alone < together
    assert backlog([card(f"d{n:04}", 0.5, -90, -60) for n in range(2000)], TODAY, 3).clear is None


def test_new_cards_beside_a_backlog_delay_it_and_leave_less_room() -> None:
    heap = [card(f"d{n:02}", 2, -9, -3) for n in range(60)]
    alone, beside = backlog(heap, TODAY, 30), backlog(heap, TODAY, 30, new=12, unseen=500)
    assert (alone.covers, beside.covers) == (30, 18)
    assert alone.clear is not None and (beside.clear is None or beside.clear > alone.clear)


@pytest.mark.parametrize("seed", range(4))
def test_the_day_that_is_told_is_about_the_day_that_comes(seed: int) -> None:
    """A learner who forgets as the model says, against what the first morning told."""
    rng, model = random.Random(seed), Model()
    cards = {f"d{n:03}": card(f"d{n:03}", 1 + n % 13, -30, -20) for n in range(214)}
    told = backlog(cards.values(), TODAY, 35).clear
    day = TODAY
    while sum(is_due(one, day) for one in cards.values()) > 35:
        for one in plan_day(cards.values(), [], day, 35).review:
            memory = memory_of(one)
            assert memory is not None
            right = rng.random() < recall(memory.stability, day - memory.last)
            after = model.review(one.id, 1, memory, Rating.GOOD if right else Rating.AGAIN, day)
            cards[one.id] = replace(
                one, stability=after.stability, difficulty=after.difficulty, last=after.last, due=after.due
            )
        day += 1
    assert told is not None and abs(told - day) <= 3 and day - TODAY > 214 // 35


@pytest.mark.parametrize(
    ("types", "medians", "expected"),
    [
        ([], {}, 0),
        (["single"], {}, 1),
        (["single"] * 4, {}, 3),
        (["single"] * 4 + ["order"] * 2, {"single": 30.0, "order": 90.0}, 5),
    ],
)
def test_minutes_follow_the_learners_own_pace(types: list[str], medians: dict[str, float], expected: int) -> None:
    assert estimate_minutes(types, medians) == expected


def test_cards_that_fit_into_the_minutes() -> None:
    assert cards_for_minutes(20, {}) == 26
    assert cards_for_minutes(20, {"single": 30.0}) == 28
    assert cards_for_minutes(20, dict.fromkeys(KINDS, 30.0)) == 40
    assert cards_for_minutes(0.1, {"single": 100.0}) == 1


def test_one_quick_answer_does_not_fill_the_day() -> None:
    """What cards_for_minutes is told in the same minutes as what it takes."""
    medians = {"match": 5.0}
    assert estimate_minutes(["single"] * cards_for_minutes(15, medians), medians) <= 18

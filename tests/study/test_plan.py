"""Pace, choice and backlog."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dva.study.forecast import Backlog, backlog
from dva.study.grading import Rating
from dva.study.memory import Card, memory_of
from dva.study.plan import (
    DEPTHS,
    ExamGoal,
    Promises,
    card_weights,
    is_due,
    pace,
    plan_day,
    value,
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


def test_with_an_exam_new_cards_beyond_the_pace_wait_while_there_are_seen_ones() -> None:
    heap = [card(f"d{n:02}", 3, -20, -10) for n in range(40)]
    unseen = [f"new{n}" for n in range(30)]
    today = plan_day(heap, unseen, TODAY, 12, ExamGoal(TODAY + 20, TODAY))
    assert (len(today.new), len(today.review), today.due) == (2, 10, 40)
    filled = plan_day(heap[:3], unseen, TODAY, 12, ExamGoal(TODAY + 20, TODAY))
    assert (len(filled.new), len(filled.review)) == (9, 3)


@given(st.lists(st.tuples(st.floats(0.5, 99), st.integers(1, 60), st.floats(0.01, 5)), max_size=25), st.integers(1, 30))
def test_with_an_exam_the_day_takes_what_is_worth_most(cards: list[tuple[float, int, float]], count: int) -> None:
    """Against all of it sorted at once."""
    seen = [card(f"c{n}", stability, -days, 0) for n, (stability, days, _) in enumerate(cards)]
    weights = {f"c{n}": weight for n, (_, _, weight) in enumerate(cards)} | {f"n{n}": 0.1 + n for n in range(9)}
    goal = ExamGoal(TODAY + 3, TODAY)
    chosen = plan_day(seen, [f"n{n}" for n in range(9)], TODAY, count, goal, weights=weights)
    worth = {one.id: value(weights[one.id], one, TODAY) for one in seen}
    assert len(chosen.review) + len(chosen.new) == min(count, len(seen) + 9)
    left_out = [worth[one.id] for one in seen if one not in chosen.review]
    assert min((worth[one.id] for one in chosen.review), default=9) >= max(left_out, default=0) - 1e-12
    assert list(chosen.new) == sorted(chosen.new, key=lambda name: -weights[name])
    paced = pace(9, TODAY, goal) or 0
    assert len(chosen.new) <= max(paced, count - len(seen))


def test_on_the_exams_day_there_are_reviews_only() -> None:
    cards = [card("a", 4, -3, 5)]
    today = plan_day(cards, ["new"], TODAY, 5, ExamGoal(TODAY, TODAY - 30))
    assert ([one.id for one in today.review], today.new) == (["a"], ())


def test_after_the_exam_the_due_cards_come_first_again() -> None:
    cards = [card("due", 4, -9, -1), card("later", 4, -1, 5)]
    today = plan_day(cards, ["new"], TODAY, 5, ExamGoal(TODAY - 1, TODAY - 30))
    assert ([one.id for one in today.review], today.new) == (["due"], ("new",))


@pytest.mark.parametrize("goal", [None, ExamGoal(TODAY + 30, TODAY - 5), ExamGoal(TODAY, TODAY - 30)])
def test_what_was_promised_for_today_is_asked_first_and_whole(goal: ExamGoal | None) -> None:
    """Also where the schedule has it later, and where it is more than the minutes."""
    cards = [card(f"due{n}", 2, -30, -20) for n in range(9)] + [card(f"missed{n}", 40, -1, 30) for n in range(4)]
    missed = frozenset(one.id for one in cards if one.id.startswith("missed"))
    today = plan_day(cards, ["new"], TODAY, 6, goal, promises=Promises(missed))
    assert today.promised == 4 and {one.id for one in today.review[:4]} == missed
    assert len(today.review) + len(today.new) == 6
    few = plan_day(cards, ["new"], TODAY, 2, goal, promises=Promises(missed))
    assert {one.id for one in few.review} == missed and few.new == ()
    both = plan_day(cards, ["new"], TODAY, 6, goal, promises=Promises(missed, missed))
    assert len({one.id for one in both.review}) == len(both.review)
    away = plan_day(cards, ["new"], TODAY, 2, goal, promises=Promises(earlier=missed))
    assert away.promised == 2 and len(away.review) == 2


def test_without_an_exam_nothing_is_new_while_more_is_due_than_the_minutes_take() -> None:
    heap = [card(f"d{n:02}", 3, -20, -10) for n in range(20)]
    assert plan_day(heap, ["new"], TODAY, 12).new == ()


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.lists(st.sampled_from(sorted(DEPTHS)), min_size=1, max_size=5),
        min_size=1,
    )
)
def test_the_weights_of_cards_add_up_to_the_exam(topics: dict[str, list[str]]) -> None:
    depths = {topic: {f"{topic}{n}": depth for n, depth in enumerate(cards)} for topic, cards in topics.items()}
    demand = {topic: {"1": 1.0 + n, "2": 2.0} for n, topic in enumerate(topics)}
    weights = card_weights({"1": 70, "2": 30}, demand, depths)
    assert sum(weights.values()) == pytest.approx(100)
    for cards in depths.values():
        shares = {weights[name] / DEPTHS[depth] for name, depth in cards.items()}
        assert max(shares) == pytest.approx(min(shares))


def test_a_demand_is_a_share_of_its_domain() -> None:
    weights = card_weights(
        {"1": 60, "2": 40},
        {"x": {"1": 3, "2": 1}, "y": {"1": 1}},
        {"x": {"x1": "core"}, "y": {"y1": "core", "y2": "deep"}},
    )
    assert weights["x1"] == pytest.approx(60 * 3 / 4 + 40)
    assert weights["y1"] == pytest.approx(60 / 4 / 1.15) and weights["y2"] == pytest.approx(0.15 * weights["y1"])


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

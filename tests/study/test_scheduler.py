"""Our schedule against py-fsrs called directly, and what our own fuzz may do."""

from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.study.days import LAST_DAY
from dva.study.grading import Rating
from dva.study.scheduler import Memory, Model, fuzzed, model, recall

FIRST = datetime(2026, 11, 24, tzinfo=UTC)
DAY = FIRST.toordinal()
OTHERS = tuple(value * 1.1 if n != 7 else value for n, value in enumerate(fsrs.scheduler.DEFAULT_PARAMETERS))

histories = st.lists(st.tuples(st.integers(1, 400), st.sampled_from(list(Rating))), min_size=1, max_size=12)


def directly(history: list[tuple[int, Rating]], asked: Model) -> list[tuple[float | None, float | None, int]]:
    """Stability, difficulty and interval after each review, by py-fsrs alone."""
    plain = fsrs.Scheduler(
        asked.parameters or fsrs.scheduler.DEFAULT_PARAMETERS, asked.retention, (), (), enable_fuzzing=False
    )
    card, now, told = fsrs.Card(card_id=1), FIRST, []
    for gap, rating in history:
        now += timedelta(days=gap)
        card, _ = plain.review_card(card, fsrs.Rating(rating), now)
        told.append((card.stability, card.difficulty, (card.due - now).days))
    return told


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from([Model(), Model((), 0.85), Model(OTHERS, 0.93)]))
def test_the_schedule_is_that_of_fsrs(history: list[tuple[int, Rating]], asked: Model) -> None:
    memory, day, told = None, DAY, []
    for times, (gap, rating) in enumerate(history):
        day += gap
        memory = asked.review("ecs.01", times, memory, rating, day)
        told.append((memory.stability, memory.difficulty, memory.due - day))
    expected = [
        (stability, difficulty, fuzzed(interval, "ecs.01", times))
        for times, (stability, difficulty, interval) in enumerate(directly(history, asked))
    ]
    assert told == expected


@given(st.floats(0.01, 5000), st.integers(0, 5000), st.sampled_from([Model(), Model(OTHERS)]))
def test_recall_is_that_of_fsrs(stability: float, days: int, asked: Model) -> None:
    plain = fsrs.Scheduler(asked.parameters or fsrs.scheduler.DEFAULT_PARAMETERS)
    card = fsrs.Card(1, fsrs.State.Review, None, stability, 5.0, last_review=FIRST)
    expected = plain.get_card_retrievability(card, FIRST + timedelta(days=days))
    assert recall(stability, days, asked.decay) == pytest.approx(expected, rel=1e-12)


def test_recall_on_the_day_itself_reads_one() -> None:
    assert recall(2.3, 0) == 1.0
    assert recall(2.3, -1) == 1.0


@given(st.integers(1, 36_500), st.text(min_size=1, max_size=20), st.integers(0, 50))
def test_fuzz_is_small_and_always_the_same(interval: int, card: str, times: int) -> None:
    moved = fuzzed(interval, card, times)
    assert moved == fuzzed(interval, card, times)
    assert 1 <= moved <= 36_500
    assert abs(moved - interval) <= max(0, 3 + interval * 0.06) * (interval > 2)


def test_fuzz_takes_cards_apart() -> None:
    assert len({fuzzed(60, f"ecs.{n}", 3) for n in range(40)}) > 4


@pytest.mark.parametrize("rating", list(Rating))
def test_nothing_runs_past_the_calendar(rating: Rating) -> None:
    memory = Memory(36_000.0, 5.0, LAST_DAY - 1, LAST_DAY)
    assert Model().review("ecs.01", 9, memory, rating, LAST_DAY).due <= LAST_DAY
    assert Model().review("ecs.01", 9, Memory(1e6, 5.0, 719_163, 719_999), rating, LAST_DAY).due <= LAST_DAY


@pytest.mark.parametrize("parameters", [None, [], "no", [1.0], ["x"] * 21, [[]] * 21, [float("nan")] * 21, [99.0] * 21])
def test_parameters_that_fsrs_refuses_count_as_not_said(parameters: object) -> None:
    assert model(parameters, "often") == Model()
    assert model(parameters, 0.85) == Model((), 0.85)


def test_parameters_that_fit_are_taken() -> None:
    assert model(list(OTHERS), 0.8) == Model(OTHERS, 0.8)

"""The fold of a card's events: what counts for the schedule, and what is only kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from dva.study.days import DAY, timestamp
from dva.study.events import Answer, Reset, Suspend, Unsuspend
from dva.study.memory import Card, CardEvent, Review, replay_card
from dva.study.scheduler import Model

START = timestamp(datetime.fromisoformat("2026-11-24T12:00+00:00"))[0]


def answer(question: str = "q1", correct: bool = True, sure: bool = True, **more: Any) -> Answer:
    told: dict[str, Any] = {
        "rev": 1,
        "type": "single",
        "chosen": ["a"],
        "notes": ["n"],
        "topic": "t",
        "ms": 9000,
        **more,
    }
    return Answer(question=question, correct=correct, sure=sure, **told)


def folded(*events: tuple[float, Struct], offset: int = 0) -> tuple[Card, list[Review]]:
    """The card after events given as (days from the start, body)."""
    return replay_card("n", listed(events, offset), Model())


def listed(events: Iterable[tuple[float, Struct]], offset: int = 0) -> list[CardEvent]:
    return [CardEvent(f"{n:032x}", START + int(days * DAY), offset, body) for n, (days, body) in enumerate(events)]


def test_the_first_answer_of_a_day_counts() -> None:
    card, reviews = folded((0, answer(correct=False)), (0.01, answer()), (0.02, answer()), (1, answer()))
    assert [review.rating for review in reviews] == [1, None, None, 3]
    assert card.reps == 2
    assert card == folded((0, answer(correct=False)), (1, answer()))[0]


def test_practice_leaves_the_schedule_alone() -> None:
    before, _ = folded((0, answer()))
    after, reviews = folded((0, answer()), (5, answer(correct=False, practice=True)))
    assert reviews[-1].rating is None
    assert (after.stability, after.due, after.reps) == (before.stability, before.due, before.reps)


def test_a_lucky_guess_is_right_and_comes_again() -> None:
    card, (review,) = folded((0, answer(sure=False)))
    assert review.correct and review.rating == 1
    assert card.due == review.day + 1


def test_a_lapse_is_a_known_card_that_was_not_recalled() -> None:
    card, _ = folded((0, answer(correct=False)), (3, answer()), (9, answer(aided=True)), (12, answer()))
    assert (card.reps, card.lapses) == (4, 1)


def test_reset_sets_everything_aside() -> None:
    card, reviews = folded((0, answer()), (1, Suspend("n")), (2, Reset("n")))
    assert (card, reviews) == (Card("n"), [])
    card, reviews = folded((0, answer()), (2, Reset()), (3, answer()))
    assert card.reps == 1 and reviews[0].first and reviews[0].before is None


def test_suspending_keeps_the_memory() -> None:
    card, _ = folded((0, answer()), (1, Suspend("n")))
    assert card.suspended and card.stability is not None
    assert folded((0, answer()), (1, Suspend("n")), (2, Unsuspend("n")))[0] == folded((0, answer()))[0]


def test_first_sight_is_of_a_question_not_of_a_card() -> None:
    _, reviews = folded((0, answer("q1")), (1, answer("q2")), (2, answer("q1")))
    assert [review.first for review in reviews] == [True, True, False]


def test_an_answer_after_midnight_belongs_to_the_evening() -> None:
    """22:00 and 01:00 are one day; 22:00 and 08:00 are two, though only ten hours apart."""
    zone = ZoneInfo("Europe/Berlin")
    texts = ("2026-03-28T22:00", "2026-03-29T01:00", "2026-03-29T08:00")
    times = [timestamp(datetime.fromisoformat(text).replace(tzinfo=zone)) for text in texts]
    events = [CardEvent(f"{n:032x}", at, offset, answer()) for n, (at, offset) in enumerate(times)]
    card, reviews = replay_card("n", events, Model())
    assert [review.rating for review in reviews] == [3, None, 3]
    assert card.reps == 2


def test_flying_west_does_not_count_a_day_twice() -> None:
    """An answer in Tokyo and one in Seattle an hour later: the local day goes back and adds nothing."""
    events = [CardEvent("a" * 32, START, 540, answer()), CardEvent("b" * 32, START + DAY // 24, -480, answer())]
    card, reviews = replay_card("n", events, Model())
    assert reviews[1].day <= reviews[0].day
    assert card.reps == 1


@given(st.lists(st.tuples(st.floats(0, 60), st.booleans(), st.booleans(), st.integers(-720, 840)), max_size=15))
def test_days_between_counted_answers_never_vanish(told: list[tuple[float, bool, bool, int]]) -> None:
    events = [
        CardEvent(f"{n:032x}", START + int(days * DAY), offset, answer(correct=correct, sure=sure))
        for n, (days, correct, sure, offset) in enumerate(sorted(told))
    ]
    card, reviews = replay_card("n", events, Model())
    days = [review.day for review in reviews if review.rating]
    assert days == sorted(set(days))
    assert card.reps == len(days)
    assert card.due is None or (card.last is not None and card.due > card.last)

"""Replay the events about one card, in the log's order, into the card's state and one review per answer.

Cards do not depend on each other, so a single card can be replayed whenever the log grows, wherever in its order.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dva.study.days import day_of
from dva.study.events import Answer, Reset, Suspend, Unsuspend
from dva.study.grading import Rating, rate
from dva.study.scheduler import Memory, Model


class Card(Struct, frozen=True):
    """The schedule of a note. `last` and `due` are ordinals of local days, `stability` counts days.

    `last` and `due` are None while no answer has counted for the schedule. `seen_at` is the time of the last answer, in
    milliseconds since 1970.
    """

    id: str
    topic: str = ""
    reps: int = 0
    lapses: int = 0
    stability: float | None = None
    difficulty: float | None = None
    last: int | None = None
    due: int | None = None
    seen_at: int | None = None
    suspended: bool = False


class Review(Struct, frozen=True):
    """One answer that counts: neither undone nor reset.

    `first`: the question had not been answered before. `rating` is None where the answer did not count for the
    schedule (practice, or not the first of its day); `before` and `after` are the stabilities around it. `tasks` is the
    JSON text of the exams' tasks that the question belonged to, as `{"dva-c03":"3.3"}`.
    """

    event: str
    card: str
    question: str
    at: int
    day: int
    topic: str
    type: str
    ms: int
    rev: int
    correct: bool
    sure: bool
    aided: bool
    practice: bool
    first: bool
    rating: int | None
    before: float | None
    after: float | None
    tasks: str = "{}"


class CardEvent(NamedTuple):
    """One event about a card, its body decoded; `at` in milliseconds since 1970, `offset` in minutes."""

    id: str
    at: int
    offset: int
    body: Struct


def replay_card(card: str, events: Iterable[CardEvent], model: Model) -> tuple[Card, list[Review]]:
    """Return the card after `events` and its reviews. The caller leaves out answers that were undone."""
    state, reviews = Card(card), list[Review]()
    for event in events:
        match event.body:
            case Answer():
                state, review = _answered(state, event, event.body, model)
                reviews.append(review)
            case Unsuspend():
                state = replace(state, suspended=False)
            case Suspend():
                state = replace(state, suspended=True)
            case Reset():
                state, reviews = Card(card), []
    return state, _mark_first_sights(reviews)


def _answered(card: Card, event: CardEvent, answer: Answer, model: Model) -> tuple[Card, Review]:
    day = day_of(event.at, event.offset)
    counts = not answer.practice and (card.last is None or day > card.last)
    rating = rate(answer.correct, answer.sure, answer.aided, answer.easy) if counts else None
    seen = replace(card, topic=answer.topic, seen_at=event.at)
    after = _reviewed(seen, rating, day, model) if rating else seen
    review = Review(
        event=event.id,
        card=card.id,
        question=answer.question,
        at=event.at,
        day=day,
        topic=answer.topic,
        type=answer.type,
        ms=answer.ms,
        rev=answer.rev,
        correct=answer.correct,
        sure=answer.sure,
        aided=answer.aided,
        practice=answer.practice,
        first=False,
        rating=rating,
        before=card.stability if rating else None,
        after=after.stability if rating else None,
        tasks=msgspec.json.encode(answer.exams, order="sorted").decode(),
    )
    return after, review


def _reviewed(card: Card, rating: Rating, day: int, model: Model) -> Card:
    memory = model.review(card.id, card.reps, memory_of(card), rating, day)
    return replace(
        card,
        reps=card.reps + 1,
        lapses=card.lapses + (rating == Rating.AGAIN and card.reps > 0),
        stability=memory.stability,
        difficulty=memory.difficulty,
        last=memory.last,
        due=memory.due,
    )


def memory_of(card: Card) -> Memory | None:
    """Return the FSRS state of a card; None for one that was never rated."""
    if card.stability is None or card.difficulty is None or card.last is None or card.due is None:
        return None
    return Memory(card.stability, card.difficulty, card.last, card.due)


def _mark_first_sights(reviews: list[Review]) -> list[Review]:
    """Return the reviews with the first of each question marked."""
    seen = set[str]()
    marked = []
    for review in reviews:
        marked.append(review if review.question in seen else replace(review, first=True))
        seen.add(review.question)
    return marked

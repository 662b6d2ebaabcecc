"""From what was chosen to right or wrong, and from there to the rating that the schedule gets."""

from collections.abc import Sequence
from enum import IntEnum

from msgspec import Struct

from dva.study.events import Answer

Choice = str | Sequence[str]
"""An option id, or the [left, right] of a match."""


class Rating(IntEnum):
    """How well a note was recalled, in FSRS's own numbers."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Grade(Struct, frozen=True):
    """`missed`: what the key has and the answer has not; `extra`: the other way round, in the order chosen.

    For an order, both hold what stands at a place where it does not belong.
    """

    correct: bool
    missed: tuple[Choice, ...]
    extra: tuple[Choice, ...]


def grade(type: str, key: Sequence[Choice], chosen: Sequence[Choice]) -> Grade:
    """Grade an answer: all of the key and nothing else; nothing chosen means "don't know", which is wrong.

    No part marks, as the exam gives none for several responses.
    """
    wanted, given = _plain(key), _plain(chosen)
    if type == "order":
        return _grade_order(wanted, given)
    missed = tuple(part for part in wanted if part not in given)
    extra = tuple(part for part in given if part not in wanted)
    correct = not missed and not extra and len(given) == len(wanted) and bool(wanted)
    return Grade(correct, missed, extra)


def _plain(choices: Sequence[Choice]) -> list[Choice]:
    return [choice if isinstance(choice, str) else tuple(choice) for choice in choices]


def _grade_order(wanted: list[Choice], given: list[Choice]) -> Grade:
    missed = tuple(part for n, part in enumerate(wanted) if given[n : n + 1] != [part])
    extra = tuple(part for n, part in enumerate(given) if wanted[n : n + 1] != [part])
    return Grade(wanted == given and bool(wanted), missed, extra)


def mended(answer: Answer, rev: int, key: Sequence[Choice]) -> bool:
    """Would the key of a later revision judge this answer otherwise? What was recorded stays; the note is due."""
    return answer.rev < rev and grade(answer.type, key, answer.chosen).correct != answer.correct


def rate(correct: bool, sure: bool, aided: bool = False, easy: bool = False) -> Rating:
    """Wrong or aided: again. Right but guessed: again too, though it stays right for accuracy. Easy by the key only."""
    if not correct or aided:
        return Rating.AGAIN
    if easy:
        return Rating.EASY
    return Rating.GOOD if sure else Rating.AGAIN

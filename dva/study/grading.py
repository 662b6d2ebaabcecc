"""Grade an answer as right or wrong, and turn that into the rating that the scheduler gets."""

from collections.abc import Sequence
from enum import IntEnum

from dva.study.events import Answer

ChosenPart = str | Sequence[str]
"""An option id, or the [left, right] of a match."""


class Rating(IntEnum):
    """How well a note was recalled, in FSRS's own numbers."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


def is_correct(type: str, key: Sequence[ChosenPart], chosen: Sequence[ChosenPart]) -> bool:
    """Whether an answer has all of the key and nothing else, for a question of `type` order in the key's order.

    An empty answer means "don't know" and is wrong. There is no partial credit, as in the exam.
    """
    expected, actual = _hashable(key), _hashable(chosen)
    if type == "order":
        return expected == actual and bool(expected)
    return set(expected) == set(actual) and len(actual) == len(expected) and bool(expected)


def _hashable(parts: Sequence[ChosenPart]) -> list[ChosenPart]:
    return [part if isinstance(part, str) else tuple(part) for part in parts]


def grade_changes(answer: Answer, rev: int, key: Sequence[ChosenPart]) -> bool:
    """Whether the key of a later revision grades this answer differently.

    The recorded grade stays; the caller makes the note due.
    """
    return answer.rev < rev and is_correct(answer.type, key, answer.chosen) != answer.correct


def rate(correct: bool, sure: bool, aided: bool = False, easy: bool = False) -> Rating:
    """Return the rating of an answer: again where it was wrong, aided or guessed, easy only where the learner said so.

    A guess that was right still counts as right for accuracy.
    """
    if not correct or aided:
        return Rating.AGAIN
    if easy:
        return Rating.EASY
    return Rating.GOOD if sure else Rating.AGAIN

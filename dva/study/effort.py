"""How long this learner takes: seconds of an answer, answers for each card, and what fits into the minutes of a day.

Measured over whole days before the one that is planned, so that a number given in the morning stays the same until
the evening. A few early answers are weighed against an assumption, and nobody is taken to answer in no time.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

from msgspec import Struct

from dva.study.memory import Review

SECONDS = 45.0
"""Assumed time for an answer and the reading of its feedback, while little is known of the learner."""
ANSWERS = 1.3
"""Assumed answers for each card of a session, as wrong cards come back."""
ASSUMED = 20
"""Answers, or cards, that an assumption counts for."""
SHORTEST, LONGEST = 10_000, 180_000
"""Milliseconds that one answer counts, at least and at most: for longer, the learner was away."""
MAX_ANSWERS = 2.0
"""Upper limit of answers for each card, so that a bad day leaves room for the next."""


class Effort(Struct, frozen=True):
    """Seconds for each answer, and answers for each card of a session."""

    seconds: float = SECONDS
    answers: float = ANSWERS

    def cards(self, minutes: float) -> int:
        """Return how many cards fit into the minutes, at least one."""
        return max(1, int(minutes * 60 / (self.seconds * self.answers)))

    def minutes(self, cards: int, repeats: int = 0) -> int:
        """Return the minutes that so many cards of a session take, and questions that come back; 0 for none."""
        answers = cards * self.answers + repeats
        return max(1, round(answers * self.seconds / 60)) if answers else 0


def measure(reviews: Sequence[Review], day: int) -> Effort:
    """Return the effort of a learner by the answers before `day`; `reviews` in the order of time."""
    before = [review for review in reviews if review.day < day]
    times = [
        min(max(ms, SHORTEST), LONGEST)
        for review, ms in zip(before, spent(before), strict=True)
        if not _gave_up(review)
    ]
    seconds = (ASSUMED * SECONDS + sum(times) / 1000) / (ASSUMED + len(times))
    scheduled = [review for review in before if not review.practice]
    cards = sum(review.rating is not None for review in scheduled)
    return Effort(seconds, min(MAX_ANSWERS, (ASSUMED * ANSWERS + len(scheduled)) / (ASSUMED + cards)))


def _gave_up(review: Review) -> bool:
    """Whether there was no answer, or a wild guess: neither says how long the learner thinks."""
    return not review.correct and not review.sure


def spent(reviews: Sequence[Review]) -> list[int]:
    """Return the milliseconds of each answer, with the reading of feedback before it, at most LONGEST.

    `reviews` in the order of time; a gap that is longer was no reading, and only the answer itself counts.
    """
    times = [review.ms for review in reviews]
    for n, (before, after) in enumerate(pairwise(reviews), 1):
        if (gap := after.at - before.at) <= LONGEST:
            times[n] = max(times[n], gap)
    return [min(ms, LONGEST) for ms in times]


def minutes_spent(reviews: Collection[Review]) -> int:
    """Return the minutes that answers of a day took, rounded; at least one where there was one."""
    total = sum(spent(list(reviews)))
    return max(1, round(total / 60_000)) if reviews else 0

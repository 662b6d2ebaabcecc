"""Progress counted from the reviews: accuracy, recall, time, confident errors, cards that became mature.

Never a chance of passing: the real scale is not public.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from math import sqrt
from typing import TypeVar

from msgspec import Struct

from dva.study.memory import Card, Review
from dva.study.plan import is_due

ENOUGH = 10
"""A share of fewer answers than this is not displayed."""
LONGEST = 180_000
"""Milliseconds that one answer counts at most: for longer, the learner was away."""
MATURE_DAYS = 7.0
"""Days of stability from which on a card is mature: recalled with 90 % after a week."""
Z = 1.959964
"""Quantile of the normal distribution for a 95 % interval."""

Key = TypeVar("Key", bound=Hashable)


class Ratio(Struct, frozen=True):
    """A share with its 95 % range (Wilson). Where `enough` is False say "too few" and no number."""

    right: int
    total: int
    low: float
    high: float
    enough: bool

    @property
    def share(self) -> float | None:
        """Return right divided by total; None without answers."""
        return self.right / self.total if self.total else None


class Transitions(Struct, frozen=True):
    """Numbers of cards that crossed the limit of maturity since a day, in either direction."""

    to_mature: int
    to_young: int


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); (0, 1) where nothing is known."""
    if total == 0:
        return 0.0, 1.0
    share = right / total
    middle = (share + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z / (1 + Z * Z / total) * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def ratio(hits: Iterable[bool]) -> Ratio:
    """Return how many of these are true, with the range."""
    counted = list(hits)
    right = sum(counted)
    return Ratio(right, len(counted), *wilson(right, len(counted)), len(counted) >= ENOUGH)


def first_sight(reviews: Iterable[Review]) -> Ratio:
    """Return the share right at first sight of a question; a lucky guess counts as right, an aided answer as wrong."""
    return ratio(review.correct and not review.aided for review in reviews if review.first)


def recall(reviews: Iterable[Review]) -> Ratio:
    """Return the true retention: of the first answers of later days, the share not rated again."""
    return ratio(review.rating > 1 for review in reviews if review.rating is not None and review.before is not None)


def accuracy(reviews: Iterable[Review]) -> Ratio:
    """Return the share right of all answers."""
    return ratio(review.correct for review in reviews)


def forecast(cards: Collection[Card], today: int, days: int = 14) -> list[int]:
    """Return the numbers of cards due today (with what is overdue) and on each of the days after it."""
    counts = Counter(card.due for card in cards if card.due is not None and card.due > today and not card.suspended)
    return [sum(is_due(card, today) for card in cards), *(counts[today + n] for n in range(1, days))]


def calendar(reviews: Iterable[Review]) -> dict[int, int]:
    """Return the number of answers by local day, days in order."""
    return dict(sorted(Counter(review.day for review in reviews).items()))


def seconds_spent(reviews: Iterable[Review]) -> float:
    """Return the seconds spent on answers, each counting at most 180."""
    return sum(min(review.ms, LONGEST) for review in reviews) / 1000


def confident_errors(reviews: Iterable[Review]) -> list[Review]:
    """Return the last answers that were wrong though the learner was sure; `reviews` in the order of time."""
    last = {review.question: review for review in reviews}
    return [review for review in last.values() if review.sure and not review.correct]


def transitions(reviews: Sequence[Review], day: int) -> Transitions:
    """Return how many cards became mature or young again since a day."""
    moved = [(review.before, review.after) for review in reviews if review.day >= day]
    known = [(before, after) for before, after in moved if before is not None and after is not None]
    matured = sum(before < MATURE_DAYS <= after for before, after in known)
    return Transitions(matured, sum(after < MATURE_DAYS <= before for before, after in known))


def introduced(reviews: Iterable[Review], day: int) -> int:
    """Return how many cards were rated for the first time on a day: the `done` of `plan.pace`."""
    return sum(review.day == day and review.rating is not None and review.before is None for review in reviews)


def grouped(reviews: Iterable[Review], key: Callable[[Review], Key | None]) -> dict[Key, list[Review]]:
    """Return reviews grouped by a key, as topic or domain; those without one are left out."""
    groups: dict[Key, list[Review]] = {}
    for review in reviews:
        name = key(review)
        if name is not None:
            groups.setdefault(name, []).append(review)
    return groups

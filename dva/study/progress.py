"""What was gained, counted from the looks: accuracy, recall, time, confident errors, what became firm.

Never a chance of passing: the real scale is not public.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from math import sqrt
from typing import TypeVar

from msgspec import Struct

from dva.study.memory import Card, Look
from dva.study.plan import is_due

ENOUGH = 10
"""Under so many answers a share says too little to be shown."""
LONGEST = 180_000
"""Milliseconds that one answer can count: longer, and the learner was away."""
SHORTEST = 1_000
"""Faster, and nobody has read: an answer from a pipe says nothing about the learner's pace."""
RECENT = 200
"""Answers of a type that decide its median: the learner's pace of today, not of the first week."""
MOST_AGAIN = 2.0
"""A card is taken for so many answers at most, so that a bad day leaves room for the next."""
FIRM = 7.0
"""Days of stability from which on a card is firm: recalled with 90 % after a week."""
Z = 1.959964
"""The normal quantile of a 95 % range."""

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
        """Right of total, None where there is none."""
        return self.right / self.total if self.total else None


class Gained(Struct, frozen=True):
    """Cards that were weak before the day and firm after it, and the other way round."""

    firm: int
    weak: int


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) where nothing is known."""
    if total == 0:
        return 0.0, 1.0
    share = right / total
    middle = (share + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z / (1 + Z * Z / total) * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def ratio(hits: Iterable[bool]) -> Ratio:
    """How many of these are true."""
    counted = list(hits)
    right = sum(counted)
    return Ratio(right, len(counted), *wilson(right, len(counted)), len(counted) >= ENOUGH)


def first_sight(looks: Iterable[Look]) -> Ratio:
    """Right at the first sight of a question; a lucky guess counts as right, help from a note as wrong."""
    return ratio(look.correct and not look.aided for look in looks if look.first)


def recall(looks: Iterable[Look]) -> Ratio:
    """True retention: of the first answers of later days, those not rated again."""
    return ratio(look.rating > 1 for look in looks if look.rating is not None and look.before is not None)


def accuracy(looks: Iterable[Look]) -> Ratio:
    """Right of all answers."""
    return ratio(look.correct for look in looks)


def forecast(cards: Collection[Card], today: int, days: int = 14) -> list[int]:
    """How many cards fall due today (with what is overdue) and on each day after it."""
    counts = Counter(card.due for card in cards if card.due is not None and card.due > today and not card.suspended)
    return [sum(is_due(card, today) for card in cards), *(counts[today + n] for n in range(1, days))]


def calendar(looks: Iterable[Look]) -> dict[int, int]:
    """Answers by local day, days in order."""
    return dict(sorted(Counter(look.day for look in looks).items()))


def spent(looks: Iterable[Look]) -> float:
    """Seconds, an answer counting at most 180."""
    return sum(min(look.ms, LONGEST) for look in looks) / 1000


def medians(looks: Iterable[Look]) -> dict[str, float]:
    """Median seconds of the latest answers by type of question; looks in the order of time."""
    times: dict[str, list[int]] = {}
    for look in looks:
        if look.ms >= SHORTEST:
            times.setdefault(look.type, []).append(min(look.ms, LONGEST))
    return {type: median(values[-RECENT:]) / 1000 for type, values in times.items()}


def again(looks: Collection[Look]) -> float:
    """Answers for each card asked, as a wrong card comes back within its session; 1.0 while too few were asked."""
    answers = sum(not look.practice for look in looks)
    cards = sum(look.rating is not None for look in looks)
    return min(MOST_AGAIN, answers / cards) if cards >= ENOUGH else 1.0


def median(values: Sequence[int]) -> float:
    """The middle of the values (`statistics` would cost 15 ms at every start)."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def confident_errors(looks: Iterable[Look]) -> list[Look]:
    """Questions whose last answer was wrong though the learner was sure; looks in the order of time."""
    last = {look.question: look for look in looks}
    return [look for look in last.values() if look.sure and not look.correct]


def gained(looks: Sequence[Look], day: int) -> Gained:
    """What the answers since a day changed; a card counts for the schedule once a day."""
    moved = [(look.before, look.after) for look in looks if look.day >= day]
    known = [(before, after) for before, after in moved if before is not None and after is not None]
    firm = sum(before < FIRM <= after for before, after in known)
    return Gained(firm, sum(after < FIRM <= before for before, after in known))


def met(looks: Iterable[Look], day: int) -> int:
    """How many cards were rated for the first time on a day: what `plan.pace` counts as done."""
    return sum(look.day == day and look.rating is not None and look.before is None for look in looks)


def grouped(looks: Iterable[Look], key: Callable[[Look], Key | None]) -> dict[Key, list[Look]]:
    """Looks by a key, as topic or domain; those without one are left out."""
    groups: dict[Key, list[Look]] = {}
    for look in looks:
        name = key(look)
        if name is not None:
            groups.setdefault(name, []).append(look)
    return groups

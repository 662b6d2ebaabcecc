"""The memory model: FSRS-6 over whole local days. The only module that knows `fsrs`, imported when it is needed.

FSRS counts the first answer of a local day; the session repeats within the day by itself, so there are no learning
steps. Days are local (`days`), hence two answers on either side of 04:00 are one day apart, and daylight saving or
travel cannot make it zero. Fuzz is our own: drawn from the note's id and how often it was reviewed, so that replay
gives the same due day on every machine.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from dva.aws import rng
from dva.study.days import LAST_DAY
from dva.study.grading import Rating

if TYPE_CHECKING:
    from fsrs import Scheduler

DECAY = 0.1542
"""FSRS-6's default decay, its parameter 20."""
RETENTION = 0.9
LONGEST = 36_500
"""Days; FSRS's own bound on intervals, and ours on the gap between two reviews."""
ANCHOR = datetime(2000, 1, 1, tzinfo=UTC)
"""FSRS is given days counted from here: only the days between reviews matter, and no date can run past year 9999."""
FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
"""From, to, share: the widths of FSRS's own fuzz (fsrs.scheduler.FUZZ_RANGES)."""


class Memory(Struct, frozen=True):
    """FSRS's state of a card after a review on the local day `last`; `stability` counts days, `due` is a local day."""

    stability: float
    difficulty: float
    last: int
    due: int


class Model(Struct, frozen=True):
    """The learner's parameters: 21 of FSRS-6 (none = its defaults) and the recall at which a card is due."""

    parameters: tuple[float, ...] = ()
    retention: float = RETENTION

    @property
    def decay(self) -> float:
        """Return the decay of the forgetting curve: the learner's own, else FSRS-6's default."""
        return self.parameters[20] if self.parameters else DECAY

    def review(self, card: str, times: int, memory: Memory | None, rating: Rating, day: int) -> Memory:
        """Return the memory after a review on `day`: the first review, or on a later day than the last one.

        `times` counts the reviews before it; `memory` is None for the first.
        """
        stability, difficulty, interval = _review(self, memory, rating, day)
        due = min(day + fuzzed(interval, card, times), LAST_DAY)
        return Memory(stability, difficulty, day, due)


def model(parameters: object = None, retention: object = None) -> Model:
    """Return a model from two settings; values that FSRS would refuse are ignored, so that replay never stops."""
    target = RETENTION
    if isinstance(retention, int | float) and 0.5 <= retention < 1:
        target = float(retention)
    if not isinstance(parameters, Sequence) or isinstance(parameters, str) or not parameters:
        return Model((), target)
    custom = Model(tuple(parameters), target)
    try:
        _scheduler(custom)
    except (ValueError, TypeError):
        return Model((), target)
    return custom


def recall(stability: float, days: int, decay: float = DECAY) -> float:
    """Return the probability of recall `days` after a review (FSRS-6's forgetting curve); 1.0 on the day itself."""
    factor = 0.9 ** (-1 / decay) - 1
    return float((1 + factor * max(0, days) / stability) ** -decay)


def fuzzed(interval: int, card: str, times: int) -> int:
    """Return the interval (days) shifted by a few days, so that cards learned together do not stay together."""
    if interval < FUZZ[0][0]:
        return interval
    delta = 1 + sum(share * max(min(interval, upper) - lower, 0) for lower, upper, share in FUZZ)
    shortest, longest = max(2, round(interval - delta)), min(round(interval + delta), LONGEST)
    seed = int.from_bytes(sha256(f"{card}:{times}".encode()).digest()[:8])
    return rng.choose(rng.generator(seed), range(min(shortest, longest), longest + 1))


@lru_cache(maxsize=4)
def _scheduler(model: Model) -> "Scheduler":
    from fsrs.scheduler import DEFAULT_PARAMETERS, Scheduler

    return Scheduler(
        parameters=model.parameters or DEFAULT_PARAMETERS,
        desired_retention=model.retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _review(model: Model, memory: Memory | None, rating: Rating, day: int) -> tuple[float, float, int]:
    """Return FSRS's new stability, difficulty and interval, in days."""
    from fsrs import Card, State
    from fsrs import Rating as FsrsRating

    card, now = Card(card_id=0, due=ANCHOR), ANCHOR
    if memory:
        card = Card(0, State.Review, None, memory.stability, memory.difficulty, due=ANCHOR, last_review=ANCHOR)
        now = ANCHOR + timedelta(days=min(day - memory.last, LONGEST))
    after, _ = _scheduler(model).review_card(card, FsrsRating(rating), now)
    assert after.stability is not None and after.difficulty is not None
    return after.stability, after.difficulty, (after.due - now).days

"""Plan a study day: how many new cards, which reviews, and when a backlog will be cleared."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from dva.aws.rng import generator
from dva.study.grading import Rating
from dva.study.memory import Card, memory_of
from dva.study.scheduler import DECAY, RETENTION, Memory, Model, recall

SECONDS = 45.0
"""Assumed time for an answer while the learner has none of that type."""
KINDS = ("single", "multi", "order", "match", "predict")
SEEN_BY = 0.8
"""The share of the days up to the exam by which every card is seen."""
HORIZON = 90
"""Days ahead that a backlog is simulated."""
FIRST_SIGHT = 0.6
"""Share of new cards assumed to be answered right at first sight, where days ahead are simulated."""


class ExamGoal(Struct, frozen=True):
    """The day of the exam, and the day on which the learner set it: the pace is counted from there."""

    day: int
    since: int

    @property
    def seen_by(self) -> int:
        """Return the last day on which a card may be seen for the first time."""
        return self.since + max(0, int(SEEN_BY * (self.day - self.since)) - 1)


class DailyPlan(Struct, frozen=True):
    """Today's cards: `review` to repeat, the most valuable first; `new` are ids to see for the first time.

    `due` counts all cards that are due, also those that the minutes do not cover.
    """

    review: tuple[Card, ...]
    new: tuple[str, ...]
    due: int


class Backlog(Struct, frozen=True):
    """`due` cards are waiting, the minutes cover `covers` of them today, and on the day `clear` none is left over.

    `clear` is None where that takes more than 90 days at this pace.
    """

    due: int
    covers: int
    clear: int | None


def pace(unseen: int, today: int, goal: ExamGoal | None, done: int = 0) -> int | None:
    """Return how many more new cards to see today so that all are seen in time; None where no exam sets a pace.

    `unseen` cards are left now, `done` were seen for the first time today.
    """
    if goal is None or today >= goal.day:
        return None
    last = goal.seen_by if today <= goal.seen_by else goal.day - 1
    days = max(1, last - today + 1)
    return max(0, -(-(unseen + done) // days) - done)


def plan_day(
    cards: Collection[Card],
    unseen: Sequence[str],
    today: int,
    count: int,
    goal: ExamGoal | None = None,
    done: int = 0,
    decay: float = DECAY,
    retention: float = RETENTION,
) -> DailyPlan:
    """Choose `count` cards. Without an exam: the due cards most at risk first, then new ones.

    With an exam: first the new cards that the pace asks for, then the cards with the lowest predicted recall on its
    day, as long as they are due or would be below `retention` then. New cards beyond the pace fill what is left.
    """
    active = [card for card in cards if not card.suspended and card.stability is not None and card.last is not None]
    waiting = [card for card in active if is_due(card, today)]
    paced = pace(len(unseen), today, goal, done)
    if goal is None or paced is None:
        review = at_risk(waiting, today, decay)[:count]
    else:
        forgotten = [card for card in active if card.last != today and _predicted(card, goal.day, decay) < retention]
        wanted = {card.id: card for card in (*waiting, *forgotten)}
        review = at_risk(wanted.values(), goal.day, decay)[: count - _new_slots(count, paced, len(unseen))]
    return DailyPlan(tuple(review), tuple(unseen[: max(0, count - len(review))]), len(waiting))


def _new_slots(count: int, paced: int, unseen: int) -> int:
    """Return the new cards of the pace; where they exceed `count`, half of it, so that reviews do not starve."""
    return min(paced, unseen) if paced <= count else min(-(-count // 2), unseen)


def is_due(card: Card, today: int) -> bool:
    """Whether the schedule asks for the card today."""
    return card.due is not None and card.due <= today and not card.suspended


def at_risk(cards: Collection[Card], day: int, decay: float = DECAY) -> list[Card]:
    """Return cards by their predicted recall on `day`, lowest first; among equals the longest due, then by id."""
    return sorted(cards, key=lambda card: (_predicted(card, day, decay), card.due or 0, card.id))


def _predicted(card: Card, day: int, decay: float) -> float:
    assert card.stability is not None and card.last is not None
    return recall(card.stability, day - card.last, decay)


def backlog(
    cards: Collection[Card], today: int, count: int, model: Model | None = None, new: int = 0, unseen: int = 0
) -> Backlog:
    """Return what `count` cards a day achieve: what today covers, and the first day whose due cards all fit in.

    Simulates the coming days: the cards most at risk are asked, remembered or forgotten as their recall says, and come
    back as the model says. Beside them `new` cards a day are introduced while `unseen` are left, and come back too.
    """
    waiting = [card for card in cards if is_due(card, today)]
    covers = min(max(1, count - min(new, unseen)), len(waiting))
    return Backlog(len(waiting), covers, _clear_day(cards, today, count, model or Model(), new, unseen))


def _clear_day(cards: Collection[Card], today: int, count: int, model: Model, new: int, unseen: int) -> int | None:
    rng, waiting = generator(today), dict[str, Memory]()
    coming: dict[int, dict[str, Memory]] = {}
    for card in cards:
        if not card.suspended and (memory := memory_of(card)):
            coming.setdefault(max(memory.due, today), {})[card.id] = memory
    for day in range(today, today + HORIZON):
        waiting |= coming.pop(day, {})
        introduced = min(new, unseen)
        room = max(1, count - introduced)
        if len(waiting) <= room:
            return day
        if len(waiting) > count * (today + HORIZON - day):
            return None
        risks = {name: recall(m.stability, day - m.last, model.decay) for name, m in waiting.items()}
        asked: dict[str, tuple[Memory | None, float]] = {}
        for name in sorted(risks, key=lambda name: (risks[name], name))[:room]:
            asked[name] = waiting.pop(name), risks[name]
        asked |= {f"new {number}": (None, FIRST_SIGHT) for number in range(unseen - introduced, unseen)}
        for name, (known, chance) in asked.items():
            rating = Rating.GOOD if rng.random() < chance else Rating.AGAIN
            after = model.review(name, int(known is not None), known, rating, day)
            coming.setdefault(after.due, {})[name] = after
        unseen -= introduced
    return None


def seconds(medians: Mapping[str, float], type: str) -> float:
    """Return the seconds that this learner takes for a question of this type."""
    return medians.get(type, SECONDS)


def estimate_minutes(types: Collection[str], medians: Mapping[str, float], answers_per_card: float = 1.0) -> int:
    """Estimate the minutes that questions of these types take, each asked `answers_per_card` times; 0 for none.

    `medians` are this learner's seconds by type.
    """
    total = answers_per_card * sum(seconds(medians, type) for type in types)
    return max(1, round(total / 60)) if types else 0


def cards_for_minutes(minutes: float, medians: Mapping[str, float], answers_per_card: float = 1.0) -> int:
    """Return how many cards fit into the minutes, at least one. Each type takes this learner's median seconds, or 45,
    and each card is asked `answers_per_card` times, as wrong cards come back.
    """
    each = answers_per_card * sum(seconds(medians, kind) for kind in KINDS) / len(KINDS)
    return max(1, int(minutes * 60 // max(1.0, each)))

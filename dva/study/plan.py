"""Plan a study day: what each card is worth for the exam, how many new cards, which reviews, how long it takes."""

from collections.abc import Collection, Mapping, Sequence
from math import sqrt

from msgspec import Struct

from dva.study.memory import Card
from dva.study.scheduler import DECAY, recall

SEEN_BY = 0.8
"""The share of the days up to the exam by which every card is seen."""
DEPTHS = {"core": 1.0, "more": 0.5, "deep": 0.15}
"""How much a note counts within its topic, by its depth."""


class ExamGoal(Struct, frozen=True):
    """The day of the exam, and the day on which the learner set it: the pace is counted from there."""

    day: int
    since: int

    @property
    def seen_by(self) -> int:
        """Return the last day on which a card may be seen for the first time."""
        return self.since + max(0, int(SEEN_BY * (self.day - self.since)) - 1)


class Promises(Struct, frozen=True):
    """Cards that come first, as the learner was told that they come back.

    `tomorrow` are those told so yesterday: all of them are asked. `earlier` are older ones, for a learner who was away.
    """

    tomorrow: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()


class DailyPlan(Struct, frozen=True):
    """Today's cards: `review` to repeat, `new` are ids to see for the first time, each in the order of the plan.

    The first `promised` of `review` are asked before all others. `due` counts all cards that are due, also those that
    the minutes do not cover.
    """

    review: tuple[Card, ...]
    new: tuple[str, ...]
    due: int
    promised: int = 0


def pace(unseen: int, today: int, goal: ExamGoal | None, done: int = 0) -> int | None:
    """Return how many more new cards to see today so that all are seen in time; None where no exam sets a pace.

    `unseen` cards are left now, `done` were seen for the first time today.
    """
    if goal is None or today >= goal.day:
        return None
    last = goal.seen_by if today <= goal.seen_by else goal.day - 1
    days = max(1, last - today + 1)
    return max(0, -(-(unseen + done) // days) - done)


def card_weights(
    domains: Mapping[str, float], demand: Mapping[str, Mapping[str, float]], depths: Mapping[str, Mapping[str, str]]
) -> dict[str, float]:
    """Return the share of the exam that each card stands for.

    `domains` are the weights of the exam's domains, `demand` is what each topic has of the questions of a domain,
    relative to the other topics, `depths` are the usable cards of each topic with their depths.
    """
    totals = {domain: sum(demand[topic].get(domain, 0.0) for topic in depths) for domain in domains}
    weights = dict[str, float]()
    for topic, cards in depths.items():
        shares = [weight * demand[topic].get(d, 0.0) / totals[d] for d, weight in domains.items() if totals[d]]
        whole = sum(DEPTHS[depth] for depth in cards.values())
        weights |= {card: sum(shares) * DEPTHS[depth] / whole for card, depth in cards.items()}
    return weights


def value(weight: float, card: Card | None, today: int, decay: float = DECAY) -> float:
    """Return what asking a card today is worth: √w for one never seen, else √w · (1 - its recall today).

    The square root keeps the plan from betting everything on the heavy domains.
    """
    if card is None or card.stability is None or card.last is None:
        return sqrt(weight)
    return sqrt(weight) * (1 - recall(card.stability, today - card.last, decay))


def plan_day(
    cards: Collection[Card],
    unseen: Sequence[str],
    today: int,
    count: int,
    goal: ExamGoal | None = None,
    done: int = 0,
    *,
    weights: Mapping[str, float] | None = None,
    promises: Promises | None = None,
    decay: float = DECAY,
) -> DailyPlan:
    """Choose `count` cards, or as many as were promised for today; `unseen` are ids in the order of the content.

    With an exam ahead all others come by their value, the highest first. A new card is passed over once the pace's
    number of new ones is taken; places still empty are filled with those. On the exam's day there are reviews only.
    Without an exam: the due cards most at risk first, then new ones. Cards without a weight count alike.
    """
    weights, promises = weights or {}, promises or Promises()
    active = [card for card in cards if not card.suspended and card.stability is not None and card.last is not None]
    waiting = sum(is_due(card, today) for card in active)
    seen = by_value(active, weights, today, decay)
    first = [card for card in seen if card.id in promises.tomorrow]
    earlier = promises.earlier - promises.tomorrow
    first += [card for card in seen if card.id in earlier][: max(0, count - len(first))]
    asked = {card.id for card in first}
    rest, room = [card for card in seen if card.id not in asked], max(0, count - len(first))
    paced = pace(len(unseen), today, goal, done)
    if goal is not None and today == goal.day:
        review, new = rest[:room], tuple[str, ...]()
    elif paced is None:
        review = at_risk([card for card in rest if is_due(card, today)], today, decay)[:room]
        new = tuple(unseen[: room - len(review)])
    else:
        review, new = take_by_value(rest, unseen, room, paced, weights, today, decay)
    return DailyPlan((*first, *review), new, waiting, len(first))


def by_value(cards: Collection[Card], weights: Mapping[str, float], today: int, decay: float = DECAY) -> list[Card]:
    """Return the seen cards that were not asked today, those worth most first."""
    return sorted(
        (card for card in cards if card.last is not None and card.last < today),
        key=lambda card: (-value(weights.get(card.id, 1.0), card, today, decay), card.due or 0, card.id),
    )


def take_by_value(
    seen: Sequence[Card], unseen: Sequence[str], room: int, paced: int, weights: Mapping[str, float], today: int,
    decay: float = DECAY,
) -> tuple[list[Card], tuple[str, ...]]:  # fmt: skip
    """Return the best `room` cards of `seen` (by value) and `unseen`, with no more than `paced` new ones while there
    are seen ones.
    """
    fresh = sorted(unseen, key=lambda card: -weights.get(card, 1.0))
    best = [value(weights.get(card, 1.0), None, today) for card in fresh]
    review, taken = list[Card](), 0
    for card in seen:
        worth = value(weights.get(card.id, 1.0), card, today, decay)
        while taken < min(paced, len(fresh), room - len(review)) and best[taken] >= worth:
            taken += 1
        if len(review) + taken >= room:
            break
        review.append(card)
    return review, tuple(fresh[: room - len(review)])


def is_due(card: Card, today: int) -> bool:
    """Whether the schedule asks for the card today."""
    return card.due is not None and card.due <= today and not card.suspended


def at_risk(cards: Collection[Card], day: int, decay: float = DECAY) -> list[Card]:
    """Return cards by their predicted recall on `day`, lowest first; among equals the longest due, then by id."""
    return sorted(cards, key=lambda card: (predicted_recall(card, day, decay), card.due or 0, card.id))


def predicted_recall(card: Card, day: int, decay: float = DECAY) -> float:
    """Return the predicted recall of a card on a day; 0 for one never seen."""
    if card.stability is None or card.last is None:
        return 0.0
    return recall(card.stability, day - card.last, decay)

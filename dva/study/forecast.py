"""Look ahead by playing the coming days: what a learner will know on the exam's day, and when a backlog is clear.

The days are played by the plan itself, with answers that are right as often as the memory model says.
"""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from dva.aws.rng import generator
from dva.study.grading import Rating
from dva.study.memory import Card, memory_of
from dva.study.plan import ExamGoal, by_value, is_due, pace, predicted_recall, take_by_value
from dva.study.scheduler import Memory, Model, recall

HORIZON = 90
"""Days ahead that a backlog is simulated."""
FIRST_SIGHT = 0.6
"""Share of new cards assumed to be answered right at first sight."""
STEPS = 20
"""Days that are played up to an exam, at most: where it is further away, one stands for several."""
KNOWN = 0.9
"""Recall from which on a card is known today."""
FIRM = 0.7
"""Recall on the exam's day from which on a card is expected to be known then."""


class Backlog(Struct, frozen=True):
    """`due` cards are waiting, the minutes cover `covers` of them today, and on the day `clear` none is left over.

    `clear` is None where that takes more than 90 days at this pace.
    """

    due: int
    covers: int
    clear: int | None


class Course(Struct, frozen=True):
    """Where a learner is heading: cards expected to be known on the exam's day, and the day on which each card that
    has faded will have been asked again, None where that is not before the exam.
    """

    known: int
    refreshed: int | None


def known(cards: Collection[Card], today: int, decay: float) -> int:
    """Return how many cards are known today; one asked today counts where it will be known tomorrow."""
    return sum(is_known(card, today, decay) for card in cards)


def is_known(card: Card, today: int, decay: float) -> bool:
    """Whether a card is known today; recall on the day of an answer is no knowledge, so one day passes at least."""
    return card.last is not None and predicted_recall(card, max(today, card.last + 1), decay) >= KNOWN


def course(
    cards: Collection[Card], unseen: Sequence[str], today: int, count: int, goal: ExamGoal,
    weights: Mapping[str, float], model: Model,
) -> Course:  # fmt: skip
    """Return what `count` cards a day until the exam lead to, today included."""
    rng, state, left = generator(today), {card.id: card for card in cards if not card.suspended}, list(unseen)
    faded = {
        name for name, card in state.items() if card.stability is not None and not is_known(card, today, model.decay)
    }
    refreshed, step = None, max(1, -(-(goal.day - today) // STEPS))
    for day in range(today, goal.day, step):
        span = min(step, goal.day - day)
        seen = by_value(state.values(), weights, day, model.decay)
        paced = span * (pace(len(left), day, goal) or 0)
        review, new = take_by_value(seen, left, span * count, paced, weights, day, model.decay)
        for name in (*(card.id for card in review), *new):
            state[name] = _answered(state.get(name, Card(name)), day, rng, model)
            faded.discard(name)
        left = [name for name in left if state.get(name) is None]
        refreshed = day if refreshed is None and not faded else refreshed
    held = sum(predicted_recall(card, goal.day, model.decay) >= FIRM for card in state.values())
    return Course(held, refreshed)


def _answered(card: Card, day: int, rng: Random, model: Model) -> Card:
    """Return a card after an answer that is right as often as the model says."""
    memory = memory_of(card)
    chance = recall(memory.stability, day - memory.last, model.decay) if memory else FIRST_SIGHT
    after = model.review(card.id, card.reps, memory, Rating.GOOD if rng.random() < chance else Rating.AGAIN, day)
    return replace(
        card, reps=card.reps + 1, stability=after.stability, difficulty=after.difficulty, last=after.last, due=after.due
    )


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

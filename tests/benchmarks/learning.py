"""What a plan is worth: recall on the exam's day of simulated learners who have equal minutes.

    python tests/benchmarks/learning.py [SEEDS] [DAYSxMINUTES ...]

Learners forget as FSRS-6 says, once with the parameters that the scheduler has, once with others that it does not
know. They study the bundled notes for so many days, an answer takes 25 seconds, and each right answer is as likely as
their memory says. The number is their recall times 100, weighed by what each note has of the exam: the weight of its
domain, the demand of its topic and its depth (`plan.card_weights`). Of the differences to the plan of dva, the lower
end of 95 % follows. The last column weighs by domains alone, all notes of a domain alike, for the plan and for the
best of the others: there a plan that leaves out corners of small topics gains least.

    value      the plan of dva: `plan.plan_day`
    plain      FSRS alone: due cards first, then 20 new ones a day
    due first  due cards, then the new ones that a pace to the exam asks for
    new first  the new ones of the pace, then due cards
    november   the plan of dva in November 2026: paced new cards, at most half of the day where they are too many, then
               the cards with the lowest recall on the exam's day that are due or below 90 % then
"""

import random
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from typing import NamedTuple

from msgspec.structs import replace

from dva import paths
from dva.app.notes import library
from dva.app.snapshot import card_weights_of
from dva.study import plan
from dva.study.effort import ANSWERS, ASSUMED, MAX_ANSWERS
from dva.study.forecast import FIRST_SIGHT
from dva.study.grading import Rating
from dva.study.memory import Card, memory_of
from dva.study.plan import ExamGoal, at_risk, is_due, pace, predicted_recall
from dva.study.scheduler import RETENTION, Memory, Model, recall

EXAM = "dva-c03"
SECONDS = 25
DAYS, MINUTES, SEEDS = (14, 30, 60, 90), (15, 30, 60), 16
FIRST_DAY = 740_000
PLAIN_NEW = 20
T_95 = {4: 3.182, 8: 2.365, 16: 2.131}
"""Two-sided 95 % quantiles of Student's t, by the number of seeds."""


class Score(NamedTuple):
    """Recall on the exam's day, times 100."""

    exam: float
    domains: float


@dataclass(frozen=True)
class Bank:
    """The cards of an exam in the order of the content: their weights for the plan, and their domains."""

    weights: Mapping[str, float]
    domain: Mapping[str, str]
    shares: Mapping[str, float]

    def score(self, recalled: Mapping[str, float]) -> "Score":
        """The recall weighed by the exam, and by its domains alone, times 100."""
        whole, by_domain = sum(self.weights.values()), dict[str, list[float]]()
        for card, domain in self.domain.items():
            by_domain.setdefault(domain, []).append(recalled.get(card, 0.0))
        shares = sum(self.shares[domain] for domain in by_domain)
        alike = sum(self.shares[domain] * statistics.fmean(values) for domain, values in by_domain.items())
        exam = sum(weight * recalled.get(card, 0.0) for card, weight in self.weights.items())
        return Score(100 * exam / whole, 100 * alike / shares)


@cache
def bundled() -> Bank:
    """The notes that dva ships with."""
    found = library(paths.content_roots(()))
    exam = found.exams[EXAM]
    usable = [q for q in found.questions.values() if EXAM in q.exams and q.status not in ("draft", "legacy")]
    domain: dict[str, str] = {}
    for question in usable:
        domain.setdefault(question.notes[0], question.exams[EXAM].split(".")[0])
    weights = card_weights_of(found, exam, usable)
    return Bank(weights, {card: domain[card] for card in weights}, {d.id: d.weight for d in exam.domains})


@dataclass
class Learner:
    """What the scheduler knows of the cards, and what is true; with equal parameters that is the same."""

    seed: int
    truth: Model
    budget: int
    cards: dict[str, Card] = field(default_factory=dict)
    true: dict[str, Memory] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    asked: int = 0
    rated: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def per_card(self) -> float:
        """Answers for each card, as dva measures them."""
        return min(MAX_ANSWERS, (ASSUMED * ANSWERS + self.asked) / (ASSUMED + self.rated))

    def answer(self, name: str, day: int, returns: int) -> int:
        """Answer a card for the first time of the day; the answers that it takes until it is right."""
        card, memory = self.cards.get(name, Card(name)), self.true.get(name)
        chance = recall(memory.stability, day - memory.last, self.truth.decay) if memory else FIRST_SIGHT
        rating = Rating.GOOD if self.rng.random() < chance else Rating.AGAIN
        after = KNOWN_MODEL.review(name, card.reps, memory_of(card), rating, day)
        self.true[name] = after if self.truth is KNOWN_MODEL else self.truth.review(name, 0, memory, rating, day)
        self.cards[name] = replace(
            card, reps=card.reps + 1, stability=after.stability, difficulty=after.difficulty, last=day, due=after.due
        )
        if rating == Rating.AGAIN:
            self.missed.add(name)
        self.rated += 1
        answers = 1
        while rating == Rating.AGAIN and answers <= returns:
            answers += 1
            if self.rng.random() < RIGHT_AGAIN:
                break
        self.asked += answers
        return answers


KNOWN_MODEL = Model()
RIGHT_AGAIN = 0.85
"""Share of the answers that are right when a card comes back within the session."""


@dataclass(frozen=True)
class Day:
    """What a policy may look at."""

    bank: Bank
    learner: Learner
    today: int
    goal: ExamGoal
    count: int
    unseen: Sequence[str]
    done: int
    missed: frozenset[str]


Policy = Callable[[Day], list[str]]


def value(day: Day) -> list[str]:
    promises = plan.Promises(tomorrow=day.missed)
    chosen = plan.plan_day(
        day.learner.cards.values(), day.unseen, day.today, day.count, day.goal, day.done,
        weights=day.bank.weights, promises=promises,
    )  # fmt: skip
    return [*(card.id for card in chosen.review), *chosen.new]


def _due(day: Day) -> list[str]:
    return [card.id for card in at_risk([c for c in day.learner.cards.values() if is_due(c, day.today)], day.today)]


def plain(day: Day) -> list[str]:
    return [*_due(day), *day.unseen[: max(0, PLAIN_NEW - day.done)]][: day.count]


def due_first(day: Day) -> list[str]:
    return [*_due(day), *day.unseen[: pace(len(day.unseen), day.today, day.goal, day.done)]][: day.count]


def new_first(day: Day) -> list[str]:
    return [*day.unseen[: pace(len(day.unseen), day.today, day.goal, day.done)], *_due(day)][: day.count]


def november(day: Day) -> list[str]:
    paced = pace(len(day.unseen), day.today, day.goal, day.done) or 0
    slots = min(paced, len(day.unseen)) if paced <= day.count else min(-(-day.count // 2), len(day.unseen))
    cards = [card for card in day.learner.cards.values() if card.last != day.today]
    wanted = [c for c in cards if is_due(c, day.today) or predicted_recall(c, day.goal.day) < RETENTION]
    review = [card.id for card in at_risk(wanted, day.goal.day)][: day.count - slots]
    return [*review, *day.unseen[: day.count - len(review)]]


POLICIES: dict[str, tuple[Policy, int]] = {
    "value": (value, 1), "plain": (plain, 1), "due first": (due_first, 1), "new first": (new_first, 1),
    "november": (november, 3),
}  # fmt: skip
"""Each policy with the times that a missed card comes back within its day."""
OTHERS = [name for name in POLICIES if name != "value"]


def truth(seed: int, *, known: bool) -> Model:
    """The memory of a learner: the scheduler's, or one that is weaker in the mean and differs by learner."""
    if known:
        return KNOWN_MODEL
    from fsrs.scheduler import DEFAULT_PARAMETERS

    rng, own = random.Random(seed + 1000), list(DEFAULT_PARAMETERS)
    strength = 0.7 * rng.lognormvariate(0, 0.3)
    for n in range(4):
        own[n] = max(0.001, own[n] * strength)
    own[8] -= abs(rng.gauss(0.2, 0.2))
    own[11] *= min(1.5, rng.lognormvariate(0, 0.2))
    return Model(tuple(own))


def study(bank: Bank, policy: str, days: int, minutes: int, seed: int, *, known: bool = True) -> Score:
    """The score on the exam's day of a learner who follows a policy."""
    choose, returns = POLICIES[policy]
    learner = Learner(seed, truth(seed, known=known), minutes * 60 // SECONDS)
    goal, unseen = ExamGoal(FIRST_DAY + days, FIRST_DAY), list(bank.weights)
    for today in range(FIRST_DAY, goal.day):
        missed, learner.missed = frozenset(learner.missed), set()
        left, done = learner.budget, 0
        while left > 0:
            count = max(1, int(left / learner.per_card()))
            chosen = choose(Day(bank, learner, today, goal, count, unseen, done, missed))
            if not chosen:
                break
            for name in chosen:
                if left <= 0:
                    break
                if name not in learner.cards:
                    done += 1
                    unseen.remove(name)
                left -= learner.answer(name, today, returns)
    return bank.score(
        {
            card: recall(memory.stability, goal.day - memory.last, learner.truth.decay)
            for card, memory in learner.true.items()
        }
    )


@dataclass(frozen=True)
class Cell:
    """The scores of all policies for one number of days and minutes, seed by seed."""

    scores: Mapping[str, Sequence[Score]]

    def mean(self, policy: str) -> float:
        return statistics.fmean(score.exam for score in self.scores[policy])

    def mean_of_domains(self, policy: str) -> float:
        return statistics.fmean(score.domains for score in self.scores[policy])

    def gain(self, policy: str) -> tuple[float, float]:
        """How much better the plan of dva is: the mean, and the lower end of 95 %."""
        pairs = zip(self.scores["value"], self.scores[policy], strict=True)
        gains = [ours.exam - other.exam for ours, other in pairs]
        half = T_95[len(gains)] * statistics.stdev(gains) / sqrt(len(gains))
        return statistics.fmean(gains), statistics.fmean(gains) - half

    def versus(self, policy: str) -> str:
        """Another policy's mean, the gain over it and the lower end of that, for the table."""
        mean, low = self.gain(policy)
        return f"{self.mean(policy):8.1f} {mean:+5.1f} >{low:+5.1f}"


def cell(bank: Bank, days: int, minutes: int, seeds: int = SEEDS, *, known: bool = True) -> Cell:
    """All policies with the same seeds."""
    return Cell(
        {
            policy: [study(bank, policy, days, minutes, seed, known=known) for seed in range(seeds)]
            for policy in POLICIES
        }
    )


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    cells = [tuple(map(int, name.split("x"))) for name in sys.argv[2:]] or [(d, m) for d in DAYS for m in MINUTES]
    for known in (True, False):
        print(f"parameters {'known' if known else 'not known'} to the scheduler, {seeds} seeds")
        print(f"{'days x min':>10} {'value':>6}" + "".join(f"{name:>21}" for name in OTHERS) + "  domains alone")
        for days, minutes in cells:
            found = cell(bundled(), days, minutes, seeds, known=known)
            print(f"{days:>4} x {minutes:>3} {found.mean('value'):6.1f}{''.join(map(found.versus, OTHERS))}", end="")
            best = max(map(found.mean_of_domains, OTHERS))
            print(f"  {found.mean_of_domains('value'):5.1f} of {best:5.1f}", flush=True)


if __name__ == "__main__":
    main()

"""The share expected right on questions never seen: from answers to questions that only mock exams ask.

Whoever knows the note of such a question answers it rightly 97 times of 100; the others guess. A note that was studied
is known with probability tau * R: R is its recall on the day, tau says how much of what is recalled carries over to a
question never seen. Of notes never studied the share p0 is known. Answers of the quiz are not used: they are biased
upward for a learner who remembers the questions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, log

MIN_ANSWERS = 30
"""Answers under which there is no figure."""
KNOWN = 0.97
"""Share right of somebody who knows the note: the rest are slips."""
GRID = 200
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class HeldOut:
    """An answer to a question first seen in a mock: `guess` is the share right by chance, `recall` that of its note on
    that day, None where it was never studied.
    """

    correct: bool
    guess: float
    recall: float | None


@dataclass(frozen=True)
class Range:
    """An estimate with the range in which it lies 95 times of 100."""

    low: float
    share: float
    high: float


@dataclass(frozen=True)
class Fit:
    """How much carries over (`tau`), and what is known without study (`unseen`); `answers` are those used."""

    tau: Range
    unseen: Range
    answers: int


def guess_of(kind: str, options: int, wanted: int) -> float:
    """Return the share right by chance: one of the options, or one of their combinations; 0 for an order or pairs."""
    if kind in ("single", "predict"):
        return 1 / max(1, options)
    return 1 / comb(options, wanted) if kind == "multi" and 0 < wanted <= options else 0.0


def fit(answers: Sequence[HeldOut]) -> Fit | None:
    """Fit both shares on a grid, each alike probable before; None under `MIN_ANSWERS` answers."""
    if len(answers) < MIN_ANSWERS:
        return None
    studied = [one for one in answers if one.recall is not None]
    new = [one for one in answers if one.recall is None]
    tau = _posterior(studied, lambda one, share: share * (one.recall or 0.0))
    unseen = _posterior(new, lambda one, share: share) if new else Range(0.0, 0.0, 0.0)
    return Fit(tau, unseen, len(answers))


def _posterior(answers: Sequence[HeldOut], known: Callable[[HeldOut, float], float]) -> Range:
    shares = [(n + 0.5) / GRID for n in range(GRID)]
    logs = [sum(_log_likelihood(one, known(one, share)) for one in answers) for share in shares]
    weights = [exp(value - max(logs)) for value in logs]
    total, running, found = sum(weights), 0.0, []
    for share, weight in zip(shares, weights, strict=True):
        running += weight / total
        found.append((running, share))
    mean = sum(share * weight for share, weight in zip(shares, weights, strict=True)) / total
    low = next(share for reached, share in found if reached >= LOW)
    return Range(low, mean, next(share for reached, share in found if reached >= HIGH - 1e-12))


def _log_likelihood(one: HeldOut, known: float) -> float:
    right = min(1 - 1e-9, max(1e-9, one.guess + (KNOWN - one.guess) * known))
    return log(right if one.correct else 1 - right)


@dataclass(frozen=True)
class Share:
    """A card that the exam may ask: its domain, its weight there, and its recall on the exam's day (None: unseen)."""

    domain: str
    weight: float
    recall: float | None


def expected(cards: Iterable[Share], fitted: Fit, guess: float = 0.25) -> dict[str, Range]:
    """Return by domain the share expected right of questions with four options."""
    by_domain: dict[str, list[Share]] = {}
    for card in cards:
        by_domain.setdefault(card.domain, []).append(card)
    return {
        domain: Range(*(_score(some, *shares, guess) for shares in _shares(fitted)))
        for domain, some in sorted(by_domain.items())
    }


def _shares(fitted: Fit) -> list[tuple[float, float]]:
    return [(getattr(fitted.tau, name), getattr(fitted.unseen, name)) for name in ("low", "share", "high")]


def _score(cards: Sequence[Share], tau: float, unseen: float, guess: float) -> float:
    total = sum(card.weight for card in cards) or 1.0
    known = sum(card.weight * (unseen if card.recall is None else tau * card.recall) for card in cards) / total
    return KNOWN * known + (1 - known) * guess


def whole(domains: Mapping[str, Range], weights: Mapping[str, float]) -> Range:
    """Return the share over all domains by their weights in the exam."""
    total = sum(weights[name] for name in domains) or 1.0
    low, share, high = (
        sum(weights[name] * getattr(one, part) for name, one in domains.items()) / total
        for part in ("low", "share", "high")
    )
    return Range(low, share, high)

"""The mock exam as numbers: how many questions each domain gets, which ones, which count, and the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import random

Key = TypeVar("Key")


def seats(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Share `total` questions out by weights, the seats left over to the largest remainders.

    20, 17, 14 and 14 of 65 for 30, 26, 22 and 22 percent.
    """
    whole = sum(weights.values())
    shares = {name: Fraction(weight * total, whole) for name, weight in weights.items()}
    found = {name: floor(share) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: found[name] - shares[name])
    for name in by_remainder[: total - sum(found.values())]:
        found[name] += 1
    return found


def unscored_count(total: int, questions: int, scored: int) -> int:
    """Return how many of `total` questions do not count: as many in a hundred as in the real exam (15 of 65)."""
    return round(Fraction(total * (questions - scored), questions))


@dataclass(frozen=True)
class Candidate:
    """A question of the pool: how often mocks asked it, and whether it was first seen outside of a mock."""

    question: str
    domain: str
    times: int
    seen: bool


def draw(pool: Sequence[Candidate], wanted: Mapping[str, int], rng: "random.Random") -> list[Candidate]:
    """Draw questions for each domain: each once before any twice, those never seen in a quiz first, in mixed order.

    Fewer where a domain has too few.
    """
    chosen: list[Candidate] = []
    for domain, count in wanted.items():
        found = shuffled([one for one in pool if one.domain == domain], rng)
        chosen += sorted(found, key=lambda one: (one.times, one.seen))[:count]
    return shuffled(chosen, rng)


def shuffled(values: Sequence[Key], rng: "random.Random") -> list[Key]:
    """Return the values in an order that is drawn."""
    left, found = list(values), []
    while left:
        found.append(left.pop(int(rng.random() * len(left))))
    return found


@dataclass(frozen=True)
class Marked:
    """A question of a submitted mock: how it was answered, and whether it counts."""

    question: str
    domain: str
    correct: bool
    answered: bool
    sure: bool
    scored: bool
    ms: int


@dataclass(frozen=True)
class DomainScore:
    """Right answers of the scored questions of a domain, and the seconds for each of all its questions."""

    domain: str
    right: int
    total: int
    seconds: float


def score(marked: Sequence[Marked]) -> list[DomainScore]:
    """Return the score of each domain, in the order of their names."""
    found = []
    for domain in sorted({one.domain for one in marked}):
        mine = [one for one in marked if one.domain == domain]
        counting = [one for one in mine if one.scored]
        right, seconds = sum(one.correct for one in counting), sum(one.ms for one in mine) / 1000 / len(mine)
        found.append(DomainScore(domain, right, len(counting), seconds))
    return found


def worst_first(marked: Sequence[Marked]) -> list[Marked]:
    """Return what is worth looking at: sure and wrong, wrong, not answered, then right by a guess."""

    def rank(one: Marked) -> int:
        if one.correct:
            return 3
        return 2 if not one.answered else 0 if one.sure else 1

    return sorted((one for one in marked if not one.correct or not one.sure), key=rank)

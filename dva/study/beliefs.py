"""Which wrong rules a learner answers by: evidence from sure answers, and the probability that follows from it.

A question whose options stand for beliefs is evidence: somebody who holds a belief chooses the option that it predicts
nine times of ten, and somebody who does not chooses the key as often. A guess says nothing about beliefs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

PRIOR = 0.05
"""Probability of a belief before anything was answered."""
CONSISTENT = 0.9
"""Share of the answers that follow the belief of somebody who holds it, and the key of somebody who does not."""
NAMED, MIN_NET_HITS = 0.8, 2
"""Probability, and answers for the belief more than against it, from which on it is named."""
REMEMBERED = 5
"""Answers that count: what was believed longer ago says little of today."""

Kind = Literal["for", "against", "neither"]


@dataclass(frozen=True)
class Evidence:
    """One sure answer to a question that tells a belief from the truth, with how many options it had."""

    belief: str
    kind: Kind
    options: int
    question: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of a belief: its probability, and the answers that count for and against it."""

    belief: str
    probability: float
    hits: int
    against: int
    answers: int

    @property
    def is_named(self) -> bool:
        """Whether the learner is told."""
        return self.probability >= NAMED and self.hits - self.against >= MIN_NET_HITS


def evidence(
    chosen: str, key: str, predicted: Mapping[str, str], options: int, question: str = ""
) -> Iterable[Evidence]:
    """Yield what one sure answer says: `predicted` has the option that each belief leads to, other than the key."""
    for belief, option in predicted.items():
        kind: Kind = "for" if chosen == option else "against" if chosen == key else "neither"
        yield Evidence(belief, kind, options, question)


def standings(found: Sequence[Evidence]) -> list[Standing]:
    """Return every belief that was tested, the most probable first; `found` is in the order of the answers."""
    by_belief: dict[str, list[Evidence]] = {}
    for one in found:
        by_belief.setdefault(one.belief, []).append(one)
    return sorted((_standing(name, some[-REMEMBERED:]) for name, some in by_belief.items()),
                  key=lambda one: (-one.probability, one.belief))  # fmt: skip


def _standing(belief: str, found: Sequence[Evidence]) -> Standing:
    odds = PRIOR / (1 - PRIOR)
    for one in found:
        odds *= _ratio(one)
    hits, against = (sum(one.kind == kind for one in found) for kind in ("for", "against"))
    return Standing(belief, odds / (1 + odds), hits, against, len(found))


def _ratio(one: Evidence) -> float:
    """Return how much more probable the answer is for somebody who holds the belief."""
    other = (1 - CONSISTENT) / max(1, one.options - 1)
    if one.kind == "for":
        return CONSISTENT / other
    return other / CONSISTENT if one.kind == "against" else 1.0

"""The one source of randomness in engines: seeded, and only `.random()` is used of it."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def generator(seed: int) -> random.Random:
    """One generator per run."""
    return random.Random(seed)


def choose(rng: random.Random, candidates: Sequence[T]) -> T:
    """One of the candidates; a number is drawn even where there is only one."""
    return candidates[int(rng.random() * len(candidates))]

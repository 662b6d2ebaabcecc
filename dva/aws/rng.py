"""The one source of randomness in engines: seeded, and only `.random()` is used of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import random

T = TypeVar("T")


def generator(seed: int) -> "random.Random":
    """Return the generator of a run."""
    from random import Random  # 2 ms that runs without a draw do not pay

    return Random(seed)


def choose(rng: "random.Random", candidates: Sequence[T]) -> T:
    """Return one of the candidates; a number is drawn even where there is only one."""
    return candidates[int(rng.random() * len(candidates))]

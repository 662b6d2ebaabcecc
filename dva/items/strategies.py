"""Naive strategies: ways to answer without knowing, measured over a bank of questions.

An option that is the key more often than chance because it is long, hedged or between two others gives it away.
(Haladyna, Downing and Rodriguez, "A Review of Multiple-Choice Item-Writing Guidelines", 2002.)
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_GAIN = 0.03
"""Points above chance (as a fraction) that a strategy may reach."""
Z = 1.96
"""Of a 95 % interval."""

HEDGES = re.compile(r"\b(?:can|may|might|usually|often|some|sometimes|most|typically|unless|only if)\b", re.I)
ABSOLUTES = re.compile(r"\b(?:always|never|all|every|none|only|must|cannot|no)\b", re.I)
WORD = re.compile(r"[a-z0-9]{4,}")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")


@dataclass(frozen=True)
class Item:
    """What a strategy sees of a question: its stem and options, and which of them is the key."""

    stem: str
    options: tuple[str, ...]
    key: int


@dataclass(frozen=True)
class Measure:
    """How far above chance a strategy is, with the lower end of its 95 % interval; as fractions."""

    strategy: str
    items: int
    gain: float
    lower: float


Choice = Callable[[str, Sequence[str]], Sequence[int]]
"""The options that a strategy cannot tell apart, by position; all of them where it has nothing to go by."""


def measure(items: Iterable[Item]) -> list[Measure]:
    """Return the gain of every strategy over the items to which it applies."""
    bank = list(items)
    return [_measure(name, choose, bank) for name, choose in STRATEGIES.items()]


def _measure(name: str, choose: Choice, bank: Sequence[Item]) -> Measure:
    gains = []
    for item in bank:
        chosen = choose(item.stem, item.options)
        if 0 < len(chosen) < len(item.options):
            gains.append((item.key in chosen) / len(chosen) - 1 / len(item.options))
        else:
            gains.append(0.0)
    count = len(gains)
    mean = sum(gains) / count if count else 0.0
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / max(count - 1, 1) / max(count, 1))
    return Measure(name, count, mean, mean - Z * spread)


def _top(score: Callable[[str], float]) -> Choice:
    def choose(stem: str, options: Sequence[str]) -> Sequence[int]:
        scores = [score(option) for option in options]
        return [place for place, one in enumerate(scores) if one == max(scores)]

    return choose


def _overlap(stem: str, options: Sequence[str]) -> Sequence[int]:
    words = set(WORD.findall(stem.lower()))
    return _top(lambda option: len(words & set(WORD.findall(option.lower()))))(stem, options)


def _numbers(options: Sequence[str]) -> list[float]:
    """Return the options as numbers; nothing where one is not."""
    return [float(option) for option in options] if all(NUMBER.match(option) for option in options) else []


def _inner(stem: str, options: Sequence[str]) -> Sequence[int]:
    numbers = _numbers(options)
    return [place for place, one in enumerate(numbers) if min(numbers) < one < max(numbers)]


def _with_neighbors(stem: str, options: Sequence[str]) -> Sequence[int]:
    numbers = _numbers(options)
    return [place for place, one in enumerate(numbers) if one - 1 in numbers and one + 1 in numbers]


def _extreme(best: Callable[[Sequence[float]], float]) -> Choice:
    def choose(stem: str, options: Sequence[str]) -> Sequence[int]:
        numbers = _numbers(options)
        return [place for place, one in enumerate(numbers) if one == best(numbers)]

    return choose


STRATEGIES: Mapping[str, Choice] = {
    "longest": _top(len),
    "shortest": _top(lambda option: -len(option)),
    "most hedged": _top(lambda option: len(HEDGES.findall(option))),
    "most absolute": _top(lambda option: len(ABSOLUTES.findall(option))),
    "most words of the stem": _overlap,
    "number with neighbors": _with_neighbors,
    "inner number": _inner,
    "smallest number": _extreme(min),
    "largest number": _extreme(max),
}

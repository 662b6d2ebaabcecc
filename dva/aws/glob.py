"""Matching as AWS does it: `*` is any run of characters (none too), `?` exactly one. Nothing else is special."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache


class Wild(Enum):
    """The two tokens of a pattern that are not plain characters."""

    ANY = "*"
    ONE = "?"


Token = str | Wild


@lru_cache(maxsize=4096)
def tokens(pattern: str) -> tuple[Token, ...]:
    """The pattern as single characters and wildcards."""
    return tuple(Wild(char) if char in "*?" else char for char in pattern)


def matches(pattern: str | Sequence[Token], text: str, *, ignore_case: bool = False) -> bool:
    """Whether the whole text fits; a sequence of tokens may hold `*` and `?` as plain characters too."""
    if not isinstance(pattern, str):
        wanted = tuple(t.lower() if isinstance(t, str) else t for t in pattern) if ignore_case else pattern
    else:
        wanted = tokens(pattern.lower() if ignore_case else pattern)
    return _fits(wanted, text.lower() if ignore_case else text)


def _fits(wanted: Sequence[Token], text: str) -> bool:
    """Greedy matching that only ever goes back to the last `*`: never worse than pattern times text."""
    at = here = 0
    star = mark = -1
    while here < len(text):
        if at < len(wanted) and wanted[at] is Wild.ANY:
            star, mark, at = at, here, at + 1
        elif at < len(wanted) and (wanted[at] is Wild.ONE or wanted[at] == text[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return all(token is Wild.ANY for token in wanted[at:])


def path_matches(pattern: str, path: str) -> bool:
    """Whether a path fits a path pattern: `*` stays within one segment, a segment `**` stands for any number of them.

    `d/**/*` fits `d/x` and `d/e/x`; a `**` at the end stands for at least one segment. `?` is a plain character.
    """
    return _segments_fit(_parts(pattern), _parts(path))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _segments_fit(wanted: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    """Row by row: `reached[i]` says whether the pattern so far can stand for the first i segments."""
    reached = [True] + [False] * len(segments)
    for index, part in enumerate(wanted):
        if part == "**":
            before, least = reached, int(index == len(wanted) - 1)
            reached = [any(before[: i + 1 - least]) for i in range(len(before))]
        else:
            chars = tuple(Wild.ANY if char == "*" else char for char in part)
            reached = [False, *(reached[i] and _fits(chars, segment) for i, segment in enumerate(segments))]
    return reached[-1]

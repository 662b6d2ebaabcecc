"""Matching as AWS does it: `*` is any run of characters (none too), `?` exactly one. Nothing else is special."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from itertools import accumulate
from operator import or_


class Wildcard(Enum):
    """The two tokens of a pattern that are not plain characters."""

    ANY = "*"
    ONE = "?"


Token = str | Wildcard


@lru_cache(maxsize=4096)
def tokens(pattern: str) -> tuple[Token, ...]:
    """Return the pattern as single characters and wildcards."""
    return tuple(Wildcard(char) if char in "*?" else char for char in pattern)


def matches(pattern: str | Sequence[Token], text: str, *, ignore_case: bool = False) -> bool:
    """Return whether the whole text matches; a sequence of tokens may hold `*` and `?` as plain characters too."""
    if not isinstance(pattern, str):
        wanted = tuple(t.lower() if isinstance(t, str) else t for t in pattern) if ignore_case else pattern
    else:
        wanted = tokens(pattern.lower() if ignore_case else pattern)
    return _matches(wanted, text.lower() if ignore_case else text)


def _matches(wanted: Sequence[Token], text: str) -> bool:
    """Match greedily; it only ever goes back to the last `*`: never worse than pattern times text."""
    at = here = 0
    star = mark = -1
    while here < len(text):
        if at < len(wanted) and wanted[at] is Wildcard.ANY:
            star, mark, at = at, here, at + 1
        elif at < len(wanted) and (wanted[at] is Wildcard.ONE or wanted[at] == text[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return all(token is Wildcard.ANY for token in wanted[at:])


def path_matches(pattern: str, path: str) -> bool:
    """Return whether a path matches a path pattern.

    `*` stays within one segment, a segment `**` stands for any number of them. `d/**/*` matches `d/x` and `d/e/x`; a
    `**` at the end stands for at least one segment. `?` is a plain character.
    """
    return _segments_match(_parts(pattern), _parts(path))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _segments_match(wanted: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    """Match row by row: `reached[i]` says whether the pattern so far can stand for the first i segments."""
    reached = [True] + [False] * len(segments)
    for index, part in enumerate(wanted):
        if part == "**":
            after_any = accumulate(reached, or_)
            reached = [False, *after_any][:-1] if index == len(wanted) - 1 else list(after_any)
        else:
            chars = tuple(Wildcard.ANY if char == "*" else char for char in part)
            reached = [False, *(reached[i] and _matches(chars, segment) for i, segment in enumerate(segments))]
    return reached[-1]

"""Phrases and lengths that question writers slip into, and that learners of the exam should not have to read."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

MAX_WORDS = 60
"""Of any stem: more is read twice. The longest stems of AWS's own samples have about 100, most of them 40 to 60."""
MIN_WORDS = 4
"""Of any stem: fewer do not say what is asked about."""
EXAM_WORDS = (35, 55)
"""Of a stem of the exam pool with one or more answers to choose: a situation with one decisive constraint."""

FORBIDDEN: Mapping[str, str] = {
    r"(?:^|[.?!:] )(?:By|For|In|Of|On|With|From|At|To|Through|Under) (?:what|which|whom|whose)\b[^.?!]*\?":
        "a question begins with its question word",
    r"\bwhat (?:comes|becomes) of\b": "`What is the result?`, `What happens to …?`",
    r"\bshall\b": "`must`, `should`, or the plain present",
    r"\bis to be thought\b": "`What is the effect of this?`",
    r"\bwhat (?:has|have) \w+ (?:\w+ )?to\b": "`What must … do?`",
    r"\bcures?\b": "`fix`, `resolve`",
    r"\bdear\b": "`expensive`",
    r"\bcomes? into question\b": "`is considered`",
    r"\bper cent\b": "`percent`",
    r"\bwithout a word\b": "`without a message`, `if none is given`",
    r"\bin force\b": "`applies`",
    r"\bin vain\b": "`to no effect`, `failed`",
    r"\bturned round\b": "`reversed`",
    r"\bof it from\b": "`the instance's …`",
    r"(?<![+\-*/.] )\b1 (?:hits|misses|tasks|instances|attempts|answers|questions|versions|seconds|minutes|hours)\b":
        "a count agrees with its noun",
}  # fmt: skip
"""Patterns of what is not the exam's English, and what to write instead."""


def forbidden(text: str) -> Iterator[tuple[str, str]]:
    """List (what stands there, what to write instead) of a text."""
    for pattern, instead in FORBIDDEN.items():
        for found in re.finditer(pattern, text, re.IGNORECASE if pattern.startswith(r"\b") else 0):
            yield " ".join(found[0].split()), instead


def length_problem(stem: str, pool: Literal["study", "exam"], kind: str) -> str | None:
    """Return what is wrong with the length of a stem; None where nothing is."""
    words = len(stem.split())
    least, most = EXAM_WORDS
    if pool == "exam" and kind in ("single", "multi"):
        if least <= words <= most:
            return None
        return f"the stem of an exam question has {least} to {most} words, not {words}"
    if words > MAX_WORDS:
        return f"the stem has {words} words; more than {MAX_WORDS} are read twice"
    return f"the stem has {words} words, too few to say what is asked" if words < MIN_WORDS else None

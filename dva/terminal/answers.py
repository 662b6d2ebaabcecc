"""The language of answers: one line of plain text to a reply. `B`, `A C`, `B?`, `C A B`, `1C 2A`, empty, `u`, `q`."""

import re
from typing import Any

from dva.app.quiz import Reply, Shown
from dva.errors import UsageError

COMMANDS = {
    "n": "note", "s": "simulate", "w": "wrong", "x": "suspend", "m": "more", "u": "undo", "q": "quit",
}  # fmt: skip
LETTERS = "ABCDEFGHIJKL"
HELP = "a letter like B; several: A C; a guess: B?; don't know: just Enter; u undoes, n note, s simulate, q quits"


def letter(index: int) -> str:
    """The letter of the option at this place."""
    return LETTERS[index]


def read(text: str, shown: Shown) -> Reply:
    """What a line says; UsageError with help where it says nothing that fits the question."""
    word, _, rest = text.strip().partition(" ")
    if word.lower() in COMMANDS and (not rest or word.lower() == "w"):
        return Reply(COMMANDS[word.lower()], word=rest.strip())
    body, sure, easy = _marks(text.strip())
    if not body:
        return Reply(sure=False)
    if shown.item.lefts:
        return Reply(chosen=_pairs(body, shown), sure=sure, easy=easy)
    chosen = tuple(_option(name, shown) for name in re.findall(r"[A-Za-z]", re.sub(r"[\s,;]+", "", body)))
    if re.search(r"[^A-Za-z\s,;]", body) or len(set(chosen)) < len(chosen):
        raise UsageError(f"`{text.strip()}` is no answer here", hint=HELP)
    _fits(chosen, shown)
    return Reply(chosen=chosen, sure=sure, easy=easy)


def _marks(text: str) -> tuple[str, bool, bool]:
    """The answer without its mark: `?` is a guess, `!` was easy."""
    body = text.rstrip("?! ")
    marks = text[len(body) :]
    return body, "?" not in marks, "!" in marks


def _option(name: str, shown: Shown) -> str:
    index = LETTERS.find(name.upper())
    if not 0 <= index < len(shown.choices):
        last = letter(len(shown.choices) - 1)
        raise UsageError(f"there is no option {name.upper()}", hint=f"A to {last}; {HELP}")
    return shown.choices[index].id


def _pairs(body: str, shown: Shown) -> tuple[Any, ...]:
    found = re.findall(r"(\d+)\s*([A-Za-z])", body)
    if re.sub(r"(\d+)\s*([A-Za-z])|[\s,;]", "", body) or not found:
        raise UsageError(f"`{body}` matches nothing", hint="write pairs like 1C 2A")
    lefts = shown.item.lefts
    pairs = []
    for number, name in found:
        if not 1 <= int(number) <= len(lefts):
            raise UsageError(f"there is no number {number}", hint=f"1 to {len(lefts)}, like 1C 2A")
        pairs.append((lefts[int(number) - 1], _option(name, shown)))
    if len({left for left, _ in pairs}) < len(lefts) or len(pairs) > len(lefts):
        raise UsageError(f"give each of the numbers 1 to {len(lefts)} one letter", hint="like 1C 2A")
    return tuple(pairs)


def _fits(chosen: tuple[str, ...], shown: Shown) -> None:
    kind = shown.item.question.type
    if kind in ("single", "predict") and len(chosen) > 1:
        raise UsageError("one answer is asked for", hint=HELP)
    if kind == "order" and len(chosen) < len(shown.choices):
        raise UsageError(f"put all {len(shown.choices)} in order", hint="like C A B")

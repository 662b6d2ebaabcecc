"""Parse a line of plain text into a reply: `B`, `A C`, `B?`, `C A B`, `1C 2A`, empty, `u`, `q`."""

import re
from typing import Protocol

from dva.app.quiz.ports import ChosenPart, Command, Reply
from dva.errors import UsageError
from dva.items.building import Choice, Item


class Asked(Protocol):
    """A question that is answered by letters: of a quiz or of a mock exam."""

    @property
    def item(self) -> Item:
        """The question made concrete."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The options as they are shown."""


COMMANDS: dict[str, Command] = {
    "n": "note", "s": "simulate", "w": "wrong", "x": "suspend", "m": "more", "u": "undo", "q": "quit",
}  # fmt: skip
LETTERS = "ABCDEFGHIJKL"
HELP = "a letter like B; several: A C; a guess: B?; don't know: just Enter; u undoes, n note, s simulate, q quits"


def letter(index: int) -> str:
    """Return the letter of the option at this index."""
    return LETTERS[index]


def parse_reply(text: str, asked: Asked) -> Reply:
    """Return the reply that a line gives; UsageError with help where it is not an answer to the question."""
    word, _, rest = text.strip().partition(" ")
    if word.lower() in COMMANDS and (not rest or word.lower() == "w"):
        return Reply(COMMANDS[word.lower()], reason=rest.strip())
    body, sure, easy = _split_marks(text.strip())
    if not body:
        return Reply(sure=False)
    if asked.item.lefts:
        return Reply(chosen=_pairs(body, asked), sure=sure, easy=easy)
    chosen = tuple(_option_id(name, asked) for name in re.findall(r"[A-Za-z]", re.sub(r"[\s,;]+", "", body)))
    if re.search(r"[^A-Za-z\s,;]", body) or len(set(chosen)) < len(chosen):
        raise UsageError(f"`{text.strip()}` is not a valid answer here", hint=HELP)
    _check_count(chosen, asked)
    return Reply(chosen=chosen, sure=sure, easy=easy)


def _split_marks(text: str) -> tuple[str, bool, bool]:
    """Return (answer without its mark, sure, easy): `?` marks a guess, `!` an easy answer."""
    body = text.rstrip("?! ")
    marks = text[len(body) :]
    return body, "?" not in marks, "!" in marks


def _option_id(name: str, asked: Asked) -> str:
    index = LETTERS.find(name.upper())
    if not 0 <= index < len(asked.choices):
        last = letter(len(asked.choices) - 1)
        raise UsageError(f"there is no option {name.upper()}", hint=f"A to {last}; {HELP}")
    return asked.choices[index].id


def _pairs(body: str, asked: Asked) -> tuple[ChosenPart, ...]:
    found = re.findall(r"(\d+)\s*([A-Za-z])", body)
    if re.sub(r"(\d+)\s*([A-Za-z])|[\s,;]", "", body) or not found:
        raise UsageError(f"`{body}` matches nothing", hint="write pairs like 1C 2A")
    lefts = asked.item.lefts
    pairs = []
    for number, name in found:
        if not 1 <= int(number) <= len(lefts):
            raise UsageError(f"there is no number {number}", hint=f"1 to {len(lefts)}, like 1C 2A")
        pairs.append((lefts[int(number) - 1], _option_id(name, asked)))
    if len({left for left, _ in pairs}) < len(lefts) or len(pairs) > len(lefts):
        raise UsageError(f"give each of the numbers 1 to {len(lefts)} one letter", hint="like 1C 2A")
    return tuple(pairs)


def _check_count(chosen: tuple[str, ...], asked: Asked) -> None:
    kind = asked.item.question.type
    if kind in ("single", "predict") and len(chosen) > 1:
        raise UsageError("one answer is asked for", hint=HELP)
    if kind == "order" and len(chosen) < len(asked.choices):
        raise UsageError(f"put all {len(asked.choices)} in order", hint="like C A B")

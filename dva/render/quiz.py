"""A quiz on the screen: the question, what the answer was worth, the last words."""

import os
from collections.abc import Callable, Sequence

from rich.text import Text

from dva.app.quiz.ports import Feedback, PresentedQuestion, Summary
from dva.items import Choice, Item
from dva.items.entries import Note
from dva.render import given, views
from dva.render.notes import note_lines
from dva.render.screen import Line, Screen, heading, line
from dva.render.signs import Look, clean, count, fold, rows_of, width_of
from dva.render.wording import HOW, explained, last_words, others, undrawn, verdict

PROMPT = 4
"""Rows that the line of keys takes, on a narrow screen too."""
LEAST = 4
"""Rows that what a question speaks of gets, however small the screen."""


class QuizScreen:
    """Draws a session for the keys reader. `simulation` steps through a run."""

    def __init__(self, screen: Screen, simulation: Callable[[Item], bool]) -> None:
        self.screen = screen
        self.simulation = simulation

    @property
    def look(self) -> Look:
        """The screen as wide as it is now: a terminal may have been resized."""
        return self.screen.now()

    def _print(self, lines: Sequence[Line]) -> None:
        for one in lines:
            self.screen.print(one)

    def question(self, shown: PresentedQuestion, *, whole: bool = False) -> None:
        """The header, the stem, what it speaks of, the options. What would push the stem off the screen is folded;
        `whole` unfolds it, and says the stem again below it."""
        look = self.look
        again = f"  {look.marks.dot} again" if shown.is_repeat else ""
        head = f"{shown.number}/{shown.total}  ~{shown.minutes} min left  {clean(shown.topic)}{again}"
        stem = _folded(shown.item.stem, look, style="strong")
        top, options = [heading(head, look), *stem], _options(shown, look)
        rows = _exhibit(shown, look, whole=whole)
        room = max(LEAST, rows_of(os.environ) - len(top) - len(options) - PROMPT)
        if len(rows) > room:
            rows = [*rows, Text(""), *stem] if whole else _cut(rows, room, look)
        self._print([Text(""), *top, *rows, *options])

    def feedback(self, feedback: Feedback) -> None:
        """One's own error first, then the key; the other options wait behind `m`."""
        look = self.look
        key = {part[1] if isinstance(part, tuple) else part for part in feedback.question.item.key}
        mine, right = _verdict_lines(feedback, look)
        told = [[choice for choice in explained(feedback) if (choice.id in key) == side] for side in (False, True)]
        for group, side, lines in zip(told, (False, True), (mine, right), strict=True):
            named, marked = len(group) > 1, not right
            lines += [row for one in group for row in _reason(one, look, right=side, named=named, marked=marked)]
        self._print([*mine, *right, Text(""), *_folded(verdict(feedback), look, style="faint")])

    def others(self, feedback: Feedback) -> None:
        """The other options, and of a match all pairs."""
        look, item = self.look, feedback.question.item
        lines = [row for choice in others(feedback) for row in _reason(choice, look, right=False, named=True)]
        if item.lefts:
            lines = _pairs(feedback, look, [part for part in item.key if isinstance(part, tuple)])
        self._print([Text(""), *lines] if lines else _folded("That was all of it; `n` opens the note.", look))

    def notes(self, found: Sequence[Note]) -> None:
        """Notes one below the other."""
        self._print([row for note in found for row in (Text(""), *note_lines(note, self.look))])

    def line(self, text: str) -> None:
        """One line, folded where it is long."""
        self._print(_folded(text, self.look))

    def summary(self, summary: Summary) -> None:
        """What was gained."""
        self._print([Text(""), *_folded(last_words(summary, self.look.marks.arrow), self.look, style="strong")])


def _options(shown: PresentedQuestion, look: Look) -> list[Line]:
    lines: list[Line] = [Text("")]
    if how := HOW.get(shown.item.question.type):
        lines.append(line((how, "faint")))
    lines += [row for n, left in enumerate(shown.item.lefts) for row in _folded(left, look, f" {chr(65 + n)}  ")]
    lines += [Text("")] if shown.item.lefts else []
    lines += [row for n, choice in enumerate(shown.choices, 1) for row in _folded(choice.text, look, f" {n}  ")]
    return [*lines, Text("")]


def _verdict_lines(feedback: Feedback, look: Look) -> tuple[list[Line], list[Line]]:
    """One's own wrong answer, and the key with the pairs missed; both on one line where they fit, before any reason."""
    marks, key = look.marks, _words(feedback, feedback.question.item.key)
    if feedback.correct:
        return [], _folded(key, look, f"{marks.right} ", style="good")
    mine = f"you: {_words(feedback, feedback.chosen) or 'no answer'}"
    missed = [part for part in feedback.question.item.key if part not in feedback.chosen and isinstance(part, tuple)]
    pairs = _pairs(feedback, look, missed)
    if width_of(mine) + width_of(key) + 7 <= look.width:
        both = line((f"{marks.wrong} {clean(mine)}", "bad"), "   ", (f"{marks.right} {clean(key)}", "good"))
        return [both, *pairs], []
    return _folded(mine, look, f"{marks.wrong} ", "bad"), _folded(key, look, f"{marks.right} ", "good") + pairs


def _pairs(feedback: Feedback, look: Look, pairs: Sequence[tuple[str, str]]) -> list[Line]:
    """Pairs of the key in words."""
    texts = {choice.id: choice.text for choice in feedback.question.item.choices}
    return [row for left, one in pairs for row in _folded(f"{left}: {texts[one]}", look, f"{look.marks.right} ")]


def _reason(choice: Choice, look: Look, *, right: bool, named: bool, marked: bool = True) -> list[Line]:
    """Why an option is right or wrong; `named` where it does not stand above, else `marked` where others do too."""
    mark = f"{look.marks.right if right else look.marks.wrong} "
    if not named:
        return _folded(choice.why, look, mark if marked else " " * len(mark))
    return [*_folded(choice.text, look, mark, style="faint"), *_folded(choice.why, look, " " * len(mark))]


def _folded(text: str, look: Look, first: str = "", style: str = "") -> list[Line]:
    rows = fold(clean(text).strip(), look.width, first, " " * len(first))
    return [line((row, style)) if style else line(row) for row in rows]


def _exhibit(shown: PresentedQuestion, look: Look, *, whole: bool) -> list[Line]:
    exhibit = shown.item.exhibit
    if exhibit is None:
        return []
    drawn = exhibit.view == "grid" and bool(exhibit.state.get("cells"))
    told = undrawn(exhibit) if drawn else exhibit.given
    rows: list[Line] = [Text(""), *(line((row, "faint")) for row in given.lines(told, look, whole=whole))]
    if drawn:
        rows += [Text(""), *views.lines(exhibit.view, dict(exhibit.state), look, unit=exhibit.unit)]
    return rows


def _cut(rows: Sequence[Line], room: int, look: Look) -> list[Line]:
    """The first rows, and how many more there are."""
    told = f"{look.marks.more} {count(len(rows) - room + 1, 'more line')}: m shows all"
    return [*rows[: room - 1], line((told, "other"))]


def _words(feedback: Feedback, parts: Sequence[object]) -> str:
    """An answer or the key: texts, or the numbers and letters of the screen where an order or pairs are asked."""
    shown = feedback.question
    texts = {choice.id: choice.text for choice in shown.item.choices}
    number = {choice.id: str(n) for n, choice in enumerate(shown.choices, 1)}
    letter = {left: chr(65 + n) for n, left in enumerate(shown.item.lefts)}
    if shown.item.lefts:
        return " ".join(f"{letter[part[0]]}={number[part[1]]}" for part in parts if isinstance(part, tuple))
    if shown.item.question.type == "order":
        return " ".join(number[str(part)] for part in parts)
    return "; ".join(texts[str(part)] for part in parts)

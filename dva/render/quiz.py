"""A quiz on the screen: the question, what the answer was worth, the last words."""

import os
from collections.abc import Callable, Sequence

from rich.text import Text

from dva.app.quiz import Feedback, Shown, Summary
from dva.items import Choice, Item
from dva.items.entries import Note
from dva.render import scenario_input, views
from dva.render.notes import note_lines
from dva.render.phrases import (
    INSTRUCTIONS,
    explained_choices,
    fields_not_drawn,
    other_choices,
    schedule_effect,
    session_summary,
)
from dva.render.screen import Line, Screen, heading, line
from dva.render.text import Display, cell_len, pluralize, sanitize, terminal_rows, wrap

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
    def display(self) -> Display:
        """The display with the width that the terminal has now."""
        return self.screen.current_display()

    def _print(self, lines: Sequence[Line]) -> None:
        for one in lines:
            self.screen.print(one)

    def question(self, shown: Shown, *, whole: bool = False) -> None:
        """The header, the stem, what it speaks of, the options. What would push the stem off the screen is folded;
        `whole` unfolds it, and says the stem again below it."""
        display = self.display
        again = f"  {display.glyphs.dot} again" if shown.again else ""
        head = f"{shown.number}/{shown.total}  ~{shown.minutes} min left  {sanitize(shown.topic)}{again}"
        stem = _folded(shown.item.stem, display, style="strong")
        top, options = [heading(head, display), *stem], _options(shown, display)
        rows = _exhibit(shown, display, whole=whole)
        room = max(LEAST, terminal_rows(os.environ) - len(top) - len(options) - PROMPT)
        if len(rows) > room:
            rows = [*rows, Text(""), *stem] if whole else _cut(rows, room, display)
        self._print([Text(""), *top, *rows, *options])

    def feedback(self, feedback: Feedback) -> None:
        """One's own error first, then the key; the other options wait behind `m`."""
        display = self.display
        key = {part[1] if isinstance(part, tuple) else part for part in feedback.shown.item.key}
        mine, right = _verdict_lines(feedback, display)
        told = [
            [choice for choice in explained_choices(feedback) if (choice.id in key) == side] for side in (False, True)
        ]
        for group, side, lines in zip(told, (False, True), (mine, right), strict=True):
            named, marked = len(group) > 1, not right
            lines += [row for one in group for row in _reason(one, display, right=side, named=named, marked=marked)]
        self._print([*mine, *right, Text(""), *_folded(schedule_effect(feedback), display, style="faint")])

    def others(self, feedback: Feedback) -> None:
        """The other options, and of a match all pairs."""
        display, item = self.display, feedback.shown.item
        lines = [row for choice in other_choices(feedback) for row in _reason(choice, display, right=False, named=True)]
        if item.lefts:
            lines = _pairs(feedback, display, [part for part in item.key if isinstance(part, tuple)])
        self._print([Text(""), *lines] if lines else _folded("That was all of it; `n` opens the note.", display))

    def notes(self, found: Sequence[Note]) -> None:
        """Notes one below the other."""
        self._print([row for note in found for row in (Text(""), *note_lines(note, self.display))])

    def line(self, text: str) -> None:
        """One line, folded where it is long."""
        self._print(_folded(text, self.display))

    def summary(self, summary: Summary) -> None:
        """What was gained."""
        self._print(
            [Text(""), *_folded(session_summary(summary, self.display.glyphs.arrow), self.display, style="strong")]
        )


def _options(shown: Shown, display: Display) -> list[Line]:
    lines: list[Line] = [Text("")]
    if how := INSTRUCTIONS.get(shown.item.question.type):
        lines.append(line((how, "faint")))
    lines += [row for n, left in enumerate(shown.item.lefts) for row in _folded(left, display, f" {chr(65 + n)}  ")]
    lines += [Text("")] if shown.item.lefts else []
    lines += [row for n, choice in enumerate(shown.choices, 1) for row in _folded(choice.text, display, f" {n}  ")]
    return [*lines, Text("")]


def _verdict_lines(feedback: Feedback, display: Display) -> tuple[list[Line], list[Line]]:
    """One's own wrong answer, and the key with the pairs missed; both on one line where they fit, before any reason."""
    glyphs, key = display.glyphs, _words(feedback, feedback.shown.item.key)
    if feedback.correct:
        return [], _folded(key, display, f"{glyphs.right} ", style="good")
    mine = f"you: {_words(feedback, feedback.chosen) or 'no answer'}"
    missed = [part for part in feedback.shown.item.key if part not in feedback.chosen and isinstance(part, tuple)]
    pairs = _pairs(feedback, display, missed)
    if cell_len(mine) + cell_len(key) + 7 <= display.width:
        both = line((f"{glyphs.wrong} {sanitize(mine)}", "bad"), "   ", (f"{glyphs.right} {sanitize(key)}", "good"))
        return [both, *pairs], []
    return _folded(mine, display, f"{glyphs.wrong} ", "bad"), _folded(key, display, f"{glyphs.right} ", "good") + pairs


def _pairs(feedback: Feedback, display: Display, pairs: Sequence[tuple[str, str]]) -> list[Line]:
    """Pairs of the key in words."""
    texts = {choice.id: choice.text for choice in feedback.shown.item.choices}
    return [row for left, one in pairs for row in _folded(f"{left}: {texts[one]}", display, f"{display.glyphs.right} ")]


def _reason(choice: Choice, display: Display, *, right: bool, named: bool, marked: bool = True) -> list[Line]:
    """Why an option is right or wrong; `named` where it does not stand above, else `marked` where others do too."""
    mark = f"{display.glyphs.right if right else display.glyphs.wrong} "
    if not named:
        return _folded(choice.why, display, mark if marked else " " * len(mark))
    return [*_folded(choice.text, display, mark, style="faint"), *_folded(choice.why, display, " " * len(mark))]


def _folded(text: str, display: Display, first: str = "", style: str = "") -> list[Line]:
    rows = wrap(sanitize(text).strip(), display.width, first, " " * len(first))
    return [line((row, style)) if style else line(row) for row in rows]


def _exhibit(shown: Shown, display: Display, *, whole: bool) -> list[Line]:
    exhibit = shown.item.exhibit
    if exhibit is None:
        return []
    drawn = exhibit.view == "grid" and bool(exhibit.state.get("cells"))
    told = fields_not_drawn(exhibit) if drawn else exhibit.given
    rows: list[Line] = [Text(""), *(line((row, "faint")) for row in scenario_input.lines(told, display, whole=whole))]
    if drawn:
        rows += [Text(""), *views.lines(exhibit.view, dict(exhibit.state), display, unit=exhibit.unit)]
    return rows


def _cut(rows: Sequence[Line], room: int, display: Display) -> list[Line]:
    """The first rows, and how many more there are."""
    told = f"{display.glyphs.ellipsis} {pluralize(len(rows) - room + 1, 'more line')}: m shows all"
    return [*rows[: room - 1], line((told, "other"))]


def _words(feedback: Feedback, parts: Sequence[object]) -> str:
    """An answer or the key: texts, or the numbers and letters of the screen where an order or pairs are asked."""
    shown = feedback.shown
    texts = {choice.id: choice.text for choice in shown.item.choices}
    numbers = {choice.id: str(n) for n, choice in enumerate(shown.choices, 1)}
    letters = {left: chr(65 + n) for n, left in enumerate(shown.item.lefts)}
    if shown.item.lefts:
        return " ".join(f"{letters[part[0]]}={numbers[part[1]]}" for part in parts if isinstance(part, tuple))
    if shown.item.question.type == "order":
        return " ".join(numbers[str(part)] for part in parts)
    return "; ".join(texts[str(part)] for part in parts)

"""A quiz on a terminal: the question, the feedback, the summary."""

import os
from collections.abc import Callable, Sequence

from rich.text import Text

from dva.app.quiz.ports import Feedback, PresentedQuestion, Summary
from dva.items.building import Choice, Item
from dva.items.entries import Note
from dva.render import scenario_input, views
from dva.render.notes import note_lines
from dva.render.phrases import (
    INSTRUCTIONS,
    explained_choices,
    feedback_note,
    fields_not_drawn,
    other_choices,
    session_summary,
)
from dva.render.screen import Line, Screen, heading, line
from dva.render.text import Display, cell_len, pluralize, sanitize, terminal_rows, wrap

PROMPT_ROWS = 4
"""Rows that the line of keys takes, on a narrow terminal too."""
MIN_EXHIBIT_ROWS = 4
"""Rows that an exhibit gets, however small the terminal is."""


class QuizScreen:
    """Draws a session for the keys reader; `simulation` steps through the run behind an item, False where none is."""

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

    def question(self, shown: PresentedQuestion, *, whole: bool = False) -> None:
        """Draw the header, the stem, the exhibit and the options.

        An exhibit that would push the stem off the screen is shortened, unless `whole`: then the stem is repeated
        below it.
        """
        display = self.display
        again = f"  {display.glyphs.dot} again" if shown.is_repeat else ""
        head = f"{shown.number}/{shown.total}  ~{shown.minutes} min left  {sanitize(shown.topic)}{again}"
        stem = _wrapped(shown.item.stem, display, style="strong")
        top, options = [heading(head, display), *stem], _options(shown, display)
        rows = _exhibit(shown, display, whole=whole)
        room = max(MIN_EXHIBIT_ROWS, terminal_rows(os.environ) - len(top) - len(options) - PROMPT_ROWS)
        if len(rows) > room:
            rows = [*rows, Text(""), *stem] if whole else _shortened(rows, room, display)
        self._print([Text(""), *top, *rows, *options])

    def feedback(self, feedback: Feedback) -> None:
        """Draw the wrong choices, then the key, each with its rationale; `others` draws the remaining options."""
        display = self.display
        key = {part[1] if isinstance(part, tuple) else part for part in feedback.question.item.key}
        wrong, right = _answer_and_key(feedback, display)
        for in_key, lines in ((False, wrong), (True, right)):
            choices = [choice for choice in explained_choices(feedback) if (choice.id in key) == in_key]
            named, marked = len(choices) > 1, not right
            lines += [row for one in choices for row in _reason(one, display, right=in_key, named=named, marked=marked)]
        self._print([*wrong, *right, Text(""), *_wrapped(feedback_note(feedback), display, style="faint")])

    def others(self, feedback: Feedback) -> None:
        """Draw the options that `feedback` left out, or all pairs of a match."""
        display, item = self.display, feedback.question.item
        lines = [row for choice in other_choices(feedback) for row in _reason(choice, display, right=False, named=True)]
        if item.lefts:
            lines = _pairs(feedback, display, [part for part in item.key if isinstance(part, tuple)])
        self._print([Text(""), *lines] if lines else _wrapped("That was all of it; `n` opens the note.", display))

    def notes(self, notes: Sequence[Note]) -> None:
        """Draw notes one below the other."""
        self._print([row for note in notes for row in (Text(""), *note_lines(note, self.display))])

    def line(self, text: str) -> None:
        """Print one line, wrapped where it is long."""
        self._print(_wrapped(text, self.display))

    def summary(self, summary: Summary) -> None:
        """Draw the summary of the session."""
        self._print(
            [Text(""), *_wrapped(session_summary(summary, self.display.glyphs.arrow), self.display, style="strong")]
        )


def _options(shown: PresentedQuestion, display: Display) -> list[Line]:
    lines: list[Line] = [Text("")]
    if instruction := INSTRUCTIONS.get(shown.item.question.type):
        lines.append(line((instruction, "faint")))
    lines += [row for n, left in enumerate(shown.item.lefts) for row in _wrapped(left, display, f" {chr(65 + n)}  ")]
    lines += [Text("")] if shown.item.lefts else []
    lines += [row for n, choice in enumerate(shown.choices, 1) for row in _wrapped(choice.text, display, f" {n}  ")]
    return [*lines, Text("")]


def _answer_and_key(feedback: Feedback, display: Display) -> tuple[list[Line], list[Line]]:
    """Return the lines of a wrong answer, and of the key with the pairs missed.

    Where both fit one line, it is among the first, so that it comes before any rationale.
    """
    glyphs, key = display.glyphs, _words(feedback, feedback.question.item.key)
    if feedback.correct:
        return [], _wrapped(key, display, f"{glyphs.right} ", style="good")
    answer = f"you: {_words(feedback, feedback.chosen) or 'no answer'}"
    missed = [part for part in feedback.question.item.key if part not in feedback.chosen and isinstance(part, tuple)]
    pairs = _pairs(feedback, display, missed)
    if cell_len(answer) + cell_len(key) + 7 <= display.width:
        both = line((f"{glyphs.wrong} {sanitize(answer)}", "bad"), "   ", (f"{glyphs.right} {sanitize(key)}", "good"))
        return [both, *pairs], []
    return _wrapped(answer, display, f"{glyphs.wrong} ", "bad"), _wrapped(
        key, display, f"{glyphs.right} ", "good"
    ) + pairs


def _pairs(feedback: Feedback, display: Display, pairs: Sequence[tuple[str, str]]) -> list[Line]:
    """Return the lines of pairs of the key."""
    texts = {choice.id: choice.text for choice in feedback.question.item.choices}
    return [
        row for left, one in pairs for row in _wrapped(f"{left}: {texts[one]}", display, f"{display.glyphs.right} ")
    ]


def _reason(choice: Choice, display: Display, *, right: bool, named: bool, marked: bool = True) -> list[Line]:
    """Return the rationale of an option, with the text of the option if `named`, else with a glyph if `marked`."""
    mark = f"{display.glyphs.right if right else display.glyphs.wrong} "
    if not named:
        return _wrapped(choice.why, display, mark if marked else " " * len(mark))
    return [*_wrapped(choice.text, display, mark, style="faint"), *_wrapped(choice.why, display, " " * len(mark))]


def _wrapped(text: str, display: Display, first: str = "", style: str = "") -> list[Line]:
    rows = wrap(sanitize(text).strip(), display.width, first, " " * len(first))
    return [line((row, style)) if style else line(row) for row in rows]


def _exhibit(shown: PresentedQuestion, display: Display, *, whole: bool) -> list[Line]:
    exhibit = shown.item.exhibit
    if exhibit is None:
        return []
    drawn = exhibit.view == "grid" and bool(exhibit.state.get("cells"))
    fields = fields_not_drawn(exhibit) if drawn else exhibit.given
    rows: list[Line] = [Text(""), *(line((row, "faint")) for row in scenario_input.lines(fields, display, whole=whole))]
    if drawn:
        rows += [Text(""), *views.lines(exhibit.view, dict(exhibit.state), display, unit=exhibit.unit)]
    return rows


def _shortened(rows: Sequence[Line], room: int, display: Display) -> list[Line]:
    """Return the first rows, and a last one that says how many more there are."""
    hint = f"{display.glyphs.ellipsis} {pluralize(len(rows) - room + 1, 'more line')}: m shows all"
    return [*rows[: room - 1], line((hint, "other"))]


def _words(feedback: Feedback, parts: Sequence[object]) -> str:
    """Return an answer or a key as text: the options' texts, or their numbers and letters for an order or a match."""
    shown = feedback.question
    texts = {choice.id: choice.text for choice in shown.item.choices}
    numbers = {choice.id: str(n) for n, choice in enumerate(shown.choices, 1)}
    letters = {left: chr(65 + n) for n, left in enumerate(shown.item.lefts)}
    if shown.item.lefts:
        return " ".join(f"{letters[part[0]]}={numbers[part[1]]}" for part in parts if isinstance(part, tuple))
    if shown.item.question.type == "order":
        return " ".join(numbers[str(part)] for part in parts)
    return "; ".join(texts[str(part)] for part in parts)

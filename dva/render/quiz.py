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
    AnswerPart,
    answer_parts,
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
        """Draw the wrong choices, then the key, each with its rationale; `others` draws the remaining options.

        Of several choices, an order and pairs each has its line, the learner's beside the right one.
        """
        display = self.display
        if feedback.question.item.question.type in ("multi", "order", "match"):
            lines = _line_by_line(feedback, display)
        else:
            lines = _one_answer(feedback, display)
        self._print([*lines, Text(""), *_wrapped(feedback_note(feedback), display, style="faint")])

    def others(self, feedback: Feedback) -> None:
        """Draw the options that `feedback` left out."""
        display = self.display
        lines = [row for choice in other_choices(feedback) for row in _reason(choice, display, right=False, named=True)]
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


def _one_answer(feedback: Feedback, display: Display) -> list[Line]:
    """Return the lines of an answer with one option: a wrong one and the key, then their rationales."""
    glyphs, texts = display.glyphs, {choice.id: choice.text for choice in feedback.question.choices}
    key, chosen = ("; ".join(texts[str(part)] for part in parts) for parts in _key_and_chosen(feedback))
    reasons = explained_choices(feedback)
    wrong = [choice for choice in reasons if choice.id in feedback.chosen and not choice.correct]
    answer = f"you: {chosen}"
    if wrong and cell_len(answer) + cell_len(key) + 7 <= display.width:
        both = line((f"{glyphs.wrong} {sanitize(answer)}", "bad"), "   ", (f"{glyphs.right} {sanitize(key)}", "good"))
        return [both, *(row for one in reasons for row in _reason(one, display, right=one not in wrong))]
    lines = [] if feedback.correct else _wrapped(answer if chosen else "no answer", display, f"{glyphs.wrong} ", "bad")
    lines += [row for one in wrong for row in _reason(one, display, right=False)]
    lines += _wrapped(key, display, f"{glyphs.right} ", "good")
    keys = [one for one in reasons if one not in wrong]
    return lines + [row for one in keys for row in _reason(one, display, right=True, marked=False)]


def _key_and_chosen(feedback: Feedback) -> tuple[Sequence[object], Sequence[object]]:
    return feedback.question.item.key, feedback.chosen


def _line_by_line(feedback: Feedback, display: Display) -> list[Line]:
    """Return a line for each choice, place of an order or pair: right, or yours above the right one with its reason."""
    lines: list[Line] = [] if feedback.chosen else _wrapped("no answer", display, f"{display.glyphs.wrong} ", "bad")
    for part in answer_parts(feedback):
        lines += _part(part, display, answered=bool(feedback.chosen), correct=feedback.correct)
    return lines


def _part(part: AnswerPart, display: Display, *, answered: bool, correct: bool) -> list[Line]:
    is_pair = bool(part.label) and not part.label.isdecimal()
    arrow = f"{display.glyphs.arrow} " if is_pair else ""
    label = f"{part.label} {arrow}" if is_pair else f"{part.label}  " if part.label else ""
    wrong, right, indent = f"{display.glyphs.wrong} ", f"{display.glyphs.right} ", " " * (2 + min(len(label), 3))
    yours = part.yours.text if part.yours else ""
    if part.right is None:
        return [*_wrapped(f"you: {yours}", display, wrong, "bad"), *_why(part.yours, display, indent)]
    if part.yours == part.right:
        lines = _wrapped(f"{label}{part.right.text}", display, right, "good")
        return lines + _why(part.right if correct else None, display, indent)
    if part.yours is None:
        missed = "not chosen: " if answered else ""
        lines = _wrapped(f"{label}{missed}{part.right.text}", display, right, "good")
        return lines + _why(part.right, display, indent)
    lines = _wrapped(f"{label}you: {yours}", display, wrong, "bad")
    lines += _wrapped(f"{arrow}{part.right.text}", display, f"{right}{indent[2:]}", "good")
    return lines + _why(part.right, display, indent)


def _why(choice: Choice | None, display: Display, indent: str) -> list[Line]:
    return _wrapped(choice.why, display, indent) if choice and choice.why else []


def _reason(choice: Choice, display: Display, *, right: bool, named: bool = False, marked: bool = True) -> list[Line]:
    """Return the rationale of an option, with the text of the option if `named`, else with a glyph if `marked`."""
    if not choice.why:
        return []
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

"""A quiz as plain lines: for pipes, screen readers and simple terminals."""

from collections.abc import Callable, Sequence

from dva.app.quiz.ports import Feedback, PresentedQuestion, Summary
from dva.items.building import Item
from dva.items.entries import Note
from dva.render import scenario_input
from dva.render.phrases import (
    INSTRUCTIONS,
    answer_parts,
    explained_choices,
    feedback_note,
    other_choices,
    session_summary,
)
from dva.render.text import Display, one_line, sanitize

LETTERS = "ABCDEFGHIJKL"
PLAIN_INSTRUCTIONS = {**INSTRUCTIONS, "match": "Give each of the numbers its letter."}


class PlainQuiz:
    """Prints a session line by line with `write`; `simulation` shows the run behind an item, False where none is."""

    def __init__(self, write: Callable[[str], None], display: Display, simulation: Callable[[Item], bool]) -> None:
        self.write = write
        self.display = display
        self.simulation = simulation

    def line(self, text: str) -> None:
        """Print one line, sanitized."""
        self.write(sanitize(text, ascii=self.display.glyphs.ascii))

    def question(self, shown: PresentedQuestion, *, whole: bool = True) -> None:
        """Print the position in the session, the stem, the exhibit and the options; `whole` prints long texts fully."""
        item = shown.item
        returning = ", again" if shown.is_repeat else ""
        self.line(f"Question {shown.number}/{shown.total}{returning}, ~{shown.minutes} min left, {shown.topic}.")
        self.line(item.stem.strip())
        if item.exhibit:
            for row in scenario_input.lines(item.exhibit.given, self.display, whole=whole):
                self.line(row)
        if instruction := PLAIN_INSTRUCTIONS.get(item.question.type):
            self.line(instruction)
        for n, left in enumerate(item.lefts, 1):
            self.line(f"{n}: {left}")
        for n, choice in enumerate(shown.choices):
            self.line(f"Option {LETTERS[n]} of {len(shown.choices)}: {choice.text}")

    def others(self, feedback: Feedback) -> None:
        """Print the feedback again: plain lines left nothing out."""
        self.feedback(feedback)

    def feedback(self, feedback: Feedback) -> None:
        """Print right or wrong, the key, and the rationales: wrong choices first, then the key, then the others."""
        choices = list(feedback.question.choices)
        letters = {choice.id: LETTERS[n] for n, choice in enumerate(choices)}
        texts = {choice.id: choice.text for choice in choices}
        item = feedback.question.item
        key = [
            f"{part[0]}: {letters[part[1]]}" if isinstance(part, tuple) else f"{letters[part]}, {texts[part]}"
            for part in item.key
        ]
        self.line(f"{'Right' if feedback.correct else 'Wrong'}. The key is {'; '.join(key)}")
        for number, part in enumerate(answer_parts(feedback), 1):
            if part.label and part.yours is not None and part.right is not None and part.yours != part.right:
                self.line(f"{number}: you said {letters[part.yours.id]}; it is {letters[part.right.id]}.")
        key_ids = {part[1] if isinstance(part, tuple) else part for part in item.key}
        for choice in (*explained_choices(feedback), *other_choices(feedback)):
            kind = "right" if choice.id in key_ids else "wrong"
            self.line(f"Option {letters[choice.id]} is {kind}: {choice.why}")
        if note := feedback_note(feedback):
            self.line(note)

    def notes(self, notes: Sequence[Note]) -> None:
        """Print the text and the myth of each note."""
        for note in notes:
            self.line(f"Note {note.id}: {one_line(note.text).strip()}")
            if note.myth:
                self.line(f"Myth: {one_line(note.myth).strip()}")

    def summary(self, summary: Summary) -> None:
        """Print the summary of the session."""
        self.line(session_summary(summary, "to"))

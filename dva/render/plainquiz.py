"""A quiz as plain sentences: for pipes, screen readers and simple terminals."""

from collections.abc import Callable, Sequence

from dva.app.quiz import Feedback, Shown, Summary
from dva.items import Item
from dva.items.entries import Note
from dva.render import given
from dva.render.signs import Look, clean, one_line
from dva.render.wording import HOW, explained, last_words, verdict

LETTERS = "ABCDEFGHIJKL"
MOST_GIVEN = 60


class PlainQuiz:
    """Tells a session line by line. `simulation` tells a run."""

    def __init__(self, write: Callable[[str], None], look: Look, simulation: Callable[[Item], None]) -> None:
        self.write = write
        self.look = look
        self.simulation = simulation

    def line(self, text: str) -> None:
        """One line."""
        self.write(clean(text, ascii=self.look.marks.ascii))

    def question(self, shown: Shown) -> None:
        """Where one stands, the stem, what it speaks of, the options."""
        item = shown.item
        again = ", again" if shown.again else ""
        self.line(f"Question {shown.number}/{shown.total}{again}, ~{shown.minutes} min left, {shown.topic}.")
        self.line(item.stem.strip())
        if item.exhibit:
            for row in given.lines(item.exhibit.given, self.look, MOST_GIVEN):
                self.line(row)
        if how := HOW.get(item.question.type):
            self.line(how.replace("number", "letter"))
        for n, left in enumerate(item.lefts, 1):
            self.line(f"{n}: {left}")
        for n, choice in enumerate(shown.choices):
            self.line(f"Option {LETTERS[n]} of {len(shown.choices)}: {choice.text}")

    def feedback(self, feedback: Feedback, *, all_options: bool) -> None:
        """Right or wrong, the key, and why."""
        choices = list(feedback.shown.choices)
        name = {choice.id: LETTERS[n] for n, choice in enumerate(choices)}
        texts = {choice.id: choice.text for choice in choices}
        item = feedback.shown.item
        key = [
            f"{part[0]}: {name[part[1]]}" if isinstance(part, tuple) else f"{name[part]}, {texts[part]}"
            for part in item.key
        ]
        self.line(f"{'Right' if feedback.correct else 'Wrong'}. The key is {'; '.join(key)}")
        for choice in explained(feedback, all_options=all_options):
            kind = "right" if choice.correct else "wrong"
            self.line(f"Option {name[choice.id]} is {kind}: {choice.why}")
        if said := verdict(feedback):
            self.line(said)

    def notes(self, found: Sequence[Note]) -> None:
        """Notes, one sentence after the other."""
        for note in found:
            self.line(f"Note {note.id}: {one_line(note.text).strip()}")
            if note.myth:
                self.line(f"Myth: {one_line(note.myth).strip()}")

    def summary(self, summary: Summary) -> None:
        """What was gained."""
        self.line(last_words(summary, "to"))

"""A quiz as plain sentences: for pipes, screen readers and simple terminals."""

from collections.abc import Callable, Sequence

from dva.app.quiz.ports import Feedback, PresentedQuestion, Summary
from dva.items import Item
from dva.items.entries import Note
from dva.render import given
from dva.render.signs import Look, clean, one_line
from dva.render.wording import HOW, explained, last_words, others, verdict

LETTERS = "ABCDEFGHIJKL"
HOW_PLAIN = {**HOW, "match": "Give each of the numbers its letter."}


class PlainQuiz:
    """Tells a session line by line. `simulation` tells a run."""

    def __init__(self, write: Callable[[str], None], look: Look, simulation: Callable[[Item], bool]) -> None:
        self.write = write
        self.look = look
        self.simulation = simulation

    def line(self, text: str) -> None:
        """One line."""
        self.write(clean(text, ascii=self.look.marks.ascii))

    def question(self, shown: PresentedQuestion, *, whole: bool = True) -> None:
        """Where one stands, the stem, all that it speaks of, the options."""
        item = shown.item
        again = ", again" if shown.is_repeat else ""
        self.line(f"Question {shown.number}/{shown.total}{again}, ~{shown.minutes} min left, {shown.topic}.")
        self.line(item.stem.strip())
        if item.exhibit:
            for row in given.lines(item.exhibit.given, self.look, whole=whole):
                self.line(row)
        if how := HOW_PLAIN.get(item.question.type):
            self.line(how)
        for n, left in enumerate(item.lefts, 1):
            self.line(f"{n}: {left}")
        for n, choice in enumerate(shown.choices):
            self.line(f"Option {LETTERS[n]} of {len(shown.choices)}: {choice.text}")

    def others(self, feedback: Feedback) -> None:
        """All of it once more: nothing was left out."""
        self.feedback(feedback)

    def feedback(self, feedback: Feedback) -> None:
        """Right or wrong, the key, and why: one's own error first, then the key, then the others."""
        choices = list(feedback.question.choices)
        name = {choice.id: LETTERS[n] for n, choice in enumerate(choices)}
        texts = {choice.id: choice.text for choice in choices}
        item = feedback.question.item
        key = [
            f"{part[0]}: {name[part[1]]}" if isinstance(part, tuple) else f"{name[part]}, {texts[part]}"
            for part in item.key
        ]
        self.line(f"{'Right' if feedback.correct else 'Wrong'}. The key is {'; '.join(key)}")
        key_ids = {part[1] if isinstance(part, tuple) else part for part in item.key}
        for choice in (*explained(feedback), *others(feedback)):
            kind = "right" if choice.id in key_ids else "wrong"
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

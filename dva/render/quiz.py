"""A quiz on the screen: the question, what the answer was worth, the last words."""

from collections.abc import Callable, Sequence

from rich.text import Text

from dva.app.quiz import Feedback, Shown, Summary
from dva.items import Item
from dva.items.entries import Note
from dva.render import given, views
from dva.render.notes import note_lines
from dva.render.screen import Line, Screen, heading, line
from dva.render.signs import Look, clean, fold, width_of
from dva.render.wording import HOW, explained, last_words, undrawn, verdict

MOST_GIVEN = 30


class QuizScreen:
    """Draws a session for the keys reader. `simulation` steps through a run."""

    def __init__(self, screen: Screen, simulation: Callable[[Item], None]) -> None:
        self.screen = screen
        self.simulation = simulation

    @property
    def look(self) -> Look:
        """The screen as wide as it is now: a terminal may have been resized."""
        return self.screen.now()

    def _print(self, lines: Sequence[Line]) -> None:
        for one in lines:
            self.screen.print(one)

    def question(self, shown: Shown) -> None:
        """The header, the stem, what it speaks of, the options."""
        look = self.look
        again = f"  {look.marks.dot} again" if shown.again else ""
        head = f"{shown.number}/{shown.total}  ~{shown.minutes} min left  {clean(shown.topic)}{again}"
        lines = [Text(""), heading(head, look), *_folded(shown.item.stem, look, style="strong")]
        lines += _exhibit(shown, look)
        lines.append(Text(""))
        if how := HOW.get(shown.item.question.type):
            lines.append(line((how, "faint")))
        lines += [row for n, left in enumerate(shown.item.lefts) for row in _folded(left, look, f" {chr(65 + n)}  ")]
        lines += [Text("")] if shown.item.lefts else []
        for n, choice in enumerate(shown.choices, 1):
            lines += _folded(choice.text, look, f" {n}  ")
        self._print([*lines, Text("")])

    def feedback(self, feedback: Feedback, *, all_options: bool) -> None:
        """One's own error first, then the key; the other options where they are asked for."""
        look = self.look
        told = explained(feedback, all_options=all_options)
        lines = _verdict_lines(feedback, look)
        for right in (False, True):
            group = [choice for choice in told if choice.correct == right]
            for choice in group:
                named = all_options or len(group) > 1
                mark = look.marks.right if right else look.marks.wrong
                lines += _folded(choice.text, look, f"{mark} ", style="faint") if named else []
                lines += _folded(choice.why, look, "  ")
        lines += [Text(""), *_folded(verdict(feedback), look, style="faint")]
        self._print(lines)

    def notes(self, found: Sequence[Note]) -> None:
        """Notes one below the other."""
        self._print([row for note in found for row in (Text(""), *note_lines(note, self.look))])

    def line(self, text: str) -> None:
        """One line, folded where it is long."""
        self._print(_folded(text, self.look))

    def summary(self, summary: Summary) -> None:
        """What was gained."""
        self._print([Text(""), *_folded(last_words(summary, self.look.marks.arrow), self.look, style="strong")])


def _verdict_lines(feedback: Feedback, look: Look) -> list[Line]:
    """One's own answer beside the key where both fit on a line, else one below the other."""
    marks, key = look.marks, _texts(feedback, right=True)
    if feedback.correct:
        return _folded(key, look, f"{marks.right} ", style="good")
    mine = f"you: {_texts(feedback, right=False)}"
    if "\n" not in mine + key and width_of(mine) + width_of(key) + 7 <= look.width:
        return [line((f"{marks.wrong} {clean(mine)}", "bad"), "   ", (f"{marks.right} {clean(key)}", "good"))]
    return [*_folded(mine, look, f"{marks.wrong} ", "bad"), *_folded(key, look, f"{marks.right} ", "good")]


def _folded(text: str, look: Look, first: str = "", style: str = "") -> list[Line]:
    rows = fold(clean(text).strip(), look.width, first, " " * len(first))
    return [line((row, style)) if style else line(row) for row in rows]


def _exhibit(shown: Shown, look: Look) -> list[Line]:
    exhibit = shown.item.exhibit
    if exhibit is None:
        return []
    drawn = exhibit.view == "grid" and bool(exhibit.state.get("cells"))
    told = undrawn(exhibit) if drawn else exhibit.given
    rows: list[Line] = [Text(""), *(line((row, "faint")) for row in given.lines(told, look, MOST_GIVEN))]
    if drawn:
        rows += [Text(""), *views.lines(exhibit.view, dict(exhibit.state), look, unit=exhibit.unit)]
    return rows


def _texts(feedback: Feedback, *, right: bool) -> str:
    """The chosen answer, or the key, in words."""
    item = feedback.shown.item
    parts = item.key if right else feedback.chosen
    texts = {choice.id: choice.text for choice in item.choices}
    words = [f"{part[0]}: {texts[part[1]]}" if isinstance(part, tuple) else texts[part] for part in parts]
    return ("\n" if item.question.type in ("match", "order") else "; ").join(words) or "no answer"

"""A mock exam by keys: digits choose, Enter answers and goes on, letters move; the clock runs in the line of keys."""

import time
from typing import Protocol

from dva.app.exam.ports import ExamQuestion, ExamReply, ExamResult, Miss, Overview
from dva.app.quiz.ports import ChosenPart
from dva.items.building import Item
from dva.terminal.keys import press

ASKING = "Enter answers, goes on  g guess  f flag  b back  l list  q pause"
LOOK = "Enter shows what was missed, the worst first  q ends"
GO_ON = "number, Enter goes to it  s submit  q pause"
SURE = "s again hands it in with open questions"
MISSES = "Enter next  n note  s simulate  b back  q ends"


class ExamDrawing(Protocol):
    """Draws everything that a mock exam shows."""

    def question(self, shown: ExamQuestion) -> None:
        """Draw a question with its options."""

    def overview(self, overview: Overview) -> None:
        """Draw what is open and flagged."""

    def result(self, result: ExamResult) -> None:
        """Draw the score."""

    def miss(self, miss: Miss, place: int, total: int) -> None:
        """Draw a question that was missed, with the answer, the key and the reasons."""

    def end(self, result: ExamResult) -> None:
        """Draw which beliefs the misses come from, and what to do next."""

    def notes(self, item: Item) -> None:
        """Draw the notes of a question."""

    def simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""

    def line(self, text: str) -> None:
        """Draw one line."""


class ExamKeys:
    """Reads one key at a time. The line of keys shows the time that is left."""

    def __init__(self, drawing: ExamDrawing) -> None:
        self.drawing = drawing
        self._displayed: tuple[int, bool] | None = None

    def ask(self, question: ExamQuestion) -> ExamReply:
        """Show a question and collect digits until a key ends it."""
        if self._displayed != (question.number, question.flagged):
            self.drawing.question(question)
        self._displayed = (question.number, question.flagged)
        typed = _Typed(question)
        clock = _Clock(question.seconds_left)
        hint = ""
        while True:
            key = press(
                lambda: f" {typed.line()}\n {hint or ASKING}  {clock.text()}",  # noqa: B023
                typed.digit, typed.erase, "gfblq", is_over=clock.is_over,
            )  # fmt: skip
            hint = ""
            if key == "over":
                return ExamReply("time")
            if key in COMMANDS:
                return COMMANDS[key]
            if not typed.chosen and key == "enter":
                return ExamReply("skip")
            if hint := typed.missing(key):
                continue
            return ExamReply("answer", typed.parts(), sure=key != "g")

    def review(self, overview: Overview) -> ExamReply:
        """Show what is open and flagged, then wait for a number to go to, or for the end."""
        self._displayed = None
        self.drawing.overview(overview)
        number, clock, confirming = _Number(overview.total), _Clock(overview.seconds_left), False
        while True:
            legend = SURE if confirming else GO_ON
            key = press(
                lambda: f" Question: {number.text()}_\n {legend}  {clock.text()}",  # noqa: B023
                number.digit, number.erase, "sq0", is_over=clock.is_over,
            )  # fmt: skip
            if key == "over":
                return ExamReply("time")
            if key == "q":
                return ExamReply("pause")
            if key == "0":
                number.digit(0)
            elif key == "s":
                if confirming or not any(row.is_open for row in overview.rows):
                    return ExamReply("submit")
                confirming = True
                continue
            elif number.value:
                return ExamReply("go", number=number.value)
            confirming = False

    def show_message(self, text: str) -> None:
        """Show one line."""
        self.drawing.line(text)
        self._displayed = None

    def show_answered(self, question: ExamQuestion, reply: ExamReply) -> None:
        """Show nothing: the next question follows."""

    def show_result(self, result: ExamResult) -> None:
        """Show the score; Enter walks through what was missed, the worst first."""
        self.drawing.result(result)
        if result.misses and press(lambda: f" {LOOK}", None, None, "q") != "q":
            self._walk(result)
        self.drawing.end(result)

    def _walk(self, result: ExamResult) -> None:
        """Show what was missed until the learner leaves."""
        place = 0
        while place < len(result.misses):
            miss = result.misses[place]
            self.drawing.miss(miss, place + 1, len(result.misses))
            item = miss.feedback.question.item
            while (key := press(lambda: f" {MISSES}", None, None, "nsbq")) in ("n", "s"):
                if key == "n":
                    self.drawing.notes(item)
                else:
                    self.drawing.simulation(item)
            if key == "q":
                return
            place = max(0, place - 1) if key == "b" else place + 1


COMMANDS = {
    "f": ExamReply("flag"), "b": ExamReply("back"), "l": ExamReply("list"), "q": ExamReply("pause"),
}  # fmt: skip


class _Clock:
    """The time left on the screen; the session counts it by its own clock."""

    def __init__(self, seconds: int) -> None:
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> int:
        """Seconds left."""
        return max(0, int(self.end - time.monotonic()))

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.end <= time.monotonic()

    def text(self) -> str:
        """Return the time left."""
        return f"{self.left // 60} min" if self.left >= 60 else f"{self.left} s"


class _Typed:
    """The digits chosen so far, at first those of the answer before."""

    def __init__(self, asked: ExamQuestion) -> None:
        self.asked = asked
        ids = [choice.id for choice in asked.choices]
        self.chosen = [ids.index(str(part)) + 1 for part in asked.chosen if part in ids]

    def digit(self, number: int) -> bool:
        """Choose or unchoose an option."""
        if not 1 <= number <= len(self.asked.choices):
            return False
        if number in self.chosen:
            self.chosen.remove(number)
        elif self.asked.wanted == 1:
            self.chosen = [number]
        else:
            self.chosen.append(number)
        return False

    def erase(self) -> None:
        """Take the last one back."""
        del self.chosen[-1:]

    def line(self) -> str:
        """Return the answer so far."""
        return "Your answer: " + " ".join(map(str, self.chosen)) + "_"

    def missing(self, key: str) -> str:
        """Return what is missing before the key answers."""
        if not self.chosen:
            return f"Choose first, then {key}."
        if len(self.chosen) != self.asked.wanted:
            return f"Choose {self.asked.wanted}: {len(self.chosen)} chosen."
        return ""

    def parts(self) -> tuple[ChosenPart, ...]:
        """Return the ids of the options."""
        return tuple(self.asked.choices[number - 1].id for number in self.chosen)


class _Number:
    """A number that is typed digit by digit."""

    def __init__(self, most: int) -> None:
        self.value, self.most = 0, most

    def digit(self, number: int) -> bool:
        """Add a digit where the number stays one of a question."""
        if self.value * 10 + number <= self.most:
            self.value = self.value * 10 + number
        return False

    def erase(self) -> None:
        """Take the last digit back."""
        self.value //= 10

    def text(self) -> str:
        """Return the number, or nothing."""
        return str(self.value or "")

"""A mock exam on a terminal and as plain lines: what opens it, a question, what is open, the score, what was missed."""

from collections.abc import Callable, Sequence

from rich.text import Text

from dva.app.exam.ports import ExamQuestion, ExamResult, Miss, Overview, Seats
from dva.app.today import ExamCoverage
from dva.catalog.exams import Exam
from dva.items.building import Item
from dva.render.plainquiz import LETTERS
from dva.render.quiz import QuizScreen
from dva.render.screen import Line, heading, line
from dva.render.text import Display, bar, pad, pluralize, sanitize, truncate, wrap

BAR = 20
"""Columns of the bar of a domain."""


def opening(exam: Exam, seats: Seats, coverage: ExamCoverage) -> list[str]:
    """Return what is asked, by domain, what is not, and how."""
    wanted = sum(seats.wanted.values())
    few = f" of {wanted}: the pool has no more" if seats.total < wanted else ""
    lines = [f"Mock exam {exam.id.upper()}: {pluralize(seats.total, 'question')}{few}, {seats.minutes} minutes."]
    titles = {domain.id: domain.title for domain in exam.domains}
    lines += [f"  {seats.got.get(name, 0)} {titles[name]}" for name in seats.wanted]
    if seats.fresh < seats.total:
        seen = seats.total - seats.fresh
        lines.append(f"{pluralize(seen, 'question')} of these you have seen before: the pool has no other.")
    if coverage.missing:
        lines.append("Not in dva, so not asked: " + "; ".join(f"{t.id} {t.title}" for t in coverage.missing) + ".")
    if len(seats.wanted) > 1:
        lines.append("Some questions do not count, as in the exam; which ones is not said.")
    return lines


def resumed(number: int, total: int, minutes: int) -> str:
    """Return that a paused exam goes on."""
    return f"Going on with the mock exam: question {number} of {total}, {minutes} min left. Pauses do not count."


def paused(minutes: int) -> str:
    """Return that an exam was left, and how it goes on."""
    return f"Paused with {minutes} min left; every answer is kept. `dva exam` goes on here."


def time(kind: str, minutes: int) -> str:
    """Return what happens to the time."""
    if kind == "over":
        return "The time is over: the exam is handed in."
    return f"{pluralize(minutes, 'minute')} left."


def score_line(result: ExamResult) -> str:
    """Return the mock score."""
    percent = round(100 * result.right / result.total) if result.total else 0
    more = f", {result.unscored} more did not count" if result.unscored else ""
    blank = f", {result.blank} left open" if result.blank else ""
    return f"Mock score {percent} %: {result.right} of {result.total} right{more}{blank}. {result.minutes} min."


def domain_texts(result: ExamResult) -> list[tuple[str, str]]:
    """Return each domain with its right answers and the time for a question."""
    return [
        (f"{one.domain} {result.titles[one.domain]}", f"{one.right}/{one.total} right, {one.seconds:.0f} s a question")
        for one in result.domains
    ]


def conclusion(result: ExamResult) -> list[str]:
    """Return what the misses come from, and one command that works on them."""
    missed = sum(not miss.feedback.correct for miss in result.misses)
    if not missed:
        return ["Nothing was missed."]
    lines = []
    if result.beliefs:
        verb = "comes" if result.from_beliefs == 1 else "come"
        misses = pluralize(result.from_beliefs, "miss", "misses")
        lines.append(f"{misses} {verb} from {pluralize(len(result.beliefs), 'belief')}:")
        lines += [f"  {belief}" for belief in result.beliefs]
    command = " ".join(["dva quiz", *result.topics])
    lines.append(
        f"The notes of what was missed are due now: `{command}` works on the weakest topics, `dva quiz` on all."
    )
    return lines


def _header(shown: ExamQuestion, display: Display) -> str:
    flag = f"  {display.glyphs.bullet} flagged" if shown.flagged else ""
    return f"{shown.number}/{shown.total}  {shown.minutes_left} min left  {shown.answered} answered{flag}"


class ExamScreen:
    """Draws a mock exam for the keys; `quiz` draws what a quiz draws too."""

    def __init__(self, quiz: QuizScreen, notes: Callable[[Item], None]) -> None:
        self.quiz = quiz
        self._notes = notes

    def _print(self, lines: Sequence[Line]) -> None:
        for one in lines:
            self.quiz.screen.print(one)

    def _rows(self, text: str, first: str = "", style: str = "") -> list[Line]:
        display = self.quiz.display
        return [line((row, style)) for row in wrap(sanitize(text), display.width, first, " " * len(first))]

    def question(self, shown: ExamQuestion) -> None:
        """Draw the header, the stem and the options."""
        display = self.quiz.display
        lines: list[Line] = [
            Text(""),
            heading(_header(shown, display), display),
            *self._rows(shown.item.stem, style="strong"),
        ]
        lines.append(Text(""))
        if shown.wanted > 1:
            lines.append(line((f"Choose {shown.wanted}.", "faint")))
        lines += [row for n, choice in enumerate(shown.choices, 1) for row in self._rows(choice.text, f" {n}  ")]
        self._print([*lines, Text("")])

    def overview(self, overview: Overview) -> None:
        """Draw what is open and flagged, a line each."""
        display = self.quiz.display
        lines: list[Line] = [Text(""), heading(f"Review  {overview.minutes_left} min left", display)]
        if not overview.rows:
            lines += self._rows("Every question is answered, none is flagged. s hands the exam in.")
        for row in overview.rows:
            what = " ".join(["open"] * row.is_open + ["flagged"] * row.flagged)
            text = f"{row.number:>3}  {pad(what, 12)}  {sanitize(' '.join(row.stem.split()))}"
            lines.append(line(truncate(text, display.width, display.glyphs)))
        self._print([*lines, Text("")])

    def result(self, result: ExamResult) -> None:
        """Draw the score by domain."""
        display = self.quiz.display
        lines: list[Line] = [Text(""), heading("Mock exam", display), *self._rows(score_line(result), style="strong")]
        for (name, text), one in zip(domain_texts(result), result.domains, strict=True):
            blocks = bar(one.right, one.total or 1, BAR, display.glyphs)
            lines += self._rows(name, style="")
            lines.append(line("  ", (blocks, "fill"), f"  {text}"))
        self._print([*lines, Text("")])

    def miss(self, miss: Miss, place: int, total: int) -> None:
        """Draw a question with the answer, the key and the reasons."""
        display, feedback = self.quiz.display, miss.feedback
        kind = (
            "right by a guess"
            if feedback.correct
            else "sure, but wrong"
            if feedback.sure and feedback.chosen
            else "wrong"
            if feedback.chosen
            else "left open"
        )
        head = f"{place}/{total}  {kind}  {sanitize(feedback.question.topic)}" + (
            "" if miss.scored else "  (did not count)"
        )
        lines: list[Line] = [Text(""), heading(head, display), *self._rows(feedback.question.item.stem, style="strong")]
        self._print([*lines, Text("")])
        self.quiz.feedback(feedback)

    def end(self, result: ExamResult) -> None:
        """Draw what the misses come from, and what to do next."""
        self._print([Text(""), *(row for text in conclusion(result) for row in self._rows(text))])

    def notes(self, item: Item) -> None:
        """Draw the notes of a question."""
        self._notes(item)

    def simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""
        return self.quiz.simulation(item)

    def line(self, text: str) -> None:
        """Draw one line."""
        self.quiz.line(text)


class ExamLines:
    """Prints a mock exam line by line with `write`; `feedback` prints an answer with its reasons."""

    def __init__(self, write: Callable[[str], None], feedback: Callable[[Miss], None]) -> None:
        self.write = write
        self._feedback = feedback

    def question(self, shown: ExamQuestion) -> None:
        """Print the header, the stem and the options."""
        flag = ", flagged" if shown.flagged else ""
        self.line(
            f"Question {shown.number}/{shown.total}, {shown.minutes_left} min left, {shown.answered} answered{flag}."
        )
        self.line(shown.item.stem.strip())
        if shown.wanted > 1:
            self.line(f"Choose {shown.wanted}.")
        for n, choice in enumerate(shown.choices):
            self.line(f"Option {LETTERS[n]} of {len(shown.choices)}: {choice.text}")
        if shown.chosen:
            letters = {choice.id: LETTERS[n] for n, choice in enumerate(shown.choices)}
            self.line(f"Your answer so far: {' '.join(letters[str(part)] for part in shown.chosen)}.")

    def overview(self, overview: Overview) -> None:
        """Print what is open and flagged."""
        self.line(f"Review, {overview.minutes_left} min left. `go 12` shows question 12, `submit` hands the exam in.")
        if not overview.rows:
            self.line("Every question is answered, none is flagged.")
        for row in overview.rows:
            what = " and ".join(["open"] * row.is_open + ["flagged"] * row.flagged)
            self.line(f"Question {row.number} is {what}: {' '.join(row.stem.split())}")

    def result(self, result: ExamResult) -> None:
        """Print the score by domain."""
        self.line(score_line(result))
        for name, text in domain_texts(result):
            self.line(f"{name}: {text}.")

    def miss(self, miss: Miss, place: int, total: int) -> None:
        """Print a question with the answer, the key and the reasons."""
        self.line(f"{place} of {total}: {miss.feedback.question.item.stem.strip()}")
        self._feedback(miss)

    def end(self, result: ExamResult) -> None:
        """Print what the misses come from, and what to do next."""
        for text in conclusion(result):
            self.line(text)

    def notes(self, item: Item) -> None:
        """Print nothing: plain lines have no keys."""

    def simulation(self, item: Item) -> bool:
        """Print nothing: plain lines have no keys."""
        return False

    def line(self, text: str) -> None:
        """Print one line."""
        self.write(sanitize(text))

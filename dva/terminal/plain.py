"""Plain lines: text out, one line per answer in. For pipes, screen readers and simple terminals."""

from collections.abc import Callable

from dva.app.quiz.ports import Feedback, Notice, PresentedQuestion, Reply
from dva.errors import UsageError
from dva.terminal import Drawing, Reader
from dva.terminal.answers import parse_reply


class Plain(Reader):
    """Reads one line per answer and goes straight on to the next question."""

    def __init__(
        self,
        drawing: Drawing,
        describe: Callable[[Notice], str],
        read_line: Callable[[str], str | None],
        *,
        interactive: bool = False,
    ) -> None:
        super().__init__(drawing, describe)
        self.read_line = read_line
        self.interactive = interactive
        """Whether a person types, who may undo the last answer before the session ends."""
        self.last: Feedback | None = None

    def ask(self, question: PresentedQuestion) -> Reply:
        """Show the question, then read until a line is valid. End of input quits once an answer was given."""
        self.drawing.question(question)
        while True:
            text = self.read_line("> ")
            if text is None:
                if self.last is None:
                    raise EOFError
                return Reply("quit")
            try:
                reply = parse_reply(text, question)
            except UsageError as problem:
                self.drawing.line(f"{problem}: {problem.hint}")
                continue
            if reply.command != "more":
                return reply
            self._show_more()

    def _show_more(self) -> None:
        if self.last is None:
            self.drawing.line("Nothing was answered yet.")
        else:
            self.drawing.others(self.last)

    def show_feedback(self, feedback: Feedback) -> Reply:
        """Show all of it and go on."""
        self.last = feedback
        self.drawing.feedback(feedback)
        is_last = feedback.question.number == feedback.question.total
        if self.interactive and is_last and feedback.correct:
            line = self.read_line("That was the last one; Enter ends, u undoes. > ")
            return Reply("undo" if line is not None and line.strip().lower() == "u" else "next")
        return Reply("next")

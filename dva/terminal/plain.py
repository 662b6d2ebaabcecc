"""Plain lines: text out, one line an answer in. For pipes, screen readers and simple terminals."""

from collections.abc import Callable

from dva.app.quiz import Feedback, Reply, Shown
from dva.errors import UsageError
from dva.terminal import Drawing, Reader
from dva.terminal.answers import read


class Plain(Reader):
    """Reads a line an answer and goes straight on to the next question."""

    def __init__(self, drawing: Drawing, line: Callable[[str], str | None], *, watched: bool = False) -> None:
        super().__init__(drawing)
        self.line = line
        self.watched = watched
        """Whether somebody sits there, who may take the last answer back before the session ends."""
        self.last: Feedback | None = None

    def ask(self, shown: Shown) -> Reply:
        """Show the question, then read until a line fits. End of input leaves, once an answer was given."""
        self.drawing.question(shown)
        while True:
            text = self.line("> ")
            if text is None:
                if self.last is None:
                    raise EOFError
                return Reply("quit")
            try:
                reply = read(text, shown)
            except UsageError as problem:
                self.drawing.line(f"{problem}: {problem.hint}")
                continue
            if reply.command != "more":
                return reply
            self._more()

    def _more(self) -> None:
        if self.last is None:
            self.drawing.line("Nothing was answered yet.")
        else:
            self.drawing.others(self.last)

    def tell(self, feedback: Feedback) -> Reply:
        """Show all of it and go on."""
        self.last = feedback
        self.drawing.feedback(feedback)
        if self.watched and feedback.shown.number == feedback.shown.total and feedback.correct:
            line = self.line("That was the last one; Enter ends, u undoes. > ")
            return Reply("undo" if line is not None and line.strip().lower() == "u" else "next")
        return Reply("next")

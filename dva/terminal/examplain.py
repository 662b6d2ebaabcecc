"""A mock exam as lines of text: one line an answer, words for everything else."""

from collections.abc import Callable

from dva.app.exam.ports import ExamQuestion, ExamReply, ExamResult, Overview
from dva.errors import UsageError
from dva.terminal.answers import parse_reply
from dva.terminal.examkeys import ExamDrawing

WORDS = {"flag": ExamReply("flag"), "back": ExamReply("back"), "list": ExamReply("list"), "pause": ExamReply("pause"),
         "q": ExamReply("pause")}  # fmt: skip
HELP = "a letter like B; B? is a guess; an empty line leaves it open; flag, back, go 12, list, pause"
REVIEW_HELP = "go 12, submit or pause"


class ExamPlain:
    """Reads a line for each question; the end of input pauses."""

    def __init__(self, drawing: ExamDrawing, read_line: Callable[[str], str | None]) -> None:
        self.drawing = drawing
        self.read_line = read_line

    def ask(self, question: ExamQuestion) -> ExamReply:
        """Show a question, then read until a line is a reply."""
        self.drawing.question(question)
        while (text := self.read_line("> ")) is not None:
            try:
                return _parse(text.strip(), question)
            except UsageError as problem:
                self.drawing.line(f"{problem}: {problem.hint}")
        return ExamReply("pause")

    def review(self, overview: Overview) -> ExamReply:
        """Show what is open and flagged, then read where to go."""
        self.drawing.overview(overview)
        while (text := self.read_line("> ")) is not None:
            word = text.strip().lower()
            if word == "submit":
                return ExamReply("submit")
            if word in ("pause", "q"):
                return ExamReply("pause")
            if number := _number(word):
                return ExamReply("go", number=number)
            self.drawing.line(f"`{word}` is not a reply here: {REVIEW_HELP}")
        return ExamReply("pause")

    def show_message(self, text: str) -> None:
        """Show one line."""
        self.drawing.line(text)

    def show_answered(self, question: ExamQuestion, reply: ExamReply) -> None:
        """Show nothing: the next question follows."""

    def show_result(self, result: ExamResult) -> None:
        """Show the score and all that was missed, the worst first."""
        self.drawing.result(result)
        for place, miss in enumerate(result.misses, 1):
            self.drawing.miss(miss, place, len(result.misses))
        self.drawing.end(result)


def _number(word: str) -> int:
    text = word.removeprefix("go").strip()
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _parse(text: str, question: ExamQuestion) -> ExamReply:
    word = text.lower()
    if word in WORDS:
        return WORDS[word]
    if word.startswith("go ") or word.isdecimal():
        return ExamReply("go", number=_number(word))
    if not text:
        return ExamReply("skip")
    reply = parse_reply(text, question)
    if reply.command != "answer":
        raise UsageError(f"`{text}` is not a reply here", hint=HELP)
    if len(reply.chosen) != question.wanted:
        raise UsageError(f"{question.wanted} are wanted", hint=HELP)
    return ExamReply("answer", reply.chosen, sure=reply.sure)

"""A mock exam as JSON lines: one event a line out, one reply a line in, for programs."""

import json
from collections.abc import Callable, Mapping

from dva.app.exam.ports import ExamQuestion, ExamReply, ExamResult, Overview
from dva.errors import UsageError
from dva.terminal.answers import letter

EXAMPLE = '{"answer": ["option id"], "sure": true}, {"flag": true}, {"go": 12}, {"submit": true} or {"pause": true}'


class ExamJson:
    """Emits events of `dva.exam/1`. The keys of events are a public format: never rename them."""

    def __init__(
        self, write_event: Callable[[Mapping[str, object]], None], read_line: Callable[[str], str | None]
    ) -> None:
        self._write_event = write_event
        self.read_line = read_line

    def emit(self, event: str, **fields: object) -> None:
        """Write one event."""
        self._write_event({"schema": "dva.exam/1", "event": event, **fields})

    def ask(self, question: ExamQuestion) -> ExamReply:
        """Write a question without its key, then read until a line is a reply. The end of input pauses."""
        item = question.item
        self.emit(
            "question", number=question.number, total=question.total, id=item.question.id, rev=item.question.rev,
            type=item.question.type, stem=item.stem, wanted=question.wanted, minutes_left=question.minutes_left,
            options=[{"id": c.id, "letter": letter(n), "text": c.text} for n, c in enumerate(question.choices)],
            answer=list(question.chosen), sure=question.sure, flagged=question.flagged, answered=question.answered,
        )  # fmt: skip
        return self._read(question)

    def review(self, overview: Overview) -> ExamReply:
        """Write what is open and flagged, then read where to go."""
        rows = overview.rows
        self.emit(
            "review", total=overview.total, minutes_left=overview.minutes_left,
            open=[row.number for row in rows if row.is_open], flagged=[row.number for row in rows if row.flagged],
        )  # fmt: skip
        return self._read(None)

    def _read(self, question: ExamQuestion | None) -> ExamReply:
        while (text := self.read_line("")) is not None:
            try:
                return _parse(text, question)
            except UsageError as problem:
                self.emit("error", message=str(problem), hint=problem.hint)
        self.emit("paused")
        return ExamReply("pause")

    def show_message(self, text: str) -> None:
        """Write a message."""
        self.emit("message", text=text)

    def show_answered(self, question: ExamQuestion, reply: ExamReply) -> None:
        """Write that an answer is committed."""
        self.emit("answered", number=question.number, id=question.item.question.id, answer=list(reply.chosen),
                  sure=reply.sure)  # fmt: skip

    def show_result(self, result: ExamResult) -> None:
        """Write the result, the last event."""
        self.emit(
            "result", exam=result.exam, right=result.right, total=result.total, unscored=result.unscored,
            minutes=result.minutes, blank=result.blank, topics=list(result.topics), beliefs=list(result.beliefs),
            from_beliefs=result.from_beliefs,
            domains=[{"domain": one.domain, "right": one.right, "total": one.total, "seconds": round(one.seconds, 1)}
                     for one in result.domains],
            misses=[{"number": miss.feedback.question.number, "id": miss.feedback.question.item.question.id,
                     "correct": miss.feedback.correct, "sure": miss.feedback.sure, "scored": miss.scored,
                     "chosen": list(miss.feedback.chosen), "key": list(miss.feedback.question.item.key),
                     "rationales": {c.id: c.why for c in miss.feedback.question.choices},
                     "notes": list(miss.feedback.question.item.question.notes)} for miss in result.misses],
        )  # fmt: skip


def _parse(text: str, question: ExamQuestion | None) -> ExamReply:
    try:
        values = json.loads(text)
        assert isinstance(values, dict)
    except (ValueError, AssertionError, RecursionError):
        raise UsageError("that is not a reply", hint=EXAMPLE) from None
    for name, command in (("flag", "flag"), ("submit", "submit"), ("pause", "pause"), ("list", "list")):
        if values == {name: True}:
            return ExamReply(command)  # type: ignore[arg-type]
    number = values.get("go")
    if set(values) == {"go"} and isinstance(number, int) and not isinstance(number, bool):
        return ExamReply("go", number=number)
    if question is None or not set(values) <= {"answer", "sure"} or not isinstance(values.get("answer"), list):
        raise UsageError("that is not a reply", hint=EXAMPLE)
    chosen, sure = values["answer"], values.get("sure", True)
    known = [choice.id for choice in question.choices]
    if not isinstance(sure, bool) or any(part not in known for part in chosen) or len(set(chosen)) < len(chosen):
        raise UsageError("an option id is not one of this question", hint=", ".join(sorted(known)))
    if not chosen:
        return ExamReply("skip")
    if len(chosen) != question.wanted:
        raise UsageError(f"{question.wanted} are wanted", hint=EXAMPLE)
    return ExamReply("answer", tuple(chosen), sure=sure)

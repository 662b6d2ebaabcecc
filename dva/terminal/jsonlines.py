"""JSON lines: one event per line out, one answer per line in, for programs that study on a learner's behalf."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import msgspec

from dva.app.quiz.ports import Feedback, Notice, PresentedQuestion, Reply, Summary, Undone
from dva.errors import UsageError
from dva.items.building import Item
from dva.items.entries import Note
from dva.terminal.answers import letter, parse_reply

EXAMPLE = '{"answer": ["option id"], "sure": true}'


class JsonLines:
    """Emits events of `dva.quiz/1`; reads plain text or `{"answer": [option ids], "sure": false}`.

    The keys of events are a public format: never rename them.
    """

    def __init__(
        self,
        write_event: Callable[[Mapping[str, object]], None],
        describe: Callable[[Notice], str],
        read_line: Callable[[str], str | None],
        damaged: int = 0,
    ) -> None:
        self._write_event = write_event
        self._describe = describe
        self.read_line = read_line
        self._damaged = damaged
        self.answered = False

    def emit(self, event: str, **fields: object) -> None:
        """Write one event."""
        self._write_event({"schema": "dva.quiz/1", "event": event, **fields})

    def ask(self, question: PresentedQuestion) -> Reply:
        """Write the question without its key, then read until a line is valid. End of input quits once an answer was
        given.
        """
        self.emit("question", **_question_fields(question))
        while (text := self.read_line("")) is not None:
            try:
                return self._parse(text, question)
            except UsageError as problem:
                self.emit("error", message=str(problem), hint=problem.hint)
        if not self.answered:
            raise EOFError
        return Reply("quit")

    def _parse(self, text: str, question: PresentedQuestion) -> Reply:
        if not text.lstrip().startswith("{"):
            return parse_reply(text, question)
        try:
            values = json.loads(text)
            chosen = [tuple(part) if isinstance(part, list) else part for part in values.pop("answer")]
            sure, easy = values.pop("sure", True), values.pop("easy", False)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError("that is not a valid answer", hint=EXAMPLE) from None
        known = {choice.id for choice in question.choices}
        ids = [part[1] if isinstance(part, tuple) and len(part) == 2 else part for part in chosen]
        if values or not isinstance(sure, bool) or not isinstance(easy, bool):
            raise UsageError("an answer has `answer`, `sure` and `easy`", hint=EXAMPLE)
        if any(not isinstance(name, str) or name not in known for name in ids):
            raise UsageError("an option id is not one of this question", hint=", ".join(sorted(known)))
        return Reply(chosen=tuple(chosen), sure=sure, easy=easy)

    def show_feedback(self, feedback: Feedback) -> Reply:
        """Write key, rationales, rating and due day, and go on."""
        self.answered = True
        item = feedback.question.item
        self.emit(
            "answer", id=item.question.id, correct=feedback.correct, key=list(item.key), chosen=list(feedback.chosen),
            rationales={choice.id: choice.why for choice in item.choices}, rating=feedback.rating.name.lower(),
            due_in_days=feedback.due_in, sure=feedback.sure, aided=feedback.aided,
            returns=feedback.returns, comes_back_tomorrow=feedback.outlook == "tomorrow",
            leech=None if feedback.leech is None else asdict(feedback.leech),
        )  # fmt: skip
        return Reply("next")

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Write the notes as one event."""
        self.emit("notes", notes=[msgspec.to_builtins(note) for note in notes])

    def show_simulation(self, item: Item) -> bool:
        """Write which scenario belongs to the question (`dva simulate` runs it); return False where there is none."""
        scenario = item.scenario
        self.emit(
            "simulation", simulation=scenario.simulation if scenario else None, case=scenario.name if scenario else None
        )
        return scenario is not None

    def show_notice(self, notice: Notice) -> None:
        """Write what a command did, as a message."""
        self.show_message(self._describe(notice))

    def show_message(self, text: str) -> None:
        """Write a message."""
        self.emit("message", text=text)

    def show_undo(self, undone: Undone | None) -> None:
        """Write whether something was undone, and what."""
        self.emit("undo", undone=undone is not None, what=undone)

    def show_summary(self, summary: Summary) -> None:
        """Write the result of the session, the last event."""
        self.emit(
            "summary", answered=summary.answered, right=summary.right, left=summary.left,
            weak_to_firm=summary.to_mature, firm_to_weak=summary.to_young, due_tomorrow=summary.due_tomorrow,
            day=None if summary.day is None else asdict(summary.day), damaged=self._damaged,
        )  # fmt: skip


def _question_fields(asked: PresentedQuestion) -> dict[str, object]:
    """Return the fields of a question's event: everything but its key."""
    question, item = asked.item.question, asked.item
    options = [{"id": c.id, "letter": letter(i), "text": c.text} for i, c in enumerate(asked.choices)]
    fields: dict[str, object] = {
        "id": question.id, "rev": question.rev, "type": question.type, "stem": item.stem,
        "options": options, "number": asked.number, "total": asked.total, "minutes": asked.minutes,
        "topic": asked.topic, "notes": list(question.notes), "again": asked.is_repeat,
    }  # fmt: skip
    if item.lefts:
        fields["lefts"] = list(item.lefts)
    if item.exhibit:
        fields["given"] = item.exhibit.given
    return fields

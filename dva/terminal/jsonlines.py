"""JSON lines: one event a line out, an answer a line in, for programs that study on a learner's behalf."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from dva.app.quiz import Feedback, Reply, Shown, Summary
from dva.errors import UsageError
from dva.items import Item
from dva.items.entries import Note
from dva.terminal.answers import letter, read


class JsonLines:
    """Emits events of `dva.quiz/1`; reads plain text or `{"answer": [option ids], "sure": false}`."""

    def __init__(self, emit: Callable[[Mapping[str, Any]], None], line: Callable[[str], str | None]) -> None:
        self._emit = emit
        self.line = line
        self.answered = False

    def emit(self, event: str, **fields: Any) -> None:
        """One event."""
        self._emit({"schema": "dva.quiz/1", "event": event, **fields})

    def ask(self, shown: Shown) -> Reply:
        """The question without its key, then lines until one fits."""
        options = [{"id": c.id, "letter": letter(i), "text": c.text} for i, c in enumerate(shown.choices)]
        question = shown.item.question
        fields: dict[str, Any] = {
            "id": question.id, "rev": question.rev, "type": question.type, "stem": shown.item.stem,
            "options": options, "number": shown.number, "total": shown.total, "minutes": shown.minutes,
            "topic": shown.topic, "notes": list(question.notes), "again": shown.again,
        }  # fmt: skip
        if shown.item.lefts:
            fields["lefts"] = list(shown.item.lefts)
        if shown.item.exhibit:
            fields["given"] = shown.item.exhibit.given
        self.emit("question", **fields)
        while (text := self.line("")) is not None:
            try:
                return self._reply(text, shown)
            except UsageError as problem:
                self.emit("error", message=str(problem), hint=problem.hint)
        if not self.answered:
            raise EOFError
        return Reply("quit")

    def _reply(self, text: str, shown: Shown) -> Reply:
        if not text.lstrip().startswith("{"):
            return read(text, shown)
        try:
            said = json.loads(text)
            chosen = [tuple(part) if isinstance(part, list) else part for part in said.pop("answer")]
            sure, easy = said.pop("sure", True), said.pop("easy", False)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError("that is no answer", hint='{"answer": ["option id"], "sure": true}') from None
        known = {choice.id for choice in shown.choices}
        ids = [part[1] if isinstance(part, tuple) and len(part) == 2 else part for part in chosen]
        if said or not isinstance(sure, bool) or not isinstance(easy, bool):
            raise UsageError(
                "an answer has `answer`, `sure` and `easy`", hint='{"answer": ["option id"], "sure": true}'
            )
        if any(not isinstance(name, str) or name not in known for name in ids):
            raise UsageError("an option id is not one of this question", hint=", ".join(sorted(known)))
        return Reply(chosen=tuple(chosen), sure=sure, easy=easy)

    def tell(self, feedback: Feedback) -> Reply:
        """Key, rationales, rating and due."""
        self.answered = True
        item = feedback.shown.item
        self.emit(
            "answer", id=item.question.id, correct=feedback.correct, key=list(item.key), chosen=list(feedback.chosen),
            rationales={choice.id: choice.why for choice in item.choices}, rating=feedback.rating.name.lower(),
            due_in_days=feedback.due_in, sure=feedback.sure, aided=feedback.aided,
            returns=feedback.returns,
        )  # fmt: skip
        return Reply("next")

    def note(self, found: Sequence[Note]) -> None:
        """Notes as an event."""
        self.emit("notes", notes=[msgspec.to_builtins(note) for note in found])

    def simulate(self, item: Item) -> bool:
        """Which scenario shows it; `dva simulate` runs it."""
        scenario = item.scenario
        self.emit(
            "simulation", simulation=scenario.simulation if scenario else None, case=scenario.name if scenario else None
        )
        return scenario is not None

    def say(self, text: str) -> None:
        """A message as an event."""
        self.emit("message", text=text)

    def undone(self, shown: Shown | None) -> None:
        """Whether an answer was taken back."""
        self.emit("undo", undone=shown is not None)

    def end(self, summary: Summary) -> None:
        """The last event."""
        self.emit(
            "summary", answered=summary.answered, right=summary.right, left=summary.left,
            weak_to_firm=summary.firm, firm_to_weak=summary.weak, due_tomorrow=summary.tomorrow,
        )  # fmt: skip

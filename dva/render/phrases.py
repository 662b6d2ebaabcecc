"""Phrases of a quiz, shared by the screen and plain lines. Imports no library."""

from collections.abc import Iterable
from typing import Any

from dva.app.quiz.ports import Feedback, Summary
from dva.items.building import Choice, Exhibit
from dva.render.text import pluralize

INSTRUCTIONS = {
    "multi": "Choose all that are right.",
    "order": "Give all of them in their order.",
    "match": "Give each of the letters its number.",
}


def explained_choices(feedback: Feedback) -> list[Choice]:
    """Return the options whose rationale is shown at once: wrong ones that were chosen, then the key in its order."""
    item = feedback.question.item
    chosen, key = _ids(feedback.chosen), _ids(item.key)
    chosen_wrong = [choice for choice in item.choices if choice.why and choice.id in chosen and choice.id not in key]
    key_choices = sorted((c for c in item.choices if c.why and c.id in key), key=lambda choice: key.index(choice.id))
    return chosen_wrong + key_choices


def other_choices(feedback: Feedback) -> list[Choice]:
    """Return the options with a rationale that `explained_choices` leaves out."""
    explained = {choice.id for choice in explained_choices(feedback)}
    return [choice for choice in feedback.question.choices if choice.why and choice.id not in explained]


def _ids(parts: Iterable[Any]) -> list[Any]:
    return [part[1] if isinstance(part, tuple) else part for part in parts]


def feedback_note(feedback: Feedback) -> str:
    """Return which step of a simulation decided the key, and what the answer did to the schedule."""
    words = []
    step = feedback.question.item.deciding
    if step is not None:
        words.append(f"Decided by {step.rule}.")
    if feedback.aided:
        words.append("Help was open, so it counts as not known yet.")
    elif feedback.correct and not feedback.sure:
        words.append("Right, but guessed: it comes back soon.")
    if feedback.returns:
        words.append("It comes again in this session.")
    if feedback.due_in is None:
        words.append("Practice: the schedule stays as it is.")
    else:
        words.append(f"Next in {pluralize(feedback.due_in, 'day')}." if feedback.due_in > 0 else "Due again today.")
    return " ".join(words)


def session_summary(summary: Summary, arrow: str) -> str:
    """Return the summary of a session: `12 answered, 9 right. 2 weak → firm; tomorrow 14.`"""
    if not summary.answered:
        return f"Nothing answered, nothing changed. `{summary.command}` goes on here."
    words = [f"{summary.answered} answered, {summary.right} right."]
    if summary.to_mature or summary.to_young:
        changes = [f"{summary.to_mature} weak {arrow} firm"] if summary.to_mature else []
        changes += [f"{summary.to_young} firm {arrow} weak"] if summary.to_young else []
        words.append("; ".join(changes) + ";")
    words.append(f"{'tomorrow' if words[1:] else 'Tomorrow'} {summary.due_tomorrow}.")
    if summary.left:
        words.append(f"{pluralize(summary.left, 'card')} left; `{summary.command}` goes on here.")
    return " ".join(words)


def fields_not_drawn(exhibit: Exhibit) -> dict[str, Any]:
    """Return the fields of `given` that the picture does not show: those that do not name all of its cells."""
    cells = [str(name) for name in exhibit.state["cells"]]
    texts = {key: str(value) for key, value in exhibit.given.items()}
    return {key: value for key, value in exhibit.given.items() if not all(name in texts[key] for name in cells)}

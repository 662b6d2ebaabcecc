"""Phrases of a quiz, shared by the screen and plain lines. Imports no library."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dva.app.quiz.ports import Feedback, Leech, Summary
from dva.items.building import Choice, Exhibit
from dva.render.text import pluralize
from dva.render.today import done_today

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


@dataclass(frozen=True)
class AnswerPart:
    """One choice, place of an order or pair of an answer, beside what is right there.

    `label` is the place (`2`) or what is paired (its text); empty for choices. None where nothing stands there.
    """

    label: str
    yours: Choice | None
    right: Choice | None


def answer_parts(feedback: Feedback) -> list[AnswerPart]:
    """Return an answer with several parts, part by part: an order and pairs in the key's order, choices as shown."""
    item, key, chosen = feedback.question.item, feedback.question.item.key, feedback.chosen
    choices = {choice.id: choice for choice in feedback.question.choices}
    if item.lefts:
        yours, right = (dict(part for part in parts if isinstance(part, tuple)) for parts in (chosen, key))
        return [AnswerPart(left, choices.get(yours.get(left, "")), choices[right[left]]) for left in item.lefts]
    if item.question.type == "order":
        given: list[Choice | None] = [choices[str(part)] for part in chosen]
        given += [None] * (len(key) - len(given))
        return [AnswerPart(str(n + 1), given[n], choices[str(part)]) for n, part in enumerate(key)]
    return [
        AnswerPart("", choice if choice.id in chosen else None, choice if choice.id in key else None)
        for choice in feedback.question.choices
        if choice.id in chosen or choice.id in key
    ]


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
        words.append("Right, but guessed, so it counts as not known yet.")
    if feedback.returns:
        words.append("It comes again in this session.")
    words += [_outlook(feedback)]
    if feedback.leech:
        words.append(_leech(feedback.leech))
    return " ".join(word for word in words if word)


def _outlook(feedback: Feedback) -> str:
    """Return what the answer means for the days to come."""
    if feedback.due_in is None:
        return "Practice: the schedule stays as it is."
    if feedback.outlook == "due":
        return f"Due in {pluralize(feedback.due_in, 'day')}." if feedback.due_in > 0 else "Due again today."
    return {"tomorrow": "It comes back tomorrow.", "firm": "Firm.", "open": ""}[feedback.outlook]


def _leech(leech: Leech) -> str:
    """Return that a card was forgotten once too often, and what helps better than asking again."""
    text = f"A leech: forgotten {leech.lapses} times. Asking alone does not help: `n` opens its note, {leech.note}"
    return f"{text}, and `s` shows it: {leech.simulation}, {leech.case}." if leech.simulation else f"{text}."


def session_summary(summary: Summary, arrow: str) -> str:
    """Return the summary of a session: of a complete day its end, else what is left of it."""
    if not summary.answered:
        return f"Nothing answered, nothing changed. `{summary.command}` goes on here."
    day = summary.day
    changes = [f"{summary.to_mature} weak {arrow} firm"] if summary.to_mature else []
    changes += [f"{summary.to_young} firm {arrow} weak"] if summary.to_young else []
    moved = f" {'; '.join(changes)}." if changes else ""
    if day and not day.left:
        again = f" {pluralize(summary.left, 'question')} to repeat: `{summary.command}`." if summary.left else ""
        return f"{done_today(day)}{moved}{again}"
    counts = f"{summary.answered} answered, {summary.right} right.{moved}"
    if summary.left:
        return f"{counts} {pluralize(summary.left, 'question')} left; `{summary.command}` goes on here."
    if day:
        return f"{counts} {pluralize(day.left, 'card')} of today left: `dva quiz` asks them."
    return f"{counts} Practice: the schedule stays as it is."


def fields_not_drawn(exhibit: Exhibit) -> dict[str, Any]:
    """Return the fields of `given` that the picture does not show: those that do not name all of its cells."""
    cells = [str(name) for name in exhibit.state["cells"]]
    texts = {key: str(value) for key, value in exhibit.given.items()}
    return {key: value for key, value in exhibit.given.items() if not all(name in texts[key] for name in cells)}

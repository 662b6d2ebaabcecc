"""The words of a quiz that a drawn and a plain session share. Needs no library."""

from typing import Any

from dva.app.quiz import Feedback, Summary
from dva.items import Choice, Exhibit
from dva.render.signs import count

HOW = {
    "multi": "Choose all that are right.",
    "order": "Give all of them in their order.",
    "match": "Give each line on the left its number.",
}


def explained(feedback: Feedback, *, all_options: bool) -> list[Choice]:
    """The options whose rationale is shown: one's own wrong ones first, then the key, then the others."""
    chosen = {part[1] if isinstance(part, tuple) else part for part in feedback.chosen}
    choices = [choice for choice in feedback.shown.item.choices if choice.why]
    mine = [choice for choice in choices if choice.id in chosen and not choice.correct]
    key = [choice for choice in choices if choice.correct]
    return mine + key + ([c for c in choices if c not in mine and not c.correct] if all_options else [])


def verdict(feedback: Feedback) -> str:
    """What the answer did to the schedule, and which step of a simulation decided the key."""
    words = []
    step = feedback.shown.item.deciding
    if step is not None:
        words.append(f"Decided by {step.rule}.")
    if feedback.aided:
        words.append("Help was open, so it counts as not known yet.")
    elif feedback.correct and not feedback.sure:
        words.append("Right, but guessed: it comes back soon.")
    if feedback.due_in is not None:
        words.append(f"Next in {count(feedback.due_in, 'day')}." if feedback.due_in > 0 else "Due again today.")
    return " ".join(words)


def last_words(summary: Summary, arrow: str) -> str:
    """`12 answered, 9 right. 2 weak → firm; tomorrow 14.`"""
    if not summary.answered:
        return "Nothing answered, nothing changed. `dva quiz` goes on here."
    words = [f"{summary.answered} answered, {summary.right} right."]
    if summary.firm or summary.weak:
        moved = [f"{summary.firm} weak {arrow} firm"] if summary.firm else []
        words.append("; ".join([*moved, *([f"{summary.weak} firm {arrow} weak"] if summary.weak else [])]) + ";")
    words.append(f"tomorrow {summary.tomorrow}.")
    if summary.left:
        words.append(f"{count(summary.left, 'card')} left; `dva quiz` goes on here.")
    return " ".join(words)


def undrawn(exhibit: Exhibit) -> dict[str, Any]:
    """The parts of `given` that the picture does not show: those that do not hold all of its cells."""
    cells = [str(name) for name in exhibit.state["cells"]]
    texts = {key: str(value) for key, value in exhibit.given.items()}
    return {key: value for key, value in exhibit.given.items() if not all(name in texts[key] for name in cells)}

"""The one-line messages of commands. Needs no library."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dva.app.quiz.ports import CardSuspended, Notice
from dva.study.days import local_time

if TYPE_CHECKING:
    from dva.app.predict import PredictionResult
    from dva.app.quiz.options import QuizOptions
    from dva.app.settings import SettingRow
    from dva.catalog.entryfile import Finding
    from dva.catalog.exams import Exam
    from dva.items.expectation import Difference
    from dva.simulations.frame import Simulation
    from dva.store import Event, SetAside

RUN_KEYS = "Enter ends  s steps  r rules and sources  y YAML  n next case"
AFTER_PREDICTION = "Enter goes on, q stops"
NO_MORE_CASES = "That was the last case."
NAMED = 3
"""How many damaged rows a warning names."""


def notice(notice: Notice) -> str:
    """Return what a command of the quiz did."""
    if isinstance(notice, CardSuspended):
        back = f"`dva settings --unsuspend {notice.card}`"
        return f"{notice.card} is not asked any more. `u` undoes that now, {back} later."
    return "Noted. `dva report --disputed` prints it, ready to be sent."


def more(so_far: str) -> str:
    """Return the line of keys between two screens of a long result."""
    return f"{so_far}  Enter goes on  q skips the rest"


def not_as_expected(one: "Difference") -> str:
    """Return where an outcome is not what its scenario expects."""
    return f"Not as expected at {one.pointer}: expected {one.expected}, found {one.found}."


def predicted(result: "PredictionResult", simulation: "Simulation") -> list[str]:
    """Return the result of a prediction, and the step that decides it."""
    lines = [f"{'Right' if result.right else 'Not so'}: it is {result.actual}."]
    if result.why_not:
        lines.append(result.why_not)
    if result.step is not None:
        lines.append(f"Step {result.step.n} decides it: {result.step.title}. {simulation.explain(result.step)}")
    return lines


def session_resumed(answered: int) -> str:
    """Return that an interrupted session continues."""
    return f"Going on where you stopped: {answered} answered."


def nothing_to_ask(options: "QuizOptions") -> str:
    """Return why a session is empty, and what to do instead."""
    if options.confident_errors:
        return "Nothing that you were sure of was wrong. `dva quiz` asks what is due."
    if options.missed_days:
        return f"Nothing was missed in these {options.missed_days} days. `dva quiz` asks what is due."
    return f"Nothing is left for today. `{options.command} --cram` practices without touching the schedule."


def skipped_entries(findings: Sequence["Finding"]) -> str:
    """Return a warning about entries of the content that could not be used."""
    count = len(findings)
    skipped = "1 entry was skipped" if count == 1 else f"{count} entries were skipped, the first"
    return f"{skipped}: {findings[0]} (`dva check` tells all)"


def damaged_rows(rows: Sequence[str]) -> str:
    """Return a warning about rows of the log that cannot be read."""
    count = len(rows)
    passed = "1 damaged event was" if count == 1 else f"{count} damaged events were"
    named = "; ".join(rows[:NAMED]) + (f"; and {count - NAMED} more" if count > NAMED else "")
    return f"{passed} passed over: {named} (`dva data restore BACKUP` brings back what the backup has)"


def set_aside(rows: Sequence["SetAside"]) -> str:
    """Return that events dated far ahead are not applied: how many, of which machine, and from when."""
    parts = [f"{_events(row.events)} of machine {row.machine} from {_day(row.first)}" for row in rows[:NAMED]]
    more = f"; and {len(rows) - NAMED} machines more" if len(rows) > NAMED else ""
    return (
        f"dated more than a day ahead of this clock and set aside: {'; '.join(parts)}{more} "
        "(each comes back when its day has come, or by `dva data future --apply`)"
    )


def applied_ahead(rows: Sequence["SetAside"]) -> str:
    """Return that events dated far ahead are applied from now on."""
    count = sum(row.events for row in rows)
    return (
        f"{_events(count)} {'is' if count == 1 else 'are'} applied now. `dva data future --set-aside` takes that back."
    )


def winning_resets(resets: Sequence["Event"], *, asks: bool = False) -> str:
    """Return that resets made after a backup discard what came back, and how to undo them."""
    last = resets[-1]
    more = f" (and {len(resets) - 1} resets more)" if len(resets) > 1 else ""
    begun = f"{_reset_scope(last)} was begun anew on {_day(last.at)}, after this backup{more}"
    if asks:
        return f"{begun}, so that what came back does not count. Undo that?"
    return f"{begun}, so that what came back does not count: `dva data reset --undo` undoes the last reset"


def reset_undone(reset: "Event") -> str:
    """Return that a reset is undone."""
    return (
        f"The reset of {_reset_scope(reset).lower()} on {_day(reset.at)} is undone; what was learned before it counts."
    )


def _reset_scope(reset: "Event") -> str:
    return str(reset.body.get("card") or "Everything")


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _day(at: int) -> str:
    return local_time(at).date().isoformat()


def setting(row: "SettingRow", exams: Mapping[str, "Exam"]) -> str:
    """Return a setting with its value in effect and its meaning."""
    meanings = {
        "exam-date": "the day of the exam, or none",
        "exam": f"{' or '.join(exams)}; by date where nothing is said",
        "minutes": "minutes a day",
        "plain": "plain lines instead of drawings",
        "one-key": "a digit answers where one option is right",
        "retention": "the recall that reviews aim at",
    }
    return f"{row.name:<10} {row.value:<12} {meanings[row.name]}"

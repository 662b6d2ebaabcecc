"""The first start: three things in four lines, then the first card at once."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from dva.cli._context import echo, now, prompt_continue, read_line
from dva.errors import UsageError

if TYPE_CHECKING:
    from dva.app.snapshot import StudySnapshot
    from dva.store import Store

KEYS = "In the quiz: digits choose, Enter answers, g is a guess, n opens the note, u undoes, q quits."
PLAIN_KEYS = "In the quiz: a letter answers, B? is a guess, n opens the note, u undoes, q quits."


def first_start(store: "Store", snapshot: "StudySnapshot", plain: bool) -> None:
    """Ask for the exam date and the minutes, name the keys, and show the first card."""
    from dva.app import settings, today
    from dva.app.quiz.options import QuizOptions
    from dva.app.snapshot import load_snapshot
    from dva.cli.quiz import run

    def change(name: str) -> Callable[[str], None]:
        return lambda text: settings.change_setting(store, snapshot.exams, name, text, now())

    echo(f"Welcome: {len(snapshot.candidates)} notes wait. Two questions, then the first card.")
    minutes = settings.DEFAULT_MINUTES
    try:
        _ask("Exam day, like 2027-01-15 (or none): ", "none", plain, change("exam-date"))
        _ask(f"Minutes a day (Enter: {minutes}): ", str(minutes), plain, change("minutes"))
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("Stopped; `dva` asks again.\n")
        raise
    after = load_snapshot(store, snapshot.roots, now(), snapshot.library)
    today.remember_exam_notice(store, after.exam)
    echo(f"{after.exam.id.upper()} it is. {PLAIN_KEYS if plain else KEYS}")
    if run(QuizOptions(), None, plain=plain, json=False):
        _show_simulation(store, snapshot, plain)


def _show_simulation(store: "Store", snapshot: "StudySnapshot", plain: bool) -> None:
    """End the first session in a simulation: of a note just asked, else of its topic, else of any note."""
    from dva.app.simulate import case_for_notes
    from dva.cli._playback import play

    reviews = store.recent_reviews()
    answered = [review.card for review in reviews if not review.correct] + [review.card for review in reviews]
    topics = {review.topic for review in reviews}
    siblings = [note for name, topic in snapshot.library.topics.items() if name in topics for note in topic.notes]
    scenario = case_for_notes(snapshot.roots, [*answered, *siblings, *snapshot.candidates])
    if scenario is None:
        return
    echo(f"\nNow see it happen: {scenario.title}.")
    if prompt_continue("Enter runs it, q ends", plain):
        play(scenario, plain)
    echo("That was the first day. Tomorrow `dva` says what is due.")


def _ask(prompt: str, default: str, plain: bool, accept: Callable[[str], None]) -> None:
    """Ask until the answer is accepted; an empty one stands for the default."""
    while True:
        try:
            return accept(_read_text(prompt, plain).strip() or default)
        except UsageError as problem:
            echo(f"{problem}: {problem.hint}")


def _read_text(prompt: str, plain: bool) -> str:
    if not plain:
        from dva.terminal.forms import ask_text

        return ask_text(prompt)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = read_line()
    if not line:
        raise EOFError
    return line

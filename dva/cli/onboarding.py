"""The first day: two questions, what dva covers of the exam, an offer to read, then the first card."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from dva.cli._context import echo, now, prompt_continue, read_line, show
from dva.errors import UsageError

if TYPE_CHECKING:
    from dva.app.snapshot import StudySnapshot
    from dva.store import Store

KEYS = "In the quiz: digits choose, Enter answers, g is a guess, n opens the note, u undoes, q quits."
PLAIN_KEYS = "In the quiz: a letter answers, B? is a guess, n opens the note, u undoes, q quits."
CHOICES = "Enter asks, r reads these notes first, q quits"


def first_start(store: "Store", snapshot: "StudySnapshot", plain: bool) -> None:
    """Welcome the learner, ask the first cards, and end in a simulation, unless the learner leaves."""
    from dva.app.quiz.options import QuizOptions
    from dva.cli.quiz import run

    if not welcome(store, snapshot, plain):
        return
    summary = run(QuizOptions(), None, plain=plain, json=False)
    if summary and summary.answered and not summary.left:
        _show_simulation(store, snapshot, plain)
    return


def welcome(store: "Store", snapshot: "StudySnapshot", plain: bool) -> bool:
    """Ask for the exam date and the minutes where they were not set, and say what dva covers; False to leave."""
    from dva.app import settings, today
    from dva.app.snapshot import load_snapshot
    from dva.render import today as phrases

    def change(name: str) -> Callable[[str], None]:
        return lambda text: settings.change_setting(store, snapshot.exams, name, text, now())

    stored, minutes = store.settings(), settings.DEFAULT_MINUTES
    echo(f"Welcome: {len(snapshot.candidates)} notes wait. Two questions, which Enter skips, then the first card.")
    try:
        if "exam-date" not in stored:
            _ask("Exam day, like 2027-01-15 or +6w: ", "none", plain, change("exam-date"))
        if "minutes" not in stored:
            _ask(f"Minutes a day (Enter: {minutes}): ", str(minutes), plain, change("minutes"))
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("Stopped; `dva` asks again.\n")
        raise
    after = load_snapshot(store, snapshot.roots, now(), snapshot.library)
    today.remember_exam_notice(store, after.exam)
    echo(f"{after.exam.id.upper()} it is. {phrases.coverage(today.exam_coverage(after))}")
    if (fitting := today.unfit_exam(after)) and after.settings.exam_date:
        echo(phrases.exam_mismatch(after.exam, fitting, after.settings.exam_date))
    echo(PLAIN_KEYS if plain else KEYS)
    return _offer_reading(store, after, plain)


def _offer_reading(store: "Store", snapshot: "StudySnapshot", plain: bool) -> bool:
    """Offer the notes of a topic before they are asked; False to leave."""
    from dva.app import today
    from dva.render import today as phrases

    found = today.first_reading(store, snapshot)
    if found is None:
        return True
    echo(phrases.reading(found))
    choice = _read_choice(plain)
    if choice == "r":
        from dva.render import notes as drawn

        show(lambda display: drawn.notes(found.notes, display, found.title), plain=plain)
        return prompt_continue("Enter asks, q quits", plain)
    return choice != "q"


def _read_choice(plain: bool) -> str:
    """Return `r`, `q` or anything else for going on."""
    if not plain:
        from dva.terminal.keys import press

        return press(lambda: f" {CHOICES}", None, None, "rq")
    echo(CHOICES)
    line = read_line()
    return line.strip().lower() if line else "q"


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

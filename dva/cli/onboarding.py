"""The first day: two questions, what dva covers of the exam, an offer to read, then the first card."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from dva.cli._context import echo, now, prompt_continue, read_line, show
from dva.errors import UsageError

if TYPE_CHECKING:
    from dva.app.snapshot import StudySnapshot
    from dva.store import Store


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
    from dva.render import welcome as words

    def change(name: str) -> Callable[[str], None]:
        return lambda text: settings.change_setting(store, snapshot.exams, name, text, now())

    stored, minutes = store.settings(), settings.DEFAULT_MINUTES
    asked = [name for name in ("exam-date", "minutes") if name not in stored]
    echo(words.welcome(len(snapshot.candidates), len(asked)))
    try:
        if "exam-date" in asked:
            _ask(words.EXAM_DAY, "none", plain, change("exam-date"))
        if "minutes" in asked:
            _ask(words.minutes_a_day(minutes), str(minutes), plain, change("minutes"))
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write(f"{words.STOPPED}\n")
        raise
    after = load_snapshot(store, snapshot.roots, now(), snapshot.library)
    today.remember_exam_notice(store, after.exam)
    echo(f"{after.exam.id.upper()} it is. {words.coverage(today.exam_coverage(after))}")
    if (fitting := today.unfit_exam(after)) and after.settings.exam_date:
        echo(phrases.exam_mismatch(after.exam, fitting, after.settings.exam_date))
    echo(words.PLAIN_KEYS if plain else words.KEYS)
    return _offer_reading(store, after, plain)


def _offer_reading(store: "Store", snapshot: "StudySnapshot", plain: bool) -> bool:
    """Offer the notes of a topic before they are asked; False to leave."""
    from dva.app import today
    from dva.render import welcome as words

    found = today.first_reading(store, snapshot)
    if found is None:
        return True
    echo(words.reading(found))
    choice = _read_choice(words.CHOICES, plain)
    if choice == "r":
        from dva.render import notes as drawn

        show(lambda display: drawn.notes(found.notes, display, found.title), plain=plain)
        return prompt_continue(words.AFTER_READING, plain)
    return choice != "q"


def _read_choice(text: str, plain: bool) -> str:
    """Return `r`, `q` or anything else for going on; `text` names them."""
    if not plain:
        from dva.terminal.keys import press

        return press(lambda: f" {text}", None, None, "rq")
    echo(text)
    line = read_line()
    return line.strip().lower() if line else "q"


def _show_simulation(store: "Store", snapshot: "StudySnapshot", plain: bool) -> None:
    """End the first session in a simulation: of a note just asked, else of its topic, else of any note."""
    from dva.app.simulate import case_for_notes
    from dva.cli._playback import play
    from dva.render import welcome as words

    reviews = store.recent_reviews()
    answered = [review.card for review in reviews if not review.correct] + [review.card for review in reviews]
    topics = {review.topic for review in reviews}
    siblings = [note for name, topic in snapshot.library.topics.items() if name in topics for note in topic.notes]
    scenario = case_for_notes(snapshot.roots, [*answered, *siblings, *snapshot.candidates])
    if scenario is None:
        return
    echo(words.simulation(scenario.title))
    if prompt_continue("Enter runs it, q ends", plain):
        play(scenario, plain)
    echo(words.END)


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

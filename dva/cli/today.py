"""`dva` alone: what one opens each morning."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from dva.cli._context import (
    display,
    echo,
    envelope,
    load_library,
    now,
    open_store,
    prompt_continue,
    roots,
    warn_damaged,
    warn_synchronised,
    write,
)
from dva.cli._display import display_mode, on_terminal

if TYPE_CHECKING:
    from dva.app.snapshot import StudySnapshot
    from dva.app.today import TodaySummary
    from dva.store import Store


def today(*, json: bool = False) -> None:
    """Print what is due and one next step; on a terminal Enter starts the session."""
    from dva.app import today as use
    from dva.app.snapshot import load_snapshot
    from dva.render import today as phrases

    folders = roots(None)
    library = load_library(folders)
    warn_synchronised()
    with open_store() as opened:
        damaged = warn_damaged(opened)
        snapshot = load_snapshot(opened, folders, now(), library)
        summary = use.summarize(opened, snapshot)
        if json:
            return write(_json(summary, damaged))
        keys = on_terminal()
        mode = display_mode(stored_plain=lambda: snapshot.settings.plain)
        plain = mode.reader == "plain"
        if not summary.begun and keys:
            return _first_day(opened, snapshot, plain)
        if change := use.take_exam_notice(opened, snapshot):
            echo(phrases.exam_change(change))
        write("\n".join(phrases.lines(summary, display(plain=mode.plain), keys=keys)))
    if keys and (summary.left or summary.more) and prompt_continue("", plain):
        from dva.app.quiz.options import QuizOptions
        from dva.cli.quiz import run

        run(QuizOptions(), None, plain=plain, json=False)
    return None


def _first_day(store: "Store", snapshot: "StudySnapshot", plain: bool) -> None:
    """Welcome the learner, ask the first cards, and end in a simulation, unless the learner leaves."""
    from dva.app.quiz.options import QuizOptions
    from dva.cli.onboarding import welcome
    from dva.cli.quiz import run

    if not welcome(store, snapshot, plain):
        return
    summary = run(QuizOptions(), None, plain=plain, json=False)
    if summary and summary.answered and not summary.left:
        _show_simulation(store, snapshot, plain)


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


def _json(summary: "TodaySummary", damaged: int) -> str:
    done, weakest = summary.done, summary.weakest
    return envelope(
        "today", begun=summary.begun, due=summary.due, review=summary.review, new=summary.new, minutes=summary.minutes,
        days_to_exam=summary.days_to_exam, exam=summary.exam.id, days_away=summary.away,
        weakest=weakest.id if weakest else None, weakest_right=round(weakest.share, 4) if weakest else None,
        clear_on=summary.clear_on and summary.clear_on.isoformat(), answered_today=done.answered if done else 0,
        right_today=done.right if done else 0, minutes_today=done.minutes if done else 0,
        study_day=done.number if done else None, tomorrow=asdict(done.tomorrow) if done else None,
        due_tomorrow=summary.tomorrow, planned=summary.planned, more=summary.more, known=summary.known,
        notes=summary.notes, on_course=summary.on_course, faded=summary.faded, minutes_needed=summary.needed,
        damaged=damaged,
    )  # fmt: skip

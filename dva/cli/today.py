"""`dva` alone: what one opens each morning."""

import sys
from typing import TYPE_CHECKING

from dva.cli._context import echo, envelope, load_library, now, prompt_continue, roots, warn_synchronised, write
from dva.cli._display import display_mode

if TYPE_CHECKING:
    from dva.app.today import TodaySummary


def today(*, json: bool = False) -> None:
    """Print what is due and one next step; on a terminal Enter starts the session."""
    from dva import paths, store
    from dva.app import today as use
    from dva.app.snapshot import load_snapshot
    from dva.render import today as phrases

    folders = roots(None)
    library = load_library(folders)
    warn_synchronised()
    with store.open(paths.database()) as opened:
        snapshot = load_snapshot(opened, folders, now(), library)
        summary = use.summarize(opened, snapshot)
        if json:
            return write(_json(summary))
        keys = sys.stdin.isatty() and sys.stdout.isatty()
        plain = display_mode(stored_plain=lambda: snapshot.settings.plain).reader == "plain"
        if not summary.begun and keys:
            from dva.cli.onboarding import first_start

            return first_start(opened, snapshot, plain)
        if change := use.take_exam_notice(opened, snapshot):
            echo(phrases.exam_change(change))
        for text in phrases.lines(summary, keys=keys):
            echo(text)
    if keys and (summary.review or summary.new or not summary.begun) and prompt_continue("", plain):
        from dva.app.quiz.options import QuizOptions
        from dva.cli.quiz import run

        run(QuizOptions(), None, plain=plain, json=False)
    return None


def _json(summary: "TodaySummary") -> str:
    return envelope(
        "today", begun=summary.begun, due=summary.due, review=summary.review, new=summary.new, minutes=summary.minutes,
        days_to_exam=summary.days_to_exam, exam=summary.exam.id, days_away=summary.away, weakest=summary.weakest,
        clear_on=summary.clear_on and summary.clear_on.isoformat(), answered_today=summary.done_today,
        due_tomorrow=summary.tomorrow,
    )  # fmt: skip

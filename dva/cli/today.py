"""`dva` alone: what one opens each morning."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from dva.cli._context import (
    display,
    echo,
    envelope,
    load_library,
    now,
    prompt_continue,
    roots,
    warn_synchronised,
    write,
)
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
        mode = display_mode(stored_plain=lambda: snapshot.settings.plain)
        plain = mode.reader == "plain"
        if not summary.begun and keys:
            from dva.cli.onboarding import first_start

            return first_start(opened, snapshot, plain)
        if change := use.take_exam_notice(opened, snapshot):
            echo(phrases.exam_change(change))
        write("\n".join(phrases.lines(summary, display(plain=mode.plain), keys=keys)))
    if keys and (summary.left or summary.more) and prompt_continue("", plain):
        from dva.app.quiz.options import QuizOptions
        from dva.cli.quiz import run

        run(QuizOptions(), None, plain=plain, json=False)
    return None


def _json(summary: "TodaySummary") -> str:
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
    )  # fmt: skip

"""`dva` alone: what one opens each morning."""

import sys
from typing import Any

from dva.cli._context import envelope, goes_on, now, roots, say, warn, warn_synchronised, write


def today(*, json: bool = False) -> None:
    """Say what is due and one next step; on a terminal Enter starts."""
    from dva import paths, store
    from dva.app import desk, notes
    from dva.app import today as use
    from dva.cli._fronts import is_plain

    folders = roots(None)
    library = notes.library(folders)
    if warning := notes.skipped(library):
        warn(warning)
    warn_synchronised()
    with store.open(paths.database()) as progress:
        laid = desk.lay(progress, folders, now(), library)
        told = use.look(progress, laid)
        if json:
            return write(_json(told))
        keys = sys.stdin.isatty() and sys.stdout.isatty()
        plain = is_plain(progress.settings())
        if not told.begun and keys:
            from dva.cli.first import first_start

            return first_start(progress, laid, plain)
        if change := use.exam_change(progress, laid):
            say(change)
        for text in use.lines(told, laid, keys=keys):
            say(text)
    if keys and (told.review or told.new or not told.begun) and goes_on("", plain):
        from dva.app.quiz import Wish
        from dva.cli.quiz import start

        start(Wish(), None, plain=plain, json=False)
    return None


def _json(told: Any) -> str:
    return envelope(
        "today", begun=told.begun, due=told.due, review=told.review, new=told.new, minutes=told.minutes,
        days_to_exam=told.days_to_exam, exam=told.exam.id, days_away=told.away, weakest=told.weakest,
        clear_on=told.clear_on and told.clear_on.isoformat(), answered_today=told.done_today,
        due_tomorrow=told.tomorrow,
    )  # fmt: skip

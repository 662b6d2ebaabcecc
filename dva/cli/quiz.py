"""`dva quiz`: questions on what is due, then on what is new."""

import os
import sys
from typing import Annotated, Any

import typer

from dva.cli import _fronts as fronts
from dva.cli._context import Content, Json, now, roots, warn, warn_synchronised

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Topics = Annotated[list[str] | None, typer.Argument(metavar="[TOPIC]...", help="Only these topics.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many cards.")]
Minutes = Annotated[int | None, typer.Option("--minutes", min=1, help="As many cards as fit.")]
PlainMode = Annotated[bool, typer.Option("--plain", help="Plain lines: numbered text, one line an answer.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Fix the order.")]
Cram = Annotated[bool, typer.Option("--cram", help="Practice: the schedule stays as it is.")]
Missed = Annotated[str | None, typer.Option("--missed", metavar="7d", help="Practise what was wrong in these days.")]
Domain = Annotated[str | None, typer.Option("--domain", metavar="N", help="Practise one domain of the exam.")]
Sure = Annotated[bool, typer.Option("--confident-errors", help="Practise where you were sure and wrong.")]

Legacy = Annotated[bool, typer.Option("--legacy", help="Practise what is legacy or a draft too.")]


@app.command()
def quiz(
    topics: Topics = None,
    limit: Limit = None,
    minutes: Minutes = None,
    plain: PlainMode = False,
    json: Json = False,
    seed: Seed = None,
    cram: Cram = False,
    missed: Missed = None,
    domain: Domain = None,
    confident_errors: Sure = False,
    legacy: Legacy = False,
    content: Content = None,
) -> None:
    """Answer questions: what is due first, then new ones. Every answer is kept at once."""
    from dva.app.quiz import Wish

    wish = Wish(tuple(topics or ()), limit, minutes, seed, cram, _days(missed), domain, confident_errors, legacy)
    warn_synchronised()
    start(wish, content, plain=plain, json=json)


def _days(missed: str | None) -> int | None:
    from dva.errors import UsageError

    if missed is None:
        return None
    number = missed.lower().removesuffix("d")
    if not number.isdecimal() or len(number) > 5 or int(number) < 1:
        raise UsageError(f"`{missed}` is no number of days", hint="write it like 7d")
    return int(number)


def start(wish: Any, content: Any, *, plain: bool, json: bool) -> Any:
    """Open the store, begin or resume the session, and run it with the reader that fits."""
    from dva import paths, store
    from dva.app import desk, notes, today
    from dva.app import quiz as use

    folders = roots(content)
    library = notes.library(folders)
    if warning := notes.skipped(library):
        warn(warning)
    with store.open(paths.database()) as progress:
        session = use.begin(progress, desk.lay(progress, folders, now(), library, legacy=wish.legacy), wish, now)
        front = fronts.front(_remembered(progress, plain), json, folders)
        if change := today.exam_change(progress, session.desk):
            front.say(change)
        if session.resumed and session.given:
            front.say(f"Going on where you stopped: {len(session.given)} answered.")
        if not session.kept.places:
            return front.say(_nothing(wish, progress, session.desk.day))
        try:
            return use.run(session, front)
        except (KeyboardInterrupt, EOFError):
            sys.stderr.write(f"Stopped; every answer is kept. `{wish.command}` goes on here.\n")
            raise


def _remembered(progress: Any, plain: bool) -> bool:
    """Whether plain lines are wanted; `DVA_PLAIN=1` is remembered as a setting."""
    settings = progress.settings()
    if os.environ.get("DVA_PLAIN", "0") not in ("", "0") and not settings.get("plain"):
        from dva.study import days
        from dva.study.events import Setting

        progress.append("setting", Setting("plain", True), *days.timestamp(now()))
    return plain or fronts.is_plain(settings)


def _nothing(wish: Any, progress: Any, day: int) -> str:
    from dva.study import progress as counts

    if wish.confident_errors:
        return "Nothing that you were sure of was wrong. `dva quiz` asks what is due."
    if wish.missed_days:
        return f"Nothing was missed in these {wish.missed_days} days. `dva quiz` asks what is due."
    today, tomorrow = counts.forecast(progress.cards(), day, 2)
    return (
        f"Nothing of this is due today, and nothing in it is new. Tomorrow {today + tomorrow}. --cram practises anyway."
    )

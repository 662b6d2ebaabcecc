"""`dva quiz`: questions on what is due, then on what is new."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli import _completion
from dva.cli._context import Content, Json, load_library, now, open_store, roots, warn_damaged, warn_synchronised
from dva.cli._display import display_mode, on_terminal, wants_plain_remembered
from dva.cli._interfaces import quiz_interface

if TYPE_CHECKING:
    from dva.app.quiz.options import QuizOptions
    from dva.app.quiz.ports import Summary
    from dva.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Topics = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TOPIC]...", help="Only these topics or chapters.", autocompletion=_completion.topics),
]
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
    from dva.app.quiz.options import QuizOptions

    days = _parse_days(missed)
    options = QuizOptions(tuple(topics or ()), limit, minutes, seed, cram, days, domain, confident_errors, legacy)
    warn_synchronised()
    if options.is_whole_day and not json and on_terminal() and not _welcome(content, plain):
        return
    run(options, content, plain=plain, json=json)


def _welcome(content: list[Path] | None, plain: bool) -> bool:
    """Welcome a learner who has not answered yet; False where the learner leaves."""
    with open_store() as opened:
        if opened.recent_reviews(1):
            return True
        from dva.app.snapshot import load_snapshot
        from dva.cli.onboarding import welcome

        folders = roots(content)
        snapshot = load_snapshot(opened, folders, now(), load_library(folders))
        mode = display_mode(plain=plain, stored_plain=lambda: snapshot.settings.plain)
        return welcome(opened, snapshot, mode.reader == "plain")


def _parse_days(missed: str | None) -> int | None:
    from dva.errors import UsageError

    if missed is None:
        return None
    number = missed.lower().removesuffix("d")
    if not number.isdecimal() or len(number) > 5 or int(number) < 1:
        raise UsageError(f"`{missed}` is not a valid number of days", hint="write it like 7d")
    return int(number)


def run(options: "QuizOptions", content: list[Path] | None, *, plain: bool, json: bool) -> "Summary | None":
    """Start or resume a session and run it with the reader that fits; return its result, None where it was empty.

    An interruption is passed on after naming the command that resumes the session.
    """
    from dva.app import today
    from dva.app.quiz.loop import run_quiz
    from dva.app.quiz.session import start_or_resume
    from dva.app.snapshot import load_snapshot
    from dva.render import messages
    from dva.render import today as phrases

    folders = roots(content)
    library = load_library(folders)
    with open_store() as opened:
        damaged = warn_damaged(opened)
        snapshot = load_snapshot(opened, folders, now(), library, legacy=options.legacy)
        session = start_or_resume(opened, snapshot, options, now)
        _remember_plain(opened)
        mode = display_mode(plain=plain, json=json, stored_plain=lambda: snapshot.settings.plain)
        interface = quiz_interface(mode, folders, one_key=snapshot.settings.one_key, damaged=damaged)
        if change := today.take_exam_notice(opened, snapshot):
            interface.show_message(phrases.exam_change(change))
        if session.resumed and session.answers:
            interface.show_message(messages.session_resumed(len(session.answers)))
        if not session.saved.slots:
            interface.show_message(messages.nothing_to_ask(options))
            return None
        try:
            return run_quiz(session, interface)
        except (KeyboardInterrupt, EOFError):
            sys.stderr.write(f"Stopped; every answer is kept. `{options.command}` goes on here.\n")
            raise


def _remember_plain(store: "Store") -> None:
    """Store `DVA_PLAIN=1` as a setting: who once needs plain lines gets them from now on."""
    if wants_plain_remembered():
        from dva.app.settings import remember_plain

        remember_plain(store, now())

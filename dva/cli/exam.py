"""`dva exam`: a mock exam against the clock."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli._context import Content, Json, load_library, now, open_store, prompt_continue, roots, warn_damaged
from dva.cli._display import DisplayMode, display_mode, on_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dva.app.exam.ports import ExamInterface
    from dva.app.exam.session import ExamOptions, ExamSession
    from dva.app.snapshot import StudySnapshot
    from dva.items.building import Item
    from dva.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Questions = Annotated[int | None, typer.Option("--questions", min=1, max=200, help="How many; 65 as in the exam.")]
Minutes = Annotated[int | None, typer.Option("--minutes", min=1, max=600, help="The time; 2 minutes a question.")]
Domain = Annotated[str | None, typer.Option("--domain", metavar="N", help="One domain of the exam only.")]
PlainMode = Annotated[bool, typer.Option("--plain", help="Plain lines: numbered text, one line an answer.")]


@app.command()
def exam(
    questions: Questions = None, minutes: Minutes = None, domain: Domain = None, plain: PlainMode = False,
    json: Json = False, content: Content = None,
) -> None:  # fmt: skip
    """Take a mock exam: the weights of the real one, a clock, flags, and what was missed afterwards.

    Leave with q and go on later: every answer is kept, pauses do not count.
    """
    from dva import paths, store
    from dva.app.exam.session import ExamOptions
    from dva.app.snapshot import load_snapshot

    options = ExamOptions(questions, minutes, domain)
    folders = roots(content)
    with open_store() as opened, store.alone(paths.database(), "exam"):
        warn_damaged(opened)
        snapshot = load_snapshot(opened, folders, now(), load_library(folders))
        mode = display_mode(plain=plain, json=json, stored_plain=lambda: snapshot.settings.plain)
        interface = _interface(mode, folders, snapshot)
        session = _session(opened, snapshot, options, mode, interface)
        if session is not None:
            _run(session, interface)


def _session(
    store: "Store", snapshot: "StudySnapshot", options: "ExamOptions", mode: DisplayMode, interface: "ExamInterface"
) -> "ExamSession | None":
    """Resume the open exam, or say what a new one holds and begin it; None where the learner leaves."""
    from dva.app import today
    from dva.app.exam import session as use
    from dva.render import exam as words

    if found := use.start_or_resume(store, snapshot, options, now):
        interface.show_message(words.resumed(found.number, found.total, found.minutes_left))
        return found
    lines = words.opening(snapshot.exam, use.plan_seats(store, snapshot, options), today.exam_coverage(snapshot))
    for text in lines:
        interface.show_message(text)
    if mode.reader == "keys" and on_terminal() and not prompt_continue("Enter starts the clock, q leaves", plain=False):
        return None
    return use.start(store, snapshot, options, now)


def _run(session: "ExamSession", interface: "ExamInterface") -> None:
    from dva.app.exam.loop import run_exam
    from dva.render import exam as words

    try:
        if not run_exam(session, interface, words.time):
            interface.show_message(words.paused(session.minutes_left))
    except (KeyboardInterrupt, EOFError):
        session.pause()
        sys.stderr.write(f"{words.paused(session.minutes_left)}\n")
        raise


def _interface(mode: DisplayMode, folders: "Sequence[Path]", snapshot: "StudySnapshot") -> "ExamInterface":
    from dva.cli import _interfaces as shared

    if mode.reader == "json":
        from dva.terminal.examjson import ExamJson

        return ExamJson(shared.write_event, shared.read_typed)
    if mode.reader == "plain":
        from dva.app.exam.ports import Miss
        from dva.cli._context import display
        from dva.render.exam import ExamLines
        from dva.render.plainquiz import PlainQuiz
        from dva.terminal.examplain import ExamPlain

        drawing = PlainQuiz(shared.echo_now, display(plain=True), lambda item: False)

        def feedback(miss: Miss) -> None:
            drawing.feedback(miss.feedback)

        return ExamPlain(ExamLines(shared.echo_now, feedback), shared.read_typed)
    from dva.render.exam import ExamScreen
    from dva.render.quiz import QuizScreen
    from dva.render.screen import console
    from dva.terminal.examkeys import ExamKeys

    screen = QuizScreen(console(), shared.simulation(folders, plain=False))

    def notes(item: "Item") -> None:
        screen.notes([snapshot.library.notes[note] for note in item.question.notes])

    return ExamKeys(ExamScreen(screen, notes))

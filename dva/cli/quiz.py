"""`dva quiz`: questions on what is due, then on what is new."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from dva.cli._context import Content, Json, now, roots, say, warn

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
    content: Content = None,
) -> None:
    """Answer questions: what is due first, then new ones. Every answer is kept at once."""
    from dva.app.quiz import Wish

    wish = Wish(tuple(topics or ()), limit, minutes, seed, cram, _days(missed), domain, confident_errors)
    start(wish, content, plain=plain, json=json)


def _days(missed: str | None) -> int | None:
    from dva.errors import UsageError

    if missed is None:
        return None
    number = missed.lower().removesuffix("d")
    if not number.isdigit() or int(number) < 1:
        raise UsageError(f"`{missed}` is no number of days", hint="write it like 7d")
    return int(number)


def start(wish: Any, content: Any, *, plain: bool, json: bool) -> Any:
    """Open the store, begin or resume the session, and run it with the reader that fits."""
    from dva import paths, store
    from dva.app import desk, notes
    from dva.app import quiz as use

    folders = roots(content)
    library = notes.library(folders)
    if warning := notes.skipped(library):
        warn(warning)
    with store.open(paths.database()) as progress:
        session = use.begin(progress, desk.lay(progress, folders, now(), library), wish, now)
        front = _front(_remembered(progress, plain), json, folders)
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

        progress.append("setting", Setting("plain", True), *days.moment(now()))
    return plain or is_plain(settings)


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


def is_plain(settings: Mapping[str, Any]) -> bool:
    """Whether plain lines are wanted: by setting, by `DVA_PLAIN`, by a simple terminal or none."""
    named = os.environ.get("DVA_PLAIN", "")
    if named:
        return named != "0"
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return not terminal or os.environ.get("TERM", "") in ("", "dumb") or settings.get("plain") is True


def _front(plain: bool, json: bool, folders: Sequence[Path] = (), *, predicts: bool = False) -> Any:
    if json:
        from dva.render.jsontext import envelope
        from dva.terminal.jsonlines import JsonLines

        def emit(event: Mapping[str, Any]) -> None:
            fields = {key: value for key, value in event.items() if key != "schema"}
            _line_out(envelope(event["schema"], indent=None, ascii=True, **fields))

        return JsonLines(emit, _line_in)
    if plain:
        from dva.render.plainquiz import PlainQuiz
        from dva.render.signs import ASCII, UNICODE, Look, columns_of, is_utf8
        from dva.terminal.plain import Plain

        look = Look(columns_of(os.environ), UNICODE if is_utf8(sys.stdout) else ASCII)
        return Plain(PlainQuiz(_words_out, look, _simulation(folders, plain=True)), _line_in)
    from dva.render.quiz import QuizScreen
    from dva.render.screen import console
    from dva.terminal.keys import Keys

    screen = console()
    drawing = QuizScreen(screen, _simulation(folders, plain=False))
    return Keys(drawing, predicts=predicts)


def _line_out(text: str) -> None:
    from dva.cli._context import write

    write(text)
    sys.stdout.flush()


def _words_out(text: str) -> None:
    say(text)
    sys.stdout.flush()


def _line_in(prompt: str) -> str | None:
    """A line of input; None at its end."""
    if prompt and sys.stdin.isatty():
        sys.stdout.write(prompt)
        sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def _simulation(folders: Sequence[Path], *, plain: bool) -> Callable[[Any], bool]:
    """What shows the simulation behind an item: step by step on a screen, as sentences otherwise."""

    def show(item: Any) -> bool:
        from dva.app.simulate import teaching
        from dva.cli.simulate import play

        scenario = item.scenario or teaching(folders, item.question.notes)
        if scenario is None:
            say("No simulation shows this; n opens its note.")
        else:
            play(scenario, plain)
        return scenario is not None

    return show


def choose(item: Any, number: int, total: int, plain: bool) -> str:
    """One option of an item, by the reader that fits; leaving the prompt interrupts."""
    from dva.app.quiz import Shown, shuffled
    from dva.errors import Interrupted
    from dva.study.plan import minutes

    left = minutes(["predict"] * (total - number + 1), {})
    shown = Shown(number, total, left, item.scenario.title, item, shuffled(item.choices, 0), 0, False)
    front = _front(plain or is_plain({}), False, predicts=True)
    try:
        while (reply := front.ask(shown)).command != "quit":
            if reply.command == "answer" and reply.chosen:
                return str(reply.chosen[0])
            front.say("Choose one option, or q to stop.")
    except (KeyboardInterrupt, EOFError):
        pass
    raise Interrupted("stopped before the prediction; those before it are kept")

"""The interface of a session that fits the display mode: keys, plain lines or JSON lines. Wiring only."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dva.cli._context import echo, read_line, write
from dva.cli._display import DisplayMode

if TYPE_CHECKING:
    from dva.app.quiz.ports import QuizInterface
    from dva.items.building import Item


def quiz_interface(
    mode: DisplayMode,
    folders: Sequence[Path] = (),
    *,
    predicting: bool = False,
    one_key: bool = False,
    damaged: int = 0,
) -> "QuizInterface":
    """Return the reader of a display mode with what it draws on.

    `folders` hold the simulations of questions; `damaged` rows of the log were passed over, which programs are told.
    """
    from dva.render.messages import notice

    if mode.reader == "json":
        from dva.terminal.jsonlines import JsonLines

        return JsonLines(write_event, notice, read_typed, damaged)
    if mode.reader == "plain":
        from dva.render.plainquiz import PlainQuiz
        from dva.render.text import ASCII, UNICODE, Display, is_utf8, terminal_columns
        from dva.terminal.plain import Plain

        display = Display(terminal_columns(os.environ), UNICODE if is_utf8(sys.stdout) else ASCII)
        drawing = PlainQuiz(echo_now, display, simulation(folders, plain=True))
        return Plain(drawing, notice, read_typed, interactive=sys.stdin.isatty())
    from dva.render.quiz import QuizScreen
    from dva.render.screen import console
    from dva.terminal.keys import Keys

    screen = QuizScreen(console(), simulation(folders, plain=False))
    return Keys(screen, notice, predicting=predicting, one_key=one_key)


def write_event(event: Mapping[str, object]) -> None:
    from dva.render.jsontext import envelope

    fields = {key: value for key, value in event.items() if key != "schema"}
    write(envelope(str(event["schema"]), indent=None, ascii=True, **fields))
    sys.stdout.flush()


def echo_now(text: str) -> None:
    echo(text)
    sys.stdout.flush()


def read_typed(prompt: str) -> str | None:
    """Return a line of input; None at its end."""
    if prompt and sys.stdin.isatty():
        sys.stdout.write(prompt)
        sys.stdout.flush()
    line = read_line()
    return line.rstrip("\r\n") if line else None


def simulation(folders: Sequence[Path], *, plain: bool) -> Callable[["Item"], bool]:
    """Return what shows the simulation of an item: step by step on a screen, as sentences otherwise."""

    def show(item: "Item") -> bool:
        from dva.app.simulate import case_for_notes
        from dva.cli._playback import play

        scenario = item.scenario or case_for_notes(folders, item.question.notes)
        if scenario is None:
            echo("No simulation shows this; n opens its note.")
        else:
            play(scenario, plain)
        return scenario is not None

    return show

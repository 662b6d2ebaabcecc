"""What a session is read and shown with: keys, plain lines or JSON lines. Wiring only."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dva.cli._context import say, write


def is_plain(settings: Mapping[str, Any]) -> bool:
    """Whether plain lines are wanted: by setting, by `DVA_PLAIN`, by a simple terminal or none."""
    named = os.environ.get("DVA_PLAIN", "")
    if named:
        return named != "0"
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return not terminal or os.environ.get("TERM", "") in ("", "dumb") or settings.get("plain") is True


def front(plain: bool, json: bool, folders: Sequence[Path] = (), *, predicts: bool = False) -> Any:
    """The reader that fits, with what it draws on."""
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
        drawing = PlainQuiz(_words_out, look, _simulation(folders, plain=True))
        return Plain(drawing, _line_in, watched=sys.stdin.isatty())
    from dva.render.quiz import QuizScreen
    from dva.render.screen import console
    from dva.terminal.keys import Keys

    return Keys(QuizScreen(console(), _simulation(folders, plain=False)), predicts=predicts)


def _line_out(text: str) -> None:
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
        from dva.app.simulate import case_for_notes
        from dva.cli._playback import play

        scenario = item.scenario or case_for_notes(folders, item.question.notes)
        if scenario is None:
            say("No simulation shows this; n opens its note.")
        else:
            play(scenario, plain)
        return scenario is not None

    return show

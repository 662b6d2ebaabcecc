"""What commands take from outside: the clock, the content folders, stdout."""

import functools
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from dva.errors import ContentError, UsageError

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Content = Annotated[
    list[Path] | None, typer.Option("--content", metavar="DIR", help="Read this content folder too. Repeatable.")
]


def now() -> datetime:
    """The time, with the local offset; `DVA_NOW` (ISO 8601) fixes it."""
    fixed = os.environ.get("DVA_NOW")
    if not fixed:
        return datetime.now().astimezone()
    try:
        format_time = datetime.fromisoformat(fixed)
    except ValueError:
        raise UsageError(f"DVA_NOW is `{fixed}`", hint="write it like 2026-11-24T08:00:00+01:00") from None
    if not 1970 < format_time.year < 9999:
        raise UsageError(f"DVA_NOW is `{fixed}`", hint="a year from 1971 to 9998")
    return format_time if format_time.tzinfo else format_time.astimezone()


def roots(content: list[Path] | None) -> list[Path]:
    """The content folders; a named one must be there."""
    from dva import paths

    for folder in content or ():
        if not folder.is_dir():
            raise UsageError(f"there is no content folder `{folder}`")
    found = paths.content_roots(content or ())
    for folder in found:
        if not folder.is_dir():
            warn(f"there is no content folder `{folder}`, which DVA_CONTENT names")
    return [folder for folder in found if folder.is_dir()]


def write(text: str) -> None:
    """The result, to stdout, whatever its encoding."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    if not text.endswith("\n"):
        sys.stdout.write("\n")


def say(text: str, rest: str = "") -> None:
    """Words for a person: on a terminal folded between words, as wide as it is, `rest` before what was folded;
    elsewhere line by line as they are.
    """
    if sys.stdout.isatty():
        from dva.render.text import terminal_columns, wrap

        text = "\n".join(wrap(text, max(20, terminal_columns(os.environ)), rest=rest))
    write(text)


def warn(text: str) -> None:
    """One line on stderr."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(f"dva: warning: {text}\n".encode(encoding, "replace").decode(encoding))


def warn_synchronised() -> None:
    """A database in a folder that a service synchronises can be damaged by it."""
    from dva import paths, store

    if service := store.cloud_sync_service(paths.database()):
        warn(f"the database lies in a folder of {service}; share progress with `dva data sync DIR` instead")


def envelope(what: str, **fields: Any) -> str:
    """A JSON answer: `{"schema": "dva.<what>/1", …}`; escaped where stdout does not take UTF-8."""
    from dva.render.jsontext import envelope as text
    from dva.render.text import is_utf8

    try:
        return text(f"dva.{what}/1", ascii=not is_utf8(sys.stdout), **fields)
    except ValueError:
        raise ContentError("a number in the answer is not finite, which JSON cannot say") from None


def show(draw: Callable[[Any], Any], *, plain: bool = False) -> None:
    """Print what `draw` makes for this display: as lists without boxes and bars where plain is wanted."""
    from dva.render.screen import console
    from dva.render.text import Display

    screen = console()
    display = (
        Display(screen.display.width, screen.display.glyphs, plain=True) if plain_screen(plain) else screen.display
    )
    screen.print(draw(display))


def plain_screen(wanted: bool) -> bool:
    """Whether sentences and lists are wanted: asked for now, by `DVA_PLAIN`, a simple terminal, or said before."""
    named = os.environ.get("DVA_PLAIN", "")
    if wanted or named not in ("", "0") or os.environ.get("TERM") == "dumb":
        return True
    return named != "0" and _plain_was_said()


@functools.cache
def _plain_was_said() -> bool:
    """The setting, where there is a database that can be read; looked up once, not for every step of a run."""
    from dva import paths

    if not paths.database().exists():
        return False
    from dva import store
    from dva.errors import StoreError

    try:
        with store.open(paths.database()) as progress:
            return progress.settings().get("plain") is True
    except StoreError:
        return False


def goes_on(text: str, plain: bool) -> bool:
    """Whether Enter was pressed, not q; `text` says what each does. The end of input is no Enter."""
    if not plain:
        from dva.terminal.keys import enter

        return enter(text)
    if text:
        say(text)
    line = sys.stdin.readline()
    return bool(line) and line.strip().lower() != "q"

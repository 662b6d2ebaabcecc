"""The environment of commands: clock, content folders, output."""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dva import files
from dva.cli._display import display_mode
from dva.errors import ContentError, UsageError

if TYPE_CHECKING:
    from dva.catalog.library import Library
    from dva.render.text import Display
    from dva.store import Store

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Content = Annotated[
    list[Path] | None, typer.Option("--content", metavar="DIR", help="Read this content folder too. Repeatable.")
]

MAX_LINE = 10_000
"""Characters of a line of input that are kept."""


def now() -> datetime:
    """Return the time with the local offset; `DVA_NOW` (ISO 8601) fixes it."""
    fixed = os.environ.get("DVA_NOW")
    if not fixed:
        return _localized(datetime.now())
    try:
        time = datetime.fromisoformat(fixed)
    except ValueError:
        raise UsageError(f"DVA_NOW is `{fixed}`", hint="write it like 2026-11-24T08:00:00+01:00") from None
    if not 1970 < time.year < 9999:
        raise UsageError(f"DVA_NOW is `{fixed}`", hint="a year from 1971 to 9998")
    return time if time.tzinfo else _localized(time)


def _localized(time: datetime) -> datetime:
    """Return a time with the local offset; UsageError where the zone of the environment is none."""
    try:
        return time.astimezone()
    except (ValueError, OverflowError, OSError):  # more than a day from UTC
        zone = os.environ.get("TZ", "")
        raise UsageError(f"TZ is `{zone}`, not a time zone", hint="write it like Europe/Berlin") from None


def open_store() -> "Store":
    """Open the learner's progress at the time of this command; what is dated far ahead of it is set aside."""
    from dva import paths, store
    from dva.study import days

    return store.open(paths.database(), now=days.timestamp(now())[0])


def roots(content: list[Path] | None) -> list[Path]:
    """Return the content folders; UsageError where one of `--content` does not exist, a warning for `DVA_CONTENT`."""
    from dva import paths

    for folder in content or ():
        if not files.is_folder(folder):
            raise UsageError(f"there is no content folder `{folder}`")
    found = paths.content_roots(content or ())
    for folder in found:
        if not files.is_folder(folder):
            warn(f"there is no content folder `{folder}`, which DVA_CONTENT names")
    return [folder for folder in found if files.is_folder(folder)]


def write(text: str) -> None:
    """Write the result to stdout, whatever its encoding, without anything that a terminal would obey."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def _write(stream: TextIO, text: str) -> None:
    """Write sanitized text: the one place, beside the screen, where text leaves dva."""
    from dva.render.text import sanitize

    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(sanitize(text).encode(encoding, "replace").decode(encoding))


def write_error(text: str) -> None:
    """Write lines to stderr, without anything that a terminal would obey."""
    _write(sys.stderr, text + "\n")
    sys.stderr.flush()


def echo(text: str, rest: str = "") -> None:
    """Write text for a person: on a terminal wrapped between words to its width, with `rest` before further lines."""
    if sys.stdout.isatty():
        from dva.render.text import terminal_columns, wrap

        text = "\n".join(wrap(text, max(20, terminal_columns(os.environ)), rest=rest))
    write(text)


def warn(text: str) -> None:
    """Write a warning to stderr."""
    write_error(f"dva: warning: {' '.join(text.split())}")


@functools.cache
def _warn_once(text: str) -> None:
    warn(text)


def warn_damaged(store: "Store") -> int:
    """Name the rows of the log that are passed over, in one warning a process, and return their number."""
    rows = store.damage()
    if rows:
        from dva.render.messages import damaged_rows

        _warn_once(damaged_rows(rows))
    return len(rows)


def warn_synchronised() -> None:
    """Warn of a database in a folder that a service synchronises, which can damage it."""
    from dva import paths, store

    if service := store.cloud_sync_service(paths.database()):
        warn(f"the database lies in a folder of {service}; share progress with `dva data sync DIR` instead")


def load_library(folders: Sequence[Path]) -> "Library":
    """Load everything that can be studied; warn of entries that could not be used."""
    from dva.app import notes

    library = notes.library(folders)
    if library.findings:
        from dva.render.messages import skipped_entries

        warn(skipped_entries(library.findings))
    return library


def envelope(what: str, **fields: object) -> str:
    """Return a JSON answer, `{"schema": "dva.<what>/1", …}`; escaped where stdout does not take UTF-8."""
    from dva.render.jsontext import envelope as text
    from dva.render.text import is_utf8

    try:
        return text(f"dva.{what}/1", ascii=not is_utf8(sys.stdout), indent=2, **fields)
    except ValueError:
        raise ContentError("a number in the answer is not finite, which JSON cannot say") from None


def show(draw: Callable[["Display"], object], *, plain: bool = False) -> None:
    """Print what `draw` returns for this screen: something that rich prints, without boxes and bars in plain mode."""
    from dva.render.screen import console
    from dva.render.text import Display

    screen = console()
    display = screen.display
    if display_mode(plain=plain).plain:
        display = Display(display.width, display.glyphs, plain=True)
    screen.print(draw(display))


def display(*, plain: bool) -> "Display":
    """Return the columns and glyphs of stdout for what is drawn without rich."""
    from dva.render.text import ASCII, UNICODE, Display, drawn_columns, is_utf8, terminal_columns

    columns = drawn_columns(terminal_columns(os.environ))
    return Display(columns, UNICODE if is_utf8(sys.stdout) else ASCII, plain=plain)


def read_line() -> str:
    """Return a line of standard input with its end; no more than its beginning where it is too long to be an answer."""
    line = sys.stdin.readline(MAX_LINE)
    rest = line
    while len(rest) == MAX_LINE and not rest.endswith("\n"):
        rest = sys.stdin.readline(MAX_LINE)
    return line


def prompt_continue(text: str, plain: bool) -> bool:
    """Return True on Enter; False on `q` or end of input. `text` names the keys; `plain` reads a line, not a key."""
    if not plain:
        from dva.terminal.keys import wait_for_enter

        return wait_for_enter(text)
    if text:
        echo(text)
    line = read_line()
    return bool(line) and line.strip().lower() != "q"

"""How a command shows itself: which reader takes the input, and whether drawings are plain. Decided here alone."""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DisplayMode:
    """`reader` takes a session's input; `plain` says that screens are sentences and lists without boxes and bars."""

    reader: Literal["keys", "plain", "json"]
    plain: bool


def on_terminal() -> bool:
    """Whether a person sits in front of both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def display_mode(
    *, plain: bool = False, json: bool = False, stored_plain: Callable[[], bool] | None = None
) -> DisplayMode:
    """Return the display mode by the options of the command, `DVA_PLAIN`, the terminal and the setting, in this order.

    `DVA_PLAIN=0` wins over terminal and setting. `stored_plain` returns the setting where the command has it; it is
    called only where it decides. Writes nothing.
    """
    variable, term = os.environ.get("DVA_PLAIN", ""), os.environ.get("TERM", "")
    stored_plain = stored_plain or _stored_plain
    if plain or variable not in ("", "0"):
        return DisplayMode("json" if json else "plain", True)
    if variable == "0":
        return DisplayMode("json" if json else "keys", term == "dumb")
    is_plain = term == "dumb" or stored_plain()
    by_line = is_plain or not on_terminal() or not term
    return DisplayMode("json" if json else "plain" if by_line else "keys", is_plain)


def wants_plain_remembered() -> bool:
    """Whether `DVA_PLAIN` asks for plain lines, which the quiz stores as a setting."""
    return os.environ.get("DVA_PLAIN", "") not in ("", "0")


@functools.cache
def _stored_plain() -> bool:
    """Return the setting `plain` of the database, if there is one that can be read; looked up once per process."""
    from dva import files, paths

    if not files.is_file(paths.database()):
        return False
    from dva import store
    from dva.app.settings import read_settings
    from dva.errors import StoreError

    try:
        with store.open(paths.database()) as opened:
            return read_settings(opened.settings()).plain
    except StoreError:
        return False

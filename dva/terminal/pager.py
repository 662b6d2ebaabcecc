"""Long results on a terminal: a screen at a time, by the learner's own pager where there is one."""

import os
import shlex
import subprocess
from collections.abc import Callable, Sequence
from typing import TypeVar

Line = TypeVar("Line")


def learners_pager() -> list[str]:
    """Return the command that `PAGER` names; nothing where it is not set or cannot be read."""
    try:
        return shlex.split(os.environ.get("PAGER", ""))
    except ValueError:
        return []


def pipe_to(command: Sequence[str], text: str) -> bool:
    """Show a text in a pager, and return False where it cannot be started; less is told to keep colors and short texts.

    Leaving the pager before the end of the text is no error.
    """
    environ = {"LESS": "FRX", **os.environ}
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environ)  # noqa: S603  the learner's own command
    except OSError:
        return False
    process.communicate(text.encode("utf-8", "replace"))
    return process.returncode == 0


def show_paged(
    lines: Sequence[Line], rows: int, show: Callable[[Sequence[Line]], None], goes_on: Callable[[str], bool]
) -> bool:
    """Show lines a screen of `rows` at a time; return False where the learner left before the end.

    `goes_on` asks, with how much is shown so far, and returns whether to go on.
    """
    room = max(1, rows)
    for start in range(0, len(lines), room):
        if start and not goes_on(f"{100 * start // len(lines)} %"):
            return False
        show(lines[start : start + room])
    return True

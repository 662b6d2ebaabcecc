"""The errors that a learner sees, and the exit codes they lead to."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the process."""

    OK = 0
    FINDINGS = 1
    """`check` found something, or an `expect` of a scenario does not hold."""
    USAGE = 2
    CONTENT = 3
    """Invalid content or an invalid scenario that stops the command."""
    STORE = 4
    INTERNAL = 70
    """An error of dva itself: EX_SOFTWARE of sysexits.h."""
    INTERRUPTED = 130


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint with the nearest of the known words; `otherwise` where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 3)
    return f"did you mean {', '.join(near)}?" if near else otherwise


class DvaError(Exception):
    """Base of all errors shown to the learner; any other exception is a bug.

    `message` is one line in lower case without Python type names, `where` is `file` or `file:line`, `hint` says what
    to do next. `exit_code` is decided by the subclass.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(DvaError):
    """Wrong arguments, or an output that cannot be written (exit code 2)."""


class ContentError(DvaError):
    """Notes, questions or a scenario that stop the command (exit code 3)."""

    exit_code = ExitCode.CONTENT


class GivenError(ContentError):
    """A scenario's `given` that an engine cannot read; `pointer` is the JSON Pointer inside `given`."""

    def __init__(self, message: str, *, pointer: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer

    def __str__(self) -> str:
        place = f"given{self.pointer}"
        text = f"{place}: {self.message}"
        return f"{self.where}: {text}" if self.where else text


class StoreError(DvaError):
    """The progress database cannot be read or written (exit code 4)."""

    exit_code = ExitCode.STORE


class Interrupted(DvaError):
    """Ctrl-C or end of input; progress made before is kept (exit code 130)."""

    exit_code = ExitCode.INTERRUPTED

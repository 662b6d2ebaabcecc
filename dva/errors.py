"""The one family of errors that a learner sees, and the exit codes they end with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How the process ends."""

    OK = 0
    FINDINGS = 1
    """`check` found something, or an `expect` does not hold."""
    USAGE = 2
    CONTENT = 3
    """Content or a scenario that stops the command."""
    STORE = 4
    INTERRUPTED = 130


class DvaError(Exception):
    """A message for the learner: lower case, one line, no Python type names.

    `where` is `file:line`, `hint` says what to do next.
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
    """The command was called in a way that it cannot carry out."""


class ContentError(DvaError):
    """Notes, questions or a scenario that cannot be used."""

    exit_code = ExitCode.CONTENT


class GivenError(ContentError):
    """A scenario's `given` that an engine cannot read; `pointer` names the place inside `given`."""

    def __init__(self, message: str, *, pointer: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer

    def __str__(self) -> str:
        place = f"given{self.pointer}"
        text = f"{place}: {self.message}"
        return f"{self.where}: {text}" if self.where else text


class StoreError(DvaError):
    """The database cannot be read or written."""

    exit_code = ExitCode.STORE


class Interrupted(DvaError):
    """The learner left with Ctrl-C, or the input ended; progress is kept."""

    exit_code = ExitCode.INTERRUPTED

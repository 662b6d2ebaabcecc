"""The command line: wiring only. `main` is the one place where an exception becomes a message."""

import importlib
import os
import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from dva.errors import DvaError, ExitCode

COMMANDS = ("quiz", "simulate", "notes", "topics", "report", "check", "settings", "data")


class Commands(TyperGroup):
    """Imports `dva.cli.<name>` when the command is asked for, so that starting costs little."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dva.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what Typer would turn into exit codes of its own goes past it to `main`."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, OSError) as leaving:
            raise _Leaving(leaving) from leaving


class _Leaving(Exception):
    """Carries an exception past Typer."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


app = typer.Typer(
    cls=Commands,
    name="dva",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from dva import __version__

        print(f"dva {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show where an error was raised."),
    json: bool = typer.Option(False, "--json", help="What is due today, as JSON."),
) -> None:
    """Learn for the AWS Certified Developer - Associate exam. Alone: what is due today."""
    if ctx.invoked_subcommand is None:
        from dva.cli.today import today

        today(json=json)


def main() -> None:
    """Run the command; every way out ends in one of our exit codes."""
    debug = "--debug" in sys.argv[1:2]
    try:
        app()
    except SystemExit as leaving:
        _leave(leaving.code if isinstance(leaving.code, int) else ExitCode.OK)
    except (DvaError, _Leaving) as problem:
        if debug:
            raise
        _leave(_code(problem.cause if isinstance(problem, _Leaving) else problem))


def _code(problem: BaseException) -> int:
    """Say what went wrong; the exit code that it ends with."""
    if isinstance(problem, DvaError):
        _tell(problem)
        return problem.exit_code
    if isinstance(problem, BrokenPipeError):
        return ExitCode.OK
    if isinstance(problem, OSError):
        _tell(DvaError(f"cannot write: {(problem.strerror or 'no reason given').lower()}"))
        return ExitCode.USAGE
    return ExitCode.INTERRUPTED


def _tell(problem: DvaError) -> None:
    """One line on stderr, perhaps a hint."""
    lines = [f"dva: error: {problem}"] + ([f"hint: {problem.hint}"] if problem.hint else [])
    text = "".join(f"{' '.join(line.split())}\n" for line in lines)
    printable = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.write(printable.encode(encoding, "replace").decode(encoding))
    sys.stderr.flush()


def _leave(code: int) -> None:
    """Exit without a second complaint about a pipe that is closed or a disk that is full."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as problem:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code:
            _tell(DvaError(f"cannot write: {(problem.strerror or 'no reason given').lower()}"))
            code = ExitCode.USAGE
    raise SystemExit(int(code))

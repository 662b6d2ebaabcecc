"""The command line: wiring only. `main` is the one place where an exception becomes a message."""

import importlib
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from dva.errors import DvaError, ExitCode

if TYPE_CHECKING:  # the click that Typer vendors: importing it when running would tie us to one version of Typer
    from typer._click.core import Command, Context

COMPLETION = "_DVA_COMPLETE" in os.environ or not {
    "-h", "--help", "--install-completion", "--show-completion",
}.isdisjoint(sys.argv[1:2])  # fmt: skip
"""Whether this start completes a line or installs that: otherwise Typer's part of it would slow every start."""
COMMANDS = ("quiz", "exam", "simulate", "notes", "topics", "report", "beliefs", "check", "settings", "data")


class Commands(TyperGroup):
    """Imports `dva.cli.<name>` when the command is called, so that starting costs little."""

    def list_commands(self, ctx: "Context") -> list[str]:
        """Return the commands in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        """Import a command and return it."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dva.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def resolve_command(self, ctx: "Context", args: list[str]) -> "tuple[str | None, Command | None, list[str]]":
        """Find the command of the first word; an unknown one is told with the nearest."""
        word = args[0]
        if word not in COMMANDS and not word.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(word, COMMANDS, 1) or [name for name in COMMANDS if name.startswith(word)]
            ctx.fail(f"No such command '{word}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: "Context") -> object:
        """Run the command; exceptions that Typer would turn into its own exit codes are passed through to `main`."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, OSError) as leaving:
            raise ExitThroughTyper(leaving) from leaving


class ExitThroughTyper(Exception):
    """Carries an exception through Typer to `main`."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


app = typer.Typer(
    cls=Commands,
    name="dva",
    add_completion=COMPLETION,
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
    _open_closed_streams()
    debug = "--debug" in sys.argv[1:2]
    try:
        app(prog_name="dva")
    except SystemExit as leaving:
        _exit(leaving.code if isinstance(leaving.code, int) else ExitCode.OK)
    except Exception as problem:
        if debug:
            raise
        _exit(_report(problem.cause if isinstance(problem, ExitThroughTyper) else problem))


def _open_closed_streams() -> None:
    """Put something in the place of standard streams that were closed, so that no file of ours gets their numbers.

    The input is at its end, messages go nowhere, and a result that cannot be written is an error.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def _report(problem: BaseException) -> int:
    """Print what went wrong and return the exit code."""
    if isinstance(problem, DvaError):
        _print_error(problem)
        return problem.exit_code
    if isinstance(problem, BrokenPipeError):
        return ExitCode.OK
    if isinstance(problem, OSError):
        reason = (problem.strerror or "no reason given").lower()
        path = problem.filename and os.fsdecode(problem.filename)
        _print_error(DvaError(f"cannot be used: {reason}", where=path) if path else DvaError(f"cannot write: {reason}"))
        return ExitCode.USAGE
    if isinstance(problem, KeyboardInterrupt | EOFError):
        return ExitCode.INTERRUPTED
    kind = type(problem).__name__
    _print_error(
        DvaError(
            f"this is a defect of dva ({kind}: {problem})",
            hint="`dva --debug …` shows where; please report it with the command and its input",
        )
    )
    return ExitCode.INTERNAL


def _print_error(problem: DvaError) -> None:
    """Write an error in one line to stderr, and its hint in another."""
    lines = [f"dva: error: {problem}"] + ([f"hint: {problem.hint}"] if problem.hint else [])
    text = "\n".join(" ".join(line.split()) for line in lines)
    printable = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    from dva.cli._context import write_error

    with suppress(OSError, ValueError):  # there is nowhere to say it
        write_error(printable)


def _exit(code: int) -> None:
    """Exit without a second error about a pipe that is closed or a disk that is full."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as problem:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code:
            _print_error(DvaError(f"cannot write: {(problem.strerror or 'no reason given').lower()}"))
            code = ExitCode.USAGE
    raise SystemExit(int(code))

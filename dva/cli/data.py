"""`dva data`: progress in and out. Nothing is ever sent anywhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dva.cli._context import Json, envelope, now, warn, write
from dva.errors import ExitCode, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def data() -> None:
    """Progress in and out: path, export, import, backup, restore, verify, sync, reset."""


@app.command()
def path(json: Json = False) -> None:
    """Print where the database lies."""
    from dva import paths

    place = paths.database()
    write(envelope("path", path=str(place)) if json else str(place))


@app.command()
def export(file: Annotated[Path | None, typer.Argument(help="Default: standard output.")] = None) -> None:
    """Write the log as JSON lines, one event each."""
    from dva import paths, store

    with store.open(paths.database()) as progress:
        if file is None:
            for line in progress.lines():
                write(line)
        else:
            write(f"{progress.export(file)} events written to {file}")


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A file that `dva data export` wrote.")]) -> None:
    """Add the events of an export; what is there stays."""
    from dva import paths, store

    with store.open(paths.database()) as progress:
        added = progress.import_file(file)
    write(f"{added} new events")


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Default: beside the database, with the date.")] = None,
) -> None:
    """Copy the whole database."""
    from dva import paths, store

    target = file or paths.data_dir() / f"backup-{now():%Y%m%d-%H%M%S}.db"
    with store.open(paths.database()) as progress:
        progress.backup(target)
    write(f"copied to {target}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup or an export.")]) -> None:
    """Merge a backup or an export; nothing that is there is lost."""
    from dva import paths, store

    if not file.exists():
        raise UsageError(f"there is no `{file}`")
    done = store.restore(paths.database(), file)
    if done.aside:
        warn(f"the database could not be read; it was put aside as {done.aside}")
    write(f"{done.added} events came back")


@app.command()
def verify(json: Json = False) -> None:
    """Check the file, the log, and that everything else follows from it."""
    from dva import paths, store

    with store.open(paths.database()) as progress:
        found = progress.verify()
        events = len(progress.events())
    if json:
        write(envelope("verify", problems=found, events=events))
    else:
        write("\n".join(found) or f"all well: {events} events, everything follows from them")
    raise typer.Exit(ExitCode.STORE if found else ExitCode.OK)


@app.command()
def sync(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that your machines share.")]) -> None:
    """Exchange events with your other machines through a shared folder."""
    from dva import paths, store

    with store.open(paths.database()) as progress:
        done = progress.sync(folder)
    write(f"{done.received} events received, {done.sent} sent")


@app.command()
def reset(
    card: Annotated[str | None, typer.Argument(metavar="[CARD]", help="One card; without it everything.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Begin a card, or everything, anew. Asks first and keeps a backup."""
    from dva import paths, store
    from dva.study import days

    with store.open(paths.database()) as progress:
        if card is not None and progress.card(card) is None:
            raise UsageError(f"there is no card `{card}` with progress", hint="a card is a note: ecs-task-placement.15")
        if not yes and not _agreed(f"Begin {card or 'everything'} anew?"):
            return write("Nothing was changed.")
        kept = paths.data_dir() / f"before-reset-{now():%Y%m%d-%H%M%S}.db"
        progress.backup(kept)
        progress.reset(card, *days.moment(now()))
    return write(f"{card or 'Everything'} begins anew; the backup is {kept}")


def _agreed(question: str) -> bool:
    """`yes` on standard input; end of input interrupts."""
    sys.stdout.write(f"{question} Type yes: ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip().lower() in ("yes", "y")

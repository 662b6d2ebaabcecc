"""`dva data`: progress in and out. Nothing is ever sent anywhere."""

import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli._context import Json, envelope, now, open_store, read_line, warn, warn_damaged, write
from dva.cli._display import on_terminal
from dva.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from dva.store import Event, SetAside, Store

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def data() -> None:
    """Progress in and out: export, import, backup, sync and more."""


@app.command()
def path(json: Json = False) -> None:
    """Print where the database lies."""
    from dva import paths

    place = paths.database()
    write(envelope("path", path=str(place)) if json else str(place))


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(readable=False, help="Default: standard output.")] = None,
    json: Json = False,
) -> None:
    """Write the log as JSON lines, one event each."""
    with open_store() as opened:
        damaged = warn_damaged(opened)
        if file is not None:
            written = opened.export(file)
            text = f"{_events(written)} written to {file}"
            return _print_result(json, "export", text, events=written, file=str(file), damaged=damaged)
        lines = opened.export_lines()
        if json:
            from json import loads

            return write(envelope("export", events=[loads(line) for line in lines], damaged=damaged))
        from dva.render.text import escape_json

        for line in lines:
            write(escape_json(line))
    return None


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(readable=False, help="A file that `dva data export` wrote.")],
    json: Json = False,
) -> None:
    """Add the events of an export; what is there stays."""
    with open_store() as opened:
        added = opened.import_file(file)
        damaged = warn_damaged(opened)
        aside = _warn_set_aside(opened)
    _print_result(json, "import", _events(added, "new "), added=added, damaged=damaged, set_aside=aside)


@app.command()
def backup(
    file: Annotated[
        Path | None, typer.Argument(readable=False, help="Default: beside the database, with the date.")
    ] = None,
    json: Json = False,
) -> None:
    """Copy the whole database."""
    with open_store() as opened:
        target = file or _free_path("backup")
        opened.backup(target)
        damaged = warn_damaged(opened)
    _print_result(json, "backup", f"copied to {target}", file=str(target), damaged=damaged)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(readable=False, help="A backup or an export.")],
    undo_reset: Annotated[bool, typer.Option("--undo-reset", help="Undo resets made after the backup.")] = False,
    json: Json = False,
) -> None:
    """Merge a backup or an export; nothing is lost."""
    from dva import paths, store
    from dva.study import days

    try:
        exists = file.exists()
    except OSError as problem:
        raise UsageError(f"cannot read the file: {str(problem.strerror).lower()}", where=str(file)) from problem
    if not exists:
        raise UsageError(f"there is no `{file}`", hint="`dva data backup` and `dva data export` write such files")
    done = store.restore(paths.database(), file, now=days.timestamp(now())[0])
    if done.quarantined:
        warn(f"the database could not be read; it was put aside as {done.quarantined}")
    aside = done.quarantined and str(done.quarantined)
    if done.lost:
        from dva.render.messages import damaged_rows

        warn(damaged_rows(done.lost))
    undone = _undo_winning_resets(done.resets, undo_reset)
    text = f"{_events(done.added)} came back"
    _print_result(
        json, "restore", text, added=done.added, aside=aside, damaged=len(done.lost),
        resets=len(done.resets), resets_undone=undone,
    )  # fmt: skip


def _undo_winning_resets(resets: "list[Event]", agreed: bool) -> bool:
    """Undo the resets that discard what came back, where the learner agrees; else say how. Return whether it was done.

    Only a person who sits there is asked.
    """
    from dva.render import messages
    from dva.study import days

    if not resets:
        return False
    if not agreed and not (on_terminal() and _confirm(messages.winning_resets(resets, asks=True))):
        warn(messages.winning_resets(resets))
        return False
    with open_store() as opened:
        for reset in resets:
            opened.undo_reset(reset, *days.timestamp(now()))
    return True


@app.command()
def verify(json: Json = False) -> None:
    """Check the file, the log, and what follows from it."""
    with open_store() as opened:
        found = opened.verify()
        events = sum(1 for _ in opened.export_lines())
        damaged = len(opened.damage())
        aside = opened.set_aside()
    lines = found or [f"all well: {_events(events)}, everything follows from them"]
    if aside:
        from dva.render.messages import set_aside

        lines = [*lines, set_aside(aside)]
    _print_result(
        json, "verify", "\n".join(lines),
        problems=found, events=events, damaged=damaged, set_aside=_as_json(aside),
    )  # fmt: skip
    raise typer.Exit(ExitCode.STORE if found else ExitCode.OK)


@app.command()
def future(
    apply: Annotated[bool, typer.Option("--apply", help="Apply them now.")] = False,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Set aside again what --apply applied.")] = False,
    json: Json = False,
) -> None:
    """Events dated more than a day ahead: a clock was wrong. They wait for their day."""
    from dva.render import messages

    if apply and set_aside:
        raise UsageError("--apply and --set-aside exclude each other")
    with open_store() as opened:
        before = opened.set_aside()
        if apply:
            opened.apply_ahead()
        elif set_aside:
            opened.set_ahead_aside()
        rows = opened.set_aside()
    text = messages.set_aside(rows) if rows else "Nothing is set aside."
    if apply and before:
        text = messages.applied_ahead(before)
    _print_result(
        json, "future", text, set_aside=_as_json(rows), applied=sum(row.events for row in before) if apply else 0
    )


@app.command()
def sync(
    folder: Annotated[Path, typer.Argument(readable=False, metavar="DIR", help="A folder that your machines share.")],
    json: Json = False,
) -> None:
    """Exchange events through a folder that machines share."""
    with open_store() as opened:
        done = opened.sync(folder)
        damaged = warn_damaged(opened)
        aside = _warn_set_aside(opened)
    text = f"{_events(done.received)} received, {done.sent} sent"
    _print_result(json, "sync", text, received=done.received, sent=done.sent, damaged=damaged, set_aside=aside)


@app.command()
def reset(
    card: Annotated[str | None, typer.Argument(metavar="[CARD]", help="One card; without it everything.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the last reset.")] = False,
    json: Json = False,
) -> None:
    """Begin a card, or everything, anew. Asks first and keeps a backup."""
    from dva.study import days

    with open_store() as opened:
        if undo:
            return _undo_reset(opened, card, json)
        if card is not None and opened.card(card) is None:
            raise UsageError(f"there is no card `{card}` with progress", hint="a card is a note: ecs-task-placement.15")
        if not yes and not _confirm(f"Begin {card or 'everything'} anew?"):
            return _print_result(json, "reset", "Nothing was changed.", reset=False, card=card, backup=None)
        backup_file = _free_path("before-reset")
        opened.backup(backup_file)
        opened.reset(card, *days.timestamp(now()))
    text = f"{card or 'Everything'} begins anew; the backup is {backup_file}. `dva data reset --undo` takes it back."
    return _print_result(json, "reset", text, reset=True, card=card, backup=str(backup_file))


def _undo_reset(store: "Store", card: str | None, json: bool) -> None:
    """Undo the last reset, or the last one of a card."""
    from dva.render import messages
    from dva.study import days

    resets = [one for one in store.resets() if card is None or one.body.get("card") == card]
    if not resets:
        of = f"of `{card}` " if card else ""
        raise UsageError(f"there is no reset {of}to undo", hint="`dva data restore BACKUP` brings older answers back")
    store.undo_reset(resets[-1], *days.timestamp(now()))
    name = resets[-1].body.get("card")
    _print_result(json, "reset", messages.reset_undone(resets[-1]), reset=False, undone=True, card=name, backup=None)


def _warn_set_aside(store: "Store") -> int:
    """Name the events that are dated far ahead, in one warning, and return their number."""
    rows = store.set_aside()
    if rows:
        from dva.render.messages import set_aside

        warn(set_aside(rows))
    return sum(row.events for row in rows)


def _as_json(rows: "list[SetAside]") -> list[dict[str, object]]:
    from dva.study.days import local_time

    return [
        {"machine": row.machine, "events": row.events, "first": local_time(row.first).isoformat(),
         "last": local_time(row.last).isoformat()}
        for row in rows
    ]  # fmt: skip


def _events(count: int, kind: str = "") -> str:
    return f"{count} {kind}event" if count == 1 else f"{count} {kind}events"


def _print_result(json: bool, what: str, text: str, **fields: object) -> None:
    """Print the result in words or as JSON."""
    write(envelope(what, **fields) if json else text)


def _free_path(name: str) -> Path:
    """Return a path beside the database that does not exist yet, so that no older copy is overwritten."""
    from dva import files, paths

    stem = f"{name}-{now():%Y%m%d-%H%M%S}"
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.db" for n in count(1))
    return next(place for place in map(paths.data_dir().joinpath, names) if not files.is_there(place))


def _confirm(question: str) -> bool:
    """Return whether the learner types yes; end of input raises EOFError. The question goes to stderr, as stdout is for
    the result.
    """
    sys.stderr.write(f"{question} Type yes: ")
    sys.stderr.flush()
    try:
        line = read_line()
        if not line:
            raise EOFError
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\nNothing was changed.\n")
        raise
    return line.strip().lower() in ("yes", "y")

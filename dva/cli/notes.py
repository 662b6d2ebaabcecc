"""`dva notes`: read the notes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli import _completion
from dva.cli._context import Content, Json, envelope, load_library, now, open_store, roots, show, write
from dva.errors import UsageError

if TYPE_CHECKING:
    from dva.render.text import Display

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Topic = Annotated[
    str | None,
    typer.Argument(metavar="[TOPIC]", help="The topic; `dva topics` lists them.", autocompletion=_completion.topics),
]
Search = Annotated[str | None, typer.Option("--search", metavar="WORDS", help="The notes that have every word.")]
Myths = Annotated[bool, typer.Option("--myths", help="Every myth with its correction.")]
Eve = Annotated[bool, typer.Option("--eve", help="What fades first and your myths: ten minutes before the exam.")]


@app.command()
def notes(
    topic: Topic = None, search: Search = None, myths: Myths = False, eve: Eve = False, json: Json = False,
    content: Content = None,
) -> None:  # fmt: skip
    """Read the notes of a topic, search them, or read the myths."""
    from dva.app import notes as use

    if eve:
        return _eve(content, json)
    library = load_library(roots(content))
    if topic is None and search is None and not myths:
        from dva.cli.topics import list_topics

        return list_topics(library, json)
    chosen = use.named(library, topic) if topic else []
    if len(chosen) > 1 and search is None and not myths:
        from dva.cli.topics import list_topics

        return list_topics(library, json, chosen)
    found = [note for one in chosen for note in use.of_topic(library, one)] if topic else list(library.notes.values())
    if search is not None:
        ids = {note.id for note in found}
        found = [note for note in use.search(library, search) if note.id in ids]
        if not found and not json:
            raise UsageError(f"no note has `{search}`", hint="fewer or shorter words find more")
    if myths:
        found = use.myths(library, [note.id for note in found])
    if json:
        import msgspec

        return write(envelope("notes", notes=[msgspec.to_builtins(note) for note in found]))
    from dva.render import notes as drawn

    title = chosen[0].title if len(chosen) == 1 else ""
    return _show(lambda display: drawn.myths(found, display) if myths else drawn.notes(found, display, title))


def _show(draw: Callable[["Display"], object]) -> None:
    """Show notes, on a terminal a screen at a time where they are longer than one."""
    from dva.cli import _playback as playback

    if not playback.is_paged(plain=False):
        return show(draw)
    from dva.render.screen import console, lines_of
    from dva.render.text import terminal_rows

    lines = lines_of(draw(console().display))
    return playback.page(lines) if len(lines) >= terminal_rows(os.environ) else show(draw)


def _eve(content: list[Path] | None, json: bool) -> None:
    """Print the page for the evening before the exam."""
    from dva.app.eve import eve_page
    from dva.app.snapshot import load_snapshot

    folders = roots(content)
    with open_store() as opened:
        page = eve_page(opened, load_snapshot(opened, folders, now(), load_library(folders)))
    if json:
        import msgspec

        return write(envelope("notes", notes=[msgspec.to_builtins(note) for note in (*page.fading, *page.myths)]))
    if not page.fading:
        raise UsageError("nothing was studied yet, so nothing fades", hint="`dva notes --myths` has all myths")
    from dva.render import notes as drawn

    return show(lambda display: drawn.eve(page, display))

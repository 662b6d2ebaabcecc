"""`dva notes`: read the notes."""

from pathlib import Path
from typing import Annotated

import typer

from dva.cli._context import Content, Json, envelope, load_library, now, open_store, roots, show, write
from dva.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Topic = Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="The topic; `dva topics` lists them.")]
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
    chosen = use.topic(library, topic) if topic else None
    found = list(library.notes.values()) if chosen is None else use.of_topic(library, chosen)
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

    title = chosen.title if chosen else ""
    return show(lambda display: drawn.myths(found, display) if myths else drawn.notes(found, display, title))


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

"""`dva topics`: what can be studied."""

from typing import TYPE_CHECKING

import typer

from dva.cli._context import Content, Json, envelope, load_library, roots, show, write

if TYPE_CHECKING:
    from dva.catalog.library import Library, Topic

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def topics(json: Json = False, content: Content = None) -> None:
    """List the topics with their notes and questions."""
    list_topics(load_library(roots(content)), json)


def list_topics(library: "Library", json: bool, only: "list[Topic] | None" = None) -> None:
    """Print the topics, or some, as JSON or drawn."""
    from dva.app import notes as use

    rows = use.topics(library, only)
    if json:
        return write(envelope("topics", topics=rows))
    from dva.render import notes as drawn

    return show(lambda display: drawn.topics(rows, display))

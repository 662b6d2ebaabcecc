"""`dva topics`: what can be studied."""

from typing import Any

import typer

from dva.cli._context import Content, Json, envelope, roots, show, warn, write

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def topics(json: Json = False, content: Content = None) -> None:
    """List the topics with their notes and questions."""
    from dva.app import notes as use

    library = use.library(roots(content))
    if warning := use.skipped(library):
        warn(warning)
    tell(use.topics(library), json)


def tell(rows: list[dict[str, Any]], json: bool) -> None:
    """The topics, as JSON or drawn."""
    if json:
        return write(envelope("topics", topics=rows))
    from dva.render import notes as drawn

    return show(lambda display: drawn.topics(rows, display))

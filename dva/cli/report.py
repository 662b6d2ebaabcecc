"""`dva report`: what was seen, and how well it holds."""

from typing import Annotated

import typer

from dva.cli._context import Content, Json, envelope, now, roots, say, show, write

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Disputed = Annotated[bool, typer.Option("--disputed", help="Print the keys you disputed, ready to be sent.")]


@app.command()
def report(json: Json = False, disputed: Disputed = False, content: Content = None) -> None:
    """Progress by topic, exam domain and task, with ranges.

    Never a chance of passing: the real scale is not public.
    """
    from dva import paths, store
    from dva.app import desk
    from dva.app import report as use

    folders = roots(content)
    with store.open(paths.database()) as progress:
        laid = desk.lay(progress, folders, now())
        if disputed:
            return _disputed(use.disputes(progress), laid, json)
        if not json and not progress.recent_reviews(1):
            return say("Nothing studied yet, so there is nothing to report. `dva quiz` asks the first questions.")
        told = use.make(progress, laid)
    if json:
        return write(envelope("report", **use.as_json(told)))
    from dva.render import report as drawn

    return show(lambda display: drawn.report(told, display))


def _disputed(rows: list, laid: object, json: bool) -> None:  # type: ignore[type-arg]
    from dva.render import report as drawn

    if json:
        told = [{"question": r.question, "rev": r.rev, "why": r.why, "on": r.on.isoformat()} for r in rows]
        return write(envelope("disputed", disputed=told))
    return write(drawn.disputes(rows, laid.library.questions))  # type: ignore[attr-defined]

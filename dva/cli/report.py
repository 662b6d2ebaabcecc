"""`dva report`: what was seen, and how well it holds."""

from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli._context import Content, Json, echo, envelope, now, open_store, roots, show, warn_damaged, write

if TYPE_CHECKING:
    from dva.app.report import Dispute
    from dva.app.snapshot import StudySnapshot

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Disputed = Annotated[bool, typer.Option("--disputed", help="Print the keys you disputed, ready to be sent.")]


Full = Annotated[bool, typer.Option("--full", help="By topic and task too, with forecast and calendar.")]


@app.command()
def report(json: Json = False, full: Full = False, disputed: Disputed = False, content: Content = None) -> None:
    """Progress by exam domain, topic and task, with ranges.

    Never a chance of passing: the real scale is not public.
    """
    from dva.app import report as use
    from dva.app.snapshot import load_snapshot

    folders = roots(content)
    with open_store() as opened:
        damaged = warn_damaged(opened)
        snapshot = load_snapshot(opened, folders, now())
        if disputed:
            return _disputed(use.disputes(opened), snapshot, damaged, json)
        if not json and not opened.recent_reviews(1):
            return echo("Nothing studied yet, so there is nothing to report. `dva quiz` asks the first questions.")
        built = use.build_report(opened, snapshot)
    if json:
        return write(envelope("report", **use.as_json(built), damaged=damaged))
    from dva.render import report as drawn

    draw = drawn.report if full else drawn.summary
    return show(lambda display: draw(built, snapshot.library.questions, display))


def _disputed(rows: "list[Dispute]", snapshot: "StudySnapshot", damaged: int, json: bool) -> None:
    from dva.render import report as drawn

    if json:
        disputes = [{"question": r.question, "rev": r.rev, "why": r.why, "on": r.on.isoformat()} for r in rows]
        return write(envelope("disputed", disputed=disputes, damaged=damaged))
    return write(drawn.disputes(rows, snapshot.library.questions))

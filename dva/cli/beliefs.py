"""`dva beliefs`: the wrong rules that sure answers point to."""

from dataclasses import asdict

import typer

from dva.cli._context import Content, Json, echo, envelope, now, open_store, roots, show, write

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def beliefs(json: Json = False, content: Content = None) -> None:
    """Name the wrong rules that you answer by, and what shows the contrary. Only sure answers count."""
    from dva.app.beliefs import held
    from dva.app.snapshot import load_snapshot

    folders = roots(content)
    with open_store() as opened:
        found = held(opened, load_snapshot(opened, folders, now()))
    if json:
        return write(envelope("beliefs", beliefs=[{
            "belief": one.standing.belief, "statement": one.statement, "why_wrong": one.why_wrong,
            "simulation": one.simulation, "cases": list(one.cases), **_numbers(asdict(one.standing)),
        } for one in found]))  # fmt: skip
    from dva.render import beliefs as drawn

    if not found:
        return echo(drawn.NONE)
    return show(lambda display: drawn.beliefs(found, display))


def _numbers(standing: dict[str, object]) -> dict[str, object]:
    """Return the numbers of a standing without its name."""
    return {name: value for name, value in standing.items() if name != "belief"}

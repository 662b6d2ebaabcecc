"""`dva settings`: what was said about exam, minutes and screen; show it, change it."""

from typing import Annotated

import typer

from dva.cli._context import Content, Json, envelope, now, roots, say, write

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="exam-date, exam, minutes, plain or retention.")]
Value = Annotated[str | None, typer.Argument(metavar="[VALUE]", help="What it shall be; `none` takes it back.")]
Unsuspend = Annotated[str | None, typer.Option("--unsuspend", metavar="CARD", help="Ask this card again.")]


@app.command()
def settings(
    name: Name = None, value: Value = None, unsuspend: Unsuspend = None, json: Json = False, content: Content = None
) -> None:
    """Show the settings, or change one.

    For example: dva settings exam-date 2027-01-15
    """
    from dva import paths, store
    from dva.app import desk, today
    from dva.app import settings as use

    folders = roots(content)
    with store.open(paths.database()) as progress:
        laid = desk.lay(progress, folders, now())
        if unsuspend is not None:
            return _unsuspend(progress, unsuspend, json)
        if name is not None and value is not None:
            use.change(progress, laid.exams, name, value, now())
            after = desk.lay(progress, folders, now(), laid.library)
            if after.exam.id != laid.exam.id and not json:
                say(today.what_changes(after.exams, after.exam))
            progress.set_local(today.TOLD, after.exam.id)
            laid = after
        rows = [row for row in use.shown(progress, laid.exams, laid.exam) if name in (None, row.name)]
        suspended = [card.id for card in progress.cards() if card.suspended] if name is None else []
    if not rows:
        from dva.errors import UsageError

        raise UsageError(f"there is no setting `{name}`", hint="`dva settings` shows all")
    if json:
        return write(envelope("settings", settings={row.name: row.holds for row in rows}, suspended=suspended))
    for row in rows:
        say(f"{row.name:<10} {row.holds:<12} {row.meaning}", rest=" " * 11)
    for change in laid.exam.changes if name == "exam" else ():
        say(f"- {change}", rest="  ")
    for card in suspended:
        write(f"suspended  {card}")
    return None


def _unsuspend(progress: object, card: str, json: bool) -> None:
    from dva.errors import UsageError
    from dva.store import Store
    from dva.study import days
    from dva.study.events import Unsuspend as Event

    assert isinstance(progress, Store)
    found = progress.card(card)
    if found is None or not found.suspended:
        raise UsageError(f"`{card}` is not suspended", hint="`dva settings` lists the suspended cards")
    progress.append("unsuspend", Event(card), *days.moment(now()))
    if json:
        return write(envelope("unsuspend", card=card))
    return say(f"{card} is asked again.")

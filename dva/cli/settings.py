"""`dva settings`: exam, minutes and screen; show the settings, change one."""

from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli import _completion
from dva.cli._context import Content, Json, echo, envelope, now, open_store, roots, write
from dva.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from dva.app.snapshot import StudySnapshot
    from dva.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="exam-date, exam, minutes, plain, one-key or retention.",
        autocompletion=_completion.settings,
    ),
]
Value = Annotated[str | None, typer.Argument(metavar="[VALUE]", help="What it shall be; `none` takes it back.")]
Unsuspend = Annotated[str | None, typer.Option("--unsuspend", metavar="CARD", help="Ask this card again.")]


@app.command()
def settings(
    name: Name = None, value: Value = None, unsuspend: Unsuspend = None, json: Json = False, content: Content = None
) -> None:
    """Show the settings, or change one.

    For example: dva settings exam-date 2027-01-15, or +6w
    """
    from dva.app.settings import list_settings
    from dva.app.snapshot import load_snapshot
    from dva.render import messages

    folders = roots(content)
    with open_store() as opened:
        snapshot = load_snapshot(opened, folders, now())
        if unsuspend is not None:
            return _unsuspend(opened, unsuspend, json)
        if name is not None and value is not None:
            snapshot = _change(opened, snapshot, name, value, json)
        suspended = [card.id for card in opened.cards() if card.suspended] if name is None else []
    known = {row.name: row for row in list_settings(snapshot.settings, snapshot.exam)}
    rows = [row for row in known.values() if name in (None, row.name)]
    if not rows:
        raise UsageError(
            f"there is no setting `{name}`", hint=did_you_mean(name or "", known, "`dva settings` shows all")
        )
    if json:
        return write(envelope("settings", settings={row.name: row.value for row in rows}, suspended=suspended))
    for row in rows:
        echo(messages.setting(row, snapshot.exams), rest=" " * 11)
    for change in snapshot.exam.changes if name == "exam" else ():
        echo(f"- {change}", rest="  ")
    for card in suspended:
        write(f"suspended  {card}")
    return None


def _change(store: "Store", before: "StudySnapshot", name: str, value: str, json: bool) -> "StudySnapshot":
    """Change a setting and say what another exam means; return the snapshot after it."""
    from dva.app import today
    from dva.app.settings import change_setting
    from dva.app.snapshot import load_snapshot
    from dva.render import today as phrases

    change_setting(store, before.exams, name, value, now())
    after = load_snapshot(store, before.roots, now(), before.library)
    if after.exam.id != before.exam.id and not json:
        echo(phrases.exam_change(today.exam_change(after.exams, after.exam)))
    if (fitting := today.unfit_exam(after)) and after.settings.exam_date and not json:
        echo(phrases.exam_mismatch(after.exam, fitting, after.settings.exam_date))
    today.remember_exam_notice(store, after.exam)
    return after


def _unsuspend(store: "Store", card: str, json: bool) -> None:
    from dva.study import days
    from dva.study.events import Unsuspend as Event

    found = store.card(card)
    if found is None or not found.suspended:
        raise UsageError(f"`{card}` is not suspended", hint="`dva settings` lists the suspended cards")
    store.append("unsuspend", Event(card), *days.timestamp(now()))
    if json:
        return write(envelope("unsuspend", card=card))
    return echo(f"{card} is asked again.")

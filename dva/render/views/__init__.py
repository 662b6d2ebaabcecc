"""The four views that engines can declare: grid, timeline, lanes, texts. Each draws the plain data of a state."""

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.render.screen import Line, stack
from dva.render.text import Display, sanitize_value
from dva.render.views import grid, lanes, matrix, texts, timeline
from dva.render.views.changes import ChangeSet
from dva.trace import Change

Drawer = Callable[[dict[str, Any], Display, str, ChangeSet], list[Line]]

DRAWERS: dict[str, Drawer] = {
    "grid": grid.draw,
    "timeline": timeline.draw,
    "lanes": lanes.draw,
    "texts": texts.draw,
}


def draw(
    view: str, state: dict[str, Any], display: Display, *, unit: str = "", changes: Iterable[Change] = ()
) -> Group:
    """Draw a state as the view of that name; what `changes` set is bold and marked `*`.

    `unit` is that of the times in the state.
    """
    return stack(lines(view, state, display, unit=unit, changes=changes))


def lines(
    view: str, state: dict[str, Any], display: Display, *, unit: str = "", changes: Iterable[Change] = ()
) -> list[Line]:
    """Return the lines of `draw`; none where there is nothing to draw."""
    if not any(state.values()):
        return []
    state, marked = sanitize_value(state, display.glyphs), ChangeSet(changes, display.glyphs)
    tables = matrix.draw(state, display, marked)
    drawn = [*tables, *([Text()] if tables else []), *DRAWERS[view](state, display, unit, marked)]
    for one in drawn:
        one.truncate(display.width, overflow="crop")  # for screens too narrow even for a list
    return drawn


def decisions(tables: dict[str, Any], display: Display) -> list[Line]:
    """Return the lines of the decision tables of a state, without the rest of the picture."""
    return matrix.draw(sanitize_value({"matrix": tables}, display.glyphs), display, ChangeSet())

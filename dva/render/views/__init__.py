"""The four pictures that engines declare, drawn from plain data: grid, timeline, lanes, texts."""

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Group

from dva.render.screen import Line, stack
from dva.render.signs import Look, tidy
from dva.render.views import grid, lanes, texts, timeline
from dva.render.views.changed import Changed
from dva.trace import Change

Drawer = Callable[[dict[str, Any], Look, str, Changed], list[Line]]

DRAWERS: dict[str, Drawer] = {
    "grid": grid.draw,
    "timeline": timeline.draw,
    "lanes": lanes.draw,
    "texts": texts.draw,
}


def draw(view: str, state: dict[str, Any], look: Look, *, unit: str = "", changes: Iterable[Change] = ()) -> Group:
    """The picture of a moment (`trace.state_at(n)["state"]`); what `changes` set is bold and marked `*`."""
    return stack(lines(view, state, look, unit=unit, changes=changes))


def lines(
    view: str, state: dict[str, Any], look: Look, *, unit: str = "", changes: Iterable[Change] = ()
) -> list[Line]:
    """The same as single lines; none where there is nothing to draw."""
    if not any(state.values()):
        return []
    drawn = DRAWERS[view](tidy(state, look.marks), look, unit, Changed(changes, look.marks))
    for one in drawn:
        one.truncate(look.width, overflow="crop")  # for screens too narrow even for a list
    return drawn

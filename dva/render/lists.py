"""Lists on the screen: simulations, and the cases of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.text import Display, pad, pluralize, sanitize, wrap


def simulations(rows: Sequence[Mapping[str, Any]], display: Display) -> Group:
    """Name, title and number of cases."""
    wide = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading("Simulations", display)]
    for row in rows:
        lines += _entry(row["name"], f"{row['title']} ({pluralize(row['cases'], 'case')})", wide, display)
    lines += [Text(""), line(("dva simulate NAME runs the first case, dva simulate NAME --list lists them.", "faint"))]
    return Group(*lines)


def cases(name: str, rows: Sequence[Mapping[str, Any]], display: Display) -> Group:
    """Case and title."""
    wide = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading(f"Cases of {name}", display)]
    for row in rows:
        lines += _entry(row["name"], row["title"], wide, display)
    return Group(*lines)


def _entry(name: str, title: str, wide: int, display: Display) -> list[Line]:
    """A name and its title beside it, below it where the screen is narrow."""
    title = sanitize(title)
    if display.narrow or wide > display.width // 2:
        return [line((sanitize(name), "strong")), *(line(row) for row in wrap(title, display.width, "  ", "  "))]
    first, *rest = wrap(title, display.width - wide - 2)
    return [
        line((pad(sanitize(name), wide, display.glyphs), "strong"), "  ", first),
        *(line(" " * (wide + 2) + r) for r in rest),
    ]

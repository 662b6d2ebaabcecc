"""Lists on the screen: simulations, and the cases of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.signs import Look, clean, count, fold, pad


def simulations(rows: Sequence[Mapping[str, Any]], look: Look) -> Group:
    """Name, title and number of cases."""
    wide = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading("Simulations", look)]
    for row in rows:
        lines += _entry(row["name"], f"{row['title']} ({count(row['cases'], 'case')})", wide, look)
    lines += [Text(""), line(("dva simulate NAME runs the first case, dva simulate NAME --list lists them.", "faint"))]
    return Group(*lines)


def cases(name: str, rows: Sequence[Mapping[str, Any]], look: Look) -> Group:
    """Case and title."""
    wide = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading(f"Cases of {name}", look)]
    for row in rows:
        lines += _entry(row["name"], row["title"], wide, look)
    return Group(*lines)


def _entry(name: str, title: str, wide: int, look: Look) -> list[Line]:
    """A name and its title beside it, below it where the screen is narrow."""
    title = clean(title)
    if look.narrow or wide > look.width // 2:
        return [line((clean(name), "strong")), *(line(row) for row in fold(title, look.width, "  ", "  "))]
    first, *rest = fold(title, look.width - wide - 2)
    return [
        line((pad(clean(name), wide, look.marks), "strong"), "  ", first),
        *(line(" " * (wide + 2) + r) for r in rest),
    ]

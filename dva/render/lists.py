"""Lists of simulations, and of the cases of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.text import Display, pad, pluralize, sanitize, wrap


def simulations(rows: Sequence[Mapping[str, Any]], display: Display) -> Group:
    """Draw the simulations with title and number of cases."""
    name_width = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading("Simulations", display)]
    for row in rows:
        lines += _entry(row["name"], f"{row['title']} ({_progress(row)})", name_width, display)
    lines += [Text(""), line(("dva simulate NAME runs the first case, dva simulate NAME --list lists them.", "faint"))]
    return Group(*lines)


def cases(name: str, rows: Sequence[Mapping[str, Any]], display: Display) -> Group:
    """Draw the cases of a simulation with their titles."""
    name_width = max((len(row["name"]) for row in rows), default=0)
    lines: list[Line] = [heading(f"Cases of {name}", display)]
    for row in rows:
        mark = f" {display.glyphs.right}" if row["predicted_right"] else ""
        lines += _entry(row["name"], row["title"] + mark, name_width, display)
    if any(row["predicted_right"] for row in rows):
        lines += [Text(""), line((f"{display.glyphs.right} predicted right", "faint"))]
    return Group(*lines)


def _progress(row: Mapping[str, Any]) -> str:
    cases = pluralize(row["cases"], "case")
    return f"{row['predicted_right']} of {cases} predicted right" if row["predicted_right"] else cases


def _entry(name: str, title: str, name_width: int, display: Display) -> list[Line]:
    """Draw a name with its title beside it, or below it on a narrow display; `name_width` is the longest name."""
    title = sanitize(title)
    if display.narrow or name_width > display.width // 2:
        return [line((sanitize(name), "strong")), *(line(row) for row in wrap(title, display.width, "  ", "  "))]
    first, *rest = wrap(title, display.width - name_width - 2)
    return [
        line((pad(sanitize(name), name_width, display.glyphs), "strong"), "  ", first),
        *(line(" " * (name_width + 2) + r) for r in rest),
    ]

"""One field with all its values side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.app.vary import Variant
from dva.render.outline import format_inline
from dva.render.screen import Line, heading, line
from dva.render.text import Display, pad, sanitize, truncate, wrap

MAX_WIDTH = 22


def table(place: str, variants: Sequence[Variant], display: Display) -> Group:
    """Draw a row a value, a column for each short part of the outcome that differs; lists where that is too wide."""
    keys = differing(variants)
    lines: list[Line] = [heading(sanitize(place.rsplit("/", 1)[-1]), display)]
    cells = [[_cell(variant.outcome, key, display) for key in keys] for variant in variants]
    names = [sanitize(str(v.value)) + (f" {display.glyphs.changed}" if v.given_here else "") for v in variants]
    widths = [max(len(key), *(len(row[n]) for row in cells)) for n, key in enumerate(keys)]
    first = max(len(name) for name in names)
    if first + sum(width + 2 for width in widths) <= display.width:
        lines.append(
            line((pad("", first) + "".join(f"  {pad(k, w)}" for k, w in zip(keys, widths, strict=True)), "faint"))
        )
        for name, row, variant in zip(names, cells, variants, strict=True):
            text = variant.refused or "".join(f"  {pad(text, w)}" for text, w in zip(row, widths, strict=True))
            lines.append(line((pad(name, first), "strong"), text.rstrip()))
    else:
        for name, row, variant in zip(names, cells, variants, strict=True):
            lines.append(line((name, "strong")))
            text = variant.refused or ", ".join(f"{key} {text}" for key, text in zip(keys, row, strict=True))
            lines += [line(text) for text in wrap(text, display.width, "  ", "  ")]
    if any(variant.given_here for variant in variants):
        lines += [Text(""), line((f"{display.glyphs.changed} as the scenario has it", "faint"))]
    return Group(*lines)


def differing(variants: Sequence[Variant]) -> list[str]:
    """Return the keys of the outcome whose value is not the same everywhere; the status always."""
    keys = dict.fromkeys(key for variant in variants for key in variant.outcome if key != "error")
    moved = [k for k in keys if k != "status" and len({str(v.outcome.get(k)) for v in variants}) > 1]
    return ["status", *(k for k in moved if any(v.outcome.get(k) != v.value for v in variants))]


def _cell(outcome: Mapping[str, Any], key: str, display: Display) -> str:
    value = outcome.get(key)
    if isinstance(value, list | dict) and len(value) > 3:
        return f"{len(value)} entries"
    return truncate(sanitize(format_inline(value, display.glyphs)), MAX_WIDTH, display.glyphs)

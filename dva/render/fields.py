"""Tables of the fields of `given` and of an outcome."""

from collections.abc import Sequence

from rich.console import Group

from dva.render.screen import Line, heading, line, stack
from dva.render.text import Display, wrap
from dva.simulations.fields import REQUIRED, Field

INDENT = "  "


def tables(given: Sequence[Field], outcome: Sequence[Field], display: Display) -> Group:
    """Draw each field with its type and default, its sentence below; those of nested structures further right."""
    blocks: list[list[Line]] = [
        [heading("What may be written in given", display)],
        *(_field(f, display) for f in given),
    ]
    blocks += [[heading("What the outcome holds", display)], *(_field(f, display, default=False) for f in outcome)]
    return stack(*blocks)


def _field(field: Field, display: Display, *, default: bool = True) -> list[Line]:
    indent = INDENT * field.depth
    properties = f"{field.type}" + (_default(field.default) if default else "")
    first, *rest = wrap(f"{field.name}  {properties}", display.width, indent, indent + INDENT * 2)
    name = len(indent) + len(field.name)
    lines = [line((first[:name], "strong"), (first[name:], "faint")), *(line((text, "faint")) for text in rest)]
    sentence = wrap(field.sentence, display.width, indent + INDENT, indent + INDENT) if field.sentence else []
    return [*lines, *(line(text) for text in sentence)]


def _default(default: str) -> str:
    return ", required" if default == REQUIRED else ", optional" if default == "null" else f", default {default}"

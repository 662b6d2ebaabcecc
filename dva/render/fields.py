"""The fields of `given` and of an outcome, on a screen."""

from collections.abc import Sequence

from rich.console import Group

from dva.render.screen import Line, heading, line, stack
from dva.render.signs import Look, fold
from dva.simulations.fields import REQUIRED, Field

INDENT = "  "


def tables(given: Sequence[Field], outcome: Sequence[Field], look: Look) -> Group:
    """Draw each field with its type and default, its sentence below; those of nested structures further right."""
    blocks: list[list[Line]] = [[heading("What may be written in given", look)], *(_field(f, look) for f in given)]
    blocks += [[heading("What the outcome holds", look)], *(_field(f, look, default=False) for f in outcome)]
    return stack(*blocks)


def _field(field: Field, look: Look, *, default: bool = True) -> list[Line]:
    indent = INDENT * field.depth
    told = f"{field.type}" + (_default(field.default) if default else "")
    first, *rest = fold(f"{field.name}  {told}", look.width, indent, indent + INDENT * 2)
    name = len(indent) + len(field.name)
    lines = [line((first[:name], "strong"), (first[name:], "faint")), *(line((text, "faint")) for text in rest)]
    sentence = fold(field.sentence, look.width, indent + INDENT, indent + INDENT) if field.sentence else []
    return [*lines, *(line(text) for text in sentence)]


def _default(default: str) -> str:
    return ", required" if default == REQUIRED else ", optional" if default == "null" else f", default {default}"

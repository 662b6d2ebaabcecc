"""The screen: a rich console with its display, and the lines and headings that drawings are made of.

Styles are named in the theme. Colours are blue and orange only, and never the only distinction; all other text has
the terminal's own colour, so that it can be read on light and dark backgrounds.
"""

import io
import os
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from dva.render.text import (
    ASCII,
    UNICODE,
    Display,
    cell_len,
    drawn_columns,
    is_utf8,
    sanitize,
    terminal_columns,
    to_ascii,
    truncate,
    wrap,
)

Line = Text

# Of 256 colours the blue and the orange that are legible on black and on white; of 16 colours the closest.
_BLUE = {"256": "color(32)", "16": "bright_blue"}
_ORANGE = {"256": "color(166)", "16": "yellow"}


class Screen(Console):
    """A rich console with the display (columns and glyphs) that drawings ask for."""

    display: Display

    def current_display(self) -> Display:
        """Return the display with the width of the terminal now: it may have been resized."""
        return Display(drawn_columns(terminal_columns(os.environ)), self.display.glyphs)

    def on_broken_pipe(self) -> None:
        """Raise instead of exiting as rich does: main() decides which exit code a closed pipe has."""
        raise BrokenPipeError

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, without anything in the texts that a terminal would obey."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=sanitize(segment.text))

    def print(self, *objects: Any, crop: bool = False, **options: Any) -> None:
        """Print as rich does, but do not crop what is wider than the screen, such as an address."""
        super().print(*objects, crop=crop, **options)


class _AsciiStream(io.TextIOBase):
    """Converts all output to ASCII, for a stream that accepts nothing else. Rich reads `encoding`."""

    encoding = "ascii"

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(to_ascii(text))

    def flush(self) -> None:
        self._file.flush()

    def isatty(self) -> bool:
        return self._file.isatty()

    def fileno(self) -> int:
        return self._file.fileno()


def console(
    width: int | None = None,
    color: bool | None = None,
    ascii: bool | None = None,
    file: IO[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Screen:
    """Return a screen for `file` (default: stdout), detecting what is None.

    The width is COLUMNS or the terminal's; colour is used on a terminal unless NO_COLOR or TERM=dumb is set; ASCII
    where the stream is not UTF-8.
    """
    file = file or sys.stdout
    environ = os.environ if environ is None else environ
    if ascii is None:
        ascii = not is_utf8(file)
    if color is None:
        color = file.isatty() and environ.get("TERM", "") not in ("dumb", "unknown")
        no_color_set = bool(environ.get("NO_COLOR"))
    else:
        no_color_set = False
    columns = width or terminal_columns(environ)
    system = _colors(environ) if color else None
    screen = Screen(
        file=_AsciiStream(file) if ascii else file,  # type: ignore[arg-type]
        width=columns, color_system=system, force_terminal=color, no_color=no_color_set, legacy_windows=False,
        highlight=False, markup=False, emoji=False, theme=_theme(system), safe_box=True, _environ=environ,
    )  # fmt: skip
    screen.display = Display(drawn_columns(columns), ASCII if ascii else UNICODE)
    return screen


def _colors(environ: Mapping[str, str]) -> Any:
    if environ.get("COLORTERM") in ("truecolor", "24bit") or "256" in environ.get("TERM", "256"):
        return "256"
    return "standard"


def _theme(system: str | None) -> Theme:
    depth = "16" if system == "standard" else "256"
    blue, orange = Style.parse(_BLUE[depth]), Style.parse(_ORANGE[depth])
    bold = Style(bold=True)
    return Theme({
        "title": bold, "strong": bold, "head": blue + bold, "good": blue + bold, "bad": orange + bold,
        "changed": orange + bold, "fill": blue, "other": orange, "faint": Style(dim=True),
    })  # fmt: skip


def line(*parts: str | tuple[str, str] | Text) -> Line:
    """Return a line of (text, style) parts that is printed without wrapping or cropping."""
    return Text.assemble(*parts, no_wrap=True, overflow="ignore")


def stack(*blocks: Iterable[Line] | Line) -> Group:
    """Return lines and groups of lines as one renderable, trailing spaces removed."""
    lines: list[Line] = []
    for block in blocks:
        lines.extend([block] if isinstance(block, Text) else block)
    for one in lines:
        one.rstrip()
    return Group(*lines)


def heading(text: str, display: Display) -> Line:
    """Return a title with a horizontal rule to the end of the line, truncated to the width."""
    text = truncate(text, display.width, display.glyphs)
    room = display.width - cell_len(text) - 1
    if display.plain:
        return line(f"{text}.")
    return (
        line((text, "head"), " ", (display.glyphs.horizontal * max(0, room), "faint"))
        if room > 1
        else line((text, "head"))
    )


def heading_lines(text: str, display: Display) -> list[Line]:
    """Return a title, wrapped instead of truncated where it is too long for a rule."""
    if cell_len(text) <= display.width:
        return [heading(text, display)]
    return [line((part, "head")) for part in wrap(text, display.width)]


def pad_line(text: Text, width: int) -> Text:
    """Fill a line with spaces up to `width` columns, and return it."""
    text.append(" " * max(0, width - text.cell_len))
    return text


def lines_of(drawn: object) -> list[Line]:
    """Return the lines of something that was drawn as lines."""
    return [row for row in drawn.renderables if isinstance(row, Text)] if isinstance(drawn, Group) else []


def rendered(lines: Iterable[Line]) -> str:
    """Return lines as text with the colors of this terminal, for a pager."""
    screen, text = console(), io.StringIO()
    screen.file = text
    screen.print(*lines, sep="\n")
    return text.getvalue()

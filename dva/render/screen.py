"""The screen: a rich console that knows its width, its colours and which signs it can show.

Colours are names of THEME, blue and orange and never the only sign of anything; all other text has the
terminal's own colour, so that it can be read on light and on dark.
"""

import io
import os
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rich.console import Console, Group
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from dva.render.text import ASCII, UNICODE, Display, cell_len, is_utf8, terminal_columns, to_ascii, truncate, wrap

Line = Text
MIN_WIDTH, MAX_WIDTH = 20, 110

# Blue and orange of the 256 colours that are legible on black and on white; the 16 colours come close.
_BLUE = {"256": "color(32)", "16": "bright_blue"}
_ORANGE = {"256": "color(166)", "16": "yellow"}


class Screen(Console):
    """A rich console with the display (columns and glyphs) that drawings ask for."""

    display: Display

    def current_display(self) -> Display:
        """Return the display with the width of the terminal now: it may have been resized."""
        return Display(max(MIN_WIDTH, min(terminal_columns(os.environ), MAX_WIDTH)), self.display.glyphs)

    def on_broken_pipe(self) -> None:
        """Rich would exit by itself; what a closed pipe means is decided where exit codes are."""
        raise BrokenPipeError

    def print(self, *objects: Any, crop: bool = False, **options: Any) -> None:
        """As rich prints, but what is wider than the screen, an address, stays whole."""
        super().print(*objects, crop=crop, **options)


class _AsciiStream(io.TextIOBase):
    """The last guard on a stream that takes ASCII alone; rich reads its encoding and draws ASCII boxes."""

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
    """The screen for `file` (stdout). What is None is found out: COLUMNS or the terminal's width, colour
    where a terminal shows it and neither NO_COLOR nor TERM=dumb speaks against it, ASCII where the stream
    cannot take UTF-8."""
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
    screen.display = Display(max(MIN_WIDTH, min(columns, MAX_WIDTH)), ASCII if ascii else UNICODE)
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
    """One line of styled parts that is printed as it is: neither wrapped nor cut."""
    return Text.assemble(*parts, no_wrap=True, overflow="ignore")


def stack(*blocks: Iterable[Line] | Line) -> Group:
    """Lines and groups of lines, one below the other."""
    lines: list[Line] = []
    for block in blocks:
        lines.extend([block] if isinstance(block, Text) else block)
    for one in lines:
        one.rstrip()
    return Group(*lines)


def heading(text: str, display: Display) -> Line:
    """A title with a rule to the end of the line."""
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
    """A title that may be longer than a line, and then is not cut."""
    if cell_len(text) <= display.width:
        return [heading(text, display)]
    return [line((part, "head")) for part in wrap(text, display.width)]


def pad_line(text: Text, width: int) -> Text:
    """A line filled up with spaces."""
    text.append(" " * max(0, width - text.cell_len))
    return text

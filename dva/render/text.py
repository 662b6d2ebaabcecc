"""Signs and plain text: what may be printed, how wide it is, how it is cut and folded. Imports no library.

Texts from content are cleaned before they are drawn, so that no control sequence reaches the terminal.
"""

import locale
import re
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

# An escape sequence with all that belongs to it (CSI, then OSC/DCS/SOS/PM/APC with their text, then the short ones).
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Left over: control characters, and invisible ones that turn the direction of the text or hide in it.
_HIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LONE = re.compile(r"[\ud800-\udfff]")

_TYPED = str.maketrans({
    "…": "...", "→": "->", "←": "<-", "⇒": "=>", "↔": "<->", "–": "-", "—": "-", "−": "-", "×": "x", "·": "-",
    "•": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "≤": "<=", "≥": ">=", "≠": "!=", "✓": "ok",
    "✗": "no", "€": "EUR", "ß": "ss", "\u00a0": " ",
})  # fmt: skip


@dataclass(frozen=True)
class Glyphs:
    """The signs that dva draws with; `box` is top left, top right, bottom left, bottom right, across, down."""

    right: str = "✓"
    wrong: str = "✗"
    arrow: str = "→"
    dot: str = "·"
    bullet: str = "•"
    ellipsis: str = "…"
    dash: str = "–"
    full: str = "▇"
    empty: str = "░"
    horizontal: str = "─"
    continuation: str = "↳"
    box: str = "╭╮╰╯─│"
    changed: str = "*"
    removed: str = "-"
    ascii: bool = False


UNICODE = Glyphs()
ASCII = Glyphs("ok", "no", "->", "|", "-", "...", "-", "#", ".", "-", ">", "++++-|", ascii=True)


@dataclass(frozen=True)
class Display:
    """What a drawing needs to know of the screen: columns, which signs it can show, and whether it is read aloud."""

    width: int = 80
    glyphs: Glyphs = UNICODE
    plain: bool = False

    @property
    def narrow(self) -> bool:
        """A phone, or a screen reader: lists instead of tables and boxes."""
        return self.plain or self.width < 60


def is_utf8(file: IO[str]) -> bool:
    """Whether a stream takes UTF-8: its own encoding, else the locale's."""
    encoding = getattr(file, "encoding", None) or locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig", "cp65001")


def terminal_columns(environ: Mapping[str, str]) -> int:
    """COLUMNS where it is a number, else the terminal's width, else 80."""
    told = environ.get("COLUMNS", "")
    return int(told) if told.isdigit() and int(told) > 0 else shutil.get_terminal_size((80, 24)).columns


def terminal_rows(environ: Mapping[str, str]) -> int:
    """LINES where it is a number, else the terminal's height, else 24."""
    told = environ.get("LINES", "")
    return int(told) if told.isdigit() and int(told) > 0 else shutil.get_terminal_size((80, 24)).lines


def sanitize(text: str, *, ascii: bool = False) -> str:
    """`text` without control sequences and hidden characters; line breaks stay, tabs become spaces."""
    text = _BREAKS.sub("\n", _SEQUENCES.sub("", text))
    text = _LONE.sub("\ufffd", _HIDDEN.sub("", text.replace("\t", "    ")))
    return to_ascii(text) if ascii else text


def to_ascii(text: str) -> str:
    """`text` in ASCII: typographic signs written out, accents dropped, the rest as `?`."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_TYPED))
    return "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))


def one_line(text: str, glyphs: Glyphs = UNICODE) -> str:
    """`text` clean and on one line."""
    return sanitize(text, ascii=glyphs.ascii).replace("\n", " ")


def sanitize_value(value: Any, glyphs: Glyphs = UNICODE) -> Any:
    """A JSON-like value with every text in it, the keys too, clean."""
    if isinstance(value, str):
        return sanitize(value, ascii=glyphs.ascii)
    if isinstance(value, dict):
        return {one_line(str(key), glyphs): sanitize_value(inner, glyphs) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [sanitize_value(inner, glyphs) for inner in value]
    return value


def cell_len(text: str) -> int:
    """The columns that `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def truncate(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """`text` in at most `width` columns; where it is longer, its end says so."""
    if cell_len(text) <= width:
        return text
    room = width - len(glyphs.ellipsis)
    return (_head(text, room, least=0) + glyphs.ellipsis) if room > 0 else glyphs.ellipsis[: max(0, width)]


def pad(text: str, width: int, glyphs: Glyphs = UNICODE, *, right: bool = False) -> str:
    """`text` in exactly `width` columns."""
    text = truncate(text, width, glyphs)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces, `first` and `rest` before them."""
    lines: list[str] = []
    for line in text.split("\n"):
        lead, broken = rest if lines else first, False
        while cell_len(line) > max(1, width - cell_len(lead)):
            head = _broken(line, max(1, width - cell_len(lead)))
            lines.append((lead + head).rstrip())
            line = line[len(head) :].lstrip(" ")
            lead, broken = rest, True
        if line or not broken:
            lines.append((lead + line).rstrip())
    return lines


def _broken(line: str, room: int) -> str:
    """The part of a line that fits, up to its last space; a long word breaks after a sign."""
    head = _head(line, room)
    if line[len(head) : len(head) + 1] in ("", " "):
        return head
    at = head.rfind(" ")
    if head[: max(0, at)].strip():
        return head[:at]
    at = max(map(head.rfind, "/&,;:?-")) + 1
    return head[:at] if at > len(head) // 2 else head


def bar(part: float, whole: float, width: int, glyphs: Glyphs = UNICODE) -> str:
    """`part` of `whole` as a bar; anything shows at least one block, and only the whole fills it."""
    if whole <= 0 or part <= 0:
        return glyphs.empty * width
    blocks = width if part >= whole else max(1, min(width - 1, round(part / whole * width)))
    return glyphs.full * blocks + glyphs.empty * (width - blocks)


def format_number(value: float) -> str:
    """A number as a person writes it: `3`, `0.25`."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"


def format_time(at: float, unit: str = "") -> str:
    """A time in the unit that an engine declares: `60 s`; words come first: `step 3`."""
    text = _time(at)
    return f"{unit} {text}" if _is_word(unit) else f"{text} {unit}".rstrip()


def _time(at: float) -> str:
    """A time to about three digits after the point, fewer where it is long."""
    digits = 3 if abs(at) < 10 else 2 if abs(at) < 1000 else 1
    text = f"{at:.{digits}f}".rstrip("0").rstrip(".")
    return text if float(text) or not at else format_number(at)


def format_span(start: float, end: float | None, unit: str, glyphs: Glyphs = UNICODE) -> str:
    """From when to when: `0–60 s`, `60 s →`, `round 1–3`."""
    if end is None:
        return f"{format_time(start, unit)} {glyphs.arrow}"
    dash = "-" if glyphs.ascii else "–"
    if _is_word(unit):
        return f"{format_time(start, unit)}{dash}{_time(end)}"
    return f"{_time(start)}{dash}{format_time(end, unit)}"


def _is_word(unit: str) -> bool:
    return len(unit) > 3


def pluralize(n: int, thing: str, many: str = "") -> str:
    """`1 step`, `2 steps`."""
    return f"{n} {thing if n == 1 else many or thing + 's'}"


def _head(text: str, room: int, least: int = 1) -> str:
    """The longest beginning of `text` that takes at most `room` columns, but `least` characters."""
    if text.isascii():
        return text[: max(least, room)]
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > room:
            return text[: max(least, index)]
    return text

"""Plain text for a terminal: sanitizing, width in columns, truncating, wrapping, formatting. Imports no library.

Texts from content are sanitized before they are drawn, so that no control sequence reaches the terminal.
"""

import locale
import re
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

# A whole escape sequence: CSI, then OSC/DCS/SOS/PM/APC with their text, then the short ones.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Control characters, and invisible ones that change the direction of the text or hide in it.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ESCAPED_IN_JSON = re.compile(rf"{_HIDDEN.pattern}|[\u0085\u2028\u2029\ud800-\udfff]")

_ASCII_EQUIVALENTS = str.maketrans({
    "…": "...", "→": "->", "←": "<-", "⇒": "=>", "↔": "<->", "–": "-", "—": "-", "−": "-", "×": "x", "·": "-",
    "•": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "≤": "<=", "≥": ">=", "≠": "!=", "✓": "ok",
    "✗": "no", "€": "EUR", "ß": "ss", "\u00a0": " ",
})  # fmt: skip


MIN_WIDTH, MAX_WIDTH = 20, 110


@dataclass(frozen=True)
class Glyphs:
    """The glyphs of drawings; `box` is top left, top right, bottom left, bottom right, horizontal, vertical."""

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
    """What drawings know of the output: its columns, its glyphs, and whether lists are wanted (`plain`)."""

    width: int = 80
    glyphs: Glyphs = UNICODE
    plain: bool = False

    @property
    def narrow(self) -> bool:
        """Whether to draw lists instead of tables and boxes: for a phone or a screen reader."""
        return self.plain or self.width < 60


def is_utf8(file: IO[str]) -> bool:
    """Whether a stream accepts UTF-8, by its encoding, else that of the locale."""
    encoding = getattr(file, "encoding", None) or locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig", "cp65001")


def terminal_columns(environ: Mapping[str, str]) -> int:
    """Return COLUMNS where it is a positive number, else the width of the terminal, else 80."""
    columns = environ.get("COLUMNS", "")
    return int(columns) if columns.isdigit() and int(columns) > 0 else shutil.get_terminal_size((80, 24)).columns


def drawn_columns(columns: int) -> int:
    """Return the columns that drawings use of so many: no fewer than they need, no more than eyes follow."""
    return max(MIN_WIDTH, min(columns, MAX_WIDTH))


def terminal_rows(environ: Mapping[str, str]) -> int:
    """Return LINES where it is a positive number, else the height of the terminal, else 24."""
    rows = environ.get("LINES", "")
    return int(rows) if rows.isdigit() and int(rows) > 0 else shutil.get_terminal_size((80, 24)).lines


def sanitize(text: str, *, ascii: bool = False) -> str:
    """Remove control sequences and hidden characters; keep line breaks, replace tabs by spaces."""
    text = _BREAKS.sub("\n", _SEQUENCES.sub("", text))
    text = _LONE_SURROGATES.sub("\ufffd", _HIDDEN.sub("", text.replace("\t", "    ")))
    return to_ascii(text) if ascii else text


def escape_json(text: str) -> str:
    """Escape what a terminal would obey or hide in a JSON document; its value stays the same."""
    return _ESCAPED_IN_JSON.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def to_ascii(text: str) -> str:
    """Convert to ASCII: typographic characters are spelled out, accents removed, others become `?`."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII_EQUIVALENTS))
    return "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))


def one_line(text: str, glyphs: Glyphs = UNICODE) -> str:
    """Sanitize a text and replace its line breaks by spaces."""
    return sanitize(text, ascii=glyphs.ascii).replace("\n", " ")


def sanitize_value(value: Any, glyphs: Glyphs = UNICODE) -> Any:
    """Sanitize every text in a JSON-like value, keys included."""
    if isinstance(value, str):
        return sanitize(value, ascii=glyphs.ascii)
    if isinstance(value, dict):
        return {one_line(str(key), glyphs): sanitize_value(inner, glyphs) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [sanitize_value(inner, glyphs) for inner in value]
    return value


def cell_len(text: str) -> int:
    """Return the number of columns that `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def truncate(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Shorten `text` to `width` columns, with an ellipsis where something is lost."""
    if cell_len(text) <= width:
        return text
    room = width - len(glyphs.ellipsis)
    return (_prefix(text, room, least=0) + glyphs.ellipsis) if room > 0 else glyphs.ellipsis[: max(0, width)]


def pad(text: str, width: int, glyphs: Glyphs = UNICODE, *, right: bool = False) -> str:
    """Truncate or pad `text` to exactly `width` columns, aligned left or `right`."""
    text = truncate(text, width, glyphs)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Break `text` at spaces into lines of at most `width` columns; `first` and `rest` are their prefixes."""
    lines: list[str] = []
    for line in text.split("\n"):
        indent, is_continued = rest if lines else first, False
        at = 0
        while True:
            room = max(1, width - cell_len(indent))
            # No more than can fit is looked at (a letter and as many invisible ones as there are), so that a long
            # line is not measured again for each of its pieces.
            end = at + len(_prefix(line, room, at=at))
            if end == len(line):
                break
            prefix = _fitting_prefix(line[at : end + 1], room)
            lines.append((indent + prefix).rstrip())
            at += len(prefix)
            while line.startswith(" ", at):
                at += 1
            indent, is_continued = rest, True
        if at < len(line) or not is_continued:
            lines.append((indent + line[at:]).rstrip())
    return lines


def _fitting_prefix(line: str, room: int) -> str:
    """Return the part of a line that fits, up to its last space; a long word is broken after punctuation."""
    prefix = _prefix(line, room)
    if line[len(prefix) : len(prefix) + 1] in ("", " "):
        return prefix
    at = prefix.rfind(" ")
    if prefix[: max(0, at)].strip():
        return prefix[:at]
    at = max(map(prefix.rfind, "/&,;:?-")) + 1
    return prefix[:at] if at > len(prefix) // 2 else prefix


def bar(part: float, whole: float, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Draw `part` of `whole` as a bar of `width` columns; only nothing is empty, only the whole is full."""
    if whole <= 0 or part <= 0:
        return glyphs.empty * width
    blocks = width if part >= whole else max(1, min(width - 1, round(part / whole * width)))
    return glyphs.full * blocks + glyphs.empty * (width - blocks)


def format_number(value: float) -> str:
    """Format a number without a trailing `.0`: `3`, `0.25`."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"


def format_time(at: float, unit: str = "") -> str:
    """Format a time in the unit of an engine: `60 s`; a unit that is a word comes first: `step 3`."""
    text = _format_decimals(at)
    return f"{unit} {text}" if _is_word_unit(unit) else f"{text} {unit}".rstrip()


def _format_decimals(at: float) -> str:
    """Format a time with up to three decimals, fewer for a large one."""
    digits = 3 if abs(at) < 10 else 2 if abs(at) < 1000 else 1
    text = f"{at:.{digits}f}".rstrip("0").rstrip(".")
    return text if float(text) or not at else format_number(at)


def format_span(start: float, end: float | None, unit: str, glyphs: Glyphs = UNICODE) -> str:
    """Format a span of time: `0–60 s`, `round 1–3`; `60 s →` where it has no end."""
    if end is None:
        return f"{format_time(start, unit)} {glyphs.arrow}"
    dash = "-" if glyphs.ascii else "–"
    if _is_word_unit(unit):
        return f"{format_time(start, unit)}{dash}{_format_decimals(end)}"
    return f"{_format_decimals(start)}{dash}{format_time(end, unit)}"


def _is_word_unit(unit: str) -> bool:
    return len(unit) > 3


def pluralize(n: int, thing: str, many: str = "") -> str:
    """Return a number with its noun, `1 step` or `2 steps`; `many` is an irregular plural."""
    return f"{n} {thing if n == 1 else many or thing + 's'}"


def _prefix(text: str, room: int, least: int = 1, at: int = 0) -> str:
    """Return the longest part of `text` from `at` on in `room` columns, but at least `least` characters."""
    if text.isascii():
        return text[at : at + max(least, room)]
    used = 0
    for index in range(at, len(text)):
        used += cell_len(text[index])
        if used > room:
            return text[at : max(at + least, index)]
    return text[at:]

"""The strict YAML of content and scenarios, with the line of each value.

Text stays text: only `true`, `false`, `null` and decimal numbers are converted, so that `on`, `1:30`, `2012-10-17`,
`0o7` and account ids (exactly 12 digits) stay as they are written. Duplicate keys, aliases and tags are errors; size
and depth are limited. Values are built from parser events, without recursion.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from dva import files, jsonpointer
from dva.errors import ContentError

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 1_000_000
"""Values of a document."""

KEYWORDS = {"true": True, "false": False, "null": None, "": None}
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
ACCOUNT_ID = re.compile(r"[0-9]{12}\Z")
ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB]..)(?P<pair>\\u[dD][c-fC-F]..)?|u(?P<low>[dD][c-fC-F]..)|.)", re.DOTALL
)
"""An escape of JSON, with both halves of a surrogate pair."""
MAX_NUMBER_LENGTH = 18


@dataclass(frozen=True)
class Document:
    """The value of a file; `path` is its name in messages."""

    path: str
    text: str = field(repr=False)
    value: Any

    def where(self, place: str = "") -> str:
        """Return `file:line` of the value at the JSON Pointer `place`, or of its nearest parent that exists."""
        names = jsonpointer.split(place)
        while names and jsonpointer.join(*names) not in self._lines:
            names.pop()
        return f"{self.path}:{self._lines.get(jsonpointer.join(*names), 1)}"

    @cached_property
    def _lines(self) -> dict[str, int]:
        """The line of every JSON Pointer, found when the first one is asked for."""
        lines: dict[str, int] = {}
        with suppress(_YamlError):  # valid JSON may be invalid YAML, as it allows tabs
            list(_yaml_documents(self.text, lines))
        return lines


def read_yaml(path: Path) -> Document:
    """Read the document in a file; raises ContentError with `file:line`."""
    return parse_yaml(files.read(path, MAX_BYTES), str(path))


def line_of(path: Path, place: str) -> str:
    """Return `file:line` of a place in a file; the file is read once for all of its places."""
    found = path.stat()
    return _document(path, found.st_mtime_ns, found.st_size).where(place)


@lru_cache(maxsize=4)
def _document(path: Path, modified: int, size: int) -> Document:
    """Return the document of a file as it was then. Its value is shared: only its lines may be used."""
    return read_yaml(path)


def parse_yaml(data: bytes | str, name: str) -> Document:
    """Parse `data` as one document; `name` stands for the file in messages. Raises ContentError with `name:line`."""
    if len(data) > MAX_BYTES:
        raise ContentError(f"larger than {files.size(MAX_BYTES)}", where=name)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise ContentError("this is not UTF-8 text", where=f"{name}:{line}") from None
    try:
        documents = _json_documents(text) or list(_yaml_documents(text, None))
    except _YamlError as error:
        raise ContentError(error.message, where=f"{name}:{error.line}") from None
    if len(documents) > 1:
        raise ContentError("a file holds one document, here a second one begins", where=name)
    return Document(name, text, documents[0] if documents else None)


class _YamlError(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def _json_documents(text: str) -> list[Any]:
    """Return the value of a JSON text, in which tabs are allowed; nothing where the text is not JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return []
    try:
        value = json.loads(
            text, object_pairs_hook=_reject_duplicates, parse_constant=_reject_constant, parse_int=_whole_number,
            parse_float=_finite_number,
        )  # fmt: skip
    except (ValueError, RecursionError):
        return []
    _refuse_lone_surrogates(text)
    # What is nested too deeply is read as YAML, which reports it with its line.
    return [value] if _depth(value) <= MAX_DEPTH else []


def _depth(value: Any) -> int:
    """Return how deeply lists and mappings lie inside each other, without recursion."""
    depth, level = 0, [value]
    while level := [box for box in level if isinstance(box, dict | list)]:
        depth += 1
        level = [inner for box in level for inner in (box.values() if isinstance(box, dict) else box)]
    return depth


def _refuse_lone_surrogates(text: str) -> None:
    """Raise for one half of a surrogate pair, which JSON can write and no encoding has; `text` is valid JSON."""
    for found in ESCAPE.finditer(text):
        if found["low"] or (found["high"] and not found["pair"]):
            line = text.count("\n", 0, found.start()) + 1
            raise _YamlError(f"`{found[0]}` is half of a character: the other surrogate is missing", line)


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError  # then it is read as YAML, which reports the key with its line
    return mapping


def _whole_number(digits: str) -> int:
    """Return a number that is not too long, as in YAML; a longer one makes the text be read as that."""
    if len(digits) > MAX_NUMBER_LENGTH:
        raise ValueError(digits)
    return int(digits)


def _finite_number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _reject_constant(constant: str) -> Any:
    raise ValueError(constant)


def _yaml_documents(text: str, lines: dict[str, int] | None) -> Iterator[Any]:
    """Yield the value of each YAML document; record the line of every JSON Pointer in `lines` if given."""
    import yaml  # 20 ms to import, not needed where the index is valid

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        yield from _Builder(lines).build(loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        reason = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "it cannot be read"
        line = mark.line + 1 if mark else text[: getattr(problem, "position", 0)].count("\n") + 1
        raise _YamlError(f"this is not YAML: {reason}", min(line, text.rstrip().count("\n") + 1)) from None
    finally:
        loader.dispose()


class _Builder:
    """Builds values from parser events, with a stack of the open lists and mappings."""

    def __init__(self, lines: dict[str, int] | None) -> None:
        self.lines = lines
        self.nodes = 0
        self.containers: list[Any] = []
        self.keys: list[Any] = []
        """The last key of each open container; None for lists."""
        self.awaiting_value: list[bool] = []
        """Whether that key still has no value."""

    def build(self, loader: Any) -> Iterator[Any]:
        """Yield the value of each document."""
        while loader.check_event():
            event = loader.get_event()
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise _YamlError(f"more than {MAX_NODES} values", _line(event))
            match type(event).__name__:
                case "ScalarEvent":
                    value = self._scalar(event)
                    if self.containers:
                        self._add(value, event)
                    else:
                        self._record_line("", event)
                        yield value
                case "MappingStartEvent":
                    self._open(event, {})
                case "SequenceStartEvent":
                    self._open(event, [])
                case "MappingEndEvent" | "SequenceEndEvent":
                    value = self._close()
                    if not self.containers:
                        yield value
                case "AliasEvent":
                    raise _YamlError("anchors and aliases are not used here: write the value out", _line(event))

    def _close(self) -> Any:
        self.keys.pop()
        self.awaiting_value.pop()
        return self.containers.pop()

    def _scalar(self, event: Any) -> Any:
        if event.tag is not None or event.anchor is not None:
            raise _YamlError("tags and anchors are not used here", _line(event))
        return resolve_scalar(event.value) if event.implicit[0] else event.value

    def _open(self, event: Any, value: Any) -> None:
        if event.tag is not None or event.anchor is not None:
            raise _YamlError("tags and anchors are not used here", _line(event))
        if len(self.containers) >= MAX_DEPTH:
            raise _YamlError(f"nested deeper than {MAX_DEPTH} levels", _line(event))
        if self.containers:
            self._add(value, event)
        else:
            self._record_line("", event)
        self.containers.append(value)
        self.keys.append(None)
        self.awaiting_value.append(False)

    def _add(self, value: Any, event: Any) -> None:
        top = self.containers[-1]
        if type(top) is list:
            top.append(value)
            if self.lines is not None:
                self._record_line(self._pointer_to(len(top) - 1), event)
        elif self.awaiting_value[-1]:
            top[self.keys[-1]] = value
            self.awaiting_value[-1] = False
        else:
            self._key(top, event)

    def _key(self, top: dict[str, Any], event: Any) -> None:
        """Start an entry of a mapping; a key is always text, as written."""
        if not hasattr(event, "value"):
            raise _YamlError("a key must be text", _line(event))
        key = event.value
        if key in top:
            raise _YamlError(f"duplicate key `{key}`", _line(event))
        self.keys[-1], self.awaiting_value[-1] = key, True
        if self.lines is not None:
            self._record_line(self._pointer_to(key), event)

    def _pointer_to(self, last: str | int) -> str:
        names = [
            key if type(box) is dict else len(box) - 1
            for box, key in zip(self.containers[:-1], self.keys, strict=False)
        ]
        return jsonpointer.join(*names, last)

    def _record_line(self, place: str, event: Any) -> None:
        if self.lines is not None:
            self.lines.setdefault(place, _line(event))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def resolve_scalar(text: str) -> Any:
    """Convert an unquoted scalar: `true`, `false`, `null` and decimal numbers, else the text itself."""
    if text in KEYWORDS:
        return KEYWORDS[text]
    if len(text) > MAX_NUMBER_LENGTH or not (text[0].isdigit() or text[0] == "-"):
        return text
    if INTEGER.match(text):
        return text if ACCOUNT_ID.match(text) else int(text)
    return float(text) if DECIMAL.match(text) else text

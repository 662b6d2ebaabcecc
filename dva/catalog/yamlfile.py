"""The strict YAML that content and scenarios are written in, and where in the file a value stands.

Text stays text: only `true`, `false`, `null` and decimal numbers convert, so that `on`, `1:30`, `2012-10-17`,
`0o7` and account ids (exactly 12 digits) come through as they were written. Duplicate keys, aliases and
tags are refused; bytes and depth are limited. Built from the parser's events, without recursion.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dva import jsonpointer
from dva.errors import ContentError

MOST_BYTES = 32 * 1024 * 1024
DEEPEST = 60

WORDS = {"true": True, "false": False, "null": None, "": None}
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
ACCOUNT = re.compile(r"[0-9]{12}\Z")
LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Document:
    """One file's value; `where` finds the line of a JSON Pointer."""

    path: str
    text: str = field(repr=False)
    value: Any

    def where(self, place: str = "") -> str:
        """`file:line` of the value at `place`, or of the nearest thing around it that exists."""
        lines: dict[str, int] = {}
        with suppress(_Fault):  # JSON may be no YAML, from its first tab on
            list(_values(self.text, lines))
        names = jsonpointer.split(place)
        while names and jsonpointer.join(*names) not in lines:
            names.pop()
        return f"{self.path}:{lines.get(jsonpointer.join(*names), 1)}"


def read(path: Path) -> Document:
    """The document in a file; ContentError with file and line where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ContentError("there is no such file", where=str(path)) from None
    except OSError as problem:
        raise ContentError(
            f"cannot be read: {(problem.strerror or 'no reason given').lower()}", where=str(path)
        ) from None
    return parse(data, str(path))


def parse(data: bytes | str, name: str) -> Document:
    """The one document in `data`; `name` stands for the file in messages."""
    if len(data) > MOST_BYTES:
        raise ContentError(f"larger than {MOST_BYTES // 1024 // 1024} MiB", where=name)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise ContentError("this is not UTF-8 text", where=f"{name}:{line}") from None
    try:
        documents = _json(text) or list(_values(text, None))
    except _Fault as fault:
        raise ContentError(fault.message, where=f"{name}:{fault.line}") from None
    if len(documents) > 1:
        raise ContentError("a file holds one document, here a second one begins", where=name)
    return Document(name, text, documents[0] if documents else None)


class _Fault(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def _json(text: str) -> list[Any]:
    """JSON is read as JSON (tabs are fine there); nothing where the text is not JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return []
    try:
        return [json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)]
    except (ValueError, RecursionError):
        return []


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _values(text: str, lines: dict[str, int] | None) -> Iterator[Any]:
    """Each document's value. With `lines` the line of every pointer is noted there."""
    import yaml  # 20 ms that a start from the compiled index does not pay

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        yield from _Builder(lines).build(loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "it cannot be read"
        line = mark.line + 1 if mark else text[: getattr(problem, "position", 0)].count("\n") + 1
        raise _Fault(f"this is not YAML: {said}", min(line, text.rstrip().count("\n") + 1)) from None
    finally:
        loader.dispose()


class _Builder:
    """Turns events into values with a stack of open lists and mappings."""

    def __init__(self, lines: dict[str, int] | None) -> None:
        self.lines = lines
        self.stack: list[Any] = []
        self.keys: list[Any] = []
        """For each open mapping its last key."""
        self.waiting: list[bool] = []
        """Whether that key still waits for its value."""

    def build(self, loader: Any) -> Iterator[Any]:
        """The value of each document."""
        while loader.check_event():
            event = loader.get_event()
            match type(event).__name__:
                case "ScalarEvent":
                    value = self._scalar(event)
                    if self.stack:
                        self._add(value, event)
                    else:
                        self._note("", event)
                        yield value
                case "MappingStartEvent":
                    self._open(event, {})
                case "SequenceStartEvent":
                    self._open(event, [])
                case "MappingEndEvent" | "SequenceEndEvent":
                    value = self._close()
                    if not self.stack:
                        yield value
                case "AliasEvent":
                    raise _Fault("anchors and aliases are not used here: write the value out", _line(event))

    def _close(self) -> Any:
        self.keys.pop()
        self.waiting.pop()
        return self.stack.pop()

    def _scalar(self, event: Any) -> Any:
        if event.tag is not None or event.anchor is not None:
            raise _Fault("tags and anchors are not used here", _line(event))
        return plain(event.value) if event.implicit[0] else event.value

    def _open(self, event: Any, value: Any) -> None:
        if event.tag is not None or event.anchor is not None:
            raise _Fault("tags and anchors are not used here", _line(event))
        if len(self.stack) >= DEEPEST:
            raise _Fault(f"nested deeper than {DEEPEST} levels", _line(event))
        if self.stack:
            self._add(value, event)
        else:
            self._note("", event)
        self.stack.append(value)
        self.keys.append(None)
        self.waiting.append(False)

    def _add(self, value: Any, event: Any) -> None:
        top = self.stack[-1]
        if type(top) is list:
            top.append(value)
            if self.lines is not None:
                self._note(self._place(len(top) - 1), event)
        elif self.waiting[-1]:
            top[self.keys[-1]] = value
            self.waiting[-1] = False
        else:
            self._key(top, event)

    def _key(self, top: dict[str, Any], event: Any) -> None:
        """A key is always text, as it was written."""
        if not hasattr(event, "value"):
            raise _Fault("a key must be text", _line(event))
        key = event.value
        if key in top:
            raise _Fault(f"the key `{key}` is there twice", _line(event))
        self.keys[-1], self.waiting[-1] = key, True
        if self.lines is not None:
            self._note(self._place(key), event)

    def _place(self, last: str | int) -> str:
        names = [
            key if type(box) is dict else len(box) - 1 for box, key in zip(self.stack[:-1], self.keys, strict=False)
        ]
        return jsonpointer.join(*names, last)

    def _note(self, place: str, event: Any) -> None:
        if self.lines is not None:
            self.lines.setdefault(place, _line(event))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def plain(text: str) -> Any:
    """What an unquoted scalar says: a word of the language, a decimal number, else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if len(text) > LONGEST_NUMBER or not (text[0].isdigit() or text[0] == "-"):
        return text
    if INTEGER.match(text):
        return text if ACCOUNT.match(text) else int(text)
    return float(text) if DECIMAL.match(text) else text

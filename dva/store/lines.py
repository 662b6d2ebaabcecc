"""The log as JSON lines: one event a line with sorted keys, times in ISO 8601.

A file is read as a whole before anything is changed; a line that cannot be used is told by file and number.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dva.errors import StoreError, UsageError
from dva.store.log import Event, complaint
from dva.study.days import local_time, timestamp


class Line(Struct):
    """One line of an export; other keys are left aside."""

    at: datetime
    body: dict[str, Any]
    id: str
    kind: str
    machine: str
    offset: int
    seq: int


_DECODER = msgspec.json.Decoder(Line)


def encode(event: Event) -> str:
    """The line of an event, without its end."""
    at = local_time(event.at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({**msgspec.structs.asdict(event), "at": at}, order="sorted").decode()


def decode(text: str | bytes) -> Event:
    """The event of a line; ValueError says in a few words what is wrong with it."""
    try:
        line = _DECODER.decode(text)
        at, _ = timestamp(line.at)
    except msgspec.ValidationError as error:
        raise ValueError(f"{str(error)[:1].lower()}{str(error)[1:]}") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError("not a line of JSON") from error
    event = Event(line.id, line.machine, line.seq, at, line.offset, line.kind, line.body)
    wrong = complaint(event)
    if wrong:
        raise ValueError(wrong)
    return event


def numbered(lines: Iterable[str | bytes], name: str) -> Iterator[tuple[int, Event]]:
    """The events of the lines with their numbers; blank lines count, but hold nothing."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, decode(line)
            except ValueError as error:
                raise refused(name, number, str(error)) from error


def refused(name: str, number: int, why: str) -> StoreError:
    """A line that stops an import; nothing has been changed then."""
    hint = "nothing was changed; repair the line or take it out, and import again"
    return StoreError(why, where=f"{name}:{number}", hint=hint)


def read_bytes(path: Path) -> bytes:
    """A whole file, without a byte order mark."""
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UsageError(f"cannot read the file: {(error.strerror or '').lower()}", where=str(path)) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Failures of an output that the learner named are failures of the call, not of the store."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write the file: {reason}", where=str(path)) from error


def write(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a file, readable by its owner alone, complete or not at all; how many there were.

    What is no regular file (a pipe, /dev/stdout) is written as it comes.
    """
    with writing(path):
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as out:
                return sum(bool(out.write(line + "\n")) for line in lines)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            count = append(partial, lines)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return count


def append(path: Path, lines: Iterable[str]) -> int:
    """Add lines to a file and bring them to the disk; it is made, readable by its owner alone, where there is none."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "w", encoding="utf-8") as out:
        count = sum(bool(out.write(line + "\n")) for line in lines)
        out.flush()
        os.fsync(out.fileno())
    return count

"""Events as JSON lines: one event a line with sorted keys, times in ISO 8601. Used by export, import and sync."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dva.errors import StoreError, UsageError
from dva.store.log import Event, machine_error, validation_error
from dva.study.days import local_time, timestamp

MAX_BYTES = 1 << 30
"""What is read of one file: more than a lifetime of answers."""


class Line(Struct):
    """One line of an export; other keys are ignored."""

    at: datetime
    body: dict[str, Any]
    id: str
    kind: str
    machine: str
    offset: int
    seq: int


_DECODER = msgspec.json.Decoder(Line)


def encode(event: Event) -> str:
    """Return the line of an event, without the line break."""
    at = local_time(event.at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({**msgspec.structs.asdict(event), "at": at}, order="sorted").decode()


def decode(text: str | bytes) -> Event:
    """Return the event of a line; raises ValueError with the reason in a few words."""
    try:
        line = _DECODER.decode(text)
        at, _ = timestamp(line.at)
    except msgspec.ValidationError as error:
        raise ValueError(f"{str(error)[:1].lower()}{str(error)[1:]}") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError("not a line of JSON") from error
    event = Event(line.id, line.machine, line.seq, at, line.offset, line.kind, line.body)
    problem = validation_error(event) or machine_error(event)
    if problem:
        raise ValueError(problem)
    return event


def decode_lines(lines: Iterable[str | bytes], name: str) -> Iterator[tuple[int, Event]]:
    """Yield the line number and the event of each line that is not blank; raises StoreError for an invalid line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, decode(line)
            except ValueError as error:
                raise line_error(name, number, str(error)) from error


def line_error(name: str, number: int, why: str) -> StoreError:
    """Return the error for a line that stops an import; `number` is that of the line in the file `name`."""
    hint = "nothing was changed; repair the line or take it out, and import again"
    return StoreError(why, where=f"{name}:{number}", hint=hint)


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file without a byte order mark; UsageError where it cannot be read."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UsageError("not a regular file", where=str(path))
            if status.st_size > MAX_BYTES:
                raise UsageError(f"larger than {MAX_BYTES >> 20} MiB", where=str(path))
            return file.read(MAX_BYTES).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UsageError(f"cannot read the file: {(error.strerror or '').lower()}", where=str(path)) from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to does not stop us."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextmanager
def translate_write_errors(path: Path) -> Iterator[None]:
    """Raise UsageError for an OSError inside the block: the learner named that output, the store is not at fault."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write the file: {reason}", where=str(path)) from error


def write(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a file that only its owner can read, completely or not at all; return their number.

    Anything but a regular file (a pipe, /dev/stdout) is written line by line.
    """
    with translate_write_errors(path):
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
    """Append lines to a file durably, creating it readable by its owner only; return their number.

    They go out in as few writes as the system allows, so that two that append at once do not mix their lines.
    """
    texts = [f"{line}\n" for line in lines]
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "wb", buffering=0) as out:
        data = memoryview("".join(texts).encode())
        while data:
            data = data[out.write(data) :]
        os.fsync(out.fileno())
    return len(texts)

"""Cache of the library as one msgpack file, so that a start need not parse YAML.

Only its owner can read it. The cache is used only while every content file has the same modification time and size as
when it was written, and ignored when damaged. It is written to a temporary file and renamed, so that processes may
write it at the same time.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from dva import __version__
from dva.catalog import entryfile, library
from dva.catalog.library import Library

Stamp = tuple[tuple[str, int, int], ...]
"""Path, modification time in ns, and size of every content file."""


FORMAT = 2
"""Goes up when a field of the library changes its name or meaning."""


class _Index(msgspec.Struct):
    version: tuple[str, int]
    stamp: Stamp
    library: Library


def load(roots: Sequence[Path], folder: Path) -> Library:
    """Load the library of the content folders, from the cache in `folder` where it is still valid."""
    stamp = tuple(_stamp(roots))
    path = folder / f"index-{hashlib.sha256(repr(list(map(str, roots))).encode()).hexdigest()[:12]}.msgpack"
    with suppress(OSError, msgspec.DecodeError):
        index = msgspec.msgpack.decode(path.read_bytes(), type=_Index)
        if (index.version, index.stamp) == ((__version__, FORMAT), stamp):
            return index.library
    loaded = library.load(roots)
    with suppress(OSError):
        _write(path, msgspec.msgpack.encode(_Index((__version__, FORMAT), stamp, loaded)))
    return loaded


def _stamp(roots: Sequence[Path]) -> Iterator[tuple[str, int, int]]:
    for path in (
        path
        for root in roots
        for kind in (*entryfile.ENTRY_TYPES, "exams")
        for path in entryfile.content_files(root, kind)
    ):
        try:
            stat = path.stat()
        except OSError:  # a link to nothing or to itself: reading it tells
            yield str(path), 0, 0
        else:
            yield str(path), stat.st_mtime_ns, stat.st_size


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.touch(mode=0o600)
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)

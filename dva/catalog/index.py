"""The compiled library: what `library.load` found, kept so that the next start need not read YAML again.

It is used only while every content file has the time and size that it had, so it is never stale; written
beside its place and moved there whole, so two processes may write it at once; ignored when damaged.
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


class _Index(msgspec.Struct):
    version: str
    stamp: Stamp
    library: Library


def load(roots: Sequence[Path], folder: Path) -> Library:
    """The library of the content folders, from the index in `folder` where that still holds."""
    stamp = tuple(_stamp(roots))
    place = folder / f"index-{hashlib.sha256(repr(list(map(str, roots))).encode()).hexdigest()[:12]}.msgpack"
    with suppress(OSError, msgspec.DecodeError):
        index = msgspec.msgpack.decode(place.read_bytes(), type=_Index)
        if (index.version, index.stamp) == (__version__, stamp):
            return index.library
    loaded = library.load(roots)
    with suppress(OSError):
        _write(place, msgspec.msgpack.encode(_Index(__version__, stamp, loaded)))
    return loaded


def _stamp(roots: Sequence[Path]) -> Iterator[tuple[str, int, int]]:
    for path in (
        path
        for root in roots
        for kind in (*entryfile.ENTRY_TYPES, "exams")
        for path in entryfile.content_files(root, kind)
    ):
        about = path.stat()
        yield str(path), about.st_mtime_ns, about.st_size


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)

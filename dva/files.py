"""Reading files that strangers may have made: regular files only, never more than a limit, errors with their path.

A named pipe would wait for ever for its writer, and a device may never end: they are refused before they are opened.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from dva.errors import ContentError

MAX_ENTRIES = 100_000
"""Names that are looked at in a folder and those inside it."""
KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def read(path: Path, limit: int) -> bytes:
    """Return what is in a file of at most `limit` bytes; ContentError with the path where it cannot be read."""
    try:
        _check(path, path.stat(), limit)
        # Without waiting, should it have become a pipe since; what grows while it is read is cut off and refused.
        with open(path, "rb", opener=_without_waiting) as file:
            _check(path, os.fstat(file.fileno()), limit)
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ContentError("there is no such file", where=str(path)) from None
    except (OSError, ValueError) as problem:
        raise _unreadable(path, problem) from None
    if len(data) > limit:
        raise _too_large(path, limit)
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def is_file(path: Path) -> bool:
    """Return whether there is a regular file; False too where that cannot be seen, for which `Path.is_file` raises."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; False too where that cannot be seen, for which `Path.is_dir` raises."""
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: Path) -> bool:
    """Return whether there is anything; False too where that cannot be seen, for which `Path.exists` raises."""
    return os.path.lexists(path)


def resolved(path: Path) -> Path:
    """Return an absolute path without links; `Path.resolve` raises for one that leads to itself."""
    return Path(os.path.realpath(path))


def _check(path: Path, found: os.stat_result, limit: int) -> None:
    """Raise ContentError for what is not a regular file, or too large."""
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "something else")
        raise ContentError(f"cannot be read: it is {kind}, not a file", where=str(path))
    if found.st_size > limit:
        raise _too_large(path, limit)


def _too_large(path: Path, limit: int) -> ContentError:
    return ContentError(f"larger than {size(limit)}", where=str(path))


def size(limit: int) -> str:
    """Return a limit in words: `32 MiB`."""
    return f"{limit // 1024 // 1024} MiB"


def _unreadable(path: str | Path, problem: Exception) -> ContentError:
    """Return the error that says why the system does not let a path be read."""
    reason = getattr(problem, "strerror", None) or "no such path is possible"
    return ContentError(f"cannot be read: {reason.lower()}", where=str(path))


def children(folder: Path) -> list[Path]:
    """Return what is in a folder, sorted; nothing where there is no such folder, ContentError where it is closed."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError) as problem:
        raise _unreadable(folder, problem) from None


def walk(folder: Path, most: int, without: str | None = None) -> Iterator[Path]:
    """Yield the regular files in a folder and those inside it, unsorted; folders called `without` are passed over.

    ContentError with the path for a folder that cannot be read, and for more than `most` files.
    """
    entries = count = 0
    for inside, folders, names in os.walk(folder, onerror=_raise_unreadable):
        folders[:] = sorted(name for name in folders if name != without)
        entries += len(folders) + len(names)
        for path in (Path(inside, name) for name in names):
            if is_file(path):
                count += 1
                if count <= most:
                    yield path
        if count > most or entries > MAX_ENTRIES:
            raise ContentError(f"holds more than {most if count > most else MAX_ENTRIES} files", where=str(folder))


def _raise_unreadable(problem: OSError) -> None:
    raise _unreadable(problem.filename, problem) from None

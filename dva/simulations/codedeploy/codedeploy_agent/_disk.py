"""A model of files and folders: absolute paths to text, and the refusals that an operating system gives."""

from collections import Counter
from dataclasses import dataclass, field


class DiskError(Exception):
    """The operating system's refusal."""


def expand(path: str) -> str:
    """An absolute path without `.`, `..` and double slashes; a relative one counts from `/`."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def parent(path: str) -> str:
    """The folder that a path lies in."""
    return path.rpartition("/")[0] or "/"


def name(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


@dataclass
class Disk:
    """Files with their text, and folders."""

    files: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {"/"})

    def __post_init__(self) -> None:
        self.inside = Counter(parent(path) for path in (*self.files, *self.folders))

    def put(self, path: str, text: str) -> None:
        """A file with all folders that it needs, as somebody outside the agent makes it."""
        folder = parent(path)
        while folder != "/":
            self._enter_folder(folder)
            folder = parent(folder)
        self._enter_file(path, text)

    def _enter_file(self, path: str, text: str) -> None:
        self.inside[parent(path)] += path not in self.files
        self.files[path] = text

    def _enter_folder(self, path: str) -> None:
        self.inside[parent(path)] += path not in self.folders
        self.folders.add(path)

    def exists(self, path: str) -> bool:
        """Whether a file or a folder is there."""
        return path in self.files or path in self.folders

    def remove(self, path: str) -> bool:
        """Remove a file, or a folder that is empty; whether something was removed."""
        if path in self.files:
            del self.files[path]
        elif path in self.folders and not self.inside[path]:
            self.folders.remove(path)
        else:
            return False
        self.inside[parent(path)] -= 1
        return True

    def mkdir(self, path: str) -> None:
        """Make one folder."""
        if self.exists(path):
            raise DiskError(f"{path} exists already")
        self._need(parent(path))
        self._enter_folder(path)

    def copy(self, source: str, text: str, path: str) -> str:
        """Write a file; into a folder where one stands in its place. Returns where it went."""
        if path in self.folders:
            path = path.rstrip("/") + "/" + name(source)
        if path in self.folders:
            raise DiskError(f"{path} is a folder")
        self._need(parent(path))
        self._enter_file(path, text)
        return path

    def _need(self, folder: str) -> None:
        if folder not in self.folders:
            raise DiskError(f"{folder} is no folder" if folder in self.files else f"there is no folder {folder}")

"""A model of files and folders: absolute paths to text, and the refusals that an operating system gives."""

import posixpath
from collections import Counter
from dataclasses import dataclass, field


class DiskError(Exception):
    """The operating system refuses something."""


def expand(path: str) -> str:
    """Return an absolute path without `.`, `..` and double slashes; a relative one counts from `/`."""
    return posixpath.normpath("/" + path.lstrip("/"))


@dataclass
class Disk:
    """Files with their text, and folders."""

    files: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {"/"})

    def __post_init__(self) -> None:
        self.inside = Counter(posixpath.dirname(path) for path in (*self.files, *self.folders))

    def put(self, path: str, text: str) -> None:
        """Make a file with all folders that it needs, as somebody outside the agent does."""
        folder = posixpath.dirname(path)
        while folder != "/":
            self._enter_folder(folder)
            folder = posixpath.dirname(folder)
        self._enter_file(path, text)

    def _enter_file(self, path: str, text: str) -> None:
        self.inside[posixpath.dirname(path)] += path not in self.files
        self.files[path] = text

    def _enter_folder(self, path: str) -> None:
        self.inside[posixpath.dirname(path)] += path not in self.folders
        self.folders.add(path)

    def exists(self, path: str) -> bool:
        """Whether a file or a folder is there."""
        return path in self.files or path in self.folders

    def remove(self, path: str) -> bool:
        """Remove a file, or a folder that is empty; return whether something was removed."""
        if path in self.files:
            del self.files[path]
        elif path in self.folders and not self.inside[path]:
            self.folders.remove(path)
        else:
            return False
        self.inside[posixpath.dirname(path)] -= 1
        return True

    def mkdir(self, path: str) -> None:
        """Make one folder."""
        if self.exists(path):
            raise DiskError(f"{path} exists already")
        self._need(posixpath.dirname(path))
        self._enter_folder(path)

    def copy(self, source: str, text: str, path: str) -> None:
        """Write a file; into a folder where one is in its place."""
        if path in self.folders:
            path = path.rstrip("/") + "/" + posixpath.basename(source)
        if path in self.folders:
            raise DiskError(f"{path} is a folder")
        self._need(posixpath.dirname(path))
        self._enter_file(path, text)

    def _need(self, folder: str) -> None:
        if folder not in self.folders:
            raise DiskError(f"{folder} is not a folder" if folder in self.files else f"there is no folder {folder}")

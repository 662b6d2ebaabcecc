"""Sync through a shared folder: each machine appends to a file of its own and reads those of all others.

No machine writes to another's file, so the service that syncs the folder never has to merge. Conflict copies that it
makes of a file are read like any other; merging an event twice changes nothing.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from dva.errors import UsageError
from dva.store import jsonl
from dva.store.log import SourcedEvent

SERVICES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "mobile documents": "iCloud Drive",
    "com~apple~clouddocs": "iCloud Drive",
    "icloud": "iCloud Drive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "nextcloud": "Nextcloud",
}
"""Folder names of sync services in lower case; more words may follow (`OneDrive - Work`, `GoogleDrive-me@…`)."""


class SyncResult(Struct, frozen=True):
    """Number of new events read from the folder, and of events written to it."""

    received: int
    sent: int


def cloud_sync_service(path: Path) -> str | None:
    """Return the sync service in whose folder the path is, or None.

    Such a service can damage a database that is in use; only exports belong there.
    """
    for part in path.expanduser().absolute().parts:
        for name, service in SERVICES.items():
            rest = part.lower().removeprefix(name)
            if len(rest) < len(part) and not rest[:1].isalnum():
                return service
    return None


def ensure_folder(folder: Path) -> Path:
    """Create the folder if only its last part is missing, and return it.

    Raises UsageError where the parent is missing too: the share is probably not mounted, and a local folder in its
    place would look like success.
    """
    with jsonl.translate_write_errors(folder):
        if not folder.is_dir():
            if not folder.parent.is_dir():
                raise UsageError("there is no such folder", where=str(folder), hint="is the share mounted?")
            folder.mkdir(mode=0o700)
    return folder


def truncate_partial_line(own: Path) -> None:
    """Remove a partial last line of our own file; its event is in the database and is written again."""
    if own.exists():
        data = jsonl.read_bytes(own)
        complete = data[: data.rfind(b"\n") + 1]
        if len(complete) < len(data):
            with jsonl.translate_write_errors(own), own.open("r+b") as file:
                file.truncate(len(complete))


def read_folder(folder: Path) -> Iterator[SourcedEvent]:
    """Yield the events of all regular files of the folder; an incomplete last line is skipped until it is synced."""
    for path in _files(folder):
        *complete, tail = jsonl.read_bytes(path).split(b"\n")
        for number, event in jsonl.decode_lines(complete, str(path)):
            yield str(path), number, event
        if tail.strip():
            try:
                yield str(path), len(complete) + 1, jsonl.decode(tail)
            except ValueError:
                continue


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".jsonl" and path.is_file())
    except OSError as error:
        raise UsageError(f"cannot read the folder: {(error.strerror or '').lower()}", where=str(folder)) from error

"""Two laptops and a shared folder: each machine appends to a file of its own and reads all others'.

No machine writes into another's file, so the service that copies the folder never has to merge. Copies that it makes
of a file in conflict are read like any other; union makes repetition harmless.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from dva.errors import UsageError
from dva.store import jsonl
from dva.store.log import Event

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
"""What a folder of a service is called, alone or before more words (`OneDrive - Work`, `GoogleDrive-me@…`)."""


class SyncResult(Struct, frozen=True):
    """Events that came from the folder, and events that were written into it."""

    received: int
    sent: int


def cloud_sync_service(path: Path) -> str | None:
    """The service whose folder holds this path; a database does not belong there, its exports do."""
    for part in path.expanduser().absolute().parts:
        for start, service in SERVICES.items():
            rest = part.lower().removeprefix(start)
            if len(rest) < len(part) and not rest[:1].isalnum():
                return service
    return None


def ensure_folder(folder: Path) -> Path:
    """The folder, made where only its last part is missing: a share that is not mounted must not be made up."""
    with jsonl.translate_write_errors(folder):
        if not folder.is_dir():
            if not folder.parent.is_dir():
                raise UsageError("there is no such folder", where=str(folder), hint="is the share mounted?")
            folder.mkdir(mode=0o700)
    return folder


def truncate_partial_line(own: Path) -> None:
    """Cut a last line of our own that was written in part; the event is in the database and is sent again."""
    if own.exists():
        data = jsonl.read_bytes(own)
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with jsonl.translate_write_errors(own), own.open("r+b") as file:
                file.truncate(len(whole))


def read_folder(folder: Path) -> Iterator[tuple[str, int, Event]]:
    """All events of all files, with file and line. A last line still on its way waits for the next time."""
    for path in sorted(folder.glob("*.jsonl")):
        *whole, tail = jsonl.read_bytes(path).split(b"\n")
        for number, event in jsonl.decode_lines(whole, str(path)):
            yield str(path), number, event
        if tail.strip():
            try:
                yield str(path), len(whole) + 1, jsonl.decode(tail)
            except ValueError:
                continue

"""A scenario from a learner's own folder: its files are read, never written; nothing is started or called."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from dva import files
from dva.errors import ContentError, UsageError
from dva.items.scenario import Scenario
from dva.simulations import load
from dva.simulations.frame import FolderReader, OwnFiles

MAX_FILES = 2000
MAX_BYTES = 1024 * 1024
"""Of one file; a larger one is passed over, like one that is no text."""
MAX_TOTAL_BYTES = 32 * 1024 * 1024
"""Of all texts of a folder."""


def scenario(name: str, folder: Path, env: Mapping[str, str], now: datetime) -> Scenario:
    """Return the scenario that the engine makes of a folder; UsageError where it reads none or there is none."""
    simulation = load(name)
    reader = simulation.from_folder
    if reader is None:
        raise UsageError(f"{name} reads no folder", hint=f"dva simulate {name} FILE runs a scenario file")
    if not files.is_folder(folder):
        raise UsageError(f"there is no folder `{folder}`")
    own = OwnFiles(str(files.resolved(folder)), {}, env, now.isoformat())
    texts = _whole_folder(folder) if reader.wanted is None else _wanted_files(reader, own)
    given = reader.given(OwnFiles(own.folder, texts, own.env, own.now))
    return Scenario(name, "own", f"{simulation.title}: {folder}", given)


def _wanted_files(reader: FolderReader, own: OwnFiles) -> dict[str, str]:
    """Read the files that the engine wants, and those that they name in turn."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    assert reader.wanted is not None
    while wanted := set(reader.wanted(OwnFiles(own.folder, found, own.env, own.now))) - seen:
        seen |= wanted
        texts = {name: _text(Path(name)) for name in sorted(wanted)}
        found |= {name: text for name, text in texts.items() if text is not None}
    return found


def _whole_folder(folder: Path) -> dict[str, str]:
    """Read the text files in a folder, by their relative names."""
    try:
        paths = sorted(files.walk(folder, MAX_FILES, without=".git"))
    except ContentError as problem:
        raise UsageError(str(problem), hint="name the folder of the application") from None
    found: dict[str, str] = {}
    left = MAX_TOTAL_BYTES
    for path in paths:
        text = _text(path)
        left -= len(text or "")
        if left < 0:
            raise UsageError(f"`{folder}` holds more than {files.size(MAX_TOTAL_BYTES)} of text")
        if text is not None:
            found[path.relative_to(folder).as_posix()] = text
    return found


def _text(path: Path) -> str | None:
    """Return the text of a file; None where it is not a regular file, cannot be read or is not text."""
    try:
        return files.read(path, MAX_BYTES).decode().replace("\r\n", "\n").replace("\r", "\n")
    except (ContentError, UnicodeDecodeError):
        return None

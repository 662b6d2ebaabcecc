"""A scenario from a learner's own folder: its files are read, never written; nothing is started or called."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from dva.errors import UsageError
from dva.items.scenario import Scenario
from dva.simulations import load
from dva.simulations.frame import FolderReader, OwnFiles

MAX_FILES = 2000
MAX_BYTES = 1024 * 1024
"""Of one file; a larger one is passed over, like one that is no text."""


def scenario(name: str, folder: Path, env: Mapping[str, str], now: datetime) -> Scenario:
    """Return the scenario that the engine makes of a folder; UsageError where it reads none or there is none."""
    simulation = load(name)
    reader = simulation.from_folder
    if reader is None:
        raise UsageError(f"{name} reads no folder", hint=f"dva simulate {name} FILE runs a scenario file")
    if not folder.is_dir():
        raise UsageError(f"there is no folder `{folder}`")
    own = OwnFiles(str(folder.resolve()), {}, env, now.isoformat())
    files = _whole_folder(folder) if reader.wanted is None else _wanted_files(reader, own)
    given = reader.given(OwnFiles(own.folder, files, own.env, own.now))
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
    files = sorted(file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    if len(files) > MAX_FILES:
        raise UsageError(f"`{folder}` holds more than {MAX_FILES} files", hint="name the folder of the application")
    texts = {file.relative_to(folder).as_posix(): _text(file) for file in files}
    return {name: text for name, text in texts.items() if text is not None}


def _text(path: Path) -> str | None:
    """Return the text of a file; None where it cannot be read as one."""
    try:
        return path.read_text("utf-8") if path.stat().st_size <= MAX_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None

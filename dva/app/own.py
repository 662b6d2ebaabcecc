"""A scenario from the learner's own files: read, never written; nothing is started or called."""

import importlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from dva.errors import UsageError
from dva.simulations import Scenario, load

MOST_FILES = 2000
MOST_BYTES = 1024 * 1024


def scenario(name: str, path: Path, env: Mapping[str, str], now: datetime) -> Scenario:
    """The scenario of what lies at `path`: a home for credentials, a folder for engines that read one."""
    simulation = load(name)
    module = importlib.import_module(f"dva.simulations.{name.replace('-', '_')}")
    if not hasattr(module, "given_from"):
        raise UsageError(f"{name} reads no folder", hint=f"dva simulate {name} FILE runs a scenario file")
    if not path.is_dir():
        raise UsageError(f"there is no folder `{path}`")
    if name == "credentials":
        own = {**env, "HOME": str(path.resolve())}
        given = module.given_from(own, _credential_files(module, own), now.isoformat())
    else:
        given = module.given_from(_folder(path))
    return Scenario(name, "own", f"{simulation.title}: {path}", given)


def _credential_files(module: Any, env: Mapping[str, str]) -> dict[str, str]:
    """The files that the search would read, and those that they name in turn."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    while wanted := [name for name in module.files_wanted(env, env["HOME"], found) if name not in seen]:
        seen.update(wanted)
        for name in wanted:
            text = _text(Path(name))
            if text is not None:
                found[name] = text
    return found


def _folder(path: Path) -> dict[str, str]:
    """{relative path: text} of the text files in a folder."""
    files = sorted(file for file in path.rglob("*") if file.is_file() and ".git" not in file.parts)
    if len(files) > MOST_FILES:
        raise UsageError(
            f"`{path}` holds more than {MOST_FILES} files", hint="name the folder of the application itself"
        )
    texts = {file.relative_to(path).as_posix(): _text(file) for file in files}
    return {name: text for name, text in texts.items() if text is not None}


def _text(path: Path) -> str | None:
    """The text of a file; None where it cannot be read as one."""
    try:
        return path.read_text("utf-8") if path.stat().st_size <= MOST_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None

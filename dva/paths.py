"""Locations of progress and content. Reads the environment, creates nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

from dva.errors import UsageError

PACKAGE = Path(__file__).parent


def expand(name: str) -> Path:
    """Return a path with its `~` or `~user` replaced; UsageError where the system knows no such home."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise UsageError(f"there is no home folder for `{name}`") from None


def data_dir() -> Path:
    """Return the learner's folder: `DVA_HOME`, else the platform's folder for application data."""
    home = os.environ.get("DVA_HOME")
    if home:
        return expand(home)
    from platformdirs import user_data_path

    return user_data_path("dva", appauthor=False)


def database() -> Path:
    """Return the path of the SQLite file with the event log; it need not exist."""
    return data_dir() / "dva.db"


def bundled() -> Path:
    """Return the folder of the content that ships with dva: inside the wheel, beside the package in a checkout."""
    inside = PACKAGE / "_content"
    return inside if inside.is_dir() else PACKAGE.parent / "content"


def content_roots(extra: Sequence[Path] = ()) -> list[Path]:
    """Return all content folders in the order in which they are loaded; later ones may replace entries of earlier ones.

    The bundled folder comes first, then `content` in the data folder, those of `DVA_CONTENT`, and `extra`
    (`--content`). Folders that the learner named are returned whether they exist or not.
    """
    named = os.environ.get("DVA_CONTENT", "")
    own = data_dir() / "content"
    own_exists = os.path.isdir(own)  # noqa: PTH112 (`Path.is_dir` raises for a closed folder)
    return [
        bundled(),
        *([own] if own_exists else []),
        *(expand(part) for part in named.split(os.pathsep) if part),
        *extra,
    ]

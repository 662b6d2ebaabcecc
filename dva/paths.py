"""Where progress and content live. Looks at the environment; creates nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).parent


def data_dir() -> Path:
    """The learner's folder: `DVA_HOME`, else the platform's place for application data."""
    home = os.environ.get("DVA_HOME")
    if home:
        return Path(home).expanduser()
    from platformdirs import user_data_path

    return user_data_path("dva", appauthor=False)


def database() -> Path:
    """The SQLite file with the event log."""
    return data_dir() / "dva.db"


def bundled() -> Path:
    """The content that ships with dva: inside the wheel, beside the package in a checkout."""
    inside = PACKAGE / "_content"
    return inside if inside.is_dir() else PACKAGE.parent / "content"


def content_roots(extra: Sequence[Path] = ()) -> list[Path]:
    """All content folders, the bundled one first, then the learner's: data folder, `DVA_CONTENT`, `--content`."""
    named = os.environ.get("DVA_CONTENT", "")
    own = data_dir() / "content"
    return [
        bundled(),
        *([own] if own.is_dir() else []),
        *(Path(part).expanduser() for part in named.split(os.pathsep) if part),
        *extra,
    ]

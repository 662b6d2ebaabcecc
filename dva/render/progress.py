"""Progress bars on stderr."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def progress_bar(items: Sequence[Item], description: str) -> Iterable[Item]:
    """Return `items` behind a bar on stderr that vanishes when all have been iterated."""
    return track(items, description, console=Console(stderr=True), transient=True, show_speed=False)

"""Golden files: what a screen looked like when somebody looked at it. `DVA_GOLDEN=update` writes them anew."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dva.render.screen import console
from dva.render.text import Display

FOLDER = Path(__file__).parent / "golden"


def drawn(draw: Callable[[Display], Any], width: int, *, color: bool = False, ascii: bool = False) -> str:
    """What `draw` puts on a screen of this width."""
    out = io.StringIO()
    screen = console(width=width, color=color, ascii=ascii, file=out, environ={"TERM": "xterm-256color"})
    screen.print(draw(screen.display))
    return out.getvalue()


def check(name: str, text: str) -> None:
    """`text` is what the golden file of this name holds."""
    path = FOLDER / name
    if os.environ.get("DVA_GOLDEN") == "update":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{path} is missing: look at the screen, then DVA_GOLDEN=update"
    assert text == path.read_text(encoding="utf-8"), f"{path.name}: look at the screen, then DVA_GOLDEN=update"

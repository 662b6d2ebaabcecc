"""The reference pages are what the declarations of the engines say. `DVA_GOLDEN=update` writes them anew."""

import os

import pytest
from bundled import ROOT

from dva.render import reference
from dva.simulations import load, names

FOLDER = ROOT / ".github" / "docs" / "simulations"


def page(name: str) -> str:
    """Return the text of a page: an engine's, or the one that leads to all."""
    return reference.index(map(load, names())) if name == "README" else reference.page(load(name))


@pytest.mark.parametrize("name", ["README", *names()])
def test_a_page_is_generated_from_its_engine(name: str) -> None:
    path, text = FOLDER / f"{name}.md", page(name)
    if os.environ.get("DVA_GOLDEN") == "update":
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, "DVA_GOLDEN=update writes it anew"


def test_there_is_no_page_without_an_engine() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.md" for name in ("README", *names())}

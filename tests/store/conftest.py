"""A fresh store, and answers to put into it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dva import store as room
from dva.store import Store
from dva.study.events import Answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "dva.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with room.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database to copy: cheaper than making one for each example."""
    path = tmp_path_factory.mktemp("empty") / "dva.db"
    room.open(path).close()
    return path


@pytest.fixture
def another(empty: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Further empty stores, each in a folder of its own."""
    opened: list[Store] = []

    def make() -> Store:
        folder = tmp_path / f"machine{len(opened)}"
        folder.mkdir()
        shutil.copy(empty, folder / "dva.db")
        opened.append(room.open(folder / "dva.db"))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def answer() -> Callable[..., Answer]:
    def make(card: str = "ecs.01", question: str = "", correct: bool = True, **more: Any) -> Answer:
        fields: dict[str, Any] = {
            "rev": 1,
            "type": "single",
            "chosen": ["a"],
            "sure": True,
            "topic": "ecs",
            "ms": 9000,
            "exams": {"dva-c03": "3.3"},
            **more,
        }
        return Answer(question=question or card + ".q", correct=correct, notes=[card], **fields)

    return make

"""Small stores for the tests of merging, and what a log leads to."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, settings

from dva import store as room
from dva.store import Event, Store

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def fresh(empty: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty, folder))
        with room.open(path) as store:
            store._db.execute("pragma synchronous = off")  # what is tested here needs no disk
            yield store


def state(store: Store) -> tuple[object, ...]:
    """Everything that a log leads to: the table itself, cards, answers, days."""
    days = store._db.execute("select * from days order by day, topic, tasks").fetchall()
    return store.events(), store.cards(), store.reviews(), days, store.settings()


def sourced(events: list[Event]) -> list[tuple[str, int, Event]]:
    return [("log", n, event) for n, event in enumerate(events, 1)]

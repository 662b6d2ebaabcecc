"""What a shell offers when Tab is pressed: names of topics, simulations, cases and settings. Errors offer nothing."""

from collections.abc import Iterator
from contextlib import suppress

import typer

from dva.errors import DvaError


def topics(incomplete: str) -> Iterator[str]:
    """Yield the chapters and topics that begin like this."""
    from dva import paths
    from dva.app import notes

    with suppress(DvaError, OSError):
        found = notes.library(paths.content_roots(()))
        names = dict.fromkeys([*(topic.chapter for topic in found.topics.values()), *found.topics])
        yield from (name for name in names if name.startswith(incomplete))


def simulations(incomplete: str) -> Iterator[str]:
    """Yield the simulations that begin like this."""
    from dva import simulations as known

    yield from (name for name in known.names() if name.startswith(incomplete))


def cases(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Yield the cases of the simulation named before that begin like this."""
    from dva import paths
    from dva.catalog import scenarios

    with suppress(DvaError, OSError):
        known = scenarios.cases(paths.content_roots(()), str(ctx.params.get("name")))
        yield from (name for name in known if name.startswith(incomplete))


def settings(incomplete: str) -> Iterator[str]:
    """Yield the settings that begin like this."""
    from dva.app.settings import NAMES

    yield from (name for name in NAMES if name.startswith(incomplete))

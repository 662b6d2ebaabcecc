"""All operations in order, and what other strategies would have cost for them."""

from functools import cache
from operator import attrgetter

import msgspec

from dva.errors import GivenError
from dva.simulations.elasticache.caching.documents import Given
from dva.simulations.elasticache.caching.rules import COMPARE
from dva.simulations.elasticache.caching.session import Session, cells
from dva.simulations.frame import Run, State
from dva.trace import TraceBuilder

STRATEGIES = ("lazy", "write-through", "write-through+lazy")


def initial_state(given: Given) -> State:
    """Return the picture before the first operation."""
    return {"cells": cells(Session(given, Run(TraceBuilder("caching", {}, {}, steps=False), None)))}


def cache_operations(given: Given, run: Run) -> None:
    """Carry out the operations, then compare the strategy with the others."""
    replay(given, run)
    for strategy in STRATEGIES:
        if strategy != given.strategy:
            compare(msgspec.structs.replace(given, strategy=strategy), run)


def compare(given: Given, run: Run) -> None:
    """Say what another strategy would have cost for the same operations."""

    @cache
    def other() -> Session:
        return replay(given, run.unrecorded())

    run.step(COMPARE, lambda: "{s} would take {calls} calls, {ms} ms".format(s=given.strategy, **other().numbers()),
             lambda: f"With {len(other().lists['stale_reads'])} stale reads and {other().misses} misses.",
             at=given.operations[-1].t if given.operations else 0)  # fmt: skip


def replay(given: Given, run: Run) -> Session:
    """Carry out all operations in order, and return the session with its counters."""
    session = Session(given, run)
    deadlines, read, now, others = session.store.deadlines, session.read, float("-inf"), 0
    for index, op in enumerate(given.operations):
        if op.t < now:
            raise GivenError(f"t goes back from {now} to {op.t}", pointer=f"/operations/{index}/t")
        session.now = now = op.t
        if deadlines and deadlines[0][0] <= now:
            session.expire(now)
        if op.get is not None:
            read(op, op.get)
            continue
        others += 1
        if op.put is not None:
            session.write(op, op.put)
        elif op.delete is not None:
            session.delete(op.delete)
        elif op.fail is not None:
            session.fail()
        else:
            raise GivenError("expected one of get, put, delete, fail", pointer=f"/operations/{index}")
    if sum(count_of(given, name) for name in ("put", "delete", "fail")) > others:
        raise GivenError("an operation is only one of get, put, delete, fail", pointer="/operations")
    session.finish()
    return session


def count_of(given: Given, name: str) -> int:
    """Return how many operations have `name`; a million are counted in a few hundredths of a second."""
    return len(given.operations) - list(map(attrgetter(name), given.operations)).count(None)

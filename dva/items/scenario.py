"""A scenario: one case of a simulation, and what a learner may predict before it runs."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Ask(Struct, frozen=True):
    """What a learner predicts before the run: `outcome` is a JSON Pointer into the outcome.

    `id` is stable within the scenario: predictions hang on it.
    """

    prompt: str
    outcome: str
    id: str | None = None


class Scenario(Struct, frozen=True):
    """One case of a simulation, ready to run."""

    simulation: str
    name: str
    title: str
    given: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    expect: Mapping[str, Any] | None = None
    ask: tuple[Ask, ...] = ()

"""The engines: one folder a service, in it one module or package a mechanism, called as its simulation is.

`ecs-placement` is `ecs/ecs_placement`: it is found by its file, so that adding an engine is adding files. In a
service's folder `documents.py` and modules that begin with `_` are shared by its engines and are no engines.
"""

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

from dva.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from dva.simulations.frame import Simulation


@functools.cache
def _modules() -> dict[str, str]:
    """The module of each simulation by its name, without importing any."""
    services = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return {
        module.name.replace("_", "-"): f"{__name__}.{service}.{module.name}"
        for service in services
        for module in pkgutil.iter_modules([f"{path}/{service}" for path in __path__])
        if module.name != "documents" and not module.name.startswith("_")
    }


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of all simulations, without importing any."""
    return tuple(sorted(_modules()))


def matching(word: str) -> tuple[str, ...]:
    """Return the simulations that a word means: that one, else those of a service or whose names begin with it."""
    if word in names():
        return (word,)
    service = f".{word.replace('-', '_')}."
    return tuple(name for name in names() if name.startswith(word) or service in _modules()[name])


def load(name: str) -> "Simulation":
    """Return the simulation of this name; UsageError with the nearest names where there is none."""
    module = _modules().get(name)
    if module is None:
        hint = did_you_mean(name, names(), "`dva simulate` lists them")
        raise UsageError(f"there is no simulation `{name}`", hint=hint)
    simulation: Simulation = importlib.import_module(module).SIMULATION
    return simulation

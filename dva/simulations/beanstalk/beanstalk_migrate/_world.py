"""The world that the steps act on: environments, the database and what is drawn of them."""

from dataclasses import dataclass
from typing import Any

from dva.simulations._before import Rule, pointer
from dva.simulations.beanstalk._options import ENVIRONMENT, RDS, Settings, effective
from dva.simulations.beanstalk.beanstalk_migrate._steps import Given, settings

COUPLED, RETAINED, DELETED = "coupled", "retained", "deleted"
SNAPSHOTTED, EMPTY = "snapshot taken, then deleted", "new and empty"
POLICY, HAS_DATABASE = (RDS, "DBDeletionPolicy"), (RDS, "HasCoupledDatabase")
OLD_NAMES, NEW_NAMES = ("old", "original", "a", "blue"), ("new", "b", "green")


@dataclass
class Place:
    """An environment: its settings, whether the version runs there."""

    name: str
    settings: Settings
    deployed: bool = False

    @property
    def balancer(self) -> str:
        return effective(self.settings, ENVIRONMENT, "LoadBalancerType") or "classic"

    @property
    def policy(self) -> str:
        return effective(self.settings, *POLICY) or "Delete"


@dataclass
class World:
    """Everything the steps act on. `home`: the environment that the database is coupled with."""

    places: list[Place]
    old: str
    original: Settings
    serving: str
    goal: str
    home: str | None = None
    database: str | None = None
    protected: bool = False
    snapshots: int = 0
    swapped: bool = False
    waited: bool = False
    failed: str | int | None = None
    loss: str = ""
    restored: bool = False

    def place(self, name: str) -> Place | None:
        return next((place for place in self.places if place.name == name), None)


def a_kind(balancer: str) -> str:
    """`a classic`, `an application`."""
    return f"{'an' if balancer[:1] in 'aeiou' else 'a'} {balancer}"


class Stop(Exception):
    """A step that AWS refuses, or that breaks what serves: the steps after it are not taken."""

    def __init__(self, rule: Rule, message: str, **changes: Any) -> None:
        super().__init__(message)
        self.rule, self.message, self.changes = rule, message, changes


def world(given: Given) -> World:
    """The environment as it is at the start."""
    chosen = settings(given.environment.option_settings, "/environment/option_settings")
    name = given.environment.name
    has = effective(chosen, *HAS_DATABASE) == "true"
    if HAS_DATABASE not in chosen:
        has = given.goal == "decouple-rds" or any(key[0] == RDS for key in chosen)
    return World(
        [Place(name, chosen, deployed=True)], name, chosen, name, given.goal,
        home=name if has else None, database=COUPLED if has else None,
    )  # fmt: skip


def start(given: Given) -> dict[str, Any]:
    here = world(given)
    return {"cells": {place.name: cell(here, place) for place in here.places} | {"database": database_cell(here)}}


def cell(here: World, place: Place) -> dict[str, Any]:
    items = [f"{place.balancer} load balancer"]
    items += ["serves production"] * (place.name == here.serving) + ["runs the version"] * place.deployed
    note = f"database coupled, policy {place.policy}" if here.home == place.name else ""
    return {"group": "environments", "items": items, "meters": {}, "note": note}


def database_cell(here: World) -> dict[str, Any]:
    items = [here.database] if here.database else ["none"]
    items += [f"{here.snapshots} snapshot{'s' if here.snapshots > 1 else ''}"] * (here.snapshots > 0)
    items += ["protected from deletion"] * here.protected
    return {"group": "database", "items": items, "meters": {}, "note": here.loss}


def drawn(here: World) -> dict[str, Any]:
    """The picture as it is now."""
    changes: dict[str, Any] = {pointer("state", "cells", p.name): cell(here, p) for p in here.places}
    return changes | {pointer("state", "cells", "database"): database_cell(here)}

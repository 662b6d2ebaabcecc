"""The picture of one decision: a row a rule, a column an instance, and in each cell whether it is out or kept."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from dva.simulations.ecs.ecs_placement.cluster import Instance
from dva.simulations.frame import Draw
from dva.trace import Place

MAX_COLUMNS = 12
"""Instances of a cluster whose decisions are drawn; a table of more is not read by anybody."""
Texts = Mapping[str, str | None]
"""What a cell says, by instance; None where the mark says it all."""


class Decision:
    """The table of one task, which grows by a row for each rule; nothing is drawn for a large cluster."""

    def __init__(self, task: str, instances: list[Instance]) -> None:
        self.task = task
        self.instances = instances if len(instances) <= MAX_COLUMNS else []
        self._rows: list[str] = []

    def begin(self, needs: str, fitting: Collection[Instance]) -> Draw:
        """Return the table with its first row: the instances that have the resources."""
        if not self.instances:
            return {}
        table = {"columns": [instance.id for instance in self.instances], "rows": {}, "result": ""}
        return {("matrix", self.task): table, **self.row("resources", needs, kept=dict.fromkeys(i.id for i in fitting))}

    def row(self, rule: str, asks: str, *, out: Texts | None = None, kept: Texts | None = None) -> Draw:
        """Return a new row: the instances that the rule rejects and keeps."""
        if not self.instances:
            return {}
        label = f"{rule} {len(self._rows)}" if rule in self._rows else rule
        self._rows.append(label)
        cells = {**_marked("out", out or {}), **_marked("kept", kept or {})}
        return {("matrix", self.task, "rows", label): {"asks": asks, "cells": cells}}

    def reject(self, out: Texts) -> Draw:
        """Return the marks of the instances that lack what the newest row asks for."""
        if not self.instances:
            return {}
        return {(*self._cells, name): mark for name, mark in _marked("out", out).items()}

    def choose(self, chosen: Instance, tie: Callable[[Instance], Any] | None, equal: Collection[Instance]) -> Draw:
        """Return the mark of the instance that gets the task, and the result; where others are equal, a row for `tie`.

        `tie` returns what decides among equals.
        """
        if not self.instances:
            return {}
        drawn: dict[Place, object] = {}
        if tie is not None:
            drawn |= self.row("tie", "fewest tasks, file order", kept={i.id: str(tie(i)) for i in equal})
        drawn[*self._cells, chosen.id, 0] = "chosen"
        return {**drawn, ("matrix", self.task, "result"): f"{self.task} on {chosen.id}"}

    @property
    def _cells(self) -> Place:
        return ("matrix", self.task, "rows", self._rows[-1], "cells")


def _marked(mark: str, texts: Texts) -> dict[str, list[str]]:
    return {name: [mark, text or ""] for name, text in texts.items()}

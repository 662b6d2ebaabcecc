"""The sentences of the trace: why an instance falls, what a task asks for, what ECS writes as an event."""

from collections.abc import Callable
from typing import Any

from dva.aws import cluster_query as query
from dva.simulations._before import pointer
from dva.simulations.ecs.ecs_placement._cluster import Instance
from dva.simulations.ecs.ecs_placement._fit import DISTINCT, Constraints, missing_attributes
from dva.simulations.ecs.ecs_placement._need import Need
from dva.simulations.ecs.ecs_placement._ranking import listed

NO_INSTANCES = "No Container Instances were found in your cluster."
EVENT_ENDS = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}


def asks(need: Need) -> str:
    """What a task of the definition needs."""
    asked = [f"{need.cpu} CPU units", f"{need.memory} MiB"]
    asked += [f"host port {port}/{protocol}" for protocol, port in sorted(need.ports)]
    asked += ["a network interface"] if need.eni else []
    asked += [f"{need.gpus} GPU"] if need.gpus else []
    asked += [f"attribute {name}" for name, _ in need.attributes]
    return "A task needs " + ", ".join(asked)


def shortfall(instance: Instance, need: Need, reason: str) -> str:
    """Step 1: what is missing on the instance, with the number."""
    left = instance.left
    taken = sorted(f"{port}/{protocol}" for protocol, port in need.ports & instance.ports)
    return {
        "AGENT": "the agent is not connected",
        "RESOURCE:CPU": f"{left['CPU']} CPU units left, {need.cpu} needed",
        "RESOURCE:MEMORY": f"{left['MEMORY']} MiB left, {need.memory} needed",
        "RESOURCE:PORTS": f"host port {', '.join(taken)} is taken or reserved",
        "RESOURCE:ENI": "no network interface left",
        "RESOURCE:GPU": f"{left['GPU'] or 0} GPU left, {need.gpus} needed",
        "ATTRIBUTE": f"lacks {', '.join(missing_attributes(instance, need))}",
    }[reason]


def objection(instance: Instance, constraints: Constraints, reason: str) -> str:
    """Step 2: why the constraint does not hold on the instance."""
    if reason == DISTINCT:
        return f"already has {instance.groups[constraints.group]} task of {constraints.group}"
    asked = instance.asked()
    return "; ".join(query.explain(expression, asked) for expression in constraints.unmet_expressions(instance))


def fallen(instances: list[Instance], why: Callable[[Instance], str]) -> str:
    """`i-1 (50 MiB left, 400 needed), …`."""
    return listed(instances, lambda instance: f"{instance.id} ({why(instance)})")


def sentences(reasons: list[str]) -> str:
    """The reasons one after the other, each beginning with a capital."""
    return " ".join(reason[:1].upper() + reason[1:] for reason in reasons)


def event(service: str, closest: str | None, reason: str) -> str:
    """What ECS writes into the events of the service."""
    start = f"service {service} was unable to place a task because no container instance met all of its requirements."
    if closest is None:
        return f"{start} Reason: {NO_INSTANCES}"
    end = EVENT_ENDS.get(reason, f'encountered error "{reason}".')
    return f"{start} The closest matching container-instance {closest} {end}"


def drawn(instance: Instance) -> dict[str, Any]:
    """What changed in the picture of an instance: its tasks, and what is left."""
    here = ("state", "cells", instance.id)
    meters = {
        pointer(*here, "meters", name, 0): instance.left[name]
        for name in ("CPU", "MEMORY")
        if instance.left[name] is not None
    }
    return {pointer(*here, "items"): [task.name for task in instance.tasks], **meters}

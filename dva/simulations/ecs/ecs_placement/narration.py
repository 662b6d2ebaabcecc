"""The sentences of the steps, and what is drawn of an instance."""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import TypeVar

from dva.aws import cluster_query as query
from dva.simulations.ecs.ecs_placement.cluster import Constraints, Instance, PlacedTask, missing_attributes
from dva.simulations.ecs.ecs_placement.need import Need
from dva.simulations.ecs.ecs_placement.rules import DISTINCT, EVENT_ENDS
from dva.simulations.frame import Draw
from dva.trace import Place

T = TypeVar("T")
SHOWN = 8
NO_INSTANCES = "No Container Instances were found in your cluster."


def listed(items: Collection[T], text: Callable[[T], str] = str) -> str:
    """Return a list for a sentence, cut where it gets long."""
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(text(item) for item in islice(items, SHOWN)) + more


def named(instances: Collection[Instance]) -> str:
    """Return the names of some instances."""
    return listed(instances, lambda instance: instance.id)


def needs(need: Need) -> str:
    """Return what a task of the definition needs."""
    parts = [f"{need.cpu} CPU units", f"{need.memory} MiB"]
    parts += [f"host port {port}/{protocol}" for protocol, port in sorted(need.ports)]
    parts += ["a network interface"] if need.eni else []
    parts += [f"{need.gpus} GPU"] if need.gpus else []
    parts += [f"attribute {name}" for name, _ in need.attributes]
    return "A task needs " + ", ".join(parts)


def size(need: Need) -> str:
    """Return what a task needs in a few words, for a table."""
    return f"{need.cpu} CPU, {need.memory} MiB"


def lack(instance: Instance, reason: str) -> str:
    """Return what an instance lacks in a word, for a table: the amount that is left, else the name of the reason."""
    resource = reason.rpartition(":")[2]
    return str(instance.left.get(resource) or 0) if resource in ("CPU", "MEMORY", "GPU") else resource.lower()


def rejected(instance: Instance, need: Need, constraints: Constraints, reason: str) -> str:
    """Return what is missing on an instance, with the number, or why a constraint does not hold there."""
    left = instance.left
    if reason == DISTINCT:
        return f"already has {instance.groups[constraints.group]} task of {constraints.group}"
    if reason == "RESOURCE:PORTS":
        taken = sorted(f"{port}/{protocol}" for protocol, port in need.ports & instance.ports)
        return f"host port {', '.join(taken)} is taken or reserved"
    if reason == "ATTRIBUTE":
        return f"lacks {', '.join(missing_attributes(instance, need))}"
    texts = {
        "AGENT": "the agent is not connected",
        "RESOURCE:CPU": f"{left['CPU']} CPU units left, {need.cpu} needed",
        "RESOURCE:MEMORY": f"{left['MEMORY']} MiB left, {need.memory} needed",
        "RESOURCE:ENI": "no network interface left",
        "RESOURCE:GPU": f"{left['GPU'] or 0} GPU left, {need.gpus} needed",
    }
    return texts[reason] if reason in texts else unmet_expressions(instance, constraints)


def rejections(fallen: Collection[Instance], need: Need, constraints: Constraints, reason: str) -> str:
    """Return what is missing on each of some instances."""
    return listed(fallen, lambda instance: f"{instance.id} ({rejected(instance, need, constraints, reason)})")


def unmet_expressions(instance: Instance, constraints: Constraints) -> str:
    """Return why the memberOf expressions are false for an instance."""
    queried = instance.as_queried()
    return "; ".join(query.explain(expression, queried) for expression in constraints.unmet_expressions(instance))


def sentences(reasons: Iterable[str]) -> str:
    """Return the reasons one after the other, each beginning with a capital."""
    return " ".join(reason[:1].upper() + reason[1:] for reason in reasons if reason)


def event(service: str, closest: str | None, reason: str) -> str:
    """Return what Amazon ECS writes into the events of the service."""
    start = f"service {service} was unable to place a task because no container instance met all of its requirements."
    if closest is None:
        return f"{start} Reason: {NO_INSTANCES}"
    end = EVENT_ENDS.get(reason, f'encountered error "{reason}".')
    return f"{start} The closest matching container-instance {closest} {end}"


def drawn_after(instance: Instance, task: PlacedTask, need: Need, *, starts: bool) -> Draw:
    """Return the picture of an instance when a task starts, which uses what it needs, or stops, which frees it."""
    here = ("cells", instance.id)
    tasks = [*instance.tasks, task] if starts else [other for other in instance.tasks if other is not task]
    drawn: dict[Place, object] = {(*here, "items"): [other.name for other in tasks]}
    for name, amount in (("CPU", need.cpu), ("MEMORY", need.memory)):
        left = instance.left[name]
        if left is not None:
            drawn[*here, "meters", name, 0] = left - amount if starts else left + amount
    return drawn

"""DAEMON: one task on every ACTIVE instance that meets the constraints, and none anywhere else."""

from typing import Any

from dva.simulations._before import Tracer
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement import _rules as rules
from dva.simulations.ecs.ecs_placement import _telling as tell
from dva.simulations.ecs.ecs_placement._cluster import Cluster, Instance, Task
from dva.simulations.ecs.ecs_placement._fit import MEMBER_OF, Constraints, lacking
from dva.simulations.ecs.ecs_placement._how import How
from dva.simulations.ecs.ecs_placement._need import Need


class Daemon:
    """One look of the daemon scheduler at all instances, in the order of the file."""

    def __init__(self, given: doc.Given, cluster: Cluster, need: Need, trace: Tracer, how: How) -> None:
        assert given.service is not None
        self.service, self.cluster, self.need, self.trace = given.service, cluster, need, trace
        self.constraints = Constraints.of(given, how)

    def schedule(self) -> None:
        """Start where a task is missing, stop where none may be; an instance that may not have one is no failure."""
        self.trace.step(
            rules.DAEMON, "One task on each instance", rules.DAEMON.says, changes={"/outcome/status": "unchanged"}
        )
        for instance in self.cluster.instances:
            here = [task for task in instance.tasks if task.group == self.cluster.group]
            why = self.barred(instance)
            if why:
                for task in here:
                    self.stop(instance, task, why)
            elif not here:
                self.start(instance)

    def barred(self, instance: Instance) -> str:
        """Why the instance may not have the task, or nothing."""
        if not instance.active:
            return f"it is {instance.facts.status}"
        unmet = bool(self.constraints.unmet_expressions(instance))
        return tell.objection(instance, self.constraints, MEMBER_OF) if unmet else ""

    def start(self, instance: Instance) -> None:
        """One task for an instance that has none; where it does not fit it stays unplaced."""
        name, reason = self.cluster.next_name(), lacking(instance, self.need)
        if reason:
            return self.unplaced(instance, name, reason)
        instance.take(Task(name, self.cluster.group), self.need)
        placed = {"task": name, "containerInstance": instance.id}
        why = "It meets the constraints and has none yet."
        return self._tell(f"{name} goes to {instance.id}", why, instance, {"/outcome/placements/-": placed})

    def unplaced(self, instance: Instance, name: str, reason: str) -> None:
        """The instance qualifies but has not the resources."""
        failures = [{"containerInstance": instance.id, "reason": reason}]
        entry = {"task": name, "reason": reason, "closest": instance.id, "failures": failures}
        event = self.trace.outcome["serviceEvent"] or tell.event(self.service.service_name, instance.id, reason)
        status = "partly" if self.trace.outcome["placements"] else "unplaced"
        changes = {"/outcome/unplaced/-": entry, "/outcome/status": status, "/outcome/serviceEvent": event}
        why = tell.shortfall(instance, self.need, reason)
        self.trace.step(rules.UNPLACED, f"{name} is not placed on {instance.id}: {reason}", why, changes=changes)

    def stop(self, instance: Instance, task: Task, why: str) -> None:
        """A task that runs where none may be."""
        instance.stop(task, self.need)
        stopped = {"task": task.name, "containerInstance": instance.id}
        self._tell(f"{task.name} on {instance.id} stops", why, instance, {"/outcome/stopped/-": stopped})

    def _tell(self, title: str, why: str, instance: Instance, changes: dict[str, Any]) -> None:
        """Tasks that start outweigh tasks that stop; one that is not placed makes it `partly`."""
        outcome = self.trace.outcome
        starts = bool(outcome["placements"]) or "/outcome/placements/-" in changes
        status = "placed" if starts else "stopped"
        if outcome["unplaced"]:
            status = "partly" if starts else "unplaced"
        changes["/outcome/status"] = status
        if self.trace.recording:
            changes |= tell.drawn(instance)
        self.trace.step(rules.DAEMON, title, why, changes=changes)

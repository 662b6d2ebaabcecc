"""DAEMON: one task on every ACTIVE instance that meets the constraints, and none anywhere else."""

from dva.simulations.ecs.ecs_placement import rules
from dva.simulations.ecs.ecs_placement.cluster import ClusterState, Instance, PlacedTask
from dva.simulations.ecs.ecs_placement.documents import Given
from dva.simulations.ecs.ecs_placement.fit import Constraints, missing_resource
from dva.simulations.ecs.ecs_placement.narration import drawn_after, event, rejected, unmet_expressions
from dva.simulations.ecs.ecs_placement.need import Need
from dva.simulations.frame import Append, Run


class Daemon:
    """One pass of the daemon scheduler over all instances, in the order of the file."""

    def __init__(self, given: Given, cluster: ClusterState, need: Need, run: Run) -> None:
        self.prefix, self.cluster, self.need, self.run = given.prefix, cluster, need, run
        self.constraints = Constraints.of(given, run)

    def schedule(self) -> None:
        """Start where a task is missing, stop where none may be; an instance that may not have one is no failure."""
        self.run.step(rules.DAEMON, "One task on each instance", status="unchanged")
        for instance in self.cluster.instances:
            here = self.cluster.of_group(instance)
            why = self.barred(instance)
            if why:
                for task in here:
                    self.stop(instance, task, why)
            elif not here:
                self.start(instance)

    def barred(self, instance: Instance) -> str:
        """Return why the instance may not have the task, or nothing."""
        if not instance.active:
            return f"it is {instance.document.status}"
        return unmet_expressions(instance, self.constraints)

    def start(self, instance: Instance) -> None:
        """Start a task on an instance that has none; where it does not fit it stays unplaced."""
        name, reason = self.cluster.next_name(), missing_resource(instance, self.need)
        if reason:
            return self.unplaced(instance, name, reason)
        task = PlacedTask(name, self.cluster.group)
        self.run.step(
            rules.DAEMON, f"{name} goes to {instance.id}", "It meets the constraints and has none yet.",
            draw=lambda: drawn_after(instance, [*instance.tasks, task], self.need, 1),
            status=self._status(starts=True), placements=Append({"task": name, "containerInstance": instance.id}),
        )  # fmt: skip
        return instance.take(task, self.need)

    def unplaced(self, instance: Instance, name: str, reason: str) -> None:
        """Record that the instance qualifies but does not have the resources."""
        failures = [{"containerInstance": instance.id, "reason": reason}]
        self.run.step(
            rules.UNPLACED, f"{name} is not placed on {instance.id}: {reason}",
            lambda: rejected(instance, self.need, self.constraints, reason), status=self._status(fails=True),
            unplaced=Append({"task": name, "reason": reason, "closest": instance.id, "failures": failures}),
            serviceEvent=self.run.outcome["serviceEvent"] or event(self.prefix, instance.id, reason),
        )  # fmt: skip

    def stop(self, instance: Instance, task: PlacedTask, why: str) -> None:
        """Stop a task that runs where none may be."""
        self.run.step(
            rules.DAEMON, f"{task.name} on {instance.id} stops", why, status=self._status(),
            draw=lambda: drawn_after(instance, [other for other in instance.tasks if other is not task], self.need, -1),
            stopped=Append({"task": task.name, "containerInstance": instance.id}),
        )  # fmt: skip
        instance.stop(task, self.need)

    def _status(self, *, starts: bool = False, fails: bool = False) -> str:
        """Tasks that start outweigh tasks that stop; one that is not placed makes it `partly`."""
        starts = starts or bool(self.run.outcome["placements"])
        if fails or self.run.outcome["unplaced"]:
            return "partly" if starts else "unplaced"
        return "placed" if starts else "stopped"

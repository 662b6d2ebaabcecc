"""What the request asks for: to place tasks, to stop some (scale-in), one on each instance (DAEMON), or nothing."""

from dva.simulations.ecs.ecs_placement import cluster as state
from dva.simulations.ecs.ecs_placement import narration, ranking, rules
from dva.simulations.ecs.ecs_placement.cluster import ClusterState, Instance, PlacedTask
from dva.simulations.ecs.ecs_placement.decision import Decision
from dva.simulations.ecs.ecs_placement.documents import Given, Service
from dva.simulations.ecs.ecs_placement.need import Need, need_of
from dva.simulations.ecs.ecs_placement.placing import Placing
from dva.simulations.ecs.ecs_placement.requests import check
from dva.simulations.frame import Append, Run, Text
from dva.trace import Rule


def schedule(given: Given, run: Run) -> None:
    """Place, stop or leave alone, as the request asks."""
    check(given)
    cluster, need = state.build(given), need_of(given.task_definition, run)
    service = given.service
    if need.eni:
        record_assumptions(service, cluster, run)
    if service is None:
        return Placing(given, cluster, need, run).place(given.run_task.count if given.run_task else 0)
    if service.daemon:
        return run_daemon(given, cluster, need, run)
    missing = (service.desired_count or 0) - cluster.existing
    if missing > 0:
        return Placing(given, cluster, need, run).place(missing)
    if missing < 0:
        return scale_in(service, cluster, need, run)
    title = f"{cluster.existing} tasks run and {cluster.existing} are desired"
    return run.step(rules.UNCHANGED, title, status="unchanged")


def record_assumptions(service: Service | None, cluster: ClusterState, run: Run) -> None:
    """Record what the file leaves out of tasks in awsvpc mode: the network configuration, limits of instances."""
    given = service.network_configuration if service else None
    if service and not (given and given.awsvpc_configuration):
        run.step(rules.NETWORK_LEFT_OUT, "The network configuration of the service is not given",
                 "It is taken to be there.")  # fmt: skip
    unknown = [instance for instance in cluster.instances if instance.active and instance.enis is None]
    if unknown:
        of = narration.listed(unknown, lambda instance: f"{instance.id} ({instance.interfaces_of})")
        run.step(rules.ENI_UNKNOWN, f"Limit of network interfaces unknown, none applied: {of}")


def record_stop(
    by: Rule, instance: Instance, task: PlacedTask, need: Need, run: Run, why: Text, *, status: str
) -> None:
    """Record that a task stops, while it is there: the reasons compare what was there before."""
    run.step(by, f"{task.name} on {instance.id} stops", why, status=status,
             draw=lambda: narration.drawn_after(instance, task, need, starts=False),
             stopped=Append({"task": task.name, "containerInstance": instance.id}))  # fmt: skip


# Scale-in: a service has more tasks than it wants, and the strategies choose in reverse which of them stop


def scale_in(service: Service, cluster: ClusterState, need: Need, run: Run) -> None:
    """Stop the tasks that are too many, or as many as are not protected.

    All tasks of a service are of one size, so the most left after the stop is the most left now.
    """
    strategies, wanted = ranking.strategies_of(service, run, stopping=True), service.desired_count or 0
    ranked = ranking.rank_by(strategies, cluster, run, sign=run.using(ranking.in_reverse)())
    for instance in cluster.instances:
        if cluster.stoppable(instance):
            ranked.add(instance)
    protected = [task.name for i in cluster.instances for task in cluster.of_group(i) if task.protected]
    if protected:
        run.step(rules.PROTECTED, f"Protected from scale-in: {', '.join(protected[:8])}")
    for left in range(cluster.existing - wanted, 0, -1):
        if not ranked.root:
            event = (
                f"service {service.service_name} cannot scale in to its desired count of {wanted}: "
                f"{wanted + left} protected tasks exceed it."
            )
            return run.step(rules.PROTECTED, f"Protection prevents {left} of the stops", event, status="blocked",
                            blockedByProtection=left, serviceEvent=event)  # fmt: skip
        stop_one(ranked, cluster, need, run)
    return None


def stop_one(ranked: ranking.Ranking, cluster: ClusterState, need: Need, run: Run) -> None:
    """Choose an instance and stop a task there."""
    nodes, reasons = ranking.prefer(ranked, cluster, run, "Scale-in", Decision("", []), stopping=True)
    candidates = ranking.below(nodes)
    instance = candidates[0]
    ours = cluster.stoppable(instance)
    task = max(reversed(ours), key=lambda one: one.age)
    tie = len(candidates) > 1 or len(ours) > 1
    if tie:
        reasons.append(lambda: f"Equal: {narration.named(candidates)}; {len(ours)} tasks on {instance.id} could stop.")
    record_stop(rules.STOP_TIE if tie else rules.STOP, instance, task, need, run,
                lambda: narration.sentences(reason() for reason in reasons), status="stopped")  # fmt: skip
    ranked.change(instance, lambda: instance.stop(task, need))
    if cluster.stoppable(instance):
        ranked.add(instance)


# DAEMON: one task on every ACTIVE instance that meets the constraints, and none anywhere else


def run_daemon(given: Given, cluster: ClusterState, need: Need, run: Run) -> None:
    """Start where a task is missing, stop where none may be; an instance that may not have one is no failure."""
    run.step(rules.DAEMON, "One task on each instance", status="unchanged")
    constraints = state.Constraints(given, run)
    for instance in cluster.instances:
        here = cluster.of_group(instance)
        barred = f"it is {instance.document.status}"
        if instance.active:
            barred = narration.unmet_expressions(instance, constraints)
        if barred:
            for task in here:
                record_stop(rules.DAEMON, instance, task, need, run, barred, status=daemon_status(run))
                instance.stop(task, need)
        elif not here:
            start_daemon(instance, cluster, constraints, need, run)


def start_daemon(
    instance: Instance, cluster: ClusterState, constraints: state.Constraints, need: Need, run: Run
) -> None:
    """Start a task on an instance that has none; where it does not fit it stays unplaced."""
    name, reason = cluster.next_name(), state.missing_resource(instance, need)
    if reason:
        failures = [{"containerInstance": instance.id, "reason": reason}]
        return run.step(
            rules.UNPLACED, f"{name} is not placed on {instance.id}: {reason}",
            lambda: narration.rejected(instance, need, constraints, reason), status=daemon_status(run, fails=True),
            unplaced=Append({"task": name, "reason": reason, "closest": instance.id, "failures": failures}),
            serviceEvent=run.outcome["serviceEvent"] or narration.event(cluster.prefix, instance.id, reason),
        )  # fmt: skip
    task = PlacedTask(name, cluster.group)
    run.step(rules.DAEMON, f"{name} goes to {instance.id}", "It meets the constraints and has none yet.",
             draw=lambda: narration.drawn_after(instance, task, need, starts=True),
             status=daemon_status(run, starts=True),
             placements=Append({"task": name, "containerInstance": instance.id}))  # fmt: skip
    return instance.take(task, need)


def daemon_status(run: Run, *, starts: bool = False, fails: bool = False) -> str:
    """Return the status so far: tasks that start outweigh tasks that stop; one that is not placed makes it `partly`."""
    starts = starts or bool(run.outcome["placements"])
    if fails or run.outcome["unplaced"]:
        return "partly" if starts else "unplaced"
    return "placed" if starts else "stopped"

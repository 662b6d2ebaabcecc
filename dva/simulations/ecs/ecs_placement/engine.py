"""What the request asks for: to place tasks, to stop some, or nothing."""

from dva.simulations.ecs.ecs_placement import rules
from dva.simulations.ecs.ecs_placement.cluster import build
from dva.simulations.ecs.ecs_placement.daemon import Daemon
from dva.simulations.ecs.ecs_placement.documents import Given
from dva.simulations.ecs.ecs_placement.need import need_of
from dva.simulations.ecs.ecs_placement.placing import Placing
from dva.simulations.ecs.ecs_placement.requests import check
from dva.simulations.ecs.ecs_placement.stopping import Stopping
from dva.simulations.frame import Run


def schedule(given: Given, run: Run) -> None:
    """Place, stop or leave alone, as the request asks."""
    check(given)
    cluster, need = build(given), need_of(given.task_definition, run)
    service = given.service
    if service is None:
        return Placing(given, cluster, need, run).place(given.run_task.count if given.run_task else 0)
    if service.daemon:
        return Daemon(given, cluster, need, run).schedule()
    missing = (service.desired_count or 0) - cluster.existing
    if missing > 0:
        return Placing(given, cluster, need, run).place(missing)
    if missing < 0:
        return Stopping(service, cluster, need, run).stop(-missing)
    title = f"{cluster.existing} tasks run and {cluster.existing} are desired"
    return run.step(rules.UNCHANGED, title, status="unchanged")

"""Amazon ECS task placement: on which container instance does each task land, and which stops on scale-in?

Four steps a task (Amazon ECS Developer Guide, "How Amazon ECS places tasks on container instances"):
1. the instances that have the resources, 2. of those, the ones that meet the constraints,
3. of those, the ones that the strategies prefer, in the order of the array, 4. one of them is selected.
Tasks are placed one after another; each placement changes what the next one sees [convention].

Read on in `_placing.py`, where the four steps stand; `_fit.py` asks steps 1 and 2 of one instance, `_ranking.py` is
step 3; `_stopping.py` is scale-in and `_daemon.py` the DAEMON scheduler. The rules and their sources stand in
`_rules.py`, the ones that beliefs replace in `_how.py`, what AWS refuses in `_requests.py`.
"""

from dva.simulations._before import Simulation, Tracer
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement import _requests
from dva.simulations.ecs.ecs_placement import _rules as rules
from dva.simulations.ecs.ecs_placement._beliefs import BELIEFS
from dva.simulations.ecs.ecs_placement._cluster import build, cells
from dva.simulations.ecs.ecs_placement._daemon import Daemon
from dva.simulations.ecs.ecs_placement._how import How
from dva.simulations.ecs.ecs_placement._need import need_of
from dva.simulations.ecs.ecs_placement._placing import Placing
from dva.simulations.ecs.ecs_placement._stopping import Stopping


def play(given: doc.Given, trace: Tracer, how: How) -> None:
    """Place, stop or leave alone, as the request asks."""
    _requests.check(given)
    cluster, need = build(given), need_of(given.task_definition, how.memory, how.ports)
    service = given.service
    if service is None:
        count = given.run_task.count if given.run_task else 0
        return Placing(given, cluster, need, trace, how).place(count)
    if service.scheduling_strategy == "DAEMON":
        return Daemon(given, cluster, need, trace, how).schedule()
    missing = (service.desired_count or 0) - cluster.existing
    if missing > 0:
        return Placing(given, cluster, need, trace, how).place(missing)
    if missing < 0:
        return Stopping(service, cluster, need, trace, how).stop(-missing)
    title = f"{cluster.existing} tasks run and {cluster.existing} are desired"
    return trace.step(rules.UNCHANGED, title, rules.UNCHANGED.says, changes={"/outcome/status": "unchanged"})


SIMULATION = Simulation(
    name="ecs-placement",
    title="ECS task placement",
    view="grid",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=doc.Given,
    outcome={"placements": [], "unplaced": [], "stopped": [], "blockedByProtection": 0, "serviceEvent": None},
    statuses=("placed", "partly", "unplaced", "stopped", "blocked", "unchanged", "refused"),
    play=play,
    how=How(),
    start=lambda given: {"cells": cells(build(given))},
)

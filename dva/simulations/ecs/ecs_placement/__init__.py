"""Amazon ECS task placement: on which container instance does each task land, and which stops on scale-in?

Four steps a task (Amazon ECS Developer Guide, "How Amazon ECS places tasks on container instances"):
1. the instances that have the resources, 2. of those, the ones that meet the constraints,
3. of those, the ones that the strategies prefer, in the order of the array, 4. one of them is selected.
Tasks are placed one after another; each placement changes what the next one sees (an assumption).

The four steps are in `placing.py`: `cluster.py` asks steps 1 and 2 of one instance, `ranking.py` is step 3;
`engine.py` has scale-in and the DAEMON scheduler; what AWS refuses is in `requests.py`.
"""

from dva.aws.service_model import ALL, Request
from dva.simulations.ecs.documents import OPEN_SHAPES
from dva.simulations.ecs.ecs_placement import beliefs
from dva.simulations.ecs.ecs_placement.cluster import initial_state
from dva.simulations.ecs.ecs_placement.documents import Given, Placements
from dva.simulations.ecs.ecs_placement.engine import schedule
from dva.simulations.ecs.ecs_placement.rules import placement

__all__ = ["SIMULATION", "beliefs"]

REQUESTS = placement.requests({
    "/taskDefinition": Request("ecs", "RegisterTaskDefinition", optional=ALL, open_shapes=OPEN_SHAPES),
    "/service": Request("ecs", "CreateService", optional=ALL), "/runTask": Request("ecs", "RunTask", optional=ALL),
}, code="InvalidParameterException")  # fmt: skip

SIMULATION = placement.simulation(
    title="ECS task placement",
    view="grid",
    given=Given,
    outcome=Placements,
    run=schedule,
    initial_state=initial_state,
    requests=REQUESTS,
)

"""An Amazon ECS task definition: would RegisterTaskDefinition take it, and which ports does a load balancer reach?

In the order of the checks: network mode, size (AWS Fargate has a fixed table), containers, ephemeral storage,
placement constraints, port mappings, roles. Amazon ECS answers with the first error; all of them are listed here.
(Amazon ECS API, RegisterTaskDefinition; Amazon ECS Developer Guide, "Task size".)
"""

from dva.simulations.ecs.ecs_task_definition import beliefs
from dva.simulations.ecs.ecs_task_definition.documents import Given, Registration
from dva.simulations.ecs.ecs_task_definition.engine import initial_state, register
from dva.simulations.ecs.ecs_task_definition.rules import registration

__all__ = ["SIMULATION", "beliefs"]

SIMULATION = registration.simulation(
    title="ECS task definition", view="texts", given=Given, outcome=Registration, run=register,
    initial_state=initial_state,
)  # fmt: skip

"""An Amazon ECS task definition: would RegisterTaskDefinition take it, and which ports does a load balancer reach?

In the order of the checks: network mode, size (AWS Fargate has a fixed table), containers, ephemeral storage,
placement constraints, port mappings, roles. Amazon ECS answers with the first error; all of them are listed here.
(Amazon ECS API, RegisterTaskDefinition; Amazon ECS Developer Guide, "Task size".)
"""

from dva.simulations.ecs.ecs_task_definition.engine import SIMULATION

__all__ = ["SIMULATION"]

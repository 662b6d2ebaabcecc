"""A rolling update of an Amazon ECS service: how many tasks may stop and start, and does the update ever end?

In Amazon ECS's order: the two percentages become a lower and an upper limit; the scheduler starts new
tasks up to the upper limit, waits until they are healthy, stops old ones down to the lower limit, and
repeats. The circuit breaker counts new tasks that fail. (Amazon ECS Developer Guide, "Rolling update";
Amazon ECS API, DeploymentConfiguration.)
"""

from dva.simulations.ecs.ecs_deployment.engine import SIMULATION

__all__ = ["SIMULATION"]

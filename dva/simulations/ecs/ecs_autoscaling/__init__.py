"""Service Auto Scaling of an Amazon ECS service: how does the desired count follow a metric and a schedule?

For each datapoint, in Application Auto Scaling's order: every policy says what it wants (step scaling from
its alarm, target tracking from its target), the largest capacity wins, MinCapacity and MaxCapacity bound it,
and cooldowns, deployments and suspensions hold scale-in (or scale-out) back. Scheduled actions move the
bounds at their time. (Application Auto Scaling User Guide; Amazon ECS Developer Guide, "Automatically scale
your service".)
"""

from dva.simulations.ecs.ecs_autoscaling.engine import SIMULATION

__all__ = ["SIMULATION"]

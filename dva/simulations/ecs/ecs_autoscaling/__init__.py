"""Service Auto Scaling of an Amazon ECS service: how does the desired count follow a metric and a schedule?

For each datapoint, in Application Auto Scaling's order: every policy says what it wants (step scaling from
its alarm, target tracking from its target), the largest capacity wins, MinCapacity and MaxCapacity bound it,
and cooldowns, deployments and suspensions hold scale-in (or scale-out) back. Scheduled actions move the
bounds at their time. (Application Auto Scaling User Guide; Amazon ECS Developer Guide, "Automatically scale
your service".)
"""

from dva.simulations.ecs.ecs_autoscaling import beliefs
from dva.simulations.ecs.ecs_autoscaling.documents import Activities, Given
from dva.simulations.ecs.ecs_autoscaling.engine import follow, initial_state
from dva.simulations.ecs.ecs_autoscaling.rules import scaling

__all__ = ["SIMULATION", "beliefs"]

SIMULATION = scaling.simulation(
    title="ECS Service Auto Scaling", view="timeline", unit="s", given=Given, outcome=Activities, run=follow,
    initial_state=initial_state,
)  # fmt: skip

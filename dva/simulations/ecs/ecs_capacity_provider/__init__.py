"""Amazon ECS capacity providers: which provider runs each task, and how managed scaling sizes its instances.

1. The strategy: the request's own, else the cluster's default. A launch type goes around all of it.
2. Base first, the rest by weight; that is the distribution of the whole desired count, not of the new tasks alone.
3. Each Auto Scaling group provider with managed scaling publishes CapacityProviderReservation = M / N x 100,
   instances needed by instances running, and a target tracking policy moves the group towards targetCapacity.
"""

from dva.simulations.ecs.ecs_capacity_provider.engine import SIMULATION

__all__ = ["SIMULATION"]

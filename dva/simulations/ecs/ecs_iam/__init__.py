"""Who makes the call: which role signs each AWS request that belongs to an Amazon ECS task.

Five kinds of principals take part, and no call is signed by two of them:
1. the container instance role: the agent on an EC2 instance registers, polls and reports with it, and, where the
   task has no execution role, pulls images and sends logs with it;
2. the task execution role: what the agent (on Fargate: AWS's side) does for the task before and around its code;
3. the task role: what the code inside the containers does;
4. service-linked roles: what Amazon ECS and Application Auto Scaling do; and the role EventBridge starts tasks with;
5. nobody: then the call cannot be made.
"""

from dva.simulations.ecs.ecs_iam.engine import SIMULATION

__all__ = ["SIMULATION"]

"""The rules of task definitions as a table, in the order of the checks, and AWS Fargate's table of sizes."""

import re

from dva.simulations._before import Rule

GUIDE = "Amazon ECS Developer Guide, "
URL = "https://docs.aws.amazon.com/AmazonECS/latest/"
SIZES = f"{GUIDE}Fargate task CPU and memory: {URL}developerguide/fargate-tasks-services.html"
PARAMETERS = f"{GUIDE}Task definition parameters: {URL}developerguide/task_definition_parameters.html"
TASK = f"Amazon ECS API, TaskDefinition: {URL}APIReference/API_TaskDefinition.html"
CONTAINER = f"Amazon ECS API, ContainerDefinition: {URL}APIReference/API_ContainerDefinition.html"
MAPPING = f"Amazon ECS API, PortMapping: {URL}APIReference/API_PortMapping.html"
STORAGE_PAGE = f"Amazon ECS API, EphemeralStorage: {URL}APIReference/API_EphemeralStorage.html"
ROLE = f"{GUIDE}Amazon ECS task execution IAM role: {URL}developerguide/task_execution_IAM_role.html"
BALANCER = f"{GUIDE}Use load balancing to distribute service traffic: {URL}developerguide/service-load-balancing.html"


def _rule(name: str, says: str, source: str, *notes: str) -> Rule:
    return Rule(f"ecs.task-definition.{name}", says, source, notes)


FARGATE = _rule("fargate", "Fargate's rules hold where FARGATE is a compatibility or the launch type, EC2 beside it or "
                "not.", TASK, "fargate.compatibility")  # fmt: skip
COMPATIBLE = _rule("compatible", "A task is launched on Fargate only where its definition names FARGATE.", TASK,
                   "fargate.compatibility")  # fmt: skip
NETWORK = _rule("network", "Fargate tasks need the network mode awsvpc; without a word the mode is bridge.",
                PARAMETERS, "fargate.network-mode")  # fmt: skip
SIZE = _rule("size", "On Fargate cpu and memory are both given for the task and stand together in the table.",
             SIZES, "fargate.size-table")  # fmt: skip
EC2_CPU = _rule("ec2-cpu", "On EC2 a task-level cpu is optional, from 128 to 196608 units.", TASK,
                "ecs-tasks-definitions.05")  # fmt: skip
MEMORY = _rule("container-memory", "Without a task-level memory each container needs memory or memoryReservation.",
               CONTAINER, "ecs-tasks-definitions.05")  # fmt: skip
SHARES = _rule("container-shares", "What the containers reserve fits into the task's cpu and memory, and a hard limit "
               "is not below its reservation.", CONTAINER, "ecs-tasks-definitions.task-size")  # fmt: skip
STORAGE = _rule("storage", "Ephemeral storage is 20 GiB, or set to 21 to 200 GiB.", STORAGE_PAGE,
                "fargate.ephemeral-storage")  # fmt: skip
CONSTRAINTS = _rule("constraints", "A task definition may have memberOf constraints, on EC2 only; distinctInstance "
                    "belongs to a service or RunTask.", TASK, "fargate.placement")  # fmt: skip
HOST_PORT = _rule("host-port", "In awsvpc and host mode the host port is blank or the container port.", MAPPING,
                  "fargate.04")  # fmt: skip
CONTAINER_PORT = _rule("container-port", "A port mapping names a container port from 1 to 65535.", MAPPING,
                       "ecs-tasks-definitions.04")  # fmt: skip
EXECUTION_ROLE = _rule("execution-role", "Secrets need an execution role; on Fargate so do images of ECR and the log "
                       "driver awslogs. The task role does not count.", ROLE, "ecs-tasks-definitions.08",
                       "fargate.03")  # fmt: skip
PORTS = {
    "dynamic": _rule("dynamic", "Bridge mode, host port 0 or none: the host picks an ephemeral port, and the load "
                     "balancer's target is instance id : that port, type instance.", BALANCER, "ecs-service.03"),
    "static": _rule("static", "Bridge mode with a host port, or host mode: one task of it an instance; the target is "
                    "instance id : host port.", BALANCER, "ecs-service.static-port"),
    "awsvpc": _rule("awsvpc", "awsvpc: the task has its own network interface; the target is its IP address : "
                    "container port, type ip.", BALANCER, "fargate.04"),
}  # fmt: skip
NO_NETWORK = _rule("no-network", "Network mode none: containers have no external ports.", PARAMETERS,
                   "ecs-tasks-definitions.07")  # fmt: skip
VALID = _rule("valid", "Without an error the definition is registered as the next revision of its family.", TASK,
              "ecs-tasks-definitions.01")  # fmt: skip
INVALID = _rule("invalid", "A definition with an error is refused as a whole, with the first error.", TASK,
                "ecs-tasks-definitions.01")  # fmt: skip

TABLE: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
"""Fargate: cpu units to the memory sizes in MiB; from 8192 on Linux with platform version 1.4.0 or later."""
WINDOWS_CPU = (1024, 2048, 4096)
MODES = ("bridge", "host", "awsvpc", "none", "default")
EC2_CPU_RANGE = (128, 196_608)
STORAGE_RANGE = (21, 200)
ECR_IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr\.")

RULES = (
    FARGATE, COMPATIBLE, NETWORK, SIZE, EC2_CPU, MEMORY, SHARES, STORAGE, CONSTRAINTS, HOST_PORT, CONTAINER_PORT,
    EXECUTION_ROLE, *PORTS.values(), NO_NETWORK, VALID, INVALID,
)  # fmt: skip

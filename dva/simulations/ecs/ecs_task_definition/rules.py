"""The rules of task definitions, in the order of the checks, and their documented numbers."""

import re

from dva.simulations.frame import Mechanism

registration = Mechanism("ecs-task-definition", rules="ecs.task-definition", notes="fargate")
rule = registration.rule

GUIDE = "Amazon ECS Developer Guide, "
URL = "https://docs.aws.amazon.com/AmazonECS/latest/"
SIZES = f"{GUIDE}Fargate task CPU and memory: {URL}developerguide/fargate-tasks-services.html"
PARAMETERS = f"{GUIDE}Task definition parameters: {URL}developerguide/task_definition_parameters.html"
TASK = f"Amazon ECS API, TaskDefinition: {URL}APIReference/API_TaskDefinition.html"
CONTAINER = f"Amazon ECS API, ContainerDefinition: {URL}APIReference/API_ContainerDefinition.html"
DEPENDENCY = f"Amazon ECS API, ContainerDependency: {URL}APIReference/API_ContainerDependency.html"
LOGGING = f"Amazon ECS API, LogConfiguration: {URL}APIReference/API_LogConfiguration.html"
MAPPING = f"Amazon ECS API, PortMapping: {URL}APIReference/API_PortMapping.html"
STORAGE_PAGE = f"Amazon ECS API, EphemeralStorage: {URL}APIReference/API_EphemeralStorage.html"
ROLE = f"{GUIDE}Amazon ECS task execution IAM role: {URL}developerguide/task_execution_IAM_role.html"
BALANCER = f"{GUIDE}Use load balancing to distribute service traffic: {URL}developerguide/service-load-balancing.html"

FARGATE = rule("fargate",
               "Fargate's rules hold where FARGATE is a compatibility or the launch type, EC2 beside it or not.", TASK,
               "compatibility")  # fmt: skip
COMPATIBLE = rule("compatible", "A task is launched on Fargate only where its definition names FARGATE.", TASK,
                  "compatibility")  # fmt: skip
NETWORK = rule("network", "Fargate tasks need the network mode awsvpc; if none is given, the mode is bridge.",
               PARAMETERS, "network-mode")  # fmt: skip
SIZE = rule("size", "On Fargate cpu and memory are both given for the task and stand together in the table.", SIZES,
            "size-table")  # fmt: skip
EC2_CPU = rule("ec2-cpu", "On EC2 a task-level cpu is optional, from 128 to 196608 units.", TASK,
               "ecs-tasks-definitions.05")  # fmt: skip
MEMORY = rule("container-memory", "Without a task-level memory each container needs memory or memoryReservation.",
              CONTAINER, "ecs-tasks-definitions.05")  # fmt: skip
SHARES = rule("container-shares", "What the containers reserve fits into the task's cpu and memory, and a hard limit "
              "is not below its reservation.",
              f"{CONTAINER}; that they may be equal: https://github.com/awsdocs/amazon-ecs-developer-guide/pull/242",
              "ecs-tasks-definitions.task-size")  # fmt: skip
CONTAINERS = rule("containers", "There is at least one container; each has an image and a name of its own, of letters, "
                  "digits, - and _.", CONTAINER, "ecs-tasks-definitions.01")  # fmt: skip
ESSENTIAL = rule("essential", "At least one container is essential, which a container is unless it says otherwise.",
                 CONTAINER, "ecs-tasks-definitions.essential")  # fmt: skip
DEPENDS = rule("depends-on", "A container depends on containers of the same definition, never in a circle; on COMPLETE "
               "or SUCCESS only of one that is not essential, on HEALTHY only of one with a health check.",
               DEPENDENCY, "ecs-tasks-definitions.essential")  # fmt: skip
LOG_DRIVER = rule("log-driver", "The log driver is one that the launch type has, with the options that it requires: "
                  "awslogs a region and a group, splunk a token and a URL.", LOGGING)  # fmt: skip
LINKS = rule("links", "Containers are linked in bridge mode only, to containers of the same definition, never in a "
             "circle.", CONTAINER, "ecs-tasks-definitions.07")  # fmt: skip
VOLUMES = rule("volumes", "A mount point names a volume of the task definition.", TASK)
STORAGE = rule("storage", "Ephemeral storage is 20 GiB, or set to 21 to 200 GiB.", STORAGE_PAGE, "ephemeral-storage")
CONSTRAINTS = rule("constraints", "A task definition may have memberOf constraints, on EC2 only; distinctInstance "
                   "belongs to a service or RunTask.", TASK, "placement")  # fmt: skip
HOST_PORT = rule("host-port", "In awsvpc and host mode the host port is blank or the container port.", MAPPING, "04")
CONTAINER_PORT = rule("container-port", "A port mapping names a container port from 1 to 65535.", MAPPING,
                      "ecs-tasks-definitions.04")  # fmt: skip
EXECUTION_ROLE = rule("execution-role",
                      "Secrets need an execution role; on Fargate so do images of ECR and the log driver awslogs. The "
                      "task role does not count.", ROLE, "ecs-tasks-definitions.08", "03")  # fmt: skip
DYNAMIC = rule("dynamic", "Bridge mode, host port 0 or none: the host picks an ephemeral port, and the load balancer's "
               "target is instance id : that port, type instance.", BALANCER, "ecs-service.03")  # fmt: skip
STATIC = rule("static", "Bridge mode with a host port, or host mode: one task of it an instance; the target is "
              "instance id : host port.", BALANCER, "ecs-service.static-port")  # fmt: skip
AWSVPC = rule("awsvpc",
              "awsvpc: the task has its own network interface; the target is its IP address : container port, type ip.",
              BALANCER, "04")  # fmt: skip
NO_NETWORK = rule("no-network", "Network mode none: containers have no external ports.", PARAMETERS,
                  "ecs-tasks-definitions.07")  # fmt: skip
VALID = rule("valid", "Without an error the definition is registered as the next revision of its family.", TASK,
             "ecs-tasks-definitions.01")  # fmt: skip
INVALID = rule("invalid", "A definition with an error is refused as a whole, with the first error.", TASK,
               "ecs-tasks-definitions.01")  # fmt: skip

# Documented numbers

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
"""Fargate (SIZES): cpu units → memory in MiB; from 8192 on Linux with platform version 1.4.0 or later."""
WINDOWS_CPU = (1024, 2048, 4096)
"""Fargate (SIZES): cpu units of Windows containers."""
UNITS_OF_VCPU = MIB_OF_GB = 1024
"""CPU units of a vCPU, MiB of a GB (TASK)."""
MODES = ("bridge", "host", "awsvpc", "none", "default")
"""Network modes (TASK); `default` is that of Windows."""
MIN_EC2_CPU, MAX_EC2_CPU = 128, 196_608
"""CPU units of a task on EC2 (TASK)."""
MIN_STORAGE, MAX_STORAGE = 21, 200
"""GiB of ephemeral storage that can be set (STORAGE_PAGE)."""
MIN_PORT, MAX_PORT = 1, 65_535
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""How a container is named (CONTAINER)."""
CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
"""What a container can wait for (DEPENDENCY)."""
FARGATE_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
LOG_DRIVERS = ("json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens")
"""On Amazon EC2 (LOGGING)."""
AGENT_LOG_DRIVERS = ("none", "logentries", "sumologic")
"""Drivers of the agent beside those (aws/amazon-ecs-agent, agent/dockerclient/logging_drivers.go)."""
LOG_OPTIONS = {"awslogs": ("awslogs-region", "awslogs-group"), "splunk": ("splunk-token", "splunk-url")}
"""Options without which a driver is refused (klothoplatform/klotho#892, hashicorp/terraform-provider-aws#8596)."""
ECR_IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr\.")
"""How the name of an image in a private registry of ECR begins."""

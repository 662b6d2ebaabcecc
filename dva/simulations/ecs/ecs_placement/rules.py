"""The rules of task placement, in the order in which Amazon ECS applies them, and its documented numbers."""

from dva.simulations.frame import Mechanism

placement = Mechanism("ecs-placement", rules="ecs.placement", notes="ecs-task-placement")
rule = placement.rule

GUIDE = "Amazon ECS Developer Guide, "
URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
STEPS = f"{GUIDE}How Amazon ECS places tasks on container instances: {URL}task-placement.html"
STRATEGIES = f"{GUIDE}Task placement strategies: {URL}task-placement-strategies.html"
CONSTRAINTS = f"{GUIDE}Task placement constraints: {URL}task-placement-constraints.html"
EVENTS = f"{GUIDE}Service event messages: {URL}service-event-messages-list.html"
SERVICES = f"{GUIDE}Amazon ECS services: {URL}ecs_services.html"
REFERENCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
API = f"Amazon ECS API, RunTask, CreateService and RegisterTaskDefinition: {REFERENCE}/API_RunTask.html"
DRAINING_PAGE = f"{GUIDE}Draining container instances: {URL}container-instance-draining.html"
ENI_PAGE = f"{GUIDE}Increasing container instance network interfaces: {URL}container-instance-eni.html"

REQUEST = rule("request", "Strategies and constraints must be ones that Amazon ECS accepts.", API, "03", "limits",
               "fargate")  # fmt: skip

NETWORK = rule("network", "Tasks in awsvpc mode need a network configuration with subnets; no other mode takes one.",
               API)  # fmt: skip
NETWORK_LEFT_OUT = rule("network.left-out", "A service in awsvpc mode whose network configuration is left out is taken "
                        "to have one: Amazon ECS creates none without.", API, assumption=True)  # fmt: skip
ENI_UNKNOWN = rule("eni-unknown", "Where the limit of network interfaces of an instance type is not known, none is "
                   "applied; options.eniLimits and options.trunkLimits set one.", ENI_PAGE, "eni-limit",
                   assumption=True)  # fmt: skip

# Step 1: resources
ACTIVE = rule("active", "Only ACTIVE instances get tasks, DRAINING ones get none.", DRAINING_PAGE, "draining")
ROOM = rule("resources", "An instance must have what the task definition asks for.", STEPS, "05")
LACKS = {
    "AGENT": rule("agent", "The instance's agent must be connected.", EVENTS, "failure-reasons"),
    "RESOURCE:CPU": rule("cpu", "The task's CPU units must be left on the instance.", STEPS, "05"),
    "RESOURCE:MEMORY": rule("memory", "The memory must be left: memoryReservation where given, else memory.", API,
                            "memory-reservation"),
    "RESOURCE:PORTS": rule("ports", "A static host port must be free; a dynamic one (hostPort 0 or none) never "
                           "collides.", API, "dynamic-ports", "reserved-ports"),
    "RESOURCE:ENI": rule("eni", "A task in awsvpc mode needs a network interface beyond the instance's own.", ENI_PAGE,
                         "eni-limit"),
    "RESOURCE:GPU": rule("gpu", "The GPUs that the containers ask for must be left.", STEPS, "gpu"),
    "ATTRIBUTE": rule("attribute", "The attributes that the task definition requires must be there.", EVENTS,
                      "failure-reasons"),
}  # fmt: skip

# Step 2: constraints
MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT = "DistinctInstance placement constraint unsatisfied."
UNMET = {
    MEMBER_OF: rule("memberOf", "memberOf: the instance must satisfy the expression.", CONSTRAINTS, "23", "06"),
    DISTINCT: rule("distinctInstance", "distinctInstance: no other task of the same service or group may be there.",
                   CONSTRAINTS, "21", "06"),
}  # fmt: skip
"""By the reason that Amazon ECS gives."""

# Step 3: strategies, in the order of the array; they rank and never reject
DEFAULT = rule("default", "Without a strategy a service spreads over zones, then instances, and takes from the fullest "
               "when it scales in; RunTask places at random.", SERVICES, "default-strategy")  # fmt: skip
SPREAD = rule("spread", "spread keeps the value with the fewest tasks of this service or group.", STRATEGIES, "16",
              "spread-counts")  # fmt: skip
NO_VALUE = rule("spread.missing", "Instances without the attribute of a spread share a value of their own.", STRATEGIES,
                "17", assumption=True)  # fmt: skip
BINPACK = rule("binpack", "binpack keeps the instance with the least CPU or memory left that still fits.", STRATEGIES,
               "11", "12")  # fmt: skip
RANDOM = rule("random", "random takes any of the instances that are left.", STRATEGIES, "14")

# Step 4: selection
SELECT = rule("select", "The instance that is left gets the task.", STEPS, "08")
TIE = rule("tie", "Among equals: the fewest tasks of this service or group, then the order of the file.", STEPS, "08",
           assumption=True)  # fmt: skip
UNPLACED = rule("unplaced", "A task that no instance can take is not placed.", EVENTS, "service-events")
CLOSEST = rule("closest", "The closest instance is the one that failed at the latest step, then the first of the file.",
               EVENTS, "service-events", assumption=True)  # fmt: skip

# Scale-in
REVERSE_SPREAD = rule("scaleIn.spread", "Scaling in, spread takes from the value with the most tasks.", SERVICES, "02",
                      "scale-in-strategy")  # fmt: skip
REVERSE_BINPACK = rule("scaleIn.binpack", "Scaling in, binpack takes from the instance with the most left afterwards.",
                       STRATEGIES, "scale-in-strategy")  # fmt: skip
REVERSE_RANDOM = rule("scaleIn.random", "Scaling in, random takes from any instance.", STRATEGIES, "scale-in-strategy")
STOP = rule("scaleIn.stop", "A task stops on the instance that is left.", SERVICES, "02")
STOP_TIE = rule("scaleIn.tie",
                "Among equals AWS takes any; dva's convention is the order of the file, and there the youngest task.",
                STRATEGIES, "scale-in-strategy", assumption=True)  # fmt: skip
PROTECTED = rule("scaleIn.protection", "A task with scale-in protection is not stopped.",
                 f"{GUIDE}Protect tasks from scale-in: {URL}task-scale-in-protection.html",
                 "scale-in-protection")  # fmt: skip
UNCHANGED = rule("unchanged", "A service that runs its desired count starts and stops nothing.", SERVICES, "02")

# Daemon
DAEMON = rule("daemon", "DAEMON: one task on every ACTIVE instance that meets the constraints.", SERVICES, "daemon")

# Documented numbers

MOST_STRATEGIES = 5
MOST_CONSTRAINTS = 10
"""Those of the task definition included."""
MOST_TASKS_A_CALL = 10
"""Of RunTask."""
DAEMON_MAXIMUM = 100
"""The only maximumPercent of a DAEMON service."""
MOST_TASKS = 20_000
"""A limit of dva's; AWS's quota is 5,000 tasks a service."""
FAILURES_LISTED = 20_000
"""A limit of dva's: where equal tasks would list more failures than this in all, only the first lists its own."""
UNITS = 1024
"""CPU units of a vCPU, and MiB of a GB."""
RESERVED_PORTS = ("22", "2375", "2376", "51678", "51679")
"""What the ECS agent reserves on every instance: ssh, docker, its own two."""
TRUNK_LIMITS = {"c5.large": 10}
"""Tasks by instance type where trunking is on (ENI_PAGE)."""
EVENT_ENDS = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}
"""What a service event says of the closest instance, by the reason (EVENTS)."""

"""The rules of task placement as a table, in the order in which Amazon ECS applies them."""

from dva.simulations._before import Rule

GUIDE = "Amazon ECS Developer Guide, "
URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
STEPS = f"{GUIDE}How Amazon ECS places tasks on container instances: {URL}task-placement.html"
STRATEGIES = f"{GUIDE}Task placement strategies: {URL}task-placement-strategies.html"
CONSTRAINTS = f"{GUIDE}Task placement constraints: {URL}task-placement-constraints.html"
EVENTS = f"{GUIDE}Service event messages: {URL}service-event-messages-list.html"
SERVICES = f"{GUIDE}Amazon ECS services: {URL}ecs_services.html"
API = (
    "Amazon ECS API, RunTask, CreateService and RegisterTaskDefinition: "
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"
)
DRAINING_PAGE = f"{GUIDE}Draining container instances: {URL}container-instance-draining.html"
ENI_PAGE = f"{GUIDE}Increasing container instance network interfaces: {URL}container-instance-eni.html"
NOTE = "ecs-task-placement"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"ecs.placement.{name}", says, source, tuple(f"{NOTE}.{note}" for note in notes), convention)


REQUEST = _rule(
    "request", "Strategies and constraints must be ones that Amazon ECS accepts.", API, "03", "limits", "fargate"
)

# Step 1: resources
ACTIVE = _rule("active", "Only ACTIVE instances get tasks, DRAINING ones get none.", DRAINING_PAGE, "draining")
ROOM = _rule("resources", "An instance must have what the task definition asks for.", STEPS, "05")
LACKS = {
    "AGENT": _rule("agent", "The instance's agent must be connected.", EVENTS, "failure-reasons"),
    "RESOURCE:CPU": _rule("cpu", "The task's CPU units must be left on the instance.", STEPS, "05"),
    "RESOURCE:MEMORY": _rule(
        "memory", "The memory must be left: memoryReservation where given, else memory.", API, "memory-reservation"
    ),
    "RESOURCE:PORTS": _rule(
        "ports", "A static host port must be free; a dynamic one (hostPort 0 or none) never collides.", API,
        "dynamic-ports", "reserved-ports",
    ),
    "RESOURCE:ENI": _rule(
        "eni", "A task in awsvpc mode needs a network interface beyond the instance's own.", ENI_PAGE, "eni-limit"
    ),
    "RESOURCE:GPU": _rule("gpu", "The GPUs that the containers ask for must be left.", STEPS, "gpu"),
    "ATTRIBUTE": _rule(
        "attribute", "The attributes that the task definition requires must be there.", EVENTS, "failure-reasons"
    ),
}  # fmt: skip

# Step 2: constraints
MEMBER_OF = _rule("memberOf", "memberOf: the instance must satisfy the expression.", CONSTRAINTS, "23", "06")
DISTINCT = _rule(
    "distinctInstance", "distinctInstance: no other task of the same service or group may be there.",
    CONSTRAINTS, "21", "06",
)  # fmt: skip

# Step 3: strategies, in the order of the array; they rank and never reject
DEFAULT = _rule(
    "default",
    "Without a strategy a service spreads over zones, then instances, and takes from the fullest when it scales in; "
    "RunTask places at random.",
    SERVICES, "default-strategy",
)  # fmt: skip
SPREAD = _rule(
    "spread",
    "spread keeps the value with the fewest tasks of this service or group.",
    STRATEGIES,
    "16",
    "spread-counts",
)
NO_VALUE = _rule(
    "spread.missing", "Instances without the attribute of a spread share a value of their own.", STRATEGIES, "17",
    convention=True,
)  # fmt: skip
BINPACK = _rule(
    "binpack", "binpack keeps the instance with the least CPU or memory left that still fits.", STRATEGIES, "11", "12"
)
RANDOM = _rule("random", "random takes any of the instances that are left.", STRATEGIES, "14")

# Step 4: selection
SELECT = _rule("select", "The instance that is left gets the task.", STEPS, "08")
TIE = _rule(
    "tie", "Among equals: the fewest tasks of this service or group, then the order of the file.", STEPS, "08",
    convention=True,
)  # fmt: skip
UNPLACED = _rule("unplaced", "A task that no instance can take is not placed.", EVENTS, "service-events")
CLOSEST = _rule(
    "closest", "The closest instance is the one that failed at the latest step, then the first of the file.",
    EVENTS, "service-events", convention=True,
)  # fmt: skip

# Scale-in
REVERSE_SPREAD = _rule(
    "scaleIn.spread",
    "Scaling in, spread takes from the value with the most tasks.",
    SERVICES,
    "02",
    "scale-in-strategy",
)
REVERSE_BINPACK = _rule(
    "scaleIn.binpack", "Scaling in, binpack takes from the instance with the most left afterwards.",
    STRATEGIES, "scale-in-strategy",
)  # fmt: skip
REVERSE_RANDOM = _rule("scaleIn.random", "Scaling in, random takes from any instance.", STRATEGIES, "scale-in-strategy")
STOP = _rule("scaleIn.stop", "A task stops on the instance that is left.", SERVICES, "02")
STOP_TIE = _rule(
    "scaleIn.tie",
    "Among equals AWS takes any; dva's convention is the order of the file, and there the youngest task.",
    STRATEGIES, "scale-in-strategy", convention=True,
)  # fmt: skip
PROTECTED = _rule(
    "scaleIn.protection", "A task with scale-in protection is not stopped.",
    f"{GUIDE}Protect tasks from scale-in: {URL}task-scale-in-protection.html", "scale-in-protection",
)  # fmt: skip
UNCHANGED = _rule("unchanged", "A service that runs its desired count starts and stops nothing.", SERVICES, "02")

# Daemon
DAEMON = _rule("daemon", "DAEMON: one task on every ACTIVE instance that meets the constraints.", SERVICES, "daemon")

RULES = (
    REQUEST, ACTIVE, ROOM, *LACKS.values(), MEMBER_OF, DISTINCT, DEFAULT, SPREAD, NO_VALUE, BINPACK, RANDOM, SELECT,
    TIE, UNPLACED, CLOSEST, REVERSE_SPREAD, REVERSE_BINPACK, REVERSE_RANDOM, STOP, STOP_TIE, PROTECTED, UNCHANGED,
    DAEMON,
)  # fmt: skip

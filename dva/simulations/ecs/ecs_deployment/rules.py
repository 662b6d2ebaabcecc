"""The rules of a rolling update, in the order in which Amazon ECS applies them, and its documented numbers."""

from dva.simulations.frame import Mechanism

update = Mechanism("ecs-deployment", rules="ecs.deployment", notes="ecs-service")
rule = update.rule

GUIDE = "Amazon ECS Developer Guide, "
URL = "https://docs.aws.amazon.com/AmazonECS/latest/"
ROLLING = f"{GUIDE}Rolling update: {URL}developerguide/deployment-type-ecs.html"
CONFIGURATION = f"Amazon ECS API, DeploymentConfiguration: {URL}APIReference/API_DeploymentConfiguration.html"
BREAKER = f"{GUIDE}Deployment circuit breaker: {URL}developerguide/deployment-circuit-breaker.html"
THRESHOLD = f"Amazon ECS API, ThresholdConfiguration: {URL}APIReference/API_ThresholdConfiguration.html"
EVENTS = f"{GUIDE}Service event messages: {URL}developerguide/service-event-messages-list.html"
SERVICES = f"{GUIDE}Amazon ECS services: {URL}developerguide/ecs_services.html"
REBALANCING = f"{GUIDE}Balancing a service across Availability Zones: {URL}developerguide/service-rebalancing.html"
CREATE = f"Amazon ECS API, CreateService: {URL}APIReference/API_CreateService.html"

REQUEST = rule("request", "A service must be one that Amazon ECS accepts.", CREATE, "daemon")
DAEMON = rule("daemon", "DAEMON: one task on each instance, so an update stops tasks before it starts them.", SERVICES,
              "daemon")  # fmt: skip
DEFAULTS = rule("defaults", "Percentages that are not given: 100 and 200 for REPLICA, 0 and 100 for DAEMON.",
                CONFIGURATION, "rolling-limits")  # fmt: skip
LOWER = rule("lower", "At least desired x minimumHealthyPercent, rounded up, tasks stay healthy.", CONFIGURATION,
             "rolling-limits")  # fmt: skip
UPPER = rule("upper", "At most desired x maximumPercent, rounded down, tasks are running or pending.", CONFIGURATION,
             "rolling-limits")  # fmt: skip
STUCK = rule("stuck", "Where no task may stop and none may start, the deployment never moves.", EVENTS, "stuck")
NOTHING = rule("nothing", "A service that desires no task has nothing to replace.", ROLLING, "rolling-limits")
ROUNDS = rule("rounds", "A round starts what the upper limit allows, waits, and stops what the lower limit allows.",
              ROLLING, "rolling-rounds", assumption=True)  # fmt: skip
START = rule("start", "New tasks start while the upper limit leaves room.", ROLLING, "rolling-rounds")
HEALTHY = rule("healthy",
               "A new task counts once it is healthy: its health checks, the load balancer's, or 40 s of running.",
               CONFIGURATION, "healthy-when")  # fmt: skip
STOP = rule("stop", "Old tasks stop while the lower limit of healthy tasks is kept.", ROLLING, "rolling-rounds")
COMPLETED = rule("completed", "The deployment is complete when only new tasks run and all that are desired do.",
                 ROLLING, "rolling-rounds")  # fmt: skip
LIMIT = rule("threshold", "The breaker trips at half the desired count, rounded up, at least 3 and at most 200; "
             "thresholdConfiguration changes it.", THRESHOLD, "circuit-breaker")  # fmt: skip
FAILURE = rule("failure",
               "A new task that stops before RUNNING, or fails its health checks, is replaced; the breaker counts it.",
               BREAKER, "circuit-breaker")  # fmt: skip
RESET = rule("reset", "A task that becomes healthy sets the count back to 0, unless resetOnHealthyTask is false.",
             BREAKER, "circuit-breaker-reset")  # fmt: skip
FAILED = rule("failed", "At the threshold the deployment is FAILED and no new task is started.", BREAKER,
              "circuit-breaker")  # fmt: skip
ROLLBACK = rule("rollback", "With rollback on, the last completed deployment is deployed again.", BREAKER,
                "circuit-breaker-rollback")  # fmt: skip
ELIGIBLE = rule("az.eligible",
                "Zone rebalancing moves tasks of a REPLICA service that spreads over zones first, or has no strategy.",
                REBALANCING, "az-rebalancing")  # fmt: skip
NOT_ELIGIBLE = {
    reason: rule(f"az.{reason}", statement, REBALANCING, "az-rebalancing")
    for reason, statement in (
        ("disabled", "availabilityZoneRebalancing is DISABLED."),
        ("daemon", "A DAEMON service has one task on each instance, so none is moved."),
        ("external", "Tasks on EXTERNAL instances have no Availability Zone."),
        ("maximum-percent-100", "Rebalancing starts a task before it stops one, which maximumPercent 100 forbids."),
        ("classic-load-balancer", "Services behind a Classic Load Balancer are not rebalanced."),
        ("zone-constraint", "A placement constraint on the zone fixes where tasks may be."),
        ("first-strategy-not-zone-spread", "The first placement strategy must be spread over the zones."),
    )
}

# Documented numbers

DEFAULT_PERCENTS = {"REPLICA": (100, 200), "DAEMON": (0, 100)}
"""minimumHealthyPercent and maximumPercent by scheduling strategy (CONFIGURATION)."""
DAEMON_MAXIMUM = 100
"""The only maximumPercent of a DAEMON service (CREATE)."""
DEFAULT_THRESHOLD = ("BOUNDED_PERCENT", 50)
FEWEST_FAILURES, MOST_FAILURES = 3, 200
"""Of BOUNDED_PERCENT (THRESHOLD)."""
NO_ROOM_TO_MOVE = 100
"""Zone rebalancing needs a maximumPercent above this (REBALANCING)."""
MOST_TASKS = 100_000
"""A limit of dva's: twenty times what Amazon ECS runs in a service; beyond it a run would show nothing new."""
ZONE = "attribute:ecs.availability-zone"
STUCK_EVENT = (
    "unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)

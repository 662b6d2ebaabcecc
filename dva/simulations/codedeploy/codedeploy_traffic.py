"""Traffic shifting for Lambda and Amazon ECS: which percentage of the traffic reaches the new version when?

In AWS's order: the name of a deployment configuration stands for a way to shift (predefined) or the way itself is given
(trafficRoutingConfig); limits are checked; then traffic moves: all at once, in two steps (canary) or in equal
steps (linear). (AWS CodeDeploy User Guide, "Working with deployment configurations in CodeDeploy".)
"""

from typing import Annotated, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.codedeploy._deployment_configs import PREFIX, SERVER, TRAFFIC, Shift
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Refused, Run

traffic = Mechanism("codedeploy-traffic", rules="codedeploy.traffic", notes="codedeploy")
rule, belief = traffic.rule, traffic.belief

# Rules, in AWS's order

DOCS = "https://docs.aws.amazon.com/codedeploy/latest"
GUIDE = "AWS CodeDeploy User Guide, Working with deployment configurations in CodeDeploy"
PAGE = f"{GUIDE}: {DOCS}/userguide/deployment-configurations.html"
CANARY_API = f"AWS CodeDeploy API, TrafficRoutingConfig: {DOCS}/APIReference/API_TimeBasedCanary.html"
LINEAR_API = f"AWS CodeDeploy API, TrafficRoutingConfig: {DOCS}/APIReference/API_TimeBasedLinear.html"
LIMITS = f"AWS CodeDeploy User Guide, CodeDeploy limits: {DOCS}/userguide/limits.html"

NAME = rule("name", "A predefined name says how traffic moves; it belongs to one compute platform.", PAGE,
            "traffic-names")  # fmt: skip
UNKNOWN = rule("unknown-name", "A name that is neither predefined nor yours is refused.", PAGE, "traffic-names")
LIMIT = rule("limits", "A step moves 1 to 99 percent, and the last shift comes at most 2880 minutes after the first.",
             LIMITS, "traffic-limits")  # fmt: skip
NLB = rule("network-load-balancer", "Behind a Network Load Balancer an ECS deployment shifts all at once only.", PAGE,
           "traffic-limits")  # fmt: skip
ALL = rule("all-at-once", "AllAtOnce moves all traffic in one step.", PAGE, "traffic")
FIRST = rule("canary.first", "Canary moves its percentage at the start.", CANARY_API, "traffic")
REST = rule("canary.rest", "Canary moves everything else after its interval: two shifts, never more.", CANARY_API,
            "traffic")  # fmt: skip
STEP = rule("linear.step", "Linear moves its percentage at the start and again after each interval.", LINEAR_API,
            "traffic-linear")  # fmt: skip
LAST = rule("linear.last", "The last step of a linear shift moves what is left, however little.", LINEAR_API,
            "traffic-linear", assumption=True)  # fmt: skip
DONE = rule("done", "The deployment goes on when all traffic reaches the new version.", PAGE, "traffic")

INVALID = "InvalidTrafficRoutingConfigurationException"

# Documented numbers (LIMITS)

MIN_PERCENT, MAX_PERCENT = 1, 99
MIN_INTERVAL, MAX_MINUTES = 1, 2880
"""Minutes: of an interval at least, and from the first shift to the last at most (two days)."""


class Canary(AwsDocument):
    """TimeBasedCanary."""

    canary_percentage: int | None = None
    canary_interval: int | None = None


class Linear(AwsDocument):
    """TimeBasedLinear."""

    linear_percentage: int | None = None
    linear_interval: int | None = None


class Config(AwsDocument):
    """trafficRoutingConfig as the API has it, or flat with `percentage` and `minutes`."""

    wrappers = ("deploymentConfigInfo", "trafficRoutingConfig")
    type: Literal["TimeBasedCanary", "TimeBasedLinear", "AllAtOnce"]
    percentage: int | None = None
    minutes: int | None = None
    time_based_canary: Canary = field(default_factory=Canary)
    time_based_linear: Linear = field(default_factory=Linear)

    @property
    def shift(self) -> tuple[str, int | None, int | None]:
        """Kind, percentage, minutes; None where they are missing."""
        canary, linear = self.time_based_canary, self.time_based_linear
        percent, minutes = {
            "TimeBasedCanary": (canary.canary_percentage, canary.canary_interval),
            "TimeBasedLinear": (linear.linear_percentage, linear.linear_interval),
            "AllAtOnce": (100, 0),
        }[self.type]
        percent = percent if self.percentage is None else self.percentage
        return self.type, percent, minutes if self.minutes is None else self.minutes


class Given(StrictStruct):
    """What a traffic shift is computed from."""

    deployment_config: str | Config
    """Name of a predefined deployment configuration, or one of your own as get-deployment-config prints it."""
    load_balancer: Literal["application", "network"] | None = None
    """What an ECS service stands behind."""


class Shifts(Outcome):
    """When which percentage of the traffic reaches the new version."""

    status: Annotated[
        Literal["completed", "refused"] | None,
        Phrases({"completed": "The traffic is shifted", "refused": "CodeDeploy rejects the configuration"}),
    ] = None
    """`completed`, or `refused` where CodeDeploy does not take the configuration."""
    shifts: list[list[int]] = []
    """Points [minute, percentage of the traffic on the new version]."""


def shift(given: Given, run: Run) -> None:
    """Settle the configuration, then move the traffic."""
    kind, percent, minutes = configuration(given, run)
    points, first = [[0, 100]], ALL
    if kind == "TimeBasedCanary":
        points, first = run.using(canary)(percent, minutes), FIRST
    elif kind == "TimeBasedLinear":
        points, first = run.using(linear)(percent, minutes), STEP
    before = 0
    for number, (at, reached) in enumerate(points):
        moved = reached - before
        by = REST if first is FIRST and number else LAST if first is STEP and 0 < moved < percent else first
        run.step(
            by, f"Minute {at}: {reached} % of the traffic",
            f"{moved} % more than before; {100 - reached} % still go to the old version.",
            at=at, shifts=Append([at, reached]), draw={("series", "new version, percent", "-"): [at, reached]},
        )  # fmt: skip
        before = reached
    end = points[-1][0]
    run.step(
        DONE, f"All traffic has moved after {end} minutes", at=end,
        status="completed", draw={("events", "-"): [end, "all traffic has moved"]},
    )  # fmt: skip


# The rule functions that beliefs replace: the points [minute, percentage] of each way to shift


def canary(percent: int, minutes: int) -> list[list[int]]:
    """Return the percentage at once, the rest after the interval."""
    return [[0, percent], [minutes, 100]]


def linear(percent: int, minutes: int) -> list[list[int]]:
    """Return a point at the start and after each interval until nothing is left."""
    steps = -(-100 // percent)
    return [[step * minutes, min(100, (step + 1) * percent)] for step in range(steps)]


def configuration(given: Given, run: Run) -> Shift:
    """Return kind, percentage and minutes of the configuration; Refused where they are outside the limits."""
    config, ecs = given.deployment_config, True
    if isinstance(config, str):
        name = config.removeprefix(PREFIX)
        if name not in TRAFFIC:
            message = f"there is no deployment configuration {name}"
            if name in SERVER:
                message = (
                    f"{PREFIX}{name} is for EC2 and on-premises instances: it batches instances and shifts no traffic"
                )
            raise Refused(UNKNOWN, "DeploymentConfigDoesNotExistException", message)
        found, ecs = TRAFFIC[name], name.startswith("ECS")
        run.step(NAME, f"{name} is {_described(found)}")
    else:
        kind, percent, minutes = config.shift
        if percent is None or minutes is None:
            raise Refused(LIMIT, INVALID, f"{kind} needs a percentage and minutes")
        if kind != "AllAtOnce":
            _check_limits(kind, percent, minutes)
        found = kind, percent, minutes
        run.step(LIMIT, f"The configuration is {_described(found)}")
    if ecs and given.load_balancer == "network" and found[0] != "AllAtOnce":
        raise Refused(NLB, INVALID, "behind a Network Load Balancer only CodeDeployDefault.ECSAllAtOnce is possible")
    return found


def _check_limits(kind: str, percent: int, minutes: int) -> None:
    if not MIN_PERCENT <= percent <= MAX_PERCENT:
        raise Refused(LIMIT, INVALID, f"a shift of {percent} % is not between {MIN_PERCENT} and {MAX_PERCENT}")
    if minutes < MIN_INTERVAL:
        raise Refused(LIMIT, INVALID, f"an interval of {minutes} minutes is less than {MIN_INTERVAL}")
    last = minutes if kind == "TimeBasedCanary" else (-(-100 // percent) - 1) * minutes
    if last > MAX_MINUTES:
        raise Refused(LIMIT, INVALID, f"the last shift would come after {last} minutes, more than {MAX_MINUTES}")


def _described(config: Shift) -> str:
    kind, percent, minutes = config
    if kind == "AllAtOnce":
        return "all traffic at once"
    if kind == "TimeBasedCanary":
        return f"a canary: {percent} % now, the rest after {minutes} minutes"
    return f"linear: {percent} % now and every {minutes} minutes"


# What people believe instead


@belief(
    linear, "linear-waits-before-it-starts", "a linear shift moves nothing until the first interval has passed",
    "The first step comes at once, so 10 percent every 10 minutes are complete after 90 minutes.", "traffic-linear",
)  # fmt: skip
def linear_waits(percent: int, minutes: int) -> list[list[int]]:
    return [[at + minutes, reached] for at, reached in linear(percent, minutes)]


belief(
    canary, "canary-goes-on-in-steps", "a canary moves its percentage again and again until all traffic has moved",
    "That is a linear shift. A canary has two shifts: its percentage, then all the rest.", "traffic",
)(linear)  # fmt: skip

belief(linear, "linear-is-two-steps", "a linear shift moves its percentage and then the rest",
       "That is a canary. A linear shift repeats the same percentage.", "traffic")(canary)  # fmt: skip


@belief(linear, "linear-shares-what-is-left",
        "each step of a linear shift moves its percentage of the traffic that is left",
        "Each step moves the same percentage of all traffic.", "traffic-linear")  # fmt: skip
def linear_of_the_rest(percent: int, minutes: int) -> list[list[int]]:
    points, reached = [], 0
    for step in range(-(-100 // percent) - 1):
        reached += max(1, (100 - reached) * percent // 100)
        points.append([step * minutes, min(reached, 100)])
    return [*points, [len(points) * minutes, 100]]


@belief(
    canary, "canary-waits-before-it-starts", "a canary moves its percentage when its interval has passed",
    "The percentage moves at once; the interval lies between the first and the second shift.", "traffic",
)  # fmt: skip
def canary_waits(percent: int, minutes: int) -> list[list[int]]:
    return [[minutes, percent], [2 * minutes, 100]]


SIMULATION = traffic.simulation(
    title="Traffic shifting of CodeDeploy", view="timeline", unit="min", given=Given, outcome=Shifts, run=shift,
    initial_state=lambda given: {"series": {"new version, percent": [[0, 0]]}, "events": []},
)  # fmt: skip

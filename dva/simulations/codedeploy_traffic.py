"""Traffic shifting for Lambda and Amazon ECS: which percentage of the traffic reaches the new version when?

In AWS's order: the name of a deployment configuration stands for a way to shift (predefined) or the way itself is given
(trafficRoutingConfig); limits are checked; then traffic moves: all at once, in two steps (canary) or in equal
steps (linear). (AWS CodeDeploy User Guide, "Working with deployment configurations in CodeDeploy".)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import field

from dva.aws.deployconfig import PREFIX, SERVER, TRAFFIC, Shift
from dva.aws.document import AwsDocument, Own, decode
from dva.errors import GivenError
from dva.simulations import Simulation
from dva.trace import Belief, Refused, Rule, Tracer

GUIDE = "AWS CodeDeploy User Guide, Working with deployment configurations in CodeDeploy: "
PAGE = f"{GUIDE}https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html"
API = "AWS CodeDeploy API, TrafficRoutingConfig: https://docs.aws.amazon.com/codedeploy/latest/APIReference/"
CANARY_API = f"{API}API_TimeBasedCanary.html"
LINEAR_API = f"{API}API_TimeBasedLinear.html"
LIMITS = (
    "AWS CodeDeploy User Guide, CodeDeploy limits: https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html"
)

LONGEST = 2880
"""Minutes from the first shift to the last: two days."""


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"codedeploy.traffic.{name}", says, source, tuple(f"codedeploy.{note}" for note in notes), convention)


NAME = _rule("name", "A predefined name says how traffic moves; it belongs to one compute platform.", PAGE,
             "traffic-names")  # fmt: skip
UNKNOWN = _rule("unknown-name", "A name that is neither predefined nor yours is refused.", PAGE, "traffic-names")
LIMIT = _rule("limits", "A step moves 1 to 99 percent, and the last shift comes at most 2880 minutes after the first.",
              LIMITS, "traffic-limits")  # fmt: skip
NLB = _rule("network-load-balancer", "Behind a Network Load Balancer an ECS deployment shifts all at once only.", PAGE,
            "traffic-limits")  # fmt: skip
ALL = _rule("all-at-once", "AllAtOnce moves all traffic in one step.", PAGE, "traffic")
FIRST = _rule("canary.first", "Canary moves its percentage at the start.", CANARY_API, "traffic")
REST = _rule("canary.rest", "Canary moves everything else after its interval: two shifts, never more.", CANARY_API,
             "traffic")  # fmt: skip
STEP = _rule("linear.step", "Linear moves its percentage at the start and again after each interval.", LINEAR_API,
             "traffic-linear")  # fmt: skip
LAST = _rule("linear.last", "The last step of a linear shift moves what is left, however little.", LINEAR_API,
             "traffic-linear", convention=True)  # fmt: skip
DONE = _rule("done", "The deployment goes on when all traffic reaches the new version.", PAGE, "traffic")
RULES = (NAME, UNKNOWN, LIMIT, NLB, ALL, FIRST, REST, STEP, LAST, DONE)


class Canary(AwsDocument):
    canary_percentage: int | None = None
    canary_interval: int | None = None


class Linear(AwsDocument):
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
        nested = {
            "TimeBasedCanary": (canary.canary_percentage, canary.canary_interval),
            "TimeBasedLinear": (linear.linear_percentage, linear.linear_interval),
            "AllAtOnce": (100, 0),
        }[self.type]
        percent, minutes = nested
        return (
            self.type,
            percent if self.percentage is None else self.percentage,
            minutes if self.minutes is None else self.minutes,
        )


class Given(Own):
    """`loadBalancer: network` says that an ECS service stands behind a Network Load Balancer."""

    deployment_config: str | Config
    load_balancer: Literal["application", "network"] | None = None


# The rule functions that beliefs replace: the points [minute, percent] of each way.


def canary(percent: int, minutes: int) -> list[list[int]]:
    """Two points."""
    return [[0, percent], [minutes, 100]]


def linear(percent: int, minutes: int) -> list[list[int]]:
    """A point at the start and after each interval until nothing is left."""
    steps = -(-100 // percent)
    return [[step * minutes, min(100, (step + 1) * percent)] for step in range(steps)]


def all_at_once() -> list[list[int]]:
    """One point."""
    return [[0, 100]]


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    canary: Callable[[int, int], list[list[int]]] = canary
    linear: Callable[[int, int], list[list[int]]] = linear
    all_at_once: Callable[[], list[list[int]]] = all_at_once


def start(given: Given) -> dict[str, Any]:
    return {"series": {"new version, percent": [[0, 0]]}, "events": []}


def play(given: Given, trace: Tracer, how: How) -> None:
    """The way, its limits, the shifts."""
    kind, percent, minutes = _way(given, trace)
    if kind == "AllAtOnce":
        points, rule = how.all_at_once(), ALL
    elif kind == "TimeBasedCanary":
        points, rule = how.canary(percent, minutes), FIRST
    else:
        points, rule = how.linear(percent, minutes), STEP
    before = 0
    for number, (at, reached) in enumerate(points):
        told = REST if rule is FIRST and number else LAST if rule is STEP and 0 < reached - before < percent else rule
        why = f"{reached - before} % more than before; {100 - reached} % still go to the old version. {told.says}"
        changes: dict[str, Any] = {"/outcome/shifts/-": [at, reached]}
        if trace.recording:
            changes["/state/series/new version, percent/-"] = [at, reached]
        trace.step(told, f"Minute {at}: {reached} % of the traffic", why, at=at, changes=changes)
        before = reached
    changes = {"/outcome/status": "completed"}
    if trace.recording:
        changes["/state/events/-"] = [points[-1][0], "all traffic has moved"]
    trace.step(
        DONE, f"All traffic has moved after {points[-1][0]} minutes", DONE.says, at=points[-1][0], changes=changes
    )


def _way(given: Given, trace: Tracer) -> Shift:
    """Kind, percentage and minutes of the configuration, within the limits; raises Refused."""
    config = _pasted(given.deployment_config)
    if isinstance(config, str):
        name = config.removeprefix(PREFIX)
        if name not in TRAFFIC:
            raise Refused(UNKNOWN, "DeploymentConfigDoesNotExistException", _unknown(name))
        way = TRAFFIC[name]
        trace.step(NAME, f"{name} is {_told(way)}", NAME.says)
        _check_balancer(given, name.startswith("ECS"), way)
        return way
    kind, percent, minutes = config.shift
    if percent is None or minutes is None:
        raise _invalid(f"{kind} needs a percentage and minutes")
    way = (kind, percent, minutes)
    if kind != "AllAtOnce":
        _check_limits(way)
    trace.step(LIMIT, f"The configuration is {_told(way)}", LIMIT.says)
    _check_balancer(given, True, way)
    return way


def _pasted(config: str | Config) -> str | Config:
    """The configuration in JSON text, as `aws deploy get-deployment-config > file` writes it; a name stays one."""
    if not isinstance(config, str) or not config.lstrip().startswith("{"):
        return config
    try:
        read: Config = decode(config, Config)
    except GivenError as problem:
        raise GivenError(problem.message, pointer="/deploymentConfig" + problem.pointer, hint=problem.hint) from None
    return read


def _unknown(name: str) -> str:
    if name in SERVER:
        return f"{PREFIX}{name} is for EC2 and on-premises instances: it batches instances and shifts no traffic"
    return f"there is no deployment configuration {name}"


def _check_limits(way: Shift) -> None:
    kind, percent, minutes = way
    if not 1 <= percent <= 99:
        raise _invalid(f"a shift of {percent} % is not between 1 and 99")
    if minutes < 1:
        raise _invalid(f"an interval of {minutes} minutes is less than 1")
    last = minutes if kind == "TimeBasedCanary" else (-(-100 // percent) - 1) * minutes
    if last > LONGEST:
        raise _invalid(f"the last shift would come after {last} minutes, more than {LONGEST}")


def _check_balancer(given: Given, ecs: bool, way: Shift) -> None:
    if given.load_balancer == "network" and ecs and way[0] != "AllAtOnce":
        raise Refused(
            NLB, "InvalidTrafficRoutingConfigurationException",
            "behind a Network Load Balancer only CodeDeployDefault.ECSAllAtOnce is possible",
        )  # fmt: skip


def _invalid(message: str) -> Refused:
    return Refused(LIMIT, "InvalidTrafficRoutingConfigurationException", message)


def _told(way: Shift) -> str:
    kind, percent, minutes = way
    if kind == "AllAtOnce":
        return "all traffic at once"
    if kind == "TimeBasedCanary":
        return f"a canary: {percent} % now, the rest after {minutes} minutes"
    return f"linear: {percent} % now and every {minutes} minutes"


BELIEFS = (
    Belief(
        "linear-waits-before-it-starts", "a linear shift moves nothing until the first interval has passed",
        "The first step comes at once, so 10 percent every 10 minutes are complete after 90 minutes.",
        "linear", lambda percent, minutes: [[at + minutes, reached] for at, reached in linear(percent, minutes)],
        ("codedeploy.traffic-linear",),
    ),
    Belief(
        "canary-goes-on-in-steps", "a canary moves its percentage again and again until all traffic has moved",
        "That is a linear shift. A canary has two shifts: its percentage, then all the rest.",
        "canary", linear, ("codedeploy.traffic",),
    ),
    Belief(
        "linear-is-two-steps", "a linear shift moves its percentage and then the rest",
        "That is a canary. A linear shift repeats the same percentage.",
        "linear", canary, ("codedeploy.traffic",),
    ),
    Belief(
        "linear-shares-what-is-left", "each step of a linear shift moves its percentage of the traffic that is left",
        "Each step moves the same percentage of all traffic.",
        "linear", lambda percent, minutes: _of_the_rest(percent, minutes), ("codedeploy.traffic-linear",),
    ),
    Belief(
        "canary-waits-before-it-starts", "a canary moves its percentage when its interval has passed",
        "The percentage moves at once; the interval lies between the first and the second shift.",
        "canary", lambda percent, minutes: [[minutes, percent], [2 * minutes, 100]], ("codedeploy.traffic",),
    ),
)  # fmt: skip


def _of_the_rest(percent: int, minutes: int) -> list[list[int]]:
    points, reached = [], 0
    for step in range(-(-100 // percent) - 1):
        reached += max(1, (100 - reached) * percent // 100)
        points.append([step * minutes, min(reached, 100)])
    return [*points, [(len(points)) * minutes, 100]]


SIMULATION = Simulation(
    name="codedeploy-traffic",
    title="Traffic shifting of CodeDeploy",
    view="timeline",
    rules=RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"shifts": []},
    statuses=("completed", "refused"),
    play=play,
    how=How(),
    start=start,
    unit="min",
)

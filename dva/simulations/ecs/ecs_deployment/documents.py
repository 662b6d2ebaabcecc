"""What a rolling update is given, and what it results in."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta, field

from dva.aws.document import StrictStruct
from dva.simulations.ecs.documents import Service
from dva.simulations.ecs.ecs_deployment.rules import MOST_TASKS
from dva.simulations.frame import Outcome, Phrases


class Options(StrictStruct):
    """What happens to the new tasks."""

    fail_new_tasks: Annotated[int, Meta(ge=0, le=MOST_TASKS)] | list[int] = 0
    """How many new tasks fail, counted from the first that starts; or which ones, like [1, 2, 4]."""

    def failing(self, first: int, last: int) -> int:
        """Return how many of the new tasks that start as `first` to `last` fail."""
        which = self.fail_new_tasks
        if isinstance(which, int):
            return max(0, min(last, which) - first + 1)
        return sum(first <= number <= last for number in set(which))


class Given(StrictStruct):
    """A service whose tasks are replaced by tasks of a new version."""

    service: Service
    """The service, as create-service takes it or describe-services prints it."""
    options: Options = field(default_factory=Options)
    """What happens to the new tasks."""


class Round(TypedDict):
    """One round of the update."""

    started: int
    """New tasks that start, the failing ones included."""
    stopped: int
    """Old tasks that stop."""


class AzRebalancing(TypedDict, total=False):
    """Whether Amazon ECS would move tasks of the service between Availability Zones."""

    eligible: bool
    """Whether zone rebalancing works for the service."""
    reason: str | None
    """The first thing that rules it out; null where nothing does."""


class RollingUpdate(Outcome):
    """What a rolling update does, round by round."""

    status: Annotated[
        Literal["COMPLETED", "FAILED", "stuck", "refused"] | None,
        Phrases(
            {
                "COMPLETED": "The deployment completes",
                "FAILED": "The circuit breaker stops the deployment",
                "stuck": "The deployment cannot make progress",
                "refused": "Amazon ECS rejects the service",
            }
        ),
    ] = None
    """`COMPLETED`, `FAILED` by the circuit breaker, `stuck`, or `refused` where Amazon ECS rejects the service."""
    minimumHealthyTasks: int | None = None
    """Tasks that must stay healthy at any time."""
    maximumTasks: int | None = None
    """Tasks that may be running or pending at any time, old and new together."""
    canStopBeforeStarting: int | None = None
    """Old tasks that may stop before any new one starts."""
    canStartBeforeStopping: int | None = None
    """New tasks that may start before any old one stops."""
    stuck: bool = False
    """Whether the deployment can never finish."""
    rounds: list[Round] = []
    """The rounds of the update, each with the tasks that start and stop."""
    rolloutState: Literal["COMPLETED", "FAILED", "IN_PROGRESS"] | None = None
    """The rollout state of the deployment as describe-services shows it at the end."""
    failureThreshold: int | None = None
    """Failed tasks at which the circuit breaker trips; null where it is off."""
    rolledBack: bool = False
    """Whether the circuit breaker deploys the last completed deployment again."""
    azRebalancing: AzRebalancing = {}
    """Whether Amazon ECS would move tasks between Availability Zones."""

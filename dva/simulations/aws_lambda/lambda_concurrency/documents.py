"""What the simulation of Lambda's concurrency reads, and what it results in."""

from typing import Annotated, Literal, TypedDict

import msgspec
from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations import frame
from dva.simulations.aws_lambda.lambda_concurrency.rules import ACCOUNT, IDLE_SECONDS, NEW_ENVIRONMENTS
from dva.simulations.frame import Phrases

Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Reason = Literal[
    "ReservedFunctionConcurrentInvocationLimitExceeded", "ConcurrentInvocationLimitExceeded", "scalingRate",
    "ReservedFunctionInvocationRateLimitExceeded", "FunctionInvocationRateLimitExceeded",
]  # fmt: skip


class Function(AwsDocument, rename="pascal"):
    """Concurrency of a function, as GetFunctionConcurrency prints it, and how long its requests take."""

    reserved_concurrent_executions: int | None = None
    provisioned_concurrent_executions: int = 0
    init_seconds: Seconds = field(default=1, name="initSeconds")
    duration_seconds: Seconds = field(default=1, name="durationSeconds")


class Burst(StrictStruct):
    """Requests that arrive at the same moment."""

    at: Seconds
    """Second at which they arrive; not before those above."""
    function: str
    """Name of the function."""
    count: Count = 1
    """How many they are."""
    invocation_type: Literal["RequestResponse", "Event"] = "RequestResponse"
    """`RequestResponse` for synchronous requests, `Event` for asynchronous ones."""


class Options(StrictStruct):
    """Settings of the run itself."""

    scaling_rate: Count = NEW_ENVIRONMENTS
    """New environments that a function gets in 10 seconds."""
    idle_seconds: Seconds = IDLE_SECONDS
    """Seconds after which an idle environment is removed."""


class Given(StrictStruct):
    """Functions of an account, and the requests that reach them."""

    functions: dict[str, Function]
    """Functions by name; `initSeconds` is the length of a cold start, `durationSeconds` that of a request."""
    requests: list[Burst]
    """Requests in the order of time."""
    account_concurrency: Count = ACCOUNT
    """Concurrency of the account in this Region."""
    options: Options = field(default_factory=Options)
    """Settings of the run itself."""


class Handled(TypedDict):
    """What became of requests that arrived together."""

    at: float
    """Second at which they arrived."""
    function: str
    """Name of the function."""
    handled: int
    """Requests that run."""
    throttled: int
    """Requests that do not run now."""
    provisioned: int
    """Requests in provisioned environments."""
    spillover: int
    """Requests that run on demand although the function has provisioned concurrency."""
    coldStarts: int
    """Requests in new environments."""
    reason: Annotated[Reason | None, Phrases({
        "ReservedFunctionConcurrentInvocationLimitExceeded": "The reserved concurrency is used up",
        "ConcurrentInvocationLimitExceeded": "The unreserved concurrency is used up",
        "scalingRate": "New environments are not created fast enough",
        "ReservedFunctionInvocationRateLimitExceeded": "Too many requests a second for the reservation",
        "FunctionInvocationRateLimitExceeded": "Too many requests a second for the account",
    })]  # fmt: skip
    """Why requests were throttled; AWS's word where it has one."""
    statusCodes: dict[str, int]
    """How many callers got which HTTP status."""


class Answered(frame.Outcome):
    """Which requests run, start cold or are throttled."""

    status: Annotated[
        Literal["completed", "refused"] | None,
        Phrases({"completed": "Lambda accepts the configuration", "refused": "Lambda refuses the configuration"}),
    ] = None
    """`completed`, or `refused` where Lambda does not take the configuration."""
    requests: list[Handled] = []
    """What became of the requests, entry by entry."""
    peak: dict[str, int] = {}
    """Most requests in flight, by function."""
    unreserved: int | None = None
    """Concurrency that functions without a reservation share."""

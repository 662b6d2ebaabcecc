"""What the simulation of an Amazon SQS event source reads, and what it results in."""

from typing import Annotated, Literal, TypedDict

import msgspec
from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations import frame
from dva.simulations.aws_lambda.lambda_sqs.rules import BATCH_SIZE, FUNCTION_TIMEOUT, VISIBILITY_TIMEOUT
from dva.simulations.frame import Phrases


class Scaling(AwsDocument, rename="pascal"):
    """ScalingConfig."""

    maximum_concurrency: int | None = None


class Mapping(AwsDocument, rename="pascal"):
    """An event source mapping, as GetEventSourceMapping prints it."""

    wrappers = ("EventSourceMappings",)
    batch_size: int = BATCH_SIZE
    maximum_batching_window_in_seconds: int = 0
    function_response_types: list[str] = []
    scaling_config: Scaling | None = None


class Redrive(AwsDocument):
    """RedrivePolicy of a queue."""

    max_receive_count: int | str
    dead_letter_target_arn: str


class Queue(AwsDocument, rename="pascal"):
    """Attributes of a queue, as get-queue-attributes prints them: numbers may be text."""

    wrappers = ("Attributes",)
    fifo_queue: bool | Literal["true", "false"] = False
    visibility_timeout: int | str = VISIBILITY_TIMEOUT
    redrive_policy: Redrive | None = None


class Target(AwsDocument, rename="pascal"):
    """DeadLetterConfig of a function."""

    target_arn: str = ""


class Function(AwsDocument, rename="pascal"):
    """Configuration of a function, as get-function-configuration prints it, and how long an invocation takes."""

    wrappers = ("Configuration",)
    timeout: Annotated[int, msgspec.Meta(ge=1)] = FUNCTION_TIMEOUT
    dead_letter_config: Target | None = None
    duration_seconds: Annotated[float, msgspec.Meta(ge=0)] = field(default=1, name="durationSeconds")


class Message(StrictStruct):
    """A message, and how the function processes it."""

    id: str
    """Name of the message."""
    at: Annotated[float, msgspec.Meta(ge=0)] = 0
    """Second at which it arrives in the queue; not before the message above."""
    group: str | None = None
    """Message group ID, for a FIFO queue."""
    outcomes: Annotated[list[Literal["ok", "error"]], msgspec.Meta(min_length=1)] = field(
        default_factory=lambda: ["ok"]
    )
    """How the function processes it each time that it is received; the last word repeats."""


class Options(StrictStruct):
    """Settings of the run itself."""

    max_invocations: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    """Invocations after which the run is cut."""


class Given(StrictStruct):
    """A queue with messages, the event source mapping and the function that reads it."""

    messages: list[Message]
    """Messages in the order of their arrival."""
    queue: Queue = field(default_factory=Queue)
    """Attributes of the queue."""
    mapping: Mapping = field(default_factory=Mapping)
    """Event source mapping."""
    function: Function = field(default_factory=Function)
    """The function; `durationSeconds` is how long each invocation takes."""
    options: Options = field(default_factory=Options)
    """Settings of the run itself."""


class Invocation(TypedDict):
    """One invocation of the function."""

    at: float
    """Second at which it starts."""
    messages: list[str]
    """Messages of the batch."""
    result: Annotated[
        Literal["ok", "partial", "error"],
        Phrases({"ok": "Every message is deleted", "partial": "Some messages return to the queue",
                 "error": "The whole batch returns to the queue"}),
    ]  # fmt: skip
    """`ok`, `partial` where some messages return to the queue, `error` where all do."""
    deleted: list[str]
    """Messages that Lambda deletes."""
    returned: list[str]
    """Messages that return to the queue."""


class DeadLetter(TypedDict):
    """A message that moved to a dead-letter queue."""

    id: str
    """Name of the message."""
    at: float
    """Second at which it moved."""
    receiveCount: int
    """How often it was received."""


class Processed(frame.Outcome):
    """Which batches the function gets, and where the messages end."""

    status: Annotated[
        Literal["completed", "looping", "refused"] | None,
        Phrases({"completed": "Every message is deleted or moved to a dead-letter queue",
                 "looping": "Messages return to the queue again and again",
                 "refused": "Lambda refuses the event source mapping"}),
    ] = None  # fmt: skip
    """`completed`; `looping`: the run was cut after `maxInvocations`; `refused`: Lambda rejects the mapping."""
    invocations: list[Invocation] = []
    """Invocations in the order of their start."""
    deleted: list[str] = []
    """Messages that Lambda deleted, in this order."""
    deadLettered: list[DeadLetter] = []
    """Messages that moved to a dead-letter queue."""
    remaining: list[str] = []
    """Messages that are still in the queue."""
    receives: dict[str, int] = {}
    """How often each message was received."""
    warnings: Annotated[
        list[Literal["visibilityTimeout", "maxReceiveCount"]],
        Phrases({"visibilityTimeout": "The visibility timeout is less than AWS recommends",
                 "maxReceiveCount": "maxReceiveCount is less than AWS recommends"}),
    ] = []  # fmt: skip
    """Which settings are lower than AWS recommends."""

"""One API call: the client that makes it, the responses that it gets, and how it ends."""

from typing import Annotated, Literal

from msgspec import field

from dva.aws.document import StrictStruct
from dva.simulations.frame import Outcome, Phrases
from dva.simulations.sdk.retries.policies import DEFAULTS, LONG_POLLING, QUOTA_CAPACITY, Defaults

Mode = Literal["legacy", "standard", "adaptive"]


class Retryable(StrictStruct):
    """The trait of a service model's error shape."""

    throttling: bool = False
    """Whether the model says that the error is throttling."""


class Response(StrictStruct):
    """One response: a status with perhaps an error code and headers, or none and botocore's exception."""

    status: int | None = None
    """HTTP status."""
    code: str | None = None
    """Error code, such as `ThrottlingException`."""
    headers: dict[str, str | int] = {}
    """HTTP headers by name; `x-amz-retry-after` is read."""
    error: str | None = None
    """botocore's exception where no response came, such as `ReadTimeoutError`."""
    modeled: bool = False
    """Whether the operation's model names the error code."""
    retryable: Retryable | bool | None = None
    """Whether the model marks the error as retryable."""
    seconds: float = 0
    """How long the response takes, in seconds."""

    @property
    def name(self) -> str:
        """What the exception says: the code, else the status."""
        return self.error or self.code or str(self.status)


class Config(StrictStruct, rename=None):
    """botocore's Config(retries=...)."""

    max_attempts: int | None = None
    """Number of retries, the first attempt not included."""
    total_max_attempts: int | None = None
    """Number of attempts, the first included."""
    mode: Mode | None = None
    """Retry mode."""


class Client(StrictStruct, rename=None):
    """The client that makes the call, and its settings."""

    service: str = "s3"
    """Service id, such as `dynamodb`."""
    operation: str | None = None
    """Operation, such as `ReceiveMessage`; long polls differ."""
    sdk: Literal["boto3", "botocore", "cli-v1", "cli-v2"] = "boto3"
    """Who calls; it decides the default mode."""
    retry_mode: Mode | None = None
    """AWS_RETRY_MODE, or `retry_mode` of the config file."""
    max_attempts: int | None = None
    """AWS_MAX_ATTEMPTS, or `max_attempts` of the config file: all attempts, the first included."""
    retries: Config | None = None
    """What code sets; it wins over environment and config file."""
    quota: int = QUOTA_CAPACITY
    """Tokens in the client's retry quota, of 500."""


class Drawn(StrictStruct):
    """A random source as a mapping, without the difference between 1 and 1.0."""

    value: float | None = None
    """Value of every draw, 0 to 1."""
    seed: int | None = None
    """Seed of the random numbers."""


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0
    """Seed of the random numbers."""


class Given(StrictStruct):
    """A call of a client, and the responses that it gets."""

    responses: list[Response]
    """Responses to the attempts; the last one repeats."""
    defaults: Literal["pre-2026", "2026", 2026] = "2026"
    """Whose defaults apply: those up to November 2026, or those since botocore 1.44."""
    client: Client = field(default_factory=Client)
    """The client and its settings."""
    random: int | float | Drawn | None = None
    """A fraction is the value of every draw, a whole number a seed."""
    options: Options = field(default_factory=Options)
    """Settings of the run itself."""

    @property
    def numbers(self) -> Defaults:
        """The defaults in force."""
        return DEFAULTS[str(self.defaults)]

    @property
    def service(self) -> str:
        """The service id as botocore's events spell it."""
        name = self.client.service.lower()
        return "dynamodb-streams" if name == "dynamodbstreams" else name

    @property
    def is_long_poll(self) -> bool:
        """Whether the operation waits for work, and its service's defaults tell such ones apart."""
        return self.numbers.long_polling and self.client.operation in LONG_POLLING.get(self.service, ())

    @property
    def mode(self) -> str:
        """What code says wins, then environment and config file, then the default of the SDK."""
        client = self.client
        configured = (client.retries and client.retries.mode) or client.retry_mode
        return configured or self.numbers.mode.get(client.sdk, "standard")


class CallResult(Outcome):
    """How the call ends, after how many attempts."""

    status: Annotated[
        Literal["success", "failed"] | None,
        Phrases({"success": "The call succeeds", "failed": "The caller gets an error"}),
    ] = None
    """`success`, or `failed` where the caller gets an error."""
    attempts: int = 0
    """How many requests were sent."""
    delays: list[float] = []
    """Seconds waited before each retry."""
    quota_left: int | None = None
    """Tokens left in the retry quota; null in legacy mode, which has none."""
    last_error: str | None = None
    """Error that the caller gets; null after a success."""

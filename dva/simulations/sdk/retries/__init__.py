"""What the SDK does when a call fails: does it try again, after how long, and does its quota allow it?

One API call through botocore's retry handlers, which boto3 and the AWS CLI use. After each answer:

    1. Is it an error of a kind that may be repeated?   throttling, transient, modelled; no other 4xx
    2. Is an attempt left?                              max attempts counts the first one
    3. Does the retry quota pay for it?                 standard mode: a bucket of 500 tokens per client
    4. Wait: random x min(base x 2^(retry - 1), 20 s)   legacy: random x 2^(retry - 1), no cap

`defaults` says whose numbers: those up to November 2026 (`pre-2026`), or those since botocore 1.44 (`2026`).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from dva.aws.document import StrictStruct
from dva.aws.rng import generator
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer
from dva.simulations.sdk.retries import _policies as policy
from dva.simulations.sdk.retries import _rules as rules
from dva.simulations.sdk.retries._adaptive import Limiter
from dva.simulations.sdk.retries._policies import ERAS, Era, Kind


class Retryable(StrictStruct):
    """The trait of a service model's error shape."""

    throttling: bool = False


class Response(StrictStruct):
    """One answer: a status with perhaps an error code and headers, or no answer and botocore's exception.

    `modeled`: the operation's model names the code. `retryable`: and marks it so. `seconds`: how long it takes.
    """

    status: int | None = None
    code: str | None = None
    headers: dict[str, str | int] = msgspec.field(default_factory=dict)
    error: str | None = None
    modeled: bool = False
    retryable: Retryable | bool | None = None
    seconds: float = 0

    @property
    def name(self) -> str:
        """What the exception says: the code, else the status."""
        return self.error or self.code or str(self.status)


class Config(StrictStruct, rename=None):
    """botocore's Config(retries=...): here max_attempts counts retries, total_max_attempts everything."""

    max_attempts: int | None = None
    total_max_attempts: int | None = None
    mode: Literal["legacy", "standard", "adaptive"] | None = None


class Client(StrictStruct, rename=None):
    """retry_mode and max_attempts as AWS_RETRY_MODE, AWS_MAX_ATTEMPTS or the config file set them (all attempts).

    `quota` is the level of the client's bucket of 500.
    """

    service: str = "s3"
    operation: str | None = None
    sdk: Literal["boto3", "botocore", "cli-v1", "cli-v2"] = "boto3"
    retry_mode: Literal["legacy", "standard", "adaptive"] | None = None
    max_attempts: int | None = None
    retries: Config | None = None
    quota: int = policy.CAPACITY


class Drawn(StrictStruct):
    """The same as a number, without the difference between 1 and 1.0."""

    value: float | None = None
    seed: int | None = None


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0


class Given(StrictStruct):
    """`random`: a fraction is the value of every draw, a whole number a seed. The last response repeats."""

    responses: list[Response]
    defaults: Literal["pre-2026", "2026", 2026] = "2026"
    client: Client = msgspec.field(default_factory=Client)
    random: int | float | Drawn | None = None
    options: Options = msgspec.field(default_factory=Options)

    @property
    def era(self) -> Era:
        """The numbers in force."""
        return ERAS[str(self.defaults)]

    @property
    def service(self) -> str:
        """The service id in the way of botocore's events."""
        return {"dynamodbstreams": "dynamodb-streams"}.get(self.client.service.lower(), self.client.service.lower())

    @property
    def mode(self) -> str:
        """What code says wins, then environment and config file, then the default of the SDK."""
        client = self.client
        said = (client.retries and client.retries.mode) or client.retry_mode
        return said or self.era.mode.get(client.sdk, "standard")


def attempts_allowed(given: Given) -> int:
    """All attempts, the first included. Only botocore's Config(max_attempts) counts retries."""
    config = given.client.retries or Config()
    if config.total_max_attempts is not None:
        return config.total_max_attempts
    if config.max_attempts is not None:
        return config.max_attempts + 1
    if given.client.max_attempts is not None:
        return given.client.max_attempts
    if given.mode == "legacy":
        return policy.LEGACY_ATTEMPTS.get(given.service, policy.LEGACY_DEFAULT_ATTEMPTS)
    return given.era.attempts_dynamodb if given.service in policy.DYNAMODB else given.era.attempts


def status_of(given: Given, response: Response) -> int | None:
    """S3 may say 200 and put an error into the body; botocore turns that into a 500."""
    if response.code and response.status is None:
        return 400
    if response.code and response.status == 200 and given.service == "s3":
        return 500
    return response.status


def kind(given: Given, response: Response) -> Kind | None:
    """Why an error may be repeated; None where it may not."""
    if response.error in policy.NO_REQUEST_SENT:
        return None
    return _legacy_kind(given, response) if given.mode == "legacy" else _standard_kind(given, response)


def _legacy_kind(given: Given, response: Response) -> Kind | None:
    if response.error:
        return None if response.error in policy.LEGACY_LETS_PASS else "legacy"
    status = status_of(given, response)
    pair = (status, response.code)
    listed = pair in policy.LEGACY_CODES or pair in policy.LEGACY_CODES_OF.get(given.service, ())
    statuses = policy.LEGACY_STATUSES - policy.LEGACY_STATUSES_NOT_OF.get(given.service, set())
    return "legacy" if listed or status in statuses else None


def _standard_kind(given: Given, response: Response) -> Kind | None:
    if response.error:
        return "transient"
    modelled = response.retryable
    if response.code in policy.THROTTLING_CODES:
        return "throttling"
    if modelled:
        return "throttling" if isinstance(modelled, Retryable) and modelled.throttling else "transient"
    status = status_of(given, response)
    if status == 429 and given.era.bare_429 and not (response.modeled and response.code):
        return "throttling"
    if response.code in policy.TRANSIENT_CODES or status in policy.TRANSIENT_STATUSES:
        return "transient"
    return "transient" if (given.service, response.code) == ("sts", "IDPCommunicationError") else None


def price(given: Given, response: Response, why: Kind) -> int:
    """What a retry takes from the quota."""
    era = given.era
    if response.error in policy.TIMEOUTS:
        return era.timeout_price
    return era.throttling_price if why == "throttling" else era.other_price


def base(given: Given, why: Kind) -> float:
    """The longest first wait, in seconds."""
    era = given.era
    if why == "throttling":
        return era.throttling_base
    return era.dynamodb_base if given.service in policy.DYNAMODB else era.other_base


def delay(base_seconds: float, retry: int, draw: float) -> float:
    """Truncated exponential backoff with full jitter."""
    return float(draw * min(base_seconds * 2 ** (retry - 1), policy.LONGEST_DELAY))


def refund(taken: int | None) -> int:
    """What a success gives back: the last amount taken, or 1."""
    return policy.UNRETRIED_REFUND if taken is None else taken


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    attempts_allowed: Callable[[Given], int] = attempts_allowed
    kind: Callable[[Given, Response], Kind | None] = kind
    price: Callable[[Given, Response, Kind], int] = price
    base: Callable[[Given, Kind], float] = base
    delay: Callable[[float, int, float], float] = delay
    refund: Callable[[int | None], int] = refund


def start(given: Given) -> dict[str, Any]:
    quota = {} if given.mode == "legacy" else {"quota": [[0, given.client.quota]]}
    return {"series": {"attempt": [], **quota}, "events": []}


def play(given: Given, trace: Tracer, how: How) -> None:
    check(given)
    call = Call(given, trace, how)
    call.settings()
    while call.attempt():
        pass


def check(given: Given) -> None:
    """What the types cannot say."""
    if not given.responses:
        raise GivenError("at least one response is needed", pointer="/responses")
    for index, response in enumerate(given.responses):
        if response.status is None and response.code is None and response.error is None:
            raise GivenError("a response has a status, a code or an error", pointer=f"/responses/{index}")
    if not 0 <= given.client.quota <= policy.CAPACITY:
        raise GivenError(f"the quota lies between 0 and {policy.CAPACITY}", pointer="/client/quota")
    if attempts_allowed(given) > policy.MOST_ATTEMPTS:
        raise GivenError(f"dva follows {policy.MOST_ATTEMPTS} attempts at most", pointer="/client")
    value = given.random.value if isinstance(given.random, Drawn) else given.random
    if isinstance(value, float) and not 0 <= value <= 1:
        raise GivenError("a drawn value lies between 0 and 1", pointer="/random")


def draws(given: Given) -> Callable[[], float]:
    """The source of random numbers: a fixed value, or a generator."""
    source = given.random
    if isinstance(source, Drawn):
        source = source.seed if source.value is None else source.value
    if isinstance(source, float):
        fixed = source
        return lambda: fixed
    rng: random.Random = generator(given.options.seed if source is None else source)
    return rng.random


class Call:
    """One API call: its attempts so far, the client's quota, the clock."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.most = how.attempts_allowed(given)
        self.quota: int | None = None if given.mode == "legacy" else given.client.quota
        self.taken: int | None = None
        self.draw = draws(given)
        self.limiter = Limiter() if given.mode == "adaptive" else None
        self.made = 0
        self.now = 0.0

    def settings(self) -> None:
        """What applies to this call, before anything is sent."""
        given = self.given
        title = f"{given.mode} mode, at most {self.most} attempts"
        self._tell(rules.SETTINGS, title, rules.SETTINGS.says, {"/outcome/quota_left": self.quota})
        if self.limiter:
            self._tell(rules.ADAPTIVE, "The client also watches its own rate", rules.ADAPTIVE.says)

    def attempt(self) -> bool:
        """Send once; whether it has to be sent again."""
        self.made += 1
        response = self.given.responses[min(self.made, len(self.given.responses)) - 1]
        if self.limiter:
            self._hold(self.limiter)
        sent = {"/outcome/attempts": self.made, "/state/series/attempt/-": [self.now, self.made]}
        self.now += response.seconds
        if self._succeeded(response):
            return self._success(response, sent)
        why = self.how.kind(self.given, response)
        self._classify(response, why, sent)
        if why is None:
            return self._failed(rules.FINAL, response, f"{response.name} is not repeated", rules.FINAL.says)
        if self.made >= self.most:
            return self._failed(
                rules.EXHAUSTED, response, f"All {self.made} attempts are used up", rules.EXHAUSTED.says
            )
        return self._pay(response, why) and self._wait(response, why)

    def _hold(self, limiter: Limiter) -> None:
        """Adaptive mode: wait until the client's own rate allows the request."""
        wait = limiter.hold(self.now)
        if wait:
            self.now += wait
            title = f"Attempt {self.made} is held back for {wait:.3g} s"
            self._tell(rules.ADAPTIVE, title, f"At most {limiter.rate:.3g} requests a second. {rules.ADAPTIVE.says}")

    def _watch(self, limiter: Limiter, *, throttled: bool) -> None:
        """Adaptive mode: the answer changes the rate."""
        before = limiter.rate
        rate = limiter.answer(self.now, throttled=throttled)
        if throttled or (limiter.enabled and rate != before):
            self._tell(rules.RATE, f"The client's rate is {rate:.3g} requests a second", rules.RATE.says)

    def _succeeded(self, response: Response) -> bool:
        status = response.status
        return response.error is None and response.code is None and status is not None and status < 300

    def _success(self, response: Response, sent: dict[str, Any]) -> bool:
        self._tell(rules.SUCCESS, f"Attempt {self.made}: HTTP {response.status}", rules.SUCCESS.says, sent)
        if self.limiter:
            self._watch(self.limiter, throttled=False)
        if self.quota is not None:
            back = self.how.refund(self.taken)
            self.quota = min(policy.CAPACITY, self.quota + back)
            self._tell(rules.REFUND, f"{back} back, the quota stands at {self.quota}", rules.REFUND.says, self._level())
        self._end("success", None)
        return False

    def _classify(self, response: Response, why: Kind | None, sent: dict[str, Any]) -> None:
        rule = {"throttling": rules.THROTTLING, "transient": rules.TRANSIENT, "legacy": rules.LEGACY_LIST}.get(
            why or "", rules.FINAL
        )
        status = f"HTTP {response.status}" if response.error is None and response.status else "no answer"
        title = f"Attempt {self.made}: {response.name} ({status}), {why or 'not retryable'}"
        self._tell(rule, title, rule.says, {**sent, "/outcome/last_error": response.name})
        if self.limiter:
            self._watch(self.limiter, throttled=why == "throttling")

    def _pay(self, response: Response, why: Kind) -> bool:
        if self.quota is None:
            return True
        cost = self.how.price(self.given, response, why)
        if cost > self.quota:
            if self._is_long_poll():
                wait = self.how.delay(self.how.base(self.given, why), self.made, self.draw())
                self.now += wait
                self._tell(
                    rules.POLLING, f"A long poll waits {wait:g} s although it is not repeated", rules.POLLING.says
                )
            title = f"The quota of {self.quota} cannot pay {cost}: no retry"
            return self._failed(rules.EMPTY, response, title, rules.EMPTY.says)
        self.quota -= cost
        self.taken = cost
        self._tell(rules.TAKE, f"A {why} retry costs {cost}, {self.quota} left", rules.TAKE.says, self._level())
        return True

    def _is_long_poll(self) -> bool:
        operations = policy.LONG_POLLING.get(self.given.service, set())
        return self.given.era.long_polling and self.given.client.operation in operations

    def _wait(self, response: Response, why: Kind) -> bool:
        if self.given.mode == "legacy":
            seconds = self._legacy_delay()
            rule, said = rules.LEGACY_DELAY, rules.LEGACY_DELAY.says
        else:
            longest = self.how.base(self.given, why)
            seconds = self.how.delay(longest, self.made, self.draw())
            rule, said = rules.DELAY, f"Base {longest:g} s, retry {self.made}. {rules.DELAY.says}"
        asked = self._retry_after(response)
        told = seconds if asked is None else max(seconds, min(asked, seconds + policy.RETRY_AFTER_ADDS_AT_MOST))
        if told != seconds:
            rule, said = rules.RETRY_AFTER, f"The server asks for {asked:g} s, the backoff says {seconds:g} s."
        self.now += told
        changes = {"/outcome/delays/-": told, "/state/events/-": [self.now, f"waited {told:.3g} s"]}
        self._tell(rule, f"Wait {told:g} s before attempt {self.made + 1}", said, changes)
        return True

    def _legacy_delay(self) -> float:
        if self.given.service == "dynamodb":
            return float(policy.LEGACY_DYNAMODB_BASE * 2 ** (self.made - 1))
        return float(self.draw() * 2 ** (self.made - 1))

    def _retry_after(self, response: Response) -> float | None:
        """The header in seconds; None where there is none that counts."""
        if self.given.mode == "legacy" or not self.given.era.retry_after:
            return None
        headers = {name.lower(): value for name, value in response.headers.items()}
        try:
            seconds = int(headers["x-amz-retry-after"]) / 1000.0
        except (KeyError, ValueError, OverflowError):
            return None
        return seconds if seconds >= 0 else None

    def _failed(self, rule: Rule, response: Response, title: str, detail: str) -> bool:
        self._tell(rule, title, detail)
        self._end("failed", response.name)
        return False

    def _end(self, status: str, error: str | None) -> None:
        rule = rules.SUCCESS if status == "success" else rules.FINAL if self.made < self.most else rules.EXHAUSTED
        title = "The caller gets the answer" if error is None else f"The caller gets {error}"
        self._tell(rule, title, "", {"/outcome/status": status, "/outcome/last_error": error})

    def _level(self) -> dict[str, Any]:
        return {"/outcome/quota_left": self.quota, "/state/series/quota/-": [self.now, self.quota]}

    def _tell(self, rule: Rule, title: str, detail: str, changes: dict[str, Any] | None = None) -> None:
        self.trace.step(rule, title, detail, at=self.now, changes=changes)


def every_error(given: Given, response: Response) -> Kind | None:
    """Believed: whatever fails is tried again."""
    return kind(given, response) or ("legacy" if given.mode == "legacy" else "transient")


BELIEFS = (
    Belief(
        "every-error-is-retried", "the SDK tries again whatever went wrong",
        "Only throttling, 5xx and lost connections may go better next time; a 4xx such as AccessDenied will not.",
        "kind", every_error, ("retries.retryable", "sdk-overview.08"),
    ),
    Belief(
        "max-attempts-counts-retries", "max attempts = 3 means one call and three retries",
        "AWS_MAX_ATTEMPTS and max_attempts in the config file count the first attempt too.",
        "attempts_allowed", lambda given: attempts_allowed(given) + 1, ("retries.max-attempts",),
    ),
    Belief(
        "throttling-is-never-retried-by-the-sdk", "throttling has to be handled in one's own code",
        "The SDK retries throttling errors already, with exponential backoff and jitter.",
        "kind", lambda given, response: None if response.code in policy.THROTTLING_CODES else kind(given, response),
        ("sdk-overview.08",),
    ),
    Belief(
        "no-jitter", "the wait is exactly base x 2^n",
        "The SDK draws between 0 and that value, so that clients do not come back together.",
        "delay", lambda seconds, retry, draw: delay(seconds, retry, 1.0), ("retries.delay",),
    ),
    Belief(
        "same-base-for-all", "a server error waits as long as throttling does",
        "That was so before the defaults of 2026: since then 50 ms is the base of errors that are no throttling.",
        "base", lambda given, why: ERAS["pre-2026"].throttling_base, ("retries.delay",),
    ),
    Belief(
        "one-price", "every retry takes 5 from the quota",
        "Since 2026 a retry after an error that is no throttling takes 14.",
        "price", lambda given, response, why: 5, ("retries.quota",),
    ),
    Belief(
        "success-refills-all", "a success fills the quota up again",
        "It gives back only what the last retry took, or 1 where there was none.",
        "refund", lambda taken: policy.CAPACITY, ("retries.quota",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="retries",
    title="Retries of the SDK",
    view="timeline",
    unit="s",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"attempts": 0, "delays": [], "quota_left": None, "last_error": None},
    statuses=("success", "failed"),
    play=play,
    how=How(),
    start=start,
)

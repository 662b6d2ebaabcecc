"""Asynchronous invocation of AWS Lambda: when is an event tried again, and where does it end?

In AWS's order: Lambda checks the configuration and the payload, accepts the event with 202 and puts it in a queue; it
retries function errors twice, throttles and system errors until the event is too old; then the event goes to the
dead-letter queue and a record of it to a destination. (AWS Lambda Developer Guide, "Invoking a Lambda function
asynchronously".)
"""

from typing import Annotated, Literal, TypedDict

import msgspec
from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.aws.service_model import ALL, Request
from dva.simulations import frame
from dva.simulations.frame import Append, Mechanism, Phrases, Refused, Run, State

invoking = Mechanism("lambda-async", rules="lambda.async", notes="lambda-async")
rule, belief = invoking.rule, invoking.belief

# Rules, in AWS's order

BOOK, GUIDE = "AWS Lambda Developer Guide", "https://docs.aws.amazon.com/lambda/latest/dg"
PAGE = f"{BOOK}, Invoking a Lambda function asynchronously: {GUIDE}/invocation-async.html"
ERRORS = f"{BOOK}, Errors of asynchronous invocation: {GUIDE}/invocation-async-error-handling.html"
RECORDS = f"{BOOK}, Capturing records of Lambda asynchronous invocations: {GUIDE}/invocation-async-retain-records.html"
LIMITS = f"{BOOK}, Lambda quotas: {GUIDE}/gettingstarted-limits.html"
RESERVED = f"{BOOK}, Configuring reserved concurrency for a function: {GUIDE}/configuration-concurrency.html"

REQUESTS = invoking.requests({"/function": Request("lambda", "PutFunctionEventInvokeConfig", optional=ALL)})
STANDARD = rule("standard", "A dead-letter queue or destination must be a standard queue or topic, not FIFO.", RECORDS,
                "12")  # fmt: skip
PAYLOAD = rule("payload", "The payload of an asynchronous invocation has at most 1 MB.", LIMITS, "15")
ACCEPT = rule("accept", "Lambda answers 202 and puts the event in a queue; the caller gets no result.", PAGE, "01")
ZERO = rule("reserved-zero", "With a reserved concurrency of 0, events are not tried: they go to the dead-letter queue "
            "or the failure destination at once.", RESERVED, "14")  # fmt: skip
RETRY = rule("retry", "After a function error Lambda tries the event again, after one minute and then after two, as "
             "often as MaximumRetryAttempts says.", ERRORS, "03")  # fmt: skip
BACK_OFF = rule("back-off", "After a throttle or system error the event returns to the queue, for 1 second at first "
                "and up to 5 minutes; that uses no retry.", ERRORS, "05")  # fmt: skip
SUCCESS = rule("success", "An attempt that succeeds ends the event.", PAGE, "01")
EXHAUSTED = rule("exhausted", "An event has failed when its last retry has failed.", ERRORS, "03")
EXPIRED = rule("expired", "An event that is older than MaximumEventAgeInSeconds is not tried again.", ERRORS, "05")
DLQ = rule("dead-letter-queue", "The dead-letter queue of the function gets the event, and failures only.", RECORDS,
           "07")  # fmt: skip
DESTINATION = rule("destination", "A destination gets a record with the request and the response, for failures or for "
                   "successes.", RECORDS, "08")  # fmt: skip
DISCARDED = rule("discarded", "Without a dead-letter queue or failure destination the event is lost.", RECORDS, "07")

# Documented numbers (ERRORS, LIMITS)

RETRIES = 2
EVENT_AGE = 21_600
"""Seconds: six hours, the default and the most."""
RETRY_WAITS = (60, 120)
"""Seconds before the first and the second retry."""
FIRST_WAIT, LONGEST_WAIT = 1, 300
"""Seconds in the queue after a throttle or system error."""
MAX_PAYLOAD = 1_048_576
"""Bytes; 256 KB until late 2025 (AWS Compute Blog, More room to build)."""
INVALID = "InvalidParameterValueException"

Result = Literal["success", "error", "timeout", "throttle", "systemError"]


class Target(AwsDocument, rename="pascal"):
    """OnSuccess or OnFailure."""

    destination: str = ""


class Destinations(AwsDocument, rename="pascal"):
    """DestinationConfig."""

    on_success: Target = field(default_factory=Target)
    on_failure: Target = field(default_factory=Target)


class DeadLetters(AwsDocument, rename="pascal"):
    """DeadLetterConfig."""

    target_arn: str = ""


class Function(AwsDocument, rename="pascal"):
    """Configuration of a function and of its asynchronous invocation, as AWS prints them."""

    maximum_retry_attempts: int = RETRIES
    maximum_event_age_in_seconds: int = EVENT_AGE
    reserved_concurrent_executions: int | None = None
    dead_letter_config: DeadLetters = field(default_factory=DeadLetters)
    destination_config: Destinations = field(default_factory=Destinations)
    duration_seconds: Annotated[float, msgspec.Meta(ge=0)] = field(default=0, name="durationSeconds")


class Given(StrictStruct):
    """A function, and how the attempts to process one event go."""

    function: Function
    """The function; `durationSeconds` is how long an attempt takes."""
    attempts: Annotated[list[Result], msgspec.Meta(min_length=1)]
    """How each attempt ends; the last word repeats."""
    payload_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Size of the event, in bytes."""


class Attempt(TypedDict):
    """One attempt."""

    at: float
    """Second at which it starts."""
    result: Result
    """How it ends."""


class Delivery(TypedDict):
    """What a dead-letter queue or destination gets."""

    to: str
    """ARN."""
    via: Literal["dlq", "destination"]
    """By which setting of the function."""
    condition: Literal["Success", "RetriesExhausted", "EventAgeExceeded"] | None
    """Why, in a record; null for a dead-letter queue."""
    content: Annotated[
        Literal["event", "record"],
        Phrases({"event": "The event alone", "record": "A record with the request and the response"}),
    ]
    """`event`, or `record` with the request and the response."""


class Ended(frame.Outcome):
    """When the event is tried, and where it ends."""

    status: Annotated[
        Literal["succeeded", "failed", "expired", "refused"] | None,
        Phrases({"succeeded": "The function processes the event", "failed": "The last retry fails",
                 "expired": "The event gets too old", "refused": "Lambda refuses the request"}),
    ] = None  # fmt: skip
    """`succeeded`, `failed` after the last retry, `expired` where it was too old, `refused` by Lambda."""
    attempts: list[Attempt] = []
    """Attempts in the order of time."""
    retries: int = 0
    """How many attempts followed the first."""
    endedAt: float | None = None
    """Second at which the event is done with."""
    deliveries: list[Delivery] = []
    """What dead-letter queue and destinations get."""
    discarded: bool = False
    """Whether the event failed and nothing got it."""


# The rule functions that beliefs replace


def retries_of(most: int) -> int:
    """Return how many retries follow the first attempt."""
    return most


def uses_retry(result: Result) -> bool:
    """Return whether an attempt that ends like this uses up a retry: only where the function ran."""
    return result in ("error", "timeout")


def wait_before(retry: int) -> float:
    """Return the seconds before a retry after a function error, counted from 1."""
    return RETRY_WAITS[min(retry, len(RETRY_WAITS)) - 1]


def content_of(via: Literal["dlq", "destination"]) -> Literal["event", "record"]:
    """Return what is delivered."""
    return "event" if via == "dlq" else "record"


# The run


def invoke(given: Given, run: Run) -> None:
    """Check the request, try the event until it ends, then deliver it."""
    check(given)
    run.step(ACCEPT, "Lambda accepts the event", "Status 202.", at=0)
    if given.function.reserved_concurrent_executions == 0:
        run.step(ZERO, "The event is not tried", at=0, status="failed", endedAt=0)
        deliver(given, run, 0, None)
        return
    status, at = try_until_ended(given, run)
    deliver(given, run, at, {"succeeded": "Success", "failed": "RetriesExhausted"}.get(status, "EventAgeExceeded"))


def check(given: Given) -> None:
    """Refuse what Lambda does not take."""
    function = given.function
    refusal = REQUESTS.refusal({"function": msgspec.to_builtins(function)})
    if refusal is not None:
        raise refusal[0]
    destinations = function.destination_config
    for arn in (function.dead_letter_config.target_arn, destinations.on_success.destination,
                destinations.on_failure.destination):  # fmt: skip
        if arn.endswith(".fifo"):
            raise Refused(STANDARD, INVALID, f"{arn.rsplit(':', 1)[-1]} is FIFO: a standard queue or topic is needed")
    if given.payload_bytes > MAX_PAYLOAD:
        raise Refused(PAYLOAD, "RequestEntityTooLargeException",
                      f"{given.payload_bytes} bytes are more than {MAX_PAYLOAD}")  # fmt: skip


def try_until_ended(given: Given, run: Run) -> tuple[Literal["succeeded", "failed", "expired"], float]:
    """Try the event; return how it ended, and when."""
    function, now, number, used, back_off = given.function, 0.0, 0, 0, FIRST_WAIT
    most = run.using(retries_of)(function.maximum_retry_attempts)
    while True:
        result = given.attempts[min(number, len(given.attempts) - 1)]
        number += 1
        ran = result not in ("throttle", "systemError")
        end = now + function.duration_seconds if ran else now
        if run.using(uses_retry)(result):
            used += 1
        status: Literal["succeeded", "failed"] | None = "failed" if used > most else None
        if result == "success":
            status = "succeeded"
        wait: float = 0
        if status is None:
            wait = run.using(wait_before)(used) if ran else back_off
            back_off = FIRST_WAIT if ran else min(2 * back_off, LONGEST_WAIT)
        rule_of = SUCCESS if result == "success" else EXHAUSTED if status else RETRY if ran else BACK_OFF
        why = f"Retries used: {max(0, used - (1 if ran else 0))} of {most}."
        if status is None:
            why += f" Next attempt at {end:g} s + {wait:g} s = {end + wait:g} s."
        run.step(rule_of, f"Attempt {number}: {result}", why, at=now, attempts=Append({"at": now, "result": result}),
                 retries=number - 1, draw={("lanes", "function", "-"): [now, end, result]})  # fmt: skip
        if status is not None:
            run.step(rule_of, f"The event has {status}", at=end, status=status, endedAt=end)
            return status, end
        if end + wait > function.maximum_event_age_in_seconds:
            age = float(function.maximum_event_age_in_seconds)
            run.step(EXPIRED, f"The event expires at {age:g} s", f"The next attempt would be at {end + wait:g} s.",
                     at=max(age, now), status="expired", endedAt=age)  # fmt: skip
            return "expired", age
        if wait:
            run.step(rule_of, f"The event waits for {wait:g} s", at=end,
                     draw={("lanes", "queue", "-"): [end, end + wait, "waits"]})  # fmt: skip
        now = round(end + wait, 6)


def deliver(given: Given, run: Run, at: float, condition: str | None) -> None:
    """Send the event, or a record of it, where the function says."""
    function, at = given.function, max(at, run.outcome["attempts"][-1]["at"] if run.outcome["attempts"] else 0)
    destinations = function.destination_config
    success = condition == "Success"
    dead_letters = "" if success else function.dead_letter_config.target_arn
    target = (destinations.on_success if success else destinations.on_failure).destination
    content = run.using(content_of)
    for by, arn in ((DLQ, dead_letters), (DESTINATION, target)):
        if arn:
            via = "dlq" if by is DLQ else "destination"
            what = content("dlq" if by is DLQ else "destination")
            got = {"to": arn, "via": via, "condition": None if by is DLQ else condition, "content": what}
            title = f"{arn.rsplit(':', 1)[-1]} gets {'the event' if what == 'event' else 'a record'}"
            run.step(by, title,
                     f"Condition: {condition}." if condition and by is DESTINATION else "", at=at,
                     deliveries=Append(got),
                     draw={("lanes", "delivery", "-"): [at, None, arn.rsplit(":", 1)[-1]]})  # fmt: skip
    if not success and not dead_letters and not target:
        run.step(DISCARDED, "The event is lost", at=at, discarded=True)


def initial_state(given: Given) -> State:
    """Return lanes for the queue, the function and what is delivered."""
    return {"lanes": {"queue": [], "function": [], "delivery": []}}


# What people believe instead

belief(retries_of, "three-retries", "three retries follow the first attempt",
       "By default two retries follow it: three attempts in all.", "03")(lambda most: most + 1)  # fmt: skip

belief(retries_of, "errors-are-not-retried", "an event is not tried again after a function error",
       "Lambda retries it twice by default; MaximumRetryAttempts sets 0, 1 or 2.", "03")(lambda most: 0)  # fmt: skip

belief(uses_retry, "throttle-uses-retries", "a throttled attempt counts as a retry",
       "The function did not run. Lambda goes on until the event is too old.",
       "05")(lambda result: result != "success")  # fmt: skip

belief(wait_before, "retried-at-once", "Lambda retries a function error at once",
       "It waits one minute before the first retry and two before the second.", "03")(lambda retry: 0)  # fmt: skip

belief(content_of, "dlq-gets-response", "a dead-letter queue gets the response of the function",
       "It gets the event alone; a destination gets request and response.",
       "07", "08")(lambda via: "record")  # fmt: skip


SIMULATION = invoking.simulation(title="Asynchronous invocation of AWS Lambda", view="lanes", unit="s", given=Given,
                                 outcome=Ended, run=invoke, initial_state=initial_state,
                                 requests=REQUESTS)  # fmt: skip

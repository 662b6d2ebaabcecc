"""One API call, from its settings to success or failure."""

from collections.abc import Callable

from dva.aws.rng import generator
from dva.errors import GivenError
from dva.simulations.frame import Append, Run, State
from dva.simulations.sdk.retries import policies, rules
from dva.simulations.sdk.retries.adaptive import Limiter
from dva.simulations.sdk.retries.documents import Config, Drawn, Given, Response, Retryable
from dva.simulations.sdk.retries.policies import Kind
from dva.trace import Place, Rule

RULE_OF: dict[Kind | None, Rule] = {
    "throttling": rules.THROTTLING, "transient": rules.TRANSIENT, "legacy": rules.LEGACY_LIST, None: rules.FINAL,
}  # fmt: skip


def initial_state(given: Given) -> State:
    """Return the series of attempts, and of the quota where the mode has one."""
    quota = {} if given.mode == "legacy" else {"quota": [[0, given.client.quota]]}
    return {"series": {"attempt": [], **quota}, "events": []}


def make_call(given: Given, run: Run) -> None:
    """Make the call, and repeat it as long as the SDK does."""
    check(given)
    call = Call(given, run)
    while call.attempt():
        pass


def check(given: Given) -> None:
    """Raise GivenError for what the types cannot say."""
    if not given.responses:
        raise GivenError("at least one response is needed", pointer="/responses")
    for index, response in enumerate(given.responses):
        if response.status is None and response.code is None and response.error is None:
            raise GivenError("a response has a status, a code or an error", pointer=f"/responses/{index}")
    if not 0 <= given.client.quota <= policies.QUOTA_CAPACITY:
        raise GivenError(f"the quota lies between 0 and {policies.QUOTA_CAPACITY}", pointer="/client/quota")
    if attempts_allowed(given) > policies.MAX_ATTEMPTS:
        raise GivenError(f"dva follows {policies.MAX_ATTEMPTS} attempts at most", pointer="/client")
    value = given.random.value if isinstance(given.random, Drawn) else given.random
    if isinstance(value, float) and not 0 <= value <= 1:
        raise GivenError("a drawn value lies between 0 and 1", pointer="/random")


def draws(given: Given) -> Callable[[], float]:
    """Return the source of random numbers: a fixed value, or a generator."""
    source = given.random
    if isinstance(source, Drawn):
        source = source.seed if source.value is None else source.value
    if isinstance(source, float):
        fixed = source
        return lambda: fixed
    return generator(given.options.seed if source is None else source).random


class Call:
    """One API call: its attempts so far, the client's quota, the clock."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.max_attempts = run.using(attempts_allowed)(given)
        self.quota: int | None = None if given.mode == "legacy" else given.client.quota
        self.taken: int | None = None
        self.draw = draws(given)
        self.limiter = Limiter() if given.mode == "adaptive" else None
        self.made = 0
        self.now = 0.0
        title = f"{given.mode} mode, at most {self.max_attempts} attempts"
        run.step(rules.SETTINGS, title, at=0.0, quota_left=self.quota)
        if self.limiter:
            run.step(rules.ADAPTIVE, "The client also watches its own rate", at=0.0)

    def attempt(self) -> bool:
        """Send once; return whether it must be sent again."""
        self.made += 1
        response = self.given.responses[min(self.made, len(self.given.responses)) - 1]
        if self.limiter and (wait := self.limiter.hold(self.now)):
            self.now += wait
            self.run.step(rules.ADAPTIVE, f"Attempt {self.made} is held back for {wait:.3g} s",
                          f"At most {self.limiter.rate:.3g} requests a second.", at=self.now)  # fmt: skip
        sent: dict[Place, object] = {("series", "attempt", "-"): [self.now, self.made]}
        self.now += response.seconds
        if response.error is None and response.code is None and response.status is not None and response.status < 300:
            return self._succeed(response, sent)
        why = self.run.using(kind)(self.given, response)
        status = f"HTTP {response.status}" if response.error is None and response.status else "no answer"
        self.run.step(RULE_OF[why], f"Attempt {self.made}: {response.name} ({status}), {why or 'not retryable'}",
                      at=self.now, attempts=self.made, last_error=response.name, draw=sent)  # fmt: skip
        self._adapt(throttled=why == "throttling")
        if why is None:
            return self._fail(rules.FINAL, response, f"{response.name} is not repeated")
        if self.made >= self.max_attempts:
            return self._fail(rules.EXHAUSTED, response, f"All {self.made} attempts are used up")
        return self._pay(response, why) and self._wait(response, why)

    def _adapt(self, *, throttled: bool) -> None:
        """Adaptive mode: the response changes the rate."""
        if limiter := self.limiter:
            before, rate = limiter.rate, limiter.update(self.now, throttled=throttled)
            if throttled or (limiter.enabled and rate != before):
                self.run.step(rules.RATE, f"The client's rate is {rate:.3g} requests a second", at=self.now)

    def _succeed(self, response: Response, sent: dict[Place, object]) -> bool:
        title = f"Attempt {self.made}: HTTP {response.status}"
        self.run.step(rules.SUCCESS, title, at=self.now, attempts=self.made, draw=sent)
        self._adapt(throttled=False)
        if self.quota is not None:
            back = self.run.using(refund)(self.taken)
            self.quota = min(policies.QUOTA_CAPACITY, self.quota + back)
            self._show_quota(rules.REFUND, f"{back} back, the quota stands at {self.quota}")
        self.run.step(rules.SUCCESS, "The caller gets the answer", at=self.now, status="success", last_error=None)
        return False

    def _pay(self, response: Response, why: Kind) -> bool:
        """Take the price of a retry from the quota; return whether there is one."""
        if self.quota is None:
            return True
        cost = self.run.using(price)(self.given, response, why)
        if cost > self.quota:
            if self.given.is_long_poll:
                wait = self._backoff(why)
                self.now += wait
                self.run.step(rules.POLLING, f"A long poll waits {wait:g} s although it is not repeated", at=self.now)
            return self._fail(rules.EMPTY, response, f"The quota of {self.quota} cannot pay {cost}: no retry")
        self.quota, self.taken = self.quota - cost, cost
        self._show_quota(rules.TAKE, f"A {why} retry costs {cost}, {self.quota} left")
        return True

    def _backoff(self, why: Kind) -> float:
        return self.run.using(delay)(self.run.using(base)(self.given, why), self.made, self.draw())

    def _wait(self, response: Response, why: Kind) -> bool:
        if self.given.mode == "legacy":
            factor = policies.LEGACY_DYNAMODB_BASE if self.given.service == "dynamodb" else self.draw()
            wait, by, reason = float(factor * 2 ** (self.made - 1)), rules.LEGACY_DELAY, ""
        else:
            wait, by = self._backoff(why), rules.DELAY
            reason = f"Base {self.run.using(base)(self.given, why):g} s, retry {self.made}."
        requested = retry_after(self.given, response)
        if requested is not None:
            longer = max(wait, min(requested, wait + policies.MAX_RETRY_AFTER_EXTRA))
            if longer != wait:
                by, reason = rules.RETRY_AFTER, f"The server asks for {requested:g} s, the backoff says {wait:g} s."
            wait = longer
        self.now += wait
        self.run.step(by, f"Wait {wait:g} s before attempt {self.made + 1}", reason, at=self.now, delays=Append(wait),
                      draw={("events", "-"): [self.now, f"waited {wait:.3g} s"]})  # fmt: skip
        return True

    def _show_quota(self, by: Rule, title: str) -> None:
        self.run.step(by, title, at=self.now, quota_left=self.quota,
                      draw={("series", "quota", "-"): [self.now, self.quota]})  # fmt: skip

    def _fail(self, by: Rule, response: Response, title: str) -> bool:
        self.run.step(by, title, at=self.now)
        last = rules.FINAL if self.made < self.max_attempts else rules.EXHAUSTED
        self.run.step(last, f"The caller gets {response.name}", at=self.now, status="failed", last_error=response.name)
        return False


def retry_after(given: Given, response: Response) -> float | None:
    """Return x-amz-retry-after in seconds; None where there is none that counts."""
    if given.mode == "legacy" or not given.numbers.retry_after:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        seconds = int(headers["x-amz-retry-after"]) / 1000.0
    except (KeyError, ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


# The rule functions that beliefs replace


def attempts_allowed(given: Given) -> int:
    """Return the number of attempts, the first included. Only botocore's Config(max_attempts) counts retries."""
    config = given.client.retries or Config()
    if config.total_max_attempts is not None:
        return config.total_max_attempts
    if config.max_attempts is not None:
        return config.max_attempts + 1
    if given.client.max_attempts is not None:
        return given.client.max_attempts
    if given.mode == "legacy":
        return policies.LEGACY_ATTEMPTS.get(given.service, policies.LEGACY_DEFAULT_ATTEMPTS)
    return given.numbers.attempts_dynamodb if given.service in policies.DYNAMODB else given.numbers.attempts


def kind(given: Given, response: Response) -> Kind | None:
    """Return why an error may be repeated; None where it may not."""
    if response.error in policies.NO_REQUEST_SENT:
        return None
    return _legacy_kind(given, response) if given.mode == "legacy" else _standard_kind(given, response)


def _status(given: Given, response: Response) -> int | None:
    """S3 may say 200 and put an error into the body; botocore turns that into a 500."""
    if response.code and response.status is None:
        return 400
    if response.code and response.status == 200 and given.service == "s3":
        return 500
    return response.status


def _legacy_kind(given: Given, response: Response) -> Kind | None:
    if response.error:
        return None if response.error in policies.LEGACY_NOT_RETRIED else "legacy"
    status = _status(given, response)
    pair = (status, response.code)
    listed = pair in policies.LEGACY_CODES or pair in policies.LEGACY_CODES_OF.get(given.service, ())
    statuses = policies.LEGACY_STATUSES - policies.LEGACY_STATUSES_NOT_OF.get(given.service, set())
    return "legacy" if listed or status in statuses else None


def _standard_kind(given: Given, response: Response) -> Kind | None:
    if response.error:
        return "transient"
    if response.code in policies.THROTTLING_CODES:
        return "throttling"
    modelled = response.retryable
    if modelled:
        return "throttling" if isinstance(modelled, Retryable) and modelled.throttling else "transient"
    status = _status(given, response)
    if status == 429 and given.numbers.bare_429 and not (response.modeled and response.code):
        return "throttling"
    if response.code in policies.TRANSIENT_CODES or status in policies.TRANSIENT_STATUSES:
        return "transient"
    return "transient" if (given.service, response.code) == ("sts", "IDPCommunicationError") else None


def price(given: Given, response: Response, why: Kind) -> int:
    """Return what a retry takes from the quota."""
    if response.error in policies.TIMEOUTS:
        return given.numbers.timeout_price
    return given.numbers.throttling_price if why == "throttling" else given.numbers.other_price


def base(given: Given, why: Kind) -> float:
    """Return the longest first wait, in seconds."""
    if why == "throttling":
        return given.numbers.throttling_base
    return given.numbers.dynamodb_base if given.service in policies.DYNAMODB else given.numbers.other_base


def delay(base_seconds: float, retry: int, draw: float) -> float:
    """Return the wait in seconds: truncated exponential backoff with full jitter."""
    return float(draw * min(base_seconds * 2 ** (retry - 1), policies.MAX_DELAY))


def refund(taken: int | None) -> int:
    """Return what a success gives back: the last amount taken, or 1."""
    return policies.UNRETRIED_REFUND if taken is None else taken

"""What botocore's retry handlers do, and where it is written."""

from dva.simulations._before import Rule

GUIDE = (
    "AWS SDKs and Tools Reference Guide, Retry behavior: "
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
)
STANDARD = "botocore/retries/standard.py: https://github.com/boto/botocore/blob/develop/botocore/retries/standard.py"
LEGACY = "botocore/data/_retry.json: https://github.com/boto/botocore/blob/develop/botocore/data/_retry.json"

SETTINGS = Rule(
    "sdk.retries.settings",
    "The mode comes from the client, else from the SDK's default; max attempts counts the first attempt too.",
    GUIDE,
    ("retries.modes", "retries.max-attempts"),
)
SUCCESS = Rule("sdk.retries.success", "A 2xx answer ends the call.", STANDARD, ("sdk-overview.08",))
THROTTLING = Rule(
    "sdk.retries.throttling",
    "Throttling codes, and since 2026 a bare 429, are repeated after the longest waits.",
    STANDARD,
    ("retries.retryable", "sdk-overview.08"),
)
TRANSIENT = Rule(
    "sdk.retries.transient",
    "500, 502, 503, 504, timeouts, lost connections and errors modelled as retryable are repeated.",
    STANDARD,
    ("retries.retryable",),
)
LEGACY_LIST = Rule(
    "sdk.retries.legacy-list",
    "Legacy mode repeats what its list names: statuses 429, 500, 502, 503, 504, 509, lost connections, some codes.",
    LEGACY,
    ("retries.modes",),
)
FINAL = Rule(
    "sdk.retries.not-retryable",
    "Other errors, as a 4xx such as ValidationException or AccessDenied, would fail again: one attempt.",
    STANDARD,
    ("retries.retryable",),
)
EXHAUSTED = Rule(
    "sdk.retries.max-attempts",
    "When the attempts are used up the last error is raised.",
    GUIDE,
    ("retries.max-attempts",),
)
TAKE = Rule(
    "sdk.retries.quota",
    "In standard mode each retry is paid from the client's retry quota before it is sent.",
    STANDARD,
    ("retries.quota",),
)
EMPTY = Rule(
    "sdk.retries.quota-reached",
    "Where the quota cannot pay, there is no retry: the error is raised at once (RetryQuotaReached).",
    STANDARD,
    ("retries.quota",),
)
POLLING = Rule(
    "sdk.retries.long-polling",
    "Since 2026 a long poll that the quota refuses still waits its delay before the error is raised.",
    STANDARD,
    ("retries.quota",),
)
REFUND = Rule(
    "sdk.retries.refund",
    "A success gives back what the last retry took, or 1 where there was none; never above 500.",
    STANDARD,
    ("retries.quota",),
)
DELAY = Rule(
    "sdk.retries.delay",
    "random x min(base x 2^(retry - 1), 20 s); base 1 s for throttling, 50 ms otherwise (before 2026 always 1 s).",
    STANDARD,
    ("retries.delay", "sdk-overview.08"),
)
LEGACY_DELAY = Rule(
    "sdk.retries.legacy-delay",
    "Legacy mode waits random x 2^(retry - 1) s without a cap; for DynamoDB 0.05 x 2^(retry - 1) s without a draw.",
    LEGACY,
    ("retries.modes",),
)
RETRY_AFTER = Rule(
    "sdk.retries.retry-after",
    "Since 2026 x-amz-retry-after (ms) lengthens a delay t, to t + 5 s at most; before, it was ignored.",
    STANDARD,
    ("retries.delay",),
)
ADAPTIVE = Rule(
    "sdk.retries.adaptive",
    "Adaptive mode is standard mode, and after a throttle a rate limiter in the client may hold requests back as well.",
    GUIDE,
    ("retries.modes",),
)
RATE = Rule(
    "sdk.retries.rate",
    "A throttle sets the client's rate to 0.7 of what it sent, at least 0.5 a second; then it grows by CUBIC.",
    "botocore/retries/adaptive.py: https://github.com/boto/botocore/blob/develop/botocore/retries/adaptive.py",
    ("retries.modes",),
)

RULES = (
    SETTINGS, SUCCESS, THROTTLING, TRANSIENT, LEGACY_LIST, FINAL, EXHAUSTED, TAKE, EMPTY, POLLING, REFUND,
    DELAY, LEGACY_DELAY, RETRY_AFTER, ADAPTIVE, RATE,
)  # fmt: skip

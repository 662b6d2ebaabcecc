"""What botocore's retry handlers do, in their order, and where it is written."""

from dva.simulations.frame import Mechanism

retries = Mechanism("retries", rules="sdk.retries", notes="retries")
rule, belief = retries.rule, retries.belief

TOOLS = "https://docs.aws.amazon.com/sdkref/latest/guide"
GUIDE = f"AWS SDKs and Tools Reference Guide, Retry behavior: {TOOLS}/feature-retry-behavior.html"
BOTOCORE = "https://github.com/boto/botocore/blob/develop/botocore"
STANDARD = f"botocore/retries/standard.py: {BOTOCORE}/retries/standard.py"
LEGACY = f"botocore/data/_retry.json: {BOTOCORE}/data/_retry.json"

SETTINGS = rule(
    "settings",
    "The mode comes from the client, else from the SDK's default; max attempts counts the first attempt too.", GUIDE,
    "modes", "max-attempts",
)  # fmt: skip
SUCCESS = rule("success", "A 2xx answer ends the call.", STANDARD, "sdk-overview.08")
THROTTLING = rule("throttling", "Throttling codes, and since 2026 a bare 429, are repeated after the longest waits.",
                  STANDARD, "retryable", "sdk-overview.08")  # fmt: skip
TRANSIENT = rule("transient",
                 "500, 502, 503, 504, timeouts, lost connections and errors modelled as retryable are repeated.",
                 STANDARD, "retryable")  # fmt: skip
LEGACY_LIST = rule(
    "legacy-list",
    "Legacy mode repeats what its list names: statuses 429, 500, 502, 503, 504, 509, lost connections, some codes.",
    LEGACY, "modes",
)  # fmt: skip
FINAL = rule("not-retryable",
             "Other errors, as a 4xx such as ValidationException or AccessDenied, would fail again: one attempt.",
             STANDARD, "retryable")  # fmt: skip
EXHAUSTED = rule("max-attempts", "When the attempts are used up the last error is raised.", GUIDE, "max-attempts")
TAKE = rule("quota", "In standard mode each retry is paid from the client's retry quota before it is sent.", STANDARD,
            "quota")  # fmt: skip
EMPTY = rule("quota-reached",
             "Where the quota cannot pay, there is no retry: the error is raised at once (RetryQuotaReached).",
             STANDARD, "quota")  # fmt: skip
POLLING = rule("long-polling",
               "Since 2026 a long poll that the quota refuses still waits its delay before the error is raised.",
               STANDARD, "quota")  # fmt: skip
REFUND = rule("refund", "A success gives back what the last retry took, or 1 where there was none; never above 500.",
              STANDARD, "quota")  # fmt: skip
DELAY = rule(
    "delay",
    "random x min(base x 2^(retry - 1), 20 s); base 1 s for throttling, 50 ms otherwise (before 2026 always 1 s).",
    STANDARD, "delay", "sdk-overview.08",
)  # fmt: skip
LEGACY_DELAY = rule(
    "legacy-delay",
    "Legacy mode waits random x 2^(retry - 1) s without a cap; for DynamoDB 0.05 x 2^(retry - 1) s without a draw.",
    LEGACY, "modes",
)  # fmt: skip
RETRY_AFTER = rule("retry-after",
                   "Since 2026 x-amz-retry-after (ms) lengthens a delay t, to t + 5 s at most; before, it was ignored.",
                   STANDARD, "delay")  # fmt: skip
ADAPTIVE = rule(
    "adaptive",
    "Adaptive mode is standard mode, and after a throttle a rate limiter in the client may hold requests back as well.",
    GUIDE, "modes",
)  # fmt: skip
RATE = rule("rate",
            "A throttle sets the client's rate to 0.7 of what it sent, at least 0.5 a second; then it grows by CUBIC.",
            f"botocore/retries/adaptive.py: {BOTOCORE}/retries/adaptive.py", "modes")  # fmt: skip

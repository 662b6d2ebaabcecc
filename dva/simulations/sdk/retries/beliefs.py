"""What people believe about retries instead."""

from dva.simulations.sdk.retries.documents import Given, Response
from dva.simulations.sdk.retries.engine import attempts_allowed, base, delay, kind, price, refund
from dva.simulations.sdk.retries.policies import DEFAULTS, QUOTA_CAPACITY, THROTTLING_CODES, Kind
from dva.simulations.sdk.retries.rules import belief


@belief(kind, "every-error-is-retried", "the SDK tries again whatever went wrong",
        "Only throttling, 5xx and lost connections may go better next time; a 4xx such as AccessDenied will not.",
        "retryable", "sdk-overview.08")  # fmt: skip
def every_error(given: Given, response: Response) -> Kind | None:
    return kind(given, response) or ("legacy" if given.mode == "legacy" else "transient")


belief(attempts_allowed, "max-attempts-counts-retries", "max attempts = 3 means one call and three retries",
       "AWS_MAX_ATTEMPTS and max_attempts in the config file count the first attempt too.",
       "max-attempts")(lambda given: attempts_allowed(given) + 1)  # fmt: skip

belief(
    kind, "throttling-is-never-retried-by-the-sdk", "throttling has to be handled in one's own code",
    "The SDK retries throttling errors already, with exponential backoff and jitter.", "sdk-overview.08",
)(lambda given, response: None if response.code in THROTTLING_CODES else kind(given, response))  # fmt: skip

belief(delay, "no-jitter", "the wait is exactly base x 2^n",
       "The SDK draws between 0 and that value, so that clients do not come back together.",
       "delay")(lambda base_seconds, retry, draw: delay(base_seconds, retry, 1.0))  # fmt: skip

belief(base, "same-base-for-all", "a server error waits as long as throttling does",
       "That was so before the defaults of 2026: since then 50 ms is the base of errors that are no throttling.",
       "delay")(lambda given, why: DEFAULTS["pre-2026"].throttling_base)  # fmt: skip

belief(
    price, "one-price", "every retry takes 5 from the quota",
    "Since 2026 a retry after an error that is no throttling takes 14.", "quota",
)(lambda given, response, why: 5)  # fmt: skip

belief(
    refund, "success-refills-all", "a success fills the quota up again",
    "It gives back only what the last retry took, or 1 where there was none.", "quota",
)(lambda taken: QUOTA_CAPACITY)  # fmt: skip

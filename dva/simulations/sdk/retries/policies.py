"""What each retry mode calls retryable, how long it waits and what a retry costs: botocore's own tables.

Sources: botocore/retries/standard.py and special.py, botocore/data/_retry.json, each before and since 1.44.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["throttling", "transient", "legacy"]

THROTTLING_CODES = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
    "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
    "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown",
    "PriorRequestNotComplete", "EC2ThrottledException",
})  # fmt: skip
TRANSIENT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"})
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})

LEGACY_STATUSES = frozenset({429, 500, 502, 503, 504, 509})
LEGACY_CODES = frozenset({
    (400, "Throttling"), (400, "ThrottlingException"), (400, "ThrottledException"),
    (400, "RequestThrottledException"), (400, "ProvisionedThroughputExceededException"),
})  # fmt: skip
LEGACY_CODES_OF = {
    "cloudsearch": {(509, "BandwidthLimitExceeded")},
    "dynamodb": {(409, "ReplicatedWriteConflictException"), (400, "TransactionInProgressException")},
    "ec2": {(503, "RequestLimitExceeded"), (503, "EC2ThrottledException")},
    "glacier": {(408, "RequestTimeoutException")}, "kinesis": {(400, "LimitExceededException")},
    "organizations": {(400, "TooManyRequestsException")},
    "route53": {(400, "Throttling"), (400, "PriorRequestNotComplete")},
    "s3": {(400, "RequestTimeout"), (400, "BadDigest")}, "sqs": {(403, "RequestThrottled")},
    "sts": {(400, "IDPCommunicationError")},
}  # fmt: skip
LEGACY_STATUSES_NOT_OF = {"organizations": {429}}
"""The list of Organizations has a policy of its own in the place of the one for 429."""
LEGACY_NOT_RETRIED = frozenset({"HTTPClientError", "ResponseStreamingError"})
"""Exceptions of botocore that mean "no answer came" and that legacy mode does not repeat."""
NO_REQUEST_SENT = frozenset({"ParamValidationError", "NoCredentialsError", "PartialCredentialsError", "NoRegionError"})
"""Exceptions of botocore before a request is sent: nothing to repeat."""
TIMEOUTS = frozenset({"ConnectTimeoutError", "ReadTimeoutError"})

DYNAMODB = frozenset({"dynamodb", "dynamodb-streams"})
LONG_POLLING = {
    "kinesis": {"ReceiveQueueRecords", "ReceiveDeadLetterQueueRecords"}, "sqs": {"ReceiveMessage"},
    "sfn": {"GetActivityTask"}, "swf": {"PollForActivityTask", "PollForDecisionTask"},
}  # fmt: skip

QUOTA_CAPACITY = 500
UNRETRIED_REFUND = 1
MAX_DELAY = 20
"""Seconds, before the draw."""
MAX_RETRY_AFTER_EXTRA = 5
"""Seconds that x-amz-retry-after adds to a delay at most."""
LEGACY_DEFAULT_ATTEMPTS, LEGACY_ATTEMPTS = 5, {"dynamodb": 10}
LEGACY_DYNAMODB_BASE = 0.05
"""Seconds."""
MAX_ATTEMPTS = 1000
"""What dva follows."""


@dataclass(frozen=True)
class Defaults:
    """The defaults before or since 10 November 2026. Delays in seconds, prices in tokens of the quota."""

    mode: dict[str, str]
    attempts: int
    attempts_dynamodb: int
    throttling_base: float
    other_base: float
    dynamodb_base: float
    throttling_price: int
    other_price: int
    timeout_price: int
    bare_429: bool
    retry_after: bool
    long_polling: bool


DEFAULTS = {
    "pre-2026": Defaults(
        mode={"boto3": "legacy", "botocore": "legacy", "cli-v1": "legacy", "cli-v2": "standard"},
        attempts=3, attempts_dynamodb=3,
        throttling_base=1, other_base=1, dynamodb_base=1,
        throttling_price=5, other_price=5, timeout_price=10,
        bare_429=False, retry_after=False, long_polling=False,
    ),
    "2026": Defaults(
        mode={}, attempts=3, attempts_dynamodb=4,
        throttling_base=1, other_base=0.05, dynamodb_base=0.025,
        throttling_price=5, other_price=14, timeout_price=14,
        bare_429=True, retry_after=True, long_polling=True,
    ),
}  # fmt: skip

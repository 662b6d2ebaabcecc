"""What people believe about Signature Version 4 instead."""

from collections.abc import Sequence

from dva.simulations.sdk.sigv4.canonical import key_chain
from dva.simulations.sdk.sigv4.engine import is_signed, sorted_parameters, window
from dva.simulations.sdk.sigv4.rules import belief

belief(is_signed, "signs-all-headers", "every header of the request is signed",
       "host and all x-amz-* must be signed; headers that proxies change, such as user-agent, are left out.",
       "signed-headers")(lambda name: True)  # fmt: skip

belief(is_signed, "signs-host-and-date", "only host and date are signed",
       "Every x-amz-* header that is sent must be signed too, so must the session token.",
       "signed-headers")(lambda name: name in ("host", "x-amz-date", "date"))  # fmt: skip

belief(sorted_parameters, "url-order", "query parameters are signed in the order of the URL",
       "They are sorted by name, then by value, or the service computes another signature.",
       "canonical-request")(lambda parameters: list(parameters))  # fmt: skip


@belief(key_chain, "secret-signs", "the secret access key signs the string directly",
        "The key is derived for one day, Region and service, so that a leaked one is good for no other.",
        "signing-key")  # fmt: skip
def secret_signs(secret: str, scope: Sequence[str]) -> list[tuple[str, bytes]]:
    return [("the secret itself", secret.encode())]


belief(window, "no-clock", "a right signature is good at any time",
       "The service refuses a request that is minutes off its clock, and a presigned URL after its expiry.",
       "clock-skew")(lambda query, expires, is_s3: (-(10**10), 10**10))  # fmt: skip

belief(window, "five-minutes-everywhere", "every service wants the caller's clock right to five minutes",
       "Five minutes hold for most services; S3 bears a quarter of an hour.",
       "clock-skew")(lambda query, expires, is_s3: window(query, expires, False))  # fmt: skip

belief(window, "presigned-like-headers", "a presigned URL must be used within 15 minutes",
       "It lives as long as X-Amz-Expires says, at most seven days.",
       "presigned-expiry")(lambda query, expires, is_s3: window(False, expires, is_s3))  # fmt: skip

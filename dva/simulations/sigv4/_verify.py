"""What the service checks when a signed request arrives: expiry or clock, then the signature itself."""

from dataclasses import dataclass
from datetime import datetime

from dva.aws.moment import read
from dva.errors import GivenError

STAMP = "%Y%m%dT%H%M%SZ"
WEEK = 604800
MINUTE = 60


@dataclass(frozen=True)
class Window:
    """Seconds since the signing time between which a request is taken, both included."""

    earliest: int
    latest: int


def moment(value: str | int, where: str) -> datetime:
    """A time of `given`, in UTC; GivenError with its place where it is none."""
    try:
        return read(value)
    except ValueError:
        raise GivenError(f"`{value}` is not a time like 20150830T123600Z", pointer=where) from None


def skew(is_s3: bool) -> int:
    """How far the clocks may differ, in seconds: 15 minutes with S3, 5 elsewhere."""
    return (15 if is_s3 else 5) * MINUTE


def window(query: bool, expires: int, is_s3: bool) -> Window:
    """A presigned URL lives `expires` seconds from its time; a signed header as long as the clocks may differ."""
    allowed = skew(is_s3)
    return Window(-allowed, expires if query else allowed)

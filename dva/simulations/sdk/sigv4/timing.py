"""Times: how a request is dated, and between which moments a service takes it."""

from dataclasses import dataclass
from datetime import datetime

from dva.aws.timestamps import read
from dva.errors import GivenError

STAMP = "%Y%m%dT%H%M%SZ"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DEFAULT_EXPIRES, MIN_EXPIRES, MAX_EXPIRES = 3600, 1, 604800
"""Seconds that a presigned URL lives: an hour by default, seven days at most (sigv4-query-string-auth.html)."""
MAX_SKEW, MAX_SKEW_S3 = 300, 900
"""Seconds by which the clocks may differ (reference_aws-signing.html; S3: MaxAllowedSkewMilliseconds)."""


@dataclass(frozen=True)
class Window:
    """Seconds since the signing time between which a request is taken, both included."""

    earliest: int
    latest: int


def read_time(value: str | int, where: str) -> datetime:
    """Read a time of `given`, in UTC; GivenError with its place where it is not one."""
    try:
        return read(value)
    except ValueError:
        raise GivenError(f"`{value}` is not a time like 20150830T123600Z", pointer=where) from None


def date_header(when: datetime) -> str:
    """Return the value of a Date header, as botocore spells it: `Sun, 30 Aug 2015 12:36:00 -0000`."""
    return f"{DAYS[when.weekday()]}, {when.day:02} {MONTHS[when.month - 1]} {when.year:04} {when:%H:%M:%S} -0000"


def window(query: bool, expires: int, is_s3: bool) -> Window:
    """Return when a request is taken: a presigned URL until it expires, a signed header while the clocks agree."""
    skew = MAX_SKEW_S3 if is_s3 else MAX_SKEW
    return Window(-skew, expires if query else skew)

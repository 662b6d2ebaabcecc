"""Times: how a request is dated, and between which moments a service takes it."""

from dataclasses import dataclass
from datetime import datetime

from dva.aws.timestamps import read
from dva.errors import GivenError

STAMP = "%Y%m%dT%H%M%SZ"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
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


def dated(when: datetime) -> str:
    """The value of a Date header, in the spelling of botocore: `Sun, 30 Aug 2015 12:36:00 -0000`."""
    return f"{DAYS[when.weekday()]}, {when.day:02} {MONTHS[when.month - 1]} {when.year:04} {when:%H:%M:%S} -0000"


def skew(is_s3: bool) -> int:
    """How far the clocks may differ, in seconds: 15 minutes with S3, 5 elsewhere."""
    return (15 if is_s3 else 5) * MINUTE


def window(query: bool, expires: int, is_s3: bool) -> Window:
    """A presigned URL lives `expires` seconds from its time; a signed header as long as the clocks may differ."""
    allowed = skew(is_s3)
    return Window(-allowed, expires if query else allowed)

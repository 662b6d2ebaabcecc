"""Times as AWS writes them: 20150830T123600Z, ISO 8601 (without an offset: UTC), or epoch seconds."""

from datetime import UTC, datetime


def read(value: str | int | float) -> datetime:
    """Return the time in UTC; ValueError where the value is not a valid one."""
    if not isinstance(value, str) or value.strip().isdecimal():
        try:
            return datetime.fromtimestamp(float(value), UTC)
        except (OverflowError, OSError) as problem:
            raise ValueError(f"{value} is not a valid time") from problem
    found = datetime.fromisoformat(value.strip())
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"{value} lies outside the calendar") from problem


def epoch(value: str | int | float) -> int:
    """Return whole seconds since 1970."""
    return int(read(value).timestamp())

"""Temporary keys as dva makes them up: the same for the same role, so that a run can be repeated."""

from hashlib import sha1


def temporary_key_id(seed: str) -> str:
    """Return an access key ID that begins with ASIA, as those of temporary credentials do."""
    return "ASIA" + sha1(seed.encode(), usedforsecurity=False).hexdigest()[:16].upper()

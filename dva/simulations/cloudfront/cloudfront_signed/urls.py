"""Text of signed URLs and cookies: base64 for URLs, the parameters, and whether a Resource fits a URL.

Source: CloudFront Developer Guide, Create a signed URL using a custom policy (and: using a canned policy).
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva.aws import glob
from dva.aws.jsontext import duplicate_key

OWN = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
"""CloudFront's own parameters; their names are case-sensitive."""

DECIDING = OWN[:4]
"""Parameters of which one is enough for the URL to decide."""
LAST_SECOND = 2147483647
"""The last second of 32 bits, for the times of a policy (custom policy)."""
LONE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\\?")


def to_url(data: bytes) -> str:
    """Return base64 with `+ = /` written `- _ ~`."""
    return base64.b64encode(data).decode().translate(str.maketrans("+=/", "-_~"))


def from_url(text: str) -> bytes | None:
    """Return the bytes again; None where the text is not such base64. Missing padding is forgiven."""
    plain = text.translate(str.maketrans("-_~", "+=/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None


def parameters(url: str) -> dict[str, str]:
    """Return the first value of each parameter, as it is in the URL."""
    pieces = [piece.partition("=") for piece in url.partition("?")[2].split("&")]
    return {name: value for name, _, value in reversed(pieces)}


def without_own(url: str) -> str:
    """Return the URL as it was before it was signed: without CloudFront's own parameters."""
    base, mark, query = url.partition("?")
    kept = [piece for piece in query.split("&") if piece.partition("=")[0] not in OWN] if mark else []
    return f"{base}?{'&'.join(kept)}" if any(kept) else base


def statement(resource: str, condition: Mapping[str, Any]) -> str:
    """Return a policy in the one spelling that a canned policy has: no whitespace, this order, ASCII."""
    return json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))


def canned(url: str, expires: int) -> str:
    """Return the policy that CloudFront rebuilds from the URL and its Expires."""
    return statement(url, {"DateLessThan": {"AWS:EpochTime": expires}})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy asks: `resource` None is every file; times in epoch seconds; `ip` one IPv4 range or address."""

    resource: str | None
    less_than: int
    greater_than: int | None
    ip: str | None


def terms(policy: str | Mapping[str, Any]) -> Terms | str:
    """Return the terms of a policy, or why CloudFront cannot read it.

    `\\?` may stand alone or escaped as JSON wants it.
    """
    try:
        text = LONE_ESCAPE.sub(r"\1\\\\?", policy) if isinstance(policy, str) else ""
        body = json.loads(text) if isinstance(policy, str) else policy
        twice = duplicate_key(text)
        if twice is not None:
            return f"it has the key {twice.key} twice in one object"
        listed = body["Statement"] if isinstance(body["Statement"], list) else [body["Statement"]]
        return _terms(listed[0]) if len(listed) == 1 else f"it has {len(listed)} statements, one is allowed"
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return "it is not a policy with one Statement"


def _terms(one: Mapping[str, Any]) -> Terms | str:
    condition = one.get("Condition") or {}
    less, greater = _second(condition, "DateLessThan"), _second(condition, "DateGreaterThan")
    if less is None:
        return "it has no DateLessThan, the one condition that is required"
    if max(less, greater or 0) > LAST_SECOND:
        return f"a time lies after {LAST_SECOND}, the last second of 32 bits"
    resource, ip = one.get("Resource"), condition.get("IpAddress", {}).get("AWS:SourceIp")
    if not isinstance(resource, str | None) or not isinstance(ip, str | None):
        return "it names more than one resource or address"
    return Terms(resource, less, greater, ip)


def _second(condition: Mapping[str, Any], name: str) -> int | None:
    return int(condition[name]["AWS:EpochTime"]) if name in condition else None


def resource_fits(pattern: str | None, url: str) -> bool:
    """Whether a Resource fits a URL: `*` and `?` never reach from protocol, domain, path or query into the next.

    A trailing `*` of the domain also means any path, a trailing `*` of the path any query. `\\?` begins the query; an
    unescaped `?` may stand for that question mark too, as in policies made from a URL as it is.
    """
    if pattern is None or pattern == "*":
        return True
    protocol, mark, rest = pattern.partition("://")
    if not mark:
        if not pattern.startswith("*"):
            return False
        protocol, rest = "*", pattern
    scheme, _, address = url.partition("://")
    wanted_domain, slash, wanted = rest.partition("/")
    domain, _, found = address.partition("/")
    pairs = ((protocol, scheme), (wanted_domain, domain))
    if not all(glob.matches(*pair, ignore_case=True) for pair in pairs):
        return False
    return (not slash and wanted_domain.endswith("*")) or _path_fits(wanted, found)


def _path_fits(wanted: str, found: str) -> bool:
    path, mark, query = found.partition("?")
    head, escaped, tail = wanted.partition("\\?")
    if escaped:
        return bool(mark) and _fits(head, path) and _fits(tail, query)
    if _fits(wanted, path) and (not mark or wanted.endswith("*")):
        return True
    begins = [at for at, char in enumerate(wanted) if char == "?"]
    return bool(mark) and any(_fits(wanted[:at], path) and _fits(wanted[at + 1 :], query) for at in begins)


def _fits(wanted: str, found: str) -> bool:
    tokens: list[glob.Token] = []
    for piece in wanted.split("\\?"):
        tokens += [*glob.tokens(piece), "?"]
    return glob.matches(tokens[:-1], found)

"""What the rules beside the options say: who redirects HTTP, and which ports a security group lets in.

A learner says it in a word, or as the CloudFormation resources of listeners and security groups.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_https.documents import Given
from dva.simulations.beanstalk.beanstalk_https.rules import HTTP_PORT, HTTPS_PORT

INSTANCE_WORDS = ("instance", "nginx", "web server", "proxy")
BALANCER_WORDS = ("alb", "load balancer", "listener", "true", "http_301", "301", "https")
NO_REDIRECT = ("", "none", "false")


class Resources(Struct, frozen=True):
    """The redirect (`load balancer`, `instance` or None), and the open ports; None where no rule names any."""

    redirect: str | None
    health_check_redirected: bool
    open_ports: frozenset[int] | None


def resources_of(given: Given) -> Resources:
    """Return what the rules say; GivenError where their text cannot be read."""
    value = given.rules
    if isinstance(value, str) and ("\n" in value or value.lstrip().startswith("{")):
        try:
            value = options.parse(value)
        except options.OptionError as problem:
            raise GivenError(str(problem), pointer="/rules") from None
    found = list(_mappings(value))
    texts = value if isinstance(value, list) else [value]
    words = [text.lower() for text in texts if isinstance(text, str)]
    redirect = next((place for entry in found if (place := _redirecting(entry))), None)
    if redirect is None and any("redirect" in word for word in words):
        redirect = "instance" if any("instance" in word or "nginx" in word for word in words) else "load balancer"
    health = any(str(entry.get("health_check_redirected", False)).lower() == "true" for entry in found)
    opened = frozenset(port for entry in found for port in _open_ports(entry))
    groups = any({"FromPort", "ToPort", "IpProtocol"} & set(entry) for entry in found)
    return Resources(redirect, health, opened if groups else None)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping inside a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _mappings(item)


def _redirecting(entry: dict[str, Any]) -> str | None:
    """Return where this mapping redirects HTTP to HTTPS: said in a word, or as an action of a listener."""
    words = {str(key).lower(): str(value).lower() for key, value in entry.items() if isinstance(value, str | bool)}
    inner = next((value for key, value in entry.items() if str(key).lower() == "redirect"), None)
    if isinstance(inner, dict):
        by = {str(value).lower() for value in inner.values()}
        return "instance" if by & set(INSTANCE_WORDS) else "load balancer"
    keys = (key for key in words if ("redirect" in key or "to_https" in key) and key != "health_check_redirected")
    word = next((words[key] for key in keys), "")
    if word in NO_REDIRECT:
        word = "true" if "redirect" in words.values() else ""
    if word and any(value in INSTANCE_WORDS for value in words.values()):
        return "instance"
    if word in BALANCER_WORDS:
        return "load balancer"
    kind = str(entry.get("Type", entry.get("type", ""))).lower()
    config = entry.get("RedirectConfig", {})
    to = str(config.get("Protocol", "HTTPS")).upper() if isinstance(config, dict) else "HTTPS"
    return "load balancer" if kind == "redirect" and to == "HTTPS" else None


def _open_ports(entry: dict[str, Any]) -> list[int]:
    """Return the ports that a rule of a security group lets in, as far as they matter here."""
    first, last = str(entry.get("FromPort", "")), str(entry.get("ToPort", entry.get("FromPort", "")))
    if not first.isdecimal() or not last.isdecimal():
        return []
    return [port for port in (HTTP_PORT, HTTPS_PORT, int(first), int(last)) if int(first) <= port <= int(last)]

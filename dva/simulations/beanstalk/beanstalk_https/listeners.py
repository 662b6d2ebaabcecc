"""The load balancer that the options describe, and its listeners."""

import re
from collections.abc import Iterator

from msgspec import Struct

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_https import rules


class Listener(Struct, frozen=True):
    """A listener of the load balancer, and where it passes requests on."""

    port: int
    protocol: str
    to_port: int
    to_protocol: str
    certificate: str | None


def ports_in(settings: Settings, namespace: str) -> set[str]:
    """Return the ports (or `default`) of the listeners that have options in this namespace."""
    found = (re.fullmatch(rf"{namespace}(?::(\w+))?", space) for space, _ in settings)
    return {match[1] or "default" for match in found if match}


def listeners_of(kind: str, settings: Settings) -> list[Listener]:
    """Return the listeners of a load balancer, by port."""
    used = ports_in(settings, rules.CLASSIC_LISTENER if kind == "classic" else rules.LISTENER_V2)
    ports = sorted({int(port) for port in used if port.isdecimal()} | {rules.HTTP_PORT})
    found = [_listener(kind, settings, port) for port in ports]
    return [listener for listener in found if listener]


def _listener(kind: str, settings: Settings, port: int) -> Listener | None:
    """Return the listener of a port; None where it is disabled. That of port 80 has a namespace without a port too."""
    prefix = rules.CLASSIC_LISTENER if kind == "classic" else rules.LISTENER_V2
    bare = prefix if kind == "classic" else f"{prefix}:default"
    spaces = (f"{prefix}:{port}", bare) if port == rules.HTTP_PORT else (f"{prefix}:{port}",)

    def option(name: str) -> str | None:
        return next((settings[space, name] for space in spaces if (space, name) in settings), None)

    def certificate(name: str) -> str | None:
        found = option(name)
        return None if (found or "").upper() in rules.NO_CERTIFICATE else found

    if any(settings.get((space, "ListenerEnabled"), "true").lower() == "false" for space in spaces):
        return None
    if kind == "classic":
        protocol = (option("ListenerProtocol") or "HTTP").upper()
        behind = option("InstanceProtocol") or ("HTTP" if protocol in ("HTTP", "HTTPS") else "TCP")
        asked = option("InstancePort") or ""
        to_port = int(asked) if _is_port(asked) else port
        return Listener(port, protocol, to_port, behind.upper(), certificate("SSLCertificateId"))
    plain = "TCP" if kind == "network" else "HTTP"
    protocol = (option("Protocol") or plain).upper()
    process = rules.PROCESS + (option("DefaultProcess") or "default")
    to_protocol = (settings.get((process, "Protocol")) or plain).upper()
    asked = settings.get((process, "Port"), "")
    to_port = int(asked) if _is_port(asked) else rules.HTTP_PORT
    return Listener(port, protocol, to_port, to_protocol, certificate("SSLCertificateArns"))


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,4}", text) is not None and int(text) <= rules.MAX_PORT


def invalid_ports(settings: Settings) -> Iterator[str]:
    """Yield AWS's sentence about each port of a listener or a process that is not one."""
    for key, value in settings.items():
        match = re.fullmatch(r"aws:elb(?:v2)?:listener:(\d+)", key[0])
        if match and not _is_port(match[1]):
            yield f"Invalid option specification (Namespace: '{key[0]}', OptionName: '{key[1]}'): no such port."
        names_port = key[1] == "InstancePort" or (key[1] == "Port" and key[0].startswith(rules.PROCESS))
        if names_port and not _is_port(value):
            yield options.invalid(key, value, f"it is a port, 1 to {rules.MAX_PORT}")

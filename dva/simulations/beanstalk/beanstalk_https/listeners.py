"""The load balancer that the options describe, and its listeners."""

import re
from collections.abc import Iterator

from msgspec import Struct

from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Tier
from dva.simulations.beanstalk._options import ELB, ENVIRONMENT, Settings
from dva.simulations.beanstalk.beanstalk_https import rules
from dva.simulations.beanstalk.beanstalk_https.documents import Given


class Listener(Struct, frozen=True):
    """A listener of the load balancer, and where it passes requests on."""

    port: int
    protocol: str
    to_port: int
    to_protocol: str
    certificate: str | None


def settings_of(given: Given) -> Settings:
    """Return the options, those inside the environment too; GivenError where they cannot be read."""
    try:
        inner = options.settings(given.environment.option_settings)
        return _without_deprecated(inner | options.settings(given.option_settings))
    except options.OptionError as problem:
        raise GivenError(str(problem), pointer="/option_settings") from None


def _without_deprecated(settings: Settings) -> Settings:
    """Return the deprecated options of aws:elb:loadbalancer as those of a listener."""
    port = settings.get((ELB, "LoadBalancerHTTPSPort"), str(rules.HTTPS_PORT))
    certificate = settings.get((ELB, "SSLCertificateId"))
    if certificate is None or not port.isdecimal():
        return settings
    protocol = settings.get((ELB, "LoadBalancerSSLPortProtocol"), "HTTPS")
    read = {"ListenerProtocol": protocol, "SSLCertificateId": certificate, "InstancePort": str(rules.HTTP_PORT)}
    return {(f"{rules.CLASSIC_LISTENER}:{port}", name): value for name, value in read.items()} | settings


def balancer_of(given: Given, settings: Settings) -> str | None:
    """Return the load balancer's type; None where there is none."""
    tier = given.environment.tier
    name = tier.name if isinstance(tier, Tier) else tier
    kind = settings.get((ENVIRONMENT, "EnvironmentType")) or given.environment.type
    if name == "Worker" or kind == "SingleInstance":
        return None
    named = settings.get((ENVIRONMENT, "LoadBalancerType")) or given.environment.balancer
    return named or options.effective(settings, ENVIRONMENT, "LoadBalancerType")


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

    if any(settings.get((space, "ListenerEnabled"), "true").lower() == "false" for space in spaces):
        return None
    if kind == "classic":
        protocol = (option("ListenerProtocol") or "HTTP").upper()
        behind = option("InstanceProtocol") or ("HTTP" if protocol in ("HTTP", "HTTPS") else "TCP")
        to_port = _to_port(option("InstancePort"), port)
        return Listener(port, protocol, to_port, behind.upper(), option("SSLCertificateId"))
    plain = "TCP" if kind == "network" else "HTTP"
    protocol = (option("Protocol") or plain).upper()
    process = rules.PROCESS + (option("DefaultProcess") or "default")
    to_protocol = (settings.get((process, "Protocol")) or plain).upper()
    to_port = _to_port(settings.get((process, "Port")), rules.HTTP_PORT)
    return Listener(port, protocol, to_port, to_protocol, option("SSLCertificateArns"))


def _to_port(text: str | None, default: int) -> int:
    return int(text) if text is not None and _is_port(text) else default


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

"""What is read: the environment's load balancer, its listeners, the certificate and the rules beside them."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct, field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._options import ELB, ENVIRONMENT, VPC, Settings, effective

PROCESS = "aws:elasticbeanstalk:environment:process:"
INSTANCE_WORDS = ("instance", "nginx", "web server", "proxy")
BALANCER_WORDS = ("alb", "load balancer", "listener", "true", "http_301", "301", "https")
IN_THE_CLEAR = ("", "none", "false")
SECURE = ("HTTPS", "SSL", "TLS")
ALLOWED = {
    "application": ("HTTP", "HTTPS"), "network": ("TCP",), "classic": ("HTTP", "HTTPS", "TCP", "SSL"),
}  # fmt: skip


class Tier(AwsDocument, rename="pascal"):
    name: str = "WebServer"


class Environment(AwsDocument, rename=None):
    wrappers = ("Environments",)
    name: str = field(default="environment", name="EnvironmentName")
    type: str | None = field(default=None, name="EnvironmentType")
    balancer: str | None = field(default=None, name="LoadBalancerType")
    tier: Tier | str = field(default_factory=Tier, name="Tier")
    region: str | None = field(default=None, name="Region")
    option_settings: Any = None


class Certificate(StrictStruct, rename=None):
    """`acm` and `iam`: what a load balancer can use; `instance`: a file on the instance, self-signed too.

    The ARN is that of the secure listener where the options name none.
    """

    kind: Literal["acm", "iam", "instance"]
    arn: str | None = None


class Given(StrictStruct, rename=None):
    """`rules`: the redirect, {redirect: alb, instance or none, health_check_redirected}, or the CloudFormation

    resources of listeners and security groups that say it.
    """

    environment: Environment = field(default_factory=Environment)
    option_settings: Any = None
    certificate: Certificate | None = None
    rules: Any = None


class Listener(Struct, frozen=True):
    """A listener of the load balancer, and where it passes requests on."""

    port: int
    protocol: str
    to_port: int
    to_protocol: str
    certificate: str | None


class Around(Struct, frozen=True):
    """What stands beside the options: the redirect (load balancer, instance or None), the open ports of rules."""

    redirect: str | None
    health_check_redirected: bool
    open_ports: frozenset[int] | None


def settings(given: Given) -> Settings:
    """The options, those inside the environment too."""
    try:
        inner = beanstalk.settings(given.environment.option_settings)
        return spelled_out(inner | beanstalk.settings(given.option_settings))
    except beanstalk.OptionError as problem:
        raise GivenError(str(problem), pointer="/option_settings") from None


def spelled_out(chosen: Settings) -> Settings:
    """The older options of a Classic Load Balancer, in aws:elb:loadbalancer, as those of a listener."""
    port = chosen.get((ELB, "LoadBalancerHTTPSPort"), "443")
    certificate = chosen.get((ELB, "SSLCertificateId"))
    if certificate is None or not port.isdecimal():
        return chosen
    listener = f"aws:elb:listener:{port}"
    protocol = chosen.get((ELB, "LoadBalancerSSLPortProtocol"), "HTTPS")
    read = {"ListenerProtocol": protocol, "SSLCertificateId": certificate, "InstancePort": "80"}
    return {(listener, name): value for name, value in read.items()} | chosen


def balancer(given: Given, chosen: Settings) -> str | None:
    """The load balancer's type; None where there is none."""
    tier = given.environment.tier
    name = tier.name if isinstance(tier, Tier) else tier
    kind = chosen.get((ENVIRONMENT, "EnvironmentType")) or given.environment.type
    if name == "Worker" or kind == "SingleInstance":
        return None
    said = chosen.get((ENVIRONMENT, "LoadBalancerType")) or given.environment.balancer
    return said or effective(chosen, ENVIRONMENT, "LoadBalancerType")


def namespaces(chosen: Settings) -> dict[str, set[str]]:
    """The namespaces of listeners that are used, by the family that they are for."""
    used: dict[str, set[str]] = {"classic": set(), "v2": set()}
    for namespace, _ in chosen:
        match = re.fullmatch(r"aws:elb(v2)?:listener(?::(\w+))?", namespace)
        if match:
            used["v2" if match[1] else "classic"].add(match[2] or "default")
    return used


def listeners(kind: str, chosen: Settings) -> list[Listener]:
    """The listeners of a load balancer, by port."""
    read = classic if kind == "classic" else second
    prefix = "aws:elb:listener" if kind == "classic" else "aws:elbv2:listener"
    ports = {port for port in namespaces(chosen)["classic" if kind == "classic" else "v2"] if port.isdecimal()}
    found = [read(kind, chosen, f"{prefix}:{port}", int(port)) for port in sorted(ports | {"80"}, key=int)]
    return [listener for listener in found if listener]


def enabled(chosen: Settings, namespace: str, port: int) -> bool:
    """Whether the listener exists; the default one has the namespace without a port, or `default`."""
    bare = "aws:elb:listener" if namespace.startswith("aws:elb:") else "aws:elbv2:listener:default"
    spaces = (namespace, bare) if port == 80 else (namespace,)
    return not any(chosen.get((space, "ListenerEnabled"), "true").lower() == "false" for space in spaces)


def option(chosen: Settings, namespace: str, port: int, name: str) -> str | None:
    """An option of a listener; port 80 may have it in the default listener's namespace."""
    found = chosen.get((namespace, name))
    if found is None and port == 80:
        bare = "aws:elb:listener" if namespace.startswith("aws:elb:") else "aws:elbv2:listener:default"
        found = chosen.get((bare, name))
    return found


def classic(kind: str, chosen: Settings, namespace: str, port: int) -> Listener | None:
    if not enabled(chosen, namespace, port):
        return None
    protocol = (option(chosen, namespace, port, "ListenerProtocol") or "HTTP").upper()
    to_protocol = option(chosen, namespace, port, "InstanceProtocol")
    to_port = option(chosen, namespace, port, "InstancePort")
    behind = to_protocol or ("HTTP" if protocol in ("HTTP", "HTTPS") else "TCP")
    certificate = option(chosen, namespace, port, "SSLCertificateId")
    return Listener(port, protocol, whole(to_port, port), behind.upper(), certificate)


def second(kind: str, chosen: Settings, namespace: str, port: int) -> Listener | None:
    """A listener of an application or network load balancer; its process says where requests go."""
    if not enabled(chosen, namespace, port):
        return None
    clear = "TCP" if kind == "network" else "HTTP"
    protocol = (option(chosen, namespace, port, "Protocol") or clear).upper()
    process = PROCESS + (option(chosen, namespace, port, "DefaultProcess") or "default")
    to_protocol = (chosen.get((process, "Protocol")) or clear).upper()
    to_port = whole(chosen.get((process, "Port")), 80)
    certificate = option(chosen, namespace, port, "SSLCertificateArns")
    return Listener(port, protocol, to_port, to_protocol, certificate)


def whole(text: str | None, default: int) -> int:
    """The port that an option names; `bad_ports` has told of one that is none."""
    return int(text) if text is not None and is_port(text) else default


def is_port(text: str) -> bool:
    """Whether this is a whole number from 1 to 65535."""
    return re.fullmatch(r"[1-9]\d{0,4}", text) is not None and int(text) <= 65535


def bad_ports(chosen: Settings) -> Iterator[str]:
    """AWS's sentence about each port of a listener or a process that is none."""
    for key, value in chosen.items():
        match = re.fullmatch(r"aws:elb(?:v2)?:listener:(\d+)", key[0])
        if match and not is_port(match[1]):
            yield f"Invalid option specification (Namespace: '{key[0]}', OptionName: '{key[1]}'): no such port."
        names_port = key[1] == "InstancePort" or (key[1] == "Port" and key[0].startswith(PROCESS))
        if names_port and not is_port(value):
            yield beanstalk.invalid(key, value, "it is a port, 1 to 65535")


def around(given: Given) -> Around:
    """What the rules say."""
    value = given.rules
    if isinstance(value, str) and ("\n" in value or value.lstrip().startswith("{")):
        try:
            value = beanstalk.parse(value)
        except beanstalk.OptionError as problem:
            raise GivenError(str(problem), pointer="/rules") from None
    found = list(mappings(value))
    words = [str(item).lower() for item in strings(value)]
    redirect = next((place for entry in found if (place := redirecting(entry))), None)
    if redirect is None and any("redirect" in word for word in words):
        redirect = "instance" if any("instance" in word or "nginx" in word for word in words) else "load balancer"
    health = any(str(entry.get("health_check_redirected", False)).lower() == "true" for entry in found)
    opened = frozenset(port for entry in found for port in open_ports(entry))
    groups = any({"FromPort", "ToPort", "IpProtocol"} & set(entry) for entry in found)
    return Around(redirect, health, opened if groups else None)


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from mappings(item)


def strings(value: Any) -> Iterator[str]:
    """The texts of a list, or the text itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def redirecting(entry: dict[str, Any]) -> str | None:
    """Where this mapping redirects HTTP to HTTPS: said in a word, or as an action of a listener."""
    words = {str(key).lower(): str(value).lower() for key, value in entry.items() if isinstance(value, str | bool)}
    inner = next((value for key, value in entry.items() if str(key).lower() == "redirect"), None)
    if isinstance(inner, dict):
        by = {str(value).lower() for value in inner.values()}
        return "instance" if by & set(INSTANCE_WORDS) else "load balancer"
    said = next(
        (v for k, v in words.items() if ("redirect" in k or "to_https" in k) and k != "health_check_redirected"), ""
    )
    if said in IN_THE_CLEAR:
        said = "true" if "redirect" in words.values() else ""
    if said and any(word in INSTANCE_WORDS for word in words.values()):
        return "instance"
    if said in BALANCER_WORDS:
        return "load balancer"
    kind = str(entry.get("Type", entry.get("type", ""))).lower()
    config = entry.get("RedirectConfig", {})
    to = str(config.get("Protocol", "HTTPS")).upper() if isinstance(config, dict) else "HTTPS"
    return "load balancer" if kind == "redirect" and to == "HTTPS" else None


def open_ports(entry: dict[str, Any]) -> list[int]:
    """The ports that a rule of a security group lets in."""
    first, last = str(entry.get("FromPort", "")), str(entry.get("ToPort", entry.get("FromPort", "")))
    if not first.isdecimal() or not last.isdecimal():
        return []
    return [port for port in (80, 443, int(first), int(last)) if int(first) <= port <= int(last)]


def own_vpc(chosen: Settings) -> bool:
    return (VPC, "VPCId") in chosen

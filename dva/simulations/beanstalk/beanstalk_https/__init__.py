"""Where TLS ends in an Elastic Beanstalk environment, and who redirects HTTP.

In this order: is there a load balancer, and do the listener options belong to its kind; which listeners does it have,
and does the secure one have a certificate; what goes on behind it (HTTP, HTTPS again, or the untouched bytes); on a
single instance its own web server ends TLS. Last the redirect of port 80, which health checks must not meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk._options import ENVIRONMENT, Settings, invalid, problems
from dva.simulations.beanstalk.beanstalk_https import _rules as rule
from dva.simulations.beanstalk.beanstalk_https._given import (
    ALLOWED,
    SECURE,
    Around,
    Given,
    Listener,
    around,
    bad_ports,
    balancer,
    listeners,
    namespaces,
    own_vpc,
    settings,
)

BALANCER, INSTANCE, BOTH, PASS, NOWHERE = "load balancer", "instance", "both", "passthrough", "nowhere"
TO_BALANCER, TO_INSTANCE, PLAIN = "client to load balancer", "load balancer to instance", "HTTP on port 80"
CLIENT = "client to instance"

ENDS = {
    BALANCER: rule.AT_BALANCER, INSTANCE: rule.AT_INSTANCE, BOTH: rule.BOTH, PASS: rule.PASS, NOWHERE: rule.NOWHERE,
}  # fmt: skip

SUMMARY = {
    BALANCER: "HTTPS works; behind the load balancer requests go in the clear",
    INSTANCE: "HTTPS works, encrypted from the client to the instance",
    BOTH: "HTTPS works, encrypted on both ways with two connections",
    PASS: "HTTPS works, encrypted from the client to the instance",
    NOWHERE: "There is no HTTPS here, only HTTP",
}

# -- rule functions that a belief may replace ------------------------------------------------------------------------


def family(kind: str) -> str:
    """The namespaces that are for a kind of load balancer."""
    return "classic" if kind == "classic" else "v2"


def ends_tls(protocol: str) -> bool:
    """Whether a listener with this protocol decrypts."""
    return protocol in SECURE


def encrypted_behind(to_protocol: str) -> bool:
    """Whether the way from the load balancer to the instance is encrypted."""
    return to_protocol in SECURE


def goes_on_instances(kind: str) -> bool:
    """Whether a certificate of this kind can be used by the instance's web server."""
    return kind == "instance"


def accepts_any_backend() -> bool:
    """Whether the load balancer takes any certificate of an instance, a self-signed one too."""
    return True


def redirect_by(found: Around) -> str | None:
    """Who redirects HTTP: only who is told to."""
    return found.redirect


def health_check_passes(redirected: bool) -> bool:
    """Whether a health check that is answered with a redirect counts as passed."""
    return not redirected


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    family: Callable[[str], str] = family
    ends_tls: Callable[[str], bool] = ends_tls
    encrypted_behind: Callable[[str], bool] = encrypted_behind
    goes_on_instances: Callable[[str], bool] = goes_on_instances
    accepts_any_backend: Callable[[], bool] = accepts_any_backend
    redirect_by: Callable[[Around], str | None] = redirect_by
    health_check_passes: Callable[[bool], bool] = health_check_passes


class Wrong(Struct, frozen=True):
    """Something that keeps HTTPS from working; `refused` where AWS does not take the configuration."""

    rule: Rule
    message: str
    refused: bool = False


# -- what happens ----------------------------------------------------------------------------------------------------


def start(given: Given) -> dict[str, Any]:
    kind = balancer(given, settings(given))
    ways = {TO_BALANCER: "in the clear", TO_INSTANCE: "in the clear"} if kind else {CLIENT: "in the clear"}
    served = kind is None or any(item.port == 80 for item in listeners(kind, settings(given)))
    return {"texts": ways | {PLAIN: "served as HTTP" if served else "no listener"}}


def play(given: Given, trace: Tracer, how: How) -> None:
    chosen = settings(given)
    kind = balancer(given, chosen)
    trace.step(rule.KIND, f"{given.environment.name} has {named(kind)}", rule.KIND.says)
    wrong = check_values(chosen) or check_namespaces(kind, chosen, how)
    if kind and not wrong:
        wrong = behind_load_balancer(given, listeners(kind, chosen), kind, trace, how)
    elif not wrong:
        wrong = on_one_instance(given, trace, how)
    finish(wrong or redirects(given, kind, trace, how), trace)


def named(kind: str | None) -> str:
    """The load balancer in words."""
    return f"a{'n' if kind[0] in 'aeiou' else ''} {kind} load balancer" if kind else "no load balancer"


def check_values(chosen: Settings) -> list[Wrong]:
    """Values that Elastic Beanstalk does not take."""
    told = [invalid(key, chosen[key], why) for key, why in problems(chosen)] + list(bad_ports(chosen))
    return [Wrong(rule.KIND, message, refused=True) for message in told]


def check_namespaces(kind: str | None, chosen: Settings, how: How) -> list[Wrong]:
    """Listener options have to be for the load balancer that there is."""
    used = namespaces(chosen)
    if kind is None:
        some = used["classic"] | used["v2"]
        return [Wrong(rule.KIND, "There are listener options, but no load balancer", refused=True)] if some else []
    other = "v2" if how.family(kind) == "classic" else "classic"
    if not used[other]:
        return []
    name = "aws:elbv2:listener" if other == "v2" else "aws:elb:listener"
    return [Wrong(rule.NAMESPACE, f"{name} is not for {named(kind)}", refused=True)]


def behind_load_balancer(given: Given, found: list[Listener], kind: str, trace: Tracer, how: How) -> list[Wrong]:
    """The listeners, and where the secure one makes TLS end."""
    wrong = tell_listeners(kind, found, trace)
    secure = secure_listener(found, how)
    if wrong or secure is None:
        return wrong + ([] if wrong else nothing_secure(given, found, trace))
    ended = how.ends_tls(secure.protocol)
    wrong = check_certificate(given, secure) if ended else check_passthrough(given, secure, how)
    if wrong:
        return wrong
    place, said = where(secure, how) if ended else (PASS, rule.PASS)
    if place == BOTH and not how.accepts_any_backend():
        return [Wrong(rule.BOTH, "The load balancer does not trust the instance's certificate")]
    tell_end(secure, place, said, trace)
    return tell_security_group(given, secure.to_port, trace)


def tell_listeners(kind: str, found: list[Listener], trace: Tracer) -> list[Wrong]:
    wrong = []
    for item in found:
        entry = {"port": item.port, "protocol": item.protocol, "to_port": item.to_port, "to_protocol": item.to_protocol}
        title = f"Port {item.port} speaks {item.protocol} and passes on to port {item.to_port} ({item.to_protocol})"
        trace.step(rule.LISTENER, title, rule.LISTENER.says, changes={"/outcome/listeners/-": entry})
        allowed = ALLOWED.get(kind, ALLOWED["classic"])
        if item.protocol not in allowed:
            told = f"There are no {item.protocol} listeners on {named(kind)}"
            wrong.append(Wrong(rule.PROTOCOL, told, refused=True))
        elif (item.protocol in ("TCP", "SSL")) != (item.to_protocol in ("TCP", "SSL")):
            told = f"Port {item.port}: {item.protocol} in front and {item.to_protocol} behind are of two layers"
            wrong.append(Wrong(rule.PROTOCOL, told, refused=True))
    return wrong


def secure_listener(found: list[Listener], how: How) -> Listener | None:
    """The listener that TLS comes in by: one that ends it, or TCP on a port other than 80."""
    ending = [item for item in found if item.protocol in SECURE]
    passing = [item for item in found if item.protocol == "TCP" and item.port != 80]
    return next(iter(ending + passing), None)


def nothing_secure(given: Given, found: list[Listener], trace: Tracer) -> list[Wrong]:
    """No listener for TLS: a certificate would be unused, and port 443 in the clear is a mistake."""
    clear = next((item for item in found if item.port == 443), None)
    if clear:
        return [Wrong(rule.PROTOCOL, f"Port 443 speaks {clear.protocol}, not HTTPS")]
    if given.certificate:
        return [Wrong(rule.UNUSED, "No listener uses the certificate")]
    trace.step(rule.NOWHERE, "Nothing listens for HTTPS", rule.NOWHERE.says)
    return []


def check_certificate(given: Given, secure: Listener) -> list[Wrong]:
    """What the listener's certificate lacks."""
    arn = secure.certificate or attached(given)
    if not arn:
        return [Wrong(rule.CERTIFICATE, f"The listener of port {secure.port} has no certificate", refused=True)]
    parts = arn.split(",")[0].split(":")
    region = given.environment.region
    if len(parts) > 5 and parts[2] == "acm" and region and parts[3] not in ("", region):
        told = f"The certificate is of {parts[3]}, the environment in {region}"
        return [Wrong(rule.CERTIFICATE, told, refused=True)]
    return []


def attached(given: Given) -> str | None:
    """The ARN given beside the options, which is the listener's where the options name none."""
    certificate = given.certificate
    return certificate.arn if certificate and certificate.kind in ("acm", "iam") else None


def check_passthrough(given: Given, secure: Listener, how: How) -> list[Wrong]:
    """Passing bytes on needs a web server behind that understands them."""
    kind = given.certificate.kind if given.certificate else "instance"
    if not how.goes_on_instances(kind):
        return [
            Wrong(rule.NOT_ACM, f"The instance has to end TLS, and a certificate of {kind.upper()} cannot go there")
        ]
    if secure.to_port == 80:
        return [Wrong(rule.PASS, "TLS would arrive at port 80, where the instance speaks HTTP")]
    return []


def where(secure: Listener, how: How) -> tuple[str, Rule]:
    return (BOTH, rule.BOTH) if how.encrypted_behind(secure.to_protocol) else (BALANCER, rule.AT_BALANCER)


def tell_end(secure: Listener, place: str, said: Rule, trace: Tracer) -> None:
    front = "encrypted, passed on as it is" if place == PASS else f"encrypted, {secure.protocol} on port {secure.port}"
    behind = {BALANCER: f"in the clear, port {secure.to_port}", PASS: f"still encrypted, port {secure.to_port}"}
    title = {BALANCER: "TLS ends at the load balancer", PASS: "TLS ends at the instance"}.get(
        place, "TLS ends at the load balancer and begins again to the instance"
    )
    changes = {
        "/outcome/terminates_at": place,
        "/outcome/end_to_end": place != BALANCER,
        pointer("state", "texts", TO_BALANCER): front,
        pointer("state", "texts", TO_INSTANCE): behind.get(place, f"encrypted again, port {secure.to_port}"),
    }
    trace.step(said, title, said.says, changes=changes)


def tell_security_group(given: Given, port: int, trace: Tracer) -> list[Wrong]:
    """A port other than 80 has to be let in."""
    if port == 80 or own_vpc(settings(given)):
        return []
    opened = around(given).open_ports
    if opened is not None and port not in opened:
        return [Wrong(rule.SECURITY_GROUP, f"The instance's security group does not let port {port} in")]
    told = f"Port {port} of the instance needs a rule in its security group"
    trace.step(rule.SECURITY_GROUP, told, rule.SECURITY_GROUP.says)
    return []


def on_one_instance(given: Given, trace: Tracer, how: How) -> list[Wrong]:
    """Without a load balancer the web server on the instance ends TLS."""
    if given.certificate is None:
        trace.step(rule.NOWHERE, "Nothing listens for HTTPS", rule.NOWHERE.says)
        return []
    if not how.goes_on_instances(given.certificate.kind):
        told = f"A certificate of {given.certificate.kind.upper()} cannot go on the instance"
        return [Wrong(rule.NOT_ACM, told)]
    wrong = tell_security_group(given, 443, trace)
    if wrong:
        return wrong
    changes = {
        "/outcome/terminates_at": INSTANCE,
        "/outcome/end_to_end": True,
        pointer("state", "texts", CLIENT): "encrypted, ends in the web server on port 443",
    }
    trace.step(rule.AT_INSTANCE, "TLS ends at the instance", rule.AT_INSTANCE.says, changes=changes)
    return []


def redirects(given: Given, kind: str | None, trace: Tracer, how: How) -> list[Wrong]:
    """Who sends HTTP to HTTPS, and whether health checks meet it."""
    found = around(given)
    by = how.redirect_by(found)
    if by is None:
        return []
    if by == BALANCER and kind != "application":
        told = f"Only the listener of an application load balancer redirects; here is {named(kind)}"
        return [Wrong(rule.AT_80, told)]
    if by == BALANCER and all(item["port"] != 80 for item in trace.outcome["listeners"]):
        return [Wrong(rule.AT_80, "There is no listener on port 80 that could redirect")]
    if trace.outcome["terminates_at"] == NOWHERE:
        return [Wrong(rule.AT_80, "HTTP would be redirected to HTTPS, which nothing answers")]
    if by == INSTANCE and not how.health_check_passes(found.health_check_redirected):
        return [Wrong(rule.HEALTH, "Health checks are redirected too: no instance counts as healthy")]
    changes = {"/outcome/redirects": True, pointer("state", "texts", PLAIN): f"301 to HTTPS, by the {by}"}
    trace.step(rule.AT_80, f"The {by} redirects HTTP to HTTPS", rule.AT_80.says, changes=changes)
    return []


def finish(wrong: list[Wrong], trace: Tracer) -> None:
    for item in wrong:
        changes: dict[str, Any] = {"/outcome/errors/-": item.message}
        if item.refused and trace.outcome["error"] is None:
            changes["/outcome/error"] = {"code": "ConfigurationValidationException", "message": item.message}
        trace.step(item.rule, item.message, item.rule.says, changes=changes)
    place = trace.outcome["terminates_at"]
    title = "HTTPS does not work" if wrong else SUMMARY[place]
    changes = {"/outcome/status": "failed" if wrong else "ok"}
    last = wrong[-1].rule if wrong else ENDS[place]
    trace.step(last, title, changes=changes)


# -- beliefs ---------------------------------------------------------------------------------------------------------

BELIEFS = (
    Belief(
        "acm-on-instances", "an ACM certificate can be installed on an instance",
        "An instance needs files; ACM gives them only of certificates that were requested as exportable.",
        "goes_on_instances", lambda kind: True, ("https-in-elastic-beanstalk.single-instance",),
    ),
    Belief(
        "https-goes-all-the-way", "an HTTPS listener means encryption all the way",
        "Behind the listener goes HTTP, unless the process or InstanceProtocol says HTTPS.",
        "encrypted_behind", lambda to_protocol: True, ("https-in-elastic-beanstalk.end-to-end",),
    ),
    Belief(
        "self-signed-is-refused", "a load balancer refuses an instance's self-signed certificate",
        "It takes any certificate, unless a policy of a Classic Load Balancer names one.",
        "accepts_any_backend", lambda: False, ("https-in-elastic-beanstalk.end-to-end",),
    ),
    Belief(
        "one-namespace-for-all", "aws:elb:listener:443 works with every load balancer",
        "Application and network load balancers have aws:elbv2:listener:443.",
        "family", lambda kind: "v2" if kind == "classic" else "classic", ("https-in-elastic-beanstalk.namespaces",),
    ),
    Belief(
        "https-redirects-by-itself", "with a secure listener HTTP is redirected by itself",
        "Port 80 goes on serving HTTP until a listener action or the web server redirects.",
        "redirect_by", lambda found: found.redirect or BALANCER, ("https-in-elastic-beanstalk.03",),
    ),
    Belief(
        "redirected-checks-pass", "a health check follows redirects",
        "A 301 is not a 200: the instance counts as unhealthy.",
        "health_check_passes", lambda redirected: True, ("https-in-elastic-beanstalk.03",),
    ),
    Belief(
        "tcp-on-443-ends-tls", "a listener on port 443 ends TLS, whatever its protocol",
        "A TCP listener passes the encrypted bytes on; the instance ends TLS.",
        "ends_tls", lambda protocol: True, ("https-in-elastic-beanstalk.passthrough",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-https",
    title="HTTPS in Elastic Beanstalk",
    view="texts",
    rules=rule.ALL,
    beliefs=BELIEFS,
    given=Given,
    outcome={"terminates_at": NOWHERE, "listeners": [], "redirects": False, "end_to_end": False, "errors": []},
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
    varies={
        pointer("given", "option_settings", ENVIRONMENT, "LoadBalancerType"): ("classic", "application", "network"),
        pointer("given", "option_settings", "aws:elb:listener:443", "ListenerProtocol"): ALLOWED["classic"],
        pointer("given", "option_settings", "aws:elb:listener:443", "InstanceProtocol"): ALLOWED["classic"],
        pointer("given", "option_settings", "aws:elbv2:listener:443", "Protocol"): ALLOWED["application"],
    },
)

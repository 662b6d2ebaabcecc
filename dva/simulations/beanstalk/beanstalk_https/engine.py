"""The run: the load balancer and its listeners or the one instance, where TLS ends, and the redirect of HTTP."""

from msgspec import Struct

from dva.simulations.beanstalk._options import VPC, Settings, invalid, not_read, problems
from dva.simulations.beanstalk.beanstalk_https import rules
from dva.simulations.beanstalk.beanstalk_https.documents import Given, ListenerEntry
from dva.simulations.beanstalk.beanstalk_https.listeners import Listener, invalid_ports, listeners_of, ports_in
from dva.simulations.beanstalk.beanstalk_https.resources import resources_of
from dva.simulations.beanstalk.beanstalk_https.rules import belief
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Rule

BALANCER, INSTANCE, BOTH, PASS, NOWHERE = "load balancer", "instance", "both", "passthrough", "nowhere"
TO_BALANCER, TO_INSTANCE, PLAIN = "client to load balancer", "load balancer to instance", "HTTP on port 80"
CLIENT = "client to instance"
PLACES = {
    BALANCER: (rules.AT_BALANCER, "HTTPS works; behind the load balancer requests go in the clear"),
    INSTANCE: (rules.AT_INSTANCE, "HTTPS works, encrypted from the client to the instance"),
    BOTH: (rules.ENCRYPTED_AGAIN, "HTTPS works, encrypted on both ways with two connections"),
    PASS: (rules.PASSED_ON, "HTTPS works, encrypted from the client to the instance"),
    NOWHERE: (rules.NOWHERE_RULE, "There is no HTTPS here, only HTTP"),
}
"""Where TLS can end: the rule, and a sentence for the end."""


class Fault(Struct, frozen=True):
    """Something that keeps HTTPS from working; `refused` where AWS does not take the configuration."""

    rule: Rule
    message: str
    refused: bool = False


def initial_state(given: Given) -> State:
    settings, kind = given.settings, given.balancer
    ways = {TO_BALANCER: "in the clear", TO_INSTANCE: "in the clear"} if kind else {CLIENT: "in the clear"}
    served = kind is None or any(listener.port == rules.HTTP_PORT for listener in listeners_of(kind, settings))
    return {"texts": ways | {PLAIN: "served as HTTP" if served else "no listener"}}


def inspect(given: Given, run: Run) -> None:
    """Follow a request from the client to the instance, up to the first faults."""
    run.not_read(not_read(given.option_settings, "/option_settings"))
    settings, kind = given.settings, given.balancer
    run.step(rules.KIND, f"{given.environment.name} has {named(kind)}")
    messages = [invalid(key, settings[key], wrong) for key, wrong in problems(settings)] + list(invalid_ports(settings))
    faults = [Fault(rules.KIND, message, refused=True) for message in messages]
    faults = faults or check_namespaces(kind, settings, run)
    if kind and not faults:
        faults = behind_load_balancer(given, listeners_of(kind, settings), kind, run)
    elif not faults:
        faults = on_one_instance(given, run)
    finish(faults or redirect(given, kind, run), run)


def named(kind: str | None) -> str:
    """Return the load balancer in words."""
    return f"a{'n' if kind[0] in 'aeiou' else ''} {kind} load balancer" if kind else "no load balancer"


def check_namespaces(kind: str | None, settings: Settings, run: Run) -> list[Fault]:
    """Return the fault of listener options that are not for the load balancer that there is."""
    classic, v2 = (ports_in(settings, namespace) for namespace in (rules.CLASSIC_LISTENER, rules.LISTENER_V2))
    if kind is None:
        message = "There are listener options, but no load balancer"
        return [Fault(rules.KIND, message, refused=True)] if classic | v2 else []
    family = run.using(namespace_for)(kind)
    other, used = (rules.LISTENER_V2, v2) if family == rules.CLASSIC_LISTENER else (rules.CLASSIC_LISTENER, classic)
    return [Fault(rules.NAMESPACE, f"{other} is not for {named(kind)}", refused=True)] if used else []


# Behind a load balancer


def behind_load_balancer(given: Given, listeners: list[Listener], kind: str, run: Run) -> list[Fault]:
    """Show the listeners, and where the secure one makes TLS end."""
    faults = listen(kind, listeners, run)
    ending = [listener for listener in listeners if listener.protocol in rules.SECURE]
    passing = [item for item in listeners if item.protocol == "TCP" and item.port != rules.HTTP_PORT]
    secure = next(iter(ending + passing), None)
    if faults or secure is None:
        return faults or nothing_secure(given, listeners, run)
    ended = run.using(ends_tls)(secure.protocol)
    faults = check_certificate(given, secure) if ended else check_passthrough(given, secure, run)
    if faults:
        return faults
    place = PASS
    if ended:
        place = BOTH if run.using(encrypted_behind)(secure.to_protocol) else BALANCER
    if place == BOTH and not run.using(accepts_any_backend)():
        return [Fault(rules.ENCRYPTED_AGAIN, "The load balancer does not trust the instance's certificate")]
    front = "encrypted, passed on as it is" if place == PASS else f"encrypted, {secure.protocol} on port {secure.port}"
    title, behind = {
        BALANCER: ("TLS ends at the load balancer", "in the clear"),
        PASS: ("TLS ends at the instance", "still encrypted"),
        BOTH: ("TLS ends at the load balancer and begins again to the instance", "encrypted again"),
    }[place]
    drawn: Draw = {("texts", TO_BALANCER): front, ("texts", TO_INSTANCE): f"{behind}, port {secure.to_port}"}
    why = (
        f"Port {secure.port} speaks {secure.protocol}; the instance gets {secure.to_protocol} on port {secure.to_port}."
    )
    run.step(PLACES[place][0], title, why, terminates_at=place, end_to_end=place != BALANCER, draw=drawn)
    return open_port(given, secure.to_port, run)


def listen(kind: str, listeners: list[Listener], run: Run) -> list[Fault]:
    """Show each listener; return the faults of those whose protocols do not fit."""
    faults = []
    for item in listeners:
        entry: ListenerEntry = {"port": item.port, "protocol": item.protocol, "to_port": item.to_port,
                                "to_protocol": item.to_protocol}  # fmt: skip
        title = f"Port {item.port} speaks {item.protocol} and passes on to port {item.to_port} ({item.to_protocol})"
        run.step(rules.LISTENER, title, listeners=Append(entry))
        if item.protocol not in rules.PROTOCOLS.get(kind, rules.PROTOCOLS["classic"]):
            message = f"There are no {item.protocol} listeners on {named(kind)}"
            faults.append(Fault(rules.PROTOCOL, message, refused=True))
        elif (item.protocol in rules.TRANSPORT) != (item.to_protocol in rules.TRANSPORT):
            message = f"Port {item.port}: {item.protocol} in front and {item.to_protocol} behind are of two layers"
            faults.append(Fault(rules.PROTOCOL, message, refused=True))
    return faults


def nothing_secure(given: Given, listeners: list[Listener], run: Run) -> list[Fault]:
    """Return the fault of a certificate that is unused, or of a port 443 in the clear."""
    clear = next((listener for listener in listeners if listener.port == rules.HTTPS_PORT), None)
    if clear:
        return [Fault(rules.PROTOCOL, f"Port {rules.HTTPS_PORT} speaks {clear.protocol}, not HTTPS")]
    if given.certificate:
        return [Fault(rules.UNUSED, "No listener uses the certificate")]
    run.step(rules.NOWHERE_RULE, "Nothing listens for HTTPS")
    return []


def check_certificate(given: Given, secure: Listener) -> list[Fault]:
    """Return what the listener's certificate lacks."""
    beside = given.certificate
    arn = secure.certificate or (beside.arn if beside and beside.kind in ("acm", "iam") else None)
    if not arn:
        return [Fault(rules.CERTIFICATE, f"The listener of port {secure.port} has no certificate", refused=True)]
    parts = arn.split(",")[0].split(":")
    region = given.environment.region
    if len(parts) > 5 and parts[2] == "acm" and region and parts[3] not in ("", region):
        message = f"The certificate is of {parts[3]}, the environment in {region}"
        return [Fault(rules.CERTIFICATE, message, refused=True)]
    return []


def check_passthrough(given: Given, secure: Listener, run: Run) -> list[Fault]:
    """Return the fault of bytes that are passed on to an instance that cannot decrypt them."""
    kind = given.certificate.kind if given.certificate else "instance"
    if not run.using(goes_on_instances)(kind):
        message = f"The instance has to end TLS, and a certificate of {kind.upper()} cannot go there"
        return [Fault(rules.NOT_ACM, message)]
    if secure.to_port == rules.HTTP_PORT:
        return [Fault(rules.PASSED_ON, f"TLS would arrive at port {rules.HTTP_PORT}, where the instance speaks HTTP")]
    return []


def open_port(given: Given, port: int, run: Run) -> list[Fault]:
    """Return the fault of a security group that does not let a port in; port 80 needs no rule."""
    if port == rules.HTTP_PORT or (VPC, "VPCId") in given.settings:
        return []
    opened = resources_of(given).open_ports
    if opened is not None and port not in opened:
        return [Fault(rules.SECURITY_GROUP, f"The instance's security group does not let port {port} in")]
    run.step(rules.SECURITY_GROUP, f"Port {port} of the instance needs a rule in its security group")
    return []


# On one instance, and the redirect


def on_one_instance(given: Given, run: Run) -> list[Fault]:
    """End TLS in the web server on the instance, where there is no load balancer."""
    if given.certificate is None:
        run.step(rules.NOWHERE_RULE, "Nothing listens for HTTPS")
        return []
    kind = given.certificate.kind
    if not run.using(goes_on_instances)(kind):
        return [Fault(rules.NOT_ACM, f"A certificate of {kind.upper()} cannot go on the instance")]
    faults = open_port(given, rules.HTTPS_PORT, run)
    if not faults:
        drawn: Draw = {("texts", CLIENT): f"encrypted, ends in the web server on port {rules.HTTPS_PORT}"}
        run.step(rules.AT_INSTANCE, "TLS ends at the instance", terminates_at=INSTANCE, end_to_end=True, draw=drawn)
    return faults


NOT_REDIRECTED = "Neither a listener rule nor the web server is configured to redirect."


def redirect(given: Given, kind: str | None, run: Run) -> list[Fault]:
    """Redirect HTTP to HTTPS; return why it does not work."""
    resources = resources_of(given)
    by = run.using(redirect_by)(resources.redirect)
    if by is None:
        if any(listener["port"] == rules.HTTP_PORT for listener in run.outcome["listeners"]):
            run.step(rules.REDIRECT, f"Port {rules.HTTP_PORT} continues to serve HTTP", NOT_REDIRECTED, redirects=False)
        return []
    if by == BALANCER and kind != "application":
        message = f"Only the listener of an application load balancer redirects; here is {named(kind)}"
        return [Fault(rules.REDIRECT, message)]
    if by == BALANCER and all(listener["port"] != rules.HTTP_PORT for listener in run.outcome["listeners"]):
        return [Fault(rules.REDIRECT, f"There is no listener on port {rules.HTTP_PORT} that could redirect")]
    if run.outcome["terminates_at"] == NOWHERE:
        return [Fault(rules.REDIRECT, "HTTP would be redirected to HTTPS, which nothing answers")]
    if by == INSTANCE and not run.using(health_check_passes)(resources.health_check_redirected):
        return [Fault(rules.HEALTH, "Health checks are redirected too: no instance counts as healthy")]
    title = f"The {by} redirects HTTP to HTTPS"
    run.step(rules.REDIRECT, title, redirects=True, draw={("texts", PLAIN): f"301 to HTTPS, by the {by}"})
    return []


def finish(faults: list[Fault], run: Run) -> None:
    for fault in faults:
        refusal = {"code": "ConfigurationValidationException", "message": fault.message}
        first = fault.refused and run.outcome["error"] is None
        run.step(fault.rule, fault.message, errors=Append(fault.message), inside={("error",): refusal} if first else {})
    by, title = PLACES[run.outcome["terminates_at"]]
    if faults:
        by, title = faults[-1].rule, "HTTPS does not work"
    run.step(by, title, status="failed" if faults else "ok")


# The rule functions that beliefs replace


def namespace_for(kind: str) -> str:
    """Return the namespace of the listeners of a kind of load balancer."""
    return rules.CLASSIC_LISTENER if kind == "classic" else rules.LISTENER_V2


def ends_tls(protocol: str) -> bool:
    """Return whether a listener with this protocol decrypts."""
    return protocol in rules.SECURE


def encrypted_behind(to_protocol: str) -> bool:
    """Return whether requests are encrypted between the load balancer and the instance."""
    return to_protocol in rules.SECURE


def goes_on_instances(kind: str) -> bool:
    """Return whether a certificate of this kind can be used by the instance's web server."""
    return kind == "instance"


def accepts_any_backend() -> bool:
    """Return whether the load balancer takes any certificate of an instance, a self-signed one too."""
    return True


def redirect_by(configured: str | None) -> str | None:
    """Return who redirects HTTP: only who is configured to."""
    return configured


def health_check_passes(redirected: bool) -> bool:
    """Return whether a health check that is answered with a redirect counts as passed."""
    return not redirected


# What people believe instead

belief(goes_on_instances, "acm-on-instances", "an ACM certificate can be installed on an instance",
       "An instance needs files; ACM gives them only of certificates that were requested as exportable.",
       "single-instance")(lambda kind: True)  # fmt: skip
belief(encrypted_behind, "https-goes-all-the-way", "an HTTPS listener means encryption all the way",
       "Behind the listener goes HTTP, unless the process or InstanceProtocol says HTTPS.",
       "end-to-end")(lambda to_protocol: True)  # fmt: skip
belief(accepts_any_backend, "self-signed-is-refused", "a load balancer refuses an instance's self-signed certificate",
       "It takes any certificate, unless a policy of a Classic Load Balancer names one.",
       "end-to-end")(lambda: False)  # fmt: skip
belief(namespace_for, "one-namespace-for-all", "aws:elb:listener:443 works with every load balancer",
       "Application and network load balancers have aws:elbv2:listener:443.",
       "namespaces")(lambda kind: rules.LISTENER_V2 if kind == "classic" else rules.CLASSIC_LISTENER)  # fmt: skip
belief(redirect_by, "https-redirects-by-itself", "with a secure listener HTTP is redirected by itself",
       "Port 80 goes on serving HTTP until a listener action or the web server redirects.",
       "03")(lambda configured: configured or BALANCER)  # fmt: skip
belief(health_check_passes, "redirected-checks-pass", "a health check follows redirects",
       "A 301 is not a 200: the instance counts as unhealthy.", "03")(lambda redirected: True)  # fmt: skip
belief(ends_tls, "tcp-on-443-ends-tls", "a listener on port 443 ends TLS, whatever its protocol",
       "A TCP listener passes the encrypted bytes on; the instance ends TLS.",
       "passthrough")(lambda protocol: True)  # fmt: skip

"""What people believe about HTTPS in Elastic Beanstalk instead."""

from dva.simulations.beanstalk.beanstalk_https import engine
from dva.simulations.beanstalk.beanstalk_https.rules import CLASSIC_LISTENER, LISTENER_V2, belief


@belief(
    engine.goes_on_instances, "acm-on-instances", "an ACM certificate can be installed on an instance",
    "An instance needs files; ACM gives them only of certificates that were requested as exportable.",
    "single-instance",
)  # fmt: skip
def every_certificate_goes_on_instances(kind: str) -> bool:
    return True


@belief(
    engine.encrypted_behind, "https-goes-all-the-way", "an HTTPS listener means encryption all the way",
    "Behind the listener goes HTTP, unless the process or InstanceProtocol says HTTPS.", "end-to-end",
)  # fmt: skip
def always_encrypted_behind(to_protocol: str) -> bool:
    return True


@belief(
    engine.accepts_any_backend, "self-signed-is-refused",
    "a load balancer refuses an instance's self-signed certificate",
    "It takes any certificate, unless a policy of a Classic Load Balancer names one.", "end-to-end",
)  # fmt: skip
def accepts_no_backend() -> bool:
    return False


@belief(
    engine.namespace_for, "one-namespace-for-all", "aws:elb:listener:443 works with every load balancer",
    "Application and network load balancers have aws:elbv2:listener:443.", "namespaces",
)  # fmt: skip
def namespace_of_the_other(kind: str) -> str:
    return LISTENER_V2 if kind == "classic" else CLASSIC_LISTENER


@belief(
    engine.redirect_by, "https-redirects-by-itself", "with a secure listener HTTP is redirected by itself",
    "Port 80 goes on serving HTTP until a listener action or the web server redirects.", "03",
)  # fmt: skip
def balancer_redirects_by_itself(configured: str | None) -> str | None:
    return configured or engine.BALANCER


@belief(
    engine.health_check_passes, "redirected-checks-pass", "a health check follows redirects",
    "A 301 is not a 200: the instance counts as unhealthy.", "03",
)  # fmt: skip
def redirected_check_passes(redirected: bool) -> bool:
    return True


@belief(
    engine.ends_tls, "tcp-on-443-ends-tls", "a listener on port 443 ends TLS, whatever its protocol",
    "A TCP listener passes the encrypted bytes on; the instance ends TLS.", "passthrough",
)  # fmt: skip
def every_protocol_ends_tls(protocol: str) -> bool:
    return True

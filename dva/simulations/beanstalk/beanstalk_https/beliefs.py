"""What people believe about HTTPS in Elastic Beanstalk instead."""

from dva.simulations.beanstalk.beanstalk_https import engine
from dva.simulations.beanstalk.beanstalk_https.rules import CLASSIC_LISTENER, LISTENER_V2, belief

belief(engine.goes_on_instances, "acm-on-instances", "an ACM certificate can be installed on an instance",
       "An instance needs files; ACM gives them only of certificates that were requested as exportable.",
       "single-instance")(lambda kind: True)  # fmt: skip
belief(engine.encrypted_behind, "https-goes-all-the-way", "an HTTPS listener means encryption all the way",
       "Behind the listener goes HTTP, unless the process or InstanceProtocol says HTTPS.",
       "end-to-end")(lambda to_protocol: True)  # fmt: skip
belief(
    engine.accepts_any_backend, "self-signed-is-refused",
    "a load balancer refuses an instance's self-signed certificate",
    "It takes any certificate, unless a policy of a Classic Load Balancer names one.", "end-to-end",
)(lambda: False)  # fmt: skip
belief(engine.namespace_for, "one-namespace-for-all", "aws:elb:listener:443 works with every load balancer",
       "Application and network load balancers have aws:elbv2:listener:443.",
       "namespaces")(lambda kind: LISTENER_V2 if kind == "classic" else CLASSIC_LISTENER)  # fmt: skip
belief(engine.redirect_by, "https-redirects-by-itself", "with a secure listener HTTP is redirected by itself",
       "Port 80 goes on serving HTTP until a listener action or the web server redirects.",
       "03")(lambda configured: configured or engine.BALANCER)  # fmt: skip
belief(engine.health_check_passes, "redirected-checks-pass", "a health check follows redirects",
       "A 301 is not a 200: the instance counts as unhealthy.", "03")(lambda redirected: True)  # fmt: skip
belief(
    engine.ends_tls, "tcp-on-443-ends-tls", "a listener on port 443 ends TLS, whatever its protocol",
    "A TCP listener passes the encrypted bytes on; the instance ends TLS.", "passthrough",
)(lambda protocol: True)  # fmt: skip

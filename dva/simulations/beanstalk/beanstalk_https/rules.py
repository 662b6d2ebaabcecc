"""The rules of HTTPS in an Elastic Beanstalk environment, and the documented protocols and ports."""

from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-https", rules="beanstalk.https", notes="https-in-elastic-beanstalk")
rule, belief = mechanism.rule, mechanism.belief

BALANCER_PAGE = guide("Configuring your environment's load balancer to terminate HTTPS", "configuring-https-elb.html")
INSTANCE_PAGE = guide("Configuring your application to terminate HTTPS connections at the instance",
                      "https-singleinstance.html")  # fmt: skip
END_TO_END = guide("Configuring end-to-end encryption", "configuring-https-endtoend.html")
PASSTHROUGH_PAGE = guide("Configuring TCP passthrough", "https-tcp-passthrough.html")
REDIRECTION = guide("Configuring HTTP to HTTPS redirection", "configuring-https-httpredirect.html")
OPTIONS = guide("General options", "command-options-general.html")
ACM = ("AWS Certificate Manager User Guide, Services integrated with ACM: "
       "https://docs.aws.amazon.com/acm/latest/userguide/acm-services.html")  # fmt: skip

KIND = rule("load-balancer", "Where there is a load balancer TLS can end there; one instance or a worker has none.",
            BALANCER_PAGE, "01")  # fmt: skip
NAMESPACE = rule("namespace", "aws:elbv2:listener:PORT is for application and network load balancers, "
                 "aws:elb:listener:PORT for classic ones.", OPTIONS, "namespaces")  # fmt: skip
LISTENER = rule("listener", "Port 80 has a listener unless it is disabled; every other port has one once its options "
                "are set.", OPTIONS, "namespaces")  # fmt: skip
PROTOCOL = rule("protocol", "An application load balancer speaks HTTP and HTTPS, a network one TCP, a classic one "
                "HTTP, HTTPS, TCP and SSL.", OPTIONS, "namespaces")  # fmt: skip
CERTIFICATE = rule("certificate",
                   "A listener that ends TLS needs a certificate of ACM or IAM, of the environment's Region.",
                   BALANCER_PAGE, "02")  # fmt: skip
UNUSED = rule("unused", "A certificate does nothing until a listener or a web server uses it.", BALANCER_PAGE, "02")
AT_BALANCER = rule("ends-at-load-balancer",
                   "TLS ends at the load balancer; behind it goes HTTP to the instance's port.", BALANCER_PAGE,
                   "01")  # fmt: skip
ENCRYPTED_AGAIN = rule("encrypted-again", "With HTTPS towards the instance the load balancer encrypts again; any "
                       "certificate there will do.", END_TO_END, "end-to-end")  # fmt: skip
PASSED_ON = rule("passthrough", "A TCP listener passes the encrypted bytes on; the instance ends TLS.",
                 PASSTHROUGH_PAGE, "passthrough")  # fmt: skip
AT_INSTANCE = rule("ends-at-instance", "The instance's web server ends TLS with a certificate file; a key belongs into "
                   "S3, not into the bundle.", INSTANCE_PAGE, "single-instance")  # fmt: skip
NOT_ACM = rule("not-on-instances", "ACM and IAM hand certificates to load balancers and CloudFront; an instance needs "
               "files, such as exported ones.", ACM, "single-instance")  # fmt: skip
SECURITY_GROUP = rule("security-group", "A port of the instance other than 80 needs a rule in its security group; in a "
                      "VPC of yours it comes by itself.", BALANCER_PAGE, "02")  # fmt: skip
REDIRECT = rule("redirect", "HTTP is redirected by the listener of an application load balancer or by the instance's "
                "web server.", REDIRECTION, "03")  # fmt: skip
HEALTH = rule("health-check", "A health check wants 200 from the instance; a redirect makes it fail.", REDIRECTION,
              "03")  # fmt: skip
NOWHERE_RULE = rule("nowhere", "Without a listener or web server that speaks TLS everything goes in the clear.",
                    BALANCER_PAGE, "01")  # fmt: skip

# Documented protocols and ports (OPTIONS)

PROTOCOLS = {"application": ("HTTP", "HTTPS"), "network": ("TCP",), "classic": ("HTTP", "HTTPS", "TCP", "SSL")}
"""What a listener speaks, by the type of the load balancer."""
TRANSPORT = ("TCP", "SSL")
"""Protocols of the transport layer; one in front needs one behind, as HTTP needs HTTP or HTTPS."""
SECURE = ("HTTPS", "SSL", "TLS")
"""Protocols that are encrypted."""
NO_CERTIFICATE = ("", "OFF")
"""Values of a certificate's option, in upper case, that stand for none."""
HTTP_PORT, HTTPS_PORT, MAX_PORT = 80, 443, 65535

CLASSIC_LISTENER, LISTENER_V2 = "aws:elb:listener", "aws:elbv2:listener"
"""Namespaces of listeners; a port follows, but in those of the listener of port 80."""
PROCESS = "aws:elasticbeanstalk:environment:process:"

"""The rules of HTTPS in an Elastic Beanstalk environment."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
BALANCER = (
    "AWS Elastic Beanstalk Developer Guide, Configuring your environment's load balancer to terminate HTTPS: "
    f"{GUIDE}/configuring-https-elb.html"
)
INSTANCE = (
    "AWS Elastic Beanstalk Developer Guide, Configuring your application to terminate HTTPS connections at the "
    f"instance: {GUIDE}/https-singleinstance.html"
)
END_TO_END = (
    f"AWS Elastic Beanstalk Developer Guide, Configuring end-to-end encryption: {GUIDE}/configuring-https-endtoend.html"
)
TCP = f"AWS Elastic Beanstalk Developer Guide, Configuring TCP passthrough: {GUIDE}/https-tcp-passthrough.html"
REDIRECT = (
    "AWS Elastic Beanstalk Developer Guide, Configuring HTTP to HTTPS redirection: "
    f"{GUIDE}/configuring-https-httpredirect.html"
)
OPTIONS = f"AWS Elastic Beanstalk Developer Guide, General options: {GUIDE}/command-options-general.html"
ACM = (
    "AWS Certificate Manager User Guide, Services integrated with ACM: "
    "https://docs.aws.amazon.com/acm/latest/userguide/acm-services.html"
)

KIND = Rule(
    "beanstalk.https.load-balancer",
    "Where there is a load balancer TLS can end there; one instance or a worker has none.",
    BALANCER,
    ("https-in-elastic-beanstalk.01",),
)
NAMESPACE = Rule(
    "beanstalk.https.namespace",
    "aws:elbv2:listener:PORT is for application and network load balancers, aws:elb:listener:PORT for classic ones.",
    OPTIONS,
    ("https-in-elastic-beanstalk.namespaces",),
)
LISTENER = Rule(
    "beanstalk.https.listener",
    "Port 80 has a listener unless it is disabled; every other port has one once its options are set.",
    OPTIONS,
    ("https-in-elastic-beanstalk.namespaces",),
)
PROTOCOL = Rule(
    "beanstalk.https.protocol",
    "An application load balancer speaks HTTP and HTTPS, a network one TCP, a classic one HTTP, HTTPS, TCP and SSL.",
    OPTIONS,
    ("https-in-elastic-beanstalk.namespaces",),
)
CERTIFICATE = Rule(
    "beanstalk.https.certificate",
    "A listener that ends TLS needs a certificate of ACM or IAM, of the environment's Region.",
    BALANCER,
    ("https-in-elastic-beanstalk.02",),
)
UNUSED = Rule(
    "beanstalk.https.unused",
    "A certificate does nothing until a listener or a web server uses it.",
    BALANCER,
    ("https-in-elastic-beanstalk.02",),
)
AT_BALANCER = Rule(
    "beanstalk.https.ends-at-load-balancer",
    "TLS ends at the load balancer; behind it goes HTTP to the instance's port.",
    BALANCER,
    ("https-in-elastic-beanstalk.01",),
)
BOTH = Rule(
    "beanstalk.https.encrypted-again",
    "With HTTPS towards the instance the load balancer encrypts again; any certificate there will do.",
    END_TO_END,
    ("https-in-elastic-beanstalk.end-to-end",),
)
PASS = Rule(
    "beanstalk.https.passthrough",
    "A TCP listener passes the encrypted bytes on; the instance ends TLS.",
    TCP,
    ("https-in-elastic-beanstalk.passthrough",),
)
AT_INSTANCE = Rule(
    "beanstalk.https.ends-at-instance",
    "The instance's web server ends TLS with a certificate file; a key belongs into S3, not into the bundle.",
    INSTANCE,
    ("https-in-elastic-beanstalk.single-instance",),
)
NOT_ACM = Rule(
    "beanstalk.https.not-on-instances",
    "ACM and IAM hand certificates to load balancers and CloudFront; an instance needs files, such as exported ones.",
    ACM,
    ("https-in-elastic-beanstalk.single-instance",),
)
SECURITY_GROUP = Rule(
    "beanstalk.https.security-group",
    "A port of the instance other than 80 needs a rule in its security group; in a VPC of yours it comes by itself.",
    BALANCER,
    ("https-in-elastic-beanstalk.02",),
)
AT_80 = Rule(
    "beanstalk.https.redirect",
    "HTTP is redirected by the listener of an application load balancer or by the instance's web server.",
    REDIRECT,
    ("https-in-elastic-beanstalk.03",),
)
HEALTH = Rule(
    "beanstalk.https.health-check",
    "A health check wants 200 from the instance; a redirect makes it fail.",
    REDIRECT,
    ("https-in-elastic-beanstalk.03",),
)
NOWHERE = Rule(
    "beanstalk.https.nowhere",
    "Without a listener or web server that speaks TLS everything goes in the clear.",
    BALANCER,
    ("https-in-elastic-beanstalk.01",),
)

ALL = (
    KIND, NAMESPACE, LISTENER, PROTOCOL, CERTIFICATE, UNUSED, AT_BALANCER, BOTH, PASS, AT_INSTANCE, NOT_ACM,
    SECURITY_GROUP, AT_80, HEALTH, NOWHERE,
)  # fmt: skip

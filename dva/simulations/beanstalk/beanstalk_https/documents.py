"""What is given and what comes out: an environment with its options and certificate, and where TLS ends."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.beanstalk._environment import Tier, read_settings
from dva.simulations.beanstalk._options import ELB, ENVIRONMENT, Settings, effective
from dva.simulations.beanstalk.beanstalk_https.rules import CLASSIC_LISTENER, HTTP_PORT, NO_CERTIFICATE
from dva.simulations.frame import Outcome, Phrases


class Environment(AwsDocument, rename=None):
    """CreateEnvironment's or DescribeEnvironments' members."""

    wrappers = ("Environments",)
    name: str = field(default="environment", name="EnvironmentName")
    """The environment's name."""
    type: str | None = field(default=None, name="EnvironmentType")
    """`SingleInstance` or `LoadBalanced`, where the options do not say it."""
    balancer: str | None = field(default=None, name="LoadBalancerType")
    """`classic`, `application` or `network`, where the options do not say it."""
    tier: Tier | str = field(default_factory=Tier, name="Tier")
    """The environment's tier; a worker has no load balancer."""
    region: str | None = field(default=None, name="Region")
    """The Region that the certificate has to be in; null where that is not checked."""
    option_settings: Any = None
    """Options of the environment, in any form that Elastic Beanstalk writes them."""


class Certificate(StrictStruct, rename=None):
    """A certificate, and where it is kept."""

    kind: Literal["acm", "iam", "instance"]
    """`acm` and `iam` are for load balancers; `instance` is a file on the instance, which may be self-signed."""
    arn: str | None = None
    """The certificate's ARN, which is the secure listener's where the options name none."""


class Given(StrictStruct, rename=None):
    """An environment, its options and its certificate."""

    environment: Environment = field(default_factory=Environment)
    """The environment."""
    option_settings: Any = None
    """Options in any form that Elastic Beanstalk writes them; they win over those inside the environment."""
    certificate: Certificate | None = None
    """The certificate; null where there is none beside those that the options name."""
    rules: Any = None
    """The redirect as `{redirect: alb, instance or none, health_check_redirected}`, or the resources that make it."""

    @property
    def settings(self) -> Settings:
        """The options, those inside the environment too; deprecated ones of aws:elb:loadbalancer as a listener's."""
        place = "/option_settings"
        found = read_settings(self.environment.option_settings, place) | read_settings(self.option_settings, place)
        port = found.get((ELB, "LoadBalancerHTTPSPort"), "OFF")
        certificate = found.get((ELB, "SSLCertificateId"), "")
        if certificate.upper() in NO_CERTIFICATE or not port.isdecimal():
            return found
        protocol = found.get((ELB, "LoadBalancerSSLPortProtocol"), "HTTPS")
        read = {"ListenerProtocol": protocol, "SSLCertificateId": certificate, "InstancePort": str(HTTP_PORT)}
        return {(f"{CLASSIC_LISTENER}:{port}", name): value for name, value in read.items()} | found

    @property
    def balancer(self) -> str | None:
        """The load balancer's type; None where there is none."""
        tier, settings = self.environment.tier, self.settings
        kind = settings.get((ENVIRONMENT, "EnvironmentType")) or self.environment.type
        if (tier.name if isinstance(tier, Tier) else tier) == "Worker" or kind == "SingleInstance":
            return None
        named = settings.get((ENVIRONMENT, "LoadBalancerType")) or self.environment.balancer
        return named or effective(settings, ENVIRONMENT, "LoadBalancerType")


class ListenerEntry(TypedDict):
    """A listener of the load balancer."""

    port: int
    """The port that clients connect to."""
    protocol: str
    """The protocol between clients and the load balancer."""
    to_port: int
    """The port of the instance."""
    to_protocol: str
    """The protocol between the load balancer and the instance."""


class Https(Outcome):
    """Where TLS ends, and what keeps HTTPS from working."""

    status: Annotated[
        Literal["ok", "failed"] | None, Phrases({"ok": "HTTPS works", "failed": "HTTPS or its redirect does not work"})
    ] = None
    """`failed` where something keeps HTTPS or its redirect from working."""
    terminates_at: Annotated[
        Literal["load balancer", "instance", "both", "passthrough", "nowhere"],
        Phrases(
            {
                "load balancer": "At the load balancer",
                "instance": "At the instance, which has the certificate files",
                "both": "At the load balancer, which encrypts again",
                "passthrough": "At the instance, as the load balancer passes TCP on",
                "nowhere": "Nowhere: HTTPS does not work",
            }
        ),
    ] = "nowhere"
    """Where TLS ends; `both` where the load balancer encrypts again, `passthrough` where it passes TLS on."""
    listeners: list[ListenerEntry] = []
    """The listeners of the load balancer, by port."""
    redirects: bool = False
    """Whether HTTP is redirected to HTTPS."""
    end_to_end: bool = False
    """Whether requests are encrypted up to the instance."""
    errors: list[str] = []
    """What keeps HTTPS or its redirect from working."""

"""What is read of two environments and a sequence of steps, and what results."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.beanstalk._environment import Count
from dva.simulations.frame import Outcome

STEPS = {
    "create": "create", "create environment": "create", "clone": "create", "clone environment": "create",
    "deploy": "deploy", "test": "test", "swap": "swap", "swap cnames": "swap", "swap urls": "swap",
    "swap url": "swap", "wait_dns": "wait", "wait dns": "wait", "wait for dns": "wait", "wait": "wait",
    "terminate": "terminate", "terminate environment": "terminate",
}  # fmt: skip
"""What each wording of a step does."""
HINT = "one of create, clone, deploy, test, swap, wait_dns, terminate"


class Environment(AwsDocument, rename=None):
    """Members of CreateEnvironment."""

    CNAMEPrefix: str | None = None
    """Prefix of its domain name; by default its name."""
    VersionLabel: str | None = None
    """Version that it runs, or that is deployed to it."""
    instances: Count | None = None
    """Instances that it runs; by default as many as the first environment."""
    option_settings: Any = None
    """Option settings, in any form that Elastic Beanstalk has for them."""


class Step(StrictStruct, rename=None):
    """A step in parts, where its text would be ambiguous."""

    do: str
    """`create`, `clone`, `deploy`, `test`, `swap`, `wait_dns` or `terminate`."""
    environment: str | None = None
    """Environment that it acts on; a swap's partner."""
    VersionLabel: str | None = None
    """Version that is deployed."""


class Given(StrictStruct, rename=None):
    """Environments and what is done with them."""

    environments: Annotated[dict[str, Environment], Meta(min_length=1)]
    """Environments by their name; the first is in production."""
    steps: list[str | Step]
    """What is done, in this order: `deploy green v2`, `swap`, `wait_dns`, `terminate blue`, …"""
    route53: dict[str, float] = {}
    """Weights of Route 53 records of a domain of your own, 0 to 255, by environment."""


class Names(Outcome):
    """Who answers which name at the end."""

    status: Literal["ok", "failed"] | None = None
    """`failed` where a step must not be taken."""
    ok: bool = False
    """Whether all steps were taken."""
    failed_step: str | int | None = None
    """Step that must not be taken: its text, or its number where it is given in parts."""
    cname: dict[str, str | None] = {}
    """Version that answers each CNAME prefix; null where none is deployed."""
    shares: dict[str, float] = {}
    """Percentage of the requests to your own domain that each environment gets."""
    max_instances: int | None = None
    """Most instances that were paid for at a time."""
    min_in_service: int | None = None
    """Fewest instances that answered the production name."""
    dns_change: bool = False
    """Whether clients have to resolve a name again."""
    explain: str | None = None
    """What the production name answers with, or why a step must not be taken."""

"""What a deployment reads, and what it results in."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta, field

from dva.aws.document import StrictStruct
from dva.simulations.beanstalk._environment import Client, Environment, Update, read_settings
from dva.simulations.beanstalk._options import Settings
from dva.simulations.frame import Outcome, Phrases

Number = Annotated[int, Meta(ge=1)]
Phase = Literal["first_instance", "remaining_instances", "evaluation"]
Abort = Literal["additional", "first_instance", "remaining_instances", "evaluation", "cleanup"]
Policy = Literal["AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting"]
Rollback = Literal["none", "redeploy", "terminate new instances", "reroute traffic and terminate new instances"]


class Unhealthy(StrictStruct, rename=None):
    """A batch whose instances are not Ok."""

    batch: Number
    """Number of the batch."""
    status: Literal["Ok", "Warning", "Degraded", "Severe"] = "Severe"
    """Health of its instances."""


class Events(StrictStruct, rename=None):
    """What goes wrong on the way: numbers count batches in place, from 1; phases are those of a second group."""

    fail_batch: Number | Literal["additional"] | None = None
    """Number of the batch whose deployment fails, or the additional one."""
    fail_phase: Phase | None = None
    """Phase in which the new instances of a second group fail."""
    unhealthy_batch: Number | Unhealthy | None = None
    """Batch that does not become healthy, with a health better than Severe where one is given."""
    abort: Number | bool | Abort = False
    """Batch or phase after which the deployment is aborted; true for the first batch."""
    ec2_quota: Number | None = None
    """Instances that the account may run."""
    capacity_available: Annotated[int, Meta(ge=0)] | None = None
    """New instances of the type for which EC2 has capacity; left out: enough."""


class Given(StrictStruct, rename=None):
    """An environment, its options and the version that is deployed."""

    environment: Environment = field(default_factory=Environment)
    """Environment that the version is deployed to."""
    option_settings: Any = None
    """Option settings before the update, in any form that Elastic Beanstalk has for them."""
    update: Update = field(default_factory=Update)
    """The update as UpdateEnvironment takes it; its version is v2 where none is given."""
    events: Events = field(default_factory=Events)
    """What goes wrong on the way."""
    client: Client = "API"
    """Who created the environment: defaults depend on it."""

    @property
    def settings(self) -> Settings:
        """The options that are set."""
        return read_settings(self.option_settings, "/option_settings")


class Final(TypedDict, total=False):
    """Instances at the end."""

    old: int
    """With the old version."""
    new: int
    """With the new version."""
    failed: int
    """With the new version, not healthy."""


class Deployed(Outcome):
    """Which instances run which version at the end, and who served meanwhile."""

    status: Annotated[
        Literal["Deployed", "Failed", "Rejected", "Aborted"] | None,
        Phrases(
            {
                "Deployed": "The deployment succeeds",
                "Failed": "The deployment fails",
                "Rejected": "Elastic Beanstalk does not start the deployment",
                "Aborted": "The deployment is aborted",
            }
        ),
    ] = None
    """How the deployment ended; `Rejected` where Elastic Beanstalk does not begin it."""
    policy: Policy | str | None = None
    """Deployment policy, as set or by default."""
    batch_size: int | None = None
    """Instances in a batch; null where there are no batches."""
    in_place_batches: int | None = None
    """Batches of existing instances; 0 where all instances are new."""
    min_in_service: int | None = None
    """Fewest instances in service at a time."""
    max_instances: int | None = None
    """Most instances that were paid for at a time."""
    final: Final = {}
    """Instances at the end, by version."""
    downtime: bool = False
    """Whether no instance was in service at some time."""
    dns_change: bool = False
    """Whether clients have to resolve another name."""
    code_deployed_to: Annotated[
        Literal["existing", "new", "new and existing"] | None,
        Phrases(
            {"existing": "Existing instances", "new": "New instances", "new and existing": "New and existing instances"}
        ),
    ] = None
    """Instances that the new version is deployed to."""
    rollback: Annotated[
        Rollback | None,
        Phrases(
            {
                "none": "Nothing",
                "redeploy": "Deploy the old version again",
                "terminate new instances": "Terminate the new instances",
                "reroute traffic and terminate new instances": "Reroute the traffic and terminate the new instances",
            }
        ),
    ] = None
    """What going back to the old version takes."""
    reason: str | None = None
    """Why it was refused, failed or was aborted."""
    timeout_seconds: int | None = None
    """Seconds that a batch has to become healthy."""

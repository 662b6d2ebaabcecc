"""What a configuration update reads, and what it results in."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta, field

from dva.aws.document import StrictStruct
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Client, Environment, Update, read_settings, single
from dva.simulations.beanstalk._options import Settings
from dva.simulations.frame import Outcome, Phrases

Number = Annotated[int, Meta(ge=1)]


class Events(StrictStruct, rename=None):
    """What goes wrong on the way."""

    fail_batch: Number | None = None
    """Number of the batch that does not become healthy."""
    fail_phase: Literal["first_instance", "remaining_instances"] | None = None
    """Phase of an immutable update in which the new instances do not become healthy."""
    abort: Number | bool = False
    """Number of the batch after which the update is aborted; true for the first."""
    rollback_fails: bool = False
    """Whether the rollback fails too."""


class Given(StrictStruct, rename=None):
    """An environment and the update of its configuration."""

    environment: Environment = field(default_factory=Environment)
    """Environment that is updated."""
    option_settings: Any = None
    """Option settings before the update, in any form that Elastic Beanstalk has for them."""
    change: Any = None
    """Option settings that the update sets."""
    update: Update = field(default_factory=Update)
    """The update as UpdateEnvironment takes it, instead of `change` or with a version."""
    events: Events = field(default_factory=Events)
    """What goes wrong on the way."""
    client: Client = "API"
    """Who created the environment: the EB CLI sets some options."""

    @property
    def recommended(self) -> Settings:
        """The EB CLI's values for rolling updates."""
        if self.client != "EB CLI" or self.environment.worker or single(self.written):
            return {}
        values = {"RollingUpdateEnabled": "true", "RollingUpdateType": "Health"}
        return {(options.ROLLING, name): value for name, value in values.items()}

    @property
    def written(self) -> Settings:
        """The options that are set."""
        return read_settings(self.option_settings, "/option_settings")

    @property
    def settings(self) -> Settings:
        """The options that are set, with what the EB CLI has set when it created the environment."""
        return self.recommended | self.written

    @property
    def changes(self) -> Settings:
        """The options that the update sets."""
        return self.update.settings | read_settings(self.change, "/change")


class Final(TypedDict, total=False):
    """Instances at the end."""

    old: int
    """With the previous configuration."""
    new: int
    """With the new configuration."""


class Updated(Outcome):
    """Which instances were replaced, and how."""

    status: Annotated[
        Literal["Updated", "RolledBack", "Rejected", "NoReplacement", "Failed"] | None,
        Phrases(
            {
                "Updated": "The update succeeds",
                "RolledBack": "The previous configuration is restored",
                "Rejected": "Elastic Beanstalk does not start the update",
                "NoReplacement": "It succeeds and replaces no instance",
                "Failed": "The rollback fails too",
            }
        ),
    ] = None
    """How the update ended; `Failed` where the rollback failed too."""
    type: Literal["Disabled", "Time", "Health", "Immutable"] | None = None
    """How instances are replaced: all together, batch by batch, or by a second group; null where none is."""
    batches: int | None = None
    """Batches of the update, 0 where nothing is replaced; null for an immutable update."""
    min_in_service: int | None = None
    """Fewest instances in service at a time."""
    instances_replaced: int | None = None
    """Instances that are new at the end."""
    MaxBatchSize: int | None = None
    """Most instances in a batch, as set or by default."""
    MinInstancesInService: int | None = None
    """Instances that must stay in service, as set or by default."""
    final: Final = {}
    """Instances at the end, by configuration."""
    final_version: str | None = None
    """Application version at the end."""
    separate_deployment: bool = False
    """Whether a new version is deployed by the deployment policy instead of with new instances."""
    reason: str | None = None
    """Why it was refused or went back."""

"""What is read of an environment and a sequence of steps, and what results."""

from typing import Annotated, Any, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.beanstalk._options import ENVIRONMENT, RDS
from dva.simulations.frame import Outcome, Phrases

POLICY, HAS_DATABASE = (RDS, "DBDeletionPolicy"), (RDS, "HasCoupledDatabase")
BALANCER = (ENVIRONMENT, "LoadBalancerType")
Goal = Literal["decouple-rds", "change-load-balancer"]
Database = Literal["coupled", "retained", "deleted", "snapshot taken, then deleted", "new and empty"]


class Environment(AwsDocument, rename=None):
    """Members of DescribeEnvironments."""

    wrappers = ("Environments",)
    name: str = field(default="old", name="EnvironmentName")
    """Name of the environment."""
    option_settings: Any = None
    """Option settings, in any form that Elastic Beanstalk has for them."""


class Given(StrictStruct, rename=None):
    """An environment, what is to be reached, and how it is tried."""

    goal: Goal
    """Free the database from its environment, or serve through another type of load balancer."""
    environment: Environment = field(default_factory=Environment)
    """Environment at the start."""
    steps: list[str | dict[str, Any]] = []
    """What is done, in this order: an action, alone (`deploy`), with its environment (`terminate environment a`) or as
    `{do: …, environment: …, option_settings: …}`, or option settings, which are one configuration update."""


class Migration(Outcome):
    """Whether the goal is reached, and what happens to the database."""

    status: Annotated[
        Literal["ok", "failed"] | None, Phrases({"ok": "The goal is reached", "failed": "The goal is missed"})
    ] = None
    """`failed` where the goal is missed or a step is refused."""
    ok: bool = False
    """Whether the goal is reached."""
    failed_step: str | int | None = None
    """Step that was refused or that lost the data: its text, or its number where it is a mapping."""
    database: Annotated[
        Database | None,
        Phrases(
            {
                "coupled": "It stays coupled to the environment",
                "retained": "It is kept outside of the environment",
                "deleted": "It is deleted, without a snapshot",
                "snapshot taken, then deleted": "It is deleted after a snapshot",
                "new and empty": "A new, empty one is created",
            }
        ),
    ] = None
    """What became of the database; null where the environment has none."""
    data_restored: Annotated[
        bool | None, Phrases({True: "yes", False: "no"}, {None: "No data is lost or restored"})
    ] = None
    """Whether data that was lost came back from a snapshot; null where none was lost or restored."""
    explain: str | None = None
    """Why the goal is reached or missed."""

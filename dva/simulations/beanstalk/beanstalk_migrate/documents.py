"""What is read of an environment and a sequence of steps, and what results."""

from typing import Any, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.beanstalk._options import ENVIRONMENT, RDS
from dva.simulations.frame import Outcome

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

    status: Literal["ok", "failed"] | None = None
    """`failed` where the goal is missed or a step is refused."""
    ok: bool = False
    """Whether the goal is reached."""
    failed_step: str | int | None = None
    """Step that was refused or that lost the data: its text, or its number where it is a mapping."""
    database: Database | None = None
    """What became of the database; null where the environment has none."""
    data_restored: bool | None = None
    """Whether data that was lost came back from a snapshot; null where none was lost or restored."""
    explain: str | None = None
    """Why the goal is reached or missed."""

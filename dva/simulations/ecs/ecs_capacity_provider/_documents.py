"""What the engine reads: the strategy, the cluster, and the providers with the figures that dva adds to them."""

from typing import Any

from dva.aws.arn import last_part
from dva.aws.document import AwsDocument, Integer, StrictStruct


class Item(AwsDocument):
    """One item of a capacityProviderStrategy; the API's defaults are base 0 and weight 0."""

    capacity_provider: str
    base: int | None = None
    weight: int | None = None

    @property
    def name(self) -> str:
        """The short name, where an ARN is given too."""
        return last_part(self.capacity_provider)


class ManagedScaling(AwsDocument):
    """The values are percent and numbers of instances."""

    status: str = "ENABLED"
    target_capacity: int | None = None
    minimum_scaling_step_size: int | None = None
    maximum_scaling_step_size: int | None = None

    @property
    def target(self) -> int:
        return 100 if self.target_capacity is None else self.target_capacity

    @property
    def least(self) -> int:
        return 1 if self.minimum_scaling_step_size is None else self.minimum_scaling_step_size

    @property
    def most(self) -> int:
        return 10000 if self.maximum_scaling_step_size is None else self.maximum_scaling_step_size


class AutoScalingGroupProvider(AwsDocument):
    known = frozenset({"managedDraining"})
    auto_scaling_group_arn: str | None = None
    managed_scaling: ManagedScaling | None = None


class Provider(AwsDocument):
    """DescribeCapacityProviders. The last four members are dva's: instances of the group, and what they carry.

    `instancesNeeded` is M itself; otherwise M follows from `tasksPerInstance` and `runningTasks`.
    """

    wrappers = ("capacityProviders", "capacityProvider")
    name: str
    auto_scaling_group_provider: AutoScalingGroupProvider | None = None
    managed_instances_provider: dict[str, Any] | None = None
    instances_running: Integer | None = None
    instances_needed: Integer | None = None
    tasks_per_instance: Integer | None = None
    running_tasks: Integer | None = None

    @property
    def scaling(self) -> ManagedScaling:
        """The settings; where none are written, managed scaling is on with its defaults [convention]."""
        group = self.auto_scaling_group_provider
        return (group and group.managed_scaling) or ManagedScaling()


class Cluster(AwsDocument):
    """DescribeClusters: the names of the providers that are associated, and the default strategy."""

    wrappers = ("clusters", "cluster")
    capacity_providers: list[str] | None = None
    default_capacity_provider_strategy: list[Item] = []


FARGATE = ("FARGATE", "FARGATE_SPOT")


class Given(StrictStruct):
    """A request to create or update a service: `desiredCount` tasks by a strategy or a launch type."""

    capacity_provider_strategy: list[Item] | None = None
    desired_count: int = 0
    launch_type: str | None = None
    capacity_providers: list[Provider] = []
    cluster: Cluster | None = None

    def kind(self, name: str) -> str:
        """What a provider is built on; one that is not described is taken to have an Auto Scaling group."""
        if name in FARGATE:
            return "Fargate"
        managed = any(p.name == name and p.managed_instances_provider is not None for p in self.capacity_providers)
        return "Managed Instances" if managed else "Auto Scaling group"

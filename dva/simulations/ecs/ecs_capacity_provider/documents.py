"""What is read of a strategy, a cluster and its providers, and what comes of it."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.arn import last_part
from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.simulations.frame import Outcome, Phrases

Kind = Literal["Fargate", "Managed Instances", "Auto Scaling group"]
FARGATE = ("FARGATE", "FARGATE_SPOT")


class Item(AwsDocument):
    """One item of a capacityProviderStrategy."""

    capacity_provider: str
    base: int = 0
    weight: int = 0

    @property
    def name(self) -> str:
        """The short name, where an ARN is given too."""
        return last_part(self.capacity_provider)


class ManagedScaling(AwsDocument):
    """targetCapacity is in percent, step sizes are in instances."""

    status: str = "ENABLED"
    target_capacity: int = 100
    minimum_scaling_step_size: int = 1
    maximum_scaling_step_size: int = 10_000


class AutoScalingGroupProvider(AwsDocument):
    known = frozenset({"managedDraining"})
    auto_scaling_group_arn: str | None = None
    managed_scaling: ManagedScaling | None = None


class Provider(AwsDocument):
    """DescribeCapacityProviders, with four figures that dva adds."""

    wrappers = ("capacityProviders", "capacityProvider")
    name: str
    auto_scaling_group_provider: AutoScalingGroupProvider | None = None
    managed_instances_provider: dict[str, Any] | None = None
    instances_running: Integer | None = None
    """Instances of the group that run (N)."""
    instances_needed: Integer | None = None
    """Instances that the tasks need (M); without it M follows from the next two."""
    tasks_per_instance: Integer | None = None
    """Tasks that fit on one instance."""
    running_tasks: Integer | None = None
    """Tasks that run on the group's instances."""

    @property
    def scaling(self) -> ManagedScaling:
        """The settings; where none are given, managed scaling is on with its defaults (an assumption)."""
        group = self.auto_scaling_group_provider
        return (group and group.managed_scaling) or ManagedScaling()


class Cluster(AwsDocument):
    """DescribeClusters."""

    wrappers = ("clusters", "cluster")
    capacity_providers: list[str] | None = None
    default_capacity_provider_strategy: list[Item] = []


class Options(StrictStruct):
    """What the documents do not say."""

    capacity_available: dict[str, Annotated[int, Meta(ge=0)]] = {}
    """What AWS still has, by provider: tasks on Fargate or Fargate Spot, new instances of a group; else no limit."""


class Given(StrictStruct):
    """A request to create or update a service, and the providers that its tasks may run on."""

    capacity_provider_strategy: list[Item] | None = None
    """The strategy of the request; without it and a launch type the cluster's default strategy is used."""
    desired_count: int = 0
    """Tasks that the service wants."""
    launch_type: str | None = None
    """The launch type of the request, like EC2; it excludes a strategy."""
    capacity_providers: list[Provider] = []
    """The providers as describe-capacity-providers prints them, each with its instances and tasks."""
    cluster: Cluster | None = None
    """The cluster with its providers and default strategy; without it every provider is associated."""
    options: Options = field(default_factory=Options)
    """What the documents do not say."""

    @property
    def strategy(self) -> list[Item]:
        """The strategy that the request is served by: its own, else the default where no launch type is given."""
        if self.capacity_provider_strategy or self.launch_type:
            return self.capacity_provider_strategy or []
        return self.cluster.default_capacity_provider_strategy if self.cluster else []

    def kind(self, name: str) -> Kind:
        """Return what a provider is built on; one that is not described is taken to have an Auto Scaling group."""
        if name in FARGATE:
            return "Fargate"
        managed = any(p.name == name and p.managed_instances_provider is not None for p in self.capacity_providers)
        return "Managed Instances" if managed else "Auto Scaling group"


class Distribution(Outcome):
    """Which provider gets how many tasks, and what managed scaling does, by name of the provider."""

    status: Annotated[
        Literal["distributed", "refused"] | None,
        Phrases({"distributed": "The tasks are distributed", "refused": "Amazon ECS rejects the request"}),
    ] = None
    """`distributed`, or `refused` where Amazon ECS rejects the request."""
    tasks: dict[str, int] = {}
    """Tasks of each provider of the strategy."""
    reservation: dict[str, float | None] = {}
    """CapacityProviderReservation in percent; null where managed scaling is off."""
    newInstances: dict[str, int] = {}
    """Instances that managed scaling starts now."""
    action: dict[str, Literal["scale-out", "scale-in", "none"]] = {}
    """What managed scaling does with the Auto Scaling group."""
    waiting: dict[str, int] = {}
    """Tasks for which a provider has no capacity; empty where all have."""
    message: str | None = None
    """What Amazon ECS says where Fargate has no capacity."""

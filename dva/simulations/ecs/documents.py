"""AWS documents that several engines of Amazon ECS read, with every member that one of them reads.

They are named as the shapes of the Amazon ECS API. An engine that needs a member which the others do not derives its
own from one of these.
"""

from typing import Any

from msgspec import field

from dva.aws import cluster_query as query
from dva.aws.document import AwsDocument, Integer
from dva.errors import GivenError

# Container instances


class Attribute(AwsDocument):
    name: str
    value: str | None = None


class Resource(AwsDocument):
    name: str
    integer_value: Integer | None = None
    string_set_value: list[str] | None = None


class VersionInfo(AwsDocument):
    agent_version: str | None = None


class ContainerInstance(AwsDocument):
    """DescribeContainerInstances; dva also reads `agentVersion` and `taskGroups` in it."""

    wrappers = ("containerInstances",)
    ec2_instance_id: str | None = None
    container_instance_arn: str | None = None
    status: str = "ACTIVE"
    agent_connected: bool = True
    attributes: list[Attribute] = []
    remaining_resources: list[Resource] = []
    registered_resources: list[Resource] = []
    version_info: VersionInfo | None = None
    agent_version: str | None = None
    registered_at: str | float | None = None
    running_tasks_count: int | None = None
    task_groups: list[str] = []

    def identity(self, pointer: str) -> str:
        """Return the EC2 id, or the ARN of an external instance, which has none; GivenError where both are missing."""
        found = self.ec2_instance_id or self.container_instance_arn
        if not found:
            raise GivenError("the instance has neither ec2InstanceId nor containerInstanceArn", pointer=pointer)
        return found

    def as_queried(self) -> query.Instance:
        """Return what an expression of the cluster query language can compare of it."""
        version, registered = self.version_info, self.registered_at
        return query.Instance(attributes={attribute.name: attribute.value for attribute in self.attributes},
                              agent_connected=self.agent_connected, ec2_instance_id=self.ec2_instance_id,
                              agent_version=self.agent_version or (version and version.agent_version) or None,
                              registered_at=None if registered is None else query.iso(registered),
                              running_tasks_count=self.running_tasks_count, groups=tuple(self.task_groups))  # fmt: skip


# Task definitions

OPEN_SHAPES = frozenset({"LogDriver", "NetworkMode", "TransportProtocol"})
"""Shapes whose words are not compared with the model.

Amazon ECS takes drivers of the agent and the mode of Windows, which its model lacks, and makes `tcp` of a protocol that
it does not know (hashicorp/terraform-provider-aws#3645).
"""


class PortMapping(AwsDocument):
    container_port: int | None = None
    container_port_range: str | None = None
    host_port: int | None = None
    protocol: str = "tcp"


class ResourceRequirement(AwsDocument):
    type: str
    value: str


class Secret(AwsDocument):
    name: str = ""


class LogConfiguration(AwsDocument):
    log_driver: str = ""


class ContainerDefinition(AwsDocument):
    name: str | None = None
    image: str = ""
    cpu: Integer | None = None
    memory: Integer | None = None
    memory_reservation: Integer | None = None
    port_mappings: list[PortMapping] = []
    resource_requirements: list[ResourceRequirement] = []
    secrets: list[Secret] = []
    environment_files: list[Any] = []
    log_configuration: LogConfiguration | None = None


class PlacementConstraint(AwsDocument):
    type: str
    expression: str | None = None


class RuntimePlatform(AwsDocument):
    operating_system_family: str = "LINUX"


class EphemeralStorage(AwsDocument):
    size_in_gib: int = field(name="sizeInGiB")


class TaskDefinition(AwsDocument):
    """RegisterTaskDefinition or DescribeTaskDefinition."""

    wrappers = ("taskDefinition",)
    family: str = "task"
    network_mode: str | None = None
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    cpu: str | int | float | None = None
    memory: str | int | float | None = None
    container_definitions: tuple[ContainerDefinition, ...] = ()
    placement_constraints: list[PlacementConstraint] = []
    requires_attributes: list[Attribute] = []
    requires_compatibilities: list[str] = []
    runtime_platform: RuntimePlatform = field(default_factory=RuntimePlatform)
    ephemeral_storage: EphemeralStorage | None = None


# Services


class PlacementStrategy(AwsDocument):
    type: str
    field: str | None = None


class ThresholdConfiguration(AwsDocument):
    type: str
    value: Integer = 50


class DeploymentCircuitBreaker(AwsDocument):
    enable: bool = False
    rollback: bool = False
    reset_on_healthy_task: bool = True
    threshold_configuration: ThresholdConfiguration | None = None


class DeploymentConfiguration(AwsDocument):
    minimum_healthy_percent: Integer | None = None
    maximum_percent: Integer | None = None
    deployment_circuit_breaker: DeploymentCircuitBreaker = field(default_factory=DeploymentCircuitBreaker)
    strategy: str = "ROLLING"


class DeploymentController(AwsDocument):
    type: str = "ECS"


class LoadBalancer(AwsDocument):
    load_balancer_name: str | None = None


class Service(AwsDocument):
    """CreateService or DescribeServices; dva also reads the two percentages flat in it."""

    wrappers = ("services", "service")
    service_name: str = ""
    service_arn: str | None = None
    desired_count: int | None = None
    running_count: int | None = None
    scheduling_strategy: str = "REPLICA"
    launch_type: str | None = None
    deployment_controller: DeploymentController = field(default_factory=DeploymentController)
    deployment_configuration: DeploymentConfiguration = field(default_factory=DeploymentConfiguration)
    minimum_healthy_percent: Integer | None = None
    maximum_percent: Integer | None = None
    placement_strategy: list[PlacementStrategy] = []
    placement_constraints: list[PlacementConstraint] = []
    load_balancers: list[LoadBalancer] = []
    availability_zone_rebalancing: str = "ENABLED"

    @property
    def daemon(self) -> bool:
        """Whether it runs one task on each instance instead of a desired count."""
        return self.scheduling_strategy == "DAEMON"

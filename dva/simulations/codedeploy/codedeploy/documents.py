"""What a deployment is computed from, in the API's words, and its result."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.codedeploy._deployment_configs import PREFIX
from dva.simulations.frame import Outcome, Phrases


class Style(AwsDocument):
    deployment_type: str = "IN_PLACE"
    deployment_option: str | None = None


class Minimum(AwsDocument):
    type: str
    value: int


class Zonal(AwsDocument):
    minimum_healthy_hosts_per_zone: Minimum = field(default_factory=lambda: Minimum(type="FLEET_PERCENT", value=0))
    first_zone_monitor_duration_in_seconds: int | None = None
    monitor_duration_in_seconds: int = 0


class AutoRollback(AwsDocument):
    enabled: bool = False
    events: list[str] = []


class Ready(AwsDocument):
    action_on_timeout: str = "CONTINUE_DEPLOYMENT"
    wait_time_in_minutes: int = 0


class Terminate(AwsDocument):
    action: str = "TERMINATE"
    termination_wait_time_in_minutes: int = 0


class BlueGreen(AwsDocument):
    deployment_ready_option: Ready = field(default_factory=Ready)
    terminate_blue_instances_on_deployment_success: Terminate | None = None


class Tag(AwsDocument, rename="pascal"):
    key: str | None = None
    value: str | None = None
    type: str = "KEY_AND_VALUE"


class TagSet(AwsDocument):
    ec2_tag_set_list: list[list[Tag]] = field(name="ec2TagSetList", default_factory=list)


class Group(StrictStruct):
    """The deployment group."""

    last_successful: str | None = None
    """Revision that the group's last successful deployment brought."""


class Deploy(StrictStruct):
    """What CreateDeployment asks for."""

    revision: str | None = None
    """Name of the revision to deploy."""
    file_exists_behavior: str | None = None
    """DISALLOW, OVERWRITE or RETAIN."""
    creator: str = "user"
    """`user`, or `codeDeployRollback` for a rollback."""
    ignore_application_stop_failures: bool = False
    """Whether a deployment goes on after a stop event has failed."""
    continue_deployment: bool = False
    """Whether somebody calls ContinueDeployment in time (blue/green with STOP_DEPLOYMENT)."""


class Instance(StrictStruct):
    """An EC2 or on-premises instance."""

    id: str
    """Id of the instance."""
    revision: str | None = None
    """Revision that was installed last."""
    health: Literal["Healthy", "Unhealthy", "Unknown", None] = None
    """Health by the last deployment; without it, Healthy where a revision is installed and else Unhealthy."""
    tags: dict[str, str] | list[Tag] = field(default_factory=dict)
    """Tags, as a mapping or as the EC2 API lists them."""
    zone: str | None = None
    """Availability Zone."""
    state: str = "running"
    """`stopped` for an instance whose agent does not answer."""
    fleet: Literal["original", "replacement"] = "replacement"
    """Which fleet of a blue/green deployment the instance belongs to."""

    @property
    def healthy(self) -> bool:
        """Whether the last deployment to it succeeded; without any it is unhealthy."""
        return self.health == "Healthy" or (self.health is None and self.revision is not None)

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Its tags as pairs."""
        if isinstance(self.tags, dict):
            return list(self.tags.items())
        return [(tag.key or "", tag.value or "") for tag in self.tags]


class Fault(StrictStruct):
    """A script that fails; for CodeDeploy's own events the event itself."""

    event: str
    """Lifecycle event that fails."""
    instance: str | None = None
    """Instance on which it fails; left out for all."""
    exit: int = 1
    """Exit code of the script; 0 for success."""
    error: bool = False
    """Whether the event fails although the exit code is 0."""


class Past(StrictStruct):
    """A deployment of the past."""

    revision: str
    """Revision that was deployed."""
    status: str
    """How the deployment ended, such as `Succeeded`."""


class StopRequest(StrictStruct, rename=None):
    """A call of StopDeployment."""

    after_wave: int
    """Waves of instances that are deployed to before the call."""


class Given(StrictStruct):
    """What a deployment is computed from."""

    platform: Literal["Server", "Lambda", "ECS"] = "Server"
    """Compute platform: `Server` is EC2 and on-premises."""
    deployment_style: Style = field(default_factory=Style)
    """In place or blue/green, with or without traffic control."""
    deployment_config_name: str | None = None
    """Name of a predefined deployment configuration; OneAtATime where none is given."""
    minimum_healthy_hosts: Minimum | None = None
    """Minimum of a deployment configuration of your own, instead of a name."""
    zonal_config: Zonal | None = None
    """Zonal settings of a deployment configuration of your own."""
    auto_rollback_configuration: AutoRollback = field(default_factory=AutoRollback)
    """Whether, and after which events, CodeDeploy rolls back."""
    blue_green_deployment_configuration: BlueGreen = field(default_factory=BlueGreen)
    """When traffic is rerouted in a blue/green deployment, and what happens to the original instances."""
    group: Group = field(default_factory=Group)
    """The deployment group."""
    revisions: dict[str, str | dict[str, Any]] = {}
    """By name: the AppSpec of a revision (text or mapping), or its files as {path: text}."""
    deploy: Deploy = field(default_factory=Deploy)
    """What CreateDeployment asks for."""
    instances: list[Instance] = []
    """All instances; tags select those of the deployment group."""
    faults: list[Fault] = []
    """Scripts and events that fail."""
    ec2_tag_set: list[list[Tag]] | TagSet | None = field(name="ec2TagSet", default=None)
    """Tag groups that select the instances; left out where all belong to the deployment group."""
    load_balancer: Any = None
    """Whether the instances are behind a load balancer: false, or anything else for one."""
    test_listener: bool | None = None
    """Whether the load balancer of an ECS service has a test listener; false leaves out the test traffic."""
    target: str | None = None
    """`on-premises` for instances outside EC2."""
    alarm: bool = False
    """Whether an alarm of the deployment group goes off during the deployment."""
    history: list[Past] = []
    """Deployments of the past, the oldest first."""
    stop: StopRequest | None = None
    """A call of StopDeployment during the deployment."""

    @property
    def blue_green(self) -> bool:
        """Whether a second fleet takes over."""
        return self.deployment_style.deployment_type == "BLUE_GREEN"

    @property
    def is_rollback(self) -> bool:
        """Whether CodeDeploy itself has created the deployment, to roll another back."""
        return self.deploy.creator == "codeDeployRollback"

    @property
    def balanced(self) -> bool:
        """Whether the instances are taken out of a load balancer and put back."""
        option, balancer = self.deployment_style.deployment_option, self.load_balancer
        if option == "WITHOUT_TRAFFIC_CONTROL" or balancer is False:
            return False
        return option == "WITH_TRAFFIC_CONTROL" or bool(balancer)

    @property
    def last_successful(self) -> str | None:
        """The revision of the group's last deployment that succeeded."""
        past = [entry.revision for entry in self.history if entry.status == "Succeeded"]
        return past[-1] if past else self.group.last_successful

    @property
    def tag_groups(self) -> list[list[Tag]] | None:
        """The tag groups, None where instances are not chosen by tags."""
        return self.ec2_tag_set.ec2_tag_set_list if isinstance(self.ec2_tag_set, TagSet) else self.ec2_tag_set

    @property
    def config(self) -> str:
        """The configuration's name without its prefix."""
        return (self.deployment_config_name or "OneAtATime").removeprefix(PREFIX)


class Rollback(TypedDict):
    """The deployment that rolls another back."""

    revision: str
    """Revision that it brings back."""
    creator: Literal["codeDeployRollback"]
    """Who creates it."""
    new_deployment: bool
    """Whether it is a deployment of its own: always."""


class Deployed(Outcome):
    """How a deployment goes and ends."""

    status: Annotated[
        Literal["Succeeded", "Failed", "Stopped", "refused"] | None,
        Phrases(
            {
                "Succeeded": "It succeeds",
                "Failed": "It fails",
                "Stopped": "It is stopped",
                "refused": "CodeDeploy does not start it",
            }
        ),
    ] = None
    """The deployment's status; `refused` where CodeDeploy does not take the request."""
    min_healthy: int | None = None
    """Instances that must stay healthy."""
    waves: list[list[str]] = []
    """Ids of the instances that are deployed to at once, wave by wave."""
    succeeded: list[str] = []
    """Ids of the instances on which the deployment succeeded, in order."""
    failed: list[str] = []
    """Ids of the instances on which it failed, in order."""
    not_attempted: list[str] = []
    """Ids of the instances that were not deployed to, in the order in which they would have been."""
    rollback: Rollback | None = None
    """The rollback that follows; null where there is none."""
    events: dict[str, list[str]] = {}
    """Lifecycle events in order, by where they happen: instance, original, replacement, function or taskset."""
    scriptable: dict[str, list[str]] = {}
    """Those of the events that run scripts or functions."""
    hook_revision: dict[
        str,
        Annotated[
            Literal["current", "last_successful", "most_recent"],
            Phrases(
                {
                    "current": "The revision that is being deployed",
                    "last_successful": "The revision that was installed last",
                    "most_recent": "The revision that was downloaded last",
                }
            ),
        ],
    ] = {}
    """By event, the revision whose script runs: being deployed, last installed or last downloaded."""
    selected: list[str] = []
    """Ids of the instances of the deployment group."""
    last_successful: dict[str, str] = {}
    """By instance, the revision that was installed last."""

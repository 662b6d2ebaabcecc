"""What is given to a deployment, in the API's words, and what CodeDeploy does not take."""

import re
from typing import Any, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Refused, Rule
from dva.simulations.codedeploy import _appspec_file as appspec
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy import _service_appspec as service_appspec
from dva.simulations.codedeploy._deployment_configs import PREFIX, SERVER, TRAFFIC
from dva.simulations.codedeploy.codedeploy import _rules as rules

MOST_INSTANCES = 5_000
"""Ten times what CodeDeploy takes in one deployment."""


FILES = ("appspec.yml", "appspec.yaml", "appspec.json")
PATH = re.compile(r"[^\s{}\[\]]+")
"""A revision given as a path or an address that no file has filled: nothing is known of it."""


class Style(AwsDocument):
    deployment_type: str = "IN_PLACE"
    deployment_option: str | None = None


class Minimum(AwsDocument):
    type: str
    value: int


class Zonal(AwsDocument):
    minimum_healthy_hosts_per_zone: Minimum | None = None
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
    last_successful: str | None = None


class Deploy(StrictStruct):
    """`continueDeployment`: somebody calls ContinueDeployment in time (blue/green with STOP_DEPLOYMENT)."""

    revision: str | None = None
    file_exists_behavior: str | None = None
    creator: str = "user"
    ignore_application_stop_failures: bool = False
    continue_deployment: bool = False


class Instance(StrictStruct):
    """`revision` is the one installed last; `fleet` counts in blue/green deployments."""

    id: str
    revision: str | None = None
    health: Literal["Healthy", "Unhealthy", "Unknown", None] = None
    tags: dict[str, str] | list[Tag] = field(default_factory=dict)
    zone: str | None = None
    state: str = "running"
    fleet: Literal["original", "replacement"] = "replacement"

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
    """A script that fails, on one instance or on all; for CodeDeploy's own events the event itself."""

    event: str
    instance: str | None = None
    exit: int = 1
    error: bool = False


class Past(StrictStruct):
    revision: str
    status: str


class StopRequest(StrictStruct, rename=None):
    """StopDeployment, after so many waves."""

    after_wave: int


class Given(StrictStruct):
    """`revisions` maps a name to its AppSpec (text or mapping), or to the revision's files as {path: text}."""

    platform: Literal["Server", "Lambda", "ECS"] = "Server"
    deployment_style: Style = field(default_factory=Style)
    deployment_config_name: str | None = None
    minimum_healthy_hosts: Minimum | None = None
    zonal_config: Zonal | None = None
    auto_rollback_configuration: AutoRollback = field(default_factory=AutoRollback)
    blue_green_deployment_configuration: BlueGreen = field(default_factory=BlueGreen)
    group: Group = field(default_factory=Group)
    revisions: dict[str, str | dict[str, Any]] = {}
    deploy: Deploy = field(default_factory=Deploy)
    instances: list[Instance] = []
    faults: list[Fault] = []
    ec2_tag_set: list[list[Tag]] | TagSet | None = field(name="ec2TagSet", default=None)
    load_balancer: Any = None
    test_listener: bool | None = None
    target: str | None = None
    alarm: bool = False
    history: list[Past] = []
    stop: StopRequest | None = None

    @property
    def blue_green(self) -> bool:
        """Whether a second fleet takes over."""
        return self.deployment_style.deployment_type == "BLUE_GREEN"

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


def appspec_of(revision: Any) -> Any:
    """The AppSpec of a revision, None where nothing is known of it.

    A revision is the AppSpec itself, a folder as {path: text}, or a RevisionLocation of the API.
    """
    if isinstance(revision, str):
        return None if PATH.fullmatch(revision.strip()) else revision
    if not isinstance(revision, dict):
        return None
    if "revisionType" in revision:
        inline = revision.get("appSpecContent") or revision.get("string")
        return inline.get("content") if isinstance(inline, dict) else None
    return next((revision[name] for name in FILES if isinstance(revision.get(name), str)), revision)


class Scripts:
    """Which events of a revision run scripts, as far as its AppSpec is known."""

    def __init__(self, given: Given) -> None:
        self.known: dict[str, appspec.AppSpec | str] = {}
        for name, revision in given.revisions.items():
            text = appspec_of(revision)
            if text is None:
                continue
            try:
                self.known[name] = appspec.parse(text)
            except appspec.Invalid as problem:
                self.known[name] = f"{problem.category}: {problem.message}"

    def has(self, revision: str | None, event: str) -> bool:
        """Whether the revision has a script for the event; one of which nothing is known is taken to have it."""
        spec = self.known.get(revision or "")
        return spec is None or (not isinstance(spec, str) and bool(spec.hooks.get(event)))

    def problem(self, revision: str | None) -> str | None:
        """Why the agent does not take the revision's AppSpec."""
        spec = self.known.get(revision or "")
        return spec if isinstance(spec, str) else None

    def strange(self, revision: str | None) -> list[str]:
        """Events in the revision's AppSpec that are none: the reader takes them, Install does not."""
        spec = self.known.get(revision or "")
        if spec is None or isinstance(spec, str):
            return []
        return [event for event in spec.hooks if event not in (*lifecycle.AGENT, *lifecycle.RESERVED)]


def functions(given: Given) -> dict[str, str] | None:
    """The function of each hook in the deployed revision's AppSpec (Lambda, ECS); None where it is not known."""
    text = appspec_of(given.revisions.get(given.deploy.revision or ""))
    if text is None:
        return None
    try:
        hooks = service_appspec.hooks(service_appspec.document(text), given.platform)
    except appspec.Invalid:
        return None
    return {event: str(function) for event, function in hooks.items()}


def check(given: Given) -> None:
    """Raise Refused where CodeDeploy does not take the request, GivenError for what it would never see."""
    if len(given.instances) > MOST_INSTANCES:
        raise GivenError(f"more than {MOST_INSTANCES} instances are not simulated", pointer="/instances")
    ids = [instance.id for instance in given.instances]
    if len(set(ids)) < len(ids):
        raise GivenError("two instances have the same id", pointer="/instances")
    _check_style(given)
    _check_numbers(given)
    behavior = given.deploy.file_exists_behavior
    if behavior is not None and behavior not in appspec.BEHAVIORS:
        raise _refused("InvalidFileExistsBehaviorException", f"{behavior} is none of {', '.join(appspec.BEHAVIORS)}")
    groups = given.tag_groups or []
    if len(groups) > 3:
        raise Refused(rules.TAG_LIMITS, "TagSetListLimitExceededException", f"{len(groups)} tag groups are more than 3")
    if any(len(tags) > 10 for tags in groups):
        raise Refused(rules.TAG_LIMITS, "InvalidEC2TagCombinationException", "a tag group has more than 10 tags")


def _check_style(given: Given) -> None:
    style = given.deployment_style
    words = (style.deployment_type in ("IN_PLACE", "BLUE_GREEN")) and style.deployment_option in (
        None, "WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL",
    )  # fmt: skip
    if not words:
        raise _style(f"{style.deployment_type}, {style.deployment_option} is no deployment style")
    if given.platform == "Server" and given.blue_green:
        if re.fullmatch(r"on[-_ ]?prem(ises)?", (given.target or "").lower()):
            raise _style("on-premises instances cannot be deployed blue/green")
        if style.deployment_option == "WITHOUT_TRAFFIC_CONTROL":
            raise _style("a blue/green deployment reroutes traffic, so it needs WITH_TRAFFIC_CONTROL")


def _check_numbers(given: Given) -> None:
    if given.minimum_healthy_hosts is None and given.config not in (*SERVER, *TRAFFIC):
        raise _refused("DeploymentConfigDoesNotExistException", f"there is no configuration {given.config}")
    per_zone = given.zonal_config.minimum_healthy_hosts_per_zone if given.zonal_config else None
    for minimum in (given.minimum_healthy_hosts, per_zone):
        if minimum is None:
            continue
        highest = {"HOST_COUNT": MOST_INSTANCES, "FLEET_PERCENT": 99}.get(minimum.type)
        if highest is None or not 0 <= minimum.value <= highest:
            message = f"{minimum.type} {minimum.value} is no minimum; FLEET_PERCENT goes from 0 to 99"
            raise _refused("InvalidMinimumHealthyHostValueException", message)


def _style(message: str) -> Refused:
    return _refused("InvalidDeploymentStyleException", message, rules.STYLE_REFUSED)


def _refused(code: str, message: str, rule: Rule = rules.REQUEST) -> Refused:
    return Refused(rule, code, message)

"""What CodeDeploy does not take, and what it knows of the revisions."""

import re
from collections.abc import Iterator
from typing import Any

from dva import jsonpointer
from dva.errors import GivenError
from dva.simulations.codedeploy import _appspec_file as appspec
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy import _service_appspec as service_appspec
from dva.simulations.codedeploy._deployment_configs import SERVER, TRAFFIC
from dva.simulations.codedeploy.codedeploy import rules
from dva.simulations.codedeploy.codedeploy.documents import Given
from dva.simulations.frame import Refused

# Documented numbers (rules.TAGS, rules.MINIMUM)

MAX_TAG_GROUPS, MAX_TAGS = 3, 10
"""Tag groups of a deployment group, and tags of a tag group."""
MAX_PERCENT = 99
"""Percentage that FLEET_PERCENT may keep healthy."""
MAX_INSTANCES = 5_000
"""Ten times what CodeDeploy takes in one deployment."""

FILES = ("appspec.yml", "appspec.yaml", "appspec.json")
PATH = re.compile(r"[^\s{}\[\]]+")
"""A revision given as a path or an address that no file has filled: nothing is known of it."""


def check(given: Given) -> None:
    """Raise Refused where CodeDeploy does not take the request, GivenError for what it would never see."""
    if len(given.instances) > MAX_INSTANCES:
        raise GivenError(f"more than {MAX_INSTANCES} instances are not simulated", pointer="/instances")
    if len({instance.id for instance in given.instances}) < len(given.instances):
        raise GivenError("two instances have the same id", pointer="/instances")
    _check_style(given)
    _check_minimum(given)
    behavior = given.deploy.file_exists_behavior
    if behavior is not None and behavior not in appspec.BEHAVIORS:
        message = f"{behavior} is none of {', '.join(appspec.BEHAVIORS)}"
        raise Refused(rules.REQUEST, "InvalidFileExistsBehaviorException", message)
    groups = given.tag_groups or []
    if len(groups) > MAX_TAG_GROUPS:
        message = f"{len(groups)} tag groups are more than {MAX_TAG_GROUPS}"
        raise Refused(rules.TAG_LIMITS, "TagSetListLimitExceededException", message)
    if any(len(tags) > MAX_TAGS for tags in groups):
        message = f"a tag group has more than {MAX_TAGS} tags"
        raise Refused(rules.TAG_LIMITS, "InvalidEC2TagCombinationException", message)


def _check_style(given: Given) -> None:
    kind, option = given.deployment_style.deployment_type, given.deployment_style.deployment_option
    message = None
    options = (None, "WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL")
    if kind not in ("IN_PLACE", "BLUE_GREEN") or option not in options:
        message = f"{kind}, {option} is not a valid deployment style"
    elif given.platform == "Server" and given.blue_green:
        if re.fullmatch(r"on[-_ ]?prem(ises)?", (given.target or "").lower()):
            message = "on-premises instances cannot be deployed blue/green"
        elif option == "WITHOUT_TRAFFIC_CONTROL":
            message = "a blue/green deployment reroutes traffic, so it needs WITH_TRAFFIC_CONTROL"
    if message:
        raise Refused(rules.STYLE_REFUSED, "InvalidDeploymentStyleException", message)


def _check_minimum(given: Given) -> None:
    if given.minimum_healthy_hosts is None and given.config not in (*SERVER, *TRAFFIC):
        message = f"there is no configuration {given.config}"
        raise Refused(rules.REQUEST, "DeploymentConfigDoesNotExistException", message)
    per_zone = given.zonal_config.minimum_healthy_hosts_per_zone if given.zonal_config else None
    highest = {"HOST_COUNT": MAX_INSTANCES, "FLEET_PERCENT": MAX_PERCENT}
    for minimum in (given.minimum_healthy_hosts, per_zone):
        if minimum and not 0 <= minimum.value <= highest.get(minimum.type, -1):
            message = (
                f"{minimum.type} {minimum.value} is not a valid minimum; FLEET_PERCENT goes from 0 to {MAX_PERCENT}"
            )
            raise Refused(rules.REQUEST, "InvalidMinimumHealthyHostValueException", message)


def appspec_of(revision: Any) -> Any:
    """Return the AppSpec of a revision, None where nothing is known of it.

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


def not_read(given: Given) -> Iterator[str]:
    """List the places of the AppSpecs of revisions that are not looked at."""
    for name, revision in given.revisions.items():
        document, where = appspec_of(revision), jsonpointer.join("revisions", name)
        if isinstance(revision, dict) and "revisionType" not in revision and isinstance(document, str):
            where += jsonpointer.join(next(file for file in FILES if revision.get(file) is document))
        if document is None or (isinstance(revision, dict) and "revisionType" in revision):
            continue
        if given.platform == "Server":
            yield from appspec.not_read(document, where)
        else:
            yield from service_appspec.not_read(document, given.platform, where)


class Scripts:
    """Which events of a revision run scripts, as far as its AppSpec is known."""

    def __init__(self, given: Given) -> None:
        self.known: dict[str | None, appspec.AppSpec | str] = {}
        for name, revision in given.revisions.items():
            if (text := appspec_of(revision)) is None:
                continue
            try:
                self.known[name] = appspec.parse(text)
            except appspec.Invalid as problem:
                self.known[name] = f"{problem.category}: {problem.message}"

    def has(self, revision: str | None, event: str) -> bool:
        """Whether the revision has a script for the event; one of which nothing is known is taken to have it."""
        spec = self.known.get(revision)
        return spec is None or (not isinstance(spec, str) and bool(spec.hooks.get(event)))

    def problem(self, revision: str | None) -> str | None:
        """Return why the agent does not take the revision's AppSpec."""
        spec = self.known.get(revision)
        return spec if isinstance(spec, str) else None

    def unknown_events(self, revision: str | None) -> list[str]:
        """Return the names in the revision's AppSpec that are not events: the reader takes them, Install does not."""
        spec = self.known.get(revision)
        if spec is None or isinstance(spec, str):
            return []
        return [event for event in spec.hooks if event not in (*lifecycle.AGENT, *lifecycle.RESERVED)]


def functions(given: Given) -> dict[str, str] | None:
    """Return the function of each hook in the deployed revision's AppSpec (Lambda, ECS); None where it is unknown."""
    text = appspec_of(given.revisions.get(given.deploy.revision or ""))
    if text is None or given.platform == "Server":
        return None
    try:
        hooks = service_appspec.hooks(service_appspec.document(text), given.platform)
    except appspec.Invalid:
        return None
    return {event: str(function) for event, function in hooks.items()}

"""Deployments to a second group of instances: immutable and traffic splitting."""

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_deploy import decisions, rules
from dva.simulations.beanstalk.beanstalk_deploy.deployment import Deployment, instances
from dva.trace import Rule

ROLLBACK = {"Immutable": "terminate new instances", "TrafficSplitting": "reroute traffic and terminate new instances"}
GIVEN_UP = {
    "Failed": (rules.REVERT, "The new instances are terminated, the old ones still serve"),
    "Aborted": (rules.ABORT_FRESH, "The deployment is aborted and the new instances are terminated"),
}
"""By which rule the new instances are terminated, and what is said of it."""


class NewGroupFails(Exception):
    """The new instances do not become healthy, or the deployment is aborted: its status and why."""

    def __init__(self, reason: str, status: str = "Failed") -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


def deploy_to_second_group(deployment: Deployment) -> None:
    """Launch a second group beside the old instances, watch it, let it take over."""
    deployment.plan_faults(0)
    fleet, new = deployment.fleet, deployment.new
    try:
        names = launch_in_waves(deployment) if deployment.policy == "Immutable" else split_traffic(deployment)
    except NewGroupFails as no:
        fleet.terminate([name for name in fleet.labels if name.startswith("new-")])
        rule, title = GIVEN_UP[no.status]
        deployment.finish(rule, no.status, title, (deployment.count, 0, 0), rollback=ROLLBACK[deployment.policy],
                          reason=no.reason)  # fmt: skip
        return
    if deployment.faults.aborted == "cleanup":
        deployment.run.step(rules.TOO_LATE, "It is too late to abort", at=deployment.fleet.now)
    fleet.terminate(deployment.originals)
    deployment.advance(rules.TAKE_OVER, f"The new group takes over: {instances(len(names))}",
                       "The CPU credits that burstable ones had saved are lost.")  # fmt: skip
    deployment.complete(f"The deployment of {new} is complete", len(names))


def launch_in_waves(deployment: Deployment) -> list[str]:
    """Launch one new instance, then the rest, and return their names; NewGroupFails where it ends before."""
    first = deployment.using(decisions.first_wave)(deployment.count)
    title = f"A temporary Auto Scaling group starts with {instances(first)}"
    names = launch_wave(deployment, first, rules.FIRST, title, "first_instance")
    rest = deployment.count - first
    if rest:
        title = f"The rest is launched: {instances(rest)}"
        names += launch_wave(deployment, rest, rules.REST, title, "remaining_instances")
    return names


def launch_wave(deployment: Deployment, count: int, rule: Rule, title: str, phase: str) -> list[str]:
    """Launch instances that serve beside the old ones as soon as they are healthy."""
    names = launch(deployment, count, rule, title)
    words = phase.replace("_", " ")
    if deployment.faults.fails == phase or not deployment.is_healthy(phase):
        raise NewGroupFails(f"{words}: the new instances did not become healthy in time")
    deployment.fleet.put_in(names, deployment.new)
    title = f"In service beside the old ones: {instances(len(names))} on {deployment.new}"
    deployment.advance(rules.HEALTHY, title, deployment.health_test)
    if deployment.faults.aborted == phase:
        raise NewGroupFails(f"aborted: {words}", "Aborted")
    return names


def split_traffic(deployment: Deployment) -> list[str]:
    """Launch as many new instances and send them a share of the requests; NewGroupFails where it ends before."""
    settings, old, new = deployment.settings, deployment.old, deployment.new
    percent = options.number(settings, options.SPLITTING, "NewVersionPercent") or 0
    minutes = options.number(settings, options.SPLITTING, "EvaluationTime") or 0
    count = deployment.using(decisions.canaries)(deployment.count, percent)
    names = launch(deployment, count, rules.SPLIT, f"A temporary group starts with {instances(count)} on {new}")
    if deployment.faults.fails == "launch":
        raise NewGroupFails("the new instances did not become healthy in time")
    if deployment.faults.aborted == "launch":
        raise NewGroupFails("aborted: launch", "Aborted")
    deployment.fleet.put_in(names, f"{new} {percent} %")
    deployment.advance(rules.SPLIT, f"{percent} % of the requests go to {new}, {100 - percent} % to {old}")
    deployment.advance(rules.EVALUATE, f"The new instances are watched for {minutes} minutes")
    if deployment.faults.fails == "evaluation" or not deployment.is_healthy("evaluation"):
        raise NewGroupFails(f"the new instances were not healthy during the {minutes} minutes of evaluation")
    if deployment.faults.aborted == "evaluation":
        raise NewGroupFails("aborted: evaluation", "Aborted")
    deployment.fleet.relabel(names, new)
    why = "The evaluation time has passed and the health is good."
    deployment.advance(rules.SPLIT, f"All requests go to {new}", why)
    return names


def launch(deployment: Deployment, count: int, rule: Rule, title: str) -> list[str]:
    """Launch new instances and return their names; NewGroupFails where quota or capacity of EC2 are too small."""
    fleet, quota = deployment.fleet, deployment.given.events.ec2_quota
    allowed = count if quota is None else max(0, min(count, quota - fleet.paid))
    fits = deployment.within_capacity(allowed)
    names = fleet.launch("new", fits, f"{deployment.new} starting")
    deployment.advance(rule, title)
    if fits < allowed:
        deployment.run.step(rules.CAPACITY, f"EC2 has capacity for {fits} of {instances(count)}", at=fleet.now)
        raise NewGroupFails("EC2 does not have the capacity for the new group")
    if fits < count:
        needed = f"a second group of {deployment.count} needs room for {2 * deployment.count}"
        deployment.run.step(rules.QUOTA, f"Only {fits} of {instances(count)} could be launched",
                            f"The quota is {quota}; {needed}.", at=fleet.now)  # fmt: skip
        raise NewGroupFails(f"the EC2 quota of {quota} instances does not leave room for the new group")
    return names

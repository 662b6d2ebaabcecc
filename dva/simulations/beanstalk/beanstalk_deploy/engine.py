"""A deployment by its policy: in place, to a second group, or by replacing instances.

Instances are replaced where a new version comes with a setting that replaces them: one configuration update instead of
a deployment.
"""

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import refusal, single
from dva.simulations.beanstalk._options import not_read
from dva.simulations.beanstalk.beanstalk_deploy import rules
from dva.simulations.beanstalk.beanstalk_deploy.checks import SECOND_GROUP, faults
from dva.simulations.beanstalk.beanstalk_deploy.deployment import Deployment, instances
from dva.simulations.beanstalk.beanstalk_deploy.documents import Given
from dva.simulations.beanstalk.beanstalk_deploy.in_place import deploy_in_place
from dva.simulations.beanstalk.beanstalk_deploy.second_group import deploy_to_second_group
from dva.simulations.frame import Run


def deploy(given: Given, run: Run) -> None:
    """Plan the deployment, then deploy to the instances one after the other."""
    run.not_read(not_read(given.option_settings, "/option_settings"))
    deployment = Deployment(given, run)
    deployment.plan()
    if deployment.replacing:
        deploy_by_replacing(deployment)
    elif deployment.policy in SECOND_GROUP:
        deploy_to_second_group(deployment)
    else:
        deploy_in_place(deployment)


def deploy_by_replacing(deployment: Deployment) -> None:
    """Replace the instances as the settings for configuration updates say."""
    settings = deployment.settings | deployment.change
    kind = options.update_type(settings)
    changed = ", ".join(name for _, name in options.changed(deployment.settings, deployment.change))
    title = f"{changed} replaces instances, so this is a configuration update ({kind})"
    deployment.run.step(rules.REPLACING, title)
    if kind == "Immutable":
        deployment.policy = "Immutable"
        return deploy_to_second_group(deployment)
    if single(settings) and kind != "Disabled":
        message = f"A single instance cannot be replaced by a rolling update ({kind})."
        raise refusal(rules.SUPPORT, message, code_deployed_to=None, in_place_batches=None)
    if kind == "Disabled":
        return replace(deployment, "AllAtOnce", deployment.count, launches_first=False)
    return replace(deployment, "Rolling", *plan_batch(deployment, settings))


def plan_batch(deployment: Deployment, settings: options.Settings) -> tuple[int, bool]:
    """Return the size of a batch, and whether its replacements are launched before it is terminated."""
    count = deployment.count
    largest, fewest = options.update_limits(settings)
    batch = min(largest, count - fewest)
    if batch > 0:
        return batch, False
    most = options.number(settings, options.ASG, "MaxSize") or 1
    batch = min(largest, count, most - count)
    if batch < 1:
        message = f"{fewest} of {count} must stay in service and MaxSize is {most}."
        raise refusal(rules.ROOM, message, code_deployed_to=None, in_place_batches=None)
    deployment.run.step(rules.ROOM, f"No instance may leave: {batch} at a time are launched first")
    return batch, True


def replace(deployment: Deployment, policy: str, batch: int, launches_first: bool) -> None:
    """Replace batch after batch; a batch that fails or an abort rolls everything back."""
    fleet, new, count = deployment.fleet, deployment.new, deployment.count
    batches = [deployment.originals[at : at + batch] for at in range(0, count, batch)]
    title = f"Replaced {batch} at a time: {instances(count)}"
    deployment.run.step(rules.REPLACED, title, "Nothing is deployed in place.", batch_size=batch)
    events = faults(deployment.given.events, policy, len(batches))
    for number, names in enumerate(batches, 1):
        if not launches_first:
            fleet.terminate(names)
        launched = fleet.launch("new", len(names), f"{new} starting")
        deployment.advance(rules.REPLACED, f"Launched with {new}: {instances(len(names))}")
        if number in (events.fails, events.unhealthy):
            return undo(deployment, "Failed", f"batch {number} did not become healthy")
        fleet.put_in(launched, new)
        if launches_first:
            fleet.terminate(names)
        deployment.advance(rules.HEALTHY, f"In service: {instances(len(launched))} on {new}")
        if events.aborted == number and number < len(batches):
            return undo(deployment, "Aborted", f"aborted after batch {number}")
    return deployment.complete(f"All instances are new and run {new}", count)


def undo(deployment: Deployment, status: str, reason: str) -> None:
    """Finish with the old configuration and the old version."""
    title = f"The update {'is aborted' if status == 'Aborted' else 'has failed'} and is rolled back"
    deployment.finish(rules.UNDONE, status, title, (deployment.count, 0, 0), rollback="none",
                      reason=f"{reason}; the old configuration is rolled out again")  # fmt: skip

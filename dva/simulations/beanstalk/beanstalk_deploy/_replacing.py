"""A new version together with a setting that replaces instances: one configuration update instead of a deployment."""

from dva.simulations._before import Refused, Rule
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import single
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk.beanstalk_deploy._fresh import deploy_fresh
from dva.simulations.beanstalk.beanstalk_deploy._given import trouble
from dva.simulations.beanstalk.beanstalk_deploy._run import Run, version


def deploy_replacing(run: Run) -> None:
    """Replace the instances as the settings for configuration updates say."""
    settings = run.settings | run.change
    kind = beanstalk.update_type(settings)
    changed = ", ".join(name for namespace, name in beanstalk.changed(run.settings, run.change))
    run.trace.step(
        rules.REPLACING, f"{changed} replaces instances, so this is a configuration update ({kind})",
        rules.REPLACING.says,
    )  # fmt: skip
    if kind == "Immutable":
        run.policy = "Immutable"
        deploy_fresh(run)
        return
    if single(settings) and kind != "Disabled":
        raise _refused(rules.SUPPORT, f"A single instance cannot be replaced by a rolling update ({kind}).")
    batch, launches_first = (run.count, False) if kind == "Disabled" else _batch(run, settings)
    _replace(run, kind, batch, launches_first)


def _batch(run: Run, settings: beanstalk.Settings) -> tuple[int, bool]:
    """The size of a batch, and whether its replacements are launched before it is terminated."""
    largest, fewest = beanstalk.update_limits(settings)
    batch = min(largest, run.count - fewest)
    if batch > 0:
        return batch, False
    most = beanstalk.number(settings, beanstalk.ASG, "MaxSize") or 1
    batch = min(largest, run.count, most - run.count)
    if batch < 1:
        raise _refused(rules.ROOM, f"{fewest} of {run.count} must stay in service and MaxSize is {most}.")
    run.trace.step(rules.ROOM, f"No instance may leave: {batch} at a time are launched first", rules.ROOM.says)
    return batch, True


def _refused(rule: Rule, message: str) -> Refused:
    nothing = {"code_deployed_to": None, "in_place_batches": None}
    return Refused(rule, "ConfigurationValidationException", message, status="Rejected", reason=message, **nothing)


def _replace(run: Run, kind: str, batch: int, launches_first: bool) -> None:
    batches = [run.originals[at : at + batch] for at in range(0, run.count, batch)]
    changes = {"/outcome/batch_size": batch}
    title = f"Replaced {batch} at a time: {version(run.count)}"
    run.trace.step(rules.REPLACED, title, "Nothing is deployed in place.", changes=changes)
    events = trouble(run.given.events, "AllAtOnce" if kind == "Disabled" else "Rolling", len(batches))
    for number, names in enumerate(batches, 1):
        if not launches_first:
            run.fleet.terminate(names)
        new = run.fleet.launch("new", len(names), f"{run.new} starting")
        run.step(rules.REPLACED, f"Launched with {run.new}: {version(len(names))}", rules.REPLACED.says)
        if number in (events.fails, events.unhealthy):
            _undo(run, "Failed", f"batch {number} did not become healthy; the old configuration is rolled out again")
            return
        run.fleet.put_in(new, run.new)
        if launches_first:
            run.fleet.terminate(names)
        run.step(rules.HEALTHY, f"In service: {version(len(new))} on {run.new}", rules.HEALTHY.says)
        if events.aborted == number and number < len(batches):
            _undo(run, "Aborted", f"aborted after batch {number}; the old configuration is rolled out again")
            return
    run.end(rules.DONE, "Deployed", f"All instances are new and run {run.new}", (0, run.count, 0), rollback="none")


def _undo(run: Run, status: str, reason: str) -> None:
    title = f"The update {'is aborted' if status == 'Aborted' else 'has failed'} and is rolled back"
    run.end(rules.UNDONE, status, title, (run.count, 0, 0), rollback="none", reason=reason)

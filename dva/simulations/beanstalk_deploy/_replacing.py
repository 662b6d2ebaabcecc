"""A new version together with a setting that replaces instances: one configuration update instead of a deployment."""

from dva.aws import beanstalk
from dva.aws.beanstalk_environment import single
from dva.simulations.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk_deploy._fresh import deploy_fresh
from dva.simulations.beanstalk_deploy._run import Run, version
from dva.trace import Refused


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
        message = f"A single instance cannot be replaced by a rolling update ({kind})."
        raise Refused(
            rules.SUPPORT, "ConfigurationValidationException", message, status="Rejected", reason=message,
            code_deployed_to=None,
        )  # fmt: skip
    batch = run.count if kind == "Disabled" else _batch(run, settings)
    _replace(run, batch)


def _batch(run: Run, settings: beanstalk.Settings) -> int:
    largest, fewest = beanstalk.update_limits(settings)
    return max(1, min(largest, run.count - fewest))


def _replace(run: Run, batch: int) -> None:
    batches = [run.originals[at : at + batch] for at in range(0, run.count, batch)]
    changes = {"/outcome/batch_size": batch, "/outcome/in_place_batches": 0}
    title = f"Replaced {batch} at a time: {version(run.count)}"
    run.trace.step(rules.REPLACED, title, "Nothing is deployed in place.", changes=changes)
    fails = run.given.events.fail_batch or run.given.events.unhealthy_batch
    for number, names in enumerate(batches, 1):
        run.fleet.terminate(names)
        new = run.fleet.launch("new", len(names), f"{run.new} starting")
        run.step(rules.REPLACED, f"Terminated and replaced: {version(len(names))}", rules.REPLACED.says)
        if fails and number == (fails if isinstance(fails, int) else 1):
            reason = f"batch {number} did not become healthy; the old configuration is rolled out again"
            run.end(
                rules.UNDONE, "Failed", "The update has failed and is rolled back", (run.count, 0, 0),
                rollback="none", reason=reason,
            )  # fmt: skip
            return
        run.fleet.put_in(new, run.new)
        run.step(rules.HEALTHY, f"In service: {version(len(new))} on {run.new}", rules.HEALTHY.says)
    run.end(rules.DONE, "Deployed", f"All instances are new and run {run.new}", (0, run.count, 0), rollback="none")

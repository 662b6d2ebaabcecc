"""Deployments to the instances that run: all at once, rolling, rolling with an additional batch."""

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_deploy import decisions, rules
from dva.simulations.beanstalk.beanstalk_deploy.deployment import Deployment, instances


def deploy_in_place(deployment: Deployment) -> None:
    """Deploy to batch after batch, or to all of them."""
    count, all_at_once = deployment.count, deployment.policy == "AllAtOnce"
    has_additional = deployment.policy == "RollingWithAdditionalBatch"
    true_batch, batch = (count, count) if all_at_once else plan_batch(deployment)
    deployment.batch = batch
    batches = [deployment.originals[at : at + batch] for at in range(0, count, batch)]
    deployment.plan_faults(-(-count // true_batch))
    why = f"While a batch is updated, up to {batch} of the {count} are out of service."
    if batch == count and not has_additional:
        why = "All instances are in one batch, so that nothing serves meanwhile."
    deployment.run.step(rules.ALL if batch == count else rules.TAKE_OUT,
                        f"{instances(count)} in {len(batches)} batch{'' if len(batches) == 1 else 'es'} of {batch}",
                        why, batch_size=batch, in_place_batches=len(batches))  # fmt: skip
    if has_additional and not launch_additional(deployment):
        return None
    aborted = deployment.faults.aborted
    for number, names in enumerate(batches, 1):
        if not update_batch(deployment, number, names):
            return fail(deployment, number, len(names))
        if aborted == number and number < len(batches):
            deployment.finish(rules.ABORT, "Aborted", f"The deployment is aborted after batch {number}",
                              (*mix(deployment, number * batch), 0), rollback="redeploy",
                              reason=f"aborted after batch {number}")  # fmt: skip
            return None
    if aborted in ("cleanup", len(batches)):
        deployment.run.step(rules.TOO_LATE, "It is too late to abort", at=deployment.fleet.now)
    extra = extra_instances(deployment)
    kept = deployment.using(decisions.extra_kept)(batch) if extra else 0
    if extra:
        deployment.fleet.terminate([f"extra-{n}" for n in range(kept + 1, extra + 1)])
        deployment.advance(rules.DROP_EXTRA, f"The additional batch is terminated: {instances(extra)}")
    return deployment.complete(f"The deployment of {deployment.new} is complete", count + kept)


def plan_batch(deployment: Deployment) -> tuple[int, int]:
    """Return the true size of a batch, by which events name batches, and the size that is believed."""
    settings, command = dict(deployment.settings), options.COMMAND
    if deployment.given.client == "EB CLI":
        settings.setdefault((command, "BatchSize"), rules.EB_CLI_BATCH_SIZE)
    percentage = options.effective(settings, command, "BatchSizeType") == "Percentage"
    size, count = options.number(settings, command, "BatchSize") or 1, deployment.count
    batch = deployment.using(decisions.batch_size)(percentage, size, count)
    why = f"BatchSize is {size}, {count} run."
    if percentage:
        why = f"{size} % of {count} is {count * size / 100:g}; rounded up, at least 1."
    deployment.run.step(rules.BATCH if percentage else rules.FIXED, f"A batch is {instances(batch)}", why)
    return decisions.batch_size(percentage, size, count), batch


def launch_additional(deployment: Deployment) -> bool:
    """Launch the additional batch; return whether the deployment goes on."""
    fleet, new, quota = deployment.fleet, deployment.new, deployment.given.events.ec2_quota
    wanted = deployment.using(decisions.additional)(deployment.batch, deployment.count)
    allowed = wanted if quota is None else max(0, min(wanted, quota - deployment.count))
    fits = deployment.within_capacity(allowed)
    extra = fleet.launch("extra", fits, f"{new} starting")
    deployment.advance(rules.ADDITIONAL, f"The additional batch is launched: {instances(fits)}")
    if fits < wanted or deployment.faults.fails == "additional":
        fleet.terminate(extra)
        rule, reason = rules.ADDITIONAL_FAILS, "the additional batch did not become healthy in time"
        if fits < allowed:
            rule, reason = rules.CAPACITY, "EC2 does not have the capacity for the additional batch"
        elif fits < wanted:
            rule, reason = rules.QUOTA, f"the EC2 quota of {quota} does not leave room for the additional batch"
        deployment.finish(rule, "Failed",
                          "The additional batch is terminated, the deployment has failed", (deployment.count, 0, 0),
                          rollback="none", reason=reason)  # fmt: skip
        return False
    fleet.put_in(extra, new)
    deployment.advance(rules.HEALTHY, "The additional batch is healthy and serves", deployment.health_test)
    if deployment.faults.aborted != "additional":
        return True
    deployment.finish(rules.ABORT, "Aborted", "The deployment is aborted after the additional batch",
                      (deployment.count, len(extra), 0), rollback="redeploy",
                      reason="aborted after the additional batch")  # fmt: skip
    return False


def update_batch(deployment: Deployment, number: int, names: list[str]) -> bool:
    """Take a batch out, deploy to it, put it in; return whether it became healthy."""
    fleet, new, all_at_once = deployment.fleet, deployment.new, deployment.policy == "AllAtOnce"
    batch = "The whole environment" if all_at_once else f"Batch {number}"
    fleet.take_out(names[: deployment.using(decisions.leaving)(len(names))], f"{deployment.old} out")
    if not all_at_once:
        why = ""
        if deployment.given.environment.worker:
            why = "A worker environment has no load balancer to leave; the batch is updated."
        elif options.is_enabled(deployment.settings, options.ELB_POLICIES, "ConnectionDrainingEnabled"):
            why = "Draining is on."
        deployment.advance(rules.TAKE_OUT, f"{batch} leaves service: {instances(len(names))}", why)
    fleet.relabel(names, f"{new} deploying")
    deployment.advance(rules.DEPLOY, f"{batch} gets {new}: {instances(len(names))}")
    if deployment.faults.fails == number or not deployment.is_healthy(number):
        fleet.take_out(names, f"{new} failed")
        fleet.relabel(names, f"{new} failed")
        return False
    fleet.put_in(names, new)
    deployment.advance(rules.HEALTHY, f"{batch} serves {new}: {instances(len(names))}", deployment.health_test)
    return True


def fail(deployment: Deployment, number: int, failed: int) -> None:
    """Finish with a batch that failed."""
    old, new = mix(deployment, (number - 1) * deployment.batch)
    if extra_instances(deployment):
        deployment.run.step(rules.EXTRA_STAYS, "The additional batch keeps running")
    what = "All instances have" if deployment.policy == "AllAtOnce" else f"Batch {number} has"
    deployment.finish(rules.FAILED, "Failed", f"{what} failed, the deployment too",
                      deployment.using(decisions.after_failure)(old - failed, new, failed), rollback="redeploy",
                      reason=f"batch {number} did not become healthy in time")  # fmt: skip


def extra_instances(deployment: Deployment) -> int:
    """Return how many instances the additional batch has; 0 where there is none."""
    if deployment.policy != "RollingWithAdditionalBatch":
        return 0
    return deployment.using(decisions.additional)(deployment.batch, deployment.count)


def mix(deployment: Deployment, updated: int) -> tuple[int, int]:
    """Return (old, new) when so many of the original instances have been updated."""
    return deployment.count - updated, updated + extra_instances(deployment)

"""Deployments to the instances that run: all at once, rolling, rolling with an additional batch."""

from collections.abc import Iterator

from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk.beanstalk_deploy._run import Run, version


def deploy_in_place(run: Run) -> None:
    """Batch after batch, or all of them."""
    batch = run.count
    if run.policy != "AllAtOnce":
        batch = _batch(run)
    batches = [run.originals[at : at + batch] for at in range(0, run.count, batch)]
    run.batch = batch
    run.settle_trouble(len(batches))
    planned = {"/outcome/batch_size": batch, "/outcome/in_place_batches": len(batches)}
    title = f"{version(run.count)} in {len(batches)} batch{'' if len(batches) == 1 else 'es'} of {batch}"
    run.trace.step(rules.ALL if batch == run.count else rules.TAKE_OUT, title, _loss(run, batch), changes=planned)
    if run.policy == "RollingWithAdditionalBatch" and not _launch_additional(run):
        return
    for number in _deployed(run, batches):
        if run.trouble.aborted == number and number < len(batches):
            _stop(run, number)
            return
    if run.trace.outcome["status"] is None:
        _finish(run, run.trouble.aborted in ("cleanup", len(batches)))


def _batch(run: Run) -> int:
    """The size of a batch, told."""
    settings, command = dict(run.settings), beanstalk.COMMAND
    if run.given.client == "EB CLI":
        settings.setdefault((command, "BatchSize"), "30")
    percentage = beanstalk.effective(settings, command, "BatchSizeType") == "Percentage"
    size = beanstalk.number(settings, command, "BatchSize") or 1
    batch = run.how.batch_size(percentage, size, run.count)
    if percentage:
        exact = run.count * size / 100
        why = f"{size} % of {run.count} is {exact:g}; rounded up, at least 1 (dva's convention: AWS does not say)."
        run.trace.step(rules.BATCH, f"A batch is {version(batch)}", why)
    else:
        run.trace.step(rules.FIXED, f"A batch is {version(batch)}", f"BatchSize is {size}, {run.count} run.")
    return batch


def _loss(run: Run, batch: int) -> str:
    if batch == run.count and run.policy != "RollingWithAdditionalBatch":
        return "All instances are in one batch, so that nothing serves meanwhile."
    return f"While a batch is updated, up to {batch} of the {run.count} are out of service."


def _launch_additional(run: Run) -> bool:
    """The extra batch; False where the deployment ends with it."""
    wanted = run.how.additional(run.batch, run.count)
    quota = run.given.events.ec2_quota
    fits = wanted if quota is None else max(0, min(wanted, quota - run.count))
    extra = run.fleet.launch("extra", fits, f"{run.new} starting")
    run.step(rules.ADDITIONAL, f"The additional batch is launched: {version(fits)}", rules.ADDITIONAL.says)
    if fits < wanted:
        return _drop_additional(run, extra, f"the EC2 quota of {quota} does not leave room for the additional batch")
    if run.trouble.fails == "additional":
        return _drop_additional(run, extra, "the additional batch did not become healthy in time")
    run.fleet.put_in(extra, run.new)
    run.step(rules.HEALTHY, "The additional batch is healthy and serves", run.health_test())
    if run.trouble.aborted == "additional":
        run.end(
            rules.ABORT, "Aborted", "The deployment is aborted after the additional batch",
            (run.count, len(extra), 0), rollback="redeploy", reason="aborted after the additional batch",
        )  # fmt: skip
        return False
    return True


def _drop_additional(run: Run, extra: list[str], reason: str) -> bool:
    rule = rules.QUOTA if "quota" in reason else rules.ADDITIONAL_FAILS
    run.fleet.terminate(extra)
    run.end(
        rule, "Failed", "The additional batch is terminated, the deployment has failed",
        (run.count, 0, 0), rollback="none", reason=reason,
    )  # fmt: skip
    return False


def _deployed(run: Run, batches: list[list[str]]) -> Iterator[int]:
    """The number of each batch that was updated; ends where one fails."""
    for number, names in enumerate(batches, 1):
        batch = f"Batch {number}" if run.policy != "AllAtOnce" else "The whole environment"
        leaving = names[: run.how.leaving(len(names))]
        run.fleet.take_out(leaving, f"{run.old} out")
        if run.policy != "AllAtOnce":
            run.step(rules.TAKE_OUT, f"{batch} leaves service: {version(len(names))}", _leaving_told(run))
        run.fleet.relabel(names, f"{run.new} deploying")
        run.step(rules.DEPLOY, f"{batch} gets {run.new}: {version(len(names))}", rules.DEPLOY.says)
        if run.trouble.fails == number or not run.health_passes(number):
            run.fleet.take_out(names, f"{run.new} failed")
            run.fleet.relabel(names, f"{run.new} failed")
            _fail(run, number, len(names))
            return
        run.fleet.put_in(names, run.new)
        run.step(rules.HEALTHY, f"{batch} serves {run.new}: {version(len(names))}", run.health_test())
        yield number


def _leaving_told(run: Run) -> str:
    if run.given.environment.worker:
        return "A worker environment has no load balancer to leave; the batch is updated."
    draining = beanstalk.is_enabled(run.settings, beanstalk.ELB_POLICIES, "ConnectionDrainingEnabled")
    return rules.TAKE_OUT.says + (" Draining is on." if draining else "")


def _extra(run: Run) -> int:
    return run.how.additional(run.batch, run.count) if run.policy == "RollingWithAdditionalBatch" else 0


def _mix(run: Run, updated: int) -> tuple[int, int]:
    """(old, new) when so many of the original instances have been updated."""
    return run.count - updated, updated + _extra(run)


def _fail(run: Run, number: int, failed: int) -> None:
    old, new = _mix(run, (number - 1) * run.batch)
    final = run.how.after_failure(old - failed, new, failed)
    if _extra(run):
        run.trace.step(rules.EXTRA_STAYS, "The additional batch keeps running", rules.EXTRA_STAYS.says)
    what = "All instances have" if run.policy == "AllAtOnce" else f"Batch {number} has"
    run.end(
        rules.FAILED, "Failed", f"{what} failed, the deployment too", final,
        rollback="redeploy", reason=f"batch {number} did not become healthy in time",
    )  # fmt: skip


def _stop(run: Run, number: int) -> None:
    old, new = _mix(run, number * run.batch)
    run.end(
        rules.ABORT, "Aborted", f"The deployment is aborted after batch {number}", (old, new, 0),
        rollback="redeploy", reason=f"aborted after batch {number}",
    )  # fmt: skip


def _finish(run: Run, too_late: bool) -> None:
    if too_late:
        run.trace.step(rules.TOO_LATE, "It is too late to abort", rules.TOO_LATE.says, at=run.fleet.now)
    extra = _extra(run)
    kept = run.how.extra_kept(run.batch) if extra else 0
    if extra:
        run.fleet.terminate([f"extra-{n}" for n in range(kept + 1, extra + 1)])
        run.step(rules.DROP_EXTRA, f"The additional batch is terminated: {version(extra)}", rules.DROP_EXTRA.says)
    title = f"The deployment of {run.new} is complete"
    run.end(rules.DONE, "Deployed", title, (0, run.count + kept, 0), rollback="none")

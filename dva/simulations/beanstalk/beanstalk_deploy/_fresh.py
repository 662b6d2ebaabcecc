"""Deployments to a second group of instances: immutable and traffic splitting."""

from dva.simulations._before import Rule
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk.beanstalk_deploy._run import ROLLBACK, Run, version


def deploy_fresh(run: Run) -> None:
    """Launch beside the old instances, watch, take over."""
    run.settle_trouble(0)
    names = _immutable(run) if run.policy == "Immutable" else _splitting(run)
    if names is None:
        return
    if run.trouble.aborted == "cleanup":
        run.trace.step(rules.TOO_LATE, "It is too late to abort", rules.TOO_LATE.says, at=run.fleet.now)
    run.fleet.terminate(run.originals)
    run.step(
        rules.TAKE_OVER, f"The new group takes over: {version(len(names))}",
        f"{rules.TAKE_OVER.says} The CPU credits that burstable ones had saved are lost.",
    )  # fmt: skip
    run.end(rules.DONE, "Deployed", f"The deployment of {run.new} is complete", (0, len(names), 0), rollback="none")


def _immutable(run: Run) -> list[str] | None:
    first = run.how.first_wave(run.count)
    title = f"A temporary Auto Scaling group starts with {version(first)}"
    names = _wave(run, first, rules.FIRST, title, "first_instance")
    if names is None or run.count == first:
        return names
    rest = run.count - first
    title = f"The rest is launched: {version(rest)}"
    more = _wave(run, rest, rules.REST, title, "remaining_instances")
    return None if more is None else names + more


def _wave(run: Run, count: int, rule: Rule, title: str, phase: str) -> list[str] | None:
    """New instances that serve beside the old ones as soon as they are healthy; None where it ends here."""
    names = _launch(run, count, rule, title)
    if names is None:
        return None
    if run.trouble.fails == phase or not run.health_passes(phase):
        return _revert(run, f"{phase.replace('_', ' ')}: the new instances did not become healthy in time")
    run.fleet.put_in(names, run.new)
    run.step(rules.HEALTHY, f"In service beside the old ones: {version(len(names))} on {run.new}", run.health_test())
    return _abort(run, phase) if run.trouble.aborted == phase else names


def _splitting(run: Run) -> list[str] | None:
    percent = beanstalk.number(run.settings, beanstalk.SPLITTING, "NewVersionPercent") or 10
    minutes = beanstalk.number(run.settings, beanstalk.SPLITTING, "EvaluationTime") or 5
    count = run.how.canaries(run.count, percent)
    names = _launch(run, count, rules.SPLIT, f"A temporary group starts with {version(count)} on {run.new}")
    if names is None:
        return None
    if run.trouble.fails == "launch":
        return _revert(run, "the new instances did not become healthy in time")
    if run.trouble.aborted == "launch":
        return _abort(run, "launch")
    run.fleet.put_in(names, f"{run.new} {percent} %")
    title = f"{percent} % of the requests go to {run.new}, {100 - percent} % to {run.old}"
    run.step(rules.SPLIT, title, rules.SPLIT.says)
    run.step(rules.EVALUATE, f"The new instances are watched for {minutes} minutes", rules.EVALUATE.says)
    if run.trouble.fails == "evaluation" or not run.health_passes("evaluation"):
        return _revert(run, f"the new instances were not healthy during the {minutes} minutes of evaluation")
    if run.trouble.aborted == "evaluation":
        return _abort(run, "evaluation")
    run.fleet.relabel(names, run.new)
    run.step(rules.SPLIT, f"All requests go to {run.new}", "The evaluation time has passed and the health is good.")
    return names


def _launch(run: Run, count: int, rule: Rule, title: str) -> list[str] | None:
    quota = run.given.events.ec2_quota
    fits = count if quota is None else max(0, min(count, quota - run.fleet.paid))
    names = run.fleet.launch("new", fits, f"{run.new} starting")
    run.step(rule, title, rule.says)
    return names if fits == count else _over_quota(run, count, fits)


def _over_quota(run: Run, wanted: int, fits: int) -> list[str] | None:
    quota = run.given.events.ec2_quota
    run.trace.step(
        rules.QUOTA, f"Only {fits} of {version(wanted)} could be launched",
        f"The quota is {quota}; a second group of {run.count} needs room for {2 * run.count}.", at=run.fleet.now,
    )  # fmt: skip
    return _revert(run, f"the EC2 quota of {quota} instances does not leave room for the new group")


def _drop_new(run: Run) -> None:
    run.fleet.terminate([name for name in run.fleet.labels if name.startswith("new-")])


def _revert(run: Run, reason: str) -> list[str] | None:
    _drop_new(run)
    title = "The new instances are terminated, the old ones still serve"
    run.end(rules.REVERT, "Failed", title, (run.count, 0, 0), rollback=ROLLBACK[run.policy], reason=reason)
    return None


def _abort(run: Run, phase: str) -> list[str] | None:
    _drop_new(run)
    title = "The deployment is aborted and the new instances are terminated"
    reason = f"aborted: {phase.replace('_', ' ')}"
    run.end(rules.ABORT_FRESH, "Aborted", title, (run.count, 0, 0), rollback=ROLLBACK[run.policy], reason=reason)
    return None

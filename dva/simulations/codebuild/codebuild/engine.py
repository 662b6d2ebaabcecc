"""From the project to the end of the build."""

from collections.abc import Mapping

from dva.simulations.codebuild.codebuild import decisions, rules
from dva.simulations.codebuild.codebuild.artifacts import upload
from dva.simulations.codebuild.codebuild.buildspec import PHASES, Buildspec, read_buildspec
from dva.simulations.codebuild.codebuild.documents import Given, Problem, project_problems
from dva.simulations.codebuild.codebuild.phases import Attempt, Build
from dva.simulations.codebuild.codebuild.variables import export, resolve
from dva.simulations.frame import Refused, Run
from dva.trace import Place, Rule

# Build phase transitions: the phases before and after those of the buildspec
BEFORE = ("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE")
AFTER = ("UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED")


def run_build(given: Given, run: Run) -> None:
    """Check the project, read the buildspec, run the build, and say what it reaches."""
    if problems := project_problems(given):
        raise Refused(rules.BAD_PROJECT, "InvalidInputException", problems[0]["message"], errors=problems)
    spec = read_buildspec(given.buildspec)
    run.not_read(f"/buildspec{place}" for place in spec.not_read)
    phases = dict.fromkeys(BEFORE, "SUCCEEDED") | dict.fromkeys([*map(str.upper, PHASES), *AFTER])
    if spec.problems:
        why = "; ".join(f"{p['code']} at {p['path'] or '/'}: {p['message']}" for p in spec.problems)
        fail_download(rules.SPEC_BAD, "The buildspec cannot be used", why, spec.problems, phases, run)
    else:
        title = f"The buildspec of version {spec.version} is read"
        run.step(rules.SPEC_OK, title, f"Phases: {', '.join(spec.phases)}.", valid=True, phases=phases)
        run_phases(given, spec, run)
    check_network(given, run)


def fail_download(rule: Rule, title: str, why: str, problems: list[Problem], phases: Mapping[str, str | None],
                  run: Run) -> None:  # fmt: skip
    """End the build in DOWNLOAD_SOURCE."""
    run.step(
        rule, title, why, errors=problems, phases={**phases, "DOWNLOAD_SOURCE": "FAILED", "FINALIZING": "SUCCEEDED"},
        failed_phase="DOWNLOAD_SOURCE", status="FAILED", buildStatus="FAILED",
    )  # fmt: skip


def run_phases(given: Given, spec: Buildspec, run: Run) -> None:
    """Resolve the variables, run the phases, upload the artifacts, and export variables."""
    variables = resolve(given, spec, run)
    missing = "; ".join(one["message"] for one in variables.problems if one["code"].endswith("NOT_FOUND"))
    if missing:
        title, phases = "The build ends in DOWNLOAD_SOURCE", run.outcome["phases"]
        return fail_download(rules.NOT_FOUND, title, missing, variables.problems, phases, run)
    run.step(rules.VERSION_2 if spec.version == "0.2" else rules.VERSION_1,
             f"Version {spec.version} of the buildspec decides about shells", errors=variables.problems,
             state_after={"pwd": "", "variables": dict(variables.values)})  # fmt: skip
    finish(given, spec, Build(given, spec, variables.values, run).last_attempt(), run)
    return export(spec, variables, run)


def finish(given: Given, spec: Buildspec, attempt: Attempt, run: Run) -> None:
    """Upload what there is to upload, and end the build."""
    if not attempt.ended:
        upload(given, spec, run)
    elif not attempt.timed_out:
        run.step(rules.NO_UPLOAD, "Nothing is uploaded")
    phases = run.outcome["phases"]
    status = "TIMED_OUT" if attempt.timed_out else run.using(decisions.build_status)(phases)
    failed = [name for name, value in phases.items() if value in ("FAILED", "TIMED_OUT")]
    changes: dict[Place, object] = {("phases", "FINALIZING"): "SUCCEEDED"}
    if attempt.timed_out:
        changes["failed_phase",] = "BUILD"
    runs = "one run" if attempt.number == 1 else f"{attempt.number} runs"
    run.step(
        rules.STATUS, f"The build is {status} after {runs}", f"Not succeeded: {', '.join(failed)}." if failed else "",
        inside=changes, status=status, buildStatus=status, attempts=attempt.number,
    )  # fmt: skip


def check_network(given: Given, run: Run) -> None:
    """Say whether the build reaches its target, where that is asked."""
    target, vpc = given.target, given.project.vpc_config
    if target is None:
        return
    if not vpc.given:
        reached: bool | None = run.using(decisions.reaches_without_vpc)(target.in_)
        rule, title = rules.OUTSIDE, "The build runs outside of your VPCs"
    elif target.in_ == "vpc":
        reached = target.vpc_id in (None, vpc.vpc_id)
        rule, title = rules.INSIDE, f"The build has network interfaces in {vpc.vpc_id}"
    else:
        routes = [given.options.subnets.get(subnet) for subnet in vpc.subnets]
        reached = run.using(decisions.reaches_internet)(routes)
        rule, title = rules.ROUTE, f"The routes of its subnets: {', '.join(route or 'unknown' for route in routes)}"
    answer = {True: "reached", False: "not reached", None: "reached or not, depending on the subnet"}[reached]
    run.step(rule, f"{title}: {target.in_} is {answer}", reachable=reached)

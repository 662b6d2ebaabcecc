"""A build of AWS CodeBuild: which commands of a buildspec run, what they leave behind, and how the build ends.

In CodeBuild's order: the project is checked, the source downloaded and the buildspec read, variables, parameters and
secrets are put together; INSTALL, PRE_BUILD, BUILD and POST_BUILD run; artifacts are uploaded and variables exported.
(AWS CodeBuild User Guide, "Build specification reference", "Build phase transitions".) Nothing is executed: `faults`
says which commands fail. The rules stand in `_rules.py`, what beliefs replace in `_how.py`.
"""

from typing import Any

from dva.simulations._before import Refused, Simulation, Tracer
from dva.simulations.codebuild.codebuild import _buildspec as buildspec
from dva.simulations.codebuild.codebuild import _rules as rules
from dva.simulations.codebuild.codebuild._artifacts import upload
from dva.simulations.codebuild.codebuild._buildspec import Buildspec
from dva.simulations.codebuild.codebuild._env import export, resolve
from dva.simulations.codebuild.codebuild._given import Given, project_problems
from dva.simulations.codebuild.codebuild._how import BELIEFS, How
from dva.simulations.codebuild.codebuild._phases import Attempt, Build, texts

BEFORE = ("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE")
SCRIPTS = ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD")
AFTER = ("UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED")

OUTCOME: dict[str, Any] = {
    "buildStatus": None, "failed_phase": None, "phases": {}, "commands_run": [], "env": {}, "exported": {},
    "not_exported": [], "uploaded": [], "secondary_uploaded": {}, "upload_artifacts_attempted": False,
    "reachable": None, "valid": False, "errors": [], "state_after": None, "attempts": 0,
}  # fmt: skip


def start(given: Given) -> dict[str, Any]:
    """The log of each phase, and the shell."""
    return {"texts": texts()}


def play(given: Given, trace: Tracer, how: How) -> None:
    """From the project to the end of the build."""
    problems = project_problems(given)
    if problems:
        raise Refused(rules.BAD_PROJECT, "InvalidInputException", problems[0]["message"], errors=problems)
    phases = dict.fromkeys(BEFORE, "SUCCEEDED") | dict.fromkeys((*SCRIPTS, *AFTER))
    spec = buildspec.read(given.buildspec)
    if spec.problems:
        told = "; ".join(f"{p['code']} at {p['path'] or '/'}: {p['message']}" for p in spec.problems)
        download_fails(rules.SPEC_BAD, "The buildspec cannot be used", told, spec.problems, phases, trace)
    else:
        trace.step(
            rules.SPEC_OK, f"The buildspec of version {spec.version} is read", f"Phases: {', '.join(spec.phases)}.",
            changes={"/outcome/valid": True, "/outcome/phases": phases},
        )  # fmt: skip
        build(given, spec, trace, how)
    network(given, trace, how)


def download_fails(
    rule: Any, title: str, why: str, problems: list[dict[str, str]], phases: dict[str, Any], trace: Tracer
) -> None:
    """The build ends in DOWNLOAD_SOURCE."""
    phases = phases | {"DOWNLOAD_SOURCE": "FAILED", "FINALIZING": "SUCCEEDED"}
    changes = {"/outcome/errors": problems, "/outcome/phases": phases, "/outcome/failed_phase": "DOWNLOAD_SOURCE"}
    trace.step(rule, title, why, changes=changes | ended("FAILED"))


def ended(status: str) -> dict[str, Any]:
    """The changes that end the build."""
    return {"/outcome/status": status, "/outcome/buildStatus": status}


def build(given: Given, spec: Buildspec, trace: Tracer, how: How) -> None:
    """Variables, phases, artifacts, exports."""
    variables = resolve(given, spec, trace, how)
    errors = {"/outcome/errors": variables.problems}
    missing = [problem for problem in variables.problems if problem["code"].endswith("NOT_FOUND")]
    if missing:
        why = "; ".join(problem["message"] for problem in missing)
        phases = trace.outcome["phases"]
        download_fails(rules.NOT_FOUND, "The build ends in DOWNLOAD_SOURCE", why, variables.problems, phases, trace)
        return
    rule = rules.VERSION_2 if spec.version == "0.2" else rules.VERSION_1
    state = {"pwd": "", "variables": dict(variables.values)}
    changes = errors | {"/outcome/state_after": state}
    trace.step(rule, f"Version {spec.version} of the buildspec decides about shells", rule.says, changes=changes)
    attempt = Build(given, spec, variables.values, trace, how).run()
    finish(given, spec, attempt, trace, how)
    export(spec, variables, trace.outcome["state_after"]["variables"], trace)


def finish(given: Given, spec: Buildspec, attempt: Attempt, trace: Tracer, how: How) -> None:
    """Upload what there is to upload, and end the build."""
    if not attempt.ended:
        upload(given, spec, trace, how)
    elif not attempt.timed_out:
        trace.step(rules.NO_UPLOAD, "Nothing is uploaded", rules.NO_UPLOAD.says)
    phases = trace.outcome["phases"]
    status = "TIMED_OUT" if attempt.timed_out else how.build_status(phases)
    done = {"/outcome/phases/FINALIZING": "SUCCEEDED", "/outcome/attempts": attempt.number} | ended(status)
    if attempt.timed_out:
        done["/outcome/failed_phase"] = "BUILD"
    failed = [name for name, value in phases.items() if value in ("FAILED", "TIMED_OUT")]
    why = f"{rules.STATUS.says} Not succeeded: {', '.join(failed)}." if failed else rules.STATUS.says
    runs = "one run" if attempt.number == 1 else f"{attempt.number} runs"
    trace.step(rules.STATUS, f"The build is {status} after {runs}", why, changes=done)


def network(given: Given, trace: Tracer, how: How) -> None:
    """What the build reaches, where that is asked."""
    target, vpc = given.target, given.project.vpc_config
    if target is None:
        return
    if not vpc.given:
        reached: bool | None = how.default_network(target.in_)
        rule, title = rules.OUTSIDE, "The build runs outside of your VPCs"
    elif target.in_ == "vpc":
        reached = target.vpc_id in (None, vpc.vpc_id)
        rule, title = rules.INSIDE, f"The build has network interfaces in {vpc.vpc_id}"
    else:
        routes = [given.options.subnets.get(subnet) for subnet in vpc.subnets]
        reached = how.reaches_internet(routes)
        rule, title = rules.ROUTE, f"The routes of its subnets: {', '.join(route or 'unknown' for route in routes)}"
    answer = {True: "reached", False: "not reached", None: "reached or not, depending on the subnet"}[reached]
    trace.step(rule, f"{title}: {target.in_} is {answer}", rule.says, changes={"/outcome/reachable": reached})


SIMULATION = Simulation(
    name="codebuild",
    title="AWS CodeBuild: a build, phase by phase",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome=OUTCOME,
    statuses=("SUCCEEDED", "FAILED", "TIMED_OUT", "refused"),
    play=play,
    how=How(),
    start=start,
)

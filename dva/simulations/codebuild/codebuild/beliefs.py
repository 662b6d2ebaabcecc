"""What people believe about builds instead."""

from collections.abc import Mapping

from dva.aws import glob
from dva.simulations.codebuild.codebuild import artifacts, engine, phases, variables
from dva.simulations.codebuild.codebuild.rules import codebuild

belief = codebuild.belief

belief(variables.winner, "buildspec-wins", "a variable of the buildspec wins over the project's and over start-build's",
       "It is the weakest: start-build wins over the project, the project over the buildspec.",
       "precedence")(lambda places: min(places, key=variables.PLACES.index))  # fmt: skip

belief(phases.after_failure, "post-build-needs-success", "post_build runs only after a build that succeeded",
       "POST_BUILD runs after a failed BUILD too; CODEBUILD_BUILD_SUCCEEDING is 0 then.",
       "14")(lambda phase, on_failure: "end")  # fmt: skip

belief(phases.after_failure, "post-build-always-runs", "post_build runs whatever phase has failed",
       "A failed INSTALL or PRE_BUILD ends the build.", "transitions")(lambda phase, on_failure: "next")  # fmt: skip

belief(phases.finally_runs, "finally-needs-success", "finally runs only when the commands of its phase have succeeded",
       "finally runs in both cases: it is there for cleaning up.", "finally")(lambda failed: not failed)  # fmt: skip

belief(
    phases.shares_shell, "each-command-its-own-shell",
    "every command runs in a shell of its own, so cd and export are lost",
    "That was version 0.1; with version 0.2 all commands share one shell.", "versions",
)(lambda version: False)  # fmt: skip

belief(phases.entry_code, "any-part-fails-the-entry", "an entry fails when any command in it fails",
       "CodeBuild sees the exit code of the entry only, which is that of its last command.",
       "exit-codes")(lambda codes: max(codes, default=0))  # fmt: skip


@belief(engine.build_status, "post-build-saves-the-build", "a post_build that succeeds makes the build succeed",
        "One failed phase is enough for the build to be FAILED.", "transitions")  # fmt: skip
def last_phase_decides(phases: Mapping[str, str | None]) -> str:
    ran = [status for status in phases.values() if status]
    return "FAILED" if ran[-1:] == ["FAILED"] or phases.get("POST_BUILD") == "FAILED" else "SUCCEEDED"


belief(
    phases.max_attempts, "retries-count-the-first-run", "RETRY-2 runs the build two times in all",
    "The number counts retries: the first run and two more.", "on-failure",
)(lambda retries: max(1, retries))  # fmt: skip

belief(artifacts.fits, "one-star-is-recursive", "d/* takes the files of all folders below d",
       "`*` stays within one level; `d/**/*` goes through all.",
       "artifact-patterns")(lambda pattern, path: glob.matches(pattern.replace("**/", "*"), path))  # fmt: skip

belief(engine.reaches_internet, "public-subnet-is-enough",
       "a build in a public subnet reaches the internet through the internet gateway",
       "Its network interface has no public IP address; it needs a NAT.",
       "vpc-internet")(lambda routes: None if None in routes else any(route != "none" for route in routes))  # fmt: skip

belief(engine.reaches_without_vpc, "builds-are-in-my-vpc",
       "a build runs in the default VPC of the account and reaches what is there",
       "Without vpcConfig it runs outside of your VPCs.", "32")(lambda target: True)  # fmt: skip

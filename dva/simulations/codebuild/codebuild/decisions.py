"""The rule functions of a build, and what people believe instead."""

from collections.abc import Mapping, Sequence
from typing import Literal

from dva.aws import glob
from dva.simulations.codebuild.codebuild.rules import belief

PLACES = ("buildspec", "project", "start-build")
"""Places that define variables, the weakest first. (Build specification reference, env/variables.)"""

FollowUp = Literal["next", "end"]


def winner(places: Sequence[str]) -> str:
    """Return the place whose definition of a variable counts."""
    return max(places, key=PLACES.index)


def after_failure(phase: str, on_failure: str) -> FollowUp:
    """Return what follows a phase that has failed."""
    if on_failure == "CONTINUE":
        return "next"
    return "next" if phase in ("build", "post_build") and not on_failure else "end"


def finally_runs(failed: bool) -> bool:
    """Return whether `finally` runs after commands that have failed or not."""
    return True


def shares_shell(version: str) -> bool:
    """Return whether the commands of a buildspec of this version share a shell."""
    return version == "0.2"


def entry_code(codes: Sequence[int]) -> int:
    """Return the exit code of an entry, from those of its parts that ran."""
    return codes[-1] if codes else 0


def max_attempts(retries: int) -> int:
    """Return how often a build is run at most when RETRY allows this many retries."""
    return retries + 1


def fits(pattern: str, path: str) -> bool:
    """Return whether a pattern of the artifact matches a file."""
    return glob.path_matches(pattern, path)


def build_status(phases: Mapping[str, str | None]) -> str:
    """Return how the build as a whole ends."""
    return "FAILED" if "FAILED" in phases.values() else "SUCCEEDED"


def reaches_internet(routes: Sequence[str | None]) -> bool | None:
    """Return whether a build in subnets with these routes reaches the internet; None where it depends on the subnet."""
    good = [route == "nat" for route in routes]
    return None if None in routes or any(good) != all(good) else all(good)


def reaches_without_vpc(target: str) -> bool:
    """Return whether a build without vpcConfig reaches the target."""
    return target != "vpc"


# What people believe instead

belief(winner, "buildspec-wins", "a variable of the buildspec wins over the project's and over start-build's",
       "It is the weakest: start-build wins over the project, the project over the buildspec.",
       "precedence")(lambda places: min(places, key=PLACES.index))  # fmt: skip

belief(after_failure, "post-build-needs-success", "post_build runs only after a build that succeeded",
       "POST_BUILD runs after a failed BUILD too; CODEBUILD_BUILD_SUCCEEDING is 0 then.",
       "14")(lambda phase, on_failure: "end")  # fmt: skip

belief(after_failure, "post-build-always-runs", "post_build runs whatever phase has failed",
       "A failed INSTALL or PRE_BUILD ends the build.", "transitions")(lambda phase, on_failure: "next")  # fmt: skip

belief(finally_runs, "finally-needs-success", "finally runs only when the commands of its phase have succeeded",
       "finally runs in both cases: it is there for cleaning up.", "finally")(lambda failed: not failed)  # fmt: skip

belief(shares_shell, "each-command-its-own-shell",
       "every command runs in a shell of its own, so cd and export are lost",
       "That was version 0.1; with version 0.2 all commands share one shell.",
       "versions")(lambda version: False)  # fmt: skip

belief(entry_code, "any-part-fails-the-entry", "an entry fails when any command in it fails",
       "CodeBuild sees the exit code of the entry only, which is that of its last command.",
       "exit-codes")(lambda codes: max(codes, default=0))  # fmt: skip


@belief(build_status, "post-build-saves-the-build", "a post_build that succeeds makes the build succeed",
        "One failed phase is enough for the build to be FAILED.", "transitions")  # fmt: skip
def last_phase_decides(phases: Mapping[str, str | None]) -> str:
    ran = [status for status in phases.values() if status]
    return "FAILED" if ran[-1:] == ["FAILED"] or phases.get("POST_BUILD") == "FAILED" else "SUCCEEDED"


belief(max_attempts, "retries-count-the-first-run", "RETRY-2 runs the build two times in all",
       "The number counts retries: the first run and two more.",
       "on-failure")(lambda retries: max(1, retries))  # fmt: skip

belief(fits, "one-star-is-recursive", "d/* takes the files of all folders below d",
       "`*` stays within one level; `d/**/*` goes through all.",
       "artifact-patterns")(lambda pattern, path: glob.matches(pattern.replace("**/", "*"), path))  # fmt: skip

belief(reaches_internet, "public-subnet-is-enough",
       "a build in a public subnet reaches the internet through the internet gateway",
       "Its network interface has no public IP address; it needs a NAT.",
       "vpc-internet")(lambda routes: None if None in routes else any(route != "none" for route in routes))  # fmt: skip

belief(reaches_without_vpc, "builds-are-in-my-vpc",
       "a build runs in the default VPC of the account and reaches what is there",
       "Without vpcConfig it runs outside of your VPCs.", "32")(lambda target: True)  # fmt: skip

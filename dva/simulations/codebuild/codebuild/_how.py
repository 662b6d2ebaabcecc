"""The rule functions of a build that beliefs replace, and the beliefs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dva.aws import glob
from dva.simulations._before import Belief

After = Literal["next", "end"]

SOURCES = ("buildspec", "project", "start-build")
"""Places that define variables, the weakest first."""


def winner(places: Sequence[str]) -> str:
    """The place whose definition of a variable counts."""
    return max(places, key=SOURCES.index)


def after_failure(phase: str, on_failure: str) -> After:
    """What follows a phase that has failed."""
    if on_failure == "CONTINUE":
        return "next"
    if on_failure:
        return "end"
    return "next" if phase in ("build", "post_build") else "end"


def finally_runs(failed: bool) -> bool:
    """Whether `finally` runs."""
    return True


def one_shell(version: str) -> bool:
    """Whether the commands share a shell."""
    return version == "0.2"


def entry_code(codes: Sequence[int]) -> int:
    """The exit code of an entry, from those of its parts that ran."""
    return codes[-1] if codes else 0


def most_attempts(retries: int) -> int:
    """How often a build is run at most when RETRY allows this many retries."""
    return retries + 1


def build_status(phases: Mapping[str, str | None]) -> str:
    """How the build as a whole ends."""
    return "FAILED" if "FAILED" in phases.values() else "SUCCEEDED"


def fits(pattern: str, path: str) -> bool:
    """Whether a file belongs to the artifact."""
    return glob.path_matches(pattern, path)


def reaches_internet(routes: Sequence[str | None]) -> bool | None:
    """Whether a build in subnets with these routes reaches the internet; None where it depends on the subnet."""
    good = [route == "nat" for route in routes]
    return None if None in routes or any(good) != all(good) else all(good)


def default_network(target: str) -> bool:
    """What a build without vpcConfig reaches."""
    return target != "vpc"


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    winner: Callable[[Sequence[str]], str] = winner
    after_failure: Callable[[str, str], After] = after_failure
    finally_runs: Callable[[bool], bool] = finally_runs
    one_shell: Callable[[str], bool] = one_shell
    entry_code: Callable[[Sequence[int]], int] = entry_code
    most_attempts: Callable[[int], int] = most_attempts
    build_status: Callable[[Mapping[str, str | None]], str] = build_status
    fits: Callable[[str, str], bool] = fits
    reaches_internet: Callable[[Sequence[str | None]], bool | None] = reaches_internet
    default_network: Callable[[str], bool] = default_network


def last_phase_decides(phases: Mapping[str, str | None]) -> str:
    """Believed: the build ends as its last phase did."""
    ran = [status for status in phases.values() if status]
    return "FAILED" if ran[-1:] == ["FAILED"] or phases.get("POST_BUILD") == "FAILED" else "SUCCEEDED"


def star_crosses_folders(pattern: str, path: str) -> bool:
    """Believed: `d/*` takes everything below d."""
    return glob.matches(pattern.replace("**/", "*"), path)


BELIEFS = (
    Belief(
        "buildspec-wins", "a variable of the buildspec wins over the project's and over start-build's",
        "It is the weakest: start-build wins over the project, the project over the buildspec.",
        "winner", lambda places: min(places, key=SOURCES.index), ("codebuild.precedence",),
    ),
    Belief(
        "post-build-needs-success", "post_build runs only after a build that succeeded",
        "POST_BUILD runs after a failed BUILD too; CODEBUILD_BUILD_SUCCEEDING is 0 then.",
        "after_failure", lambda phase, on_failure: "end", ("codebuild.14",),
    ),
    Belief(
        "post-build-always-runs", "post_build runs whatever phase has failed",
        "A failed INSTALL or PRE_BUILD ends the build.",
        "after_failure", lambda phase, on_failure: "next", ("codebuild.transitions",),
    ),
    Belief(
        "finally-needs-success", "finally runs only when the commands of its phase have succeeded",
        "finally runs in both cases: it is there for cleaning up.",
        "finally_runs", lambda failed: not failed, ("codebuild.finally",),
    ),
    Belief(
        "each-command-its-own-shell", "every command runs in a shell of its own, so cd and export are lost",
        "That was version 0.1; with version 0.2 all commands share one shell.",
        "one_shell", lambda version: False, ("codebuild.versions",),
    ),
    Belief(
        "any-part-fails-the-entry", "an entry fails when any command in it fails",
        "CodeBuild sees the exit code of the entry only, which is that of its last command.",
        "entry_code", lambda codes: max(codes, default=0), ("codebuild.exit-codes",),
    ),
    Belief(
        "post-build-saves-the-build", "a post_build that succeeds makes the build succeed",
        "One failed phase is enough for the build to be FAILED.",
        "build_status", last_phase_decides, ("codebuild.transitions",),
    ),
    Belief(
        "retries-count-the-first-run", "RETRY-2 runs the build two times in all",
        "The number counts retries: the first run and two more.",
        "most_attempts", lambda retries: max(1, retries), ("codebuild.on-failure",),
    ),
    Belief(
        "one-star-is-recursive", "d/* takes the files of all folders below d",
        "`*` stays within one level; `d/**/*` goes through all.",
        "fits", star_crosses_folders, ("codebuild.artifact-patterns",),
    ),
    Belief(
        "public-subnet-is-enough", "a build in a public subnet reaches the internet through the internet gateway",
        "Its network interface has no public IP address; it needs a NAT.",
        "reaches_internet", lambda routes: None if None in routes else any(route != "none" for route in routes),
        ("codebuild.vpc-internet",),
    ),
    Belief(
        "builds-are-in-my-vpc", "a build runs in the default VPC of the account and reaches what is there",
        "Without vpcConfig it runs outside of your VPCs.",
        "default_network", lambda target: True, ("codebuild.32",),
    ),
)  # fmt: skip

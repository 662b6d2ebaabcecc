"""What people believe about application versions instead."""

from dva.simulations.beanstalk.beanstalk_versions.documents import DatedVersion, KeptBecause
from dva.simulations.beanstalk.beanstalk_versions.engine import (
    at_quota,
    beyond_count,
    counted,
    deletes_source,
    deploying_fails,
    protection,
)
from dva.simulations.beanstalk.beanstalk_versions.rules import mechanism

belief = mechanism.belief


@belief(
    counted, "quota-per-application", "each application may have 1,000 versions",
    "The quota counts the versions of all applications in the Region.", "01",
)  # fmt: skip
def count_of_application(of_application: int, in_region: int) -> int:
    return of_application


@belief(
    deploying_fails, "quota-stops-deploying", "at the quota nothing can be deployed any more",
    "Creating a version fails; the versions that exist can still be deployed.", "01",
)  # fmt: skip
def deploying_fails_at_quota(count: int, quota: int) -> bool:
    return count >= quota


@belief(
    at_quota, "policy-makes-room", "the policy deletes old versions first, so that a new one always fits",
    "It runs only after a version was created; at the quota none is, so you have to delete by hand.", "when-it-runs",
)  # fmt: skip
def at_quota_after_policy(count: int, quota: int, deletable: int) -> bool:
    return count - deletable >= quota


@belief(
    beyond_count, "new-version-counts", "MaxCount includes the version just created",
    "The new version is not counted: with MaxCount 25 there are 26 afterwards.", "new-not-counted",
)  # fmt: skip
def beyond_count_with_new(newest_first: list[DatedVersion], most: int) -> list[DatedVersion]:
    return newest_first[max(0, most - 1) :]


@belief(
    protection, "only-in-use-is-protected", "a version that no environment runs now can go",
    "For ten weeks after its environment was terminated it stays, so that the environment can be restored.", "03",
)  # fmt: skip
def only_use_protects(version: DatedVersion) -> KeptBecause | None:
    return "in use" if version.in_use else None


@belief(
    protection, "nothing-is-protected", "the policy deletes by count and age alone",
    "What an environment runs, or ran until less than ten weeks ago, is passed over.", "03",
)  # fmt: skip
def nothing_protects(version: DatedVersion) -> KeptBecause | None:
    return None


@belief(
    deletes_source, "bundles-go-too", "the source bundle goes with its version",
    "It stays in S3 unless DeleteSourceFromS3 (or DeleteSourceBundle) is true.", "04",
)  # fmt: skip
def always_deletes_source(asked: bool) -> bool:
    return True

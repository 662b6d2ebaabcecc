"""What people believe about application versions instead."""

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

belief(counted, "quota-per-application", "each application may have 1,000 versions",
       "The quota counts the versions of all applications in the Region.",
       "01")(lambda of_application, in_region: of_application)  # fmt: skip

belief(deploying_fails, "quota-stops-deploying", "at the quota nothing can be deployed any more",
       "Creating a version fails; the versions that exist can still be deployed.",
       "01")(lambda count, quota: count >= quota)  # fmt: skip

belief(at_quota, "policy-makes-room", "the policy deletes old versions first, so that a new one always fits",
       "It runs only after a version was created; at the quota none is, so you have to delete by hand.",
       "when-it-runs")(lambda count, quota, deletable: count - deletable >= quota)  # fmt: skip

belief(beyond_count, "new-version-counts", "MaxCount includes the version just created",
       "The new version is not counted: with MaxCount 25 there are 26 afterwards.",
       "new-not-counted")(lambda newest_first, most: newest_first[max(0, most - 1) :])  # fmt: skip

belief(protection, "only-in-use-is-protected", "a version that no environment runs now can go",
       "For ten weeks after its environment was terminated it stays, so that the environment can be restored.",
       "03")(lambda version: "in use" if version.in_use else None)  # fmt: skip

belief(
    protection, "nothing-is-protected", "the policy deletes by count and age alone",
    "What an environment runs, or ran until less than ten weeks ago, is passed over.", "03",
)(lambda version: None)  # fmt: skip

belief(
    deletes_source, "bundles-go-too", "the source bundle goes with its version",
    "It stays in S3 unless DeleteSourceFromS3 (or DeleteSourceBundle) is true.", "04",
)(lambda asked: True)  # fmt: skip

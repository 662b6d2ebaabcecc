"""The rules of application versions and their lifecycle policy, in AWS's order."""

from dva.simulations.beanstalk._sources import api, guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-versions", rules="beanstalk.versions", notes="elastic-beanstalk-lifecycle-policy")
rule, belief = mechanism.rule, mechanism.belief

LIFECYCLE = guide("Configuring application version lifecycle settings", "applications-lifecycle.html")
QUOTAS = ("AWS General Reference, Elastic Beanstalk endpoints and quotas: "
          "https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html")  # fmt: skip

POLICY = rule("policy", "A policy has a rule by count and a rule by age; both are off until `Enabled` is true.",
              api("ApplicationVersionLifecycleConfig"), "02")  # fmt: skip
QUOTA = rule("quota", "The quota (1,000 by default) counts the versions of all applications in the Region; reached, "
             "creating fails.", QUOTAS, "01")  # fmt: skip
CREATED = rule("created", "The version is created first; the policy runs only after a creation that succeeded.",
               LIFECYCLE, "when-it-runs")  # fmt: skip
COUNT = rule("count", "MaxCount keeps the newest MaxCount versions; the version just created is not counted.",
             LIFECYCLE, "new-not-counted")  # fmt: skip
AGE = rule("age", "MaxAgeInDays picks versions that are older than so many days.", LIFECYCLE, "02")
USED = rule("in-use", "A version that an environment runs now is not deleted.", LIFECYCLE, "03")
TERMINATED = rule("terminated", "A version of an environment that was terminated less than ten weeks ago is not "
                  "deleted.", LIFECYCLE, "03")  # fmt: skip
NO_SUBSTITUTE = rule("no-substitute", "What is protected stays beyond the limit; no newer version goes instead of it.",
                     "The lifecycle page does not say what happens to the count when a version beyond it is protected.",
                     "03", assumption=True)  # fmt: skip
LIMIT = rule("limit", "One run of the policy deletes 100 versions at most.", LIFECYCLE, "when-it-runs")
DELETED = rule("deleted", "A deleted version cannot be deployed any more; its bundle stays in S3 unless "
               "DeleteSourceFromS3 is true.", LIFECYCLE, "04")  # fmt: skip
DEPLOYED = rule("deployed", "An existing version is deployed without regard to the quota; no policy runs.", LIFECYCLE,
                "01")  # fmt: skip
BY_HAND = rule("by-hand", "DeleteApplicationVersion refuses a version of a running environment; DeleteSourceBundle is "
               "false by default.", api("DeleteApplicationVersion"), "by-hand")  # fmt: skip
LABEL = rule("label", "A version label is unique in its application and names an existing version when one is deployed "
             "or deleted.", api("CreateApplicationVersion"))  # fmt: skip

ACTIONS = ("create", "deploy", "delete")

# Documented numbers

DEFAULT_QUOTA = 1000
"""Application versions in a Region (QUOTAS)."""
MAX_DELETED = 100
"""Versions that one run of the policy deletes (LIFECYCLE)."""
PROTECTED_WEEKS = 10
"""Weeks in which a version stays after its environment was terminated (LIFECYCLE)."""
MAX_LABEL = 100
"""Characters of a version label; an empty one counts as none (API, CreateApplicationVersion)."""

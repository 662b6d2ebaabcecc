"""The rules of application versions and their lifecycle policy."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
API = "https://docs.aws.amazon.com/elasticbeanstalk/latest/api"
LIFECYCLE = (
    "AWS Elastic Beanstalk Developer Guide, Configuring application version lifecycle settings: "
    f"{GUIDE}/applications-lifecycle.html"
)
QUOTAS = (
    "AWS General Reference, Elastic Beanstalk endpoints and quotas: "
    "https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html"
)

POLICY = Rule(
    "beanstalk.versions.policy",
    "A policy has a rule by count and a rule by age; both are off until `Enabled` is true.",
    f"Elastic Beanstalk API, ApplicationVersionLifecycleConfig: {API}/API_ApplicationVersionLifecycleConfig.html",
    ("elastic-beanstalk-lifecycle-policy.02",),
)
QUOTA = Rule(
    "beanstalk.versions.quota",
    "The quota (1,000 by default) counts the versions of all applications in the Region; reached, creating fails.",
    QUOTAS,
    ("elastic-beanstalk-lifecycle-policy.01",),
)
CREATED = Rule(
    "beanstalk.versions.created",
    "The version is created first; the policy runs only after a creation that succeeded.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.when-it-runs",),
)
COUNT = Rule(
    "beanstalk.versions.count",
    "MaxCount keeps the newest MaxCount versions; the version just created is not counted.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.new-not-counted",),
)
AGE = Rule(
    "beanstalk.versions.age",
    "MaxAgeInDays picks versions that are older than so many days.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.02",),
)
USED = Rule(
    "beanstalk.versions.in-use",
    "A version that an environment runs now is not deleted.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.03",),
)
TERMINATED = Rule(
    "beanstalk.versions.terminated",
    "A version of an environment that was terminated less than ten weeks ago is not deleted.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.03",),
)
NO_SUBSTITUTE = Rule(
    "beanstalk.versions.no-substitute",
    "What is protected stays beyond the limit; no newer version goes instead of it.",
    "The lifecycle page does not say what happens to the count when a version beyond it is protected.",
    ("elastic-beanstalk-lifecycle-policy.03",),
    assumption=True,
)
LIMIT = Rule(
    "beanstalk.versions.limit",
    "One run of the policy deletes 100 versions at most.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.when-it-runs",),
)
DELETED = Rule(
    "beanstalk.versions.deleted",
    "A deleted version cannot be deployed any more; its bundle stays in S3 unless DeleteSourceFromS3 is true.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.04",),
)
DEPLOYED = Rule(
    "beanstalk.versions.deployed",
    "An existing version is deployed without regard to the quota; no policy runs.",
    LIFECYCLE,
    ("elastic-beanstalk-lifecycle-policy.01",),
)
BY_HAND = Rule(
    "beanstalk.versions.by-hand",
    "DeleteApplicationVersion refuses a version of a running environment; DeleteSourceBundle is false by default.",
    f"Elastic Beanstalk API, DeleteApplicationVersion: {API}/API_DeleteApplicationVersion.html",
    ("elastic-beanstalk-lifecycle-policy.by-hand",),
)
LABEL = Rule(
    "beanstalk.versions.label",
    "A version label is unique in its application and names an existing version when one is deployed or deleted.",
    f"Elastic Beanstalk API, CreateApplicationVersion: {API}/API_CreateApplicationVersion.html",
)

ALL = (
    POLICY,
    QUOTA,
    CREATED,
    COUNT,
    AGE,
    USED,
    TERMINATED,
    NO_SUBSTITUTE,
    LIMIT,
    DELETED,
    DEPLOYED,
    BY_HAND,
    LABEL,
)

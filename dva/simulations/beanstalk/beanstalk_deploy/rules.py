"""The rules of a deployment, in the order in which Elastic Beanstalk applies them, and its documented numbers."""

from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-deploy", rules="beanstalk.deploy", notes="elastic-beanstalk-deployment")
rule, belief = mechanism.rule, mechanism.belief

POLICIES = guide("Deployment policies and settings", "using-features.rolling-version-deploy.html")
CHOOSING = guide("Deploying applications to environments", "using-features.deploy-existing-version.html")
OPTIONS = guide("General options for all environments", "command-options-general.html")
IMMUTABLE = guide("Immutable environment updates", "environmentmgmt-updates-immutable.html")
CANCELING = guide("Canceling updates and deployments", "using-features.rollingupdates.cancel.html")
UPDATES = guide("Rolling environment configuration updates", "using-features.rollingupdates.html")
HEALTH = guide("Enhanced health reporting and monitoring", "health-enhanced.html")
TYPES = guide("Environment types", "using-features-managing-env-types.html")
CLI = "EB CLI, ebcli/objects/requests.py: https://github.com/aws/aws-elastic-beanstalk-cli"

VALUE = rule("value", "A value outside an option's range is refused before anything is deployed.", OPTIONS,
             "batch-size")  # fmt: skip
SINGLE = rule("single", "A single-instance environment runs one instance and has no load balancer.", TYPES, "02")
POLICY = rule("policy", "DeploymentPolicy names the policy.", POLICIES, "policy-default")
DEFAULT = rule("default", "Where no policy is set, the service deploys to all instances at once.", OPTIONS,
               "policy-default")  # fmt: skip
CLI_DEFAULT = rule("cliDefault", "The EB CLI sets a batch of 30 % but no policy; the guide says that its scalable "
                   "environments roll.", f"the guide and the code of the EB CLI differ: {POLICIES}; {CLI}",
                   "policy-default", assumption=True)  # fmt: skip
SUPPORT = rule("support", "Not every kind of environment supports every policy.", CHOOSING, "supported")
NEEDS_ALB = rule("applicationLoadBalancer", "Traffic splitting needs an Application Load Balancer.", POLICIES,
                 "traffic-splitting", "supported")  # fmt: skip
NEEDS_HEALTH = rule("enhancedHealth", "Policies that launch a second group need enhanced health reporting.", IMMUTABLE,
                    "immutable-needs")  # fmt: skip
RESOURCES = rule("resources", "An immutable deployment cannot change resource settings at the same time.", IMMUTABLE,
                 "immutable-needs")  # fmt: skip
MISPLACED = rule(
    "misplaced", "HealthCheckSuccessThreshold is an option of aws:elasticbeanstalk:healthreporting:system; under "
    "aws:elasticbeanstalk:command it is ignored.",
    f"two pages of the guide show it under :command, the table of options does not have it there: {OPTIONS}",
    "elastic-beanstalk-extensions.health-threshold", assumption=True,
)  # fmt: skip
TIMEOUT = rule("timeout", "A batch has Timeout seconds; the service adds 240 of its own.", OPTIONS, "timeout")
BATCH = rule("batch", "A percentage of the running instances is rounded up, and a batch has at least one.",
             f"AWS does not say how a percentage is rounded: {POLICIES}", "batch-size", assumption=True)  # fmt: skip
FIXED = rule("fixed", "A fixed batch is BatchSize instances, as far as there are so many.", OPTIONS, "batch-size")
TARGET = rule("target", "The policy decides whether code goes to existing or to new instances.", CHOOSING, "06", "07",
              "08", "09")  # fmt: skip
MISFIT = rule("misfit", "What cannot happen under this policy does not happen.", "dva's events are for several "
              "policies; AWS has no such input", "failure-mixed", assumption=True)  # fmt: skip
ADDITIONAL = rule("additional", "First one batch of new instances is launched with the new version.", POLICIES, "08")
ADDITIONAL_FAILS = rule(
    "additionalFails", "Where the additional batch does not become healthy it is terminated and nothing else happens.",
    f"AWS does not say what becomes of an additional batch that fails: {CHOOSING}", "08", assumption=True,
)  # fmt: skip
ALL = rule("all", "All instances get the new version at the same time and are out of service meanwhile.", POLICIES,
           "06")  # fmt: skip
TAKE_OUT = rule("takeOut", "A batch leaves the load balancer, its connections are drained where that is enabled.",
                POLICIES, "07", "08")  # fmt: skip
DEPLOY = rule("deploy", "The new version is deployed to the batch.", POLICIES, "07", "08")
HEALTHY = rule("healthy", "Back behind the load balancer, the whole batch must pass its health checks.", POLICIES,
               "health-checks")  # fmt: skip
IGNORED = rule("ignored", "IgnoreHealthCheck goes on although a batch is not healthy.", OPTIONS, "ignore-health-check")
THRESHOLD = rule("threshold", "An instance passes when its health is no worse than HealthCheckSuccessThreshold.",
                 HEALTH, "health-checks")  # fmt: skip
FAILED = rule("failed", "A batch that fails stays on the new version; batches before it are new, later ones old.",
              POLICIES, "failure-mixed")  # fmt: skip
EXTRA_STAYS = rule("extraStays", "Where a later batch fails, the additional batch keeps running.",
                   f"AWS does not say when the additional batch goes after a failure: {POLICIES}", "failure-mixed",
                   "08", assumption=True)  # fmt: skip
DROP_EXTRA = rule("dropExtra", "At the end the additional batch is terminated.", POLICIES, "08")
FIRST = rule("first", "A temporary Auto Scaling group starts with one new instance, which serves beside the old ones.",
             IMMUTABLE, "09")  # fmt: skip
REST = rule("rest", "When it is healthy, as many new instances follow as there are old ones.", IMMUTABLE, "09")
SPLIT = rule("split", "A temporary group as large as the original one gets NewVersionPercent of the requests.",
             POLICIES, "traffic-splitting")  # fmt: skip
EVALUATE = rule("evaluate", "For EvaluationTime minutes their health is watched.", POLICIES, "traffic-splitting")
TAKE_OVER = rule("takeOver", "Healthy new instances move into the original group; the old ones are terminated.",
                 IMMUTABLE, "09", "traffic-splitting")  # fmt: skip
REVERT = rule("revert", "Where new instances fail, they are terminated, their logs stay in S3 for an hour; the "
              "original ones were never touched.", IMMUTABLE, "09", "traffic-splitting")  # fmt: skip
QUOTA = rule("quota", "New instances must fit in the account's EC2 quota.", IMMUTABLE, "immutable-needs")
CAPACITY = rule("capacity", "Where EC2 has too little capacity for the instance type, new instances do not launch "
                "and the deployment fails.", "Amazon EC2 User Guide, Troubleshoot launch issues: "
                "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html",
                "immutable-needs")  # fmt: skip
ABORT = rule("abort", "An aborted deployment just stops: some instances are new, the others old.", CANCELING, "abort")
ABORT_FRESH = rule("abortFresh",
                   "Aborted while a second group runs, traffic stays with the old instances and the new ones go.",
                   f"the guide says so of traffic splitting; of an immutable deployment it says nothing: {POLICIES}",
                   "abort", assumption=True)  # fmt: skip
TOO_LATE = rule("tooLate", "In the cleanup after the last batch nothing can be aborted.", CANCELING, "abort")
REPLACING = rule("replacing", "A setting that replaces instances, changed with the version, makes it a configuration "
                 "update: new instances come up with the new version.", UPDATES, "version-and-settings")  # fmt: skip
ROOM = rule("room", "Where no instance may leave, replacements are launched first, as far as MaxSize has room; without "
            "it the update is refused.", f"AWS does not describe an environment at its minimum: {UPDATES}",
            "update-batch", assumption=True)  # fmt: skip
REPLACED = rule("replaced", "Instances are terminated and their replacements start with the new version.", UPDATES,
                "version-and-settings")  # fmt: skip
UNDONE = rule("undone", "A configuration update that fails or is aborted is rolled back by another one.", UPDATES,
              "update-failure")  # fmt: skip
DONE = rule("done", "The deployment is complete when every instance runs the new version.", POLICIES, "09", "07")

# Documented numbers; the options' own are in the table of `_options`

EXTRA_SECONDS = 240
"""Added by the service to a batch's Timeout (OPTIONS)."""
HEALTH_CHECKS = {"web": (12, 2), "worker": (18, 3)}
"""Enhanced health: checks in a row that an instance must pass, within so many minutes (HEALTH)."""
EB_CLI_BATCH_SIZE = "30"
"""Percentage that the EB CLI sets (CLI)."""
FIRST_IIS = 8, 5
"""Version of IIS from which Windows Server supports every policy (CHOOSING)."""

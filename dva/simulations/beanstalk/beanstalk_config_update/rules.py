"""The rules of a configuration update, in the order in which Elastic Beanstalk applies them."""

from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-config-update", rules="beanstalk.update", notes="elastic-beanstalk-deployment")
rule, belief = mechanism.rule, mechanism.belief

CHANGES = guide("Configuration changes", "environments-updating.html")
ROLLING = guide("Rolling environment configuration updates", "using-features.rollingupdates.html")
OPTIONS = guide("General options for all environments", "command-options-general.html")
IMMUTABLE = guide("Immutable environment updates", "environmentmgmt-updates-immutable.html")
CANCELING = guide("Canceling updates and deployments", "using-features.rollingupdates.cancel.html")
RECOMMENDED = guide("Configuration options, recommended values", "command-options.html")
TIERS = guide("Elastic Beanstalk concepts", "concepts.html")
BALANCER = guide("Load balancer for your environment", "using-features.managing.elb.html")

BEGIN = rule("begin", "What an update sets is compared with what is set now.", CHANGES, "replacing-settings")
VALUE = rule("value", "A value outside an option's range is refused.", OPTIONS, "update-batch")
FIXED = rule("fixed", "The type of the load balancer is chosen when the environment is created.", BALANCER,
             "replacing-settings")  # fmt: skip
TIER = rule("tier", "An environment keeps its tier.", TIERS, "replacing-settings")
SINGLE = rule("single", "A single instance can be replaced at once or by an immutable update, not by a rolling one.",
              CHANGES, "update-types")  # fmt: skip
RECOMMENDS = rule("recommended", "The EB CLI turns on rolling updates based on health where it creates a scalable web "
                  "environment.", RECOMMENDED, "update-types")  # fmt: skip
UNCHANGED = rule("unchanged", "A setting that already has the value changes nothing.", CHANGES, "replacing-settings")
REPLACES = rule("replaces", "Changes of the launch configuration, the instances or the VPC replace every instance.",
                CHANGES, "replacing-settings")  # fmt: skip
KEEPS = rule("keeps", "Other changes are applied while the instances go on serving.", CHANGES, "replacing-settings")
SEPARATE = rule("separate", "A version that comes with such a change is deployed by the deployment policy.", ROLLING,
                "version-and-settings")  # fmt: skip
TOGETHER = rule("together", "New instances come up with the new version, so nothing is deployed separately.", ROLLING,
                "version-and-settings")  # fmt: skip
ENABLED = rule("enabled", "RollingUpdateEnabled, MaxBatchSize, MinInstancesInService or PauseTime turn rolling updates "
               "on; RollingUpdateType is then Time unless it says Health.", OPTIONS, "update-types")  # fmt: skip
DISABLED = rule("disabled", "Without rolling updates all instances are terminated and replaced together.", CHANGES,
                "update-types")  # fmt: skip
IMMUTABLE_TYPE = rule("immutable", "RollingUpdateType Immutable alone turns immutable updates on.", IMMUTABLE,
                      "update-types")  # fmt: skip
LIMITS = rule("limits", "MaxBatchSize is a third of MinSize, rounded up, and MinInstancesInService the lower of "
              "MinSize and MaxSize - 1 where they are not set.", OPTIONS, "update-batch")  # fmt: skip
BATCH = rule("batch", "A batch is MaxBatchSize, or less where MinInstancesInService would be broken.",
             f"AWS gives both limits but not how they meet: {ROLLING}", "update-batch", assumption=True)  # fmt: skip
NO_ROOM = rule("noRoom", "Where no instance may leave, replacements are launched first, as far as MaxSize has room.",
               f"AWS does not describe an environment at its minimum: {ROLLING}", "update-batch",
               assumption=True)  # fmt: skip
STUCK = rule("stuck", "Where no instance may leave and none may be added, the update is refused.",
             f"AWS does not describe an environment that can neither shrink nor grow: {ROLLING}", "update-batch",
             assumption=True)  # fmt: skip
TERMINATE = rule("terminate", "A batch is taken out of service and terminated, then its replacements are launched.",
                 ROLLING, "config-updates")  # fmt: skip
LAUNCH = rule("launchFirst", "The replacements of a batch are launched before it is terminated.",
              f"AWS does not describe an environment at its minimum: {ROLLING}", "update-batch",
              assumption=True)  # fmt: skip
WAIT = rule("wait", "The next batch waits until this one is healthy, or for PauseTime.", ROLLING, "config-updates")
GROUP = rule("group", "An immutable update launches one new instance, then as many as there are, in a second group.",
             IMMUTABLE, "update-types")  # fmt: skip
BACK = rule("back", "On the way back each new batch is replaced by one of the previous configuration.", ROLLING,
            "update-failure")  # fmt: skip
FAILED = rule("failed", "When an update fails, another rolling update restores the previous configuration.", ROLLING,
              "update-failure")  # fmt: skip
DROPPED = rule("dropped", "When an immutable update fails, the second group is terminated.", IMMUTABLE,
               "update-failure")  # fmt: skip
STAYS_MIXED = rule("staysMixed", "Where the rollback fails too, finished batches are new, the others old, and the "
                   "environment is unhealthy; dva counts the failing batch as new.",
                   f"AWS does not count the failing batch: {ROLLING}", "update-failure", assumption=True)  # fmt: skip
ABORT = rule("abort", "An aborted configuration update is rolled back, which cannot be stopped.", CANCELING, "abort")
DONE = rule("done", "The update is complete when every instance has the new configuration.", ROLLING, "config-updates")

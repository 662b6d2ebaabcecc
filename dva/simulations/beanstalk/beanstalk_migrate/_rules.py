"""The rules of changing a load balancer and of freeing a database from its environment."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
ELB = (
    "AWS Elastic Beanstalk Developer Guide, Load balancer for your environment: "
    f"{GUIDE}/using-features.managing.elb.html"
)
DB = (
    "AWS Elastic Beanstalk Developer Guide, Adding a database to your environment: "
    f"{GUIDE}/using-features.managing.db.html"
)
CLONE = f"AWS Elastic Beanstalk Developer Guide, Clone an environment: {GUIDE}/using-features.managing.clone.html"
REBUILD = f"AWS Elastic Beanstalk Developer Guide, Rebuilding environments: {GUIDE}/environment-management-rebuild.html"
SWAP = (
    "AWS Elastic Beanstalk Developer Guide, Blue/Green deployments with Elastic Beanstalk: "
    f"{GUIDE}/using-features.CNAMESwap.html"
)
DECOUPLE = (
    "AWS Knowledge Center, How do I decouple an Amazon RDS instance from an Elastic Beanstalk environment: "
    "https://repost.aws/knowledge-center/decouple-rds-from-beanstalk"
)
TERMINATE = f"AWS Elastic Beanstalk Developer Guide, Terminate an environment: {GUIDE}/using-features.terminating.html"

START = Rule(
    "beanstalk.migrate.start",
    "A load balancer's type belongs to its environment for good; a coupled database lives as long as it.",
    ELB,
    ("elastic-beanstalk-migrations.01",),
)
INVALID = Rule(
    "beanstalk.migrate.invalid-option",
    "A value that an option does not take is refused, and the update with it.",
    "Elastic Beanstalk API, ValidateConfigurationSettings: "
    "https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_ValidateConfigurationSettings.html",
)
POLICY = Rule(
    "beanstalk.migrate.policy",
    "DBDeletionPolicy (Delete, Snapshot, Retain) says what becomes of the database when it leaves its environment.",
    DB,
    ("elastic-beanstalk-migrations.10",),
)
SEPARATE = Rule(
    "beanstalk.migrate.separate-updates",
    "A policy in the same update as HasCoupledDatabase=false is ignored: the one applied before acts.",
    DB,
    ("elastic-beanstalk-migrations.separate-updates",),
)
RETAINED = Rule(
    "beanstalk.migrate.retained",
    "Retain: the database stays and is nobody's; the environment needs it as an external one.",
    DB,
    ("elastic-beanstalk-migrations.decouple",),
)
DELETED = Rule(
    "beanstalk.migrate.deleted",
    "Delete, the default: the database goes with its data.",
    DB,
    ("elastic-beanstalk-migrations.10",),
)
SNAPSHOT = Rule(
    "beanstalk.migrate.snapshot-policy",
    "Snapshot: a snapshot is taken, then the database is deleted.",
    DB,
    ("elastic-beanstalk-migrations.10",),
)
PROTECTED = Rule(
    "beanstalk.migrate.deletion-protection",
    "RDS deletes no database with deletion protection: the operation that would delete it fails.",
    DECOUPLE,
    ("elastic-beanstalk-migrations.14",),
)
COUPLED = Rule(
    "beanstalk.migrate.new-database",
    "HasCoupledDatabase=true makes a new database, with DBUser and DBPassword given anew, empty or from a snapshot.",
    DB,
    ("elastic-beanstalk-migrations.recouple",),
)
LB_FIXED = Rule(
    "beanstalk.migrate.load-balancer-type",
    "LoadBalancerType is chosen when an environment is created; changing it later is refused.",
    ELB,
    ("elastic-beanstalk-migrations.03",),
)
CREATE = Rule(
    "beanstalk.migrate.create",
    "A new environment, not a clone, takes the same settings with another load balancer, and no database.",
    ELB,
    ("elastic-beanstalk-migrations.05", "elastic-beanstalk-migrations.15"),
)
TWO_ZONES = Rule(
    "beanstalk.migrate.two-zones",
    "An Application Load Balancer needs subnets in two Availability Zones.",
    ELB,
    ("elastic-beanstalk-migrations.two-zones",),
)
CLONED = Rule(
    "beanstalk.migrate.clone",
    "A clone keeps the load balancer's type and gets a database of its own, new and empty.",
    CLONE,
    ("elastic-beanstalk-cloning.02",),
)
REBUILT = Rule(
    "beanstalk.migrate.rebuild",
    "Rebuilding terminates all resources and makes them again: a coupled database comes back empty.",
    REBUILD,
    ("elastic-beanstalk-migrations.rebuild",),
)
DEPLOY = Rule(
    "beanstalk.migrate.deploy",
    "The new environment gets the version and is tested under its own URL.",
    SWAP,
    ("elastic-beanstalk-migrations.07",),
)
SWAPPED = Rule(
    "beanstalk.migrate.swap",
    "Swapping exchanges the two CNAMEs; it takes another environment that runs the application.",
    SWAP,
    ("elastic-beanstalk-migrations.07",),
)
WAIT = Rule(
    "beanstalk.migrate.wait-for-dns",
    "Resolvers send clients to the old environment until the TTL is over: it has to live so long.",
    SWAP,
    ("elastic-beanstalk-migrations.08",),
)
TAKEN = Rule(
    "beanstalk.migrate.snapshot",
    "A snapshot of the database is the way back, whatever happens to it.",
    DECOUPLE,
    ("elastic-beanstalk-migrations.13",),
)
TERMINATED = Rule(
    "beanstalk.migrate.terminate",
    "Terminating removes the environment's resources, its coupled database by the policy.",
    TERMINATE,
    ("elastic-beanstalk-migrations.18",),
)
DONE = Rule(
    "beanstalk.migrate.goal",
    "Decoupled means: the database lives and belongs to no environment. Changed means: another type serves.",
    DECOUPLE,
    ("elastic-beanstalk-migrations.decouple",),
)

ALL = (
    START, INVALID, POLICY, SEPARATE, RETAINED, DELETED, SNAPSHOT, PROTECTED, COUPLED, LB_FIXED, CREATE, TWO_ZONES,
    CLONED, REBUILT, DEPLOY, SWAPPED, WAIT, TAKEN, TERMINATED, DONE,
)  # fmt: skip

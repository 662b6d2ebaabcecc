"""The rules of changing a load balancer and of freeing a database from its environment, in AWS's order."""

from dva.simulations.beanstalk._sources import api, guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-migrate", rules="beanstalk.migrate", notes="elastic-beanstalk-migrations")
rule, belief = mechanism.rule, mechanism.belief

ELB = guide("Load balancer for your environment", "using-features.managing.elb.html")
DB = guide("Adding a database to your environment", "using-features.managing.db.html")
CLONE = guide("Clone an environment", "using-features.managing.clone.html")
REBUILD = guide("Rebuilding environments", "environment-management-rebuild.html")
SWAP = guide("Blue/Green deployments with Elastic Beanstalk", "using-features.CNAMESwap.html")
DECOUPLE = ("AWS Knowledge Center, How do I decouple an Amazon RDS instance from an Elastic Beanstalk environment: "
            "https://repost.aws/knowledge-center/decouple-rds-from-beanstalk")  # fmt: skip
TERMINATE = guide("Terminate an environment", "using-features.terminating.html")

START = rule("start",
             "A load balancer's type belongs to its environment for good; a coupled database lives as long as it.", ELB,
             "01")  # fmt: skip
INVALID = rule("invalid-option", "A value that an option does not take is refused, and the update with it.",
               api("ValidateConfigurationSettings"))  # fmt: skip
POLICY = rule("policy", "DBDeletionPolicy (Delete, Snapshot, Retain) says what becomes of the database when it leaves "
              "its environment.", DB, "10")  # fmt: skip
SEPARATE = rule("separate-updates", "A policy in the same update as HasCoupledDatabase=false is ignored: the one "
                "applied before acts.", DB, "separate-updates")  # fmt: skip
RETAINED = rule("retained", "Retain: the database stays and is nobody's; the environment needs it as an external one.",
                DB, "decouple")  # fmt: skip
DELETED = rule("deleted", "Delete, the default: the database goes with its data.", DB, "10")
SNAPSHOT = rule("snapshot-policy", "Snapshot: a snapshot is taken, then the database is deleted.", DB, "10")
PROTECTED = rule("deletion-protection", "RDS deletes no database with deletion protection: the operation that would "
                 "delete it fails.", DECOUPLE, "14")  # fmt: skip
COUPLED = rule("new-database", "HasCoupledDatabase=true makes a new database, with DBUser and DBPassword given anew, "
               "empty or from a snapshot.", DB, "recouple")  # fmt: skip
LB_FIXED = rule("load-balancer-type", "LoadBalancerType is chosen when an environment is created; changing it later is "
                "refused.", ELB, "03")  # fmt: skip
CREATE = rule("create", "A new environment, not a clone, takes the same settings with another load balancer, and no "
              "database.", ELB, "05", "15")  # fmt: skip
TWO_ZONES = rule("two-zones", "An Application Load Balancer needs subnets in two Availability Zones.", ELB, "two-zones")
CLONED = rule("clone", "A clone keeps the load balancer's type and gets a database of its own, new and empty.", CLONE,
              "elastic-beanstalk-cloning.02")  # fmt: skip
REBUILT = rule("rebuild",
               "Rebuilding terminates all resources and makes them again: a coupled database comes back empty.",
               REBUILD, "rebuild")  # fmt: skip
DEPLOY = rule("deploy", "The new environment gets the version and is tested under its own URL.", SWAP, "07")
SWAPPED = rule("swap", "Swapping exchanges the two CNAMEs; it takes another environment that runs the application.",
               SWAP, "07")  # fmt: skip
WAIT = rule("wait-for-dns",
            "Resolvers send clients to the old environment until the TTL is over: it has to live so long.", SWAP,
            "08")  # fmt: skip
TAKEN = rule("snapshot", "A snapshot of the database is the way back, whatever happens to it.", DECOUPLE, "13")
TERMINATED = rule("terminate", "Terminating removes the environment's resources, its coupled database by the policy.",
                  TERMINATE, "18")  # fmt: skip
DONE = rule("goal",
            "Decoupled means: the database lives and belongs to no environment. Changed means: another type serves.",
            DECOUPLE, "decouple")  # fmt: skip

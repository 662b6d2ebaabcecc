"""What people believe about these migrations instead."""

from dva.simulations.beanstalk.beanstalk_migrate.engine import (
    acting_policy,
    belongs_after_swap,
    clone_gets,
    database_after,
    dns_is_done,
    load_balancer_changes,
    protection_holds,
)
from dva.simulations.beanstalk.beanstalk_migrate.rules import mechanism

belief = mechanism.belief

belief(acting_policy, "one-update-is-enough", "Retain and the decoupling may go into one update",
       "The policy of the same update is ignored, the one applied before acts; with Delete the data is lost.",
       "separate-updates")(lambda applied, in_this_update: in_this_update)  # fmt: skip

belief(database_after, "snapshot-keeps-the-database", "with the policy Snapshot the database lives on",
       "A snapshot is taken, then the database is deleted.",
       "10")(lambda policy: "deleted" if policy == "Delete" else "retained")  # fmt: skip

belief(
    database_after, "databases-outlive-environments", "terminating an environment leaves its database alone",
    "A coupled database goes by its policy, and the default is Delete.", "10",
)(lambda policy: "retained")  # fmt: skip

belief(belongs_after_swap, "swap-moves-the-database", "after the swap the database belongs to the new environment",
       "A swap exchanges two names; the database stays coupled with the environment that made it.",
       "decouple")(lambda swapped: not swapped)  # fmt: skip

belief(load_balancer_changes, "load-balancer-can-change", "LoadBalancerType can be changed like any other option",
       "It is fixed when the environment is created.", "03")(lambda: True)  # fmt: skip

belief(clone_gets, "clone-copies-the-data", "a clone has a copy of the database with its data",
       "The clone's database is new and empty.", "elastic-beanstalk-cloning.02")(lambda database: database)  # fmt: skip

belief(dns_is_done, "dns-is-instant", "after the swap nobody uses the old environment",
       "Resolvers hold the old answer for the TTL, some of them longer.", "08")(lambda waited: True)  # fmt: skip

belief(protection_holds, "protection-is-only-for-the-console", "deletion protection does not hinder Elastic Beanstalk",
       "RDS refuses the deletion whoever asks for it.", "14")(lambda protected: False)  # fmt: skip

"""What people believe about blue/green deployments instead."""

from dva.simulations.beanstalk.beanstalk_bluegreen.engine import (
    changes_dns,
    exchanged,
    instances_beside,
    must_wait,
    shares_of,
)
from dva.simulations.beanstalk.beanstalk_bluegreen.rules import mechanism

belief = mechanism.belief

belief(must_wait, "swap-reaches-everybody-at-once", "after the swap the old environment can be terminated at once",
       "Resolvers may lead clients to it until the old record has expired, and some of them longer.",
       "dns-wait")(lambda waited: False)  # fmt: skip

belief(
    changes_dns, "swap-is-no-dns-change", "a swap happens in the load balancer, without DNS",
    "It exchanges the CNAME records of the two environments.", "12", "16",
)(lambda swapped, weighted: False)  # fmt: skip

belief(instances_beside, "green-shares-the-instances", "the second environment runs on the instances of the first",
       "It has instances of its own, which are paid for as long as it runs.", "13")(lambda wanted: 0)  # fmt: skip

belief(shares_of, "weights-are-percentages", "the weights of Route 53 are percentages",
       "A share is the weight divided by the sum of all weights.", "15")(lambda weights: dict(weights))  # fmt: skip

belief(shares_of, "weighted-records-share-evenly", "weighted records send every environment the same share",
       "Only equal weights do; a share is the weight divided by the sum of all weights.",
       "15")(lambda weights: shares_of(dict.fromkeys(weights, 1)))  # fmt: skip

belief(
    exchanged, "swap-moves-nothing-back", "a swap only points the production name at green; blue keeps its own",
    "Both names change places, which is why a second swap is the way back.", "16",
)(lambda one, other: (one, other))  # fmt: skip

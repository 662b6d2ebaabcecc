"""The rules of capacity providers, in the order in which they are applied, and their documented numbers."""

from dva.simulations.frame import Mechanism

capacity = Mechanism("ecs-capacity-provider", rules="ecs.capacity", notes="ecs-cluster-capacity-provider")
rule = capacity.rule

URL = "https://docs.aws.amazon.com/AmazonECS/latest"
ITEM = (
    f"Amazon ECS API Reference, CapacityProviderStrategyItem: {URL}/APIReference/API_CapacityProviderStrategyItem.html"
)
CREATE = f"Amazon ECS API Reference, CreateService: {URL}/APIReference/API_CreateService.html"
MANAGED = f"Amazon ECS API Reference, ManagedScaling: {URL}/APIReference/API_ManagedScaling.html"
SCALING = f"Amazon ECS Developer Guide, Cluster auto scaling: {URL}/developerguide/cluster-auto-scaling.html"
DEEP = (
    "AWS Containers Blog, Deep dive on Amazon ECS cluster auto scaling: "
    "https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/"
)
CONCEPTS = f"Amazon ECS Developer Guide, Capacity providers: {URL}/developerguide/cluster-capacity-providers.html"

# What AWS refuses

EXCLUSIVE = rule("launch-type-or-strategy",
                 "A request names a launch type or a capacity provider strategy, never both.", CREATE,
                 "launch-type")  # fmt: skip
AT_MOST_20 = rule("at-most-20", "A strategy has at most 20 capacity providers.", CREATE, "strategy")
RANGE = rule("range", "base is 0 to 100,000, weight 0 to 1,000, targetCapacity 1 to 100, step sizes 1 to 10,000.",
             f"{ITEM}; {MANAGED}", "strategy")  # fmt: skip
TWICE = rule("named-twice", "A strategy that names a provider twice is refused.", CONCEPTS, "strategy", assumption=True)
ONE_BASE = rule("one-base", "Only one item of a strategy may have a base.", ITEM, "base")
SOME_WEIGHT = rule("some-weight", "Of several providers at least one needs a weight above 0; the API's default is 0.",
                   ITEM, "weight-zero")  # fmt: skip
NO_MIX = rule("no-mix", "A cluster may have providers of several kinds, one strategy only Fargate, or Auto Scaling "
              "groups, or Managed Instances.", CONCEPTS, "no-mix")  # fmt: skip
ASSOCIATED = rule("associated", "A provider must be associated with the cluster before a strategy can name it.",
                  CONCEPTS, "03")  # fmt: skip

# Which strategy

DEFAULT = rule("default-strategy", "With neither launch type nor strategy the cluster's default strategy is used.",
               CREATE, "launch-type")  # fmt: skip
OUTSIDE = rule("outside", "Tasks by launch type use no provider, and managed scaling does not count them.", CONCEPTS,
               "launch-type")  # fmt: skip

# Base and weight

BASE = rule("base", "The base is filled first: that many tasks, at least, on that provider.", ITEM, "base")
WEIGHTS = rule("weights", "What is left after the base is shared in the ratio of the weights.", ITEM, "weight")
REMAINDER = rule("remainder", "What the weights do not divide goes one by one to the provider with the least (tasks by "
                 "weight + 1) / weight, of equal ones to the first.", ITEM, "weight", assumption=True)  # fmt: skip
WEIGHT_ZERO = rule("weight-zero", "Beside others, a provider of weight 0 gets no tasks.", ITEM, "weight-zero")
SINGLE = rule("single", "A provider alone in its strategy takes every task, whatever its weight.", ITEM, "weight-zero")

# Managed scaling

NEEDED = rule("needed", "M is the number of instances that the tasks need: those running, and a binpack of those "
              "without a place.", SCALING, "reservation")  # fmt: skip
STEP_SIZE = rule("step-size", "The instances added for waiting tasks are at least minimumScalingStepSize and at most "
                 "maximumScalingStepSize.", MANAGED, "step-size")  # fmt: skip
RESERVATION = rule("reservation", "CapacityProviderReservation = M / N x 100: instances needed by instances running.",
                   DEEP, "reservation")  # fmt: skip
ZERO = rule("no-instances", "With no instances the metric is 100 when none is needed, and 200 when some are.", DEEP,
            "from-zero")  # fmt: skip
OUT = rule("scale-out", "Above targetCapacity the group grows to M x 100 / targetCapacity instances, rounded up.",
           SCALING, "target-capacity")  # fmt: skip
FROM_ZERO = rule("from-zero", "From no instances at all, scaling out starts two.", SCALING, "from-zero")
STEADY = rule("steady", "At targetCapacity the group stays as it is.", SCALING, "reservation")
IN = rule("scale-in", "Below targetCapacity for 15 minutes the group shrinks, by at most half of it a minute.",
          f"{SCALING}; {DEEP}", "scale-in")  # fmt: skip
UNMANAGED = rule("unmanaged",
                 "With managed scaling off there is no metric, and the group scales only as its owner makes it.",
                 MANAGED, "managed-scaling")  # fmt: skip

# Capacity that is unavailable

FARGATE_PAGE = (
    "Amazon ECS Developer Guide, Amazon ECS clusters for Fargate, Fargate Spot termination notices: "
    f"{URL}/developerguide/fargate-capacity-providers.html"
)
GROUP_PAGE = (
    f"Amazon ECS Developer Guide, Auto Scaling group providers: {URL}/developerguide/asg-capacity-providers.html"
)
NO_FARGATE = rule("fargate-unavailable", "Where Fargate has no capacity a task does not start: RunTask fails, a "
                  "service tries again.", "AWS Knowledge Center, RunTask fails because of unavailable capacity: "
                  "https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity", "03")  # fmt: skip
NO_SPOT = rule("spot-unavailable", "Fargate does not replace Spot capacity that is unavailable with on-demand "
               "capacity: the service tries again until there is some.", FARGATE_PAGE, "fargate-spot")  # fmt: skip
NO_INSTANCES = rule("group-cannot-grow", "Where the group cannot launch the instances, tasks stay in PROVISIONING; no "
                    "other provider takes them.", GROUP_PAGE, "managed-scaling")  # fmt: skip
UNAVAILABLE = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
"""The words of Amazon ECS (NO_FARGATE)."""

# Documented numbers

MOST_PROVIDERS = 20
"""Of one strategy (CREATE)."""
BASES, WEIGHT_RANGE = (0, 100_000), (0, 1000)
"""Least and most of an item of the strategy (ITEM)."""
TARGETS, STEP_SIZES = (1, 100), (1, 10_000)
"""Least and most of managed scaling: targetCapacity in percent, step sizes in instances (MANAGED)."""
NONE_NEEDED, SOME_NEEDED = 100, 200
"""The metric, in percent, of a group without instances (DEEP)."""
STARTED_FROM_ZERO = 2
"""Instances (SCALING)."""

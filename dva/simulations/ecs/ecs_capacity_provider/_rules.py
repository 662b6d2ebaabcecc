"""The rules of capacity providers, and where AWS says them."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
ITEM = (
    "Amazon ECS API Reference, CapacityProviderStrategyItem: "
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html"
)
CREATE = (
    "Amazon ECS API Reference, CreateService: "
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
)
MANAGED = (
    "Amazon ECS API Reference, ManagedScaling: "
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html"
)
SCALING = f"Amazon ECS Developer Guide, Cluster auto scaling: {GUIDE}/cluster-auto-scaling.html"
DEEP = (
    "AWS Containers Blog, Deep dive on Amazon ECS cluster auto scaling: "
    "https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/"
)
CONCEPTS = f"Amazon ECS Developer Guide, Capacity providers: {GUIDE}/cluster-capacity-providers.html"

TOPIC = "ecs-cluster-capacity-provider"

# What AWS refuses

EXCLUSIVE = Rule(
    "ecs.capacity.launch-type-or-strategy",
    "A request names a launch type or a capacity provider strategy, never both.",
    CREATE, (f"{TOPIC}.launch-type",),
)  # fmt: skip
AT_MOST_20 = Rule(
    "ecs.capacity.at-most-20", "A strategy has at most 20 capacity providers.", CREATE, (f"{TOPIC}.strategy",),
)  # fmt: skip
RANGE = Rule(
    "ecs.capacity.range",
    "base is 0 to 100,000, weight 0 to 1,000, targetCapacity 1 to 100, step sizes 1 to 10,000.",
    f"{ITEM}; {MANAGED}", (f"{TOPIC}.strategy",),
)  # fmt: skip
TWICE = Rule(
    "ecs.capacity.named-twice",
    "A strategy that names a provider twice is refused.",
    CONCEPTS, (f"{TOPIC}.strategy",), assumption=True,
)  # fmt: skip
ONE_BASE = Rule(
    "ecs.capacity.one-base", "Only one item of a strategy may have a base.", ITEM, (f"{TOPIC}.base",),
)  # fmt: skip
SOME_WEIGHT = Rule(
    "ecs.capacity.some-weight",
    "Of several providers at least one needs a weight above 0; the API's default is 0.",
    ITEM, (f"{TOPIC}.weight-zero",),
)  # fmt: skip
NO_MIX = Rule(
    "ecs.capacity.no-mix",
    "A cluster may have providers of several kinds, one strategy only Fargate, or Auto Scaling groups, or Managed "
    "Instances.",
    CONCEPTS, (f"{TOPIC}.no-mix",),
)  # fmt: skip
ASSOCIATED = Rule(
    "ecs.capacity.associated",
    "A provider must be associated with the cluster before a strategy can name it.",
    CONCEPTS, (f"{TOPIC}.03",),
)  # fmt: skip

# Which strategy

DEFAULT = Rule(
    "ecs.capacity.default-strategy",
    "With neither launch type nor strategy the cluster's default strategy is used.",
    CREATE, (f"{TOPIC}.launch-type",),
)  # fmt: skip
OUTSIDE = Rule(
    "ecs.capacity.outside",
    "Tasks by launch type use no provider, and managed scaling does not count them.",
    CONCEPTS, (f"{TOPIC}.launch-type",),
)  # fmt: skip

# Base and weight

BASE = Rule(
    "ecs.capacity.base", "The base is filled first: that many tasks, at least, on that provider.", ITEM,
    (f"{TOPIC}.base",),
)  # fmt: skip
WEIGHTS = Rule(
    "ecs.capacity.weights", "What is left after the base is shared in the ratio of the weights.", ITEM,
    (f"{TOPIC}.weight",),
)  # fmt: skip
REMAINDER = Rule(
    "ecs.capacity.remainder",
    "What the weights do not divide goes one by one to the provider with the least (tasks by weight + 1) / weight, "
    "of equal ones to the first.",
    ITEM, (f"{TOPIC}.weight",), assumption=True,
)  # fmt: skip
WEIGHT_ZERO = Rule(
    "ecs.capacity.weight-zero", "Beside others, a provider of weight 0 gets no tasks.", ITEM,
    (f"{TOPIC}.weight-zero",),
)  # fmt: skip
SINGLE = Rule(
    "ecs.capacity.single", "A provider alone in its strategy takes every task, whatever its weight.", ITEM,
    (f"{TOPIC}.weight-zero",),
)  # fmt: skip

# Managed scaling

NEEDED = Rule(
    "ecs.capacity.needed",
    "M is the number of instances that the tasks need: those running, and a binpack of those without a place.",
    SCALING, (f"{TOPIC}.reservation",),
)  # fmt: skip
STEP_SIZE = Rule(
    "ecs.capacity.step-size",
    "The instances added for waiting tasks are at least minimumScalingStepSize and at most maximumScalingStepSize.",
    MANAGED, (f"{TOPIC}.step-size",),
)  # fmt: skip
RESERVATION = Rule(
    "ecs.capacity.reservation",
    "CapacityProviderReservation = M / N x 100: instances needed by instances running.",
    DEEP, (f"{TOPIC}.reservation",),
)  # fmt: skip
ZERO = Rule(
    "ecs.capacity.no-instances",
    "With no instances the metric is 100 when none is needed, and 200 when some are.",
    DEEP, (f"{TOPIC}.from-zero",),
)  # fmt: skip
OUT = Rule(
    "ecs.capacity.scale-out",
    "Above targetCapacity the group grows to M x 100 / targetCapacity instances, rounded up.",
    SCALING, (f"{TOPIC}.target-capacity",),
)  # fmt: skip
FROM_ZERO = Rule(
    "ecs.capacity.from-zero", "From no instances at all, scaling out starts two.", SCALING, (f"{TOPIC}.from-zero",),
)  # fmt: skip
STEADY = Rule(
    "ecs.capacity.steady", "At targetCapacity the group stays as it is.", SCALING, (f"{TOPIC}.reservation",),
)  # fmt: skip
IN = Rule(
    "ecs.capacity.scale-in",
    "Below targetCapacity for 15 minutes the group shrinks, by at most half of it a minute.",
    f"{SCALING}; {DEEP}", (f"{TOPIC}.scale-in",),
)  # fmt: skip
UNMANAGED = Rule(
    "ecs.capacity.unmanaged",
    "With managed scaling off there is no metric, and the group scales only as its owner makes it.",
    MANAGED, (f"{TOPIC}.managed-scaling",),
)  # fmt: skip

RULES = (
    EXCLUSIVE, AT_MOST_20, RANGE, TWICE, ONE_BASE, SOME_WEIGHT, NO_MIX, ASSOCIATED, DEFAULT, OUTSIDE, BASE, WEIGHTS,
    REMAINDER, WEIGHT_ZERO, SINGLE, NEEDED, STEP_SIZE, RESERVATION, ZERO, OUT, FROM_ZERO, STEADY, IN, UNMANAGED,
)  # fmt: skip

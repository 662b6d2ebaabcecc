"""What people believe of a rolling update instead."""

from fractions import Fraction
from math import ceil

from dva.simulations.ecs.documents import Service
from dva.simulations.ecs.ecs_deployment import engine
from dva.simulations.ecs.ecs_deployment.rules import MOST_FAILURES, update

belief = update.belief


@belief(
    engine.count_after_health, "failures-add-up",
    "the breaker counts failures over the whole deployment, healthy tasks or not",
    "A healthy task sets the count back to 0 unless resetOnHealthyTask is false.", "circuit-breaker-reset",
)  # fmt: skip
def never_reset(count: int, reset: bool) -> int:
    return count


belief(engine.lower_limit, "minimum-rounds-down", "minimumHealthyPercent is rounded down, so 75 % of 2 tasks leaves 1",
       "The lower limit is rounded up: 75 % of 2 is 1.5, so both tasks have to stay.",
       "rolling-limits")(engine.upper_limit)  # fmt: skip

belief(
    engine.upper_limit, "maximum-rounds-up", "maximumPercent is rounded up, so 125 % of 3 tasks allows 4",
    "The upper limit is rounded down: 125 % of 3 is 3.75, so 3 tasks at most.", "rolling-limits",
)(engine.lower_limit)  # fmt: skip


@belief(engine.may_start, "all-new-tasks-first",
        "a rolling update starts all new tasks first and then stops the old ones",
        "It starts only what the upper limit leaves room for; with maximumPercent 100 that is nothing at first.",
        "rolling-rounds")  # fmt: skip
def start_all(upper: int, total: int, missing: int) -> int:
    return missing


@belief(engine.may_stop, "one-task-at-a-time", "a rolling update replaces one task after the other",
        "Each round stops as many old tasks as the lower limit allows, not one.", "rolling-rounds")  # fmt: skip
def stop_one(healthy: int, lower: int, old: int) -> int:
    return min(1, engine.may_stop(healthy, lower, old))


@belief(engine.threshold, "threshold-is-half",
        "the breaker trips when half of the desired tasks have failed, however few",
        "Half the desired count is kept between 3 and 200 unless thresholdConfiguration says otherwise.",
        "circuit-breaker")  # fmt: skip
def half_the_tasks(desired: int, kind: str, value: int) -> int:
    return ceil(Fraction(desired, 2))


@belief(engine.threshold, "threshold-at-least-ten", "the breaker needs at least 10 failed tasks",
        "10 was the minimum until it was lowered; today it is 3.", "circuit-breaker")  # fmt: skip
def at_least_ten(desired: int, kind: str, value: int) -> int:
    return min(max(ceil(Fraction(desired, 2)), 10), MOST_FAILURES)


@belief(
    engine.not_eligible, "every-service-is-rebalanced", "zone rebalancing works for every service that has it ENABLED",
    "DAEMON, EXTERNAL, maximumPercent 100, a Classic Load Balancer, a zone constraint or another first strategy rule "
    "it out.",
    "az-rebalancing",
)  # fmt: skip
def always_eligible(service: Service) -> None:
    return None


@belief(engine.upper_limit, "maximum-is-extra",
        "maximumPercent counts the tasks beyond the desired count, so 100 allows twice as many",
        "It counts old and new tasks together: 100 allows not one task more than desired, 200 twice as many.",
        "rolling-limits")  # fmt: skip
def beyond_desired(desired: int, percent: int) -> int:
    return desired + engine.upper_limit(desired, percent)

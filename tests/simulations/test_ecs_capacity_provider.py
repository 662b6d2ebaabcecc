"""Base and weight, the reservation metric, and what managed scaling does with it."""

from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("ecs-capacity-provider")
CASES = [case for case in bundled_cases() if case.simulation == "ecs-capacity-provider"]
OURS = ("instancesRunning", "instancesNeeded", "tasksPerInstance", "runningTasks")


def item(name: str, weight: int | None = None, base: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"capacityProvider": name}
    return found | {k: v for k, v in (("weight", weight), ("base", base)) if v is not None}


def group(**scaling: Any) -> dict[str, Any]:
    """A provider `a` with an Auto Scaling group."""
    return {"name": "a", "autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED"} | scaling}}


def run(*items: dict[str, Any], count: int = 0, **more: Any) -> dict[str, Any]:
    return ENGINE.run({"capacityProviderStrategy": list(items), "desiredCount": count} | more).outcome


def scaled(running: int, *, target: int = 100, desired: int | None = None, **figures: Any) -> tuple[Any, int, str]:
    """Reservation, new instances and action of one group."""
    scaling = {"status": "ENABLED", "targetCapacity": target} | figures.pop("scaling", {})
    provider = {"name": "cp", "autoScalingGroupProvider": {"managedScaling": scaling}, "instancesRunning": running}
    strategy = [item("cp", 1)] if desired is not None else []
    outcome = run(*strategy, count=desired or 0, capacityProviders=[provider | figures])
    return outcome["reservation"]["cp"], outcome["newInstances"]["cp"], outcome["action"]["cp"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bundled_documents_have_the_shapes_of_the_api(case: Any) -> None:
    model, validator = get_session().get_service_model("ecs"), ParamValidator()
    strategy = case.given.get("capacityProviderStrategy", [])
    wanted = [("CapacityProviderStrategy", strategy), ("Cluster", case.given.get("cluster", {}))]
    for provider in case.given.get("capacityProviders", []):
        wanted.append(("CapacityProvider", {k: v for k, v in provider.items() if k not in OURS}))
    for shape, document in wanted:
        report = validator.validate(document, model.shape_for(shape))
        assert not report.has_errors(), report.generate_report()


# -- base and weight -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "count", "tasks"),
    [
        ([item("od", 1, 2), item("spot", 3)], 10, {"od": 4, "spot": 6}),
        ([item("od", 1, 2), item("spot", 3)], 22, {"od": 7, "spot": 15}),
        ([item("a", 1), item("b", 1)], 10, {"a": 5, "b": 5}),
        ([item("a", 1), item("b", 4)], 10, {"a": 2, "b": 8}),
        ([item("a", 1), item("b", 1)], 5, {"a": 3, "b": 2}),
        ([item("a", 1, 5), item("b", 1)], 3, {"a": 3, "b": 0}),
        ([item("a"), item("b", 1)], 4, {"a": 0, "b": 4}),
        ([item("a", 0, 2), item("b", 1)], 4, {"a": 0, "b": 4}),
        ([item("a")], 4, {"a": 4}),
        ([item("a", 0, 2)], 4, {"a": 4}),
        ([item("a", 1), item("b", 1)], 0, {"a": 0, "b": 0}),
    ],
)
def test_distribution(items: list[dict[str, Any]], count: int, tasks: dict[str, int]) -> None:
    assert run(*items, count=count)["tasks"] == tasks


WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(lambda w: len(w) == 1 or any(w))


@given(WEIGHTS, st.integers(0, 50), st.integers(0, 3000), st.data())
def test_base_and_weights_add_up_to_the_desired_count(weights: list[int], base: int, count: int, data: Any) -> None:
    based = data.draw(st.integers(0, len(weights) - 1))
    items = [item(f"p{n}", w, base if n == based else None) for n, w in enumerate(weights)]
    outcome = run(*items, count=count)
    tasks = outcome["tasks"]
    assert sum(tasks.values()) == count
    if weights[based] or len(weights) == 1:
        assert tasks[f"p{based}"] >= min(base, count)
    if len(weights) > 1:
        assert all(tasks[f"p{n}"] == 0 for n, w in enumerate(weights) if w == 0)
        rest = count - (min(base, count) if weights[based] else 0)
        for n, weight in enumerate(weights):
            by_weight = tasks[f"p{n}"] - (min(base, count) if n == based and weight else 0)
            assert abs(by_weight - Fraction(rest * weight, sum(weights))) < len(weights)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(0, 60))
def test_sharing_in_rounds_is_sharing_one_by_one(weights: list[int], count: int) -> None:
    given_out = [0] * len(weights)
    for _ in range(count):
        best = min(range(len(weights)), key=lambda n: (Fraction(given_out[n] + 1, weights[n]), n))
        given_out[best] += 1
    tasks = run(*(item(f"p{n}", w) for n, w in enumerate(weights)), count=count)["tasks"]
    assert list(tasks.values()) == given_out


def test_arns_are_read_as_names() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:capacity-provider/cp-od"
    assert run(item(arn, 1), count=2)["tasks"] == {"cp-od": 2}


def test_the_default_strategy_serves_only_requests_that_say_nothing() -> None:
    cluster = {"clusterName": "demo", "defaultCapacityProviderStrategy": [item("FARGATE", 1)]}
    assert run(count=3, cluster=cluster)["tasks"] == {"FARGATE": 3}
    assert run(count=3, cluster={"clusters": [cluster], "failures": []})["tasks"] == {"FARGATE": 3}
    assert run(count=3, cluster=cluster, launchType="EC2")["tasks"] == {}
    assert run(item("FARGATE_SPOT", 1), count=3, cluster=cluster)["tasks"] == {"FARGATE_SPOT": 3}
    assert run(count=3)["status"] == "distributed"


# -- what AWS refuses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "more"),
    [
        ([item("a", 1)], {"launchType": "EC2"}),
        ([item("a", 1, 1), item("b", 1, 2)], {}),
        ([item("a"), item("b", 0)], {}),
        ([item("FARGATE", 1), item("a", 1)], {}),
        ([item(f"p{n}", 1) for n in range(21)], {}),
        ([item("a", 1001)], {}),
        ([item("a", -1)], {}),
        ([item("a", 1, 100_001)], {}),
        ([item("a", 1)], {"desiredCount": -1}),
        ([item("a", 1)], {"cluster": {"capacityProviders": ["b"]}}),
        ([item("a", 1), item("b", 1)], {"capacityProviders": [{"name": "b", "managedInstancesProvider": {}}]}),
        ([item("a", 1)], {"capacityProviders": [group(targetCapacity=101)]}),
        ([item("a", 1)], {"capacityProviders": [group(targetCapacity=0)]}),
        ([item("a", 1)], {"capacityProviders": [group(minimumScalingStepSize=0)]}),
        ([item("a", 1)], {"capacityProviders": [group(maximumScalingStepSize=10_001)]}),
    ],
)  # fmt: skip
def test_refused(items: list[dict[str, Any]], more: dict[str, Any]) -> None:
    outcome = run(*items, **({"count": 4} | more))
    assert outcome["status"] == "refused"
    assert outcome["error"]["code"] == "InvalidParameterException"
    assert outcome["tasks"] == outcome["reservation"] == outcome["newInstances"] == outcome["action"] == {}


@pytest.mark.parametrize(
    "items",
    [
        [item("a", 1, 0), item("b", 1, 0)],
        [item("a", 1000, 100_000), item("b", 1)],
        [item(f"p{n}", 1) for n in range(20)],
        [item("FARGATE", 1), item("FARGATE_SPOT", 1)],
    ],
)
def test_taken(items: list[dict[str, Any]]) -> None:
    assert run(*items, count=4)["status"] == "distributed"


def test_without_a_cluster_every_provider_is_taken_to_be_associated() -> None:
    outcome = run(item("a", 1), item("b", 1), count=4, capacityProviders=[{"name": "b"}])
    assert outcome["tasks"] == {"a": 2, "b": 2}
    assert run(item("a", 1), count=4, cluster={"clusterName": "demo"})["status"] == "distributed"


# -- managed scaling -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("running", "needed", "target", "expected"),
    [
        (1, 2, 100, (200.0, 1, "scale-out")),
        (3, 3, 100, (100.0, 0, "none")),
        (4, 2, 100, (50.0, 0, "scale-in")),
        (4, 4, 80, (100.0, 1, "scale-out")),
        (5, 4, 80, (80.0, 0, "none")),
        (6, 4, 80, (4 * 100 / 6, 0, "scale-in")),
        (3, 4, 100, (4 * 100 / 3, 1, "scale-out")),
        (10, 9, 90, (90.0, 0, "none")),
        (0, 0, 100, (100.0, 0, "none")),
        (0, 0, 80, (100.0, 0, "none")),
        (0, 1, 100, (200.0, 2, "scale-out")),
        (0, 5, 100, (200.0, 2, "scale-out")),
        (2, 0, 100, (0.0, 0, "scale-in")),
    ],
)
def test_reservation_and_action(running: int, needed: int, target: int, expected: tuple[float, int, str]) -> None:
    assert scaled(running, target=target, instancesNeeded=needed) == expected


@pytest.mark.parametrize(
    ("running", "tasks", "desired", "scaling", "expected"),
    [
        (2, 6, 15, {}, (200.0, 2, "scale-out")),
        (1, 0, 7, {}, (200.0, 1, "scale-out")),
        (2, 0, 15, {}, (200.0, 2, "scale-out")),
        (2, 6, 8, {}, (100.0, 0, "none")),
        (2, 6, 4, {}, (50.0, 0, "scale-in")),
        (2, 8, 9, {"minimumScalingStepSize": 3}, (250.0, 3, "scale-out")),
        (2, 8, 48, {"maximumScalingStepSize": 4}, (300.0, 4, "scale-out")),
        (0, 0, 15, {}, (200.0, 2, "scale-out")),
    ],
)
def test_needed_instances_follow_from_waiting_tasks(
    running: int, tasks: int, desired: int, scaling: dict[str, int], expected: tuple[float, int, str]
) -> None:
    found = scaled(running, desired=desired, tasksPerInstance=4, runningTasks=tasks, scaling=scaling)
    assert found == expected


@given(st.integers(0, 200), st.integers(0, 400), st.integers(1, 100))
def test_the_formula_and_where_it_leads(running: int, needed: int, target: int) -> None:
    metric, new, action = scaled(running, target=target, instancesNeeded=needed)
    if not running:
        assert (metric, new) == ((200.0, 2) if needed else (100.0, 0))
        return
    assert metric == float(Fraction(needed * 100, running))
    assert (action == "scale-out") == (needed * 100 > target * running)
    assert (action == "scale-in") == (needed * 100 < target * running)
    if action == "scale-out":
        size = running + new
        assert size == ceil(Fraction(needed * 100, target))
        assert needed * 100 <= target * size and needed * 100 > target * (size - 1)
    else:
        assert new == 0


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 400), st.data())
def test_the_new_size_holds_every_task(running: int, per_instance: int, desired: int, data: Any) -> None:
    tasks = data.draw(st.integers(0, running * per_instance))
    _, new, action = scaled(running, desired=desired, tasksPerInstance=per_instance, runningTasks=tasks)
    if action == "scale-out":
        assert (running + new) * per_instance >= desired > (running + new - 1) * per_instance
    else:
        assert running * per_instance >= desired


def test_managed_scaling_off_has_no_metric() -> None:
    off = {"autoScalingGroupProvider": {"managedScaling": {"status": "DISABLED"}}}
    provider = {"name": "cp", "instancesRunning": 1, "instancesNeeded": 9, **off}
    outcome = run(item("cp", 1), count=3, capacityProviders=[provider])
    assert (outcome["reservation"], outcome["newInstances"], outcome["action"]) == (
        {"cp": None},
        {"cp": 0},
        {"cp": "none"},
    )


def test_fargate_and_providers_without_figures_have_no_metric() -> None:
    outcome = run(item("FARGATE", 1), count=3, capacityProviders=[{"name": "FARGATE"}, {"name": "cp"}])
    assert outcome["tasks"] == {"FARGATE": 3}
    assert outcome["reservation"] == outcome["action"] == outcome["newInstances"] == {}


def test_the_answer_of_describe_capacity_providers_is_read() -> None:
    group = {"autoScalingGroupArn": "arn:aws:autoscaling:::x", "managedTerminationProtection": "ENABLED"}
    described = {
        "capacityProviders": [{"name": "cp", "status": "ACTIVE", "autoScalingGroupProvider": group, "tags": []}]
    }
    assert run(item("cp", 1), count=3, capacityProviders=described)["tasks"] == {"cp": 3}


@pytest.mark.parametrize(("name", "value"), [("instancesRunning", -1), ("tasksPerInstance", 0), ("runningTasks", -2)])
def test_impossible_figures_are_told_with_their_place(name: str, value: int) -> None:
    with pytest.raises(GivenError) as told:
        run(item("cp", 1), count=1, capacityProviders=[{"name": "cp", name: value}])
    assert told.value.pointer == f"/capacityProviders/0/{name}"


@given(st.integers(0, 30), st.integers(0, 30))
def test_no_provider_takes_the_tasks_of_another_that_has_no_capacity(count: int, available: int) -> None:
    items = item("FARGATE", 1), item("FARGATE_SPOT", 3)
    plain, short = run(*items, count=count), run(*items, count=count, options=limit("FARGATE_SPOT", available))
    assert short["tasks"] == plain["tasks"]
    waiting = max(0, plain["tasks"]["FARGATE_SPOT"] - available)
    assert short["waiting"] == ({"FARGATE_SPOT": waiting} if waiting else {})
    assert (short["message"] is not None) == bool(waiting)


@given(st.integers(1, 10), st.integers(1, 8), st.integers(0, 60), st.integers(0, 20))
def test_tasks_wait_where_the_group_gets_fewer_instances(running: int, each: int, count: int, available: int) -> None:
    provider = group() | {"instancesRunning": running, "tasksPerInstance": each, "runningTasks": min(count, running)}
    more: dict[str, Any] = {"capacityProviders": [provider], "count": count}
    plain, short = run(item("a", 1), **more), run(item("a", 1), **more, options=limit("a", available))
    assert short["newInstances"]["a"] == min(plain["newInstances"]["a"], available)
    room = (running + max(0, short["newInstances"]["a"])) * each
    assert plain["waiting"] == {}
    assert short["waiting"].get("a", 0) == max(0, count - room)


def limit(name: str, available: int) -> dict[str, Any]:
    return {"capacityAvailable": {name: available}}

"""ecs-placement: AWS's documented rules, a slow second implementation, and what can never happen."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws.document import likely_typos
from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.ecs import documents as ecs
from dva.simulations.ecs.ecs_placement import documents as doc
from dva.simulations.ecs.ecs_placement.eni_limits import ENI_LIMITS

PLACEMENT = load("ecs-placement")
CASES = Path(__file__).parents[2] / "content" / "ecs" / "scenarios" / "ecs-placement"
ZONE = {"type": "spread", "field": "attribute:ecs.availability-zone"}
INSTANCE = {"type": "spread", "field": "instanceId"}
MEMORY = {"type": "binpack", "field": "memory"}
CPU = {"type": "binpack", "field": "cpu"}
RANDOM = {"type": "random"}
DISTINCT = {"type": "distinctInstance"}


def instance(name: str, zone: str | None = "a", *, cpu: int = 4096, memory: int = 8000, **more: Any) -> dict[str, Any]:
    attributes = [{"name": "ecs.availability-zone", "value": f"us-east-1{zone}"}] if zone else []
    attributes += [{"name": key, "value": value} for key, value in more.pop("attributes", {}).items()]
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        *more.pop("resources", []),
    ]
    return {"ec2InstanceId": name, "attributes": attributes, "remainingResources": resources, **more}


def task(name: str, group: str = "service:web", **more: Any) -> dict[str, Any]:
    return {"containerInstance": name, "group": group, "desiredStatus": "RUNNING", **more}


def definition(*, cpu: int = 256, memory: int = 512, ports: Any = (), **more: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "web:1", "cpu": cpu, "memory": memory, "portMappings": list(ports)}
    container |= more.pop("container", {})
    return {"family": "web", "containerDefinitions": [container], **more}


def run(
    instances: list[dict[str, Any]],
    count: int | None = 1,
    *strategies: dict[str, Any],
    tasks: Any = (),
    constraints: Any = (),
    of: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    request: dict[str, Any] | None = None,
) -> dict[str, Any]:
    service: dict[str, Any] = {"serviceName": "web", "placementStrategy": list(strategies)}
    service["placementConstraints"] = list(constraints)
    if count is not None:
        service["desiredCount"] = count
    document: dict[str, Any] = {
        "cluster": {"clusterName": "demo", "containerInstances": instances, "tasks": list(tasks)},
        "taskDefinition": of or definition(),
        "service": service | (request or {}),
    }
    if options:
        document["options"] = options
    trace = PLACEMENT.run(document)
    assert trace.state_at(len(trace.steps))["outcome"] == trace.outcome
    assert PLACEMENT.run(document, steps=False).outcome == trace.outcome
    return trace.outcome


def where(outcome: dict[str, Any]) -> str:
    return " ".join(placement["containerInstance"] for placement in outcome["placements"])


def reasons(outcome: dict[str, Any]) -> list[str]:
    return [entry["reason"] for entry in outcome["unplaced"]]


# Step 1


@pytest.mark.parametrize(
    ("members", "of", "reason"),
    [
        ({"agentConnected": False}, {}, "AGENT"),
        ({"cpu": 255}, {}, "RESOURCE:CPU"),
        ({"memory": 511}, {}, "RESOURCE:MEMORY"),
        ({"cpu": 0, "memory": 0, "agentConnected": False}, {}, "AGENT"),
        ({"cpu": 0, "memory": 0}, {}, "RESOURCE:CPU"),
        ({"memory": 0}, {"ports": [{"containerPort": 80, "hostPort": 22}]}, "RESOURCE:MEMORY"),
        ({}, {"ports": [{"containerPort": 80, "hostPort": 22}]}, "RESOURCE:PORTS"),
        ({}, {"ports": [{"containerPort": 80, "hostPort": 51679}]}, "RESOURCE:PORTS"),
        ({}, {"ports": [{"containerPort": 2376}], "networkMode": "host"}, "RESOURCE:PORTS"),
        ({}, {"container": {"resourceRequirements": [{"type": "GPU", "value": "1"}]}}, "RESOURCE:GPU"),
        ({}, {"requiresAttributes": [{"name": "ecs.capability.task-eni"}]}, "ATTRIBUTE"),
        ({"attributes": {"os": "a"}}, {"requiresAttributes": [{"name": "os", "value": "b"}]}, "ATTRIBUTE"),
    ],
)
def test_the_first_thing_that_is_missing_is_the_reason(members: Any, of: Any, reason: str) -> None:
    outcome = run([instance("i-1", **members)], of=definition(**of))
    assert (outcome["status"], reasons(outcome)) == ("unplaced", [reason])
    assert outcome["unplaced"][0]["failures"] == [{"containerInstance": "i-1", "reason": reason}]


@pytest.mark.parametrize(
    "of",
    [
        {"cpu": 4096, "memory": 8000},
        {"ports": [{"containerPort": 22}]},
        {"ports": [{"containerPort": 22, "hostPort": 0}], "networkMode": "bridge"},
        {"ports": [{"containerPort": 22, "protocol": "udp"}], "networkMode": "host"},
        {"ports": [{"containerPort": 22, "hostPort": 22}], "networkMode": "awsvpc"},
        {"ports": [{"containerPort": 22, "hostPort": 22}], "networkMode": "none"},
        {"ports": [{"containerPortRange": "20-30"}]},
        {"requiresAttributes": [{"name": "ecs.availability-zone"}]},
        {"requiresAttributes": [{"name": "ecs.availability-zone", "value": "us-east-1a"}]},
        {"memory": 9000, "container": {"memoryReservation": 8000}},
        {"cpu": 9999, "memory": 9999} | {"container": {"cpu": 0, "memoryReservation": 1}},
    ],
)
def test_what_fits(of: Any) -> None:
    assert where(run([instance("i-1")], of=definition(**of))) == "i-1"


@pytest.mark.parametrize(
    ("level", "fits"),
    [
        ({"cpu": "1024", "memory": "2048"}, True),
        ({"cpu": "1 vCPU", "memory": "2 GB"}, True),
        ({"cpu": ".5 vCPU", "memory": "0.5GB"}, True),
        ({"cpu": "1 vcpu", "memory": "3GB"}, False),
        ({"cpu": "2048"}, False),
        ({"cpu": 1024, "memory": 2048}, True),
    ],
)
def test_sizes_of_the_task_level_win(level: dict[str, Any], fits: bool) -> None:
    outcome = run([instance("i-1", cpu=1024, memory=2048)], of=definition(cpu=10, memory=10) | level)
    assert outcome["status"] == ("placed" if fits else "unplaced")


def test_the_soft_limit_is_what_placement_subtracts() -> None:
    of = definition(memory=1024, container={"memoryReservation": 256})
    of["containerDefinitions"].append({"name": "side", "image": "side:1", "memory": 100})
    assert len(run([instance("i-1", memory=1100)], 9, INSTANCE, of=of)["placements"]) == 1100 // 356


def test_resources_that_are_not_listed_are_unlimited_and_ports_default_to_the_reserved_ones() -> None:
    bare = {"ec2InstanceId": "i-1"}
    assert run([bare], of=definition(cpu=10**6, memory=10**6))["status"] == "placed"
    assert run([bare], of=definition(ports=[{"containerPort": 1, "hostPort": 2375}]))["status"] == "unplaced"


def test_listed_ports_replace_the_reserved_ones() -> None:
    ports = {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["8080"]}
    of = definition(ports=[{"containerPort": 1, "hostPort": 22}])
    assert run([instance("i-1", resources=[ports])], of=of)["status"] == "placed"


def test_a_static_port_is_taken_by_the_first_task_per_protocol() -> None:
    of = definition(
        ports=[{"containerPort": 53, "hostPort": 53}, {"containerPort": 53, "hostPort": 53, "protocol": "udp"}]
    )
    outcome = run([instance("i-1"), instance("i-2")], 3, INSTANCE, of=of)
    assert where(outcome) == "i-1 i-2"
    assert reasons(outcome) == ["RESOURCE:PORTS"]
    only_udp = {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]}
    tcp = definition(ports=[{"containerPort": 53, "hostPort": 53}])
    assert run([instance("i-1", resources=[only_udp])], of=tcp)["status"] == "placed"


@pytest.mark.parametrize(
    ("attributes", "options", "existing", "expected"),
    [
        ({"ecs.instance-type": "c5.large"}, None, [], 2),
        ({"ecs.instance-type": "c5.large"}, {"eniLimits": {"c5.large": 4}}, [], 3),
        ({"ecs.instance-type": "m5.large"}, {"eniLimits": {"m5.large": 3}}, [], 2),
        ({"ecs.instance-type": "c5.large", "ecs.awsvpc-trunk-id": "t-1"}, None, [], 10),
        ({"ecs.instance-type": "c5.large", "ecs.awsvpc-trunk-id": "t-1"}, {"trunkLimits": {"c5.large": 5}}, [], 5),
        ({"ecs.instance-type": "x9.large"}, None, [], 12),
        ({}, None, [], 12),
        (
            {"ecs.instance-type": "c5.large"},
            None,
            [task("i-1", "service:api", attachments=[{"type": "ElasticNetworkInterface"}])],
            1,
        ),
        ({"ecs.instance-type": "c5.large"}, None, [task("i-1", "service:api", networkMode="awsvpc")], 1),
        ({"ecs.instance-type": "c5.large"}, None, [task("i-1", "service:api")], 2),
    ],
)
def test_network_interfaces(attributes: Any, options: Any, existing: Any, expected: int) -> None:
    of = definition(cpu=1, memory=1, networkMode="awsvpc")
    outcome = run([instance("i-1", attributes=attributes)], 12, INSTANCE, of=of, options=options, tasks=existing)
    assert len(outcome["placements"]) == expected
    assert set(reasons(outcome)) <= {"RESOURCE:ENI"}


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("c7i.large", 3), ("t3.large", 3), ("t3.micro", 2), ("m5.xlarge", 4), ("m6i.4xlarge", 8), ("c5.18xlarge", 15)],
)
def test_the_interfaces_of_an_instance_type_are_those_of_the_table_of_aws(kind: str, limit: int) -> None:
    of = definition(cpu=1, memory=1, networkMode="awsvpc")
    outcome = run([instance("i-1", attributes={"ecs.instance-type": kind})], 20, INSTANCE, of=of)
    assert len(outcome["placements"]) == limit - 1
    assert set(reasons(outcome)) == {"RESOURCE:ENI"}


def test_the_table_has_all_types_that_it_is_made_from() -> None:
    assert len(ENI_LIMITS) == 1391
    assert set(ENI_LIMITS.values()) <= set(range(1, 25))


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"ecs.instance-type": "x9.large"}, "i-1 (x9.large)"),
        ({}, "i-1 (no ecs.instance-type)"),
        ({"ecs.instance-type": "m5.large", "ecs.awsvpc-trunk-id": "t"}, "i-1 (m5.large with trunking)"),
    ],
)
def test_a_limit_that_is_not_known_is_told(attributes: dict[str, str], told: str) -> None:
    document = {
        "cluster": {"containerInstances": [instance("i-1", attributes=attributes)]},
        "taskDefinition": definition(networkMode="awsvpc"),
        "service": {"serviceName": "web", "desiredCount": 1},
    }
    titles = [step.title for step in PLACEMENT.run(document).steps if step.rule == "ecs.placement.eni-unknown"]
    assert titles == [f"Limit of network interfaces unknown, none applied: {told}"]


SUBNETS = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
NOT_VALID = "Network Configuration is not valid for the given networkMode of this task definition."
REQUIRED = "Network Configuration must be provided when networkMode 'awsvpc' is specified."


@pytest.mark.parametrize("call", ["service", "runTask"])
@pytest.mark.parametrize(
    ("mode", "configuration", "message"),
    [
        ("awsvpc", SUBNETS, ""),
        ("awsvpc", {"awsvpcConfiguration": {"subnets": []}}, "subnets can not be empty."),
        ("awsvpc", None, REQUIRED),
        ("awsvpc", {}, REQUIRED),
        ("bridge", SUBNETS, NOT_VALID),
        ("host", SUBNETS, NOT_VALID),
        (None, SUBNETS, NOT_VALID),
        ("bridge", None, ""),
    ],
)
def test_network_mode_and_configuration_go_together(call: str, mode: Any, configuration: Any, message: str) -> None:
    document = {
        "cluster": {"containerInstances": [instance("i-1")]},
        "taskDefinition": definition(networkMode=mode),
        call: {"networkConfiguration": configuration} | ({"desiredCount": 1} if call == "service" else {"count": 1}),
    }
    trace = PLACEMENT.run(document)
    if call == "service" and message == REQUIRED:  # of a service the file may leave it out
        assert "ecs.placement.network.left-out" in [step.rule for step in trace.steps]
        message = ""
    assert (trace.outcome["error"] or {}).get("message", "") == message


def test_no_more_is_left_than_is_registered() -> None:
    registered = [{"name": "CPU", "type": "INTEGER", "integerValue": 2048}]
    with pytest.raises(GivenError, match="4096 of CPU remain, more than the 2048 registered") as problem:
        run([instance("i-1", registeredResources=registered)])
    assert problem.value.pointer == "/cluster/containerInstances/0/remainingResources"


@pytest.mark.parametrize("case", [case for case in bundled_cases() if case.simulation == "ecs-placement"])
def test_no_more_is_drawn_as_left_than_there_is(case: Any) -> None:
    trace = PLACEMENT.run(case.given)
    for number in range(len(trace.steps) + 1):
        for cell in trace.state_at(number)["state"]["cells"].values():
            assert all(left <= total for left, total in cell["meters"].values())


def test_existing_tasks_of_an_awsvpc_service_hold_interfaces() -> None:
    of = definition(networkMode="awsvpc")
    inst = instance("i-1", attributes={"ecs.instance-type": "c5.large"})
    assert reasons(run([inst], 3, of=of, tasks=[task("i-1"), task("i-1")])) == ["RESOURCE:ENI"]


@pytest.mark.parametrize(
    "gpus",
    [{"stringSetValue": ["GPU-1", "GPU-2", "GPU-3"], "type": "STRINGSET"}, {"integerValue": 3, "type": "INTEGER"}],
)
def test_gpus_as_ids_or_as_a_number(gpus: dict[str, Any]) -> None:
    of = definition(container={"resourceRequirements": [{"type": "GPU", "value": "2"}]})
    outcome = run([instance("i-1", resources=[{"name": "GPU", **gpus}])], 2, of=of)
    assert (where(outcome), reasons(outcome)) == ("i-1", ["RESOURCE:GPU"])


@pytest.mark.parametrize("status", ["DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED", "INACTIVE"])
def test_an_instance_that_is_not_active_is_not_even_a_failure(status: str) -> None:
    outcome = run([instance("i-1", status=status)])
    assert outcome["unplaced"] == [
        {
            "task": "web-1",
            "reason": "No Container Instances were found in your cluster.",
            "closest": None,
            "failures": [],
        }
    ]
    assert outcome["serviceEvent"].endswith("Reason: No Container Instances were found in your cluster.")


# Step 2


def member(expression: str) -> dict[str, str]:
    return {"type": "memberOf", "expression": expression}


def test_all_constraints_of_service_and_definition_must_hold() -> None:
    instances = [
        instance("i-1", "a", attributes={"s": "x"}),
        instance("i-2", "b", attributes={"s": "x"}),
        instance("i-3", "b"),
    ]
    of = definition(placementConstraints=[member("attribute:s == x")])
    outcome = run(instances, 1, constraints=[member("attribute:ecs.availability-zone == us-east-1b")], of=of)
    assert where(outcome) == "i-2"


def test_member_of_is_the_reason_before_distinct_instance_and_the_later_step_is_closest() -> None:
    instances = [instance("i-0", cpu=0), instance("i-1"), instance("i-2", attributes={"s": "x"})]
    outcome = run(
        instances, 2, constraints=[DISTINCT, member("attribute:s == x")], tasks=[task("i-2"), task("i-1", "family:web")]
    )
    assert outcome["unplaced"][0] == {
        "task": "web-2",
        "reason": "MemberOf placement constraint unsatisfied.",
        "closest": "i-1",
        "failures": [
            {"containerInstance": "i-0", "reason": "RESOURCE:CPU"},
            {"containerInstance": "i-1", "reason": "MemberOf placement constraint unsatisfied."},
            {"containerInstance": "i-2", "reason": "DistinctInstance placement constraint unsatisfied."},
        ],
    }


def test_distinct_instance_looks_at_the_desired_status_of_the_same_group() -> None:
    tasks = [
        task("i-1", desiredStatus="STOPPED", lastStatus="RUNNING"),
        task("i-2"),
        task("i-3", "service:other"),
    ]
    outcome = run([instance("i-1"), instance("i-2"), instance("i-3")], 3, constraints=[DISTINCT], tasks=tasks)
    assert sorted(where(outcome).split()) == ["i-1", "i-3"]


def test_expressions_see_the_tasks_that_this_run_placed() -> None:
    alone = run([instance("i-1"), instance("i-2")], 3, constraints=[member("not(task:group == service:web)")])
    assert (where(alone), reasons(alone)) == ("i-1 i-2", ["MemberOf placement constraint unsatisfied."])
    few = run([instance("i-1", runningTasksCount=3)], 4, constraints=[member("runningTasksCount < 5")])
    assert len(few["placements"]) == 2


@pytest.mark.parametrize(
    ("reason", "ends", "make"),
    [
        ("RESOURCE:CPU", "has insufficient CPU units available.", {"cpu": 1}),
        ("RESOURCE:MEMORY", "has insufficient memory available.", {"memory": 1}),
        ("AGENT", 'encountered error "AGENT".', {"agentConnected": False}),
    ],
)
def test_the_service_event_is_the_sentence_of_aws(reason: str, ends: str, make: Any) -> None:
    outcome = run([instance("i-1", **make)])
    start = "service web was unable to place a task because no container instance met all of its requirements. "
    assert outcome["serviceEvent"] == f"{start}The closest matching container-instance i-1 {ends}"
    assert reasons(outcome) == [reason]


# Steps 3 and 4


def test_a_missing_spread_attribute_is_a_value_of_its_own_and_an_empty_one_another() -> None:
    instances = [
        instance("i-1", attributes={"rack": "1"}),
        instance("i-2"),
        instance("i-3") | {"attributes": [{"name": "rack"}]},
    ]
    outcome = run(instances, 6, {"type": "spread", "field": "attribute:rack"})
    assert where(outcome) == "i-1 i-2 i-3 i-1 i-2 i-3"


def test_tasks_on_draining_instances_count_for_their_value() -> None:
    instances = [instance("i-1", "a", status="DRAINING"), instance("i-2", "a"), instance("i-3", "b")]
    assert where(run(instances, 3, ZONE, tasks=[task("i-1"), task("i-1")])) == "i-3"


def test_host_is_instance_id_and_the_field_of_binpack_may_be_upper_case() -> None:
    instances = [instance("i-1", memory=3000), instance("i-2", memory=2000)]
    assert where(run(instances, 3, {"type": "spread", "field": "host"})) == where(run(instances, 3, INSTANCE))
    assert where(run(instances, 2, {"type": "binpack", "field": "MEMORY"})) == "i-2 i-2"


def test_random_draws_once_a_task_and_strategy_from_the_order_of_the_file() -> None:
    instances = [instance(f"i-{n}", "ab"[n % 2]) for n in range(5)]
    rng = random.Random(3)
    expected = [f"i-{int(rng.random() * 5)}" for _ in range(6)]
    assert where(run(instances, 6, RANDOM, options={"seed": 3})).split() == expected
    rng, twice = random.Random(3), []
    for _ in range(4):
        twice.append(f"i-{int(rng.random() * 5)}")
        rng.random()
    assert where(run(instances, 4, RANDOM, MEMORY, RANDOM, options={"seed": 3})).split() == twice


def test_run_task_has_its_family_as_group_and_places_at_random() -> None:
    rng = random.Random(0)
    instances = [instance("i-1"), instance("i-2"), instance("i-3")]
    document = {
        "cluster": {"containerInstances": instances, "tasks": [task("i-1", "family:web"), task("i-2", "service:web")]},
        "taskDefinition": definition(),
        "runTask": {"count": 3},
    }
    outcome = PLACEMENT.run(document).outcome
    assert [p["task"] for p in outcome["placements"]] == ["web-2", "web-3", "web-4"]
    assert where(outcome).split() == [instances[int(rng.random() * 3)]["ec2InstanceId"] for _ in range(3)]
    assert outcome["serviceEvent"] is None


def test_names_go_on_from_existing_tasks_and_a_task_arn_names_itself() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:task/demo/abc123"
    tasks = [task("i-1"), task("i-1", taskArn=arn), task("i-1", "service:other"), task("i-1", desiredStatus="STOPPED")]
    assert [p["task"] for p in run([instance("i-1")], 4, tasks=tasks)["placements"]] == ["web-3", "web-4"]
    stopped = run([instance("i-1")], 0, tasks=tasks)["stopped"]
    assert [s["task"] for s in stopped] == ["abc123", "web-1"]


# A second implementation: every instance is looked at for every task, nothing is remembered.


def slowly(instances: list[Any], count: int, strategies: list[Any], tasks: list[Any], distinct: bool) -> list[str]:
    left = {i["ec2InstanceId"]: {r["name"]: r["integerValue"] for r in i["remainingResources"]} for i in instances}
    zone = {i["ec2InstanceId"]: (i["attributes"] or [{"value": None}])[0]["value"] for i in instances}
    ours = Counter(t["containerInstance"] for t in tasks if t["group"] == "service:web")
    names = list(left)
    chosen = []
    for _ in range(count):
        candidates = [n for n in names if left[n]["CPU"] >= 256 and left[n]["MEMORY"] >= 512]
        candidates = [n for n in candidates if not (distinct and ours[n])]
        if not candidates:
            break
        for strategy in strategies or [ZONE, INSTANCE]:
            if strategy == ZONE:
                rank = {n: sum(ours[m] for m in names if zone[m] == zone[n]) for n in candidates}
            elif strategy == INSTANCE:
                rank = {n: ours[n] for n in candidates}
            else:
                rank = {n: left[n][strategy["field"].upper()] for n in candidates}
            candidates = [n for n in candidates if rank[n] == min(rank.values())]
        name = min(candidates, key=lambda n: ours[n])
        left[name]["CPU"] -= 256
        left[name]["MEMORY"] -= 512
        ours[name] += 1
        chosen.append(name)
    return chosen


@st.composite
def clusters(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    number = draw(st.integers(0, 7))
    instances = [
        instance(
            f"i-{n}",
            draw(st.sampled_from(["a", "b", "c", None])),
            cpu=draw(st.sampled_from([0, 256, 512, 1024, 2048])),
            memory=draw(st.integers(0, 4) | st.integers(400, 4000)),
        )
        for n in range(number)
    ]
    names = st.sampled_from([i["ec2InstanceId"] for i in instances]) if instances else st.nothing()
    groups = st.sampled_from(["service:web", "service:other"])
    tasks = draw(st.lists(st.builds(task, names, groups), max_size=6)) if instances else []
    return instances, tasks


arrays = st.lists(st.sampled_from([ZONE, INSTANCE, MEMORY, CPU]), max_size=4)


@given(clusters(), st.integers(0, 9), arrays, st.booleans())
@settings(deadline=None, max_examples=200)
def test_the_slow_way_gives_the_same(cluster: Any, new: int, strategies: list[Any], distinct: bool) -> None:
    instances, tasks = cluster
    existing = sum(t["group"] == "service:web" for t in tasks)
    outcome = run(instances, existing + new, *strategies, tasks=tasks, constraints=[DISTINCT] if distinct else [])
    assert where(outcome).split() == slowly(instances, new, strategies, tasks, distinct)
    assert len(outcome["placements"]) + len(outcome["unplaced"]) == new


@given(clusters(), st.integers(0, 12), st.lists(st.sampled_from([ZONE, MEMORY, RANDOM]), max_size=3), st.booleans())
@settings(deadline=None)
def test_no_instance_above_its_capacity(cluster: Any, new: int, strategies: list[Any], static: bool) -> None:
    instances, tasks = cluster
    existing = sum(t["group"] == "service:web" for t in tasks)
    of = definition(ports=[{"containerPort": 80, "hostPort": 80 if static else 0}])
    outcome = run(instances, existing + new, *strategies, tasks=tasks, of=of)
    placed = Counter(where(outcome).split())
    for each in instances:
        left = {r["name"]: r["integerValue"] for r in each["remainingResources"]}
        number = placed[each["ec2InstanceId"]]
        assert number * 256 <= left["CPU"]
        assert number * 512 <= left["MEMORY"]
        assert number <= 1 or not static


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 20), st.booleans())
@settings(deadline=None)
def test_spread_is_never_uneven_by_more_than_one(sizes: list[int], count: int, over_instances: bool) -> None:
    instances = [
        instance(f"i-{z}{n}", str(z), cpu=10**6, memory=10**6) for z, size in enumerate(sizes) for n in range(size)
    ]
    outcome = run(instances, count, INSTANCE if over_instances else ZONE)
    values = [i["ec2InstanceId"] if over_instances else i["attributes"][0]["value"] for i in instances]
    by_name = dict(zip([i["ec2InstanceId"] for i in instances], values, strict=True))
    counts = Counter(dict.fromkeys(values, 0)) + Counter()
    counts.update(dict.fromkeys(values, 0))
    counts.update(by_name[name] for name in where(outcome).split())
    assert sum(counts.values()) == count
    assert max(counts.values()) - min(counts.values()) <= 1


@given(clusters(), st.integers(0, 9), st.lists(st.sampled_from([ZONE, INSTANCE, MEMORY, RANDOM]), max_size=3))
@settings(deadline=None, max_examples=50)
def test_whatever_is_believed_every_task_is_accounted_for(cluster: Any, wanted: int, strategies: list[Any]) -> None:
    instances, tasks = cluster
    existing = sum(t["group"] == "service:web" for t in tasks)
    document = {
        "cluster": {"containerInstances": instances, "tasks": tasks},
        "taskDefinition": definition(),
        "service": {"serviceName": "web", "desiredCount": wanted, "placementStrategy": strategies},
    }
    for belief in PLACEMENT.beliefs:
        outcome = PLACEMENT.run(document, believing=belief.id).outcome
        started = len(outcome["placements"]) + len(outcome["unplaced"])
        assert existing + started - len(outcome["stopped"]) == wanted


# Scale-in


@given(
    clusters(), st.integers(0, 6), st.lists(st.sampled_from([ZONE, INSTANCE, MEMORY, RANDOM]), max_size=3), st.data()
)
@settings(deadline=None)
def test_scale_in_stops_what_it_may_and_nothing_else(cluster: Any, wanted: int, strategies: Any, data: Any) -> None:
    instances, tasks = cluster
    for each in tasks:
        each["protectionEnabled"] = data.draw(st.booleans())
    ours = [t for t in tasks if t["group"] == "service:web"]
    free = [t for t in ours if not t["protectionEnabled"]]
    surplus = max(len(ours) - wanted, 0)
    outcome = run(instances, min(wanted, len(ours)), *strategies, tasks=tasks)
    assert len(outcome["stopped"]) == min(surplus, len(free))
    assert outcome["blockedByProtection"] == surplus - len(outcome["stopped"])
    stopped = Counter(s["containerInstance"] for s in outcome["stopped"])
    assert not stopped - Counter(t["containerInstance"] for t in free)
    assert outcome["status"] == ("unchanged" if not surplus else "blocked" if surplus > len(free) else "stopped")


@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_scale_in_by_zone_leaves_no_zone_higher_than_it_must(sizes: list[int], data: Any) -> None:
    instances = [instance(f"i-{z}", str(z)) for z in range(len(sizes))]
    tasks = [task(f"i-{z}") for z, size in enumerate(sizes) for _ in range(size)]
    wanted = data.draw(st.integers(0, len(tasks)))
    stopped = Counter(s["containerInstance"] for s in run(instances, wanted, ZONE, tasks=tasks)["stopped"])
    left = [size - stopped[f"i-{z}"] for z, size in enumerate(sizes)]
    touched = [n for n, size in zip(left, sizes, strict=True) if n < size]
    assert sum(left) == wanted
    assert not touched or max(left) - min(touched) <= 1


def test_scale_in_takes_the_youngest_by_creation_time_else_the_last_of_the_file() -> None:
    tasks = [
        task("i-1", createdAt="2026-01-01T10:00:00Z"),
        task("i-1", createdAt="2026-01-01T12:00:00+01:00"),
        task("i-1", createdAt="2026-01-01T10:30:00"),
    ]
    stopped = run([instance("i-1")], 0, tasks=tasks)["stopped"]
    assert [s["task"] for s in stopped] == ["web-2", "web-3", "web-1"]
    undated = run([instance("i-1")], 1, tasks=[task("i-1"), task("i-1"), task("i-1")])["stopped"]
    assert [s["task"] for s in undated] == ["web-3", "web-2"]


def test_scale_in_counts_protected_tasks_but_chooses_among_values_with_others() -> None:
    instances = [instance("i-a", "a"), instance("i-b", "b")]
    tasks = [task("i-a", protectionEnabled=True), task("i-a", protectionEnabled=True), task("i-b")]
    assert run(instances, 2, ZONE, tasks=tasks)["stopped"] == [{"task": "web-3", "containerInstance": "i-b"}]


# DAEMON


def daemon(**more: Any) -> dict[str, Any]:
    return {"schedulingStrategy": "DAEMON", "placementStrategy": [], **more}


def test_daemon_runs_one_task_on_each_active_instance_that_meets_the_constraints() -> None:
    linux, windows = {"ecs.os-type": "linux"}, {"ecs.os-type": "windows"}
    instances = [
        instance("i-1", attributes=linux),
        instance("i-2", attributes=linux),
        instance("i-3", attributes=windows),
        instance("i-4", attributes=linux, status="DRAINING"),
        instance("i-5", attributes=linux, status="DRAINING"),
    ]
    tasks = [task("i-2"), task("i-3"), task("i-5")]
    constraints = [member("attribute:ecs.os-type == linux"), DISTINCT]
    outcome = run(instances, None, tasks=tasks, constraints=constraints, request=daemon())
    assert where(outcome) == "i-1"
    assert [s["containerInstance"] for s in outcome["stopped"]] == ["i-3", "i-5"]
    assert (outcome["status"], outcome["unplaced"]) == ("placed", [])


@pytest.mark.parametrize(
    ("instances", "tasks", "status"),
    [
        ([instance("i-1")], [task("i-1")], "unchanged"),
        ([instance("i-1", cpu=0), instance("i-2")], [], "partly"),
        ([instance("i-1"), instance("i-2", cpu=0)], [], "partly"),
        ([instance("i-1", cpu=0)], [], "unplaced"),
        ([instance("i-1", status="DRAINING")], [task("i-1")], "stopped"),
        ([], [], "unchanged"),
    ],
)
def test_how_a_daemon_service_ends(instances: Any, tasks: Any, status: str) -> None:
    assert run(instances, None, tasks=tasks, request=daemon())["status"] == status


def test_a_member_that_is_null_is_one_that_is_left_out() -> None:
    """SDKs print members without a value so."""
    given = {
        "cluster": {
            "containerInstances": [instance("i-1") | {"versionInfo": None, "runningTasksCount": None}],
            "tasks": None,
        },
        "taskDefinition": definition(container={"memoryReservation": None, "resourceRequirements": None}),
        "service": {"serviceName": "web", "desiredCount": 1, "placementStrategy": None, "placementConstraints": None},
    }
    assert PLACEMENT.run(given).outcome["status"] == "placed"
    with pytest.raises(GivenError):
        PLACEMENT.run(given | {"taskDefinition": {"family": None}})


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        ("agentVersion >= 1.70.0", {"agentVersion": "1.70.0"}),
        ("task:group == service:db", {"taskGroups": ["service:db"]}),
    ],
)
def test_a_constraint_asks_what_a_query_can_ask(expression: str, more: dict[str, Any]) -> None:
    given = {
        "cluster": {"containerInstances": [instance("i-1"), instance("i-2") | more]},
        "taskDefinition": definition(),
        "service": {
            "serviceName": "web", "desiredCount": 1,
            "placementConstraints": [{"type": "memberOf", "expression": expression}],
        },
    }  # fmt: skip
    placed = PLACEMENT.run(given).outcome["placements"]
    assert placed == [{"task": "web-1", "containerInstance": "i-2"}]


def test_a_service_without_a_name_is_called_as_the_family() -> None:
    given = {
        "cluster": {"containerInstances": [instance("i-1")], "tasks": [task("i-1")]},
        "taskDefinition": definition(),
        "service": {"desiredCount": 2},
    }
    assert PLACEMENT.run(given).outcome["placements"] == [{"task": "web-2", "containerInstance": "i-1"}]


def test_a_described_daemon_service_may_show_the_count_that_aws_derived() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:service/demo/web"
    assert where(run([instance("i-1")], 1, request=daemon(serviceArn=arn))) == "i-1"


# What AWS refuses


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("ClientException", {"of": definition(placementConstraints=[DISTINCT])}),
        ("ClientException", {"of": definition(placementConstraints=[DISTINCT | {"expression": "x"}])}),
        ("ClientException", {"of": definition(placementConstraints=[{"type": "memberOf"}])}),
        ("ClientException", {"of": definition() | {"cpu": "much"}}),
        ("ClientException", {"of": definition() | {"memory": "inf"}}),
        ("ClientException", {"of": definition(container={"resourceRequirements": [{"type": "GPU", "value": "two"}]})}),
        ("InvalidParameterException", {"request": {"launchType": "FARGATE", "placementStrategy": [ZONE]}}),
        ("InvalidParameterException", {"request": {"launchType": "FARGATE", "placementConstraints": [DISTINCT]}}),
        ("InvalidParameterException", {"request": {"launchType": "FARGATE"}}),
        ("InvalidParameterException", {"request": daemon()}),
        ("InvalidParameterException", {"count": None, "request": daemon(placementStrategy=[ZONE])}),
        (
            "InvalidParameterException",
            {"count": None, "request": daemon(deploymentConfiguration={"maximumPercent": 200})},
        ),
        ("InvalidParameterException", {"count": None, "request": daemon(deploymentController={"type": "CODE_DEPLOY"})}),
        ("InvalidParameterException", {"count": None}),
        ("InvalidParameterException", {"count": -1}),
        ("InvalidParameterException", {"request": {"schedulingStrategy": "EVERYWHERE"}}),
        ("InvalidParameterException", {"request": {"placementStrategy": [ZONE] * 6}}),
        ("InvalidParameterException", {"constraints": [member("attribute:a exists")] * 11}),
        ("InvalidParameterException", {"constraints": [member("attribute:a ==")]}),
        ("InvalidParameterException", {"constraints": [member("(" * 500)]}),
        ("InvalidParameterException", {"constraints": [{"type": "memberOf"}]}),
        ("InvalidParameterException", {"constraints": [{"type": "memberof", "expression": "attribute:a exists"}]}),
        ("InvalidParameterException", {"constraints": [DISTINCT | {"expression": "attribute:a exists"}]}),
        ("InvalidParameterException", {"request": {"placementStrategy": [{"type": "spread"}]}}),
        ("InvalidParameterException", {"request": {"placementStrategy": [{"type": "spread", "field": "memory"}]}}),
        (
            "InvalidParameterException",
            {"request": {"placementStrategy": [{"type": "spread", "field": "ecs.availability-zone"}]}},
        ),
        ("InvalidParameterException", {"request": {"placementStrategy": [{"type": "binpack", "field": "disk"}]}}),
        ("InvalidParameterException", {"request": {"placementStrategy": [{"type": "random", "field": "cpu"}]}}),
        ("InvalidParameterException", {"request": {"placementStrategy": [{"type": "scatter"}]}}),
    ],
)
def test_what_aws_refuses(code: str, arguments: dict[str, Any]) -> None:
    outcome = run([instance("i-1")], **arguments)
    assert (outcome["status"], outcome["error"]["code"]) == ("refused", code)
    assert (outcome["placements"], outcome["unplaced"], outcome["stopped"]) == ([], [], [])


def test_ten_constraints_of_service_and_definition_together_are_the_most() -> None:
    of = definition(placementConstraints=[member("attribute:ecs.availability-zone exists")] * 5)
    five, six = [[member("attribute:ecs.availability-zone exists")] * n for n in (5, 6)]
    assert run([instance("i-1")], constraints=five, of=of)["status"] == "placed"
    assert run([instance("i-1")], constraints=six, of=of)["status"] == "refused"


@pytest.mark.parametrize(("count", "status"), [(0, "refused"), (1, "placed"), (10, "placed"), (11, "refused")])
def test_run_task_starts_one_to_ten_tasks(count: int, status: str) -> None:
    document = {
        "cluster": {"containerInstances": [instance("i-1")]},
        "taskDefinition": definition(),
        "runTask": {"count": count},
    }
    assert PLACEMENT.run(document).outcome["status"] == status


@pytest.mark.parametrize(
    ("code", "message", "arguments"),
    [
        (
            "ClientException",
            "constraint.type 'distinctInstance' is not supported",
            {"of": definition(placementConstraints=[DISTINCT])},
        ),
        (
            "InvalidParameterException",
            "distinctInstance expression should not be specified",
            {"constraints": [DISTINCT | {"expression": "attribute:a exists"}]},
        ),
        (
            "InvalidParameterException",
            "The daemon scheduling strategy does not support a desired count for services. "
            "Remove the desired count value and try again",
            {"request": daemon()},
        ),
    ],
)
def test_aws_own_words(code: str, message: str, arguments: dict[str, Any]) -> None:
    assert run([instance("i-1")], **arguments)["error"] == {"code": code, "message": message}


# Input that cannot be read, and input that may be pasted


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"service": None}, ""),
        ({"runTask": {"count": 1}}, ""),
        ({"service": {"serviceName": "web", "desiredCount": 10**9}}, "/service/desiredCount"),
        ({"options": {"seeds": 1}}, "/options/seeds"),
        ({"simulation": {}}, "/simulation"),
        ({"taskDefinition": {"family": "web", "containerDefinition": []}}, "/taskDefinition/containerDefinition"),
        ({"cluster": {"containerInstances": [{}]}}, "/cluster/containerInstances/0"),
        ({"cluster": {"containerInstances": [instance("i-1"), instance("i-1")]}}, "/cluster/containerInstances/1"),
        ({"cluster": {"tasks": [task("i-9")]}}, "/cluster/tasks/0"),
        (
            {"cluster": {"containerInstances": [instance("i-1")], "tasks": [task("i-1", createdAt="soon")]}},
            "/cluster/tasks/0/createdAt",
        ),
    ],
)
def test_scenarios_that_cannot_be_read(change: dict[str, Any], pointer: str) -> None:
    document = {
        "cluster": {"containerInstances": [instance("i-1")]},
        "taskDefinition": definition(),
        "service": {"serviceName": "web", "desiredCount": 1},
    } | change
    with pytest.raises(GivenError) as problem:
        PLACEMENT.run({key: value for key, value in document.items() if value is not None})
    assert problem.value.pointer == pointer


def test_answers_of_the_command_line_can_be_pasted() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:container-instance/demo/0a1b"
    described = instance("i-1") | {"containerInstanceArn": arn, "versionInfo": {"agentVersion": "1.70.0"}, "version": 5}
    running = {
        "taskArn": "arn:aws:ecs:us-east-1:111122223333:task/demo/abc",
        "containerInstanceArn": arn,
        "group": "service:web",
        "desiredStatus": "RUNNING",
        "lastStatus": "RUNNING",
        "createdAt": 1767261600.5,
        "launchType": "EC2",
    }
    document = {
        "cluster": {
            "containerInstances": {"containerInstances": [described, instance("i-2")], "failures": []},
            "tasks": {"tasks": [running], "failures": []},
        },
        "taskDefinition": {"taskDefinition": definition(revision=3, status="ACTIVE"), "tags": []},
        "service": {"services": [{"serviceName": "web", "desiredCount": 2, "status": "ACTIVE", "events": []}]},
    }
    outcome = PLACEMENT.run(document).outcome
    assert outcome["placements"] == [{"task": "web-2", "containerInstance": "i-2"}]


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        (ecs.ContainerInstance, ["ContainerInstance"]),
        (ecs.Resource, ["Resource"]),
        (ecs.Attribute, ["Attribute"]),
        (doc.Task, ["Task"]),
        (doc.Cluster, ["Cluster"]),
        (doc.TaskDefinition, ["TaskDefinition", "RegisterTaskDefinitionRequest"]),
        (ecs.ContainerDefinition, ["ContainerDefinition"]),
        (ecs.PortMapping, ["PortMapping"]),
        (ecs.Service, ["Service", "CreateServiceRequest"]),
        (doc.RunTask, ["RunTaskRequest"]),
        (ecs.PlacementConstraint, ["PlacementConstraint"]),
        (ecs.PlacementStrategy, ["PlacementStrategy"]),
        (ecs.DeploymentConfiguration, ["DeploymentConfiguration"]),
    ],
)
def test_no_member_of_aws_is_taken_for_a_slip(kind: Any, shapes: list[str]) -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    members = {member for shape in shapes for member in model.shape_for(shape).members}
    assert not list(likely_typos(dict.fromkeys(members), kind))


def test_more_failures_than_anyone_reads_are_listed_once() -> None:
    four, three = ([instance(f"i-{n}", cpu=0) for n in range(size)] for size in (4, 3))
    few, many = run(four, 5000)["unplaced"], run(three, 6667)["unplaced"]
    assert {len(entry["failures"]) for entry in few} == {4}
    assert [len(entry["failures"]) for entry in many] == [3] + [0] * 6666


# The trace


def test_the_trace_names_the_step_that_each_instance_fell_at_and_how_the_rest_ranked() -> None:
    instances = [
        instance("i-1", memory=100),
        instance("i-2", attributes={"stack": "test"}),
        instance("i-3", attributes={"stack": "prod"}, memory=900),
        instance("i-4", attributes={"stack": "prod"}, memory=800),
    ]
    document = {
        "cluster": {"containerInstances": instances},
        "taskDefinition": definition(),
        "service": {
            "serviceName": "web",
            "desiredCount": 1,
            "placementStrategy": [MEMORY],
            "placementConstraints": [member("attribute:stack == prod")],
        },
    }
    steps = PLACEMENT.run(document).steps
    told = {step.rule.removeprefix("ecs.placement."): f"{step.title} | {step.detail}" for step in steps}
    assert "i-1 out, RESOURCE:MEMORY" in told["memory"]
    assert "100 MiB left, 512 needed" in told["memory"]
    assert "i-2 out, MemberOf" in told["memberOf"]
    assert 'attribute:stack == "prod" does not hold: test' in told["memberOf"]
    assert "i-4 800, i-3 900" in told["binpack"]
    assert "goes to i-4" in told["select"]


# Bundled AWS documents against AWS's own model


def bundled() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(CASES.glob("*.yaml")):
        yield path.stem, yaml.safe_load(path.read_text(encoding="utf-8"))["given"]


@pytest.mark.parametrize(
    ("case", "document"), list(bundled()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_bundled_documents_are_ones_that_aws_takes(case: str, document: dict[str, Any]) -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    ours = {"containerInstance", "protectionEnabled", "networkMode"}
    parts = [("TaskDefinition", document["taskDefinition"])]
    parts += [("ContainerInstance", each) for each in document["cluster"]["containerInstances"]]
    parts += [("Task", {k: v for k, v in t.items() if k not in ours}) for t in document["cluster"].get("tasks", [])]
    if "service" in document:
        parts.append(("CreateServiceRequest", document["service"] | {"taskDefinition": "web"}))
    else:
        parts.append(("RunTaskRequest", document["runTask"] | {"taskDefinition": "web"}))
    for shape, part in parts:
        assert not ParamValidator().validate(part, model.shape_for(shape)).has_errors(), (case, shape)

"""Task definitions: Fargate's table of sizes as botocore's own documentation has it, and the ports of each mode."""

import json
import re
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load
from dva.simulations.ecs.ecs_task_definition import rules

ENGINE = load("ecs-task-definition")
AWSLOGS = {"awslogs-region": "eu-west-1", "awslogs-group": "/ecs/web"}
MODEL = botocore.session.get_session().get_service_model("ecs")
CASES = [case for case in bundled_cases() if case.simulation == "ecs-task-definition"]


def fargate(cpu: Any, memory: Any, **more: Any) -> dict[str, Any]:
    """The outcome for a Fargate task of this size."""
    definition = {
        "family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": cpu, "memory": memory,
        "containerDefinitions": [{"name": "app", "image": "web:1"}],
    } | more  # fmt: skip
    return ENGINE.run({"taskDefinition": definition}, steps=False).outcome


def documented() -> dict[int, set[int]]:
    """cpu → memory sizes (MiB), read from the items about Fargate in the service model of the ECS API."""
    html = MODEL.shape_for("TaskDefinition").members["memory"].documentation
    table = {}
    for item in re.findall(r"<li>(.*?)</li>", html):
        sizes, cpu = re.sub(r"<[^>]+>", "", item).split(" - Available cpu values: ")
        bare = [int(n) * (1024 if gb else 1) for n, gb in re.findall(r"(\d+) ?(GB)?", re.sub(r"\(.*?\)", "", sizes))]
        if "Between" in sizes:
            low, high, step = bare
            bare = list(range(low, high + 1, step))
        table[int(cpu.split()[0])] = set(bare)
    return table


DOCUMENTED = documented() | {32768: {61440, 122880, 249856}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_definitions_have_the_shape_of_the_api(case: Any) -> None:
    definition = case.given["taskDefinition"]
    definition = json.loads(definition) if isinstance(definition, str) else definition
    shape = MODEL.operation_model("RegisterTaskDefinition").input_shape
    if "taskDefinition" in definition:
        shape = MODEL.operation_model("DescribeTaskDefinition").output_shape
    report = ParamValidator().validate(definition, shape)
    assert not report.has_errors(), report.generate_report()


def test_the_service_model_documents_seven_rows() -> None:
    assert sorted(documented()) == [256, 512, 1024, 2048, 4096, 8192, 16384]


@given(
    st.sampled_from([*DOCUMENTED, 128, 300, 3072, 65536]),
    st.one_of(st.integers(0, 260).map(lambda n: n * 1024), st.integers(1, 260_000), st.just(512)),
)
def test_a_size_is_valid_exactly_where_the_table_has_it(cpu: int, memory: int) -> None:
    result = fargate(str(cpu), str(memory))
    assert result["valid"] == (memory in DOCUMENTED.get(cpu, set()))
    if cpu in DOCUMENTED and not result["valid"]:
        assert set(result["errors"][0]["allowedMemory"]) == DOCUMENTED[cpu]


@pytest.mark.parametrize(
    ("cpu", "memory"), [("1 vCPU", "2GB"), ("1vCPU", "2 GB"), (".25 vcpu", "0.5 gb"), (1024, 2048), ("4096", "30 GB")]
)
def test_the_ways_to_write_a_size(cpu: Any, memory: Any) -> None:
    assert fargate(cpu, memory)["valid"]


@pytest.mark.parametrize(("cpu", "memory"), [("one vCPU", "2GB"), ("1.2.3 vCPU", "2GB"), ("256", "some"), ("", "512")])
def test_what_is_no_size(cpu: str, memory: str) -> None:
    assert fargate(cpu, memory)["status"] == "invalid"


@pytest.mark.parametrize(("gib", "valid"), [(20, False), (21, True), (200, True), (201, False)])
def test_ephemeral_storage(gib: int, valid: bool) -> None:
    assert fargate("256", "512", ephemeralStorage={"sizeInGiB": gib})["valid"] == valid


@pytest.mark.parametrize("cpu", sorted(DOCUMENTED))
def test_windows_takes_three_cpu_sizes(cpu: int) -> None:
    memory = str(max(DOCUMENTED[cpu]))
    result = fargate(str(cpu), memory, runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_FULL"})
    assert result["valid"] == (cpu in (1024, 2048, 4096))


@given(
    st.sampled_from(["bridge", "host", "awsvpc", "none", None]),
    st.integers(1, 65535),
    st.one_of(st.none(), st.integers(0, 65535)),
)
def test_the_port_of_each_network_mode(mode: str | None, port: int, host_port: int | None) -> None:
    mapping = {"containerPort": port} | ({} if host_port is None else {"hostPort": host_port})
    definition = {
        "family": "web",
        "containerDefinitions": [{"name": "app", "image": "web:1", "memory": 128, "portMappings": [mapping]}],
    } | ({"networkMode": mode} if mode else {})
    result = ENGINE.run({"taskDefinition": definition}).outcome
    if mode == "none":
        assert result["ports"] == []
        return
    expected = {
        "awsvpc": ("awsvpc", port),
        "host": ("static", host_port or port),
    }.get(mode or "", ("static", host_port) if host_port else ("dynamic", 0))
    assert (result["ports"][0]["kind"], result["ports"][0]["hostPort"]) == expected
    allowed = {"awsvpc": (None, port), "host": (None, 0, port)}.get(mode or "", (host_port,))
    assert result["valid"] == (host_port in allowed)


def test_the_first_error_is_the_one_that_ecs_answers_with() -> None:
    result = ENGINE.run({"taskDefinition": {"family": "web"}, "launchType": "FARGATE"}).outcome
    assert result["error"] == {key: result["errors"][0][key] for key in ("code", "message")}
    assert "awsvpc" in result["error"]["message"]


@pytest.mark.parametrize(
    ("mode", "host_port", "kind"), [("bridge", 0, "dynamic"), (None, 0, "dynamic"), ("host", 80, "static")]
)
def test_ports_are_those_of_the_declared_mode_even_where_fargate_does_not_take_it(
    mode: str | None, host_port: int, kind: str
) -> None:
    containers = [{"name": "app", "image": "web:1", "portMappings": [{"containerPort": 80}]}]
    result = fargate("256", "512", networkMode=mode, containerDefinitions=containers)
    assert not result["valid"]
    assert result["ports"] == [{"container": "app", "containerPort": 80, "hostPort": host_port, "kind": kind}]


@pytest.mark.parametrize(
    ("container", "fargate_only"),
    [
        ({"image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1"}, True),
        ({"image": "web:1", "logConfiguration": {"logDriver": "awslogs", "options": AWSLOGS}}, True),
        ({"image": "web:1", "secrets": [{"name": "KEY", "valueFrom": "key"}]}, False),
    ],
)
@pytest.mark.parametrize(
    "role", [{}, {"taskRoleArn": "arn:aws:iam::1:role/t"}, {"executionRoleArn": "arn:aws:iam::1:role/e"}]
)
def test_what_needs_an_execution_role(container: dict[str, Any], fargate_only: bool, role: dict[str, str]) -> None:
    containers = [{"name": "app", "memory": 128} | container]
    has_role = "executionRoleArn" in role
    assert fargate("256", "512", containerDefinitions=containers, **role)["valid"] == has_role
    on_ec2 = ENGINE.run({"taskDefinition": {"family": "web", "containerDefinitions": containers} | role}).outcome
    assert on_ec2["valid"] == (has_role or fargate_only)


def test_a_dynamic_port_is_drawn_with_the_ephemeral_range_of_linux() -> None:
    containers = [{"name": "app", "image": "web:1", "memory": 128, "portMappings": [{"containerPort": 80}]}]
    trace = ENGINE.run({"taskDefinition": {"family": "web", "containerDefinitions": containers}})
    assert "32768-60999" in trace.state_at(len(trace.steps))["state"]["texts"]["Ports"]


def registered(*containers: dict[str, Any], **more: Any) -> list[str]:
    """The messages for these containers on Amazon EC2."""
    listed = [{"name": "app", "image": "web:1", "memory": 128} | container for container in containers]
    outcome = ENGINE.run({"taskDefinition": {"family": "web", "containerDefinitions": listed} | more}).outcome
    assert outcome["valid"] == (not outcome["errors"])
    return [error["message"] for error in outcome["errors"]]


def logging(driver: str, *options: str, secret: str = "") -> dict[str, Any]:
    secrets = [{"name": secret, "valueFrom": "token"}] if secret else []
    return {"logDriver": driver, "options": dict.fromkeys(options, "x"), "secretOptions": secrets}


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"logDriver": "awslogs"}, "Log driver awslogs requires options: awslogs-region, awslogs-group"),
        (logging("awslogs", "awslogs-region"), "Log driver awslogs requires options: awslogs-group"),
        (logging("awslogs", *AWSLOGS), ""),
        (logging("splunk", "splunk-url"), "Log driver splunk requires options: splunk-token"),
        (logging("splunk", "splunk-url", secret="splunk-token"), ""),
        (logging("json-file"), ""),
        (logging("none"), ""),
        (logging("x"), f"x is not a valid log driver. Must be one of [{','.join(rules.LOG_DRIVERS)}]"),
    ],
)
def test_a_log_driver_has_the_options_that_it_requires(configuration: dict[str, Any], message: str) -> None:
    assert registered({"logConfiguration": configuration}) == [message] * bool(message)


def test_drivers_and_conditions_are_those_of_the_service_model() -> None:
    assert tuple(MODEL.shape_for("LogDriver").enum) == rules.LOG_DRIVERS
    assert tuple(MODEL.shape_for("ContainerCondition").enum) == rules.CONDITIONS


def test_fargate_has_three_log_drivers() -> None:
    containers = [{"name": "app", "image": "web:1", "logConfiguration": {"logDriver": "json-file"}}]
    (error,) = fargate("256", "512", containerDefinitions=containers)["errors"]
    assert error["message"] == "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"


ENDING = "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
HEALTHY = "A dependency container with HEALTHY condition must have a health check"
CIRCLE = {"dependsOn": [{"containerName": "app", "condition": "START"}]}


@pytest.mark.parametrize(
    ("condition", "setup", "message"),
    [
        ("SUCCESS", {"essential": True}, ENDING),
        ("COMPLETE", {}, ENDING),
        ("SUCCESS", {"essential": False}, ""),
        ("START", {}, ""),
        ("HEALTHY", {}, HEALTHY),
        ("HEALTHY", {"healthCheck": {"command": ["CMD-SHELL", "true"]}}, ""),
        ("EXITED", {}, "Invalid dependency condition 'EXITED': it is one of START, COMPLETE, SUCCESS, HEALTHY."),
        ("START", {"name": "other"}, "Cannot depend on container + 'setup' because it does not exist"),
        ("START", CIRCLE, "Container dependencies should not have a cycle"),
    ],
)
def test_what_a_container_can_depend_on(condition: str, setup: dict[str, Any], message: str) -> None:
    waiting = {"dependsOn": [{"containerName": "setup", "condition": condition}]}
    assert registered({"name": "setup"} | setup, waiting) == [message] * bool(message)


@pytest.mark.parametrize(
    ("containers", "more", "message"),
    [
        ([], {}, "Container list cannot be empty."),
        ([{"name": ""}], {}, "Container.name should not be null or empty."),
        ([{"name": "my app"}], {}, "Container.name contains invalid characters."),
        ([{"image": ""}], {}, "Container.image should not be null or empty."),
        ([{}, {}], {}, "Container names must be unique within a Task Definition."),
        ([{"essential": False}], {}, "Task definition doesn't have any essential container."),
        ([{"essential": False}, {"name": "b"}], {}, ""),
        ([{"links": ["b:db"]}, {"name": "b"}], {}, ""),
        ([{"links": ["b"]}, {"name": "b"}], {"networkMode": "host"}, "Links are not supported when networkMode=host."),
        ([{"links": ["b"]}], {}, "Cannot link to container 'b' because it does not exist"),
        ([{"links": ["b"]}, {"name": "b", "links": ["app"]}], {}, "Container links should not have a cycle"),
        ([{"mountPoints": [{"sourceVolume": "data"}]}], {"volumes": [{"name": "other"}]}, "Unknown volume 'data'."),
        ([{"mountPoints": [{"sourceVolume": "data"}]}], {"volumes": [{"name": "data"}]}, ""),
    ],
)
def test_what_is_checked_of_the_containers(containers: list[Any], more: dict[str, Any], message: str) -> None:
    assert registered(*containers, **more) == [message] * bool(message)

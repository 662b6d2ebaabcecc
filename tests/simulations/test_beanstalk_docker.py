"""Which Docker file decides, and the task definition that a Dockerrun version 2 becomes."""

import json
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("beanstalk-docker")
CASES = [case for case in bundled_cases() if case.simulation == "beanstalk-docker"]
COMPOSE, DOCKERFILE, DOCKERRUN = "docker-compose.yml", "Dockerfile", "Dockerrun.aws.json"
REGISTER = get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
V1 = {"AWSEBDockerrunVersion": "1", "Image": {"Name": "shop"}, "Ports": [{"ContainerPort": 8080}]}


def run(platform: str = "Docker", **files: Any) -> dict[str, Any]:
    """`dockerrun`, `dockerfile` and `compose` stand for the three files."""
    names = {"dockerrun": DOCKERRUN, "dockerfile": DOCKERFILE, "compose": COMPOSE}
    texts = {names[key]: text if isinstance(text, str) else json.dumps(text) for key, text in files.items()}
    return ENGINE.run({"platform": platform, "files": texts}).outcome


def check_task_definition(definition: dict[str, Any]) -> None:
    """It is what RegisterTaskDefinition takes, and what the ECS engine calls valid on instances."""
    report = ParamValidator().validate(definition, REGISTER)
    assert not report.has_errors(), report.generate_report()
    checked = load("ecs-task-definition").run({"taskDefinition": definition, "launchType": "EC2"}).outcome
    assert checked["valid"], checked["errors"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bundled_task_definition_can_be_registered(case: Any) -> None:
    definition = ENGINE.run(case.given).outcome["taskDefinition"]
    assert (definition is not None) == (case.expect["mode"] == "ECS")
    if definition:
        check_task_definition(definition)


NAME = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
CONTAINER = st.fixed_dictionaries(
    {"image": NAME, "memory": st.integers(6, 4096) | st.integers(6, 4096).map(str)},
    optional={
        "essential": st.booleans(),
        "cpu": st.integers(0, 1024),
        "environment": st.lists(st.fixed_dictionaries({"name": NAME, "value": NAME}), max_size=2),
    },
)


@given(st.dictionaries(NAME, CONTAINER, min_size=1, max_size=6), st.lists(NAME, unique=True, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_version_2_becomes_a_task_definition_that_ecs_takes(
    containers: dict[str, dict[str, Any]], volumes: list[str]
) -> None:
    listed = [{"name": name, **body} for name, body in containers.items()]
    listed[0]["essential"] = True
    extra = [{"name": name, "host": {"sourcePath": f"/data/{name}"}} for name in volumes]
    run_ = {"AWSEBDockerrunVersion": 2, "containerDefinitions": listed, "volumes": extra}
    outcome = run("ECS", dockerrun=run_)
    definition = outcome["taskDefinition"]
    check_task_definition(definition)
    assert [entry["name"] for entry in definition["containerDefinitions"]] == list(containers)
    names = [volume["name"] for volume in definition["volumes"]]
    assert len(names) == len(set(names)) == len(set(volumes) | {f"awseb-logs-{name}" for name in containers})
    assert outcome["image"] == listed[0]["image"]


@given(
    st.sampled_from(["Docker", "ECS", "64bit Amazon Linux 2023 v4.3.2 running Docker"]),
    st.sets(st.sampled_from([COMPOSE, DOCKERFILE])),
    st.sampled_from([None, 1, 2, 3, "1", "4", "no json"]),
)
@settings(deadline=None)
def test_one_way_or_none_and_ecs_by_the_platform_alone(platform: str, others: set[str], version: Any) -> None:
    texts = {COMPOSE: "services: {web: {image: nginx}}", DOCKERFILE: "FROM nginx\nEXPOSE 80"}
    files = {name: texts[name] for name in others}
    body = {
        "containerDefinitions": [{"name": "web", "image": "nginx", "memory": 64}],
        **V1,
        "AWSEBDockerrunVersion": version,
    }
    if version is not None:
        files[DOCKERRUN] = "{" if version == "no json" else json.dumps(body)
    outcome = ENGINE.run({"platform": platform, "files": files}).outcome
    assert outcome["uses_ecs"] == (platform == "ECS")
    assert (outcome["status"] == "ok") == (outcome["mode"] != "fail") == (outcome["error"] is None)
    assert (outcome["taskDefinition"] is not None) == (outcome["mode"] == "ECS")
    wanted = {"ECS": "2"}.get(platform, "3" if COMPOSE in others else "1")
    fits = str(version) == wanted or (version is None and bool(others) and platform != "ECS")
    assert (outcome["status"] == "ok") == fits


@pytest.mark.parametrize(
    ("files", "mode", "port", "ignored"),
    [
        ({"dockerfile": "FROM a\nEXPOSE 80"}, "build single container", 80, []),
        ({"dockerfile": "from a\n expose 8080/tcp 9090"}, "build single container", 8080, []),
        ({"dockerfile": "FROM a"}, "build single container", None, []),
        ({"dockerfile": "FROM a", "dockerrun": V1}, "build single container", 8080, ["Image"]),
        ({"dockerrun": V1}, "pull single container", 8080, []),
        ({"dockerrun": V1 | {"Ports": [{"ContainerPort": "90", "HostPort": "1"}, {"ContainerPort": 5}]}},
         "pull single container", 90, []),
        ({"compose": "services: {}"}, "docker compose", None, []),
        ({"compose": "services: {}", "dockerfile": "FROM a"}, "docker compose", None, []),
        ({"compose": "services: {}", "dockerrun": {"AWSEBDockerrunVersion": 3}}, "docker compose", None, []),
        ({"compose": "services: {}", "dockerrun": V1}, "fail", None, []),
        ({"compose": "a: [", "dockerfile": "FROM a"}, "fail", None, []),
        ({"dockerfile": "FROM a", "dockerrun": {"AWSEBDockerrunVersion": 3}}, "fail", None, []),
        ({"dockerrun": {"AWSEBDockerrunVersion": "1"}}, "fail", None, []),
        ({"dockerrun": {"AWSEBDockerrunVersion": "1", "Image": {}, "Ports": [{"ContainerPort": 1}]}}, "fail", None, []),
        ({"dockerrun": "[]"}, "fail", None, []),
        ({}, "fail", None, []),
    ],
)  # fmt: skip
def test_the_docker_platform(files: dict[str, Any], mode: str, port: int | None, ignored: list[str]) -> None:
    outcome = run(**files)
    assert (outcome["mode"], outcome["port"], outcome["ignored"]) == (mode, port, ignored)
    assert outcome["image"] == ("shop" if mode == "pull single container" else None)


def test_a_file_in_a_folder_is_not_at_the_root() -> None:
    assert ENGINE.run({"platform": "Docker", "files": {"app/Dockerfile": "FROM a"}}).outcome["mode"] == "fail"


@pytest.mark.parametrize("wrong", [{"platform": 1}, {"files": []}, {"bundle": {}}])
def test_what_cannot_be_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        ENGINE.run(wrong)


def test_a_key_that_dockerrun_has_twice_is_told() -> None:
    text = '{"AWSEBDockerrunVersion": "1",\n "Image": {"Name": "a",\n "Name": "b"}, "Ports": [{"ContainerPort": 80}]}'
    with pytest.raises(GivenError, match="duplicate key `Name`, line 3 of Dockerrun") as problem:
        ENGINE.run({"platform": "Docker", "files": {DOCKERRUN: text}})
    assert problem.value.pointer == "/files/Dockerrun.aws.json"


@pytest.mark.parametrize("key", ["name", "image"])
@pytest.mark.parametrize("value", [5, 0, 1.5, True, ["app"], {"a": "b"}])
def test_a_name_or_image_that_is_no_text_is_refused(key: str, value: Any) -> None:
    container = {"name": "app", "image": "nginx", "memory": 128, key: value}
    dockerrun = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [container]}
    got = ENGINE.run({"platform": "ECS", "files": {"Dockerrun.aws.json": dockerrun}}).outcome
    assert got["status"] == "failed"
    assert f"parameter {key} " in got["error"]["message"]

"""`not_read`: what was given in AWS documents and no engine looks at."""

import json
from typing import Any

import pytest
from bundled import bundled_cases

from dva import jsonpointer
from dva.simulations import load, names

BUILDSPEC = """
version: 0.2
env: {variables: {A: "1"}, shell: bash}
batch: {fast-fail: true}
phases: {install: {runtime-versions: {nodejs: 20}}, build: {commands: [make], on-failure: ABORT}}
reports: {unit: {files: ["**/*"]}}
artifacts: {files: [app], name: x, secondary-artifacts: {two: {files: [b], s3-prefix: y}}}
"""
PORT = {"containerPort": 80, "name": "x"}
CONTAINER = {"name": "a", "image": "b", "memory": 128, "user": "root", "portMappings": [PORT]}
TASK = {"family": "web", "tags": [], "containerDefinitions": [CONTAINER], "pidMode": None}
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("ecs-task-definition", {"taskDefinition": json.dumps({"taskDefinition": TASK, "failures": []})},
     ["/given/taskDefinition/failures", "/given/taskDefinition/taskDefinition/tags",
      "/given/taskDefinition/taskDefinition/containerDefinitions/0/user",
      "/given/taskDefinition/taskDefinition/containerDefinitions/0/portMappings/0/name"]),
    ("codebuild", {"buildspec": BUILDSPEC, "project": {"name": "site", "logsConfig": {"s3Logs": {}}}},
     ["/given/project/name", "/given/project/logsConfig", "/given/buildspec/env/shell", "/given/buildspec/batch",
      "/given/buildspec/phases/install/runtime-versions", "/given/buildspec/reports", "/given/buildspec/artifacts/name",
      "/given/buildspec/artifacts/secondary-artifacts/two/s3-prefix"]),
    ("authorization", {"policies": {"Version": "2012-10-17", "Id": "x", "Statement": STATEMENT},
                       "action": "s3:GetObject"}, ["/given/policies/Id"]),
    ("appspec", {"appspec": "version: 0.0\nos: linux\nnotes: x\nhooks: {BeforeInstall: [{location: a, retries: 2}]}\n"},
     ["/given/appspec/notes", "/given/appspec/hooks/BeforeInstall/0/retries"]),
    ("beanstalk-options", {"bundle": {".ebextensions/a.config": "option_settings: {}\npackages: {yum: {git: []}}\n"}},
     ["/given/bundle/.ebextensions~1a.config/packages"]),
    ("beanstalk-docker", {"platform": "Docker", "files": {
        "Dockerrun.aws.json": {"AWSEBDockerrunVersion": "1", "Image": {"Name": "a"}, "Ports": [{"ContainerPort": 80}],
                               "Logging": "/var/log"}}}, ["/given/files/Dockerrun.aws.json/Logging"]),
    ("ecs-query", {"filter": "ec2InstanceId == i-1", "containerInstances": {
        "containerInstances": [{"ec2InstanceId": "i-1", "version": 3}], "failures": []}},
     ["/given/containerInstances/failures", "/given/containerInstances/containerInstances/0/version"]),
]  # fmt: skip


@pytest.mark.parametrize(("engine", "given", "places"), CASES, ids=[case[0] for case in CASES])
def test_an_outcome_names_what_was_not_looked_at(engine: str, given: dict[str, Any], places: list[str]) -> None:
    for steps in (True, False):
        assert load(engine).run(given, steps=steps).outcome["not_read"] == places


@pytest.mark.parametrize("engine", names())
def test_each_place_is_one_of_the_document_and_named_once(engine: str) -> None:
    for case in bundled_cases():
        if case.simulation == engine:
            places = load(engine).run(case.given, steps=False).outcome["not_read"]
            assert len(places) == len(set(places)), case.name
            for place in places:
                assert not _is_missing(case.given, place), (case.name, place)


def _is_missing(given: Any, place: str) -> bool:
    """Return whether a pointer leads nowhere; inside text one cannot tell."""
    value: Any = {"given": given}
    for name in jsonpointer.split(place):
        if isinstance(value, str):
            return False
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError):
            return True
    return False

"""Documents that mean harm: each ends soon, with an answer or one clear line. A process that ends is the test."""

import json
from typing import Any

import pytest
from running import RunDva

SOON = 20
"""Seconds, generous: what is tested would take minutes, or longer than the universe has."""


def query(value: str, filter: str) -> dict[str, Any]:
    instance = {"ec2InstanceId": "i-1", "attributes": [{"name": "a", "value": value}]}
    return {"filter": filter, "containerInstances": [instance]}


def buildspec(on_failure: str) -> dict[str, Any]:
    phase = {"commands": ["a" * 50], "on-failure": on_failure}
    return {
        "buildspec": {"version": 0.2, "phases": {"build": phase}},
        "faults": [{"command": "a" * 50, "exit": 1, "attempts": 2}],
    }


def permissions(pattern: str) -> dict[str, Any]:
    appspec = {
        "version": 0.0, "os": "linux", "files": [{"source": "app", "destination": "/srv"}],
        "permissions": [{"object": "/srv", "pattern": pattern, "mode": "640"}],
    }  # fmt: skip
    return {"deployments": [{"revision": "v1", "files": {"appspec.yml": json.dumps(appspec), f"app/{'a' * 200}": ""}}]}


PATTERNS = {
    "ecs-query, a group in a comment": ("ecs-query", query("a" * 99, "attribute:a =~ '(?#[)(a+)+b(?#])'")),
    "ecs-query, verbose": ("ecs-query", query("a" * 99, "attribute:a =~ '(?x) (a+ )+b'")),
    "ecs-query, stars": ("ecs-query", query("a" * 256, "attribute:a =~ '.*.*.*.*b'")),
    "codebuild": ("codebuild", buildspec("RETRY-2-(a+)+b")),
    "codedeploy-agent": ("codedeploy-agent", permissions("*a" * 60 + "*b")),
}  # fmt: skip


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_that_would_go_back_for_ever_is_answered(run_dva: RunDva, name: str) -> None:
    simulation, given = PATTERNS[name]
    document = json.dumps({"simulation": simulation, "given": given})
    done = run_dva("simulate", simulation, "-", "--json", stdin=document, timeout=SOON)
    assert done.returncode == 0, done.stderr

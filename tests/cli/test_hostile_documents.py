"""Documents that mean harm: each ends soon, with an answer or one clear line. A process that ends is the test."""

import json
import subprocess
import sys
from typing import Any

import pytest
from running import RunDva

from dva.catalog import yamlfile
from dva.render import text

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


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [{"a": value}]
    return value


QUERY = query("b", "attribute:a == b")
POLICY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::" + "${" * 200_000},
}
DOCUMENTS: dict[str, tuple[str, str, set[int]]] = {
    "a line of spaces": ("credentials", json.dumps({"given": {"files": {
        "~/.aws/credentials": "[default]\nx" + " " * 300_000 + "\ny = z"}}}), {0, 3}),
    "open braces": ("credentials", json.dumps({"given": {"env": {"AWS_CONFIG_FILE": "${" * 100_000}}}), {0, 3}),
    "a Dockerfile of empty lines": ("beanstalk-docker", json.dumps({"given": {"files": {
        "Dockerfile": "\n" * 100_000}}}), {0, 3}),
    "deep expect": ("ecs-query", json.dumps({"given": QUERY, "expect": {"matches": nested(200)}}), {3}),
    "deep given": ("ecs-query", json.dumps({"given": {"filter": nested(300)}}), {3}),
    "a port of 400 digits": ("ecs-task-definition", '{"given": {"taskDefinition": {"containerDefinitions": [{"name":'
        '"a", "image": "b", "portMappings": [{"containerPort": 1' + "0" * 400 + "}]}]}}}", {3}),
    "a number beyond all": ("caching", '{"given": {"cache": {"DefaultTTL": 1e999}}}', {3}),
    "a buildspec with a number of 5000 digits": ("codebuild", json.dumps({"given": {
        "buildspec": "version: " + "9" * 5000}}), {0, 3}),
    "half a character as a key": ("ecs-query", '{"given": {}, "\\ud800": 1}', {3}),
    "half a character as a text": ("ecs-query", '{"given": {}, "notes": ["\\\\\\udc00"]}', {3}),
    "wrong keys": ("ecs-query", json.dumps({"given": QUERY, "expect": {f"key{n}": n for n in range(5000)}}), {1}),
}  # fmt: skip


@pytest.mark.parametrize("form", ["--json", "--plain"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_large_or_odd_ends_with_an_answer_or_one_line(run_dva: RunDva, name: str, form: str) -> None:
    simulation, body, codes = DOCUMENTS[name]
    document = '{"simulation": "' + simulation + '", ' + body[1:]
    done = run_dva("simulate", simulation, "-", form, stdin=document, timeout=SOON)
    assert done.returncode in codes, done.stderr
    assert "Traceback" not in done.stderr and "defect" not in done.stderr
    if done.returncode == 3:
        assert len(done.stderr.strip().splitlines()) <= 2 and done.stderr.startswith("dva: error: ")


def test_a_policy_of_open_variables_is_answered() -> None:
    code = (
        "from dva.aws import policy; import json, sys; given = policy.parse(json.load(sys.stdin)); "
        "print(policy.evaluate([given], policy.Request(None, 's3:GetObject', 'arn:aws:s3:::a')).effect)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(POLICY), capture_output=True, text=True, timeout=SOON, check=True
    )
    assert done.stdout == "implicitDeny\n"


def test_wrong_keys_are_found_in_a_file_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    documents = yamlfile._yaml_documents

    def counted(*given: Any) -> Any:
        read.append(1)
        return documents(*given)

    monkeypatch.setattr(yamlfile, "_yaml_documents", counted)
    document = yamlfile.parse_yaml("\n".join(f"key{n}: {n}" for n in range(1000)), "case.yaml")
    assert [document.where(f"/key{n}") for n in (0, 999)] == ["case.yaml:1", "case.yaml:1000"]
    assert [document.where(f"/key{n}/x") for n in range(1000)][7] == "case.yaml:8"
    assert len(read) == 2


def test_a_long_text_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    columns = text._columns

    def counted(character: str) -> int:
        measured.append(1)
        return columns(character)

    monkeypatch.setattr(text, "_columns", counted)
    assert "".join(text.wrap("é" * 10_000, 80)) == "é" * 10_000
    assert len(measured) < 5 * 10_000


@pytest.mark.parametrize("form", ["--plain", "--json"])
@pytest.mark.parametrize("line", ["1" * 5_000_000, "{" * 5_000_000, "A" + " " * 5_000_000 + "A"])
def test_a_huge_line_of_input_is_no_answer(run_dva: RunDva, form: str, line: str) -> None:
    done = run_dva("quiz", form, stdin=f"{line}\nA\nq\n", timeout=SOON)
    assert "Traceback" not in done.stderr and done.returncode in (0, 130), done.stderr[-300:]
    assert len(done.stdout) < 100_000

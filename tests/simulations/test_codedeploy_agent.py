"""The agent on one instance: the real agent's results, and what can never happen in a series of deployments.

`codedeploy_agent_1_8_1.json` holds series that the installer, the hook executor and the parser of
aws/aws-codedeploy-agent 1.8.1 ran under Ruby 3.1 on a real file system, with shell scripts for the hooks. Names in a
folder come in no fixed order there, so series that broke off while a folder was being copied are left out.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codedeploy-agent")
RECORDED = json.loads(Path(__file__).with_name("codedeploy_agent_1_8_1.json").read_text())
HEAD = "version: 0.0\nos: linux\n"
COPY_ALL = f"{HEAD}files: [{{source: app, destination: /srv}}]\n"


def results(deployments: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ENGINE.run({"deployments": deployments, **more}, steps=False).outcome["results"]
    return found


def without_appspecs(files: dict[str, str]) -> dict[str, str]:
    return {path: "APPSPEC" if text.startswith('{"version"') else text for path, text in files.items()}


@pytest.mark.parametrize("series", RECORDED, ids=range(len(RECORDED)))
def test_the_real_agent_did_the_same(series: dict[str, Any]) -> None:
    found = ENGINE.run(series["given"]).outcome["results"]
    for ours, theirs in zip(found, series["results"], strict=True):
        ours["files"] = without_appspecs(ours["files"])
        assert {key: ours[key] for key in theirs} == theirs


NAMES = st.sampled_from(["a", "b", "c", "sub/a", "sub/b"])
REVISIONS = st.lists(st.frozensets(NAMES, max_size=4), min_size=1, max_size=5)
BEHAVIORS = st.sampled_from(["DISALLOW", "OVERWRITE", "RETAIN"])


def deployment(number: int, names: Any, behavior: str, **more: Any) -> dict[str, Any]:
    files = {f"app/{name}": f"v{number}" for name in names} | {"appspec.yml": COPY_ALL, "app/marker": f"v{number}"}
    return {"revision": f"v{number}", "files": files, "file_exists_behavior": behavior, **more}


@given(REVISIONS, st.frozensets(NAMES, max_size=3))
def test_overwrite_leaves_the_files_of_the_last_revision_and_nothing_else(series: Any, before: Any) -> None:
    pre = {f"/srv/{name}": "before" for name in before}
    found = results([deployment(n, names, "OVERWRITE") for n, names in enumerate(series)], pre_existing_files=pre)
    last = len(series) - 1
    assert found[-1]["status"] == "Succeeded"
    for path, text in found[-1]["files"].items():
        assert text == f"v{last}" or (text == "before" and path in pre), (path, text)
    assert {f"/srv/{name}" for name in series[-1]} <= set(found[-1]["files"])


@given(REVISIONS, st.frozensets(NAMES, max_size=3), BEHAVIORS)
def test_no_file_of_an_older_revision_survives_an_install(series: Any, before: Any, behavior: str) -> None:
    pre = {f"/srv/{name}": "before" for name in before}
    found = results([deployment(n, names, behavior) for n, names in enumerate(series)], pre_existing_files=pre)
    for number, result in enumerate(found):
        assert set(result["files"].values()) <= {f"v{number}", "before"}


@given(REVISIONS, st.frozensets(NAMES, max_size=3), BEHAVIORS)
def test_what_was_there_before_is_never_touched_but_by_overwrite(series: Any, before: Any, behavior: str) -> None:
    pre = {f"/srv/{name}": "before" for name in before}
    found = results([deployment(n, names, behavior) for n, names in enumerate(series)], pre_existing_files=pre)
    if behavior != "OVERWRITE":
        assert all(result["files"].items() >= pre.items() for result in found)
    if behavior == "RETAIN":
        assert all(result["status"] == "Succeeded" for result in found)


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([0, 1])), min_size=1, max_size=6))
def test_the_stop_script_is_that_of_the_last_revision_that_was_installed(series: Any) -> None:
    spec = f"{HEAD}hooks: {{ApplicationStop: [{{location: stop}}], BeforeInstall: [{{location: pre}}], "
    spec += "AfterInstall: [{location: post}]}"
    deployments = [
        {"revision": f"v{n}", "files": {"appspec.yml": spec, "stop": "", "pre": "", "post": ""},
         "scripts": {"pre": {"exit": pre}, "post": {"exit": post}}}
        for n, (pre, post) in enumerate(series)
    ]  # fmt: skip
    installed = None
    for number, result in enumerate(results(deployments)):
        stops = [run for run in result["hooks_run"] if run.endswith(":ApplicationStop")]
        assert stops == ([f"v{installed}:ApplicationStop"] if installed is not None else [])
        pre, post = series[number]
        assert result["status"] == ("Failed" if pre or post else "Succeeded")
        installed = number if not pre else installed


@pytest.mark.parametrize(
    ("script", "code", "name"),
    [({"exit": 3}, 4, "ScriptFailed"), ({"seconds": 61}, 3, "ScriptTimedOut"), (None, 1, "ScriptMissing")],
)
def test_codes_of_scripts(script: dict[str, Any] | None, code: int, name: str) -> None:
    files = {"appspec.yml": f"{HEAD}hooks: {{AfterInstall: [{{location: ./s/a.sh, timeout: 60}}]}}"}
    if script is not None:
        files["s/a.sh"] = ""
    (result,) = results([{"revision": "v1", "files": files, "scripts": {"s/a.sh": script or {}}}])
    assert (result["script_error_code"], result["error"]["code"]) == (code, name)
    assert result["hooks_run"] == ([] if script is None else ["v1:AfterInstall"])


def test_a_script_that_just_makes_it_within_its_timeout_succeeds() -> None:
    files = {"appspec.yml": f"{HEAD}hooks: {{AfterInstall: [{{location: a, timeout: 60}}]}}", "a": ""}
    (result,) = results([{"revision": "v1", "files": files, "scripts": {"a": {"seconds": 60}}}])
    assert (result["status"], result["script_error_code"], result["error"]) == ("Succeeded", 0, None)


def test_an_appspec_yaml_is_found_by_install_but_not_by_the_hooks() -> None:
    (result,) = results([{"revision": "v1", "files": {"appspec.yaml": HEAD}}])
    assert (result["status"], result["script_error_code"]) == ("Failed", 5)


def test_events_narrow_the_lifecycle_and_keep_its_order() -> None:
    hooks = "{ValidateService: [{location: a}], BeforeInstall: [{location: a}], AfterInstall: [{location: a}]}"
    files = {"appspec.yml": f"{HEAD}hooks: {hooks}", "a": ""}
    (result,) = results([{"revision": "v1", "files": files}], events=["ValidateService", "BeforeInstall"])
    assert result["hooks_run"] == ["v1:BeforeInstall", "v1:ValidateService"]


@pytest.mark.parametrize(
    ("event", "hooked", "status"),
    [("Warm", True, "Succeeded"), ("Warm", False, "Failed"), ("BlockTraffic", False, "Succeeded")],
)
def test_an_event_of_ones_own_needs_a_hook_in_the_appspec(event: str, hooked: bool, status: str) -> None:
    """As validate_app_spec_hooks of the agent has it; the load balancer's events are the service's."""
    hooks = f"hooks: {{{event}: [{{location: a}}]}}\n" if hooked else ""
    files = {"appspec.yml": f"{COPY_ALL}{hooks}", "a": "", "app/index": ""}
    (result,) = results([{"revision": "v1", "files": files}], events=["Install", event])
    assert (result["status"], result["hooks_run"]) == (status, [f"v1:{event}"] if hooked else [])
    assert bool(result["files"]) == (status == "Succeeded")


def test_a_thousand_files_are_installed_at_once() -> None:
    files = {f"app/{n}": "x" for n in range(1000)} | {"appspec.yml": COPY_ALL}
    trace = ENGINE.run({"deployments": [{"revision": "v1", "files": files}] * 2})
    assert len(trace.outcome["results"][1]["files"]) == 1000
    assert len(trace.steps) < 100


@pytest.mark.parametrize(
    "wrong",
    [{"pre_existing_files": {"srv/a": ""}}, {"deployments": []}, {"deployments": [{"revision": "v", "mode": 1}]},
     {"deployments": [{"revision": "v", "file_exists_behavior": "KEEP"}]}],
)  # fmt: skip
def test_what_dva_does_not_know_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        ENGINE.run({"deployments": [{"revision": "v1", "files": {}}]} | wrong)


def test_a_script_that_cannot_run_has_the_agents_number() -> None:
    """The true agent makes every script executable, so the number 2 is seen by a belief only."""
    spec = "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: x}]}"
    deployment = {"revision": "v1", "files": {"appspec.yml": spec, "x": ""}, "not_executable": ["x"]}
    (result,) = ENGINE.run({"deployments": [deployment]}, believing="scripts-must-be-executable").outcome["results"]
    assert (result["script_error_code"], result["error"]["code"]) == (2, "ScriptNotExecutable")


STOPS = f"{COPY_ALL}hooks: {{ApplicationStop: [{{location: stop.sh}}]}}\n"


def test_deployment_groups_share_the_disk_and_nothing_else() -> None:
    """command_executor.rb names what it remembers after the ID of the deployment group."""
    web = {"revision": "web", "deployment_group": "web", "files": {"appspec.yml": STOPS, "app/a": "1", "stop.sh": ""}}
    api = {"revision": "api", "deployment_group": "api", "files": {"appspec.yml": COPY_ALL, "app/a": "2"}}
    first, second, third = results([web, api, {**web, "revision": "web-2"}])
    assert (second["hooks_run"], second["status"]) == ([], "Failed")
    assert "exists already" in second["error"]["message"]
    assert (third["hooks_run"], third["status"]) == (["web:ApplicationStop"], "Succeeded")
    assert first["files"] == {"/srv/a": "1"}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=12), st.integers(1, 4))
def test_each_group_keeps_its_newest_archives_and_the_last_successful_one(series: Any, kept: int) -> None:
    def one(number: int, group: str, fails: bool) -> dict[str, Any]:
        files = {"appspec.yml": f"{HEAD}hooks: {{BeforeInstall: [{{location: check.sh}}]}}\n", "check.sh": ""}
        scripts = {"check.sh": {"exit": int(fails)}}
        return {"revision": str(number), "deployment_group": group, "files": files, "scripts": scripts}

    given = {"deployments": [one(n, *each) for n, each in enumerate(series)], "max_revisions": kept}
    archives = ENGINE.run(given, steps=False).outcome["archives"]
    for group, names in archives.items():
        own = [(str(n), fails) for n, (name, fails) in enumerate(series) if name == group]
        # The last success before the newest deployment is the one that its DownloadBundle left alone
        last = [name for name, fails in own[:-1] if not fails][-1:]
        assert names[-1] == own[-1][0]
        assert set(last) <= set(names)
        assert len(names) <= max(kept, 2)
        assert len(names) >= min(kept, len(own))

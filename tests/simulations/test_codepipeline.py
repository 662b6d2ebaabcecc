"""Pipelines: the API's own model, a second account of queues, and what no execution may ever do."""

import copy
import json
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codepipeline")
CASES = [case for case in bundled_cases() if case.simulation == "codepipeline"]
MODEL = botocore.session.get_session().get_service_model("codepipeline")


def action(name: str, category: str, provider: str, inputs: list[str], outputs: list[str], order: int = 1) -> Any:
    return {
        "name": name, "runOrder": order,
        "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
        "inputArtifacts": [{"name": one} for one in inputs],
        "outputArtifacts": [{"name": one} for one in outputs],
    }  # fmt: skip


def pipeline(stages: list[Any], mode: str = "SUPERSEDED") -> dict[str, Any]:
    return {
        "name": "shop", "roleArn": "arn:aws:iam::123456789012:role/pipeline", "pipelineType": "V2",
        "executionMode": mode, "artifactStore": {"type": "S3", "location": "bucket"}, "stages": stages,
    }  # fmt: skip


SOURCE = {"name": "Source", "actions": [action("Get", "Source", "S3", [], ["Code"])]}


def chain(stages: int) -> list[Any]:
    """Source and as many stages of one build each, each taking what the one before has made."""
    made = [SOURCE]
    for i in range(stages):
        before = "Code" if i == 0 else f"A{i - 1}"
        made.append({"name": f"S{i}", "actions": [action("Do", "Build", "CodeBuild", [before], [f"A{i}"])]})
    return made


@st.composite
def pipelines(draw: st.DrawFn) -> dict[str, Any]:
    """Valid pipelines whose actions take artifacts that were made before."""
    stages, made = [copy.deepcopy(SOURCE)], ["Code"]
    for i in range(draw(st.integers(1, 3))):
        actions: list[dict[str, Any]] = []
        here = list(made)
        for j, order in enumerate(sorted(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))):
            earlier = [a for o in actions if o["runOrder"] < order for a in (x["name"] for x in o["outputArtifacts"])]
            taken = draw(st.lists(st.sampled_from(made + earlier), min_size=1, max_size=3, unique=True))
            actions.append(action(f"A{j}", "Build", "CodeBuild", taken, [f"O{i}-{j}"], order))
            here.append(f"O{i}-{j}")
        result = draw(st.sampled_from(["FAIL", "RETRY", "SKIP"]))
        stage: dict[str, Any] = {"name": f"S{i}", "actions": actions, "onFailure": {"result": result}}
        stages.append(stage)
        made = here
    return pipeline(stages, draw(st.sampled_from(["SUPERSEDED", "QUEUED", "PARALLEL"])))


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    document = draw(pipelines())
    names = [f"{stage['name']}.{one['name']}" for stage in document["stages"] for one in stage["actions"]]
    ids = [f"e{i}" for i in range(draw(st.integers(1, 4)))]
    stages = [stage["name"] for stage in document["stages"]]
    given: dict[str, Any] = {
        "pipeline": document,
        "executions": [{"id": name, "at": draw(st.integers(0, 30))} for name in ids],
        "durations": {name: draw(st.integers(0, 12)) for name in names},
        "faults": [
            {"action": draw(st.sampled_from(names)), "executions": [draw(st.sampled_from(ids))],
             "attempts": draw(st.integers(1, 2))}
            for _ in range(draw(st.integers(0, 3)))
        ],
        "transitions": [
            [draw(st.integers(0, 60)), way, draw(st.sampled_from(stages))]
            for way in draw(st.lists(st.sampled_from(["disable", "enable"]), max_size=3))
        ],
    }  # fmt: skip
    if draw(st.booleans()):
        given["stop"] = {"execution": draw(st.sampled_from(ids)), "at": draw(st.integers(0, 40)),
                         "abandon": draw(st.booleans())}  # fmt: skip
    if draw(st.booleans()):
        given["retry"] = {"stage": draw(st.sampled_from(stages)), "at": draw(st.integers(0, 60)),
                          "mode": draw(st.sampled_from(["FAILED_ACTIONS", "ALL_ACTIONS"]))}  # fmt: skip
    return given


@given(runs())
def test_an_action_never_starts_before_its_input_artifacts_exist(run: dict[str, Any]) -> None:
    outcome = ENGINE.run(run, steps=False).outcome
    actions = {
        (stage["name"], one["name"]): one for stage in run["pipeline"]["stages"] for one in stage["actions"]
    }  # fmt: skip
    made: dict[str, set[str]] = {}
    for event in outcome["events"]:
        detail = event["detail"]
        if "action" not in detail:
            continue
        one = actions[detail["stage"], detail["action"]]
        there = made.setdefault(detail["execution-id"], set())
        if detail["state"] == "STARTED":
            assert {artifact["name"] for artifact in one["inputArtifacts"]} <= there
        elif detail["state"] == "SUCCEEDED":
            there |= {artifact["name"] for artifact in one["outputArtifacts"]}


@given(st.sets(st.integers(0, 3)))
def test_after_a_skipped_stage_nothing_starts_without_its_artifact(failing: set[int]) -> None:
    stages = chain(4)
    for stage in stages[1:]:
        stage["onFailure"] = {"result": "SKIP"}
    run = {"pipeline": pipeline(stages), "executions": [{"id": "e1"}]}
    got = ENGINE.run(run | {"faults": [{"action": f"S{i}.Do"} for i in failing]}).outcome
    first = min(failing, default=4)
    assert got["order"] == ["e1:Source.Get", *(f"e1:S{i}.Do" for i in range(min(first + 1, 4)))]
    assert [got["stages"][f"S{i}"] for i in range(first, 4)] == ["Skipped"] * (4 - first)
    assert got["executions"]["e1"] == "Succeeded"


@given(runs())
def test_a_stage_that_locks_is_held_by_one_execution(run: dict[str, Any]) -> None:
    outcome = ENGINE.run(run, steps=False).outcome
    held: dict[str, set[str]] = {}
    for event in outcome["events"]:
        detail = event["detail"]
        if "action" in detail and detail["state"] == "STARTED":
            holders = held.setdefault(detail["stage"], set())
            holders.add(detail["execution-id"])
            if run["pipeline"]["executionMode"] != "PARALLEL":
                assert holders == {detail["execution-id"]}
        elif "stage" in detail and "action" not in detail and detail["state"] != "STARTED":
            held.setdefault(detail["stage"], set()).discard(detail["execution-id"])
        elif detail["state"] in ("SUCCEEDED", "STOPPED"):
            held = {stage: holders - {detail["execution-id"]} for stage, holders in held.items()}
        elif "stage" in detail and "action" not in detail:
            # A skipped stage emits nothing when it ends; the next one to start there takes it over.
            held[detail["stage"]] = set()


@given(runs())
def test_every_execution_ends_unless_a_transition_is_disabled(run: dict[str, Any]) -> None:
    outcome = ENGINE.run(run, steps=False).outcome
    assert set(outcome["executions"]) == {one["id"] for one in run["executions"]}
    for name, status in outcome["executions"].items():
        assert status in ("Succeeded", "Failed", "Stopped", "Superseded", "InProgress")
        assert (outcome["finished_at"][name] is None) == (status == "InProgress")
        if status == "InProgress":
            assert any(way == "disable" for _, way, _ in run["transitions"])
    if run["pipeline"]["executionMode"] != "SUPERSEDED":
        assert "Superseded" not in outcome["executions"].values()


@given(runs())
def test_an_action_starts_only_after_all_of_lower_run_orders_have_succeeded(run: dict[str, Any]) -> None:
    outcome = ENGINE.run(run, steps=False).outcome
    done: set[tuple[str, str, str]] = set()
    for event in outcome["events"]:
        detail = event["detail"]
        if "action" not in detail:
            continue
        key = (detail["execution-id"], detail["stage"], detail["action"])
        if detail["state"] == "STARTED":
            actions = next(s["actions"] for s in run["pipeline"]["stages"] if s["name"] == detail["stage"])
            mine = next(one["runOrder"] for one in actions if one["name"] == detail["action"])
            assert all((*key[:2], one["name"]) in done for one in actions if one["runOrder"] < mine)
        elif detail["state"] == "SUCCEEDED":
            done.add(key)


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    st.lists(st.integers(1, 15), min_size=1, max_size=4),
    st.integers(1, 9),
)
def test_queued_executions_end_when_a_second_account_of_the_queue_says(
    starts: list[int], builds: list[int], source: int
) -> None:
    """An execution leaves a stage when it is done there, and enters the next when the one before has left it."""
    starts = sorted(starts)
    minutes = [source, *builds]
    free = [0] * len(minutes)
    expected = {}
    for number, start in enumerate(starts):
        now = start
        for stage, took in enumerate(minutes):
            now = free[stage] = max(now, free[stage]) + took
        expected[f"e{number}"] = now
    names = ["Source.Get", *(f"S{i}.Do" for i in range(len(builds)))]
    run = {
        "pipeline": pipeline(chain(len(builds)), "QUEUED"),
        "executions": [{"id": f"e{i}", "at": at} for i, at in enumerate(starts)],
        "durations": dict(zip(names, minutes, strict=True)),
    }
    assert ENGINE.run(run, steps=False).outcome["finished_at"] == expected
    run["pipeline"] = pipeline(chain(len(builds)), "PARALLEL")
    alone = {f"e{i}": at + sum(minutes) for i, at in enumerate(starts)}
    assert ENGINE.run(run, steps=False).outcome["finished_at"] == alone
    run["pipeline"] = pipeline(chain(len(builds)))
    superseding = ENGINE.run(run, steps=False).outcome
    assert superseding["executions"][f"e{len(starts) - 1}"] == "Succeeded", "the newest is never replaced"
    assert superseding["finished_at"][f"e{len(starts) - 1}"] <= expected[f"e{len(starts) - 1}"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.name.startswith("invalid")], ids=lambda case: case.name
)
def test_pipelines_have_the_shape_of_the_api(case: Any) -> None:
    report = ParamValidator().validate(case.given["pipeline"], MODEL.shape_for("PipelineDeclaration"))
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_statuses_and_errors_are_words_of_the_api(case: Any) -> None:
    outcome = ENGINE.run(case.given).outcome
    assert set(outcome["executions"].values()) <= set(MODEL.shape_for("PipelineExecutionStatus").enum)
    ran = {status for statuses in outcome["actions"].values() for status in statuses.values()}
    assert ran <= set(MODEL.shape_for("ActionExecutionStatus").enum)
    if outcome["error"]:
        assert outcome["error"]["code"] in MODEL.shape_names


def test_a_pipeline_is_read_with_its_wrapper_and_as_text() -> None:
    run = {"pipeline": pipeline(chain(1)), "executions": [{"id": "e1"}]}
    plain = ENGINE.run(run).outcome
    assert plain["status"] == "Succeeded"
    wrapped = {"pipeline": run["pipeline"], "metadata": {"pipelineArn": "arn:aws:codepipeline:::shop"}}
    read = ENGINE.run(run | {"pipeline": wrapped}).outcome
    assert read["not_read"][0] == "/given/pipeline/metadata"
    assert read | {"not_read": []} == plain | {"not_read": []}
    assert ENGINE.run(run | {"pipeline": json.dumps(wrapped)}).outcome == read


def test_a_pipeline_as_the_command_line_prints_it() -> None:
    document = {
        "pipeline": {
            "name": "MyFirstPipeline", "roleArn": "arn:aws:iam::123456789012:role/Pipeline", "version": 3,
            "artifactStore": {"type": "S3", "location": "codepipeline-us-east-1-11EXAMPLE11",
                              "encryptionKey": {"id": "arn:aws:kms:us-east-1:123456789012:key/1", "type": "KMS"}},
            "stages": [
                {"name": "Source", "actions": [
                    {"name": "Source", "runOrder": 1, "region": "us-east-1", "namespace": "SourceVariables",
                     "actionTypeId": {"category": "Source", "owner": "AWS", "version": "1",
                                      "provider": "CodeStarSourceConnection"},
                     "configuration": {"BranchName": "main", "FullRepositoryId": "o/r", "DetectChanges": "false"},
                     "inputArtifacts": [], "outputArtifacts": [{"name": "SourceArtifact"}]}]},
                {"name": "Deploy", "actions": [
                    {"name": "Deploy", "runOrder": 1, "region": "us-east-1",
                     "actionTypeId": {"category": "Deploy", "owner": "AWS", "version": "1", "provider": "CodeDeploy"},
                     "configuration": {"ApplicationName": "a", "DeploymentGroupName": "g"},
                     "inputArtifacts": [{"name": "SourceArtifact"}], "outputArtifacts": []}],
                 "onFailure": {"result": "FAIL"}},
            ],
            "triggers": [{"providerType": "CodeStarSourceConnection", "gitConfiguration": {
                "sourceActionName": "Source",
                "pullRequest": [{"events": ["OPEN"], "branches": {"includes": ["main"]}}]}}], "variables": [],
            "pipelineType": "V2", "executionMode": "QUEUED",
        },
        "metadata": {"pipelineArn": "arn:aws:codepipeline:us-east-1:123456789012:MyFirstPipeline", "created": 1.5},
    }  # fmt: skip
    assert ENGINE.run({"pipeline": document, "executions": [{"id": "e1"}]}).outcome["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"durations": {"Nowhere.Do": 3}}, "/durations/Nowhere.Do"),
        ({"durations": {"S0.Do": -3}}, "/durations/S0.Do"),
        ({"faults": [{"action": "S0.Undo"}]}, "/faults/0/action"),
        ({"executions": []}, "/executions"),
        ({"executions": [{"id": "e1"}, {"id": "e1"}]}, "/executions/1/id"),
        ({"transitions": [[1, "disable", "Nowhere"]]}, "/transitions/0/2"),
        ({"stop": {"execution": "e9", "at": 3}}, "/stop/execution"),
        ({"retry": {"stage": "Nowhere"}}, "/retry/stage"),
        ({"pipeline": "{"}, "/pipeline"),
        ({"pipeline": {"name": "shop", "stages": [{"name": "S", "beforeEntry": {"conditions": []}}]}},
         "/pipeline/stages/0/beforeEntry"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_place(change: dict[str, Any], pointer: str) -> None:
    run = {"pipeline": pipeline(chain(1)), "executions": [{"id": "e1"}]} | change
    with pytest.raises(GivenError) as problem:
        ENGINE.run(run)
    assert problem.value.pointer == pointer


@pytest.mark.parametrize(
    ("target", "why"), [("e2", "has not succeeded"), ("e1-rollback", "is a rollback itself"), ("e9", "no execution")]
)
def test_targets_that_a_rollback_refuses(target: str, why: str) -> None:
    stages = chain(2)
    stages[2]["onFailure"] = {"result": "ROLLBACK"}
    run = {
        "pipeline": pipeline(stages), "executions": [{"id": "e1"}, {"id": "e2", "at": 20}],
        "faults": [{"action": "S1.Do", "executions": ["e2"]}], "rollback": {"stage": "S1", "target": target},
    }  # fmt: skip
    outcome = ENGINE.run(run).outcome
    assert outcome["executions"]["e1-rollback"] == "Succeeded"
    assert why in outcome["error"]["message"]


def test_an_action_that_was_abandoned_does_not_end_its_second_run() -> None:
    run = {
        "pipeline": pipeline(chain(1)), "executions": [{"id": "e1"}], "durations": {"S0.Do": 10},
        "stop": {"execution": "e1", "at": 5, "abandon": True}, "retry": {"stage": "S0", "execution": "e1", "at": 8},
    }  # fmt: skip
    assert ENGINE.run(run).outcome["finished_at"] == {"e1": 18}


def test_text_that_is_nested_without_end_is_an_error_of_the_pipeline() -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"pipeline": "[" * 50_000, "executions": [{"id": "e1"}]})
    assert problem.value.pointer == "/pipeline"


def test_a_namespace_belongs_to_one_action() -> None:
    stages = copy.deepcopy(chain(2))
    for stage, namespace in zip(stages, ("SourceVars", "Vars", "Vars"), strict=True):
        stage["actions"][0]["namespace"] = namespace
    outcome = ENGINE.run({"pipeline": pipeline(stages), "executions": [{"id": "e1"}]}).outcome
    assert (outcome["status"], outcome["rule"]) == ("invalid", "unique-namespaces")
    assert outcome["error"] == {
        "code": "InvalidActionDeclarationException",
        "message": "Namespaces must be unique across the pipeline definition. The following occur more than once in "
        "the pipeline. StageName=[S1], ActionName=[Do], Namespace=[Vars]",
    }


PUSH = {"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"]}}


@pytest.mark.parametrize(
    ("change", "git", "rule"),
    [
        ({}, {"push": [PUSH]}, None),
        ({}, {"push": [{"tags": {"includes": ["v*"]}}, PUSH]}, None),
        ({}, {"push": [PUSH | {"tags": {"includes": ["v*"]}}]}, "trigger-filters"),
        ({}, {"push": []}, "trigger-shape"),
        ({}, {"push": [PUSH] * 3}, None),
        ({}, {"push": [PUSH] * 4}, "trigger-shape"),
        ({}, {"push": [{"branches": {"includes": ["b"] * 8}}]}, None),
        ({}, {"push": [{"branches": {"includes": ["b"] * 9}}]}, "trigger-shape"),
        ({}, {"push": [{"branches": {"includes": ["b" * 255]}}]}, None),
        ({}, {"push": [{"branches": {"excludes": ["b" * 256]}}]}, "trigger-shape"),
        ({}, {"sourceActionName": ""}, "trigger-shape"),
        ({}, {"sourceActionName": "Do"}, "trigger-source"),
        ({"pipelineType": "V1"}, {"push": [PUSH]}, "trigger-type"),
    ],
)
def test_triggers_that_codepipeline_refuses(change: dict[str, Any], git: dict[str, Any], rule: str | None) -> None:
    stages = copy.deepcopy(chain(1))
    stages[0]["actions"][0]["actionTypeId"]["provider"] = "CodeStarSourceConnection"
    trigger = {"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Get"} | git}
    document = pipeline(stages) | {"triggers": [trigger]} | change
    outcome = ENGINE.run({"pipeline": document, "executions": [{"id": "e1"}]}).outcome
    assert outcome["rule"] == rule
    shape = ParamValidator().validate(document, MODEL.shape_for("PipelineDeclaration"))
    assert shape.has_errors() <= (rule == "trigger-shape")
    twice = ENGINE.run({"pipeline": document | {"triggers": [trigger] * 2}, "executions": [{"id": "e1"}]}).outcome
    assert twice["rule"] == (rule if rule in ("trigger-shape", "trigger-type") else "trigger-source")


def test_names_of_stages_and_actions_may_have_dots() -> None:
    """The service's model allows them: StageName and ActionName are [A-Za-z0-9.@\\-_]+."""
    build = action("Unit.Tests", "Build", "CodeBuild", ["Code"], [])
    stages = [SOURCE, {"name": "Build.v2", "actions": [build]}]
    given = {"pipeline": pipeline(stages), "executions": [{"id": "e1"}], "durations": {"Unit.Tests": 7}}
    got = ENGINE.run({**given, "faults": [{"action": "Build.v2.Unit.Tests"}]}).outcome
    assert got["actions"]["Build.v2.Unit.Tests"] == {"e1": "Failed"}
    assert got["finished_at"]["e1"] == 8
    details = [event["detail"] for event in got["events"] if event["detail-type"].startswith("CodePipeline Action")]
    assert {(one["stage"], one["action"]) for one in details} == {("Source", "Get"), ("Build.v2", "Unit.Tests")}

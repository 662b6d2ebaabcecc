"""The migrations, in every order of their steps."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("beanstalk-migrate")
RDS, ENVIRONMENT = "aws:rds:dbinstance", "aws:elasticbeanstalk:environment"
FATE = {"beanstalk.migrate.retained", "beanstalk.migrate.deleted", "beanstalk.migrate.snapshot-policy"}
RETAIN: dict[str, Any] = {"environment": "a", "option_settings": {RDS: {"DBDeletionPolicy": "Retain"}}}
DECOUPLE: dict[str, Any] = {"environment": "a", "option_settings": {RDS: {"HasCoupledDatabase": "false"}}}
BLUE_GREEN: list[Any] = [
    "snapshot database", "create environment b", "deploy b", "swap CNAMEs", RETAIN, DECOUPLE, "terminate environment a",
]  # fmt: skip


def decouple(steps: list[Any], policy: str | None = None) -> Any:
    chosen = {"HasCoupledDatabase": "true"} | ({"DBDeletionPolicy": policy} if policy else {})
    environment = {"EnvironmentName": "a", "option_settings": {RDS: chosen}}
    return ENGINE.run({"goal": "decouple-rds", "environment": environment, "steps": steps})


def change(steps: list[Any], **settings: Any) -> dict[str, Any]:
    chosen = {ENVIRONMENT: {"LoadBalancerType": "classic"}, **settings}
    environment = {"EnvironmentName": "a", "option_settings": chosen}
    return ENGINE.run({"goal": "change-load-balancer", "environment": environment, "steps": steps}).outcome


@pytest.mark.parametrize("protected", [False, True])
def test_in_every_order_the_fate_of_the_database_is_decided_once(protected: bool) -> None:
    steps = [*BLUE_GREEN[1:], "enable deletion protection"] if protected else BLUE_GREEN
    kept = 0
    for order in permutations(range(len(steps))):
        taken = [steps[n] for n in order]
        trace = decouple(taken)
        outcome = trace.outcome
        assert len([step for step in trace.steps if step.rule in FATE]) <= 1
        before = [taken.index(step) for step in (RETAIN, DECOUPLE, "terminate environment a")]
        lets_go = min(before[1], before[2])
        if outcome["failed_step"] is None and outcome["database"] == "retained":
            assert before[0] < lets_go
        if outcome["database"] == "deleted":
            assert lets_go < before[0] and not outcome["ok"] and outcome["data_restored"] is False
        assert not (
            protected and taken.index("enable deletion protection") < lets_go and outcome["database"] == "deleted"
        )
        kept += outcome["ok"]
    assert 0 < kept < 5040 // 2


STEP = st.sampled_from(
    [*BLUE_GREEN, "enable deletion protection", "rebuild environment", "clone environment", "test", "wait for DNS",
     {RDS: {"DBDeletionPolicy": "Snapshot"}}, {RDS: {"DBDeletionPolicy": "Delete", "HasCoupledDatabase": "false"}},
     {RDS: {"HasCoupledDatabase": "true", "DBUser": "u", "DBPassword": "p"}},
     {RDS: {"HasCoupledDatabase": "true", "DBUser": "u", "DBPassword": "p", "DBSnapshotIdentifier": "s"}}]
)  # fmt: skip
WORDS = ("coupled", "retained", "deleted", "snapshot taken, then deleted", "new and empty", None)


@given(st.lists(STEP, max_size=8), st.sampled_from([None, "Delete", "Snapshot", "Retain"]))
@settings(max_examples=300, deadline=None)
def test_any_steps_end_and_ok_means_that_the_database_lives(steps: list[Any], policy: str | None) -> None:
    outcome = decouple(steps, policy).outcome
    assert outcome["status"] == ("ok" if outcome["ok"] else "failed")
    assert outcome["database"] in WORDS and outcome["explain"]
    if outcome["ok"]:
        assert outcome["database"] == "retained" and outcome["failed_step"] is None
    if outcome["failed_step"] is not None:
        assert not outcome["ok"]


@pytest.mark.parametrize(
    ("policy", "together", "database"),
    [
        (None, True, "deleted"), ("Delete", True, "deleted"), ("Snapshot", True, "snapshot taken, then deleted"),
        ("Retain", True, "retained"), (None, False, "retained"), ("Snapshot", False, "retained"),
    ],
)  # fmt: skip
def test_the_policy_that_was_applied_before_acts(policy: str | None, together: bool, database: str) -> None:
    both = {RDS: {"DBDeletionPolicy": "Retain", "HasCoupledDatabase": "false"}}
    outcome = decouple([both] if together else [RETAIN, DECOUPLE], policy).outcome
    assert outcome["database"] == database and outcome["ok"] == (database == "retained")


def test_terminating_with_the_policy_retain_keeps_the_database() -> None:
    assert decouple([RETAIN, "terminate environment"]).outcome["ok"]


def test_nothing_done_leaves_it_coupled() -> None:
    outcome = decouple([]).outcome
    assert (outcome["ok"], outcome["failed_step"], outcome["database"]) == (False, None, "coupled")


@pytest.mark.parametrize(
    ("steps", "failed"),
    [
        ([{"do": "create environment", "option_settings": {ENVIRONMENT: {"LoadBalancerType": "classic"}}}], 1),
        (["create environment", "swap CNAMEs"], "swap CNAMEs"),
        (["swap CNAMEs"], "swap CNAMEs"),
        (["terminate environment a"], "terminate environment a"),
        (["create environment", "deploy", "terminate environment"], "terminate environment"),
        (["create environment", "deploy", "swap CNAMEs", "terminate environment"], "terminate environment"),
        (
            ["create environment", "deploy", "wait for DNS", "swap CNAMEs", "terminate environment"],
            "terminate environment",
        ),
        (["clone environment", "swap CNAMEs"], "clone environment"),
        ([{ENVIRONMENT: {"LoadBalancerType": "network"}}], 1),
        (["create environment", "deploy", "swap CNAMEs", "wait for DNS", "terminate environment"], None),
        (["create environment", "deploy", "swap CNAMEs"], None),
        (["create environment", "deploy v2", "swap"], None),
    ],
)
def test_the_load_balancer_takes_a_second_environment(steps: list[Any], failed: Any) -> None:
    outcome = change(steps)
    assert (outcome["failed_step"], outcome["ok"]) == (failed, failed is None)


def test_swapped_back_nothing_is_reached() -> None:
    assert change(["create environment", "deploy", "swap CNAMEs", "swap CNAMEs"])["ok"] is False


def test_data_restored_into_the_new_environment_is_no_loss() -> None:
    new: dict[str, Any] = {"do": "create environment", "environment": "b"}
    new["option_settings"] = {RDS: {"HasCoupledDatabase": "true", "DBSnapshotIdentifier": "s"}}
    steps = ["snapshot database", new, "deploy", "swap CNAMEs", "wait for DNS", "terminate environment a"]
    outcome = change(steps, **{RDS: {"HasCoupledDatabase": "true"}})
    assert outcome["ok"] and outcome["data_restored"] is True and outcome["database"] == "deleted"


@pytest.mark.parametrize(
    "wrong",
    [{"goal": "move"}, {}, {"goal": "decouple-rds", "steps": ["pray"]}, {"goal": "decouple-rds", "steps": [{"do": 1}]}],
)
def test_what_cannot_be_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        ENGINE.run(wrong)


@pytest.mark.parametrize(
    ("asked", "told"), [("application", "an application"), ("network", "a network"), (None, "its own")]
)
def test_what_is_told_of_the_new_load_balancer_is_what_the_step_said(asked: str | None, told: str) -> None:
    new = {"aws:elasticbeanstalk:environment": {"LoadBalancerType": asked}} if asked else {}
    steps = [{"do": "create environment", "option_settings": new}, "deploy", "test", "swap CNAMEs"]
    outcome = ENGINE.run({"goal": "change-load-balancer", "steps": steps}).outcome
    assert (outcome["ok"], outcome["explain"]) == (True, f"new serves production with {told} load balancer")

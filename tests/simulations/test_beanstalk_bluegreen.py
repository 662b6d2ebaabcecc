"""Blue/green: what any sequence of steps may never do to the name of production."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("beanstalk-bluegreen")
STEPS = ["create green", "clone", "deploy", "deploy green v3", "deploy blue v9", "test", "swap", "wait_dns",
         "terminate blue", "terminate green"]  # fmt: skip


def outcome(steps: list[Any], blue: int = 4, green: int = 3, **more: Any) -> dict[str, Any]:
    environments = {
        "blue": {"CNAMEPrefix": "shop", "VersionLabel": "v1", "instances": blue},
        "green": {"CNAMEPrefix": "shop-green", "VersionLabel": "v2", "instances": green},
    }
    return ENGINE.run({"environments": environments, "steps": steps, **more}).outcome


@pytest.mark.parametrize(
    ("steps", "failed"),
    [
        (["deploy", "swap", "terminate blue"], "terminate blue"),
        (["deploy", "swap", "wait_dns", "swap", "terminate green"], "terminate green"),
        (["deploy", "terminate blue"], "terminate blue"),
        (["swap"], "swap"),
        (["create green", "swap"], "swap"),
        (["deploy", "swap", "wait for DNS", "terminate blue", "swap"], "swap"),
        (["deploy", "swap", {"do": "terminate environment", "environment": "blue"}], 3),
    ],
)
def test_steps_that_must_not_be_taken(steps: list[Any], failed: str | int) -> None:
    result = outcome(steps)
    assert (result["status"], result["ok"], result["failed_step"]) == ("failed", False, failed)


def test_a_retained_database_outlives_its_environment() -> None:
    environments: dict[str, dict[str, Any]] = {
        "blue": {
            "CNAMEPrefix": "shop", "VersionLabel": "v1",
            "option_settings": {"aws:rds:dbinstance": {"DBDeletionPolicy": "Retain", "HasCoupledDatabase": True}},
        },
        "green": {"CNAMEPrefix": "shop-green", "VersionLabel": "v2"},
    }  # fmt: skip
    steps = ["deploy", "swap", "wait_dns", "terminate blue"]
    given_: dict[str, Any] = {"environments": environments, "steps": steps}
    assert ENGINE.run(given_).outcome["ok"] is True
    environments["blue"]["option_settings"] = {"aws:rds:dbinstance": {"HasCoupledDatabase": True}}
    assert ENGINE.run(given_).outcome["failed_step"] == "terminate blue"


@pytest.mark.parametrize(
    ("given_", "place"),
    [
        ({"environments": {}, "steps": []}, "/environments"),
        ({"environments": {"blue": {}}, "steps": ["dance"]}, "/steps/0"),
        ({"environments": {"blue": {}}, "steps": ["terminate red"]}, "/steps/0"),
        ({"environments": {"blue": {}}, "steps": [], "route53": {"red": 1}}, "/route53/red"),
        ({"environments": {"blue": {}}, "steps": [], "route53": {"blue": 256}}, "/route53/blue"),
    ],
)
def test_what_cannot_be_read_says_where(given_: dict[str, Any], place: str) -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run(given_)
    assert problem.value.pointer == place


@given(st.lists(st.sampled_from(STEPS), max_size=8), st.integers(1, 20), st.integers(1, 20))
def test_production_always_answers(steps: list[str], blue: int, green: int) -> None:
    result = outcome(steps, blue, green)
    assert result["cname"]["shop"] is not None
    assert min(blue, green) <= result["min_in_service"] <= blue
    assert blue <= result["max_instances"] <= blue + green
    assert result["ok"] == (result["failed_step"] is None)


@given(st.dictionaries(st.sampled_from(["blue", "green"]), st.integers(0, 255), min_size=1))
def test_shares_add_up_to_all_requests(weights: dict[str, int]) -> None:
    shares = outcome([], route53=weights)["shares"]
    assert set(shares) == set(weights)
    assert sum(shares.values()) == pytest.approx(100, abs=0.02)


@pytest.mark.parametrize("words", ["clone blue", {"do": "clone environment", "environment": "blue"}, "clone green"])
def test_cloning_blue_makes_green(words: Any) -> None:
    result = outcome([words, "deploy", "test", "swap", "wait_dns", "terminate blue"])
    assert (result["ok"], result["cname"], result["max_instances"]) == (True, {"shop": "v2"}, 7)


def test_a_swap_may_name_its_partner() -> None:
    environments = {name: {"CNAMEPrefix": f"shop-{name}", "VersionLabel": name} for name in ("blue", "grey", "green")}
    result = ENGINE.run({"environments": environments, "steps": ["deploy green", "swap green"]}).outcome
    assert result["cname"]["shop-blue"] == "green"
    result = ENGINE.run({"environments": environments, "steps": ["deploy green", "swap blue green"]}).outcome
    assert result["cname"]["shop-blue"] == "green"


@pytest.mark.parametrize("names", [("blue", "green"), ("shop", "shop-green"), ("prod", "green")])
def test_weights_are_for_environments_however_they_are_called(names: tuple[str, str]) -> None:
    result = outcome(["deploy"], route53={names[0]: 90, names[1]: 30})
    assert (result["shares"], result["dns_change"]) == ({"blue": 75, "green": 25}, True)


def test_the_lane_of_a_terminated_environment_ends_there() -> None:
    environments = {"blue": {"CNAMEPrefix": "prod", "VersionLabel": "v1"}, "green": {"VersionLabel": "v2"}}
    steps = ["create green", "deploy green", "swap", "swap", "wait_dns", "terminate green", "deploy blue v3"]
    for last in ("deploy blue v3", "create green"):
        trace = ENGINE.run({"environments": environments, "steps": [*steps, last]})
        assert trace.outcome["ok"]
        ended = next(step.at for step in trace.steps if "is terminated" in step.title)
        lane = trace.state_at(len(trace.steps))["state"]["lanes"]["green"]
        again = [[(ended or 0) + 2, None]] if last == "create green" else []
        assert lane[-1 - len(again)][1] == ended
        assert [span[:2] for span in lane[len(lane) - len(again) :]] == again

"""One field with all its values, however the scenario around it is written."""

import json
from typing import Any

import pytest

from dva.app.vary import vary
from dva.errors import UsageError
from dva.items.scenario import Scenario

COMMAND = "aws:elasticbeanstalk:command"
PLACE = f"/given/option_settings/{COMMAND}/DeploymentPolicy"
ENTRIES = [
    {"Namespace": COMMAND, "OptionName": "DeploymentPolicy", "Value": "Rolling", "ResourceName": "AWSEBGroup"},
    {"Namespace": COMMAND, "OptionName": "BatchSize", "Value": "50"},
]


def scenario(simulation: str = "beanstalk-deploy", **given: Any) -> Scenario:
    return Scenario(simulation, "own", "own", {"environment": {"instances": 4}} | given)


@pytest.mark.parametrize(
    "settings",
    [
        {COMMAND: {"DeploymentPolicy": "Rolling", "BatchSize": "50"}}, ENTRIES, json.dumps(ENTRIES),
        {"ConfigurationSettings": [{"SolutionStackName": "x", "OptionSettings": ENTRIES}]},
        {"OptionSettings": {COMMAND: {"DeploymentPolicy": "Rolling", "BatchSize": 50}}},
    ],
)  # fmt: skip
def test_options_vary_in_every_form_that_aws_writes(settings: Any) -> None:
    found = {variant.value: variant for variant in vary(scenario(option_settings=settings), PLACE)}
    assert [value for value, variant in found.items() if variant.given_here] == ["Rolling"]
    lowest = {value: variant.outcome["min_in_service"] for value, variant in found.items()}
    expected = {"AllAtOnce": 0, "Rolling": 2, "RollingWithAdditionalBatch": 4, "Immutable": 4, "TrafficSplitting": 4}
    assert lowest == expected


@pytest.mark.parametrize("settings", [None, {}, {COMMAND: None}])
def test_an_option_that_is_not_there_varies_too(settings: Any) -> None:
    found = vary(scenario(option_settings=settings), PLACE)
    assert [variant.outcome["policy"] for variant in found][:2] == ["AllAtOnce", "Rolling"]
    assert not any(variant.given_here for variant in found)


@pytest.mark.parametrize("settings", [3, [1], "text: ["])
def test_a_way_that_leads_nowhere_is_told(settings: Any) -> None:
    with pytest.raises(UsageError):
        vary(scenario(option_settings=settings), PLACE)

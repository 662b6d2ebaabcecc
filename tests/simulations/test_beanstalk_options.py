"""Precedence of options: total, stable, and the EB CLI's own code for its recommended values."""

import json
from typing import Any

import pytest
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.frame import OwnFiles

ENGINE = load("beanstalk-options")
CASES = [case for case in bundled_cases() if case.simulation == "beanstalk-options"]
KEYS = [(beanstalk.ASG, "MinSize"), (beanstalk.ASG, "MaxSize"), (beanstalk.COMMAND, "Timeout"),
        (beanstalk.LAUNCH, "EC2KeyName")]  # fmt: skip
SOURCES = ["direct", "saved_configuration", ".ebextensions/10-a.config", ".ebextensions/9-b.config"]


def nested(settings: dict[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for (namespace, name), value in settings.items():
        found.setdefault(namespace, {})[name] = value
    return found


def values(**given_: Any) -> dict[tuple[str, str], dict[str, Any]]:
    outcome = ENGINE.run(given_).outcome
    return {(entry["namespace"], entry["option_name"]): entry for entry in outcome["values"]}


def test_the_example_of_the_developer_guide() -> None:
    key = KEYS[0]
    given_: dict[str, Any] = {
        "direct": {beanstalk.ASG: {"MinSize": 5}}, "ask": [list(key)],
        "bundle": {".ebextensions/x.config": f"option_settings: {{'{beanstalk.ASG}': {{MinSize: 2}}}}"},
    }  # fmt: skip
    assert values(**given_)[key]["value"] == "5"
    assert values(**given_, remove=[list(key)])[key]["value"] == "2"
    assert values(**given_ | {"bundle": {}}, remove=[list(key)])[key]["value"] == "1"


@pytest.mark.parametrize(
    ("tier", "kind", "names"),
    [
        ("WebServer", "LoadBalanced",
         {"RollingUpdateEnabled", "RollingUpdateType", "ConnectionDrainingEnabled", "CrossZone", "BatchSize",
          "BatchSizeType", "SystemType", "LoadBalancerType"}),
        ("WebServer", "SingleInstance",
         {"ConnectionDrainingEnabled", "CrossZone", "BatchSize", "BatchSizeType", "SystemType"}),
        ("Worker", "LoadBalanced", {"BatchSize", "BatchSizeType", "SystemType"}),
    ],
)  # fmt: skip
def test_the_eb_cli_recommends_what_its_code_sets(tier: str, kind: str, names: set[str]) -> None:
    direct = {beanstalk.ENVIRONMENT: {"EnvironmentType": kind}}
    found = values(client="EB CLI", environment={"Tier": {"Name": tier}}, direct=direct)
    assert {name for (_, name), entry in found.items() if entry["source"] == "recommended"} == names


def test_a_database_made_by_the_eb_cli_leaves_a_snapshot() -> None:
    found = values(client="EB CLI", direct={beanstalk.RDS: {"DBUser": "shop"}})
    assert found[beanstalk.RDS, "DBDeletionPolicy"]["value"] == "Snapshot"


def test_the_resource_before_a_namespace_of_a_saved_configuration_is_left_out() -> None:
    saved = {"OptionSettings": {"AWSEBLoadBalancer.aws:elb:policies": {"ConnectionDrainingEnabled": True}}}
    found = values(saved_configuration=saved)
    assert found[beanstalk.ELB_POLICIES, "ConnectionDrainingEnabled"]["value"] == "true"


def test_json_and_yaml_files_are_read_alike() -> None:
    settings = [{"namespace": beanstalk.ASG, "option_name": "MinSize", "value": 2}, {"option_name": "A", "value": True}]
    in_json = values(bundle={".ebextensions/a.config": "\n\t" + json.dumps({"option_settings": settings})})
    lines = "option_settings:\n- {namespace: 'aws:autoscaling:asg', option_name: MinSize, value: 2}\n"
    in_yaml = values(bundle={".ebextensions/a.config": lines + "- {option_name: A, value: yes}\n"})
    assert in_json == in_yaml
    assert in_json[beanstalk.PROPERTIES, "A"]["value"] == "true"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(SOURCES), st.sampled_from(KEYS)), st.integers(1, 3600).map(str), max_size=12
    ),
    st.sets(st.sampled_from(KEYS)),
)
def test_precedence_is_total(wanted: dict[tuple[str, tuple[str, str]], str], removed: set[tuple[str, str]]) -> None:
    """Each option has the value of the first source that sets it, and the others in order behind it."""
    by_source = {source: nested({k: v for (s, k), v in wanted.items() if s == source}) for source in SOURCES}
    bundle = {path: json.dumps({"option_settings": by_source[path]}) for path in SOURCES[2:]}
    found = values(
        direct=by_source["direct"], saved_configuration=by_source["saved_configuration"], bundle=bundle,
        remove=[list(key) for key in removed], ask=[list(key) for key in KEYS],
    )  # fmt: skip
    # The later file by name is stronger: "10-a" comes before "9-b".
    strongest = ["direct", "saved_configuration", ".ebextensions/9-b.config", ".ebextensions/10-a.config"]
    for key in KEYS:
        stored = strongest[2:] if key in removed else strongest
        setting = [(source.split("_")[0], wanted[source, key]) for source in stored if (source, key) in wanted]
        entry = found[key]
        if setting:
            told = [(entry["source"], entry["value"]), *((o["source"], o["value"]) for o in entry["overridden"])]
            assert told == setting
        else:
            assert (entry["source"], entry["value"], entry["overridden"]) == ("default", beanstalk.default(key), [])


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=4))
def test_any_bundle_is_answered(files: dict[str, str]) -> None:
    bundle = {f".ebextensions/{name}.config": text for name, text in files.items()}
    assert ENGINE.run({"bundle": bundle}).outcome["status"] == "resolved"


@pytest.mark.parametrize("direct", [5, "- 5", {"aws:autoscaling:asg": 5}, [{"value": 1}]])
def test_settings_that_are_none_are_an_error_of_the_scenario(direct: Any) -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"direct": direct})
    assert problem.value.pointer == "/direct"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_of_ones_own_becomes_a_bundle(case: Any) -> None:
    def given_from(files: dict[str, Any]) -> dict[str, Any]:
        assert ENGINE.from_folder
        return dict(ENGINE.from_folder.given(OwnFiles("", files, {}, "")))

    bundle = case.given.get("bundle", {})
    assert given_from(bundle)["bundle"] == bundle
    inside = {path.removeprefix(".ebextensions/"): text for path, text in bundle.items() if path.endswith(".config")}
    if bundle and all(path.startswith(".ebextensions/") and path.endswith(".config") for path in bundle):
        assert given_from(inside)["bundle"] == bundle


@pytest.mark.parametrize(
    ("asg", "largest", "fewest"),
    [({}, "1", "1"), ({"MinSize": 7, "MaxSize": 9}, "3", "7"), ({"MaxSize": "1"}, "1", "0")],
)
def test_defaults_that_follow_from_the_size_of_the_group(asg: dict[str, Any], largest: str, fewest: str) -> None:
    keys = [(beanstalk.ROLLING, "MaxBatchSize"), (beanstalk.ROLLING, "MinInstancesInService")]
    bundle = {".ebextensions/size.config": {"option_settings": {beanstalk.ASG: asg}}}
    found = values(bundle=bundle, ask=[list(key) for key in keys])
    assert [(found[key]["value"], found[key]["source"]) for key in keys] == [(largest, "default"), (fewest, "default")]


JSON_TWICE = '{"option_settings": {"aws:autoscaling:asg": {"MinSize": "1",\n "MinSize": "2"}}}'
YAML_TWICE = "option_settings:\n  aws:autoscaling:asg: {MinSize: 1}\n  aws:autoscaling:asg: {MinSize: 2}\n"


@pytest.mark.parametrize(("text", "key"), [(JSON_TWICE, "`MinSize` (line 2)"), (YAML_TWICE, "`aws:autoscaling:asg`")])
@pytest.mark.parametrize("source", ["direct", "saved_configuration", "bundle"])
def test_a_duplicate_key_in_any_source_is_told(text: str, key: str, source: str) -> None:
    given: dict[str, Any] = {source: {".ebextensions/a.config": text} if source == "bundle" else text}
    got = ENGINE.run({**given, "ask": [["aws:autoscaling:asg", "MinSize"]]}).outcome
    assert [value["value"] for value in got["values"]] == ["2"]
    assert len(got["warnings"]) == 1
    assert f"duplicate {key}" in got["warnings"][0]
    assert "only the last one counts" in got["warnings"][0]

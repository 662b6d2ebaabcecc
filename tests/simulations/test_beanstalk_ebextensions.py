"""Configuration files: the guide's example, the event logs of real deployments, and any text whatever."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.frame import OwnFiles

ENGINE = load("beanstalk-ebextensions")


def outcome(files: dict[str, Any], **more: Any) -> dict[str, Any]:
    bundle = {f".ebextensions/{name}": text for name, text in files.items()}
    return ENGINE.run({"bundle": bundle, **more}).outcome


def commands(*names: str, leaders: tuple[str, ...] = ()) -> dict[str, Any]:
    """Container commands, some of them for the leader only."""
    return {name: {"command": "true", **({"leader_only": True} if name in leaders else {})} for name in names}


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["collectstatic", "01syncdb", "02migrate", "99customize"]))
)
def test_the_example_of_the_developer_guide_in_any_order(order: tuple[str, ...]) -> None:
    written = {"container_commands": commands(*order, leaders=("01syncdb", "02migrate"))}
    assert outcome({"a.config": written})["instances"] == {
        "leader": ["01syncdb", "02migrate", "99customize", "collectstatic"],
        "other": ["99customize", "collectstatic"],
    }


def test_the_event_log_of_a_file_that_is_no_yaml() -> None:
    """aws-elastic-beanstalk-developer-guide issue 126: two seconds later the deployment has failed."""
    text = (
        "option_settings:\n    aws:elasticbeanstalk:cloudwatch:logs\n"
        "        option_name: StreamLogs\n        value: true\n"
    )
    result = outcome({"01django.config": text})
    assert result["status"] == "failed"
    told = result["error"]["message"]
    assert told.startswith("The configuration file .ebextensions/01django.config contains invalid YAML or JSON.")
    assert "mapping values are not allowed" in told


def test_the_event_log_of_a_key_that_is_none() -> None:
    """blueimp/aws-lambda pull request 8: the file is skipped, the deployment goes on."""
    result = outcome({"deployment-notification.config": "OptionSettings: {}\n"})
    assert result["status"] == "ok"
    assert result["warnings"] == [
        "Error processing file (Skipping): '.ebextensions/deployment-notification.config' - Contains invalid key: "
        "'OptionSettings'. For information about valid keys, see "
        "http://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html"
    ]


@pytest.mark.parametrize(
    ("entry", "runs"),
    [
        ({"command": "exit 0"}, True), ({"command": "true", "test": "exit 1"}, False),
        ({"command": "true", "test": False}, False), ({"command": "true", "test": "[ -x /bin/ls ]"}, True),
        ({"command": ["ls", "-l"], "cwd": "/tmp", "env": {"A": "1"}}, True),
    ],
)  # fmt: skip
def test_whether_a_command_runs(entry: dict[str, Any], runs: bool) -> None:
    assert outcome({"a.config": {"commands": {"one": entry}}})["instances"]["other"] == (["one"] if runs else [])


@pytest.mark.parametrize("section", [[], "text", 5, [{"command": "x"}]])
def test_a_section_of_the_wrong_shape_skips_the_file(section: Any) -> None:
    result = outcome({"a.config": {"commands": section}, "b.config": {"commands": commands("b")}})
    assert result["instances"]["leader"] == ["b"]
    assert len(result["warnings"]) == 1


@pytest.mark.parametrize(
    ("mode", "warned"), [('"000644"', False), ("000644", True), ('"0644"', False), ("'000999'", True)]
)
def test_modes_are_octal_digits_in_quotes(mode: str, warned: bool) -> None:
    text = f'files:\n  "/etc/a":\n    mode: {mode}\n    content: a\n'
    assert bool(outcome({"a.config": text})["warnings"]) == warned


@pytest.mark.parametrize("instances", [["i-1", "i-2", "i-3"], ["i-9", "leader"], ["one"]])
def test_one_instance_leads(instances: list[str]) -> None:
    written = {"container_commands": commands("a", "b", leaders=("b",))}
    ran = outcome({"a.config": written}, instances=instances)["instances"]
    assert sum("b" in names for names in ran.values()) == 1
    assert ("b" in ran["leader"]) if "leader" in instances else ("b" in ran[instances[0]])


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3), st.sets(st.text("xyz01", min_size=1, max_size=3)), max_size=3
    ),
    st.sets(st.text("xyz01", min_size=1, max_size=3)),
    st.dictionaries(st.text("xyz01", min_size=1, max_size=3), st.integers(0, 2), max_size=2),
    st.sampled_from(["deployment", "create", "launch-config-change"]),
)
def test_every_instance_runs_a_beginning_of_the_same_plan(
    files: dict[str, set[str]], leaders: set[str], codes: dict[str, int], operation: str
) -> None:
    """Others run what the leader runs without the leader's own commands, in the same order, until one fails."""
    written = {
        f"{name}.config": {"container_commands": commands(*names, leaders=tuple(leaders))}
        for name, names in files.items()
    }
    result = outcome(written, exit_codes=codes, operation=operation)
    everything = [
        (leader, command)
        for name in sorted(written)
        for leader in (True, False)
        for command in sorted(written[name]["container_commands"])
        if (command in leaders) == leader
    ]
    for instance, ran in result["instances"].items():
        leads = instance == "leader" and operation != "launch-config-change"
        plan = [command for leader, command in everything if leads or not leader]
        assert ran == plan[: len(ran)]
        assert all(codes.get(command, 0) == 0 for command in ran[:-1])
        assert ran == plan or codes.get(ran[-1], 0) != 0
    assert (result["status"] == "failed") == (result["failed_command"] is not None)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert outcome({"a.config": text})["status"] in ("ok", "failed")


def test_a_folder_of_ones_own_becomes_a_bundle() -> None:
    def given_from(files: dict[str, str]) -> dict[str, Any]:
        assert ENGINE.from_folder
        return dict(ENGINE.from_folder.given(OwnFiles("", files, {}, "")))

    expected = {".ebextensions/01.config": "commands: {}"}
    assert given_from({"01.config": "commands: {}"})["bundle"] == expected
    assert given_from({"./.ebextensions/01.config": "commands: {}"})["bundle"] == expected
    assert given_from({"app.py": "", ".ebextensions/01.config": "commands: {}"})["bundle"] == expected | {"app.py": ""}
    assert ENGINE.run(given_from({"01.config": "commands: {a: {command: b}}"})).outcome["instances"]["other"] == ["a"]


def test_a_wrong_value_of_a_mapping_is_named_by_its_key() -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"bundle": {}, "exit_codes": {"01_a": 0, "02/b": "x", "03_c": "y"}})
    assert problem.value.pointer == "/exit_codes/02~1b"


def test_the_keys_of_a_file_are_processed_in_the_order_of_the_guide() -> None:
    keys = ["packages", "groups", "users", "sources", "files", "commands", "services", "container_commands"]
    file = {key: {"a": {"command": "true"}} for key in reversed(keys)}
    titles = [step.title for step in ENGINE.run({"bundle": {".ebextensions/a.config": file}}).steps]
    assert f".ebextensions/a.config: {', '.join(keys)}, in this order" in titles


def deployed(policy: str | None, count: int, *, size: int = 1, **more: Any) -> dict[str, Any]:
    files = {"a.config": {"container_commands": commands("b", "migrate", leaders=("migrate",))}}
    instances = [f"i-{n}" for n in range(count)]
    return outcome(files, instances=instances, deployment_policy=policy, batch_size=size, **more)


POLICIES = st.sampled_from(["AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting"])


@given(POLICIES, st.integers(1, 6), st.integers(1, 4))
def test_a_policy_decides_where_the_files_are_processed(policy: str, count: int, size: int) -> None:
    got = deployed(policy, count, size=size)
    ran, old = got["instances"], [f"i-{n}" for n in range(count)]
    new = [name for name in ran if name not in old]
    launched = {"RollingWithAdditionalBatch": min(size, count), "Immutable": count, "TrafficSplitting": count}
    assert len(new) == launched.get(policy, 0)
    assert all(ran[name] for name in new)
    assert all(bool(ran[name]) == (policy not in ("Immutable", "TrafficSplitting")) for name in old)
    leaders = [name for name, commands in ran.items() if "migrate" in commands]
    assert leaders == ([] if policy == "TrafficSplitting" else got["batches"][0][:1])


@given(st.integers(1, 6), st.integers(1, 4))
def test_a_batch_that_fails_is_the_last(count: int, size: int) -> None:
    got = deployed("Rolling", count, size=size, exit_codes={"b": 1})
    first, *later = got["batches"]
    assert got["status"] == "failed"
    assert all(got["instances"][name][-1] == "b" for name in first)
    assert not any(got["instances"][name] for batch in later for name in batch)


def test_without_a_policy_and_for_other_operations_nothing_changes() -> None:
    plain = deployed(None, 3)
    assert plain["instances"] == deployed("AllAtOnce", 3)["instances"]
    created = deployed("Immutable", 3, operation="create")
    assert (created["instances"], created["batches"]) == (plain["instances"], [["i-0", "i-1", "i-2"]])

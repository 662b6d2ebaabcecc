"""What follows from an engine's declaration: its fields, the schema, the YAML of a case, a scenario to begin with."""

import json
from pathlib import Path

import jsonschema
import yaml
from running import RunDva

NAME = "codedeploy-traffic"


def test_fields_are_listed_with_type_default_and_sentence(run_dva: RunDva) -> None:
    shown = run_dva("simulate", NAME, "--fields").stdout
    assert "deploymentConfig  text or Config (AWS), required" in shown
    assert "loadBalancer  one of application, network, optional\n  What an ECS service stands behind." in shown
    assert shown.index("What may be written in given") < shown.index("What the outcome holds") < shown.index("shifts")


def test_fields_are_listed_in_json_and_at_40_columns(run_dva: RunDva) -> None:
    listed = json.loads(run_dva("simulate", NAME, "--fields", "--json").stdout)
    assert listed["schema"] == "dva.fields/1" and listed["simulation"] == NAME
    assert listed["given"][0] | {"sentence": ""} == {
        "name": "deploymentConfig", "depth": 0, "type": "text or Config (AWS)", "default": "required", "sentence": "",
    }  # fmt: skip
    assert [field["name"] for field in listed["outcome"]] == ["status", "shifts", "error", "not_read"]
    narrow = run_dva("simulate", NAME, "--fields", env={"COLUMNS": "40"}).stdout
    assert max(map(len, narrow.splitlines())) <= 40


def test_the_schema_refuses_what_the_engine_refuses(run_dva: RunDva) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(run_dva("simulate", NAME, "--schema").stdout))
    name = {"deploymentConfig": "CodeDeployDefault.ECSAllAtOnce"}
    assert validator.is_valid({"simulation": NAME, "given": name})
    refused: list[dict[str, object]] = [
        {}, {"deploymentConfig": 1}, {**name, "loadBalancer": "classic"}, {**name, "x": 1},
    ]  # fmt: skip
    for given in refused:
        assert not validator.is_valid({"simulation": NAME, "given": given}), given
    assert not validator.is_valid({"simulation": "backoff", "given": name})


def test_the_source_of_a_case_is_its_file_and_runs(run_dva: RunDva, tmp_path: Path) -> None:
    source = run_dva("simulate", NAME, "canary-of-ten-percent", "--source").stdout
    assert yaml.safe_load(source)["simulation"] == NAME
    (tmp_path / "case.yaml").write_text(source, "utf-8")
    assert json.loads(run_dva("simulate", NAME, "case.yaml", "--json").stdout)["expected"] is True


def test_the_source_of_a_case_with_files_holds_their_texts(run_dva: RunDva, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(run_dva("simulate", "appspec", "a-whole-file", "--source").stdout, "utf-8")
    assert "version: 0.0" in yaml.safe_load((tmp_path / "case.yaml").read_text("utf-8"))["given"]["appspec"]
    assert json.loads(run_dva("simulate", "appspec", "case.yaml", "--json").stdout)["expected"] is True


def test_a_new_scenario_is_commented_and_runs_and_nothing_is_overwritten(run_dva: RunDva, tmp_path: Path) -> None:
    made = run_dva("simulate", NAME, "--new", "own.yaml")
    assert made.returncode == 0 and f"dva simulate {NAME} own.yaml" in made.stdout
    text = (tmp_path / "own.yaml").read_text("utf-8")
    assert "# What an ECS service stands behind. (one of application, network; optional)" in text
    assert run_dva("simulate", NAME, "own.yaml").returncode == 0
    again = run_dva("simulate", NAME, "--new", "own.yaml")
    assert (again.returncode, again.stderr.splitlines()[0]) == (2, "dva: error: `own.yaml` exists already")
    assert (tmp_path / "own.yaml").read_text("utf-8") == text
    nowhere = run_dva("simulate", NAME, "--new", "no/such/own.yaml")
    assert nowhere.returncode == 2 and "`no/such/own.yaml` cannot be written" in nowhere.stderr


def test_an_unknown_and_a_missing_key_are_answered_with_the_possible_ones(run_dva: RunDva) -> None:
    wrong = run_dva("simulate", NAME, "-", stdin=f"simulation: {NAME}\ngiven: {{loadBalancr: network}}\n")
    assert wrong.returncode == 3
    assert wrong.stderr == (
        "dva: error: standard input:2: given/loadBalancr: unknown key `loadBalancr`\n"
        "hint: did you mean `loadBalancer`? possible here: deploymentConfig, loadBalancer\n"
    )
    empty = run_dva("simulate", NAME, "-", stdin=f"simulation: {NAME}\ngiven: {{}}\n")
    assert "missing `deploymentConfig`\nhint: possible here: deploymentConfig, loadBalancer" in empty.stderr

"""Builds: bash on shells, regular expressions on patterns, the API's model, and what never runs after a failure."""

import re
import subprocess
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws import glob
from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codebuild")
CASES = [case for case in bundled_cases() if case.simulation == "codebuild"]
PHASES = ("install", "pre_build", "build", "post_build")


def outcome(spec: Any, **more: Any) -> dict[str, Any]:
    """The outcome of a build with this buildspec (a mapping or text)."""
    text = spec if isinstance(spec, str) else yaml.safe_dump(spec, sort_keys=False)
    result = ENGINE.run({"buildspec": text} | more, steps=False)
    return result.outcome


ON_FAILURE = st.sampled_from(["", "ABORT", "CONTINUE", "RETRY-1"])


@given(st.sets(st.sampled_from(PHASES)), st.dictionaries(st.sampled_from(PHASES), ON_FAILURE), st.booleans())
def test_what_runs_after_a_failure_is_what_aws_says(
    failing: set[str], on_failure: dict[str, str], finally_fails: bool
) -> None:
    spec: dict[str, Any] = {"version": 0.2, "phases": {}, "artifacts": {"files": ["**/*"]}}
    for name in PHASES:
        spec["phases"][name] = {"commands": [f"do {name}", f"more {name}"], "finally": [f"tidy {name}"]}
        if on_failure.get(name):
            spec["phases"][name]["on-failure"] = on_failure[name]
    word = "tidy" if finally_fails else "do"
    got = outcome(spec, tree=["a"], faults=[{"command": f"{word} {name}"} for name in failing])
    expected: dict[str, str | None] = {}
    over, attempted = False, True
    for name in PHASES:
        if over:
            expected[name.upper()] = None
            continue
        expected[name.upper()] = "FAILED" if name in failing else "SUCCEEDED"
        if name in failing and on_failure.get(name) != "CONTINUE":
            over = name in ("install", "pre_build") or bool(on_failure.get(name))
            attempted = attempted and not over
    assert {name: got["phases"][name] for name in expected} == expected
    assert got["upload_artifacts_attempted"] == attempted
    assert got["buildStatus"] == ("FAILED" if "FAILED" in expected.values() else "SUCCEEDED")
    for name in PHASES:
        ran = [command.split()[0] for command in got["commands_run"] if command.endswith(f" {name}")]
        stopped = name in failing and not finally_fails
        assert ran == ([] if expected[name.upper()] is None else ["do", "tidy"] if stopped else ["do", "more", "tidy"])
    first = next((name.upper() for name in PHASES if expected[name.upper()] == "FAILED"), None)
    assert got["failed_phase"] == first
    retried = first is not None and on_failure.get(first.lower()) == "RETRY-1"
    assert got["attempts"] >= (2 if retried else 1)


NAMES = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name.strip("."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(
    st.one_of(NAMES, st.sampled_from(["*", "**", "a*", "*b", "*.*"])), min_size=1, max_size=4
).map("/".join)  # fmt: skip


def as_regular_expression(pattern: str) -> str:
    """The same pattern in another language."""
    segments = pattern.split("/")
    made = ""
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            made += ".+" if last else "(?:[^/]+/)*"
        else:
            made += re.escape(segment).replace(r"\*", "[^/]*") + ("" if last else "/")
    return made


@given(PATTERNS, PATHS)
@settings(max_examples=400)
def test_path_patterns_agree_with_regular_expressions(pattern: str, path: str) -> None:
    assert glob.path_matches(pattern, path) == bool(re.fullmatch(as_regular_expression(pattern), path))


@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(PATTERNS, max_size=2), st.lists(PATHS, unique=True))
def test_an_artifact_holds_the_files_that_match_and_no_others(
    files: list[str], exclude: list[str], tree: list[str]
) -> None:
    spec = {
        "version": 0.2, "phases": {"build": {"commands": ["make"]}},
        "artifacts": {"files": files, "exclude-paths": exclude},
    }  # fmt: skip
    got = outcome(spec, tree=tree)

    def fits(path: str, patterns: list[str]) -> bool:
        return any(re.fullmatch(as_regular_expression(pattern), path) for pattern in patterns)

    assert got["uploaded"] == sorted(path for path in tree if fits(path, files) and not fits(path, exclude))
    assert got["phases"]["UPLOAD_ARTIFACTS"] == ("SUCCEEDED" if got["uploaded"] else "FAILED")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("app.jar", ["app.jar"], ["d/app.jar"]),
        ("d/app.jar", ["d/app.jar"], ["app.jar", "e/d/app.jar"]),
        ("**/*", ["app.jar", "d/app.jar", "d/e/.hidden"], []),
        ("d/*", ["d/app.jar"], ["d/e/app.jar", "app.jar"]),
        ("d/**/*", ["d/app.jar", "d/e/f/app.jar"], ["app.jar"]),
        ("./target/*.jar", ["target/app.jar"], ["target/app.war"]),
        ("a?.txt", ["a?.txt"], ["ab.txt"]),
    ],
)
def test_the_patterns_of_the_buildspec_reference(pattern: str, yes: list[str], no: list[str]) -> None:
    assert all(glob.path_matches(pattern, path) for path in yes)
    assert not any(glob.path_matches(pattern, path) for path in no)


MY_BUILD = ["my-build-1/my-file-1.txt", "my-build-2/my-file-2.txt", "my-build-2/my-subdirectory/my-file-3.txt"]


@pytest.mark.parametrize(
    ("artifacts", "uploaded"),
    [
        ({"files": ["*/my-file-3.txt"], "base-directory": "my-build-2"}, ["my-subdirectory/my-file-3.txt"]),
        (
            {"files": ["**/*"], "base-directory": "my-build*", "discard-paths": True},
            ["my-file-1.txt", "my-file-2.txt", "my-file-3.txt"],
        ),
        ({"files": ["**/*"], "base-directory": "my-build-2", "exclude-paths": ["my-subdirectory/**/*"]},
         ["my-file-2.txt"]),
        ({"files": ["my-build-1/*"]}, ["my-build-1/my-file-1.txt"]),
    ],
)  # fmt: skip
def test_the_artifacts_of_the_buildspec_reference(artifacts: dict[str, Any], uploaded: list[str]) -> None:
    spec = {"version": 0.2, "phases": {"build": {"commands": ["make"]}}, "artifacts": artifacts}
    assert outcome(spec, tree=MY_BUILD)["uploaded"] == uploaded


WORD = st.sampled_from(["x", "'two words'", '"q $A"', "$B-1", "${A}z", r"a\ b", "''", '"it\'s"'])
NAME = st.sampled_from(["A", "B", "C"])
COMMAND = st.one_of(
    st.sampled_from(["cd a", "cd b", "cd ..", "cd a/b", "cd ./a", "cd -", "cd missing"]),
    st.builds("{}={}".format, NAME, WORD),
    st.builds("export {}={}".format, NAME, WORD),
    st.builds("export {}={} {}={}".format, NAME, WORD, NAME, WORD),
    st.builds("unset {}".format, NAME),
    st.builds("{}={} true".format, NAME, WORD),
    st.sampled_from(["true", "false", "(cd a)", "(A=sub)"]),
)
ENTRY = st.lists(st.tuples(st.sampled_from([" && ", " || ", "; ", "\n"]), COMMAND), min_size=1, max_size=4).map(
    lambda parts: "".join(glue + part for glue, part in parts).lstrip(" &|;\n")
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders that `cd` may go to."""
    root = tmp_path_factory.mktemp("source").resolve()
    for name in ("a/a/b", "a/b/a/b", "b/a/b", "b/b", "a/a/a"):
        (root / name).mkdir(parents=True, exist_ok=True)
    return root


def bash(entries: list[str], root: Path) -> dict[str, Any]:
    """Directory and variables after the entries in one real shell."""
    tail = (
        'printf "\\n%s\\n" "$PWD"; for v in A B C; do [ -n "${!v+set}" ] && printf "%s=%s\\n" "$v" "${!v}"; done; true'
    )
    script = "\n".join([*entries, tail])
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script], cwd=root, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "OLDPWD": str(root)},
    )  # fmt: skip
    lines = run.stdout.split("\n")
    last = max(i for i, line in enumerate(lines) if line.startswith("/"))
    return {
        "pwd": lines[last],
        "variables": dict(line.split("=", 1) for line in lines[last + 1 :] if "=" in line),
    }


@given(st.lists(ENTRY, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_shell_state_agrees_with_bash(folders: Path, entries: list[str]) -> None:
    entries = [entry for entry in entries if "cd missing" not in entry]
    got = outcome({"version": 0.2, "phases": {"build": {"commands": entries or ["true"]}}})
    ran = got["commands_run"]
    told = bash(ran, folders)
    pwd = Path(told["pwd"])
    if not pwd.is_relative_to(folders) or not _stays_inside(ran, folders):
        return  # outside of the source root, or a folder that was not there
    assert got["state_after"]["pwd"] == ("" if pwd == folders else str(pwd.relative_to(folders)))
    assert got["state_after"]["variables"] == told["variables"]


@pytest.mark.parametrize(
    ("entry", "value"),
    [('A="q\\"r"', 'q"r'), ('A="\\$B"', "$B"), ('A="a\\b"', "a\\b"), ('A="c\\\\d"', "c\\d"), ("A='e\\f'", "e\\f")],
)
def test_double_quotes_leave_a_backslash_its_meaning_before_few_characters(entry: str, value: str) -> None:
    got = outcome({"version": 0.2, "phases": {"build": {"commands": [entry]}}})
    run = subprocess.run(["bash", "-c", f'{entry}; printf %s "$A"'], capture_output=True, text=True, check=True)
    assert got["state_after"]["variables"] == {"A": value} == {"A": run.stdout}


@pytest.mark.parametrize(
    ("entry", "status"),
    [("set -e; t; u", "FAILED"), ("set -euo pipefail\nt\nu", "FAILED"), ("set -o errexit; t; u", "FAILED"),
     ("set -e; t || u; u", "SUCCEEDED"), ("set -e; t && u; u", "SUCCEEDED"), ("set -e; u && t; u", "FAILED"),
     ("set -o pipefail; t; u", "SUCCEEDED"), ("set -x; t; u", "SUCCEEDED"), ("t; set -e; u", "SUCCEEDED")],
)  # fmt: skip
def test_set_e_lets_the_first_failure_of_an_entry_through(entry: str, status: str) -> None:
    got = outcome({"version": 0.2, "phases": {"build": {"commands": [entry]}}}, faults=[{"command": "t", "exit": 1}])
    script = f"t() {{ return 1; }}; u() {{ :; }}; {entry}"
    code = subprocess.run(["bash", "-c", script], capture_output=True, check=False).returncode
    assert got["status"] == status == ("FAILED" if code else "SUCCEEDED")


def test_a_secret_that_is_nested_without_end_has_no_key() -> None:
    spec = {"version": 0.2, "env": {"secrets-manager": {"A": "s:key"}}, "phases": {"build": {"commands": ["x"]}}}
    got = outcome(spec, secrets_manager={"s": "[" * 50_000})
    assert (got["failed_phase"], got["errors"][0]["code"]) == ("DOWNLOAD_SOURCE", "SECRET_NOT_FOUND")


def _stays_inside(entries: list[str], root: Path) -> bool:
    """Whether bash had nothing to complain of: then every `cd` went somewhere."""
    run = subprocess.run(["bash", "-c", "\n".join(entries)], cwd=root, capture_output=True, text=True, check=False,
                         env={"PATH": "/usr/bin:/bin", "OLDPWD": str(root)})  # fmt: skip
    return "cd:" not in run.stderr


@given(st.permutations(["start", "project", "spec"]), st.integers(0, 3))
def test_start_build_wins_over_the_project_and_that_over_the_buildspec(order: list[str], count: int) -> None:
    places = order[:count]
    more: dict[str, Any] = {}
    spec: dict[str, Any] = {"version": 0.2, "phases": {"build": {"commands": ["make"]}}}
    if "spec" in places:
        spec["env"] = {"variables": {"A": "spec"}}
    if "project" in places:
        more["project"] = {"environmentVariables": [{"name": "A", "value": "project"}]}
    if "start" in places:
        more["start_build"] = {"environmentVariablesOverride": [{"name": "A", "value": "start"}]}
    strongest = next((place for place in ("start", "project", "spec") if place in places), None)
    assert outcome(spec, **more)["env"].get("A") == strongest


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("shop/db", '{"user":"ana","password":"new"}'),
        ("shop/db:password", "new"),
        ("shop/db:password:AWSPREVIOUS", "old"),
        ("shop/db:password::v-1", "older"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-x1:password", "arn"),
        ("shop/db:nothing", None),
        ("shop/none:password", None),
        ("shop/db:password:AWSPREVIOUS:v-1", None),
    ],
)
def test_references_to_secrets(reference: str, value: str | None) -> None:
    secrets = {
        "shop/db": {
            "AWSCURRENT": {"user": "ana", "password": "new"},
            "AWSPREVIOUS": '{"password": "old"}',
            "v-1": {"password": "older"},
        },
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-x1": {"AWSCURRENT": {"password": "arn"}},
    }
    spec = {
        "version": 0.2, "env": {"secrets-manager": {"P": reference}}, "phases": {"build": {"commands": ["make"]}},
    }  # fmt: skip
    got = outcome(spec, secrets_manager=secrets)
    assert got["env"].get("P") == value
    assert (got["failed_phase"] == "DOWNLOAD_SOURCE") == (value is None)


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("", "YAML_SYNTAX", ""),
        ("[]", "YAML_SYNTAX", ""),
        ("phases: {build: {commands: [a]}}", "VERSION", "/version"),
        ("version: 0.3\nphases: {build: {commands: [a]}}", "VERSION", "/version"),
        ("version: 0.2", "PHASES", "/phases"),
        ("version: 0.2\nphases: {tests: {commands: [a]}}", "PHASE_UNKNOWN", "/phases/tests"),
        ("version: 0.2\nphases: {build: {}}", "COMMANDS_REQUIRED", "/phases/build/commands"),
        ("version: 0.2\nphases: {build: {commands: a}}", "COMMANDS_NOT_A_LIST", "/phases/build/commands"),
        ("version: 0.2\nphases: {build: {commands: [a: b]}}", "COMMAND_NOT_TEXT", "/phases/build/commands/0"),
        ("version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}", "ON_FAILURE", "/phases/build/on-failure"),
        ("version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY-101}}", "ON_FAILURE",
         "/phases/build/on-failure"),
    ],
)  # fmt: skip
def test_a_buildspec_that_codebuild_refuses(text: str, code: str, path: str) -> None:
    got = outcome(text)
    assert {"code": code, "path": path}.items() <= got["errors"][0].items()
    assert (got["valid"], got["failed_phase"], got["buildStatus"]) == (False, "DOWNLOAD_SOURCE", "FAILED")


@pytest.mark.parametrize(
    ("word", "attempts"),
    [
        ("RETRY", 4),
        ("RETRY-0", 1),
        ("RETRY-1", 2),
        ("RETRY-exit status 7", 4),
        ("RETRY-2-status", 3),
        ("RETRY-[", 1),
        ("RETRY-2-(a+)+b", 1),
        ("RETRY-2-(.*)+7", 3),
    ],
)
def test_how_often_retry_starts_the_build(word: str, attempts: int) -> None:
    spec = {"version": 0.2, "phases": {"build": {"commands": ["make"], "on-failure": word}}}
    assert outcome(spec, faults=[{"command": "make", "exit": 7}])["attempts"] == attempts


@pytest.mark.parametrize(("minutes", "refused"), [(4, True), (5, False), (480, False), (2160, False), (2161, True)])
def test_the_limits_of_a_timeout(minutes: int, refused: bool) -> None:
    model = botocore.session.get_session().get_service_model("codebuild").shape_for("BuildTimeOut")
    assert (not model.metadata["min"] <= minutes <= model.metadata["max"]) == refused
    got = outcome({"version": 0.2, "phases": {"build": {"commands": ["a"]}}}, project={"timeoutInMinutes": minutes})
    assert (got["status"] == "refused") == refused


@pytest.mark.parametrize(
    ("routes", "reached"),
    [(["nat"], True), (["igw"], False), (["none"], False), (["nat", "igw"], None), ([None], None)],
)
def test_the_way_to_the_internet_is_a_nat(routes: list[str | None], reached: bool | None) -> None:
    subnets = {f"subnet-{i}": route for i, route in enumerate(routes)}
    vpc = {"vpcId": "vpc-1", "subnets": list(subnets), "securityGroupIds": ["sg-1"]}
    got = outcome(
        {"version": 0.2, "phases": {"build": {"commands": ["a"]}}},
        project={"vpcConfig": vpc}, target={"in": "internet"},
        options={"subnets": {name: route for name, route in subnets.items() if route}},
    )  # fmt: skip
    assert got["reachable"] is reached


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_projects_have_the_shape_of_the_api(case: Any) -> None:
    model = botocore.session.get_session().get_service_model("codebuild")
    project = dict(case.given.get("project", {}))
    for variable in project.pop("environmentVariables", []):
        assert not ParamValidator().validate(variable, model.shape_for("EnvironmentVariable")).has_errors()
    project.pop("artifacts", None)
    project.pop("environment", None)
    report = ParamValidator().validate(
        {"name": "shop", "source": {"type": "S3"}, "artifacts": {"type": "S3"}, "serviceRole": "r" * 20,
         "environment": {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"}, **project},
        model.operation_model("CreateProject").input_shape,
    )  # fmt: skip
    messages = report.generate_report()
    assert not report.has_errors() or (
        "timeoutInMinutes" in messages and case.given["project"]["timeoutInMinutes"] > 2160
    )


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    got = outcome(text)
    assert got["buildStatus"] in ("SUCCEEDED", "FAILED")
    assert got["valid"] or got["errors"]


def test_a_wrong_key_names_its_place() -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"buildspec": "version: 0.2", "fault": []})
    assert problem.value.pointer == "/fault"


def test_project_as_the_command_line_prints_it() -> None:
    project = {
        "name": "shop", "arn": "arn:aws:codebuild:eu-west-1:123456789012:project/shop", "tags": [],
        "source": {"type": "CODECOMMIT", "location": "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
                   "gitCloneDepth": 1, "insecureSsl": False},
        "artifacts": {"type": "S3", "location": "bucket", "path": "", "namespaceType": "NONE", "name": "shop",
                      "packaging": "ZIP", "overrideArtifactName": False, "encryptionDisabled": False},
        "cache": {"type": "NO_CACHE"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL", "privilegedMode": False,
                        "imagePullCredentialsType": "CODEBUILD",
                        "environmentVariables": [{"name": "A", "value": "1", "type": "PLAINTEXT"}]},
        "serviceRole": "arn:aws:iam::123456789012:role/codebuild", "timeoutInMinutes": 60,
        "queuedTimeoutInMinutes": 480, "encryptionKey": "alias/aws/s3", "badge": {"badgeEnabled": False},
        "logsConfig": {"cloudWatchLogs": {"status": "ENABLED"}, "s3Logs": {"status": "DISABLED"}},
        "projectVisibility": "PRIVATE",
    }  # fmt: skip
    spec = {"version": 0.2, "phases": {"build": {"commands": ["a"]}}}
    assert outcome(spec, project={"projects": [project], "projectsNotFound": []})["env"] == {"A": "1"}


def test_secondary_artifacts_need_no_primary_one() -> None:
    spec = {"version": 0.2, "phases": {"build": {"commands": ["make"]}}}
    spec["artifacts"] = {"secondary-artifacts": {"left": {"files": ["l.bin"]}, "right": {"files": ["r.bin"]}}}
    found = outcome(spec, tree=["l.bin", "r.bin"])
    assert found["status"] == "SUCCEEDED"
    assert found["secondary_uploaded"] == {"left": ["l.bin"], "right": ["r.bin"]} and not found["uploaded"]
    assert outcome(spec)["secondary_uploaded"] == {"left": ["l.bin"], "right": ["r.bin"]}
    assert outcome(spec, tree=["other"])["failed_phase"] == "UPLOAD_ARTIFACTS"
    nothing = outcome(spec, tree=["l.bin"], project={"artifacts": {"type": "NO_ARTIFACTS"}})
    assert (nothing["status"], nothing["secondary_uploaded"]) == ("SUCCEEDED", {})


@pytest.mark.parametrize(("fault", "failed"), [("make", "BUILD"), ("tidy", "POST_BUILD"), ("none", None)])
def test_a_phase_may_be_finally_alone(fault: str, failed: str | None) -> None:
    phases = {"build": {"commands": ["make"]}, "post_build": {"finally": ["tidy"]}}
    found = outcome({"version": 0.2, "phases": phases}, faults=[{"command": fault}])
    assert (found["valid"], found["failed_phase"], found["commands_run"]) == (True, failed, ["make", "tidy"])


@pytest.mark.parametrize(("section", "store", "code"), [
    ("parameter-store", "parameter_store", "PARAMETER_NOT_FOUND"),
    ("secrets-manager", "secrets_manager", "SECRET_NOT_FOUND"),
])  # fmt: skip
def test_only_a_store_that_is_given_can_lack_something(section: str, store: str, code: str) -> None:
    spec = {"version": 0.2, "env": {section: {"A": "name"}}, "phases": {"build": {"commands": ["export B=$A-1"]}}}
    alone = outcome(spec)
    assert (alone["status"], alone["env"]) == ("SUCCEEDED", {"A": "<value of name>"})
    assert alone["state_after"]["variables"]["B"] == "<value of name>-1"
    empty = outcome(spec, **{store: {}})
    assert (empty["status"], [one["code"] for one in empty["errors"]]) == ("FAILED", [code])


@pytest.mark.parametrize(("text", "told"), [('{"k": "a",\n"k": "b"}', ["`k`, line 2"]), ('{"k": "b", "l": "b"}', [])])
def test_a_duplicate_key_of_a_secret_is_told(text: str, told: list[str]) -> None:
    buildspec = {"version": 0.2, "env": {"secrets-manager": {"A": "s:k"}}, "phases": {"build": {"commands": ["x"]}}}
    trace = ENGINE.run({"buildspec": buildspec, "secrets_manager": {"s": text}})
    titles = [step.title for step in trace.steps if step.rule == "codebuild.env.secret-duplicate"]
    assert trace.outcome["env"] == {"A": "b"}
    assert len(titles) == len(told)
    assert all(part in title for part, title in zip(told, titles, strict=True))

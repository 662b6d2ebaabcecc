"""AppSpec files: every category, what the agent understands, and files that nobody would write."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load
from dva.simulations.codedeploy import _appspec_file as appspec

ENGINE = load("appspec")
HEAD = "version: 0.0\nos: linux\n"


def outcome(text: str, **more: Any) -> dict[str, Any]:
    return ENGINE.run({"appspec": text, **more}, steps=False).outcome


def permission(entry: str) -> str:
    return f"{HEAD}permissions:\n- {{object: /srv, {entry}}}\n"


# Judged by the parser of aws/aws-codedeploy-agent 1.8.1 under Ruby 3.1. On 40 000 generated files the two agree but
# where a text stands for the whole file or for a context: the agent misses a key in it, here that is MALFORMED
JUDGED = {
    "": "EMPTY_APPSPEC", "---\n": "EMPTY_APPSPEC", "false": "EMPTY_APPSPEC", "[]": "MALFORMED", "5": "MALFORMED",
    "a: b: c": "MALFORMED", "os: linux": "INVALID_VERSION", 'version: "0.0"\nos: linux': "INVALID_VERSION",
    "version: 1.0\nos: linux": "INVALID_VERSION", "version: false\nos: linux": "INVALID_VERSION",
    "version: 0.0\nos: Linux": "UNSUPPORTED_OS", "version: 0.0\nos: [linux]": "UNSUPPORTED_OS",
    "version: 0.0": "UNSUPPORTED_OS", "version: 0.0\n:os: linux": "UNSUPPORTED_OS",
    f"{HEAD}hooks: []": "MALFORMED", f"{HEAD}hooks: {{A: {{location: x}}}}": "MALFORMED",
    f"{HEAD}hooks: {{A: [x]}}": "MALFORMED", f"{HEAD}hooks: {{A: [{{timeout: 5}}]}}": "HOOK_NO_LOCATION",
    f"{HEAD}hooks: {{A: [{{location: ' '}}]}}": "HOOK_NO_LOCATION",
    f"{HEAD}hooks: {{A: [{{location: x, timeout: 0}}]}}": "HOOK_INVALID_TIMEOUT",
    f"{HEAD}hooks: {{A: [{{location: x, timeout: soon}}]}}": "HOOK_INVALID_TIMEOUT",
    f"{HEAD}hooks: {{A: [{{location: x, timeout: true}}]}}": "MALFORMED",
    f"{HEAD}files: [{{destination: /a}}]": "FILE_NO_SOURCE", f"{HEAD}files: [{{source: a}}]": "FILE_NO_DESTINATION",
    f"{HEAD}files: [5]": "MALFORMED", f"{HEAD}files: x": "MALFORMED",
    f"{HEAD}permissions: [{{mode: 755}}]": "PERMISSION_NO_OBJECT", f"{HEAD}permissions: [x]": "MALFORMED",
    f"{HEAD}permissions: [{{object: ' '}}]": "PERMISSION_NO_OBJECT",
    permission("type: [link]"): "PERMISSION_INVALID_TYPE", permission("type: file"): "MALFORMED",
    permission("mode: 0755"): "MODE_INVALID_CHARACTER", permission("mode: 12345"): "MODE_INVALID_LENGTH",
    permission("mode: false"): "MODE_INVALID_LENGTH", permission("mode: 888"): "MODE_INVALID_CHARACTER",
    permission("acls: ['7']"): "ACL_INVALID_ENTRY", permission("acls: ['x:bob:7']"): "ACL_INVALID_ENTRY",
    permission("acls: ['m:bob:7']"): "ACL_INVALID_ENTRY", permission("acls: ['a:u:bob:7']"): "ACL_INVALID_ENTRY",
    permission("acls: ['u::7']"): "ACL_BASE_ENTRY", permission("acls: ['other::r']"): "ACL_BASE_ENTRY",
    permission("acls: ['u:bob:9']"): "ACL_INVALID_CHARACTER", permission("acls: ['u:bob:rq']"): "ACL_INVALID_CHARACTER",
    permission("context: {range: s0}"): "CONTEXT_NO_TYPE",
    permission("context: {type: t, range: s1-s0}"): "CONTEXT_INVALID_RANGE",
    permission("context: {type: t, range: 's0:c1.c3,c2'}"): "CONTEXT_INVALID_RANGE",
    permission("context: {type: t, range: 's0:c1024'}"): "CONTEXT_INVALID_RANGE",
    permission("context: {type: t, range: 5}"): "MALFORMED",
    f"{HEAD}file_exists_behavior: disallow": "INVALID_FILE_EXISTS_BEHAVIOR",
    f"{HEAD}file_exists_behavior: false": "INVALID_FILE_EXISTS_BEHAVIOR",
}  # fmt: skip
ACCEPTED = (
    HEAD, "version: 0\nos: linux", f"{HEAD}hooks:", f"{HEAD}hooks: {{A: }}", f"{HEAD}files: {{}}", f"{HEAD}extra: 1",
    permission("mode: ''"), permission("acls: ['d:u::7', 'm::7', 'bob:rw']"),
    permission("context: {type: t, range: 's0-s1:c0.c1023,'}"), f"{HEAD}file_exists_behavior: ~",
)  # fmt: skip


@pytest.mark.parametrize("text", JUDGED)
def test_the_agent_refuses(text: str) -> None:
    result = outcome(text)
    assert (result["status"], result["category"]) == ("invalid", JUDGED[text])
    assert result["error"] == {"code": result["category"], "message": result["message"]}
    assert result["line"] >= 1 and result["parsed"] is None


@pytest.mark.parametrize("text", ACCEPTED)
def test_the_agent_accepts(text: str) -> None:
    result = outcome(text)
    assert (result["status"], result["category"], result["line"]) == ("valid", None, None)
    assert set(result["parsed"]) == {"version", "os", "file_exists_behavior", "files", "hooks", "permissions"}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("300", 300), ("30s", 30), ("'  30'", 30), ("1:30", 5400), ("1.9", 1), ("1e3", 1), ("3_0", 30), ("0x10", 16),
     ("false", 3600), ("~", 3600), ("100000", 100000), ("010", 8)],
)  # fmt: skip
def test_a_timeout_counts_as_ruby_takes_it(written: str, seconds: int) -> None:
    result = outcome(f"{HEAD}hooks: {{AfterInstall: [{{location: x, timeout: {written}}}]}}")
    assert result["parsed"]["hooks"]["AfterInstall"][0]["timeout"] == seconds


@pytest.mark.parametrize(
    ("written", "mode"), [("644", "644"), ("0644", "420"), ("'0644'", "0644"), ("7", "007"), ("4755", "4755")]
)
def test_a_mode_is_what_yaml_makes_of_it(written: str, mode: str) -> None:
    result = outcome(permission(f"mode: {written}"))
    assert result["parsed"]["permissions"][0]["mode"] == mode
    assert any("octal" in surprise for surprise in result["surprises"]) == (written == "0644")


def test_acl_entries_are_told_in_full() -> None:
    result = outcome(permission("acls: ['bob:rw', 'd:g:ops:5', 'm::x', 'd:u::7']"))
    assert result["parsed"]["permissions"][0]["acls"] == [
        "user:bob:rw-", "default:group:ops:r-x", "mask::--x", "default:user::rwx",
    ]  # fmt: skip


def test_windows_takes_its_own_word_and_no_permissions() -> None:
    windows = "version: 0.0\nos: windows\n"
    assert outcome(windows, agent_os="windows")["status"] == "valid"
    assert outcome(HEAD, agent_os="windows")["category"] == "UNSUPPORTED_OS"
    assert outcome(f"{windows}permissions: []", agent_os="windows")["status"] == "valid"
    refused = outcome(f"{windows}permissions: [{{object: x, mode: 99999}}]", agent_os="windows")
    assert refused["category"] == "PERMISSIONS_ON_WINDOWS"


def test_the_first_thing_that_is_wrong_counts() -> None:
    text = "version: 2\nos: dos\nhooks: []\nfiles: [{}]\npermissions: [{}]\nfile_exists_behavior: x"
    fixed = [
        ("version: 2", "version: 0.0", "INVALID_VERSION"), ("os: dos", "os: linux", "UNSUPPORTED_OS"),
        ("hooks: []", "hooks: {}", "MALFORMED"), ("files: [{}]", "files: []", "FILE_NO_SOURCE"),
        ("permissions: [{}]", "permissions: []", "PERMISSION_NO_OBJECT"),
        ("behavior: x", "behavior: RETAIN", "INVALID_FILE_EXISTS_BEHAVIOR"),
    ]  # fmt: skip
    for wrong, right, category in fixed:
        assert outcome(text)["category"] == category
        text = text.replace(wrong, right)
    assert outcome(text)["status"] == "valid"


@pytest.mark.parametrize("upper", [True, False])
def test_keys_of_a_lambda_file_come_in_any_case_and_as_json(upper: bool) -> None:
    properties = {"name": "f", "alias": "live", "currentversion": "1", "targetversion": "2"}
    resource = {"fn": {"type": "AWS::Lambda::Function", "properties": properties}}
    text = json.dumps({"version": 0.0, "resources": [resource], "hooks": [{"AfterAllowTraffic": "check"}]}, indent="\t")
    if upper:
        text = text.replace('"type"', '"Type"').replace('"resources"', '"Resources"').replace('"name"', '"Name"')
    result = outcome(text, platform="Lambda")
    assert result["status"] == "valid"
    assert result["parsed"]["hooks"] == {"AfterAllowTraffic": "check"}


@pytest.mark.parametrize("platform", ["Lambda", "ECS"])
@pytest.mark.parametrize(
    ("text", "category"),
    [("", "EMPTY_APPSPEC"), ("version: 1", "INVALID_VERSION"), ("version: 0.0", "NO_RESOURCES"), ("[]", "MALFORMED"),
     ("version: 0.0\nresources: [{a: {type: x}}]", "RESOURCE_TYPE"), ("a: [", "MALFORMED")],
)  # fmt: skip
def test_files_for_services_are_refused(platform: str, text: str, category: str) -> None:
    assert outcome(text, platform=platform)["category"] == category


ECS = """version: 0.0
Resources:
- TargetService:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: "web:7", LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}}
"""
LAMBDA = """version: 0.0
resources:
- fn:
    type: AWS::Lambda::Function
    properties: {name: f, alias: live, currentversion: 1, targetversion: 2}
"""


@pytest.mark.parametrize(
    ("text", "platform", "status", "category"),
    [
        (ECS, "ECS", "valid", None), (LAMBDA, "Lambda", "valid", None),
        (ECS.replace("ContainerPort: 80", ""), "ECS", "invalid", "MISSING_PROPERTY"),
        (LAMBDA + "hooks: [{BeforeInstall: f}]", "Lambda", "invalid", "UNKNOWN_HOOK"),
        (ECS.replace("AWS::ECS::Service", "AWS::EC2::Instance"), "ECS", "invalid", "RESOURCE_TYPE"),
        ("version: 0.0\nResources: []", "ECS", "invalid", "NO_RESOURCES"),
        ("version: 0.0\nResources: []\nos: linux", "Server", "valid", None),
        ("version: 0.0\nfiles: []", "Server", "invalid", "UNSUPPORTED_OS"),
    ],
)  # fmt: skip
def test_a_file_without_a_platform_is_read_by_what_it_holds(
    text: str, platform: str, status: str, category: str | None
) -> None:
    trace = ENGINE.run({"appspec": text})
    assert (trace.outcome["status"], trace.outcome["category"]) == (status, category)
    assert any(step.rule == "codedeploy.appspec.platform" for step in trace.steps) == (platform != "Server")
    assert trace.outcome == ENGINE.run({"appspec": text, "platform": platform}).outcome


def test_a_file_for_the_other_platform_is_told_so() -> None:
    assert "for Lambda or Amazon ECS" in outcome(ECS, platform="Server")["message"]
    assert "a file for instances" in outcome(HEAD, platform="ECS")["message"]


PIECES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.floats() | st.text("ab0/:- *", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["location", "timeout", "object", "mode", "acls", "type", "x"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)
SECTIONS = st.sampled_from(["version", "os", "hooks", "files", "permissions", "file_exists_behavior", "Resources"])


@given(st.dictionaries(SECTIONS, PIECES, max_size=6), st.booleans(), st.sampled_from(["Server", "Lambda", "ECS"]))
def test_any_mapping_is_judged_and_can_be_said_in_json(value: dict[str, Any], good: bool, platform: str) -> None:
    if good:
        value = value | {"version": 0.0, "os": "linux"}
    result = ENGINE.run({"appspec": value, "platform": platform}).outcome
    assert result["status"] in ("valid", "invalid")
    assert (result["category"] is None) == (result["status"] == "valid")
    json.dumps(result, allow_nan=False)


@given(st.text("versionaslux0.:{}[]&*|>- \n\t'\"#!?", max_size=60))
def test_any_text_is_judged(text: str) -> None:
    assert outcome(text)["status"] in ("valid", "invalid")


@pytest.mark.parametrize("text", ["[" * 200_000, "a: &a [x, x]\nb: [*a, *a]\n", "x" * 2_000_000, "- " * 100_000])
def test_a_hostile_file_is_malformed(text: str) -> None:
    assert outcome(text)["category"] == "MALFORMED"


def test_the_reader_and_the_engine_read_alike() -> None:
    parsed = appspec.parse(
        f"{HEAD}hooks: {{A: [{{location: x, runas: ' bob '}}]}}\nfiles: [{{source: a, destination: /b}}]"
    )
    assert parsed.files == [appspec.File("a", "/b")]
    assert parsed.hooks["A"][0].runas == "bob"


@pytest.mark.parametrize(
    ("hooks", "told"),
    [
        ("{AfterInstall: [{location: x, timeout: 3}, {location: y, timeout: 5}]}", []),
        ("{AfterInstall: [{location: x, timeout: 3}, {location: y, timeout: 0x10}]}", ["0x10 counts as 16"]),
        ("{AfterInstall: [{location: x, timeout: 0x10}, {location: y, timeout: 16}]}", ["0x10 counts as 16"]),
        ("{AfterInstall: [{location: x, timeout: 3, timeout: 5}]}", ["a second time"]),
        ("{AfterInstall: [{location: x, timeout: 3, timeout: 0x10}]}", ["a second time", "0x10 counts as 16"]),
    ],
)
def test_several_timeouts_on_one_line_are_not_mixed_up(hooks: str, told: list[str]) -> None:
    surprises = [text for text in outcome(f"{HEAD}hooks: {hooks}")["surprises"] if "no files" not in text]
    assert len(surprises) == len(told)
    assert all(part in text for part, text in zip(told, surprises, strict=True))


@pytest.mark.parametrize("gap", [" ", "\n\t"])
def test_a_duplicate_key_of_a_json_file_for_a_service_is_told(gap: str) -> None:
    info = f'{{"ContainerName": "a", "ContainerPort": 80,{gap}"ContainerPort": 81}}'
    properties = f'{{"TaskDefinition": "t", "LoadBalancerInfo": {info}}}'
    text = (f'{{"version": 0.0,{gap}"Resources": [{{"T": {{"Type": "AWS::ECS::Service",{gap}'
            f'"Properties": {properties}}}}}]}}')  # fmt: skip
    result = outcome(text)
    line = text.count("\n") + 1
    assert result["status"] == "valid"
    assert result["surprises"] == [f"line {line}: ContainerPort stands there a second time; what stood before is lost"]

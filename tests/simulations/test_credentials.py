"""The credentials engine answers as botocore does, and keeps the learner's secrets."""

import json
from collections.abc import Iterator
from hashlib import sha1
from typing import Any

import botocore.exceptions
import botocore.session
import msgspec
import pytest
from botocore_world import REFRESHING, World
from credential_worlds import chains, givens
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.sdk.credentials.own_machine import files_wanted, given_from

CREDENTIALS = load("credentials")
AGREED = ("status", "method", "access_key", "session_token", "region", "tried", "chain")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("world") / "it")
    yield world
    world.close()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(case=st.one_of(givens(), chains()))
def test_it_answers_as_botocore_does(world: World, case: dict[str, Any]) -> None:
    agree(world, case)


@pytest.mark.slow
@settings(max_examples=600, suppress_health_check=list(HealthCheck))
@given(case=st.one_of(givens(), chains()))
def test_it_answers_as_botocore_does_in_ten_times_as_many_cases(world: World, case: dict[str, Any]) -> None:
    agree(world, case)


def agree(world: World, case: dict[str, Any]) -> None:
    """Hold the engine to botocore."""
    real, outcome = world.answer(case), CREDENTIALS.run(case).outcome
    event(f"{real['status']} {real['error'] or real['method']}")
    assert {key: outcome[key] for key in AGREED} == {key: real[key] for key in AGREED}
    assert (outcome["error"] or {}).get("code") == real["error"]


ROLE = "arn:aws:iam::123456789012:role/Ops"
SSO = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
KNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "an expired token of an sso-session": (
        {
            "files": {
                "~/.aws/config": f"[default]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=Dev\n{SSO}"
            },
            "sso_cache": [{"key": "corp", "start_url": "x", "token": "t", "expired": True}],
        },
        "TokenRetrievalError",
    ),
    "AssumeRole without a region": (
        {
            "files": {
                "~/.aws/config": f"[default]\nrole_arn={ROLE}\nsource_profile=default\n"
                "aws_access_key_id=AKIA\naws_secret_access_key=s\n"
            }
        },
        "NoRegionError",
    ),
    "half a pair as a source": (
        {
            "files": {
                "~/.aws/config": f"[default]\nrole_arn={ROLE}\nsource_profile=base\n[profile base]\n"
                f"aws_access_key_id=AKIA\nrole_arn={ROLE}\nsource_profile=default\n"
            }
        },
        "PartialCredentialsError",
    ),
    "metadata without a token where version 1 is disabled in the profile": (
        {
            "files": {"~/.aws/config": "[default]\nec2_metadata_v1_disabled = true\n"},
            "imds": {"mode": "v1-only", "role": "Web", "access_key": "A", "token": "t"},
        },
        "MetadataRetrievalError",
    ),
    "a nested line without =": ({"files": {"~/.aws/config": "[default]\ns3 =\n  words\n"}}, "ConfigParseError"),
    "an empty AWS_PROFILE": ({"env": {"AWS_PROFILE": ""}}, "ProfileNotFound"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_error_is_botocores(world: World, name: str) -> None:
    case, code = KNOWN[name]
    assert world.answer(case)["error"] == code
    assert CREDENTIALS.run(case).outcome["error"]["code"] == code


def test_an_sso_session_refreshes_its_token_where_it_can(world: World) -> None:
    case = KNOWN["an expired token of an sso-session"][0]
    fresh = case | {"sso_cache": [case["sso_cache"][0] | {"refreshable": True}]}
    real, outcome = world.answer(fresh), CREDENTIALS.run(fresh).outcome
    assert outcome["status"] == real["status"] == "credentials"
    assert outcome["chain"] == real["chain"]
    assert CREDENTIALS.run(fresh | {"options": {"offline": True}}).outcome["would"] == "refresh the SSO token of corp"


@pytest.mark.parametrize(
    ("sdk", "profile", "region"),
    [
        ("botocore", "old", "from-default"), ("cli-v1", "old", "from-default"), ("cli-v2", "new", "from-region"),
        ("java-v1", "new", "from-region"), ("java-v2", "new", "from-region"),
    ],
)  # fmt: skip
def test_each_client_reads_its_own_variables(sdk: str, profile: str, region: str) -> None:
    variables = {
        "AWS_DEFAULT_PROFILE": "old", "AWS_PROFILE": "new", "AWS_REGION": "from-region",
        "AWS_DEFAULT_REGION": "from-default", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s",
    }  # fmt: skip
    files = {"~/.aws/credentials": "[old]\nx = 1\n[new]\nx = 1\n"}
    outcome = CREDENTIALS.run({"sdk": sdk, "env": variables, "files": files}).outcome
    assert (outcome["profile"], outcome["region"]) == (profile, region)


JAVA = [
    ("java-v1", {"AWS_CREDENTIAL_PROFILES_FILE": "/keys"}, {}, "shared-credentials-file"),
    ("java-v2", {"AWS_SHARED_CREDENTIALS_FILE": "/keys"}, {}, "shared-credentials-file"),
    ("java-v2", {}, {"aws.webIdentityTokenFile": "/token", "aws.roleArn": ROLE}, "assume-role-with-web-identity"),
    ("java-v1", {}, {"aws.accessKeyId": "A", "aws.secretKey": "s"}, "system-properties"),
    ("java-v1", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"}, {}, None),
    ("java-v2", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"}, {}, "iam-role"),
]


@pytest.mark.parametrize(("sdk", "env", "properties", "method"), JAVA)
def test_java_has_its_own_chain(sdk: str, env: dict[str, str], properties: dict[str, str], method: str | None) -> None:
    keys = "[default]\naws_access_key_id = A\naws_secret_access_key = s\n"
    case = {
        "sdk": sdk, "env": env | {"AWS_REGION": "eu-west-1"}, "system_properties": properties,
        "files": {"/keys": keys, "/token": "token"}, "imds": {"mode": "v2", "role": "Web", "access_key": "A"},
    }  # fmt: skip
    assert CREDENTIALS.run(case).outcome["method"] == method


@pytest.mark.parametrize("sdk", ["cli-v2", "java-v1", "java-v2"])
def test_the_region_comes_from_the_instance_at_last(sdk: str) -> None:
    imds = {"mode": "v2", "role": "Web", "access_key": "ASIAWEB", "region": "eu-north-1"}
    assert CREDENTIALS.run({"sdk": sdk, "imds": imds}).outcome["region"] == "eu-north-1"
    assert CREDENTIALS.run({"sdk": "botocore", "imds": imds}).outcome["region"] is None


@given(case=givens())
def test_no_java_provider_ends_the_search(case: dict[str, Any]) -> None:
    for sdk in ("java-v1", "java-v2"):
        outcome = CREDENTIALS.run(case | {"sdk": sdk}, steps=False).outcome
        assert outcome["status"] in ("credentials", "none")
        assert outcome["error"] is None


@given(case=givens())
def test_who_wins_was_asked_last(case: dict[str, Any]) -> None:
    outcome = CREDENTIALS.run(case, steps=False).outcome
    if outcome["status"] == "credentials" and outcome["method"] not in ("assume-role", "explicit"):
        assert outcome["tried"][-1] == outcome["method"]
    assert all(call["signed_with"] for call in outcome["chain"] if call["call"] == "AssumeRole")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"sdk": "boto2"}, "/sdk"), ({"cod": {}}, "/cod"), ({"imds": {"mode": "v3"}}, "/imds/mode"),
        ({"container": {"status": "200"}}, "/container/status"),
    ],
)  # fmt: skip
def test_wrong_keys_are_named(wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(GivenError) as problem:
        CREDENTIALS.run(wrong)
    assert problem.value.pointer == place


SSO_PROFILE = """[default]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Dev
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
"""


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ('{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z"}', "credentials", None),
        ('{"accessToken": "t", "expiresAt": "2001-01-01T00:00:00Z"}', "error", "TokenRetrievalError"),
        ("no JSON", "error", "SSOTokenLoadError"), (None, "error", "SSOTokenLoadError"),
    ],
)  # fmt: skip
def test_the_sso_cache_may_be_a_file(text: str | None, status: str, code: str | None) -> None:
    cache = f"~/.aws/sso/cache/{sha1(b'corp').hexdigest()}.json"
    files = {"~/.aws/config": SSO_PROFILE, cache: text}
    outcome = CREDENTIALS.run({"files": files, "now": "2026-11-24T00:00:00Z"}).outcome
    assert (outcome["status"], (outcome["error"] or {}).get("code")) == (status, code)


@pytest.mark.parametrize(("service", "fails"), [("sqs", True), ("dynamodb", True), ("iam", False), ("sts", False)])
def test_which_clients_botocore_makes_without_a_region(
    service: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the note on regions says: only a service with a global endpoint goes without."""
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    session = botocore.session.Session()
    session.set_credentials("AKIATEST", "s")
    if fails:
        with pytest.raises(botocore.exceptions.NoRegionError):
            session.create_client(service)
    else:
        assert session.create_client(service).meta.endpoint_url == f"https://{service}.amazonaws.com"


def test_a_home_folder_may_be_handed_over_whole() -> None:
    keys = "[default]\naws_access_key_id = AKIAHOME\naws_secret_access_key = s\n"
    outcome = CREDENTIALS.run(
        {"files": {".aws/credentials": keys, ".aws/config": "[default]\nregion = eu-west-1"}}
    ).outcome
    assert (outcome["access_key"], outcome["region"]) == ("AKIAHOME", "eu-west-1")


def test_null_is_as_good_as_nothing() -> None:
    names = (
        "code",
        "env",
        "files",
        "container",
        "imds",
        "processes",
        "sso_cache",
        "system_properties",
        "options",
        "now",
    )
    assert CREDENTIALS.run(dict.fromkeys(names)) == CREDENTIALS.run({})
    with pytest.raises(GivenError):
        CREDENTIALS.run({"sdk": 2})


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000])
def test_hostile_answers_are_errors_of_the_provider(deep: str) -> None:
    """Nesting that no parser follows is no JSON; half a character is no text."""
    process = {
        "files": {"~/.aws/config": "[default]\ncredential_process = tool"},
        "processes": {"tool": {"stdout": deep}},
    }
    container = {"env": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"}, "container": {"body": deep}}
    assert CREDENTIALS.run(process).outcome["error"]["code"] == "JSONDecodeError"
    assert CREDENTIALS.run(container).outcome["error"]["code"] == "CredentialRetrievalError"
    with pytest.raises(GivenError):
        CREDENTIALS.run({"imds": {"role": "\ud800"}})


# The learner's own machine

HOME = "/home/jane"


def own_machine(case: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The environment and the files of a case as a learner's machine has them."""
    files = {path.replace("~", HOME, 1): text for path, text in case["files"].items()}
    for entry in case["sso_cache"]:
        token = {"expiresAt": "2001-01-01T00:00:00Z" if entry.get("expired") else "2099-01-01T00:00:00Z"}
        token |= {"accessToken": entry["token"]} if "token" in entry else {}
        token |= REFRESHING if entry.get("refreshable") else {}
        files[f"{HOME}/.aws/sso/cache/{sha1(entry['key'].encode()).hexdigest()}.json"] = json.dumps(token)
    return case["env"] | {"HOME": HOME}, files


SHORT_EXTERNAL_ID: dict[str, Any] = {
    "env": {}, "sso_cache": [], "now": None,
    "files": {"~/.aws/config": "[default]\nrole_arn = arn:aws:iam::123456789012:role/Web\nsource_profile = default\n"
              "external_id = a\naws_access_key_id = AKIACONF\naws_secret_access_key = s\nregion = eu-west-1\n"},
}  # fmt: skip


@example(case=SHORT_EXTERNAL_ID)
@given(case=st.one_of(givens(), chains()))
def test_masks_change_nothing_but_the_secrets(case: dict[str, Any]) -> None:
    env, files = own_machine(case)
    raw = CREDENTIALS.run(case | {"env": env, "code": {}, "options": {"offline": True}}).outcome
    masked = CREDENTIALS.run(given_from(env, files, case["now"])).outcome
    compared = ("status", "method", "region", "profile", "tried")
    assert {key: masked[key] for key in compared} == {key: raw[key] for key in compared}
    assert (masked["error"] or {}).get("code") == (raw["error"] or {}).get("code")


@given(case=st.one_of(givens(), chains()))
def test_every_file_that_counts_is_wanted(case: dict[str, Any]) -> None:
    env, files = own_machine(case)
    first = {path: files[path] for path in files_wanted(env, HOME) if path in files}
    wanted = {path: files[path] for path in files_wanted(env, HOME, first) if path in files}
    outcomes = [CREDENTIALS.run(given_from(env, read, case["now"])).outcome for read in (wanted, files)]
    assert outcomes[0] == outcomes[1]


SECRET = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=40, max_size=40).filter(
    lambda text: any(c.islower() for c in text) and any(c.isdigit() for c in text)
)
PLACES = (
    "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {}\naws_session_token = {}\n",
    "[default]\naws_access_key_id = {}\naws_secret_access_key: {}\n",
    "# old: {}\n; {}\n[default]\nregion = eu-west-1\n",
    "[default]\nmy_password = {}\ns3 =\n  key = {}\n  {}\n",
    "[default]\ncredential_process = vault --token {} '{}'\n",
    "[default]\ncredential_process = TOKEN={} vault\n",
    "[default]\ncredential_process = 'open {}\n",
    "[default]\nrole_arn = {}\nsource_profile = {}\n",
    "[{}]\nregion = {}\n",
    "{}\n",
    "[default]\n{}\n",
    "[default]\nregion = {}\naws_secret_access_key\n  = {}\n",
    "[default] {}\nregion = eu-west-1\n",
    "AWSAccessKeyId={}\nAWSSecretKey={}\n",
)


@given(st.sampled_from(PLACES), st.sampled_from(PLACES), SECRET, SECRET)
def test_no_secret_gets_through(config: str, credentials: str, one: str, other: str) -> None:
    env = {
        "AWS_SECRET_ACCESS_KEY": one, "AWS_SESSION_TOKEN": other, "AWS_SECURITY_TOKEN": one, "HOME": HOME,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": other, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{one}@localhost/{other}",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": f"/v2/{one}", "MY_SECRET": one, "AWS_ROLE_SESSION_NAME": other,
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/tokens/web", "AWS_CREDENTIAL_FILE": "/tokens/ec2",
    }  # fmt: skip
    token = json.dumps({"accessToken": one, "refreshToken": other, "expiresAt": "2099-01-01T00:00:00Z"})
    files = {
        f"{HOME}/.aws/config": config.replace("{}", one), f"{HOME}/.aws/credentials": credentials.replace("{}", other),
        "/tokens/web": one, "/tokens/ec2": f"AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\nAWSSecretKey={other}\nx={one}\n",
        f"{HOME}/.aws/sso/cache/{sha1(b'corp').hexdigest()}.json": token,
    }  # fmt: skip
    machine = given_from(env, files)
    trace = CREDENTIALS.run(machine)
    told = json.dumps([machine, msgspec.to_builtins(trace)])
    assert one not in told and other not in told
    assert "AKIAIOSFODNN7EXAMPLE" not in told


def test_the_ends_of_a_key_are_shown() -> None:
    machine = given_from({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}, {})
    outcome = CREDENTIALS.run(machine).outcome
    assert (outcome["status"], outcome["access_key"]) == ("credentials", "AKIA…MPLE")


def test_offline_says_what_would_be_called() -> None:
    files = {f"{HOME}/.aws/config": "[default]\ncredential_process = /opt/vault --token abc\n"}
    outcome = CREDENTIALS.run(given_from({"HOME": HOME}, files)).outcome
    assert (outcome["status"], outcome["would"]) == ("unknown", "run the credential_process `/opt/vault`")


TWICE = '{"Version": 1, "AccessKeyId": "AKIA1",\n"AccessKeyId": "AKIA2", "SecretAccessKey": "s", "Token": "t",'
TWICE += '"Expiration": "2099-01-01T00:00:00Z"}'
TOKEN_TWICE = '{"accessToken": "a",\n"accessToken": "b", "expiresAt": "2099-01-01T00:00:00Z"}'
SSO_PROFILE = f"[default]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=Dev\n{SSO}"
SSO_FILE = f"~/.aws/sso/cache/{sha1(b'corp', usedforsecurity=False).hexdigest()}.json"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"files": {"~/.aws/config": "[default]\ncredential_process = p\n"}, "processes": {"p": {"stdout": TWICE}}},
         "AccessKeyId"),
        ({"env": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"}, "container": {"body": TWICE}}, "AccessKeyId"),
        ({"files": {"~/.aws/config": SSO_PROFILE, SSO_FILE: TOKEN_TWICE}}, "accessToken"),
    ],
)  # fmt: skip
def test_a_duplicate_key_in_json_is_told(given: dict[str, Any], key: str) -> None:
    trace = CREDENTIALS.run({"sdk": "botocore", **given})
    told = [step.title for step in trace.steps if step.rule.endswith("jsonDuplicate")]
    assert trace.outcome["status"] == "credentials"
    assert trace.outcome["access_key"] != "AKIA1"
    assert len(told) == 1
    assert f"duplicate key `{key}`, line 2" in told[0]

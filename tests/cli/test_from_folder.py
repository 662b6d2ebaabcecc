"""`dva simulate NAME --from DIR`: the learner's own files are read, masked and never acted upon."""

import json
import os
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from clean import watched
from running import RunDva

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRETS = {
    "secret key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "session token": "FwoGZXIvYXdzEPT" + "tokenTOKEN0123456789" * 6 + "==",
    "password of a command": "hunter2-of-the-vault",
    "external id": "external-7f3a91c0",
    "web identity token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl",
    "SSO access token": "sso-access-5d8e2b",
    "SSO refresh token": "sso-refresh-91bc77",
    "SSO client secret": "sso-client-secret-40aa",
    "key in a comment": "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    "key of a variable": "Zk9Qp1mVtR4xYw7LhJ2sDf6GbN8cXaEXAMPLEKEY",
}
PROFILES = ("", "tool", "sso", "role", "web")
FORMS = {
    "drawn": (), "plain": ("--plain",), "json": ("--json",), "outcome alone": ("--no-steps",), "stepped": ("--step",),
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with every kind of secret; its `credential_process` would leave the file `started`."""
    home = tmp_path / "someone"
    cache = home / ".aws" / "sso" / "cache" / f"{sha1(b'corp').hexdigest()}.json"
    cache.parent.mkdir(parents=True)
    token = {"accessToken": SECRETS["SSO access token"], "expiresAt": "2099-01-01T00:00:00Z"}
    token |= {"refreshToken": SECRETS["SSO refresh token"], "clientSecret": SECRETS["SSO client secret"]}
    cache.write_text(json.dumps(token))
    (home / "token").write_text(SECRETS["web identity token"])
    (home / ".aws" / "credentials").write_text(
        f"# before: {SECRETS['key in a comment']}\n[default]\naws_access_key_id = {KEY_ID}\n"
        f"aws_secret_access_key = {SECRETS['secret key']}\naws_session_token = {SECRETS['session token']}\n"
    )
    (home / ".aws" / "config").write_text(
        f"[profile tool]\ncredential_process = touch {home}/started --password {SECRETS['password of a command']}\n"
        "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
        "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = default\n"
        f"region = eu-west-1\nexternal_id = {SECRETS['external id']}\n"
        "[profile web]\nrole_arn = arn:aws:iam::111122223333:role/Web\nregion = eu-west-1\n"
        f"web_identity_token_file = {home}/token\n"
    )
    return home


def outcome(run_dva: RunDva, name: str, folder: Path, **env: str) -> dict[str, Any]:
    """The outcome of a simulation on a folder."""
    done = run_dva("simulate", name, "--from", folder, "--json", env=env)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)["outcome"]
    return result


def one_line(error: str) -> None:
    """An error is a sentence, with a hint below at most."""
    assert error.startswith("dva: error: ") and error.count("\n") <= 2 and "Traceback" not in error


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_shown(run_dva: RunDva, home: Path, form: str) -> None:
    variables = {"AWS_SECRET_ACCESS_KEY": SECRETS["key of a variable"], "AWS_SESSION_TOKEN": SECRETS["session token"]}
    environments = [{"AWS_PROFILE": profile} if profile else {} for profile in PROFILES]
    environments.append({"AWS_ACCESS_KEY_ID": KEY_ID, **variables})
    for env in environments:
        done = run_dva("simulate", "credentials", "--from", home, *FORMS[form], stdin="\n" * 40, env=env)
        assert done.returncode == 0 and len(done.stdout) > 100, (env, done.stderr)
        shown = "".join((done.stdout + done.stderr).split())
        for what, secret in {**SECRETS, "key id": KEY_ID}.items():
            assert secret not in shown and secret[5:13] not in shown, (env, what)


def test_nothing_is_started_or_called_and_no_file_is_touched(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    for profile in PROFILES:
        monkeypatch.setenv("AWS_PROFILE", profile or "default")
        _, asked, shown = watched("simulate", "credentials", "--from", str(home), "--json")
        assert asked == [] and '"outcome"' in shown
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_it_says_which_provider_has_keys_and_what_would_be_done(run_dva: RunDva, home: Path) -> None:
    found = outcome(run_dva, "credentials", home)
    assert (found["status"], found["method"]) == ("credentials", "shared-credentials-file")
    assert found["access_key"] == "AKIA…MPLE" and found["session_token"] == "****"
    would = {name: outcome(run_dva, "credentials", home, AWS_PROFILE=name)["would"] for name in ("tool", "sso", "role")}
    assert would["tool"] == "run the credential_process `touch`"
    assert would["sso"].startswith("call GetRoleCredentials for 111122223333:Dev")
    assert would["role"].startswith("call AssumeRole for arn:aws:iam::111122223333:role/Ops")
    own = outcome(run_dva, "credentials", home, AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY="x" * 40)
    assert own["method"] == "env"


def test_a_home_of_links_is_read_as_one_of_files(run_dva: RunDva, home: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / ".aws").symlink_to(home / ".aws")
    assert outcome(run_dva, "credentials", linked) == outcome(run_dva, "credentials", home)
    (tmp_path / "itself").symlink_to(home)
    assert outcome(run_dva, "credentials", tmp_path / "itself") == outcome(run_dva, "credentials", home)


@pytest.mark.parametrize("damage", ["binary", "too large", "folder", "dangling", "circle", "no rights"])
def test_a_file_that_cannot_be_read_is_as_none(run_dva: RunDva, home: Path, damage: str) -> None:
    file = home / ".aws" / "credentials"
    text = file.read_text()
    file.unlink()
    match damage:
        case "binary":
            file.write_bytes(b"\xff\xfe" + text.encode())
        case "too large":
            file.write_text(text + "#" * 1024 * 1024)
        case "folder":
            file.mkdir()
        case "dangling":
            file.symlink_to(home / "gone")
        case "circle":
            file.symlink_to(file)
        case "no rights":
            if os.geteuid() == 0:
                pytest.skip("the superuser may read everything")
            file.write_text(text)
            file.chmod(0)
    found = outcome(run_dva, "credentials", home)
    assert found["method"] is None and "shared-credentials-file" in found["tried"]


def test_an_empty_home_has_no_credentials(run_dva: RunDva, tmp_path: Path) -> None:
    assert outcome(run_dva, "credentials", tmp_path)["method"] is None


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """The folder of an application for Elastic Beanstalk."""
    folder = tmp_path / "application"
    (folder / ".ebextensions").mkdir(parents=True)
    (folder / "app.py").write_text("print('hello')\n")
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\xff")
    (folder / ".ebextensions" / "02-more.config").write_text(
        "option_settings:\n  aws:elasticbeanstalk:command:\n    DeploymentPolicy: Immutable\n"
    )
    (folder / ".ebextensions" / "01-start.config").write_text(
        "option_settings:\n  aws:elasticbeanstalk:command:\n    DeploymentPolicy: Rolling\n"
        "commands:\n  hello:\n    command: echo hello\n"
    )
    return folder


def policy(run_dva: RunDva, folder: Path) -> tuple[str, str]:
    """Value and source of the deployment policy that beanstalk-options resolves."""
    (value,) = outcome(run_dva, "beanstalk-options", folder)["values"]
    return value["value"], value["source"]


def test_beanstalk_reads_the_folder_of_an_application(run_dva: RunDva, application: Path) -> None:
    assert policy(run_dva, application) == ("Immutable", ".ebextensions/02-more.config")
    ended = outcome(run_dva, "beanstalk-ebextensions", application)
    assert ended["options"]["aws:elasticbeanstalk:command"] == {"DeploymentPolicy": "Immutable"}
    assert ended["instances"] == {"leader": ["hello"], "other": ["hello"]}


def test_the_folder_of_config_files_alone_will_do(run_dva: RunDva, application: Path) -> None:
    whole, inside = (
        outcome(run_dva, "beanstalk-ebextensions", folder) for folder in (application, application / ".ebextensions")
    )
    assert inside == whole


def test_links_in_a_folder_are_read_and_never_followed_in_a_circle(run_dva: RunDva, application: Path) -> None:
    extensions = application / ".ebextensions"
    (extensions / "02-more.config").rename(application / "kept-elsewhere")
    (extensions / "02-more.config").symlink_to(application / "kept-elsewhere")
    (extensions / "03-gone.config").symlink_to(application / "gone")
    (application / "circle").symlink_to(application)
    assert policy(run_dva, application) == ("Immutable", ".ebextensions/02-more.config")


def test_a_broken_file_of_a_folder_is_told_by_its_name(run_dva: RunDva, application: Path) -> None:
    (application / ".ebextensions" / "03-broken.config").write_text("commands: [\n")
    done = run_dva("simulate", "beanstalk-ebextensions", "--from", application)
    assert "03-broken.config" in done.stdout + done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["credentials", "beanstalk-options", "beanstalk-ebextensions"])
@pytest.mark.parametrize("place", ["nowhere", "application/app.py"])
def test_what_is_no_folder_is_refused(run_dva: RunDva, application: Path, name: str, place: str) -> None:
    done = run_dva("simulate", name, "--from", application.parent / place)
    assert done.returncode == 2
    one_line(done.stderr)


def test_an_engine_that_reads_no_folder_says_so(run_dva: RunDva, application: Path) -> None:
    done = run_dva("simulate", "ecs-placement", "--from", application)
    assert done.returncode == 2 and "ecs-placement" in done.stderr
    one_line(done.stderr)


def test_a_folder_of_too_many_files_is_refused(run_dva: RunDva, application: Path) -> None:
    for n in range(2001):
        (application / f"{n}.txt").touch()
    done = run_dva("simulate", "beanstalk-options", "--from", application)
    assert done.returncode == 2 and "2000 files" in done.stderr
    one_line(done.stderr)

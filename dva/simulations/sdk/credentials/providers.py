"""The providers that read the environment and files, each as botocore asks it."""

import json
import shlex
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from dva.aws import ini
from dva.simulations.sdk.credentials.search import CallNeeded, DeferredKeys, Keys, ProviderError, Search, ready

ID, SECRET = "aws_access_key_id", "aws_secret_access_key"
TOKENS = ("aws_security_token", "aws_session_token")


def env(search: Search, profile: str) -> DeferredKeys | None:
    """Read AWS_ACCESS_KEY_ID and its companions."""
    variables = search.env
    if not variables.get("AWS_ACCESS_KEY_ID"):
        return search.skip("env", "AWS_ACCESS_KEY_ID is empty or not set")
    if not variables.get("AWS_SECRET_ACCESS_KEY"):
        message = "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"
        if search.run.using(half_pair_ends)():
            raise search.fail("env", "PartialCredentialsError", message)
        return search.skip("env", message)
    search.record("env", f"has {variables['AWS_ACCESS_KEY_ID']}")
    return env_keys(search)


def env_keys(search: Search) -> DeferredKeys | None:
    """Return the keys in the environment, which `credential_source = Environment` wants too."""
    variables = search.env
    access_key = variables.get("AWS_ACCESS_KEY_ID")
    if not access_key:
        return None
    if not variables.get("AWS_SECRET_ACCESS_KEY"):
        raise ProviderError("PartialCredentialsError", "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
    token = variables.get("AWS_SECURITY_TOKEN") or variables.get("AWS_SESSION_TOKEN") or None
    expiration = variables.get("AWS_CREDENTIAL_EXPIRATION") or None
    return search.expiring(Keys(access_key, token, "env"), readable_expiration(expiration))


def readable_expiration(expiration: object) -> object:
    """Return an expiration that can be read: one without a digit is not a date."""
    if expiration is not None and not any(letter.isdigit() for letter in str(expiration)):
        raise ProviderError("ParserError", f"`{expiration}` is not a date")
    return expiration


def shared_credentials_file(search: Search, profile: str) -> DeferredKeys | None:
    """Read static keys of the profile, from the credentials file only."""
    return _static(search, "shared-credentials-file", search.credentials.get(profile), f"[{profile}]")


def config_file(search: Search, profile: str) -> DeferredKeys | None:
    """Read static keys of the profile, from the config file only."""
    title = "[default]" if profile == "default" else f"[profile {profile}]"
    return _static(search, "config-file", search.config.profiles.get(profile), title)


def _static(search: Search, name: str, section: Mapping[str, Any] | None, title: str) -> DeferredKeys | None:
    if section is None:
        return search.skip(name, f"no section {title}")
    if ID not in section:
        return search.skip(name, f"{title} has no {ID}")
    if SECRET not in section:
        raise search.fail(name, "PartialCredentialsError", f"{title} has {ID} but no {SECRET}")
    search.record(name, f"has {section[ID]} in {title}")
    token = next((section[key] for key in TOKENS if key in section), None)
    return ready(Keys(str(section[ID]), token, name))


def login(search: Search, profile: str) -> DeferredKeys | None:
    """Read what `aws login` left in the cache; botocore alone cannot without its crt extra."""
    session = search.section(profile).get("login_session")
    if session is None:
        return search.skip("login", "the profile has no login_session")
    if search.given.sdk != "cli-v2":
        raise search.fail("login", "MissingDependencyException", "login_session needs `pip install botocore[crt]`")
    token = _login_token(search, str(session))
    if token is None:
        raise search.fail("login", "LoginTokenLoadError", "no cached login: run `aws login`")
    search.record("login", f"has {token['accessKeyId']} in the cache")
    keys = Keys(str(token["accessKeyId"]), str(token.get("sessionToken")), "login")
    return search.expiring(keys, token.get("expiresAt"))


def _login_token(search: Search, session: str) -> dict[str, Any] | None:
    folder = search.env.get("AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache").rstrip("/")
    name = f"{folder}/{sha256(session.encode()).hexdigest()}.json"
    content = search.machine.files.get(search.machine.expanded(name))
    try:
        parsed = content if isinstance(content, dict) else json.loads(content or "")
    except (ValueError, RecursionError):
        return None
    search.tell_duplicate(name, content)
    token = parsed.get("accessToken") if isinstance(parsed, dict) else None
    return token if isinstance(token, dict) and "accessKeyId" in token else None


def custom_process(search: Search, profile: str) -> DeferredKeys | None:
    """Run `credential_process`, from whichever file has it."""
    command = search.section(profile).get("credential_process")
    name = "custom-process"
    if command is None:
        return search.skip(name, "the profile has no credential_process")
    try:
        words = shlex.split(str(command))
    except ValueError as problem:
        raise search.fail(name, "ValueError", f"credential_process: {problem}") from None
    if not words:
        raise search.fail(name, "IndexError", "credential_process is empty")
    if search.offline:
        search.record(name, f"would run `{words[0]}`")
        raise CallNeeded(f"run the credential_process `{words[0]}`")
    answer = _answer(search, words[0])
    search.record(name, f"has {answer['AccessKeyId']} from `{words[0]}`")
    expiration = readable_expiration(answer.get("Expiration"))
    return search.expiring(Keys(str(answer["AccessKeyId"]), answer.get("SessionToken"), name), expiration)


def _answer(search: Search, word: str) -> dict[str, Any]:
    """Return what the process prints, which must be version 1 with both keys."""
    process = search.given.processes.get(word)

    def fails(code: str, message: str) -> ProviderError:
        return search.fail("custom-process", code, f"`{word}` {message}")

    if process is None:
        raise fails("FileNotFoundError", "is not there")
    if process.rc != 0:
        raise fails("CredentialRetrievalError", f"ended with {process.rc}")
    try:
        answer = json.loads(process.stdout) if isinstance(process.stdout, str) else process.stdout
    except (ValueError, RecursionError):
        raise fails("JSONDecodeError", "did not print JSON") from None
    if not isinstance(answer, dict):
        raise fails("AttributeError", "did not print a JSON object")
    search.tell_duplicate(f"The output of `{word}`", process.stdout)
    version = answer.get("Version")
    if version != 1:
        raise fails("CredentialRetrievalError", f"printed version {version!r}, only 1 is understood")
    missing = [key for key in ("AccessKeyId", "SecretAccessKey") if key not in answer]
    if missing:
        raise fails("CredentialRetrievalError", f"printed no {missing[0]}")
    return answer


def ec2_credentials_file(search: Search, profile: str) -> DeferredKeys | None:
    """Read AWS_CREDENTIAL_FILE: lines `AWSAccessKeyId=...` and `AWSSecretKey=...`."""
    name = "ec2-credentials-file"
    if "AWS_CREDENTIAL_FILE" not in search.env:
        return search.skip(name, "AWS_CREDENTIAL_FILE is not set")
    content = search.machine.files.get(search.machine.path(search.env["AWS_CREDENTIAL_FILE"]))
    if not isinstance(content, str):
        raise search.fail(name, "ConfigNotFound", "the file that AWS_CREDENTIAL_FILE names is not there")
    pairs = dict([part.strip() for part in line.split("=", 1)] for line in content.splitlines() if "=" in line)
    if "AWSAccessKeyId" not in pairs:
        return search.skip(name, "the file has no AWSAccessKeyId")
    if "AWSSecretKey" not in pairs:
        raise search.fail(name, "KeyError", "the file has no AWSSecretKey")
    search.record(name, f"has {pairs['AWSAccessKeyId']}")
    return ready(Keys(pairs["AWSAccessKeyId"], None, name))


def boto_config(search: Search, profile: str) -> DeferredKeys | None:
    """Read the files of boto 2: BOTO_CONFIG, else /etc/boto.cfg and ~/.boto."""
    name = "boto-config"
    files = [search.env["BOTO_CONFIG"]] if "BOTO_CONFIG" in search.env else ["/etc/boto.cfg", "~/.boto"]
    for path in files:
        try:
            section = (search.machine.sections(path) or {}).get("Credentials", {})
        except ini.IniError as problem:
            raise search.fail(name, "ConfigParseError", f"{path}: {problem}") from None
        if ID in section and SECRET not in section:
            raise search.fail(name, "PartialCredentialsError", f"{path} has {ID} but no {SECRET}")
        if ID in section:
            keys = Keys(str(section[ID]), None, name)
            search.record(name, f"has {keys.access_key} in {path}")
            return ready(keys)
    return search.skip(name, f"no keys in {' or '.join(files)}")


# The rule function that a belief replaces


def half_pair_ends() -> bool:
    """Return whether half a pair of keys in the environment ends the search."""
    return True

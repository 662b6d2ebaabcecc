"""The providers that read the environment and files, each as botocore asks it.

A provider is given the search and a profile; it returns how to get keys, or None where it has nothing to say.
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from dva.aws import ini
from dva.simulations._before import Rule
from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._search import Found, Keys, Needs, Raised, Search

ID, SECRET = "aws_access_key_id", "aws_secret_access_key"
TOKENS = ("aws_security_token", "aws_session_token")


def env(search: Search, profile: str) -> Found | None:
    """AWS_ACCESS_KEY_ID and its companions."""
    variables = search.env
    if not variables.get("AWS_ACCESS_KEY_ID"):
        search.passes("env", rules.ENV, "AWS_ACCESS_KEY_ID is empty or not set")
        return None
    if not variables.get("AWS_SECRET_ACCESS_KEY"):
        message = "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"
        if search.how.half_pair_ends():
            raise search.failing("env", rules.ENV, "PartialCredentialsError", message)
        search.passes("env", rules.ENV, message)
        return None
    search.asked("env", rules.ENV, f"has {variables['AWS_ACCESS_KEY_ID']}")
    return env_keys(search)


def env_keys(search: Search) -> Found | None:
    """The keys in the environment, untold: `credential_source = Environment` wants them too."""
    variables = search.env
    access_key = variables.get("AWS_ACCESS_KEY_ID")
    if not access_key:
        return None
    if not variables.get("AWS_SECRET_ACCESS_KEY"):
        raise Raised("PartialCredentialsError", "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
    token = variables.get("AWS_SECURITY_TOKEN") or variables.get("AWS_SESSION_TOKEN") or None
    expiration = variables.get("AWS_CREDENTIAL_EXPIRATION") or None
    return search.fresh(Keys(access_key, token, "env"), readable(expiration))


def readable(expiration: object) -> object:
    """An expiration that has no digit is no date."""
    if expiration is not None and not any(letter.isdigit() for letter in str(expiration)):
        raise Raised("ParserError", f"`{expiration}` is not a date")
    return expiration


def shared_credentials_file(search: Search, profile: str) -> Found | None:
    """Static keys of the profile, from the credentials file only."""
    section = search.credentials.get(profile)
    return _static(search, "shared-credentials-file", rules.SHARED, section, f"[{profile}]")


def config_file(search: Search, profile: str) -> Found | None:
    """Static keys of the profile, from the config file only."""
    section = search.config.profiles.get(profile)
    title = "[default]" if profile == "default" else f"[profile {profile}]"
    return _static(search, "config-file", rules.CONFIG_FILE, section, title)


def _static(search: Search, name: str, rule: Rule, section: Mapping[str, Any] | None, title: str) -> Found | None:
    if section is None:
        search.passes(name, rule, f"no section {title}")
        return None
    if ID not in section:
        search.passes(name, rule, f"{title} has no {ID}")
        return None
    if SECRET not in section:
        raise search.failing(name, rule, "PartialCredentialsError", f"{title} has {ID} but no {SECRET}")
    search.asked(name, rule, f"has {section[ID]} in {title}")
    token = next((section[key] for key in TOKENS if key in section), None)
    keys = Keys(str(section[ID]), token, name)
    return lambda: keys


def login(search: Search, profile: str) -> Found | None:
    """`login_session`: what `aws login` left in the cache; botocore alone cannot read it without its crt extra."""
    session = search.section(profile).get("login_session")
    if session is None:
        search.passes("login", rules.LOGIN, "the profile has no login_session")
        return None
    if search.given.sdk != "cli-v2":
        raise search.failing(
            "login", rules.LOGIN, "MissingDependencyException", "login_session needs `pip install botocore[crt]`"
        )
    token = _login_token(search, str(session))
    if token is None:
        raise search.failing("login", rules.LOGIN, "LoginTokenLoadError", "no cached login: run `aws login`")
    search.asked("login", rules.LOGIN, f"has {token['accessKeyId']} in the cache")
    keys = Keys(str(token["accessKeyId"]), str(token.get("sessionToken")), "login")
    return search.fresh(keys, token.get("expiresAt"))


def _login_token(search: Search, session: str) -> dict[str, Any] | None:
    from hashlib import sha256

    folder = search.env.get("AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache").rstrip("/")
    name = f"{folder}/{sha256(session.encode()).hexdigest()}.json"
    content = search.machine.files.get(search.machine.expanded(name))
    parsed = content if isinstance(content, dict) else _json(content or "")
    token = parsed.get("accessToken") if isinstance(parsed, dict) else None
    return token if isinstance(token, dict) and "accessKeyId" in token else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def custom_process(search: Search, profile: str) -> Found | None:
    """`credential_process`, from whichever file has it."""
    command = search.section(profile).get("credential_process")
    name, rule = "custom-process", rules.PROCESS
    if command is None:
        search.passes(name, rule, "the profile has no credential_process")
        return None
    try:
        words = shlex.split(str(command))
    except ValueError as problem:
        raise search.failing(name, rule, "ValueError", f"credential_process: {problem}") from None
    if not words:
        raise search.failing(name, rule, "IndexError", "credential_process is empty")
    if search.offline:
        search.asked(name, rule, f"would run `{words[0]}`")
        raise Needs(f"run the credential_process `{words[0]}`")
    answer = _answer(search, words[0])
    search.asked(name, rule, f"has {answer['AccessKeyId']} from `{words[0]}`")
    expiration = readable(answer.get("Expiration"))
    return search.fresh(Keys(str(answer["AccessKeyId"]), answer.get("SessionToken"), name), expiration)


def _answer(search: Search, word: str) -> dict[str, Any]:
    """What the process prints, once it was found to be version 1 with both keys."""
    process = search.given.processes.get(word)

    def fails(code: str, message: str) -> Raised:
        return search.failing("custom-process", rules.PROCESS, code, f"`{word}` {message}")

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
    version = answer.get("Version")
    if version != 1:
        raise fails("CredentialRetrievalError", f"printed version {version!r}, only 1 is understood")
    missing = [key for key in ("AccessKeyId", "SecretAccessKey") if key not in answer]
    if missing:
        raise fails("CredentialRetrievalError", f"printed no {missing[0]}")
    return answer


def ec2_credentials_file(search: Search, profile: str) -> Found | None:
    """AWS_CREDENTIAL_FILE: lines `AWSAccessKeyId=...` and `AWSSecretKey=...`."""
    name, rule = "ec2-credentials-file", rules.EC2_FILE
    if "AWS_CREDENTIAL_FILE" not in search.env:
        search.passes(name, rule, "AWS_CREDENTIAL_FILE is not set")
        return None
    content = search.machine.files.get(search.machine.path(search.env["AWS_CREDENTIAL_FILE"]))
    if not isinstance(content, str):
        raise search.failing(name, rule, "ConfigNotFound", "the file that AWS_CREDENTIAL_FILE names is not there")
    pairs = dict([part.strip() for part in line.split("=", 1)] for line in content.splitlines() if "=" in line)
    if "AWSAccessKeyId" not in pairs:
        search.passes(name, rule, "the file has no AWSAccessKeyId")
        return None
    if "AWSSecretKey" not in pairs:
        raise search.failing(name, rule, "KeyError", "the file has no AWSSecretKey")
    search.asked(name, rule, f"has {pairs['AWSAccessKeyId']}")
    return lambda: Keys(pairs["AWSAccessKeyId"], None, name)


def boto_config(search: Search, profile: str) -> Found | None:
    """The files of boto 2: BOTO_CONFIG, else /etc/boto.cfg and ~/.boto."""
    name, rule = "boto-config", rules.BOTO
    files = [search.env["BOTO_CONFIG"]] if "BOTO_CONFIG" in search.env else ["/etc/boto.cfg", "~/.boto"]
    for path in files:
        try:
            section = (search.machine.sections(path) or {}).get("Credentials", {})
        except ini.IniError as problem:
            raise search.failing(name, rule, "ConfigParseError", f"{path}: {problem}") from None
        if ID in section and SECRET not in section:
            raise search.failing(name, rule, "PartialCredentialsError", f"{path} has {ID} but no {SECRET}")
        if ID in section:
            keys = Keys(str(section[ID]), None, name)
            search.asked(name, rule, f"has {keys.access_key} in {path}")
            return lambda found=keys: found  # type: ignore[misc]
    search.passes(name, rule, f"no keys in {' or '.join(files)}")
    return None

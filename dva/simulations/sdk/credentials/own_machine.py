"""The learner's own machine as a `given`, with every secret masked before it enters.

The caller reads what `files_wanted` names and hands the texts over; nothing is opened here. What is kept is
named below, everything else becomes a mask: a value that is not known to be harmless never gets through.
"""

import json
import re
import shlex
from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from dva.aws import ini
from dva.simulations.sdk.credentials.search import is_past

MASK = "****"
ACCESS_KEY = re.compile(r"[A-Z0-9]{16,128}")
SECRET_LOOKING = re.compile(
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"
    r"|(?<![A-Za-z0-9/+=])(?=[^:. ]*[a-z])(?=[^:. ]*[A-Z0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
    r"|[A-Za-z0-9/+=_-]{80,}"
)
"""A key id, a secret key (40 letters), a session token: masked even where a value is kept."""

KEPT_VARIABLES = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_CREDENTIAL_EXPIRATION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_V1_DISABLED", "AWS_LOGIN_CACHE_DIRECTORY", "HOME",
)  # fmt: skip
MASKED_VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)  # fmt: skip
KEPT_SETTINGS = (
    "region", "output", "role_arn", "source_profile", "credential_source", "web_identity_token_file",
    "duration_seconds", "role_session_name", "mfa_serial", "sso_session", "sso_start_url", "sso_region",
    "sso_account_id", "sso_role_name", "sso_registration_scopes", "login_session", "ec2_metadata_v1_disabled",
)  # fmt: skip
ADDRESSES = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
REFRESHING = ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt")
EXISTENCE = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")


def files_wanted(env: Mapping[str, str], home: str, read: Mapping[str, str] | None = None) -> list[str]:
    """Return the files to read; with `read`, the texts read so far, also those that the profiles name.

    Token files are wanted for their existence only: their text may be handed over empty.
    """
    names = [*_setting_files(env), *(env[name] for name in ("AWS_CREDENTIAL_FILE", *EXISTENCE) if name in env)]
    for text in (read or {}).values():
        names += _named_by(text)
    return list(dict.fromkeys(_at_home(name, home) for name in names if name))


def _setting_files(env: Mapping[str, str]) -> list[str]:
    """Return the INI files."""
    boto = [env["BOTO_CONFIG"]] if "BOTO_CONFIG" in env else ["/etc/boto.cfg", "~/.boto"]
    return [env.get("AWS_CONFIG_FILE", "~/.aws/config"),
            env.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), *boto]  # fmt: skip


def _at_home(name: str, home: str) -> str:
    for start in ("~/", "$HOME/", "${HOME}/"):
        if name.startswith(start):
            return f"{home.rstrip('/')}/{name[len(start) :]}"
    return name


def _named_by(text: str) -> list[str]:
    """Return the token files and SSO caches that a config or credentials file names."""
    try:
        sections = ini.parse(text)
    except ini.IniError:
        return []

    def values(*keys: str) -> list[str]:
        return [str(section[key]) for section in sections.values() for key in keys if key in section]

    caches = [f"~/.aws/sso/cache/{sso_cache_name(name)}" for name in values("sso_session", "sso_start_url")]
    return values("web_identity_token_file") + caches


def sso_cache_name(name: str) -> str:
    """Return the file that holds the token of a start URL, or of the session that a profile names."""
    return f"{sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"


def given_from(env: Mapping[str, str], files: Mapping[str, str], now: str | None = None) -> dict[str, Any]:
    """Return a `given` from this machine's environment and the files read, offline and masked.

    `now` (ISO 8601) tells whether a cached SSO token has expired; without it none has.
    """
    home = env.get("HOME", "").rstrip("/")
    texts = {_short(path, home): text for path, text in files.items()}
    settings = {_short(_at_home(path, home), home) for path in _setting_files(env)}
    caches = {path: text for path, text in texts.items() if "/sso/cache/" in path}
    kept = {name: _harmless(env[name]) for name in KEPT_VARIABLES if name in env}
    kept |= {name: _address(env[name]) for name in ADDRESSES if name in env}
    kept |= {name: masked(env[name]) for name in MASKED_VARIABLES if name in env}
    given: dict[str, Any] = {
        "sdk": "botocore",
        "env": kept,
        "files": {
            path: _settings(text) if path in settings else _pairs(text) or masked(text)
            for path, text in texts.items()
            if path not in caches
        },
        "sso_cache": [{"key": path.rsplit("/", 1)[-1]} | cached_token(text, now) for path, text in caches.items()],
        "options": {"offline": True},
    }
    return given | ({"now": now} if now else {})


def _short(path: str, home: str) -> str:
    return "~" + path[len(home) :] if home and path.startswith(home + "/") else path


def masked(secret: str) -> str:
    """Return an access key id by its ends, anything else as a mask.

    What decides is kept: emptiness, a line's end, and a single letter, too short for an external id.
    """
    if ACCESS_KEY.fullmatch(secret):
        return f"{secret[:4]}…{secret[-4:]}"
    return (MASK[: len(secret)] if len(secret) < 2 else MASK) + ("\n" if "\n" in secret or "\r" in secret else "")


def _address(uri: str) -> str:
    """Return scheme and host of an address; its path may be a secret."""
    scheme, there, rest = uri.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2].partition("?")[0]
    return f"{scheme}{there}{host}/{MASK}" if there else f"/{MASK}" if uri.startswith("/") else masked(uri)


def _harmless(value: str) -> str:
    """Return a kept value, with what looks like a secret masked all the same."""
    return SECRET_LOOKING.sub(MASK, value)


def _pairs(text: str) -> str:
    """Return the two `AWSAccessKeyId=...` lines of the old EC2 tools; nothing of a token file."""
    known = ("AWSAccessKeyId", "AWSSecretKey")
    found = [line.partition("=") for line in text.splitlines()]
    return "\n".join(
        f"{name.strip()}={masked(value.strip())}" for name, equals, value in found if name.strip() in known and equals
    )


def _settings(text: str) -> str:
    """Return settings with the same lines: the parser finds the same sections and keys as before."""
    kept: list[str] = []
    key = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare[0] in "#;":
            kept.append("")
        elif line[0].isspace() and key:
            kept.append(_continued(bare))
        elif header := re.match(r"\[(.+)\]", bare):
            kept.append(f"[{_harmless(header[1])}]")
            key = ""
        else:
            key, shown = _setting(bare)
            kept.append(shown)
    return "\n".join(kept) + "\n"


def _setting(line: str) -> tuple[str, str]:
    """Return (key, the line to show) of `key = value` or `key: value`; a line without either stays an error."""
    found = re.match(r"([^=:]*)[=:](.*)", line)
    if not found:
        return "", MASK
    name, value = found[1].strip(), found[2].strip()
    key = name.lower()
    shown = _harmless if key in KEPT_SETTINGS else _command if key == "credential_process" else masked
    return key, f"{_harmless(name)} = {shown(value)}".rstrip()


def _command(value: str) -> str:
    """Return a command's first word; its arguments may be secrets."""
    try:
        words = shlex.split(value)
    except ValueError:
        return "'"  # still a command that cannot be split
    if not words:
        return ""
    name, equals, _ = words[0].partition("=")
    return shlex.quote(_harmless(name)) + (f"={MASK}" if equals else "")


def _continued(bare: str) -> str:
    """Return a line of a nested block, or of a long value."""
    name, equals, value = bare.partition("=")
    return f"  {_harmless(name.strip())} = {masked(value.strip())}" if equals else f"  {MASK}"


def cached_token(text: str, now: str | None) -> dict[str, Any]:
    """Return what a file of the SSO cache says, without its token; nothing where botocore could not use it."""
    try:
        token = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(token, dict) or "accessToken" not in token or "expiresAt" not in token:
        return {}
    refreshable = all(key in token for key in REFRESHING) and not is_past(token["registrationExpiresAt"], now)
    return {"token": MASK, "expired": is_past(token["expiresAt"], now), "refreshable": refreshable}

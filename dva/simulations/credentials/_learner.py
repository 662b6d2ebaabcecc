"""The learner's own machine as a `given`, with every secret masked before it enters.

The caller reads what `files_wanted` names and hands the texts over; nothing is opened here. What is kept is
named below, everything else becomes a mask: a value that is not known to be harmless never gets through.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from dva.aws import ini
from dva.simulations.credentials._given import moment

MASK = "****"
ACCESS_KEY = re.compile(r"[A-Z0-9]{16,128}")
SECRET_LOOKING = re.compile(
    r"[A-Z]{4}[A-Z0-9]{12,}|(?=[A-Za-z0-9+=_-]*[0-9])(?=[A-Za-z0-9+=_-]*[A-Za-z])[A-Za-z0-9+=_-]{24,}"
)
"""A key id, or a long run of letters and digits that no path, ARN or URL of AWS needs."""

KEPT_VARIABLES = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_CREDENTIAL_EXPIRATION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_V1_DISABLED", "AWS_LOGIN_CACHE_DIRECTORY", "HOME",
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
EXISTENCE = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")


def files_wanted(env: Mapping[str, str], home: str, read: Mapping[str, str] | None = None) -> list[str]:
    """The files to read. With `read`, the texts read so far, also those that the profiles name.

    Token files are wanted for their existence only: their text may be handed over empty.
    """
    names = [
        env.get("AWS_CONFIG_FILE", "~/.aws/config"),
        env.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        *([env["BOTO_CONFIG"]] if "BOTO_CONFIG" in env else ["/etc/boto.cfg", "~/.boto"]),
        *(env[name] for name in ("AWS_CREDENTIAL_FILE", *EXISTENCE) if name in env),
    ]
    for text in (read or {}).values():
        names += _named_by(text)
    return list(dict.fromkeys(_at_home(name, home) for name in names if name))


def _at_home(name: str, home: str) -> str:
    for start in ("~/", "$HOME/", "${HOME}/"):
        if name.startswith(start):
            return f"{home.rstrip('/')}/{name[len(start) :]}"
    return name


def _named_by(text: str) -> list[str]:
    """Token files and SSO caches that a config or credentials file names."""
    try:
        sections = ini.parse(text)
    except ini.IniError:
        return []
    names = [
        str(section["web_identity_token_file"]) for section in sections.values() if "web_identity_token_file" in section
    ]
    return names + [_cache(name) for name in _sso_names(sections)]


def _cache(name: str) -> str:
    return f"~/.aws/sso/cache/{sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"


def _sso_names(sections: ini.Sections) -> list[str]:
    """The names under which tokens are cached: start URLs, and sessions where a profile names one."""
    return [
        str(section[key]) for section in sections.values() for key in ("sso_session", "sso_start_url") if key in section
    ]


def given_from(env: Mapping[str, str], files: Mapping[str, str], now: str | None = None) -> dict[str, Any]:
    """A `given` for the credentials engine from this machine's environment and the files read, offline, masked.

    `now` (ISO 8601) tells whether a cached SSO token has expired; without it none has.
    """
    home = env.get("HOME", "").rstrip("/")
    texts = {_short(path, home): text for path, text in files.items()}
    given: dict[str, Any] = {
        "sdk": "botocore",
        "env": _environment(env),
        "files": {path: _file(path, text) for path, text in texts.items() if "/sso/cache/" not in path},
        "sso_cache": _sso_cache(texts, now),
        "options": {"offline": True},
    }
    return given | ({"now": now} if now else {})


def _short(path: str, home: str) -> str:
    return "~" + path[len(home) :] if home and path.startswith(home + "/") else path


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    kept = {name: _harmless(_without_query(env[name])) for name in KEPT_VARIABLES if name in env}
    return kept | {name: masked(env[name]) for name in MASKED_VARIABLES if name in env}


def masked(secret: str) -> str:
    """An access key id by its ends, anything else as a mask; what is empty stays so, as it decides differently."""
    if ACCESS_KEY.fullmatch(secret):
        return f"{secret[:4]}…{secret[-4:]}"
    return MASK if secret else ""


def _without_query(value: str) -> str:
    """A URL without the places that can hold a secret."""
    return re.sub(r"(://)[^/@]*@", r"\1", value.partition("?")[0]) if "://" in value else value


def _harmless(value: str) -> str:
    """A kept value, with what looks like a secret masked all the same."""
    return SECRET_LOOKING.sub(MASK, value)


def _file(path: str, text: str) -> str:
    """A file by its kind: a file of settings keeps its shape, anything else is only there."""
    return "\n".join(_lines(text)) + "\n" if "[" in text else _pairs(text)


def _pairs(text: str) -> str:
    """`AWSAccessKeyId=...` lines; a token file has none and becomes a mask."""
    known = ("AWSAccessKeyId", "AWSSecretKey")
    found = [line.partition("=") for line in text.splitlines()]
    lines = [
        f"{name.strip()}={masked(value.strip())}" for name, equals, value in found if name.strip() in known and equals
    ]
    return "\n".join(lines) or MASK


def _lines(text: str) -> list[str]:
    """Settings line by line: the parser finds the same sections and keys as before."""
    kept: list[str] = []
    key = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare[0] in "#;":
            kept.append("")
        elif line[0].isspace():
            kept.append(_continued(bare, key))
        elif header := re.match(r"\[(.+)\]", line):
            kept.append(f"[{_harmless(header[1])}]")
            key = ""
        else:
            key, shown = _setting(line)
            kept.append(shown)
    return kept


def _setting(line: str) -> tuple[str, str]:
    """(key, the line to show) of `key = value` or `key: value`; a line without either stays an error."""
    found = re.match(r"(.*?)\s*([=:])\s*(.*)$", line)
    if not found:
        return "", MASK
    key, value = found[1].strip(), found[3].strip()
    return key.lower(), f"{_harmless(key)} = {_setting_value(key.lower(), value)}".rstrip()


def _setting_value(key: str, value: str) -> str:
    if key in KEPT_SETTINGS:
        return _harmless(_without_query(value))
    if key == "credential_process":
        return _harmless(value.split()[0]) if value.split() else ""
    return masked(value)


def _continued(bare: str, key: str) -> str:
    """A line of a nested block, or of a long value."""
    name, equals, value = bare.partition("=")
    return f"  {_harmless(name.strip())} = {masked(value.strip())}" if equals else f"  {MASK}"


def _sso_cache(texts: Mapping[str, str], now: str | None) -> list[dict[str, Any]]:
    """One entry for each cached token: its file's name and whether it has expired, never the token."""
    return [
        {"key": path.rsplit("/", 1)[-1]} | _cached(text, now) for path, text in texts.items() if "/sso/cache/" in path
    ]


def _cached(text: str, now: str | None) -> dict[str, Any]:
    try:
        token = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(token, dict) or "accessToken" not in token or "expiresAt" not in token:
        return {}
    ends, at = moment(str(token["expiresAt"])), moment(now) if now else None
    return {"token": MASK, "expired": bool(ends and at and ends <= at)}

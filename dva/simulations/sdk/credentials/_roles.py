"""The providers that exchange something for a role's keys: AssumeRole, web identity, IAM Identity Center (SSO)."""

from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._endpoints import container_keys, imds_keys
from dva.simulations.sdk.credentials._given import SsoToken
from dva.simulations.sdk.credentials._learner import cached_token
from dva.simulations.sdk.credentials._providers import ID, SECRET, env_keys
from dva.simulations.sdk.credentials._search import Found, Keys, Needs, Raised, Search

SOURCES = {"Environment": env_keys, "EcsContainer": container_keys, "Ec2InstanceMetadata": imds_keys}
SHORTEST = {"RoleArn": 20, "RoleSessionName": 2, "ExternalId": 2, "SerialNumber": 9}
"""Least lengths in the STS model, which botocore checks before it sends anything."""
SSO_KEYS = ("sso_role_name", "sso_account_id", "sso_start_url", "sso_region")


# AssumeRole


def takes_role(profile: Mapping[str, Any]) -> bool:
    """role_arn, and no web_identity_token_file, which is another provider's."""
    return "role_arn" in profile and "web_identity_token_file" not in profile


def has_static_keys(profile: Mapping[str, Any]) -> bool:
    """Half a pair is enough to be taken for static keys."""
    return ID in profile or SECRET in profile


def assume_role(search: Search, profile: str) -> Found | None:
    """The profile's role, assumed with the keys of its source."""
    section = search.section(profile)
    if not search.how.takes_role(section):
        why = "its web_identity_token_file is another provider's" if "role_arn" in section else "it has no role_arn"
        search.passes("assume-role", rules.ASSUME_ROLE, f"profile {profile}: {why}")
        return None
    search.asked("assume-role", rules.ASSUME_ROLE, f"has role_arn {section['role_arn']} in profile {profile}")
    search.visited = [profile]
    return hop(search, profile)


def hop(search: Search, profile: str) -> Found:
    """One role: where its source keys come from, and the call once somebody needs the keys."""
    section = search.section(profile)
    source = _source(search, profile, section)
    role = str(section["role_arn"])

    def use() -> Keys:
        if "mfa_serial" in section:
            search.told(rules.MFA, f"The code of {section['mfa_serial']} is asked for", rules.MFA.says)
        signer = source()
        search.client(search.region)
        _check(role, section, search.given.mfa_code)
        if search.region is None:
            search.told(rules.NO_REGION, "There is no region to sign AssumeRole for")
            raise Raised("NoRegionError", "You must specify a region.")
        keys = search.call("AssumeRole", role, signer.access_key, role)
        return Keys(keys.access_key, keys.token, "assume-role")

    return use


def _source(search: Search, profile: str, section: Mapping[str, Any]) -> Found:
    named, source = section.get("credential_source"), section.get("source_profile")
    if named is not None and source is not None:
        raise Raised("InvalidConfigError", f"profile {profile} has both source_profile and credential_source")
    if named is None and source is None:
        raise Raised("PartialCredentialsError", "missing: source_profile or credential_source")
    return _named_source(search, profile, str(named)) if named is not None else _profile(search, profile, str(source))


def _named_source(search: Search, profile: str, name: str) -> Found:
    search.told(rules.CREDENTIAL_SOURCE, f"The source of profile {profile} is {name}", rules.CREDENTIAL_SOURCE.says)
    if name not in SOURCES:
        raise Raised("InvalidConfigError", f"the credential source `{name}` in profile {profile} is not valid")
    found = SOURCES[name](search)
    if found is None:
        raise Raised("CredentialRetrievalError", f"no credentials found in credential_source {name}")
    return found


def _profile(search: Search, parent: str, source: str) -> Found:
    """source_profile: static keys first, else another role, else whatever the profile's providers have."""
    if source not in search.profiles:
        raise Raised("InvalidConfigError", f"the source_profile `{source}` of profile {parent} does not exist")
    section = search.section(source)
    if source in search.visited and not (source == parent and has_static_keys(section)):
        way = " -> ".join([*search.visited, source])
        raise Raised("InfiniteLoopConfigError", f"source_profile goes round in a circle: {way}")
    search.visited.append(source)
    search.told(rules.SOURCE, f"The source of profile {parent} is profile {source}", rules.SOURCE.says)
    if takes_role(section) and not has_static_keys(section):
        return hop(search, source)
    found = search.ask_profile(search, source)
    if found is None:
        raise Raised("InvalidConfigError", f'The source profile "{source}" must have credentials.')
    return found


def _check(role: str, section: Mapping[str, Any], code: str | None) -> None:
    """botocore's own check of the parameters, before the call."""
    values = {
        "RoleArn": role,
        "RoleSessionName": section.get("role_session_name") or None,
        "ExternalId": section.get("external_id"),
        "SerialNumber": section.get("mfa_serial"),
    }
    for name, value in values.items():
        if value is not None and len(str(value)) < SHORTEST[name]:
            raise Raised("ParamValidationError", f"{name} `{value}` is shorter than {SHORTEST[name]}")
    try:
        seconds = int(section.get("duration_seconds", 900))
    except ValueError:
        seconds = 900  # what is no number is left out
    if seconds < 900:
        raise Raised("ParamValidationError", f"DurationSeconds {seconds} is less than 900")
    if "mfa_serial" in section and code is not None and len(code) < 6:
        raise Raised("ParamValidationError", "TokenCode is shorter than 6")


# Web identity


def web_identity(search: Search, profile: str, variables: Mapping[str, str] | None = None) -> Found | None:
    """A token file and a role, each from the variables (the environment's, unless given) or else from the profile."""
    name, rule = "assume-role-with-web-identity", rules.WEB_IDENTITY
    env = search.env if variables is None else variables

    def setting(key: str, variable: str) -> Any:
        value = env.get(variable)
        return search.section(profile).get(key) if value is None else value

    path = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
    if not path:
        search.passes(name, rule, "no web identity token file")
        return None
    role = setting("role_arn", "AWS_ROLE_ARN")
    if not role:
        raise search.failing(name, rule, "InvalidConfigError", "there is a web identity token file, but no role ARN")
    search.asked(name, rule, f"has the token file {path} and role {role}")
    return lambda: _exchange(search, str(path), str(role), setting("role_session_name", "AWS_ROLE_SESSION_NAME"))


def _exchange(search: Search, path: str, role: str, session: Any) -> Keys:
    token = search.machine.opened(path)
    if token is None:
        raise Raised("FileNotFoundError", f"No such file: {path} (~ is not expanded here)")
    search.client(search.region)
    _check(role, {"role_session_name": session}, None)
    if len(token) < 4 and not search.offline:
        raise Raised("ParamValidationError", "WebIdentityToken is shorter than 4")
    keys = search.call("AssumeRoleWithWebIdentity", role, None, role)
    return Keys(keys.access_key, keys.token, "assume-role-with-web-identity")


# IAM Identity Center


def sso(search: Search, profile: str) -> Found | None:
    """sso_role_name or sso_account_id: the profile means IAM Identity Center."""
    section = search.section(profile)
    if "sso_role_name" not in section and "sso_account_id" not in section:
        search.passes("sso", rules.SSO, "the profile has neither sso_role_name nor sso_account_id")
        return None
    settings = _sso_settings(search, profile, section)
    account, role = settings["sso_account_id"], settings["sso_role_name"]
    search.asked("sso", rules.SSO, f"has role {role} in account {account}")

    def use() -> Keys:
        search.client(str(settings["sso_region"]))
        session = section.get("sso_session")
        if session is not None:
            search.sso_session(profile)
        _token(search, str(settings["sso_start_url"]), session)
        keys = search.call("GetRoleCredentials", f"{account}:{role}", None, f"sso:{account}:{role}")
        return Keys(keys.access_key, keys.token, "sso")

    return use


def _sso_settings(search: Search, profile: str, section: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's settings and those of its sso-session, which must agree and be complete."""
    settings, name = dict(section), section.get("sso_session")

    def fails(message: str) -> Raised:
        return search.failing("sso", rules.SSO, "InvalidConfigError", message)

    if name is not None and name not in search.config.sso_sessions:
        raise fails(f"the sso-session `{name}` does not exist")
    for key, value in search.config.sso_sessions.get(name or "", {}).items():
        if settings.get(key, value) != value:
            raise fails(f"{key} differs between profile {profile} and sso-session {name}")
        settings[key] = value
    missing = [key for key in SSO_KEYS if key not in settings]
    if missing:
        raise fails(f"profile {profile} is configured to use SSO but lacks {', '.join(missing)}")
    return settings


def _token(search: Search, start_url: str, session: str | None) -> None:
    """The cached token, which must be there, whole and valid."""
    name = start_url if session is None else session
    entry = next((token for token in search.given.sso_cache if _is_for(token, name)), None) or _in_files(search, name)
    if entry is None:
        raise Raised("SSOTokenLoadError", f"Token for {name} does not exist: run `aws sso login`")
    if entry.token is None:
        raise Raised("SSOTokenLoadError", f"Token for {name} is invalid: run `aws sso login`")
    if entry.expired and session is None:
        raise Raised("UnauthorizedSSOTokenError", "the SSO token has expired: run `aws sso login`")
    if entry.expired and not entry.refreshable:
        raise Raised("TokenRetrievalError", "Token has expired and refresh failed: run `aws sso login`")
    if entry.expired and search.offline:
        raise Needs(f"refresh the SSO token of {name}")
    if entry.expired:
        search.told(rules.SSO, f"The token of {name} has expired and is refreshed", "It came with a refresh token.")


def _in_files(search: Search, name: str) -> SsoToken | None:
    """The cache may also be one of the scenario's files."""
    text = search.machine.files.get(f"~/.aws/sso/cache/{_digest(name)}.json")
    return SsoToken(**cached_token(text, search.given.now)) if isinstance(text, str) else None


def _digest(name: str) -> str:
    return sha1(name.encode(), usedforsecurity=False).hexdigest()


def _is_for(token: SsoToken, name: str) -> bool:
    digest = _digest(name)
    key = token.start_url if token.key is None else token.key.rsplit("/", 1)[-1] if digest in token.key else token.key
    return key in (name, digest, f"{digest}.json")

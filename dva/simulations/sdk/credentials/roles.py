"""The providers that exchange something for a role's keys: AssumeRole, web identity, IAM Identity Center (SSO)."""

from collections.abc import Mapping
from typing import Any

from dva.simulations.sdk.credentials import rules
from dva.simulations.sdk.credentials.documents import SsoToken
from dva.simulations.sdk.credentials.endpoints import container_keys, imds_keys
from dva.simulations.sdk.credentials.own_machine import cached_token, sso_cache_name
from dva.simulations.sdk.credentials.providers import ID, SECRET, env_keys
from dva.simulations.sdk.credentials.search import CallNeeded, DeferredKeys, Keys, ProviderError, Search

SOURCES = {"Environment": env_keys, "EcsContainer": container_keys, "Ec2InstanceMetadata": imds_keys}
MIN_LENGTH = {
    "RoleArn": 20, "RoleSessionName": 2, "ExternalId": 2, "SerialNumber": 9, "TokenCode": 6, "WebIdentityToken": 4,
}  # fmt: skip
"""Least lengths in the STS model, which botocore checks before it sends anything."""
MIN_SECONDS = 900
"""Least DurationSeconds in the STS model."""
SSO_KEYS = ("sso_role_name", "sso_account_id", "sso_start_url", "sso_region")


def takes_role(profile: Mapping[str, Any]) -> bool:
    """Return whether a profile assumes a role; with web_identity_token_file it is another provider's."""
    return "role_arn" in profile and "web_identity_token_file" not in profile


def has_static_keys(profile: Mapping[str, Any]) -> bool:
    """Return whether a profile has static keys; half a pair counts."""
    return ID in profile or SECRET in profile


def assume_role(search: Search, profile: str) -> DeferredKeys | None:
    """Assume the profile's role with the keys of its source."""
    section = search.section(profile)
    if not search.run.using(takes_role)(section):
        why = "its web_identity_token_file is another provider's" if "role_arn" in section else "it has no role_arn"
        return search.skip("assume-role", f"profile {profile}: {why}")
    search.record("assume-role", f"has role_arn {section['role_arn']} in profile {profile}")
    search.visited = [profile]
    return assume_link(search, profile)


def assume_link(search: Search, profile: str) -> DeferredKeys:
    """Return the keys of one role of a chain, assumed with those of its source once somebody needs them."""
    section = search.section(profile)
    source, role = _source(search, profile, section), str(section["role_arn"])

    def use() -> Keys:
        if "mfa_serial" in section:
            search.run.step(rules.MFA, f"The code of {section['mfa_serial']} is asked for")
        signer = source()
        search.check_client(search.region)
        _check(role, section, search.given.mfa_code)
        if search.region is None:
            search.run.step(rules.NO_REGION, "There is no region to sign AssumeRole for")
            raise ProviderError("NoRegionError", "You must specify a region.")
        return search.call("AssumeRole", role, signer.access_key, role, "assume-role")

    return use


def _source(search: Search, profile: str, section: Mapping[str, Any]) -> DeferredKeys:
    named, source = section.get("credential_source"), section.get("source_profile")
    if named is not None and source is not None:
        raise ProviderError("InvalidConfigError", f"profile {profile} has both source_profile and credential_source")
    if source is not None:
        return _profile(search, profile, str(source))
    if named is None:
        raise ProviderError("PartialCredentialsError", "missing: source_profile or credential_source")
    search.run.step(rules.CREDENTIAL_SOURCE, f"The source of profile {profile} is {named}")
    if str(named) not in SOURCES:
        raise ProviderError("InvalidConfigError", f"the credential source `{named}` in profile {profile} is not valid")
    found = SOURCES[str(named)](search)
    if found is None:
        raise ProviderError("CredentialRetrievalError", f"no credentials found in credential_source {named}")
    return found


def _profile(search: Search, parent: str, source: str) -> DeferredKeys:
    """Return the keys of source_profile: static ones, else another role's, else what its providers have."""
    if source not in search.profiles:
        raise ProviderError("InvalidConfigError", f"the source_profile `{source}` of profile {parent} does not exist")
    section = search.section(source)
    if source in search.visited and not (source == parent and has_static_keys(section)):
        circle = " -> ".join([*search.visited, source])
        raise ProviderError("InfiniteLoopConfigError", f"source_profile goes round in a circle: {circle}")
    search.visited.append(source)
    search.run.step(rules.SOURCE, f"The source of profile {parent} is profile {source}")
    if takes_role(section) and not has_static_keys(section):
        return assume_link(search, source)
    found = search.ask_profile(search, source)
    if found is None:
        raise ProviderError("InvalidConfigError", f'The source profile "{source}" must have credentials.')
    return found


def _check(role: str, section: Mapping[str, Any], code: str | None) -> None:
    """Check the parameters, as botocore does before the call."""
    values = {"RoleArn": role, "RoleSessionName": section.get("role_session_name") or None,
              "ExternalId": section.get("external_id"), "SerialNumber": section.get("mfa_serial")}  # fmt: skip
    for name, value in values.items():
        if value is not None and len(str(value)) < MIN_LENGTH[name]:
            raise ProviderError("ParamValidationError", f"{name} `{value}` is shorter than {MIN_LENGTH[name]}")
    try:
        seconds = int(section.get("duration_seconds", MIN_SECONDS))
    except ValueError:
        seconds = MIN_SECONDS  # what is not a number is left out
    if seconds < MIN_SECONDS:
        raise ProviderError("ParamValidationError", f"DurationSeconds {seconds} is less than {MIN_SECONDS}")
    if "mfa_serial" in section and code is not None and len(code) < MIN_LENGTH["TokenCode"]:
        raise ProviderError("ParamValidationError", f"TokenCode is shorter than {MIN_LENGTH['TokenCode']}")


def web_identity(search: Search, profile: str, variables: Mapping[str, str] | None = None) -> DeferredKeys | None:
    """Exchange a token file for a role's keys; settings come from `variables` (the environment) or the profile."""
    name = "assume-role-with-web-identity"
    env = search.env if variables is None else variables

    def setting(key: str, variable: str) -> Any:
        value = env.get(variable)
        return search.section(profile).get(key) if value is None else value

    path = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
    if not path:
        return search.skip(name, "no web identity token file")
    role = setting("role_arn", "AWS_ROLE_ARN")
    if not role:
        raise search.fail(name, "InvalidConfigError", "there is a web identity token file, but no role ARN")
    search.record(name, f"has the token file {path} and role {role}")
    return lambda: _exchange(search, str(path), str(role), setting("role_session_name", "AWS_ROLE_SESSION_NAME"))


def _exchange(search: Search, path: str, role: str, session: Any) -> Keys:
    token = search.machine.open_text(path)
    if token is None:
        raise ProviderError("FileNotFoundError", f"No such file: {path} (~ is not expanded here)")
    search.check_client(search.region)
    _check(role, {"role_session_name": session}, None)
    least = MIN_LENGTH["WebIdentityToken"]
    if len(token) < least and not search.offline:
        raise ProviderError("ParamValidationError", f"WebIdentityToken is shorter than {least}")
    return search.call("AssumeRoleWithWebIdentity", role, None, role, "assume-role-with-web-identity")


def sso(search: Search, profile: str) -> DeferredKeys | None:
    """Use IAM Identity Center where the profile has sso_role_name or sso_account_id."""
    section = search.section(profile)
    if "sso_role_name" not in section and "sso_account_id" not in section:
        return search.skip("sso", "the profile has neither sso_role_name nor sso_account_id")
    settings = _sso_settings(search, profile, section)
    account, role = settings["sso_account_id"], settings["sso_role_name"]
    search.record("sso", f"has role {role} in account {account}")

    def use() -> Keys:
        search.check_client(str(settings["sso_region"]))
        search.check_sso_session(profile)
        _check_token(search, str(settings["sso_start_url"]), section.get("sso_session"))
        return search.call("GetRoleCredentials", f"{account}:{role}", None, f"sso:{account}:{role}", "sso")

    return use


def _sso_settings(search: Search, profile: str, section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile's settings and those of its sso-session, which must agree and be complete."""
    settings, name = dict(section), section.get("sso_session")

    def fails(message: str) -> ProviderError:
        return search.fail("sso", "InvalidConfigError", message)

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


def _check_token(search: Search, start_url: str, session: str | None) -> None:
    """Check the cached token, which must be there, whole and valid."""
    name = start_url if session is None else session
    entry = next((token for token in search.given.sso_cache if _is_for(token, name)), None) or _in_files(search, name)
    if entry is None:
        raise ProviderError("SSOTokenLoadError", f"Token for {name} does not exist: run `aws sso login`")
    if entry.token is None:
        raise ProviderError("SSOTokenLoadError", f"Token for {name} is invalid: run `aws sso login`")
    if entry.expired and session is None:
        raise ProviderError("UnauthorizedSSOTokenError", "the SSO token has expired: run `aws sso login`")
    if entry.expired and not entry.refreshable:
        raise ProviderError("TokenRetrievalError", "Token has expired and refresh failed: run `aws sso login`")
    if entry.expired and search.offline:
        raise CallNeeded(f"refresh the SSO token of {name}")
    if entry.expired:
        search.run.step(rules.SSO, f"The token of {name} has expired and is refreshed", "It came with a refresh token.")


def _in_files(search: Search, name: str) -> SsoToken | None:
    """Return the token in the scenario's files."""
    path = f"~/.aws/sso/cache/{sso_cache_name(name)}"
    text = search.machine.files.get(path)
    if not isinstance(text, str):
        return None
    token = cached_token(text, search.given.now)
    search.tell_duplicate(path, text if token else None)
    return SsoToken(**token)


def _is_for(token: SsoToken, name: str) -> bool:
    file = sso_cache_name(name)
    digest = file.removesuffix(".json")
    key = token.start_url if token.key is None else token.key.rsplit("/", 1)[-1] if digest in token.key else token.key
    return key in (name, digest, file)

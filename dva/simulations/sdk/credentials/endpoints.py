"""The two providers that ask an address: the container's credentials endpoint and the instance metadata service."""

import json
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from dva.simulations.sdk._keys import temporary_key_id
from dva.simulations.sdk.credentials.documents import Container, Imds
from dva.simulations.sdk.credentials.providers import readable_expiration
from dva.simulations.sdk.credentials.search import CallNeeded, DeferredKeys, Keys, ProviderError, Search, ready

RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN, TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
CONTAINER_HOST = "169.254.170.2"
HOSTS = (CONTAINER_HOST, "169.254.170.23", "fd00:ec2::23", "localhost")
"""Hosts that a full URI may name without https, besides loopback addresses (rules.CONTAINER_PAGE)."""


def container_role(search: Search, profile: str) -> DeferredKeys | None:
    """Ask the endpoint where one of the two variables is set; a failure then ends the search."""
    if RELATIVE not in search.env and FULL not in search.env:
        return search.skip("container-role", f"neither {RELATIVE} nor {FULL} is set")
    found = _ask(search, "container-role", container_keys, failure_ends=search.run.using(container_failure_ends)())
    if found is not None:
        search.record("container-role", "has keys of the task or pod")
    return found


def _ask(
    search: Search, name: str, keys: Callable[[Search], DeferredKeys | None], *, failure_ends: bool = True
) -> DeferredKeys | None:
    """Return the keys of an endpoint; a failure is recorded, and ends the search or is passed over."""
    try:
        return keys(search)
    except ProviderError as no:
        if not failure_ends:
            return search.skip(name, no.message)
        search.record(name, f"fails: {no.message}")
        raise
    except CallNeeded:
        search.record(name, "would have to be asked")
        raise


def container_keys(search: Search) -> DeferredKeys | None:
    """Return the keys of the endpoint's response; every failure is an error."""
    if RELATIVE not in search.env and FULL not in search.env:
        return None
    relative = search.env.get(RELATIVE)
    uri = search.env.get(FULL, "") if relative is None else f"http://{CONTAINER_HOST}{relative}"
    authorization = _authorization(search)
    host = _host(uri)
    if not (uri.startswith("https:") or _loopback(host) or host in HOSTS):
        raise ProviderError("ValueError", f"Unsupported host '{host}'")
    if search.offline:
        raise CallNeeded(f"ask the container endpoint at {host}")
    container = search.given.container or Container(status=0)
    answer = _answer(container, authorization)
    search.tell_duplicate("The answer of the container endpoint", container.body)
    keys = Keys(str(answer["AccessKeyId"]), answer["Token"], "container-role")
    return search.expiring(keys, readable_expiration(answer["Expiration"]))


def _host(uri: str) -> str | None:
    try:
        return urlsplit(uri).hostname
    except ValueError:
        return None


def _loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _authorization(search: Search) -> str | None:
    """Return the Authorization header: the token file before the token."""
    if TOKEN_FILE in search.env:
        value = search.machine.open_text(search.env[TOKEN_FILE])
        if value is None:
            raise ProviderError("FileNotFoundError", f"No such file: {search.env[TOKEN_FILE]}")
    else:
        value = search.env.get(TOKEN)
    if value is not None and ("\n" in value or "\r" in value):
        raise ProviderError("ValueError", "Auth token value is not a legal header value")
    return value


def _answer(container: Container, authorization: str | None) -> dict[str, Any]:
    def fails(message: str) -> ProviderError:
        return ProviderError("CredentialRetrievalError", message)

    if container.status == 0:
        raise fails("the container endpoint cannot be reached")
    wanted = container.requires_token
    if wanted and (authorization != wanted if isinstance(wanted, str) else not authorization):
        raise fails("the container endpoint answers 401: it wants an authorization token")
    if container.status != 200:
        raise fails(f"Received non 200 response {container.status} from container metadata")
    try:
        answer = json.loads(container.body) if isinstance(container.body, str) else container.body
    except (ValueError, RecursionError):
        raise fails("Unable to parse JSON returned from container metadata services") from None
    if not isinstance(answer, dict):
        raise ProviderError("TypeError", "the container endpoint did not answer with a JSON object")
    for key in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"):
        if key not in answer:
            raise ProviderError("KeyError", f"the answer of the container endpoint has no {key}")
    return answer


def iam_role(search: Search, profile: str) -> DeferredKeys | None:
    """Ask for the keys of the instance's role."""
    found = _ask(search, "iam-role", imds_keys)
    if found is None:
        return search.skip("iam-role", _why_not(search))
    search.record("iam-role", f"has {found().access_key}")
    return found


def imds_disabled(search: Search) -> bool:
    """Return whether AWS_EC2_METADATA_DISABLED turns the service off."""
    return search.run.using(disables_imds)(search.env.get("AWS_EC2_METADATA_DISABLED", "false"))


def imds_keys(search: Search) -> DeferredKeys | None:
    """Return the keys of the role; nothing where the service is off, does not respond or has no role."""
    if imds_disabled(search):
        return None
    if search.offline:
        raise CallNeeded("ask the instance metadata service")
    imds = search.given.imds or Imds(mode="unreachable")
    if imds.mode in ("v1-only", "token-403", "unreachable") and _v1_disabled(search):
        raise ProviderError("MetadataRetrievalError", "no IMDSv2 token could be had, and IMDSv1 has been disabled")
    if imds.mode in ("unreachable", "no-role", "error-body") or (imds.role is None and imds.access_key is None):
        return None
    role = imds.role or "role"
    key = temporary_key_id(f"imds:{role}") if imds.access_key is None else imds.access_key
    return ready(Keys(key, imds.token or f"TOK-{role}", "iam-role"))


def _v1_disabled(search: Search) -> bool:
    value = search.env.get("AWS_EC2_METADATA_V1_DISABLED")
    setting = search.section(search.profile).get("ec2_metadata_v1_disabled", "") if value is None else value
    return disables_imds(str(setting))


def _why_not(search: Search) -> str:
    if imds_disabled(search):
        return "AWS_EC2_METADATA_DISABLED is true"
    if search.given.imds is None or search.given.imds.mode == "unreachable":
        return "no instance metadata service answers"
    failed = search.given.imds.mode == "error-body"
    return "the metadata service answers with an error instead of keys" if failed else "the instance has no role"


# The rule functions that beliefs replace


def container_failure_ends() -> bool:
    """Return whether a container endpoint that fails ends the search."""
    return True


def disables_imds(value: str) -> bool:
    """Return whether a variable turns the metadata service off: only the word true, in any case."""
    return value.lower() == "true"

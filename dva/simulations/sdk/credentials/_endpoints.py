"""The two providers that ask an address: the container's credentials endpoint and the instance metadata service."""

import json
from hashlib import sha1
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._given import Container, Imds
from dva.simulations.sdk.credentials._providers import readable
from dva.simulations.sdk.credentials._search import Found, Keys, Needs, Raised, Search

RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN, TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")


def container_role(search: Search, profile: str) -> Found | None:
    """Asked only where one of the two variables is set; then there is no way back."""
    if RELATIVE not in search.env and FULL not in search.env:
        search.passes("container-role", rules.CONTAINER, f"neither {RELATIVE} nor {FULL} is set")
        return None
    try:
        found = container_keys(search)
    except Raised as no:
        if search.how.container_failure_ends():
            search.asked("container-role", rules.CONTAINER, f"fails: {no.message}")
            raise
        search.passes("container-role", rules.CONTAINER, no.message)
        return None
    except Needs:
        search.asked("container-role", rules.CONTAINER, "would have to be asked")
        raise
    search.asked("container-role", rules.CONTAINER, "has keys of the task or pod")
    return found


def container_keys(search: Search) -> Found | None:
    """The endpoint's answer; every failure is an error."""
    if RELATIVE not in search.env and FULL not in search.env:
        return None
    relative = search.env.get(RELATIVE)
    uri = search.env.get(FULL, "") if relative is None else f"http://169.254.170.2{relative}"
    authorization = _authorization(search)
    host = _host(uri)
    if not (uri.startswith("https:") or _loopback(host) or host in HOSTS):
        raise Raised("ValueError", f"Unsupported host '{host}'")
    if search.offline:
        raise Needs(f"ask the container endpoint at {host}")
    answer = _answer(search.given.container or Container(status=0), authorization)
    keys = Keys(str(answer["AccessKeyId"]), answer["Token"], "container-role")
    return search.fresh(keys, readable(answer["Expiration"]))


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
    """The Authorization header: the token file before the token."""
    if TOKEN_FILE in search.env:
        value = search.machine.opened(search.env[TOKEN_FILE])
        if value is None:
            raise Raised("FileNotFoundError", f"No such file: {search.env[TOKEN_FILE]}")
    else:
        value = search.env.get(TOKEN)
    if value is not None and ("\n" in value or "\r" in value):
        raise Raised("ValueError", "Auth token value is not a legal header value")
    return value


def _answer(container: Container, authorization: str | None) -> dict[str, Any]:
    def fails(message: str) -> Raised:
        return Raised("CredentialRetrievalError", message)

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
        raise Raised("TypeError", "the container endpoint did not answer with a JSON object")
    for key in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"):
        if key not in answer:
            raise Raised("KeyError", f"the answer of the container endpoint has no {key}")
    return answer


def iam_role(search: Search, profile: str) -> Found | None:
    """The instance's role."""
    try:
        found = imds_keys(search)
    except Raised as no:
        search.asked("iam-role", rules.IMDS, f"fails: {no.message}")
        raise
    except Needs:
        search.asked("iam-role", rules.IMDS, "would have to be asked")
        raise
    if found is None:
        search.passes("iam-role", rules.IMDS, _why_not(search))
    else:
        search.asked("iam-role", rules.IMDS, f"has {found().access_key}")
    return found


def imds_disabled(search: Search) -> bool:
    """AWS_EC2_METADATA_DISABLED."""
    return search.how.disables_imds(search.env.get("AWS_EC2_METADATA_DISABLED", "false"))


def says_true(value: str) -> bool:
    """Only the word true, in any case."""
    return value.lower() == "true"


def imds_keys(search: Search) -> Found | None:
    """A token by PUT, the role's name, its keys; nothing where IMDS is off, silent or without a role."""
    if imds_disabled(search):
        return None
    if search.offline:
        raise Needs("ask the instance metadata service")
    imds = search.given.imds or Imds(mode="unreachable")
    if imds.mode in ("v1-only", "token-403", "unreachable") and _v1_disabled(search):
        raise Raised("MetadataRetrievalError", "no IMDSv2 token could be had, and IMDSv1 has been disabled")
    if imds.mode in ("unreachable", "no-role", "error-body") or (imds.role is None and imds.access_key is None):
        return None
    role = imds.role or "role"
    made_up = "ASIA" + sha1(f"imds:{role}".encode(), usedforsecurity=False).hexdigest()[:16].upper()
    keys = Keys(made_up if imds.access_key is None else imds.access_key, imds.token or f"TOK-{role}", "iam-role")
    return lambda: keys


def _v1_disabled(search: Search) -> bool:
    value = search.env.get("AWS_EC2_METADATA_V1_DISABLED")
    setting = search.section(search.profile).get("ec2_metadata_v1_disabled", "") if value is None else value
    return says_true(str(setting))


def _why_not(search: Search) -> str:
    if imds_disabled(search):
        return "AWS_EC2_METADATA_DISABLED is true"
    mode = search.given.imds.mode if search.given.imds else "unreachable"
    return {
        "unreachable": "no instance metadata service answers",
        "error-body": "the metadata service answers with an error instead of keys",
    }.get(mode, "the instance has no role")

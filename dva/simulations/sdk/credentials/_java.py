"""The default chains of the AWS SDK for Java, 1.x and 2.x.

Another order than botocore's, and a provider that fails is passed over. The names in `tried` are botocore's;
the profile provider, one for both files, counts once, under the name of what it found.
"""

from collections.abc import Callable

from dva.simulations.sdk.credentials import _endpoints as endpoints
from dva.simulations.sdk.credentials import _providers as providers
from dva.simulations.sdk.credentials import _roles as roles
from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._search import Found, Keys, Raised, Search

Step = Callable[[Search], Found | None]


def chain(search: Search) -> Found | None:
    """The first provider that has keys and can use them."""
    search.told(rules.JAVA_CHAIN, f"{search.given.sdk} asks its own chain", rules.JAVA_CHAIN.says)
    steps = V1 if search.given.sdk == "java-v1" else V2
    for step in steps:
        try:
            found = step(search)
            keys = found() if found else None
        except Raised as no:
            search.told(rules.JAVA_CHAIN, f"{no.message}: passed over", rules.JAVA_CHAIN.says)
            continue
        if keys is not None:
            return lambda found=keys: found  # type: ignore[misc]
    return None


def _env(search: Search) -> Found | None:
    """Both variables, or the provider has nothing."""
    access_key = search.env.get("AWS_ACCESS_KEY_ID")
    if not access_key or not search.env.get("AWS_SECRET_ACCESS_KEY"):
        search.passes("env", rules.ENV, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set")
        return None
    search.asked("env", rules.ENV, f"has {access_key}")
    keys = Keys(access_key, search.env.get("AWS_SESSION_TOKEN") or None, "env")
    return lambda: keys


def _system_properties(search: Search) -> Found | None:
    properties = search.given.system_properties
    access_key = properties.get("aws.accessKeyId")
    secret = properties.get("aws.secretAccessKey") or properties.get("aws.secretKey")
    if not access_key or not secret:
        search.passes("system-properties", rules.SYSTEM, "aws.accessKeyId and its secret are not both set")
        return None
    search.asked("system-properties", rules.SYSTEM, f"has {access_key}")
    keys = Keys(access_key, properties.get("aws.sessionToken"), "system-properties")
    return lambda: keys


def _web_identity(search: Search) -> Found | None:
    """By the environment's variables; 2.x reads system properties before them."""
    properties = search.given.system_properties if search.given.sdk == "java-v2" else {}
    known = {WEB_PROPERTIES[name]: value for name, value in properties.items() if name in WEB_PROPERTIES}
    return roles.web_identity(search, "", search.env | known)


def _profile(search: Search) -> Found | None:
    """Role, SSO, static keys of either file, process: what the profile says."""
    search.counts = False
    try:
        for provider in PROFILE[search.given.sdk]:
            found = provider(search, search.profile)
            if found is not None:
                keys = found()
                search.counts = True
                search.asked(keys.method, rules.JAVA_PROFILE, f"has {keys.access_key} by profile {search.profile}")
                return lambda: keys
    except Raised as no:
        search.counts = True
        raise search.failing(SHARED, rules.JAVA_PROFILE, no.code, no.message) from None
    search.counts = True
    search.passes(SHARED, rules.JAVA_PROFILE, f"profile {search.profile} has no keys")
    return None


def _container(search: Search) -> Found | None:
    return endpoints.container_role(search, search.profile)


def _instance(search: Search) -> Found | None:
    return endpoints.iam_role(search, search.profile)


def _container_or_instance(search: Search) -> Found | None:
    """1.x: the instance only where no container variable is set."""
    in_container = endpoints.RELATIVE in search.env or endpoints.FULL in search.env
    return _container(search) if in_container else _instance(search)


WEB_PROPERTIES = {
    "aws.webIdentityTokenFile": "AWS_WEB_IDENTITY_TOKEN_FILE",
    "aws.roleArn": "AWS_ROLE_ARN",
    "aws.roleSessionName": "AWS_ROLE_SESSION_NAME",
}
SHARED = "shared-credentials-file"
STATIC = (providers.shared_credentials_file, providers.config_file, providers.custom_process)
PROFILE = {"java-v1": (roles.assume_role, *STATIC), "java-v2": (roles.assume_role, roles.sso, *STATIC)}
"""1.x knows no IAM Identity Center."""

V1: tuple[Step, ...] = (_env, _system_properties, _web_identity, _profile, _container_or_instance)
V2: tuple[Step, ...] = (_system_properties, _env, _web_identity, _profile, _container, _instance)
V1_NAMES = ("env", "system-properties", "assume-role-with-web-identity", SHARED, "container-role", "iam-role")
V2_NAMES = ("system-properties", "env", *V1_NAMES[2:])

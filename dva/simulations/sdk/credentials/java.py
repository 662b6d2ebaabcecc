"""The default chains of the AWS SDK for Java, 1.x and 2.x.

Another order than botocore's, and a provider that fails is passed over. The names in `tried` are botocore's;
the profile provider, one for both files, counts once, under the name of what it found.
"""

from dva.simulations.sdk.credentials import endpoints, providers, roles, rules
from dva.simulations.sdk.credentials.search import DeferredKeys, Keys, Provider, ProviderError, Search, ready


def ask(search: Search) -> DeferredKeys | None:
    """Return the keys of the first provider that has some and can use them."""
    search.run.step(rules.JAVA_CHAIN, f"{search.given.sdk} asks its own chain")
    for provider in V1 if search.given.sdk == "java-v1" else V2:
        try:
            found = provider(search, search.profile)
            keys = found() if found else None
        except ProviderError as no:
            search.run.step(rules.JAVA_CHAIN, f"{no.message}: passed over")
            continue
        if keys is not None:
            return ready(keys)
    return None


def _env(search: Search, profile: str) -> DeferredKeys | None:
    """Read both variables, or nothing."""
    access_key = search.env.get("AWS_ACCESS_KEY_ID")
    if not access_key or not search.env.get("AWS_SECRET_ACCESS_KEY"):
        return search.skip("env", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set")
    search.record("env", f"has {access_key}")
    return ready(Keys(access_key, search.env.get("AWS_SESSION_TOKEN") or None, "env"))


def _system_properties(search: Search, profile: str) -> DeferredKeys | None:
    properties = search.given.system_properties
    access_key = properties.get("aws.accessKeyId")
    secret = properties.get("aws.secretAccessKey") or properties.get("aws.secretKey")
    if not access_key or not secret:
        return search.skip("system-properties", "aws.accessKeyId and its secret are not both set")
    search.record("system-properties", f"has {access_key}")
    return ready(Keys(access_key, properties.get("aws.sessionToken"), "system-properties"))


def _web_identity(search: Search, profile: str) -> DeferredKeys | None:
    """Read the environment's variables; 2.x reads system properties before them."""
    properties = search.given.system_properties if search.given.sdk == "java-v2" else {}
    known = {WEB_PROPERTIES[name]: value for name, value in properties.items() if name in WEB_PROPERTIES}
    return roles.web_identity(search, "", search.env | known)


def _profile(search: Search, profile: str) -> DeferredKeys | None:
    """Read what the profile says: role, SSO, static keys of either file, process."""
    search.counts = False
    try:
        for provider in PROFILE[search.given.sdk]:
            found = provider(search, profile)
            if found is not None:
                keys = found()
                search.counts = True
                search.record(keys.method, f"has {keys.access_key} by profile {profile}", rules.JAVA_PROFILE)
                return ready(keys)
    except ProviderError as no:
        search.counts = True
        raise search.fail(SHARED, no.code, no.message, rules.JAVA_PROFILE) from None
    search.counts = True
    return search.skip(SHARED, f"profile {profile} has no keys", rules.JAVA_PROFILE)


def _container_or_instance(search: Search, profile: str) -> DeferredKeys | None:
    """Ask the instance only where no container variable is set, as 1.x does."""
    in_container = endpoints.RELATIVE in search.env or endpoints.FULL in search.env
    return (endpoints.container_role if in_container else endpoints.iam_role)(search, profile)


WEB_PROPERTIES = {"aws.webIdentityTokenFile": "AWS_WEB_IDENTITY_TOKEN_FILE", "aws.roleArn": "AWS_ROLE_ARN",
                  "aws.roleSessionName": "AWS_ROLE_SESSION_NAME"}  # fmt: skip
SHARED = "shared-credentials-file"
STATIC = (providers.shared_credentials_file, providers.config_file, providers.custom_process)
PROFILE = {"java-v1": (roles.assume_role, *STATIC), "java-v2": (roles.assume_role, roles.sso, *STATIC)}
"""1.x does not have IAM Identity Center."""

V1: tuple[Provider, ...] = (_env, _system_properties, _web_identity, _profile, _container_or_instance)
V2: tuple[Provider, ...] = (_system_properties, _env, _web_identity, _profile,
                            endpoints.container_role, endpoints.iam_role)  # fmt: skip
V1_NAMES = ("env", "system-properties", "assume-role-with-web-identity", SHARED, "container-role", "iam-role")
V2_NAMES = ("system-properties", "env", *V1_NAMES[2:])

"""The chain of botocore and both CLIs: which provider is asked after which."""

from collections.abc import Callable
from functools import partial

from dva.simulations.sdk.credentials import _endpoints as endpoints
from dva.simulations.sdk.credentials import _providers as providers
from dva.simulations.sdk.credentials import _roles as roles
from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._search import Found, Search

Provider = Callable[[Search, str], Found | None]

PROVIDERS: dict[str, Provider] = {
    "env": providers.env,
    "assume-role": roles.assume_role,
    "assume-role-with-web-identity": roles.web_identity,
    "sso": roles.sso,
    "shared-credentials-file": providers.shared_credentials_file,
    "login": providers.login,
    "custom-process": providers.custom_process,
    "config-file": providers.config_file,
    "ec2-credentials-file": providers.ec2_credentials_file,
    "boto-config": providers.boto_config,
    "container-role": endpoints.container_role,
    "iam-role": endpoints.iam_role,
}
ORDER = tuple(PROVIDERS)
PROFILE_ORDER = ORDER[2:8]
"""What a source_profile without role_arn is asked."""


def botocore(search: Search) -> Found | None:
    """The first provider that has keys; the environment's keys are left out where code names a profile."""
    named = search.given.code.profile
    known = dict(PROVIDERS)
    if named is not None:
        known["assume-role-with-web-identity"] = _web_identity_without_env
    order = search.how.order(ORDER)
    if not search.how.asks_env(named, search.env):
        changes = {"/state/texts/env": "left out: code or --profile names a profile"} if search.trace.recording else {}
        title = f"The environment's keys are not asked, for profile {search.profile} is named"
        search.trace.step(rules.NO_ENV, title, rules.NO_ENV.says, changes=changes)
        order = tuple(name for name in order if name != "env")
    return first(search, order, known, search.profile)


def first(search: Search, order: tuple[str, ...], known: dict[str, Provider], profile: str) -> Found | None:
    """Ask one after the other until one has keys."""
    for name in order:
        found = known[name](search, profile)
        if found is not None:
            return found
    return None


def of_profile(search: Search, profile: str) -> Found | None:
    """The providers that a source_profile is asked, the environment left out."""
    known = PROVIDERS | {"assume-role-with-web-identity": _web_identity_without_env}
    outer, search.within = search.within, f"source profile {profile}"
    found = first(search, PROFILE_ORDER, known, profile)
    search.within = outer
    return found


_web_identity_without_env: Provider = partial(roles.web_identity, variables={})

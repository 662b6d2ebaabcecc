"""The chain of botocore and both CLIs: which provider is asked after which."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from dva.simulations.sdk.credentials import endpoints, providers, roles, rules
from dva.simulations.sdk.credentials.search import DeferredKeys, Search

Provider = Callable[[Search, str], DeferredKeys | None]

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
"""In botocore's order (botocore/credentials.py, create_credential_resolver)."""
PROVIDERS_WITHOUT_ENV = PROVIDERS | {"assume-role-with-web-identity": partial(roles.web_identity, variables={})}
ORDER = tuple(PROVIDERS)
PROFILE_ORDER = ORDER[2:8]
"""What a source_profile without role_arn is asked."""


def ask(search: Search) -> DeferredKeys | None:
    """Return the keys of the first provider that has some, the environment left out where code names a profile."""
    named = search.given.code.profile
    order = search.run.using(provider_order)(ORDER)
    if not search.run.using(environment_counts)(named, search.env):
        search.run.step(
            rules.NO_ENV, f"The environment's keys are not asked, for profile {search.profile} is named",
            draw={("texts", "env"): "left out: code or --profile names a profile"},
        )  # fmt: skip
        order = tuple(name for name in order if name != "env")
    return _first(search, order, PROVIDERS if named is None else PROVIDERS_WITHOUT_ENV, search.profile)


def ask_profile(search: Search, profile: str) -> DeferredKeys | None:
    """Return the keys of the first provider that a source_profile is asked, the environment left out."""
    outer, search.within = search.within, f"source profile {profile}"
    found = _first(search, PROFILE_ORDER, PROVIDERS_WITHOUT_ENV, profile)
    search.within = outer
    return found


def _first(search: Search, order: Iterable[str], known: Mapping[str, Provider], profile: str) -> DeferredKeys | None:
    for name in order:
        found = known[name](search, profile)
        if found is not None:
            return found
    return None


# Rule functions that beliefs replace


def provider_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the providers in the order in which they are asked: botocore's."""
    return order


def environment_counts(named: str | None, variables: Mapping[str, str]) -> bool:
    """Return whether the environment's keys are asked: only a profile named in code or by --profile leaves them out."""
    return named is None

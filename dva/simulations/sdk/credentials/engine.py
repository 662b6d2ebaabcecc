"""One search from the files to the keys: profile, region, then botocore's chain of providers (Java's is in `java`)."""

from collections.abc import Iterable, Mapping
from functools import partial

from dva.aws import ini
from dva.simulations.frame import Run, State
from dva.simulations.sdk.credentials import endpoints, java, providers, roles, rules
from dva.simulations.sdk.credentials.documents import Given
from dva.simulations.sdk.credentials.search import CallNeeded, DeferredKeys, Keys, Provider, ProviderError, Search

PROFILE_VARIABLES = {
    "botocore": ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"), "cli-v1": ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"),
    "cli-v2": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), "java-v1": ("AWS_PROFILE",), "java-v2": ("AWS_PROFILE",),
}  # fmt: skip
REGION_VARIABLES = {
    "botocore": ("AWS_DEFAULT_REGION",), "cli-v1": ("AWS_DEFAULT_REGION",),
    "cli-v2": ("AWS_REGION", "AWS_DEFAULT_REGION"), "java-v1": ("AWS_REGION",), "java-v2": ("AWS_REGION",),
}  # fmt: skip
"""Environment variables in the order in which each client reads them (rules.VARIABLES, rules.REGION_PAGE)."""
ASKS_IMDS_FOR_REGION = ("cli-v2", "java-v1", "java-v2")
NO_JAVA_KEYS = "A call would throw SdkClientException: no provider of the chain could load credentials."
NOTHING_FOUND = {
    "botocore": "A call would raise NoCredentialsError: Unable to locate credentials.",
    "cli-v1": "Unable to locate credentials; version 1 suggests `aws configure`.",
    "cli-v2": "Unable to locate credentials; version 2 suggests `aws login`.",
}
PROVIDERS: dict[str, Provider] = {
    "env": providers.env, "assume-role": roles.assume_role, "assume-role-with-web-identity": roles.web_identity,
    "sso": roles.sso, "shared-credentials-file": providers.shared_credentials_file, "login": providers.login,
    "custom-process": providers.custom_process, "config-file": providers.config_file,
    "ec2-credentials-file": providers.ec2_credentials_file, "boto-config": providers.boto_config,
    "container-role": endpoints.container_role, "iam-role": endpoints.iam_role,
}  # fmt: skip
"""In botocore's order (botocore/credentials.py, create_credential_resolver)."""
PROVIDERS_WITHOUT_ENV = PROVIDERS | {"assume-role-with-web-identity": partial(roles.web_identity, variables={})}
ORDER = tuple(PROVIDERS)
PROFILE_ORDER = ORDER[2:8]
"""What a source_profile without role_arn is asked."""


def initial_state(given: Given) -> State:
    """Return the providers in their order, none of them asked yet."""
    names = {"java-v1": java.V1_NAMES, "java-v2": java.V2_NAMES}.get(given.sdk, ORDER)
    return {"texts": dict.fromkeys(names, "not asked")}


def find_credentials(given: Given, run: Run) -> None:
    """Read the files, choose the profile, ask the providers, use the keys."""
    search = Search(given, run, ask_profile)
    try:
        choose_profile(search)
        choose_region(search)
        keys = use_keys(search)
        if keys is None:
            why = NOTHING_FOUND.get(given.sdk, NO_JAVA_KEYS)
            run.step(rules.NONE, "No credentials are found", why, status="none")
        else:
            run.step(rules.WINS, f"{keys.method} wins with {keys.access_key}", status="credentials", method=keys.method,
                     access_key=keys.access_key, session_token=keys.token)  # fmt: skip
    except ProviderError as no:
        error = {"code": no.code, "message": no.message}
        rule = rules.NO_PROFILE if no.code == "ProfileNotFound" else rules.RAISES
        run.step(rule, f"{no.code}: {no.message}", status="error", error=error)
    except CallNeeded as no:
        run.step(rules.OFFLINE, f"It would {no}", status="unknown", would=str(no))


def choose_profile(search: Search) -> None:
    """Choose the profile and read both files, one of which must have it where it was named."""
    name, by = _profile_name(search)
    search.profile = "default" if name is None else name
    search.run.step(rules.PROFILE, f"The profile is {search.profile or '(empty)'}: {by}", profile=search.profile)
    try:
        _read_files(search)
    except ini.IniError as problem:
        place = f" (line {problem.line})" if problem.line else ""
        if not search.is_java:
            raise ProviderError("ConfigParseError", f"Unable to parse config file{place}: {problem}") from None
        search.run.step(rules.JAVA_CHAIN, f"A file cannot be read{place}: {problem}", "Java passes over both files.")
    if name is not None and name not in search.profiles and not search.is_java:
        raise ProviderError("ProfileNotFound", f"The config profile ({name}) could not be found")


def _read_files(search: Search) -> None:
    """Read both files; the SDK for Java 1.x has a variable of its own for the credentials file."""
    java_v1 = search.given.sdk == "java-v1"
    variable = "AWS_CREDENTIAL_PROFILES_FILE" if java_v1 else "AWS_SHARED_CREDENTIALS_FILE"
    config = search.machine.sections(search.env.get("AWS_CONFIG_FILE", "~/.aws/config"))
    search.credentials = search.machine.sections(search.env.get(variable, "~/.aws/credentials")) or {}
    search.config = ini.config_file(config or {})
    search.profiles = ini.merged(search.config, search.credentials)
    search.run.step(rules.CONFIG, f"The files are read; profiles: {', '.join(search.profiles) or 'none'}")


def _profile_name(search: Search) -> tuple[str | None, str]:
    """Return the profile that was named, and by what."""
    if search.given.code.profile is not None:
        return search.given.code.profile, "named in code or by --profile"
    for variable in PROFILE_VARIABLES[search.given.sdk]:
        if variable in search.env:
            return search.env[variable], f"named by {variable}"
    if search.is_java and "aws.profile" in search.given.system_properties:
        return search.given.system_properties["aws.profile"], "named by the system property aws.profile"
    return None, "none is named"


def choose_region(search: Search) -> None:
    """Read code, the variables that this client reads, the profile, for some the instance; never a default."""
    variables = search.run.using(region_variables)(search.given.sdk)
    search.region, by = _region(search, variables)
    title = "No region is set" if search.region is None else f"The region is {search.region}, from {by}"
    search.run.step(rules.REGION, title, f"{search.given.sdk} reads {' then '.join(variables)}.", region=search.region)


def _region(search: Search, variables: Iterable[str]) -> tuple[str | None, str]:
    if search.given.code.region is not None:
        return search.given.code.region, "code or --region"
    for variable in variables:
        if variable in search.env:
            return search.env[variable], variable
    if search.is_java and "aws.region" in search.given.system_properties:
        return search.given.system_properties["aws.region"], "the system property aws.region"
    setting = search.section(search.profile).get("region")
    if isinstance(setting, str):
        return setting, f"profile {search.profile}"
    imds, default = search.given.imds, search.run.using(default_region)()
    answers = imds is not None and imds.mode != "unreachable" and not endpoints.imds_disabled(search)
    if imds is None or not answers or search.offline or search.given.sdk not in ASKS_IMDS_FOR_REGION:
        return default, "nowhere"
    return imds.region or default, "the instance metadata service"


def use_keys(search: Search) -> Keys | None:
    """Return the keys in code, of which an id alone means that its secret is given too, else those of the chain."""
    code = search.given.code
    if code.aws_access_key_id is not None:
        search.record("explicit", f"has {code.aws_access_key_id}")
        return Keys(code.aws_access_key_id, code.aws_session_token, "explicit")
    found = java.ask(search) if search.is_java else ask(search)
    return found() if found else None


def ask(search: Search) -> DeferredKeys | None:
    """Return the keys of the first provider that has some, the environment left out where code names a profile."""
    named = search.given.code.profile
    order = search.run.using(provider_order)(ORDER)
    if not search.run.using(environment_counts)(named, search.env):
        search.run.step(rules.NO_ENV, f"The environment's keys are not asked, for profile {search.profile} is named",
                        draw={("texts", "env"): "left out: code or --profile names a profile"})  # fmt: skip
        order = tuple(name for name in order if name != "env")
    return _first(search, order, PROVIDERS if named is None else PROVIDERS_WITHOUT_ENV, search.profile)


def ask_profile(search: Search, profile: str) -> DeferredKeys | None:
    """Return the keys of the first provider that a source_profile is asked, the environment left out."""
    outer, search.within = search.within, f"source profile {profile}"
    found = _first(search, PROFILE_ORDER, PROVIDERS_WITHOUT_ENV, profile)
    search.within = outer
    return found


def _first(search: Search, order: Iterable[str], known: Mapping[str, Provider], profile: str) -> DeferredKeys | None:
    return next(filter(None, (known[name](search, profile) for name in order)), None)


# Rule functions that beliefs replace; the others are beside the providers that they are about


def provider_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the providers in the order in which they are asked: botocore's."""
    return order


def environment_counts(named: str | None, variables: Mapping[str, str]) -> bool:
    """Return whether the environment's keys are asked: only a profile named in code or by --profile leaves them out."""
    return named is None


def region_variables(sdk: str) -> tuple[str, ...]:
    """Return the environment variables that a client reads for the region, in its order."""
    return REGION_VARIABLES[sdk]


def default_region() -> str | None:
    """Return the region where none is set: no client makes one up."""
    return None

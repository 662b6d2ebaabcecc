"""One search from the files to the keys: profile, region, providers."""

from dva.aws import ini
from dva.simulations.frame import Run, State
from dva.simulations.sdk.credentials import chain, endpoints, java, rules
from dva.simulations.sdk.credentials.documents import Given
from dva.simulations.sdk.credentials.machine import Machine
from dva.simulations.sdk.credentials.search import CallNeeded, DeferredKeys, Keys, ProviderError, Search, ready

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
    "java-v1": NO_JAVA_KEYS,
    "java-v2": NO_JAVA_KEYS,
}


def initial_state(given: Given) -> State:
    """Return the providers in their order, none of them asked yet."""
    names = {"java-v1": java.V1_NAMES, "java-v2": java.V2_NAMES}.get(given.sdk, chain.ORDER)
    return {"texts": dict.fromkeys(names, "not asked")}


def find_credentials(given: Given, run: Run) -> None:
    """Read the files, choose the profile, ask the providers, use the keys."""
    search = Search(given, run, Machine(given), chain.ask_profile)
    try:
        read_files(search)
        choose_region(search)
        found = _explicit(search) or (java.ask(search) if _is_java(search) else chain.ask(search))
        if found is None:
            run.step(rules.NONE, "No credentials are found", NOTHING_FOUND[given.sdk], status="none")
        else:
            keys = found()
            run.step(
                rules.WINS, f"{keys.method} wins with {keys.access_key}", status="credentials",
                method=keys.method, access_key=keys.access_key, session_token=keys.token,
            )  # fmt: skip
    except ProviderError as no:
        error = {"code": no.code, "message": no.message}
        rule = rules.NO_PROFILE if no.code == "ProfileNotFound" else rules.RAISES
        run.step(rule, f"{no.code}: {no.message}", status="error", error=error)
    except CallNeeded as no:
        run.step(rules.OFFLINE, f"It would {no.would}", status="unknown", would=no.would)


def _is_java(search: Search) -> bool:
    return search.given.sdk.startswith("java")


def read_files(search: Search) -> None:
    """Read both files and choose the profile, which must be in one of them."""
    name, by = _profile_name(search)
    search.profile = "default" if name is None else name
    title = f"The profile is {search.profile or '(empty)'}: {by}"
    search.run.step(rules.PROFILE, title, profile=search.profile)
    try:
        _read(search)
    except ini.IniError as problem:
        place = f" (line {problem.line})" if problem.line else ""
        if not _is_java(search):
            raise ProviderError("ConfigParseError", f"Unable to parse config file{place}: {problem}") from None
        title = f"A file cannot be read{place}: {problem}"
        search.run.step(rules.JAVA_CHAIN, title, "Java passes over both files.")
    if name is not None and name not in search.profiles and not _is_java(search):
        raise ProviderError("ProfileNotFound", f"The config profile ({name}) could not be found")


def _read(search: Search) -> None:
    machine = search.machine
    config, credentials = machine.sections(machine.config_path), machine.sections(machine.credentials_path)
    search.config, search.credentials = ini.config_file(config or {}), credentials or {}
    search.profiles = ini.merged(search.config, search.credentials)
    search.run.step(rules.CONFIG, f"The files are read; profiles: {', '.join(search.profiles) or 'none'}")


def _profile_name(search: Search) -> tuple[str | None, str]:
    """Return the profile that was named, and by what."""
    if search.given.code.profile is not None:
        return search.given.code.profile, "named in code or by --profile"
    for variable in PROFILE_VARIABLES[search.given.sdk]:
        if variable in search.env:
            return search.env[variable], f"named by {variable}"
    if _is_java(search) and "aws.profile" in search.given.system_properties:
        return search.given.system_properties["aws.profile"], "named by the system property aws.profile"
    return None, "none is named"


def choose_region(search: Search) -> None:
    """Read code, the variables that this client reads, the profile, for some the instance; never a default."""
    search.region, by = _region(search)
    title = "No region is set" if search.region is None else f"The region is {search.region}, from {by}"
    variables = " then ".join(search.run.using(region_variables)(search.given.sdk))
    search.run.step(rules.REGION, title, f"{search.given.sdk} reads {variables}.", region=search.region)


def _region(search: Search) -> tuple[str | None, str]:
    if search.given.code.region is not None:
        return search.given.code.region, "code or --region"
    for variable in search.run.using(region_variables)(search.given.sdk):
        if variable in search.env:
            return search.env[variable], variable
    if _is_java(search) and "aws.region" in search.given.system_properties:
        return search.given.system_properties["aws.region"], "the system property aws.region"
    setting = search.section(search.profile).get("region")
    if isinstance(setting, str):
        return setting, f"profile {search.profile}"
    imds, default = search.given.imds, search.run.using(default_region)()
    answers = imds is not None and imds.mode != "unreachable" and not endpoints.imds_disabled(search)
    if imds is None or not answers or search.offline or search.given.sdk not in ASKS_IMDS_FOR_REGION:
        return default, "nowhere"
    return imds.region or default, "the instance metadata service"


def _explicit(search: Search) -> DeferredKeys | None:
    """Return keys in code; a key id alone means that its secret is given too."""
    code = search.given.code
    if code.aws_access_key_id is None:
        return None
    search.record("explicit", f"has {code.aws_access_key_id}")
    return ready(Keys(code.aws_access_key_id, code.aws_session_token, "explicit"))


# Rule functions that beliefs replace; the others are beside the providers that they are about


def region_variables(sdk: str) -> tuple[str, ...]:
    """Return the environment variables that a client reads for the region, in its order."""
    return REGION_VARIABLES[sdk]


def default_region() -> str | None:
    """Return the region where none is set: no client makes one up."""
    return None

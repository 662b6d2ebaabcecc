"""Where the keys come from: the search for credentials of botocore (boto3), the AWS CLI and the SDK for Java.

In botocore's order (botocore/credentials.py): both files are read and the profile is chosen; then the providers
are asked one after the other, and the first that has keys wins; one that fails ends the search. An assumed role
or IAM Identity Center calls AWS only once somebody uses the keys. The CLIs differ in the variables that choose
profile and region, the SDK for Java in its order (`_java.py`). The rules stand in `_rules.py`.
"""

from collections.abc import Mapping
from typing import Any

from dva.aws import ini
from dva.simulations._before import Belief, Simulation, Tracer
from dva.simulations.sdk.credentials import _chain, _endpoints, _java, _roles
from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._given import Given, Machine
from dva.simulations.sdk.credentials._learner import files_wanted, given_from
from dva.simulations.sdk.credentials._search import Found, How, Keys, Needs, Raised, Search

PROFILE_VARIABLES = {
    "botocore": ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"),
    "cli-v1": ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"),
    "cli-v2": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    "java-v1": ("AWS_PROFILE",),
    "java-v2": ("AWS_PROFILE",),
}
REGION_VARIABLES = {
    "botocore": ("AWS_DEFAULT_REGION",),
    "cli-v1": ("AWS_DEFAULT_REGION",),
    "cli-v2": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "java-v1": ("AWS_REGION",),
    "java-v2": ("AWS_REGION",),
}
NOTHING_FOUND = {
    "botocore": "A call would raise NoCredentialsError: Unable to locate credentials.",
    "cli-v1": "Unable to locate credentials; version 1 suggests `aws configure`.",
    "cli-v2": "Unable to locate credentials; version 2 suggests `aws login`.",
    "java-v1": "A call would throw SdkClientException: no provider of the chain could load credentials.",
    "java-v2": "A call would throw SdkClientException: no provider of the chain could load credentials.",
}
ASKS_IMDS_FOR_REGION = ("cli-v2", "java-v1", "java-v2")


# The rule functions that beliefs replace.


def asks_env(named: str | None, variables: Mapping[str, str]) -> bool:
    """Only a profile named in code or by --profile takes the environment's keys out."""
    return named is None


def in_botocores_order(order: tuple[str, ...]) -> tuple[str, ...]:
    return order


def yes() -> bool:
    """Half a pair of keys, and a container endpoint that fails, end the search."""
    return True


def region_variables(sdk: str) -> tuple[str, ...]:
    return REGION_VARIABLES[sdk]


def no_default() -> str | None:
    """No client makes up a region."""
    return None


def play(given: Given, trace: Tracer, how: How) -> None:
    """Read the files, choose the profile, ask the providers, use the keys."""
    search = Search(given, trace, how, Machine(given), _chain.of_profile)
    try:
        read_files(search)
        choose_region(search)
        found = _explicit(search) or (_java.chain(search) if _is_java(search) else _chain.botocore(search))
        if found is None:
            search.told(rules.NONE, "No credentials are found", NOTHING_FOUND[given.sdk], status="none")
        else:
            _won(search, found())
    except Raised as no:
        error = {"code": no.code, "message": no.message}
        rule = rules.NO_PROFILE if no.code == "ProfileNotFound" else rules.RAISES
        search.told(rule, f"{no.code}: {no.message}", rule.says, status="error", error=error)
    except Needs as no:
        search.told(rules.OFFLINE, f"It would {no.would}", rules.OFFLINE.says, status="unknown", would=no.would)


def start(given: Given) -> dict[str, Any]:
    """The providers in their order, none of them asked yet."""
    java = {"java-v1": _java.V1_NAMES, "java-v2": _java.V2_NAMES}
    return {"texts": dict.fromkeys(java.get(given.sdk, _chain.ORDER), "not asked")}


def _is_java(search: Search) -> bool:
    return search.given.sdk.startswith("java")


def read_files(search: Search) -> None:
    """Both files, and the profile that has to stand in one of them."""
    name, by = _profile_name(search)
    search.profile = "default" if name is None else name
    search.told(rules.PROFILE, f"The profile is {search.profile or '(empty)'}: {by}", profile=search.profile)
    try:
        _read(search)
    except ini.IniError as problem:
        place = f" (line {problem.line})" if problem.line else ""
        if not _is_java(search):
            raise Raised("ConfigParseError", f"Unable to parse config file{place}: {problem}") from None
        search.told(rules.JAVA_CHAIN, f"A file cannot be read{place}: {problem}", "Java passes over both files.")
    if name is not None and name not in search.profiles and not _is_java(search):
        raise Raised("ProfileNotFound", f"The config profile ({name}) could not be found")


def _read(search: Search) -> None:
    machine = search.machine
    config, credentials = machine.sections(machine.config_path), machine.sections(machine.credentials_path)
    search.config, search.credentials = ini.config_file(config or {}), credentials or {}
    search.profiles = ini.merged(search.config, search.credentials)
    found = ", ".join(search.profiles) or "none"
    search.told(rules.CONFIG, f"The files are read; profiles: {found}", rules.CONFIG.says)


def _profile_name(search: Search) -> tuple[str | None, str]:
    """The profile that was named, and by what."""
    if search.given.code.profile is not None:
        return search.given.code.profile, "named in code or by --profile"
    for variable in PROFILE_VARIABLES[search.given.sdk]:
        if variable in search.env:
            return search.env[variable], f"named by {variable}"
    if _is_java(search) and "aws.profile" in search.given.system_properties:
        return search.given.system_properties["aws.profile"], "named by the system property aws.profile"
    return None, "none is named"


def choose_region(search: Search) -> None:
    """Code, the variables that this client reads, the profile, for some the instance; never a default."""
    region, by = _region(search)
    search.region = region
    told = "No region is set" if region is None else f"The region is {region}, from {by}"
    variables = " then ".join(search.how.region_variables(search.given.sdk))
    search.told(rules.REGION, told, f"{search.given.sdk} reads {variables}.", region=region)


def _region(search: Search) -> tuple[str | None, str]:
    if search.given.code.region is not None:
        return search.given.code.region, "code or --region"
    for variable in search.how.region_variables(search.given.sdk):
        if variable in search.env:
            return search.env[variable], variable
    if _is_java(search) and "aws.region" in search.given.system_properties:
        return search.given.system_properties["aws.region"], "the system property aws.region"
    setting = search.section(search.profile).get("region")
    if isinstance(setting, str):
        return setting, f"profile {search.profile}"
    imds = search.given.imds
    answers = imds is not None and imds.mode != "unreachable" and not _endpoints.imds_disabled(search)
    if imds is None or not answers or search.offline or search.given.sdk not in ASKS_IMDS_FOR_REGION:
        return search.how.default_region(), "nowhere"
    return imds.region or search.how.default_region(), "the instance metadata service"


def _explicit(search: Search) -> Found | None:
    """Keys in code; a key id alone means that its secret is given too."""
    code = search.given.code
    if code.aws_access_key_id is None:
        return None
    keys = Keys(code.aws_access_key_id, code.aws_session_token, "explicit")
    search.asked("explicit", rules.EXPLICIT, f"has {keys.access_key}")
    return lambda: keys


def _won(search: Search, keys: Keys) -> None:
    search.told(
        rules.WINS, f"{keys.method} wins with {keys.access_key}", rules.WINS.says,
        status="credentials", method=keys.method, access_key=keys.access_key, session_token=keys.token,
    )  # fmt: skip


# Beliefs: what people expect instead.


def always(named: str | None, variables: Mapping[str, str]) -> bool:
    """Believed: keys in the environment win, whatever --profile says."""
    return True


def unless_any_profile(named: str | None, variables: Mapping[str, str]) -> bool:
    """Believed: AWS_PROFILE takes the environment's keys out as --profile does."""
    return named is None and "AWS_PROFILE" not in variables


def static_keys_first(profile: Mapping[str, Any]) -> bool:
    """Believed: keys in a profile win over its role_arn."""
    return _roles.takes_role(profile) and "aws_access_key_id" not in profile


def config_first(order: tuple[str, ...]) -> tuple[str, ...]:
    """Believed: ~/.aws/config wins over ~/.aws/credentials."""
    at = order.index("shared-credentials-file")
    return (*order[:at], "config-file", *(name for name in order[at:] if name != "config-file"))


def instance_first(order: tuple[str, ...]) -> tuple[str, ...]:
    """Believed: on EC2 the instance's role wins over keys that lie around."""
    return ("iam-role", *(name for name in order if name != "iam-role"))


def no() -> bool:
    """Believed: what fails is passed over."""
    return False


def any_value(value: str) -> bool:
    """Believed: AWS_EC2_METADATA_DISABLED=1 turns the metadata service off."""
    return value.lower() in ("true", "1", "yes")


def aws_region_everywhere(sdk: str) -> tuple[str, ...]:
    """Believed: every client reads AWS_REGION."""
    return ("AWS_REGION", "AWS_DEFAULT_REGION")


def default_region_everywhere(sdk: str) -> tuple[str, ...]:
    """Believed: every client reads AWS_DEFAULT_REGION."""
    return ("AWS_DEFAULT_REGION",)


def us_east_1() -> str | None:
    """Believed: without a region us-east-1 is used."""
    return "us-east-1"


BELIEFS = (
    Belief(
        "environment-always-wins", "keys in environment variables win even over --profile",
        "--profile (or a profile named in code) removes the environment step; only AWS_PROFILE leaves it in.",
        "asks_env", always, ("sdk-overview.10",),
    ),
    Belief(
        "aws-profile-beats-keys", "AWS_PROFILE wins over keys in environment variables",
        "AWS_PROFILE only names the profile; the environment's keys are still asked first.",
        "asks_env", unless_any_profile, ("sdk-overview.11",),
    ),
    Belief(
        "static-keys-beat-the-role", "a profile's own keys win over its role_arn",
        "A profile with role_arn is taken by the assume-role provider before any static key is looked at.",
        "takes_role", static_keys_first, ("sdk-overview.assume-role",),
    ),
    Belief(
        "config-file-first", "~/.aws/config is read before ~/.aws/credentials",
        "Keys in the credentials file win; the config file's keys come several steps later.",
        "order", config_first, ("sdk-overview.13",),
    ),
    Belief(
        "instance-role-first", "on an EC2 instance the instance's role wins over keys in files",
        "The instance role is asked last: keys that lie around in the environment or files win over it.",
        "order", instance_first, ("sdk-overview.15",),
    ),
    Belief(
        "half-a-pair-is-skipped", "an access key id without its secret is skipped",
        "A key id without a secret ends the search with PartialCredentialsError.",
        "half_pair_ends", no, ("sdk-overview.11",),
    ),
    Belief(
        "container-falls-back-to-instance", "when the container endpoint fails, the instance's role is used",
        "Once a container variable is set, a failure of its endpoint ends the search.",
        "container_failure_ends", no, ("sdk-overview.14",),
    ),
    Belief(
        "any-value-disables-imds", "AWS_EC2_METADATA_DISABLED=1 turns the metadata service off",
        "Only the word true, in any case, turns it off.",
        "disables_imds", any_value, ("sdk-overview.15",),
    ),
    Belief(
        "aws-region-everywhere", "every SDK and CLI reads AWS_REGION",
        "botocore, boto3 and CLI version 1 read AWS_DEFAULT_REGION only; CLI version 2 and Java read AWS_REGION.",
        "region_variables", aws_region_everywhere, ("sdk-overview.03",),
    ),
    Belief(
        "default-region-everywhere", "every SDK and CLI reads AWS_DEFAULT_REGION first",
        "CLI version 2 asks AWS_REGION before it, and the SDK for Java reads AWS_REGION only.",
        "region_variables", default_region_everywhere, ("sdk-overview.03",),
    ),
    Belief(
        "us-east-1-by-default", "without a region us-east-1 is used",
        "There is no default: a client that needs a region fails without one.",
        "default_region", us_east_1, ("sdk-overview.03",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="credentials",
    title="Which credentials are used",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "method": None, "access_key": None, "session_token": None, "region": None, "profile": None,
        "tried": [], "chain": [], "would": None,
    },
    statuses=("credentials", "none", "error", "unknown"),
    play=play,
    how=How(
        asks_env=asks_env,
        takes_role=_roles.takes_role,
        order=in_botocores_order,
        half_pair_ends=yes,
        container_failure_ends=yes,
        disables_imds=_endpoints.says_true,
        region_variables=region_variables,
        default_region=no_default,
    ),
    start=start,
)  # fmt: skip

__all__ = ["SIMULATION", "files_wanted", "given_from"]

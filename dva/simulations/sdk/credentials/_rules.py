"""The rules of the search as a table, in the order in which they act."""

from dva.simulations._before import Rule

BOTOCORE = "botocore 1.44, botocore/credentials.py"
GUIDE = "AWS CLI User Guide, "
URL = "https://docs.aws.amazon.com/cli/latest/userguide/"
FILES = f"{GUIDE}Configuration and credential file settings: {URL}cli-configure-files.html"
VARIABLES = f"{GUIDE}Environment variables: {URL}cli-configure-envvars.html"
ROLES = f"{GUIDE}Using an IAM role: {URL}cli-configure-role.html"
SSO_PAGE = f"{GUIDE}Configuring IAM Identity Center authentication: {URL}cli-configure-sso.html"
PROCESS_PAGE = f"{GUIDE}Sourcing credentials with an external process: {URL}cli-configure-sourcing-external.html"
TOOLS = "https://docs.aws.amazon.com/sdkref/latest/guide/"
CHAIN_PAGE = f"AWS SDKs and Tools Reference Guide, Credential providers: {TOOLS}standardized-credentials.html"
CONTAINER_PAGE = (
    f"AWS SDKs and Tools Reference Guide, Container credential provider: {TOOLS}feature-container-credentials.html"
)
IMDS_PAGE = f"AWS SDKs and Tools Reference Guide, IMDS credential provider: {TOOLS}feature-imds-credentials.html"
REGION_PAGE = f"AWS SDKs and Tools Reference Guide, AWS Region: {TOOLS}feature-region.html"
JAVA1 = "https://docs.aws.amazon.com/sdk-for-java/v1/developer-guide/credentials.html"
JAVA2 = "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html"
JAVA = f"AWS SDK for Java Developer Guides, default credentials provider chain: {JAVA1} and {JAVA2}"
STS_MODEL = "AWS STS API, AssumeRole and AssumeRoleWithWebIdentity"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"sdk.credentials.{name}", says, source, notes, convention)


# Before any provider
CONFIG = _rule(
    "config", "Both files are read before any provider is asked; one that cannot be read ends the search.",
    "botocore 1.44, botocore/configloader.py and session.py", "sdk-overview.config-first", "cli-overview.04",
)  # fmt: skip
PROFILE = _rule(
    "profile", "The profile is the one named in code or by --profile, else by an environment variable, else default.",
    VARIABLES, "cli-overview.12", "cli-overview.13",
)  # fmt: skip
NO_PROFILE = _rule(
    "profileNotFound", "A profile that is named must stand in one of the two files.", BOTOCORE, "cli-overview.12"
)
REGION = _rule(
    "region", "The region is looked for on its own, apart from the keys, and has no default.", REGION_PAGE,
    "sdk-overview.03",
)  # fmt: skip

# The providers, in botocore's order
EXPLICIT = _rule("explicit", "Keys given in code are used as they are.", CHAIN_PAGE, "sdk-overview.10")
ENV = _rule("env", "A non-empty AWS_ACCESS_KEY_ID in the environment wins.", VARIABLES, "sdk-overview.11")
NO_ENV = _rule(
    "envSkipped", "A profile named in code or by --profile takes the environment's keys out of the search.",
    BOTOCORE, "sdk-overview.10",
)  # fmt: skip
ASSUME_ROLE = _rule(
    "assumeRole", "A profile with role_arn names another source of keys and assumes the role with them.", ROLES,
    "sdk-overview.assume-role",
)  # fmt: skip
SOURCE = _rule(
    "sourceProfile", "source_profile is asked for keys of its own, the environment left out.", ROLES,
    "sdk-overview.assume-role",
)  # fmt: skip
CREDENTIAL_SOURCE = _rule(
    "credentialSource", "credential_source is Environment, Ec2InstanceMetadata or EcsContainer, spelt exactly so.",
    ROLES, "sdk-overview.assume-role",
)  # fmt: skip
WEB_IDENTITY = _rule(
    "webIdentity", "A token file and a role ARN, each from the environment or else the profile, are exchanged at STS.",
    f"{ROLES}, and {BOTOCORE}", "sdk-overview.web-identity",
)  # fmt: skip
SSO = _rule(
    "sso", "A profile with sso_account_id or sso_role_name uses the token that `aws sso login` left in the cache.",
    SSO_PAGE, "sdk-overview.sso",
)  # fmt: skip
SHARED = _rule(
    "sharedCredentialsFile", "aws_access_key_id of the profile in the credentials file.", FILES, "sdk-overview.12"
)
LOGIN = _rule(
    "login", "A profile with login_session uses what `aws login` left in the cache.", BOTOCORE, "sdk-overview.login"
)
PROCESS = _rule(
    "customProcess", "credential_process is run, without a shell, and must print version 1 JSON.", PROCESS_PAGE,
    "sdk-overview.process",
)  # fmt: skip
CONFIG_FILE = _rule("configFile", "aws_access_key_id of the profile in the config file.", FILES, "sdk-overview.13")
EC2_FILE = _rule(
    "ec2CredentialsFile", "AWS_CREDENTIAL_FILE names a file of the old EC2 tools.", BOTOCORE, "sdk-overview.old-files"
)
BOTO = _rule(
    "botoConfig", "The [Credentials] section of boto 2's own files is still read.", BOTOCORE, "sdk-overview.old-files"
)
CONTAINER = _rule(
    "containerRole", "The container's endpoint is asked where one of its two variables is set; a failure is final.",
    CONTAINER_PAGE, "sdk-overview.14",
)  # fmt: skip
IMDS = _rule(
    "iamRole", "The instance's role is asked last: a token by PUT, then the role's name, then its keys.", IMDS_PAGE,
    "sdk-overview.15",
)  # fmt: skip

# Calls
STS = _rule(
    "stsCall", "A call hands out a role's keys; AssumeRole is signed with the source's keys, the others are unsigned.",
    STS_MODEL, "sdk-overview.assume-role",
)  # fmt: skip
MADE_UP = _rule(
    "keys", "Keys of an assumed role are ASIA and a hash of its ARN, so that a run can be repeated.",
    "dva", "sdk-overview.assume-role", convention=True,
)  # fmt: skip
NO_REGION = _rule(
    "stsRegion",
    "AssumeRole needs a region to sign for, as observed with a configured STS endpoint; without one "
    "botocore falls back to the global endpoint and us-east-1.", BOTOCORE,
    "sdk-overview.03", convention=True,
)  # fmt: skip
EXPIRED = _rule(
    "expired", "Keys that say when they expire are fetched again, and must then still be valid.", BOTOCORE,
    "sdk-overview.11",
)  # fmt: skip
MFA = _rule(
    "mfa", "mfa_serial makes the client ask for a code, which goes along with AssumeRole.", ROLES, "cli-overview.15"
)

# The end
WINS = _rule(
    "firstWins",
    "The first provider that has keys wins; the ones after it are not asked.",
    CHAIN_PAGE,
    "sdk-overview.chain",
)
RAISES = _rule(
    "errorEnds", "A provider that fails ends the search: nothing after it is asked.", BOTOCORE, "sdk-overview.chain"
)
NONE = _rule("none", "No provider has keys: Unable to locate credentials.", BOTOCORE, "sdk-overview.chain")
OFFLINE = _rule(
    "offline", "Without starting a process or calling anything the search ends here, unknown.", "dva",
    "sdk-overview.chain", convention=True,
)  # fmt: skip

# Java
JAVA_CHAIN = _rule(
    "java", "Java asks its own chain, in another order, and passes over a provider that fails.", JAVA, "sdk-overview.16"
)
SYSTEM = _rule(
    "systemProperties", "Java reads aws.accessKeyId and aws.secretAccessKey from its system properties.", JAVA,
    "sdk-overview.18",
)  # fmt: skip
JAVA_PROFILE = _rule(
    "javaProfile", "Java's profile provider reads both files and what the profile says: role, SSO, keys or process.",
    JAVA, "sdk-overview.19",
)  # fmt: skip

RULES = (
    CONFIG, PROFILE, NO_PROFILE, REGION, EXPLICIT, ENV, NO_ENV, ASSUME_ROLE, SOURCE, CREDENTIAL_SOURCE, WEB_IDENTITY,
    SSO, SHARED, LOGIN, PROCESS, CONFIG_FILE, EC2_FILE, BOTO, CONTAINER, IMDS, STS, MADE_UP, NO_REGION, EXPIRED, MFA,
    WINS, RAISES, NONE, OFFLINE, JAVA_CHAIN, SYSTEM, JAVA_PROFILE,
)  # fmt: skip

"""The rules of the search, in the order in which they act."""

from dva.simulations.frame import Mechanism

credentials = Mechanism("credentials", rules="sdk.credentials", notes="sdk-overview")
rule, belief = credentials.rule, credentials.belief

BOTOCORE = "botocore 1.44, botocore/credentials.py"
GUIDE = "AWS CLI User Guide, "
URL = "https://docs.aws.amazon.com/cli/latest/userguide/"
FILES = f"{GUIDE}Configuration and credential file settings: {URL}cli-configure-files.html"
VARIABLES = f"{GUIDE}Environment variables: {URL}cli-configure-envvars.html"
ROLES = f"{GUIDE}Using an IAM role: {URL}cli-configure-role.html"
SSO_PAGE = f"{GUIDE}Configuring IAM Identity Center authentication: {URL}cli-configure-sso.html"
PROCESS_PAGE = f"{GUIDE}Sourcing credentials with an external process: {URL}cli-configure-sourcing-external.html"
TOOLS_GUIDE = "AWS SDKs and Tools Reference Guide, "
TOOLS = "https://docs.aws.amazon.com/sdkref/latest/guide/"
CHAIN_PAGE = f"{TOOLS_GUIDE}Credential providers: {TOOLS}standardized-credentials.html"
CONTAINER_PAGE = f"{TOOLS_GUIDE}Container credential provider: {TOOLS}feature-container-credentials.html"
IMDS_PAGE = f"{TOOLS_GUIDE}IMDS credential provider: {TOOLS}feature-imds-credentials.html"
REGION_PAGE = f"{TOOLS_GUIDE}AWS Region: {TOOLS}feature-region.html"
JAVA1 = "https://docs.aws.amazon.com/sdk-for-java/v1/developer-guide/credentials.html"
JAVA2 = "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html"
JAVA = f"AWS SDK for Java Developer Guides, default credentials provider chain: {JAVA1} and {JAVA2}"
STS_MODEL = "AWS STS API, AssumeRole and AssumeRoleWithWebIdentity"

# Before any provider

CONFIG = rule("config", "Both files are read before any provider is asked; one that cannot be read ends the search.",
              "botocore 1.44, botocore/configloader.py and session.py", "config-first", "cli-overview.04")  # fmt: skip
PROFILE = rule("profile",
               "The profile is the one named in code or by --profile, else by an environment variable, else default.",
               VARIABLES, "cli-overview.12", "cli-overview.13")  # fmt: skip
NO_PROFILE = rule("profileNotFound", "A profile that is named must stand in one of the two files.", BOTOCORE,
                  "cli-overview.12")  # fmt: skip
REGION = rule("region", "The region is looked for on its own, apart from the keys, and has no default.", REGION_PAGE,
              "03")  # fmt: skip

# The providers, in botocore's order

EXPLICIT = rule("explicit", "Keys given in code are used as they are.", CHAIN_PAGE, "10")
ENV = rule("env", "A non-empty AWS_ACCESS_KEY_ID in the environment wins.", VARIABLES, "11")
NO_ENV = rule("envSkipped", "A profile named in code or by --profile takes the environment's keys out of the search.",
              BOTOCORE, "10")  # fmt: skip
ASSUME_ROLE = rule("assumeRole", "A profile with role_arn names another source of keys and assumes the role with them.",
                   ROLES, "assume-role")  # fmt: skip
SOURCE = rule("sourceProfile", "source_profile is asked for keys of its own, the environment left out.", ROLES,
              "assume-role")  # fmt: skip
CREDENTIAL_SOURCE = rule("credentialSource",
                         "credential_source is Environment, Ec2InstanceMetadata or EcsContainer, spelt exactly so.",
                         ROLES, "assume-role")  # fmt: skip
WEB_IDENTITY = rule("webIdentity",
                    "A token file and a role ARN, each from the environment or else the profile, are exchanged at STS.",
                    f"{ROLES}, and {BOTOCORE}", "web-identity")  # fmt: skip
SSO = rule("sso",
           "A profile with sso_account_id or sso_role_name uses the token that `aws sso login` left in the cache.",
           SSO_PAGE, "sso")  # fmt: skip
SHARED = rule("sharedCredentialsFile", "aws_access_key_id of the profile in the credentials file.", FILES, "12")
JSON_TWICE = rule("jsonDuplicate", "Of a key that JSON has twice the SDK reads the last one and says nothing.",
                  f"{BOTOCORE}, which reads with Python's json", "process")  # fmt: skip
LOGIN = rule("login", "A profile with login_session uses what `aws login` left in the cache.", BOTOCORE, "login")
PROCESS = rule("customProcess", "credential_process is run, without a shell, and must print version 1 JSON.",
               PROCESS_PAGE, "process")  # fmt: skip
CONFIG_FILE = rule("configFile", "aws_access_key_id of the profile in the config file.", FILES, "13")
EC2_FILE = rule("ec2CredentialsFile", "AWS_CREDENTIAL_FILE names a file of the old EC2 tools.", BOTOCORE, "old-files")
BOTO = rule("botoConfig", "The [Credentials] section of boto 2's own files is still read.", BOTOCORE, "old-files")
CONTAINER = rule("containerRole",
                 "The container's endpoint is asked where one of its two variables is set; a failure is final.",
                 CONTAINER_PAGE, "14")  # fmt: skip
IMDS = rule("iamRole", "The instance's role is asked last: a token by PUT, then the role's name, then its keys.",
            IMDS_PAGE, "15")  # fmt: skip

# Calls

STS = rule("stsCall",
           "A call hands out a role's keys; AssumeRole is signed with the source's keys, the others are unsigned.",
           STS_MODEL, "assume-role")  # fmt: skip
MADE_UP = rule("keys", "Keys of an assumed role are ASIA and a hash of its ARN, so that a run can be repeated.", "dva",
               "assume-role", assumption=True)  # fmt: skip
NO_REGION = rule("stsRegion", "AssumeRole needs a region to sign for, as observed with a configured STS endpoint; "
                 "without one botocore falls back to the global endpoint and us-east-1.", BOTOCORE, "03",
                 assumption=True)  # fmt: skip
EXPIRED = rule("expired", "Keys that say when they expire are fetched again, and must then still be valid.", BOTOCORE,
               "11")  # fmt: skip
MFA = rule("mfa", "mfa_serial makes the client ask for a code, which goes along with AssumeRole.", ROLES,
           "cli-overview.15")  # fmt: skip

# The end

WINS = rule("firstWins", "The first provider that has keys wins; the ones after it are not asked.", CHAIN_PAGE, "chain")
RAISES = rule("errorEnds", "A provider that fails ends the search: nothing after it is asked.", BOTOCORE, "chain")
NONE = rule("none", "No provider has keys: Unable to locate credentials.", BOTOCORE, "chain")
OFFLINE = rule("offline", "Without starting a process or calling anything the search ends here, unknown.", "dva",
               "chain", assumption=True)  # fmt: skip

# Java

JAVA_CHAIN = rule("java", "Java asks its own chain, in another order, and passes over a provider that fails.", JAVA,
                  "16")  # fmt: skip
SYSTEM = rule("systemProperties", "Java reads aws.accessKeyId and aws.secretAccessKey from its system properties.",
              JAVA, "18")  # fmt: skip
JAVA_PROFILE = rule("javaProfile",
                    "Java's profile provider reads both files and what the profile says: role, SSO, keys or process.",
                    JAVA, "19")  # fmt: skip

PROVIDERS = {
    "explicit": EXPLICIT, "env": ENV, "assume-role": ASSUME_ROLE, "assume-role-with-web-identity": WEB_IDENTITY,
    "sso": SSO, "shared-credentials-file": SHARED, "login": LOGIN, "custom-process": PROCESS,
    "config-file": CONFIG_FILE, "ec2-credentials-file": EC2_FILE, "boto-config": BOTO, "container-role": CONTAINER,
    "iam-role": IMDS, "system-properties": SYSTEM,
}  # fmt: skip
"""The rule of each provider, by botocore's METHOD name."""

"""A machine with a program that needs keys, and the keys that the program gets."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import StrictStruct
from dva.simulations.frame import Outcome, Phrases

Content = str | dict[str, dict[str, Any]]


class Code(StrictStruct, rename=None):
    """What the program or the command line specifies itself."""

    profile: str | None = None
    """Profile named by `--profile` or `Session(profile_name=...)`."""
    region: str | None = None
    """Region named by `--region` or in code."""
    aws_access_key_id: str | None = None
    """Access key ID in code."""
    aws_secret_access_key: str | None = None
    """Secret access key in code; a key ID alone means that it is there too."""
    aws_session_token: str | None = None
    """Session token in code."""


class Container(StrictStruct, rename=None):
    """The container's credentials endpoint."""

    status: int = 200
    """HTTP status of the response; 0 where the endpoint cannot be reached."""
    body: str | dict[str, Any] | list[Any] = ""
    """Body of the response, as text or JSON."""
    requires_token: bool | str = False
    """Whether an authorization token is required, or which one."""


class Imds(StrictStruct, rename=None):
    """The instance metadata service, and the role of the instance."""

    mode: Literal["v2", "v1-only", "both", "token-403", "no-role", "error-body", "unreachable"] = "v2"
    """Which version answers, and how it fails."""
    role: str | None = None
    """Name of the instance's role."""
    access_key: str | None = None
    """Access key ID of the role's keys; made up from the role by default."""
    token: str | None = None
    """Session token of the role's keys."""
    region: str | None = None
    """Region of the instance."""


class Process(StrictStruct, rename=None):
    """What a credential process does."""

    rc: int = 0
    """Exit code."""
    stdout: str | dict[str, Any] | list[Any] = ""
    """What it prints, as text or JSON."""


class SsoToken(StrictStruct, rename=None):
    """A cached token of IAM Identity Center."""

    key: str | None = None
    """Start URL or name of the sso-session, its SHA-1, or the name of the file."""
    start_url: str | None = None
    """Start URL, instead of `key`."""
    token: str | None = None
    """The token; null where the file has none."""
    expired: bool = False
    """Whether the token has expired."""
    refreshable: bool = False
    """Whether it came with a refresh token, which an sso-session can use when the token has expired."""


class Options(StrictStruct):
    """Settings of the run itself."""

    offline: bool = False
    """Start no process and call nothing; `would` then says what is needed."""


class Given(StrictStruct, rename=None):
    """A machine, and a program that needs keys."""

    sdk: Literal["botocore", "cli-v1", "cli-v2", "java-v1", "java-v2"] = "botocore"
    """Who searches for keys."""
    code: Code = field(default_factory=Code)
    """What the program or the command line specifies itself."""
    env: dict[str, str | int | float | bool | None] = {}
    """Environment variables."""
    files: dict[str, Content | None] = {}
    """Text of files by path, such as `~/.aws/config`; a mapping is a file already parsed."""
    system_properties: dict[str, str] = {}
    """Java's system properties."""
    container: Container | None = None
    """The container's credentials endpoint; unreachable by default."""
    imds: Imds | None = None
    """The instance metadata service; unreachable by default."""
    processes: dict[str, Process] = {}
    """Credential processes by the first word of their command."""
    sso_cache: list[SsoToken] = []
    """Cached tokens of IAM Identity Center."""
    mfa_code: str | None = None
    """Code typed in when an MFA device is asked for."""
    now: str | None = None
    """Time of the run (ISO 8601); without it nothing has expired."""
    options: Options = field(default_factory=Options)
    """Settings of the run itself."""


class Call(TypedDict):
    """A call to AWS STS or IAM Identity Center."""

    call: str
    """Operation, such as `AssumeRole`."""
    role: str
    """ARN of the role; for IAM Identity Center `account:role`."""
    signed_with: str | None
    """Access key ID that signs the call; null where it is unsigned."""


class Credentials(Outcome):
    """The keys that are used, and how they were found."""

    status: Annotated[
        Literal["credentials", "none", "error", "unknown"] | None,
        Phrases(
            {
                "credentials": "Credentials are found",
                "none": "No provider has credentials",
                "error": "The search stops with an error",
            },
            {"unknown": "It cannot be known without a call"},
        ),
    ] = None
    """How the search ends; `unknown` where it needs a process or a call and is offline."""
    method: Annotated[
        str | None,
        Phrases(
            {
                "explicit": "Keys in code",
                "env": "Environment variables",
                "assume-role": "The profile's role, by AssumeRole",
                "assume-role-with-web-identity": "The role, by AssumeRoleWithWebIdentity",
                "sso": "IAM Identity Center",
                "shared-credentials-file": "The shared credentials file",
                "custom-process": "The credential_process",
                "config-file": "The config file",
                "container-role": "The container credential endpoint",
                "iam-role": "The instance metadata service",
            },
            {
                "login": "The sign-in session of `aws login`",
                "ec2-credentials-file": "The file that AWS_CREDENTIAL_FILE names",
                "boto-config": "The boto configuration file",
                "system-properties": "Java's system properties",
            },
        ),
    ] = None
    """botocore's METHOD name of the provider that won, `explicit` for keys in code."""
    access_key: str | None = None
    """Access key ID of the keys."""
    session_token: str | None = None
    """Session token of the keys."""
    region: str | None = None
    """Region that applies."""
    profile: str | None = None
    """Profile that applies."""
    tried: list[str] = []
    """Providers in the order in which they were asked."""
    chain: list[Call] = []
    """Calls in the order in which they were made, a refused one included."""
    would: str | None = None
    """What an offline search would have to do."""

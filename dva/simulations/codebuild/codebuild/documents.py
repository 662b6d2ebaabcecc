"""The buildspec, the project as `aws codebuild batch-get-projects` prints it, what happens; and the outcome."""

from typing import Annotated, Any, ClassVar, Literal, NotRequired, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations import frame

DEFAULT_TIMEOUT, MIN_TIMEOUT, MAX_TIMEOUT = 60, 5, 2160
"""Minutes. (CreateProject, timeoutInMinutes.)"""
NOT_LOCAL = ("LINUX_GPU_CONTAINER", "BUILD_GENERAL1_2XLARGE")
"""The environment type and the compute type without a local cache. (User Guide, "Local caching".)"""


class Variable(AwsDocument):
    name: str
    value: str | int | float | bool = ""
    type: Literal["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"] = "PLAINTEXT"


class VpcConfig(AwsDocument):
    vpc_id: str | None = None
    subnets: list[str] = []
    security_group_ids: list[str] = []

    @property
    def given(self) -> bool:
        return bool(self.vpc_id or self.subnets or self.security_group_ids)


class Cache(AwsDocument):
    type: Literal["NO_CACHE", "S3", "LOCAL"] = "NO_CACHE"
    location: str | None = None
    modes: list[str] = []


class Artifacts(AwsDocument):
    known: ClassVar[frozenset[str]] = frozenset({"name", "path"})
    type: Literal["CODEPIPELINE", "S3", "NO_ARTIFACTS"] = "S3"


class Environment(AwsDocument):
    type: str = "LINUX_CONTAINER"
    compute_type: str = ""
    privileged_mode: bool = False
    environment_variables: list[Variable] = []
    fleet: dict[str, Any] | None = None


class Project(AwsDocument):
    wrappers = ("projects",)
    known: ClassVar[frozenset[str]] = frozenset({"arn", "tags", "name"})
    environment_variables: list[Variable] = []
    timeout_in_minutes: int | None = None
    vpc_config: VpcConfig = field(default_factory=VpcConfig)
    cache: Cache = field(default_factory=Cache)
    artifacts: Artifacts = field(default_factory=Artifacts)
    environment: Environment = field(default_factory=Environment)

    @property
    def on_ec2(self) -> bool:
        return "LAMBDA" not in self.environment.type and not self.environment.fleet


class StartBuild(AwsDocument):
    environment_variables_override: list[Variable] = []
    timeout_in_minutes_override: int | None = None
    privileged_mode_override: bool | None = None


class Fault(StrictStruct):
    """A command, or a part of one, that ends with another exit code than 0."""

    command: str
    """The command as the buildspec has it, or one part of it between `&&`, `||` and `;`."""
    exit: int = 1
    """Its exit code."""
    attempts: int | None = None
    """In how many attempts of the build, from the first on, it fails; left out: in all."""


class Target(StrictStruct):
    """What the build would like to reach."""

    in_: Literal["vpc", "internet", "aws"] = field(name="in")
    """Where it is: in a VPC, on the internet, or a public endpoint of AWS."""
    vpc_id: str | None = None
    """The VPC it is in; left out: the one of the project."""


class Options(StrictStruct):
    """Surroundings of the project."""

    subnets: dict[str, Literal["nat", "igw", "none"]] = {}
    """Where the default route of each subnet leads, by subnet id: a NAT, an internet gateway, or nowhere."""


class Given(StrictStruct, rename=None):
    """A buildspec, the project it runs in, and what happens."""

    buildspec: str | dict[str, Any]
    """The buildspec as YAML text, or its content as a mapping."""
    project: Project = field(default_factory=Project)
    """The project, as batch-get-projects prints it."""
    start_build: StartBuild = field(default_factory=StartBuild)
    """What the call StartBuild overrides."""
    parameter_store: dict[str, str | int | float | bool] | None = None
    """Values in Parameter Store, by the name of the parameter; left out: each is there, with an unknown value."""
    secrets_manager: dict[str, Any] | None = None
    """Values in Secrets Manager, by name or ARN: one, or by version stage and version id; left out: as above."""
    tree: list[str] | None = None
    """Paths of the files below the source root after the build; left out: artifacts are taken as present."""
    faults: list[Fault] = []
    """Commands that fail; all others succeed."""
    build_duration_minutes: float | None = None
    """Minutes that the build would take; left out: less than its timeout."""
    target: Target | None = None
    """What the build would like to reach; left out: the network is not examined."""
    options: Options = field(default_factory=Options)
    """Surroundings of the project."""

    @property
    def timeout(self) -> int:
        """The minutes after which the build is stopped."""
        asked = (self.start_build.timeout_in_minutes_override, self.project.timeout_in_minutes, DEFAULT_TIMEOUT)
        return next(minutes for minutes in asked if minutes is not None)


class Problem(TypedDict):
    """Something that CodeBuild refuses."""

    code: str
    """A word for the kind of problem."""
    path: str
    """JSON Pointer of the place in the buildspec, the project or the variables."""
    message: str
    """What is wrong, in a sentence."""
    name: NotRequired[str]
    """The parameter or secret that was not found."""


class ShellState(TypedDict):
    """What the commands leave in their shell."""

    pwd: Annotated[str, frame.Phrases({"": "The root of the source"})]
    """Directory relative to the source root; empty for the root."""
    variables: dict[str, str]
    """Environment variables by name."""


PHASE_ENDS = frame.Phrases({
    "SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "TIMED_OUT": "TIMED_OUT", None: "It does not run",
})  # fmt: skip
FAILING = ("DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS")
"""Phases that documents or their commands can fail."""


class Outcome(frame.Outcome):
    """Which commands ran, what they left behind, and how the build ended."""

    status: Annotated[
        Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "refused"] | None,
        frame.Phrases(
            {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "TIMED_OUT": "TIMED_OUT"},
            {"refused": "CodeBuild does not start the build"},
        ),
    ] = None
    """The status of the build, or `refused` where CodeBuild does not take the project."""
    buildStatus: Literal["SUCCEEDED", "FAILED", "TIMED_OUT"] | None = None
    """The status of the build, as CodeBuild names it."""
    failed_phase: Annotated[str | None, frame.Phrases({name: name for name in FAILING})] = None
    """The first phase that failed."""
    phases: dict[str, Annotated[Literal["SUCCEEDED", "FAILED", "TIMED_OUT"] | None, PHASE_ENDS]] = {}
    """Status by phase; null where the phase did not run."""
    commands_run: list[str] = []
    """Commands of the last attempt, in order; one that failed is among them."""
    env: dict[str, str] = {}
    """Environment variables before the first command, by name."""
    exported: dict[str, str] = {}
    """Variables handed to later actions of a pipeline, by name."""
    not_exported: list[str] = []
    """Names in exported-variables that must not be exported."""
    uploaded: list[str] = []
    """Files in the primary artifact."""
    secondary_uploaded: dict[str, list[str]] = {}
    """Files by secondary artifact."""
    upload_artifacts_attempted: bool = False
    """Whether UPLOAD_ARTIFACTS ran."""
    reachable: bool | None = None
    """Whether the build reaches the target; null where that is not asked or depends on the subnet."""
    valid: bool = False
    """Whether the buildspec can be used."""
    errors: list[Problem] = []
    """Everything that CodeBuild refuses in the project, the buildspec or the variables."""
    state_after: ShellState | None = None
    """What the commands leave in their shell."""
    attempts: int = 0
    """How often the build ran, retries included."""


def project_problems(given: Given) -> list[Problem]:
    """Return everything that CodeBuild refuses in the project or the call."""
    project, cache, vpc = given.project, given.project.cache, given.project.vpc_config
    override = given.start_build.privileged_mode_override
    privileged = project.environment.privileged_mode if override is None else override
    docker = "LOCAL_DOCKER_LAYER_CACHE" in cache.modes
    checks = (
        (not MIN_TIMEOUT <= given.timeout <= MAX_TIMEOUT, "TIMEOUT", "/timeoutInMinutes",
         f"a timeout of {given.timeout} minutes is not within {MIN_TIMEOUT} to {MAX_TIMEOUT}"),
        (vpc.given and not (vpc.vpc_id and vpc.subnets and vpc.security_group_ids),
         "VPC_CONFIG", "/vpcConfig", "vpcConfig needs vpcId, subnets and securityGroupIds"),
        (cache.type == "LOCAL" and vpc.given, "CACHE_LOCAL_VPC", "/cache", "a local cache cannot be used with a VPC"),
        (cache.type == "LOCAL" and not cache.modes, "CACHE_MODES", "/cache/modes", "a local cache needs a mode"),
        (cache.type == "S3" and not cache.location, "CACHE_LOCATION", "/cache/location",
         "a cache in Amazon S3 needs a location"),
        (cache.type == "LOCAL" and docker and not privileged, "CACHE_DOCKER_PRIVILEGED", "/cache/modes",
         "a Docker layer cache needs privileged mode"),
        (cache.type == "LOCAL" and docker and "LINUX" not in project.environment.type, "CACHE_DOCKER_LINUX",
         "/cache/modes", "a Docker layer cache needs a Linux environment"),
        *((cache.type == "LOCAL" and kind in NOT_LOCAL, "CACHE_LOCAL_ENVIRONMENT", "/cache",
           f"a local cache cannot be used with {kind}")
          for kind in (project.environment.type, project.environment.compute_type)),
    )  # fmt: skip
    return [{"code": code, "path": path, "message": message} for holds, code, path, message in checks if holds]

"""What `given` holds: the buildspec, the project as `aws codebuild batch-get-projects` prints it, and what happens."""

from typing import Any, ClassVar, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct

Problem = dict[str, str]
"""`{code, path, message}`; `path` is a JSON Pointer into the buildspec or the project."""

DEFAULT_TIMEOUT, LEAST_TIMEOUT, MOST_TIMEOUT = 60, 5, 2160
"""Minutes."""


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

    @property
    def complete(self) -> bool:
        return bool(self.vpc_id and self.subnets and self.security_group_ids)


class Cache(AwsDocument):
    type: Literal["NO_CACHE", "S3", "LOCAL"] = "NO_CACHE"
    location: str | None = None
    modes: list[str] = []


class Artifacts(AwsDocument):
    known: ClassVar[frozenset[str]] = frozenset({"name", "path"})
    type: Literal["CODEPIPELINE", "S3", "NO_ARTIFACTS"] = "S3"


class Environment(AwsDocument):
    type: str = "LINUX_CONTAINER"
    privileged_mode: bool = False
    environment_variables: list[Variable] = []
    fleet: dict[str, Any] | None = None


class Project(AwsDocument):
    wrappers = ("projects",)
    known: ClassVar[frozenset[str]] = frozenset({"arn", "tags", "name"})
    environment_variables: list[Variable] = []
    timeout_in_minutes: int | None = None
    vpc_config: VpcConfig = msgspec.field(default_factory=VpcConfig)
    cache: Cache = msgspec.field(default_factory=Cache)
    artifacts: Artifacts = msgspec.field(default_factory=Artifacts)
    environment: Environment = msgspec.field(default_factory=Environment)

    @property
    def variables(self) -> list[Variable]:
        return [*self.environment.environment_variables, *self.environment_variables]

    @property
    def on_ec2(self) -> bool:
        return "LAMBDA" not in self.environment.type and not self.environment.fleet


class StartBuild(AwsDocument):
    environment_variables_override: list[Variable] = []
    timeout_in_minutes_override: int | None = None
    privileged_mode_override: bool | None = None


class Fault(StrictStruct):
    """A command, or a part of one, that ends with another exit code than 0; in all attempts, or the first ones."""

    command: str
    exit: int = 1
    attempts: int | None = None


class Target(StrictStruct):
    in_: Literal["vpc", "internet", "aws"] = msgspec.field(name="in")
    vpc_id: str | None = None


class Options(StrictStruct):
    subnets: dict[str, Literal["nat", "igw", "none"]] = {}


class Given(StrictStruct, rename=None):
    """The contract's keys."""

    buildspec: str | dict[str, Any]
    project: Project = msgspec.field(default_factory=Project)
    start_build: StartBuild = msgspec.field(default_factory=StartBuild)
    parameter_store: dict[str, str | int | float | bool] = {}
    secrets_manager: dict[str, Any] = {}
    tree: list[str] | None = None
    faults: list[Fault] = []
    build_duration_minutes: float | None = None
    target: Target | None = None
    options: Options = msgspec.field(default_factory=Options)

    @property
    def timeout(self) -> int:
        asked = (self.start_build.timeout_in_minutes_override, self.project.timeout_in_minutes, DEFAULT_TIMEOUT)
        return next(minutes for minutes in asked if minutes is not None)


def project_problems(given: Given) -> list[Problem]:
    """What CodeBuild refuses in the project or the call, all of it."""
    project, cache, vpc = given.project, given.project.cache, given.project.vpc_config
    override = given.start_build.privileged_mode_override
    privileged = project.environment.privileged_mode if override is None else override
    docker = "LOCAL_DOCKER_LAYER_CACHE" in cache.modes
    checks = (
        (not LEAST_TIMEOUT <= given.timeout <= MOST_TIMEOUT, "TIMEOUT", "/timeoutInMinutes",
         f"a timeout of {given.timeout} minutes is not within {LEAST_TIMEOUT} to {MOST_TIMEOUT}"),
        (vpc.given and not vpc.complete, "VPC_CONFIG", "/vpcConfig",
         "vpcConfig needs vpcId, subnets and securityGroupIds"),
        (cache.type == "LOCAL" and vpc.given, "CACHE_LOCAL_VPC", "/cache", "a local cache cannot be used with a VPC"),
        (cache.type == "LOCAL" and not cache.modes, "CACHE_MODES", "/cache/modes", "a local cache needs a mode"),
        (cache.type == "S3" and not cache.location, "CACHE_LOCATION", "/cache/location",
         "a cache in Amazon S3 needs a location"),
        (cache.type == "LOCAL" and docker and not privileged, "CACHE_DOCKER_PRIVILEGED", "/cache/modes",
         "a Docker layer cache needs privileged mode"),
        (cache.type == "LOCAL" and docker and "LINUX" not in project.environment.type, "CACHE_DOCKER_LINUX",
         "/cache/modes", "a Docker layer cache needs a Linux environment"),
        (cache.type == "LOCAL" and project.environment.type in ("ARM_CONTAINER", "LINUX_GPU_CONTAINER"),
         "CACHE_LOCAL_ENVIRONMENT", "/cache", f"a local cache cannot be used with {project.environment.type}"),
    )  # fmt: skip
    return [{"code": code, "path": path, "message": message} for holds, code, path, message in checks if holds]

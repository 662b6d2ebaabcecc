"""What the engine is given: policies, and the commands of one shell with their times; and what they result in."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta, Struct

from dva import jsonpointer
from dva.aws import timestamps
from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.ecr.ecr_login.rules import REGISTRY
from dva.simulations.frame import Outcome, Phrases

Do = Literal["login", "pull", "push"]


class Step(StrictStruct):
    """A command and when it runs."""

    do: Do
    """The command: `docker login` with a new token, `docker pull` or `docker push`."""
    at: str | Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None
    """When it runs: ISO 8601 text, or seconds; without it, at the time of the step before."""
    registry: str | None = None
    """Host name or URL of the registry to log in to; without it, the one that is used next."""
    image: str | None = None
    """The image to pull or push, with its registry."""


class Repository(AwsDocument):
    """DescribeRepositories."""

    wrappers = ("repositories",)
    known = frozenset({"repositoryArn", "repositoryUri"})
    repository_name: str


class Given(StrictStruct):
    """The commands of one shell, and the policies that allow them."""

    steps: list[Step]
    """The commands, in the order in which they run."""
    principal_policy: dict[str, Any] | str | None = None
    """Identity policy of the caller, as a document, as JSON text or as get-role-policy prints it."""
    repository_policy: dict[str, Any] | str | None = None
    """Policy of every repository, as a document, as JSON text or as get-repository-policy prints it."""
    account: str | None = None
    """The caller's account; by default that of `principal`, else that of the registry."""
    principal: str | None = None
    """ARN of the caller; without it, the caller is whoever in the account the repository policy names."""
    repositories: list[str | Repository] | None = None
    """The repositories that exist, by name, ARN or URI, or as describe-repositories prints them; by default all."""

    @property
    def names(self) -> list[str] | None:
        """The names of the repositories that exist, None for all."""
        if self.repositories is None:
            return None
        return [_bare(item if isinstance(item, str) else item.repository_name) for item in self.repositories]


class Attempt(TypedDict):
    """The result of one command."""

    ok: Annotated[bool, Phrases({True: "yes", False: "no"})]
    """Whether the command succeeded."""
    reason: str | None
    """Why it failed; null where it succeeded."""


class Attempts(Outcome):
    """The result of every command."""

    status: Annotated[
        Literal["ok", "failed"] | None, Phrases({"ok": "All commands succeed", "failed": "A command fails"})
    ] = None
    """`ok`, or `failed` where any command failed or a policy cannot be read."""
    attempts: list[Attempt] = []
    """The result of each command, in the order of `steps`."""


class Registry(Struct, frozen=True):
    """A registry by its host name; `account` is None where the host is not one of ECR's private registries."""

    host: str
    account: str | None = None
    region: str = ""

    def repository(self, name: str) -> str:
        """Return the ARN of a repository in it."""
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        partition = "aws-us-gov" if self.region.startswith("us-gov-") else partition
        return f"arn:{partition}:ecr:{self.region}:{self.account}:repository/{name}"


class Command(Struct, frozen=True):
    """A step as it is run: `at` in seconds after the first one, `when` as it was written."""

    do: Do
    at: float
    when: str
    registry: Registry
    repository: str


def commands(given: Given) -> list[Command]:
    """Return the steps, checked: times never go back, a login names a registry, the others an image."""
    found: list[Command] = []
    first = last = None
    for number, step in enumerate(given.steps):
        registry = registry_of(_registry_name(given.steps, number))
        at = _seconds(step.at, number)
        at = at if at is not None else (last or 0.0)
        if last is not None and at < last:
            raise GivenError("this is before the step above it", pointer=jsonpointer.join("steps", number, "at"))
        first, last = (at if first is None else first), at
        when = str(step.at) if step.at is not None else "then"
        found.append(Command(step.do, at - first, when, registry, repository_of(step.image or "")))
    return found


def registry_of(text: str) -> Registry:
    """Return the registry in a host name, URL or image name."""
    host = text.removeprefix("https://").removeprefix("http://").split("/", 1)[0]
    found = REGISTRY.fullmatch(host)
    return Registry(host, found["account"], found["region"]) if found else Registry(host)


def repository_of(image: str) -> str:
    """Return the repository in an image name, without registry, tag and digest."""
    name = image.removeprefix("https://").partition("/")[2]
    return name.split("@", 1)[0].split(":", 1)[0]


def _bare(name: str) -> str:
    """Return the name of a repository that may be given by its ARN or its URI."""
    if name.startswith("arn:"):
        return name.partition(":repository/")[2]
    return repository_of(name) if registry_of(name).account else name


def _seconds(at: str | float | None, number: int) -> float | None:
    """Return a time in seconds; text is ISO 8601, without a zone UTC."""
    if not isinstance(at, str):
        return at
    try:
        return timestamps.read(at).timestamp()
    except ValueError:
        message, where = f"`{at}` is not a valid ISO 8601 time", jsonpointer.join("steps", number, "at")
        raise GivenError(message, pointer=where, hint="such as 2024-01-01T12:00:00Z") from None


def _registry_name(steps: list[Step], number: int) -> str:
    """Return what names the registry of a step; a login that names none is for the registry that is used next."""
    step, missing = steps[number], "image"
    named = step.image
    if step.do == "login":
        missing = "registry"
        named = step.registry or next((s.image or s.registry for s in steps[number:] if s.image or s.registry), None)
    if not named:
        raise GivenError(f"missing `{missing}`", pointer=jsonpointer.join("steps", number))
    return named

"""What the engine reads: policies, and the commands of one shell with their times."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from dva.aws import timestamps
from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import pointer


class Step(StrictStruct):
    """A command and when it runs: ISO 8601 text, or seconds. `image` names its registry."""

    do: Literal["login", "pull", "push"]
    at: str | Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None
    registry: str | None = None
    image: str | None = None


class Repository(AwsDocument):
    """DescribeRepositories."""

    wrappers = ("repositories",)
    known = frozenset({"repositoryArn", "repositoryUri"})
    repository_name: str


class Given(StrictStruct):
    """`account` is the caller's, by default that of the registry; `principal` its ARN where a policy names it.

    `repositoryPolicy` stands for every repository; without `repositories` all exist.
    """

    steps: list[Step]
    principal_policy: dict[str, Any] | str | None = None
    repository_policy: dict[str, Any] | str | None = None
    account: str | None = None
    principal: str | None = None
    repositories: list[str | Repository] | None = None

    @property
    def names(self) -> list[str] | None:
        """The names of the repositories that exist, None for all."""
        if self.repositories is None:
            return None
        return [_plain(item if isinstance(item, str) else item.repository_name) for item in self.repositories]


def _plain(named: str) -> str:
    """The name of a repository, where its ARN or its URI is given too."""
    if named.startswith("arn:"):
        return named.partition(":repository/")[2]
    return repository_of(named) if registry_of(named).account else named


REGISTRY = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)


@dataclass(frozen=True)
class Registry:
    """A registry by its host name; `account` is None where the host is not one of ECR's private registries."""

    host: str
    account: str | None
    region: str

    def repository(self, name: str) -> str:
        """The ARN of a repository in it."""
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        partition = "aws-us-gov" if self.region.startswith("us-gov-") else partition
        return f"arn:{partition}:ecr:{self.region}:{self.account}:repository/{name}"


def registry_of(text: str) -> Registry:
    """The registry in a host name, URL or image name."""
    host = text.removeprefix("https://").removeprefix("http://").split("/", 1)[0]
    found = REGISTRY.fullmatch(host)
    return Registry(host, found["account"], found["region"]) if found else Registry(host, None, "")


def repository_of(image: str) -> str:
    """The repository in an image name, without registry, tag and digest."""
    name = image.removeprefix("https://").partition("/")[2]
    return name.split("@", 1)[0].split(":", 1)[0]


def seconds(at: str | float | None, number: int) -> float | None:
    """A time in seconds; text is ISO 8601, without a zone UTC."""
    if not isinstance(at, str):
        return at
    try:
        return timestamps.read(at).timestamp()
    except ValueError:
        raise GivenError(
            f"`{at}` is no ISO 8601 time", pointer=pointer("steps", number, "at"), hint="such as 2024-01-01T12:00:00Z"
        ) from None


@dataclass(frozen=True)
class Command:
    """A step as it is played: seconds after the first one, registry, repository."""

    do: str
    at: float
    when: str
    registry: Registry
    repository: str


def commands(given: Given) -> list[Command]:
    """The steps, checked: times never go back, a login names a registry, the others an image."""
    found: list[Command] = []
    first = last = None
    for number, step in enumerate(given.steps):
        named = _named(given.steps, number)
        at = seconds(step.at, number)
        at = at if at is not None else (last or 0.0)
        if last is not None and at < last:
            raise GivenError("this is before the step above it", pointer=pointer("steps", number, "at"))
        first, last = (at if first is None else first), at
        repository = repository_of(step.image) if step.image else ""
        when = str(step.at) if step.at is not None else "then"
        found.append(Command(step.do, at - first, when, registry_of(named), repository))
    return found


def _named(steps: list[Step], number: int) -> str:
    """What names the registry of a step; a login that names none is for the registry that is used next."""
    step = steps[number]
    if step.do != "login":
        named = step.image
    else:
        named = step.registry or next((s.image or s.registry for s in steps[number:] if s.image or s.registry), None)
    if not named:
        missing = "registry" if step.do == "login" else "image"
        raise GivenError(f"missing `{missing}`", pointer=pointer("steps", number))
    return named

"""What an AppSpec file is judged from, and the result."""

from typing import Any, Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.simulations.codedeploy._appspec_file import File, Permission
from dva.simulations.frame import Outcome


class Given(StrictStruct, rename=None):
    """A file and its reader."""

    appspec: str | dict[str, Any]
    """Text of the AppSpec file; a mapping counts as already read."""
    agent_os: Literal["linux", "windows"] = "linux"
    """Operating system of the instance whose agent reads the file."""
    platform: Literal["Server", "Lambda", "ECS"] = "Server"
    """Compute platform: `Server` is EC2 and on-premises, where the agent reads the file; else CodeDeploy does."""


class Parsed(TypedDict, total=False):
    """What is understood of a valid file."""

    version: Any
    """Version of the format, as written: 0.0."""
    os: str
    """Operating system of the instances (EC2 and on-premises)."""
    file_exists_behavior: str | None
    """What happens to files that are there already; null leaves it to the deployment's option."""
    files: list[File]
    """What is copied where (EC2 and on-premises)."""
    hooks: dict[str, Any]
    """By lifecycle event: its scripts `{location, timeout, runas, sudo}`; the function for Lambda and Amazon ECS."""
    permissions: list[Permission]
    """What is set on copied files and folders (EC2 and on-premises)."""
    resources: dict[str, Any]
    """The one resource by its name, `{type, properties}` (Lambda and Amazon ECS)."""


class Judgment(Outcome):
    """Whether the reader takes the file, and what it understands."""

    status: Literal["valid", "invalid"] | None = None
    """`valid` where nothing is wrong, else `invalid`."""
    category: str | None = None
    """What is wrong first, in one of dva's words, such as `INVALID_VERSION`; null in a valid file."""
    message: str | None = None
    """What is wrong, in a sentence."""
    line: int | None = None
    """Line of what is wrong, from 1."""
    parsed: Parsed | None = None
    """What is understood of a valid file; null of another."""
    surprises: list[str] = []
    """Where the file means something else than it says, or than AWS's pages say."""

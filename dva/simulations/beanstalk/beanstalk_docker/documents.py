"""What is given and what comes out: a source bundle, and how its containers run."""

from typing import Any, Literal, NotRequired, TypedDict

from dva.aws.document import StrictStruct
from dva.simulations.frame import Outcome


class Given(StrictStruct, rename=None):
    """A platform, and the source bundle that is deployed to it."""

    platform: str = "Docker"
    """`Docker` or `ECS`, or the name of a solution stack."""
    files: dict[str, str | dict[str, Any]] = {}
    """The source bundle: the text of each file by its path; a Dockerrun.aws.json may stand as a mapping."""


class TaskDefinition(TypedDict):
    """What RegisterTaskDefinition gets."""

    family: str
    """The name that the revisions of the task definition share."""
    taskRoleArn: NotRequired[str]
    """The role of the application in the containers."""
    executionRoleArn: NotRequired[str]
    """The role with which ECS pulls images and reads secrets."""
    containerDefinitions: list[dict[str, Any]]
    """The containers, as Dockerrun.aws.json has them."""
    volumes: list[dict[str, Any]]
    """The volumes of the file, and one for the logs of each container."""


class Containers(Outcome):
    """How the containers run, and what of the bundle is not used."""

    status: Literal["ok", "failed"] | None = None
    """`failed` where the deployment is aborted."""
    mode: Literal["docker compose", "build single container", "pull single container", "ECS", "fail"] | None = None
    """How the containers get their images and run; `fail` where the deployment is aborted."""
    image: str | None = None
    """The image that is pulled; on the ECS platform that of the first container."""
    port: int | None = None
    """The port that the proxy passes requests to; on the ECS platform the instance's port that reaches a container."""
    uses_ecs: bool = False
    """Whether Amazon ECS runs the containers."""
    ignored: list[str] = []
    """Files of the bundle and keys of Dockerrun.aws.json that are not used."""
    taskDefinition: TaskDefinition | None = None
    """The ECS task definition; null on the Docker platform."""

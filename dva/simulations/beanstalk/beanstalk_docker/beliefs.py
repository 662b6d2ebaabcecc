"""What people believe about containers on Elastic Beanstalk instead."""

from dva.simulations.beanstalk.beanstalk_docker.engine import (
    deciding,
    ecs_builds,
    is_called,
    needs_ecs,
    proxied,
    version_for,
)
from dva.simulations.beanstalk.beanstalk_docker.rules import DOCKERFILE, DOCKERRUN, ON_ECS, WITH_COMPOSE, belief


@belief(
    deciding, "dockerrun-beats-dockerfile", "the Image of Dockerrun.aws.json wins over a Dockerfile",
    "With a Dockerfile the image is built, and Image is ignored.", "dockerfile-wins",
)  # fmt: skip
def dockerrun_first(present: list[str]) -> str | None:
    return DOCKERRUN if DOCKERRUN in present else deciding(present)


@belief(
    deciding, "dockerfile-beats-compose", "a Dockerfile wins over docker-compose.yml",
    "docker-compose.yml is looked for first; it may build that Dockerfile itself.", "07",
)  # fmt: skip
def dockerfile_first(present: list[str]) -> str | None:
    return DOCKERFILE if DOCKERFILE in present else deciding(present)


@belief(
    needs_ecs, "several-containers-need-ecs", "more than one container means Amazon ECS",
    "Docker Compose runs many on the Docker platform, without ECS.", "05",
)  # fmt: skip
def compose_needs_ecs(mode: str) -> bool:
    return mode in (ON_ECS, WITH_COMPOSE)


@belief(
    proxied, "host-port-is-proxied", "the proxy passes requests to HostPort",
    "It uses ContainerPort, the first one.", "port",
)  # fmt: skip
def first_host_port(ports: list[tuple[int, int]]) -> int | None:
    return ports[0][1] if ports else None


@belief(
    proxied, "last-port-is-proxied", "of several ports the last one counts",
    "All are opened on the container, but the proxy uses the first.", "port",
)  # fmt: skip
def last_container_port(ports: list[tuple[int, int]]) -> int | None:
    return ports[-1][0] if ports else None


@belief(
    is_called, "case-does-not-matter", "`dockerfile` is as good as `Dockerfile`",
    "The names are compared as they are written.", "02",
)  # fmt: skip
def is_called_in_any_case(path: str, name: str) -> bool:
    return path.lower() == name.lower()


@belief(
    version_for, "version-1-everywhere", "Dockerrun.aws.json version 1 works on both platforms",
    "The ECS platform takes version 2 only, and Compose version 3.", "dockerrun-versions",
)  # fmt: skip
def version_1(mode: str) -> str:
    return "1"


@belief(
    ecs_builds, "ecs-builds-the-dockerfile", "the ECS platform builds a Dockerfile too",
    "Its images have to be built before and lie in a registry.", "08",
)  # fmt: skip
def ecs_builds_too() -> bool:
    return True

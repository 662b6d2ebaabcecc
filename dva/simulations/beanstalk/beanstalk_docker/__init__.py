"""Which file of a source bundle says what runs in containers on Elastic Beanstalk, and what becomes of the others.

On the Docker platform, in this order: docker-compose.yml, Dockerfile, Dockerrun.aws.json version 1; without any the
deployment is aborted. On the ECS platform only Dockerrun.aws.json version 2 counts: it becomes an ECS task definition.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.aws import yaml11
from dva.aws.document import StrictStruct
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk.beanstalk_docker import _rules as rule

COMPOSE, DOCKERFILE, DOCKERRUN = "docker-compose.yml", "Dockerfile", "Dockerrun.aws.json"
READ = (COMPOSE, DOCKERFILE, DOCKERRUN)
MISNAMED = {"dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "dockerrun.aws.json"}
FAIL, WITH_COMPOSE, BUILT, PULLED, ON_ECS = (
    "fail", "docker compose", "build single container", "pull single container", "ECS",
)  # fmt: skip
NUMBERS = ("cpu", "memory", "memoryReservation", "containerPort", "hostPort")
RUNS, IGNORED, TASK_DEFINITION = "what runs", "what is ignored", "task definition"


class Given(StrictStruct, rename=None):
    """`platform`: Docker or ECS, or a solution stack's name; `files`: the bundle, path → text."""

    platform: str = "Docker"
    files: dict[str, str | dict[str, Any]] = {}


# -- rule functions that a belief may replace ------------------------------------------------------------------------


def is_called(path: str, name: str) -> bool:
    """Whether a path is a file that Elastic Beanstalk looks for; case counts."""
    return path.removeprefix("./") == name


def deciding(present: list[str]) -> str | None:
    """The file that says what runs on the Docker platform."""
    return next((name for name in READ if name in present), None)


def version_for(way: str) -> str:
    """The AWSEBDockerrunVersion that goes with a way of running containers."""
    return {WITH_COMPOSE: "3", ON_ECS: "2"}.get(way, "1")


def proxied(ports: list[tuple[int, int]]) -> int | None:
    """Of (container port, host port) pairs the port that the proxy passes requests to."""
    return ports[0][0] if ports else None


def needs_ecs(ecs_platform: bool, mode: str) -> bool:
    """Whether Amazon ECS runs the containers: the platform decides, not how many there are."""
    return ecs_platform


def ecs_builds() -> bool:
    """Whether the ECS platform builds a Dockerfile."""
    return False


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    is_called: Callable[[str, str], bool] = is_called
    deciding: Callable[[list[str]], str | None] = deciding
    version_for: Callable[[str], str] = version_for
    proxied: Callable[[list[tuple[int, int]]], int | None] = proxied
    needs_ecs: Callable[[bool, str], bool] = needs_ecs
    ecs_builds: Callable[[], bool] = ecs_builds


# -- reading ---------------------------------------------------------------------------------------------------------


def is_ecs(platform: str) -> bool:
    """Whether this is the ECS managed platform: `ECS`, or a name like `… v4.0.1 running ECS`."""
    words = platform.lower()
    return "ecs" in words or "multi" in words


def found(given: Given, how: How) -> dict[str, str]:
    """The files that count, by the name that Elastic Beanstalk looks for."""
    files: dict[str, str] = {}
    for name in READ:
        for path, text in given.files.items():
            if how.is_called(path, name):
                files[name] = text if isinstance(text, str) else json.dumps(text)
    return files


def dockerrun(text: str) -> dict[str, Any]:
    """The file as a mapping."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise failed(rule.UNREADABLE, f"Dockerrun.aws.json is not JSON: {problem}") from None
    if not isinstance(read, dict):
        raise failed(rule.UNREADABLE, "Dockerrun.aws.json is no JSON object")
    return read


def version(read: dict[str, Any]) -> str:
    """AWSEBDockerrunVersion, written as a number or as text."""
    return str(read.get("AWSEBDockerrunVersion", "")).strip()


def failed(rule: Rule, message: str, code: str = "DeploymentAborted", **more: Any) -> Refused:
    return Refused(rule, code, message, status="failed", mode=FAIL, **more)


def number(value: Any) -> int | None:
    """A port or an amount, written as a number or as text."""
    text = str(value)
    return int(text) if re.fullmatch(r"\d{1,9}", text) and not isinstance(value, bool) else None


# -- what happens ----------------------------------------------------------------------------------------------------


def start(given: Given) -> dict[str, Any]:
    texts = {path: text if isinstance(text, str) else json.dumps(text, indent=2) for path, text in given.files.items()}
    return {"texts": texts | {RUNS: "", IGNORED: "", TASK_DEFINITION: ""}}


def play(given: Given, trace: Tracer, how: How) -> None:
    ecs = is_ecs(given.platform)
    says = "one ECS task on each instance" if ecs else "Docker on each instance"
    uses = {"/outcome/uses_ecs": ecs, pointer("state", "texts", RUNS): says}
    trace.step(rule.PLATFORM, f"{given.platform}: {says}", rule.PLATFORM.says, changes=uses)
    files = found(given, how)
    tell_names(given, how, list(files), trace)
    if ecs:
        on_ecs(files, trace, how)
    else:
        on_docker(files, trace, how)


def tell_names(given: Given, how: How, names: list[str], trace: Tracer) -> None:
    """What is there, and what is nearly there."""
    near = [path for path in given.files if path.lower() in MISNAMED and not any(how.is_called(path, n) for n in READ)]
    title = f"At the root: {', '.join(names) or 'none of the three files'}"
    for path in near:
        ignore(path, rule.NAMES, f"{path} is not a name that is looked for", trace)
    trace.step(rule.NAMES, title, rule.NAMES.says)


def ignore(name: str, said: Rule, title: str, trace: Tracer) -> None:
    so_far = "\n".join([*trace.outcome["ignored"], name])
    changes = {"/outcome/ignored/-": name, pointer("state", "texts", IGNORED): so_far}
    trace.step(said, title, said.says, changes=changes)


def done(mode: str, image: str | None, title: str, said: Rule, trace: Tracer, how: How, ecs: bool = False) -> None:
    changes = {
        "/outcome/status": "ok",
        "/outcome/mode": mode,
        "/outcome/image": image,
        "/outcome/uses_ecs": how.needs_ecs(ecs, mode),
        pointer("state", "texts", RUNS): title,
    }
    trace.step(said, title, said.says, changes=changes)


def on_docker(files: dict[str, str], trace: Tracer, how: How) -> None:
    """The Docker platform: the first of the three files decides."""
    first = how.deciding(list(files))
    if first is None:
        raise failed(rule.MISSING, "Dockerfile and Dockerrun.aws.json are both missing, abort deployment")
    run = dockerrun(files[DOCKERRUN]) if DOCKERRUN in files else None
    way = {COMPOSE: WITH_COMPOSE, DOCKERFILE: BUILT}.get(first, PULLED)
    if run is not None:
        check_version(run, way, how)
    if first == COMPOSE:
        compose(files[COMPOSE], run, trace, how)
    elif first == DOCKERFILE:
        build(files[DOCKERFILE], run or {}, trace, how)
    else:
        pull(run or {}, trace, how)


def check_version(run: dict[str, Any], way: str, how: How) -> None:
    wanted, has = how.version_for(way), version(run)
    if has != wanted:
        told = f"it is {has or 'not given'}, {way} takes {wanted}"
        raise failed(rule.VERSION, f"Invalid Dockerrun.aws.json version, abort deployment ({told})")


def compose(text: str, run: dict[str, Any] | None, trace: Tracer, how: How) -> None:
    """Docker Compose runs what the file says."""
    try:
        read = yaml11.read(text, strict=False).value
    except yaml11.YamlError as problem:
        raise failed(rule.UNREADABLE, f"docker-compose.yml, line {problem.line}: {problem.message}") from None
    services = read.get("services") if isinstance(read, dict) else None
    names = list(services) if isinstance(services, dict) else []
    if run is not None:
        for key in run:
            if key not in ("AWSEBDockerrunVersion", "Authentication", "authentication"):
                ignore(key, rule.V3, f"{key} says nothing beside docker-compose.yml", trace)
        tell_authentication(run, rule.V3, trace)
    several = f"{len(names)} service{'' if len(names) == 1 else 's'}" if names else "its services"
    title = f"Docker Compose runs {several}: {', '.join(map(str, names)) or 'see the file'}"
    done(WITH_COMPOSE, None, title, rule.COMPOSE, trace, how)


def tell_authentication(run: dict[str, Any], said: Rule, trace: Tracer) -> None:
    """Where the credentials of a private registry lie."""
    place = run.get("Authentication", run.get("authentication"))
    if isinstance(place, dict):
        read = {str(key).lower(): value for key, value in place.items()}
        title = f"Registry credentials come from {read.get('key')} in the bucket {read.get('bucket')}"
        more = "" if said is rule.AUTHENTICATION else f" {rule.AUTHENTICATION.says}"
        trace.step(said, title, said.says + more)


def build(text: str, run: dict[str, Any], trace: Tracer, how: How) -> None:
    """An image is built from the Dockerfile; the Dockerrun file adds ports, volumes and the rest."""
    if "Image" in run:
        ignore("Image", rule.BUILD, "Image of Dockerrun.aws.json is ignored: there is a Dockerfile", trace)
    tell_authentication(run, rule.AUTHENTICATION, trace)
    base = re.search(r"^\s*FROM\s+(\S+)", text, re.IGNORECASE | re.MULTILINE)
    done(BUILT, None, f"An image is built from {base[1] if base else 'the Dockerfile'}", rule.BUILD, trace, how)
    port = how.proxied(ports(run)) if ports(run) else exposed(text)
    tell_port(port, trace)


def exposed(text: str) -> int | None:
    """The first port of the first EXPOSE."""
    match = re.search(r"^\s*EXPOSE\s+(\d+)", text, re.IGNORECASE | re.MULTILINE)
    return int(match[1]) if match else None


def ports(run: dict[str, Any]) -> list[tuple[int, int]]:
    """(container port, host port) of each entry; the host port is the same where it is not said."""
    entries = run.get("Ports")
    pairs = []
    for entry in entries if isinstance(entries, list) else []:
        container = number(entry.get("ContainerPort")) if isinstance(entry, dict) else None
        if container is not None:
            pairs.append((container, number(entry.get("HostPort")) or container))
    return pairs


def tell_port(port: int | None, trace: Tracer) -> None:
    title = f"The proxy passes requests to port {port}" if port else "No port is named or exposed"
    trace.step(rule.PORT, title, rule.PORT.says, changes={"/outcome/port": port})


def pull(run: dict[str, Any], trace: Tracer, how: How) -> None:
    """An image is pulled from its registry."""
    image = run.get("Image")
    if image is None:
        raise failed(rule.MISSING, "Dockerfile and Image of Dockerrun.aws.json are both missing, abort deployment")
    name = image.get("Name") if isinstance(image, dict) else image
    if not name:
        raise failed(rule.MISSING, "Image has no Name")
    pairs = ports(run)
    if not pairs:
        raise failed(rule.MISSING, "Ports is required where Image is given")
    tell_authentication(run, rule.AUTHENTICATION, trace)
    fresh = str(image.get("Update", "true")).lower() == "true" if isinstance(image, dict) else True
    title = f"{name} is pulled{', a newer one at each deployment' if fresh else ', a cached one as it is'}"
    done(PULLED, str(name), title, rule.PULL, trace, how)
    tell_port(how.proxied(pairs), trace)


def on_ecs(files: dict[str, str], trace: Tracer, how: How) -> None:
    """The ECS platform: version 2 becomes a task definition."""
    for name in (DOCKERFILE, COMPOSE):
        if name in files and not how.ecs_builds():
            ignore(name, rule.NOT_BUILT, f"{name} is not read on the ECS platform", trace)
    code = "SourceBundleValidationError"
    if DOCKERRUN not in files:
        raise failed(rule.MISSING, "ECS Application sourcebundle validation error: no Dockerrun.aws.json", code)
    run = dockerrun(files[DOCKERRUN])
    if version(run) != how.version_for(ON_ECS):
        message = f"ECS Application sourcebundle validation error: Unsupported AWSEBDockerrunVersion: {version(run)}"
        raise failed(rule.VERSION, message, code)
    containers = check_containers(run)
    definition = task_definition(run, containers)
    first = containers[0]
    tell_authentication(run, rule.AUTHENTICATION, trace)
    text = json.dumps(definition, indent=2)
    changes = {"/outcome/taskDefinition": definition, pointer("state", "texts", TASK_DEFINITION): text}
    names = ", ".join(container["name"] for container in containers)
    trace.step(rule.LOGS, f"A log volume for each container: {names}", rule.LOGS.says)
    several = "1 container" if len(containers) == 1 else f"{len(containers)} containers"
    title = f"The task definition {definition['family']} has {several}"
    trace.step(rule.TASK, title, rule.TASK.says, changes=changes)
    done(ON_ECS, first["image"], f"ECS runs {names} on each instance", rule.CONTAINERS, trace, how, ecs=True)
    host = next((m.get("hostPort") for c in containers for m in c.get("portMappings", []) if m.get("hostPort")), None)
    title = f"Requests come in by port {host} of the instances" if host else "No container has a port of the instances"
    trace.step(rule.HOST_PORT, title, rule.HOST_PORT.says, changes={"/outcome/port": host})


def check_containers(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The container definitions with numbers as numbers; what ECS would refuse is refused."""
    listed = run.get("containerDefinitions")
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, dict) for entry in listed):
        raise failed(rule.CONTAINERS, "Dockerrun.aws.json has no containerDefinitions", "SourceBundleValidationError")
    containers = [numbers(entry) for entry in listed]
    for container in containers:
        for key in ("name", "image"):
            if not container.get(key):
                raise failed(rule.CONTAINERS, f"Container.{key} should not be null or empty.", "ClientException")
        if not container.get("memory") and not container.get("memoryReservation"):
            message = (
                f"Invalid setting for container '{container['name']}'. "
                "At least one of 'memory' or 'memoryReservation' must be specified."
            )
            raise failed(rule.CONTAINERS, message, "ClientException")
    return containers


def numbers(value: Any, key: str = "") -> Any:
    """A copy in which amounts and ports are numbers, however they are written."""
    if isinstance(value, dict):
        return {name: numbers(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [numbers(inner) for inner in value]
    read = number(value) if key in NUMBERS else None
    return value if read is None else read


def task_definition(run: dict[str, Any], containers: list[dict[str, Any]]) -> dict[str, Any]:
    """What RegisterTaskDefinition gets; each container has a volume for its logs."""
    volumes = [volume for volume in run.get("volumes") or [] if isinstance(volume, dict)]
    named = {volume.get("name") for volume in volumes}
    for container in containers:
        name = f"awseb-logs-{container['name']}"
        if name not in named:
            volumes.append({"name": name, "host": {"sourcePath": f"/var/log/containers/{container['name']}"}})
    definition: dict[str, Any] = {"family": str(run.get("family") or "awseb-environment")}
    for role in ("taskRoleArn", "executionRoleArn"):
        if run.get(role):
            definition[role] = run[role]
    return definition | {"containerDefinitions": containers, "volumes": volumes}


# -- beliefs ---------------------------------------------------------------------------------------------------------


def dockerrun_first(present: list[str]) -> str | None:
    """Believed: Dockerrun.aws.json has the last word."""
    return DOCKERRUN if DOCKERRUN in present else deciding(present)


def dockerfile_first(present: list[str]) -> str | None:
    """Believed: a Dockerfile is built in any case."""
    return DOCKERFILE if DOCKERFILE in present else deciding(present)


BELIEFS = (
    Belief(
        "dockerrun-beats-dockerfile", "the Image of Dockerrun.aws.json wins over a Dockerfile",
        "With a Dockerfile the image is built, and Image is ignored.",
        "deciding", dockerrun_first, ("docker-in-elastic-beanstalk.dockerfile-wins",),
    ),
    Belief(
        "dockerfile-beats-compose", "a Dockerfile wins over docker-compose.yml",
        "docker-compose.yml is looked for first; it may build that Dockerfile itself.",
        "deciding", dockerfile_first, ("docker-in-elastic-beanstalk.07",),
    ),
    Belief(
        "several-containers-need-ecs", "more than one container means Amazon ECS",
        "Docker Compose runs many on the Docker platform, without ECS.",
        "needs_ecs", lambda ecs_platform, mode: ecs_platform or mode == WITH_COMPOSE,
        ("docker-in-elastic-beanstalk.05",),
    ),
    Belief(
        "host-port-is-proxied", "the proxy passes requests to HostPort",
        "It uses ContainerPort, the first one.",
        "proxied", lambda ports: ports[0][1] if ports else None, ("docker-in-elastic-beanstalk.port",),
    ),
    Belief(
        "last-port-is-proxied", "of several ports the last one counts",
        "All are opened on the container, but the proxy uses the first.",
        "proxied", lambda ports: ports[-1][0] if ports else None, ("docker-in-elastic-beanstalk.port",),
    ),
    Belief(
        "case-does-not-matter", "`dockerfile` is as good as `Dockerfile`",
        "The names are compared as they are written.",
        "is_called", lambda path, name: path.lower() == name.lower(), ("docker-in-elastic-beanstalk.02",),
    ),
    Belief(
        "version-1-everywhere", "Dockerrun.aws.json version 1 works on both platforms",
        "The ECS platform takes version 2 only, and Compose version 3.",
        "version_for", lambda way: "1", ("docker-in-elastic-beanstalk.dockerrun-versions",),
    ),
    Belief(
        "ecs-builds-the-dockerfile", "the ECS platform builds a Dockerfile too",
        "Its images have to be built before and lie in a registry.",
        "ecs_builds", lambda: True, ("docker-in-elastic-beanstalk.08",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-docker",
    title="Docker on Elastic Beanstalk",
    view="texts",
    rules=rule.ALL,
    beliefs=BELIEFS,
    given=Given,
    outcome={"mode": None, "image": None, "port": None, "uses_ecs": False, "ignored": [], "taskDefinition": None},
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
    varies={pointer("given", "platform"): ("Docker", "ECS")},
)

"""Which file of a source bundle says what runs in containers on Elastic Beanstalk, and what becomes of the others?

On the Docker platform, in this order: docker-compose.yml, Dockerfile, Dockerrun.aws.json version 1; without any the
deployment is aborted. On the ECS platform only Dockerrun.aws.json version 2 counts: it becomes an ECS task definition.
"""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from dva import jsonpointer
from dva.aws import yaml11
from dva.aws.document import Keys, StrictStruct, keys_not_read
from dva.aws.jsontext import duplicate_key
from dva.errors import GivenError
from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Refused, Run, State
from dva.trace import Rule

mechanism = Mechanism("beanstalk-docker", rules="beanstalk.docker", notes="docker-in-elastic-beanstalk")
rule, belief = mechanism.rule, mechanism.belief

# Rules, in the order in which Elastic Beanstalk applies them

SINGLE = guide("Docker platform configuration", "single-container-docker-configuration.html")
IMAGE = guide("Preparing your Docker image for deployment", "single-container-docker-configuration.html")
ECS = guide("Using the ECS managed Docker platform branch", "create_deploy_docker_ecs.html")
V2 = guide("Configuring the Dockerrun.aws.json v2 file", "create_deploy_docker_v2config.html")

PLATFORM = rule("platform", "The Docker platform runs Docker on each instance; the ECS platform has a cluster and "
                "starts a task on each.", ECS, "03", "05")  # fmt: skip
NAMES = rule("names", "Only Dockerfile, docker-compose.yml and Dockerrun.aws.json at the root of the bundle count, so "
             "written.", IMAGE, "02")  # fmt: skip
COMPOSE_RUNS = rule("compose", "docker-compose.yml comes first: Docker Compose runs its services, one or many.", IMAGE,
                    "07")  # fmt: skip
V3 = rule("dockerrun-v3", "Beside docker-compose.yml a Dockerrun.aws.json has version 3 and holds the registry's "
          "Authentication only.", IMAGE, "dockerrun-versions")  # fmt: skip
BUILD = rule("build", "A Dockerfile is built on each instance; Image in a Dockerrun.aws.json beside it is ignored.",
             SINGLE, "dockerfile-wins")  # fmt: skip
PULL = rule("pull", "Dockerrun.aws.json version 1 alone: the image that Image.Name names is pulled.", SINGLE, "02")
PORT = rule("port", "The proxy passes requests to the first ContainerPort, or to the first port that the Dockerfile "
            "exposes.", SINGLE, "port")  # fmt: skip
MISSING = rule("missing", "Without any of the files the deployment is aborted; an Image needs Name and Ports.", SINGLE,
               "02")  # fmt: skip
VERSION = rule("version", "Each way has its version: 1 for one container, 2 for ECS, 3 beside Compose. Another is "
               "refused.", V2, "dockerrun-versions")  # fmt: skip
UNREADABLE = rule("unreadable", "A file that is not JSON, or not YAML, ends the deployment.", SINGLE)
NOT_BUILT = rule("ecs-builds-nothing", "On the ECS platform nothing is built: images come from a registry, other "
                 "Docker files are not read.", ECS, "08")  # fmt: skip
CONTAINERS = rule("containers", "A Dockerrun.aws.json version 2 has containerDefinitions as ECS wants them: name, "
                  "image and memory.", V2, "07")  # fmt: skip
TASK = rule("task-definition", "containerDefinitions, volumes and executionRoleArn become an ECS task definition; one "
            "task runs on each instance.", V2, "07")  # fmt: skip
LOGS = rule("log-volumes", "Each container gets a volume awseb-logs-NAME at /var/log/containers/NAME, from which logs "
            "are collected.", V2, "log-volumes")  # fmt: skip
HOST_PORT = rule("host-port", "On the ECS platform portMappings tie a port of the instance (hostPort) to one of a "
                 "container.", V2, "07")  # fmt: skip
AUTHENTICATION = rule("authentication", "Credentials of a private registry lie in S3, in a bucket of the environment's "
                      "own Region.", V2, "private-registry")  # fmt: skip

# Documented names and versions (IMAGE; V2)

COMPOSE, DOCKERFILE, DOCKERRUN = "docker-compose.yml", "Dockerfile", "Dockerrun.aws.json"
FILES = (COMPOSE, DOCKERFILE, DOCKERRUN)
"""The files that are looked for, the deciding one of the Docker platform first."""
MISNAMED = {"dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "dockerrun.aws.json"}
"""What such files are called by mistake, in lower case."""
V3_KEYS = ("AWSEBDockerrunVersion", "Authentication", "authentication")
WITH_COMPOSE, BUILT, PULLED, ON_ECS = "docker compose", "build single container", "pull single container", "ECS"
VERSIONS = {WITH_COMPOSE: "3", BUILT: "1", PULLED: "1", ON_ECS: "2"}
"""AWSEBDockerrunVersion by the way that containers run."""
LOG_VOLUME, LOG_FOLDER = "awseb-logs-", "/var/log/containers/"
FAMILY = "awseb-environment"
"""Stands for the family that Elastic Beanstalk makes of the environment's name and id."""
NUMBERS = ("cpu", "memory", "memoryReservation", "containerPort", "hostPort")
"""Members of a container that ECS takes as numbers only."""
BUNDLE_ERROR = "SourceBundleValidationError"


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

    status: Annotated[
        Literal["ok", "failed"] | None,
        Phrases({"ok": "The deployment succeeds", "failed": "The deployment is aborted"}),
    ] = None
    """`failed` where the deployment is aborted."""
    mode: Annotated[
        Literal["docker compose", "build single container", "pull single container", "ECS", "fail"] | None,
        Phrases(
            {
                "docker compose": "Docker Compose runs the services",
                "build single container": "The image is built on the instance",
                "pull single container": "The image is pulled from a registry",
                "ECS": "Amazon ECS runs the containers",
                "fail": "Not at all: the deployment is aborted",
            }
        ),
    ] = None
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


RUNS, IGNORED, TASK_DEFINITION = "what runs", "what is ignored", "task definition"


def initial_state(given: Given) -> State:
    texts = {path: text if isinstance(text, str) else json.dumps(text, indent=2) for path, text in given.files.items()}
    return {"texts": texts | {RUNS: "", IGNORED: "", TASK_DEFINITION: ""}}


def deploy(given: Given, run: Run) -> None:
    """Look for the files, then run what they say on the platform."""
    platform = given.platform.lower()
    ecs = "ecs" in platform or "multi" in platform  # as in "64bit Amazon Linux 2023 v4.0.1 running ECS"
    runs = "one ECS task on each instance" if ecs else "Docker on each instance"
    run.step(PLATFORM, f"{given.platform}: {runs}", draw={("texts", RUNS): runs}, uses_ecs=ecs)
    called = run.using(is_called)
    files = {
        name: text if isinstance(text, str) else json.dumps(text)
        for name in FILES for path, text in given.files.items() if called(path, name)
    }  # fmt: skip
    for path in given.files:
        if path.lower() in MISNAMED and not any(called(path, name) for name in FILES):
            ignore(path, NAMES, f"{path} is not a name that is looked for", run)
    run.step(NAMES, f"At the root: {', '.join(files) or 'none of the three files'}")
    if ecs:
        deploy_on_ecs(files, run)
    else:
        deploy_on_docker(files, run)


PRIVATE: Keys = {"AWSEBDockerrunVersion": None, "Authentication": None, "authentication": None}
DOCKERRUN_1: Keys = {**PRIVATE, "Image": {"Name": None, "Update": None},
                     "Ports": {"ContainerPort": None, "HostPort": None}}  # fmt: skip
DOCKERRUN_2: Keys = {**PRIVATE, **dict.fromkeys(
    ("containerDefinitions", "volumes", "family", "taskRoleArn", "executionRoleArn")
)}  # fmt: skip
"""What is looked at of Dockerrun.aws.json, version 1 and 2; beside Docker Compose `ignored` names the rest."""


def not_read(dockerrun: dict[str, Any], keys: Keys) -> Iterator[str]:
    """List the places of Dockerrun.aws.json that play a part on the platform, but none here."""
    return keys_not_read(dockerrun, keys, jsonpointer.join("files", DOCKERRUN))


def ignore(name: str, by: Rule, title: str, run: Run) -> None:
    drawn = "\n".join([*run.outcome["ignored"], name])
    run.step(by, title, ignored=Append(name), draw={("texts", IGNORED): drawn})


def start(mode: str, image: str | None, by: Rule, title: str, run: Run) -> None:
    """Run the containers: the deployment succeeds."""
    uses = run.using(needs_ecs)(mode)
    run.step(by, title, draw={("texts", RUNS): title}, status="ok", mode=mode, image=image, uses_ecs=uses)


def aborted(by: Rule, message: str, code: str = "DeploymentAborted") -> Refused:
    return Refused(by, code, message, status="failed", mode="fail")


# The Docker platform


def deploy_on_docker(files: dict[str, str], run: Run) -> None:
    """Let the first of the three files decide."""
    first = run.using(deciding)(list(files))
    if first is None:
        raise aborted(MISSING, "Dockerfile and Dockerrun.aws.json are both missing, abort deployment")
    dockerrun = read_dockerrun(files[DOCKERRUN]) if DOCKERRUN in files else None
    mode = {COMPOSE: WITH_COMPOSE, DOCKERFILE: BUILT}.get(first, PULLED)
    if dockerrun is not None:
        wanted, has = run.using(version_for)(mode), version(dockerrun)
        if has != wanted:
            difference = f"it is {has or 'not given'}, {mode} takes {wanted}"
            raise aborted(VERSION, f"Invalid Dockerrun.aws.json version, abort deployment ({difference})")
    if dockerrun is not None and first != COMPOSE:
        run.not_read(not_read(dockerrun, DOCKERRUN_1))
    if first == COMPOSE:
        compose(files[COMPOSE], dockerrun or {}, run)
    elif first == DOCKERFILE:
        build(files[DOCKERFILE], dockerrun or {}, run)
    else:
        pull(dockerrun or {}, run)


def read_dockerrun(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise aborted(UNREADABLE, f"Dockerrun.aws.json is not JSON: {problem}") from None
    if not isinstance(read, dict):
        raise aborted(UNREADABLE, "Dockerrun.aws.json is not a JSON object")
    twice = duplicate_key(text)  # AWS does not say which of the two counts
    if twice is not None:
        message = f"duplicate key `{twice.key}`, line {twice.line} of Dockerrun.aws.json"
        raise GivenError(message, pointer=jsonpointer.join("files", DOCKERRUN))
    return read


def version(dockerrun: dict[str, Any]) -> str:
    """Return AWSEBDockerrunVersion, which is written as a number or as text."""
    return str(dockerrun.get("AWSEBDockerrunVersion", "")).strip()


def compose(text: str, dockerrun: dict[str, Any], run: Run) -> None:
    """Run the services of docker-compose.yml."""
    try:
        read = yaml11.read(text, strict=False).value
    except yaml11.YamlError as problem:
        raise aborted(UNREADABLE, f"docker-compose.yml, line {problem.line}: {problem.message}") from None
    run.not_read(keys_not_read(read, {"services": {"*": {}}}, jsonpointer.join("files", COMPOSE)))
    services = read.get("services") if isinstance(read, dict) else None
    names = list(services) if isinstance(services, dict) else []
    for key in dockerrun:
        if key not in V3_KEYS:
            ignore(key, V3, f"{key} says nothing beside docker-compose.yml", run)
    authenticate(dockerrun, V3, run)
    several = f"{len(names)} service{'' if len(names) == 1 else 's'}" if names else "its services"
    title = f"Docker Compose runs {several}: {', '.join(map(str, names)) or 'see the file'}"
    start(WITH_COMPOSE, None, COMPOSE_RUNS, title, run)


def authenticate(dockerrun: dict[str, Any], by: Rule, run: Run) -> None:
    """Show where the credentials of a private registry lie."""
    place = dockerrun.get("Authentication", dockerrun.get("authentication"))
    if isinstance(place, dict):
        read = {str(key).lower(): value for key, value in place.items()}
        why = "" if by is AUTHENTICATION else "The bucket has to be in the environment's own Region."
        run.step(by, f"Registry credentials come from {read.get('key')} in the bucket {read.get('bucket')}", why)


def build(text: str, dockerrun: dict[str, Any], run: Run) -> None:
    """Build an image from the Dockerfile; Dockerrun.aws.json adds ports, volumes and the rest."""
    if "Image" in dockerrun:
        ignore("Image", BUILD, "Image of Dockerrun.aws.json is ignored: there is a Dockerfile", run)
    authenticate(dockerrun, AUTHENTICATION, run)
    base = re.search(r"^[^\S\n]*FROM\s+(\S+)", text, re.IGNORECASE | re.MULTILINE)
    start(BUILT, None, BUILD, f"An image is built from {base[1] if base else 'the Dockerfile'}", run)
    exposed = re.search(r"^[^\S\n]*EXPOSE\s+(\d+)", text, re.IGNORECASE | re.MULTILINE)
    pairs = ports(dockerrun)
    listen(run.using(proxied)(pairs) if pairs else int(exposed[1]) if exposed else None, run)


def ports(dockerrun: dict[str, Any]) -> list[tuple[int, int]]:
    """Return (container port, host port) of each entry; the host port is the same where it is absent."""
    entries = dockerrun.get("Ports")
    pairs = []
    for entry in entries if isinstance(entries, list) else []:
        container = to_int(entry.get("ContainerPort")) if isinstance(entry, dict) else None
        if container is not None:
            pairs.append((container, to_int(entry.get("HostPort")) or container))
    return pairs


def to_int(value: object) -> int | None:
    """Return a port or an amount, which is written as a number or as text; None where it is neither."""
    text = str(value)
    return int(text) if re.fullmatch(r"\d{1,9}", text) and not isinstance(value, bool) else None


def listen(port: int | None, run: Run) -> None:
    run.step(PORT, f"The proxy passes requests to port {port}" if port else "No port is named or exposed", port=port)


def pull(dockerrun: dict[str, Any], run: Run) -> None:
    """Pull the image from its registry."""
    image = dockerrun.get("Image")
    if image is None:
        raise aborted(MISSING, "Dockerfile and Image of Dockerrun.aws.json are both missing, abort deployment")
    name = image.get("Name") if isinstance(image, dict) else image
    if not name:
        raise aborted(MISSING, "Image has no Name")
    pairs = ports(dockerrun)
    if not pairs:
        raise aborted(MISSING, "Ports is required where Image is given")
    authenticate(dockerrun, AUTHENTICATION, run)
    newer = str(image.get("Update", "true")).lower() == "true" if isinstance(image, dict) else True
    title = f"{name} is pulled{', a newer one at each deployment' if newer else ', a cached one as it is'}"
    start(PULLED, str(name), PULL, title, run)
    listen(run.using(proxied)(pairs), run)


# The ECS platform


def deploy_on_ecs(files: dict[str, str], run: Run) -> None:
    """Make a task definition of Dockerrun.aws.json version 2."""
    for name in (DOCKERFILE, COMPOSE):
        if name in files and not run.using(ecs_builds)():
            ignore(name, NOT_BUILT, f"{name} is not read on the ECS platform", run)
    invalid = "ECS Application sourcebundle validation error: "
    if DOCKERRUN not in files:
        raise aborted(MISSING, f"{invalid}no Dockerrun.aws.json", BUNDLE_ERROR)
    dockerrun = read_dockerrun(files[DOCKERRUN])
    if version(dockerrun) != run.using(version_for)(ON_ECS):
        raise aborted(VERSION, f"{invalid}Unsupported AWSEBDockerrunVersion: {version(dockerrun)}", BUNDLE_ERROR)
    run.not_read(not_read(dockerrun, DOCKERRUN_2))
    containers = containers_of(dockerrun)
    definition = task_definition(dockerrun, containers)
    authenticate(dockerrun, AUTHENTICATION, run)
    names = ", ".join(container["name"] for container in containers)
    run.step(LOGS, f"A log volume for each container: {names}")
    several = "1 container" if len(containers) == 1 else f"{len(containers)} containers"
    run.step(TASK, f"The task definition {definition['family']} has {several}", taskDefinition=definition,
             draw=lambda: {("texts", TASK_DEFINITION): json.dumps(definition, indent=2)})  # fmt: skip
    start(ON_ECS, containers[0]["image"], CONTAINERS, f"ECS runs {names} on each instance", run)
    mappings = [mapping for container in containers for mapping in container.get("portMappings", [])]
    host = next((mapping["hostPort"] for mapping in mappings if mapping.get("hostPort")), None)
    title = f"Requests come in by port {host} of the instances" if host else "No container has a port of the instances"
    run.step(HOST_PORT, title, port=host)


def containers_of(dockerrun: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the container definitions with numbers as numbers; Refused where ECS would refuse one."""
    listed = dockerrun.get("containerDefinitions")
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, dict) for entry in listed):
        raise aborted(CONTAINERS, "Dockerrun.aws.json has no containerDefinitions", BUNDLE_ERROR)
    containers = [numbers(entry) for entry in listed]
    for container in containers:
        for key in ("name", "image"):
            if isinstance(container.get(key), bool | int | float | list | dict):
                message = f"Invalid type for parameter {key} of a container: {container[key]!r} is not text"
                raise aborted(CONTAINERS, message, BUNDLE_ERROR)
            if not container.get(key):
                raise aborted(CONTAINERS, f"Container.{key} should not be null or empty.", "ClientException")
        if not container.get("memory") and not container.get("memoryReservation"):
            message = (f"Invalid setting for container '{container['name']}'. "
                       "At least one of 'memory' or 'memoryReservation' must be specified.")  # fmt: skip
            raise aborted(CONTAINERS, message, "ClientException")
    return containers


def numbers(value: Any, key: str = "") -> Any:
    """Return a copy in which amounts and ports are numbers, however they are written."""
    if isinstance(value, dict):
        return {name: numbers(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [numbers(inner) for inner in value]
    read = to_int(value) if key in NUMBERS else None
    return value if read is None else read


def task_definition(dockerrun: dict[str, Any], containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what RegisterTaskDefinition gets; each container has a volume for its logs."""
    volumes = [volume for volume in dockerrun.get("volumes") or [] if isinstance(volume, dict)]
    named = {volume.get("name") for volume in volumes}
    for container in containers:
        name = f"{LOG_VOLUME}{container['name']}"
        if name not in named:
            volumes.append({"name": name, "host": {"sourcePath": f"{LOG_FOLDER}{container['name']}"}})
    definition: dict[str, Any] = {"family": str(dockerrun.get("family") or FAMILY)}
    definition |= {role: dockerrun[role] for role in ("taskRoleArn", "executionRoleArn") if dockerrun.get(role)}
    return definition | {"containerDefinitions": containers, "volumes": volumes}


# The rule functions that beliefs replace


def is_called(path: str, name: str) -> bool:
    """Return whether a path is a file that Elastic Beanstalk looks for; case counts."""
    return path.removeprefix("./") == name


def deciding(present: list[str]) -> str | None:
    """Return the file that says what runs on the Docker platform."""
    return next((name for name in FILES if name in present), None)


def version_for(mode: str) -> str:
    """Return the AWSEBDockerrunVersion that goes with a way of running containers."""
    return VERSIONS[mode]


def proxied(ports: list[tuple[int, int]]) -> int | None:
    """Return, of (container port, host port) pairs, the port that the proxy passes requests to."""
    return ports[0][0] if ports else None


def needs_ecs(mode: str) -> bool:
    """Return whether Amazon ECS runs the containers: the platform decides, not how many there are."""
    return mode == ON_ECS


def ecs_builds() -> bool:
    """Return whether the ECS platform builds a Dockerfile."""
    return False


# What people believe instead

belief(deciding, "dockerrun-beats-dockerfile", "the Image of Dockerrun.aws.json wins over a Dockerfile",
       "With a Dockerfile the image is built, and Image is ignored.",
       "dockerfile-wins")(lambda present: DOCKERRUN if DOCKERRUN in present else deciding(present))  # fmt: skip
belief(deciding, "dockerfile-beats-compose", "a Dockerfile wins over docker-compose.yml",
       "docker-compose.yml is looked for first; it may build that Dockerfile itself.",
       "07")(lambda present: DOCKERFILE if DOCKERFILE in present else deciding(present))  # fmt: skip
belief(needs_ecs, "several-containers-need-ecs", "more than one container means Amazon ECS",
       "Docker Compose runs many on the Docker platform, without ECS.",
       "05")(lambda mode: mode in (ON_ECS, WITH_COMPOSE))  # fmt: skip
belief(proxied, "host-port-is-proxied", "the proxy passes requests to HostPort",
       "It uses ContainerPort, the first one.", "port")(lambda ports: ports[0][1] if ports else None)  # fmt: skip
belief(proxied, "last-port-is-proxied", "of several ports the last one counts",
       "All are opened on the container, but the proxy uses the first.",
       "port")(lambda ports: ports[-1][0] if ports else None)  # fmt: skip
belief(is_called, "case-does-not-matter", "`dockerfile` is as good as `Dockerfile`",
       "The names are compared as they are written.",
       "02")(lambda path, name: path.lower() == name.lower())  # fmt: skip
belief(version_for, "version-1-everywhere", "Dockerrun.aws.json version 1 works on both platforms",
       "The ECS platform takes version 2 only, and Compose version 3.",
       "dockerrun-versions")(lambda mode: "1")  # fmt: skip
belief(ecs_builds, "ecs-builds-the-dockerfile", "the ECS platform builds a Dockerfile too",
       "Its images have to be built before and lie in a registry.", "08")(lambda: True)  # fmt: skip

SIMULATION = mechanism.simulation(
    title="Docker on Elastic Beanstalk", view="texts", given=Given, outcome=Containers, run=deploy,
    initial_state=initial_state, choices={"/given/platform": ("Docker", "ECS")},
)  # fmt: skip

"""The deployment: the files are looked for, one decides, and its containers run."""

import json
import re
from typing import Any

from dva.aws import yaml11
from dva.simulations.beanstalk.beanstalk_docker import rules
from dva.simulations.beanstalk.beanstalk_docker.documents import Given
from dva.simulations.frame import Append, Refused, Run, State
from dva.trace import Rule

RUNS, IGNORED, TASK_DEFINITION = "what runs", "what is ignored", "task definition"


def initial_state(given: Given) -> State:
    texts = {path: text if isinstance(text, str) else json.dumps(text, indent=2) for path, text in given.files.items()}
    return {"texts": texts | {RUNS: "", IGNORED: "", TASK_DEFINITION: ""}}


def deploy(given: Given, run: Run) -> None:
    """Look for the files, then run what they say on the platform."""
    platform = given.platform.lower()
    ecs = "ecs" in platform or "multi" in platform  # as in "64bit Amazon Linux 2023 v4.0.1 running ECS"
    runs = "one ECS task on each instance" if ecs else "Docker on each instance"
    run.step(rules.PLATFORM, f"{given.platform}: {runs}", draw={("texts", RUNS): runs}, uses_ecs=ecs)
    called = run.using(is_called)
    files = {
        name: text if isinstance(text, str) else json.dumps(text)
        for name in rules.FILES for path, text in given.files.items() if called(path, name)
    }  # fmt: skip
    for path in given.files:
        if path.lower() in rules.MISNAMED and not any(called(path, name) for name in rules.FILES):
            ignore(path, rules.NAMES, f"{path} is not a name that is looked for", run)
    run.step(rules.NAMES, f"At the root: {', '.join(files) or 'none of the three files'}")
    if ecs:
        deploy_on_ecs(files, run)
    else:
        deploy_on_docker(files, run)


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
        raise aborted(rules.MISSING, "Dockerfile and Dockerrun.aws.json are both missing, abort deployment")
    dockerrun = read_dockerrun(files[rules.DOCKERRUN]) if rules.DOCKERRUN in files else None
    mode = {rules.COMPOSE: rules.WITH_COMPOSE, rules.DOCKERFILE: rules.BUILT}.get(first, rules.PULLED)
    if dockerrun is not None:
        wanted, has = run.using(version_for)(mode), version(dockerrun)
        if has != wanted:
            difference = f"it is {has or 'not given'}, {mode} takes {wanted}"
            raise aborted(rules.VERSION, f"Invalid Dockerrun.aws.json version, abort deployment ({difference})")
    if first == rules.COMPOSE:
        compose(files[rules.COMPOSE], dockerrun or {}, run)
    elif first == rules.DOCKERFILE:
        build(files[rules.DOCKERFILE], dockerrun or {}, run)
    else:
        pull(dockerrun or {}, run)


def read_dockerrun(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise aborted(rules.UNREADABLE, f"Dockerrun.aws.json is not JSON: {problem}") from None
    if not isinstance(read, dict):
        raise aborted(rules.UNREADABLE, "Dockerrun.aws.json is not a JSON object")
    return read


def version(dockerrun: dict[str, Any]) -> str:
    """Return AWSEBDockerrunVersion, which is written as a number or as text."""
    return str(dockerrun.get("AWSEBDockerrunVersion", "")).strip()


def compose(text: str, dockerrun: dict[str, Any], run: Run) -> None:
    """Run the services of docker-compose.yml."""
    try:
        read = yaml11.read(text, strict=False).value
    except yaml11.YamlError as problem:
        raise aborted(rules.UNREADABLE, f"docker-compose.yml, line {problem.line}: {problem.message}") from None
    services = read.get("services") if isinstance(read, dict) else None
    names = list(services) if isinstance(services, dict) else []
    for key in dockerrun:
        if key not in rules.V3_KEYS:
            ignore(key, rules.V3, f"{key} says nothing beside docker-compose.yml", run)
    authenticate(dockerrun, rules.V3, run)
    several = f"{len(names)} service{'' if len(names) == 1 else 's'}" if names else "its services"
    title = f"Docker Compose runs {several}: {', '.join(map(str, names)) or 'see the file'}"
    start(rules.WITH_COMPOSE, None, rules.COMPOSE_RUNS, title, run)


def authenticate(dockerrun: dict[str, Any], by: Rule, run: Run) -> None:
    """Show where the credentials of a private registry lie."""
    place = dockerrun.get("Authentication", dockerrun.get("authentication"))
    if isinstance(place, dict):
        read = {str(key).lower(): value for key, value in place.items()}
        why = "" if by is rules.AUTHENTICATION else "The bucket has to be in the environment's own Region."
        run.step(by, f"Registry credentials come from {read.get('key')} in the bucket {read.get('bucket')}", why)


def build(text: str, dockerrun: dict[str, Any], run: Run) -> None:
    """Build an image from the Dockerfile; Dockerrun.aws.json adds ports, volumes and the rest."""
    if "Image" in dockerrun:
        ignore("Image", rules.BUILD, "Image of Dockerrun.aws.json is ignored: there is a Dockerfile", run)
    authenticate(dockerrun, rules.AUTHENTICATION, run)
    base = re.search(r"^[^\S\n]*FROM\s+(\S+)", text, re.IGNORECASE | re.MULTILINE)
    start(rules.BUILT, None, rules.BUILD, f"An image is built from {base[1] if base else 'the Dockerfile'}", run)
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
    run.step(
        rules.PORT, f"The proxy passes requests to port {port}" if port else "No port is named or exposed", port=port
    )


def pull(dockerrun: dict[str, Any], run: Run) -> None:
    """Pull the image from its registry."""
    image = dockerrun.get("Image")
    if image is None:
        raise aborted(rules.MISSING, "Dockerfile and Image of Dockerrun.aws.json are both missing, abort deployment")
    name = image.get("Name") if isinstance(image, dict) else image
    if not name:
        raise aborted(rules.MISSING, "Image has no Name")
    pairs = ports(dockerrun)
    if not pairs:
        raise aborted(rules.MISSING, "Ports is required where Image is given")
    authenticate(dockerrun, rules.AUTHENTICATION, run)
    newer = str(image.get("Update", "true")).lower() == "true" if isinstance(image, dict) else True
    title = f"{name} is pulled{', a newer one at each deployment' if newer else ', a cached one as it is'}"
    start(rules.PULLED, str(name), rules.PULL, title, run)
    listen(run.using(proxied)(pairs), run)


# The ECS platform


def deploy_on_ecs(files: dict[str, str], run: Run) -> None:
    """Make a task definition of Dockerrun.aws.json version 2."""
    for name in (rules.DOCKERFILE, rules.COMPOSE):
        if name in files and not run.using(ecs_builds)():
            ignore(name, rules.NOT_BUILT, f"{name} is not read on the ECS platform", run)
    invalid = "ECS Application sourcebundle validation error: "
    if rules.DOCKERRUN not in files:
        raise aborted(rules.MISSING, f"{invalid}no Dockerrun.aws.json", rules.BUNDLE_ERROR)
    dockerrun = read_dockerrun(files[rules.DOCKERRUN])
    if version(dockerrun) != run.using(version_for)(rules.ON_ECS):
        raise aborted(
            rules.VERSION, f"{invalid}Unsupported AWSEBDockerrunVersion: {version(dockerrun)}", rules.BUNDLE_ERROR
        )
    containers = containers_of(dockerrun)
    definition = task_definition(dockerrun, containers)
    authenticate(dockerrun, rules.AUTHENTICATION, run)
    names = ", ".join(container["name"] for container in containers)
    run.step(rules.LOGS, f"A log volume for each container: {names}")
    several = "1 container" if len(containers) == 1 else f"{len(containers)} containers"
    run.step(
        rules.TASK, f"The task definition {definition['family']} has {several}", taskDefinition=definition,
        draw=lambda: {("texts", TASK_DEFINITION): json.dumps(definition, indent=2)},
    )  # fmt: skip
    start(rules.ON_ECS, containers[0]["image"], rules.CONTAINERS, f"ECS runs {names} on each instance", run)
    mappings = [mapping for container in containers for mapping in container.get("portMappings", [])]
    host = next((mapping["hostPort"] for mapping in mappings if mapping.get("hostPort")), None)
    title = f"Requests come in by port {host} of the instances" if host else "No container has a port of the instances"
    run.step(rules.HOST_PORT, title, port=host)


def containers_of(dockerrun: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the container definitions with numbers as numbers; Refused where ECS would refuse one."""
    listed = dockerrun.get("containerDefinitions")
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, dict) for entry in listed):
        raise aborted(rules.CONTAINERS, "Dockerrun.aws.json has no containerDefinitions", rules.BUNDLE_ERROR)
    containers = [numbers(entry) for entry in listed]
    for container in containers:
        for key in ("name", "image"):
            if not container.get(key):
                raise aborted(rules.CONTAINERS, f"Container.{key} should not be null or empty.", "ClientException")
        if not container.get("memory") and not container.get("memoryReservation"):
            message = (
                f"Invalid setting for container '{container['name']}'. "
                "At least one of 'memory' or 'memoryReservation' must be specified."
            )
            raise aborted(rules.CONTAINERS, message, "ClientException")
    return containers


def numbers(value: Any, key: str = "") -> Any:
    """Return a copy in which amounts and ports are numbers, however they are written."""
    if isinstance(value, dict):
        return {name: numbers(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [numbers(inner) for inner in value]
    read = to_int(value) if key in rules.NUMBERS else None
    return value if read is None else read


def task_definition(dockerrun: dict[str, Any], containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what RegisterTaskDefinition gets; each container has a volume for its logs."""
    volumes = [volume for volume in dockerrun.get("volumes") or [] if isinstance(volume, dict)]
    named = {volume.get("name") for volume in volumes}
    for container in containers:
        name = f"{rules.LOG_VOLUME}{container['name']}"
        if name not in named:
            volumes.append({"name": name, "host": {"sourcePath": f"{rules.LOG_FOLDER}{container['name']}"}})
    definition: dict[str, Any] = {"family": str(dockerrun.get("family") or rules.FAMILY)}
    definition |= {role: dockerrun[role] for role in ("taskRoleArn", "executionRoleArn") if dockerrun.get(role)}
    return definition | {"containerDefinitions": containers, "volumes": volumes}


# The rule functions that beliefs replace


def is_called(path: str, name: str) -> bool:
    """Return whether a path is a file that Elastic Beanstalk looks for; case counts."""
    return path.removeprefix("./") == name


def deciding(present: list[str]) -> str | None:
    """Return the file that says what runs on the Docker platform."""
    return next((name for name in rules.FILES if name in present), None)


def version_for(mode: str) -> str:
    """Return the AWSEBDockerrunVersion that goes with a way of running containers."""
    return rules.VERSIONS[mode]


def proxied(ports: list[tuple[int, int]]) -> int | None:
    """Return, of (container port, host port) pairs, the port that the proxy passes requests to."""
    return ports[0][0] if ports else None


def needs_ecs(mode: str) -> bool:
    """Return whether Amazon ECS runs the containers: the platform decides, not how many there are."""
    return mode == rules.ON_ECS


def ecs_builds() -> bool:
    """Return whether the ECS platform builds a Dockerfile."""
    return False

"""What RegisterTaskDefinition checks of the containers beside their size and ports.

The messages are Amazon ECS's own where public reports have them: klothoplatform/klotho#892, boto/boto3#2436,
hashicorp/terraform-provider-aws#8596, kayac/ecspresso#364, eagletmt/hako#68 and #99, metaps/genova#291,
Shippable/support#4194, aws-observability/aws-otel-collector#1359, awsdocs/aws-cloudformation-user-guide#454 and #612.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from dva.simulations.ecs.ecs_task_definition import rules
from dva.simulations.ecs.ecs_task_definition.documents import ContainerDefinition, Given, LogConfiguration
from dva.simulations.frame import Run
from dva.trace import Rule


class Fault(Struct, frozen=True):
    """An error of the definition, as Amazon ECS words it; `allowed` are the memory sizes that fit the cpu."""

    rule: Rule
    message: str
    allowed: tuple[int, ...] | None = None
    code: str = "ClientException"


def name_of(container: ContainerDefinition) -> str:
    """Return the name of a container, `container` where it has none."""
    return "container" if container.name is None else container.name


def check_names(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    containers = given.task_definition.container_definitions
    if not containers:
        yield Fault(rules.CONTAINERS, "Container list cannot be empty.")
    for container in containers:
        if not container.name:
            yield Fault(rules.CONTAINERS, "Container.name should not be null or empty.")
        elif not rules.NAME.fullmatch(container.name):
            yield Fault(rules.CONTAINERS, "Container.name contains invalid characters.")
        if not container.image:
            yield Fault(rules.CONTAINERS, "Container.image should not be null or empty.")
    names = Counter(container.name for container in containers if container.name)
    if any(number > 1 for number in names.values()):
        yield Fault(rules.CONTAINERS, "Container names must be unique within a Task Definition.")


def check_essential(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    containers = given.task_definition.container_definitions
    if containers and not any(container.essential for container in containers):
        yield Fault(rules.ESSENTIAL, "Task definition doesn't have any essential container.")


def check_dependencies(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    """Check what each container waits for; of the same error of a container one is enough."""
    containers = {name_of(container): container for container in given.task_definition.container_definitions}
    for container in containers.values():
        for dependency in container.depends_on:
            condition, other = dependency.condition, containers.get(dependency.container_name)
            if other is None:
                missing = f"Cannot depend on container + '{dependency.container_name}' because it does not exist"
                yield Fault(rules.DEPENDS, missing)
            elif condition not in rules.CONDITIONS:
                known = ", ".join(rules.CONDITIONS)
                yield Fault(rules.DEPENDS, f"Invalid dependency condition '{condition}': it is one of {known}.")
            elif condition in ("SUCCESS", "COMPLETE") and other.essential:
                message = "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
                yield Fault(rules.DEPENDS, message)
            elif condition == "HEALTHY" and not other.health_check:
                message = "A dependency container with HEALTHY condition must have a health check"
                yield Fault(rules.DEPENDS, message)
    if has_cycle({name: [one.container_name for one in c.depends_on] for name, c in containers.items()}):
        yield Fault(rules.DEPENDS, "Container dependencies should not have a cycle")


def has_cycle(ways: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a way leads back to where it began: whether something is left once all ends are taken away."""
    left = {name: set(others) & set(ways) for name, others in ways.items()}
    while ends := [name for name, others in left.items() if not others]:
        for end in ends:
            del left[end]
        for others in left.values():
            others.difference_update(ends)
    return bool(left)


def check_log_drivers(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    for container in given.task_definition.container_definitions:
        if container.log_configuration:
            yield from check_log_driver(container.log_configuration, fargate)


def check_log_driver(logging: LogConfiguration, fargate: bool) -> Iterator[Fault]:
    """Check one log driver and its options; an option may also come from a secret."""
    driver = logging.log_driver
    known = rules.FARGATE_LOG_DRIVERS if fargate else rules.LOG_DRIVERS
    if driver not in known and (fargate or driver not in rules.AGENT_LOG_DRIVERS):
        message = f"{driver} is not a valid log driver. Must be one of [{','.join(known)}]"
        yield Fault(rules.LOG_DRIVER, message)
    options = {name for name, value in logging.options.items() if value} | {s.name for s in logging.secret_options}
    missing = [name for name in rules.LOG_OPTIONS.get(driver, ()) if name not in options]
    if missing:
        yield Fault(rules.LOG_DRIVER, f"Log driver {driver} requires options: {', '.join(missing)}")


def check_links(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    """Check the links, written `name` or `name:alias`."""
    containers = given.task_definition.container_definitions
    links = {name_of(container): [link.partition(":")[0] for link in container.links] for container in containers}
    if not any(links.values()):
        return
    if given.mode not in ("bridge", "default"):
        yield Fault(rules.LINKS, f"Links are not supported when networkMode={given.mode}.")
    for name in sorted({other for others in links.values() for other in others} - set(links)):
        yield Fault(rules.LINKS, f"Cannot link to container '{name}' because it does not exist")
    if has_cycle(links):
        yield Fault(rules.LINKS, "Container links should not have a cycle")


def check_volumes(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    volumes = {volume.name for volume in given.task_definition.volumes}
    mounts = [mount for c in given.task_definition.container_definitions for mount in c.mount_points]
    for name in dict.fromkeys(mount.source_volume for mount in mounts):
        if name and name not in volumes:
            yield Fault(rules.VOLUMES, f"Unknown volume '{name}'.")

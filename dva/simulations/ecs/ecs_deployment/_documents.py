"""What a rolling update reads of a service, and what Amazon ECS does not take."""

from typing import Annotated

from msgspec import Meta, field

from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Refused
from dva.simulations.ecs.ecs_deployment._rules import REQUEST

MOST_TASKS = 100_000
"""Twenty times what Amazon ECS runs in a service; beyond it a run would take long and show nothing new."""


class Threshold(AwsDocument):
    type: str
    value: Integer = 50


class Circuit(AwsDocument):
    enable: bool = False
    rollback: bool = False
    reset_on_healthy_task: bool = True
    threshold_configuration: Threshold | None = None


class DeploymentConfiguration(AwsDocument):
    minimum_healthy_percent: Integer | None = None
    maximum_percent: Integer | None = None
    deployment_circuit_breaker: Circuit = field(default_factory=Circuit)
    strategy: str = "ROLLING"


class Controller(AwsDocument):
    type: str = "ECS"


class Strategy(AwsDocument):
    type: str
    field: str | None = None


class Constraint(AwsDocument):
    type: str
    expression: str | None = None


class LoadBalancer(AwsDocument):
    load_balancer_name: str | None = None


class Service(AwsDocument):
    """CreateService or DescribeServices; the two percentages may stand flat in it."""

    wrappers = ("services", "service")
    service_name: str = "service"
    desired_count: int | None = None
    running_count: int | None = None
    scheduling_strategy: str = "REPLICA"
    launch_type: str | None = None
    deployment_controller: Controller = field(default_factory=Controller)
    deployment_configuration: DeploymentConfiguration = field(default_factory=DeploymentConfiguration)
    minimum_healthy_percent: Integer | None = None
    maximum_percent: Integer | None = None
    placement_strategy: list[Strategy] = []
    placement_constraints: list[Constraint] = []
    load_balancers: list[LoadBalancer] = []
    availability_zone_rebalancing: str = "ENABLED"

    @property
    def daemon(self) -> bool:
        """Whether it runs one task on each instance instead of a desired count."""
        return self.scheduling_strategy == "DAEMON"

    @property
    def wanted(self) -> int:
        """The desired count; for DAEMON the number of instances, none where it is not said."""
        return self.desired_count if self.desired_count is not None else self.running_count or 0

    @property
    def percents(self) -> tuple[int, int]:
        """minimumHealthyPercent and maximumPercent, with Amazon ECS's defaults."""
        lowest, highest = (0, 100) if self.daemon else (100, 200)
        configured = self.deployment_configuration
        given_low = (configured.minimum_healthy_percent, self.minimum_healthy_percent)
        given_high = (configured.maximum_percent, self.maximum_percent)
        low = next((value for value in given_low if value is not None), lowest)
        high = next((value for value in given_high if value is not None), highest)
        return low, high

    @property
    def breaker(self) -> Circuit:
        """The deployment circuit breaker."""
        return self.deployment_configuration.deployment_circuit_breaker


class Options(StrictStruct):
    """`failNewTasks`: so many of the new tasks, the first ones that start, fail; or which ones, [1, 2, 4]."""

    fail_new_tasks: Annotated[int, Meta(ge=0, le=100_000)] | list[int] = 0

    def failing(self, first: int, last: int) -> int:
        """How many of the new tasks that start as `first` to `last` fail."""
        which = self.fail_new_tasks
        if isinstance(which, int):
            return max(0, min(last, which) - first + 1)
        return sum(first <= number <= last for number in set(which))


class Given(StrictStruct):
    service: Service
    options: Options = field(default_factory=Options)


def check(service: Service) -> None:
    """Raise Refused where Amazon ECS does not take the service, GivenError where no rolling update is asked for."""
    if service.scheduling_strategy not in ("REPLICA", "DAEMON"):
        raise _invalid(f"`{service.scheduling_strategy}` is no scheduling strategy")
    if service.daemon:
        _check_daemon(service)
    elif service.desired_count is None:
        raise _invalid("desiredCount is required with the REPLICA scheduling strategy")
    if service.wanted > MOST_TASKS:
        raise GivenError(f"more than {MOST_TASKS} tasks are not simulated", pointer="/service/desiredCount")
    if service.wanted < 0 or min(service.percents) < 0:
        raise _invalid("desiredCount, minimumHealthyPercent and maximumPercent must be 0 or more")
    limit = service.breaker.threshold_configuration
    if limit and (limit.type not in ("COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT") or limit.value < 1):
        raise _invalid("thresholdConfiguration needs COUNT, BOUNDED_PERCENT or UNBOUNDED_PERCENT and a value above 0")
    controller, strategy = service.deployment_controller.type, service.deployment_configuration.strategy
    if service.breaker.enable and controller != "ECS":
        raise _invalid("the deployment circuit breaker works with rolling updates (the ECS controller) only")
    if controller != "ECS" or strategy != "ROLLING":
        raise GivenError(
            f"a deployment by {controller if controller != 'ECS' else strategy} is no rolling update",
            pointer="/service", hint="this simulation runs the ECS controller with the ROLLING strategy",
        )  # fmt: skip


def _check_daemon(service: Service) -> None:
    if service.percents[1] != 100:
        raise _invalid("maximumPercent must be 100 with the DAEMON scheduling strategy")
    if service.launch_type == "FARGATE":
        raise _invalid("tasks on Fargate do not support the DAEMON scheduling strategy")
    if service.placement_strategy:
        raise _invalid("the DAEMON scheduling strategy takes no placement strategy")
    if service.deployment_controller.type != "ECS":
        raise _invalid("the DAEMON scheduling strategy needs the ECS deployment controller")


def _invalid(message: str) -> Refused:
    return Refused(REQUEST, "InvalidParameterException", message)

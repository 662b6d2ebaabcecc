"""What Amazon ECS refuses: task definition, launch type, network, counts, constraints, strategies, in this order."""

from collections.abc import Callable

from dva.aws import cluster_query as query
from dva.errors import GivenError
from dva.simulations.ecs.documents import PlacementConstraint, PlacementStrategy
from dva.simulations.ecs.ecs_placement import rules
from dva.simulations.ecs.ecs_placement.documents import Given, RunTask, Service
from dva.simulations.frame import Refused

DAEMON_HAS_NO = "The daemon scheduling strategy does not support"


def check(given: Given) -> None:
    """Raise Refused with AWS's code where Amazon ECS would reject the request."""
    request, of_task = given.request, given.task_definition.placement_constraints
    if any(constraint.type == "distinctInstance" for constraint in of_task):
        raise _client("constraint.type 'distinctInstance' is not supported")
    if request.launch_type == "FARGATE":
        if request.placement_strategy or given.constraints:
            raise _invalid("placement strategies and constraints are not supported with the FARGATE launch type")
        raise _invalid("tasks of the FARGATE launch type are not placed on container instances")
    _check_network(request, given.task_definition.network_mode)
    if isinstance(request, Service) and request.daemon:
        _check_daemon(request)
    else:
        _check_count(request)
    most, found = rules.MOST_CONSTRAINTS, len(given.constraints)
    if found > most:
        raise _invalid(f"at most {most} placement constraints are allowed, {found} are given")
    for constraint in of_task:
        _check_constraint(constraint, _client)
    for constraint in request.placement_constraints:
        _check_constraint(constraint, _invalid)
    if len(request.placement_strategy) > rules.MOST_STRATEGIES:
        raise _invalid(f"at most {rules.MOST_STRATEGIES} placement strategies are allowed")
    for strategy in request.placement_strategy:
        _check_strategy(strategy)


def _invalid(message: str) -> Refused:
    return Refused(rules.REQUEST, "InvalidParameterException", message)


def _network(message: str) -> Refused:
    return Refused(rules.NETWORK, "InvalidParameterException", message)


def _client(message: str) -> Refused:
    return Refused(rules.REQUEST, "ClientException", message)


def _check_network(request: Service | RunTask, mode: str | None) -> None:
    """Raise Refused where network mode and network configuration do not fit; of a service it may be left out.

    In AWS's words: fabfuel/ecs-deploy#133, DataDog/test-infra-definitions#57, awslabs/fargatecli#73.
    """
    configuration = request.network_configuration and request.network_configuration.awsvpc_configuration
    if mode != "awsvpc" and configuration:
        raise _network("Network Configuration is not valid for the given networkMode of this task definition.")
    if mode == "awsvpc" and configuration and not configuration.subnets:
        raise _network("subnets can not be empty.")
    if mode == "awsvpc" and not configuration and isinstance(request, RunTask):
        raise _network("Network Configuration must be provided when networkMode 'awsvpc' is specified.")


def _check_daemon(service: Service) -> None:
    """Raise Refused in AWS's own words where they are known (issues of kayac/ecspresso and reproio/ecs_deploy)."""
    if service.placement_strategy:
        raise _invalid(f"{DAEMON_HAS_NO} placement strategies. Remove the placement strategy and try again")
    # The answer of describe-services shows a desired count that AWS derived itself.
    if service.desired_count is not None and service.service_arn is None:
        raise _invalid(f"{DAEMON_HAS_NO} a desired count for services. Remove the desired count value and try again")
    if service.deployment_configuration.maximum_percent not in (None, rules.DAEMON_MAXIMUM):
        raise _invalid(f"maximumPercent must be {rules.DAEMON_MAXIMUM} with the DAEMON scheduling strategy")
    controller = service.deployment_controller.type
    if controller != "ECS":
        raise _invalid(f"the {controller} deployment controller does not support the DAEMON scheduling strategy")


def _check_count(request: Service | RunTask) -> None:
    if isinstance(request, Service):
        if request.scheduling_strategy != "REPLICA":
            raise _invalid(f"`{request.scheduling_strategy}` is not a valid scheduling strategy")
        if request.desired_count is None or request.desired_count < 0:
            raise _invalid("desiredCount must be 0 or more")
        if request.desired_count > rules.MOST_TASKS:
            raise GivenError(
                f"dva places at most {rules.MOST_TASKS} tasks of a service", pointer="/service/desiredCount"
            )
    elif not 1 <= request.count <= rules.MOST_TASKS_A_CALL:
        raise _invalid(f"count must be between 1 and {rules.MOST_TASKS_A_CALL}")


def _check_constraint(constraint: PlacementConstraint, refused: Callable[[str], Refused]) -> None:
    if constraint.type == "distinctInstance":
        if constraint.expression is not None:
            raise refused("distinctInstance expression should not be specified")
    elif constraint.type == "memberOf":
        if not constraint.expression:
            raise refused("memberOf needs an expression")
        try:
            query.parse(constraint.expression)
        except query.QueryError as problem:
            raise refused(f"invalid expression: {problem.message} (position {problem.position})") from None
    else:
        raise refused(f"`{constraint.type}` is not a valid placement constraint")


def _check_strategy(strategy: PlacementStrategy) -> None:
    place = strategy.field or ""
    if strategy.type == "spread":
        if place not in ("instanceId", "host") and not query.ATTRIBUTE.match(place):
            raise _invalid(f"spread needs the field instanceId, host or attribute:NAME, not `{place}`")
    elif strategy.type == "binpack":
        if place.lower() not in ("cpu", "memory"):
            raise _invalid(f"binpack needs the field cpu or memory, not `{place}`")
    elif strategy.type == "random":
        if strategy.field:
            raise _invalid("random takes no field")
    else:
        raise _invalid(f"`{strategy.type}` is not a valid placement strategy: use spread, binpack or random")

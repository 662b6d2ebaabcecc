"""What Amazon ECS refuses, in this order: task definition, launch type, counts, constraints, strategies."""

from collections.abc import Callable

from dva.aws import cluster_query as query
from dva.errors import GivenError
from dva.simulations._before import Refused
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement._rules import REQUEST

MOST_STRATEGIES = 5
MOST_CONSTRAINTS = 10
MOST_TASKS_A_CALL = 10
MOST_TASKS = 20_000
"""A limit of dva's; AWS's quota is 5,000 tasks a service."""
DAEMON_HAS_NO = "The daemon scheduling strategy does not support"


def check(given: doc.Given) -> None:
    """Raise Refused with AWS's code where Amazon ECS would not take the request."""
    request = given.request
    for constraint in given.task_definition.placement_constraints:
        if constraint.type == "distinctInstance":
            raise _client("constraint.type 'distinctInstance' is not supported")
    _launch_type(given, request)
    if isinstance(request, doc.Service) and request.scheduling_strategy == "DAEMON":
        _daemon(request)
    else:
        _count(request)
    constraints = [*request.placement_constraints, *given.task_definition.placement_constraints]
    if len(constraints) > MOST_CONSTRAINTS:
        raise _invalid(f"at most {MOST_CONSTRAINTS} placement constraints are allowed, {len(constraints)} are given")
    for constraint in given.task_definition.placement_constraints:
        _constraint(constraint, _client)
    for constraint in request.placement_constraints:
        _constraint(constraint, _invalid)
    if len(request.placement_strategy) > MOST_STRATEGIES:
        raise _invalid(f"at most {MOST_STRATEGIES} placement strategies are allowed")
    for strategy in request.placement_strategy:
        _strategy(strategy)


def _invalid(message: str) -> Refused:
    return Refused(REQUEST, "InvalidParameterException", message)


def _client(message: str) -> Refused:
    return Refused(REQUEST, "ClientException", message)


def _launch_type(given: doc.Given, request: doc.Service | doc.RunTask) -> None:
    if request.launch_type != "FARGATE":
        return
    if request.placement_strategy or request.placement_constraints or given.task_definition.placement_constraints:
        raise _invalid("placement strategies and constraints are not supported with the FARGATE launch type")
    raise _invalid("tasks of the FARGATE launch type are not placed on container instances")


def _daemon(service: doc.Service) -> None:
    """AWS's own words where they are known (issues of kayac/ecspresso and reproio/ecs_deploy)."""
    if service.placement_strategy:
        raise _invalid(f"{DAEMON_HAS_NO} placement strategies. Remove the placement strategy and try again")
    # The answer of describe-services shows a desired count that AWS derived itself.
    if service.desired_count is not None and service.service_arn is None:
        raise _invalid(f"{DAEMON_HAS_NO} a desired count for services. Remove the desired count value and try again")
    configured = service.deployment_configuration
    if configured and configured.maximum_percent not in (None, 100):
        raise _invalid("maximumPercent must be 100 with the DAEMON scheduling strategy")
    controller = service.deployment_controller
    if controller and controller.type != "ECS":
        raise _invalid(f"the {controller.type} deployment controller does not support the DAEMON scheduling strategy")


def _count(request: doc.Service | doc.RunTask) -> None:
    if isinstance(request, doc.Service):
        if request.scheduling_strategy != "REPLICA":
            raise _invalid(f"`{request.scheduling_strategy}` is no scheduling strategy")
        if request.desired_count is None or request.desired_count < 0:
            raise _invalid("desiredCount must be 0 or more")
        if request.desired_count > MOST_TASKS:
            raise GivenError(f"dva places at most {MOST_TASKS} tasks of a service", pointer="/service/desiredCount")
    elif not 1 <= request.count <= MOST_TASKS_A_CALL:
        raise _invalid(f"count must be between 1 and {MOST_TASKS_A_CALL}")


def _constraint(constraint: doc.Constraint, refused: Callable[[str], Refused]) -> None:
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
        raise refused(f"`{constraint.type}` is no placement constraint")


def _strategy(strategy: doc.Strategy) -> None:
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
        raise _invalid(f"`{strategy.type}` is no placement strategy: use spread, binpack or random")

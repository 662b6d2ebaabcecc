"""The ECS cluster query language asked of container instances: which ones does a filter list?

As `aws ecs list-container-instances --filter` and the `memberOf` constraint ask it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.aws import cluster_query as query
from dva.aws.arn import last_part
from dva.aws.document import AwsDocument, Own
from dva.simulations import Simulation
from dva.trace import Belief, Rule, Tracer

PAGE = (
    "Amazon ECS Developer Guide, Cluster query language: "
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html"
)

PARSE = Rule(
    "ecs.query.parse",
    "An expression is built from comparisons with and, or, not and parentheses.",
    PAGE,
    ("ecs-task-placement.query-language",),
)
MATCH = Rule(
    "ecs.query.match",
    "An instance is listed where the whole expression is true for it.",
    PAGE,
    ("ecs-task-placement.23",),
)
MISSING = Rule(
    "ecs.query.missing",
    "An instance without the attribute satisfies no comparison of it, `!=` included.",
    "aws/containers-roadmap issue 486",
    ("ecs-task-placement.query-missing-attribute",),
)
ERROR = Rule("ecs.query.error", "An expression that cannot be read is an error, and nothing is listed.", PAGE)


class Attribute(AwsDocument):
    name: str
    value: str | None = None


class VersionInfo(AwsDocument):
    agent_version: str | None = None


class ContainerInstance(AwsDocument):
    wrappers = ("containerInstances",)
    ec2_instance_id: str | None = None
    container_instance_arn: str | None = None
    attributes: list[Attribute] = []
    agent_connected: bool = True
    version_info: VersionInfo | None = None
    agent_version: str | None = None
    registered_at: str | None = None
    running_tasks_count: int | None = None
    task_groups: list[str] = []


class Given(Own):
    filter: str
    container_instances: list[ContainerInstance]


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    holds: Callable[[query.Expression, query.Instance], bool] = query.holds


def identity(instance: ContainerInstance) -> str:
    """The EC2 id; for an external instance the id in its ARN."""
    return instance.ec2_instance_id or last_part(instance.container_instance_arn or "")


def facts(instance: ContainerInstance) -> query.Instance:
    """What the query language can ask of it."""
    version = instance.agent_version or (instance.version_info and instance.version_info.agent_version)
    return query.Instance(
        attributes={a.name: a.value for a in instance.attributes},
        agent_connected=instance.agent_connected,
        agent_version=version or None,
        ec2_instance_id=instance.ec2_instance_id,
        registered_at=instance.registered_at,
        running_tasks_count=instance.running_tasks_count,
        groups=tuple(instance.task_groups),
    )


def start(given: Given) -> dict[str, Any]:
    cells = {
        identity(i): {
            "group": "",
            "items": [],
            "note": "  ".join(f"{a.name}={a.value or ''}" for a in i.attributes),
        }
        for i in given.container_instances
    }
    return {"cells": cells}


def play(given: Given, trace: Tracer, how: How) -> None:
    try:
        expression = query.parse(given.filter)
    except query.QueryError as problem:
        error = {
            "code": "InvalidParameterException",
            "message": problem.message,
            "position": problem.position,
        }
        trace.step(
            ERROR, f"{problem.message} (position {problem.position})", given.filter,
            changes={"/outcome/status": "error", "/outcome/error": error},
        )  # fmt: skip
        return
    trace.step(PARSE, f"Read as: {query.text_of(expression)}", changes={"/outcome/status": "ok"})
    for instance in given.container_instances:
        ask(expression, instance, trace, how)


def ask(expression: query.Expression, instance: ContainerInstance, trace: Tracer, how: How) -> None:
    """One instance, and why it is listed or not."""
    name, known = identity(instance), facts(instance)
    missing = [s for s in asked_attributes(expression) if s not in known.attributes]
    if missing and trace.recording:
        trace.step(MISSING, f"{name} has no attribute {', '.join(missing)}", MISSING.says)
    if how.holds(expression, known):
        changes = {"/outcome/matches/-": name}
        if trace.recording:
            changes[f"/state/cells/{name}/items/-"] = "listed"
        trace.step(MATCH, f"{name} is listed", changes=changes)
    else:
        trace.step(MATCH, f"{name} is not listed")


def asked_attributes(expression: query.Expression) -> list[str]:
    """The attribute names that comparisons of the expression ask for, each once."""
    match expression:
        case query.Not(inner):
            return asked_attributes(inner)
        case query.Both(left, right) | query.Either(left, right):
            return list(dict.fromkeys(asked_attributes(left) + asked_attributes(right)))
        case query.Simple(subject, operator, _) if subject.startswith("attribute:"):
            return [] if operator in query.PRESENCE else [subject.removeprefix("attribute:")]
    return []


def missing_is_unequal(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `!=` is true where the attribute is missing."""
    match expression:
        case query.Simple(subject, "!=" | "!in" | "!~", _) if subject.startswith("attribute:"):
            if subject.removeprefix("attribute:") not in instance.attributes:
                return True
        case query.Not(inner):
            return not missing_is_unequal(inner, instance)
        case query.Both(left, right):
            return missing_is_unequal(left, instance) and missing_is_unequal(right, instance)
        case query.Either(left, right):
            return missing_is_unequal(left, instance) or missing_is_unequal(right, instance)
    return query.holds(expression, instance)


def or_before_and(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `or` binds before `and`, so `a or b and c` is `(a or b) and c`."""
    match expression:
        case query.Either(left, query.Both(middle, right)):
            return or_before_and(query.Both(query.Either(left, middle), right), instance)
        case query.Both(left, right):
            return or_before_and(left, instance) and or_before_and(right, instance)
        case query.Either(left, right):
            return or_before_and(left, instance) or or_before_and(right, instance)
    return query.holds(expression, instance)


def part_of_the_text(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `==` is true where the value only begins with the text, as in `t3` for `t3.micro`."""
    match expression:
        case query.Simple(subject, "==", str() as text) if subject.startswith("attribute:"):
            return (instance.attributes.get(subject.removeprefix("attribute:")) or "").startswith(text)
        case query.Not(inner):
            return not part_of_the_text(inner, instance)
        case query.Both(left, right):
            return part_of_the_text(left, instance) and part_of_the_text(right, instance)
        case query.Either(left, right):
            return part_of_the_text(left, instance) or part_of_the_text(right, instance)
    return query.holds(expression, instance)


SIMULATION = Simulation(
    name="ecs-query",
    title="Cluster query language",
    view="grid",
    rules=(PARSE, MATCH, MISSING, ERROR),
    beliefs=(
        Belief(
            "missing-is-unequal", "`!=` also matches instances that lack the attribute",
            "A missing attribute satisfies no comparison; `not(attribute:x == y)` is the way to include it.",
            "holds", missing_is_unequal, ("ecs-task-placement.query-missing-attribute",),
        ),
        Belief(
            "or-before-and", "`a or b and c` means `(a or b) and c`",
            "`and` binds tighter than `or`; write the parentheses where the other reading is meant.",
            "holds", or_before_and, ("ecs-task-placement.query-language",),
        ),
        Belief(
            "part-of-the-text", "`== t3` finds t3.micro and t3.large",
            "`==` compares the whole value; a family is asked for with `=~ t3.*`.",
            "holds", part_of_the_text, ("ecs-task-placement.query-language",),
        ),
    ),
    given=Given,
    outcome={"matches": []},
    statuses=("ok", "error"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip

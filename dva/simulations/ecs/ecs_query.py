"""The ECS cluster query language asked of container instances: which ones does a filter list?

As `aws ecs list-container-instances --filter` and the `memberOf` constraint ask it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.aws import cluster_query as query
from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer

PAGE = (
    "Amazon ECS Developer Guide, Cluster query language: "
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html"
)

NOTE = "ecs-task-placement"

PARSE = Rule(
    "ecs.query.parse",
    "An expression is built from comparisons with and, or, not and parentheses.",
    PAGE,
    (f"{NOTE}.query-language",),
)
PRECEDENCE = Rule(
    "ecs.query.precedence",
    "Without parentheses not binds tightest, then and, then or.",
    PAGE,
    (f"{NOTE}.query-precedence",),
    assumption=True,
)
MATCH = Rule(
    "ecs.query.match",
    "An instance is listed where the whole expression is true for it.",
    PAGE,
    (f"{NOTE}.23",),
)
MISSING = Rule(
    "ecs.query.missing",
    "An instance without the attribute satisfies no comparison of it, != included.",
    "aws/containers-roadmap issue 486: https://github.com/aws/containers-roadmap/issues/486",
    (f"{NOTE}.query-missing-attribute",),
)
GROUP = Rule(
    "ecs.query.group",
    "task:group == g asks for at least one task of the group on the instance; task:group != g for none.",
    PAGE,
    (f"{NOTE}.task-groups",),
)
PATTERN = Rule(
    "ecs.query.pattern",
    "=~ compares the whole value with a Java regular expression.",
    PAGE,
    (f"{NOTE}.query-operators",),
    assumption=True,
)
ERROR = Rule(
    "ecs.query.error",
    "An expression that cannot be read is an error, and nothing is listed.",
    PAGE,
    (f"{NOTE}.query-operators",),
)


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
    registered_at: str | float | None = None
    running_tasks_count: int | None = None
    task_groups: list[str] = []


class Given(StrictStruct):
    filter: str
    container_instances: list[ContainerInstance]


@dataclass(frozen=True)
class How:
    """The rule function that a belief may replace: whether an expression is true for an instance."""

    holds: Callable[[query.Expression, query.Instance], bool] = query.holds


def named(instances: list[ContainerInstance]) -> dict[str, ContainerInstance]:
    """The instances by their EC2 id; an external one has none and goes by its ARN."""
    found: dict[str, ContainerInstance] = {}
    for index, instance in enumerate(instances):
        name = instance.ec2_instance_id or instance.container_instance_arn
        where = f"/containerInstances/{index}"
        if not name:
            raise GivenError("the instance has neither ec2InstanceId nor containerInstanceArn", pointer=where)
        if name in found:
            raise GivenError(f"`{name}` is there twice", pointer=where)
        found[name] = instance
    return found


def asked(instance: ContainerInstance) -> query.Instance:
    """What the query language can ask of it."""
    version = instance.agent_version or (instance.version_info and instance.version_info.agent_version)
    registered = instance.registered_at
    return query.Instance(
        attributes={a.name: a.value for a in instance.attributes},
        agent_connected=instance.agent_connected,
        agent_version=version or None,
        ec2_instance_id=instance.ec2_instance_id,
        registered_at=registered if registered is None else query.iso(registered),
        running_tasks_count=instance.running_tasks_count,
        groups=tuple(instance.task_groups),
    )


def start(given: Given) -> dict[str, Any]:
    """One cell an instance, with its attributes."""
    cells = {
        name: {
            "group": "",
            "items": [],
            "meters": {},
            "note": "  ".join(f"{a.name}={a.value or ''}" for a in instance.attributes),
        }
        for name, instance in named(given.container_instances).items()
    }
    return {"cells": cells}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Read the expression, then ask it of one instance after the other, in the order of the file."""
    instances = named(given.container_instances)
    expression = read(given.filter, trace)
    if expression is None:
        return
    trace.step(PARSE, f"Read as: {query.text_of(expression)}", PARSE.says, changes={"/outcome/status": "ok"})
    if trace.recording:
        tell_reading(expression, trace)
    for name, instance in instances.items():
        ask(expression, name, asked(instance), trace, how)
    if not trace.outcome["matches"]:
        trace.step(MATCH, "No instance is listed", "The expression is true for none.", changes={"/outcome/matches": []})


def read(text: str, trace: Tracer) -> query.Expression | None:
    """The expression, or None after the error is told."""
    try:
        return query.parse(text)
    except query.QueryError as problem:
        error = {"code": "InvalidParameterException", "message": problem.message, "position": problem.position}
        trace.step(
            ERROR, f"Character {problem.position}: {problem.message}",
            f"{text[: problem.position]} <here> {text[problem.position :]}".strip(),
            changes={"/outcome/status": "error", "/outcome/error": error},
        )  # fmt: skip
        return None


def tell_reading(expression: query.Expression, trace: Tracer) -> None:
    """What AWS's page leaves open and this expression touches."""
    if query.mixes(expression):
        trace.step(PRECEDENCE, "and binds tighter than or, unless parentheses say otherwise", PRECEDENCE.says)
    patterns = [query.text_of(c) for c in query.comparisons(expression) if c.operator in query.PATTERNS]
    if patterns:
        trace.step(PATTERN, f"The pattern must fit the whole value: {'; '.join(patterns)}", PATTERN.says)
    if any(c.subject == "task:group" for c in query.comparisons(expression)):
        trace.step(GROUP, "task:group looks at the tasks on each instance", GROUP.says)


def ask(expression: query.Expression, name: str, instance: query.Instance, trace: Tracer, how: How) -> None:
    """One instance, and why it is listed or not."""
    told = query.explain(expression, instance) if trace.recording else ""
    missing = [a for a in compared_attributes(expression) if a not in instance.attributes] if trace.recording else []
    if missing:
        trace.step(MISSING, f"{name} has no attribute {', '.join(missing)}", MISSING.says)
    if how.holds(expression, instance):
        changes = {"/outcome/matches/-": name}
        if trace.recording:
            changes[pointer("state", "cells", name, "items", "-")] = "listed"
        trace.step(MATCH, f"{name} is listed", told, changes=changes)
    else:
        trace.step(MATCH, f"{name} is not listed", told)


def compared_attributes(expression: query.Expression) -> list[str]:
    """The attribute names that comparisons (not exists) of the expression ask for, each once."""
    subjects = [c.subject for c in query.comparisons(expression) if c.operator not in query.PRESENCE]
    return list(dict.fromkeys(s.removeprefix("attribute:") for s in subjects if s.startswith("attribute:")))


# Beliefs: what people expect instead.


def missing_is_unequal(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `!=` is true where the attribute is missing."""

    def simple(one: query.Simple) -> bool:
        name = one.subject.removeprefix("attribute:")
        unequal = one.operator in ("!=", "!in", "!~") and one.subject.startswith("attribute:")
        return (unequal and name not in instance.attributes) or query.holds(one, instance)

    return query.combine(expression, simple)


def unknown_stays_unknown(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: a missing attribute is unknown as in SQL, so that `not` leaves it unknown and lists nothing."""

    def asked(one: query.Expression) -> bool | None:
        match one:
            case query.Not(inner):
                truth = asked(inner)
                return None if truth is None else not truth
            case query.Both(left, right):
                sides = (asked(left), asked(right))
                return False if False in sides else None if None in sides else True
            case query.Either(left, right):
                sides = (asked(left), asked(right))
                return True if True in sides else None if None in sides else False
        missing = [name for name in compared_attributes(one) if name not in instance.attributes]
        return None if missing else query.holds(one, instance)

    return asked(expression) is True


def part_of_the_text(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `==` is true where the value only begins with the text, as in `t3` for `t3.micro`."""

    def simple(one: query.Simple) -> bool:
        if one.operator == "==" and one.subject.startswith("attribute:"):
            return query.value_of(one.subject, instance)[1].startswith(str(one.argument))
        return query.holds(one, instance)

    return query.combine(expression, simple)


def from_the_left(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: and and or are worked off from left to right, so `a or b and c` is `(a or b) and c`."""
    match expression:
        case query.Either(left, query.Both(middle, right)):
            return from_the_left(query.Both(query.Either(left, middle), right), instance)
        case query.Both(left, right):
            return from_the_left(left, instance) and from_the_left(right, instance)
        case query.Either(left, right):
            return from_the_left(left, instance) or from_the_left(right, instance)
    return query.holds(expression, instance)


def group_of_every_task(expression: query.Expression, instance: query.Instance) -> bool:
    """Believed: `task:group == g` asks that the instance runs tasks of that group only."""

    def simple(one: query.Simple) -> bool:
        if one.subject == "task:group" and one.operator == "==":
            return set(instance.groups) == {one.argument}
        return query.holds(one, instance)

    return query.combine(expression, simple)


SIMULATION = Simulation(
    name="ecs-query",
    title="Cluster query language",
    view="grid",
    rules=(PARSE, PRECEDENCE, PATTERN, GROUP, MISSING, MATCH, ERROR),
    beliefs=(
        Belief(
            "missing-is-unequal", "!= also matches instances that lack the attribute",
            "A missing attribute satisfies no comparison; `not(attribute:x == y)` is the way to include it.",
            "holds", missing_is_unequal, (f"{NOTE}.query-missing-attribute",),
        ),
        Belief(
            "not-skips-the-missing", "not(a == b) leaves out instances that lack the attribute",
            "The comparison is false without the attribute, not unknown, so `not` makes it true.",
            "holds", unknown_stays_unknown, (f"{NOTE}.query-missing-attribute",),
        ),
        Belief(
            "from-the-left", "a or b and c means (a or b) and c",
            "`and` binds tighter than `or`; write the parentheses where the other reading is meant.",
            "holds", from_the_left, (f"{NOTE}.query-precedence",),
        ),
        Belief(
            "part-of-the-text", "== t3 finds t3.micro and t3.large",
            "`==` compares the whole value; a family is asked for with `=~ t3\\..*`.",
            "holds", part_of_the_text, (f"{NOTE}.query-operators",),
        ),
        Belief(
            "group-of-every-task", "task:group == g wants instances that run nothing but that group",
            "One task of the group is enough; other tasks on the instance do not matter.",
            "holds", group_of_every_task, (f"{NOTE}.task-groups",),
        ),
    ),
    given=Given,
    outcome={"matches": []},
    statuses=("ok", "error"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip

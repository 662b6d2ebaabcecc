"""The ECS cluster query language applied to container instances: which ones does a filter list?

As `aws ecs list-container-instances --filter` and the `memberOf` constraint apply it.
"""

from functools import partial
from typing import Annotated, Any, Literal

from dva.aws import cluster_query as query
from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations.ecs.documents import ContainerInstance
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Run, State

language = Mechanism("ecs-query", rules="ecs.query", notes="ecs-task-placement")
rule, belief = language.rule, language.belief

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
PAGE = f"Amazon ECS Developer Guide, Cluster query language: {GUIDE}/cluster-query-language.html"
ISSUE = "aws/containers-roadmap issue 486: https://github.com/aws/containers-roadmap/issues/486"

PARSE = rule("parse", "An expression is built from comparisons with and, or, not and parentheses.", PAGE,
             "query-language")  # fmt: skip
PRECEDENCE = rule("precedence", "Without parentheses not binds tightest, then and, then or.", PAGE, "query-precedence",
                  assumption=True)  # fmt: skip
PATTERN = rule("pattern", "=~ compares the whole value with a Java regular expression.", PAGE, "query-operators",
               assumption=True)  # fmt: skip
GROUP = rule("group",
             "task:group == g asks for at least one task of the group on the instance; task:group != g for none.", PAGE,
             "task-groups")  # fmt: skip
MISSING = rule("missing", "An instance without the attribute satisfies no comparison of it, != included.", ISSUE,
               "query-missing-attribute")  # fmt: skip
MATCH = rule("match", "An instance is listed where the whole expression is true for it.", PAGE, "23")
ERROR = rule("error", "An expression that cannot be read is an error, and nothing is listed.", PAGE, "query-operators")


class Given(StrictStruct):
    """A filter and the container instances of a cluster."""

    filter: str
    """The expression, as list-container-instances takes it with `--filter`."""
    container_instances: list[ContainerInstance]
    """The instances, as describe-container-instances prints them; `taskGroups` adds the groups of its tasks."""


class Listed(Outcome):
    """Which instances the filter lists."""

    status: Annotated[
        Literal["ok", "error"] | None,
        Phrases({"ok": "The expression is accepted", "error": "The expression is rejected"}),
    ] = None
    """`ok`, or `error` where the expression cannot be read."""
    error: dict[str, Any] | None = None
    """Why Amazon ECS would refuse the expression: `code`, `message`, and the 0-based `position` of the character."""
    matches: list[str] = []
    """EC2 instance ids of the listed instances, in the order of the file; the ARN of an external instance."""


def list_instances(given: Given, run: Run) -> None:
    """Read the expression, then evaluate it for one instance after the other, in the order of the file."""
    instances = named(given.container_instances)
    try:
        expression = query.parse(given.filter)
    except query.QueryError as problem:
        at, message = problem.position, problem.message
        run.step(ERROR, f"Character {at}: {message}", f"{given.filter[:at]} <here> {given.filter[at:]}".strip(),
                 status="error",
                 error={"code": "InvalidParameterException", "message": message, "position": at})  # fmt: skip
        return
    run.step(PARSE, f"Read as: {query.text_of(expression)}", status="ok")
    show_assumptions(expression, run)
    compared = compared_attributes(expression)
    for name, document in instances.items():
        match(expression, compared, name, document.as_queried(), run)
    if not run.outcome["matches"]:
        run.step(MATCH, "No instance is listed", "The expression is true for none.", matches=[])


def show_assumptions(expression: query.Expression, run: Run) -> None:
    """Record what AWS's page leaves open and this expression touches."""
    comparisons = query.comparisons(expression)
    if query.mixes(expression):
        run.step(PRECEDENCE, "and binds tighter than or, unless parentheses say otherwise")
    patterns = [query.text_of(one) for one in comparisons if one.operator in query.PATTERNS]
    if patterns:
        run.step(PATTERN, f"The pattern must fit the whole value: {'; '.join(patterns)}")
    if any(one.subject == "task:group" for one in comparisons):
        run.step(GROUP, "task:group looks at the tasks on each instance")


def match(expression: query.Expression, compared: list[str], name: str, instance: query.Instance, run: Run) -> None:
    """Decide whether one instance is listed, and record why."""
    missing = [attribute for attribute in compared if attribute not in instance.attributes]
    if missing:
        run.step(MISSING, f"{name} has no attribute {', '.join(missing)}")

    why = partial(query.explain, expression, instance)
    if run.using(query.holds)(expression, instance):
        run.step(MATCH, f"{name} is listed", why, matches=Append(name),
                 draw={("cells", name, "items", "-"): "listed"})  # fmt: skip
    else:
        run.step(MATCH, f"{name} is not listed", why)


def named(instances: list[ContainerInstance]) -> dict[str, ContainerInstance]:
    """Return the instances by their EC2 id; an external one has none and is named by its ARN."""
    found: dict[str, ContainerInstance] = {}
    for index, instance in enumerate(instances):
        where = f"/containerInstances/{index}"
        name = instance.identity(where)
        if name in found:
            raise GivenError(f"duplicate instance `{name}`", pointer=where)
        found[name] = instance
    return found


def compared_attributes(expression: query.Expression) -> list[str]:
    """Return the attribute names that comparisons (not exists) of the expression name, each once."""
    subjects = [one.subject for one in query.comparisons(expression) if one.operator not in query.PRESENCE]
    return list(dict.fromkeys(s.removeprefix("attribute:") for s in subjects if s.startswith("attribute:")))


def initial_state(given: Given) -> State:
    """Return one cell an instance, with its attributes."""
    notes = {
        name: "  ".join(f"{attribute.name}={attribute.value or ''}" for attribute in instance.attributes)
        for name, instance in named(given.container_instances).items()
    }
    return {"cells": {name: {"group": "", "items": [], "meters": {}, "note": note} for name, note in notes.items()}}


# What people believe instead of the truth of an expression for an instance


@belief(query.holds, "missing-is-unequal", "!= also matches instances that lack the attribute",
        "A missing attribute satisfies no comparison; `not(attribute:x == y)` is the way to include it.",
        "query-missing-attribute")  # fmt: skip
def missing_is_unequal(expression: query.Expression, instance: query.Instance) -> bool:
    def compare(one: query.Comparison) -> bool:
        name = one.subject.removeprefix("attribute:")
        unequal = one.operator in ("!=", "!in", "!~") and one.subject.startswith("attribute:")
        return (unequal and name not in instance.attributes) or query.holds(one, instance)

    return query.evaluate(expression, compare)


@belief(query.holds, "not-skips-the-missing", "not(a == b) leaves out instances that lack the attribute",
        "The comparison is false without the attribute, not unknown, so `not` makes it true.",
        "query-missing-attribute")  # fmt: skip
def unknown_stays_unknown(expression: query.Expression, instance: query.Instance) -> bool:
    """A missing attribute is unknown as in SQL, and so is what depends on it."""

    def truth(one: query.Expression) -> bool | None:
        match one:
            case query.Not(inner):
                inside = truth(inner)
                return None if inside is None else not inside
            case query.And(left, right):
                sides = (truth(left), truth(right))
                return False if False in sides else None if None in sides else True
            case query.Or(left, right):
                sides = (truth(left), truth(right))
                return True if True in sides else None if None in sides else False
        missing = [name for name in compared_attributes(one) if name not in instance.attributes]
        return None if missing else query.holds(one, instance)

    return truth(expression) is True


@belief(query.holds, "from-the-left", "a or b and c means (a or b) and c",
        "`and` binds tighter than `or`; write the parentheses where the other reading is meant.",
        "query-precedence")  # fmt: skip
def from_the_left(expression: query.Expression, instance: query.Instance) -> bool:
    match expression:
        case query.Or(left, query.And(middle, right)):
            return from_the_left(query.And(query.Or(left, middle), right), instance)
        case query.And(left, right):
            return from_the_left(left, instance) and from_the_left(right, instance)
        case query.Or(left, right):
            return from_the_left(left, instance) or from_the_left(right, instance)
    return query.holds(expression, instance)


@belief(query.holds, "part-of-the-text", "== t3 finds t3.micro and t3.large",
        "`==` compares the whole value; a family is asked for with `=~ t3\\..*`.", "query-operators")  # fmt: skip
def part_of_the_text(expression: query.Expression, instance: query.Instance) -> bool:
    def compare(one: query.Comparison) -> bool:
        if one.operator == "==" and one.subject.startswith("attribute:"):
            return query.value_of(one.subject, instance)[1].startswith(str(one.argument))
        return query.holds(one, instance)

    return query.evaluate(expression, compare)


@belief(query.holds, "group-of-every-task", "task:group == g wants instances that run nothing but that group",
        "One task of the group is enough; other tasks on the instance do not matter.", "task-groups")  # fmt: skip
def group_of_every_task(expression: query.Expression, instance: query.Instance) -> bool:
    def compare(one: query.Comparison) -> bool:
        if one.subject == "task:group" and one.operator == "==":
            return set(instance.groups) == {one.argument}
        return query.holds(one, instance)

    return query.evaluate(expression, compare)


SIMULATION = language.simulation(title="Cluster query language", view="grid", given=Given, outcome=Listed,
                                 run=list_instances, initial_state=initial_state)  # fmt: skip

"""What the policies of the roles say about a call, where they are given."""

from collections.abc import Iterator
from dataclasses import replace

from dva.aws import conditions, glob, policy, principals
from dva.simulations.ecs.ecs_iam import rules
from dva.simulations.ecs.ecs_iam.documents import EXECUTION, INSTANCE, TASK, Call, Principal, RolePolicies
from dva.simulations.frame import Refused, Run

WITHOUT_RESOURCE = ("ecr:GetAuthorizationToken", "ecs:DiscoverPollEndpoint", "ec2:DescribeTags")
"""Calls around a task that have no resource (Service Authorization Reference)."""

Policies = dict[Principal, list[policy.Statement]]


def read(given: RolePolicies) -> Policies:
    """Return the statements of each role whose policies are given; Refused where IAM would not take a document."""
    listed = {TASK: given.task_role, EXECUTION: given.execution_role, INSTANCE: given.container_instance_role}
    return {role: _statements(role, documents) for role, documents in listed.items() if documents is not None}


def not_read(given: RolePolicies) -> Iterator[str]:
    """List the places of the policies that no decision looks at."""
    listed = {TASK: given.task_role, EXECUTION: given.execution_role, INSTANCE: given.container_instance_role}
    for role, documents in listed.items():
        yield from policy.not_read(documents or [], f"/policies/{role}")


def _statements(role: Principal, listed: policy.Documents) -> list[policy.Statement]:
    found: list[policy.Statement] = []
    for number, document in enumerate(policy.documents(listed), 1):
        try:
            parsed = policy.parse(document).statements
            if any(statement.principals is not None for statement in parsed):
                raise policy.PolicyError("Policy document should not specify a principal.")
        except policy.PolicyError as problem:
            where = f" (policy {number} of {role}, {problem.pointer or 'the whole text'})"
            raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message + where) from None
        found += parsed
    return found


def decide(
    number: int, call: Call, principal: Principal, arn: str | None, statements: list[policy.Statement], run: Run
) -> None:
    """Record what the policies of the principal say about a call; `arn` is its role."""
    has_resource = not any(glob.matches(pattern, call.action, ignore_case=True) for pattern in WITHOUT_RESOURCE)
    if not has_resource:
        run.step(rules.NO_RESOURCE, f"{call.action} is about no resource")
    elif call.resource is None and any(_names_others(one, call.action) for one in statements):
        run.step(rules.ANY_RESOURCE, f"{call.action} names no resource here")
        statements = [replace(one, resources=None) if one.effect == "Allow" else one for one in statements]
    resource = call.resource if call.resource is not None and has_resource else "*"
    request = policy.Request(None, call.action, resource, conditions.filled(call.context, principals.context_keys(arn)))
    findings = [policy.examine(statement, n, request) for n, statement in enumerate(statements, 1)]
    decision = policy.combine(findings)
    word = "allow" if decision.allowed else "do not allow"
    run.step(rules.DECIDED, f"The policies of {principal} {word} {call.action}", _why(decision),
             inside={("calls", number, "allowed"): decision.allowed, ("calls", number, "decision"): decision.effect},
             draw={} if decision.allowed else {("cells", principal, "note"): f"{call.action} is refused"})  # fmt: skip


def _names_others(statement: policy.Statement, action: str) -> bool:
    """Return whether an Allow statement has the action, but not on every resource."""
    allows = statement.effect == "Allow" and policy.action_fits(statement, action)
    return allows and (statement.not_resource or statement.resources != ("*",))


def _why(decision: policy.Decision) -> str:
    if decision.deciding:
        names = ", ".join(str(finding.name) for finding in decision.deciding)
        return f"{'Denied' if decision.effect == 'explicitDeny' else 'Allowed'} by statement {names}."
    near = next((finding for finding in decision.findings if finding.part not in (None, "action")), None)
    if near is None:
        return "No statement has the action."
    return f"Statement {near.name} has the action, but its {near.part} does not fit: {near.reason}."

"""One request: its policies read, every statement examined, and the checks up to the decision."""

from collections.abc import Iterator
from typing import Any

from dva.aws import conditions, policy, policy_types, principals
from dva.aws.policy_types import ORDER, Check, PolicyType, Situation, Verdict
from dva.errors import GivenError
from dva.simulations.frame import Append, Refused, Run, State
from dva.simulations.iam.iam_evaluation import rules
from dva.simulations.iam.iam_evaluation.documents import Examined, Given, Match

TITLES: dict[PolicyType, str] = {
    "resourceControlPolicy": "resource control policy", "serviceControlPolicy": "service control policy",
    "resourcePolicy": "resource policy", "identityPolicy": "identity policy",
    "permissionsBoundary": "permissions boundary", "sessionPolicy": "session policy",
}  # fmt: skip


def evaluate(given: Given, run: Run) -> None:
    """Decide whether the request is allowed, and by which policy."""
    situation, request = situation_of(given), request_of(given)
    run.step(rules.START, f"{request.principal} asks for {request.action}", f"On {request.resource}.",
             status="implicitDeny", crossAccount=situation.is_cross_account,
             evaluations=dict.fromkeys(ORDER, "none"))  # fmt: skip
    verdict = policy_types.evaluate(request, read_policies(given), situation, run.using)
    run.not_read(not_read(given))
    for kind in ORDER:
        for one in verdict.reviews[kind].statements:
            show_statement(kind, one, request, run)
    run.step(rules.START, "What each type of policy says", said_by_types(verdict),
             evaluations={kind: verdict.reviews[kind].effect for kind in ORDER})  # fmt: skip
    for check in verdict.checks:
        show_check(check, verdict, situation, run)
    decide(verdict, run)


# Reading


def situation_of(given: Given) -> Situation:
    """Return whose request it is; GivenError where the principal is not an ARN."""
    call = given.request
    own = principals.account_of(call.principal)
    if not own:
        raise GivenError("the principal is not an ARN with an account", pointer="/request/principal")
    account = call.resource_account or principals.account_of(call.resource) or own
    return Situation(call.principal, call.action, call.resource, account, given.management_account)


def request_of(given: Given) -> policy.Request:
    """Return the request, with the keys that IAM knows unless the context says otherwise."""
    call = given.request
    known = principals.context_keys(call.principal) | {"aws:ResourceAccount": situation_of(given).resource_account}
    return policy.Request(call.principal, call.action, call.resource, conditions.filled(call.context, known))


def read_policies(given: Given) -> policy_types.Policies:
    """Return all policies; Refused where a document is malformed."""
    return policy_types.Policies(
        identity=tuple(read("identityPolicy", n, one) for n, one in enumerate(given.identity_policies)),
        resource=read_one("resourcePolicy", given.resource_policy),
        boundary=read_one("permissionsBoundary", given.permissions_boundary),
        session=read_one("sessionPolicy", given.session_policy),
        service_control=read_levels("serviceControlPolicy", given.service_control_policies),
        resource_control=read_levels("resourceControlPolicy", given.resource_control_policies),
    )


def not_read(given: Given) -> Iterator[str]:
    """List the places of the policies that no decision looks at."""
    single = {"resourcePolicy": given.resource_policy, "permissionsBoundary": given.permissions_boundary,
              "sessionPolicy": given.session_policy}  # fmt: skip
    levels = {"serviceControlPolicies": given.service_control_policies,
              "resourceControlPolicies": given.resource_control_policies}  # fmt: skip
    yield from policy.not_read([*given.identity_policies], "/identityPolicies")
    for name, document in single.items():
        yield from policy.not_read(document or [], f"/{name}")
    for name, listed in levels.items():
        for index, level in enumerate(listed or []):
            yield from policy.not_read([*level], f"/{name}/{index}")


def read(kind: PolicyType, place: int, document: Any) -> policy.Policy:
    """Return one policy; Refused where it is malformed."""
    try:
        return policy_types.parse(policy.unwrapped(document), kind)
    except policy.PolicyError as problem:
        where = f" ({TITLES[kind]} {place}, {problem.pointer or 'the whole text'})"
        raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message + where,
                      status="implicitDeny") from None  # fmt: skip


def read_one(kind: PolicyType, document: Any) -> policy.Policy | None:
    """Return a policy of which there is at most one."""
    return None if document is None else read(kind, 0, document)


def read_levels(kind: PolicyType, levels: list[list[Any]] | None) -> policy_types.Levels | None:
    """Return the policies of an organization; None where there is no organization."""
    if levels is None:
        return None
    return tuple(tuple(read(kind, n, one) for n, one in enumerate(level)) for level in levels)


def initial_state(given: Given) -> State:
    """Return an empty cell for each type of policy that was given."""
    listed: dict[PolicyType, object] = {
        "resourceControlPolicy": given.resource_control_policies,
        "serviceControlPolicy": given.service_control_policies, "resourcePolicy": given.resource_policy,
        "identityPolicy": given.identity_policies, "permissionsBoundary": given.permissions_boundary,
        "sessionPolicy": given.session_policy,
    }  # fmt: skip
    return {"cells": {TITLES[kind]: {"group": "policies", "items": [], "note": "" if listed[kind] else "absent"}
                      for kind in ORDER}}  # fmt: skip


# Telling


def match(kind: PolicyType, one: policy_types.Examined) -> Match:
    """Return how an outcome names a statement."""
    return {"type": kind, "policy": one.place, "statement": one.finding.name}


def show_statement(kind: PolicyType, one: policy_types.Examined, request: policy.Request, run: Run) -> None:
    """Record what was found about one statement."""
    finding, statement = one.finding, one.finding.statement
    name = f"{TITLES[kind]} {one.place + 1}, statement {finding.name}"
    show_variables(name, statement, request, run)
    for condition in statement.conditions if finding.part in (None, "condition") else ():
        if condition.operator != "Null" and not any(request.values.get(condition.key.lower(), ())):
            word = "true" if run.using(conditions.holds_without_key)(condition) else "false"
            run.step(rules.MISSING, f"{name}: the request has no {condition.key}", f"{condition.named} is then {word}.")
    missed = finding.part
    by = rules.APPLIES if missed is None else rules.PARTS[missed]
    if statement.not_principal and missed in (None, "principal"):
        by = rules.NOT_PRINCIPAL
    title = f"{name} applies: {statement.effect}" if finding.applies else f"{name} does not match: {missed}"
    examined: Examined = {
        "type": kind, "policy": one.place, "statement": finding.name, "effect": statement.effect, "missed": missed,
    }  # fmt: skip
    item = f"{finding.name}: {one.says or f'no, {missed}'}"
    run.step(by, title, lambda: f"{finding.reason}.", statements=Append(examined),
             draw={("cells", TITLES[kind], "items", "-"): item})  # fmt: skip


def show_variables(name: str, statement: policy.Statement, request: policy.Request, run: Run) -> None:
    """Record what the policy variables of a statement stand for."""
    for text in (*(statement.resources or ()), *(value for c in statement.conditions for value in c.values)):
        if not conditions.VARIABLE.search(text):
            continue
        filled = conditions.expand(text, request.values)
        value = "nothing" if filled is None else conditions.plain(filled)
        title = f"{text} stands for {value}" if statement.variables else f"{text} is plain text"
        run.step(rules.VARIABLE, f"{name}: {title}")


def said_by_types(verdict: Verdict) -> str:
    """Return what the policies of each type say, in one line."""
    return "; ".join(f"{TITLES[kind]}: {verdict.reviews[kind].effect}" for kind in ORDER) + "."


def show_check(check: Check, verdict: Verdict, situation: Situation, run: Run) -> None:
    """Record one check on the way to the decision."""
    title = TITLES[check.kind]
    said = {
        "caller-identity": "sts:GetCallerIdentity is always allowed",
        "explicit-deny": f"A statement of the {title} denies it",
        "exempt": f"The {title} does not limit this request",
        "must-allow": f"The {title} {'does not allow' if check.blocks else 'allows'} it, as it must",
        "cross-account": f"Account {situation.resource_account} {'does not let' if check.blocks else 'lets'} "
                         f"account {principals.account_of(situation.principal)} in",
        "direct": f"The {title} names {situation.principal} or everybody",
        "role": f"The {title} names the role",
        "account": f"The {title} names the account",
        "root": "The root user needs no identity policy",
        "federated": "The federated user has no session policy",
    }.get(check.reason, f"The {title} {'does not allow' if check.blocks else 'allows'} it")  # fmt: skip
    run.step(rules.CHECKS[check.reason], said)


def decide(verdict: Verdict, run: Run) -> None:
    """Record the decision and the policy that made it."""
    decided = verdict.decided_by
    matched = [match(decided, one) for one in verdict.deciding] if decided else []
    last = rules.CHECKS[verdict.checks[-1].reason]
    by = rules.ALLOW if verdict.status == "allowed" and last is not rules.CALLER else last
    who = TITLES[decided] if decided else "no policy"
    title = {"allowed": "Allowed", "explicitDeny": "Explicit deny", "implicitDeny": "Implicit deny"}[verdict.status]
    run.step(by, f"{title}, decided by {who}", status=verdict.status, decidedBy=decided, matchedStatements=matched)

"""One request: its policies read, every statement examined, the decision and what the caller gets."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from dva.aws import conditions, policy, principals
from dva.errors import GivenError
from dva.simulations.frame import Refused, Run, State
from dva.simulations.iam.authorization import refusal, rules
from dva.simulations.iam.authorization.documents import Authorization, Given


def authorize(given: Given, run: Run) -> None:
    """Decide whether the request is allowed, and show what the caller gets."""
    request = request_of(given)
    statements = [run.using(variables_by_version)(statement) for statement in read_statements(given)]
    run.not_read(policy.not_read(given.policies, "/policies"))
    who = request.principal or "an anonymous caller"
    why = f"On {request.resource}: denied until something allows it."
    run.step(rules.START, f"{who} asks for {request.action}", why)
    filled = [f"{key} = {value}" for key, value in request.context.items() if key not in given.keys]
    if filled:
        run.step(rules.CONTEXT, f"IAM knows {len(filled)} more keys from the principal", "; ".join(filled))
    findings = [examine(n, statement, request, run) for n, statement in enumerate(statements, 1)]
    decision = run.using(policy.combine)(findings)
    show_decision(decision, run)
    respond(given, request, decision, run)


# Reading


def read_statements(given: Given) -> list[policy.Statement]:
    """Return the statements of all policies; Refused where a document is malformed."""
    found: list[policy.Statement] = []
    for n, document in enumerate(policy.documents(given.policies), 1):
        try:
            found += policy.parse(document).statements
        except policy.PolicyError as problem:
            where = f" (policy {n}, {problem.pointer or 'the whole text'})"
            raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message + where) from None
    return found


def principal_of(given: Given) -> str | None:
    """Return the principal as an ARN, or `Service:…`."""
    principal = given.principal
    if not isinstance(principal, dict):
        return principal
    arn = principal.get("arn") or principal.get("Arn") or principal.get("AWS")
    if arn:
        return str(arn)
    if len(principal) != 1:
        raise GivenError("give an ARN, or one of AWS, Service, Federated, CanonicalUser", pointer="/principal")
    kind, value = next(iter(principal.items()))
    return f"{kind}:{value}"


def request_of(given: Given) -> policy.Request:
    """Return the request, with the keys that IAM knows unless `context` says otherwise."""
    principal = principal_of(given)
    resource = "*" if given.resource is None else given.resource
    context = conditions.filled(given.keys, principals.context_keys(principal))
    return policy.Request(principal, given.action, resource, context)


def initial_state(given: Given) -> State:
    """Return a cell for each statement, in groups by policy; none where a document is malformed."""
    try:
        parsed = [policy.parse(document) for document in policy.documents(given.policies)]
    except policy.PolicyError:
        return {"cells": {}}
    numbered = [(n, statement) for n, one in enumerate(parsed, 1) for statement in one.statements]
    return {"cells": {cell(index, statement): {"group": f"policy {n}", "items": [], "note": summary(statement)}
                      for index, (n, statement) in enumerate(numbered, 1)}}  # fmt: skip


def cell(number: int, statement: policy.Statement) -> str:
    """Return how a statement is named in the picture."""
    return f"{number} {statement.sid}" if statement.sid else str(number)


def summary(statement: policy.Statement) -> str:
    """Return a statement in one line."""
    action = "not " * statement.not_action + ", ".join(statement.actions)
    resource = "not " * statement.not_resource + ", ".join(statement.resources or ("this resource",))
    tested = "; ".join(f"{c.named} {c.key} {', '.join(c.values)}" for c in statement.conditions)
    return f"{statement.effect} {action} on {resource}" + (f" if {tested}" if tested else "")


# Deciding


def examine(number: int, statement: policy.Statement, request: policy.Request, run: Run) -> policy.Finding:
    """Return whether a statement applies, and why or why not."""
    without_key = run.using(conditions.holds_without_key)
    finding = policy.examine(statement, number, request, partial(conditions.holds, without_key=without_key))
    name = f"Statement {cell(number, statement)}"
    for text in (*(statement.resources or ()), *(v for c in statement.conditions for v in c.values)):
        if conditions.VARIABLE.search(text):
            show_variable(name, text, statement, request, run)
    for condition in statement.conditions if finding.part in (None, "condition") else ():
        if condition.operator != "Null" and not request.values.get(condition.key.lower()):
            word = "true" if without_key(condition) else "false"
            title = f"{name}: the request has no {condition.key}"
            run.step(rules.MISSING, title, f"{condition.named} is then {word}.")
    part = finding.part or "condition"
    result, title = f"{part} does not fit", f"{name} does not apply: the {part} does not fit"
    if finding.applies:
        result, title = statement.effect, f"{name} applies: {statement.effect}"
    run.step(rules.APPLIES if finding.applies else rules.PARTS[part], title, lambda: sentence(finding.reason),
             draw={("cells", cell(number, statement), "items", "-"): result})  # fmt: skip
    return finding


def show_variable(name: str, text: str, statement: policy.Statement, request: policy.Request, run: Run) -> None:
    """Record what a text with a policy variable reads for this request."""
    if not statement.variables:
        why = "Variables are read only in policies of Version 2012-10-17."
        return run.step(rules.VARIABLE, f"{name}: {text} is plain text", why)
    filled = conditions.expand(text, request.values)
    value = conditions.plain(filled) if filled is not None else "nothing: the request has no such key"
    title = f"{name}: {text} stands for {value}"
    return run.step(rules.VARIABLE, title, "Policy variables are filled in from the request.")


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop, unless it begins with a name such as s3:GetObject."""
    return f"{text if ':' in text.split(' ', 1)[0] else text[:1].upper() + text[1:]}."


def show_decision(decision: policy.Decision, run: Run) -> None:
    """Record the decision and the statements that decided."""
    names = [finding.name for finding in decision.deciding]
    listed = ", ".join(map(str, names))
    by, title = {
        "explicitDeny": (rules.DENY, f"Explicit deny by {listed}"),
        "allowed": (rules.ALLOW, f"Allowed by {listed or 'nothing'}"),
        "implicitDeny": (rules.IMPLICIT, "Implicit deny: no statement allows it"),
    }[decision.effect]
    run.step(by, title, status=decision.effect, matchedStatements=names)


def respond(given: Given, request: policy.Request, decision: policy.Decision, run: Run) -> None:
    """Record what the caller gets."""
    message = refusal.refusal(request, decision)
    if given.dry_run:
        code = run.using(dry_run_code)(decision.allowed)
        if code == "DryRunOperation":
            message = "Request would have succeeded, but DryRun flag is set."
        run.step(rules.DRY_RUN, f"The dry run ends with {code}", message, error={"code": code, "message": message})
    elif not decision.allowed:
        code = "UnauthorizedOperation" if refusal.is_ec2(request.action) else "AccessDenied"
        by = rules.DENY if decision.effect == "explicitDeny" else rules.IMPLICIT
        run.step(by, f"The caller gets {code}", message, error={"code": code, "message": message})
    if not decision.allowed:
        decoded = refusal.decoded_message(request, decision, given.keys)
        run.step(
            rules.MESSAGE, "The encoded message says why, to those who may decode it",
            "The real message is opaque and only some operations, mostly EC2's, return one; dva shows it for every "
            "refusal, as base64 of the decoded text.",
            encodedMessage=refusal.encoded(decoded), decodedMessage=decoded,
        )  # fmt: skip


# The rule functions that beliefs replace, besides `policy.combine` and `conditions.holds_without_key`


def dry_run_code(allowed: bool) -> str:
    """Return the code that a dry run ends with."""
    return "DryRunOperation" if allowed else "UnauthorizedOperation"


def variables_by_version(statement: policy.Statement) -> policy.Statement:
    """Return the statement as it is read: policy variables where the Version of the policy has them."""
    return statement


# What people believe instead

belief = rules.authorization.belief

belief(conditions.holds_without_key, "missing-key-is-false", "a condition on a key that the request lacks never holds",
       "Negated operators, …IfExists and ForAllValues hold where the key is missing.",
       "missing-key")(lambda condition: False)  # fmt: skip


@belief(
    variables_by_version, "variables-are-text", "`${aws:username}` in a policy is plain text, so it fits nobody's name",
    "In a policy of Version 2012-10-17 a variable stands for its value in the request.", "policy-variables",
)  # fmt: skip
def variables_are_text(statement: policy.Statement) -> policy.Statement:
    plain = tuple(replace(condition, variables=False) for condition in statement.conditions)
    return replace(statement, variables=False, conditions=plain)


@belief(policy.combine, "allow-wins", "an Allow in any policy is enough, even beside a Deny",
        "A Deny that applies decides, whatever else is allowed.", "explicit-deny")  # fmt: skip
def allow_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    allows = tuple(f for f in findings if f.applies and f.statement.effect == "Allow")
    return policy.Decision("allowed", allows, tuple(findings)) if allows else policy.combine(findings)


@belief(policy.combine, "first-match-wins", "the first statement that matches decides, as in a network ACL",
        "All statements are looked at; their order means nothing.", "explicit-deny")  # fmt: skip
def first_match_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    first = [f for f in findings if f.applies][:1]
    return policy.Decision(policy.combine(first).effect, tuple(first), tuple(findings))


@belief(policy.combine, "open-by-default", "what no policy denies is allowed",
        "Every request starts denied; without an Allow it stays so.", "implicit-deny")  # fmt: skip
def open_by_default(findings: Sequence[policy.Finding]) -> policy.Decision:
    decision = policy.combine(findings)
    return decision if decision.deciding else policy.Decision("allowed", (), tuple(findings))


belief(dry_run_code, "dry-run-never-checks", "a dry run checks the parameters only, so it always says DryRunOperation",
       "Checking the permission is what a dry run is for: without it the answer is UnauthorizedOperation.",
       "cli-overview.06")(lambda allowed: "DryRunOperation")  # fmt: skip

SIMULATION = rules.authorization.simulation(title="IAM authorization", view="grid", given=Given, outcome=Authorization,
                                            run=authorize, initial_state=initial_state)  # fmt: skip

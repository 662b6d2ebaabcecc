"""Is a request allowed? IAM's decision over the policies that apply to it, and what AWS tells the caller.

In AWS's order (IAM User Guide, Policy evaluation logic): the request starts denied; every statement is looked at;
an explicit Deny that applies ends it; else one Allow that applies is enough; else the implicit deny stays.
With DryRun the service stops there and answers with an error either way. A refused caller of EC2 gets an encoded
message that only `aws sts decode-authorization-message` makes readable.
All policies given count as one set that applies to the principal: one account, no boundary, no session policy.
The rules stand in `_rules.py`, the refusal and its message in `_message.py`, the matching in `dva/aws/policy.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import unquote

from dva.aws import conditions, policy
from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Refused, Simulation, Tracer, pointer
from dva.simulations.iam.authorization import _message
from dva.simulations.iam.authorization import _rules as rules

WRAPPERS = ("PolicyVersion", "Document", "PolicyDocument", "Policy", "policyText", "AssumeRolePolicyDocument", "Role")


class Given(StrictStruct):
    """`policies`: documents as text or mapping, bare or as `aws iam get-…` answers wrap them, or {name: document}."""

    policies: list[str | dict[str, Any]] | dict[str, Any] | str
    action: str
    principal: str | dict[str, Any] | None = None
    resource: str | None = None
    context: dict[str, Any] | None = None
    dry_run: bool | None = None

    @property
    def said(self) -> dict[str, Any]:
        """The condition keys that the scenario names."""
        return self.context or {}


def dry_run_code(allowed: bool) -> str:
    """The code that a dry run ends with."""
    return "DryRunOperation" if allowed else "UnauthorizedOperation"


def variables_by_version(statement: policy.Statement) -> policy.Statement:
    """Policy variables are read where the Version of the policy says so."""
    return statement


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    combine: Callable[[Sequence[policy.Finding]], policy.Decision] = policy.combine
    missing: Callable[[conditions.Condition], bool] = conditions.missing
    variables: Callable[[policy.Statement], policy.Statement] = variables_by_version
    dry_run_code: Callable[[bool], str] = dry_run_code


# -- reading ---------------------------------------------------------------------------------------------------------


def documents(given: Given) -> list[Any]:
    """The policy documents in file order, wrappers taken off."""
    listed = given.policies
    if isinstance(listed, dict) and "Statement" not in listed and not set(listed) & set(WRAPPERS):
        listed = list(listed.values())
    return [bare(document) for document in (listed if isinstance(listed, list) else [listed])]


def bare(document: Any) -> Any:
    """A document without what `aws iam get-policy-version` and the like wrap it in; IAM's API encodes it for URLs."""
    if isinstance(document, str):
        return unquote(document) if document.lstrip().startswith("%7B") else document
    if isinstance(document, dict) and "Statement" not in document:
        for name in WRAPPERS:
            if name in document:
                return bare(document[name])
    return document


def principal_of(given: Given) -> str | None:
    """The principal as an ARN, or `Service:…`."""
    asked = given.principal
    if not isinstance(asked, dict):
        return asked
    arn = asked.get("arn") or asked.get("Arn") or asked.get("AWS")
    if arn:
        return str(arn)
    if len(asked) != 1:
        raise GivenError("give an ARN, or one of AWS, Service, Federated, CanonicalUser", pointer="/principal")
    kind, value = next(iter(asked.items()))
    return f"{kind}:{value}"


def known_of(principal: str | None) -> dict[str, str]:
    """The condition keys that IAM fills in from the principal."""
    if not principal or principal.count(":") < 5:
        return {}
    account, name = principal.split(":", 5)[4:]
    keys = {"aws:PrincipalArn": policy.role_of(principal) or principal, "aws:PrincipalAccount": account}
    return keys | ({"aws:username": name.rsplit("/", 1)[-1]} if name.startswith("user/") else {})


def request_of(given: Given) -> policy.Request:
    """The request, with the keys that IAM knows unless `context` says otherwise."""
    said = {key.lower() for key in given.said}
    principal = principal_of(given)
    known = {key: value for key, value in known_of(principal).items() if key.lower() not in said}
    return policy.Request(
        principal, given.action, "*" if given.resource is None else given.resource, known | given.said
    )


def start(given: Given) -> dict[str, Any]:
    try:
        parsed = [policy.parse(document) for document in documents(given)]
    except policy.PolicyError:
        return {"cells": {}}
    numbered = [(n, statement) for n, one in enumerate(parsed, 1) for statement in one.statements]
    return {
        "cells": {
            cell(index, statement): {"group": f"policy {n}", "items": [], "note": summary(statement)}
            for index, (n, statement) in enumerate(numbered, 1)
        }
    }


def cell(number: int, statement: policy.Statement) -> str:
    return f"{number} {statement.sid}" if statement.sid else str(number)


def summary(statement: policy.Statement) -> str:
    """A statement in one line."""
    action = "not " * statement.not_action + ", ".join(statement.actions)
    resource = "not " * statement.not_resource + ", ".join(statement.resources or ("this resource",))
    asked = "; ".join(f"{c.named} {c.key} {', '.join(c.values)}" for c in statement.conditions)
    return f"{statement.effect} {action} on {resource}" + (f" if {asked}" if asked else "")


# -- deciding --------------------------------------------------------------------------------------------------------


def play(given: Given, trace: Tracer, how: How) -> None:
    request = request_of(given)
    statements = [how.variables(statement) for statement in read(given)]
    who = request.principal or "an anonymous caller"
    trace.step(
        rules.START, f"{who} asks for {request.action}", f"On {request.resource}: denied until something allows it."
    )
    tell_context(given, request, trace)
    findings = [look(n, statement, request, trace, how) for n, statement in enumerate(statements, 1)]
    decision = how.combine(findings)
    tell_decision(decision, trace)
    answer(given, request, decision, trace, how)


def read(given: Given) -> list[policy.Statement]:
    """The statements of all policies."""
    found: list[policy.Statement] = []
    for n, document in enumerate(documents(given), 1):
        try:
            found += policy.parse(document).statements
        except policy.PolicyError as problem:
            where = f" (policy {n}, {problem.pointer or 'the whole text'})"
            raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message + where) from None
    return found


def tell_context(given: Given, request: policy.Request, trace: Tracer) -> None:
    filled = [f"{key} = {value}" for key, value in request.context.items() if key not in given.said]
    if filled:
        trace.step(rules.CONTEXT, f"IAM knows {len(filled)} more keys from the principal", "; ".join(filled))


def look(number: int, statement: policy.Statement, request: policy.Request, trace: Tracer, how: How) -> policy.Finding:
    """One statement, and why it applies or not."""
    finding = policy.look(statement, number, request, partial(conditions.holds, missing=how.missing))
    if not trace.recording:
        return finding
    name = f"Statement {cell(number, statement)}"
    for title, detail in variables(statement, request.values):
        trace.step(rules.VARIABLE, f"{name}: {title}", detail)
    reached = finding.part in (None, "condition")
    for condition in statement.conditions if reached else ():
        if condition.operator != "Null" and not request.values.get(condition.key.lower()):
            said = "true" if how.missing(condition) else "false"
            trace.step(
                rules.MISSING, f"{name}: the request has no {condition.key}", f"{condition.named} is then {said}."
            )
    tell_finding(finding, name, trace)
    return finding


def variables(statement: policy.Statement, values: conditions.Context) -> Iterator[tuple[str, str]]:
    """Each text of the statement with a policy variable, and what it reads for this request."""
    listed = [*(statement.resources or ()), *(v for c in statement.conditions for v in c.values)]
    for text in listed:
        if conditions.VARIABLE.search(text) and statement.variables:
            filled = conditions.expand(text, values)
            said = conditions.plain(filled) if filled is not None else "nothing: the request has no such key"
            yield f"{text} stands for {said}", "Policy variables are filled in from the request."
        elif conditions.VARIABLE.search(text):
            yield f"{text} is plain text", "Variables are read only in policies of Version 2012-10-17."


def tell_finding(finding: policy.Finding, name: str, trace: Tracer) -> None:
    items = pointer("state", "cells", cell(finding.number, finding.statement), "items", "-")
    if finding.applies:
        effect = finding.statement.effect
        trace.step(rules.APPLIES, f"{name} applies: {effect}", sentence(finding.reason), changes={items: effect})
    else:
        part = finding.part or "condition"
        title, text = f"{name} does not apply: the {part} does not fit", f"{part} does not fit"
        trace.step(rules.BY_PART[part], title, sentence(finding.reason), changes={items: text})


def sentence(text: str) -> str:
    """The text with a capital and a full stop, unless it begins with a name such as s3:GetObject."""
    return f"{text if ':' in text.split(' ', 1)[0] else text[:1].upper() + text[1:]}."


def tell_decision(decision: policy.Decision, trace: Tracer) -> None:
    names = [finding.name for finding in decision.deciding]
    said = ", ".join(map(str, names))
    rule, title = {
        "explicitDeny": (rules.DENY, f"Explicit deny by {said}"),
        "allowed": (rules.ALLOW, f"Allowed by {said or 'nothing'}"),
        "implicitDeny": (rules.IMPLICIT, "Implicit deny: no statement allows it"),
    }[decision.effect]
    changes = {"/outcome/status": decision.effect, "/outcome/matchedStatements": names}
    trace.step(rule, title, rule.says, changes=changes)


# -- answering -------------------------------------------------------------------------------------------------------


def answer(given: Given, request: policy.Request, decision: policy.Decision, trace: Tracer, how: How) -> None:
    """What the caller sees."""
    if given.dry_run:
        code = how.dry_run_code(decision.allowed)
        message = _message.DRY_RUN_SUCCEEDS if code == "DryRunOperation" else _message.refusal(request, decision)
        error = {"code": code, "message": message}
        trace.step(rules.DRY_RUN, f"The dry run ends with {code}", message, changes={"/outcome/error": error})
    elif not decision.allowed:
        rule = rules.DENY if decision.effect == "explicitDeny" else rules.IMPLICIT
        error = {"code": _message.refusal_code(request.action), "message": _message.refusal(request, decision)}
        trace.step(rule, f"The caller gets {error['code']}", error["message"], changes={"/outcome/error": error})
    if not decision.allowed:
        tell_message(given, request, decision, trace)


def tell_message(given: Given, request: policy.Request, decision: policy.Decision, trace: Tracer) -> None:
    decoded = _message.decoded_message(request, decision, given.said)
    trace.step(
        rules.MESSAGE, "The encoded message says why, to those who may decode it",
        "The real message is opaque and only some operations, mostly EC2's, return one; dva shows it for every "
        "refusal, as base64 of the decoded text (convention).",
        changes={"/outcome/encodedMessage": _message.encoded(decoded), "/outcome/decodedMessage": decoded},
    )  # fmt: skip


# -- beliefs ---------------------------------------------------------------------------------------------------------


def allow_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    """Believed: an Allow anywhere is enough."""
    allows = tuple(f for f in findings if f.applies and f.statement.effect == "Allow")
    return policy.Decision("allowed", allows, tuple(findings)) if allows else policy.combine(findings)


def first_match_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    """Believed: statements are read in order, like the rules of a network ACL."""
    first = [f for f in findings if f.applies][:1]
    return policy.Decision(policy.combine(first).effect, tuple(first), tuple(findings))


def open_by_default(findings: Sequence[policy.Finding]) -> policy.Decision:
    """Believed: what nothing denies is allowed."""
    decision = policy.combine(findings)
    return decision if decision.deciding else policy.Decision("allowed", (), tuple(findings))


def missing_is_false(condition: conditions.Condition) -> bool:
    """Believed: a condition on a key that the request lacks never holds."""
    return False


def variables_are_text(statement: policy.Statement) -> policy.Statement:
    """Believed: `${…}` in a policy is plain text."""
    asked = tuple(replace(condition, variables=False) for condition in statement.conditions)
    return replace(statement, variables=False, conditions=asked)


def dry_run_never_checks(allowed: bool) -> str:
    """Believed: a dry run only checks the parameters."""
    return "DryRunOperation"


SIMULATION = Simulation(
    name="authorization",
    title="IAM authorization",
    view="grid",
    rules=rules.RULES,
    beliefs=(
        Belief(
            "missing-key-is-false", "a condition on a key that the request lacks never holds",
            "Negated operators, …IfExists and ForAllValues hold where the key is missing.",
            "missing", missing_is_false, ("authorization.missing-key",),
        ),
        Belief(
            "variables-are-text", "`${aws:username}` in a policy is plain text, so it fits nobody's name",
            "In a policy of Version 2012-10-17 a variable stands for its value in the request.",
            "variables", variables_are_text, ("authorization.policy-variables",),
        ),
        Belief(
            "allow-wins", "an Allow in any policy is enough, even beside a Deny",
            "A Deny that applies decides, whatever else is allowed.",
            "combine", allow_wins, ("authorization.explicit-deny",),
        ),
        Belief(
            "first-match-wins", "the first statement that matches decides, as in a network ACL",
            "All statements are looked at; their order means nothing.",
            "combine", first_match_wins, ("authorization.explicit-deny",),
        ),
        Belief(
            "open-by-default", "what no policy denies is allowed",
            "Every request starts denied; without an Allow it stays so.",
            "combine", open_by_default, ("authorization.implicit-deny",),
        ),
        Belief(
            "dry-run-never-checks", "a dry run checks the parameters only, so it always says DryRunOperation",
            "Checking the permission is what a dry run is for: without it the answer is UnauthorizedOperation.",
            "dry_run_code", dry_run_never_checks, ("cli-overview.06",),
        ),
    ),
    given=Given,
    outcome={"matchedStatements": [], "encodedMessage": None, "decodedMessage": {}},
    statuses=("allowed", "explicitDeny", "implicitDeny", "refused"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip

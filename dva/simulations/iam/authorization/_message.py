"""What AWS tells the caller of a refused request: a code, a sentence, and the message that STS decodes."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from dva.aws import conditions, policy

DRY_RUN_SUCCEEDS = "Request would have succeeded, but DryRun flag is set."


def refusal_code(action: str) -> str:
    """EC2 says UnauthorizedOperation, the other services AccessDenied."""
    return "UnauthorizedOperation" if is_ec2(action) else "AccessDenied"


def is_ec2(action: str) -> bool:
    return action.lower().startswith("ec2:")


def refusal(request: policy.Request, decision: policy.Decision) -> str:
    """AWS's sentence for a refusal."""
    denied = decision.effect == "explicitDeny"
    based = "resource" if decision.deciding and decision.deciding[0].statement.principals else "identity"
    why = f"with an explicit deny in {'a' if based == 'resource' else 'an'} {based}-based policy"
    if not denied:
        why = f"because no identity-based policy allows the {request.action} action"
    who = request.principal or "anonymous"
    head = "You are not authorized to perform this operation. " if is_ec2(request.action) else ""
    return f"{head}User: {who} is not authorized to perform: {request.action} on resource: {request.resource} {why}"


def encoded(decoded: Mapping[str, Any]) -> str:
    """The message as one word of letters, digits, - and _."""
    return base64.urlsafe_b64encode(json.dumps(decoded, separators=(",", ":")).encode()).decode().rstrip("=")


def items(values: Sequence[Any]) -> dict[str, list[Any]]:
    """A list as the decoded message writes it."""
    return {"items": list(values)}


def decoded_message(request: policy.Request, decision: policy.Decision, said: Mapping[str, Any]) -> dict[str, Any]:
    """What `aws sts decode-authorization-message` shows, parsed; of the condition keys only those of the request."""
    arn = request.principal or "anonymous"
    context = {
        "principal": {"name": arn.rsplit("/", 1)[-1], "arn": arn},
        "action": request.action,
        "resource": request.resource,
        "conditions": items([valued(key, conditions.texts(v)) for key, v in said.items() if v is not None]),
    }
    matched = decision.deciding if decision.effect == "explicitDeny" else ()
    return {
        "allowed": False,
        "explicitDeny": decision.effect == "explicitDeny",
        "matchedStatements": items([told(finding.statement) for finding in matched]),
        "failures": items([]),
        "context": context,
    }


def valued(key: str, values: Sequence[str]) -> dict[str, Any]:
    return {"key": key, "values": items([{"value": value} for value in values])}


def told(statement: policy.Statement) -> dict[str, Any]:
    """A matched statement as the message lists it."""
    return {
        "statementId": statement.sid or "",
        "effect": statement.effect.upper(),
        "principals": items([{"value": value} for _, value in statement.principals or ()]),
        "principalGroups": items([]),
        "actions": items([{"value": action} for action in statement.actions]),
        "resources": items([{"value": resource} for resource in statement.resources or ()]),
        "conditions": items([valued(c.key, c.values) for c in statement.conditions]),
    }

"""What AWS tells the caller of a refused request: a code, a sentence, and the message that STS decodes."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dva.aws import conditions, policy
from dva.simulations.iam.authorization.documents import DecodedMessage, KeyValues, MatchedStatement, Values


def is_ec2(action: str) -> bool:
    """Return whether an action is Amazon EC2's, which words a refusal in its own way."""
    return action.lower().startswith("ec2:")


def refusal(request: policy.Request, decision: policy.Decision) -> str:
    """Return AWS's sentence for a refusal."""
    why = f"because no identity-based policy allows the {request.action} action"
    if decision.effect == "explicitDeny":
        of_resource = bool(decision.deciding and decision.deciding[0].statement.principals)
        why = f"with an explicit deny in {'a resource' if of_resource else 'an identity'}-based policy"
    who = request.principal or "anonymous"
    head = "You are not authorized to perform this operation. " if is_ec2(request.action) else ""
    return f"{head}User: {who} is not authorized to perform: {request.action} on resource: {request.resource} {why}"


def encoded(decoded: DecodedMessage) -> str:
    """Return the message as one word of letters, digits, - and _."""
    return base64.urlsafe_b64encode(json.dumps(decoded, separators=(",", ":")).encode()).decode().rstrip("=")


def decoded_message(request: policy.Request, decision: policy.Decision, keys: Mapping[str, Any]) -> DecodedMessage:
    """Return what `aws sts decode-authorization-message` shows; of the condition keys only those of the request."""
    arn = request.principal or "anonymous"
    denied = decision.effect == "explicitDeny"
    return {
        "allowed": False,
        "explicitDeny": denied,
        "matchedStatements": {"items": [_matched(finding.statement) for finding in decision.deciding if denied]},
        "failures": {"items": []},
        "context": {
            "principal": {"name": arn.rsplit("/", 1)[-1], "arn": arn},
            "action": request.action,
            "resource": request.resource,
            "conditions": {"items": [_key(k, conditions.texts(v)) for k, v in keys.items() if v is not None]},
        },
    }


def _values(values: Iterable[str]) -> Values:
    return {"items": [{"value": value} for value in values]}


def _key(key: str, values: Sequence[str]) -> KeyValues:
    return {"key": key, "values": _values(values)}


def _matched(statement: policy.Statement) -> MatchedStatement:
    return {
        "statementId": statement.sid or "",
        "effect": statement.effect.upper(),
        "principals": _values(value for _, value in statement.principals or ()),
        "principalGroups": {"items": []},
        "actions": _values(statement.actions),
        "resources": _values(statement.resources or ()),
        "conditions": {"items": [_key(c.key, c.values) for c in statement.conditions]},
    }

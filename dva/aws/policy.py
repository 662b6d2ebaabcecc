"""IAM policies: reading one, and what a set of them says about a request.

    policy = parse('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}')
    decision = evaluate([policy], Request("arn:aws:iam::111122223333:user/jane", "s3:GetObject", "arn:aws:s3:::a/b"))
    decision.effect      # "allowed", "explicitDeny" or "implicitDeny"
    decision.deciding    # the statements that decided

Everything starts denied; an Allow that applies lifts that; a Deny that applies wins over every Allow. All policies
count as one set. Who joins identity, resource, boundary and organisation policies calls `evaluate` for each.
Source: IAM User Guide, Policy evaluation logic and IAM JSON policy elements.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from urllib.parse import unquote

from dva import jsonpointer
from dva.aws import conditions, glob
from dva.aws import principals as who
from dva.aws.document import keys_not_read
from dva.aws.jsontext import duplicate_key

Effect = Literal["allowed", "explicitDeny", "implicitDeny"]
Part = Literal["principal", "action", "resource", "condition"]
VERSIONS = ("2012-10-17", "2008-10-17")
ELEMENTS = frozenset({
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
})  # fmt: skip
"""What a statement may have; IAM refuses a document with anything else."""


class PolicyError(Exception):
    """IAM would refuse this document with MalformedPolicyDocument; `pointer` is the place in it."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message, self.pointer = message, pointer


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; a tuple is None where its element is absent, `not_…` marks the Not… form."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...] | None
    principals: tuple[tuple[str, str], ...] | None
    conditions: tuple[conditions.Condition, ...]
    sid: str | None = None
    not_action: bool = False
    not_resource: bool = False
    not_principal: bool = False
    variables: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document. `${…}` variables are read only where Version is 2012-10-17."""

    version: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Request:
    """Who asks for what. `principal` is an ARN, or `Service:ecs-tasks.amazonaws.com` and the like."""

    principal: str | None
    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def values(self) -> conditions.Context:
        """The context as conditions read it."""
        return conditions.context_of(self.context)


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement examined: `number` counts from 1 over all policies.

    `part` is the first that does not fit: principal, action, resource or condition; None where the statement applies.
    `reason` says why it does not fit, or why each part does.
    """

    number: int
    statement: Statement
    applies: bool
    part: Part | None = None
    reason: str = ""

    @property
    def name(self) -> str | int:
        """The Sid, or the number."""
        return self.statement.sid or self.number


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policies say, the statements that decided, and every statement examined."""

    effect: Effect
    deciding: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed."""
        return self.effect == "allowed"


# -- reading ---------------------------------------------------------------------------------------------------------

Documents = list[str | dict[str, Any]] | dict[str, Any] | str
"""Policy documents as text or mapping, bare or as `aws iam get-…` prints them: one, a list, or by name."""
WRAPPERS = ("PolicyVersion", "Document", "PolicyDocument", "Policy", "policyText", "AssumeRolePolicyDocument", "Role")


def documents(listed: Documents) -> list[Any]:
    """Return the policy documents in file order, wrappers taken off."""
    if isinstance(listed, dict) and "Statement" not in listed and not set(listed) & set(WRAPPERS):
        listed = list(listed.values())
    return [unwrapped(document) for document in (listed if isinstance(listed, list) else [listed])]


def unwrapped(document: Any) -> Any:
    """Return a document without the wrapper of `aws iam get-policy-version` and the like, decoded from URL encoding."""
    if isinstance(document, str):
        return unquote(document) if document.lstrip().startswith("%7B") else document
    if isinstance(document, dict) and "Statement" not in document:
        for name in WRAPPERS:
            if name in document:
                return unwrapped(document[name])
    return document


def not_read(listed: Documents, where: str) -> Iterator[str]:
    """List the pointers of what no decision looks at in documents at `where`: the Id, and the answer around them."""
    if isinstance(listed, list):
        for index, document in enumerate(listed):
            yield from _beside(document, f"{where}/{index}")
    elif isinstance(listed, dict) and "Statement" not in listed and not set(listed) & set(WRAPPERS):
        for name, document in listed.items():
            yield from _beside(document, where + jsonpointer.join(name))
    else:
        yield from _beside(listed, where)


def _beside(document: Any, where: str) -> Iterator[str]:
    if isinstance(document, str):
        try:
            document = json.loads(unwrapped(document))
        except (ValueError, RecursionError):
            return
    if not isinstance(document, dict):
        return
    wrapper = None if "Statement" in document else next((name for name in WRAPPERS if name in document), None)
    yield from keys_not_read(document, dict.fromkeys((wrapper or "Statement", "Version")), where)
    if wrapper:
        yield from _beside(document[wrapper], where + jsonpointer.join(wrapper))


def parse(document: str | Mapping[str, Any]) -> Policy:
    """Return the policy in JSON text or a mapping; PolicyError where IAM would not take it."""
    body = _from_text(document) if isinstance(document, str) else document
    if not isinstance(body, Mapping) or "Statement" not in body:
        raise PolicyError("Syntax errors in policy: there is no Statement.", "/Statement")
    _check_elements(body, frozenset({"Version", "Id", "Statement"}), "")
    version = str(body.get("Version", "2008-10-17"))
    if version not in VERSIONS:
        raise PolicyError("The policy must contain a valid version string", "/Version")
    listed = body["Statement"]
    numbered = enumerate(listed) if isinstance(listed, list) else [("", listed)]
    statements = tuple(_statement(item, f"/Statement/{n}".rstrip("/"), version) for n, item in numbered)
    sids = [s.sid for s in statements if s.sid]
    if len(sids) != len(set(sids)):
        raise PolicyError("Statement IDs (SID) in a single policy must be unique.", "/Statement")
    return Policy(version, statements)


def _from_text(text: str) -> Any:
    """Return what the JSON text says; PolicyError where it is not JSON, or where an object has a key twice.

    "More than one … element" (IAM User Guide, Troubleshoot IAM policies): an error in new and edited policies.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise PolicyError(f"Syntax errors in policy: {problem}.") from None
    twice = duplicate_key(text)
    if twice is not None:
        raise PolicyError(f"Syntax errors in policy: duplicate key {twice.key}, line {twice.line}.", twice.pointer)
    return body


def _statement(body: Any, at: str, version: str) -> Statement:
    if not isinstance(body, Mapping):
        raise PolicyError("Syntax errors in policy: a statement must be an object.", at)
    _check_elements(body, ELEMENTS, at)
    if body.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError("Syntax errors in policy: Effect must be Allow or Deny.", f"{at}/Effect")
    actions, not_action = _either(body, "Action", at)
    resources, not_resource = _either(body, "Resource", at)
    principals, not_principal = _principals(body, at)
    if not actions:
        raise PolicyError("Policy statement must contain actions.", at)
    if not resources and principals is None:
        raise PolicyError("Policy statement must contain resources.", at)
    if not isinstance(body.get("Sid", ""), str):
        raise PolicyError("Syntax errors in policy: Sid must be text.", f"{at}/Sid")
    for action in actions:
        if action != "*" and ":" not in action:
            raise PolicyError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", at)
    variables = version == VERSIONS[0]
    return Statement(
        body["Effect"], actions, resources, principals,
        tuple(_conditions(body.get("Condition") or {}, at, variables)),
        body.get("Sid") or None, not_action, not_resource, not_principal, variables,
    )  # fmt: skip


def _check_elements(body: Mapping[str, Any], names: frozenset[str], at: str) -> None:
    stray = next((name for name in body if name not in names), None)
    if stray is not None:
        raise PolicyError(f"Syntax errors in policy: there is no element {stray}.", f"{at}/{stray}")


def _either(body: Mapping[str, Any], name: str, at: str) -> tuple[Any, bool]:
    """Return an element in its plain or its Not form, as a tuple of texts, and whether it is negated."""
    if name in body and f"Not{name}" in body:
        raise PolicyError(f"Syntax errors in policy: {name} and Not{name} exclude each other.", at)
    negated = f"Not{name}" in body
    value = body.get(f"Not{name}" if negated else name)
    if value is not None and not _is_text(value):
        raise PolicyError(f"Syntax errors in policy: {name} must be text or a list of texts.", f"{at}/{name}")
    return (conditions.texts(value) if value is not None else None), negated


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _principals(body: Mapping[str, Any], at: str) -> tuple[tuple[tuple[str, str], ...] | None, bool]:
    """Return (kind, value) pairs: kind is AWS, Service, Federated or CanonicalUser; `"*"` is everybody."""
    negated = "NotPrincipal" in body
    value = body.get("NotPrincipal", body.get("Principal"))
    if value is None:
        return None, False
    if value == "*":
        return (("AWS", "*"),), negated
    if not isinstance(value, Mapping):
        raise PolicyError('Invalid principal in policy: it is "*" or an object.', f"{at}/Principal")
    return tuple((kind, item) for kind, items in value.items() for item in conditions.texts(items)), negated


def _conditions(block: Any, at: str, variables: bool) -> Iterator[conditions.Condition]:
    if not isinstance(block, Mapping) or not all(isinstance(keys, Mapping) for keys in block.values()):
        raise PolicyError("Syntax errors in policy: Condition must be {operator: {key: value}}.", f"{at}/Condition")
    for operator, keys in block.items():
        for key, values in keys.items():
            condition = conditions.read(operator, key, values, variables=variables)
            if condition is None:
                raise PolicyError(f"Invalid Condition type : {operator}.", f"{at}/Condition")
            yield condition


# -- deciding --------------------------------------------------------------------------------------------------------


def evaluate(policies: Sequence[Policy], request: Request) -> Decision:
    """Return what all policies together say about the request."""
    statements = enumerate((s for policy in policies for s in policy.statements), 1)
    return combine([examine(statement, number, request) for number, statement in statements])


def combine(findings: Sequence[Finding]) -> Decision:
    """Return the decision: explicit deny, else allow, else the implicit deny that everything starts with."""
    applying = [f for f in findings if f.applies]
    denies = tuple(f for f in applying if f.statement.effect == "Deny")
    if denies:
        return Decision("explicitDeny", denies, tuple(findings))
    return Decision("allowed" if applying else "implicitDeny", tuple(applying), tuple(findings))


Holds = Callable[[conditions.Condition, conditions.Context], bool]


def principal_fits(statement: Statement, principal: str | None) -> bool:
    """Return whether the principal fits; an identity policy has none and is about whom it is attached to."""
    if statement.principals is None:
        return True
    listed = who.closest(statement.principals, principal) is not None
    return listed is not statement.not_principal


def examine(
    statement: Statement,
    number: int,
    request: Request,
    holds: Holds = conditions.holds,
    is_about: Callable[[Statement, str | None], bool] = principal_fits,
) -> Finding:
    """Compare one statement with the request: principal, action, resource, then every condition."""
    values = request.values
    if not is_about(statement, request.principal):
        return Finding(number, statement, False, "principal", f"it is not about {request.principal or 'anonymous'}")
    if not action_fits(statement, request.action):
        return Finding(number, statement, False, "action", _outside("Action", statement.not_action, statement.actions))
    if not resource_fits(statement, request.resource, values):
        why = _outside("Resource", statement.not_resource, statement.resources or ())
        return Finding(number, statement, False, "resource", why)
    for condition in statement.conditions:
        if not holds(condition, values):
            return Finding(number, statement, False, "condition", unmet_condition(condition, values))
    return Finding(number, statement, True, None, _fitting(statement, request, values))


def _outside(element: str, negated: bool, listed: Sequence[str]) -> str:
    return f"{'Not' * negated}{element} is {', '.join(listed)}"


def _fitting(statement: Statement, request: Request, values: conditions.Context) -> str:
    """Return why each part of a statement fits."""
    parts = [_inside(request.action, "Action", statement.not_action, statement.actions)]
    if statement.resources is not None:
        parts.append(_inside(request.resource, "Resource", statement.not_resource, statement.resources))
    for condition in statement.conditions:
        found = ", ".join(values.get(condition.key.lower(), ())) or "a request without it"
        parts.append(f"{condition.named} {condition.key} {', '.join(condition.values)} holds for {found}")
    return "; ".join(parts)


def _inside(asked: str, element: str, negated: bool, listed: Sequence[str]) -> str:
    return f"{asked} {'is outside Not' if negated else 'fits '}{element} {', '.join(listed)}"


def unmet_condition(condition: conditions.Condition, values: conditions.Context) -> str:
    """Return in words why a condition does not hold."""
    found = values.get(condition.key.lower())
    asked = f"{condition.named} {condition.key} {', '.join(condition.values)}"
    return f"{asked}: the request has {', '.join(found) if found else 'no such key'}"


def action_fits(statement: Statement, action: str) -> bool:
    """Return whether the action fits; case does not matter."""
    listed = any(glob.matches(pattern, action, ignore_case=True) for pattern in statement.actions)
    return listed is not statement.not_action


def resource_fits(statement: Statement, resource: str, values: conditions.Context) -> bool:
    """Return whether the resource fits, case included; without Resource a resource policy is about its own resource.

    A variable without a value makes the statement fit nothing, with NotResource too.
    """
    if statement.resources is None:
        return True
    patterns = [conditions.expand(r, values) if statement.variables else glob.tokens(r) for r in statement.resources]
    filled = [pattern for pattern in patterns if pattern is not None]
    listed = any(glob.matches(pattern, resource) for pattern in filled)
    return len(filled) == len(patterns) and listed is not statement.not_resource

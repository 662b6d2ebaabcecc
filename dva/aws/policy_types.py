"""IAM's decision over all types of policies that a request meets.

    policies = Policies(identity=(policy.parse(text),), boundary=policy.parse(other))
    verdict = evaluate(Request("arn:aws:iam::111122223333:user/jane", "s3:GetObject", "arn:aws:s3:::a/b"), policies)
    verdict.status        # "allowed", "explicitDeny" or "implicitDeny"
    verdict.decided_by    # "identityPolicy" and the like

In AWS's order: a Deny in any policy; resource control policies; service control policies; the resource policy, which
decides alone where it names the principal directly in one account; identity policies; permissions boundary; session
policy. (IAM User Guide, Policy evaluation logic, also for cross-account requests; AWS Organizations User Guide, SCP
evaluation and RCP evaluation.)
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from dva.aws import conditions, policy, principals

F = TypeVar("F", bound=Callable[..., object])
PolicyType = Literal[
    "resourceControlPolicy", "serviceControlPolicy", "resourcePolicy",
    "identityPolicy", "permissionsBoundary", "sessionPolicy",
]  # fmt: skip
ORDER: tuple[PolicyType, ...] = (
    "resourceControlPolicy", "serviceControlPolicy", "resourcePolicy",
    "identityPolicy", "permissionsBoundary", "sessionPolicy",
)  # fmt: skip
"""The types in the order in which they are evaluated."""
Levels = tuple[tuple[policy.Policy, ...], ...]
"""Policies of an organization: those of the root, of each unit on the way, of the account."""
CALLER_IDENTITY = "sts:getcalleridentity"
"""An action that no policy can deny (AWS STS API Reference, GetCallerIdentity)."""
SID = re.compile(r"[0-9A-Za-z]*")
PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")


class Using(Protocol):
    """What finds the function that stands in the place of a rule function: itself, or what a belief says instead."""

    def __call__(self, function: F, /) -> F:
        """Return the function to be called."""


def itself(function: F, /) -> F:
    """Return the function."""
    return function


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies that a request meets; None where there is none of that type."""

    identity: tuple[policy.Policy, ...] = ()
    resource: policy.Policy | None = None
    boundary: policy.Policy | None = None
    session: policy.Policy | None = None
    service_control: Levels | None = None
    resource_control: Levels | None = None

    def of(self, kind: PolicyType) -> Levels | None:
        """Return the policies of a type by level; types other than those of an organization have one level."""
        levels: dict[PolicyType, Levels | None] = {
            "resourceControlPolicy": self.resource_control or None,
            "serviceControlPolicy": self.service_control or None,
            "resourcePolicy": None if self.resource is None else ((self.resource,),),
            "identityPolicy": (self.identity,),
            "permissionsBoundary": None if self.boundary is None else ((self.boundary,),),
            "sessionPolicy": None if self.session is None else ((self.session,),),
        }
        return levels[kind]


@dataclass(frozen=True, slots=True)
class Examined:
    """One statement that was examined: of which policy (from 0, over all levels), and what was found."""

    place: int
    finding: policy.Finding
    says: Literal["Allow", "Deny"] | None


@dataclass(frozen=True, slots=True)
class Review:
    """What the policies of one type say; `named` is how those that allow name the principal."""

    effect: Literal["allow", "deny", "none", "absent"]
    statements: tuple[Examined, ...] = ()
    named: principals.Named | None = None

    @property
    def deciding(self) -> tuple[Examined, ...]:
        """The statements that make the effect."""
        wanted = {"allow": "Allow", "deny": "Deny"}.get(self.effect)
        return tuple(one for one in self.statements if one.says == wanted and wanted)


Reviews = Mapping[PolicyType, Review]
Reason = Literal[
    "caller-identity", "explicit-deny", "resource-control", "service-control", "exempt", "direct", "role", "account",
    "must-allow", "cross-account", "root", "identity", "boundary", "session", "federated",
]  # fmt: skip
"""Which rule a check follows."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check on the way to the decision, and whether it ends it with a denial."""

    reason: Reason
    kind: PolicyType
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, the type of policy that made it, and the checks on the way."""

    status: policy.Effect
    decided_by: PolicyType | None
    checks: tuple[Check, ...]
    reviews: Reviews

    @property
    def deciding(self) -> tuple[Examined, ...]:
        """The statements that decided; none for an implicit denial."""
        if self.decided_by is None or self.status == "implicitDeny":
            return ()
        return self.reviews[self.decided_by].deciding


@dataclass(frozen=True, slots=True)
class Situation:
    """Whose request it is, and what it is about."""

    principal: str
    action: str
    resource: str
    resource_account: str
    management_account: str | None = None

    @property
    def is_cross_account(self) -> bool:
        """Whether the principal and the resource belong to different accounts."""
        return principals.account_of(self.principal) != self.resource_account

    @property
    def is_root(self) -> bool:
        """Whether the account's root user asks."""
        return principals.kind_of(self.principal) == "root"

    def is_exempt(self, kind: PolicyType) -> bool:
        """Return whether policies of an organization do not limit this request."""
        if kind not in ("serviceControlPolicy", "resourceControlPolicy"):
            return False
        account = (
            principals.account_of(self.principal) if kind == "serviceControlPolicy" else self.resource_account
        )  # fmt: skip
        return principals.is_service_linked(self.principal) or account == self.management_account


# -- reading ---------------------------------------------------------------------------------------------------------


def parse(document: str | Mapping[str, Any], kind: PolicyType) -> policy.Policy:
    """Return a policy of a type; PolicyError where AWS would not take it as one."""
    read = policy.parse(document)
    for number, statement in enumerate(read.statements):
        _check(statement, kind, f"/Statement/{number}")
    return read


def _check(statement: policy.Statement, kind: PolicyType, at: str) -> None:
    has_principal = statement.principals is not None
    if kind == "resourcePolicy":
        return _check_principal(statement, at)
    if kind == "resourceControlPolicy":
        if has_principal and (statement.not_principal or statement.principals != (("AWS", "*"),)):
            raise policy.PolicyError('The principal of a resource control policy must be "*".', at)
        return None
    if has_principal:
        raise policy.PolicyError("Policy document should not specify a principal.", at)
    if not SID.fullmatch(statement.sid or ""):
        raise policy.PolicyError("Statement IDs (SID) must be alpha-numeric.", at)
    for resource in statement.resources or ():
        if not resource.startswith(("arn:", "*", "?", "${")):
            raise policy.PolicyError(f'Resource {resource} must be in ARN format or "*".', at)
    return None


def _check_principal(statement: policy.Statement, at: str) -> None:
    if statement.principals is None:
        raise policy.PolicyError("Missing required field Principal", at)
    unknown = next((kind for kind, _ in statement.principals if kind not in PRINCIPALS), None)
    if unknown is not None:
        raise policy.PolicyError(f"Invalid principal in policy: {unknown}", at)
    if statement.not_principal and statement.effect == "Allow":
        raise policy.PolicyError("NotPrincipal must be used with Effect Deny.", at)


# -- deciding --------------------------------------------------------------------------------------------------------


def evaluate(
    request: policy.Request, policies: Policies, situation: Situation | None = None, using: Using = itself
) -> Verdict:
    """Return IAM's decision. `request.principal` must be an ARN; without a situation there is one account."""
    principal = request.principal or ""
    account = principals.account_of(request.resource) or principals.account_of(principal)
    situation = situation or Situation(principal, request.action, request.resource, account)
    bounded = policies.boundary is not None
    reviews: dict[PolicyType, Review] = {
        kind: Review("absent")
        if situation.is_exempt(kind)
        else review(kind, policies.of(kind), request, bounded=bounded, using=using)
        for kind in ORDER
    }
    exempt = [kind for kind in ORDER if situation.is_exempt(kind) and policies.of(kind)]
    return decide(reviews, situation, exempt, using)


def review(
    kind: PolicyType, levels: Levels | None, request: policy.Request, *, bounded: bool = False, using: Using = itself
) -> Review:
    """Return what the policies of one type say; `bounded` tells whether the principal has a permissions boundary."""
    if levels is None:
        return Review("absent")
    holds = partial(conditions.holds, without_key=using(conditions.holds_without_key))
    is_about = partial(_is_about, bounded=bounded)
    found: list[Examined] = []
    allowing = []
    place = 0
    for level in levels:
        start = len(found)
        for one in level:
            for number, statement in enumerate(one.statements, 1):
                finding = policy.examine(statement, number, request, holds, is_about)
                found.append(Examined(place, finding, using(effect_of)(finding, request)))
            place += 1
        allowing.append(any(examined.says == "Allow" for examined in found[start:]))
    if any(examined.says == "Deny" for examined in found):
        return Review("deny", tuple(found))
    # RCPFullAWSAccess is attached at every level and cannot be detached (AWS Organizations User Guide, RCP evaluation)
    if kind != "resourceControlPolicy" and not all(allowing):
        return Review("none", tuple(found))
    return Review("allow", tuple(found), _named(found, request))


def effect_of(finding: policy.Finding, request: policy.Request) -> Literal["Allow", "Deny"] | None:
    """Return what a statement says about the request: its Effect where it applies."""
    return finding.statement.effect if finding.applies else None


def _is_about(statement: policy.Statement, principal: str | None, *, bounded: bool) -> bool:
    if statement.principals is None or not statement.not_principal:
        return policy.principal_fits(statement, principal)
    return not principals.is_excepted(statement.principals, principal or "", bounded=bounded)


def _named(found: Iterable[Examined], request: policy.Request) -> principals.Named | None:
    allowing = [one.finding.statement.principals or () for one in found if one.says == "Allow"]
    return principals.closest([entry for entries in allowing for entry in entries], request.principal)


def grants(kind: PolicyType) -> bool:
    """Return whether an Allow in a policy of this type gives permission; the other types only set limits."""
    return kind == "identityPolicy"


def stands_alone(named: principals.Named | None, *, cross_account: bool) -> bool:
    """Return whether a resource policy that names the principal in this way decides alone."""
    return named == "direct" and not cross_account


def must_allow(situation: Situation) -> bool:
    """Return whether the resource policy must allow in any case: a role's trust policy, a KMS key's policy."""
    action, resource = situation.action.lower(), situation.resource.split(":", 5)
    trust = action.startswith("sts:assumerole") and resource[-1].startswith("role/")
    return trust or (resource[2:3] == ["kms"] and resource[-1].startswith("key/"))


def decide(
    reviews: Reviews, situation: Situation, exempt: Sequence[PolicyType] = (), using: Using = itself
) -> Verdict:  # fmt: skip
    """Return the decision over what the policies of each type say; `exempt` are types that do not limit the request."""
    if situation.action.lower() == CALLER_IDENTITY:
        return Verdict("allowed", None, (Check("caller-identity", "identityPolicy"),), reviews)
    denying = next((kind for kind in ORDER if reviews[kind].effect == "deny"), None)
    if denying is not None:
        return Verdict("explicitDeny", denying, (Check("explicit-deny", denying, blocks=True),), reviews)
    checks = [Check("exempt", kind) for kind in exempt]
    granted_by: PolicyType = "identityPolicy"
    for check in _checks(reviews, situation, using):
        checks.append(check)
        if check.blocks:
            return Verdict("implicitDeny", check.kind, tuple(checks), reviews)
        if check.reason in ("direct", "role"):
            granted_by = "resourcePolicy"
    return Verdict("allowed", granted_by, tuple(checks), reviews)


def _checks(reviews: Reviews, situation: Situation, using: Using) -> Iterable[Check]:
    """Yield the checks of a request that nothing denies explicitly, in AWS's order."""
    if reviews["resourceControlPolicy"].effect != "absent":
        yield Check("resource-control", "resourceControlPolicy")
    if (scp := reviews["serviceControlPolicy"].effect) != "absent":
        yield Check("service-control", "serviceControlPolicy", scp == "none")
    named = reviews["resourcePolicy"].named
    across = situation.is_cross_account
    if across or using(must_allow)(situation):
        yield Check("cross-account" if across else "must-allow", "resourcePolicy", named is None)
    if using(stands_alone)(named, cross_account=across):
        yield Check("direct", "resourcePolicy")
        return
    if named == "role" and not across:
        yield Check("role", "resourcePolicy")
    elif situation.is_root:
        yield Check("root", "identityPolicy")
    else:
        if named == "account":
            yield Check("account", "resourcePolicy")
        granted = any(review.effect == "allow" and using(grants)(kind) for kind, review in reviews.items())
        yield Check("identity", "identityPolicy", not granted)
    yield from _limits(reviews, situation)


def _limits(reviews: Reviews, situation: Situation) -> Iterable[Check]:
    """Yield the checks of what limits identity policies."""
    if (boundary := reviews["permissionsBoundary"].effect) != "absent":
        yield Check("boundary", "permissionsBoundary", boundary == "none")
    if (session := reviews["sessionPolicy"].effect) != "absent":
        yield Check("session", "sessionPolicy", session == "none")
    elif principals.kind_of(situation.principal) == "federated-user":
        yield Check("federated", "sessionPolicy", blocks=True)

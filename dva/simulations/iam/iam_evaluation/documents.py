"""A request with all policies that it meets, and the decision."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import StrictStruct
from dva.aws.policy import Part
from dva.aws.policy_types import PolicyType
from dva.simulations.frame import Outcome, Phrases

Document = str | dict[str, Any]
"""A policy document, as text or mapping, bare or as `aws iam get-…` prints it."""


class Call(StrictStruct):
    """Who asks for what."""

    action: str
    """Action that is requested, such as `s3:GetObject`."""
    resource: str
    """ARN of the resource; `*` for an action without one."""
    principal: str
    """ARN of the principal: a user, a role, a session of a role, a federated user or the root user."""
    resource_account: str | None = None
    """Account that owns the resource; by default the one in its ARN, else the principal's."""
    context: dict[str, Any] = field(default_factory=dict)
    """Condition keys of the request and their values; IAM adds what it knows about the principal."""


class Given(StrictStruct):
    """A request, and all policies that it meets."""

    request: Call
    """The request."""
    identity_policies: list[Document] = field(default_factory=list)
    """Policies of the user and its groups, or of the role."""
    resource_policy: Document | None = None
    """Policy of the resource: a bucket policy, a key policy, the trust policy of a role."""
    permissions_boundary: Document | None = None
    """Permissions boundary of the user or role."""
    session_policy: Document | None = None
    """Policy that was passed when the session was created."""
    service_control_policies: list[list[Document]] | None = None
    """Service control policies of the principal's account: a list for each level, the organization's root first."""
    resource_control_policies: list[list[Document]] | None = None
    """Resource control policies of the resource's account, level by level; RCPFullAWSAccess need not be listed."""
    management_account: str | None = None
    """Management account of the organization, which its policies do not limit."""


class Match(TypedDict):
    """A statement that decided."""

    type: PolicyType
    """Type of the policy."""
    policy: int
    """Place of the policy among those of its type, from 0; levels are counted through."""
    statement: str | int
    """Sid of the statement, else its number in the policy, from 1."""


class Examined(Match):
    """A statement that was examined."""

    effect: Literal["Allow", "Deny"]
    """Effect of the statement."""
    missed: Part | None
    """First element that does not match; null where the statement applies."""


Evaluation = Literal["allow", "deny", "none", "absent"]


class Evaluations(TypedDict, total=False):
    """What the policies of each type say."""

    identityPolicy: Evaluation
    """What the identity policies say."""
    resourcePolicy: Evaluation
    """What the resource policy says; `allow` also where it only delegates to the account."""
    permissionsBoundary: Evaluation
    """What the permissions boundary says."""
    sessionPolicy: Evaluation
    """What the session policy says."""
    serviceControlPolicy: Evaluation
    """What the service control policies say; `allow` where every level allows."""
    resourceControlPolicy: Evaluation
    """What the resource control policies say."""


class Decision(Outcome):
    """IAM's decision, and the policy that made it."""

    status: Annotated[
        Literal["allowed", "explicitDeny", "implicitDeny"] | None,
        Phrases({"allowed": "An allow", "explicitDeny": "An explicit deny", "implicitDeny": "An implicit deny"}),
    ] = None
    """IAM's decision."""
    crossAccount: bool = False
    """Whether the principal and the resource belong to different accounts."""
    decidedBy: Annotated[
        PolicyType | None,
        Phrases(
            {
                "identityPolicy": "An identity-based policy",
                "resourcePolicy": "The resource-based policy",
                "permissionsBoundary": "The permissions boundary",
                "sessionPolicy": "The session policy",
                "serviceControlPolicy": "A service control policy",
                "resourceControlPolicy": "A resource control policy",
            }
        ),
    ] = None
    """Type of the policy that allowed, denied, or failed to allow; null where none decided."""
    evaluations: Evaluations = {}
    """What the policies of each type say: allow, deny, none (neither) or absent (there are none)."""
    matchedStatements: list[Match] = []
    """Statements that decided; none for an implicit denial."""
    statements: list[Examined] = []
    """Every statement that was examined, and the first element that did not match."""

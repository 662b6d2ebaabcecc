"""A request with the policies that apply to it, and what the caller gets."""

from typing import Annotated, Any, Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.aws.policy import Documents
from dva.simulations.frame import Outcome, Phrases


class Given(StrictStruct):
    """A request, and the policies that apply to the principal."""

    policies: Documents
    """Policy documents as text or mapping, bare or as `aws iam get-…` prints them; one, a list, or by name."""
    action: str
    """Action that is requested, such as `s3:GetObject`."""
    principal: str | dict[str, Any] | None = None
    """ARN of the principal, or `{Service: …}`; anonymous by default."""
    resource: str | None = None
    """ARN of the resource; `*` by default."""
    context: dict[str, Any] | None = None
    """Condition keys of the request and their values."""
    dry_run: bool | None = None
    """Whether the request is sent with DryRun."""

    @property
    def keys(self) -> dict[str, Any]:
        """The condition keys that the scenario names."""
        return self.context or {}


Values = dict[str, list[dict[str, str]]]
"""A list as the decoded message writes it: `{items: [{value: …}]}`."""


class KeyValues(TypedDict):
    """A condition key and its values."""

    key: str
    """Name of the condition key."""
    values: Values
    """Its values."""


class MatchedStatement(TypedDict):
    """A statement that denied the request."""

    statementId: str
    """Sid of the statement; empty where it has none."""
    effect: str
    """`DENY`."""
    principals: Values
    """Principals of the statement."""
    principalGroups: Values
    """Always empty."""
    actions: Values
    """Actions of the statement."""
    resources: Values
    """Resources of the statement."""
    conditions: dict[str, list[KeyValues]]
    """Conditions of the statement."""


class RequestContext(TypedDict):
    """The request that was refused."""

    principal: dict[str, str]
    """Name and ARN of the principal."""
    action: str
    """Action that was requested."""
    resource: str
    """Resource that was requested."""
    conditions: dict[str, list[KeyValues]]
    """Condition keys of the request."""


class DecodedMessage(TypedDict, total=False):
    """What `aws sts decode-authorization-message` shows."""

    allowed: bool
    """Always false."""
    explicitDeny: bool
    """Whether a Deny statement refused the request."""
    matchedStatements: dict[str, list[MatchedStatement]]
    """The statements that denied it."""
    failures: Values
    """Always empty."""
    context: RequestContext
    """The request."""


class Authorization(Outcome):
    """IAM's decision, and what the caller gets."""

    status: Annotated[
        Literal["allowed", "explicitDeny", "implicitDeny", "refused"] | None,
        Phrases(
            {
                "allowed": "An allow",
                "explicitDeny": "An explicit deny",
                "implicitDeny": "An implicit deny",
                "refused": "The policy cannot be saved",
            }
        ),
    ] = None
    """IAM's decision; `refused` where a policy document is malformed."""
    matchedStatements: list[str | int] = []
    """Statements that decided, by Sid, else by number over all policies from 1."""
    encodedMessage: str | None = None
    """The message of a refusal, encoded."""
    decodedMessage: DecodedMessage = {}
    """The same message, decoded."""

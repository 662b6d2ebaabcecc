"""A request with the policies that apply to it, and what the caller gets."""

from typing import Any, Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.simulations.frame import Outcome


class Given(StrictStruct):
    """A request, and the policies that apply to the principal."""

    policies: list[str | dict[str, Any]] | dict[str, Any] | str
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


class Value(TypedDict):
    """A value as the decoded message lists it."""

    value: str
    """The value."""


class Values(TypedDict):
    """A list as the decoded message writes it."""

    items: list[Value]
    """The values."""


class KeyValues(TypedDict):
    """A condition key and its values."""

    key: str
    """Name of the condition key."""
    values: Values
    """Its values."""


class Conditions(TypedDict):
    """A list of condition keys."""

    items: list[KeyValues]
    """The condition keys."""


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
    conditions: Conditions
    """Conditions of the statement."""


class MatchedStatements(TypedDict):
    """A list of statements."""

    items: list[MatchedStatement]
    """The statements."""


class Principal(TypedDict):
    """Who sent the request."""

    name: str
    """Last part of the ARN."""
    arn: str
    """ARN of the principal."""


class RequestContext(TypedDict):
    """The request that was refused."""

    principal: Principal
    """Who sent it."""
    action: str
    """Action that was requested."""
    resource: str
    """Resource that was requested."""
    conditions: Conditions
    """Condition keys of the request."""


class DecodedMessage(TypedDict, total=False):
    """What `aws sts decode-authorization-message` shows."""

    allowed: bool
    """Always false."""
    explicitDeny: bool
    """Whether a Deny statement refused the request."""
    matchedStatements: MatchedStatements
    """The statements that denied it."""
    failures: Values
    """Always empty."""
    context: RequestContext
    """The request."""


class Authorization(Outcome):
    """IAM's decision, and what the caller gets."""

    status: Literal["allowed", "explicitDeny", "implicitDeny", "refused"] | None = None
    """IAM's decision; `refused` where a policy document is malformed."""
    matchedStatements: list[str | int] = []
    """Statements that decided, by Sid, else by number over all policies from 1."""
    encodedMessage: str | None = None
    """The message of a refusal, encoded."""
    decodedMessage: DecodedMessage = {}
    """The same message, decoded."""

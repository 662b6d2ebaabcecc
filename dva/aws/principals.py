"""Principals of IAM: what an ARN says about who sends a request, and how an element of a policy names them.

Source: IAM User Guide, AWS JSON policy elements: Principal and NotPrincipal; Policy evaluation logic.
"""

from collections.abc import Sequence
from typing import Literal

Named = Literal["direct", "role", "account"]
"""How a Principal element names who sends a request.

`direct`: the user, the session, the service or everybody; `role`: the role whose session it is; `account`: everybody
in the account that its administrator permits.
"""
CLOSEST: tuple[Named, ...] = ("direct", "role", "account")
SERVICE_LINKED = "AWSServiceRoleFor"
"""How the names of service-linked roles begin (IAM User Guide, Create a service-linked role)."""


def account_of(arn: str | None) -> str:
    """Return the account in an ARN; empty where there is none."""
    parts = (arn or "").split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def kind_of(principal: str) -> str:
    """Return the first part of the resource in an ARN: user, role, assumed-role, federated-user or root."""
    return principal.split(":", 5)[-1].split("/", 1)[0]


def role_of(principal: str) -> str | None:
    """Return the role's ARN (without path) of an assumed-role session."""
    parts = principal.split(":", 5)
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return None
    return f"{parts[0]}:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"


def is_service_linked(principal: str) -> bool:
    """Return whether this is a service-linked role or a session of one."""
    resource = principal.split(":", 5)[-1]
    return resource.startswith(("role/aws-service-role/", f"assumed-role/{SERVICE_LINKED}"))


def context_keys(principal: str | None) -> dict[str, str]:
    """Return the condition keys that IAM fills in from the principal."""
    if not principal or principal.count(":") < 5:
        return {}
    account, name = principal.split(":", 5)[4:]
    keys = {"aws:PrincipalArn": role_of(principal) or principal, "aws:PrincipalAccount": account}
    return keys | ({"aws:username": name.rsplit("/", 1)[-1]} if name.startswith("user/") else {})


def named_by(kind: str, value: str, principal: str | None) -> Named | None:
    """Return how one entry of a Principal element names the principal; None where it does not.

    An account, as number or `:root`, is everybody in it; a role is also its sessions; `*` inside an ARN is no wildcard.
    """
    if value == "*":
        return "direct" if kind == "AWS" or (principal or "").startswith(f"{kind}:") else None
    if principal is None:
        return None
    if kind != "AWS" or not principal.startswith("arn:"):
        return "direct" if principal in (value, f"{kind}:{value}") else None
    if value == principal:
        return "role" if kind_of(principal) == "role" else "direct"
    if value == role_of(principal) or _same_role(value, principal):
        return "role"
    account = account_of(principal)
    return "account" if value == account or value.endswith(f":{account}:root") else None


def closest(entries: Sequence[tuple[str, str]], principal: str | None) -> Named | None:
    """Return how a whole Principal element names the principal, the closest way first; None where it does not."""
    found = {named_by(kind, value, principal) for kind, value in entries}
    return next((way for way in CLOSEST if way in found), None)


def is_excepted(entries: Sequence[tuple[str, str]], principal: str, *, bounded: bool = False) -> bool:
    """Return whether a NotPrincipal element lists the principal, so that its Deny leaves it out.

    A user or role must be listed itself, a session with its role. Who has a permissions boundary is never left out.
    """
    if bounded:
        return False
    found = {named_by(kind, value, principal) for kind, value in entries}
    if role_of(principal) and ("AWS", "*") not in entries:
        return {"direct", "role"} <= found
    return "direct" in found or (kind_of(principal) == "role" and "role" in found)


def _same_role(value: str, principal: str) -> bool:
    """Return whether a role with a path is that of a session, whose ARN does not show the path."""
    head, found, path = value.partition(":role/")
    return bool(found) and f"{head}:role/{path.rsplit('/', 1)[-1]}" == role_of(principal)

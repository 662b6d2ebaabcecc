"""What `given` holds, and the table of events: how EventBridge and notification rules name each."""

from typing import Any, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError

Identity = Literal["iam-user", "federated", "role", "root"]
Way = Literal["git-credentials", "https-git-credentials", "ssh", "credential-helper", "git-remote-codecommit"]

STATE = "CodeCommit Repository State Change"
PULL = "CodeCommit Pull Request State Change"
_NOTICE = "codecommit-repository-"

REFERENCES = {
    "createReference": "referenceCreated",
    "updateReference": "referenceUpdated",
    "deleteReference": "referenceDeleted",
}
"""The events that triggers know, and EventBridge's names of them."""

KINDS: dict[str, tuple[str, str | None]] = {
    "referenceCreated": (STATE, "branches-and-tags-created"),
    "referenceUpdated": (STATE, "branches-and-tags-updated"),
    "referenceDeleted": (STATE, "branches-and-tags-deleted"),
    "unreferencedMergeCommitCreated": (STATE, None),
    "pullRequestCreated": (PULL, "pull-request-created"),
    "pullRequestSourceBranchUpdated": (PULL, "pull-request-source-updated"),
    "pullRequestStatusChanged": (PULL, "pull-request-status-changed"),
    "pullRequestMergeStatusUpdated": (PULL, "pull-request-merged"),
    "pullRequestApprovalStateChanged": (PULL, "approvals-status-changed"),
    "pullRequestApprovalRuleOverridden": (PULL, "approvals-rule-override"),
    "pullRequestApprovalRuleCreated": (PULL, None),
    "pullRequestApprovalRuleUpdated": (PULL, None),
    "pullRequestApprovalRuleDeleted": (PULL, None),
    "commentOnCommitCreated": ("CodeCommit Comment on Commit", "comments-on-commits"),
    "commentOnCommitUpdated": ("CodeCommit Comment on Commit", "comments-on-commits"),
    "commentOnPullRequestCreated": ("CodeCommit Comment on Pull Request", "comments-on-pull-requests"),
    "commentOnPullRequestUpdated": ("CodeCommit Comment on Pull Request", "comments-on-pull-requests"),
    "commentReactionCreated": ("CodeCommit Comment Reaction Change", None),
    "commentReactionUpdated": ("CodeCommit Comment Reaction Change", None),
    "approvalRuleTemplateCreated": ("CodeCommit Approval Rule Template Change", None),
    "approvalRuleTemplateUpdated": ("CodeCommit Approval Rule Template Change", None),
    "approvalRuleTemplateDeleted": ("CodeCommit Approval Rule Template Change", None),
    "approvalRuleTemplateAssociatedWithRepository": ("CodeCommit Approval Rule Template Change", None),
    "batchAssociateApprovalRuleTemplateWithRepositories": ("CodeCommit Approval Rule Template Change", None),
    "batchDisassociateApprovalRuleTemplateFromRepositories": ("CodeCommit Approval Rule Template Change", None),
    "approvalRuleTemplateDisassociatedFromRepository": ("CodeCommit Approval Rule Template Change", None),
}
"""EventBridge's detail.event -> (detail-type, the last part of the notification rule's event type id)."""


class Trigger(AwsDocument):
    wrappers = ("triggers",)
    name: str = ""
    destination_arn: str = ""
    custom_data: str | None = None
    branches: list[str] = []
    events: list[str] = []


class EventType(AwsDocument, rename="pascal"):
    event_type_id: str


class Target(AwsDocument, rename="pascal"):
    target_address: str
    target_type: str = "SNS"


class NotificationRule(AwsDocument, rename="pascal"):
    name: str = ""
    event_type_ids: list[str] = []
    event_types: list[EventType] = []
    targets: list[Target] = []
    status: Literal["ENABLED", "DISABLED"] = "ENABLED"


class Event(StrictStruct):
    """`branch` is the branch of a push, or the destination branch of a pull request.

    Without a `repository` the event comes from the one that a pattern asks for.
    """

    type: str
    branch: str | None = None
    source_branch: str | None = None
    repository: str | None = None


class ApprovalRule(StrictStruct):
    needed: int
    pool: list[str] = []
    author: str | None = None


class Given(StrictStruct, rename=None):
    """The contract's keys. An event rule is `{pattern, target}`, or the pattern alone."""

    triggers: list[Trigger] = []
    event_rules: list[dict[str, Any]] = msgspec.field(name="eventRules", default_factory=list)
    notification_rules: list[NotificationRule] = msgspec.field(name="notificationRules", default_factory=list)
    events: list[Event] = []
    repository_region: str | None = None
    identity: Identity = "iam-user"
    want: list[Way] = []
    approval_rule: ApprovalRule | None = msgspec.field(name="approvalRule", default=None)
    approvals: list[str] = []


def bridge_name(event: Event, index: int) -> str:
    """EventBridge's name of the event."""
    name = REFERENCES.get(event.type, event.type)
    if name not in KINDS:
        known = ", ".join([*REFERENCES, "pullRequestCreated", "commentOnPullRequestCreated"])
        raise GivenError(f"there is no event `{event.type}`", pointer=f"/events/{index}/type", hint=f"such as {known}")
    return name


def bridge_event(event: Event, name: str, region: str) -> dict[str, Any]:
    """The event as EventBridge gets it; what the rules can ask for."""
    repository = event.repository or "shop"
    detail: dict[str, Any] = {"event": name}
    if KINDS[name][0] == STATE:
        detail |= {"repositoryName": repository, "referenceType": "branch"}
        detail |= {"referenceName": event.branch, "referenceFullName": event.branch and f"refs/heads/{event.branch}"}
    elif KINDS[name][0] == PULL:
        merged = name == "pullRequestMergeStatusUpdated"
        detail |= {
            "repositoryNames": [repository],
            "destinationReference": event.branch and f"refs/heads/{event.branch}",
            "sourceReference": event.source_branch and f"refs/heads/{event.source_branch}",
            "isMerged": str(merged),
            "pullRequestStatus": "Closed" if merged or name == "pullRequestStatusChanged" else "Open",
        }
    else:
        detail["repositoryName"] = repository
    return {
        "source": "aws.codecommit",
        "detail-type": KINDS[name][0],
        "account": "123456789012",
        "region": region,
        "resources": [f"arn:aws:codecommit:{region}:123456789012:{repository}"],
        "detail": {key: value for key, value in detail.items() if value is not None},
    }


def asked(pattern: dict[str, Any], event: Event, region: str | None) -> dict[str, Any]:
    """The pattern without what the scenario leaves open: account, Region and repository, where it names none."""
    left_open = {"account"} | (set() if region else {"region"})
    if event.repository is not None:
        return {key: wanted for key, wanted in pattern.items() if key not in left_open}
    left_open |= {"resources"}
    made = {key: wanted for key, wanted in pattern.items() if key not in left_open}
    if isinstance(made.get("detail"), dict):
        of_repository = ("repositoryName", "repositoryNames", "repositoryId")
        made["detail"] = {key: wanted for key, wanted in made["detail"].items() if key not in of_repository}
    return made


def notice_id(name: str) -> str | None:
    """The event type id of a notification rule."""
    last = KINDS[name][1]
    return last and _NOTICE + last

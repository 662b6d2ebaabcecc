"""What is given, the result, and the table of events: how EventBridge and notification rules name each."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.frame import Outcome, Phrases

Via = Literal["trigger", "event rule", "notification rule"]
Identity = Literal["iam-user", "federated", "role", "root"]
SignIn = Literal["git-credentials", "https-git-credentials", "ssh", "credential-helper", "git-remote-codecommit"]

STATE = "CodeCommit Repository State Change"
PULL = "CodeCommit Pull Request State Change"
COMMIT_COMMENT, PULL_COMMENT = "CodeCommit Comment on Commit", "CodeCommit Comment on Pull Request"
REACTION, TEMPLATE = "CodeCommit Comment Reaction Change", "CodeCommit Approval Rule Template Change"
NOTICE = "codecommit-repository-"

REFERENCES = {"createReference": "referenceCreated", "updateReference": "referenceUpdated",
              "deleteReference": "referenceDeleted"}  # fmt: skip
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
    **{f"pullRequestApprovalRule{change}": (PULL, None) for change in ("Created", "Updated", "Deleted")},
    **{f"commentOnCommit{change}": (COMMIT_COMMENT, "comments-on-commits") for change in ("Created", "Updated")},
    **{f"commentOnPullRequest{change}": (PULL_COMMENT, "comments-on-pull-requests")
       for change in ("Created", "Updated")},
    **{f"commentReaction{change}": (REACTION, None) for change in ("Created", "Updated")},
    **dict.fromkeys((
        "approvalRuleTemplateCreated", "approvalRuleTemplateUpdated", "approvalRuleTemplateDeleted",
        "approvalRuleTemplateAssociatedWithRepository", "approvalRuleTemplateDisassociatedFromRepository",
        "batchAssociateApprovalRuleTemplateWithRepositories", "batchDisassociateApprovalRuleTemplateFromRepositories",
    ), (TEMPLATE, None)),
}  # fmt: skip
"""By EventBridge's detail.event: detail-type, and the last part of the notification rule's event type id.

AWS CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge"; Developer Tools console User Guide,
"Notification concepts".
"""


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
    """Something that happens in the repository."""

    type: str
    """Name of the event, as triggers (`updateReference`) or EventBridge (`pullRequestCreated`) have it."""
    branch: str | None = None
    """Branch of a push, or destination branch of a pull request."""
    source_branch: str | None = None
    """Source branch of a pull request."""
    repository: str | None = None
    """Name of the repository; left out for the one that a pattern asks for."""


class ApprovalRule(StrictStruct):
    """An approval rule of a pull request."""

    needed: int
    """Approvals that are needed."""
    pool: list[str] = []
    """Approvers whose approval counts: ARNs with `*`, or `CodeCommitApprovers:account:name`; empty for anyone."""
    author: str | None = None
    """Author of the pull request."""


class Given(StrictStruct, rename=None):
    """What happens in a repository, and who listens, signs in or approves."""

    triggers: list[Trigger] = []
    """Triggers of the repository."""
    event_rules: list[dict[str, Any]] = field(name="eventRules", default_factory=list)
    """Rules of EventBridge: `{pattern, target}`, or the event pattern alone."""
    notification_rules: list[NotificationRule] = field(name="notificationRules", default_factory=list)
    """Notification rules of the repository."""
    events: list[Event] = []
    """What happens in the repository, in order."""
    repository_region: str | None = None
    """AWS Region of the repository; left out where it does not matter."""
    identity: Identity = "iam-user"
    """Kind of identity that signs in to Git."""
    want: list[SignIn] = []
    """Methods of signing in to Git that the identity tries."""
    approval_rule: ApprovalRule | None = field(name="approvalRule", default=None)
    """Approval rule of a pull request."""
    approvals: list[str] = []
    """Those who approve the pull request, in order."""


class Delivery(TypedDict):
    """An event that reaches a target."""

    event: str
    """Type of the event, as given."""
    via: Annotated[
        Via,
        Phrases(
            {
                "trigger": "A repository trigger",
                "event rule": "An EventBridge rule",
                "notification rule": "A notification rule",
            }
        ),
    ]
    """What delivers it."""
    destination: str | None
    """ARN or name of the target; null where an event rule names none."""


class Repository(Outcome):
    """Who hears of what, who can sign in, and whether a pull request is approved."""

    status: Annotated[
        Literal["completed", "refused"] | None,
        Phrases({"completed": "The request succeeds", "refused": "CodeCommit rejects the request"}),
    ] = None
    """`refused` where CodeCommit does not accept the triggers, else `completed`."""
    deliveries: list[Delivery] = []
    """Events that reach a target, in order."""
    valid: bool = False
    """Whether CodeCommit accepts the triggers."""
    reason: str | None = None
    """The API's exception for refused triggers; ROOT_ACCOUNT or IAM_USER_ONLY for a sign-in that does not work."""
    allowed: list[SignIn] = []
    """Methods of signing in that work."""
    satisfied: bool = False
    """Whether the approval rule is satisfied."""
    counted: list[str] = []
    """Approvers whose approval counts, each once."""


def bridge_name(event: Event, index: int) -> str:
    """Return EventBridge's name of the event; GivenError where there is no such event."""
    name = REFERENCES.get(event.type, event.type)
    if name not in KINDS:
        known = ", ".join([*REFERENCES, "pullRequestCreated", "commentOnPullRequestCreated"])
        raise GivenError(f"there is no event `{event.type}`", pointer=f"/events/{index}/type", hint=f"such as {known}")
    return name


def bridge_event(event: Event, name: str, region: str) -> dict[str, Any]:
    """Return the event as EventBridge gets it: what the rules can ask for."""
    repository, kind = event.repository or "shop", KINDS[name][0]
    detail: dict[str, Any] = {"event": name}
    if kind == STATE:
        detail |= {"repositoryName": repository, "referenceType": "branch"}
        detail |= {"referenceName": event.branch, "referenceFullName": event.branch and f"refs/heads/{event.branch}"}
    elif kind == PULL:
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
        "source": "aws.codecommit", "detail-type": kind, "account": "123456789012", "region": region,
        "resources": [f"arn:aws:codecommit:{region}:123456789012:{repository}"],
        "detail": {key: value for key, value in detail.items() if value is not None},
    }  # fmt: skip


def asked(pattern: dict[str, Any], event: Event, region: str | None) -> dict[str, Any]:
    """Return the pattern without what the scenario leaves open: account, Region and repository, where it names none."""
    open_repository = event.repository is None
    left_open = {"account"} | (set() if region else {"region"}) | ({"resources"} if open_repository else set())
    made = {key: wanted for key, wanted in pattern.items() if key not in left_open}
    if open_repository and isinstance(made.get("detail"), dict):
        of_repository = ("repositoryName", "repositoryNames", "repositoryId")
        made["detail"] = {key: wanted for key, wanted in made["detail"].items() if key not in of_repository}
        if not made["detail"]:
            del made["detail"]
    return made


def notice_id(name: str) -> str | None:
    """Return the event type id of a notification rule; None where there is none for the event."""
    last = KINDS[name][1]
    return last and NOTICE + last

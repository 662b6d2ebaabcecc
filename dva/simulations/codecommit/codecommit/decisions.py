"""The rule functions of CodeCommit, and what people believe instead."""

from dva.aws import glob
from dva.simulations.codecommit.codecommit.documents import REFERENCES, ApprovalRule, Trigger
from dva.simulations.codecommit.codecommit.rules import belief

TEMPORARY_SIGN_INS = ("credential-helper", "git-remote-codecommit")
"""What temporary credentials can use to sign in (rules.HELPER)."""


def fires(trigger: Trigger, event: str, branch: str | None) -> bool:
    """Whether a trigger fires; `event` is the name that triggers use, or EventBridge's for what they do not know."""
    known = event in REFERENCES and ("all" in trigger.events or event in trigger.events)
    return known and (not trigger.branches or branch in trigger.branches)


def may_sign_in(identity: str, method: str) -> bool:
    """Whether this kind of identity can use the method."""
    return identity == "iam-user" or method in TEMPORARY_SIGN_INS


def in_pool(rule: ApprovalRule, approver: str) -> bool:
    """Whether an approval of this one counts, the author apart."""
    return not rule.pool or any(is_member(member, approver) for member in rule.pool)


def may_approve(rule: ApprovalRule, approver: str) -> bool:
    """Whether this one may approve at all."""
    return approver != rule.author


def is_member(member: str, approver: str) -> bool:
    """Whether a pool member means this approver; `CodeCommitApprovers:account:name` means users of that name."""
    if not member.startswith("CodeCommitApprovers:"):
        return glob.matches(member, approver)
    _, account, name = [*member.split(":", 2), "", ""][:3]
    kinds = (f"arn:aws:iam::{account}:user/", f"arn:aws:sts::{account}:federated-user/")
    roles = f"arn:aws:sts::{account}:assumed-role/"
    found = next((approver[len(kind) :] for kind in (*kinds, roles) if approver.startswith(kind)), None)
    return found is not None and glob.matches(name, found)


# What people believe instead

belief(
    fires, "triggers-hear-pull-requests", "a trigger on a branch fires for pull requests into it",
    "Triggers know only that a branch or tag was created, updated or deleted; pull requests go to EventBridge.",
    "trigger-or-event",
)(
    lambda trigger, event, branch: fires(trigger, event if event in REFERENCES else "updateReference", branch)
)  # fmt: skip

belief(fires, "no-branches-means-none", "a trigger whose list of branches is empty never fires",
       "An empty list stands for all branches.",
       "10")(lambda trigger, event, branch: bool(trigger.branches) and fires(trigger, event, branch))  # fmt: skip

belief(
    may_sign_in, "everyone-has-git-credentials", "roles and federated users can use Git credentials and SSH keys too",
    "Both belong to an IAM user; temporary credentials need git-remote-codecommit or the credential helper.", "06",
)(lambda identity, method: True)  # fmt: skip

belief(may_approve, "authors-approve-themselves", "the author's own approval counts",
       "The author of a pull request cannot approve it.", "approval-rules")(lambda rule, approver: True)  # fmt: skip

belief(in_pool, "anyone-can-approve", "any approval counts, whoever is in the pool",
       "With a pool only the approvals of its members count.",
       "approval-rules")(lambda rule, approver: True)  # fmt: skip

"""What people believe of CodeCommit instead."""

from dva.simulations.codecommit.codecommit.documents import REFERENCES
from dva.simulations.codecommit.codecommit.engine import fires, in_pool, may_approve, may_sign_in
from dva.simulations.codecommit.codecommit.rules import belief

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

belief(
    in_pool, "anyone-can-approve", "any approval counts, whoever is in the pool",
    "With a pool only the approvals of its members count.", "approval-rules",
)(lambda rule, approver: True)  # fmt: skip

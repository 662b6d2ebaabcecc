"""The rules of CodeCommit's triggers, events, sign-ins and approvals, in the order in which they are applied."""

from dva.simulations.frame import Mechanism

DOCS = "https://docs.aws.amazon.com"
PAGES = f"{DOCS}/codecommit/latest/userguide/"
GUIDE = "AWS CodeCommit User Guide"
TRIGGERS = f"{GUIDE}, Manage triggers for a repository: {PAGES}how-to-notify.html"
EVENTS = f"{GUIDE}, Monitoring CodeCommit events in Amazon EventBridge: {PAGES}monitoring-events.html"
PATTERNS = ("Amazon EventBridge User Guide, Creating Amazon EventBridge event patterns: "
            f"{DOCS}/eventbridge/latest/userguide/eb-event-patterns.html")  # fmt: skip
NOTICES = f"Developer Tools console User Guide, Notification concepts: {DOCS}/dtconsole/latest/userguide/concepts.html"
SIGN_IN = f"{GUIDE}, Setting up for AWS CodeCommit: {PAGES}setting-up.html"
HELPER = f"{GUIDE}, HTTPS with the AWS CLI credential helper: {PAGES}setting-up-https-unixes.html"
APPROVALS = f"{GUIDE}, Create an approval rule for a pull request: {PAGES}how-to-create-pull-request-approval-rule.html"
REVIEWS = f"{GUIDE}, Review a pull request: {PAGES}how-to-review-pull-request.html"
API = ("AWS CodeCommit API, PutRepositoryTriggers: "
       f"{DOCS}/codecommit/latest/APIReference/API_PutRepositoryTriggers.html")  # fmt: skip

mechanism = Mechanism("codecommit", rules="codecommit", notes="codecommit")
rule, belief = mechanism.rule, mechanism.belief

OK = rule("triggers.valid", "PutRepositoryTriggers replaces all triggers of a repository at once.", API, "10")
BAD = rule("triggers.refused", "One trigger that is wrong refuses the whole set.", API, "trigger-limits")
FIRES = rule("trigger.fires", "A trigger fires for its kinds of event on its branches; without branches, on all.",
             TRIGGERS, "10")  # fmt: skip
SILENT = rule("trigger.silent", "A trigger stays silent for other kinds of event and other branches.", TRIGGERS, "10")
ONLY_REFS = rule("trigger.references-only", "Triggers know references, not pull requests, comments or approvals.",
                 TRIGGERS, "trigger-or-event")  # fmt: skip
POLICY = rule("trigger.lambda-policy", "A function that a trigger calls needs a resource policy for CodeCommit.",
              TRIGGERS, "trigger-lambda")  # fmt: skip
MATCH = rule("event-rule.matches", "EventBridge gives an event to the targets of every rule whose pattern fits.",
             EVENTS, "11")  # fmt: skip
NO_MATCH = rule("event-rule.silent", "A key of the pattern that does not fit is enough to leave the event alone.",
                PATTERNS, "11")  # fmt: skip
NOTICE = rule("notification-rule.matches", "A notification rule tells SNS topics or chats of its event types.",
              NOTICES, "notification-rules")  # fmt: skip
NO_NOTICE = rule("notification-rule.silent", "A notification rule ignores other event types, and all when disabled.",
                 NOTICES, "notification-rules")  # fmt: skip
WORKS = rule("sign-in.works", "IAM users may use any of the four ways to sign in.", SIGN_IN, "06")
TEMPORARY = rule("sign-in.temporary", "Federated users, roles and root have neither Git credentials nor an SSH key.",
                 HELPER, "06")  # fmt: skip
COUNTS = rule("approval.counts", "An approval counts when its giver is in the pool, or when there is no pool.",
              APPROVALS, "approval-rules")  # fmt: skip
NOT_IN_POOL = rule("approval.not-in-pool", "An approval of somebody outside the pool does not count.", APPROVALS,
                   "approval-rules")  # fmt: skip
AUTHOR = rule("approval.author", "The author of a pull request cannot approve it.", REVIEWS, "approval-rules")
SATISFIED = rule("approval.satisfied", "The rule is satisfied when enough approvals count.", APPROVALS,
                 "approval-rules")  # fmt: skip

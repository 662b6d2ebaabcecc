"""AWS CodeCommit: who hears of a push or a pull request, who may sign in how, and when a pull request is approved.

In CodeCommit's order: the triggers of a repository are checked as a set; each event goes to the triggers that know it,
to EventBridge and its rules, and to notification rules. A sign-in depends on the kind of identity; an approval rule
counts the approvals of its pool. (AWS CodeCommit User Guide.)
"""

from dva.aws.service_model import ALL, Request
from dva.simulations.codecommit.codecommit.documents import Given, Repository
from dva.simulations.codecommit.codecommit.engine import initial_state, simulate
from dva.simulations.codecommit.codecommit.rules import mechanism

REQUESTS = mechanism.requests(
    {"/notificationRules/*": Request("codestar_notifications", "CreateNotificationRule", optional=ALL)}
)

SIMULATION = mechanism.simulation(title="AWS CodeCommit: notices, sign-in, approvals", view="grid", given=Given,
                                  outcome=Repository, run=simulate, initial_state=initial_state,
                                  requests=REQUESTS)  # fmt: skip

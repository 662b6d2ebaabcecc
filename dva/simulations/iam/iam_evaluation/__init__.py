"""Is a request allowed where several types of policies meet it, and which of them decides?

In AWS's order (IAM User Guide, Policy evaluation logic): every statement of every policy is examined; a Deny that
applies ends it; then the policies of the organization, the resource policy, the identity policies, the permissions
boundary and the session policy are asked. In one account a resource policy that names the user or the session decides
alone; across accounts both sides must allow; a role's trust policy and a KMS key policy must allow in any case.
The decision is in `dva/aws/policy_types.py`, the matching in `dva/aws/policy.py`, `conditions.py` and `principals.py`.
"""

from dva.simulations.iam.iam_evaluation import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.iam.iam_evaluation.documents import Decision, Given
from dva.simulations.iam.iam_evaluation.engine import evaluate, initial_state
from dva.simulations.iam.iam_evaluation.rules import evaluation

SIMULATION = evaluation.simulation(title="IAM policy evaluation", view="grid", given=Given, outcome=Decision,
                                   run=evaluate, initial_state=initial_state)  # fmt: skip

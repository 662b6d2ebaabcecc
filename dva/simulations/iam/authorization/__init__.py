"""Is a request allowed? IAM's decision over the policies that apply to it, and what AWS tells the caller.

In AWS's order (IAM User Guide, Policy evaluation logic): the request starts denied; every statement is examined;
an explicit Deny that applies ends it; else one Allow that applies is enough; else the implicit deny stays.
With DryRun the service stops there and answers with an error either way. A refused caller of EC2 gets an encoded
message that only `aws sts decode-authorization-message` makes readable.
All policies given count as one set that applies to the principal: one account, no boundary, no session policy.
The matching is in `dva/aws/policy.py` and `dva/aws/conditions.py`.
"""

from dva.simulations.iam.authorization.engine import SIMULATION

__all__ = ["SIMULATION"]

"""Logging in to Amazon ECR, pulling and pushing: the token, then the permissions.

1. `aws ecr get-login-password` asks for a token (ecr:GetAuthorizationToken, allowed by an identity policy alone) and
   `docker login` stores it under the name of one registry. It is valid for 12 hours.
2. `docker pull` and `docker push` present the token of the image's registry: none, or an expired one, ends it.
3. ECR then asks for each action of the pull or push: in the registry's own account an identity policy or the
   repository policy must allow it, from another account both must; an explicit deny in either ends it.
4. The repository must exist: a push creates none (unless the registry has a creation template for CREATE_ON_PUSH,
   which is not modeled here).
"""

from dva.simulations.ecr.ecr_login import beliefs
from dva.simulations.ecr.ecr_login.documents import Attempts, Given
from dva.simulations.ecr.ecr_login.engine import initial_state, run_commands
from dva.simulations.ecr.ecr_login.rules import login

__all__ = ["SIMULATION", "beliefs"]

SIMULATION = login.simulation(
    title="ECR: login, pull and push", view="timeline", unit="s", given=Given, outcome=Attempts, run=run_commands,
    initial_state=initial_state,
)  # fmt: skip

"""Logging in to Amazon ECR, pulling and pushing: the token, then the permissions.

1. `aws ecr get-login-password` asks for a token (ecr:GetAuthorizationToken, allowed by an identity policy alone) and
   `docker login` stores it under the name of one registry. It is valid for 12 hours.
2. `docker pull` and `docker push` present the token of the image's registry: none, or an expired one, ends it.
3. ECR then asks for each action of the pull or push: in the registry's own account an identity policy or the
   repository policy must allow it, from another account both must; an explicit deny in either ends it.
4. The repository must exist: a push creates none (unless the registry has a creation template for CREATE_ON_PUSH,
   which is not modeled here).
"""

from dva.simulations.ecr.ecr_login.engine import SIMULATION

__all__ = ["SIMULATION"]

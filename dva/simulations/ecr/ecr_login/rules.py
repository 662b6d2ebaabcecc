"""The rules of logging in to ECR, where AWS says them, and its documented numbers and names."""

import re

from dva.simulations.frame import Mechanism

login = Mechanism("ecr-login", rules="ecr.login", notes="elastic-container-registry-ecr")
rule = login.rule

GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
IAM = "https://docs.aws.amazon.com/IAM/latest"
AUTH = f"Amazon ECR User Guide, Private registry authentication: {GUIDE}/registry_auth.html"
POLICIES = f"Amazon ECR User Guide, Private repository policies: {GUIDE}/repository-policies.html"
PUSH = f"Amazon ECR User Guide, IAM permissions for pushing an image: {GUIDE}/image-push-iam.html"
REGISTRIES = f"Amazon ECR User Guide, Private registry: {GUIDE}/Registries.html"
ACROSS = (
    "IAM User Guide, Cross-account policy evaluation logic: "
    f"{IAM}/UserGuide/reference_policies_evaluation-logic-cross-account.html"
)
PUBLIC_GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/public"
ECR_PUBLIC = f"Amazon ECR Public User Guide, Pulling an image: {PUBLIC_GUIDE}/docker-pull-ecr-image.html"
PUT_POLICY = f"IAM API Reference, PutRolePolicy: {IAM}/APIReference/API_PutRolePolicy.html"

ASK = rule("token", "A login asks for a token: ecr:GetAuthorizationToken on resource *, which only an identity policy "
           "can allow.", f"{AUTH}; {POLICIES}", "token-permission")  # fmt: skip
ISSUED = rule("issued", "The token is the password of user AWS and is valid for 12 hours.", AUTH, "token", "05")
NO_TOKEN = rule("no-token", "Docker keeps one login for each registry; without one for the image's registry nothing is "
                "pulled or pushed.", AUTH, "06", "one-login-per-registry")  # fmt: skip
EXPIRED = rule("expired", "A token older than 12 hours is refused; using it does not renew it.", AUTH, "token")
VALID = rule("valid", "A token up to 12 hours old is accepted for the registry that it was stored for.", AUTH, "token")
SAME = rule("same-account", "In the account of the registry an identity policy or the repository policy is enough.",
            POLICIES, "03")  # fmt: skip
CROSS = rule("cross-account",
             "From another account the identity policy and the repository policy must both allow the action.", ACROSS,
             "cross-account")  # fmt: skip
DENIED = rule("denied", "An explicit deny in either policy wins over every allow.", POLICIES, "03")
MISSING = rule("repository",
               "The repository has to exist: a pull creates none, and a push only where a creation template says so.",
               PUSH, "push", "create-on-push")  # fmt: skip
DONE = rule("done", "With a valid token and every action allowed, the layers and the manifest are transferred.", PUSH,
            "push", "pull")  # fmt: skip
PUBLIC = rule("public", "Images of ECR Public (public.ecr.aws) can be pulled by anybody, without a login.", ECR_PUBLIC,
              "02")  # fmt: skip
NOT_ECR = rule("registry-name", "A private registry is named ACCOUNT.dkr.ecr.REGION.amazonaws.com, ACCOUNT being the "
               "12 digits of an account.", REGISTRIES, "05")  # fmt: skip
MALFORMED = rule("malformed-policy", "A policy document that IAM cannot read is refused.", PUT_POLICY, "03")

# Documented numbers and names

LIFETIME = 12 * 3600
"""Seconds that a token is valid (AUTH); at exactly this age it still is [assumption]."""
LOGIN_ACTION = "ecr:GetAuthorizationToken"
ACTIONS = {
    "pull": ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
    "push": (
        "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload", "ecr:PutImage",
    ),
}  # fmt: skip
"""What ECR asks for (PUSH), in the order in which a missing one is named."""
PUBLIC_HOST = "public.ecr.aws"
REGISTRY = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
"""The host name of a private registry (REGISTRIES)."""

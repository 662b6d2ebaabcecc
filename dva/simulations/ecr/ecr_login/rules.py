"""The rules of logging in to ECR, and where AWS says them."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
AUTH = f"Amazon ECR User Guide, Private registry authentication: {GUIDE}/registry_auth.html"
POLICIES = f"Amazon ECR User Guide, Private repository policies: {GUIDE}/repository-policies.html"
PUSH = f"Amazon ECR User Guide, IAM permissions for pushing an image: {GUIDE}/image-push-iam.html"

TOPIC = "elastic-container-registry-ecr"

ASK = Rule(
    "ecr.login.token",
    "A login asks for a token: ecr:GetAuthorizationToken on resource *, which only an identity policy can allow.",
    f"{AUTH}; {POLICIES}",
    (f"{TOPIC}.token-permission",),
)
ISSUED = Rule(
    "ecr.login.issued",
    "The token is the password of user AWS and is valid for 12 hours.",
    AUTH,
    (f"{TOPIC}.token", f"{TOPIC}.05"),
)
NO_TOKEN = Rule(
    "ecr.login.no-token",
    "Docker keeps one login for each registry; without one for the image's registry nothing is pulled or pushed.",
    AUTH,
    (f"{TOPIC}.06", f"{TOPIC}.one-login-per-registry"),
)
EXPIRED = Rule(
    "ecr.login.expired",
    "A token older than 12 hours is refused; using it does not renew it.",
    AUTH,
    (f"{TOPIC}.token",),
)
VALID = Rule(
    "ecr.login.valid",
    "A token up to 12 hours old is accepted for the registry that it was stored for.",
    AUTH,
    (f"{TOPIC}.token",),
)
SAME = Rule(
    "ecr.login.same-account",
    "In the account of the registry an identity policy or the repository policy is enough.",
    POLICIES,
    (f"{TOPIC}.03",),
)
CROSS = Rule(
    "ecr.login.cross-account",
    "From another account the identity policy and the repository policy must both allow the action.",
    "IAM User Guide, Cross-account policy evaluation logic: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
    (f"{TOPIC}.cross-account",),
)
DENIED = Rule(
    "ecr.login.denied",
    "An explicit deny in either policy wins over every allow.",
    POLICIES,
    (f"{TOPIC}.03",),
)
MISSING = Rule(
    "ecr.login.repository",
    "The repository has to exist: a pull creates none, and a push only where a creation template says so.",
    PUSH,
    (f"{TOPIC}.push", f"{TOPIC}.create-on-push"),
)
DONE = Rule(
    "ecr.login.done",
    "With a valid token and every action allowed, the layers and the manifest are transferred.",
    PUSH,
    (f"{TOPIC}.push", f"{TOPIC}.pull"),
)
PUBLIC = Rule(
    "ecr.login.public",
    "Images of ECR Public (public.ecr.aws) can be pulled by anybody, without a login.",
    "Amazon ECR Public User Guide, Pulling an image: https://docs.aws.amazon.com/AmazonECR/latest/public/"
    "docker-pull-ecr-image.html",
    (f"{TOPIC}.02",),
)
NOT_ECR = Rule(
    "ecr.login.registry-name",
    "A private registry is named ACCOUNT.dkr.ecr.REGION.amazonaws.com, ACCOUNT being the 12 digits of an account.",
    f"Amazon ECR User Guide, Private registry: {GUIDE}/Registries.html",
    (f"{TOPIC}.05",),
)
MALFORMED = Rule(
    "ecr.login.malformed-policy",
    "A policy document that IAM cannot read is refused.",
    "IAM API Reference, PutRolePolicy: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
    (f"{TOPIC}.03",),
)

RULES = (ASK, ISSUED, NO_TOKEN, EXPIRED, VALID, SAME, CROSS, DENIED, MISSING, DONE, PUBLIC, NOT_ECR, MALFORMED)

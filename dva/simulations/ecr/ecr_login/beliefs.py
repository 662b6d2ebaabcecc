"""What people believe of logging in to ECR instead."""

from dva.aws import policy
from dva.simulations.ecr.ecr_login import engine
from dva.simulations.ecr.ecr_login.engine import Tokens
from dva.simulations.ecr.ecr_login.rules import login

belief = login.belief


@belief(engine.issued_at, "one-login-for-all", "one `docker login` opens every ECR registry",
        "Docker stores the token under one registry's name; each registry needs its own login.",
        "one-login-per-registry")  # fmt: skip
def latest_token(tokens: Tokens, host: str) -> float | None:
    return max(tokens.values(), default=None)


@belief(engine.is_expired, "login-never-expires", "a login lasts until `docker logout`",
        "The token is valid for 12 hours.", "token")  # fmt: skip
def never_expires(age: float) -> bool:
    return False


@belief(engine.is_expired, "token-lasts-an-hour", "the token ends after an hour, as a role session does by default",
        "The token has its own life of 12 hours, whatever session asked for it.", "token")  # fmt: skip
def expires_after_an_hour(age: float) -> bool:
    return age > 3600


@belief(engine.tokens_after_use, "use-renews-the-token", "each pull or push starts the 12 hours anew",
        "The 12 hours count from GetAuthorizationToken; only a new login gives a new token.", "token")  # fmt: skip
def renewed(tokens: Tokens, host: str, now: float) -> Tokens:
    return {**tokens, host: now}


@belief(engine.needs_token, "pull-needs-no-login", "pull and push are independent of the login",
        "They are separate commands, but each presents the token that the login stored.", "06")  # fmt: skip
def no_token_needed(do: str) -> bool:
    return False


@belief(engine.may_get_token, "repository-policy-allows-login",
        "a repository policy can allow ecr:GetAuthorizationToken",
        "The token is not about a repository: its resource is *, and only an identity policy can allow it.",
        "token-permission")  # fmt: skip
def either_policy_gives_token(identity: policy.Decision, repository: policy.Decision) -> bool:
    return identity.allowed or repository.allowed


@belief(engine.may_act, "one-policy-across-accounts", "across accounts, too, one of the two policies is enough",
        "The registry's account must open the repository and the caller's account must allow the caller.",
        "cross-account")  # fmt: skip
def either_policy(identity: bool, repository: bool, same_account: bool) -> bool:
    return identity or repository


@belief(engine.may_act, "both-policies-at-home", "identity policy and repository policy must both allow, always",
        "Within one account either is enough, as long as neither denies.", "03")  # fmt: skip
def both_policies(identity: bool, repository: bool, same_account: bool) -> bool:
    return identity and repository


@belief(
    engine.repository_exists, "push-creates-repository", "a push creates a repository that does not exist",
    "It has to be created first (`aws ecr create-repository`), unless a creation template for CREATE_ON_PUSH covers "
    "its name.",
    "push",
)  # fmt: skip
def push_creates(do: str, repository: str, repositories: list[str] | None) -> bool:
    return do == "push" or engine.repository_exists(do, repository, repositories)

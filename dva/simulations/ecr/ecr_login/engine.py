"""Logging in to Amazon ECR, pulling and pushing: the token, then the permissions.

1. `aws ecr get-login-password` asks for a token (ecr:GetAuthorizationToken, allowed by an identity policy alone) and
   `docker login` stores it under the name of one registry. It is valid for 12 hours.
2. `docker pull` and `docker push` present the token of the image's registry: none, or an expired one, ends it.
3. ECR then asks for each action of the pull or push: in the registry's own account an identity policy or the
   repository policy must allow it, from another account both must; an explicit deny in either ends it.
4. The repository must exist: a push creates none (unless the registry has a creation template for CREATE_ON_PUSH,
   which is not asked for here).
The rules stand in `_rules.py`, what is read in `_commands.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dva.aws import policy
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer
from dva.simulations.ecr.ecr_login import _rules as rules
from dva.simulations.ecr.ecr_login._commands import Command, Given, commands

TOPIC = rules.TOPIC
LIFETIME = 12 * 3600
"""Seconds that a token is valid; at exactly this age it still is [convention]."""

LOGIN = "ecr:GetAuthorizationToken"
ACTIONS = {
    "pull": ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
    "push": (
        "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload", "ecr:PutImage",
    ),
}  # fmt: skip
"""What ECR asks for, in the order in which a missing one is named."""

# -- the rule functions that beliefs replace -------------------------------------------------------------------------

Tokens = dict[str, float]
"""Host of a registry → when its token was issued, seconds."""


def issued_at(tokens: Tokens, host: str) -> float | None:
    """When the token for this registry was issued; None without one."""
    return tokens.get(host)


def expired(age: float) -> bool:
    """Whether a token of this age (seconds) is refused."""
    return age > LIFETIME


def after_use(tokens: Tokens, host: str, now: float) -> Tokens:
    """Using a token changes nothing about it."""
    return tokens


def needs_token(do: str) -> bool:
    """Every pull and push presents a token."""
    return True


def may_ask(identity: policy.Decision, repository: policy.Decision) -> bool:
    """A token: the identity policy alone decides."""
    return identity.allowed


def may_act(identity: bool, repository: bool, same_account: bool) -> bool:
    """In the registry's own account one of the two is enough, from another both are needed."""
    return identity or repository if same_account else identity and repository


def exists(do: str, repository: str, repositories: list[str] | None) -> bool:
    """Whether the repository is there."""
    return repositories is None or repository in repositories


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    issued_at: Callable[[Tokens, str], float | None] = issued_at
    expired: Callable[[float], bool] = expired
    after_use: Callable[[Tokens, str, float], Tokens] = after_use
    needs_token: Callable[[str], bool] = needs_token
    may_ask: Callable[[policy.Decision, policy.Decision], bool] = may_ask
    may_act: Callable[[bool, bool, bool], bool] = may_act
    exists: Callable[[str, str, list[str] | None], bool] = exists


# -- the mechanism ---------------------------------------------------------------------------------------------------


def play(given: Given, trace: Tracer, how: How) -> None:
    todo = commands(given)
    run = Run(given, read(given.principal_policy), read(given.repository_policy), trace, how)
    if not todo:
        run.trace.step(rules.DONE, "no steps", changes={"/outcome/status": "ok"})
    for command in todo:
        run.play(command)


WRAPPERS = ("PolicyVersion", "Document", "PolicyDocument", "policyText")


def read(document: dict[str, Any] | str | None) -> list[policy.Policy]:
    """A policy, or none; the answers of get-role-policy, get-policy-version and get-repository-policy are unwrapped."""
    for name in WRAPPERS:
        if isinstance(document, dict) and "Statement" not in document:
            document = document.get(name, document)
    try:
        return [policy.parse(document)] if document else []
    except policy.PolicyError as problem:
        raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message, status="failed") from None


@dataclass
class Run:
    """The commands of one shell, with the logins that docker has stored so far."""

    given: Given
    identity: list[policy.Policy]
    repository: list[policy.Policy]
    trace: Tracer
    how: How

    def __post_init__(self) -> None:
        self.tokens: Tokens = {}

    def play(self, command: Command) -> None:
        """One command, up to what ends it."""
        if command.registry.account is None:
            return self.elsewhere(command)
        return self.login(command) if command.do == "login" else self.transfer(command)

    def elsewhere(self, command: Command) -> None:
        """A host that is no private registry of ECR."""
        host = command.registry.host
        if host == "public.ecr.aws" and command.do == "pull":
            return self.end(command, rules.PUBLIC, None, f"{host} asks nobody for a login")
        return self.end(command, rules.NOT_ECR, "not a private registry of ECR", f"{host} is not such a name")

    def login(self, command: Command) -> None:
        """Ask for a token, and store it under the registry's name."""
        identity, repository = self.asked(command, LOGIN, "*")
        said = f"the identity policy {told(identity)}"
        if identity.effect == "explicitDeny":
            return self.end(command, rules.DENIED, f"{LOGIN} explicitly denied", said)
        if not self.how.may_ask(identity, repository):
            return self.end(command, rules.ASK, f"{LOGIN} not allowed", said)
        self.trace.step(rules.ASK, f"{LOGIN} is allowed", f"{rules.ASK.says} Here: {said}.", at=command.at)
        self.tokens[command.registry.host] = command.at
        return self.end(command, rules.ISSUED, None, f"from {command.when}, for {command.registry.host}")

    def transfer(self, command: Command) -> None:
        """Pull or push: the token, the actions, the repository."""
        if self.how.needs_token(command.do) and not self.accepted(command):
            return None
        for action in ACTIONS[command.do]:
            if not self.allowed(command, action):
                return None
        name = command.repository
        if not self.how.exists(command.do, name, self.given.names):
            return self.end(command, rules.MISSING, "repository does not exist", f"there is no repository {name}")
        return self.end(command, rules.DONE, None, f"{command.registry.host}/{name}")

    def accepted(self, command: Command) -> bool:
        """Whether docker has a token for the registry that is still valid."""
        host = command.registry.host
        issued = self.how.issued_at(self.tokens, host)
        if issued is None:
            known = ", ".join(self.tokens) or "no registry"
            self.end(command, rules.NO_TOKEN, "no token for this registry", f"docker has logins for {known}")
            return False
        age = command.at - issued
        if self.how.expired(age):
            self.end(command, rules.EXPIRED, "token expired (12 h)", f"it is {clock(age)} old")
            return False
        self.trace.step(rules.VALID, f"The token is {clock(age)} old", rules.VALID.says, at=command.at)
        self.tokens = self.how.after_use(self.tokens, host, command.at)
        return True

    def allowed(self, command: Command, action: str) -> bool:
        """One action: identity policy, repository policy, and whose account it is."""
        resource = command.registry.repository(command.repository)
        identity, repository = self.asked(command, action, resource)
        both = f"the identity policy {told(identity)}, the repository policy {told(repository)}"
        if "explicitDeny" in (identity.effect, repository.effect):
            self.end(command, rules.DENIED, f"{action} explicitly denied", both)
            return False
        same = self.account(command) == command.registry.account
        rule = rules.SAME if same else rules.CROSS
        if not self.how.may_act(identity.allowed, repository.allowed, same):
            self.end(command, rule, f"{action} not allowed", both)
            return False
        title = f"{action} is allowed on {command.repository}"
        self.trace.step(rule, title, f"{rule.says} Here: {both}.", at=command.at)
        return True

    def account(self, command: Command) -> str | None:
        """The caller's account."""
        named = (self.given.principal or "").split(":")
        return self.given.account or (named[4] if len(named) > 5 else None) or command.registry.account

    def asked(self, command: Command, action: str, resource: str) -> tuple[policy.Decision, policy.Decision]:
        """What the identity policy and the repository policy say."""
        account = self.account(command)
        principal = self.given.principal or f"arn:aws:iam::{account}:root"
        opened = self.repository if self.given.principal else [anybody_in(account, p) for p in self.repository]
        request = policy.Request(principal, action, resource)
        return policy.evaluate(self.identity, request), policy.evaluate(opened, request)

    def end(self, command: Command, rule: Rule, reason: str | None, why: str) -> None:
        """What the command came to."""
        ok = reason is None
        failed = not ok or self.trace.outcome["status"] == "failed"
        changes: dict[str, Any] = {
            "/outcome/attempts/-": {"ok": ok, "reason": reason},
            "/outcome/status": "failed" if failed else "ok",
        }
        if self.trace.recording:
            changes |= self.drawn(command, rule, reason)
        what = f"{command.do} {command.repository or command.registry.host}"
        self.trace.step(rule, f"{what}: {reason or 'ok'}", f"{rule.says} Here: {why}.", at=command.at, changes=changes)

    def drawn(self, command: Command, rule: Rule, reason: str | None) -> dict[str, Any]:
        """The event, and on a login the life of the token."""
        host = command.registry.host
        changes: dict[str, Any] = {"/state/events/-": [command.at, f"{command.do}: {reason or 'ok'}"]}
        if rule is rules.ISSUED:
            series = self.trace.document["state"]["series"][host]
            lived = [point for point in series if point[0] < command.at]
            ahead = [[command.at, "valid"], [command.at + LIFETIME + 1, "expired"]]
            changes[pointer("state", "series", host)] = [*lived, *ahead]
        return changes


def anybody_in(account: str | None, document: policy.Policy) -> policy.Policy:
    """The policy with every principal of the account widened to the account.

    Where no principal is given, the caller is taken to be the one that the policy names [convention].
    """

    def widened(kind: str, value: str) -> tuple[str, str]:
        mine = kind == "AWS" and value.startswith("arn:") and f"::{account}:" in value
        return kind, f"arn:aws:iam::{account}:root" if mine else value

    statements = tuple(
        replace(s, principals=s.principals and tuple(widened(*pair) for pair in s.principals))
        for s in document.statements
    )
    return replace(document, statements=statements)


def told(decision: policy.Decision) -> str:
    """What the policies say, and which statement says it."""
    if decision.effect == "implicitDeny":
        return "says nothing about it"
    names = ", ".join(str(finding.name) for finding in decision.deciding)
    return f"{'denies' if decision.effect == 'explicitDeny' else 'allows'} it (statement {names})"


def clock(age: float) -> str:
    """An age as h:mm:ss."""
    whole = int(age)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def start(given: Given) -> dict[str, Any]:
    """One line a registry: without a token, valid, expired."""
    hosts = dict.fromkeys(c.registry.host for c in commands(given) if c.registry.account)
    return {"series": {host: [[0, "no token"]] for host in hosts}, "events": []}


# -- beliefs ---------------------------------------------------------------------------------------------------------


def any_login(tokens: Tokens, host: str) -> float | None:
    """Believed: one login opens every registry."""
    return max(tokens.values(), default=None)


def never(age: float) -> bool:
    """Believed: a login lasts until logout."""
    return False


def after_an_hour(age: float) -> bool:
    """Believed: the token lives as long as a role session does by default, one hour."""
    return age > 3600


def renewed(tokens: Tokens, host: str, now: float) -> Tokens:
    """Believed: each use starts the 12 hours anew."""
    return {**tokens, host: now}


def no_token_needed(do: str) -> bool:
    """Believed: pull and push work by IAM alone, whatever docker is logged in to."""
    return False


def either_policy_asks(identity: policy.Decision, repository: policy.Decision) -> bool:
    """Believed: the repository policy can allow the login too."""
    return identity.allowed or repository.allowed


def identity_is_enough(identity: bool, repository: bool, same_account: bool) -> bool:
    """Believed: across accounts either policy is enough, as at home."""
    return identity or repository


def both_policies(identity: bool, repository: bool, same_account: bool) -> bool:
    """Believed: at home too both policies must allow."""
    return identity and repository


def push_creates(do: str, repository: str, repositories: list[str] | None) -> bool:
    """Believed: a push creates the repository."""
    return do == "push" or exists(do, repository, repositories)


SIMULATION = Simulation(
    name="ecr-login",
    title="ECR: login, pull and push",
    view="timeline",
    rules=rules.RULES,
    beliefs=(
        Belief(
            "one-login-for-all", "one `docker login` opens every ECR registry",
            "Docker stores the token under one registry's name; each registry needs its own login.",
            "issued_at", any_login, (f"{TOPIC}.one-login-per-registry",),
        ),
        Belief(
            "login-never-expires", "a login lasts until `docker logout`",
            "The token is valid for 12 hours.",
            "expired", never, (f"{TOPIC}.token",),
        ),
        Belief(
            "token-lasts-an-hour", "the token ends after an hour, as a role session does by default",
            "The token has its own life of 12 hours, whatever session asked for it.",
            "expired", after_an_hour, (f"{TOPIC}.token",),
        ),
        Belief(
            "use-renews-the-token", "each pull or push starts the 12 hours anew",
            "The 12 hours count from GetAuthorizationToken; only a new login gives a new token.",
            "after_use", renewed, (f"{TOPIC}.token",),
        ),
        Belief(
            "pull-needs-no-login", "pull and push are independent of the login",
            "They are separate commands, but each presents the token that the login stored.",
            "needs_token", no_token_needed, (f"{TOPIC}.06",),
        ),
        Belief(
            "repository-policy-allows-login", "a repository policy can allow ecr:GetAuthorizationToken",
            "The token is not about a repository: its resource is *, and only an identity policy can allow it.",
            "may_ask", either_policy_asks, (f"{TOPIC}.token-permission",),
        ),
        Belief(
            "one-policy-across-accounts", "across accounts, too, one of the two policies is enough",
            "The registry's account must open the repository and the caller's account must allow the caller.",
            "may_act", identity_is_enough, (f"{TOPIC}.cross-account",),
        ),
        Belief(
            "both-policies-at-home", "identity policy and repository policy must both allow, always",
            "Within one account either is enough, as long as neither denies.",
            "may_act", both_policies, (f"{TOPIC}.03",),
        ),
        Belief(
            "push-creates-repository", "a push creates a repository that does not exist",
            "It has to be created first (`aws ecr create-repository`), unless a creation template for "
            "CREATE_ON_PUSH covers its name.",
            "exists", push_creates, (f"{TOPIC}.push",),
        ),
    ),
    given=Given,
    outcome={"attempts": []},
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
    unit="s",
)  # fmt: skip

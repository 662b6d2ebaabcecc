"""The commands of one shell against ECR: the token, then the permissions, then the repository."""

from dataclasses import replace
from typing import Any

from dva.aws import policy
from dva.simulations.ecr.ecr_login import rules
from dva.simulations.ecr.ecr_login.documents import Attempts, Command, Given, commands
from dva.simulations.frame import Append, Draw, Refused, Run, State
from dva.trace import Place, Rule

WRAPPERS = ("PolicyVersion", "Document", "PolicyDocument", "policyText")
Tokens = dict[str, float]
"""Host of a registry → when its token was issued, seconds."""


def run_commands(given: Given, run: Run) -> None:
    """Run one command after the other."""
    todo, shell = commands(given), Shell(given, run)
    if not todo:
        run.step(rules.DONE, "no steps", status="ok")
    for command in todo:
        shell.execute(command)


def read_policy(document: dict[str, Any] | str | None) -> list[policy.Policy]:
    """Return the policy, if any; the answers of get-role-policy, get-policy-version and the like are unwrapped."""
    for name in WRAPPERS:
        if isinstance(document, dict) and "Statement" not in document:
            document = document.get(name, document)
    try:
        return [policy.parse(document)] if document else []
    except policy.PolicyError as problem:
        raise Refused(rules.MALFORMED, "MalformedPolicyDocument", problem.message, status="failed") from None


class Shell:
    """A shell, with the logins that docker has stored so far."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.identity, self.repository = read_policy(given.principal_policy), read_policy(given.repository_policy)
        for name, document in (("principal", given.principal_policy), ("repository", given.repository_policy)):
            run.not_read(policy.not_read(document or [], f"/{name}Policy"))
        self.tokens: Tokens = {}
        self.lifetimes: dict[str, list[tuple[float, str]]] = {}
        """Host of a registry → points [second, state of its token] as drawn."""

    def execute(self, command: Command) -> None:
        """Run one command, up to what ends it."""
        host = command.registry.host
        if command.registry.account is not None:
            self._login(command) if command.do == "login" else self._transfer(command)
        elif host == rules.PUBLIC_HOST and command.do == "pull":
            self._end(command, rules.PUBLIC, None, f"{host} asks nobody for a login.")
        else:
            self._end(command, rules.NOT_ECR, "not a private registry of ECR", f"{host} is not such a name.")

    def _login(self, command: Command) -> bool:
        """Get a token, and store it under the registry's name."""
        action, host = rules.LOGIN_ACTION, command.registry.host
        identity, repository = self._evaluate(command, action, "*")
        why = f"The identity policy {decision_text(identity)}."
        if identity.effect == "explicitDeny":
            return self._end(command, rules.DENIED, f"{action} explicitly denied", why)
        if not self.run.using(may_get_token)(identity, repository):
            return self._end(command, rules.ASK, f"{action} not allowed", why)
        self.run.step(rules.ASK, f"{action} is allowed", why, at=command.at)
        self.tokens[host] = command.at
        lived = [point for point in self.lifetimes.get(host, [(0, "no token")]) if point[0] < command.at]
        self.lifetimes[host] = [*lived, (command.at, "valid"), (command.at + rules.LIFETIME + 1, "expired")]
        drawn: dict[Place, object] = {("series", host): [list(point) for point in self.lifetimes[host]]}
        return self._end(command, rules.ISSUED, None, f"From {command.when}, for {host}.", drawn)

    def _transfer(self, command: Command) -> bool:
        """Pull or push: the token, the actions, the repository."""
        if self.run.using(needs_token)(command.do) and not self._token_accepted(command):
            return False
        if not all(self._allowed(command, action) for action in rules.ACTIONS[command.do]):
            return False
        name = command.repository
        if self.run.using(repository_exists)(command.do, name, self.given.names):
            return self._end(command, rules.DONE, None, f"The repository is {command.registry.host}/{name}.")
        return self._end(command, rules.MISSING, "repository does not exist", f"There is no repository {name}.")

    def _token_accepted(self, command: Command) -> bool:
        """Return whether docker has a token for the registry that is still valid."""
        host = command.registry.host
        issued = self.run.using(issued_at)(self.tokens, host)
        if issued is None:
            known = ", ".join(self.tokens) or "no registry"
            return self._end(command, rules.NO_TOKEN, "no token for this registry", f"Docker has logins for {known}.")
        age = command.at - issued
        if self.run.using(is_expired)(age):
            return self._end(command, rules.EXPIRED, "token expired (12 h)", f"It is {format_age(age)} old.")
        self.run.step(rules.VALID, f"The token is {format_age(age)} old", at=command.at)
        self.tokens = self.run.using(tokens_after_use)(self.tokens, host, command.at)
        return True

    def _allowed(self, command: Command, action: str) -> bool:
        """Return whether an action is allowed: by which policies, depends on whose account it is."""
        identity, repository = self._evaluate(command, action, command.registry.repository(command.repository))
        why = f"The identity policy {decision_text(identity)}, the repository policy {decision_text(repository)}."
        if "explicitDeny" in (identity.effect, repository.effect):
            return self._end(command, rules.DENIED, f"{action} explicitly denied", why)
        same = self._account(command) == command.registry.account
        by = rules.SAME if same else rules.CROSS
        if not self.run.using(may_act)(identity.allowed, repository.allowed, same):
            return self._end(command, by, f"{action} not allowed", why)
        self.run.step(by, f"{action} is allowed on {command.repository}", why, at=command.at)
        return True

    def _account(self, command: Command) -> str | None:
        """Return the caller's account."""
        parts = (self.given.principal or "").split(":")
        return self.given.account or (parts[4] if len(parts) > 5 else None) or command.registry.account

    def _evaluate(self, command: Command, action: str, resource: str) -> tuple[policy.Decision, policy.Decision]:
        """Return what the identity policy and the repository policy say."""
        account = self._account(command)
        principal = self.given.principal or f"arn:aws:iam::{account}:root"
        opened = self.repository if self.given.principal else [open_to_account(account, p) for p in self.repository]
        request = policy.Request(principal, action, resource)
        return policy.evaluate(self.identity, request), policy.evaluate(opened, request)

    def _end(self, command: Command, rule: Rule, reason: str | None, why: str, drawn: Draw | None = None) -> bool:
        """Record the result of a command, and return whether it succeeded."""
        ok = reason is None
        failed = not ok or self.run.outcome["status"] == "failed"
        self.run.step(rule, f"{command.do} {command.repository or command.registry.host}: {reason or 'ok'}", why,
                      at=command.at,
                      draw={("events", "-"): [command.at, f"{command.do}: {reason or 'ok'}"], **(drawn or {})},
                      status="failed" if failed else "ok", attempts=Append({"ok": ok, "reason": reason}))  # fmt: skip
        return ok


def open_to_account(account: str | None, document: policy.Policy) -> policy.Policy:
    """Return the policy with every principal of the account widened to the account.

    Where no principal is given, the caller is taken to be the one that the policy names [assumption].
    """

    def widened(kind: str, value: str) -> tuple[str, str]:
        mine = kind == "AWS" and value.startswith("arn:") and f"::{account}:" in value
        return kind, f"arn:aws:iam::{account}:root" if mine else value

    statements = tuple(
        replace(s, principals=s.principals and tuple(widened(*pair) for pair in s.principals))
        for s in document.statements
    )
    return replace(document, statements=statements)


def decision_text(decision: policy.Decision) -> str:
    """Return what the policies say, and which statement says it."""
    if decision.effect == "implicitDeny":
        return "says nothing about it"
    names = ", ".join(str(finding.name) for finding in decision.deciding)
    return f"{'denies' if decision.effect == 'explicitDeny' else 'allows'} it (statement {names})"


def format_age(age: float) -> str:
    """Return an age as h:mm:ss."""
    seconds = int(age)
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def initial_state(given: Given) -> State:
    """Return one line a registry: without a token, valid, expired."""
    hosts = dict.fromkeys(command.registry.host for command in commands(given) if command.registry.account)
    return {"series": {host: [[0, "no token"]] for host in hosts}, "events": []}


# The rule functions that beliefs replace


def issued_at(tokens: Tokens, host: str) -> float | None:
    """Return when the token for this registry was issued; None without one."""
    return tokens.get(host)


def is_expired(age: float) -> bool:
    """Return whether a token of this age (seconds) is refused."""
    return age > rules.LIFETIME


def tokens_after_use(tokens: Tokens, host: str, now: float) -> Tokens:
    """Return the tokens after one was used, which changes nothing about it."""
    return tokens


def needs_token(do: str) -> bool:
    """Return whether the command presents a token: every pull and push does."""
    return True


def may_get_token(identity: policy.Decision, repository: policy.Decision) -> bool:
    """Return whether the caller gets a token: the identity policy alone decides."""
    return identity.allowed


def may_act(identity: bool, repository: bool, same_account: bool) -> bool:
    """Return whether an action is allowed: in the registry's account by either policy, from another by both."""
    return identity or repository if same_account else identity and repository


def repository_exists(do: str, repository: str, repositories: list[str] | None) -> bool:
    """Return whether the repository exists."""
    return repositories is None or repository in repositories


# What people believe instead

belief = rules.login.belief

belief(issued_at, "one-login-for-all", "one `docker login` opens every ECR registry",
       "Docker stores the token under one registry's name; each registry needs its own login.",
       "one-login-per-registry")(lambda tokens, host: max(tokens.values(), default=None))  # fmt: skip

belief(is_expired, "login-never-expires", "a login lasts until `docker logout`", "The token is valid for 12 hours.",
       "token")(lambda age: False)  # fmt: skip

belief(is_expired, "token-lasts-an-hour", "the token ends after an hour, as a role session does by default",
       "The token has its own life of 12 hours, whatever session asked for it.",
       "token")(lambda age: age > 3600)  # fmt: skip

belief(tokens_after_use, "use-renews-the-token", "each pull or push starts the 12 hours anew",
       "The 12 hours count from GetAuthorizationToken; only a new login gives a new token.",
       "token")(lambda tokens, host, now: {**tokens, host: now})  # fmt: skip

belief(needs_token, "pull-needs-no-login", "pull and push are independent of the login",
       "They are separate commands, but each presents the token that the login stored.",
       "06")(lambda do: False)  # fmt: skip

belief(may_get_token, "repository-policy-allows-login", "a repository policy can allow ecr:GetAuthorizationToken",
       "The token is not about a repository: its resource is *, and only an identity policy can allow it.",
       "token-permission")(lambda identity, repository: identity.allowed or repository.allowed)  # fmt: skip

belief(may_act, "one-policy-across-accounts", "across accounts, too, one of the two policies is enough",
       "The registry's account must open the repository and the caller's account must allow the caller.",
       "cross-account")(lambda identity, repository, same_account: identity or repository)  # fmt: skip

belief(may_act, "both-policies-at-home", "identity policy and repository policy must both allow, always",
       "Within one account either is enough, as long as neither denies.",
       "03")(lambda identity, repository, same_account: identity and repository)  # fmt: skip


@belief(repository_exists, "push-creates-repository", "a push creates a repository that does not exist",
        "It has to be created first (`aws ecr create-repository`), unless a creation template for CREATE_ON_PUSH "
        "covers its name.", "push")  # fmt: skip
def push_creates(do: str, repository: str, repositories: list[str] | None) -> bool:
    return do == "push" or repository_exists(do, repository, repositories)


SIMULATION = rules.login.simulation(title="ECR: login, pull and push", view="timeline", unit="s", given=Given,
                                    outcome=Attempts, run=run_commands, initial_state=initial_state)  # fmt: skip

"""Blue/green with AWS Elastic Beanstalk: two environments, one name, and who answers it at each moment.

In Elastic Beanstalk's order: a second environment, the new version deployed and tested there, the swap of the two
CNAMEs, the wait until old DNS records have expired, and only then the end of the old environment. Weighted records of
Route 53 on a domain of one's own send a share to each. (Developer Guide, "Blue/Green deployments".)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Count, read_settings

GUIDE = "AWS Elastic Beanstalk Developer Guide, "
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
SWAPPING = f"{GUIDE}Blue/Green deployments with Elastic Beanstalk: {URL}using-features.CNAMESwap.html"
CLONING = f"{GUIDE}Cloning an environment: {URL}using-features.managing.clone.html"
DOMAINS = f"{GUIDE}Your environment's domain name: {URL}customdomains.html"
WEIGHTS = "Amazon Route 53 Developer Guide, Weighted routing: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html"
API = "AWS Elastic Beanstalk API, CreateEnvironment: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_CreateEnvironment.html"
TERMINATING = f"{GUIDE}Terminate an Elastic Beanstalk environment: {URL}using-features.terminating.html"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    full = tuple(f"elastic-beanstalk-deployment.{note}" for note in notes)
    return Rule(f"beanstalk.bluegreen.{name}", says, source, full, convention)


BEGIN = _rule(
    "begin", "The first environment listed answers the production name.",
    "dva's reading of the list; AWS has no such input", "13", convention=True,
)  # fmt: skip
CREATE = _rule("create", "The second environment is cloned or created; it runs, and costs, beside the first.", CLONING,
               "13")  # fmt: skip
TAKEN = _rule("taken", "Names of environments and their CNAMEs are unique.", API, "13")
DEPLOY = _rule("deploy", "The new version is deployed to the environment that is not in production.", SWAPPING, "13")
TEST = _rule("test", "The new version is tested under its environment's own name.", SWAPPING, "14")
EMPTY = _rule("empty", "An environment without a deployed version is not swapped into production.", SWAPPING, "16")
SWAP = _rule("swap", "The two environments exchange their CNAMEs; versions and instances stay where they are.",
             SWAPPING, "16")  # fmt: skip
WAIT = _rule("wait", "Resolvers keep the old record until it expires, some of them longer than its TTL.", SWAPPING,
             "dns-wait")  # fmt: skip
TOO_SOON = _rule("tooSoon", "The old environment must stay until the old DNS records have expired.", SWAPPING,
                 "dns-wait")  # fmt: skip
PRODUCTION = _rule("production", "Terminating the environment behind the production name takes production down.",
                   TERMINATING, "16")  # fmt: skip
DATABASE = _rule("database", "A database inside the environment goes with it; blue/green needs it outside.", SWAPPING,
                 "database-outside")  # fmt: skip
TERMINATE = _rule("terminate", "A terminated environment gives up its instances and its CNAME.", TERMINATING, "16",
                  "dns-wait")  # fmt: skip
SHARES = _rule("shares", "Weighted records send each environment its weight divided by the sum of the weights.",
               WEIGHTS, "15")  # fmt: skip
UNKNOWN = _rule("missing", "A step needs its environments to exist.", SWAPPING, "13")
DONE = _rule("done", "At the end the production name answers with the version of the environment it points at.",
             SWAPPING, "12", "16")  # fmt: skip

RULES = (
    BEGIN, CREATE, TAKEN, DEPLOY, TEST, EMPTY, SWAP, WAIT, TOO_SOON, PRODUCTION, DATABASE, TERMINATE, SHARES, UNKNOWN,
    DONE,
)  # fmt: skip

WORDS = {
    "create": "create", "create environment": "create", "clone": "create", "clone environment": "create",
    "deploy": "deploy", "test": "test", "swap": "swap", "swap cnames": "swap", "swap urls": "swap",
    "swap url": "swap", "wait_dns": "wait", "wait dns": "wait", "wait for dns": "wait", "wait": "wait",
    "terminate": "terminate", "terminate environment": "terminate",
}  # fmt: skip


class Environment(AwsDocument, rename=None):
    CNAMEPrefix: str | None = None
    VersionLabel: str | None = None
    instances: Count | None = None
    option_settings: Any = None


class Step(StrictStruct, rename=None):
    do: str
    environment: str | None = None
    VersionLabel: str | None = None


class Given(StrictStruct, rename=None):
    environments: Annotated[dict[str, Environment], Meta(min_length=1)]
    steps: list[str | Step]
    route53: dict[str, float] = {}


def shares_of(weights: dict[str, float]) -> dict[str, float]:
    """Per cent of the requests: weight by sum of weights; all alike where every weight is 0."""
    total = sum(weights.values())
    exact = {name: (weight / total if total else 1 / len(weights)) * 100 for name, weight in weights.items()}
    return {name: int(share) if share == int(share) else round(share, 2) for name, share in exact.items()}


def exchanged(one: str, other: str) -> tuple[str, str]:
    """The CNAMEs after a swap."""
    return other, one


def must_wait(waited: bool) -> bool:
    """Whether old DNS records may still lead to the old environment."""
    return not waited


def runs_beside(wanted: int) -> int:
    """Instances of the second environment."""
    return wanted


def changes_dns(swapped: bool, weighted: bool) -> bool:
    """Whether clients have to resolve the name again."""
    return swapped or weighted


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    shares_of: Callable[[dict[str, float]], dict[str, float]] = shares_of
    exchanged: Callable[[str, str], tuple[str, str]] = exchanged
    must_wait: Callable[[bool], bool] = must_wait
    runs_beside: Callable[[int], int] = runs_beside
    changes_dns: Callable[[bool, bool], bool] = changes_dns


@dataclass
class Running:
    """An environment as it runs."""

    cname: str
    version: str | None
    instances: int
    wanted: str | None
    database: str | None = None


@dataclass
class Action:
    """A step as it is understood: its number, its words, what is done to which environment."""

    number: int
    words: str
    kind: str
    environment: str | None
    version: str | None = None
    shown: Any = field(default=None)


def start(given: Given) -> dict[str, Any]:
    production = next(iter(given.environments))
    lanes: dict[str, Any] = {"production name": [[0, None, production]]}
    first = given.environments[production]
    return {"lanes": lanes | {production: [[0, None, f"{first.VersionLabel or 'no version'}, production"]]}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """The steps, until one must not be taken."""
    swap = Swap(given, trace, how)
    actions = [swap.understood(number, step) for number, step in enumerate(given.steps, 1)]
    swap.begin(created={action.environment or swap.second for action in actions if action.kind == "create"})
    if given.route53:
        swap.weigh(given.route53)
    for action in actions:
        if not swap.take(action):
            return
    swap.done()


class Swap:
    """The environments, the names, and what has happened."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.names = list(given.environments)
        self.production = given.environments[self.names[0]].CNAMEPrefix or self.names[0]
        self.second = self.names[1] if len(self.names) > 1 else None
        self.running: dict[str, Running] = {}
        self.swapped, self.waited, self.now = False, True, 0
        self.lanes: dict[str, tuple[int, str]] = {}

    @property
    def owner(self) -> str | None:
        """The environment that the production name points at."""
        return next((name for name, it in self.running.items() if it.cname == self.production), None)

    def understood(self, number: int, step: str | Step) -> Action:
        """A step's words: an action, perhaps an environment and a version."""
        place = pointer("steps", number - 1)
        if isinstance(step, Step):
            kind = WORDS.get(step.do.lower())
            if kind is None:
                raise GivenError(f"`{step.do}` is no step", pointer=f"{place}/do", hint=_hint())
            made = self.made(kind, step.do, [step.environment] if step.environment else [])
            return self._known(Action(number, step.do, kind, made, step.VersionLabel, number), place)
        for words in sorted(WORDS, key=len, reverse=True):
            found = re.fullmatch(rf"{re.escape(words)}(?:\s+(.*))?", step.strip(), re.IGNORECASE)
            if found:
                rest = (found[1] or "").split()
                version = next((word for word in rest if word not in self.names), None)
                kind = WORDS[words]
                environment = self.made(kind, words, [word for word in rest if word in self.names])
                if version and kind != "deploy":
                    environment, version = version, None
                return self._known(Action(number, step, kind, environment, version, step), place)
        raise GivenError(f"`{step}` is no step", pointer=place, hint=_hint())

    def made(self, kind: str, words: str, named: list[str]) -> str | None:
        """The environment that a step acts on: a clone of the first makes another, a swap takes its partner last."""
        if kind == "swap":
            return named[-1] if named else None
        if words.lower().startswith("clone") and named[:1] == self.names[:1]:
            return named[1] if len(named) > 1 else self.second
        return named[0] if named else None

    def _known(self, action: Action, place: str) -> Action:
        if action.environment is not None and action.environment not in self.names:
            raise GivenError(f"there is no environment `{action.environment}`", pointer=place)
        return action

    def begin(self, created: set[str | None]) -> None:
        """What runs before the first step."""
        for name, written in self.given.environments.items():
            if name == self.names[0] or name not in created:
                self.launch(name, written, deployed=name == self.names[0])
        serving = self.running[self.names[0]].instances
        paid = sum(it.instances for it in self.running.values())
        changes = {"/outcome/max_instances": paid, "/outcome/min_in_service": serving, "/outcome/cname": self.cnames()}
        title = f"{self.names[0]} answers the name {self.production}"
        self.trace.step(BEGIN, title, BEGIN.says, at=0, changes=changes | self.draw())

    def launch(self, name: str, written: Environment, deployed: bool) -> None:
        """An environment starts to run."""
        instances = written.instances or self.given.environments[self.names[0]].instances or 1
        if name != self.names[0]:
            instances = self.how.runs_beside(instances)
        version = written.VersionLabel if deployed else None
        settings = read_settings(written.option_settings, pointer("environments", name, "option_settings"))
        coupled = any(namespace == beanstalk.RDS for namespace, _ in settings)
        if settings.get((beanstalk.RDS, "HasCoupledDatabase"), "true").lower() == "false":
            coupled = False
        policy = beanstalk.effective(settings, beanstalk.RDS, "DBDeletionPolicy")
        self.running[name] = Running(
            written.CNAMEPrefix or name, version, instances, written.VersionLabel, policy if coupled else None
        )

    def weigh(self, weights: dict[str, float]) -> None:
        """Weighted records of Route 53."""
        named = {self.weighed(name): weight for name, weight in weights.items()}
        for name, weight in named.items():
            if name not in self.names:
                raise GivenError(f"there is no environment `{name}`", pointer=pointer("route53", name))
            if not 0 <= weight <= 255:
                raise GivenError("a weight is between 0 and 255", pointer=pointer("route53", name))
        shares = self.how.shares_of(named)
        told = ", ".join(f"{name} {share:g} %" for name, share in shares.items())
        changes = {"/outcome/shares": shares, "/outcome/dns_change": self.how.changes_dns(False, True)}
        self.trace.step(SHARES, f"Requests to your own domain: {told}", SHARES.says, at=self.now, changes=changes)

    def weighed(self, name: str) -> str:
        """The environment that a weight is for, by its own name, its CNAME or as production."""
        by_cname = {written.CNAMEPrefix: other for other, written in self.given.environments.items()}
        return name if name in self.names else by_cname.get(name, self.names[0] if name == "prod" else name)

    def take(self, action: Action) -> bool:
        """Take a step; False where it must not be taken."""
        ways = {
            "create": self._create, "deploy": self._deploy, "test": self._test, "swap": self._swap,
            "wait": self._wait, "terminate": self._terminate,
        }  # fmt: skip
        return ways[action.kind](action)

    def _create(self, action: Action) -> bool:
        name = action.environment or self.second
        if name is None:
            return self.fail(action, UNKNOWN, "no second environment is listed")
        prefix = self.given.environments[name].CNAMEPrefix or name
        if name in self.running:
            return self.fail(action, TAKEN, f"{name} runs already")
        if any(it.cname == prefix for it in self.running.values()):
            return self.fail(action, TAKEN, f"the CNAME {prefix} belongs to another environment now")
        self.launch(name, self.given.environments[name], deployed=False)
        return self.step(
            CREATE, f"{name} is created, with instances of its own: {self.running[name].instances}", action
        )

    def _deploy(self, action: Action) -> bool:
        name = action.environment or next((n for n in self.names[::-1] if n in self.running and n != self.owner), None)
        if name is None or name not in self.running:
            return self.fail(action, UNKNOWN, f"{name or 'a second environment'} does not run")
        it = self.running[name]
        it.version = action.version or it.wanted or it.version or "a new version"
        return self.step(DEPLOY, f"{it.version} is deployed to {name}", action)

    def _test(self, action: Action) -> bool:
        name = action.environment or next((n for n in self.names[::-1] if n in self.running and n != self.owner), None)
        if name is None or name not in self.running:
            return self.fail(action, UNKNOWN, f"{name or 'a second environment'} does not run")
        title = f"{name} is tested under its own name {self.running[name].cname}"
        return self.step(TEST, title, action)

    def _swap(self, action: Action) -> bool:
        if self.owner is None or len(self.running) < 2:
            return self.fail(action, UNKNOWN, "a swap needs two running environments")
        others = [name for name in self.running if name != self.owner]
        other = action.environment if action.environment in others else others[0]
        one, two = self.running[self.owner], self.running[other]
        if two.version is None:
            return self.fail(action, EMPTY, f"nothing is deployed to {other} yet")
        one.cname, two.cname = self.how.exchanged(one.cname, two.cname)
        self.swapped, self.waited = True, False
        changes = {"/outcome/dns_change": self.how.changes_dns(True, bool(self.given.route53))}
        title = f"The CNAMEs are swapped: {self.production} now leads to {self.owner}"
        return self.step(SWAP, title, action, changes)

    def _wait(self, action: Action) -> bool:
        self.waited = True
        return self.step(WAIT, "The old DNS records expire", action)

    def _terminate(self, action: Action) -> bool:
        name = action.environment or next((n for n in self.running if n != self.owner), None)
        if name is None or name not in self.running:
            return self.fail(action, UNKNOWN, f"{name or 'the environment'} does not run")
        if name == self.owner:
            return self.fail(action, PRODUCTION, f"{name} is the one that answers {self.production}")
        if self.swapped and self.how.must_wait(self.waited):
            return self.fail(action, TOO_SOON, f"resolvers still lead clients of {self.production} to {name}")
        database = self.running[name].database
        if database not in (None, "Retain"):
            return self.fail(action, DATABASE, f"the database of {name} would go with it (DBDeletionPolicy {database})")
        del self.running[name]
        return self.step(TERMINATE, f"{name} is terminated, with its name and its instances", action)

    def step(self, rule: Rule, title: str, action: Action, changes: dict[str, Any] | None = None) -> bool:
        """A step that was taken."""
        self.now += 1
        serving = self.running[self.owner].instances if self.owner else 0
        paid = sum(it.instances for it in self.running.values())
        changed = {
            "/outcome/cname": self.cnames(),
            "/outcome/max_instances": max(self.trace.outcome["max_instances"], paid),
            "/outcome/min_in_service": min(self.trace.outcome["min_in_service"], serving),
        }
        told = f"{rule.says} Instances paid for now: {paid}."
        self.trace.step(rule, title, told, at=self.now, changes=changed | (changes or {}) | self.draw())
        return True

    def fail(self, action: Action, rule: Rule, why: str) -> bool:
        """A step that must not be taken: nothing after it is."""
        self.now += 1
        changes = {"status": "failed", "ok": False, "failed_step": action.shown, "explain": why}
        self.trace.step(
            rule, f"`{action.words}` must not be done: {why}", rule.says, at=self.now,
            changes={f"/outcome/{key}": value for key, value in changes.items()},
        )  # fmt: skip
        return False

    def done(self) -> None:
        """All steps were taken."""
        version = self.running[self.owner].version if self.owner else None
        told = f"{self.production} answers with {version}"
        changes = {"/outcome/status": "ok", "/outcome/ok": True, "/outcome/explain": told}
        self.trace.step(DONE, told, DONE.says, at=self.now, changes=changes)

    def cnames(self) -> dict[str, str | None]:
        """Which version answers each name."""
        return {it.cname: it.version for it in self.running.values()}

    def draw(self) -> dict[str, Any]:
        """The lanes: each environment, and the one that the production name leads to."""
        if not self.trace.recording:
            return {}
        wanted: dict[str, str | None] = {"production name": self.owner}
        for name in self.names:
            it = self.running.get(name)
            role = ", production" if it and it.cname == self.production else ""
            wanted[name] = f"{it.version or 'no version'}{role}" if it else None
        changes: dict[str, Any] = {}
        if not self.lanes:
            self.lanes = {name: (0, lane[0][2]) for name, lane in start(self.given)["lanes"].items()}
        for name, label in wanted.items():
            changes |= self.move(name, label)
        return changes

    def move(self, name: str, label: str | None) -> dict[str, Any]:
        """The changes of one lane."""
        place, before = self.lanes.get(name, (-1, None))
        if label == before:
            return {}
        changes: dict[str, Any] = {}
        if before is not None:
            changes[pointer("state", "lanes", name, place, 1)] = self.now
        if label is not None and place < 0:
            changes[pointer("state", "lanes", name)] = [[self.now, None, label]]
        elif label is not None:
            changes[pointer("state", "lanes", name, "-")] = [self.now, None, label]
        self.lanes[name] = (place + (label is not None), label or "")
        return changes


def _hint() -> str:
    return "one of create, clone, deploy, test, swap, wait_dns, terminate"


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(f"elastic-beanstalk-deployment.{note}" for note in notes)


BELIEFS = (
    Belief(
        "swap-reaches-everybody-at-once", "after the swap the old environment can be terminated at once",
        "Resolvers may lead clients to it until the old record has expired, and some of them longer.",
        "must_wait", lambda waited: False, _notes("dns-wait"),
    ),
    Belief(
        "swap-is-no-dns-change", "a swap happens in the load balancer, without DNS",
        "It exchanges the CNAME records of the two environments.",
        "changes_dns", lambda swapped, weighted: False, _notes("12", "16"),
    ),
    Belief(
        "green-shares-the-instances", "the second environment runs on the instances of the first",
        "It has instances of its own, which are paid for as long as it runs.",
        "runs_beside", lambda wanted: 0, _notes("13"),
    ),
    Belief(
        "weights-are-percentages", "the weights of Route 53 are percentages",
        "A share is the weight divided by the sum of all weights.",
        "shares_of", dict, _notes("15"),
    ),
    Belief(
        "weighted-records-share-evenly", "weighted records send every environment the same share",
        "Only equal weights do; a share is the weight divided by the sum of all weights.",
        "shares_of", lambda weights: shares_of(dict.fromkeys(weights, 1)), _notes("15"),
    ),
    Belief(
        "swap-moves-nothing-back", "a swap only points the production name at green; blue keeps its own",
        "Both names change places, which is why a second swap is the way back.",
        "exchanged", lambda one, other: (one, other), _notes("16"),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-bluegreen",
    title="Blue/green with a CNAME swap",
    view="lanes",
    rules=RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "ok": False, "failed_step": None, "cname": {}, "shares": {}, "max_instances": None, "min_in_service": None,
        "dns_change": False, "explain": None,
    },
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
    unit="step",
    varies={
        pointer("given", "environments", name, "option_settings", beanstalk.RDS, "DBDeletionPolicy"): (
            "Delete", "Snapshot", "Retain",
        )
        for name in ("blue", "green")
    },
)  # fmt: skip

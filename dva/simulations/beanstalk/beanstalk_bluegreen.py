"""Blue/green with AWS Elastic Beanstalk: two environments, one name, and who answers it at each moment.

In Elastic Beanstalk's order: a second environment, the new version deployed and tested there, the swap of the two
CNAMEs, the wait until old DNS records have expired, and only then the end of the old environment. Weighted records of
Route 53 on a domain of one's own send a share to each. (Developer Guide, "Blue/Green deployments".)
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from dva import jsonpointer
from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Count, read_settings
from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Mechanism, Outcome, Phrases, Run, State
from dva.trace import Place, Rule

mechanism = Mechanism("beanstalk-bluegreen", rules="beanstalk.bluegreen", notes="elastic-beanstalk-deployment")
rule, belief = mechanism.rule, mechanism.belief

# Rules, in the order in which Elastic Beanstalk applies them

SWAPPING = guide("Blue/Green deployments with Elastic Beanstalk", "using-features.CNAMESwap.html")
CLONING = guide("Cloning an environment", "using-features.managing.clone.html")
WEIGHTS = "Amazon Route 53 Developer Guide, Weighted routing: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html"
API = "AWS Elastic Beanstalk API, CreateEnvironment: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_CreateEnvironment.html"
TERMINATING = guide("Terminate an Elastic Beanstalk environment", "using-features.terminating.html")

BEGIN = rule("begin", "The first environment listed answers the production name.",
             "dva's reading of the list; AWS has no such input", "13", assumption=True)  # fmt: skip
CREATE = rule("create", "The second environment is cloned or created; it runs, and costs, beside the first.", CLONING,
              "13")  # fmt: skip
TAKEN = rule("taken", "Names of environments and their CNAMEs are unique.", API, "13")
DEPLOY = rule("deploy", "The new version is deployed to the environment that is not in production.", SWAPPING, "13")
TEST = rule("test", "The new version is tested under its environment's own name.", SWAPPING, "14")
EMPTY = rule("empty", "An environment without a deployed version is not swapped into production.", SWAPPING, "16")
SWAP = rule("swap", "The two environments exchange their CNAMEs; versions and instances stay where they are.", SWAPPING,
            "16")  # fmt: skip
WAIT = rule("wait", "Resolvers keep the old record until it expires, some of them longer than its TTL.", SWAPPING,
            "dns-wait")  # fmt: skip
TOO_SOON = rule("tooSoon", "The old environment must stay until the old DNS records have expired.", SWAPPING,
                "dns-wait")  # fmt: skip
PRODUCTION = rule("production", "Terminating the environment behind the production name takes production down.",
                  TERMINATING, "16")  # fmt: skip
DATABASE = rule("database", "A database inside the environment goes with it; blue/green needs it outside.", SWAPPING,
                "database-outside")  # fmt: skip
TERMINATE = rule("terminate", "A terminated environment gives up its instances and its CNAME.", TERMINATING, "16",
                 "dns-wait")  # fmt: skip
SHARES = rule("shares", "Weighted records send each environment its weight divided by the sum of the weights.", WEIGHTS,
              "15")  # fmt: skip
UNKNOWN = rule("missing", "A step needs its environments to exist.", SWAPPING, "13")
DONE = rule("done", "At the end the production name answers with the version of the environment it points at.",
            SWAPPING, "12", "16")  # fmt: skip

# Documented numbers

MAX_WEIGHT = 255
"""Of a weighted record (WEIGHTS)."""


STEPS = {"create": "create", "create environment": "create", "clone": "create", "clone environment": "create",
         "deploy": "deploy", "test": "test", "swap": "swap", "swap cnames": "swap", "swap urls": "swap",
         "swap url": "swap", "wait_dns": "wait", "wait dns": "wait", "wait for dns": "wait", "wait": "wait",
         "terminate": "terminate", "terminate environment": "terminate"}  # fmt: skip
"""What each wording of a step does."""
HINT = "one of create, clone, deploy, test, swap, wait_dns, terminate"


class Environment(AwsDocument, rename=None):
    """Members of CreateEnvironment."""

    CNAMEPrefix: str | None = None
    """Prefix of its domain name; by default its name."""
    VersionLabel: str | None = None
    """Version that it runs, or that is deployed to it."""
    instances: Count | None = None
    """Instances that it runs; by default as many as the first environment."""
    option_settings: Any = None
    """Option settings, in any form that Elastic Beanstalk has for them."""


class Step(StrictStruct, rename=None):
    """A step in parts, where its text would be ambiguous."""

    do: str
    """`create`, `clone`, `deploy`, `test`, `swap`, `wait_dns` or `terminate`."""
    environment: str | None = None
    """Environment that it acts on; a swap's partner."""
    VersionLabel: str | None = None
    """Version that is deployed."""


class Given(StrictStruct, rename=None):
    """Environments and what is done with them."""

    environments: Annotated[dict[str, Environment], Meta(min_length=1)]
    """Environments by their name; the first is in production."""
    steps: list[str | Step]
    """What is done, in this order: `deploy green v2`, `swap`, `wait_dns`, `terminate blue`, …"""
    route53: dict[str, float] = {}
    """Weights of Route 53 records of a domain of your own, 0 to 255, by environment."""


class Names(Outcome):
    """Who answers which name at the end."""

    status: Annotated[
        Literal["ok", "failed"] | None, Phrases({"ok": "The plan works", "failed": "A step fails or causes an outage"})
    ] = None
    """`failed` where a step must not be taken."""
    ok: bool = False
    """Whether all steps were taken."""
    failed_step: str | int | None = None
    """Step that must not be taken: its text, or its number where it is given in parts."""
    cname: dict[str, str | None] = {}
    """Version that answers each CNAME prefix; null where none is deployed."""
    shares: dict[str, float] = {}
    """Percentage of the requests to your own domain that each environment gets."""
    max_instances: int | None = None
    """Most instances that were paid for at a time."""
    min_in_service: int | None = None
    """Fewest instances that answered the production name."""
    dns_change: bool = False
    """Whether clients have to resolve a name again."""
    explain: str | None = None
    """What the production name answers with, or why a step must not be taken."""


@dataclass
class Running:
    """An environment as it runs; `database` is the deletion policy of a coupled database."""

    cname: str
    version: str | None
    instances: int
    wanted: str | None
    database: str | None = None


@dataclass
class Action:
    """A step as it was read; `shown` is its text or number."""

    shown: str | int
    words: str
    kind: str
    environment: str | None
    version: str | None = None


class StepRefused(Exception):
    """A step that must not be taken: by which rule, and why."""

    def __init__(self, broken: Rule, why: str) -> None:
        super().__init__(why)
        self.rule, self.why = broken, why


def release(given: Given, run: Run) -> None:
    """Take the steps, until one must not be taken."""
    release = Release(given, run)
    actions = [release.read(step, number) for number, step in enumerate(given.steps, 1)]
    release.begin(created={action.environment or release.second for action in actions if action.kind == "create"})
    if given.route53:
        release.weigh(given.route53)
    take = {"create": release.create, "deploy": release.deploy, "test": release.test, "swap": release.swap,
            "wait": release.wait, "terminate": release.terminate}  # fmt: skip
    for action in actions:
        try:
            take[action.kind](action)
        except StepRefused as no:
            run.step(no.rule, f"`{action.words}` must not be done: {no.why}", at=release.now + 1, status="failed",
                     ok=False, failed_step=action.shown, explain=no.why)  # fmt: skip
            return
    release.finish()


class Release:
    """The environments, their names, and what has happened to them."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.names = list(given.environments)
        self.production = given.environments[self.names[0]].CNAMEPrefix or self.names[0]
        self.second = self.names[1] if len(self.names) > 1 else None
        self.running: dict[str, Running] = {}
        self.swapped, self.waited, self.now = False, True, 0
        self.lanes: dict[str, tuple[int, str | None]] = {
            name: (0, label) for name, label in first_labels(given).items()
        }
        """Of each lane its last span, and the label of that; None where the environment was terminated."""

    @property
    def owner(self) -> str | None:
        """The environment that the production name points at."""
        return next((name for name, it in self.running.items() if it.cname == self.production), None)

    @property
    def paid(self) -> int:
        """Instances of all environments."""
        return sum(it.instances for it in self.running.values())

    @property
    def cnames(self) -> dict[str, str | None]:
        """The version that answers each name."""
        return {it.cname: it.version for it in self.running.values()}

    def read(self, step: str | Step, number: int) -> Action:
        """Return the action that a step means; GivenError where it means none."""
        place = jsonpointer.join("steps", number - 1)
        if isinstance(step, Step):
            kind = STEPS.get(step.do.lower())
            if kind is None:
                raise GivenError(f"`{step.do}` is not a valid step", pointer=f"{place}/do", hint=HINT)
            acted_on = self.acted_on(kind, step.do, [step.environment] if step.environment else [])
            action = Action(number, step.do, kind, acted_on, step.VersionLabel)
        else:
            action = self.read_text(step, place)
        if action.environment is not None and action.environment not in self.names:
            raise GivenError(f"there is no environment `{action.environment}`", pointer=place)
        return action

    def read_text(self, step: str, place: str) -> Action:
        """Return what a text means: an action, perhaps an environment and a version."""
        for words in sorted(STEPS, key=len, reverse=True):
            found = re.fullmatch(rf"{re.escape(words)}(?:\s+(.*))?", step.strip(), re.IGNORECASE)
            if found:
                rest, kind = (found[1] or "").split(), STEPS[words]
                version = next((word for word in rest if word not in self.names), None)
                environment = self.acted_on(kind, words, [word for word in rest if word in self.names])
                if version and kind != "deploy":
                    environment, version = version, None
                return Action(step, step, kind, environment, version)
        raise GivenError(f"`{step}` is not a valid step", pointer=place, hint=HINT)

    def acted_on(self, kind: str, words: str, named: list[str]) -> str | None:
        """Return the environment that is acted on: a clone of the first makes another, a swap's partner comes last."""
        if kind == "swap":
            return named[-1] if named else None
        if words.lower().startswith("clone") and named[:1] == self.names[:1]:
            return named[1] if len(named) > 1 else self.second
        return named[0] if named else None

    def begin(self, created: set[str | None]) -> None:
        """Launch what runs before the first step."""
        for name in self.names:
            if name == self.names[0] or name not in created:
                self.launch(name, deployed=name == self.names[0])
        paid = " + ".join(f"{one.instances} of {name}" for name, one in self.running.items())
        self.run.step(BEGIN, f"{self.names[0]} answers the name {self.production}",
                      f"Instances paid for now: {paid} = {self.paid}.", at=0, draw=self.draw,
                      cname=self.cnames, max_instances=self.paid,
                      min_in_service=self.running[self.names[0]].instances)  # fmt: skip

    def launch(self, name: str, deployed: bool) -> None:
        """Start an environment, with its version or without any."""
        written = self.given.environments[name]
        instances = written.instances or self.given.environments[self.names[0]].instances or 1
        if name != self.names[0]:
            instances = self.run.using(instances_beside)(instances)
        settings = read_settings(written.option_settings, jsonpointer.join("environments", name, "option_settings"))
        has_database = settings.get((options.RDS, "HasCoupledDatabase"), "true").lower() != "false"
        coupled = has_database and any(namespace == options.RDS for namespace, _ in settings)
        policy = options.effective(settings, options.RDS, "DBDeletionPolicy") if coupled else None
        version = written.VersionLabel if deployed else None
        self.running[name] = Running(written.CNAMEPrefix or name, version, instances, written.VersionLabel, policy)

    def weigh(self, weights: dict[str, float]) -> None:
        """Send a share of the requests to each environment by weighted records of Route 53."""
        weights = {self.weighted(name): weight for name, weight in weights.items()}
        for name, weight in weights.items():
            place = jsonpointer.join("route53", name)
            if name not in self.names:
                raise GivenError(f"there is no environment `{name}`", pointer=place)
            if not 0 <= weight <= MAX_WEIGHT:
                raise GivenError(f"a weight is between 0 and {MAX_WEIGHT}", pointer=place)
        shares = self.run.using(shares_of)(weights)
        listed = ", ".join(f"{name} {share:g} %" for name, share in shares.items())
        self.run.step(SHARES, f"Requests to your own domain: {listed}", at=self.now, shares=shares,
                      dns_change=self.run.using(changes_dns)(False, True))  # fmt: skip

    def weighted(self, name: str) -> str:
        """Return the environment that a weight is for, named by itself, by its CNAME or as `prod`."""
        by_cname = {written.CNAMEPrefix: other for other, written in self.given.environments.items()}
        return name if name in self.names else by_cname.get(name, self.names[0] if name == "prod" else name)

    def create(self, action: Action) -> None:
        name = action.environment or self.second
        if name is None:
            raise StepRefused(UNKNOWN, "no second environment is listed")
        if name in self.running:
            raise StepRefused(TAKEN, f"{name} runs already")
        prefix = self.given.environments[name].CNAMEPrefix or name
        if any(it.cname == prefix for it in self.running.values()):
            raise StepRefused(TAKEN, f"the CNAME {prefix} belongs to another environment now")
        self.launch(name, deployed=False)
        self.advance(CREATE, f"{name} is created, with instances of its own: {self.running[name].instances}")

    def not_in_production(self, action: Action) -> str:
        """Return the environment that a step deploys to or tests; StepRefused where it does not run."""
        name = action.environment or next((n for n in self.names[::-1] if n in self.running and n != self.owner), None)
        if name is None or name not in self.running:
            raise StepRefused(UNKNOWN, f"{name or 'a second environment'} does not run")
        return name

    def deploy(self, action: Action) -> None:
        name = self.not_in_production(action)
        it = self.running[name]
        it.version = action.version or it.wanted or it.version or "a new version"
        self.advance(DEPLOY, f"{it.version} is deployed to {name}")

    def test(self, action: Action) -> None:
        name = self.not_in_production(action)
        self.advance(TEST, f"{name} is tested under its own name {self.running[name].cname}")

    def swap(self, action: Action) -> None:
        if self.owner is None or len(self.running) < 2:
            raise StepRefused(UNKNOWN, "a swap needs two running environments")
        others = [name for name in self.running if name != self.owner]
        other = action.environment if action.environment in others else others[0]
        one, two = self.running[self.owner], self.running[other]
        if two.version is None:
            raise StepRefused(EMPTY, f"nothing is deployed to {other} yet")
        one.cname, two.cname = self.run.using(exchanged)(one.cname, two.cname)
        self.swapped, self.waited = True, False
        dns_change = self.run.using(changes_dns)(True, bool(self.given.route53))
        title = f"The CNAMEs are swapped: {self.production} now leads to {self.owner}"
        self.advance(SWAP, title, dns_change=dns_change)

    def wait(self, action: Action) -> None:
        self.waited = True
        self.advance(WAIT, "The old DNS records expire")

    def terminate(self, action: Action) -> None:
        name = action.environment or next((n for n in self.running if n != self.owner), None)
        if name is None or name not in self.running:
            raise StepRefused(UNKNOWN, f"{name or 'the environment'} does not run")
        if name == self.owner:
            raise StepRefused(PRODUCTION, f"{name} is the one that answers {self.production}")
        if self.swapped and self.run.using(must_wait)(self.waited):
            raise StepRefused(TOO_SOON, f"resolvers still lead clients of {self.production} to {name}")
        database = self.running[name].database
        if database not in (None, "Retain"):
            raise StepRefused(DATABASE, f"the database of {name} would go with it (DBDeletionPolicy {database})")
        del self.running[name]
        self.advance(TERMINATE, f"{name} is terminated, with its name and its instances")

    def advance(self, by: Rule, title: str, **outcome: Any) -> None:
        """Record a step that was taken, and move on by one."""
        self.now += 1
        serving = self.running[self.owner].instances if self.owner else 0
        if self.paid > self.run.outcome["max_instances"]:
            outcome["max_instances"] = self.paid
        if serving < self.run.outcome["min_in_service"]:
            outcome["min_in_service"] = serving
        self.run.step(by, title, f"Instances paid for now: {self.paid}.", at=self.now, draw=self.draw,
                      cname=self.cnames, **outcome)  # fmt: skip

    def finish(self) -> None:
        """Say what production answers with when all steps were taken."""
        version = self.running[self.owner].version if self.owner else None
        answer = f"{self.production} answers with {version}"
        self.run.step(DONE, answer, at=self.now, status="ok", ok=True, explain=answer)

    def draw(self) -> dict[Place, object]:
        """Return the changed lanes: each environment, and the one that the production name leads to."""
        labels = {"production name": self.owner}
        for name in self.names:
            it = self.running.get(name)
            role = ", production" if it and it.cname == self.production else ""
            labels[name] = f"{it.version or 'no version'}{role}" if it else None
        changes: dict[Place, object] = {}
        for name, label in labels.items():
            last, before = self.lanes.get(name, (-1, None))
            if label == before:
                continue
            if before is not None:
                changes["lanes", name, last, 1] = self.now
            if label is not None:
                span = [self.now, None, label]
                changes.update({("lanes", name): [span]} if last < 0 else {("lanes", name, "-"): span})
            self.lanes[name] = (last + (label is not None), label)
        return changes


def initial_state(given: Given) -> State:
    return {"lanes": {name: [[0, None, label]] for name, label in first_labels(given).items()}}


def first_labels(given: Given) -> dict[str, str]:
    """Return what the lanes of the production name and of the environment that it leads to begin with."""
    production = next(iter(given.environments))
    label = f"{given.environments[production].VersionLabel or 'no version'}, production"
    return {"production name": production, production: label}


# The rule functions that beliefs replace


def shares_of(weights: dict[str, float]) -> dict[str, float]:
    """Return percentages of the requests: weight by sum of weights; all alike where every weight is 0."""
    total = sum(weights.values())
    exact = {name: (weight / total if total else 1 / len(weights)) * 100 for name, weight in weights.items()}
    return {name: int(share) if share == int(share) else round(share, 2) for name, share in exact.items()}


def exchanged(one: str, other: str) -> tuple[str, str]:
    """Return the two CNAMEs after a swap."""
    return other, one


def must_wait(waited: bool) -> bool:
    """Return whether old DNS records may still lead to the old environment."""
    return not waited


def instances_beside(wanted: int) -> int:
    """Return how many instances of its own the second environment has."""
    return wanted


def changes_dns(swapped: bool, weighted: bool) -> bool:
    """Return whether clients have to resolve a name again."""
    return swapped or weighted


# What people believe instead

belief(must_wait, "swap-reaches-everybody-at-once", "after the swap the old environment can be terminated at once",
       "Resolvers may lead clients to it until the old record has expired, and some of them longer.",
       "dns-wait")(lambda waited: False)  # fmt: skip
belief(changes_dns, "swap-is-no-dns-change", "a swap happens in the load balancer, without DNS",
       "It exchanges the CNAME records of the two environments.", "12",
       "16")(lambda swapped, weighted: False)  # fmt: skip
belief(instances_beside, "green-shares-the-instances", "the second environment runs on the instances of the first",
       "It has instances of its own, which are paid for as long as it runs.", "13")(lambda wanted: 0)  # fmt: skip
belief(shares_of, "weights-are-percentages", "the weights of Route 53 are percentages",
       "A share is the weight divided by the sum of all weights.", "15")(lambda weights: dict(weights))  # fmt: skip
belief(shares_of, "weighted-records-share-evenly", "weighted records send every environment the same share",
       "Only equal weights do; a share is the weight divided by the sum of all weights.",
       "15")(lambda weights: shares_of(dict.fromkeys(weights, 1)))  # fmt: skip
belief(exchanged, "swap-moves-nothing-back", "a swap only points the production name at green; blue keeps its own",
       "Both names change places, which is why a second swap is the way back.",
       "16")(lambda one, other: (one, other))  # fmt: skip

SIMULATION = mechanism.simulation(
    title="Blue/green with a CNAME swap", view="lanes", unit="step", given=Given, outcome=Names, run=release,
    initial_state=initial_state, prepare_choice=options.open_settings,
    choices={
        f"/given/environments/{name}/option_settings/{options.RDS}/DBDeletionPolicy": ("Delete", "Snapshot", "Retain")
        for name in ("blue", "green")
    },
)  # fmt: skip

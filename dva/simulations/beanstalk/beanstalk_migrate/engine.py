"""What each step does to the environments and their database, and whether the goal is reached at the end."""

from collections.abc import Callable

from dva.simulations.beanstalk._options import RDS, VPC, invalid, problems
from dva.simulations.beanstalk.beanstalk_migrate import rules
from dva.simulations.beanstalk.beanstalk_migrate.account import AccountState, EnvironmentState, account_of
from dva.simulations.beanstalk.beanstalk_migrate.documents import BALANCER, HAS_DATABASE, POLICY, Database, Given
from dva.simulations.beanstalk.beanstalk_migrate.rules import belief
from dva.simulations.beanstalk.beanstalk_migrate.steps import UPDATE, ParsedStep, parse
from dva.simulations.frame import Run
from dva.trace import Place, Rule

OLD_NAMES, NEW_NAMES = ("old", "original", "a", "blue"), ("new", "b", "green")
"""What steps may call the original and the newest environment."""
ACTS_ON_OLD = ("rebuild environment", "clone environment", "terminate environment", UPDATE)
"""Steps that act on the original environment where no other is named; the rest act on the newest."""
MIN_SUBNETS = 2
"""Of an Application Load Balancer, one in each Availability Zone (rules.TWO_ZONES)."""


class StepRefused(Exception):
    """A step that AWS refuses or that breaks what serves: the steps after it are not taken."""

    def __init__(self, rule: Rule, message: str, database: Database | None = None) -> None:
        super().__init__(message)
        self.rule, self.message, self.database = rule, message, database


def migrate(given: Given, run: Run) -> None:
    """Take the steps until one is refused, then judge whether the goal is reached."""
    account = account_of(given)
    steps = [parse(step, number) for number, step in enumerate(given.steps, 1)]
    old = account.old
    database = f"a database, policy {old.policy}" if account.home else "no database"
    run.step(rules.START, f"{old.name} has {old.described} and {database}", database=account.database)
    for step in steps:
        try:
            for key, wrong in problems(step.settings):
                raise StepRefused(rules.INVALID, invalid(key, step.settings[key], wrong))
            TAKE[step.do](account, step, run)
        except StepRefused as no:
            account.failed = step.shown if account.failed is None else account.failed
            run.step(no.rule, no.message, status="failed", failed_step=account.failed, explain=no.message,
                     inside={("database",): no.database} if no.database else {}, draw=account.drawn)  # fmt: skip
            return
    reached, message = judge(account)
    run.step(rules.DONE, message, status="ok" if reached else "failed", ok=reached, explain=message)


def judge(account: AccountState) -> tuple[bool, str]:
    """Return whether the goal is reached, and why."""
    old, serving = account.old, account.find(account.serving)
    if account.failed is not None:
        return False, f"The goal is missed. {account.loss}"
    if account.goal == "decouple-rds":
        if account.database == "retained":
            return True, "The database lives and belongs to no environment"
        coupled = account.database == "coupled"
        return False, "The database is still coupled" if coupled else "There is no database to decouple"
    if serving and serving.name != old.name:
        kind = serving.described if serving.balancer != old.balancer else "its own load balancer"
        return True, f"{serving.name} serves production with {kind}"
    return False, f"{old.name} still serves production with its old load balancer"


def target(account: AccountState, step: ParsedStep) -> EnvironmentState:
    """Return the environment that a step acts on; StepRefused where there is none."""
    newest = account.environments[-1].name if account.environments else account.old.name
    name = step.environment or (account.old.name if step.do in ACTS_ON_OLD else newest)
    if account.find(name) is None and name.lower() in OLD_NAMES:
        name = account.old.name
    if account.find(name) is None and (name.lower() in NEW_NAMES or step.do in ("deploy", "test")):
        name = newest  # what follows `deploy` may be a version
    found = account.find(name)
    if found is None:
        raise StepRefused(rules.TERMINATED if "terminate" in step.do else rules.START,
                          f"There is no environment {name}")  # fmt: skip
    return found


# The steps


def update(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Apply one configuration update, everything in it at once."""
    environment, new = target(account, step), step.settings
    balancer = new.get(BALANCER)
    if balancer and balancer != environment.balancer and not run.using(load_balancer_changes)():
        raise StepRefused(rules.LB_FIXED,
                          f"{environment.name} has {environment.described}; it cannot become {balancer}")  # fmt: skip
    applied, asked = environment.policy, new.get(POLICY, environment.policy)
    decouples = account.home == environment.name and new.get(HAS_DATABASE, "").lower() == "false"
    couples = account.home is None and new.get(HAS_DATABASE, "").lower() == "true"
    environment.settings = environment.settings | new
    if decouples and asked != applied:
        title = f"The update holds both {asked} and the decoupling, so the policy applied before acts: {applied}"
        run.step(rules.SEPARATE, title)
    elif POLICY in new:
        run.step(rules.POLICY, f"The policy of {environment.name} is {asked}", draw=account.drawn)
    if decouples:
        release_database(account, step, run.using(acting_policy)(applied, asked), run)
    elif couples:
        if not new.get((RDS, "DBPassword")) or not new.get((RDS, "DBUser")):
            raise StepRefused(rules.COUPLED, "A new database needs DBUser and DBPassword; the old values are not kept")
        account.home = environment.name
        create_database(account, step, run)


RELEASED: dict[Database, tuple[Rule, str]] = {
    "retained": (rules.RETAINED, "it stays, outside of the environment"),
    "deleted": (rules.DELETED, "it is deleted with its data"),
    "snapshot taken, then deleted": (rules.SNAPSHOT, "a snapshot is taken, then it is deleted"),
}
"""By which rule the database ends, in words."""


def release_database(account: AccountState, step: ParsedStep, policy: str, run: Run) -> None:
    """Let the policy decide, once and for all, about a database that leaves its environment."""
    end = run.using(database_after)(policy)
    kept = end == "retained"
    if not kept and run.using(protection_holds)(account.protected):
        raise StepRefused(
            rules.PROTECTED, "RDS refuses to delete the database: deletion protection is on", account.database
        )
    rule, words = RELEASED[end]
    others = [] if kept else [one.name for one in account.environments if one.name != account.home]
    title = f"The policy {policy} acts on the database: {words}" + f", also for {' and '.join(others)}" * bool(others)
    account.home, account.database = None, end
    account.snapshots += end == "snapshot taken, then deleted"
    loss: dict[Place, object] = {}
    if not kept and not (account.restored and account.goal == "change-load-balancer"):
        if account.failed is None:
            account.failed, account.loss = step.shown, title
        loss = {("failed_step",): account.failed, ("data_restored",): account.restored, ("explain",): account.loss}
    run.step(rule, title, database=end, inside=loss, draw=account.drawn)


def create_database(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Make a database that belongs to an environment: with the data of a snapshot, or empty."""
    snapshot = step.settings.get((RDS, "DBSnapshotIdentifier"))
    if snapshot:
        if not account.snapshots:
            raise StepRefused(rules.COUPLED, f"There is no snapshot {snapshot}")
        account.restored = True
        title = f"A new database with the data of {snapshot}"
        run.step(rules.COUPLED, title, data_restored=True, draw=account.drawn)
        return
    title = "A new database, without any data"
    loss: dict[Place, object] = {}
    if account.goal == "decouple-rds":
        account.database = "new and empty"
        account.failed, account.loss = account.failed or step.shown, account.loss or title
        loss = {("database",): account.database, ("failed_step",): account.failed}
    run.step(rules.COUPLED, title, inside=loss, draw=account.drawn)


def create(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Create an environment with the old one's settings without its database, and with those of the step."""
    name, old = step.environment or "new", account.old
    if account.find(name):
        raise StepRefused(rules.CREATE, f"There is an environment {name} already")
    settings = {key: value for key, value in old.settings.items() if key[0] != RDS} | step.settings
    new = EnvironmentState(name, settings)
    if account.goal == "change-load-balancer" and step.settings.get(BALANCER) == old.balancer:
        raise StepRefused(rules.CREATE, f"{name} would have {new.described} again")
    subnets = settings.get((VPC, "ELBSubnets"), settings.get((VPC, "Subnets"), ""))
    if new.balancer == "application" and subnets and len(subnets.split(",")) < MIN_SUBNETS:
        message = f"An application load balancer in {subnets} alone: subnets in two zones are needed"
        raise StepRefused(rules.TWO_ZONES, message)
    account.environments.append(new)
    title = f"{name} is created with {new.described} and the settings of {old.name}"
    run.step(rules.CREATE, title, draw=account.drawn)
    if step.settings.get(HAS_DATABASE, "").lower() == "true":
        create_database(account, step, run)


def clone(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Copy an environment's configuration."""
    source = target(account, ParsedStep(step.do, None, step.settings, step.shown))
    name = step.environment if step.environment and not account.find(step.environment) else "clone"
    asked = step.settings.get(BALANCER)
    if account.goal == "change-load-balancer" and not (asked and run.using(load_balancer_changes)()):
        raise StepRefused(rules.CLONED, f"A clone has {source.described} like {source.name}")
    copied = run.using(clone_gets)("coupled") if account.home == source.name else None
    if copied == "new and empty" and account.goal == "decouple-rds":
        account.database = copied
        raise StepRefused(rules.CLONED, "The clone has a new, empty database", copied)
    account.environments.append(EnvironmentState(name, source.settings | step.settings, deployed=True))
    run.step(rules.CLONED, f"{name} has the configuration of {source.name}", draw=account.drawn)


def rebuild(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Terminate all resources of an environment and make them again."""
    environment = target(account, step)
    if account.home != environment.name:
        run.step(rules.REBUILT, f"{environment.name} is rebuilt; it has no coupled database")
        return
    release_database(account, step, environment.policy, run)
    account.loss = f"{environment.name} is rebuilt with an empty database; the old one is {account.database}"
    account.home, account.database = environment.name, "new and empty"
    raise StepRefused(rules.REBUILT, account.loss, account.database)


def deploy(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Deploy the version, or test it."""
    environment = target(account, step)
    environment.deployed = environment.deployed or step.do == "deploy"
    done = "gets the version" if step.do == "deploy" else "is tested under its own URL"
    run.step(rules.DEPLOY, f"{environment.name} {done}", draw=account.drawn)


def swap(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Give the production CNAME to the other environment."""
    other = next((one for one in reversed(account.environments) if one.name != account.serving), None)
    if other is None:
        raise StepRefused(rules.SWAPPED, "There is no second environment to swap with")
    if account.goal == "change-load-balancer" and not other.deployed:
        raise StepRefused(rules.SWAPPED, f"{other.name} does not run the application yet: production would be down")
    account.serving, account.swapped, account.waited = other.name, not account.swapped, False
    run.step(rules.SWAPPED, f"{other.name} serves production now", draw=account.drawn)


def wait(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Wait until resolvers have forgotten the old answer."""
    account.waited = account.swapped
    expired, nothing = "The old answer has left the resolvers' caches", "Nothing was swapped: nothing to wait for"
    run.step(rules.WAIT, expired if account.swapped else nothing)


def snapshot(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Take a snapshot of the database."""
    check_database_exists(account, rules.TAKEN)
    account.snapshots += 1
    run.step(rules.TAKEN, "A snapshot of the database is taken", draw=account.drawn)


def protect(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Turn on RDS deletion protection."""
    check_database_exists(account, rules.PROTECTED)
    account.protected = True
    run.step(rules.PROTECTED, "RDS deletion protection is on", draw=account.drawn)


def check_database_exists(account: AccountState, rule: Rule) -> None:
    """Raise StepRefused, by the rule of the step, where the database is gone."""
    if account.database not in ("coupled", "retained"):
        raise StepRefused(rule, f"There is no database any more: it is {account.database or 'none'}")


def terminate(account: AccountState, step: ParsedStep, run: Run) -> None:
    """Terminate an environment with everything that belongs to it."""
    environment = target(account, step)
    if account.goal == "change-load-balancer":
        if environment.name == account.serving:
            raise StepRefused(rules.TERMINATED, f"{environment.name} still serves production: with it the site is gone")
        if account.swapped and not run.using(dns_is_done)(account.waited):
            raise StepRefused(rules.WAIT, f"Resolvers still send clients to {environment.name}, which would be gone")
    if account.home == environment.name and run.using(belongs_after_swap)(account.swapped):
        release_database(account, step, environment.policy, run)
    elif account.home == environment.name:
        account.home, account.database = None, "retained"
        run.step(rules.RETAINED, "The database stays", database="retained")
    account.environments.remove(environment)
    gone: dict[Place, object] = {
        ("cells", environment.name): {"group": "environments", "items": [], "meters": {}, "note": "terminated"}
    }
    run.step(rules.TERMINATED, f"{environment.name} is terminated", draw=lambda: gone | account.drawn())


TAKE: dict[str, Callable[[AccountState, ParsedStep, Run], None]] = {
    UPDATE: update, "create environment": create, "clone environment": clone, "rebuild environment": rebuild,
    "deploy": deploy, "test": deploy, "swap CNAMEs": swap, "wait for DNS": wait, "snapshot database": snapshot,
    "enable deletion protection": protect, "terminate environment": terminate,
}  # fmt: skip


# The rule functions that beliefs replace


def acting_policy(applied: str, in_this_update: str) -> str:
    """Return the policy that acts when the database is decoupled: the one applied before."""
    return applied


def database_after(policy: str) -> Database:
    """Return what becomes of the database when it leaves its environment."""
    ends: dict[str, Database] = {"Retain": "retained", "Snapshot": "snapshot taken, then deleted"}
    return ends.get(policy, "deleted")


def protection_holds(protected: bool) -> bool:
    """Return whether RDS refuses to delete the database."""
    return protected


def belongs_after_swap(swapped: bool) -> bool:
    """Return whether the database still belongs to the old environment: a swap moves names, not databases."""
    return True


def load_balancer_changes() -> bool:
    """Return whether the type can be changed in a running environment."""
    return False


def clone_gets(database: Database) -> Database:
    """Return the database of a clone."""
    return "new and empty"


def dns_is_done(waited: bool) -> bool:
    """Return whether clients have left the old environment."""
    return waited


# What people believe instead

belief(acting_policy, "one-update-is-enough", "Retain and the decoupling may go into one update",
       "The policy of the same update is ignored, the one applied before acts; with Delete the data is lost.",
       "separate-updates")(lambda applied, in_this_update: in_this_update)  # fmt: skip
belief(database_after, "snapshot-keeps-the-database", "with the policy Snapshot the database lives on",
       "A snapshot is taken, then the database is deleted.",
       "10")(lambda policy: "deleted" if policy == "Delete" else "retained")  # fmt: skip
belief(database_after, "databases-outlive-environments", "terminating an environment leaves its database alone",
       "A coupled database goes by its policy, and the default is Delete.",
       "10")(lambda policy: "retained")  # fmt: skip
belief(belongs_after_swap, "swap-moves-the-database", "after the swap the database belongs to the new environment",
       "A swap exchanges two names; the database stays coupled with the environment that made it.",
       "decouple")(lambda swapped: not swapped)  # fmt: skip
belief(load_balancer_changes, "load-balancer-can-change", "LoadBalancerType can be changed like any other option",
       "It is fixed when the environment is created.", "03")(lambda: True)  # fmt: skip
belief(clone_gets, "clone-copies-the-data", "a clone has a copy of the database with its data",
       "The clone's database is new and empty.", "elastic-beanstalk-cloning.02")(lambda database: database)  # fmt: skip
belief(dns_is_done, "dns-is-instant", "after the swap nobody uses the old environment",
       "Resolvers hold the old answer for the TTL, some of them longer.", "08")(lambda waited: True)  # fmt: skip
belief(protection_holds, "protection-is-only-for-the-console", "deletion protection does not hinder Elastic Beanstalk",
       "RDS refuses the deletion whoever asks for it.", "14")(lambda protected: False)  # fmt: skip

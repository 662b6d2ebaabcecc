"""Two migrations of an Elastic Beanstalk environment, done step by step in whatever order is given.

Changing the load balancer: its type is fixed at creation, so a new environment is created beside the old one, gets
the version, takes the CNAME over, and the old one is terminated when DNS has forgotten it.
Decoupling a database: the deletion policy is set to Retain and applied, and only a second update takes the database
out of its environment. Whatever removes the database earlier (an update, a rebuild, a termination) acts by the
policy that was applied at that moment. AWS carries out what it is told; it does not know the goal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk._options import ENVIRONMENT, RDS, VPC, Settings, invalid, problems
from dva.simulations.beanstalk.beanstalk_migrate import _rules as rule
from dva.simulations.beanstalk.beanstalk_migrate._steps import ON_OLD, UPDATE, Doing, Given, read
from dva.simulations.beanstalk.beanstalk_migrate._world import (
    COUPLED,
    DELETED,
    EMPTY,
    HAS_DATABASE,
    NEW_NAMES,
    OLD_NAMES,
    POLICY,
    RETAINED,
    SNAPSHOTTED,
    Place,
    Stop,
    World,
    a_kind,
    drawn,
    start,
    world,
)

ENDS = {
    RETAINED: "it stays, outside of the environment",
    DELETED: "it is deleted with its data",
    SNAPSHOTTED: "a snapshot is taken, then it is deleted",
}
"""What a learner reads about the end of the database."""

# -- rule functions that a belief may replace ------------------------------------------------------------------------


def acting_policy(applied: str, in_this_update: str) -> str:
    """The policy that acts when the database is decoupled: the one applied before."""
    return applied


def fate(policy: str) -> str:
    """What becomes of the database when its environment lets go of it."""
    return {"Retain": RETAINED, "Snapshot": SNAPSHOTTED}.get(policy, DELETED)


def protection_holds(protected: bool) -> bool:
    """Whether RDS refuses to delete the database."""
    return protected


def belongs_after_swap(swapped: bool) -> bool:
    """Whether the database still belongs to the old environment: a swap moves names, not databases."""
    return True


def load_balancer_changes() -> bool:
    """Whether the type can be changed in a running environment."""
    return False


def clone_gets(database: str) -> str:
    """The database of a clone."""
    return EMPTY


def dns_is_done(waited: bool) -> bool:
    """Whether clients have left the old environment."""
    return waited


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    acting_policy: Callable[[str, str], str] = acting_policy
    fate: Callable[[str], str] = fate
    protection_holds: Callable[[bool], bool] = protection_holds
    belongs_after_swap: Callable[[bool], bool] = belongs_after_swap
    load_balancer_changes: Callable[[], bool] = load_balancer_changes
    clone_gets: Callable[[str], str] = clone_gets
    dns_is_done: Callable[[bool], bool] = dns_is_done


# -- the steps -------------------------------------------------------------------------------------------------------


def play(given: Given, trace: Tracer, how: How) -> None:
    here = world(given)
    steps = [read(step, place) for place, step in enumerate(given.steps)]
    title = f"{here.old} has {a_kind(here.places[0].balancer)} load balancer" + (
        f" and a database, policy {here.places[0].policy}" if here.home else " and no database"
    )
    trace.step(rule.START, title, rule.START.says, changes={"/outcome/database": here.database})
    for doing in steps:
        try:
            check_values(doing)
            DO[doing.do](here, doing, trace, how)
        except Stop as no:
            refused(here, doing, no, trace)
            return
    finish(here, trace)


def check_values(doing: Doing) -> None:
    for key, why in problems(doing.settings):
        raise Stop(rule.INVALID, invalid(key, doing.settings[key], why))


def refused(here: World, doing: Doing, no: Stop, trace: Tracer) -> None:
    """A step that cannot be taken ends the migration."""
    if here.failed is None:
        here.failed = doing.shown
    changes = {
        "/outcome/status": "failed",
        "/outcome/failed_step": here.failed,
        "/outcome/explain": no.message,
        **no.changes,
    }
    trace.step(no.rule, no.message, no.rule.says, changes=changes | drawn(here))


def finish(here: World, trace: Tracer) -> None:
    """Whether the goal is reached after the last step."""
    reached, message = goal_reached(here)
    changes = {
        "/outcome/status": "ok" if reached else "failed",
        "/outcome/ok": reached,
        "/outcome/explain": message,
    }
    trace.step(rule.DONE, message, rule.DONE.says, changes=changes)


def goal_reached(here: World) -> tuple[bool, str]:
    if here.failed is not None:
        return False, f"The goal is missed. {here.loss}"
    if here.goal == "decouple-rds":
        if here.database == RETAINED:
            return True, "The database lives and belongs to no environment"
        return (
            False,
            "The database is still coupled" if here.database == COUPLED else "There is no database to decouple",
        )
    serving = here.place(here.serving)
    if serving and serving.name != here.old:
        kind = a_kind(serving.balancer) if serving.balancer != Place(here.old, here.original).balancer else "its own"
        return True, f"{serving.name} serves production with {kind} load balancer"
    return False, f"{here.old} still serves production with its old load balancer"


def target(here: World, doing: Doing) -> Place:
    """The environment that a step is about."""
    newest = here.places[-1].name if here.places else here.old
    name = doing.environment or (here.old if doing.do in ON_OLD else newest)
    if here.place(name) is None and name.lower() in OLD_NAMES:
        name = here.old
    if here.place(name) is None and (name.lower() in NEW_NAMES or doing.do in ("deploy", "test")):
        name = newest  # what follows `deploy` may be a version
    found = here.place(name)
    if found is None:
        raise Stop(rule.TERMINATED if "terminate" in doing.do else rule.START, f"There is no environment {name}")
    return found


def update(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """One configuration update: everything in it is applied at once."""
    place, new = target(here, doing), doing.settings
    check_balancer(place, new, how)
    before, asked = place.policy, new.get(POLICY, place.policy)
    decouples = here.home == place.name and new.get(HAS_DATABASE, "").lower() == "false"
    couples = here.home is None and new.get(HAS_DATABASE, "").lower() == "true"
    place.settings = place.settings | new
    if decouples and asked != before:
        told = f"The update holds both {asked} and the decoupling, so the policy applied before acts: {before}"
        trace.step(rule.SEPARATE, told, rule.SEPARATE.says)
    elif POLICY in new:
        trace.step(rule.POLICY, f"The policy of {place.name} is {asked}", rule.POLICY.says, changes=drawn(here))
    if decouples:
        let_go(here, doing, how.acting_policy(before, asked), trace, how)
    elif couples:
        couple(here, doing, place, trace)


def check_balancer(place: Place, new: Settings, how: How) -> None:
    asked = new.get((ENVIRONMENT, "LoadBalancerType"))
    if asked and asked != place.balancer and not how.load_balancer_changes():
        raise Stop(rule.LB_FIXED, f"{place.name} has {a_kind(place.balancer)} load balancer; it cannot become {asked}")


def let_go(here: World, doing: Doing, policy: str, trace: Tracer, how: How) -> None:
    """The environment lets go of its database: the policy decides, once and for all."""
    end = how.fate(policy)
    if end != RETAINED and how.protection_holds(here.protected):
        message = "RDS refuses to delete the database: deletion protection is on"
        raise Stop(rule.PROTECTED, message)
    others = [place.name for place in here.places if place.name != here.home]
    title = f"The policy {policy} acts on the database: {ENDS[end]}"
    if others and end != RETAINED:
        title += f", also for {' and '.join(others)}"
    here.home, here.database = None, end
    changes: dict[str, Any] = {"/outcome/database": end}
    said = {RETAINED: rule.RETAINED, SNAPSHOTTED: rule.SNAPSHOT}.get(end, rule.DELETED)
    if end != RETAINED:
        here.snapshots += end == SNAPSHOTTED
        changes |= lost(here, doing, title)
    trace.step(said, title, said.says, changes=changes | drawn(here))


def lost(here: World, doing: Doing, message: str) -> dict[str, Any]:
    """The database is gone; AWS goes on with the steps that follow."""
    if here.restored and here.goal == "change-load-balancer":
        return {}
    if here.failed is None:
        here.failed, here.loss = doing.shown, message
    return {
        "/outcome/failed_step": here.failed,
        "/outcome/data_restored": here.restored,
        "/outcome/explain": here.loss,
    }


def couple(here: World, doing: Doing, place: Place, trace: Tracer) -> None:
    """A database is made for an environment that has none."""
    if not doing.settings.get((RDS, "DBPassword")) or not doing.settings.get((RDS, "DBUser")):
        raise Stop(rule.COUPLED, "A new database needs DBUser and DBPassword; the old values are not kept")
    here.home = place.name
    own_database(here, doing, trace)


def own_database(here: World, doing: Doing, trace: Tracer) -> None:
    """A database of an environment's own: with the data of a snapshot, or empty."""
    identifier = doing.settings.get((RDS, "DBSnapshotIdentifier"))
    if identifier and not here.snapshots:
        raise Stop(rule.COUPLED, f"There is no snapshot {identifier}")
    here.restored = here.restored or identifier is not None
    changes: dict[str, Any] = {"/outcome/data_restored": True} if identifier else {}
    title = f"A new database with the data of {identifier}" if identifier else "A new database, without any data"
    if not identifier and here.goal == "decouple-rds":
        here.database = EMPTY
        here.failed, here.loss = here.failed or doing.shown, here.loss or title
        changes = {"/outcome/database": EMPTY, "/outcome/failed_step": here.failed}
    trace.step(rule.COUPLED, title, rule.COUPLED.says, changes=changes | drawn(here))


def create(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """A new environment: the old one's settings without its database, and what the step says."""
    name = doing.environment or "new"
    if here.place(name):
        raise Stop(rule.CREATE, f"There is an environment {name} already")
    old = Place(here.old, here.original)
    taken = {key: value for key, value in old.settings.items() if key[0] != RDS}
    place = Place(name, taken | doing.settings)
    asked = doing.settings.get((ENVIRONMENT, "LoadBalancerType"))
    if here.goal == "change-load-balancer" and asked == old.balancer:
        raise Stop(rule.CREATE, f"{name} would have {a_kind(asked)} load balancer again")
    subnets = place.settings.get((VPC, "ELBSubnets"), place.settings.get((VPC, "Subnets"), ""))
    if place.balancer == "application" and subnets and len(subnets.split(",")) < 2:
        raise Stop(rule.TWO_ZONES, f"An application load balancer in {subnets} alone: subnets in two zones are needed")
    here.places.append(place)
    title = f"{name} is created with {a_kind(place.balancer)} load balancer and the settings of {old.name}"
    trace.step(rule.CREATE, title, rule.CREATE.says, changes=drawn(here))
    if doing.settings.get(HAS_DATABASE, "").lower() == "true":
        own_database(here, doing, trace)


def clone(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """A copy of an environment's configuration."""
    source = target(here, Doing(doing.do, None, doing.settings, doing.shown))
    name = doing.environment if doing.environment and not here.place(doing.environment) else "clone"
    asked = doing.settings.get((ENVIRONMENT, "LoadBalancerType"))
    if here.goal == "change-load-balancer" and not (asked and how.load_balancer_changes()):
        raise Stop(rule.CLONED, f"A clone has {a_kind(source.balancer)} load balancer like {source.name}")
    got = how.clone_gets(COUPLED) if here.home == source.name else None
    if got == EMPTY and here.goal == "decouple-rds":
        here.database = EMPTY
        raise Stop(rule.CLONED, "The clone has a new, empty database", **{"/outcome/database": EMPTY})
    here.places.append(Place(name, source.settings | doing.settings, deployed=True))
    trace.step(rule.CLONED, f"{name} has the configuration of {source.name}", rule.CLONED.says, changes=drawn(here))


def rebuild(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """All resources of an environment are terminated and made again."""
    place = target(here, doing)
    if here.home != place.name:
        trace.step(rule.REBUILT, f"{place.name} is rebuilt; it has no coupled database", rule.REBUILT.says)
        return
    let_go(here, doing, place.policy, trace, how)
    ended = here.database
    here.home, here.database = place.name, EMPTY
    here.loss = f"{place.name} is rebuilt with an empty database; the old one is {ended}"
    changes = {"/outcome/database": EMPTY}
    raise Stop(rule.REBUILT, here.loss, **changes)


def deploy(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    place = target(here, doing)
    if doing.do == "deploy":
        place.deployed = True
    title = f"{place.name} {'gets the version' if doing.do == 'deploy' else 'is tested under its own URL'}"
    trace.step(rule.DEPLOY, title, rule.DEPLOY.says, changes=drawn(here))


def swap(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """The production CNAME goes to the other environment."""
    other = next((place for place in reversed(here.places) if place.name != here.serving), None)
    if other is None:
        raise Stop(rule.SWAPPED, "There is no second environment to swap with")
    if here.goal == "change-load-balancer" and not other.deployed:
        raise Stop(rule.SWAPPED, f"{other.name} does not run the application yet: production would be down")
    here.serving, here.swapped, here.waited = other.name, not here.swapped, False
    trace.step(rule.SWAPPED, f"{other.name} serves production now", rule.SWAPPED.says, changes=drawn(here))


def wait(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    here.waited = here.swapped
    title = (
        "The old answer has left the resolvers' caches" if here.swapped else "Nothing was swapped: nothing to wait for"
    )
    trace.step(rule.WAIT, title, rule.WAIT.says)


def snapshot(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    living(here, rule.TAKEN)
    here.snapshots += 1
    trace.step(rule.TAKEN, "A snapshot of the database is taken", rule.TAKEN.says, changes=drawn(here))


def protect(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    living(here, rule.PROTECTED)
    here.protected = True
    trace.step(rule.PROTECTED, "RDS deletion protection is on", rule.PROTECTED.says, changes=drawn(here))


def living(here: World, said: Rule) -> None:
    if here.database not in (COUPLED, RETAINED):
        raise Stop(said, f"There is no database any more: it is {here.database or 'none'}")


def terminate(here: World, doing: Doing, trace: Tracer, how: How) -> None:
    """An environment goes with everything that belongs to it."""
    place = target(here, doing)
    if here.goal == "change-load-balancer" and place.name == here.serving:
        raise Stop(rule.TERMINATED, f"{place.name} still serves production: with it the site is gone")
    left_clients = here.goal == "change-load-balancer" and here.swapped and not how.dns_is_done(here.waited)
    if left_clients:
        raise Stop(rule.WAIT, f"Resolvers still send clients to {place.name}, which would be gone")
    if here.home == place.name and how.belongs_after_swap(here.swapped):
        let_go(here, doing, place.policy, trace, how)
    elif here.home == place.name:
        here.home, here.database = None, RETAINED
        trace.step(rule.RETAINED, "The database stays", changes={"/outcome/database": RETAINED})
    here.places.remove(place)
    gone = {"group": "environments", "items": [], "meters": {}, "note": "terminated"}
    changes = {pointer("state", "cells", place.name): gone} | drawn(here)
    trace.step(rule.TERMINATED, f"{place.name} is terminated", rule.TERMINATED.says, changes=changes)


DO: dict[str, Callable[[World, Doing, Tracer, How], None]] = {
    UPDATE: update, "create environment": create, "clone environment": clone, "rebuild environment": rebuild,
    "deploy": deploy, "test": deploy, "swap CNAMEs": swap, "wait for DNS": wait, "snapshot database": snapshot,
    "enable deletion protection": protect, "terminate environment": terminate,
}  # fmt: skip

# -- beliefs ---------------------------------------------------------------------------------------------------------

BELIEFS = (
    Belief(
        "one-update-is-enough", "Retain and the decoupling may go into one update",
        "The policy of the same update is ignored, the one applied before acts; with Delete the data is lost.",
        "acting_policy", lambda applied, in_this_update: in_this_update,
        ("elastic-beanstalk-migrations.separate-updates",),
    ),
    Belief(
        "snapshot-keeps-the-database", "with the policy Snapshot the database lives on",
        "A snapshot is taken, then the database is deleted.",
        "fate", lambda policy: DELETED if policy == "Delete" else RETAINED, ("elastic-beanstalk-migrations.10",),
    ),
    Belief(
        "databases-outlive-environments", "terminating an environment leaves its database alone",
        "A coupled database goes by its policy, and the default is Delete.",
        "fate", lambda policy: RETAINED, ("elastic-beanstalk-migrations.10",),
    ),
    Belief(
        "swap-moves-the-database", "after the swap the database belongs to the new environment",
        "A swap exchanges two names; the database stays coupled with the environment that made it.",
        "belongs_after_swap", lambda swapped: not swapped, ("elastic-beanstalk-migrations.decouple",),
    ),
    Belief(
        "load-balancer-can-change", "LoadBalancerType can be changed like any other option",
        "It is fixed when the environment is created.",
        "load_balancer_changes", lambda: True, ("elastic-beanstalk-migrations.03",),
    ),
    Belief(
        "clone-copies-the-data", "a clone has a copy of the database with its data",
        "The clone's database is new and empty.",
        "clone_gets", lambda database: database, ("elastic-beanstalk-cloning.02",),
    ),
    Belief(
        "dns-is-instant", "after the swap nobody uses the old environment",
        "Resolvers hold the old answer for the TTL, some of them longer.",
        "dns_is_done", lambda waited: True, ("elastic-beanstalk-migrations.08",),
    ),
    Belief(
        "protection-is-only-for-the-console", "deletion protection does not hinder Elastic Beanstalk",
        "RDS refuses the deletion whoever asks for it.",
        "protection_holds", lambda protected: False, ("elastic-beanstalk-migrations.14",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-migrate",
    title="Migrations of an Elastic Beanstalk environment",
    view="grid",
    rules=rule.ALL,
    beliefs=BELIEFS,
    given=Given,
    outcome={"ok": False, "failed_step": None, "database": None, "data_restored": None, "explain": None},
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
    varies={
        pointer("given", "environment", "option_settings", RDS, "DBDeletionPolicy"): ("Delete", "Snapshot", "Retain"),
    },
)

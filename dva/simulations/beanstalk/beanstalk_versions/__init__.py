"""Application versions of Elastic Beanstalk: creating, deploying and deleting one, and the lifecycle policy.

Creating a version, in this order: the quota of the Region is checked, the version is created, and only then the
application's lifecycle policy runs over the versions that were there before. It picks those beyond `MaxCount` or
older than `MaxAgeInDays`, passes over what an environment uses or used less than ten weeks ago, and deletes the
oldest of the rest, 100 at most. Deploying an existing version and deleting one by hand run no policy.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct, field

from dva.aws import timestamps
from dva.aws.document import AwsDocument, StrictStruct, decode
from dva.errors import GivenError
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk.beanstalk_versions import _rules as rule

DEFAULT_QUOTA = 1000
MOST_IN_A_RUN = 100
WORDS = ("create", "deploy", "delete")
PROTECTED_WEEKS = 10
IN_USE, RECENT, LATER = "in use", "terminated less than 10 weeks ago", "100 deleted in this run"


class CountRule(AwsDocument, rename="pascal"):
    enabled: bool | str = False
    max_count: int | str | None = None
    delete_source: bool | str = field(default=False, name="DeleteSourceFromS3")


class AgeRule(AwsDocument, rename="pascal"):
    enabled: bool | str = False
    max_age_in_days: int | str | None = None
    delete_source: bool | str = field(default=False, name="DeleteSourceFromS3")


class VersionLifecycle(AwsDocument, rename="pascal"):
    max_count_rule: CountRule = field(default_factory=CountRule)
    max_age_rule: AgeRule = field(default_factory=AgeRule)


class Lifecycle(AwsDocument, rename="pascal"):
    wrappers = ("Applications", "Application", "ResourceLifecycleConfig", "Configurations")
    service_role: str | None = None
    version_lifecycle_config: VersionLifecycle = field(default_factory=VersionLifecycle)


class Version(AwsDocument, rename=None):
    """`in_use`: true, or the environments that run it; `terminated_env_weeks`: since its environment went."""

    wrappers = ("ApplicationVersions",)
    label: str = field(name="VersionLabel")
    date_created: str | None = field(default=None, name="DateCreated")
    age_days: int | float | None = None
    in_use: bool | str | list[str] = False
    terminated_env_weeks: int | float | None = None


class Options(StrictStruct):
    now: str | None = None


class Given(StrictStruct, rename=None):
    """`action` is create, deploy or delete, as a word or as {delete: label}."""

    config: Lifecycle | str | None = field(default=None, name="ResourceLifecycleConfig")
    versions: list[Version] = []
    action: str | dict[str, Any] = "create"
    label: str | None = field(default=None, name="VersionLabel")
    delete_source_bundle: bool = field(default=False, name="DeleteSourceBundle")
    quota: int = DEFAULT_QUOTA
    versions_in_region: int | None = None
    options: Options = field(default_factory=Options)


class Known(Struct, frozen=True):
    """A version as the policy sees it."""

    label: str
    age: float
    in_use: bool
    weeks: float | None
    """Weeks since the last environment with it was terminated, if one was."""


class Limits(Struct, frozen=True):
    """The enabled rules; None where one is off."""

    count: int | None
    days: int | None
    delete_source: bool
    """Whether an enabled rule has DeleteSourceFromS3."""


# -- rule functions that a belief may replace ------------------------------------------------------------------------


def counted(of_application: int, in_region: int) -> int:
    """How many versions count against the quota: those of every application in the Region."""
    return in_region


def at_quota(count: int, quota: int, deletable: int) -> bool:
    """Whether creating fails; what the policy could delete makes no room."""
    return count >= quota


def deploying_fails(count: int, quota: int) -> bool:
    """Whether deploying an existing version fails at the quota: it does not."""
    return False


def beyond_count(newest_first: list[Known], most: int) -> list[Known]:
    """The versions beyond the newest `most`, without the one just created."""
    return newest_first[most:]


def protected(version: Known) -> str | None:
    """Why the policy leaves a version alone."""
    if version.in_use:
        return IN_USE
    recent = version.weeks is not None and version.weeks < PROTECTED_WEEKS
    return RECENT if recent else None


def deletes_source(asked: bool) -> bool:
    """Whether the bundle in S3 goes too: only where it is asked for."""
    return asked


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    counted: Callable[[int, int], int] = counted
    at_quota: Callable[[int, int, int], bool] = at_quota
    deploying_fails: Callable[[int, int], bool] = deploying_fails
    beyond_count: Callable[[list[Known], int], list[Known]] = beyond_count
    protected: Callable[[Known], str | None] = protected
    deletes_source: Callable[[bool], bool] = deletes_source


# -- reading ---------------------------------------------------------------------------------------------------------


def known(given: Given) -> list[Known]:
    """The application's versions, oldest first; of the same age in the order of the file.

    Without options.now it is the moment at which the newest of them was created.
    """
    now = given.options.now or max((v.date_created for v in given.versions if v.date_created), default="")
    found = [
        Known(version.label, age(version, now, place), used(version), version.terminated_env_weeks)
        for place, version in enumerate(given.versions)
    ]
    return sorted(found, key=lambda version: -version.age)


def used(version: Version) -> bool:
    """Whether an environment runs it: said as true, or by naming the environments."""
    return bool(version.in_use) and str(version.in_use).lower() != "false"


def age(version: Version, now: str, place: int) -> float:
    """The age in days, as said or from DateCreated."""
    if version.age_days is not None:
        return version.age_days
    if version.date_created is None:
        return 0
    try:
        return (timestamps.read(now) - timestamps.read(version.date_created)).total_seconds() / 86400
    except ValueError as problem:
        raise GivenError(str(problem), pointer=f"/versions/{place}/DateCreated") from None


def limits(given: Given) -> Limits:
    """The policy's enabled rules."""
    config = given.config
    if isinstance(config, str):
        try:
            config = decode(json.loads(config), Lifecycle)
        except ValueError as problem:
            raise GivenError(f"this is not JSON: {problem}", pointer="/ResourceLifecycleConfig") from None
    read = config.version_lifecycle_config if isinstance(config, Lifecycle) else VersionLifecycle()
    count, by_age = read.max_count_rule, read.max_age_rule
    count_on, age_on = true(count.enabled), true(by_age.enabled)
    return Limits(
        whole(count.max_count, "MaxCount", given) if count_on else None,
        whole(by_age.max_age_in_days, "MaxAgeInDays", given) if age_on else None,
        (count_on and true(count.delete_source)) or (age_on and true(by_age.delete_source)),
    )


def true(value: bool | str) -> bool:
    """A boolean as JSON or as text."""
    return value is True or str(value).lower() == "true"


def whole(value: int | str | None, name: str, given: Given) -> int:
    """The number of an enabled rule."""
    total = len(given.versions)
    try:
        number = int(value if value is not None else "")
    except ValueError:
        raise refused(rule.POLICY, f"An enabled rule needs {name}, a whole number.", total=total) from None
    if number < 0:
        raise refused(rule.POLICY, f"{name} is {number}, which is below 0.", total=total)
    return number


def refused(said: Rule, message: str, code: str = "InvalidParameterValue", **more: Any) -> Refused:
    """What AWS would not do, with the reason in the outcome too."""
    return Refused(said, code, message, reason=message, **more)


def action(given: Given) -> tuple[str, str | None]:
    """The word and the label, however they are written: `delete`, `delete v1`, {delete: v1}."""
    asked = given.action
    if isinstance(asked, str):
        word, _, rest = asked.partition(" ")
        return check_word(word), rest or given.label
    word = next((name for name in WORDS if name in asked), str(asked.get("action", "")))
    inner = asked.get(word)
    named = inner.get("VersionLabel") if isinstance(inner, dict) else inner
    label = named or asked.get("VersionLabel") or given.label
    if not isinstance(label, str | None):
        raise GivenError("a version label is a text", pointer="/action")
    return check_word(word), label


def check_word(word: str) -> str:
    if word not in WORDS:
        raise GivenError(f"`{word}` is no action", pointer="/action", hint="create, deploy or delete")
    return word


# -- what happens ----------------------------------------------------------------------------------------------------


def start(given: Given) -> dict[str, Any]:
    cells = {version.label: cell(version) for version in known(given)}
    taken = in_region(given)
    room = {"versions": [max(0, given.quota - taken), given.quota]}
    return {"cells": {"Region": {"group": "quota", "items": [], "meters": room, "note": ""}} | cells}


def days(age: float) -> str:
    return f"{age:g} day{'' if age == 1 else 's'}"


def cell(version: Known) -> dict[str, Any]:
    items = [days(version.age)] + (["running"] if version.in_use else [])
    return {"group": "application versions", "items": items, "meters": {}, "note": ""}


def in_region(given: Given) -> int:
    return len(given.versions) if given.versions_in_region is None else given.versions_in_region


def play(given: Given, trace: Tracer, how: How) -> None:
    word, label = action(given)
    rules, versions = limits(given), known(given)
    tell_policy(rules, len(versions), trace, how)
    if word == "create":
        create(given, label or f"version-{len(versions) + 1}", versions, rules, trace, how)
    elif word == "deploy":
        newest = versions[-1].label if versions else None
        deploy(given, label or newest, versions, trace, how)
    else:
        if label is None:
            raise GivenError("delete needs the version's label", pointer="/VersionLabel")
        delete(given, label, versions, trace, how)


def tell_policy(rules: Limits, total: int, trace: Tracer, how: How) -> None:
    """What the policy says, and what it would do with bundles."""
    said = [f"keep the newest {rules.count}"] * (rules.count is not None)
    said += [f"delete what is older than {rules.days} days"] * (rules.days is not None)
    title = f"The policy: {' and '.join(said)}" if said else "No rule of the lifecycle policy is enabled"
    kept = not how.deletes_source(rules.delete_source)
    trace.step(rule.POLICY, title, rule.POLICY.says, changes={"/outcome/s3_kept": kept, "/outcome/total": total})


def create(given: Given, label: str, versions: list[Known], rules: Limits, trace: Tracer, how: How) -> None:
    unique(label, versions)
    picked = pick(versions, rules, how)
    count = how.counted(len(versions), in_region(given))
    deletable = sum(how.protected(version) is None for version in picked)
    if how.at_quota(count, given.quota, deletable):
        message = f"The Region has {count} of {given.quota} application versions; delete some by hand first."
        raise refused(rule.QUOTA, message, "TooManyApplicationVersionsException")
    trace.step(
        rule.QUOTA,
        f"{count} of {given.quota} versions exist in the Region: there is room for one more",
        rule.QUOTA.says,
    )
    changes = {
        "/outcome/status": "created",
        "/outcome/created": True,
        "/outcome/total": len(versions) + 1,
        pointer("state", "cells", label): cell(Known(label, 0, False, None)),
        **room(given, 1),
    }
    trace.step(rule.CREATED, f"{label} is created", rule.CREATED.says, changes=changes)
    run_policy(given, versions, picked, rules, trace, how)


def unique(label: str, versions: list[Known]) -> None:
    if not 1 <= len(label) <= 100:
        raise refused(rule.LABEL, "A version label has 1 to 100 characters.")
    if any(version.label == label for version in versions):
        raise refused(rule.LABEL, f"Application Version {label} already exists.")


def pick(versions: list[Known], rules: Limits, how: How) -> list[Known]:
    """What the rules select, oldest first: beyond the count, older than the age."""
    beyond = set(how.beyond_count(versions[::-1], rules.count)) if rules.count is not None else set()
    return [v for v in versions if v in beyond or (rules.days is not None and v.age > rules.days)]


def run_policy(
    given: Given, versions: list[Known], picked: list[Known], rules: Limits, trace: Tracer, how: How
) -> None:
    if rules.count is not None:
        beyond = [version.label for version in reversed(how.beyond_count(versions[::-1], rules.count))]
        title = f"{listed(beyond)} beyond the newest {rules.count} of {len(versions)} older versions"
        trace.step(rule.COUNT, title, rule.COUNT.says)
    if rules.days is not None:
        old = [version.label for version in picked if version.age > rules.days]
        trace.step(rule.AGE, f"{listed(old)} older than {rules.days} days", rule.AGE.says)
    deleted: list[str] = []
    for version in picked:
        why = how.protected(version)
        if why:
            keep(version, why, trace)
        elif len(deleted) == MOST_IN_A_RUN:
            changes = {pointer("outcome", "kept_because", version.label): LATER}
            trace.step(rule.LIMIT, f"{version.label} has to wait for the next run", rule.LIMIT.says, changes=changes)
        else:
            deleted.append(version.label)
            drop(given, version, rules, (len(versions) + 1, len(deleted)), trace, how)
    tell_left(versions, picked, deleted, rules, trace)


def listed(labels: list[str]) -> str:
    if not labels:
        return "None is"
    shown = ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
    return f"{shown} {'is' if len(labels) == 1 else 'are'}"


def keep(version: Known, why: str, trace: Tracer) -> None:
    reason = rule.USED if why == IN_USE else rule.TERMINATED
    changes = {
        pointer("outcome", "kept_because", version.label): why,
        pointer("state", "cells", version.label, "note"): f"kept: {why}",
    }
    trace.step(reason, f"{version.label} is kept: {why}", reason.says, changes=changes)


def drop(given: Given, version: Known, rules: Limits, sums: tuple[int, int], trace: Tracer, how: How) -> None:
    """One version is deleted; `sums`: versions with the new one, and how many are deleted with this one."""
    with_new, gone = sums
    changes = {
        "/outcome/deleted/-": version.label,
        "/outcome/total": with_new - gone,
        pointer("state", "cells", version.label, "items"): [],
        pointer("state", "cells", version.label, "note"): "deleted",
        **room(given, 1 - gone),
    }
    bundle = "its bundle in S3 goes too" if how.deletes_source(rules.delete_source) else "its bundle stays in S3"
    trace.step(rule.DELETED, f"{version.label} is deleted, {bundle}", rule.DELETED.says, changes=changes)


def room(given: Given, more: int) -> dict[str, Any]:
    """The quota after so many more versions."""
    left = max(0, given.quota - in_region(given) - more)
    return {pointer("state", "cells", "Region", "meters"): {"versions": [left, given.quota]}}


def tell_left(versions: list[Known], picked: list[Known], deleted: list[str], rules: Limits, trace: Tracer) -> None:
    """That nothing newer goes in place of what is protected."""
    spared = [version.label for version in picked if version.label not in deleted]
    left = len(versions) - len(deleted)
    if rules.count is not None and spared and left > rules.count:
        title = f"{left} older versions stay, although MaxCount is {rules.count}"
        trace.step(rule.NO_SUBSTITUTE, title, rule.NO_SUBSTITUTE.says)


def find(label: str | None, versions: list[Known]) -> Known:
    for version in versions:
        if version.label == label:
            return version
    raise refused(rule.LABEL, f"No Application Version named '{label}' found.")


def deploy(given: Given, label: str | None, versions: list[Known], trace: Tracer, how: How) -> None:
    version = find(label, versions)
    count = how.counted(len(versions), in_region(given))
    if how.deploying_fails(count, given.quota):
        message = f"{count} of {given.quota} versions exist"
        raise refused(rule.QUOTA, message, "TooManyApplicationVersionsException")
    changes = {
        "/outcome/status": "deployed",
        pointer("state", "cells", version.label, "items"): [days(version.age), "running"],
    }
    title = f"{version.label} is deployed; {count} of {given.quota} versions exist in the Region"
    trace.step(rule.DEPLOYED, title, rule.DEPLOYED.says, changes=changes)


def delete(given: Given, label: str | None, versions: list[Known], trace: Tracer, how: How) -> None:
    version = find(label, versions)
    if version.in_use:
        message = f"{version.label} is deployed to a running environment."
        kept = {version.label: IN_USE}
        raise refused(rule.BY_HAND, message, kept_because=kept)
    changes = {
        "/outcome/status": "deleted",
        "/outcome/deleted/-": version.label,
        "/outcome/s3_kept": not how.deletes_source(given.delete_source_bundle),
        "/outcome/total": len(versions) - 1,
        pointer("state", "cells", version.label, "items"): [],
        pointer("state", "cells", version.label, "note"): "deleted by hand",
        **room(given, -1),
    }
    trace.step(rule.BY_HAND, f"{version.label} is deleted by hand", rule.BY_HAND.says, changes=changes)


# -- beliefs ---------------------------------------------------------------------------------------------------------


def new_version_counts(newest_first: list[Known], most: int) -> list[Known]:
    """Believed: the new version is one of the MaxCount."""
    return newest_first[max(0, most - 1) :]


BELIEFS = (
    Belief(
        "quota-per-application", "each application may have 1,000 versions",
        "The quota counts the versions of all applications in the Region.",
        "counted", lambda of_application, in_region: of_application, ("elastic-beanstalk-lifecycle-policy.01",),
    ),
    Belief(
        "quota-stops-deploying", "at the quota nothing can be deployed any more",
        "Creating a version fails; the versions that exist can still be deployed.",
        "deploying_fails", lambda count, quota: count >= quota, ("elastic-beanstalk-lifecycle-policy.01",),
    ),
    Belief(
        "policy-makes-room", "the policy deletes old versions first, so that a new one always fits",
        "It runs only after a version was created; at the quota none is, so you have to delete by hand.",
        "at_quota", lambda count, quota, deletable: count - deletable >= quota,
        ("elastic-beanstalk-lifecycle-policy.when-it-runs",),
    ),
    Belief(
        "new-version-counts", "MaxCount includes the version just created",
        "The new version is not counted: with MaxCount 25 there are 26 afterwards.",
        "beyond_count", new_version_counts, ("elastic-beanstalk-lifecycle-policy.new-not-counted",),
    ),
    Belief(
        "only-in-use-is-protected", "a version that no environment runs now can go",
        "For ten weeks after its environment was terminated it stays, so that the environment can be restored.",
        "protected", lambda version: IN_USE if version.in_use else None, ("elastic-beanstalk-lifecycle-policy.03",),
    ),
    Belief(
        "nothing-is-protected", "the policy deletes by count and age alone",
        "What an environment runs, or ran until less than ten weeks ago, is passed over.",
        "protected", lambda version: None, ("elastic-beanstalk-lifecycle-policy.03",),
    ),
    Belief(
        "bundles-go-too", "the source bundle goes with its version",
        "It stays in S3 unless DeleteSourceFromS3 (or DeleteSourceBundle) is true.",
        "deletes_source", lambda asked: True, ("elastic-beanstalk-lifecycle-policy.04",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-versions",
    title="Elastic Beanstalk application versions and their lifecycle policy",
    view="grid",
    rules=rule.ALL,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "created": False, "deleted": [], "kept_because": {}, "s3_kept": False, "total": 0, "reason": None,
    },
    statuses=("created", "deployed", "deleted", "refused"),
    play=play,
    how=How(),
    start=start,
    varies={pointer("given", "action"): WORDS},
)  # fmt: skip

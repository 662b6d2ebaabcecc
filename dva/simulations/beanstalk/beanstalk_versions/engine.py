"""Creating, deploying and deleting a version, and the run of the lifecycle policy."""

from msgspec import Struct

from dva.aws import timestamps
from dva.errors import GivenError
from dva.simulations.beanstalk.beanstalk_versions import rules
from dva.simulations.beanstalk.beanstalk_versions.documents import Given, KeptBecause, Version, VersionLifecycle
from dva.simulations.beanstalk.beanstalk_versions.rules import belief
from dva.simulations.frame import Append, Refused, Run, State
from dva.trace import Place, Rule

METER = ("cells", "Region", "meters")
"""Where the quota is drawn."""


class DatedVersion(Struct, frozen=True):
    """A version as the policy sees it: age in days, weeks since its last environment was terminated, if one was."""

    label: str
    age: float
    in_use: bool = False
    weeks: float | None = None

    @property
    def days(self) -> str:
        """The age for readers."""
        return f"{self.age:g} day{'' if self.age == 1 else 's'}"


class Policy(Struct, frozen=True):
    """The enabled rules, None where one is off; whether an enabled one has DeleteSourceFromS3."""

    count: int | None
    days: int | None
    delete_source: bool


def act(given: Given, run: Run) -> None:
    """Create, deploy or delete a version."""
    word, label = action(given)
    policy, versions = enabled_rules(given), oldest_first(given)
    enabled = [f"keep the newest {policy.count}"] * (policy.count is not None)
    enabled += [f"delete what is older than {policy.days} days"] * (policy.days is not None)
    title = f"The policy: {' and '.join(enabled)}" if enabled else "No rule of the lifecycle policy is enabled"
    run.step(rules.POLICY, title, s3_kept=not run.using(deletes_source)(policy.delete_source), total=len(versions))
    if word == "create":
        create(given, label or f"version-{len(versions) + 1}", versions, policy, run)
    elif word == "deploy":
        deploy(given, label or (versions[-1].label if versions else None), versions, run)
    elif label is None:
        raise GivenError("delete needs the version's label", pointer="/VersionLabel")
    else:
        delete(given, label, versions, run)


def create(given: Given, label: str, versions: list[DatedVersion], policy: Policy, run: Run) -> None:
    """Create a version, then run the policy over the older ones."""
    if len(label) > rules.MAX_LABEL:
        raise refusal(rules.LABEL, f"A version label has 1 to {rules.MAX_LABEL} characters.")
    if any(version.label == label for version in versions):
        raise refusal(rules.LABEL, f"Application Version {label} already exists.")
    beyond = run.using(beyond_count)(versions[::-1], policy.count) if policy.count is not None else []
    old = [version for version in versions if policy.days is not None and version.age > policy.days]
    either = {*beyond, *old}
    picked = [version for version in versions if version in either]
    deletable = sum(run.using(protection)(version) is None for version in picked)
    count = run.using(counted)(len(versions), given.in_region)
    if run.using(at_quota)(count, given.quota, deletable):
        message = f"The Region has {count} of {given.quota} application versions; delete some by hand first."
        raise refusal(rules.QUOTA, message, "TooManyApplicationVersionsException")
    run.step(rules.QUOTA, f"{count} of {given.quota} versions exist in the Region: there is room for one more")
    run.step(rules.CREATED, f"{label} is created", status="created", created=True, total=len(versions) + 1,
             draw={("cells", label): cell(DatedVersion(label, 0)), METER: quota_left(given, 1)})  # fmt: skip
    if policy.count is not None:
        title = f"{listed(beyond[::-1])} beyond the newest {policy.count} of {len(versions)} older versions"
        run.step(rules.COUNT, title)
    if policy.days is not None:
        run.step(rules.AGE, f"{listed(old)} older than {policy.days} days")
    deleted = clean_up(given, picked, len(versions) + 1, policy, run)
    left = len(versions) - deleted
    if policy.count is not None and len(picked) > deleted and left > policy.count:
        run.step(rules.NO_SUBSTITUTE, f"{left} older versions stay, although MaxCount is {policy.count}")


def clean_up(given: Given, picked: list[DatedVersion], total: int, policy: Policy, run: Run) -> int:
    """Delete the picked versions as far as the policy may; return how many."""
    bundle = "in S3 goes too" if run.using(deletes_source)(policy.delete_source) else "stays in S3"
    older_only = f"The policy looks at the {total - 1} older versions, not at the new one."
    deleted = 0
    for version in picked:
        label, why = version.label, run.using(protection)(version)
        if why:
            run.step(rules.USED if why == "in use" else rules.TERMINATED, f"{label} is kept: {why}",
                     inside={("kept_because", label): why},
                     draw={("cells", label, "note"): f"kept: {why}"})  # fmt: skip
        elif deleted == rules.MAX_DELETED:
            run.step(rules.LIMIT, f"{label} has to wait for the next run",
                     inside={("kept_because", label): "100 deleted in this run"})  # fmt: skip
        else:
            deleted += 1
            about = older_only if version is picked[-1] else ""
            run.step(rules.DELETED, f"{label} is deleted, its bundle {bundle}", about, deleted=Append(label),
                     total=total - deleted, draw=drawn_deleted(given, label, "deleted", 1 - deleted))  # fmt: skip
    return deleted


def deploy(given: Given, label: str | None, versions: list[DatedVersion], run: Run) -> None:
    """Deploy an existing version."""
    version = find(label, versions)
    count = run.using(counted)(len(versions), given.in_region)
    if run.using(deploying_fails)(count, given.quota):
        message = f"{count} of {given.quota} versions exist"
        raise refusal(rules.QUOTA, message, "TooManyApplicationVersionsException")
    run.step(rules.DEPLOYED, f"{label} is deployed; {count} of {given.quota} versions exist in the Region",
             status="deployed", draw={("cells", version.label, "items"): [version.days, "running"]})  # fmt: skip


def delete(given: Given, label: str, versions: list[DatedVersion], run: Run) -> None:
    """Delete a version by hand."""
    if find(label, versions).in_use:
        raise refusal(rules.BY_HAND, f"{label} is deployed to a running environment.", kept_because={label: "in use"})
    run.step(rules.BY_HAND, f"{label} is deleted by hand", status="deleted", deleted=Append(label),
             total=len(versions) - 1, s3_kept=not run.using(deletes_source)(given.delete_source_bundle),
             draw=drawn_deleted(given, label, "deleted by hand", -1))  # fmt: skip


def find(label: str | None, versions: list[DatedVersion]) -> DatedVersion:
    """Return the version with this label; Refused where there is none."""
    for version in versions:
        if version.label == label:
            return version
    raise refusal(rules.LABEL, f"No Application Version named '{label}' found.")


def refusal(broken: Rule, message: str, code: str = "InvalidParameterValue", **outcome: object) -> Refused:
    """Return the refusal by a rule, its message also as `reason`."""
    return Refused(broken, code, message, status="refused", reason=message, **outcome)


# Reading


def oldest_first(given: Given) -> list[DatedVersion]:
    """Return the application's versions, oldest first; those of the same age in the order of the file."""
    now = given.options.now or max((v.date_created for v in given.versions if v.date_created), default="")
    found = [
        DatedVersion(version.label, age(version, now, place), version.used, version.terminated_env_weeks)
        for place, version in enumerate(given.versions)
    ]
    return sorted(found, key=lambda version: -version.age)


def age(version: Version, now: str, place: int) -> float:
    """Return the age in days, as given or from DateCreated."""
    if version.age_days is not None:
        return version.age_days
    if version.date_created is None:
        return 0
    try:
        return (timestamps.read(now) - timestamps.read(version.date_created)).total_seconds() / 86400
    except ValueError as problem:
        raise GivenError(str(problem), pointer=f"/versions/{place}/DateCreated") from None


def enabled_rules(given: Given) -> Policy:
    """Return the policy's enabled rules; Refused where one has no number."""
    read = given.config.version_lifecycle_config if given.config else VersionLifecycle()
    count, by_age = read.max_count_rule, read.max_age_rule
    count_on, age_on = is_true(count.enabled), is_true(by_age.enabled)
    return Policy(
        to_int(count.max_count, "MaxCount", given) if count_on else None,
        to_int(by_age.max_age_in_days, "MaxAgeInDays", given) if age_on else None,
        (count_on and is_true(count.delete_source)) or (age_on and is_true(by_age.delete_source)),
    )


def is_true(value: bool | str) -> bool:
    """Read a boolean, as JSON or as text."""
    return str(value).lower() == "true"


def to_int(value: int | str | None, member: str, given: Given) -> int:
    """Return the number of an enabled rule; Refused where it is none or below 0."""
    total = len(given.versions)
    try:
        number = int("" if value is None else value)
    except ValueError:
        raise refusal(rules.POLICY, f"An enabled rule needs {member}, a whole number.", total=total) from None
    if number < 0:
        raise refusal(rules.POLICY, f"{member} is {number}, which is below 0.", total=total)
    return number


def action(given: Given) -> tuple[str, str | None]:
    """Return the action and the label, however they are written: `delete`, `delete v1`, {delete: v1}."""
    asked = given.action
    if isinstance(asked, str):
        word, _, rest = asked.partition(" ")
        label: object = rest or given.label
    else:
        word = next((known for known in rules.ACTIONS if known in asked), str(asked.get("action", "")))
        inner = asked.get(word)
        named = inner.get("VersionLabel") if isinstance(inner, dict) else inner
        label = named or asked.get("VersionLabel") or given.label
    if not isinstance(label, str | None):
        raise GivenError("a version label is text", pointer="/action")
    if word not in rules.ACTIONS:
        raise GivenError(f"`{word}` is not a valid action", pointer="/action", hint="create, deploy or delete")
    return word, label


# What is drawn


def initial_state(given: Given) -> State:
    """Return the quota and a cell for each version."""
    region = {"group": "quota", "items": [], "meters": quota_left(given, 0), "note": ""}
    return {"cells": {"Region": region} | {version.label: cell(version) for version in oldest_first(given)}}


def cell(version: DatedVersion) -> dict[str, object]:
    """Return the cell of a version."""
    items = [version.days] + ["running"] * version.in_use
    return {"group": "application versions", "items": items, "meters": {}, "note": ""}


def drawn_deleted(given: Given, label: str, note: str, more: int) -> dict[Place, object]:
    """Return the changed places of a version that is deleted, and of the quota after so many more versions."""
    return {("cells", label, "items"): [], ("cells", label, "note"): note, METER: quota_left(given, more)}


def quota_left(given: Given, more: int) -> dict[str, list[int]]:
    """Return the meter of the quota after so many more versions."""
    return {"versions": [max(0, given.quota - given.in_region - more), given.quota]}


def listed(versions: list[DatedVersion]) -> str:
    """Return the first five labels with their verb."""
    if not versions:
        return "None is"
    shown = ", ".join(version.label for version in versions[:5])
    more = f" and {len(versions) - 5} more" if len(versions) > 5 else ""
    return f"{shown}{more} {'is' if len(versions) == 1 else 'are'}"


# The rule functions that beliefs replace


def counted(of_application: int, in_region: int) -> int:
    """Return how many versions count against the quota: those of every application in the Region."""
    return in_region


def at_quota(count: int, quota: int, deletable: int) -> bool:
    """Return whether creating fails; what the policy could delete makes no room."""
    return count >= quota


def deploying_fails(count: int, quota: int) -> bool:
    """Return whether deploying an existing version fails at the quota: it does not."""
    return False


def beyond_count(newest_first: list[DatedVersion], most: int) -> list[DatedVersion]:
    """Return the versions beyond the newest `most`, without the one just created."""
    return newest_first[most:]


def protection(version: DatedVersion) -> KeptBecause | None:
    """Return why the policy leaves a version alone."""
    if version.in_use:
        return "in use"
    recent = version.weeks is not None and version.weeks < rules.PROTECTED_WEEKS
    return "terminated less than 10 weeks ago" if recent else None


def deletes_source(asked: bool) -> bool:
    """Return whether the bundle in S3 goes too: only where it is asked for."""
    return asked


# What people believe instead

belief(counted, "quota-per-application", "each application may have 1,000 versions",
       "The quota counts the versions of all applications in the Region.",
       "01")(lambda of_application, in_region: of_application)  # fmt: skip
belief(deploying_fails, "quota-stops-deploying", "at the quota nothing can be deployed any more",
       "Creating a version fails; the versions that exist can still be deployed.",
       "01")(lambda count, quota: count >= quota)  # fmt: skip
belief(at_quota, "policy-makes-room", "the policy deletes old versions first, so that a new one always fits",
       "It runs only after a version was created; at the quota none is, so you have to delete by hand.",
       "when-it-runs")(lambda count, quota, deletable: count - deletable >= quota)  # fmt: skip
belief(beyond_count, "new-version-counts", "MaxCount includes the version just created",
       "The new version is not counted: with MaxCount 25 there are 26 afterwards.",
       "new-not-counted")(lambda newest_first, most: newest_first[max(0, most - 1) :])  # fmt: skip
belief(protection, "only-in-use-is-protected", "a version that no environment runs now can go",
       "For ten weeks after its environment was terminated it stays, so that the environment can be restored.",
       "03")(lambda version: "in use" if version.in_use else None)  # fmt: skip
belief(protection, "nothing-is-protected", "the policy deletes by count and age alone",
       "What an environment runs, or ran until less than ten weeks ago, is passed over.",
       "03")(lambda version: None)  # fmt: skip
belief(deletes_source, "bundles-go-too", "the source bundle goes with its version",
       "It stays in S3 unless DeleteSourceFromS3 (or DeleteSourceBundle) is true.",
       "04")(lambda asked: True)  # fmt: skip

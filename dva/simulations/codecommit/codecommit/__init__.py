"""AWS CodeCommit: who hears of a push or a pull request, who may sign in how, and when a pull request is approved.

In CodeCommit's order: the triggers of a repository are checked as a set; each event goes to the triggers that know it,
to EventBridge and its rules, and to notification rules. A sign-in depends on the kind of identity; an approval rule
counts the approvals of its pool. (AWS CodeCommit User Guide.) The rules stand in `_rules.py`, events in `_given.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from dva.aws import event_pattern, glob
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.codecommit.codecommit import _rules as rules
from dva.simulations.codecommit.codecommit._given import (
    REFERENCES,
    ApprovalRule,
    Given,
    NotificationRule,
    Trigger,
    asked,
    bridge_event,
    bridge_name,
    notice_id,
)
from dva.simulations.codecommit.codecommit._triggers import refusal

TEMPORARY_WAYS = ("credential-helper", "git-remote-codecommit")


# The rule functions that beliefs replace.


def fires(trigger: Trigger, event: str, branch: str | None) -> bool:
    """Whether a trigger fires; `event` is the name that triggers use, or EventBridge's for what they do not know."""
    known = event in REFERENCES and ("all" in trigger.events or event in trigger.events)
    return known and (not trigger.branches or branch in trigger.branches)


def may_sign_in(identity: str, way: str) -> bool:
    """Whether this kind of identity can use the way."""
    return identity == "iam-user" or way in TEMPORARY_WAYS


def in_pool(rule: ApprovalRule, approver: str) -> bool:
    """Whether an approval of this one counts, the author apart."""
    return not rule.pool or any(is_member(member, approver) for member in rule.pool)


def may_approve(rule: ApprovalRule, approver: str) -> bool:
    """Whether this one may approve at all."""
    return approver != rule.author


def notices(rule: NotificationRule, event_type: str | None) -> bool:
    """Whether a notification rule tells of an event."""
    ids = [*rule.event_type_ids, *(one.event_type_id for one in rule.event_types)]
    return rule.status == "ENABLED" and event_type in ids


def is_member(member: str, approver: str) -> bool:
    """Whether a pool member means this approver; `CodeCommitApprovers:account:name` means users of that name."""
    if not member.startswith("CodeCommitApprovers:"):
        return glob.matches(member, approver)
    _, account, name = [*member.split(":", 2), "", ""][:3]
    kinds = (f"arn:aws:iam::{account}:user/", f"arn:aws:sts::{account}:federated-user/")
    roles = f"arn:aws:sts::{account}:assumed-role/"
    found = next((approver[len(kind) :] for kind in (*kinds, roles) if approver.startswith(kind)), None)
    return found is not None and glob.matches(name, found)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    fires: Callable[[Trigger, str, str | None], bool] = fires
    may_sign_in: Callable[[str, str], bool] = may_sign_in
    in_pool: Callable[[ApprovalRule, str], bool] = in_pool
    may_approve: Callable[[ApprovalRule, str], bool] = may_approve


def start(given: Given) -> dict[str, Any]:
    """A cell for each way out of the repository, the sign-in and the approval rule."""
    cells = {name: _cell(group) for group, name, _ in ways(given)}
    if given.want:
        cells["sign-in"] = _cell(given.identity)
    if given.approval_rule:
        cells["approvals"] = _cell("pull request") | {"meters": {"missing": [given.approval_rule.needed] * 2}}
    return {"cells": cells}


def _cell(group: str) -> dict[str, Any]:
    return {"group": group, "items": [], "meters": {}, "note": ""}


def ways(given: Given) -> Iterator[tuple[str, str, Any]]:
    """(via, name, what it is) for every trigger and rule, in the order in which they are asked."""
    for number, trigger in enumerate(given.triggers, 1):
        yield "trigger", f"trigger {trigger.name or number}", trigger
    for number, rule in enumerate(given.event_rules, 1):
        yield "event rule", f"event rule {number}", rule
    for number, notice in enumerate(given.notification_rules, 1):
        yield "notification rule", f"notification rule {notice.name or number}", notice


def play(given: Given, trace: Tracer, how: How) -> None:
    """Triggers, events, the sign-in, the approvals: what is given of them."""
    refused = refusal(given.triggers, given.repository_region)
    if refused:
        code, message = refused
        error = {"code": code, "message": message}
        refusing = {"/outcome/status": "refused", "/outcome/error": error, "/outcome/reason": code}
        trace.step(rules.BAD, f"{code}: {message}", f"{rules.BAD.says} No trigger delivers.", changes=refusing)
    else:
        number = len(given.triggers)
        title = f"{number} trigger{'' if number == 1 else 's'} accepted" if number else "No trigger is set up"
        changes: dict[str, Any] = {"/outcome/status": "completed", "/outcome/valid": True}
        trace.step(rules.OK, title, rules.OK.says, changes=changes)
    for index in range(len(given.events)):
        deliver(given, index, trace, how, triggers=not refused)
    for way in given.want:
        sign_in(given.identity, way, trace, how)
    if given.approval_rule:
        approve(given.approval_rule, given.approvals, trace, how)


def deliver(given: Given, index: int, trace: Tracer, how: How, *, triggers: bool) -> None:
    """One event, to everyone who hears of it."""
    event = given.events[index]
    name = bridge_name(event, index)
    told = {bridge: ours for ours, bridge in REFERENCES.items()}.get(name, name)
    full = bridge_event(event, name, given.repository_region or "eu-west-1")
    where = f" on {event.branch}" if event.branch else ""
    for via, way, what in ways(given):
        if via == "trigger" and not triggers:
            continue
        if via == "event rule":
            rule, why, targets = matched(given, index, int(way.split()[-1]) - 1, what, full)
        else:
            rule, why, targets = heard(via, what, told, full, event.branch, how)
        tell(trace, rule, why, event.type + where, event.type, via, way, targets)
        if via == "trigger" and targets and ":lambda:" in what.destination_arn:
            trace.step(rules.POLICY, f"{way} calls a function", rules.POLICY.says)


Heard = tuple[Rule, str, list[str | None]]
"""The rule that says whether one trigger or rule hears of an event, why, and whom it tells."""


def matched(given: Given, event: int, index: int, what: dict[str, Any], full: dict[str, Any]) -> Heard:
    """An event rule: its pattern is judged as a whole and compared with what the scenario says of the event."""
    pattern, target = pattern_of(what, index)
    wanted = asked(pattern, given.events[event], given.repository_region)
    if fits(pattern, full, index) or fits(wanted, full, index):
        return rules.MATCH, "", [target]
    return rules.NO_MATCH, f"Here {event_pattern.first_mismatch(wanted, full)} does not fit.", []


def heard(via: str, what: Any, told: str, full: dict[str, Any], branch: str | None, how: How) -> Heard:
    """A trigger or a notification rule."""
    if via == "trigger":
        if how.fires(what, told, branch):
            return rules.FIRES, "", [what.destination_arn]
        why = f"It listens to {', '.join(what.events)} on {', '.join(what.branches) or 'every branch'}."
        return (rules.SILENT if told in REFERENCES else rules.ONLY_REFS), why, []
    event_type = notice_id(full["detail"]["event"])
    why = f"The event type is {event_type or 'none that notification rules know'}."
    if notices(what, event_type):
        return rules.NOTICE, why, [target.target_address for target in what.targets]
    return rules.NO_NOTICE, why, []


def pattern_of(rule: dict[str, Any], index: int) -> tuple[dict[str, Any], str | None]:
    """(pattern, target) of an event rule, which may be the pattern alone."""
    if "pattern" not in rule:
        return rule, None
    unknown = next((key for key in rule if key not in ("pattern", "target")), None)
    if unknown is not None:
        raise GivenError(f"unknown key `{unknown}`", pointer=f"/eventRules/{index}/{unknown}")
    pattern, place = rule["pattern"], f"/eventRules/{index}/pattern"
    if isinstance(pattern, str):
        try:
            pattern = msgspec.json.decode(pattern)
        except msgspec.DecodeError as problem:
            raise GivenError(f"this is not JSON: {problem}", pointer=place) from None
        except RecursionError:
            raise GivenError("this is nested too deeply", pointer=place) from None
    if not isinstance(pattern, dict):
        raise GivenError("a pattern is a mapping", pointer=place)
    return pattern, rule.get("target")


def fits(pattern: dict[str, Any], event: dict[str, Any], index: int) -> bool:
    """Whether the event fits the pattern."""
    try:
        return event_pattern.matches(pattern, event)
    except event_pattern.PatternError as problem:
        place = f"/eventRules/{index}/pattern/{problem.path.replace('.', '/')}"
        raise GivenError(problem.message, pointer=place) from None


def tell(
    trace: Tracer, rule: Rule, why: str, what: str, event: str, via: str, way: str, destinations: list[str | None]
) -> None:  # fmt: skip
    """Tell whether one trigger or rule hears of an event; `what` is the event with its branch."""
    why = f"{rule.says} {why}".strip()
    if not destinations:
        trace.step(rule, f"{way} does not hear of {what}", why)
    for destination in destinations:
        changes: dict[str, Any] = {"/outcome/deliveries/-": {"event": event, "via": via, "destination": destination}}
        if trace.recording:
            changes[pointer("state", "cells", way, "items", "-")] = what
        trace.step(rule, f"{way} tells {destination or 'its targets'} of {what}", why, changes=changes)


def sign_in(identity: str, way: str, trace: Tracer, how: How) -> None:
    """Whether a kind of identity can sign in this way."""
    works = how.may_sign_in(identity, way)
    rule = rules.WORKS if identity == "iam-user" else rules.TEMPORARY
    changes: dict[str, Any] = {"/outcome/allowed/-": way} if works else {}
    if not works and trace.outcome["reason"] is None:
        changes["/outcome/reason"] = "ROOT_ACCOUNT" if identity == "root" else "IAM_USER_ONLY"
    if trace.recording and works:
        changes["/state/cells/sign-in/items/-"] = way
    trace.step(rule, f"{identity}: {way} {'works' if works else 'does not work'}", rule.says, changes=changes)


def approve(rule: ApprovalRule, approvals: list[str], trace: Tracer, how: How) -> None:
    """Count the approvals of a pull request."""
    for name in dict.fromkeys(approvals):
        if not how.may_approve(rule, name):
            trace.step(rules.AUTHOR, f"{name} is the author", rules.AUTHOR.says)
        elif not how.in_pool(rule, name):
            trace.step(rules.NOT_IN_POOL, f"{name} is not in the pool", rules.NOT_IN_POOL.says)
        else:
            changes: dict[str, Any] = {"/outcome/counted/-": name}
            if trace.recording:
                missing = max(0, rule.needed - len(trace.outcome["counted"]) - 1)
                changes["/state/cells/approvals/items/-"] = name
                changes["/state/cells/approvals/meters/missing"] = [missing, rule.needed]
            trace.step(rules.COUNTS, f"{name} counts", rules.COUNTS.says, changes=changes)
    counted = len(trace.outcome["counted"])
    satisfied = counted >= rule.needed
    title = f"{counted} of {rule.needed}: the rule is {'satisfied' if satisfied else 'not satisfied'}"
    trace.step(rules.SATISFIED, title, rules.SATISFIED.says, changes={"/outcome/satisfied": satisfied})


# Beliefs: what people expect instead.


def fires_for_pull_requests(trigger: Trigger, event: str, branch: str | None) -> bool:
    """Believed: a trigger on a branch hears of pull requests into it."""
    return fires(trigger, event if event in REFERENCES else "updateReference", branch)


def no_branches_no_events(trigger: Trigger, event: str, branch: str | None) -> bool:
    """Believed: a trigger without branches fires for none."""
    return bool(trigger.branches) and fires(trigger, event, branch)


BELIEFS = (
    Belief(
        "triggers-hear-pull-requests", "a trigger on a branch fires for pull requests into it",
        "Triggers know only that a branch or tag was created, updated or deleted; pull requests go to EventBridge.",
        "fires", fires_for_pull_requests, ("codecommit.trigger-or-event",),
    ),
    Belief(
        "no-branches-means-none", "a trigger whose list of branches is empty never fires",
        "An empty list stands for all branches.",
        "fires", no_branches_no_events, ("codecommit.10",),
    ),
    Belief(
        "everyone-has-git-credentials", "roles and federated users can use Git credentials and SSH keys too",
        "Both belong to an IAM user; temporary credentials need git-remote-codecommit or the credential helper.",
        "may_sign_in", lambda identity, way: True, ("codecommit.06",),
    ),
    Belief(
        "authors-approve-themselves", "the author's own approval counts",
        "The author of a pull request cannot approve it.",
        "may_approve", lambda rule, approver: True, ("codecommit.approval-rules",),
    ),
    Belief(
        "anyone-can-approve", "any approval counts, whoever is in the pool",
        "With a pool only the approvals of its members count.",
        "in_pool", lambda rule, approver: True, ("codecommit.approval-rules",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="codecommit",
    title="AWS CodeCommit: notices, sign-in, approvals",
    view="grid",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "deliveries": [], "valid": False, "reason": None, "allowed": [], "satisfied": False, "counted": [],
    },
    statuses=("completed", "refused"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip

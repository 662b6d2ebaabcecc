"""Triggers, events, the sign-in and the approvals: what is given of them."""

import re
from collections.abc import Iterator
from typing import Any

from dva.aws import event_pattern
from dva.aws.document import json_value
from dva.errors import GivenError
from dva.simulations.codecommit.codecommit import decisions, documents, rules
from dva.simulations.codecommit.codecommit.documents import REFERENCES, ApprovalRule, Given, NotificationRule, Trigger
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Rule

# Documented numbers (AWS CodeCommit User Guide, "Quotas"; API, RepositoryTrigger)

MAX_TRIGGERS = 10
MAX_NAME, MAX_CUSTOM_DATA = 100, 1000
"""Characters."""
NAME = re.compile(rf"[^\s,]{{1,{MAX_NAME}}}")
DESTINATION = re.compile(r"arn:aws[a-z-]*:(sns|lambda):(?P<region>[a-z0-9-]+):\d{12}:.+")

Refusal = tuple[str, str]
"""The name of the API's exception, and why."""
Listener = Trigger | NotificationRule | dict[str, Any]


def listeners(given: Given) -> Iterator[tuple[documents.Via, str, int, Listener]]:
    """List kind, name, position and document of every trigger and rule, in the order in which they are asked."""
    for index, trigger in enumerate(given.triggers):
        yield "trigger", f"trigger {trigger.name or index + 1}", index, trigger
    for index, rule in enumerate(given.event_rules):
        yield "event rule", f"event rule {index + 1}", index, rule
    for index, notice in enumerate(given.notification_rules):
        yield "notification rule", f"notification rule {notice.name or index + 1}", index, notice


def initial_state(given: Given) -> State:
    """Return a cell for each trigger and rule, the sign-in and the approval rule."""

    def cell(group: str) -> dict[str, Any]:
        return {"group": group, "items": [], "meters": {}, "note": ""}

    cells = {name: cell(via) for via, name, *_ in listeners(given)}
    if given.want:
        cells["sign-in"] = cell(given.identity)
    if given.approval_rule:
        cells["approvals"] = cell("pull request") | {"meters": {"missing": [given.approval_rule.needed] * 2}}
    return {"cells": cells}


def simulate(given: Given, run: Run) -> None:
    """Check the triggers, deliver the events, sign in, count the approvals."""
    if refused := refusal(given.triggers, given.repository_region):
        code, message = refused
        run.step(rules.BAD, f"{code}: {message}", "No trigger delivers.", status="refused",
                 error={"code": code, "message": message}, reason=code)  # fmt: skip
    else:
        number = len(given.triggers)
        title = f"{number} trigger{'' if number == 1 else 's'} accepted" if number else "No trigger is set up"
        run.step(rules.OK, title, status="completed", valid=True)
    for index in range(len(given.events)):
        deliver(given, index, run, triggers=not refused)
    for method in given.want:
        sign_in(given.identity, method, run)
    if given.approval_rule:
        approve(given.approval_rule, given.approvals, run)


# Triggers are accepted or refused as a set


def refusal(triggers: list[Trigger], region: str | None) -> Refusal | None:
    """Return why the set is refused: the first reason that holds; None where it is accepted."""
    if len(triggers) > MAX_TRIGGERS:
        why = f"{len(triggers)} triggers, at most {MAX_TRIGGERS} are possible"
        return "MaximumRepositoryTriggersExceededException", why
    return next((found for trigger in triggers for found in [_refused(trigger, region)] if found), None)


def _refused(trigger: Trigger, region: str | None) -> Refusal | None:
    destination = DESTINATION.fullmatch(trigger.destination_arn)
    unknown = [event for event in trigger.events if event not in (*REFERENCES, "all")]
    checks = (
        (not trigger.name, "RepositoryTriggerNameRequiredException", "a trigger needs a name"),
        (not NAME.fullmatch(trigger.name), "InvalidRepositoryTriggerNameException",
         f"`{trigger.name}` has a blank or a comma, or is too long"),
        (not trigger.destination_arn, "RepositoryTriggerDestinationArnRequiredException",
         f"{trigger.name} needs a destination"),
        (destination is None, "InvalidRepositoryTriggerDestinationArnException",
         f"{trigger.destination_arn} is neither an SNS topic nor a Lambda function"),
        (bool(destination and region and destination["region"] != region), "InvalidRepositoryTriggerRegionException",
         f"{trigger.destination_arn} is not in {region}"),
        (not trigger.events, "RepositoryTriggerEventsListRequiredException", f"{trigger.name} lists no events"),
        (bool(unknown), "InvalidRepositoryTriggerEventsException", f"there is no event {', '.join(unknown)}"),
        ("all" in trigger.events and len(trigger.events) > 1, "InvalidRepositoryTriggerEventsException",
         "`all` stands alone"),
        (len(trigger.custom_data or "") > MAX_CUSTOM_DATA, "InvalidRepositoryTriggerCustomDataException",
         f"customData is longer than {MAX_CUSTOM_DATA} characters"),
    )  # fmt: skip
    return next(((code, message) for holds, code, message in checks if holds), None)


# Deliveries

Decision = tuple[Rule, str, list[str | None]]
"""The rule that says whether a trigger or rule hears of an event, why, and the targets that are told."""


def deliver(given: Given, event_index: int, run: Run, *, triggers: bool) -> None:
    """Deliver one event to all who hear of it."""
    event = given.events[event_index]
    name = documents.bridge_name(event, event_index)
    full = documents.bridge_event(event, name, given.repository_region or "eu-west-1")
    what = event.type + (f" on {event.branch}" if event.branch else "")
    for via, listener_name, index, listener in listeners(given):
        if isinstance(listener, Trigger):
            if not triggers:
                continue
            rule, why, targets = by_trigger(listener, name, event.branch, run)
        elif isinstance(listener, NotificationRule):
            rule, why, targets = by_notification_rule(listener, name)
        else:
            rule, why, targets = by_event_rule(listener, index, event, full, given.repository_region)
        if not targets:
            run.step(rule, f"{listener_name} does not hear of {what}", why)
        for target in targets:
            run.step(rule, f"{listener_name} tells {target or 'its targets'} of {what}", why,
                     deliveries=Append(documents.Delivery(event=event.type, via=via, destination=target)),
                     draw={("cells", listener_name, "items", "-"): what})  # fmt: skip
        if targets and isinstance(listener, Trigger) and ":lambda:" in listener.destination_arn:
            run.step(rules.POLICY, f"{listener_name} calls a function")


def by_trigger(trigger: Trigger, name: str, branch: str | None, run: Run) -> Decision:
    """Return whether a trigger fires for an event, named as EventBridge has it."""
    event = {bridge: own for own, bridge in REFERENCES.items()}.get(name, name)
    if run.using(decisions.fires)(trigger, event, branch):
        return rules.FIRES, "", [trigger.destination_arn]
    why = f"It listens to {', '.join(trigger.events)} on {', '.join(trigger.branches) or 'every branch'}."
    return (rules.SILENT if event in REFERENCES else rules.ONLY_REFS), why, []


def by_notification_rule(rule: NotificationRule, name: str) -> Decision:
    """Return whether a notification rule sends an event, named as EventBridge has it."""
    event_type = documents.notice_id(name)
    why = f"The event type is {event_type or 'none that notification rules know'}."
    ids = [*rule.event_type_ids, *(one.event_type_id for one in rule.event_types)]
    if rule.status == "ENABLED" and event_type in ids:
        return rules.NOTICE, why, [target.target_address for target in rule.targets]
    return rules.NO_NOTICE, why, []


def by_event_rule(
    rule: dict[str, Any], index: int, event: documents.Event, full: dict[str, Any], region: str | None
) -> Decision:
    """Return whether the pattern of an event rule fits what the scenario says of the event."""
    pattern, target = pattern_of(rule, index)
    wanted = documents.asked(pattern, event, region)
    if fits(pattern, full, index) or not wanted or fits(wanted, full, index):
        return rules.MATCH, "", [target]
    return rules.NO_MATCH, f"Here {event_pattern.first_mismatch(wanted, full)} does not fit.", []


def pattern_of(rule: dict[str, Any], index: int) -> tuple[dict[str, Any], str | None]:
    """Return pattern and target of an event rule, which may be the pattern alone."""
    if "pattern" not in rule:
        return rule, None
    unknown = next((key for key in rule if key not in ("pattern", "target")), None)
    if unknown is not None:
        raise GivenError(f"unknown key `{unknown}`", pointer=f"/eventRules/{index}/{unknown}")
    pattern, place = rule["pattern"], f"/eventRules/{index}/pattern"
    if isinstance(pattern, str):
        try:
            pattern = json_value(pattern)
        except GivenError as problem:
            raise GivenError(problem.message, pointer=place + problem.pointer) from None
    if not isinstance(pattern, dict):
        raise GivenError("a pattern is a mapping", pointer=place)
    return pattern, rule.get("target")


def fits(pattern: dict[str, Any], event: dict[str, Any], index: int) -> bool:
    """Whether the event fits the pattern; GivenError where the pattern is wrong."""
    try:
        return event_pattern.matches(pattern, event)
    except event_pattern.PatternError as problem:
        place = f"/eventRules/{index}/pattern/{problem.path.replace('.', '/')}"
        raise GivenError(problem.message, pointer=place) from None


def sign_in(identity: str, method: documents.SignIn, run: Run) -> None:
    """Record whether a kind of identity can sign in by a method."""
    rule = rules.WORKS if identity == "iam-user" else rules.TEMPORARY
    if run.using(decisions.may_sign_in)(identity, method):
        drawn: Draw = {("cells", "sign-in", "items", "-"): method}
        run.step(rule, f"{identity}: {method} works", allowed=Append(method), draw=drawn)
    elif run.outcome["reason"] is None:
        reason = "ROOT_ACCOUNT" if identity == "root" else "IAM_USER_ONLY"
        run.step(rule, f"{identity}: {method} does not work", reason=reason)
    else:
        run.step(rule, f"{identity}: {method} does not work")


def approve(rule: ApprovalRule, approvals: list[str], run: Run) -> None:
    """Count the approvals of a pull request."""
    counted = 0
    for name in dict.fromkeys(approvals):
        if not run.using(decisions.may_approve)(rule, name):
            run.step(rules.AUTHOR, f"{name} is the author")
        elif not run.using(decisions.in_pool)(rule, name):
            run.step(rules.NOT_IN_POOL, f"{name} is not in the pool")
        else:
            counted += 1
            drawn: Draw = {
                ("cells", "approvals", "items", "-"): name,
                ("cells", "approvals", "meters", "missing"): [max(0, rule.needed - counted), rule.needed],
            }
            run.step(rules.COUNTS, f"{name} counts", counted=Append(name), draw=drawn)
    satisfied = counted >= rule.needed
    title = f"{counted} of {rule.needed}: the rule is {'satisfied' if satisfied else 'not satisfied'}"
    run.step(rules.SATISFIED, title, satisfied=satisfied)

"""Whether CodeCommit accepts a set of triggers: PutRepositoryTriggers refuses it as a whole."""

import re

from dva.simulations.codecommit.codecommit.documents import REFERENCES, Trigger

# Documented numbers (AWS CodeCommit User Guide, "Quotas"; API, RepositoryTrigger)

MAX_TRIGGERS = 10
MAX_NAME, MAX_CUSTOM_DATA = 100, 1000
"""Characters."""
NAME = re.compile(rf"[^\s,]{{1,{MAX_NAME}}}")
DESTINATION = re.compile(r"arn:aws[a-z-]*:(sns|lambda):(?P<region>[a-z0-9-]+):\d{12}:.+")

Refusal = tuple[str, str]
"""The name of the API's exception, and why."""


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

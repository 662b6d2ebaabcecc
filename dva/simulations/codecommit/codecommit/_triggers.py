"""Whether CodeCommit accepts a set of triggers: PutRepositoryTriggers refuses it as a whole."""

import re

from dva.simulations.codecommit.codecommit._given import REFERENCES, Trigger

MOST = 10
LONGEST_DATA = 1000
NAME = re.compile(r"[^\s,]{1,100}")
DESTINATION = re.compile(r"arn:aws[a-z-]*:(sns|lambda):(?P<region>[a-z0-9-]+):\d{12}:.+")

Refusal = tuple[str, str]
"""The name of the API's exception, and why."""


def refusal(triggers: list[Trigger], region: str | None) -> Refusal | None:
    """Why the set is refused, the first reason that holds."""
    if len(triggers) > MOST:
        return "MaximumRepositoryTriggersExceededException", f"{len(triggers)} triggers, at most {MOST} are possible"
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
        (len(trigger.custom_data or "") > LONGEST_DATA, "InvalidRepositoryTriggerCustomDataException",
         f"customData is longer than {LONGEST_DATA} characters"),
    )  # fmt: skip
    return next(((code, message) for holds, code, message in checks if holds), None)

"""A rule with its targets, an event, and what becomes of it."""

from typing import Annotated, Any, Literal, TypedDict

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.frame import Outcome, Phrases


class Rule(AwsDocument, rename="pascal"):
    """A rule, as DescribeRule prints it."""

    known = frozenset({"EventBusName", "Description", "ScheduleExpression", "RoleArn", "ManagedBy", "CreatedBy"})
    event_pattern: dict[str, Any] | str
    name: str = "rule"
    arn: str | None = None
    state: str = "ENABLED"


class InputTransformer(AwsDocument, rename="pascal"):
    """A template, and where its variables are in the event."""

    input_template: str
    input_paths_map: dict[str, str] = {}


class Target(AwsDocument, rename="pascal"):
    """A target, as ListTargetsByRule prints it."""

    known = frozenset({"RetryPolicy", "DeadLetterConfig", "RoleArn"})
    wrappers = ("Targets",)
    id: str
    arn: str
    input: str | None = None
    input_path: str | None = None
    input_transformer: InputTransformer | None = None

    @property
    def inputs(self) -> list[str]:
        """The ways of input that are given."""
        given = {"Input": self.input, "InputPath": self.input_path, "InputTransformer": self.input_transformer}
        return [name for name, value in given.items() if value is not None]


class Given(StrictStruct):
    """A rule, an event on its bus, and the targets of the rule."""

    rule: Rule
    """The rule, with EventPattern and State."""
    event: dict[str, Any]
    """The event, as EventBridge delivers it."""
    targets: list[Target] = []
    """Targets of the rule."""


class Delivery(TypedDict):
    """What one target gets."""

    Id: str
    """Id of the target."""
    input: str | None
    """Text that the target gets; null where it gets nothing."""
    error: dict[str, str] | None
    """Why it gets nothing, `{code, message}`; null where it gets something or its path selects nothing."""


class Routed(Outcome):
    """Whether the event matches, and what the targets get."""

    status: Annotated[
        Literal["matched", "unmatched", "refused"] | None,
        Phrases(
            {
                "matched": "The event matches the rule",
                "unmatched": "The event does not match the rule",
                "refused": "EventBridge rejects the event pattern",
            }
        ),
    ] = None
    """`matched`, `unmatched`, or `refused` where EventBridge does not take the rule."""
    matched: bool = False
    """Whether the event matches the rule."""
    failed: str | None = None
    """First field of the pattern that does not match, with dots."""
    targets: list[Delivery] = []
    """What each target gets, in their order; none where the event does not match."""

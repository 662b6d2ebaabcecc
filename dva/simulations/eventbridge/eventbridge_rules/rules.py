"""The rules of event rules, in the order in which an event meets them, and the documented numbers."""

from dva.simulations.frame import Mechanism

bus = Mechanism("eventbridge-rules", rules="eventbridge.rules", notes="eventbridge-rules")
rule = bus.rule

GUIDE = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
PATTERNS = f"Amazon EventBridge User Guide, Event patterns: {GUIDE}/eb-event-patterns.html"
OPERATORS = f"Amazon EventBridge User Guide, Comparison operators: {GUIDE}/eb-create-pattern-operators.html"
ARRAYS = f"Amazon EventBridge User Guide, Arrays in event patterns: {GUIDE}/eb-event-patterns-arrays.html"
QUOTAS = f"Amazon EventBridge User Guide, Quotas: {GUIDE}/eb-quota.html"
INPUT = f"Amazon EventBridge User Guide, Input transformation: {GUIDE}/eb-transform-target-input.html"
API = "Amazon EventBridge API Reference, Target: https://docs.aws.amazon.com/eventbridge/latest/APIReference"
TARGET = f"{API}/API_Target.html"
TRANSFORMER = f"{API}/API_InputTransformer.html"

PATTERN = rule("pattern", "A pattern has at most 4,096 characters and a list of values and operators for every field.",
               OPERATORS, "01", "06")  # fmt: skip
TARGETS = rule("targets", "A rule has at most five targets.", QUOTAS, "10")
DISABLED = rule("disabled", "A rule that is disabled matches no event.", PATTERNS, "01")
FIELD = rule("field-matches", "A field matches where one value of the event matches one of its list; upper and lower "
             "case differ.", PATTERNS, "02", "03")  # fmt: skip
FAILS = rule("field-fails", "A field fails where no value of the event matches its list.", PATTERNS, "02")
MISSING = rule("missing-field", "A field that the event does not have matches {\"exists\": false} only; exists looks "
               "at values, so an object or an empty list does not exist.", OPERATORS, "04", "05")  # fmt: skip
LIST = rule("list", "Of a list in the event one element is enough; fields below its objects must match in the same "
            "object.", ARRAYS, "07")  # fmt: skip
EITHER = rule("or", "$or needs two or more objects and matches where one of them does.", OPERATORS, "02")
MATCHED = rule("matched", "All fields of the pattern must match; what it does not name is ignored.", PATTERNS, "01",
               "02")  # fmt: skip
WHOLE = rule("event", "A target without an input of its own gets the event.", TARGET, "10")
CONSTANT = rule("input", "Input is a constant text that the target gets instead of the event.", TARGET, "12")
PART = rule("input-path", "InputPath selects a part of the event.", TARGET, "12")
TEMPLATE = rule("template", "InputTransformer fills a template: outside quotation marks a variable is JSON, inside "
                "them it is its text.", INPUT, "10")  # fmt: skip
NOTHING = rule("missing-variable", "A variable whose path is not in the event is empty.", INPUT, "11")
ONE_INPUT = rule("one-input", "A target has one of Input, InputPath and InputTransformer; every placeholder has a path "
                 "or is predefined.", TARGET, "12")  # fmt: skip
INVALID = rule("invalid-input", "A target whose filled template is neither JSON nor quoted text gets nothing.", INPUT,
               "10")  # fmt: skip

MAX_PATTERN = 4096
"""Characters (EventPattern of PutRule)."""
MAX_TARGETS = 5
"""Targets of a rule (QUOTAS)."""
MAX_PATHS, MAX_TEMPLATE = 100, 8192
"""Entries of InputPathsMap, characters of InputTemplate (TRANSFORMER)."""

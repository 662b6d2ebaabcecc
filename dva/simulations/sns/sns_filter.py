"""Subscription filter policies of Amazon SNS: does a subscription get a message?

In AWS's order: the policy is checked when it is set (scope, nesting, keys, values, complexity, size); then each message
is compared, by its attributes or by its body. Every key of the policy must match, of its values one is enough. The
matching is in `dva/aws/event_pattern.py`. (Amazon SNS Developer Guide, "Amazon SNS subscription filter policies".)
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from dva.aws import event_operators, event_pattern
from dva.aws.document import AwsDocument, StrictStruct
from dva.aws.event_pattern import Item, Leaf, Pattern, PatternError
from dva.simulations import frame
from dva.simulations.frame import Mechanism, Phrases, Refused, Run
from dva.trace import Rule

filtering = Mechanism("sns-filter", rules="sns.filter", notes="sns-filter")
rule, belief = filtering.rule, filtering.belief

# Rules, in AWS's order

GUIDE = "https://docs.aws.amazon.com/sns/latest/dg"
POLICIES = f"Amazon SNS Developer Guide, Subscription filter policies: {GUIDE}/sns-subscription-filter-policies.html"
LIMITS = f"Amazon SNS Developer Guide, Filter policy constraints: {GUIDE}/subscription-filter-policy-constraints.html"
STRINGS = f"Amazon SNS Developer Guide, String value matching: {GUIDE}/string-value-matching.html"
KEYS = f"Amazon SNS Developer Guide, Key matching: {GUIDE}/attribute-key-matching.html"
LOGIC = f"Amazon SNS Developer Guide, AND/OR logic: {GUIDE}/and-or-logic.html"

GRAMMAR = rule("grammar", "A filter policy is JSON: every key has a list of values and operators that SNS knows.",
               STRINGS, "operators")  # fmt: skip
SCOPE = rule("scope", "FilterPolicyScope is MessageAttributes, the default, or MessageBody; only a policy for the body "
             "may be nested.", LIMITS, "scope")  # fmt: skip
KEY_LIMIT = rule("keys", "A filter policy has at most five keys and 256 KB.", LIMITS, "limits")
COMPLEXITY = rule("complexity", "The combinations of values are at most 150: the lengths of the lists multiplied, for "
                  "the body each with the depth of its key; the objects of $or are added.", LIMITS,
                  "limits")  # fmt: skip
NONE = rule("no-policy", "A subscription without a filter policy gets every message.", POLICIES, "no-policy")
ATTRIBUTES = rule("attributes", "Message attributes are compared by their type: String as text, Number as number, "
                  "String.Array element by element; Binary is ignored.", LIMITS, "scope")  # fmt: skip
BODY = rule("body", "For the scope MessageBody the message must be a JSON object, else it is filtered out.", POLICIES,
            "body")  # fmt: skip
MATCH = rule("key-matches", "A key matches where one value of the message matches one of its list.", LOGIC, "and-or")
MISS = rule("key-fails", "A key whose list has no value of the message fails.", LOGIC, "and-or")
MISSING = rule("missing-key", "A key that the message does not have matches {\"exists\": false} only.", KEYS,
               "missing")  # fmt: skip
EITHER = rule("or", "$or needs two or more objects and matches where one of them does.", LOGIC, "or")
TOGETHER = rule("together", "Keys below the objects of a list must match in the same object.", POLICIES,
                "body", assumption=True)  # fmt: skip
ACCEPTED = rule("accepted", "All keys must match.", LOGIC, "and-or")

# Documented numbers (LIMITS)

MAX_KEYS = 5
MAX_COMPLEXITY = 150
MAX_BYTES = 256 * 1024
"""Bytes of the JSON of a filter policy."""
SCOPES = ("MessageAttributes", "MessageBody")
INVALID = "InvalidParameter"


class Attribute(AwsDocument, rename="pascal"):
    """A message attribute."""

    data_type: str
    string_value: str | None = None
    binary_value: str | None = None


class Message(AwsDocument, rename="pascal"):
    """A message as Publish takes it."""

    known = frozenset({"MessageStructure", "MessageId"})
    message: str
    message_attributes: dict[str, Attribute] = {}


class Subscription(AwsDocument, rename="pascal"):
    """Attributes of a subscription, as GetSubscriptionAttributes prints them."""

    known = frozenset({"RedrivePolicy", "DeliveryPolicy", "SubscriptionArn"})
    wrappers = ("Attributes",)
    filter_policy: dict[str, Any] | str | None = None
    filter_policy_scope: str = SCOPES[0]


class Given(StrictStruct):
    """A subscription and a message to its topic."""

    subscription: Subscription
    """Attributes of the subscription: FilterPolicy and FilterPolicyScope."""
    message: Message
    """The message, with its attributes."""


class Filtered(frame.Outcome):
    """Whether the subscription gets the message."""

    status: Annotated[
        Literal["accepted", "filtered", "refused"] | None,
        Phrases(
            {
                "accepted": "The subscription gets the message",
                "filtered": "The subscription does not get the message",
                "refused": "Amazon SNS rejects the filter policy",
            }
        ),
    ] = None
    """`accepted`, `filtered` where the subscription does not get it, `refused` where SNS does not take the policy."""
    accepted: bool = False
    """Whether the subscription gets the message."""
    complexity: int | None = None
    """Combinations of values in the policy; null without a policy."""
    matched: list[str] = []
    """Keys that match, each by itself, with dots where they are nested; `$or` as it is written."""
    failed: str | None = None
    """First key of the policy that does not match."""


def deliver(given: Given, run: Run) -> None:
    """Check the filter policy, then compare the message with it."""
    policy, scope = read_policy(given.subscription), given.subscription.filter_policy_scope
    dialect = event_operators.SNS_ATTRIBUTES if scope == SCOPES[0] else event_operators.SNS
    check_shape(policy, scope)
    try:
        pattern = event_pattern.parse(policy, dialect, run.using(event_pattern.absent_matches))
    except PatternError as problem:
        raise refused(GRAMMAR, f"{problem.path}: {problem.message}") from None
    if not pattern.items:
        run.step(NONE, "No filter policy", "Every message is delivered.", status="accepted", accepted=True)
        return
    check_size(policy, pattern, scope, run)
    found = run.using(values_of)(given.message, scope)
    if found is None:
        failed = ".".join(event_pattern.name_of(pattern.items[0]))
        run.step(BODY, "The message is not a JSON object", status="filtered", failed=failed)
        return
    named = f"{len(found)} {'value' if len(found) == 1 else 'values'}"
    run.step(ATTRIBUTES if scope == SCOPES[0] else BODY, f"{named} of the message to compare",
             draw={("texts", "compared"): json.dumps(found, ensure_ascii=False)})  # fmt: skip
    compare(pattern, found, run)


# Reading and checking


def refused(by: Rule, message: str) -> Refused:
    """Return the refusal of a policy."""
    return Refused(by, INVALID, f"FilterPolicy: {message}")


def read_policy(subscription: Subscription) -> Mapping[str, Any]:
    """Return the policy as a mapping; Refused where its text is not a JSON object."""
    policy: Any = subscription.filter_policy or {}
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except (ValueError, RecursionError):
            raise refused(GRAMMAR, "failed to parse JSON") from None
    if not isinstance(policy, Mapping):
        raise refused(GRAMMAR, "a filter policy is a JSON object")
    return policy


def check_shape(policy: Mapping[str, Any], scope: str) -> None:
    """Refuse a scope that does not exist, nesting outside the body, and too many keys."""
    if scope not in SCOPES:
        raise refused(SCOPE, f"FilterPolicyScope must be one of {', '.join(SCOPES)}")
    nested = next((name for name, wanted in policy.items() if isinstance(wanted, Mapping)), None)
    if scope == SCOPES[0] and nested is not None:
        raise refused(SCOPE, f"{nested}: filter policy scope MessageAttributes does not support nested filter policy")
    if key_count(policy) > MAX_KEYS:
        raise refused(KEY_LIMIT, f"filter policy can not have more than {MAX_KEYS} keys")


def key_count(policy: Mapping[str, Any]) -> int:
    """Return the number of keys, those of the objects under `$or` included."""
    branches = policy.get(event_pattern.OR)
    inside = [branch for branch in branches if isinstance(branch, Mapping)] if isinstance(branches, list) else []
    return len(policy) - bool(inside) + sum(key_count(branch) for branch in inside)


def check_size(policy: Mapping[str, Any], pattern: Pattern, scope: str, run: Run) -> None:
    """Refuse a policy with too many combinations, or too long a one."""
    combinations = complexity(pattern.items, scope)
    if combinations > MAX_COMPLEXITY:
        message = f"FilterPolicy: {combinations} combinations are more than {MAX_COMPLEXITY}"
        raise Refused(COMPLEXITY, INVALID, message, complexity=combinations)
    run.step(COMPLEXITY, f"{combinations} of at most {MAX_COMPLEXITY} combinations", complexity=combinations)
    size = len(json.dumps(policy, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_BYTES:
        raise Refused(KEY_LIMIT, INVALID, f"FilterPolicy: {size} bytes are more than {MAX_BYTES}", complexity=None)


def complexity(items: tuple[Item, ...], scope: str) -> int:
    """Return the combinations of values."""
    product = 1
    for item in items:
        if isinstance(item, Leaf):
            product *= len(item.tests) * (1 if scope == SCOPES[0] else len(item.path))
        else:
            product *= sum(complexity(branch, scope) for branch in item.branches)
    return product


# Comparing


def values_of(message: Message, scope: str) -> dict[str, Any] | None:
    """Return what is compared with the policy; None where the body is not a JSON object."""
    return body_of(message) if scope == SCOPES[1] else attributes_of(message)


def body_of(message: Message) -> dict[str, Any] | None:
    """Return the message as a JSON object; None where it is not one."""
    try:
        body = json.loads(message.message)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def attributes_of(message: Message) -> dict[str, Any]:
    """Return the message attributes that can be compared, by name."""
    values = {name: value_of(name, attribute) for name, attribute in message.message_attributes.items()}
    return {name: value for name, value in values.items() if value is not None}


def value_of(name: str, attribute: Attribute) -> Any:
    """Return the value of an attribute by its type; None for one that is not compared."""
    kind, text = attribute.data_type, attribute.string_value
    if text is None or kind.startswith("Binary"):
        return None
    if kind.endswith(".Array"):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return [one for one in listed if not isinstance(one, list | dict)] if isinstance(listed, list) else None
    if not kind.startswith("Number"):
        return text
    try:
        number = json.loads(text)
    except ValueError:
        number = None
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise Refused(ATTRIBUTES, INVALID, f"the message attribute {name} is not a number: {text}")
    return number


def compare(pattern: Pattern, found: dict[str, Any], run: Run) -> None:
    """Record which keys match, and whether the subscription gets the message."""
    matching = pattern.matching(found)
    for item in pattern.items:
        show_key(item, event_pattern.name_of(item) in matching, found, run)
    failed = run.using(failing_key)(pattern, found)
    if failed is None:
        run.step(ACCEPTED, "The subscription gets the message", status="accepted", accepted=True,
                 matched=[".".join(name) for name in matching])  # fmt: skip
        return
    by = TOGETHER if all(event_pattern.name_of(item) in matching for item in pattern.items) else ACCEPTED
    run.step(by, f"The message is filtered out: {failed} does not match", status="filtered", failed=failed,
             matched=[".".join(name) for name in matching])  # fmt: skip


def show_key(item: Item, matches: bool, found: dict[str, Any], run: Run) -> None:
    """Record whether one key matches."""
    name = ".".join(event_pattern.name_of(item))
    there = isinstance(item, Leaf) and Pattern((replace(item, tests=(lambda value: True,), absent=False),)).matches(
        found
    )
    by = (MATCH if matches else MISS) if there else MISSING
    if not isinstance(item, Leaf):
        by = EITHER
    title = f"{name} {'matches' if matches else 'does not match'}"
    run.step(by, title, "" if there or by is EITHER else f"The message has no {name}.",
             draw={("texts", name): "matches" if matches else "does not match"})  # fmt: skip


def failing_key(pattern: Pattern, found: dict[str, Any]) -> str | None:
    """Return the first key that does not match; None where all do."""
    failed = pattern.first_mismatch(found)
    return None if failed is None else ".".join(failed)


# What people believe instead


@belief(failing_key, "keys-are-or", "one key that matches is enough",
        "All keys must match; the values of one key, and the objects of $or, are alternatives.", "and-or")  # fmt: skip
def one_key_is_enough(pattern: Pattern, found: dict[str, Any]) -> str | None:
    return None if pattern.matching(found) else failing_key(pattern, found)


@belief(values_of, "attribute-scope-reads-body", "a filter policy finds its keys in the message body too",
        "Without FilterPolicyScope MessageBody only message attributes are compared.", "scope")  # fmt: skip
def body_counts_too(message: Message, scope: str) -> dict[str, Any] | None:
    return values_of(message, scope) if scope == SCOPES[1] else (body_of(message) or {}) | attributes_of(message)


@belief(event_pattern.absent_matches, "exists-false-ignores-missing",
        "a key that the message does not have never matches", "It matches {\"exists\": false}.", "missing")  # fmt: skip
def absent_never_matches(choices: list[Any]) -> bool:
    return False


@belief(event_pattern.absent_matches, "anything-but-matches-missing",
        "anything-but matches a message without the key", "anything-but needs the key, with another value.",
        "missing")  # fmt: skip
def absent_is_anything_else(choices: list[Any]) -> bool:
    other = any(isinstance(choice, dict) and "anything-but" in choice for choice in choices)
    return other or event_pattern.absent_matches(choices)


SIMULATION = filtering.simulation(title="Amazon SNS filter policy", view="texts", given=Given, outcome=Filtered,
                                  run=deliver, initial_state=lambda given: {"texts": {}})  # fmt: skip

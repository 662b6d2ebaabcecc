"""Event filtering of AWS Lambda: which records of a queue or stream does an event source mapping send to the function?

In AWS's order: the filters are checked when the mapping is created; then each record is compared with one filter after
the other, until one matches; what no filter matches is dropped and does not come again. The matching is in
`dva/aws/event_pattern.py`. (AWS Lambda Developer Guide, "Control which events Lambda sends to your function".)
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import field

from dva import jsonpointer
from dva.aws import event_pattern
from dva.aws.document import AwsDocument, StrictStruct
from dva.aws.event_operators import LAMBDA
from dva.aws.event_pattern import Pattern, PatternError
from dva.simulations import frame
from dva.simulations.frame import Append, Mechanism, Phrases, Refused, Run, State

filtering = Mechanism("lambda-filter", rules="lambda.filter", notes="lambda-filter")
rule, belief = filtering.rule, filtering.belief

# Rules, in AWS's order

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
PAGE = f"AWS Lambda Developer Guide, Control which events Lambda sends: {GUIDE}/invocation-eventfiltering.html"
SQS = f"AWS Lambda Developer Guide, Event filtering with Amazon SQS: {GUIDE}/with-sqs-filtering.html"
KINESIS = f"AWS Lambda Developer Guide, Event filtering with Kinesis: {GUIDE}/with-kinesis-filtering.html"
API = f"AWS Lambda API Reference, Filter: {GUIDE.removesuffix('/dg')}/api/API_Filter.html"

COUNT = rule("count", "An event source mapping has up to five filters, ten after a quota increase.", PAGE, "filters")
PATTERN = rule("pattern", "A filter is a JSON pattern of at most 4,096 characters, with every value in a list.", API,
               "pattern")  # fmt: skip
DATA_FORMAT = rule("data-format", "A filter for the data of Kinesis or DynamoDB must be JSON; a list of plain values "
                   "is refused.", KINESIS, "data-key")  # fmt: skip
NONE = rule("no-filter", "Without a filter every record goes to the function.", PAGE, "filters")
FORMAT = rule("format", "A body that is JSON is compared with an object, plain text with a list; where the two differ "
              "the record is dropped.", SQS, "format")  # fmt: skip
MATCH = rule("match", "A record goes to the function where one filter matches: all its keys, of each list one value.",
             PAGE, "filters", "pattern")  # fmt: skip
MISMATCH = rule("mismatch", "A filter of which one key does not match does not send the record.", PAGE, "pattern")
DROP = rule("drop", "What no filter matches is gone: Amazon SQS deletes the message, a stream goes on to the next "
            "record.", SQS, "dropped")  # fmt: skip
DONE = rule("done", "The function is invoked with the records that match.", PAGE, "filters")

# Documented numbers (PAGE, API)

MAX_FILTERS = 10
MAX_CHARACTERS = 4096
"""Of one pattern."""
DATA_KEYS = {"sqs": "body", "kinesis": "data", "dynamodb": "dynamodb", "generic": ""}
"""The key of a pattern that is compared with the data of a record."""
INVALID = "InvalidParameterValueException"


class Filter(AwsDocument, rename="pascal"):
    """A filter of an event source mapping."""

    pattern: str | dict[str, Any] | None = None


class Criteria(AwsDocument, rename="pascal"):
    """FilterCriteria, as GetEventSourceMapping prints it."""

    wrappers = ("FilterCriteria",)
    filters: list[Filter] = []


class Given(StrictStruct):
    """An event source, its filters, and the records that it reads."""

    source: Literal["sqs", "kinesis", "dynamodb", "generic"]
    """Event source; `generic` compares the records as they are."""
    filter_criteria: Criteria = field(name="FilterCriteria")
    """Filters of the event source mapping; the pattern of each as JSON text or a mapping."""
    records: list[dict[str, Any]]
    """Records of the source, as the function would get them."""


class Filtered(frame.Outcome):
    """Which records the function gets."""

    status: Annotated[
        Literal["filtered", "refused"] | None,
        Phrases({"filtered": "Lambda compares each record", "refused": "Lambda rejects the filters"}),
    ] = None
    """`filtered`, or `refused` where Lambda does not take the filters."""
    matched: list[int] = []
    """Places of the records that the function gets, from 0."""
    dropped: list[int] = []
    """Places of the records that no filter matches."""
    removed: list[int] = []
    """Places of the records that are gone without an invocation: deleted from the queue, or passed in the stream."""
    reasons: dict[str, str] = {}
    """Why a record was dropped, by its place: the first key of the last filter that does not match, or `format`."""


def send(given: Given, run: Run) -> None:
    """Check the filters, then compare each record with them."""
    patterns = read_filters(given, run)
    run.step(COUNT if patterns else NONE, f"{len(patterns)} {'filter' if len(patterns) == 1 else 'filters'}",
             status="filtered")  # fmt: skip
    reasons: dict[str, str] = {}
    for place, record in enumerate(given.records):
        reason = compare(place, record, patterns, given.source, run)
        if reason is None:
            run.step(MATCH if patterns else NONE, f"Record {place} goes to the function", matched=Append(place),
                     draw={("cells", str(place), "items", "-"): "sent"})  # fmt: skip
            continue
        reasons[str(place)] = reason
        run.step(DROP, f"Record {place} is dropped", f"The last filter fails at {reason}.", dropped=Append(place),
                 reasons=dict(reasons), inside={("removed", "-"): place} if run.using(is_removed)() else None,
                 draw={("cells", str(place), "items", "-"): f"dropped: {reason}"})  # fmt: skip
    run.step(DONE, f"{len(given.records) - len(reasons)} of {len(given.records)} records match")


# Reading


def read_filters(given: Given, run: Run) -> list[tuple[Mapping[str, Any], Pattern]]:
    """Return the patterns, as written and as read; Refused where Lambda does not take them."""
    filters = given.filter_criteria.filters
    if len(filters) > MAX_FILTERS:
        raise Refused(COUNT, INVALID, f"{len(filters)} filters are more than {MAX_FILTERS}")
    read = [read_pattern(one.pattern) for one in filters]
    key = DATA_KEYS[given.source]
    if given.source != "sqs" and any(isinstance(pattern.get(key), list) for pattern in read):
        raise Refused(DATA_FORMAT, INVALID, f"the filter for {key} must be JSON")
    absent = run.using(event_pattern.absent_matches)
    try:
        return [(pattern, event_pattern.parse(pattern, LAMBDA, absent)) for pattern in read]
    except PatternError as problem:
        where = f"{problem.path}: " if problem.path else ""
        raise invalid(f"{where}{problem.message}") from None


def read_pattern(pattern: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return a pattern as a mapping; Refused where it is not a JSON object, or too long."""
    if isinstance(pattern, str):
        if len(pattern) > MAX_CHARACTERS:
            message = f"{len(pattern)} characters are more than {MAX_CHARACTERS}"
            raise Refused(PATTERN, "ValidationException", message)
        try:
            pattern = json.loads(pattern)
        except (ValueError, RecursionError):
            raise invalid("it is not JSON") from None
    if not isinstance(pattern, Mapping):
        raise invalid("it is not an object")
    return pattern


def invalid(why: str) -> Refused:
    """Return the refusal of a pattern."""
    return Refused(PATTERN, INVALID, f"Invalid filter pattern definition. ({why})")


def initial_state(given: Given) -> State:
    """Return a cell for each record."""
    return {"cells": {str(place): {"group": given.source, "items": []} for place in range(len(given.records))}}


# Comparing


def compare(
    place: int, record: Mapping[str, Any], patterns: list[tuple[Mapping[str, Any], Pattern]], source: str, run: Run
) -> str | None:
    """Return why the last filter does not match; None where one does."""
    reason = None
    for number, (written, pattern) in enumerate(patterns, 1):
        event, fits = event_of(record, written, source)
        reason = run.using(failing_key)(pattern, event) if fits else "format"
        if reason is None:
            return None
        by = MISMATCH if fits else FORMAT
        run.step(by, f"Record {place}: filter {number} does not match", f"It fails at {reason}.")
    return reason


def event_of(record: Mapping[str, Any], written: Mapping[str, Any], source: str) -> tuple[dict[str, Any], bool]:
    """Return what a filter is compared with, and whether the data has the format that the filter expects."""
    key = DATA_KEYS[source]
    event = dict(record)
    data = event.get(key)
    if source == "kinesis" and data is None and isinstance(event.get("kinesis"), Mapping):
        data = event["kinesis"].get("data")
    if source not in ("sqs", "kinesis") or not isinstance(data, str):
        return (event if data is None else event | {key: data}), True
    read = json_of(data)
    if read is None and source == "kinesis":
        read = json_of(decoded(data))
    wanted = written.get(key)
    fits = wanted is None or isinstance(wanted, list) is (read is None)
    return event | {key: data if read is None else read}, fits


def json_of(text: str) -> Any:
    """Return the object or list that JSON text says; None for anything else, which is plain text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list | dict) else None


def decoded(data: str) -> str:
    """Return base64 data as text; as it is where it is not base64."""
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return data


def failing_key(pattern: Pattern, event: Mapping[str, Any]) -> str | None:
    """Return the first key that does not match as a JSON Pointer; None where all do."""
    failed = pattern.first_mismatch(event)
    return None if failed is None else jsonpointer.join(*failed)


def is_removed() -> bool:
    """Return whether a record that no filter matches is gone from its source."""
    return True


# What people believe instead

belief(is_removed, "filtered-stay-in-queue", "a message that the filter rejects stays in the queue for other consumers",
       "Lambda drops it and Amazon SQS deletes it.", "dropped")(lambda: False)  # fmt: skip


@belief(failing_key, "keys-are-ored", "one key of the pattern that matches is enough",
        "All keys of a pattern must match; alternatives are in one list, in $or, or in a second filter.",
        "pattern")  # fmt: skip
def one_key_is_enough(pattern: Pattern, event: Mapping[str, Any]) -> str | None:
    return None if pattern.matching(event) else failing_key(pattern, event)


@belief(event_pattern.absent_matches, "anything-but-matches-missing", "anything-but matches a record without the key",
        "anything-but needs the key, with another value; null is one.", "missing")  # fmt: skip
def absent_is_anything_else(choices: list[Any]) -> bool:
    other = any(isinstance(choice, dict) and "anything-but" in choice for choice in choices)
    return other or event_pattern.absent_matches(choices)


SIMULATION = filtering.simulation(title="Event filtering of AWS Lambda", view="grid", given=Given, outcome=Filtered,
                                  run=send, initial_state=initial_state)  # fmt: skip

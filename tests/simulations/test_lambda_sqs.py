"""Amazon SQS as an event source of AWS Lambda: what can never happen, and documents as AWS prints them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.aws_lambda.lambda_sqs.engine import concurrent_batches

ENGINE = load("lambda-sqs")
DLQ = "arn:aws:sqs:us-east-1:123456789012:orders-dlq"


def outcome(messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return dict(ENGINE.run({"messages": messages, **more}, steps=False).outcome)


@pytest.mark.parametrize(("minute", "batches"), [(0, 5), (1, 305), (4, 1205), (5, 1250), (60, 1250)])
def test_concurrent_batches_grow_by_300_a_minute_to_1250(minute: int, batches: int) -> None:
    assert concurrent_batches(minute, 10_000) == batches
    assert concurrent_batches(minute, 2) == 2


def test_documents_are_taken_as_the_command_line_prints_them() -> None:
    redrive = json.dumps({"deadLetterTargetArn": DLQ, "maxReceiveCount": "2"})
    queue = {"Attributes": {"VisibilityTimeout": "40", "FifoQueue": "true", "RedrivePolicy": redrive, "Policy": "{}"}}
    mapping = {"EventSourceMappings": [{"UUID": "1", "BatchSize": 5, "State": "Enabled",
                                        "FunctionResponseTypes": ["ReportBatchItemFailures"]}]}  # fmt: skip
    function = {"FunctionName": "f", "Timeout": 3, "Runtime": "python3.13"}
    ended = outcome([{"id": "a", "group": "g", "outcomes": ["error"]}], queue=queue, mapping=mapping, function=function)
    assert [one["at"] for one in ended["invocations"]] == [0, 40]
    assert ended["deadLettered"] == [{"id": "a", "at": 80, "receiveCount": 2}]
    assert "/given/queue/Attributes/Policy" in ended["not_read"]


@pytest.mark.parametrize(
    ("messages", "more", "text"),
    [
        ([{"id": "a"}, {"id": "a"}], {}, "two messages"),
        ([{"id": "a", "at": 2}, {"id": "b", "at": 1}], {}, "order of their arrival"),
        ([{"id": "a", "outcomes": []}], {}, "length"),
        ([{"id": "a"}], {"queue": {"VisibilityTimeout": "x"}}, "whole number"),
        ([{"id": "a"}], {"queue": {"RedrivePolicy": "{"}}, "the text is not JSON"),
    ],
)
def test_what_cannot_be_read(messages: list[dict[str, Any]], more: dict[str, Any], text: str) -> None:
    with pytest.raises(GivenError, match=text):
        outcome(messages, **more)


def test_an_empty_queue_is_completed() -> None:
    assert (outcome([])["status"], outcome([])["invocations"]) == ("completed", [])


WORDS = st.lists(st.sampled_from(["ok", "error"]), min_size=1, max_size=4)
MESSAGES = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("gh"), WORDS), max_size=9).map(
    lambda rows: [{"id": f"m{n}", "at": at, "group": group, "outcomes": words}
                  for n, (at, group, words) in enumerate(sorted(rows, key=lambda row: row[0]))]
)  # fmt: skip
MAPPINGS = st.fixed_dictionaries({
    "BatchSize": st.integers(1, 10),
    "FunctionResponseTypes": st.sampled_from([[], ["ReportBatchItemFailures"]]),
    "ScalingConfig": st.fixed_dictionaries({"MaximumConcurrency": st.integers(2, 4)}),
})  # fmt: skip
QUEUES = st.fixed_dictionaries({
    "FifoQueue": st.booleans(),
    "VisibilityTimeout": st.integers(3, 60),
    "RedrivePolicy": st.integers(1, 5).map(lambda n: {"maxReceiveCount": n, "deadLetterTargetArn": DLQ}),
})  # fmt: skip


@given(MESSAGES, QUEUES, MAPPINGS, st.integers(0, 3))
def test_what_holds_for_every_run(messages: Any, queue: Any, mapping: Any, lasts: int) -> None:
    ended = outcome(messages, queue=queue, mapping=mapping, function={"durationSeconds": lasts},
                    options={"maxInvocations": 500})  # fmt: skip
    moved = [one["id"] for one in ended["deadLettered"]]
    assert ended["status"] == "completed"
    assert sorted([*ended["deleted"], *moved]) == sorted(message["id"] for message in messages)
    limit = queue["RedrivePolicy"]["maxReceiveCount"]
    assert all(count <= limit for count in ended["receives"].values())
    assert all(one["receiveCount"] == limit for one in ended["deadLettered"])
    arrival = {message["id"]: message["at"] for message in messages}
    running: list[float] = []
    for one in ended["invocations"]:
        assert 1 <= len(one["messages"]) <= mapping["BatchSize"]
        assert all(one["at"] >= arrival[name] for name in one["messages"])
        assert sorted(one["deleted"] + one["returned"]) == sorted(one["messages"])
        if not mapping["FunctionResponseTypes"]:
            assert one["result"] != "partial"
        running = [end for end in running if end > one["at"]] + [one["at"] + lasts]
        if lasts:
            assert len(running) <= mapping["ScalingConfig"]["MaximumConcurrency"]


@given(MESSAGES, st.integers(1, 10))
def test_a_fifo_group_is_deleted_in_order_where_whole_batches_return(messages: Any, size: int) -> None:
    ended = outcome(messages, queue={"FifoQueue": True}, mapping={"BatchSize": size}, options={"maxInvocations": 500})
    ends_with_success = all(message["outcomes"][-1] == "ok" for message in messages)
    for group in "gh":
        names = [message["id"] for message in messages if message["group"] == group]
        deleted = [name for name in ended["deleted"] if name in names]
        assert deleted == names[: len(deleted)]
        if ends_with_success:
            assert deleted == names

"""Capacity units: what is read as an operation, what can never happen, and what the old and the new item cost."""

from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("dynamodb-capacity")
SIZES = st.lists(st.integers(0, 400 * 1024), min_size=1, max_size=20)
READS = ("BatchGetItem", "Query", "Scan", "TransactGetItems")


def outcome(*operations: dict[str, Any], table: dict[str, Any] | None = None) -> dict[str, Any]:
    return dict(ENGINE.run({"table": table, "operations": list(operations)}, steps=False).outcome)


def read(op: str, sizes: list[int], **more: Any) -> float:
    found: float = outcome({"op": op, "sizes": sizes, **more})["operations"][0]["read"]
    return found


@given(SIZES)
def test_a_query_never_costs_more_than_the_same_items_in_a_batch(sizes: list[int]) -> None:
    assert read("Query", sizes) <= read("BatchGetItem", sizes)
    assert read("Scan", sizes) == read("Query", sizes) == max(1, ceil(sum(sizes) / 4096)) / 2


@given(SIZES, st.sampled_from(READS[:3]))
def test_a_strong_read_costs_twice_an_eventual_one_and_a_transactional_one_twice_that(
    sizes: list[int], op: str
) -> None:
    assert read(op, sizes, ConsistentRead=True) == 2 * read(op, sizes)
    assert read("TransactGetItems", sizes) == 2 * read("BatchGetItem", sizes, ConsistentRead=True)


@given(SIZES, SIZES)
def test_what_is_returned_changes_no_cost(sizes: list[int], returned: list[int]) -> None:
    assert read("Query", sizes, returned=returned) == read("Query", sizes)


@given(st.integers(0, 400 * 1024), st.integers(0, 400 * 1024))
def test_a_write_costs_the_larger_item_in_either_direction(one: int, other: int) -> None:
    units = [
        outcome({"op": "UpdateItem", "before": a, "after": b})["total"]["write"]
        for a, b in [(one, other), (other, one)]
    ]
    assert units[0] == units[1] == max(1, ceil(max(one, other) / 1024))


@given(st.lists(st.tuples(st.integers(1, 9000), st.decimals("0.1", 50, places=1)), min_size=1, max_size=6))
def test_what_is_provisioned_is_enough_and_not_a_unit_too_much(operations: list[tuple[int, Any]]) -> None:
    ended = outcome(*({"op": "PutItem", "after": size, "rate": float(rate)} for size, rate in operations))
    exact = sum(ceil(size / 1024) * rate for size, rate in operations)
    assert ended["provision"]["table"]["write"] == ceil(exact)
    assert ended["total"]["write"] == float(exact)


TABLE = {
    "Table": {
        "TableName": "orders", "TableStatus": "ACTIVE", "ItemCount": 7,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "state", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-state", "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]}, "IndexStatus": "ACTIVE",
        }],
    }
}  # fmt: skip
OPEN = {"pk": {"S": "a"}, "state": {"S": "open"}, "total": {"N": "5"}, "note": {"S": "x"}}


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        (None, OPEN, 1),
        (OPEN, None, 1),
        (OPEN, OPEN | {"state": {"S": "paid"}}, 2),
        (OPEN, OPEN | {"total": {"N": "6"}}, 1),
        (OPEN, OPEN | {"total": {"N": "5.0"}}, 0),
        (OPEN, OPEN | {"note": {"S": "y"}}, 0),
        (OPEN, {"pk": {"S": "a"}, "total": {"N": "5"}}, 1),
        ({"pk": {"S": "a"}}, {"pk": {"S": "a"}, "total": {"N": "5"}}, 0),
        (OPEN | {"state": {"N": "1"}}, OPEN, 1),
    ],
)
def test_an_index_is_written_when_its_entry_changes(before: Any, after: Any, writes: int) -> None:
    op = (
        {"op": "DeleteItem", "before": before} if after is None else {"op": "PutItem", "before": before, "after": after}
    )
    cost = outcome(op, table=TABLE)["operations"][0]
    assert cost["indexes"] == {"by-state": {"read": 0.0, "write": float(writes)}}
    assert cost["write"] == cost["table"]["write"] + writes


def test_a_condition_that_is_false_writes_to_no_index() -> None:
    cost = outcome({"op": "PutItem", "after": OPEN, "conditionFailed": True}, table=TABLE)["operations"][0]
    assert (cost["table"]["write"], cost["indexes"]["by-state"]["write"]) == (1.0, 0.0)


def test_items_of_an_index_are_its_entries_and_those_without_an_entry_are_not_read() -> None:
    query = {"op": "Query", "IndexName": "by-state", "sizes": [OPEN, {"pk": {"S": "b"}}]}
    cost = outcome(query, table=TABLE)["operations"][0]
    assert cost["itemSizes"] == [2 + 1 + 5 + 4 + 5 + 2]  # the note is not projected
    assert (cost["table"]["read"], cost["indexes"]["by-state"]["read"]) == (0.0, 0.5)


@pytest.mark.parametrize(
    ("operation", "pointer"),
    [
        ({"op": "GetItem", "sizes": [1, 2]}, "/operations/0/sizes"),
        ({"op": "GetItem", "IndexName": "x"}, "/operations/0"),
        ({"op": "PutItem"}, "/operations/0"),
        ({"op": "DeleteItem", "after": 5}, "/operations/0/after"),
        ({"op": "Query", "sizes": ["4KB"]}, "/operations/0/sizes/0"),
        ({"op": "Query", "sizes": [-1]}, "/operations/0/sizes/0"),
        ({"op": "Query", "sizes": [{"a": {"X": "1"}}]}, "/operations/0/sizes/0/a"),
        ({"op": "Query", "sizes": [{"a": {"SS": []}}]}, "/operations/0/sizes/0/a"),
        ({"op": "Query", "sizes": [{"a": {"NS": ["1", "1.0"]}}]}, "/operations/0/sizes/0/a"),
        ({"op": "Query", "rate": -1}, "/operations/0/rate"),
    ],
)
def test_what_is_not_an_operation_is_told_with_its_place(operation: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as problem:
        outcome(operation)
    assert problem.value.pointer == pointer


def test_with_indexes_the_items_are_needed() -> None:
    with pytest.raises(GivenError, match="the items themselves"):
        outcome({"op": "PutItem", "after": 500}, table=TABLE)


def test_a_table_is_read_as_describe_table_prints_it_and_says_what_it_ignores() -> None:
    ended = outcome({"op": "GetItem", "sizes": [1]}, table=TABLE)
    assert ended["status"] == "computed"
    assert "/given/table/Table/TableName" in ended["not_read"]

"""Tables of Amazon DynamoDB as describe-table prints them, and the entries that their indexes keep.

(Amazon DynamoDB Developer Guide, "Using Global Secondary Indexes in DynamoDB" and "Local secondary indexes".)
"""

from typing import Literal

from msgspec import field

from dva.aws.document import AwsDocument
from dva.errors import GivenError
from dva.simulations.dynamodb._items import Item


class KeyPart(AwsDocument, rename="pascal"):
    """An element of a KeySchema."""

    attribute_name: str
    key_type: Literal["HASH", "RANGE"]


class AttributeDefinition(AwsDocument, rename="pascal"):
    """The type of a key attribute."""

    attribute_name: str
    attribute_type: Literal["S", "N", "B"]


class Projection(AwsDocument, rename="pascal"):
    """Which attributes an index keeps beside the keys."""

    projection_type: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    non_key_attributes: list[str] = []


class Throughput(AwsDocument, rename="pascal"):
    """Provisioned units a second."""

    read_capacity_units: int = 0
    write_capacity_units: int = 0


class OnDemandThroughput(AwsDocument, rename="pascal"):
    """Maximum units a second in on-demand mode; -1 is no maximum."""

    max_read_request_units: int = -1
    max_write_request_units: int = -1


class Index(AwsDocument, rename="pascal"):
    """A secondary index."""

    index_name: str
    key_schema: list[KeyPart]
    projection: Projection = field(default_factory=Projection)
    provisioned_throughput: Throughput | None = None


class Table(AwsDocument, rename="pascal"):
    """A table, as create-table takes it or describe-table prints it."""

    wrappers = ("Table", "TableDescription")
    key_schema: list[KeyPart] = []
    attribute_definitions: list[AttributeDefinition] = []
    billing_mode: Literal["PROVISIONED", "PAY_PER_REQUEST"] = "PROVISIONED"
    provisioned_throughput: Throughput | None = None
    on_demand_throughput: OnDemandThroughput = field(default_factory=OnDemandThroughput)
    global_secondary_indexes: list[Index] = []
    local_secondary_indexes: list[Index] = []

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key attributes; `pk` where no table is described."""
        return key_names(self.key_schema) or ("pk",)

    @property
    def indexes(self) -> dict[str, Index]:
        """All indexes by name, local ones first."""
        return {index.index_name: index for index in (*self.local_secondary_indexes, *self.global_secondary_indexes)}

    def is_local(self, name: str) -> bool:
        """Return whether an index is a local secondary index."""
        return any(index.index_name == name for index in self.local_secondary_indexes)

    def kept(self, index: Index) -> frozenset[str] | None:
        """Return the names of the attributes that an index keeps; None where it keeps all."""
        if index.projection.projection_type == "ALL":
            return None
        more = index.projection.non_key_attributes if index.projection.projection_type == "INCLUDE" else ()
        return frozenset((*self.keys, *key_names(index.key_schema), *more))

    def entry(self, index: Index, item: Item | None) -> Item | None:
        """Return what an index keeps of an item; None where the item lacks one of its keys, or has another type."""
        if item is None or not all(self._is_key(name, item) for name in key_names(index.key_schema)):
            return None
        kept = self.kept(index)
        return item if kept is None else {name: value for name, value in item.items() if name in kept}

    def _is_key(self, name: str, item: Item) -> bool:
        types = {one.attribute_name: one.attribute_type for one in self.attribute_definitions}
        return name in item and types.get(name, next(iter(item[name]))) in item[name]


def key_names(schema: list[KeyPart]) -> tuple[str, ...]:
    """Return the partition key, then the sort key if there is one."""
    return tuple(part.attribute_name for kind in ("HASH", "RANGE") for part in schema if part.key_type == kind)


def check_table(table: Table, pointer: str) -> None:
    """Raise GivenError for keys of several attributes, which are not simulated, and for index names that repeat."""
    for place, schema in [
        ("KeySchema", table.key_schema),
        *((f"indexes/{name}", index.key_schema) for name, index in table.indexes.items()),
    ]:
        kinds = [part.key_type for part in schema]
        if len(kinds) > len(set(kinds)) or (schema and "HASH" not in kinds):
            raise GivenError("a key has one HASH and at most one RANGE attribute", pointer=f"{pointer}/{place}")
    if len(table.indexes) < len(table.local_secondary_indexes) + len(table.global_secondary_indexes):
        raise GivenError("two indexes have one name", pointer=pointer)

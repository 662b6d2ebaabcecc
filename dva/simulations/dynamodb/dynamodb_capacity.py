"""What one DynamoDB operation costs, and what a table must be provisioned with.

In DynamoDB's order: what an operation reads or writes has a size; the size is rounded up to whole blocks, of 4 KB for
reads and of 1 KB for writes; each block costs a unit, half a unit or two; each index that keeps something of an item is
written as well. Units times operations a second are the throughput to provision.
(Amazon DynamoDB Developer Guide, "DynamoDB read and write operations".)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Annotated, Any, Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations.dynamodb._items import KB, MAX_ITEM, attributes, check_item, item_size
from dva.simulations.dynamodb._tables import Index, Table, check_table
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Refused, Run, State
from dva.trace import Rule

capacity = Mechanism("dynamodb-capacity", rules="dynamodb.capacity", notes="dynamodb-capacity")
rule, belief = capacity.rule, capacity.belief

# Rules, in DynamoDB's order

DOCS = "https://docs.aws.amazon.com/amazondynamodb/latest"
GUIDE = "Amazon DynamoDB Developer Guide"
OPERATIONS = f"{GUIDE}, DynamoDB read and write operations: {DOCS}/developerguide/read-write-operations.html"
ITEMS = f"{GUIDE}, DynamoDB item sizes and formats: {DOCS}/developerguide/CapacityUnitCalculations.html"
GSI = f"{GUIDE}, Using Global Secondary Indexes in DynamoDB: {DOCS}/developerguide/GSI.html"
LSI = f"{GUIDE}, Local secondary indexes: {DOCS}/developerguide/LSI.html"
BATCH_API = f"Amazon DynamoDB API, BatchWriteItem: {DOCS}/APIReference/API_BatchWriteItem.html"
TRANSACTIONS = f"{GUIDE}, Amazon DynamoDB Transactions: How it works: {DOCS}/developerguide/transaction-apis.html"
PROVISIONED = f"{GUIDE}, DynamoDB provisioned capacity mode: {DOCS}/developerguide/provisioned-capacity-mode.html"

COUNT = rule("count", "A batch or transaction has 1 to 100 items, BatchWriteItem 1 to 25.", BATCH_API, "batch-limits")
SIZE = rule("item-limit", "An item has at most 400 KB, names and values together.", ITEMS, "18")
GSI_CONSISTENT = rule("gsi-consistent", "A global secondary index has no strongly consistent reads.", GSI, "12")
ITEM = rule("item-size", "The size of an item is the bytes of its attribute names and of its values.", ITEMS, "17")
EACH = rule("read-each", "GetItem and BatchGetItem round each item up to the next 4 KB.", OPERATIONS, "03", "04")
SUM = rule("read-sum", "Query and Scan add the sizes of all items that they evaluate, then round up once.", OPERATIONS,
           "04", "05")  # fmt: skip
NOTHING = rule("nothing-found", "A read that finds nothing costs one block.", OPERATIONS, "07")
TRANSACT_READ = rule("transaction-read", "A transactional read costs two units for each 4 KB.", OPERATIONS, "13")
INDEX_READ = rule("index-read", "A query on an index pays for the sizes of the index entries.", GSI, "index-reads")
FETCH = rule("fetch", "Attributes that a local secondary index lacks are fetched: each item costs a read of its own.",
             LSI, "lsi-fetch")  # fmt: skip
WRITE = rule("write", "A write costs a unit for each 1 KB of the larger item, before or after it.", OPERATIONS, "02",
             "08", "09")  # fmt: skip
DELETE = rule("delete", "A delete costs the size of the item that it removes, one unit where there is none.",
              OPERATIONS, "10")  # fmt: skip
FAILED = rule("condition-failed", "A write whose condition is false costs the same, and writes to no index.",
              OPERATIONS, "11")  # fmt: skip
TRANSACT_WRITE = rule("transaction-write", "A transactional write costs two units for each 1 KB.", OPERATIONS, "13")
INDEX_WRITE = rule("index-write", "Each index that keeps something of an item is written: once for a new, changed or "
                   "removed entry, twice where the value of its key changes.", GSI, "index-writes")  # fmt: skip
INDEX_NOTHING = rule("index-untouched", "An index whose entry does not change costs nothing.", GSI, "index-writes")
INDEX_SINGLE = rule("index-in-transaction", "The index part of a transactional write is counted once.", TRANSACTIONS,
                    "13", assumption=True)  # fmt: skip
ALL = rule("operation", "The cost of an operation is that of the table and of each index together.", GSI,
           "index-writes")  # fmt: skip
PROVISION = rule("provision", "Provision the units of an operation times its number a second, rounded up; a local "
                 "secondary index uses the throughput of the table.", PROVISIONED, "01", "02")  # fmt: skip

# Documented numbers

READ_BLOCK, WRITE_BLOCK = 4 * KB, KB
"""Bytes of a block (ITEMS)."""
STRONG, EVENTUAL, TRANSACTIONAL = Fraction(1), Fraction(1, 2), Fraction(2)
"""Units for a block (OPERATIONS)."""
MAX_ITEMS = {"BatchGetItem": 100, "TransactGetItems": 100, "BatchWriteItem": 25, "TransactWriteItems": 100}

Op = Literal[
    "GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems",
    "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
]  # fmt: skip
Size = int | str | dict[str, Any]
READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
SINGLE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")
Kind = Literal["read", "write"]
KINDS: tuple[Kind, Kind] = ("read", "write")
UNITS_OF_TEXT = {"KB": KB, "MB": KB * KB}


class Write(StrictStruct):
    """One write of a batch or a transaction."""

    before: Size | None = None
    """The item before the write, or its size; null where there is none."""
    after: Size | None = None
    """The item after the write, or its size; null where it is deleted."""


class Operation(StrictStruct, rename={
    "consistent_read": "ConsistentRead", "index_name": "IndexName", "condition_failed": "conditionFailed",
}):  # fmt: skip
    """One operation, and how often a second it is called."""

    op: Op
    """The API operation."""
    sizes: list[Size] = []
    """Reads: an entry for each item that is evaluated, an item or its size in bytes or as `6 KB`."""
    consistent_read: bool = False
    """Whether the read is strongly consistent."""
    index_name: str | None = None
    """The index that a Query or Scan reads."""
    fetched: list[Size] = []
    """Items that a query on a local secondary index fetches from the table."""
    returned: list[Size] = []
    """What a Query or Scan returns after filter and projection. It changes no cost."""
    before: Size | None = None
    """Single writes: the item before, or its size; null where there is none."""
    after: Size | None = None
    """Single writes: the item afterwards, or its size."""
    writes: list[Write] = []
    """The writes of a batch or transaction."""
    condition_failed: bool = False
    """Whether the condition of the write is false."""
    rate: float = 1
    """Calls a second."""


class Given(StrictStruct):
    """Operations, and the table with its indexes where they matter."""

    operations: list[Operation]
    """The operations, in the order in which they are told."""
    table: Table | None = None
    """The table with its indexes; without one, nothing is known of indexes, and the key is `pk`."""


class Units(TypedDict):
    """Capacity units."""

    read: float
    """Read capacity units, in steps of a half."""
    write: float
    """Write capacity units."""


class WholeUnits(TypedDict):
    """Capacity units a second to provision."""

    read: int
    """Read capacity units a second."""
    write: int
    """Write capacity units a second."""


class Cost(TypedDict):
    """What one call of an operation costs."""

    op: str
    """The API operation."""
    read: float
    """Read units of one call, of the table and of all indexes."""
    write: float
    """Write units of one call, of the table and of all indexes."""
    table: Units
    """The part of the table."""
    indexes: dict[str, Units]
    """The part of each index, by name."""
    itemSizes: list[int]
    """Bytes of each item that was read or written; of a write the larger of before and after."""


class Provision(TypedDict, total=False):
    """What to provision."""

    table: WholeUnits
    """Units of the table and of its local secondary indexes."""
    indexes: dict[str, WholeUnits]
    """Units of each global secondary index that needs some."""


class Costs(Outcome):
    """What the operations cost, and what to provision for them."""

    status: Annotated[
        Literal["computed", "refused"] | None,
        Phrases({"computed": "DynamoDB runs the operations", "refused": "DynamoDB rejects an operation"}),
    ] = None
    """`computed`, or `refused` where DynamoDB does not take one of the operations."""
    operations: list[Cost] = []
    """By operation: units of one call, by table and index, and the sizes in bytes that they come from."""
    total: dict[str, float] = {}
    """Read and write units a second, all operations together."""
    provision: Provision = {}
    """Whole units a second to provision; empty where an operation is refused."""


class Counted:
    """Units of one call while they are counted, by table and index."""

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self.table = dict.fromkeys(KINDS, Fraction(0))
        self.indexes = {name: dict.fromkeys(KINDS, Fraction(0)) for name in indexes}
        self.sizes: list[int] = []

    def of(self, name: str, kind: Kind) -> Fraction:
        """Return the units of an index."""
        return self.indexes[name][kind] if name in self.indexes else Fraction(0)

    def all(self, kind: Kind) -> Fraction:
        """Return the units of the table and of all indexes."""
        return self.table[kind] + sum((units[kind] for units in self.indexes.values()), Fraction(0))


def count(given: Given, run: Run) -> None:
    """Check each operation, count its units, and add them up."""
    table = given.table or Table()
    check_table(table, "/table")
    for place, operation in enumerate(given.operations):
        _check(place, operation, table)
        _refuse(operation, table)
    costs: list[Counted] = []
    for place, operation in enumerate(given.operations):
        counted = Counted(table.indexes)
        if operation.op in READS:
            _read(operation, table, counted, run)
        else:
            _write(operation, table, counted, run)
        costs.append(counted)
        _tell(place, operation, counted, run)
    _provision(given.operations, table, costs, run)


def _check(place: int, operation: Operation, table: Table) -> None:
    """Raise GivenError for keys of another operation, and for what is not a size or an item."""
    op, where = operation.op, f"/operations/{place}"
    allowed = {"rate"}
    if op in READS:
        allowed |= {"sizes", "consistent_read"} | (
            {"index_name", "fetched", "returned"} if op in ("Query", "Scan") else set()
        )
    elif op in SINGLE_WRITES:
        allowed |= {"before", "after", "condition_failed"}
    else:
        allowed |= {"writes", "condition_failed"}
    defaults = Operation(op=op)
    for name in operation.__struct_fields__:
        if name not in allowed and name != "op" and getattr(operation, name) != getattr(defaults, name):
            raise GivenError(f"{op} has no `{name}`", pointer=where)
    if op == "GetItem" and len(operation.sizes) > 1:
        raise GivenError("GetItem reads one item", pointer=f"{where}/sizes")
    if op in ("PutItem", "UpdateItem") and operation.after is None:
        raise GivenError(f"{op} leaves an item: `after` is missing", pointer=where)
    if op == "DeleteItem" and operation.after is not None:
        raise GivenError("DeleteItem leaves nothing, so it has no `after`", pointer=f"{where}/after")
    if operation.rate < 0:
        raise GivenError("a rate is not negative", pointer=f"{where}/rate")
    for pointer, size in _sizes_of(operation, where):
        _check_size(size, pointer, table)


def _sizes_of(operation: Operation, where: str) -> Iterator[tuple[str, Size]]:
    for name in ("sizes", "fetched", "returned"):
        for index, size in enumerate(getattr(operation, name)):
            yield f"{where}/{name}/{index}", size
    for name in ("before", "after"):
        if (size := getattr(operation, name)) is not None:
            yield f"{where}/{name}", size
    for index, write in enumerate(operation.writes):
        for name in ("before", "after"):
            if (size := getattr(write, name)) is not None:
                yield f"{where}/writes/{index}/{name}", size


def _check_size(size: Size, pointer: str, table: Table) -> None:
    if isinstance(size, dict):
        check_item(size, pointer)
    elif isinstance(size, int) and size < 0:
        raise GivenError("a size is not negative", pointer=pointer)
    elif isinstance(size, str) and _bytes_of_text(size) is None:
        raise GivenError("a size is a number of bytes, or a text like `6 KB`", pointer=pointer)
    elif table.indexes and pointer.rsplit("/", 1)[1] in ("before", "after"):
        raise GivenError("with indexes the items themselves are needed, not their sizes", pointer=pointer)


def _bytes_of_text(text: str) -> int | None:
    number, _, unit = text.partition(" ")
    if unit not in UNITS_OF_TEXT or not number.replace(".", "", 1).isdecimal() or not number.isascii():
        return None
    return int(Fraction(number) * UNITS_OF_TEXT[unit] + Fraction(1, 2))


def bytes_of(size: Size | None) -> int:
    """Return a size in bytes; 0 where there is nothing."""
    if size is None:
        return 0
    if isinstance(size, dict):
        return item_size(size)
    return size if isinstance(size, int) else _bytes_of_text(size) or 0


def _refuse(operation: Operation, table: Table) -> None:
    """Raise Refused for what DynamoDB does not take."""
    most, items = MAX_ITEMS.get(operation.op), len(operation.sizes) or len(operation.writes)
    if most and (items > most or (operation.op not in READS and not items)):
        raise _no(COUNT, f"{operation.op} has {items} items, not 1 to {most}")
    if operation.op not in ("Query", "Scan"):
        for _, size in _sizes_of(operation, ""):
            if bytes_of(size) > MAX_ITEM:
                raise _no(
                    SIZE, f"Item size has exceeded the maximum allowed size: {bytes_of(size)} of {MAX_ITEM} bytes"
                )
    name = operation.index_name
    if name and operation.consistent_read and not table.is_local(name) and not operation.fetched:
        raise _no(GSI_CONSISTENT, f"Consistent reads are not supported on global secondary indexes: {name}")


def _no(by: Rule, message: str) -> Refused:
    return Refused(by, "ValidationException", message, operations=[])


# Reads


def _read(operation: Operation, table: Table, counted: Counted, run: Run) -> None:
    op, name = operation.op, operation.index_name
    sizes = _evaluated(operation, table, run)
    counted.sizes = [bytes_of(size) for size in sizes]
    for size in sizes:
        if isinstance(size, dict):
            run.step(ITEM, f"The item has {item_size(size)} bytes", _sum_of(size))
    factor = run.using(factor_of)(op, operation.consistent_read)
    together = run.using(is_rounded_once)(op)
    paid = run.using(paid_sizes)(counted.sizes, [bytes_of(size) for size in operation.returned])
    blocks = blocks_of(paid, READ_BLOCK, together)
    by = NOTHING if not sizes else TRANSACT_READ if op == "TransactGetItems" else SUM if together else EACH
    units = blocks * factor
    how = f"{_blocks_text(paid, READ_BLOCK, together)} x {_number(factor)}, {_consistency(operation)}."
    run.step(by, f"{op} costs {_number(units)} read {_units(units)}", how)
    if name is None:
        counted.table["read"] = units
        return
    run.step(INDEX_READ, f"The index {name} is read, not the table")
    if operation.fetched:
        fetched = [bytes_of(size) for size in operation.fetched]
        more = blocks_of(fetched, READ_BLOCK, together=False) * factor
        how = f"{_blocks_text(fetched, READ_BLOCK, together=False)} x {_number(factor)}."
        noun = "item" if len(fetched) == 1 else "items"
        run.step(FETCH, f"{len(fetched)} fetched {noun}: {_number(more)} more read {_units(more)}", how)
        units += more
    counted.indexes.setdefault(name, dict.fromkeys(KINDS, Fraction(0)))["read"] = units


def _evaluated(operation: Operation, table: Table, run: Run) -> list[Size]:
    """Return what is evaluated: of a whole item the entry that the index keeps, if it keeps one."""
    index = table.indexes.get(operation.index_name or "")
    if index is None:
        return operation.sizes
    entries = (table.entry(index, size) if isinstance(size, dict) else size for size in operation.sizes)
    return [dict(entry) if isinstance(entry, Mapping) else entry for entry in entries if entry is not None]


def factor_of(op: str, consistent: bool) -> Fraction:
    """Return the read units for a block."""
    if op == "TransactGetItems":
        return TRANSACTIONAL
    return STRONG if consistent else EVENTUAL


def write_factor_of(op: str) -> Fraction:
    """Return the write units for a block."""
    return TRANSACTIONAL if op == "TransactWriteItems" else STRONG


def is_rounded_once(op: str) -> bool:
    """Return whether the sizes are added before they are rounded up."""
    return op in ("Query", "Scan")


def paid_sizes(evaluated: Sequence[int], returned: Sequence[int]) -> list[int]:
    """Return the sizes that a read pays for: of what is evaluated, whatever is returned."""
    return list(evaluated)


def blocks_of(sizes: Sequence[int], block: int, together: bool) -> int:
    """Return the number of blocks, at least one for each item and one for a read that finds nothing."""
    if together or not sizes:
        return max(1, ceil(Fraction(sum(sizes), block)))
    return sum(max(1, ceil(Fraction(size, block))) for size in sizes)


# Writes


def _write(operation: Operation, table: Table, counted: Counted, run: Run) -> None:
    single = operation.op in SINGLE_WRITES
    writes = [Write(operation.before, operation.after)] if single else operation.writes
    factor = run.using(write_factor_of)(operation.op)
    sizes = [run.using(written_size)(operation.op, bytes_of(write.before), bytes_of(write.after)) for write in writes]
    counted.sizes = [max(bytes_of(write.before), bytes_of(write.after)) for write in writes]
    for write in writes:
        for item in (write.before, write.after):
            if isinstance(item, dict):
                run.step(ITEM, f"The item has {item_size(item)} bytes", _sum_of(item))
    together = run.using(is_rounded_once)(operation.op)
    units = blocks_of(sizes, WRITE_BLOCK, together) * factor
    deletes = all(write.after is None for write in writes)
    by = (
        FAILED
        if operation.condition_failed
        else TRANSACT_WRITE
        if factor == TRANSACTIONAL
        else DELETE
        if deletes
        else WRITE
    )
    counted.table["write"] = units
    run.step(by, f"{operation.op} costs {_number(units)} write {_units(units)} of the table",
             f"{_blocks_text(sizes, WRITE_BLOCK, together)} x {_number(factor)}")  # fmt: skip
    if operation.condition_failed:
        return
    for name, index in table.indexes.items():
        counted.indexes[name]["write"] = _index_writes(name, index, table, writes, run)
    if factor == TRANSACTIONAL and any(units["write"] for units in counted.indexes.values()):
        run.step(INDEX_SINGLE, "The writes to indexes are not doubled")


def written_size(op: str, before: int, after: int) -> int:
    """Return the bytes that a write pays for."""
    return max(before, after)


def _index_writes(name: str, index: Index, table: Table, writes: Sequence[Write], run: Run) -> Fraction:
    units, reasons = 0, []
    for write in writes:
        before, after = (item if isinstance(item, dict) else None for item in (write.before, write.after))
        sizes, reason = run.using(entry_writes)(table, index, before, after)
        units += blocks_of(sizes, WRITE_BLOCK, together=False) if sizes else 0
        reasons.append(reason)
    run.step(INDEX_WRITE if units else INDEX_NOTHING, f"The index {name} costs {units} write {_units(units)}",
             "; ".join(dict.fromkeys(reasons)) + ".")  # fmt: skip
    return Fraction(units)


def entry_writes(
    table: Table, index: Index, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> tuple[list[int], str]:
    """Return the sizes of the entries that are written to an index, and why."""
    old, new = table.entry(index, before), table.entry(index, after)
    if old is None and new is None:
        return [], "the item has no entry, as it lacks a key of the index"
    if old is None or new is None:
        entry = new if old is None else old
        return [item_size(entry or {})], "an entry is added" if old is None else "an entry is removed"
    keys = frozenset(part.attribute_name for part in index.key_schema)
    if list(attributes(old, keys)) != list(attributes(new, keys)):
        return [item_size(old), item_size(new)], "the key changes, so the old entry is removed and a new one added"
    if list(attributes(old, frozenset(old))) == list(attributes(new, frozenset(new))):
        return [], "no attribute that the index keeps has changed"
    return [max(item_size(old), item_size(new))], "an attribute that the index keeps has changed"


# Telling


def _tell(place: int, operation: Operation, counted: Counted, run: Run) -> None:
    cost = Cost(
        op=operation.op, read=float(counted.all("read")), write=float(counted.all("write")),
        table=_floats(counted.table), indexes={name: _floats(units) for name, units in counted.indexes.items()},
        itemSizes=counted.sizes,
    )  # fmt: skip
    kind: Kind = "read" if operation.op in READS else "write"
    units = counted.all(kind)
    parts = [
        f"table {_number(counted.table[kind])}",
        *(f"{n} {_number(of[kind])}" for n, of in counted.indexes.items()),
    ]
    run.step(ALL, f"One {operation.op}: {_number(units)} {kind} {_units(units)}", " + ".join(parts) + ".",
             operations=Append(cost),
             draw={("texts", _label(place, operation)): f"{_number(units)} {kind} {_units(units)}"})  # fmt: skip


def _provision(operations: Sequence[Operation], table: Table, costs: Sequence[Counted], run: Run) -> None:
    rates = [Fraction(repr(operation.rate)) for operation in operations]
    names = dict.fromkeys(name for cost in costs for name in cost.indexes)
    local = {name for name in names if _is_local(name, table, operations)}
    total = _rated(costs, rates, Counted.all)
    own = _rated(costs, rates, lambda cost, kind: cost.table[kind] + sum(cost.of(name, kind) for name in local))
    needed: dict[str, WholeUnits] = {}
    for name in names:
        units = _rated(costs, rates, lambda cost, kind, name=name: cost.of(name, kind))  # type: ignore[misc]
        if name not in local and any(units.values()):
            needed[name] = _whole(units)
    sums = {
        kind: " + ".join(f"{_number(rate)} x {_number(cost.all(kind))}" for rate, cost in zip(rates, costs, strict=True)
                         if cost.all(kind)) for kind in total
    }  # fmt: skip
    why = "; ".join(f"{kind}: {sums[kind]} = {_number(total[kind])}" for kind in total if sums[kind])
    shown = f"table {_shown(_whole(own))}" + "".join(f", {name} {_shown(units)}" for name, units in needed.items())
    run.step(PROVISION, f"Provision {shown}", why + "." if why else "", status="computed",
             total={kind: float(units) for kind, units in total.items()},
             provision={"table": _whole(own), "indexes": needed},
             draw={("texts", "to provision a second"): shown})  # fmt: skip


def _rated(
    costs: Sequence[Counted], rates: Sequence[Fraction], units: Callable[[Counted, Kind], Fraction]
) -> dict[Kind, Fraction]:
    """Return the units a second of all operations."""
    return {
        kind: sum((rate * units(cost, kind) for rate, cost in zip(rates, costs, strict=True)), Fraction(0))
        for kind in KINDS
    }


def _is_local(name: str, table: Table, operations: Sequence[Operation]) -> bool:
    return table.is_local(name) or any(one.index_name == name and one.fetched for one in operations)


def _whole(units: Mapping[Kind, Fraction]) -> WholeUnits:
    return {"read": ceil(units["read"]), "write": ceil(units["write"])}


def _floats(units: Mapping[Kind, Fraction]) -> Units:
    return {"read": float(units["read"]), "write": float(units["write"])}


def _shown(units: WholeUnits) -> str:
    return f"{units['read']} read and {units['write']} write {_units(units['write'])}"


def _units(number: Fraction | int) -> str:
    return "unit" if number == 1 else "units"


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def _blocks_text(sizes: Sequence[int], block: int, together: bool) -> str:
    """Return how blocks were counted: `6144 bytes -> 2 blocks of 4 KB`."""
    blocks = blocks_of(sizes, block, together)
    noun = f"{'block' if blocks == 1 else 'blocks'} of {block // KB} KB"
    if not sizes:
        return f"Nothing was found: {blocks} {noun}"
    shown = " + ".join(map(str, sizes[:4])) + (f" + ... ({len(sizes)} items)" if len(sizes) > 4 else "")
    if len(sizes) == 1:
        return f"{shown} bytes are {blocks} {noun}"
    return f"{shown} bytes, {'added and rounded up once' if together else 'each rounded up'}, are {blocks} {noun}"


def _consistency(operation: Operation) -> str:
    if operation.op == "TransactGetItems":
        return "as it is transactional"
    return "strongly consistent" if operation.consistent_read else "eventually consistent"


def _sum_of(item: Mapping[str, Any]) -> str:
    parts = [f"{name} {item_size({name: value})}" for name, value in list(item.items())[:6]]
    return "Name and value together: " + " + ".join(parts) + (" + ..." if len(item) > 6 else "") + " bytes."


def _label(place: int, operation: Operation) -> str:
    where = f" on {operation.index_name}" if operation.index_name else ""
    return f"{place + 1} {operation.op}{where}"


def initial_state(given: Given) -> State:
    """Return a line for each operation, and one for what to provision."""
    lines = {_label(place, operation): "" for place, operation in enumerate(given.operations)}
    return {"texts": {**lines, "to provision a second": ""}}


# What people believe instead


@belief(is_rounded_once, "per-total-rounding", "a batch adds the sizes of its items and rounds up once",
        "Batches round each item up; only Query and Scan add first.", "04")  # fmt: skip
def always_rounded_once(op: str) -> bool:
    return True


@belief(factor_of, "eventual-costs-one", "an eventually consistent read costs a whole unit for each 4 KB",
        "It costs half a unit; a strongly consistent read costs a whole one.", "01", "12")  # fmt: skip
def eventual_is_whole(op: str, consistent: bool) -> Fraction:
    return TRANSACTIONAL if op == "TransactGetItems" else STRONG


@belief(paid_sizes, "projection-is-cheaper", "a read pays only for the attributes that it returns",
        "It pays for whole items; a projection changes only what is sent.", "06")  # fmt: skip
def returned_attributes(evaluated: Sequence[int], returned: Sequence[int]) -> list[int]:
    return list(returned) if len(returned) == len(evaluated) else list(evaluated)


@belief(paid_sizes, "filter-is-cheaper", "a filter makes a Query or Scan cheaper",
        "The filter is applied after the items are read and paid.", "05")  # fmt: skip
def returned_items(evaluated: Sequence[int], returned: Sequence[int]) -> list[int]:
    return list(returned) if returned and len(returned) < len(evaluated) else list(evaluated)


@belief(written_size, "update-pays-changed-bytes", "UpdateItem pays only for the bytes that change",
        "It pays for the whole item, the larger of before and after.", "08")  # fmt: skip
def changed_bytes(op: str, before: int, after: int) -> int:
    return abs(after - before) if op == "UpdateItem" else max(before, after)


@belief(entry_writes, "gsi-writes-free", "writes to global secondary indexes cost nothing",
        "Each entry that is added, changed or removed costs write units of the index.", "index-writes")  # fmt: skip
def local_writes_only(
    table: Table, index: Index, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> tuple[list[int], str]:
    if table.is_local(index.index_name):
        return entry_writes(table, index, before, after)
    return [], "a global secondary index is free"


belief(write_factor_of, "transaction-costs-one", "a transactional write costs as much as a plain one",
       "It costs two units for each 1 KB: one to prepare, one to commit.", "13")(lambda op: STRONG)  # fmt: skip

SIMULATION = capacity.simulation(title="Capacity units of Amazon DynamoDB", view="texts", given=Given, outcome=Costs,
                                 run=count, initial_state=initial_state)  # fmt: skip

"""JSON that others read: one envelope for everything, steps as the contract of simulations says."""

import json
from collections.abc import Iterable
from typing import Any

from dva.trace import Step


def envelope(schema: str, *, ascii: bool = False, indent: int | None = 2, **fields: Any) -> str:
    """`{"schema": "dva.simulate/1", …}` with sorted keys; `ascii` where the stream does not take UTF-8,
    `indent` None for one line."""
    document = {"schema": schema, **fields}
    return json.dumps(document, sort_keys=True, ensure_ascii=ascii, indent=indent, allow_nan=False)


def steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps of a trace as plain values."""
    return [
        {
            "n": step.n,
            "rule": step.rule,
            "title": step.title,
            "detail": step.detail,
            "notes": list(step.notes),
            "at": step.at,
            "changes": [{"path": c.path, "old": c.old, "new": c.new} for c in step.changes],
        }
        for step in steps
    ]

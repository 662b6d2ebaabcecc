"""JSON output for programs: the envelope of every command, and the steps of a trace."""

import json
from collections.abc import Iterable
from typing import Any

from dva.render.text import escape_json
from dva.trace import Step


def envelope(schema: str, *, ascii: bool = False, indent: int | None = 2, **fields: Any) -> str:
    """Return `{"schema": schema, **fields}` as JSON with sorted keys.

    What a terminal would obey or hide is escaped. `ascii` escapes all that is not ASCII, `indent` None means one line.
    Raises ValueError for a number that is not finite.
    """
    document = {"schema": schema, **fields}
    return escape_json(json.dumps(document, sort_keys=True, ensure_ascii=ascii, indent=indent, allow_nan=False))


def steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return the steps of a trace as plain values with the published keys."""
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

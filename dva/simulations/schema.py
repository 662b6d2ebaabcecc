"""The JSON Schema of a whole scenario of one engine, for an editor."""

from collections.abc import Iterable
from typing import Any, get_type_hints, is_typeddict

import msgspec

from dva.aws.document import AwsDocument
from dva.simulations.fields import is_structure, sentences_of, structures
from dva.simulations.frame import Outcome, Simulation

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}


def scenario_schema(simulation: Simulation) -> dict[str, Any]:
    """Return the schema of a scenario file: its own keys, `given` of this engine, and part of its outcome."""
    kinds = list(_reachable((simulation.given, simulation.outcome)))
    references, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    for kind, reference in zip(kinds, references, strict=True):
        if "$ref" in reference:
            _describe(components[reference["$ref"].rpartition("/")[2]], kind)
    given, outcome = references[:2]
    required = components[given["$ref"].rpartition("/")[2]].pop("required", [])
    text = {"type": "string"}
    return {
        "$schema": DIALECT,
        "title": f"A scenario of {simulation.name}",
        "type": "object",
        "additionalProperties": False,
        "required": ["simulation", "given"],
        "properties": {
            "simulation": {"const": simulation.name},
            "title": text | {"description": "What the case shows, in one sentence."},
            "order": {"type": "integer", "description": "Its place among the cases; the plainest is 1."},
            "notes": {"type": "array", "items": text, "description": "Ids of the notes that it teaches."},
            "given": given,
            "files": {
                "type": "object",
                "additionalProperties": text,
                "description": "Places in given (JSON Pointers) that get the text of a file beside the scenario.",
            },
            "expect": outcome | {"description": "Part of the outcome that the run must have."},
            "ask": {
                "type": "array",
                "description": "What a learner predicts before the run.",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["prompt", "outcome"],
                    "properties": {
                        "id": text | {"description": "Stable within the scenario: predictions hang on it."},
                        "prompt": text,
                        "outcome": text | {"description": "A JSON Pointer into the outcome."},
                    },
                },
            },
        },
        # What `files` brings need not be written in `given`.
        "if": {"not": {"required": ["files"]}},
        "then": {"properties": {"given": {"required": required}}},
        "$defs": components,
    }


def _reachable(kinds: Iterable[Any]) -> Iterable[Any]:
    """The structures of a declaration, the outer ones first, each once."""
    found: dict[Any, None] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        if kind in found:
            continue
        found[kind] = None
        for hint in get_type_hints(kind, include_extras=True).values():
            waiting += [inner for inner in structures(hint) if is_structure(inner)]
    return found


def _describe(component: dict[str, Any], kind: Any) -> None:
    """Add the sentences of the fields; an AWS document may also be JSON text, wrapped, and hold nulls."""
    if is_typeddict(kind) or issubclass(kind, Outcome):
        component.pop("required", None)  # what is expected is part of an outcome
    sentences, properties = sentences_of(kind), component.get("properties", {})
    names = {f.name: f.encode_name for f in msgspec.structs.fields(kind)} if issubclass(kind, msgspec.Struct) else {}
    for name, sentence in sentences.items():
        if names.get(name, name) in properties:
            properties[names.get(name, name)]["description"] = sentence
    if isinstance(kind, type) and issubclass(kind, AwsDocument):
        component["type"] = ["object", "string", "array"]
        component.pop("required", None)
        for name, schema in properties.items():
            properties[name] = schema if NULL in schema.get("anyOf", ()) else {"anyOf": [schema, NULL]}

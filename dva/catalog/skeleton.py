"""Writing scenarios: a case as one YAML document, and a commented skeleton to begin an own one with."""

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from dva.items.scenario import Ask, Scenario
from dva.simulations.fields import REQUIRED, Field, fields
from dva.simulations.frame import Simulation

WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, as AWS's files stand inside a scenario."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def document(scenario: Scenario) -> str:
    """Return a scenario as one YAML document; what files of its folder hold stands inside `given`."""
    envelope: dict[str, Any] = {"simulation": scenario.simulation, "title": scenario.title}
    envelope |= {"notes": list(scenario.notes)} if scenario.notes else {}
    envelope["given"] = scenario.given
    envelope |= {} if scenario.expect is None else {"expect": scenario.expect}
    envelope |= {"ask": [_ask(ask) for ask in scenario.ask]} if scenario.ask else {}
    return _dumped(envelope)


def _ask(ask: Ask) -> dict[str, str]:
    return ({"id": ask.id} if ask.id else {}) | {"prompt": ask.prompt, "outcome": ask.outcome}


def skeleton(simulation: Simulation, example: Scenario) -> str:
    """Return a scenario that runs: the `given` of an example, each field explained, those left out as comments."""
    lines = [
        f"# A scenario of {simulation.name}: {simulation.title}.",
        f"# Every field: dva simulate {simulation.name} --fields. Its cases: dva simulate {simulation.name} --list.",
        f"simulation: {simulation.name}",
        "title: Say in one sentence what the case shows",
        "given:",
    ]
    for field in fields(simulation.given):
        if field.depth == 0:
            lines += [_comment(field), _entry(field, example.given)]
    lines += [
        "# What the outcome must contain: leave it out, or exit code 1 tells where it does not hold.",
        "# expect: {status: …}",
    ]
    return "\n".join(lines) + "\n"


def _comment(field: Field) -> str:
    default = {REQUIRED: REQUIRED, "null": "optional"}.get(field.default, f"default {field.default}")
    text = f"{field.sentence} ({field.type}; {default})"
    return textwrap.fill(text, WIDTH, initial_indent="  # ", subsequent_indent="  # ", break_on_hyphens=False)


def _entry(field: Field, given: Mapping[str, Any]) -> str:
    if field.name in given:
        return textwrap.indent(_dumped({field.name: given[field.name]}).rstrip("\n"), "  ", lambda line: True).rstrip()
    return f"  # {field.name}: {'…' if field.default == REQUIRED else field.default}"


def _dumped(value: Mapping[str, Any]) -> str:
    return yaml.dump(dict(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)

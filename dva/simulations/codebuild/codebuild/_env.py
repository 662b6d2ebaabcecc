"""The variables of a build: who defines them, whose value counts, and which may be exported."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from dva.simulations._before import Tracer, pointer
from dva.simulations.codebuild.codebuild import _rules as rules
from dva.simulations.codebuild.codebuild._buildspec import Buildspec, secret_parts, text_of
from dva.simulations.codebuild.codebuild._given import Given, Problem
from dva.simulations.codebuild.codebuild._how import How

STORED = ("PARAMETER_STORE", "SECRETS_MANAGER")


@dataclass(frozen=True)
class Definition:
    """One place that defines a variable; `value` is a name to look up where the kind is a store."""

    place: str
    section: str
    kind: str
    value: str


@dataclass
class Variables:
    """What came of the definitions."""

    values: dict[str, str] = field(default_factory=dict)
    winners: dict[str, Definition] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def definitions(given: Given, spec: Buildspec) -> dict[str, list[Definition]]:
    """Every definition by name; within one place the later one counts."""
    found: dict[str, list[Definition]] = {}
    sections = (
        ("variables", "PLAINTEXT", spec.variables),
        ("parameter-store", "PARAMETER_STORE", spec.parameters),
        ("secrets-manager", "SECRETS_MANAGER", spec.secrets),
    )
    for section, kind, values in sections:
        for name, value in values.items():
            found.setdefault(name, []).append(Definition("buildspec", section, kind, value))
    places = (
        ("project", given.project.variables),
        ("start-build", given.start_build.environment_variables_override),
    )
    for place, variables in places:
        for variable in variables:
            one = Definition(place, place, variable.type, text_of(variable.value))
            found.setdefault(variable.name, []).append(one)
    return found


def resolve(given: Given, spec: Buildspec, trace: Tracer, how: How) -> Variables:
    """Each variable's value before the first command, told one by one."""
    made = Variables()
    for name, places in definitions(given, spec).items():
        if name.startswith("CODEBUILD_"):
            message = f"{name} is reserved and dropped"
            made.problems.append({"code": "RESERVED_NAME", "path": pointer("env", name), "message": message})
            trace.step(rules.RESERVED, message, rules.RESERVED.says)
            continue
        place = how.winner([one.place for one in places])
        same = [one for one in places if one.place == place]
        won = made.winners[name] = same[-1]
        value = won.value if won.kind == "PLAINTEXT" else _looked_up(given, name, won, made, trace)
        if len({one.section for one in same}) > 1:
            told = f"{name} is taken from {won.section}, not from {same[0].section}"
            trace.step(rules.WITHIN, told, rules.WITHIN.says)
        if value is not None:
            made.values[name] = value
            _tell(name, value, won, places, trace)
    return made


def _tell(name: str, value: str, won: Definition, places: list[Definition], trace: Tracer) -> None:
    beaten = list(dict.fromkeys(f"{one.place} says {one.value}" for one in places if one.place != won.place))
    why = f"{rules.DEFINE.says} {'; '.join(beaten)}." if beaten else f"Defined in {won.section} only."
    changes = {pointer("outcome", "env", name): value}
    trace.step(rules.DEFINE, f"{name} = {value} (from {won.place})", why, changes=changes)


def _looked_up(given: Given, name: str, won: Definition, made: Variables, trace: Tracer) -> str | None:
    parameter = won.kind == "PARAMETER_STORE"
    value = given.parameter_store.get(won.value) if parameter else secret(given, won.value)
    kind = "parameter" if parameter else "secret"
    if value is None:
        message = f"there is no {kind} {won.value}"
        code = "PARAMETER_NOT_FOUND" if parameter else "SECRET_NOT_FOUND"
        made.problems.append({"code": code, "path": pointer("env", name), "name": won.value, "message": message})
        trace.step(rules.NOT_FOUND, f"{name}: {message}", rules.NOT_FOUND.says)
        return None
    trace.step(rules.LOOKUP, f"The {kind} {won.value} is fetched for {name}", rules.LOOKUP.says)
    return text_of(value)


def secret(given: Given, reference: str) -> Any:
    """The text of a secret, or of one key of it; None where there is none."""
    name, key, stage, version = secret_parts(reference)
    found = given.secrets_manager.get(name)
    if isinstance(found, dict) and ("AWSCURRENT" in found or stage or version):
        found = found.get(version or stage or "AWSCURRENT")
    if not key or found is None:
        return msgspec.json.encode(found).decode() if isinstance(found, dict | list) else found
    if isinstance(found, str):
        try:
            found = msgspec.json.decode(found)
        except (msgspec.DecodeError, RecursionError):
            return None
    return found.get(key) if isinstance(found, dict) else None


def export(spec: Buildspec, variables: Variables, values: dict[str, str], trace: Tracer) -> None:
    """What `exported-variables` hands on: values at the end of the build."""
    refused = []
    for name in spec.exported:
        won = variables.winners.get(name)
        stored = won is not None and won.place != "buildspec" and won.kind in STORED
        if name.startswith("AWS_") or stored:
            refused.append(name)
            why = "the project's secret" if stored else "an AWS_ variable"
            title = f"{name} is not exported: it is {why}"
            trace.step(rules.NO_EXPORT, title, rules.NO_EXPORT.says, changes={"/outcome/not_exported": sorted(refused)})
        elif name in values:
            changes = {pointer("outcome", "exported", name): values[name]}
            trace.step(rules.EXPORT, f"{name} = {values[name]} is exported", rules.EXPORT.says, changes=changes)
        else:
            trace.step(rules.EXPORT, f"{name} has no value, so nothing is exported for it", rules.EXPORT.says)

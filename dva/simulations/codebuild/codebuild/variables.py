"""The variables of a build: who defines them, whose value counts, and which may be exported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dva.aws.jsontext import DuplicateKey, duplicate_key
from dva.jsonpointer import join
from dva.simulations.codebuild.codebuild import decisions, rules
from dva.simulations.codebuild.codebuild.buildspec import Buildspec, secret_parts, text_of
from dva.simulations.codebuild.codebuild.documents import Given, Problem
from dva.simulations.frame import Run

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
    """The values, the definitions that they come from, and what is wrong."""

    values: dict[str, str] = field(default_factory=dict)
    winners: dict[str, Definition] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def definitions(given: Given, spec: Buildspec) -> dict[str, list[Definition]]:
    """Return the definitions of each variable; within one place the later one counts."""
    found: dict[str, list[Definition]] = {}
    for section, kind, values in (
        ("variables", "PLAINTEXT", spec.variables), ("parameter-store", "PARAMETER_STORE", spec.parameters),
        ("secrets-manager", "SECRETS_MANAGER", spec.secrets),
    ):  # fmt: skip
        for name, value in values.items():
            found.setdefault(name, []).append(Definition("buildspec", section, kind, value))
    of_project = [*given.project.environment.environment_variables, *given.project.environment_variables]
    overrides = given.start_build.environment_variables_override
    for place, variables in (("project", of_project), ("start-build", overrides)):
        for variable in variables:
            one = Definition(place, place, variable.type, text_of(variable.value))
            found.setdefault(variable.name, []).append(one)
    return found


def resolve(given: Given, spec: Buildspec, run: Run) -> Variables:
    """Return the value of each variable before the first command."""
    resolved = Variables()
    for name, defined in definitions(given, spec).items():
        if name.startswith("CODEBUILD_"):
            message = f"{name} is reserved and dropped"
            resolved.problems.append({"code": "RESERVED_NAME", "path": join("env", name), "message": message})
            run.step(rules.RESERVED, message)
            continue
        place = run.using(decisions.winner)([one.place for one in defined])
        same = [one for one in defined if one.place == place]
        won = resolved.winners[name] = same[-1]
        value = won.value if won.kind == "PLAINTEXT" else _look_up(given, name, won, resolved, run)
        if len({one.section for one in same}) > 1:
            run.step(rules.WITHIN, f"{name} is taken from {won.section}, not from {same[0].section}")
        if value is not None:
            resolved.values[name] = value
            beaten = list(dict.fromkeys(f"{one.place} says {one.value}" for one in defined if one.place != place))
            why = f"{'; '.join(beaten)}." if beaten else f"Defined in {won.section} only."
            run.step(rules.DEFINE, f"{name} = {value} (from {place})", why, inside={("env", name): value})
    return resolved


def _look_up(given: Given, name: str, won: Definition, resolved: Variables, run: Run) -> str | None:
    kind, store = "parameter", given.parameter_store
    if won.kind == "SECRETS_MANAGER":
        kind, store = "secret", given.secrets_manager
    if store is None:
        run.step(rules.PRESUMED, f"The {kind} {won.value} is taken as present for {name}")
        return f"<value of {won.value}>"
    value = store.get(won.value) if kind == "parameter" else secret(store, won.value)
    if value is None:
        message, code = f"there is no {kind} {won.value}", f"{kind.upper()}_NOT_FOUND"
        resolved.problems.append({"code": code, "path": join("env", name), "name": won.value, "message": message})
        run.step(rules.NOT_FOUND, f"{name}: {message}")
        return None
    run.step(rules.LOOKUP, f"The {kind} {won.value} is fetched for {name}")
    if kind == "secret" and (twice := duplicate_in_secret(store, won.value)):
        title = f"The secret {secret_parts(won.value)[0]} has a duplicate key `{twice.key}`, line {twice.line}"
        run.step(rules.SECRET_TWICE, title)
    return text_of(value)


def duplicate_in_secret(secrets: Mapping[str, Any], reference: str) -> DuplicateKey | None:
    """Return the first key that the JSON of a secret has twice, where one of its keys is read."""
    text = _version(secrets, reference)
    return duplicate_key(text) if isinstance(text, str) and secret_parts(reference)[1] else None


def _version(secrets: Mapping[str, Any], reference: str) -> Any:
    """Return the version of a secret that a reference names; None where there is none."""
    name, _, stage, version = secret_parts(reference)
    found = secrets.get(name)
    if isinstance(found, dict) and ("AWSCURRENT" in found or stage or version):
        return found.get(version or stage or "AWSCURRENT")
    return found


def secret(secrets: Mapping[str, Any], reference: str) -> Any:
    """Return the text of a secret, or the value of one key of it; None where there is none."""
    found, key = _version(secrets, reference), secret_parts(reference)[1]
    if not key or found is None:
        return msgspec.json.encode(found).decode() if isinstance(found, dict | list) else found
    if isinstance(found, str):
        try:
            found = msgspec.json.decode(found)
        except (msgspec.DecodeError, RecursionError):
            return None
    return found.get(key) if isinstance(found, dict) else None


def export(spec: Buildspec, variables: Variables, run: Run) -> None:
    """Export what `exported-variables` names, with the values at the end of the build."""
    values, refused = run.outcome["state_after"]["variables"], []
    for name in spec.exported:
        won = variables.winners.get(name)
        stored = won is not None and won.place != "buildspec" and won.kind in STORED
        if name.startswith("AWS_") or stored:
            refused.append(name)
            why = "the project's secret" if stored else "an AWS_ variable"
            run.step(rules.NO_EXPORT, f"{name} is not exported: it is {why}", not_exported=sorted(refused))
        elif name in values:
            run.step(rules.EXPORT, f"{name} = {values[name]} is exported", inside={("exported", name): values[name]})
        else:
            run.step(rules.EXPORT, f"{name} has no value, so nothing is exported for it")

"""Reading the steps: an action, alone or with its environment, or option settings that are one update."""

from typing import Any

from msgspec import Struct

from dva.errors import GivenError
from dva.simulations.beanstalk._environment import read_settings
from dva.simulations.beanstalk._options import Settings

UPDATE = "update"
ACTIONS = ("create environment", "clone environment", "rebuild environment", "deploy", "test", "swap CNAMEs",
           "wait for DNS", "snapshot database", "enable deletion protection", "terminate environment")  # fmt: skip
ALIASES = {"swap": "swap CNAMEs", "swap cname": "swap CNAMEs", "wait_dns": "wait for DNS", "wait": "wait for DNS",
           "create": "create environment", "clone": "clone environment", "rebuild": "rebuild environment",
           "terminate": "terminate environment", "snapshot": "snapshot database",
           "protect": "enable deletion protection", "protect database": "enable deletion protection",
           UPDATE: UPDATE}  # fmt: skip
WORDINGS = {name.lower(): name for name in ACTIONS} | ALIASES


class ParsedStep(Struct, frozen=True):
    """A step: what is done, to which environment if one is named, with which settings; its text or number."""

    do: str
    environment: str | None
    settings: Settings
    shown: str | int


def parse(step: str | dict[str, Any], number: int) -> ParsedStep:
    """Read a step; GivenError where it is not a valid one."""
    place = f"/steps/{number - 1}"
    if isinstance(step, str):
        do, rest = action(step, place)
        return ParsedStep(do, rest or None, {}, step)
    do, environment, settings = parse_mapping(step, place)
    if not isinstance(environment, str | None):
        raise GivenError("an environment is named by text", pointer=f"{place}/environment")
    return ParsedStep(do, environment, settings, number)


def parse_mapping(step: dict[str, Any], place: str) -> tuple[str, Any, Settings]:
    """Read {do, environment, option_settings}, {action: …}, {environment, option_settings} or option settings."""
    named = step.get("environment")
    word = step.get("do", step.get("action"))
    if word is not None:
        unknown = set(step) - {"do", "action", "environment", "option_settings", "VersionLabel"}
        if unknown:
            raise GivenError(f"unknown key `{min(unknown)}`", pointer=f"{place}/{min(unknown)}")
        do, rest = action(str(word), place)
        return do, named or rest or None, read_settings(step.get("option_settings"), f"{place}/option_settings")
    if len(step) == 1 and not next(iter(step)).startswith("aws:") and "option_settings" not in step:
        word, inner = next(iter(step.items()))
        do, rest = action(word, place)
        if not isinstance(inner, dict):
            return do, inner or rest or None, {}
        named = inner.get("environment") or inner.get("EnvironmentName") or rest or None
        own = {key: value for key, value in inner.items() if key.startswith("aws:")}
        return do, named, read_settings(inner.get("option_settings", own), place)
    wrapped = {"option_settings", "environment"} >= set(step)
    own = {key: value for key, value in step.items() if key != "environment"}
    return UPDATE, named, read_settings(step.get("option_settings") if wrapped else own, place)


def action(text: str, place: str) -> tuple[str, str]:
    """Return the action at the beginning of a text, and the rest of it."""
    lowered = text.strip().lower()
    for word in sorted(WORDINGS, key=len, reverse=True):
        if lowered == word or lowered.startswith(word + " "):
            return WORDINGS[word], text.strip()[len(word) :].strip()
    hint = f"one of {', '.join(ACTIONS)}, or option settings"
    raise GivenError(f"`{text}` is not a valid step", pointer=place, hint=hint)

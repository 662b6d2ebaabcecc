"""Reading the steps: an action word, alone or with its environment, or option settings that are one update."""

from typing import Any, Literal

from msgspec import Struct, field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._options import Settings

UPDATE = "update"
ACTIONS = (
    "create environment", "clone environment", "rebuild environment", "deploy", "test", "swap CNAMEs", "wait for DNS",
    "snapshot database", "enable deletion protection", "terminate environment",
)  # fmt: skip
OTHER_WORDS = {
    "swap": "swap CNAMEs", "swap cname": "swap CNAMEs", "wait_dns": "wait for DNS", "wait": "wait for DNS",
    "create": "create environment", "clone": "clone environment", "rebuild": "rebuild environment",
    "terminate": "terminate environment", "snapshot": "snapshot database", "protect": "enable deletion protection",
    "protect database": "enable deletion protection", UPDATE: UPDATE,
}  # fmt: skip
"""Shorter words for the same."""
ON_OLD = ("rebuild environment", "clone environment", "terminate environment", UPDATE)
"""What is done to the original environment where no other is named; the rest is done to the newest."""


class Environment(AwsDocument, rename=None):
    wrappers = ("Environments",)
    name: str = field(default="old", name="EnvironmentName")
    option_settings: Any = None


class Given(StrictStruct, rename=None):
    goal: Literal["decouple-rds", "change-load-balancer"]
    environment: Environment = field(default_factory=Environment)
    steps: list[str | dict[str, Any]] = []


class Doing(Struct, frozen=True):
    """One step: what is done, to which environment if one is named, with which settings, and how it is called."""

    do: str
    environment: str | None
    settings: Settings
    shown: str | int


def settings(value: Any, pointer: str) -> Settings:
    """Option settings in any of AWS's forms."""
    try:
        return beanstalk.settings(value)
    except beanstalk.OptionError as problem:
        raise GivenError(str(problem), pointer=pointer) from None


def read(step: str | dict[str, Any], place: int) -> Doing:
    """A step as given; its name is its text, or its number where it is a mapping."""
    found = _read(step, place, f"/steps/{place}")
    if not isinstance(found.environment, str | None):
        raise GivenError("an environment is named by a text", pointer=f"/steps/{place}/environment")
    return found


def _read(step: str | dict[str, Any], place: int, where: str) -> Doing:
    if isinstance(step, str):
        do, rest = action(step, where)
        return Doing(do, rest or None, {}, step)
    word = step.get("do", step.get("action"))
    if word is None:
        return mapping(step, place, where)
    unknown = set(step) - {"do", "action", "environment", "option_settings", "VersionLabel"}
    if unknown:
        raise GivenError(f"unknown key `{min(unknown)}`", pointer=f"{where}/{min(unknown)}")
    do, rest = action(str(word), where)
    chosen = settings(step.get("option_settings"), f"{where}/option_settings")
    return Doing(do, step.get("environment") or rest or None, chosen, place + 1)


def mapping(step: dict[str, Any], place: int, where: str) -> Doing:
    """{action: {…}}, {environment, option_settings}, or option settings by namespace."""
    if len(step) == 1 and not next(iter(step)).startswith("aws:") and "option_settings" not in step:
        word, inner = next(iter(step.items()))
        do, rest = action(word, where)
        if isinstance(inner, dict):
            named = inner.get("environment") or inner.get("EnvironmentName")
            chosen = inner.get("option_settings", {k: v for k, v in inner.items() if k.startswith("aws:")})
            return Doing(do, named or rest or None, settings(chosen, where), place + 1)
        return Doing(do, inner or rest or None, {}, place + 1)
    named = step.get("environment")
    wrapped = {"option_settings", "environment"} >= set(step)
    chosen = step.get("option_settings") if wrapped else {k: v for k, v in step.items() if k != "environment"}
    return Doing(UPDATE, named, settings(chosen, where), place + 1)


def action(text: str, where: str) -> tuple[str, str]:
    """The action at the beginning of the text, and the environment after it."""
    lowered = text.strip().lower()
    names = {name.lower(): name for name in ACTIONS} | OTHER_WORDS
    for word in sorted(names, key=len, reverse=True):
        if lowered == word or lowered.startswith(word + " "):
            return names[word], text.strip()[len(word) :].strip()
    raise GivenError(f"`{text}` is no step", pointer=where, hint=f"one of {', '.join(ACTIONS)}, or option settings")

"""An AppSpec file for AWS Lambda or Amazon ECS, which CodeDeploy itself reads; keys in any case, YAML or JSON.

AWS gives no reader for it: the order of the checks and the names of what is wrong are dva's.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from dva import jsonpointer
from dva.aws.document import Keys, keys_not_read
from dva.aws.jsontext import duplicate_key
from dva.aws.yaml11 import Document, YamlError, read
from dva.simulations.codedeploy._appspec_file import Invalid

Platform = Literal["Lambda", "ECS"]

# Documented words (AWS CodeDeploy User Guide, "AppSpec 'resources' section" and "AppSpec 'hooks' section")

TYPES: dict[Platform, str] = {"Lambda": "AWS::Lambda::Function", "ECS": "AWS::ECS::Service"}
EVENTS: dict[Platform, tuple[str, ...]] = {
    "Lambda": ("BeforeAllowTraffic", "AfterAllowTraffic"),
    "ECS": ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic"),
}
REQUIRED: dict[Platform, tuple[tuple[str, ...], ...]] = {
    "Lambda": (("name",), ("alias",), ("currentversion",), ("targetversion",)),
    "ECS": (("TaskDefinition",), ("LoadBalancerInfo", "ContainerName"), ("LoadBalancerInfo", "ContainerPort")),
}
RESOURCE: dict[Platform, Keys] = {
    "Lambda": dict.fromkeys(("name", "alias", "currentversion", "targetversion")),
    "ECS": {"taskdefinition": None, "loadbalancerinfo": dict.fromkeys(("containername", "containerport")),
            "networkconfiguration": {"awsvpcconfiguration": None}},
}  # fmt: skip
"""The properties that are looked at, in lower case."""
NETWORK = ("Subnets", "SecurityGroups", "AssignPublicIp")


def document(text: str | dict[Any, Any]) -> Document:
    """Return the mapping; Invalid where there is none."""
    if not isinstance(text, str):
        return Document(text)
    try:
        found = read(text, strict=False)
    except YamlError as problem:
        try:
            found = Document(json.loads(text))  # JSON may hold what YAML does not take, such as tabs
            twice = duplicate_key(text)
            found.repeated.update({tuple(jsonpointer.split(twice.pointer)): twice.line} if twice else {})
        except (ValueError, RecursionError):
            raise Invalid("MALFORMED", problem.message, problem.line) from None
    if found.value is None:
        raise Invalid("EMPTY_APPSPEC", "the file is empty")
    if not isinstance(found.value, dict):
        raise Invalid("MALFORMED", "the file is not a mapping of sections")
    return found


def member(mapping: Any, name: str) -> Any:
    """Return a member, its name in any case; None where it is not there."""
    if not isinstance(mapping, dict):
        return None
    return next((value for key, value in mapping.items() if str(key).lower() == name.lower()), None)


def platform_of(text: str | dict[Any, Any]) -> Platform | None:
    """Return the platform of a file with resources and no os, by the type of its resource; None for another file.

    A resource of a type that is neither counts as ECS, which then refuses it.
    """
    try:
        found = document(text)
    except Invalid:
        return None
    if member(found.value, "os") is not None or member(found.value, "resources") is None:
        return None
    types = [member(content, "type") for _, content in _resources(found)]
    return "Lambda" if TYPES["Lambda"] in types else "ECS"


def _resources(found: Document) -> list[tuple[Any, Any]]:
    """Return the resources by name, from a list of mappings or one mapping."""
    resources = member(found.value, "resources")
    entries = resources if isinstance(resources, list) else [resources]
    return [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]


def version(found: Document) -> Any:
    """Return the version: 0.0, as a number or as text."""
    value = member(found.value, "version")
    if isinstance(value, bool) or str(value) not in ("0.0", "0"):
        raise Invalid("INVALID_VERSION", f"version is {value}; it must be 0.0", line(found, "version"))
    return value


def resource(found: Document, platform: Platform) -> tuple[str, dict[str, Any]]:
    """Return name and content of the one resource."""
    named = _resources(found)
    where = line(found, "resources")
    if not named:
        other = "; with `os` it is a file for instances" if member(found.value, "os") is not None else ""
        raise Invalid("NO_RESOURCES", f"the file names no {TYPES[platform]}{other}", where)
    if len(named) > 1:
        raise Invalid("TOO_MANY_RESOURCES", f"the file names {len(named)} resources; one can be deployed", where)
    name, content = named[0]
    if member(content, "type") != TYPES[platform]:
        message = f"{name} is of the type {member(content, 'type')}, not {TYPES[platform]}"
        raise Invalid("RESOURCE_TYPE", message, where)
    return str(name), content


def properties(found: Document, platform: Platform, content: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of the resource, all required ones among them."""
    given: Any = member(content, "properties")
    for path in REQUIRED[platform]:
        value = given
        for name in path:
            value = member(value, name)
        if value in (None, ""):
            raise Invalid("MISSING_PROPERTY", f"the property {'.'.join(path)} is missing", line(found, "resources"))
    complete: dict[str, Any] = given
    return complete


def not_read(text: str | dict[Any, Any], platform: Platform, where: str) -> Iterator[str]:
    """List the pointers of what is not looked at in a file at `where`; of one that is malformed none."""
    try:
        found = document(text)
    except Invalid:
        return iter(())
    resource: Keys = {"type": None, "properties": RESOURCE[platform]}
    keys: Keys = {"version": None, "hooks": None, "resources": {"*": resource}}
    return keys_not_read(found.value, keys, where, any_case=True)


def network(found: Document, given: dict[str, Any]) -> None:
    """Check the network configuration of an ECS resource: complete, or left out."""
    configuration = member(given, "NetworkConfiguration")
    if configuration is None:
        return
    inner = member(configuration, "AwsvpcConfiguration")
    missing = [name for name in NETWORK if member(inner, name) in (None, "", [])]
    where = line(found, "resources")
    if missing:
        raise Invalid("NETWORK_CONFIGURATION", f"AwsvpcConfiguration lacks {', '.join(missing)}", where)
    if member(inner, "AssignPublicIp") not in ("ENABLED", "DISABLED"):
        raise Invalid("NETWORK_CONFIGURATION", "AssignPublicIp is neither ENABLED nor DISABLED", where)


def hooks(found: Document, platform: Platform) -> dict[str, Any]:
    """Return the Lambda function of each event, from a list of mappings or one mapping."""
    given = member(found.value, "hooks")
    entries = given if isinstance(given, list) else [given] if given else []
    named: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise Invalid("MALFORMED", "an entry of hooks is `Event: function`", line(found, "hooks"))
        for event, function in entry.items():
            if event not in EVENTS[platform]:
                known = ", ".join(EVENTS[platform])
                raise Invalid("UNKNOWN_HOOK", f"{event} is none of {known}", line(found, "hooks"))
            named[str(event)] = function
    return named


def line(found: Document, section: str) -> int:
    """Return the line of a top-level section."""
    name = next((key for key in found.value if str(key).lower() == section), None)
    return found.line((name,)) if name is not None else 1

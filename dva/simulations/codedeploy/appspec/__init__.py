"""An AppSpec file, judged as its reader judges it: the CodeDeploy agent for EC2 and on-premises, the service else.

In the agent's order: the text becomes values (YAML 1.1, Ruby's safe loader); then version, os, hooks, files,
permissions, file_exists_behavior, and the first thing that is wrong ends it. What was accepted but means something
else than it says, or than AWS's pages say, is told as a surprise. The rules stand in `_rules.py`, the agent's
reading in `_appspec_file.py` of this service, files for Lambda and Amazon ECS in `_service_appspec.py`.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Literal

from dva.aws.document import StrictStruct
from dva.aws.ruby import to_s
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.codedeploy import _appspec_file as appspec
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy import _service_appspec as service
from dva.simulations.codedeploy._appspec_file import AppSpec, How, Invalid, Reader
from dva.simulations.codedeploy.appspec import _rules as rules
from dva.simulations.codedeploy.appspec import _surprises as surprises

FILE = "appspec.yml"
UNDERSTOOD = "What is understood"


class Given(StrictStruct, rename=None):
    """The file's text (a mapping counts as already read), the instance's system, the compute platform."""

    appspec: str | dict[str, Any]
    agent_os: Literal["linux", "windows"] = "linux"
    platform: Literal["Server", "Lambda", "ECS"] = "Server"


def start(given: Given) -> dict[str, Any]:
    text = given.appspec if isinstance(given.appspec, str) else "(given as a mapping)"
    return {"texts": {FILE: text[:20_000], UNDERSTOOD: ""}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Section by section until the end or the first thing that is wrong."""
    server = given.platform == "Server"
    try:
        parsed = _server(given, trace, how) if server else _service(given, trace)
    except Invalid as problem:
        categories = rules.CATEGORIES if server else rules.SERVICE_CATEGORIES
        rule = categories[problem.category]
        changes = {
            "/outcome/status": "invalid", "/outcome/category": problem.category, "/outcome/message": problem.message,
            "/outcome/line": problem.line, "/outcome/error": {"code": problem.category, "message": problem.message},
        }  # fmt: skip
        trace.step(
            rule, f"Line {problem.line}: {problem.category}", f"{problem.message}. {rule.says}",
            changes=changes | _understood(trace, f"line {problem.line}: {problem.message}"),
        )  # fmt: skip
    else:
        trace.step(
            rules.VALID, "The file is valid", "Every section was accepted.",
            changes={"/outcome/status": "valid", "/outcome/parsed": parsed},
        )  # fmt: skip


def _server(given: Given, trace: Tracer, how: How) -> dict[str, Any]:
    """EC2 and on-premises: the agent reads."""
    reader = Reader(given.appspec, given.agent_os, how)
    trace.step(rules.YAML, "The text is YAML", "The agent loads it with Ruby's Psych before it looks at any section.")
    reader.top()
    _surprise(trace, surprises.in_keys(reader))
    _surprise(trace, surprises.in_version(reader))
    version = reader.version()
    _accept(trace, rules.VERSION, f"the version is {to_s(version)}", "It equals the number 0.0.")
    system = reader.os()
    _accept(trace, rules.OS, f"the system is {system}", f"The instance runs {given.agent_os}.")
    read = AppSpec(version, system, reader.hooks())
    _tell_hooks(trace, read)
    _surprise(trace, surprises.in_hooks(reader, read))
    files = reader.files()
    read = AppSpec(version, read.os, read.hooks, files)
    _tell_files(trace, read)
    _surprise(trace, surprises.in_files(read))
    _surprise(trace, surprises.in_modes(reader))
    permissions = reader.permissions()
    read = AppSpec(version, read.os, read.hooks, files, permissions)
    _tell_permissions(trace, read)
    _surprise(trace, surprises.in_permissions(reader, read))
    read = AppSpec(version, read.os, read.hooks, files, permissions, reader.file_exists_behavior())
    told = read.file_exists_behavior or "not given: the deployment's option decides, DISALLOW by default"
    _accept(trace, rules.BEHAVIOR, f"files that exist already: {told}", rules.BEHAVIOR.says)
    _surprise(trace, surprises.in_the_rest(reader, read))
    return plain(read)


def _tell_hooks(trace: Tracer, read: AppSpec) -> None:
    if not read.hooks:
        _accept(trace, rules.HOOK, "no hooks", "No event runs a script.")
    for event, scripts in read.hooks.items():
        told = ", ".join(f"{script.location} ({_limits(script)})" for script in scripts) or "no script"
        _accept(trace, rules.HOOK, f"{event}: {told}", f"In this order; {_count(scripts, 'script')}.")


def _limits(script: appspec.Script) -> str:
    return f"at most {script.timeout} s" + (f", as {script.runas}" if script.runas else "")


def _tell_files(trace: Tracer, read: AppSpec) -> None:
    told = ", ".join(f"{to_s(source)} to {to_s(destination)}" for source, destination in read.files)
    why = "A source lies inside the revision, a destination on the instance. Nothing is copied yet."
    _accept(trace, rules.FILES, f"what is copied: {told or 'nothing'}", why)


def _tell_permissions(trace: Tracer, read: AppSpec) -> None:
    for permission in read.permissions:
        parts = (
            ("mode", permission.mode), ("owner", permission.owner), ("group", permission.group),
            ("acls", ", ".join(permission.acls or ())), ("context", permission.context and permission.context["type"]),
        )  # fmt: skip
        rule = rules.ACL if permission.acls else rules.CONTEXT if permission.context else rules.OBJECT
        told = ", ".join(f"{name} {to_s(value)}" for name, value in parts if value) or "nothing to set"
        _accept(trace, rule, f"{permission.object}: {told}", "For what the files section copies or makes there.")


def _service(given: Given, trace: Tracer) -> dict[str, Any]:
    """Lambda and Amazon ECS: CodeDeploy reads."""
    platform = given.platform
    found = service.document(given.appspec)
    version = service.version(found)
    _accept(trace, rules.SERVICE_VERSION, f"the version is {version}", "As a number or as text.")
    name, content = service.resource(found, platform)
    _accept(trace, rules.ONE_RESOURCE, f"{name} of the type {service.TYPES[platform]}", rules.ONE_RESOURCE.says)
    properties = service.properties(found, platform, content)
    _accept(trace, rules.PROPERTIES, f"its properties: {', '.join(str(key) for key in properties)}", "None is missing.")
    if platform == "ECS":
        service.network(found, properties)
    hooks = service.hooks(found, platform)
    told = ", ".join(f"{event} calls {function}" for event, function in hooks.items()) or "no hooks"
    _accept(trace, rules.FUNCTIONS, told, f"{platform} has hooks for {', '.join(service.EVENTS[platform])}.")
    resources = {name: {"type": service.TYPES[platform], "properties": _jsonable(properties)}}
    return {"version": version, "resources": resources, "hooks": _jsonable(hooks)}


def plain(read: AppSpec) -> dict[str, Any]:
    """What the agent understands, as a mapping that JSON can say."""
    parsed = {
        "version": read.version, "os": read.os, "file_exists_behavior": read.file_exists_behavior,
        "files": [{"source": source, "destination": destination} for source, destination in read.files],
        "hooks": {event: [asdict(script) for script in scripts] for event, scripts in read.hooks.items()},
        "permissions": [permission.plain() for permission in read.permissions],
    }  # fmt: skip
    result: dict[str, Any] = _jsonable(parsed)
    return result


def _jsonable(value: Any) -> Any:
    """Keys as text, infinite numbers as text."""
    if isinstance(value, dict):
        return {to_s(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return to_s(value)
    return to_s(value) if isinstance(value, str) else value


def _accept(trace: Tracer, rule: Rule, told: str, why: str) -> None:
    title = told[:1].upper() + told[1:] if told[:1].islower() and " " in told else told
    trace.step(rule, title if len(title) <= 100 else title[:97] + "...", why, changes=_understood(trace, told))


def _surprise(trace: Tracer, found: Iterable[tuple[Rule, str]]) -> None:
    for rule, told in found:
        changes = {"/outcome/surprises/-": told} | _understood(trace, f"  surprise: {told}")
        trace.step(rule, told[:1].upper() + told[1:], rule.says, changes=changes)


def _understood(trace: Tracer, line: str) -> dict[str, Any]:
    """The growing text of what has been understood."""
    if not trace.recording:
        return {}
    so_far = trace.document["state"]["texts"][UNDERSTOOD]
    return {pointer("state", "texts", UNDERSTOOD): f"{so_far}{line}\n"}


def _count(things: Any, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


BELIEFS = (
    Belief(
        "a-mode-is-what-is-written", "mode: 0755 means the mode 755",
        "Without quotes it is an octal number for YAML 1.1: 493, and 9 is no digit of a mode.",
        "mode_text", lambda value: f"{value:03o}" if isinstance(value, int) else appspec.mode_text(value),
        ("codedeploy.mode",),
    ),
    Belief(
        "version-may-be-text", 'version: "0.0" is the same as version: 0.0',
        "The agent compares with the number 0.0; text never equals it.",
        "version_fits", lambda value: appspec.version_fits(value) or value == "0.0", ("codedeploy.version",),
    ),
    Belief(
        "os-in-any-case", "os: Linux is as good as os: linux",
        "The word is compared letter by letter.",
        "os_fits", lambda value, host: to_s(value).lower() == host, ("codedeploy.version",),
    ),
    Belief(
        "timeout-at-most-an-hour", "the agent refuses a script timeout above 3600 seconds",
        "The agent has no upper limit; the service ends a lifecycle event after 3600 seconds.",
        "timeout_seconds", lambda value: _at_most_an_hour(appspec.timeout_seconds(value)), ("codedeploy.timeouts",),
    ),
    Belief(
        "timeout-in-minutes-and-seconds", "timeout: 1:30 is a minute and a half",
        "YAML 1.1 as Ruby reads it takes hours and minutes: 5400 seconds.",
        "timeout_seconds", lambda value: 90 if value == 5400 else appspec.timeout_seconds(value),
        ("codedeploy.timeouts",),
    ),
    Belief(
        "event-names-are-checked", "a misspelled event is refused when the file is read",
        "The reader takes any name. Install refuses it, after the old revision was stopped.",
        "event_fits", lambda event: event in lifecycle.AGENT, ("codedeploy.unknown-event",),
    ),
)  # fmt: skip


def _at_most_an_hour(seconds: int | None) -> int | None:
    return seconds if seconds is None or seconds <= appspec.DEFAULT_TIMEOUT else 0


SIMULATION = Simulation(
    name="appspec",
    title="AppSpec file of CodeDeploy",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"category": None, "message": None, "line": None, "parsed": None, "surprises": []},
    statuses=("valid", "invalid"),
    play=play,
    how=How(),
    start=start,
)

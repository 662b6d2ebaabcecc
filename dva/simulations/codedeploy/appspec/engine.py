"""The reading of a file, section by section, until the end or the first thing that is wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from dva.aws.ruby import to_s
from dva.simulations.codedeploy import _service_appspec as service
from dva.simulations.codedeploy._appspec_file import AppSpec, File, Invalid, Permission, Reader, Script
from dva.simulations.codedeploy.appspec import rules, warnings
from dva.simulations.codedeploy.appspec.documents import Given
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Rule

FILE = "appspec.yml"
UNDERSTOOD = "What is understood"
MAX_DRAWN, MAX_TITLE = 20_000, 100
"""Characters of the file that are drawn, and of a title."""


def initial_state(given: Given) -> State:
    text = given.appspec if isinstance(given.appspec, str) else "(given as a mapping)"
    return {"texts": {FILE: text[:MAX_DRAWN], UNDERSTOOD: ""}}


def judge(given: Given, run: Run) -> None:
    """Read the file by its reader: the agent on instances, CodeDeploy for Lambda and Amazon ECS."""
    reading = Reading(given, run)
    server = given.platform == "Server"
    try:
        parsed = reading.by_agent() if server else reading.by_service()
    except Invalid as problem:
        categories = rules.CATEGORIES if server else rules.SERVICE_CATEGORIES
        run.step(
            categories[problem.category], f"Line {problem.line}: {problem.category}", f"{problem.message}.",
            status="invalid", category=problem.category, message=problem.message, line=problem.line,
            error={"code": problem.category, "message": problem.message},
            draw=reading.add(f"line {problem.line}: {problem.message}"),
        )  # fmt: skip
    else:
        run.step(rules.VALID, "The file is valid", "Every section was accepted.", status="valid", parsed=plain(parsed))


class Reading:
    """A file on its way through its reader, and the lines of what has been understood."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.understood: list[str] = []

    def add(self, line: str) -> Callable[[], Draw]:
        """Add a line to what is understood, and return what draws it."""
        self.understood.append(f"{line}\n")
        return lambda: {("texts", UNDERSTOOD): "".join(self.understood)}

    def accept(self, rule: Rule, finding: str, why: str = "") -> None:
        """Record what a section says."""
        title = _capitalized(finding) if finding[:1].islower() and " " in finding else finding
        short = title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 3] + "..."
        self.run.step(rule, short, why, draw=self.add(finding))

    def warn(self, found: Iterable[warnings.Warning]) -> None:
        """Record what a section does not say."""
        for rule, warning in found:
            drawn = self.add(f"  surprise: {warning}")
            self.run.step(rule, _capitalized(warning), surprises=Append(warning), draw=drawn)

    def by_agent(self) -> AppSpec:
        """Return what the agent understands, on EC2 and on-premises instances; Invalid where something is wrong."""
        reader = Reader(self.given.appspec, self.given.agent_os, self.run.using)
        self.run.step(
            rules.YAML, "The text is YAML", "The agent loads it with Ruby's Psych before it looks at any section."
        )
        reader.top()
        self.warn(warnings.in_keys(reader))
        self.warn(warnings.in_version(reader))
        version = reader.version()
        self.accept(rules.VERSION, f"the version is {to_s(version)}", "It equals the number 0.0.")
        system = reader.os()
        self.accept(rules.OS, f"the system is {system}", f"The instance runs {self.given.agent_os}.")
        hooks = reader.hooks()
        self.accept_hooks(hooks)
        self.warn(warnings.in_hooks(reader, hooks))
        files = reader.files()
        self.accept_files(files)
        self.warn(warnings.in_files(files))
        self.warn(warnings.in_modes(reader))
        permissions = reader.permissions()
        self.accept_permissions(permissions)
        self.warn(warnings.in_permissions(reader, permissions))
        behavior = reader.file_exists_behavior()
        stays = behavior or "not given: the deployment's option decides, DISALLOW by default"
        self.accept(rules.BEHAVIOR, f"files that exist already: {stays}")
        self.warn(warnings.in_sections(reader))
        return AppSpec(
            version=version, os=system, hooks=hooks, files=files, permissions=permissions,
            file_exists_behavior=behavior,
        )  # fmt: skip

    def accept_hooks(self, hooks: Mapping[str, Sequence[Script]]) -> None:
        """Record the scripts of each event."""
        if not hooks:
            self.accept(rules.HOOK, "no hooks", "No event runs a script.")
        for event, scripts in hooks.items():
            named = ", ".join(f"{script.location} ({_limits(script)})" for script in scripts) or "no script"
            count = f"{len(scripts)} script{'' if len(scripts) == 1 else 's'}"
            self.accept(rules.HOOK, f"{event}: {named}", f"In this order; {count}.")

    def accept_files(self, files: Sequence[File]) -> None:
        """Record what is copied."""
        copied = ", ".join(f"{to_s(file.source)} to {to_s(file.destination)}" for file in files) or "nothing"
        why = "A source lies inside the revision, a destination on the instance. Nothing is copied yet."
        self.accept(rules.FILES, f"what is copied: {copied}", why)

    def accept_permissions(self, permissions: Sequence[Permission]) -> None:
        """Record what is set on what is copied."""
        for permission in permissions:
            parts = (
                ("mode", permission.mode), ("owner", permission.owner), ("group", permission.group),
                ("acls", ", ".join(permission.acls or ())), ("context", permission.context and permission.context.type),
            )  # fmt: skip
            rule = rules.ACL if permission.acls else rules.CONTEXT if permission.context else rules.OBJECT
            what = ", ".join(f"{name} {to_s(value)}" for name, value in parts if value) or "nothing to set"
            self.accept(rule, f"{permission.object}: {what}", "For what the files section copies or makes there.")

    def by_service(self) -> dict[str, Any]:
        """Return what CodeDeploy understands, for Lambda and Amazon ECS; Invalid where something is wrong."""
        platform = self.given.platform
        found = service.document(self.given.appspec)
        version = service.version(found)
        self.accept(rules.SERVICE_VERSION, f"the version is {version}", "As a number or as text.")
        name, content = service.resource(found, platform)
        self.accept(rules.ONE_RESOURCE, f"{name} of the type {service.TYPES[platform]}")
        properties = service.properties(found, platform, content)
        named = ", ".join(str(key) for key in properties)
        self.accept(rules.PROPERTIES, f"its properties: {named}", "None is missing.")
        if platform == "ECS":
            service.network(found, properties)
        hooks = service.hooks(found, platform)
        calls = ", ".join(f"{event} calls {function}" for event, function in hooks.items()) or "no hooks"
        self.accept(rules.FUNCTIONS, calls, f"{platform} has hooks for {', '.join(service.EVENTS[platform])}.")
        return {
            "version": version, "hooks": hooks,
            "resources": {name: {"type": service.TYPES[platform], "properties": properties}},
        }  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value as JSON can have it: keys as text, infinite numbers as text."""
    if isinstance(value, Struct):
        return {field.encode_name: plain(getattr(value, field.name)) for field in structs.fields(value)}
    if isinstance(value, dict):
        return {to_s(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return to_s(value) if isinstance(value, str) or (isinstance(value, float) and value - value != 0) else value


def _limits(script: Script) -> str:
    return f"at most {script.timeout} s" + (f", as {script.runas}" if script.runas else "")


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]

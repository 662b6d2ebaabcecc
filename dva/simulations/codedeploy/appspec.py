"""An AppSpec file, judged as its reader judges it: the CodeDeploy agent for EC2 and on-premises, the service else.

In the agent's order: the text becomes values (YAML 1.1, Ruby's safe loader); then version, os, hooks, files,
permissions, file_exists_behavior, and the first thing that is wrong ends it. What was accepted but means something
else than it says, or than AWS's pages say, is a warning (`surprises` in the outcome). The agent's reading is in
`_appspec_file.py` of this service, files for Lambda and Amazon ECS are in `_service_appspec.py`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypedDict

from msgspec import Struct, structs

from dva.aws.document import StrictStruct
from dva.aws.ruby import inspect, to_s
from dva.aws.yaml11 import Document, Path
from dva.simulations.codedeploy import _appspec_file as agent
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy import _service_appspec as service
from dva.simulations.codedeploy._appspec_file import AppSpec, File, Permission, Reader, Script
from dva.simulations.frame import Append, Draw, Mechanism, Outcome, Phrases, Run, State
from dva.trace import Rule

appspec = Mechanism("appspec", rules="codedeploy.appspec", notes="codedeploy")
rule, belief = appspec.rule, appspec.belief

# Rules in the order in which they are applied; then where AWS's pages say otherwise

GUIDE = "AWS CodeDeploy User Guide, "
URL = "https://docs.aws.amazon.com/codedeploy/latest/userguide/"
SOURCE = "CodeDeploy agent 1.8.1, application_specification/"
CODE = "https://github.com/aws/aws-codedeploy-agent"
SPECIFICATION = f"{SOURCE}application_specification.rb: {CODE}"
STRUCTURE = f"{GUIDE}AppSpec file structure: {URL}reference-appspec-file-structure.html"
HOOKS = f"{GUIDE}AppSpec 'hooks' section: {URL}reference-appspec-file-structure-hooks.html"
RESOURCES = f"{GUIDE}AppSpec 'resources' section: {URL}reference-appspec-file-structure-resources.html"
PERMISSIONS = f"{GUIDE}AppSpec 'permissions' section: {URL}reference-appspec-file-structure-permissions.html"
PSYCH = "Psych, Ruby's YAML, scalar_scanner.rb: https://github.com/ruby/psych"

PLATFORM = rule("platform", "A file with resources and no `os` is for Lambda or Amazon ECS; the type of its resource "
                "says for which.",
                "AWS knows the platform from the application; its guide has resources for Lambda and Amazon ECS only, "
                "and os for EC2 and on-premises only.", "service-appspec", assumption=True)  # fmt: skip
YAML = rule("yaml", "The file is read as YAML 1.1 by Ruby's safe loader; other text or a wrong type is refused.",
            PSYCH, "yaml")  # fmt: skip
EMPTY = rule("empty", "A file without anything in it is refused.", SPECIFICATION, "09")
VERSION = rule("version", "`version` must equal the number 0.0.", SPECIFICATION, "version")
OS = rule("os", "`os` must be exactly the word of the instance's own system.", SPECIFICATION, "version")
HOOK = rule("hooks", "Each script of an event needs a location; timeout is 3600 seconds where none is given.",
            f"{SOURCE}script_info.rb: {CODE}", "13")  # fmt: skip
TIMEOUT = rule("timeout", "A timeout counts as Ruby's to_i takes it and must be above 0.",
               f"{SOURCE}script_info.rb: {CODE}", "timeouts")  # fmt: skip
FILES = rule("files", "Each entry of files needs a source in the revision and a destination on the instance.",
             f"{SOURCE}file_info.rb: {CODE}", "12")  # fmt: skip
OBJECT = rule("permissions", "Permissions are for Linux; an entry needs an object, its types are file and directory.",
              SPECIFICATION, "permissions")  # fmt: skip
MODE = rule("mode", "A mode is padded to three digits and has at most four, each from 0 to 7.",
            f"{SOURCE}mode_info.rb: {CODE}", "mode")  # fmt: skip
ACL = rule("acl", "An acl entry is [default:][user|group|mask|other:][name]:permission.",
           f"{SOURCE}ace_info.rb: {CODE}", "permissions")  # fmt: skip
CONTEXT = rule("context", "An SELinux context needs a type; its range is s#[-s#][:c#[.c#],...].",
               f"{SOURCE}context_info.rb and range_info.rb: {CODE}", "permissions")  # fmt: skip
BEHAVIOR = rule("file-exists-behavior", "`file_exists_behavior` is absent, DISALLOW, OVERWRITE or RETAIN.",
                SPECIFICATION, "file-exists")  # fmt: skip
VALID = rule("valid", "A file with nothing wrong is accepted as a whole.", SPECIFICATION, "09")

SERVICE_VERSION = rule("service.version", "For Lambda and Amazon ECS the version is 0.0 too.", STRUCTURE, "version")
ONE_RESOURCE = rule("service.resources", "For Lambda and Amazon ECS the file names one resource of their type.",
                    RESOURCES, "service-appspec")  # fmt: skip
PROPERTIES = rule("service.properties", "Lambda needs name, alias and two versions; ECS a task definition and the "
                  "container behind the load balancer.", RESOURCES, "service-appspec")  # fmt: skip
NETWORK = rule("service.network", "An ECS network configuration is given whole or not at all.",
               RESOURCES, "service-appspec")  # fmt: skip
FUNCTIONS = rule("service.hooks", "Hooks name one Lambda function for an event; Lambda has two such events, ECS five.",
                 HOOKS, "service-appspec")  # fmt: skip

OCTAL = rule("surprise.octal", "An unquoted number with a leading zero is octal in YAML 1.1.", PSYCH, "mode")
VERSION_TEXT = rule("surprise.version-text", "The User Guide calls the version a string; the agent compares numbers.",
                    STRUCTURE, "version")  # fmt: skip
ODD_TIMEOUT = rule("surprise.timeout", "A timeout may mean another number than the one that was written.",
                   f"{SOURCE}script_info.rb: {CODE}", "timeouts")  # fmt: skip
LONG_EVENT = rule("surprise.event-over-an-hour", "The service ends a lifecycle event after 3600 seconds, whatever its "
                  "scripts are granted.", HOOKS, "timeouts")  # fmt: skip
UNKNOWN_EVENT = rule("surprise.unknown-event", "Names of events are not looked at before Install.",
                     f"CodeDeploy agent 1.8.1, command_executor.rb: {CODE}", "unknown-event")  # fmt: skip
RESERVED_EVENT = rule("surprise.reserved-event", "DownloadBundle, Install, BlockTraffic and AllowTraffic run no "
                      "scripts.", HOOKS, "15")  # fmt: skip
NO_FILES = rule("surprise.no-files", "The agent does not miss a files section, AWS's appspec assistant does.",
                "AWS sample codedeploy-appspec-assistant: "
                "https://github.com/aws-samples/aws-codedeploy-appspec-assistant", "12")  # fmt: skip
SUDO = rule("surprise.sudo", "`sudo` is read by the agent and documented nowhere.",
            f"CodeDeploy agent 1.8.1, platform/linux_util.rb: {CODE}", "13")  # fmt: skip
CONTEXT_USER = rule("surprise.context-user", "The SELinux user is read from `name`; the User Guide says `user`.",
                    PERMISSIONS, "permissions")  # fmt: skip
PATTERN = rule("surprise.pattern", "A pattern or an exception on a file that is copied fails at Install.",
               f"{SOURCE}linux_permission_info.rb: {CODE}", "permissions")  # fmt: skip
REPEATED = rule("surprise.repeated-key", "Of a key that stands twice only the last one counts; YAML's reader says "
                "nothing.", PSYCH, "yaml")  # fmt: skip
UNREAD = rule("surprise.unread", "Sections that the agent does not know are skipped without a word.",
              SPECIFICATION, "12")  # fmt: skip
BEATS_OPTION = rule("surprise.behavior-wins", "file_exists_behavior in the file beats the deployment's option.",
                    f"CodeDeploy agent 1.8.1, installer.rb: {CODE}", "file-exists")  # fmt: skip

CATEGORIES = {
    "MALFORMED": YAML, "EMPTY_APPSPEC": EMPTY, "INVALID_VERSION": VERSION, "UNSUPPORTED_OS": OS,
    "HOOK_NO_LOCATION": HOOK, "UNKNOWN_EVENT": HOOK, "HOOK_INVALID_TIMEOUT": TIMEOUT, "FILE_NO_SOURCE": FILES,
    "FILE_NO_DESTINATION": FILES, "PERMISSION_NO_OBJECT": OBJECT, "PERMISSIONS_ON_WINDOWS": OBJECT,
    "PERMISSION_INVALID_TYPE": OBJECT, "MODE_INVALID_LENGTH": MODE, "MODE_INVALID_CHARACTER": MODE,
    "ACL_INVALID_ENTRY": ACL, "ACL_INVALID_CHARACTER": ACL, "ACL_BASE_ENTRY": ACL, "CONTEXT_NO_TYPE": CONTEXT,
    "CONTEXT_INVALID_RANGE": CONTEXT, "INVALID_FILE_EXISTS_BEHAVIOR": BEHAVIOR,
}  # fmt: skip
"""By which rule the agent refuses: dva's names, as the agent has one exception for all."""
SERVICE_CATEGORIES = CATEGORIES | {
    "INVALID_VERSION": SERVICE_VERSION, "NO_RESOURCES": ONE_RESOURCE, "TOO_MANY_RESOURCES": ONE_RESOURCE,
    "RESOURCE_TYPE": ONE_RESOURCE, "MISSING_PROPERTY": PROPERTIES, "NETWORK_CONFIGURATION": NETWORK,
    "UNKNOWN_HOOK": FUNCTIONS,
}  # fmt: skip
MISTAKES = {
    "MALFORMED": "It is not valid YAML", "EMPTY_APPSPEC": "It is empty", "INVALID_VERSION": "Its version is not valid",
    "UNSUPPORTED_OS": "Its os is not valid", "HOOK_NO_LOCATION": "A hook has no script or function",
    "UNKNOWN_EVENT": "A lifecycle event does not exist", "UNKNOWN_HOOK": "A lifecycle event does not exist",
    "HOOK_INVALID_TIMEOUT": "A timeout is not valid", "FILE_NO_SOURCE": "A file has no source",
    "FILE_NO_DESTINATION": "A file has no destination", "PERMISSION_NO_OBJECT": "A permission has no object",
    "PERMISSIONS_ON_WINDOWS": "It sets permissions on Windows", "PERMISSION_INVALID_TYPE": "A type is not valid",
    "MODE_INVALID_LENGTH": "A mode has the wrong length", "MODE_INVALID_CHARACTER": "A mode has a digit above 7",
    "ACL_INVALID_ENTRY": "An ACL entry is not valid", "ACL_INVALID_CHARACTER": "An ACL entry has a wrong character",
    "ACL_BASE_ENTRY": "An ACL entry is for the owner", "CONTEXT_NO_TYPE": "An SELinux context has no type",
    "CONTEXT_INVALID_RANGE": "An SELinux range is not valid",
    "INVALID_FILE_EXISTS_BEHAVIOR": "Its file_exists_behavior is not valid", "NO_RESOURCES": "It has no resources",
    "TOO_MANY_RESOURCES": "It has more than one resource", "RESOURCE_TYPE": "The type of a resource is not valid",
    "MISSING_PROPERTY": "A property is missing", "NETWORK_CONFIGURATION": "Its network configuration is incomplete",
}  # fmt: skip
"""The categories as learners read them."""


class Given(StrictStruct, rename=None):
    """A file and its reader."""

    appspec: str | dict[str, Any]
    """Text of the AppSpec file; a mapping counts as already read."""
    agent_os: Literal["linux", "windows"] = "linux"
    """Operating system of the instance whose agent reads the file."""
    platform: Literal["Server", "Lambda", "ECS"] | None = None
    """Compute platform: `Server` is EC2 and on-premises, where the agent reads the file; else CodeDeploy does.

    Left out: Lambda or ECS for a file with `Resources` and no `os`, else Server.
    """


class Parsed(TypedDict, total=False):
    """What is understood of a valid file."""

    version: Any
    """Version of the format, as written: 0.0."""
    os: str
    """Operating system of the instances (EC2 and on-premises)."""
    file_exists_behavior: str | None
    """What happens to files that are there already; null leaves it to the deployment's option."""
    files: list[File]
    """What is copied where (EC2 and on-premises)."""
    hooks: dict[str, Any]
    """By lifecycle event: its scripts `{location, timeout, runas, sudo}`; the function for Lambda and Amazon ECS."""
    permissions: list[Permission]
    """What is set on copied files and folders (EC2 and on-premises)."""
    resources: dict[str, Any]
    """The one resource by its name, `{type, properties}` (Lambda and Amazon ECS)."""


class Judgment(Outcome):
    """Whether the reader takes the file, and what it understands."""

    status: Annotated[
        Literal["valid", "invalid"] | None,
        Phrases({"valid": "The file is accepted", "invalid": "The file is rejected"}),
    ] = None
    """`valid` where nothing is wrong, else `invalid`."""
    category: Annotated[str | None, Phrases(MISTAKES)] = None
    """What is wrong first, in one of dva's words, such as `INVALID_VERSION`; null in a valid file."""
    message: str | None = None
    """What is wrong, in a sentence."""
    line: int | None = None
    """Line of what is wrong, from 1."""
    parsed: Parsed | None = None
    """What is understood of a valid file; null of another."""
    surprises: list[str] = []
    """Where the file means something else than it says, or than AWS's pages say."""


FILE = "appspec.yml"
UNDERSTOOD = "What is understood"
MAX_DRAWN, MAX_TITLE = 20_000, 100
"""Characters of the file that are drawn, and of a title."""
Surprise = tuple[Rule, str]
SECTIONS = ("version", "os", "hooks", "files", "permissions", "file_exists_behavior")
"""Sections that the agent reads (application_specification.rb)."""
MAX_EVENT_SECONDS = 3600
"""What the service grants all scripts of a lifecycle event together (User Guide, AppSpec 'hooks' section)."""


def initial_state(given: Given) -> State:
    text = given.appspec if isinstance(given.appspec, str) else "(given as a mapping)"
    return {"texts": {FILE: text[:MAX_DRAWN], UNDERSTOOD: ""}}


def judge(given: Given, run: Run) -> None:
    """Read the file by its reader: the agent on instances, CodeDeploy for Lambda and Amazon ECS."""
    reading = Reading(given, run)
    platform = given.platform or reading.platform_of_file()
    server = platform == "Server"
    try:
        parsed = reading.by_service(platform) if platform != "Server" else reading.by_agent()
    except agent.Invalid as problem:
        categories = CATEGORIES if server else SERVICE_CATEGORIES
        run.step(categories[problem.category], f"Line {problem.line}: {problem.category}",
                 f"{_capitalized(problem.message)}.",
                 status="invalid", category=problem.category, message=problem.message, line=problem.line,
                 error={"code": problem.category, "message": problem.message},
                 draw=reading.add(f"line {problem.line}: {problem.message}"))  # fmt: skip
    else:
        run.step(VALID, "The file is valid", _accepted(run.outcome["surprises"]), status="valid", parsed=plain(parsed))


def _accepted(surprises: list[str]) -> str:
    """Return why a file is valid, and what in it means something else than it says."""
    return "Every section was accepted." + (f" Not as it may look: {'; '.join(surprises)}." if surprises else "")


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
        title = _capitalized(finding) if " " in finding else finding
        short = title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 3] + "..."
        self.run.step(rule, short, why, draw=self.add(finding))

    def warn(self, found: Iterable[Surprise]) -> None:
        """Record what a section does not say."""
        for rule, warning in found:
            drawn = self.add(f"  surprise: {warning}")
            self.run.step(rule, _capitalized(warning), surprises=Append(warning), draw=drawn)

    def platform_of_file(self) -> service.Platform | Literal["Server"]:
        """Return the platform that the file is written for."""
        found = service.platform_of(self.given.appspec)
        if found is None:
            return "Server"
        name = "Amazon ECS" if found == "ECS" else "AWS Lambda"
        self.accept(PLATFORM, f"it is a file for {name}", "It has resources and no os.")
        return found

    def by_agent(self) -> AppSpec:
        """Return what the agent understands, on EC2 and on-premises instances; Invalid where something is wrong."""
        reader = Reader(self.given.appspec, self.given.agent_os, self.run.using)
        why = "The agent loads it with Ruby's Psych before it looks at any section."
        self.run.step(YAML, "The text is YAML", why)
        reader.top()
        self.warn(in_keys_and_version(reader))
        version = reader.version()
        self.accept(VERSION, f"the version is {to_s(version)}", "It equals the number 0.0.")
        system = reader.os()
        self.accept(OS, f"the system is {system}", f"The instance runs {self.given.agent_os}.")
        hooks = reader.hooks()
        self.accept_hooks(hooks)
        self.warn(in_hooks(reader, hooks))
        files = reader.files()
        copied = ", ".join(f"{to_s(file.source)} to {to_s(file.destination)}" for file in files) or "nothing"
        why = "A source lies inside the revision, a destination on the instance. Nothing is copied yet."
        self.accept(FILES, f"what is copied: {copied}", why)
        if not files:
            self.warn([(NO_FILES, "no files are copied: the agent accepts that, AWS's appspec assistant does not")])
        self.warn(in_modes(reader))
        permissions = reader.permissions()
        self.accept_permissions(permissions)
        self.warn(in_permissions(reader, permissions))
        behavior = reader.file_exists_behavior()
        stays = behavior or "not given: the deployment's option decides, DISALLOW by default"
        self.accept(BEHAVIOR, f"files that exist already: {stays}")
        self.warn(in_sections(reader))
        self.run.not_read(agent.not_read(reader.value, "/appspec"))
        return AppSpec(version=version, os=system, hooks=hooks, files=files, permissions=permissions,
                       file_exists_behavior=behavior)  # fmt: skip

    def accept_hooks(self, hooks: Mapping[str, Sequence[Script]]) -> None:
        """Record the scripts of each event."""
        if not hooks:
            self.accept(HOOK, "no hooks", "No event runs a script.")
        for event, scripts in hooks.items():
            named = [f"{one.location} (at most {one.timeout} s{f', as {one.runas}' if one.runas else ''})"
                     for one in scripts]  # fmt: skip
            count = f"{len(scripts)} script{'' if len(scripts) == 1 else 's'}"
            self.accept(HOOK, f"{event}: {', '.join(named) or 'no script'}", f"In this order; {count}.")

    def accept_permissions(self, permissions: Sequence[Permission]) -> None:
        """Record what is set on what is copied."""
        for permission in permissions:
            parts = (
                ("mode", permission.mode), ("owner", permission.owner), ("group", permission.group),
                ("acls", ", ".join(permission.acls or ())), ("context", permission.context and permission.context.type),
            )  # fmt: skip
            rule = ACL if permission.acls else CONTEXT if permission.context else OBJECT
            what = ", ".join(f"{name} {to_s(value)}" for name, value in parts if value) or "nothing to set"
            self.accept(rule, f"{permission.object}: {what}", "For what the files section copies or makes there.")

    def by_service(self, platform: service.Platform) -> dict[str, Any]:
        """Return what CodeDeploy understands, for Lambda and Amazon ECS; Invalid where something is wrong."""
        found = service.document(self.given.appspec)
        self.warn(repeated_keys(found))
        version = service.version(found)
        self.accept(SERVICE_VERSION, f"the version is {version}", "As a number or as text.")
        name, content = service.resource(found, platform)
        self.accept(ONE_RESOURCE, f"{name} of the type {service.TYPES[platform]}")
        properties = service.properties(found, platform, content)
        named = ", ".join(str(key) for key in properties)
        self.accept(PROPERTIES, f"its properties: {named}", "None is missing.")
        if platform == "ECS":
            service.network(found, properties)
        self.run.not_read(service.not_read(self.given.appspec, platform, "/appspec"))
        hooks = service.hooks(found, platform)
        calls = ", ".join(f"{event} calls {function}" for event, function in hooks.items()) or "no hooks"
        self.accept(FUNCTIONS, calls, f"{platform} has hooks for {', '.join(service.EVENTS[platform])}.")
        resources = {name: {"type": service.TYPES[platform], "properties": properties}}
        return {"version": version, "hooks": hooks, "resources": resources}


def plain(value: Any) -> Any:
    """Return a value as JSON can have it: keys as text, infinite numbers as text."""
    if isinstance(value, Struct):
        return {field.encode_name: plain(getattr(value, field.name)) for field in structs.fields(value)}
    if isinstance(value, dict):
        return {to_s(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return to_s(value) if isinstance(value, str) or (isinstance(value, float) and value - value != 0) else value


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


# Where an accepted file means something else than it says, or something that AWS's pages do not say


def repeated_keys(document: Document) -> Iterator[Surprise]:
    """Warn of keys that stand twice."""
    for path, line in document.repeated.items():
        yield REPEATED, f"line {line}: {to_s(path[-1])} stands there a second time; what stood before is lost"


def in_keys_and_version(reader: Reader) -> Iterator[Surprise]:
    """Warn of repeated keys, and of a quoted version, which is refused."""
    yield from repeated_keys(reader.document)
    if isinstance(reader.value.get("version"), str):
        said = "version is in quotes: the User Guide calls it a string, yet the agent takes the number 0.0 only"
        yield VERSION_TEXT, said


def in_hooks(reader: Reader, hooks: Mapping[str, Sequence[Script]]) -> Iterator[Surprise]:
    """Warn of timeouts that count otherwise, of events that take too long, and of names that are not events."""
    timeouts = _written_timeouts(reader)
    for event, scripts in hooks.items():
        if event in lifecycle.RESERVED:
            yield RESERVED_EVENT, f"{event} is CodeDeploy's own event: its scripts never run"
        elif event not in lifecycle.AGENT:
            yield UNKNOWN_EVENT, f"{event} is no event of an instance: accepted here, Install fails on it"
        written: Any = next((entries for name, entries in reader.value["hooks"].items() if to_s(name) == event), [])
        for index, (script, entry) in enumerate(zip(scripts, written, strict=False)):
            place = ("hooks", event, index, "timeout")
            yield from _in_timeout(event, entry.get("timeout"), timeouts.get(place), script.timeout)
            if script.sudo is not None:
                yield SUDO, f"{script.location}: `sudo` is obeyed although no page of AWS names it"
        total = sum(script.timeout for script in scripts)
        if total > MAX_EVENT_SECONDS:
            granted = f"{event}: its scripts are granted {total} s together"
            yield LONG_EVENT, f"{granted}, but the service ends an event after {MAX_EVENT_SECONDS} s"


def _in_timeout(event: str, value: Any, written: str | None, seconds: int) -> Iterator[Surprise]:
    """Warn of a timeout whose written form is not the number that it counts as."""
    written = written or to_s(value)
    if value not in (None, False) and written != str(seconds):
        yield ODD_TIMEOUT, f"{event}: timeout {written} counts as {seconds} seconds"


def _written_timeouts(reader: Reader) -> dict[Path, str]:
    """Return how each timeout is written, by its place; without those of a line that cannot be told apart."""
    document, lines = reader.document, reader.text.splitlines()
    by_line = defaultdict[int, list[Path]](list)
    for place, number in document.lines.items():
        if place[-1:] == ("timeout",):
            by_line[document.repeated.get(place, number)].append(place)
    written: dict[Path, str] = {}
    for number, places in by_line.items():
        found = re.findall(r"\btimeout['\"]?\s*:\s*([^,}#\n]+)", lines[number - 1] if number <= len(lines) else "")
        if len(places) == 1 and places[0] in document.repeated:
            found = found[-1:]  # of two in one script the last one counts
        if len(places) == len(found):
            written |= {place: text.strip().strip("'\"") for place, text in zip(places, found, strict=True)}
    return written


def in_modes(reader: Reader) -> Iterator[Surprise]:
    """Warn of modes that are octal numbers, whether they are refused or not."""
    entries = reader.value.get("permissions")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        value = entry.get("mode") if isinstance(entry, dict) else None
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        line = _line(reader, "permissions", index, "mode")
        written = re.search(r"\bmode['\"]?\s*:\s*(0[0-7_]+)\s*(?:[,}#].*)?$", line)
        if written:
            octal = f"{to_s(entry.get('object'))}: mode {written[1]} without quotes is an octal number for YAML 1.1"
            yield OCTAL, f"{octal}, so the agent sees {value}; quote it or drop the zero"


def in_permissions(reader: Reader, permissions: Sequence[Permission]) -> Iterator[Surprise]:
    """Warn of users that are not read, and of patterns that only Install refuses."""
    entries = reader.value.get("permissions") or []
    for permission, entry in zip(permissions, entries, strict=False):
        context = entry.get("context")
        if isinstance(context, dict) and "user" in context:
            yield CONTEXT_USER, f"{permission.object}: the context's `user` is not read, the agent wants `name`"
        if "file" in permission.type and (permission.pattern != agent.DEFAULT_PATTERN or permission.excepted):
            name = permission.object
            yield PATTERN, f"{name}: if this is a copied file, its pattern or exception makes Install fail"


def in_sections(reader: Reader) -> Iterator[Surprise]:
    """Warn of unknown sections, and of a behavior that beats the deployment's option."""
    for name in reader.value:
        if name not in SECTIONS:
            yield UNREAD, f"the section {inspect(name)} is not read"
    behavior = reader.file_exists_behavior()
    if behavior:
        yield BEATS_OPTION, f"file_exists_behavior {behavior} beats the option given to create-deployment"


def _line(reader: Reader, *path: Any) -> str:
    """Return the line of the file where a value stands; empty where the file was given as a mapping."""
    number, lines = reader.document.line(path), reader.text.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


# What people believe instead

belief(agent.mode_text, "a-mode-is-what-is-written", "mode: 0755 means the mode 755",
       "Without quotes it is an octal number for YAML 1.1: 493, and 9 is no digit of a mode.",
       "mode")(lambda value: f"{value:03o}" if isinstance(value, int) else agent.mode_text(value))  # fmt: skip

belief(agent.version_fits, "version-may-be-text", 'version: "0.0" is the same as version: 0.0',
       "The agent compares with the number 0.0; text never equals it.",
       "version")(lambda value: agent.version_fits(value) or value == "0.0")  # fmt: skip

belief(agent.os_fits, "os-in-any-case", "os: Linux is as good as os: linux", "The word is compared letter by letter.",
       "version")(lambda value, host: to_s(value).lower() == host)  # fmt: skip


@belief(agent.timeout_seconds, "timeout-at-most-an-hour", "the agent refuses a script timeout above 3600 seconds",
        "The agent has no upper limit; the service ends a lifecycle event after 3600 seconds.", "timeouts")  # fmt: skip
def at_most_an_hour(value: Any) -> int | None:
    seconds = agent.timeout_seconds(value)
    return seconds if seconds is None or seconds <= agent.DEFAULT_TIMEOUT else 0


AS_HOURS = (5400, 18000, 36000)
"""What 1:30, 5:00 and 10:00 are read as; which other numbers had a colon the reader no longer knows."""
belief(agent.timeout_seconds, "timeout-in-minutes-and-seconds", "timeout: 1:30 is a minute and a half",
       "YAML 1.1 as Ruby reads it takes hours and minutes: 5400 seconds.",
       "timeouts")(lambda value: value // 60 if value in AS_HOURS else agent.timeout_seconds(value))  # fmt: skip

belief(agent.event_fits, "event-names-are-checked", "a misspelled event is refused when the file is read",
       "The reader takes any name. Install refuses it, after the old revision was stopped.",
       "unknown-event")(lambda event: event in lifecycle.AGENT)  # fmt: skip

SIMULATION = appspec.simulation(title="AppSpec file of CodeDeploy", view="texts", given=Given, outcome=Judgment,
                                run=judge, initial_state=initial_state)  # fmt: skip

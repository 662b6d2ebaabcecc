"""AWS CodeStar, which ended on 31 July 2024: what a project template had made, and what stands in for each piece.

A template was a language, an application type and a place to run; CodeStar made the toolchain around it with AWS
CloudFormation. Those resources go on working and are managed in their own services. (AWS CodeStar User Guide, "AWS
CodeStar Project Templates"; AWS's notice of its end.)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer

TEMPLATES = "AWS CodeStar User Guide, AWS CodeStar Project Templates: https://docs.aws.amazon.com/codestar/latest/userguide/templates.html"
ENDED = "AWS CodeStar User Guide, notice of its end: https://docs.aws.amazon.com/codestar/latest/userguide/welcome.html"
RENAMED = (
    "Developer Tools console User Guide, Connections rename: "
    "https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html"
)
CATALYST = (
    "Amazon CodeCatalyst User Guide, How to migrate from CodeCatalyst: "
    "https://docs.aws.amazon.com/codecatalyst/latest/userguide/migration.html"
)


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"codestar.{name}", says, source, tuple(f"codestar.{note}" for note in notes), convention)


END = _rule("ended", "Since 31 July 2024 CodeStar projects can be neither created nor viewed.", ENDED, "01")
TOOLCHAIN = _rule("toolchain", "A project was a repository, a pipeline and roles, made by CloudFormation.", TEMPLATES,
                  "toolchain")  # fmt: skip
BUILT = _rule("build", "What had to be compiled or packaged also had a build project.", TEMPLATES, "toolchain",
              convention=True)  # fmt: skip
TARGET = _rule(
    "target", "The template's target decides what runs the application and how it gets there.", TEMPLATES, "05"
)
STAYS = _rule("stays", "What a project had made goes on working, each piece in its own service.", ENDED, "still-works")
CONNECTIONS = _rule("connections", "CodeStar Connections is called AWS CodeConnections since 29 March 2024.", RENAMED,
                    "connections")  # fmt: skip
NOTICES = _rule("notifications", "CodeStar Notifications goes on as notification rules of the Developer Tools console.",
                RENAMED, "connections")  # fmt: skip
SUCCESSOR = _rule("successor", "AWS had named Amazon CodeCatalyst as successor; it takes no new customers since 2025.",
                  CATALYST, "successor")  # fmt: skip

RULES = (END, TOOLCHAIN, BUILT, TARGET, STAYS, CONNECTIONS, NOTICES, SUCCESSOR)

LANGUAGES = ("C#", "Go", "HTML5", "Java", "Node.js", "PHP", "Python", "Ruby")
TARGET_NAMES = ("EC2", "Elastic Beanstalk", "Lambda")

COMMON = (
    ("AWS CodeCommit", "repository"),
    ("AWS CodePipeline", "pipeline"),
    ("Amazon S3", "artifact bucket"),
    ("AWS CloudFormation", "toolchain stack"),
    ("AWS IAM", "project roles"),
    ("Amazon EventBridge", "source change rule"),
)
TARGETS: dict[str, tuple[tuple[str, str], ...]] = {
    "EC2": (
        ("AWS CodeDeploy", "application and deployment group"),
        ("Amazon EC2", "instance"),
    ),
    "Elastic Beanstalk": (("AWS Elastic Beanstalk", "application and environment"),),
    "Lambda": (
        ("AWS CloudFormation", "serverless application stack"),
        ("AWS Lambda", "function"),
        ("Amazon API Gateway", "REST API"),
    ),
}
COMPILED = ("C#", "Go", "Java")
"""Languages that are compiled before they are deployed to a server."""

REPLACEMENTS = {
    "AWS CodeStar": "Amazon CodeCatalyst",
    "CodeStar project dashboard": "Developer Tools console",
    "CodeStar project templates": "AWS CloudFormation, AWS SAM and AWS CDK templates",
    "CodeStar team roles": "AWS IAM policies",
    "CodeStar Connections": "AWS CodeConnections",
    "CodeStar Notifications": "notification rules",
    "AWS Cloud9": "AWS Toolkits for IDEs and AWS CloudShell",
}


class Template(StrictStruct):
    """Names in any case, with or without AWS or Amazon before them: `lambda`, `AWS Lambda`, `nodejs`, `beanstalk`."""

    language: str
    target: str


class Given(StrictStruct):
    template: Template


def known(value: str, names: tuple[str, ...], place: str) -> str:
    """The name that is meant."""

    def plain(text: str) -> str:
        return re.sub(r"aws|amazon|elastic|[^a-z0-9#]", "", text.lower())

    found = next(
        (name for name in names if plain(name) in (plain(value), plain(value) + "js", plain(value) + "5")), None
    )
    if found is None:
        raise GivenError(f"`{value}` is not known", pointer=place, hint=f"one of {', '.join(names)}")
    return found


def deployed_by(target: str) -> tuple[tuple[str, str], ...]:
    """What brings the application to its target and runs it there."""
    return TARGETS[target]


def is_built(language: str, target: str) -> bool:
    """Whether the pipeline had a build stage."""
    return target == "Lambda" or language in COMPILED


def successor(service: str) -> str:
    """What stands in for a piece of CodeStar."""
    return REPLACEMENTS[service]


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    deployed_by: Callable[[str], tuple[tuple[str, str], ...]] = deployed_by
    is_built: Callable[[str, str], bool] = is_built
    successor: Callable[[str], str] = successor


def start(given: Given) -> dict[str, Any]:
    """What the template had made, and what stands in for CodeStar's own pieces."""
    return {"texts": {"made by the template": "", "instead of CodeStar": ""}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """The end, what the template had made, and what replaces it."""
    language = known(given.template.language, LANGUAGES, "/template/language")
    target = known(given.template.target, TARGET_NAMES, "/template/target")
    trace.step(END, "No such project can be created any more", END.says, changes={"/outcome/status": "discontinued"})
    for service, name in COMMON:
        add(trace, TOOLCHAIN, service, name)
    if how.is_built(language, target):
        add(trace, BUILT, "AWS CodeBuild", "build project")
    for service, name in how.deployed_by(target):
        add(trace, TARGET, service, name)
    title = f"{len(trace.outcome['resources'])} resources of the project go on working"
    trace.step(STAYS, title, STAYS.says)
    own = {"CodeStar Connections": CONNECTIONS, "CodeStar Notifications": NOTICES}
    for service in REPLACEMENTS:
        replace(trace, own.get(service, SUCCESSOR), service, how.successor(service))


def add(trace: Tracer, rule: Rule, service: str, name: str) -> None:
    """One resource that the template had made."""
    changes: dict[str, Any] = {"/outcome/resources/-": {"service": service, "name": name}}
    draw(trace, "made by the template", f"{service}: {name}", changes)
    trace.step(rule, f"{service}: {name}", rule.says, changes=changes)


def replace(trace: Tracer, rule: Rule, service: str, instead: str) -> None:
    """What stands in for one of CodeStar's own pieces."""
    changes: dict[str, Any] = {pointer("outcome", "replacement", service): instead}
    draw(trace, "instead of CodeStar", f"{service} -> {instead}", changes)
    trace.step(rule, f"{service}: {instead}", rule.says, changes=changes)


def draw(trace: Tracer, title: str, line: str, changes: dict[str, Any]) -> None:
    """Add a line to a drawn text."""
    if trace.recording:
        old = trace.document["state"]["texts"][title]
        changes[pointer("state", "texts", title)] = f"{old}\n{line}".strip()


# Beliefs: what people expect instead.


def everything_ended(service: str) -> str:
    """Believed: all that has CodeStar in its name is gone."""
    return "none" if service.startswith("CodeStar ") else REPLACEMENTS[service]


def always_codedeploy(target: str) -> tuple[tuple[str, str], ...]:
    """Believed: CodeDeploy brings the application to every target."""
    return (TARGETS["EC2"][0], *TARGETS[target])


SIMULATION = Simulation(
    name="codestar",
    title="AWS CodeStar: what a template had made",
    view="texts",
    rules=RULES,
    beliefs=(
        Belief(
            "connections-ended-too", "CodeStar Connections ended together with CodeStar",
            "Connections were renamed AWS CodeConnections and go on; so do notification rules.",
            "successor", everything_ended, ("codestar.connections",),
        ),
        Belief(
            "codedeploy-for-every-target", "CodeStar deployed with CodeDeploy whatever the target was",
            "CodeDeploy served EC2; Lambda projects were deployed by CloudFormation, Beanstalk by itself.",
            "deployed_by", always_codedeploy, ("codestar.05",),
        ),
        Belief(
            "every-project-has-a-build", "every CodeStar project had a build project",
            "A script language on a server was deployed as it stood.",
            "is_built", lambda language, target: True, ("codestar.toolchain",),
        ),
    ),
    given=Given,
    outcome={"resources": [], "replacement": {}},
    statuses=("discontinued",),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip

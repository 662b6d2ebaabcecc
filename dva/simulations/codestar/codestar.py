"""AWS CodeStar, which ended on 31 July 2024: what a project template had made, and what stands in for each piece.

A template was a language, an application type and a place to run; CodeStar made the toolchain around it with AWS
CloudFormation. Those resources go on working and are managed in their own services. (AWS CodeStar User Guide, "AWS
CodeStar Project Templates"; AWS's notice of its end.)
"""

import re
from typing import Annotated, Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Run

codestar = Mechanism("codestar", rules="codestar", notes="codestar")
rule, belief = codestar.rule, codestar.belief

# Rules, in the order in which they are applied

DOCS = "https://docs.aws.amazon.com"
TEMPLATES = f"AWS CodeStar User Guide, AWS CodeStar Project Templates: {DOCS}/codestar/latest/userguide/templates.html"
ENDED = f"AWS CodeStar User Guide, notice of its end: {DOCS}/codestar/latest/userguide/welcome.html"
RENAMED = f"Developer Tools console User Guide, Connections rename: {DOCS}/dtconsole/latest/userguide/rename.html"
CATALYST = ("Amazon CodeCatalyst User Guide, How to migrate from CodeCatalyst: "
            f"{DOCS}/codecatalyst/latest/userguide/migration.html")  # fmt: skip

END = rule("ended", "Since 31 July 2024 CodeStar projects can be neither created nor viewed.", ENDED, "01")
TOOLCHAIN = rule("toolchain", "A project was a repository, a pipeline and roles, made by CloudFormation.", TEMPLATES,
                 "toolchain")  # fmt: skip
BUILT = rule("build", "What had to be compiled or packaged also had a build project.", TEMPLATES, "toolchain",
             assumption=True)  # fmt: skip
TARGET = rule("target", "The template's target decides what runs the application and how it gets there.", TEMPLATES,
              "05")  # fmt: skip
STAYS = rule("stays", "What a project had made goes on working, each piece in its own service.", ENDED, "still-works")
CONNECTIONS = rule("connections", "CodeStar Connections is called AWS CodeConnections since 29 March 2024.", RENAMED,
                   "connections")  # fmt: skip
NOTICES = rule("notifications", "CodeStar Notifications goes on as notification rules of the Developer Tools console.",
               RENAMED, "connections")  # fmt: skip
SUCCESSOR = rule("successor", "AWS had named Amazon CodeCatalyst as successor; it takes no new customers since 2025.",
                 CATALYST, "successor")  # fmt: skip

# What the templates had (TEMPLATES), and what AWS names instead (ENDED, RENAMED)

LANGUAGES = ("C#", "Go", "HTML5", "Java", "Node.js", "PHP", "Python", "Ruby")
COMPILED = ("C#", "Go", "Java")
"""Languages that are compiled before they are deployed to a server."""

Resources = tuple[tuple[str, str], ...]
"""Pairs of a service and what it held for the project."""
COMMON: Resources = (
    ("AWS CodeCommit", "repository"), ("AWS CodePipeline", "pipeline"), ("Amazon S3", "artifact bucket"),
    ("AWS CloudFormation", "toolchain stack"), ("AWS IAM", "project roles"),
    ("Amazon EventBridge", "source change rule"),
)  # fmt: skip
TARGETS: dict[str, Resources] = {
    "EC2": (("AWS CodeDeploy", "application and deployment group"), ("Amazon EC2", "instance")),
    "Elastic Beanstalk": (("AWS Elastic Beanstalk", "application and environment"),),
    "Lambda": (("AWS CloudFormation", "serverless application stack"), ("AWS Lambda", "function"),
               ("Amazon API Gateway", "REST API")),
}  # fmt: skip
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
    """A project template of CodeStar."""

    language: str
    """Programming language of the application, in any case: `python`, `nodejs`, `C#`."""
    target: str
    """What runs the application: EC2, Elastic Beanstalk or Lambda, in any case, with or without `AWS` before it."""


class Given(StrictStruct):
    """What the resources of a project are derived from."""

    template: Template
    """The template that the project was made from."""


class Resource(TypedDict):
    """A resource of the project."""

    service: str
    """The AWS service that holds the resource."""
    name: str
    """What the resource is in that service."""


class Project(Outcome):
    """What the template had made, and what is used today instead of CodeStar itself."""

    status: Annotated[Literal["discontinued"] | None, Phrases({"discontinued": "No project can be created"})] = None
    """`discontinued`: no CodeStar project can be created any more."""
    resources: list[Resource] = []
    """Resources that the template had made; they continue to work."""
    replacement: dict[str, str] = {}
    """What is used today for each of CodeStar's own parts; `none` where nothing is."""


MADE, INSTEAD = "made by the template", "instead of CodeStar"


def project(given: Given, run: Run) -> None:
    """Tell the end, what the template had made, and what replaces CodeStar's own parts."""
    language = known(given.template.language, LANGUAGES, "/template/language")
    target = known(given.template.target, tuple(TARGETS), "/template/target")
    run.step(END, "No such project can be created any more", status="discontinued")
    made = [(TOOLCHAIN, *resource) for resource in COMMON]
    if run.using(is_built)(language, target):
        made.append((BUILT, "AWS CodeBuild", "build project"))
    made += [(TARGET, *resource) for resource in run.using(deployed_by)(target)]
    lines: list[str] = []
    for by, service, name in made:
        lines.append(f"{service}: {name}")
        resource = Resource(service=service, name=name)
        run.step(by, lines[-1], resources=Append(resource), draw={("texts", MADE): "\n".join(lines)})
    run.step(STAYS, f"{len(made)} resources of the project go on working")
    lines = []
    own = {"CodeStar Connections": CONNECTIONS, "CodeStar Notifications": NOTICES}
    for service in REPLACEMENTS:
        instead = run.using(successor)(service)
        lines.append(f"{service} -> {instead}")
        run.step(own.get(service, SUCCESSOR), f"{service}: {instead}", inside={("replacement", service): instead},
                 draw={("texts", INSTEAD): "\n".join(lines)})  # fmt: skip


def known(value: str, names: tuple[str, ...], place: str) -> str:
    """Return the name that is meant; GivenError where there is none."""
    meant, *spellings = [re.sub(r"aws|amazon|elastic|[^a-z0-9#]", "", text.lower()) for text in (value, *names)]
    for name, spelling in zip(names, spellings, strict=True):
        if spelling in (meant, meant + "js", meant + "5"):
            return name
    raise GivenError(f"`{value}` is not known", pointer=place, hint=f"one of {', '.join(names)}")


# The rule functions that beliefs replace


def deployed_by(target: str) -> Resources:
    """Return what brings the application to its target and runs it there."""
    return TARGETS[target]


def is_built(language: str, target: str) -> bool:
    """Whether the pipeline had a build stage."""
    return target == "Lambda" or language in COMPILED


def successor(service: str) -> str:
    """Return what is used instead of a part of CodeStar."""
    return REPLACEMENTS[service]


# What people believe instead


belief(successor, "connections-ended-too", "CodeStar Connections ended together with CodeStar",
       "Connections were renamed AWS CodeConnections and go on; so do notification rules.",
       "connections")(lambda service: "none" if service.startswith("CodeStar ") else REPLACEMENTS[service])  # fmt: skip

belief(deployed_by, "codedeploy-for-every-target", "CodeStar deployed with CodeDeploy whatever the target was",
       "CodeDeploy served EC2; Lambda projects were deployed by CloudFormation, Beanstalk by itself.",
       "05")(lambda target: (TARGETS["EC2"][0], *TARGETS[target]))  # fmt: skip

belief(is_built, "every-project-has-a-build", "every CodeStar project had a build project",
       "A script language on a server was deployed as it stood.",
       "toolchain")(lambda language, target: True)  # fmt: skip

SIMULATION = codestar.simulation(title="AWS CodeStar: what a template had made", view="texts", given=Given,
                                 outcome=Project, run=project,
                                 initial_state=lambda given: {"texts": {MADE: "", INSTEAD: ""}})  # fmt: skip

"""Write the tables of `dva/aws/models` from the service models that botocore ships.

    python tests/service_models.py            # writes them
    python tests/service_models.py --check    # prints how they differ from the installed botocore, exit code 1

A table holds, of the requests named below, what AWS's service model demands: required members, words (enums), patterns,
and the least and most of lengths and numbers.
"""

import argparse
import difflib
import json
import pprint
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader

from dva.aws import patterns
from dva.aws.models import VERSION

FOLDER = Path(__file__).resolve().parent.parent / "dva" / "aws" / "models"
REQUESTS = {
    "application_autoscaling": ("RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"),
    "cloudfront": ("CreateInvalidation", "CreateCachePolicy", "CreateDistribution"),
    "codebuild": ("CreateProject", "StartBuild"),
    "codecommit": ("PutRepositoryTriggers",),
    "codedeploy": ("CreateDeployment", "CreateDeploymentConfig", "CreateDeploymentGroup"),
    "codepipeline": ("CreatePipeline",),
    "codestar_notifications": ("CreateNotificationRule",),
    "ecs": ("RegisterTaskDefinition", "CreateService", "RunTask", "CreateCapacityProvider"),
    "elasticbeanstalk": ("UpdateApplicationResourceLifecycle",),
    "lambda": ("CreateEventSourceMapping", "PutFunctionEventInvokeConfig"),
    "sts": ("GetSessionToken",),
}
"""Requests by module: those whose documents engines read."""
CORRECTED: dict[str, dict[str, dict[str, Any]]] = {"codepipeline": {"ActionConfigurationValue": {"max": 50_000}}}
"""Where a service takes more than its model says, by its own messages (aws/aws-cdk#19767)."""
NUMBERS = ("integer", "long", "float", "double")


def tables(version: str = botocore.__version__) -> dict[str, str]:
    """Return the text of each file by its name, made from the installed botocore."""

    loader = Loader()
    titles: dict[str, str] = {}
    found: dict[str, str] = {}
    for module, operations in REQUESTS.items():
        model = loader.load_service_model(module.replace("_", "-"), "service-2")
        titles[module] = model["metadata"]["serviceId"]
        for name, correct in CORRECTED.get(module, {}).items():
            model["shapes"][name] |= correct
        found[f"{module}.py"] = _module(operations, model)
    return {"__init__.py": _first_file(version, titles), **found}


def shipped() -> dict[str, str]:
    """Return the text of each file as it is shipped."""
    return {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.py")}


def differences() -> Iterator[str]:
    """Yield the lines of a diff from what is shipped to what the installed botocore gives, whatever its version."""
    old, new = shipped(), tables(VERSION)
    for name in sorted(old | new):
        before, after = old.get(name, "").splitlines(), new.get(name, "").splitlines()
        yield from difflib.unified_diff(before, after, f"shipped/{name}", f"installed/{name}", lineterm="", n=1)


def _first_file(version: str, titles: dict[str, str]) -> str:
    return (
        '"""What AWS\'s service models demand of requests, by service. Made by `python tests/service_models.py`."""\n'
        f'\nVERSION = "{version}"\n"""Version of botocore whose service models these are."""\n'
        f"SERVICES = {json.dumps(titles, indent=4)[:-2]},\n}}\n"
        '"""Id of each service, by the module that has its shapes."""\n'
    )


def _module(operations: tuple[str, ...], model: dict[str, Any]) -> str:
    tops = {name: model["operations"][name]["input"]["shape"] for name in operations}
    kept = _kept(model["shapes"], list(tops.values()))
    table = pprint.pformat(kept, width=116, compact=True, sort_dicts=True)
    named = pprint.pformat(tops, width=116)
    title = model["metadata"]["serviceFullName"]
    return (
        f'"""{title}, API version {model["metadata"]["apiVersion"]}. Generated: `python tests/service_models.py`."""\n'
        "# fmt: off\n\nfrom dva.aws.service_model import Shape\n\n"
        f"REQUESTS: dict[str, str] = {named}\nSHAPES: dict[str, Shape] = {table}\n"
    )


def _kept(shapes: dict[str, Any], tops: list[str]) -> dict[str, dict[str, Any]]:
    """Return the shapes that the requests reach, those that demand nothing left out."""
    reached: dict[str, dict[str, Any]] = {}
    waiting = list(tops)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = _constraints(shapes[name])
            waiting += _inner(shapes[name])
    free = {name for name, shape in reached.items() if set(shape) == {"type"} and shape["type"] != "structure"}
    for shape in reached.values():
        for key in ("key", "value", "member"):
            if shape.get(key) in free:
                del shape[key]
        if "members" in shape:
            shape["members"] = {name: "" if of in free else of for name, of in shape["members"].items()}
    return {name: shape for name, shape in reached.items() if name not in free}


def _inner(shape: dict[str, Any]) -> list[str]:
    members = [member["shape"] for member in shape.get("members", {}).values()]
    return members + [shape[key]["shape"] for key in ("key", "value", "member") if key in shape]


def _constraints(shape: dict[str, Any]) -> dict[str, Any]:
    """Return what a shape demands: its kind, its members, and the conditions that dva can check."""
    kind = "number" if shape["type"] in NUMBERS else shape["type"]
    found: dict[str, Any] = {"type": kind}
    found |= {key: shape[key] for key in ("enum", "required", "min", "max") if shape.get(key) not in (None, [])}
    found |= {key: shape[key]["shape"] for key in ("key", "value", "member") if key in shape}
    if "members" in shape:
        found["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    if "pattern" in shape and _is_matched(shape["pattern"]):
        found["pattern"] = shape["pattern"]
    return found


def _is_matched(pattern: str) -> bool:
    """Return whether dva's matcher takes a pattern and it says more than that anything goes."""
    try:
        patterns.compile(pattern)
    except (patterns.InvalidPattern, patterns.UnsupportedPattern):
        return False
    return not re.fullmatch(r"\^?\.\*\$?|\[\\s\\S\]\*", pattern)


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="print the difference instead of writing")
    if parser.parse_args().check:
        found = list(differences())
        print("\n".join(found) or f"botocore {botocore.__version__} demands what the tables of {VERSION} demand")
        return 1 if found else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in tables().items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

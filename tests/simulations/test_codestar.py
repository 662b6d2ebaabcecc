"""What CodeStar's templates had made: each language, each target, and names as people write them."""

import itertools

import botocore.session
import pytest

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codestar")
LANGUAGES = ("C#", "Go", "HTML5", "Java", "Node.js", "PHP", "Python", "Ruby")
TARGETS = {"EC2": "Amazon EC2", "Elastic Beanstalk": "AWS Elastic Beanstalk", "Lambda": "AWS Lambda"}


@pytest.mark.parametrize(("language", "target"), list(itertools.product(LANGUAGES, TARGETS)))
def test_each_template_ends_in_the_service_that_runs_it(language: str, target: str) -> None:
    outcome = ENGINE.run({"template": {"language": language, "target": target}}).outcome
    services = [resource["service"] for resource in outcome["resources"]]
    assert outcome["status"] == "discontinued"
    assert TARGETS[target] in services
    assert not (set(TARGETS.values()) - {TARGETS[target]}) & set(services)
    assert ("AWS CodeDeploy" in services) == (target == "EC2")


@pytest.mark.parametrize(
    ("language", "target"), [("python", "lambda"), ("nodejs", "AWS Lambda"), ("node", "ec2"), ("html", "beanstalk")]
)
def test_names_as_people_write_them(language: str, target: str) -> None:
    assert ENGINE.run({"template": {"language": language, "target": target}}).outcome["resources"]


def test_a_language_that_codestar_never_had() -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"template": {"language": "COBOL", "target": "EC2"}})
    assert problem.value.pointer == "/template/language"


def test_the_service_is_gone_and_its_connections_are_not() -> None:
    services = botocore.session.get_session().get_available_services()
    assert "codestar" not in services
    assert {"codeconnections", "codestar-notifications"} <= set(services)

"""What AWS's service models demand of a request, and that the shipped tables are theirs."""

import json
from typing import Any

import botocore
import pytest
import service_models
from hypothesis import given
from hypothesis import strategies as st

from dva.aws import models
from dva.aws.document import AwsDocument, decode
from dva.aws.service_model import ALL, Request, message, names
from dva.errors import GivenError

TASK = Request("ecs", "RegisterTaskDefinition")
PIPELINE = Request("codepipeline", "CreatePipeline", ("pipeline",))
CONTAINER = {"name": "a", "image": "b"}
ENUM = "failed to satisfy constraint: Member must satisfy enum value set"


def pipeline(**changes: Any) -> dict[str, Any]:
    """Return a pipeline that AWS takes, with changes."""
    action = {"name": "A", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}}
    role = "arn:aws:iam::123456789012:role/x"
    return {"name": "p", "roleArn": role, "stages": [{"name": "S", "actions": [action]}], **changes}


def action(**members: Any) -> dict[str, Any]:
    """Return a pipeline whose one action has these members."""
    whole = pipeline()
    whole["stages"][0]["actions"][0].update(members)
    return whole


CASES: list[tuple[Request, Any, list[tuple[str, str]]]] = [
    (TASK, {"family": "web", "containerDefinitions": [CONTAINER]}, []),
    (TASK, {"containerDefinitions": [CONTAINER]},
     [("/family", "Value null at 'family' failed to satisfy constraint: Member must not be null")]),
    (TASK, {"family": "w", "containerDefinitions": [{**CONTAINER, "ulimits": [{"name": "files", "softLimit": 1}]}]},
     [("/containerDefinitions/0/ulimits/0/name",
       f"Value 'files' at 'containerDefinitions.1.member.ulimits.1.member.name' {ENUM}"),
      ("/containerDefinitions/0/ulimits/0/hardLimit",
       "Value null at 'containerDefinitions.1.member.ulimits.1.member.hardLimit' failed")]),
    (Request("ecs", "RegisterTaskDefinition", optional=ALL), {"cpu": 256}, []),
    (Request("ecs", "RegisterTaskDefinition", optional=ALL), {"networkMode": "default"},
     [("/networkMode", f"Value 'default' at 'networkMode' {ENUM}")]),
    (Request("ecs", "RegisterTaskDefinition", optional=ALL, open_shapes=frozenset({"NetworkMode"})),
     {"networkMode": "default"}, []),
    (PIPELINE, pipeline(), []),
    (PIPELINE, pipeline(name="two words"),
     [("/name", "Value 'two words' at 'pipeline.name' failed to satisfy constraint: "
       "Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+")]),
    (PIPELINE, action(runOrder=1000),
     [("/stages/0/actions/0/runOrder", "Value '1000' at 'pipeline.stages.1.member.actions.1.member.runOrder' failed to "
       "satisfy constraint: Member must have value less than or equal to 999")]),
    (PIPELINE, action(configuration={"Key": ""}),
     [("/stages/0/actions/0/configuration",
       "Value at 'pipeline.stages.1.member.actions.1.member.configuration' failed to satisfy constraint: Map value "
       "must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater "
       "than or equal to 1]")]),
    (PIPELINE, pipeline(name=7, unknown={"x": 1}, stages="text"), []),
    (Request("ecs", "CreateService", ("capacityProviderStrategy",)), [{"capacityProvider": "a", "weight": 1001}],
     [("/0/weight", "Value '1001' at 'capacityProviderStrategy.1.member.weight' failed to satisfy constraint: "
       "Member must have value less than or equal to 1000")]),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "document", "expected"), CASES)
def test_what_does_not_fit_is_told_in_the_words_of_aws(
    request_: Request, document: Any, expected: list[tuple[str, str]]
) -> None:
    found = request_.violations(document)
    assert [one.pointer for one in found] == [pointer for pointer, _ in expected]
    for one, (_, text) in zip(found, expected, strict=True):
        assert one.message.startswith(text)


def test_several_are_told_in_one_message() -> None:
    found = TASK.violations({})
    assert message(found) == (
        "2 validation errors detected: Value null at 'family' failed to satisfy constraint: Member must not be null; "
        "Value null at 'containerDefinitions' failed to satisfy constraint: Member must not be null"
    )
    assert message(found[:1]).startswith("1 validation error detected: ")


def test_an_unknown_word_names_the_version_of_the_model() -> None:
    found = Request("ecs", "CreateService", ("launchType",)).violations("MOON")
    assert f"(service model of botocore {models.VERSION})" in message(found)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
                        st.sampled_from(["family", "containerDefinitions", "name", "ulimits", "cpu"]), inner),
                    max_leaves=10))  # fmt: skip
def test_any_document_can_be_compared(document: Any) -> None:
    for one in TASK.violations(document):
        json.dumps([one.pointer, one.message])


def test_a_name_that_a_model_has_is_no_slip() -> None:
    class Service(AwsDocument):
        essentials: bool = False
        tagg: str = ""

    assert "essential" in names() and "tags" in names()
    assert decode({"essential": True, "tags": []}, Service).essentials is False
    with pytest.raises(GivenError, match="unknown member `esentialls`"):
        decode({"esentialls": True}, Service)


def test_the_tables_are_made_from_the_models_of_botocore() -> None:
    if botocore.__version__ != models.VERSION:
        pytest.skip(f"botocore {botocore.__version__} is installed, the tables are from {models.VERSION}")
    assert list(service_models.differences()) == []


@pytest.mark.parametrize("service", service_models.REQUESTS)
def test_each_request_can_be_cited_and_compared(service: str) -> None:
    assert service in models.SERVICES
    for operation in service_models.REQUESTS[service]:
        request = Request(service, operation, optional=ALL)
        assert request.violations({}) == []
        assert operation in request.source and models.VERSION in request.source

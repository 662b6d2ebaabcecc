"""The instance metadata service: anchors of the EC2 User Guide, and what can never happen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

IMDS = load("imds")
PUT, DATA = "/latest/api/token", "/latest/meta-data/"


def statuses(instance: dict[str, Any], *calls: dict[str, Any]) -> list[int | None]:
    outcome = IMDS.run({"instance": instance, "calls": list(calls)}).outcome
    return [response["status"] for response in outcome["responses"]]


@pytest.mark.parametrize(
    ("ttl", "status"), [(None, 400), (-1, 400), (0, 400), (1, 200), (21600, 200), (21601, 400)]
)  # fmt: skip
def test_the_time_to_live_of_a_token(ttl: int | None, status: int) -> None:
    assert statuses({}, {"PUT": PUT, "ttl": ttl}) == [status]


@pytest.mark.parametrize(
    ("instance", "call", "status"),
    [
        ({}, {"GET": DATA}, 200),
        ({"HttpTokens": "required"}, {"GET": DATA}, 401),
        ({"HttpTokens": "required"}, {"GET": DATA, "token": "last"}, 401),
        ({}, {"GET": DATA, "token": "made-up"}, 401),
        ({"HttpEndpoint": "disabled"}, {"GET": DATA}, 403),
        ({}, {"GET": DATA + "no/such"}, 404),
        ({}, {"GET": DATA + "iam/security-credentials/"}, 404),
        ({"role": "Web"}, {"GET": DATA + "iam/security-credentials/Web"}, 200),
        ({"role": "Web"}, {"GET": DATA + "iam/security-credentials/Other"}, 404),
        ({}, {"PUT": PUT, "ttl": 60, "from": "container"}, None),
        ({"HttpPutResponseHopLimit": 2}, {"PUT": PUT, "ttl": 60, "from": "container"}, 200),
        ({}, {"GET": DATA, "from": "container"}, 200),
        ({}, {"PUT": PUT, "ttl": 60, "headers": {"x-forwarded-for": "203.0.113.9"}}, 403),
        ({}, {"PUT": PUT, "headers": {"X-aws-ec2-metadata-token-ttl-seconds": 21600}}, 200),
        ({}, {"PUT": PUT, "headers": {"X-aws-ec2-metadata-token-ttl-seconds": "six hours"}}, 400),
        ({}, {"GET": DATA, "headers": {"X-aws-ec2-metadata-token": "made-up"}}, 401),
        ({}, {"GET": "/latest/meta-data"}, 200),
        ({}, {"GET": DATA + "placement/region"}, 200),
        ({}, {"GET": DATA + "iam/info"}, 404),
        ({"role": "Web"}, {"GET": DATA + "iam/info"}, 200),
        ({"role": "Web"}, {"GET": "/latest/meta-database"}, 404),
    ],
)
def test_one_call(instance: dict[str, Any], call: dict[str, Any], status: int | None) -> None:
    assert statuses(instance, call) == [status]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", "iam/\ninstance-id\nplacement/"), ("iam/", "info\nsecurity-credentials/"), ("placement", "region"),
        ("iam/security-credentials/", "Web"), ("instance-id", "i-0"),
    ],
)  # fmt: skip
def test_a_folder_lists_what_is_in_it(path: str, body: str) -> None:
    metadata = {"instance-id": "i-0", "placement/region": "eu-west-1"}
    answer = IMDS.run({"instance": {"role": "Web"}, "metadata": metadata, "calls": [{"GET": DATA + path}]}).outcome
    assert answer["responses"] == [{"status": 200, "body": body}]


def test_what_is_left_out_or_null_has_the_default_of_ec2() -> None:
    calls = [{"GET": DATA}, {"PUT": PUT, "ttl": 60, "from": "container"}]
    for more in ({}, {"instance": None, "metadata": None}, {"instance": {"HttpTokens": None}}):
        answers = IMDS.run({"calls": calls} | more).outcome["responses"]
        assert [answer["status"] for answer in answers] == [200, None]


def test_an_answer_of_describe_instances_is_read() -> None:
    options = {"State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}
    described: dict[str, Any] = {"Reservations": [{"Instances": [{"InstanceId": "i-0", "MetadataOptions": options}]}]}
    assert statuses(described, {"GET": DATA}) == [401]


def test_a_token_handed_to_a_container_is_good_there() -> None:
    calls: list[dict[str, Any]] = [{"PUT": PUT, "ttl": 60}, {"GET": DATA, "token": "token-1", "from": "container"}]
    assert statuses({"HttpTokens": "required"}, *calls) == [200, 200]


CALLS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"PUT": st.just(PUT), "ttl": st.integers(-1, 30000)}),
        st.fixed_dictionaries(
            {"GET": st.sampled_from([DATA, DATA + "instance-id", DATA + "iam/security-credentials/"])},
            optional={"token": st.sampled_from(["last", "token-1", "no"]), "from": st.just("container")},
        ),
    ),
    max_size=6,
)
INSTANCES = st.fixed_dictionaries(
    {"HttpTokens": st.just("required"), "HttpPutResponseHopLimit": st.integers(1, 64)},
    optional={"role": st.just("Web")},
)


@given(INSTANCES, CALLS)
def test_nothing_is_read_without_a_token_where_one_is_required(
    instance: dict[str, Any], calls: list[dict[str, Any]]
) -> None:
    outcome = IMDS.run({"instance": instance, "calls": calls}).outcome
    assert len(outcome["responses"]) == len(calls)
    had = False
    for call, response in zip(calls, outcome["responses"], strict=True):
        if "GET" in call and response["status"] == 200:
            assert had and "token" in call
        had = had or ("PUT" in call and response["status"] == 200)
        assert (response["body"] is not None) == (response["status"] == 200)


@pytest.mark.parametrize(
    ("given_", "place"),
    [
        ({"instance": {"HttpPutResponseHopLimit": 65}, "calls": []}, "/instance/HttpPutResponseHopLimit"),
        ({"instance": {"HttpTokens": "yes"}, "calls": []}, "/instance/HttpTokens"),
        ({"instance": {}, "calls": [{"ttl": 5}]}, "/calls/0"),
    ],
)
def test_wrong_values_are_named(given_: dict[str, Any], place: str) -> None:
    with pytest.raises(GivenError) as problem:
        IMDS.run(given_)
    assert problem.value.pointer == place

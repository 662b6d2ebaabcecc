"""Where TLS ends, and who redirects."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("beanstalk-https")
ENVIRONMENT, PROCESS = "aws:elasticbeanstalk:environment", "aws:elasticbeanstalk:environment:process:"
ARN = "arn:aws:acm:eu-west-1:111122223333:certificate/1"


def run(kind: str | None, chosen: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An environment with this load balancer; None is a single instance."""
    head = {"LoadBalancerType": kind} if kind else {"EnvironmentType": "SingleInstance"}
    return ENGINE.run({"option_settings": {ENVIRONMENT: head, **chosen}, **more}).outcome


ALB = {"aws:elbv2:listener:443": {"Protocol": "HTTPS", "SSLCertificateArns": ARN}}
CLB = {"aws:elb:listener:443": {"ListenerProtocol": "HTTPS", "SSLCertificateId": ARN, "InstancePort": "80"}}
NLB = {"aws:elbv2:listener:443": {"Protocol": "TCP"}}
TCP_443 = {"aws:elb:listener:443": {"ListenerProtocol": "TCP", "InstancePort": "443"}}
HTTPS_PROCESS = {PROCESS + "default": {"Port": "443", "Protocol": "HTTPS"}}
TCP_PROCESS = {PROCESS + "default": {"Port": "443", "Protocol": "TCP"}}


@pytest.mark.parametrize(
    ("kind", "chosen", "place", "ports"),
    [
        ("application", ALB, "load balancer", [80, 443]),
        ("application", ALB | {"aws:elbv2:listener:default": {"ListenerEnabled": "false"}}, "load balancer", [443]),
        ("application", ALB | HTTPS_PROCESS, "both", [80, 443]),
        ("application", {}, "nowhere", [80]),
        ("network", {"aws:elbv2:listener:443": {"Protocol": "TCP"}} | TCP_PROCESS, "passthrough", [80, 443]),
        ("classic", CLB, "load balancer", [80, 443]),
        ("classic", {"aws:elb:listener:443": {"ListenerProtocol": "SSL", "SSLCertificateId": ARN, "InstancePort": 80}},
         "load balancer", [80, 443]),
        ("classic", {"aws:elb:listener:443": {
            "ListenerProtocol": "HTTPS", "SSLCertificateId": ARN, "InstanceProtocol": "HTTPS", "InstancePort": 443}},
         "both", [80, 443]),
        ("classic", TCP_443, "passthrough", [80, 443]),
        ("classic", {"aws:elb:loadbalancer": {"LoadBalancerHTTPSPort": 443, "SSLCertificateId": ARN}},
         "load balancer", [80, 443]),
        ("application", {"aws:elbv2:listener:8443": {"Protocol": "HTTPS", "SSLCertificateArns": ARN}},
         "load balancer", [80, 8443]),
    ],
)  # fmt: skip
def test_where_tls_ends(kind: str, chosen: dict[str, Any], place: str, ports: list[int]) -> None:
    outcome = run(kind, chosen)
    assert (outcome["status"], outcome["terminates_at"]) == ("ok", place), outcome["errors"]
    assert [listener["port"] for listener in outcome["listeners"]] == ports
    assert outcome["end_to_end"] == (place in ("both", "passthrough"))


@pytest.mark.parametrize(
    ("kind", "chosen", "more"),
    [
        ("application", CLB, {}),
        ("classic", ALB, {}),
        ("network", ALB, {}),
        (None, ALB, {"certificate": {"kind": "instance"}}),
        (None, {}, {"certificate": {"kind": "acm", "arn": ARN}}),
        (None, {}, {"certificate": {"kind": "iam"}}),
        ("application", {"aws:elbv2:listener:443": {"Protocol": "HTTPS"}}, {}),
        ("application", {"aws:elbv2:listener:443": {"Protocol": "HTTP"}}, {}),
        ("application", {}, {"certificate": {"kind": "acm", "arn": ARN}}),
        ("application", ALB, {"environment": {"Region": "us-east-1"}}),
        ("network", NLB | TCP_PROCESS, {"certificate": {"kind": "acm", "arn": ARN}}),
        ("network", NLB, {}),
        ("classic", {"aws:elb:listener:443": TCP_443["aws:elb:listener:443"] | {"InstanceProtocol": "HTTPS"}}, {}),
    ],
)  # fmt: skip
def test_what_does_not_work_ends_nowhere(kind: str | None, chosen: dict[str, Any], more: dict[str, Any]) -> None:
    outcome = run(kind, chosen, **more)
    assert (outcome["status"], outcome["terminates_at"], outcome["end_to_end"]) == ("failed", "nowhere", False)
    assert outcome["errors"]


def test_a_worker_has_no_listeners() -> None:
    outcome = ENGINE.run(
        {"environment": {"Tier": {"Name": "Worker", "Type": "SQS/HTTP"}}, "option_settings": CLB}
    ).outcome
    assert outcome["status"] == "failed" and outcome["listeners"] == []


ACTION = {
    "Port": 80,
    "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}],
}


@pytest.mark.parametrize(
    ("rules", "redirects"),
    [
        (None, False),
        ([], False),
        ({"redirect": "none"}, False),
        ({"redirect": "alb"}, True),
        ([{"redirect": "instance"}], True),
        ([ACTION], True),
        ({"Resources": {"L": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": ACTION}}}, True),
        (
            "Resources:\n  L: {Properties: {DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS}}]}}",
            True,
        ),
        ("redirect HTTP to HTTPS", True),
        ([{"Type": "forward"}], False),
    ],
)
def test_who_redirects(rules: Any, redirects: bool) -> None:
    outcome = run("application", ALB, rules=rules)
    assert (outcome["redirects"], outcome["status"]) == (redirects, "ok")


OPTION = st.fixed_dictionaries(
    {}, optional={"Protocol": st.sampled_from(["HTTP", "HTTPS", "TCP"]),
                  "ListenerProtocol": st.sampled_from(["HTTPS", "TCP"]),
                  "SSLCertificateArns": st.just(ARN), "SSLCertificateId": st.just(ARN), "InstancePort": st.just("443"),
                  "ListenerEnabled": st.sampled_from(["true", "false"])}
)  # fmt: skip


@given(
    st.sampled_from([None, "classic", "application", "network"]),
    st.dictionaries(
        st.sampled_from(["aws:elb:listener:443", "aws:elbv2:listener:443", "aws:elbv2:listener:default"]), OPTION
    ),
    st.sampled_from([None, "acm", "iam", "instance"]),
    st.sampled_from([None, "alb", "instance"]),
)
@settings(max_examples=200, deadline=None)
def test_the_outcome_is_consistent(
    kind: str | None, chosen: dict[str, Any], has: str | None, redirect: str | None
) -> None:
    certificate = {"kind": has} if has else None
    outcome = run(kind, chosen, certificate=certificate, rules={"redirect": redirect} if redirect else None)
    assert (outcome["status"] == "failed") == bool(outcome["errors"])
    assert not (outcome["redirects"] and outcome["terminates_at"] == "nowhere")
    assert outcome["end_to_end"] == (outcome["terminates_at"] in ("both", "passthrough", "instance"))
    ports = [listener["port"] for listener in outcome["listeners"]]
    assert ports == sorted(set(ports)) and (kind is not None or not ports)


@pytest.mark.parametrize("wrong", [{"certificate": {"kind": "acm2"}}, {"bundle": {}}, {"option_settings": 3}])
def test_what_cannot_be_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        ENGINE.run(wrong)


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("classic", {"aws:elb:listener:443": CLB["aws:elb:listener:443"] | {"InstancePort": "abc"}}),
        ("classic", {"aws:elb:listener:443": CLB["aws:elb:listener:443"] | {"InstancePort": "0"}}),
        ("classic", {"aws:elb:listener:65536": CLB["aws:elb:listener:443"]}),
        ("application", ALB | {PROCESS + "default": {"Port": "70000"}}),
    ],
)
def test_a_port_that_is_none_is_refused_by_aws(kind: str, chosen: dict[str, Any]) -> None:
    outcome = run(kind, chosen)
    assert (outcome["status"], outcome["error"]["code"]) == ("failed", "ConfigurationValidationException")
    assert outcome["listeners"] == [] and len(outcome["errors"]) >= 1


@pytest.mark.parametrize(
    "rules",
    [{"redirect": "https"}, [{"port": 80, "redirect": "HTTPS"}], {"http_to_https": True},
     {"redirect": {"by": "load balancer", "to": "HTTPS"}}, {"redirect": {"by": "instance"}}],
)  # fmt: skip
def test_more_ways_to_say_that_http_is_redirected(rules: Any) -> None:
    outcome = run("application", ALB, rules=rules)
    assert (outcome["status"], outcome["redirects"]) == ("ok", True)


@pytest.mark.parametrize("certificate", ["OFF", "off", ""])
def test_off_is_no_certificate(certificate: str) -> None:
    options = {"aws:elb:listener:443": {"ListenerProtocol": "HTTPS", "SSLCertificateId": certificate}}
    given = {"environment": {"LoadBalancerType": "classic"}, "option_settings": options}
    without = {**given, "option_settings": {"aws:elb:listener:443": {"ListenerProtocol": "HTTPS"}}}
    assert ENGINE.run(given).outcome == ENGINE.run(without).outcome

"""Triggers, event rules and approvals: the API's model, EventBridge's examples, and what never reaches a trigger."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.aws import event_pattern
from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codecommit")
CASES = [case for case in bundled_cases() if case.simulation == "codecommit"]
MODEL = botocore.session.get_session().get_service_model("codecommit")
TOPIC = "arn:aws:sns:eu-west-1:123456789012:pushes"
TYPES = ("createReference", "updateReference", "deleteReference", "pullRequestCreated", "commentOnPullRequestCreated")
BRANCHES = ("main", "feature", "release")


def outcome(**given: Any) -> dict[str, Any]:
    result = ENGINE.run(given, steps=False)
    return result.outcome


def trigger(**change: Any) -> dict[str, Any]:
    return {"name": "t", "destinationArn": TOPIC, "branches": [], "events": ["all"]} | change


@given(
    st.lists(st.sampled_from(BRANCHES), unique=True),
    st.one_of(st.just(["all"]), st.lists(st.sampled_from(TYPES[:3]), min_size=1, unique=True)),
    st.lists(st.tuples(st.sampled_from(TYPES), st.sampled_from(BRANCHES))),
)
def test_a_trigger_hears_of_its_references_and_of_nothing_else(
    branches: list[str], kinds: list[str], events: list[tuple[str, str]]
) -> None:
    got = outcome(
        triggers=[trigger(branches=branches, events=kinds)],
        events=[{"type": kind, "branch": branch} for kind, branch in events],
    )
    heard = [
        kind for kind, branch in events
        if kind in TYPES[:3] and (kinds == ["all"] or kind in kinds) and (not branches or branch in branches)
    ]  # fmt: skip
    assert [one["event"] for one in got["deliveries"]] == heard


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "RepositoryTriggerNameRequiredException"),
        ({"name": "two words"}, "InvalidRepositoryTriggerNameException"),
        ({"name": "a,b"}, "InvalidRepositoryTriggerNameException"),
        ({"destinationArn": ""}, "RepositoryTriggerDestinationArnRequiredException"),
        ({"destinationArn": "arn:aws:sqs:eu-west-1:123456789012:q"}, "InvalidRepositoryTriggerDestinationArnException"),
        ({"destinationArn": TOPIC.replace("west-1", "west-2")}, "InvalidRepositoryTriggerRegionException"),
        ({"events": []}, "RepositoryTriggerEventsListRequiredException"),
        ({"events": ["push"]}, "InvalidRepositoryTriggerEventsException"),
        ({"events": ["all", "createReference"]}, "InvalidRepositoryTriggerEventsException"),
        ({"customData": "x" * 1001}, "InvalidRepositoryTriggerCustomDataException"),
    ],
)
def test_a_set_with_one_wrong_trigger_is_refused(change: dict[str, Any], code: str) -> None:
    got = outcome(
        repository_region="eu-west-1", triggers=[trigger(), trigger(**change)], events=[{"type": "createReference"}]
    )
    assert (got["status"], got["reason"], got["valid"]) == ("refused", code, False)
    assert got["deliveries"] == []
    assert code in {shape.name for shape in MODEL.operation_model("PutRepositoryTriggers").error_shapes}


@pytest.mark.parametrize(("count", "status"), [(10, "completed"), (11, "refused")])
def test_a_repository_has_at_most_ten_triggers(count: int, status: str) -> None:
    assert outcome(triggers=[trigger(name=f"t{i}") for i in range(count)])["status"] == status


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_triggers_have_the_shape_of_the_api(case: Any) -> None:
    for one in case.given.get("triggers", []):
        report = ParamValidator().validate(one, MODEL.shape_for("RepositoryTrigger"))
        assert not report.has_errors(), report.generate_report()


EVENT = {
    "source": "aws.codecommit",
    "detail-type": "CodeCommit Repository State Change",
    "resources": ["arn:aws:codecommit:us-east-2:123456789012:MyDemoRepo"],
    "detail": {"event": "referenceUpdated", "referenceType": "branch", "referenceName": "myBranch"},
}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"source": ["aws.codecommit"]}, True),
        ({"source": ["aws.codebuild", "aws.codecommit"]}, True),
        ({"source": ["aws.codebuild"]}, False),
        ({"detail": {"referenceName": ["main", "myBranch"]}}, True),
        ({"detail": {"referenceName": ["main"], "event": ["referenceUpdated"]}}, False),
        ({"resources": ["arn:aws:codecommit:us-east-2:123456789012:MyDemoRepo"]}, True),
        ({"detail": {"referenceName": [{"prefix": "my"}]}}, True),
        ({"detail": {"referenceName": [{"suffix": "branch"}]}}, False),
        ({"detail": {"referenceName": [{"anything-but": ["main", "master"]}]}}, True),
        ({"detail": {"referenceName": [{"anything-but": {"prefix": "my"}}]}}, False),
        ({"detail": {"commitId": [{"exists": False}]}}, True),
        ({"detail": {"event": [{"exists": False}]}}, False),
        ({"detail": {"referenceName": [{"equals-ignore-case": "MYBRANCH"}]}}, True),
        ({"detail": {"referenceName": [{"wildcard": "m*h"}]}}, True),
        ({"nothing": {"of": ["this"]}}, False),
    ],
)
def test_event_patterns(pattern: dict[str, Any], fits: bool) -> None:
    assert event_pattern.matches(pattern, EVENT) == fits
    assert (event_pattern.first_mismatch(pattern, EVENT) is None) == fits


def test_documents_as_the_command_line_prints_them() -> None:
    got = outcome(
        triggers={"configurationId": "6fa51cd8", "triggers": [trigger()]},
        eventRules=[{"pattern": '{"source": ["aws.codecommit"]}', "target": "build"}],
        events=[{"type": "updateReference", "branch": "main"}],
    )
    assert [one["via"] for one in got["deliveries"]] == ["trigger", "event rule"]


def test_a_pattern_without_brackets_names_its_place() -> None:
    with pytest.raises(GivenError) as problem:
        outcome(
            eventRules=[{"pattern": {"detail": {"event": "referenceCreated"}}}], events=[{"type": "createReference"}]
        )
    assert problem.value.pointer == "/eventRules/0/pattern/detail/event"


@pytest.mark.parametrize(
    ("member", "approver", "counts"),
    [
        ("CodeCommitApprovers:123456789012:Mary_Major", "arn:aws:iam::123456789012:user/Mary_Major", True),
        ("CodeCommitApprovers:123456789012:Mary_Major", "arn:aws:sts::123456789012:federated-user/Mary_Major", True),
        ("CodeCommitApprovers:123456789012:Mary_Major", "arn:aws:sts::123456789012:assumed-role/R/Mary_Major", False),
        ("CodeCommitApprovers:123456789012:*Mary_Major", "arn:aws:sts::123456789012:assumed-role/R/Mary_Major", True),
        ("CodeCommitApprovers:123456789012:Mary_Major", "arn:aws:iam::210987654321:user/Mary_Major", False),
        ("arn:aws:sts::123456789012:assumed-role/R/*", "arn:aws:sts::123456789012:assumed-role/R/ben", True),
        ("ana", "ana", True),
    ],
)
def test_who_is_in_an_approval_pool(member: str, approver: str, counts: bool) -> None:
    got = outcome(approvalRule={"needed": 1, "pool": [member]}, approvals=[approver])
    assert got["satisfied"] == counts


@given(st.lists(st.sampled_from("abcd"), max_size=6), st.sets(st.sampled_from("abcd")), st.integers(1, 4))
def test_an_approval_counts_once_and_the_authors_never(approvals: list[str], pool: set[str], needed: int) -> None:
    got = outcome(approvalRule={"needed": needed, "pool": sorted(pool), "author": "a"}, approvals=approvals)
    counting = {name for name in approvals if name != "a" and (not pool or name in pool)}
    assert len(got["counted"]) == len(set(got["counted"])) and set(got["counted"]) == counting
    assert got["satisfied"] == (len(counting) >= needed)


@pytest.mark.parametrize(
    ("identity", "works"),
    [
        ("iam-user", ["git-credentials", "ssh", "credential-helper", "git-remote-codecommit"]),
        ("federated", ["credential-helper", "git-remote-codecommit"]),
        ("role", ["credential-helper", "git-remote-codecommit"]),
        ("root", ["credential-helper", "git-remote-codecommit"]),
    ],
)
def test_ways_to_sign_in(identity: str, works: list[str]) -> None:
    ways = ["git-credentials", "ssh", "credential-helper", "git-remote-codecommit"]
    assert outcome(identity=identity, want=ways)["allowed"] == works


def test_a_pattern_that_is_nested_without_end_is_an_error_with_its_place() -> None:
    with pytest.raises(GivenError) as problem:
        outcome(eventRules=[{"pattern": "[" * 50_000}], events=[{"type": "updateReference"}])
    assert problem.value.pointer == "/eventRules/0/pattern"


@pytest.mark.parametrize(
    ("event", "status", "merged"),
    [("pullRequestCreated", "Open", "False"), ("pullRequestSourceBranchUpdated", "Open", "False"),
     ("pullRequestStatusChanged", "Closed", "False"), ("pullRequestMergeStatusUpdated", "Closed", "True")],
)  # fmt: skip
def test_a_pull_request_can_be_closed_only_by_a_change_of_status_or_a_merge(
    event: str, status: str, merged: str
) -> None:
    """As the examples of the User Guide have it; a pull request that was closed is never opened again."""
    pattern = {"detail": {"event": [event], "pullRequestStatus": [status], "isMerged": [merged]}}
    got = outcome(eventRules=[{"pattern": pattern, "target": "t"}], events=[{"type": event, "branch": "main"}])
    assert [one["destination"] for one in got["deliveries"]] == ["t"]


@pytest.mark.parametrize(
    ("event", "region", "matches"),
    [({}, None, True), ({"repository": "MyRepo"}, "us-east-1", True), ({"repository": "Other"}, None, False),
     ({}, "eu-west-1", False), ({"repository": "MyRepo"}, "eu-west-1", False), ({"branch": "dev"}, None, False)],
)  # fmt: skip
def test_the_rule_of_a_pipeline_matches_where_the_scenario_names_no_other_repository(
    event: dict[str, str], region: str | None, matches: bool
) -> None:
    """The pattern as CodePipeline makes it for a CodeCommit source."""
    pattern = {
        "source": ["aws.codecommit"], "detail-type": ["CodeCommit Repository State Change"], "region": ["us-east-1"],
        "resources": ["arn:aws:codecommit:us-east-1:123456789012:MyRepo"],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"],
            "referenceName": ["main"], "repositoryName": ["MyRepo"],
        },
    }  # fmt: skip
    events = [{"type": "updateReference", "branch": "main"} | event]
    more = {"repository_region": region} if region else {}
    got = outcome(eventRules=[{"pattern": pattern, "target": "t"}], events=events, **more)
    assert bool(got["deliveries"]) == matches

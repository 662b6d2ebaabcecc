"""Application versions, the quota of a Region and the lifecycle policy."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("beanstalk-versions")
CASES = [case for case in bundled_cases() if case.simulation == "beanstalk-versions"]


def policy(count: int | None = None, days: int | None = None, source: bool = False) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if count is not None:
        rules["MaxCountRule"] = {"Enabled": True, "MaxCount": count, "DeleteSourceFromS3": source}
    if days is not None:
        rules["MaxAgeRule"] = {"Enabled": True, "MaxAgeInDays": days, "DeleteSourceFromS3": source}
    return {"VersionLifecycleConfig": rules}


@pytest.mark.parametrize("case", [c for c in CASES if "ResourceLifecycleConfig" in c.given], ids=lambda c: c.name)
def test_bundled_policies_are_what_the_api_takes(case: Any) -> None:
    shape = get_session().get_service_model("elasticbeanstalk").shape_for("ApplicationResourceLifecycleConfig")
    report = ParamValidator().validate(case.given["ResourceLifecycleConfig"], shape)
    assert not report.has_errors(), report.generate_report()


VERSIONS = st.lists(
    st.fixed_dictionaries(
        {"age_days": st.integers(0, 400)},
        optional={"in_use": st.booleans(), "terminated_env_weeks": st.integers(0, 20)},
    ),
    max_size=130,
).map(lambda found: [{"VersionLabel": f"v{n}", **version} for n, version in enumerate(found)])
LIMIT = st.none() | st.integers(1, 30)


@given(VERSIONS, LIMIT, LIMIT, st.integers(0, 140))
@settings(max_examples=200, deadline=None)
def test_kept_and_deleted_are_all_versions(
    versions: list[dict[str, Any]], count: int | None, days: int | None, quota: int
) -> None:
    given_ = {"action": "create", "VersionLabel": "new", "versions": versions, "quota": quota}
    outcome = ENGINE.run({**given_, "ResourceLifecycleConfig": policy(count, days)}, steps=False).outcome
    deleted, labels = outcome["deleted"], {version["VersionLabel"]: version for version in versions}
    assert outcome["created"] == (len(versions) < quota) == (outcome["status"] == "created")
    assert outcome["total"] == len(versions) - len(deleted) + outcome["created"]
    assert len(deleted) == len(set(deleted)) <= 100 and set(deleted) <= set(labels)
    assert not outcome["created"] or "new" not in deleted
    assert not set(deleted) & set(outcome["kept_because"])
    for label in deleted:
        assert not labels[label].get("in_use")
        assert labels[label].get("terminated_env_weeks", 10) >= 10
    if deleted and days is None:
        newest = sorted(range(len(versions)), key=lambda n: (-versions[n]["age_days"], n))[-(count or 0) :]
        assert not {f"v{n}" for n in newest} & set(deleted)


@given(VERSIONS, LIMIT, LIMIT)
@settings(deadline=None)
def test_no_rule_no_deletion_and_a_looser_rule_deletes_no_more(
    versions: list[dict[str, Any]], count: int | None, days: int | None
) -> None:
    def deleted(config: dict[str, Any]) -> set[str]:
        given_ = {"action": "create", "VersionLabel": "new", "versions": versions, "ResourceLifecycleConfig": config}
        return set(ENGINE.run(given_, steps=False).outcome["deleted"])

    assert deleted({}) == set()
    if len(versions) <= 100:
        looser = policy(count and count + 1, days and days + 1)
        assert deleted(looser) <= deleted(policy(count, days))


@pytest.mark.parametrize(("age", "goes"), [(89, False), (90, False), (90.5, True), (91, True)])
def test_a_version_goes_when_it_is_older_than_the_limit(age: float, goes: bool) -> None:
    given_ = {"VersionLabel": "new", "versions": [{"VersionLabel": "v1", "age_days": age}]}
    outcome = ENGINE.run({**given_, "ResourceLifecycleConfig": policy(days=90)}).outcome
    assert outcome["deleted"] == (["v1"] if goes else [])


@pytest.mark.parametrize(
    "action",
    ["delete v1", {"delete": "v1"}, {"delete": {"VersionLabel": "v1"}}, {"action": "delete", "VersionLabel": "v1"}],
)
def test_the_version_to_delete_may_be_named_in_several_ways(action: Any) -> None:
    outcome = ENGINE.run({"action": action, "versions": [{"VersionLabel": "v1"}]}).outcome
    assert (outcome["status"], outcome["deleted"], outcome["s3_kept"]) == ("deleted", ["v1"], True)


def test_ages_are_read_from_an_answer_of_the_api() -> None:
    versions = {
        "ApplicationVersions": [
            {"VersionLabel": "old", "DateCreated": "2026-01-01T00:00:00Z", "Status": "PROCESSED"},
            {"VersionLabel": "young", "DateCreated": "2026-11-20T00:00:00Z"},
        ]
    }
    given_ = {"versions": versions, "VersionLabel": "new", "options": {"now": "2026-11-24T00:00:00Z"}}
    assert ENGINE.run({**given_, "ResourceLifecycleConfig": policy(days=90)}).outcome["deleted"] == ["old"]
    pasted = {"versions": versions, "ResourceLifecycleConfig": policy(count=1)}
    assert ENGINE.run(pasted).outcome["deleted"] == ["old"]
    assert ENGINE.run({**pasted, "action": "deploy", "VersionLabel": "old"}).outcome["status"] == "deployed"


def test_a_policy_may_be_text_and_both_rules_add_up() -> None:
    text = """{"VersionLifecycleConfig": {
        "MaxCountRule": {"Enabled": "true", "MaxCount": "2"},
        "MaxAgeRule": {"Enabled": true, "MaxAgeInDays": 5, "DeleteSourceFromS3": true}}}"""
    versions = [{"VersionLabel": f"v{n}", "age_days": age} for n, age in enumerate((9, 4, 3, 2))]
    outcome = ENGINE.run({"versions": versions, "VersionLabel": "new", "ResourceLifecycleConfig": text}).outcome
    assert outcome["deleted"] == ["v0", "v1"] and outcome["s3_kept"] is False


@pytest.mark.parametrize("action", ["deploy", "delete"])
def test_a_version_that_is_not_there_is_refused(action: str) -> None:
    outcome = ENGINE.run({"action": action, "VersionLabel": "v9", "versions": [{"VersionLabel": "v1"}]}).outcome
    assert outcome["status"] == "refused"
    assert outcome["error"] == {"code": "InvalidParameterValue", "message": "No Application Version named 'v9' found."}


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "drop"},
        {"action": "delete"},
        {"versions": [{"age_days": 3}]},
        {"version": []},
        {"ResourceLifecycleConfig": "{"},
    ],
)
def test_what_cannot_be_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        ENGINE.run(wrong)


@pytest.mark.parametrize(
    "more",
    [
        {"ResourceLifecycleConfig": policy(days=-1)},
        {"ResourceLifecycleConfig": {"VersionLifecycleConfig": {"MaxCountRule": {"Enabled": True}}}},
        {"VersionLabel": "v1"}, {"VersionLabel": "v" * 101}, {"action": "deploy", "VersionLabel": "v9"},
        {"action": "delete", "VersionLabel": "v9"}, {"quota": 2},
    ],
)  # fmt: skip
def test_every_refusal_has_its_reason_and_changes_nothing(more: dict[str, Any]) -> None:
    outcome = ENGINE.run({"versions": [{"VersionLabel": "v1"}, {"VersionLabel": "v2"}]} | more).outcome
    assert (outcome["status"], outcome["reason"]) == ("refused", outcome["error"]["message"])
    assert (outcome["total"], outcome["deleted"], outcome["created"]) == (2, [], False)


def test_the_policy_may_be_written_as_eb_appversion_lifecycle_shows_it() -> None:
    config = {"ApplicationName": "shop", "Configurations": {"ServiceRole": "arn:aws:iam::1:role/r", **policy(count=1)}}
    versions = [{"VersionLabel": "v1", "age_days": 2}, {"VersionLabel": "v2", "age_days": 1}]
    assert ENGINE.run({"ResourceLifecycleConfig": config, "versions": versions}).outcome["deleted"] == ["v1"]

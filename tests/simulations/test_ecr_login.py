"""ECR's token and the permissions behind a pull and a push."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("ecr-login")
CASES = [case for case in bundled_cases() if case.simulation == "ecr-login"]
HOME = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]}
TOKEN_ONLY = {"Statement": {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}}
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")
PUSH = (
    "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)  # fmt: skip


def login(at: Any = 0, registry: str = HOME) -> dict[str, Any]:
    return {"at": at, "do": "login", "registry": registry}


def use(do: str, at: Any = 1, image: str = f"{HOME}/web:1") -> dict[str, Any]:
    return {"at": at, "do": do, "image": image}


def reasons(*steps: dict[str, Any], **more: Any) -> list[str | None]:
    """The reason of every step, None where it worked."""
    outcome = ENGINE.run({"principalPolicy": ALL, "repositoryPolicy": None, "steps": list(steps)} | more).outcome
    assert outcome["status"] == ("ok" if all(a["ok"] for a in outcome["attempts"]) else "failed")
    assert [a["reason"] is None for a in outcome["attempts"]] == [a["ok"] for a in outcome["attempts"]]
    return [a["reason"] for a in outcome["attempts"]]


def opened(*actions: str, to: str = "*", effect: str = "Allow") -> dict[str, Any]:
    """A repository policy."""
    principal = to if to == "*" else {"AWS": to}
    statement = {"Effect": effect, "Principal": principal, "Action": list(actions)}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bundled_policies_are_what_iam_and_ecr_take(case: Any) -> None:
    """The documents are passed as JSON text, as the API does."""

    def text(document: Any) -> str:
        return document if isinstance(document, str) else json.dumps(document)

    session = get_session()
    asked = [("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": "principalPolicy"})]
    if case.given["repositoryPolicy"]:
        asked.append(("ecr", "SetRepositoryPolicy", {"repositoryName": "web", "policyText": "repositoryPolicy"}))
    for service, operation, request in asked:
        filled = {k: text(case.given[v]) if v in case.given else v for k, v in request.items()}
        shape = session.get_service_model(service).operation_model(operation).input_shape
        assert not ParamValidator().validate(filled, shape).has_errors()


@pytest.mark.parametrize("do", ["pull", "push"])
def test_nothing_works_without_a_login(do: str) -> None:
    assert reasons(use(do)) == ["no token for this registry"]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("2024-01-01T00:00:00Z", None),
        ("2024-01-01T11:59:59Z", None),
        ("2024-01-01T12:00:00Z", None),
        ("2024-01-01T12:00:01Z", "token expired (12 h)"),
        ("2024-01-02T00:00:00Z", "token expired (12 h)"),
        ("2024-01-01T14:00:00+02:00", None),
        ("2024-01-01T12:00:00", None),
    ],
)
def test_a_token_lives_twelve_hours(after: str, reason: str | None) -> None:
    assert reasons(login("2024-01-01T00:00:00Z"), use("pull", after)) == [None, reason]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 50_000), max_size=6))
def test_a_token_is_never_valid_after_twelve_hours_however_it_is_used(start: int, waits: list[int]) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    at = begin
    steps = [login(begin.isoformat())]
    for wait in waits:
        at += timedelta(seconds=wait)
        steps.append(use("pull", at.isoformat()))
    for step, reason in zip(steps[1:], reasons(*steps)[1:], strict=True):
        age = datetime.fromisoformat(step["at"]) - begin
        assert (reason is None) == (age <= timedelta(hours=12))


@given(st.lists(st.tuples(st.sampled_from(["login", "pull", "push"]), st.integers(0, 30_000)), max_size=8))
def test_every_use_that_works_follows_a_login_of_the_last_twelve_hours(plan: list[tuple[str, int]]) -> None:
    at, logins, steps = 0, [], []
    for do, wait in plan:
        at += wait
        steps.append(login(at) if do == "login" else use(do, at))
    for step, reason in zip(steps, reasons(*steps), strict=True):
        if step["do"] == "login":
            logins.append(step["at"])
        else:
            assert (reason is None) == any(step["at"] - issued <= 12 * 3600 for issued in logins)


def test_a_login_is_for_one_registry() -> None:
    other = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    assert reasons(login(), use("pull", 1, f"{other}/web")) == [None, "no token for this registry"]
    assert reasons(login(), login(1, other), use("pull", 2, f"{other}/web"), use("pull", 3)) == [None] * 4


@pytest.mark.parametrize("registry", [f"https://{HOME}", f"{HOME}/", f"{HOME}/web"])
def test_a_registry_may_be_written_as_url(registry: str) -> None:
    assert reasons(login(registry=registry), use("pull")) == [None, None]


def test_a_login_without_a_registry_is_for_the_one_used_next() -> None:
    assert reasons({"do": "login"}, {"do": "pull", "image": f"{HOME}/web:1"}) == [None, None]


def test_a_new_login_starts_new_twelve_hours() -> None:
    steps = (login(0), login(40_000), use("pull", 43_201), use("pull", 83_200), use("pull", 83_201))
    assert reasons(*steps) == [None, None, None, None, "token expired (12 h)"]


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        (None, "ecr:GetAuthorizationToken not allowed"),
        (
            {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},
            "ecr:GetAuthorizationToken not allowed",
        ),
        (TOKEN_ONLY, None),
        ({"Statement": {"Effect": "Allow", "Action": "ecr:Get*", "Resource": "*"}}, None),
        (
            {"Statement": {"Effect": "Allow", "Action": "ecr:*", "Resource": "arn:aws:ecr:*:*:repository/*"}},
            "ecr:GetAuthorizationToken not allowed",
        ),
        (
            {"Statement": [*ALL["Statement"], {"Effect": "Deny", "Action": "ecr:Get*", "Resource": "*"}]},
            "ecr:GetAuthorizationToken explicitly denied",
        ),
    ],
)
def test_only_the_identity_policy_gives_a_token(identity: Any, reason: str | None) -> None:
    assert reasons(login(), principalPolicy=identity, repositoryPolicy=opened("ecr:*")) == [reason]


@pytest.mark.parametrize(("do", "actions"), [("pull", PULL), ("push", PUSH)])
def test_each_action_is_needed_and_the_first_missing_one_is_named(do: str, actions: tuple[str, ...]) -> None:
    for missing in actions:
        rest = [a for a in actions if a != missing]
        identity = {"Statement": [TOKEN_ONLY["Statement"], {"Effect": "Allow", "Action": rest, "Resource": "*"}]}
        assert reasons(login(), use(do), principalPolicy=identity)[1] == f"{missing} not allowed"
    assert reasons(login(), use(do), principalPolicy=TOKEN_ONLY)[1] == f"{actions[0]} not allowed"


ROLE = "arn:aws:iam::111122223333:role/ci"


@pytest.mark.parametrize(
    ("to", "more", "ok"),
    [
        ("*", {}, True),
        ("arn:aws:iam::111122223333:root", {}, True),
        ("111122223333", {}, True),
        (ROLE, {}, True),
        (ROLE, {"principal": ROLE}, True),
        (ROLE, {"principal": "arn:aws:sts::111122223333:assumed-role/ci/build"}, True),
        (ROLE, {"principal": "arn:aws:iam::111122223333:user/jane"}, False),
        ("arn:aws:iam::444455556666:root", {}, False),
    ],
)
def test_at_home_the_repository_policy_is_enough_for_whom_it_names(to: str, more: dict[str, Any], ok: bool) -> None:
    found = reasons(login(), use("pull"), principalPolicy=TOKEN_ONLY, repositoryPolicy=opened(*PULL, to=to), **more)
    assert (found[1] is None) == ok


@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["none", "identity", "repository"]))
def test_one_policy_at_home_two_across_accounts_and_a_deny_always(
    by_identity: bool, by_repository: bool, same: bool, denied: str
) -> None:
    identity = [TOKEN_ONLY["Statement"]]
    repository: list[dict[str, Any]] = [{"Effect": "Allow", "Principal": "*", "Action": "ecr:DescribeImages"}]
    if by_identity:
        identity.append({"Effect": "Allow", "Action": "ecr:Batch*", "Resource": "*"})
        identity.append({"Effect": "Allow", "Action": "ecr:GetDownloadUrlForLayer", "Resource": "*"})
    if by_repository:
        repository += opened(*PULL)["Statement"]
    if denied == "identity":
        identity.append({"Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*"})
    if denied == "repository":
        repository += opened("ecr:BatchGetImage", effect="Deny")["Statement"]
    found = reasons(
        login(), use("pull"), account="111122223333" if same else "444455556666",
        principalPolicy={"Statement": identity}, repositoryPolicy={"Statement": repository},
    )[1]  # fmt: skip
    allowed = by_identity or by_repository if same else by_identity and by_repository
    assert (found is None) == (allowed and denied == "none")
    if not allowed:
        assert found == "ecr:BatchCheckLayerAvailability not allowed"


def test_an_identity_policy_may_name_the_repository() -> None:
    web = {"Effect": "Allow", "Action": "ecr:*", "Resource": "arn:aws:ecr:us-east-1:111122223333:repository/team/web"}
    policy = {"Statement": [TOKEN_ONLY["Statement"], web]}
    steps = (login(), use("push", 1, f"{HOME}/team/web:1"), use("push", 2, f"{HOME}/team/web@sha256:{'0' * 64}"))
    assert reasons(*steps, use("push", 3, f"{HOME}/team/api:1"), principalPolicy=policy) == [
        None, None, None, "ecr:BatchCheckLayerAvailability not allowed",
    ]  # fmt: skip


def test_the_repository_must_exist() -> None:
    steps = (login(), use("push", 1), use("pull", 2, f"{HOME}/api:1"))
    assert reasons(*steps, repositories=["web"]) == [None, None, "repository does not exist"]
    assert reasons(*steps) == [None, None, None]
    described = {"repositories": [{"repositoryName": "web", "repositoryArn": "arn:aws:ecr:us-east-1:111122223333:r/w"}]}
    assert reasons(*steps, repositories=described) == [None, None, "repository does not exist"]


@pytest.mark.parametrize("named", ["arn:aws:ecr:us-east-1:111122223333:repository/team/web", f"{HOME}/team/web"])
def test_a_repository_may_be_named_by_its_arn_or_uri(named: str) -> None:
    assert reasons(login(), use("pull", image=f"{HOME}/team/web:1"), repositories=[named]) == [None, None]


def test_policies_are_read_as_text_and_as_answers_of_the_api() -> None:
    answer = {"registryId": "111122223333", "repositoryName": "web", "policyText": json.dumps(opened(*PULL))}
    more = {"principalPolicy": json.dumps(TOKEN_ONLY), "repositoryPolicy": answer}
    assert reasons(login(), use("pull"), **more) == [None, None]
    version = {"PolicyVersion": {"Document": ALL, "VersionId": "v1", "IsDefaultVersion": True}}
    assert reasons(login(), use("pull"), principalPolicy=version) == [None, None]


@pytest.mark.parametrize("which", ["principalPolicy", "repositoryPolicy"])
@pytest.mark.parametrize("broken", ["{", {"Version": "2012-10-17"}, {"Statement": {"Effect": "Allow"}}])
def test_a_malformed_policy_is_refused(which: str, broken: Any) -> None:
    outcome = ENGINE.run({"principalPolicy": ALL, "repositoryPolicy": None, "steps": [login()], which: broken}).outcome
    assert outcome["status"] == "failed" and outcome["attempts"] == []
    assert outcome["error"]["code"] == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    ("steps", "pointer"),
    [
        ([{"do": "pull", "at": 0}], "/steps/0"),
        ([login(), {"do": "pull", "image": f"{HOME}/web", "at": "noon"}], "/steps/1/at"),
        ([login(10), use("pull", 5)], "/steps/1/at"),
        ([{"do": "logout"}], "/steps/0/do"),
    ],
)
def test_steps_that_make_no_sense_are_told_with_their_place(steps: list[Any], pointer: str) -> None:
    with pytest.raises(GivenError) as told:
        ENGINE.run({"principalPolicy": ALL, "steps": steps})
    assert told.value.pointer.startswith(pointer[: pointer.rindex("/")])

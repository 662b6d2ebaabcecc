"""The decision over several types of policies: AWS's examples, and what can never happen."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws import principals
from dva.aws.policy import PolicyError, Request
from dva.aws.policy_types import Policies, PolicyType, Situation, Verdict, evaluate, parse

ACCOUNT, OTHER = "111122223333", "444455556666"
USER = f"arn:aws:iam::{ACCOUNT}:user/jane"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s1"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/jane"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
LINKED = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForECS/ecs"
OBJECT = "arn:aws:s3:::data/a"


def document(effect: str = "Allow", action: str = "s3:*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def identity(*documents: dict[str, Any]) -> Policies:
    return Policies(identity=tuple(parse(one, "identityPolicy") for one in documents))


def resource(principal: Any, effect: str = "Allow") -> Any:
    return parse(document(effect, Principal=principal), "resourcePolicy")


def limit(action: str = "sqs:*", kind: PolicyType = "permissionsBoundary") -> Any:
    return parse(document(action=action), kind)


def decide(principal: str, policies: Policies, account: str = ACCOUNT, management: str | None = None) -> Verdict:
    request = Request(principal, "s3:GetObject", OBJECT, principals.context_keys(principal))
    return evaluate(request, policies, Situation(principal, request.action, OBJECT, account, management))


ALLOWS = document()


@pytest.mark.parametrize(
    ("principal", "named", "account", "status", "by"),
    [
        (USER, {"AWS": USER}, ACCOUNT, "allowed", "resourcePolicy"),
        (SESSION, {"AWS": SESSION}, ACCOUNT, "allowed", "resourcePolicy"),
        (SESSION, "*", ACCOUNT, "allowed", "resourcePolicy"),
        (SESSION, {"AWS": "*"}, ACCOUNT, "allowed", "resourcePolicy"),
        (FEDERATED, {"AWS": FEDERATED}, ACCOUNT, "allowed", "resourcePolicy"),
        (SESSION, {"AWS": ROLE}, ACCOUNT, "implicitDeny", "permissionsBoundary"),
        (ROLE, {"AWS": ROLE}, ACCOUNT, "implicitDeny", "permissionsBoundary"),
        (SESSION, {"AWS": ACCOUNT}, ACCOUNT, "implicitDeny", "identityPolicy"),
        (USER, {"AWS": ROOT}, ACCOUNT, "implicitDeny", "identityPolicy"),
        (USER, {"AWS": USER}, OTHER, "implicitDeny", "identityPolicy"),
        (USER, {"AWS": OTHER}, OTHER, "implicitDeny", "resourcePolicy"),
    ],
)
def test_what_a_resource_policy_gives_depends_on_whom_it_names(
    principal: str, named: Any, account: str, status: str, by: str
) -> None:
    """Identity policies allow nothing, and the boundary allows another service only."""
    verdict = decide(principal, Policies(resource=resource(named), boundary=limit()), account)
    assert (verdict.status, verdict.decided_by) == (status, by)


def test_a_role_that_is_named_needs_no_identity_policy() -> None:
    verdict = decide(SESSION, Policies(resource=resource({"AWS": ROLE})))
    assert (verdict.status, verdict.decided_by) == ("allowed", "resourcePolicy")


@pytest.mark.parametrize(
    ("listed", "principal", "bounded", "status"),
    [
        ([USER], USER, False, "allowed"),
        ([USER, ROOT], USER, True, "explicitDeny"),
        ([ROOT], USER, False, "explicitDeny"),
        ([ROLE], SESSION, False, "explicitDeny"),
        ([SESSION], SESSION, False, "explicitDeny"),
        ([ROLE, SESSION, ROOT], SESSION, False, "allowed"),
        ([ROLE], ROLE, False, "allowed"),
    ],
)
def test_whom_not_principal_leaves_out(listed: list[str], principal: str, bounded: bool, status: str) -> None:
    deny = parse(
        {"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "*", "Resource": "*"}},
        "resourcePolicy",
    )
    policies = replace(identity(ALLOWS), resource=deny, boundary=limit("s3:*") if bounded else None)
    assert decide(principal, policies).status == status


def test_organizations_limit_neither_service_linked_roles_nor_the_management_account() -> None:
    scp = ((parse(document("Deny", "*"), "serviceControlPolicy"),),)
    policies = replace(identity(ALLOWS), service_control=scp)
    assert decide(USER, policies).decided_by == "serviceControlPolicy"
    assert decide(LINKED, policies).status == "allowed"
    assert decide(USER, policies, management=ACCOUNT).status == "allowed"


def test_every_level_of_an_organization_must_allow() -> None:
    everything, other = parse(document(action="*"), "serviceControlPolicy"), limit(kind="serviceControlPolicy")
    allowed = replace(identity(ALLOWS), service_control=((everything,), (other, everything)))
    assert decide(USER, allowed).status == "allowed"
    blocked = replace(allowed, service_control=((everything,), (other,)))
    assert decide(USER, blocked).decided_by == "serviceControlPolicy"
    assert decide(ROOT, blocked).decided_by == "serviceControlPolicy"


def test_resource_control_policies_can_only_deny() -> None:
    quiet = ((parse(document("Deny", "sqs:*", Principal="*"), "resourceControlPolicy"),),)
    assert decide(USER, replace(identity(ALLOWS), resource_control=quiet)).status == "allowed"


def test_the_root_user_needs_no_policy_in_its_account() -> None:
    assert decide(ROOT, Policies()).status == "allowed"
    assert decide(ROOT, Policies(), OTHER).decided_by == "resourcePolicy"
    assert decide(ROOT, Policies(resource=resource("*", "Deny"))).status == "explicitDeny"


def test_a_federated_user_needs_a_session_policy() -> None:
    assert decide(FEDERATED, identity(ALLOWS)).decided_by == "sessionPolicy"
    both = replace(identity(ALLOWS), session=limit("s3:*", "sessionPolicy"))
    assert decide(FEDERATED, both).status == "allowed"


@pytest.mark.parametrize(
    ("kind", "statement", "word"),
    [
        ("identityPolicy", {"Principal": "*"}, "principal"),
        ("permissionsBoundary", {"NotPrincipal": {"AWS": USER}, "Effect": "Deny"}, "principal"),
        ("serviceControlPolicy", {"Principal": "*"}, "principal"),
        ("identityPolicy", {"Sid": "not alpha"}, "alpha-numeric"),
        ("identityPolicy", {"Resource": "my-bucket"}, "ARN format"),
        ("resourcePolicy", {}, "Principal"),
        ("resourcePolicy", {"Principal": {"User": "jane"}}, "User"),
        ("resourcePolicy", {"NotPrincipal": {"AWS": USER}}, "Deny"),
        ("resourceControlPolicy", {"Principal": {"AWS": USER}, "Effect": "Deny"}, "principal"),
    ],
)
def test_what_a_type_of_policy_cannot_have(kind: PolicyType, statement: dict[str, Any], word: str) -> None:
    with pytest.raises(PolicyError, match=word) as refused:
        parse(document(effect=statement.pop("Effect", "Allow"), **statement), kind)
    assert refused.value.pointer == "/Statement/0"


# What can never happen

ACTIONS = st.sampled_from(["s3:GetObject", "s3:*", "sqs:*", "*"])
WHO = st.sampled_from(["*", {"AWS": USER}, {"AWS": ROLE}, {"AWS": SESSION}, {"AWS": ACCOUNT}, {"AWS": OTHER}])
CALLERS = st.sampled_from([USER, SESSION, ROLE, FEDERATED, ROOT])


def of(kind: PolicyType, effects: list[str]) -> st.SearchStrategy[Any]:
    """Policies of a type with one statement."""
    principal = st.fixed_dictionaries({"Principal": WHO}) if kind == "resourcePolicy" else st.just({})
    return st.builds(
        lambda effect, action, more: parse(document(effect, action, **more), kind),
        st.sampled_from(effects), ACTIONS, principal,
    )  # fmt: skip


BOTH = ["Allow", "Allow", "Deny"]
SETS = st.builds(
    Policies,
    identity=st.lists(of("identityPolicy", BOTH), max_size=2).map(tuple),
    resource=st.none() | of("resourcePolicy", BOTH),
    boundary=st.none() | of("permissionsBoundary", BOTH),
    session=st.none() | of("sessionPolicy", BOTH),
    service_control=st.none() | of("serviceControlPolicy", BOTH).map(lambda one: ((one,),)),
)
ACCOUNTS = st.sampled_from([ACCOUNT, OTHER])


@settings(max_examples=150)
@given(SETS, CALLERS, ACCOUNTS, of("identityPolicy", ["Deny"]))
def test_one_more_deny_never_allows(policies: Policies, caller: str, account: str, deny: Any) -> None:
    before = decide(caller, policies, account)
    after = decide(caller, replace(policies, identity=(*policies.identity, deny)), account)
    assert before.status == "allowed" or after.status != "allowed"
    assert before.status != "explicitDeny" or after.status == "explicitDeny"


@settings(max_examples=150)
@given(SETS, CALLERS, ACCOUNTS, of("serviceControlPolicy", BOTH), of("sessionPolicy", BOTH))
def test_a_limit_never_allows_more(policies: Policies, caller: str, account: str, scp: Any, session: Any) -> None:
    level = (*(policies.service_control or ()), (scp,))
    before = decide(caller, policies, account).status
    assert before == "allowed" or decide(caller, replace(policies, service_control=level), account).status != "allowed"
    if policies.session is None and caller != FEDERATED:
        assert before == "allowed" or decide(caller, replace(policies, session=session), account).status != "allowed"


@settings(max_examples=150)
@given(SETS, CALLERS)
def test_across_accounts_both_sides_allow(policies: Policies, caller: str) -> None:
    if decide(caller, policies, OTHER).status == "allowed":
        assert policies.resource is not None
        assert caller == ROOT or decide(caller, replace(policies, identity=()), OTHER).status != "allowed"


@settings(max_examples=150)
@given(SETS, CALLERS, ACCOUNTS)
def test_a_decision_names_the_policy_that_made_it(policies: Policies, caller: str, account: str) -> None:
    verdict = decide(caller, policies, account)
    assert verdict.decided_by is not None
    effect = verdict.reviews[verdict.decided_by].effect
    if verdict.status == "explicitDeny":
        assert effect == "deny"
    elif verdict.status == "allowed":
        assert effect == "allow" or caller == ROOT
    else:
        assert effect in ("none", "absent")
    assert all(one.says == one.finding.statement.effect for one in verdict.deciding)

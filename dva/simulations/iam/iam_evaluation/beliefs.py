"""What people believe about policies of several types."""

from typing import Literal

from dva.aws import conditions, policy, policy_types, principals
from dva.simulations.iam.iam_evaluation.rules import evaluation

belief = evaluation.belief


@belief(policy_types.grants, "scp-grants", "a service control policy that allows an action gives permission for it",
        "It only says what policies in the account can give at most.", "05")  # fmt: skip
def scp_grants(kind: policy_types.PolicyType) -> bool:
    return kind in ("identityPolicy", "serviceControlPolicy")


@belief(policy_types.grants, "boundary-grants", "a permissions boundary gives the permissions that it lists",
        "It only limits what identity policies give.", "04")  # fmt: skip
def boundary_grants(kind: policy_types.PolicyType) -> bool:
    return kind in ("identityPolicy", "permissionsBoundary")


@belief(
    policy_types.stands_alone, "resource-policy-enough-cross-account",
    "a resource policy that allows the other account is enough",
    "Across accounts an identity policy in the principal's own account must allow it too.", "02",
)  # fmt: skip
def enough_across_accounts(named: principals.Named | None, *, cross_account: bool) -> bool:
    return named is not None if cross_account else named == "direct"


@belief(policy_types.stands_alone, "session-is-limited-too",
        "boundary and session policy limit also what a resource policy gives to the session itself",
        "In one account a resource policy that names the session decides alone.", "07")  # fmt: skip
def never_alone(named: principals.Named | None, *, cross_account: bool) -> bool:
    return False


@belief(policy_types.must_allow, "administrator-needs-no-trust",
        "who may do everything in an account can assume each of its roles",
        "The trust policy of a role must allow it in any case, and a key policy likewise.", "03")  # fmt: skip
def need_not_allow(situation: policy_types.Situation) -> bool:
    return False


@belief(policy_types.effect_of, "notaction-denies", "Allow with NotAction denies the actions that it lists",
        "It allows everything else and says nothing about those; another policy can allow them.", "13")  # fmt: skip
def not_action_denies(finding: policy.Finding, request: policy.Request) -> Literal["Allow", "Deny"] | None:
    if finding.statement.not_action and finding.statement.effect == "Allow" and finding.part == "action":
        return "Deny"
    return policy_types.effect_of(finding, request)


@belief(conditions.holds_without_key, "missing-key-matches-bool",
        "Bool with \"false\" holds where the request does not have the key at all",
        "A plain operator is false without the key; BoolIfExists is the one that holds.", "10", "11")  # fmt: skip
def missing_key_is_false(condition: conditions.Condition) -> bool:
    if condition.operator == "Bool" and condition.over is None:
        return condition.if_exists or "false" in condition.values
    return conditions.holds_without_key(condition)


@belief(conditions.holds_without_key, "forallvalues-needs-key",
        "ForAllValues is false where the request does not have the key",
        "There is no value that could fail, so it is true; a Null test must require the key.", "12")  # fmt: skip
def for_all_values_needs_the_key(condition: conditions.Condition) -> bool:
    return condition.if_exists or (condition.over is None and conditions.holds_without_key(condition))

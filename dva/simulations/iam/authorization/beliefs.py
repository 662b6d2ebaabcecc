"""What people believe about IAM's decision instead."""

from collections.abc import Sequence
from dataclasses import replace

from dva.aws import conditions, policy
from dva.simulations.iam.authorization.engine import dry_run_code, variables_by_version
from dva.simulations.iam.authorization.rules import belief

belief(conditions.holds_without_key, "missing-key-is-false", "a condition on a key that the request lacks never holds",
       "Negated operators, …IfExists and ForAllValues hold where the key is missing.",
       "missing-key")(lambda condition: False)  # fmt: skip


@belief(
    variables_by_version, "variables-are-text", "`${aws:username}` in a policy is plain text, so it fits nobody's name",
    "In a policy of Version 2012-10-17 a variable stands for its value in the request.", "policy-variables",
)  # fmt: skip
def variables_are_text(statement: policy.Statement) -> policy.Statement:
    plain = tuple(replace(condition, variables=False) for condition in statement.conditions)
    return replace(statement, variables=False, conditions=plain)


@belief(policy.combine, "allow-wins", "an Allow in any policy is enough, even beside a Deny",
        "A Deny that applies decides, whatever else is allowed.", "explicit-deny")  # fmt: skip
def allow_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    allows = tuple(f for f in findings if f.applies and f.statement.effect == "Allow")
    return policy.Decision("allowed", allows, tuple(findings)) if allows else policy.combine(findings)


@belief(policy.combine, "first-match-wins", "the first statement that matches decides, as in a network ACL",
        "All statements are looked at; their order means nothing.", "explicit-deny")  # fmt: skip
def first_match_wins(findings: Sequence[policy.Finding]) -> policy.Decision:
    first = [f for f in findings if f.applies][:1]
    return policy.Decision(policy.combine(first).effect, tuple(first), tuple(findings))


@belief(policy.combine, "open-by-default", "what no policy denies is allowed",
        "Every request starts denied; without an Allow it stays so.", "implicit-deny")  # fmt: skip
def open_by_default(findings: Sequence[policy.Finding]) -> policy.Decision:
    decision = policy.combine(findings)
    return decision if decision.deciding else policy.Decision("allowed", (), tuple(findings))


belief(dry_run_code, "dry-run-never-checks", "a dry run checks the parameters only, so it always says DryRunOperation",
       "Checking the permission is what a dry run is for: without it the answer is UnauthorizedOperation.",
       "cli-overview.06")(lambda allowed: "DryRunOperation")  # fmt: skip

"""The rules of an IAM decision, in the order in which a request meets them."""

from dva.simulations.frame import Mechanism

authorization = Mechanism("authorization", rules="iam.authorization", notes="authorization")
rule = authorization.rule

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
LOGIC = f"IAM User Guide, Policy evaluation logic: {GUIDE}/reference_policies_evaluation-logic.html"
OPERATORS = f"IAM User Guide, Condition operators: {GUIDE}/reference_policies_elements_condition_operators.html"
STS = "https://docs.aws.amazon.com/STS/latest/APIReference"
DECODE = f"AWS STS API Reference, DecodeAuthorizationMessage: {STS}/API_DecodeAuthorizationMessage.html"

START = rule("start", "Every request starts denied; something has to allow it.", LOGIC, "implicit-deny")
CONTEXT = rule("context",
               "IAM fills in what it knows about the principal: its ARN, its account, the name of an IAM user.",
               f"IAM User Guide, Global condition context keys: {GUIDE}/reference_policies_condition-keys.html",
               "policy-variables")  # fmt: skip
MALFORMED = rule(
    "malformed", "A document that breaks the policy grammar is refused as a whole.",
    f"IAM User Guide, Grammar of the IAM JSON policy language: {GUIDE}/reference_policies_grammar.html",
)  # fmt: skip
PRINCIPAL = rule("principal", "A statement with a Principal is about those alone; an identity policy is about whom it "
                 "is attached to.", f"IAM User Guide, Principal: {GUIDE}/reference_policies_elements_principal.html",
                 "principal")  # fmt: skip
ACTION = rule(
    "action", "The action must fit Action (or none of NotAction), `*` and `?` being wildcards and letter case ignored.",
    f"IAM User Guide, Action: {GUIDE}/reference_policies_elements_action.html", "action-and-resource",
)  # fmt: skip
RESOURCE = rule("resource", "The ARN must fit Resource (or none of NotResource), letter case included.",
                f"IAM User Guide, Resource: {GUIDE}/reference_policies_elements_resource.html",
                "action-and-resource")  # fmt: skip
VARIABLE = rule("variable", "`${key}` stands for the value in the request, where Version is 2012-10-17; without a "
                "value nothing fits.", f"IAM User Guide, Policy variables: {GUIDE}/reference_policies_variables.html",
                "policy-variables")  # fmt: skip
CONDITION = rule(
    "condition", "Every operator and key of Condition must hold; of several values of one key one is enough.",
    f"IAM User Guide, Condition: {GUIDE}/reference_policies_elements_condition.html", "condition",
)  # fmt: skip
MISSING = rule("missing-key", "Where the request lacks the key, a plain operator is false; a negated one, …IfExists "
               "and ForAllValues are true.", OPERATORS, "missing-key")  # fmt: skip
APPLIES = rule("applies", "A statement applies where all its elements fit.", LOGIC)
DENY = rule("explicit-deny", "One Deny that applies decides, whatever is allowed elsewhere.", LOGIC, "explicit-deny")
ALLOW = rule("allow", "Without a Deny, one Allow that applies is enough.", LOGIC, "explicit-deny")
IMPLICIT = rule("implicit-deny", "What nothing allows stays denied.", LOGIC, "implicit-deny")
DRY_RUN = rule("dry-run", "A dry run is sent and decided like any call and ends in an error: DryRunOperation or "
               "UnauthorizedOperation.", "Amazon EC2 API Reference, Common query parameters, DryRun: "
               "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html",
               "cli-overview.06")  # fmt: skip
MESSAGE = rule("encoded-message",
               "The details of a refusal are encoded, and reading them needs sts:DecodeAuthorizationMessage.", DECODE,
               "cli-overview.07")  # fmt: skip

PARTS = {"principal": PRINCIPAL, "action": ACTION, "resource": RESOURCE, "condition": CONDITION}
"""The rule by the part of a statement that does not fit."""

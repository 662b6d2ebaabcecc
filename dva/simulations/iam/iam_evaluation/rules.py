"""The rules of IAM's decision over all types of policies, in the order in which a request meets them."""

from dva.simulations.frame import Mechanism

evaluation = Mechanism("iam-evaluation", rules="iam.evaluation", notes="iam-evaluation")
rule = evaluation.rule

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
LOGIC = f"IAM User Guide, Policy evaluation logic: {GUIDE}/reference_policies_evaluation-logic.html"
ORDER = ("IAM User Guide, How AWS enforcement code logic evaluates requests: "
         f"{GUIDE}/reference_policies_evaluation-logic_policy-eval-denyallow.html")  # fmt: skip
CROSS = ("IAM User Guide, Cross-account policy evaluation logic: "
         f"{GUIDE}/reference_policies_evaluation-logic-cross-account.html")  # fmt: skip
OPERATORS = f"IAM User Guide, Condition operators: {GUIDE}/reference_policies_elements_condition_operators.html"
PRINCIPALS = f"IAM User Guide, Principal: {GUIDE}/reference_policies_elements_principal.html"
ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide"
SCPS = f"AWS Organizations User Guide, Service control policies: {ORGANIZATIONS}/orgs_manage_policies_scps.html"
RCPS = ("AWS Organizations User Guide, RCP evaluation: "
        f"{ORGANIZATIONS}/orgs_manage_policies_rcps_evaluation.html")  # fmt: skip

START = rule("start", "Every request starts denied; all policies that it meets are evaluated.", LOGIC, "01")
MALFORMED = rule("malformed", "A document that breaks the policy grammar is refused as a whole.",
                 f"IAM User Guide, Grammar of the IAM JSON policy language: {GUIDE}/reference_policies_grammar.html",
                 "elements")  # fmt: skip
CALLER = rule("caller-identity", "GetCallerIdentity needs no permission, and no policy can deny it.",
              "AWS STS API Reference, GetCallerIdentity: "
              "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html", "22")  # fmt: skip
PRINCIPAL = rule("principal", "A statement of a resource policy is about the principals that it names.", PRINCIPALS,
                 "08")  # fmt: skip
NOT_PRINCIPAL = rule("not-principal", "Deny with NotPrincipal is about everybody who is not listed: a session must be "
                     "listed with its role, and a permissions boundary cannot be exempted.",
                     f"IAM User Guide, NotPrincipal: {GUIDE}/reference_policies_elements_notprincipal.html",
                     "14")  # fmt: skip
ACTION = rule("action", "The action must match Action, or be none of NotAction; letter case is ignored.",
              f"IAM User Guide, Action: {GUIDE}/reference_policies_elements_action.html", "13")  # fmt: skip
RESOURCE = rule("resource", "The ARN must match Resource, or none of NotResource, letter case included.",
                f"IAM User Guide, Resource: {GUIDE}/reference_policies_elements_resource.html", "16")  # fmt: skip
VARIABLE = rule("variable", "`${key}` stands for the value in the request, or for its default; without either the "
                "statement does not match. Version 2008-10-17 has no variables.",
                f"IAM User Guide, Policy variables: {GUIDE}/reference_policies_variables.html", "15")  # fmt: skip
CONDITION = rule("condition", "Every operator and key of Condition must hold; of several values of one key one is "
                 "enough, under a negated operator none may match.",
                 f"IAM User Guide, Condition: {GUIDE}/reference_policies_elements_condition.html", "09")  # fmt: skip
MISSING = rule("missing-key", "Where the request lacks the key, a plain operator and ForAnyValue are false; negated "
               "operators, …IfExists and ForAllValues are true.", OPERATORS, "10", "12")  # fmt: skip
APPLIES = rule("applies", "A statement applies where all its elements match.", LOGIC)
DENY = rule("explicit-deny", "A Deny that applies decides, in whichever policy it is.", ORDER, "01")
EXEMPT = rule("exempt", "The policies of an organization limit neither its management account nor service-linked "
              "roles.", SCPS, "05")  # fmt: skip
RCP = rule("resource-control", "A resource control policy can only deny: RCPFullAWSAccess allows the rest at every "
           "level and cannot be detached.", RCPS, "organization")  # fmt: skip
SCP = rule("service-control", "Every level of the organization must allow the action; a service control policy grants "
           "nothing.", SCPS, "05")  # fmt: skip
MUST = rule("must-allow", "The trust policy of a role and the policy of a KMS key must allow in any case.", ORDER,
            "03")  # fmt: skip
ACROSS = rule("cross-account", "Across accounts the resource policy must allow, and the identity policies too.", CROSS,
              "02")  # fmt: skip
DIRECT = rule("direct", "In one account a resource policy that names the user, the session or everybody decides alone: "
              "what other policies do not allow does not matter.", ORDER, "07")  # fmt: skip
ROLE = rule("role", "A resource policy that names the role gives permission without identity policies, within the "
            "boundary and the session policy.", ORDER, "07")  # fmt: skip
ACCOUNT = rule("account", "A resource policy that names the account leaves the choice to its identity policies.",
               PRINCIPALS, "08")  # fmt: skip
ROOT = rule("root", "The root user of an account has full access to it, within the service control policies.", ORDER,
            "05")  # fmt: skip
IDENTITY = rule("identity", "An identity policy must allow the action.", ORDER, "02")
BOUNDARY = rule("boundary", "The permissions boundary must allow the action too; it grants nothing.",
                f"IAM User Guide, Permissions boundaries: {GUIDE}/access_policies_boundaries.html", "04")  # fmt: skip
SESSION = rule("session", "The session policy must allow the action too; it grants nothing.",
               f"IAM User Guide, Session policies: {GUIDE}/access_policies.html#policies_session", "06")  # fmt: skip
FEDERATED = rule("federated", "A session of GetFederationToken without a session policy has no permission of its own.",
                 ORDER, "06")  # fmt: skip
ALLOW = rule("allow", "What every policy in the way lets through is allowed.", ORDER, "01")

PARTS = {"principal": PRINCIPAL, "action": ACTION, "resource": RESOURCE, "condition": CONDITION}
"""The rule by the element of a statement that does not match."""
CHECKS = {
    "caller-identity": CALLER, "explicit-deny": DENY, "exempt": EXEMPT, "resource-control": RCP,
    "service-control": SCP, "must-allow": MUST, "cross-account": ACROSS, "direct": DIRECT, "role": ROLE,
    "account": ACCOUNT, "root": ROOT, "identity": IDENTITY, "boundary": BOUNDARY, "session": SESSION,
    "federated": FEDERATED,
}  # fmt: skip
"""The rule by the reason of a check."""

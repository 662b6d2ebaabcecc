"""The rules of who signs a call of an ECS task, and of what its policies allow."""

from dva.simulations.frame import Mechanism

iam = Mechanism("ecs-iam", rules="ecs.iam", notes="ecs-iam-overview")
rule, belief = iam.rule, iam.belief

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
POLICIES = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference"
ROLES = f"Amazon ECS Developer Guide, IAM roles for Amazon ECS: {GUIDE}/security-ecs-iam-role-overview.html"
TASK_ROLE = f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html"
INSTANCE_ROLE = f"Amazon ECS Developer Guide, Container instance IAM role: {GUIDE}/instance_IAM_role.html"
EXECUTION_ROLE = f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html"

WHOSE = rule("whose", "What a call is for decides whose credentials are asked.", ROLES, "execution-role")
ENDPOINT = rule("container-endpoint", "An SDK in a container asks the task's own credential endpoint, 169.254.170.2, "
                "before any instance metadata.", TASK_ROLE, "06")  # fmt: skip
AGENT = rule("agent",
             "On an instance the container agent registers, polls and reports state with the container instance role.",
             INSTANCE_ROLE, "02")  # fmt: skip
AWS_SIDE = rule("aws-side", "On Fargate there is no instance of yours: AWS's own agent registers and reports, with no "
                "role of yours.", f"Amazon ECS Developer Guide, Amazon ECS on AWS Fargate: {GUIDE}/AWS_Fargate.html",
                "fargate")  # fmt: skip
START_EXECUTION = rule("execution-role", "Where the task definition names an execution role, the agent pulls the image "
                       "and sends awslogs with it.",
                       f"{EXECUTION_ROLE}; aws/amazon-ecs-agent, container.go ShouldPullWithExecutionRole", "03",
                       "04")  # fmt: skip
START_INSTANCE = rule("instance-role-starts", "Without an execution role the agent on an instance pulls and logs with "
                      "the container instance role.", INSTANCE_ROLE, "03", "04")  # fmt: skip
START_NONE = rule("fargate-needs-execution-role", "On Fargate without an execution role nobody can pull from ECR or "
                  "send awslogs: the task does not start.", EXECUTION_ROLE, "fargate")  # fmt: skip
SECRETS = rule("secrets",
               "Values under `secrets`, registry credentials and environment files are read with the execution role.",
               EXECUTION_ROLE, "execution-role", "secrets")  # fmt: skip
SECRETS_NONE = rule("secrets-need-execution-role",
                    "Without an execution role nothing can read them, on EC2 neither: the instance role is not asked.",
                    EXECUTION_ROLE, "secrets")  # fmt: skip
LOG_GROUP = rule("log-group",
                 "`logs:CreateLogGroup` is in neither default policy: `awslogs-create-group` needs it added by hand.",
                 f"AWS managed policies: {POLICIES}/AmazonECSTaskExecutionRolePolicy.html, "
                 f"{POLICIES}/AmazonEC2ContainerServiceforEC2Role.html", "log-group")  # fmt: skip
CODE_TASK = rule("task-role", "Code in the containers gets the task role, from 169.254.170.2 and the path in "
                 "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.", TASK_ROLE, "06", "07")  # fmt: skip
CODE_INSTANCE = rule("code-falls-back", "Without a task role, code on an instance finds the instance role at the "
                     "instance metadata service.", TASK_ROLE, "no-task-role")  # fmt: skip
CODE_BLOCKED = rule(
    "imds-blocked", "Where containers cannot reach the instance metadata, code without a task role has no credentials.",
    f"Amazon ECS Developer Guide, Container agent configuration (ECS_AWSVPC_BLOCK_IMDS): {GUIDE}/ecs-agent-config.html",
    "no-task-role",
)  # fmt: skip
NOT_BLOCKED = rule(
    "imds-not-blocked", "ECS_AWSVPC_BLOCK_IMDS concerns tasks in awsvpc mode alone: bridge mode takes a firewall rule "
    "on the instance, and in host mode nothing keeps them from it.",
    f"Amazon ECS Developer Guide, Container instance security: {GUIDE}/ec2-security-considerations.html; AWS Knowledge "
    "Center: https://repost.aws/knowledge-center/ecs-container-ec2-metadata", "no-task-role",
)  # fmt: skip
CODE_NONE = rule("fargate-no-task-role",
                 "On Fargate there is no instance metadata to fall back on: no task role, no credentials.", TASK_ROLE,
                 "fargate")  # fmt: skip
EXEC = rule("exec",
            "ECS Exec runs an SSM agent inside the container: its `ssmmessages` calls use the task's own credentials.",
            f"Amazon ECS Developer Guide, ECS Exec: {GUIDE}/ecs-exec.html", "exec")  # fmt: skip
SERVICE_LINKED = rule("service-linked", "Targets, network interfaces, Cloud Map entries and managed scaling are Amazon "
                      "ECS's calls, by its own service-linked role.",
                      f"AWS managed policies, AmazonECSServiceRolePolicy: {POLICIES}/AmazonECSServiceRolePolicy.html",
                      "service-linked")  # fmt: skip
SCALES = rule(
    "scaling", "Scaling policies change the desired count (ecs:UpdateService) with Application Auto Scaling's "
    "service-linked role.", "Application Auto Scaling User Guide, Service-linked roles: "
    "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html",
    "service-linked",
)  # fmt: skip
STARTS = rule(
    "events", "EventBridge runs tasks with a role that allows ecs:RunTask, and iam:PassRole for the roles of the task.",
    f"AWS managed policies, AmazonEC2ContainerServiceEventsRole: {POLICIES}/AmazonEC2ContainerServiceEventsRole.html",
    "events",
)  # fmt: skip
UNKNOWN = rule("nobody", "An action that no part of Amazon ECS makes for a task has no principal here.", ROLES,
               "execution-role", assumption=True)  # fmt: skip

IAM_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
MALFORMED = rule("malformed-policy", "IAM takes no document that breaks the policy grammar, and no identity-based "
                 "policy with a Principal.", f"IAM User Guide, Grammar of the IAM JSON policy language: "
                 f"{IAM_GUIDE}/reference_policies_grammar.html", "execution-role")  # fmt: skip
NO_RESOURCE = rule("no-resource-level", "Some actions, such as ecr:GetAuthorizationToken, are about no resource: only "
                   "a statement whose Resource is `*` allows them.", "Service Authorization Reference, Amazon ECR: "
                   "https://docs.aws.amazon.com/service-authorization/latest/reference/"
                   "list_amazonelasticcontainerregistry.html", "execution-role")  # fmt: skip
ANY_RESOURCE = rule("resource-not-given", "A call without a resource is taken to be about one that the Allow "
                    "statement names; a Deny then applies only where its Resource is `*`.",
                    "A task definition does not say what a call is about", "execution-role",
                    assumption=True)  # fmt: skip
DECIDED = rule("role-policies", "A role may do what its policies say: nothing until a statement allows it, and one "
               "Deny wins over every Allow.",
               f"IAM User Guide, Policy evaluation logic: {IAM_GUIDE}/reference_policies_evaluation-logic.html",
               "execution-role")  # fmt: skip

"""Which calls the pipeline's role must be allowed to make for an action."""

from dva.aws import glob
from dva.simulations.codepipeline.codepipeline.documents import Action

NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("Source", "CodeCommit"): (
        "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive",
        "codecommit:GetUploadArchiveStatus",
    ),
    ("Source", "S3"): ("s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketVersioning"),
    ("Source", "ECR"): ("ecr:DescribeImages",),
    ("Source", "CodeStarSourceConnection"): ("codestar-connections:UseConnection",),
    ("Build", "CodeBuild"): ("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
    ("Test", "CodeBuild"): ("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
    ("Deploy", "CodeDeploy"): ("codedeploy:CreateDeployment", "codedeploy:GetDeployment"),
    ("Deploy", "ECS"): ("ecs:RegisterTaskDefinition", "ecs:UpdateService", "iam:PassRole"),
    ("Deploy", "ElasticBeanstalk"): ("elasticbeanstalk:CreateApplicationVersion", "elasticbeanstalk:UpdateEnvironment"),
    ("Deploy", "CloudFormation"): ("cloudformation:CreateStack", "cloudformation:UpdateStack", "iam:PassRole"),
    ("Deploy", "S3"): ("s3:PutObject",),
    ("Invoke", "Lambda"): ("lambda:InvokeFunction",),
}  # fmt: skip
"""The calls that decide, by category and provider; AWS's page lists more for some. (User Guide, service role.)"""


def missing_permissions(action: Action, allowed: list[str]) -> list[str]:
    """Return the calls of an action that none of the allowed ones (`codebuild:*` too) covers."""
    kind = action.action_type_id
    needed = NEEDED.get((kind.category, kind.provider), ())
    return [call for call in needed if not any(glob.matches(one, call, ignore_case=True) for one in allowed)]

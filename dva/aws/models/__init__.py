"""What AWS's service models demand of requests, by service. Made by `python tests/service_models.py`."""

VERSION = "1.44.8"
"""Version of botocore whose service models these are."""
SERVICES = {
    "application_autoscaling": "Application Auto Scaling",
    "cloudfront": "CloudFront",
    "codebuild": "CodeBuild",
    "codecommit": "CodeCommit",
    "codedeploy": "CodeDeploy",
    "codepipeline": "CodePipeline",
    "codestar_notifications": "codestar notifications",
    "ecs": "ECS",
    "elasticbeanstalk": "Elastic Beanstalk",
    "lambda": "Lambda",
    "sts": "STS",
}
"""Id of each service, by the module that has its shapes."""

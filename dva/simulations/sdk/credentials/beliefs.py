"""What people believe about the search for credentials instead."""

from dva.simulations.sdk.credentials.endpoints import container_failure_ends, disables_imds
from dva.simulations.sdk.credentials.engine import default_region, environment_counts, provider_order, region_variables
from dva.simulations.sdk.credentials.providers import half_pair_ends
from dva.simulations.sdk.credentials.roles import takes_role
from dva.simulations.sdk.credentials.rules import belief

belief(environment_counts, "environment-always-wins", "keys in environment variables win even over --profile",
       "--profile (or a profile named in code) removes the environment step; only AWS_PROFILE leaves it in.",
       "10")(lambda named, variables: True)  # fmt: skip

belief(environment_counts, "aws-profile-beats-keys", "AWS_PROFILE wins over keys in environment variables",
       "AWS_PROFILE only names the profile; the environment's keys are still asked first.",
       "11")(lambda named, variables: named is None and "AWS_PROFILE" not in variables)  # fmt: skip

belief(takes_role, "static-keys-beat-the-role", "a profile's own keys win over its role_arn",
       "A profile with role_arn is taken by the assume-role provider before any static key is looked at.",
       "assume-role")(lambda profile: takes_role(profile) and "aws_access_key_id" not in profile)  # fmt: skip


@belief(provider_order, "config-file-first", "~/.aws/config is read before ~/.aws/credentials",
        "Keys in the credentials file win; the config file's keys come several steps later.", "13")  # fmt: skip
def config_first(order: tuple[str, ...]) -> tuple[str, ...]:
    at = order.index("shared-credentials-file")
    return (*order[:at], "config-file", *(name for name in order[at:] if name != "config-file"))


belief(provider_order, "instance-role-first", "on an EC2 instance the instance's role wins over keys in files",
       "The instance role is asked last: keys that lie around in the environment or files win over it.",
       "15")(lambda order: ("iam-role", *(name for name in order if name != "iam-role")))  # fmt: skip

belief(half_pair_ends, "half-a-pair-is-skipped", "an access key id without its secret is skipped",
       "A key id without a secret ends the search with PartialCredentialsError.", "11")(lambda: False)  # fmt: skip

belief(container_failure_ends, "container-falls-back-to-instance",
       "when the container endpoint fails, the instance's role is used",
       "Once a container variable is set, a failure of its endpoint ends the search.", "14")(lambda: False)  # fmt: skip

belief(
    disables_imds, "any-value-disables-imds", "AWS_EC2_METADATA_DISABLED=1 turns the metadata service off",
    "Only the word true, in any case, turns it off.", "15",
)(lambda value: value.lower() in ("true", "1", "yes"))  # fmt: skip

belief(region_variables, "aws-region-everywhere", "every SDK and CLI reads AWS_REGION",
       "botocore, boto3 and CLI version 1 read AWS_DEFAULT_REGION only; CLI version 2 and Java read AWS_REGION.",
       "03")(lambda sdk: ("AWS_REGION", "AWS_DEFAULT_REGION"))  # fmt: skip

belief(region_variables, "default-region-everywhere", "every SDK and CLI reads AWS_DEFAULT_REGION first",
       "CLI version 2 asks AWS_REGION before it, and the SDK for Java reads AWS_REGION only.",
       "03")(lambda sdk: ("AWS_DEFAULT_REGION",))  # fmt: skip

belief(default_region, "us-east-1-by-default", "without a region us-east-1 is used",
       "There is no default: a client that needs a region fails without one.", "03")(lambda: "us-east-1")  # fmt: skip

"""What is read of an application and its versions, and what results."""

from typing import Annotated, Any, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.beanstalk.beanstalk_versions.rules import DEFAULT_QUOTA
from dva.simulations.frame import Outcome, Phrases

KeptBecause = Literal["in use", "terminated less than 10 weeks ago", "100 deleted in this run"]


class CountRule(AwsDocument, rename="pascal"):
    """MaxCountRule."""

    enabled: bool | str = False
    max_count: int | str | None = None
    delete_source: bool | str = field(default=False, name="DeleteSourceFromS3")


class AgeRule(AwsDocument, rename="pascal"):
    """MaxAgeRule."""

    enabled: bool | str = False
    max_age_in_days: int | str | None = None
    delete_source: bool | str = field(default=False, name="DeleteSourceFromS3")


class VersionLifecycle(AwsDocument, rename="pascal"):
    """ApplicationVersionLifecycleConfig."""

    max_count_rule: CountRule = field(default_factory=CountRule)
    max_age_rule: AgeRule = field(default_factory=AgeRule)


class Lifecycle(AwsDocument, rename="pascal"):
    """ApplicationResourceLifecycleConfig."""

    wrappers = ("Applications", "Application", "ResourceLifecycleConfig", "Configurations")
    service_role: str | None = None
    version_lifecycle_config: VersionLifecycle = field(default_factory=VersionLifecycle)


class Version(AwsDocument, rename=None):
    """ApplicationVersionDescription, and what AWS knows about its environments."""

    wrappers = ("ApplicationVersions",)
    label: str = field(name="VersionLabel")
    """Name of the version."""
    date_created: str | None = field(default=None, name="DateCreated")
    """When it was created, as describe-application-versions prints it."""
    age_days: int | float | None = None
    """Age in days, instead of `DateCreated`."""
    in_use: bool | str | list[str] = False
    """True, or the environments that run it."""
    terminated_env_weeks: int | float | None = None
    """Weeks since the last environment with this version was terminated; null if none was."""

    @property
    def used(self) -> bool:
        """Whether an environment runs it."""
        return bool(self.in_use) and str(self.in_use).lower() != "false"


class Options(StrictStruct):
    """What the run depends on besides AWS."""

    now: str | None = None
    """Time of the run, ISO 8601; without it, when the newest version was created."""


class Given(StrictStruct, rename=None):
    """An application with its versions, and what is done."""

    config: Lifecycle | None = field(default=None, name="ResourceLifecycleConfig")
    """Lifecycle policy of the application."""
    versions: list[Version] = []
    """Versions of the application."""
    action: str | dict[str, Any] = "create"
    """`create`, `deploy` or `delete`, alone, with a label (`delete v1`) or as a mapping (`{delete: v1}`)."""
    label: str | None = field(default=None, name="VersionLabel")
    """Version that is created, deployed or deleted."""
    delete_source_bundle: bool = field(default=False, name="DeleteSourceBundle")
    """Whether deleting by hand also deletes the source bundle in Amazon S3."""
    quota: int = DEFAULT_QUOTA
    """Application versions that the Region allows."""
    versions_in_region: int | None = None
    """Versions of all applications in the Region; by default those in `versions`."""
    options: Options = field(default_factory=Options)
    """What the run depends on besides AWS."""

    @property
    def in_region(self) -> int:
        """How many versions exist in the Region."""
        return len(self.versions) if self.versions_in_region is None else self.versions_in_region


class Versions(Outcome):
    """Which versions there are afterwards, and why."""

    status: Annotated[
        Literal["created", "deployed", "deleted", "refused"] | None,
        Phrases(
            {
                "refused": "Elastic Beanstalk rejects the request",
                "created": "The request succeeds",
                "deployed": "The request succeeds",
                "deleted": "The request succeeds",
            }
        ),
    ] = None
    """What was done with the version, or `refused` where Elastic Beanstalk does not do it."""
    created: bool = False
    """Whether a version was created."""
    deleted: list[str] = []
    """Labels of the deleted versions, oldest first."""
    kept_because: dict[str, KeptBecause] = {}
    """Why a version that was to be deleted is kept, by its label."""
    s3_kept: bool = False
    """Whether source bundles of deleted versions stay in Amazon S3."""
    total: int = 0
    """Versions of the application afterwards."""
    reason: str | None = None
    """Why it was refused."""

"""What a series of deployments to one instance is computed from, and its result."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta, field

from dva.aws.document import StrictStruct
from dva.simulations.codedeploy._lifecycle import AGENT
from dva.simulations.frame import Outcome, Phrases

MAX_DEPLOYMENTS = 200
MAX_REVISIONS = 5
"""What the agent keeps where its configuration does not say (command_executor.rb, ARCHIVES_TO_RETAIN)."""


class Behavior(StrictStruct, rename=None):
    """What a script would do; nothing is executed."""

    exit: int = 0
    """Exit code of the script."""
    seconds: float = 0
    """Seconds that the script takes."""
    creates: dict[str, str] = {}
    """Files that the script makes on the instance, text by absolute path."""


class Deployment(StrictStruct, rename=None):
    """A deployment of a revision."""

    revision: str
    """Name of the revision."""
    files: dict[str, str] = {}
    """Files of the revision, text by relative path; `appspec.yml` among them."""
    file_exists_behavior: str | None = None
    """DISALLOW (where none is given), OVERWRITE or RETAIN, in any case."""
    not_executable: list[str] = []
    """Paths of scripts in the revision that lack the execute permission."""
    deployment_group: str = "default"
    """Name or ID of the deployment group that it belongs to."""
    scripts: dict[str, Behavior] = {}
    """What the scripts would do, by path in the revision; exit code 0 at once for others."""

    @property
    def behavior(self) -> str:
        """The option as the agent takes it: in upper case, DISALLOW where none is given."""
        return (self.file_exists_behavior or "DISALLOW").upper()


class Given(StrictStruct, rename=None):
    """What a series of deployments to one instance is computed from."""

    deployments: Annotated[list[Deployment], Meta(min_length=1, max_length=MAX_DEPLOYMENTS)]
    """Deployments, one after the other."""
    pre_existing_files: dict[str, str] = {}
    """Files on the instance before, text by absolute path."""
    events: list[str] = field(default_factory=lambda: list(AGENT))
    """Lifecycle events that take place; DownloadBundle and Install always do."""
    max_revisions: Annotated[int, Meta(ge=1)] = MAX_REVISIONS
    """The agent's `:max_revisions:`: deployments of a group whose archive it keeps."""


class Error(TypedDict):
    """Why a deployment failed on the instance."""

    code: str
    """The API's word for the script error, such as `ScriptMissing`."""
    message: str
    """What went wrong, in a sentence."""


class Result(TypedDict):
    """How one deployment ended."""

    status: Annotated[
        Literal["Succeeded", "Failed"] | None, Phrases({"Succeeded": "It succeeds", "Failed": "It fails"})
    ]
    """How it ended on the instance."""
    error: Error | None
    """Why it failed; null where it succeeded."""
    script_error_code: int | None
    """The agent's number for the error; 0 for none."""
    hooks_run: list[str]
    """Scripts that were started, as `revision:event`, in order."""
    files: dict[str, str]
    """Files on the instance after it, text by path."""


class Series(Outcome):
    """How a series of deployments to one instance ends."""

    status: Annotated[
        Literal["Succeeded", "Failed"] | None, Phrases({"Succeeded": "It succeeds", "Failed": "It fails"})
    ] = None
    """How the last deployment ended."""
    results: list[Result] = []
    """Results of all deployments, in order."""
    archives: dict[str, list[str]] = {}
    """Revisions whose archives are on the instance, oldest first, by deployment group."""

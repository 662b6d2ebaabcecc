"""Where the keys come from: the search for credentials of botocore (boto3), the AWS CLI and the SDK for Java.

In botocore's order (botocore/credentials.py): both files are read and the profile is chosen; then the providers
are asked one after the other, and the first that has keys wins; one that fails ends the search. An assumed role
or IAM Identity Center calls AWS only once somebody uses the keys. The CLIs differ in the variables that choose
profile and region, the SDK for Java in its order (`java.py`).
"""

from dva.simulations.frame import FolderReader
from dva.simulations.sdk.credentials import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.sdk.credentials.documents import Credentials, Given
from dva.simulations.sdk.credentials.engine import find_credentials, initial_state
from dva.simulations.sdk.credentials.own_machine import files_wanted, given_from
from dva.simulations.sdk.credentials.rules import credentials

SIMULATION = credentials.simulation(
    title="Which credentials are used", view="texts", given=Given, outcome=Credentials, run=find_credentials,
    initial_state=initial_state,
    from_folder=FolderReader(
        given=lambda own: given_from({**own.env, "HOME": own.folder}, own.files, own.now),
        wanted=lambda own: files_wanted({**own.env, "HOME": own.folder}, own.folder, own.files),
    ),
)  # fmt: skip

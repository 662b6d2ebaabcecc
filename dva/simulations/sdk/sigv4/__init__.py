"""AWS Signature Version 4: how a request is signed, and what the service checks when it arrives.

In AWS's order (IAM User Guide, Create a signed AWS API request): the canonical request; the string to sign; the
signing key, derived from the secret in four steps; the signature; and where it is put, in the Authorization header or
at the end of the URL (a presigned URL). With `verify` the service's side: the time first, then the signature.
The edges are botocore's, except that a presigned URL keeps repeated parameters and the body, as AWS's own signers do.
"""

from dva.simulations.sdk.sigv4 import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.sdk.sigv4.documents import Given, SignedRequest
from dva.simulations.sdk.sigv4.engine import TEXTS, sign_and_verify
from dva.simulations.sdk.sigv4.rules import sigv4

SIMULATION = sigv4.simulation(title="Signature Version 4", view="texts", given=Given, outcome=SignedRequest,
                              run=sign_and_verify,
                              initial_state=lambda given: {"texts": dict.fromkeys(TEXTS, "")})  # fmt: skip

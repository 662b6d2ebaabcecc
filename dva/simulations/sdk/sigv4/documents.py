"""A request to sign, and the signature with all that leads to it."""

from typing import Annotated, Literal

from msgspec import field

from dva.aws.document import StrictStruct
from dva.simulations.frame import Outcome, Phrases
from dva.simulations.sdk.sigv4.canonical import S3

DEFAULT_EXPIRES = 3600
"""Seconds that a presigned URL lives by default."""


class Credentials(StrictStruct, rename=None):
    """The keys that sign."""

    access_key_id: str
    """Access key ID; it is sent with the request."""
    secret_access_key: str
    """Secret access key; it is never sent."""
    session_token: str | None = None
    """Session token of temporary credentials."""


class Request(StrictStruct, rename=None):
    """An HTTP request as it is sent."""

    host: str = ""
    """Host name, with a port where it is not the default one."""
    method: str = "GET"
    """HTTP method."""
    scheme: Literal["http", "https"] = "https"
    """Protocol of the URL."""
    path: str = "/"
    """Path as in the request line, encoded as it is sent."""
    query: str | None = None
    """Query string without `?`, encoded as it is sent."""
    headers: list[tuple[str, str | int]] = []
    """Headers as [name, value], in order."""
    body: str | None = None
    """Text of the body."""


class Options(StrictStruct, rename=None):
    """What is left out follows the service: S3 takes paths as they are and names the payload's hash in a header."""

    sign_payload: Literal["sha256", "UNSIGNED-PAYLOAD"] | None = None
    """Whether the hash of the body is signed."""
    content_sha256_header: bool | None = None
    """Whether x-amz-content-sha256 is added; by default for S3."""
    normalize_path: bool | None = None
    """Whether `.`, `..` and empty segments are removed; by default except for S3."""
    double_encode_path: bool | None = None
    """Whether each segment of the path is encoded once more; by default except for S3."""


class Verify(StrictStruct, rename=None):
    """How the request arrives at the service."""

    server_time: str | int
    """The service's clock, as in `timestamp`."""
    signature: str | None = None
    """Signature that arrives; by default the right one."""


class Given(StrictStruct, rename=None):
    """A request, and what signs it."""

    credentials: Credentials
    """The keys that sign."""
    region: str
    """Region of the service."""
    service: str
    """Signing name of the service, such as `s3`."""
    timestamp: str | int
    """When the request is signed: `20150830T123600Z`, ISO 8601, or seconds since 1970."""
    request: Request
    """The request as it is sent."""
    variant: Literal["header", "query"] = "header"
    """Whether the signature is in the Authorization header, or in the query of a presigned URL."""
    expires: int | None = None
    """Seconds that a presigned URL lives; an hour by default."""
    options: Options = field(default_factory=Options)
    """How the service wants requests to be signed."""
    verify: Verify | None = None
    """How the request arrives at the service, which then checks it."""

    @property
    def lifetime(self) -> int:
        """Seconds that a presigned URL lives."""
        return DEFAULT_EXPIRES if self.expires is None else self.expires

    @property
    def is_s3(self) -> bool:
        """Whether the service signs as Amazon S3 does."""
        return self.service in S3

    @property
    def presigned(self) -> bool:
        """Whether the signature goes into the query."""
        return self.variant == "query"


class SignedRequest(Outcome):
    """The signature, and the texts that lead to it."""

    status: Annotated[
        Literal["signed", "valid", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "AccessDenied", "refused"] | None,
        Phrases(
            {
                "valid": "The request is accepted",
                "SignatureDoesNotMatch": "SignatureDoesNotMatch",
                "RequestTimeTooSkewed": "RequestTimeTooSkewed",
                "AccessDenied": "AccessDenied",
            },
            {"signed": "The request is signed", "refused": "The URL is rejected: its lifetime is out of range"},
        ),
    ] = None
    """`signed`; with `verify` `valid` or the error; `refused` where X-Amz-Expires is out of range."""
    canonical_request: str | None = None
    """The request in the form that is hashed."""
    string_to_sign: str | None = None
    """The text that the signing key signs."""
    signing_key_hex: str | None = None
    """The derived signing key, in hexadecimal."""
    signature: str | None = None
    """The signature, in hexadecimal."""
    signed_headers: str | None = None
    """Names of the signed headers, joined by `;`."""
    authorization: str | None = None
    """Value of the Authorization header; null for a presigned URL."""
    signed_url: str | None = None
    """The presigned URL; null where the signature is in a header."""

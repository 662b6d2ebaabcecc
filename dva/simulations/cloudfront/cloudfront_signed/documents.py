"""What is given to sign a URL or to check one, and the result."""

from typing import Annotated, Any, Literal

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.frame import Outcome, Phrases


class Key(StrictStruct, rename=None):
    """A key pair of CloudFront; only the id where no signature is checked."""

    id: str
    """Id of the public key (Key-Pair-Id)."""
    n: str | int | None = None
    """Modulus of an RSA key, a number or `0x…`."""
    e: str | int = 65537
    """Exponent of an RSA key, a number or `0x…`."""
    public_key: str | None = None
    """Public key in PEM, RSA or ECDSA."""
    private_key: str | None = None
    """Private key in PEM, RSA, without a password."""

    @property
    def has_material(self) -> bool:
        """Whether a signature can be checked with it."""
        return any(part is not None for part in (self.n, self.public_key, self.private_key))


class Behavior(AwsDocument, rename="pascal"):
    """A cache behavior. Groups: `[{keys: [ids]}]`, or AWS's `{Enabled, Items: [group ids]}` with `key_groups`."""

    wrappers = ("Distribution", "DistributionConfig", "DefaultCacheBehavior")
    trusted_key_groups: list[str | dict[str, Any]] | dict[str, Any] | None = None
    trusted_signers: list[str | dict[str, Any]] | dict[str, Any] | None = None


class Viewer(StrictStruct, rename=None):
    """A viewer's request."""

    url: str
    """URL of the request."""
    time: int | str | None = None
    """When the request arrives: epoch seconds or ISO 8601."""
    ip: str | None = None
    """Address of the viewer."""
    via: Literal["url", "cookie", "cookies"] = "url"
    """How `policy` reaches CloudFront, where neither the URL nor the cookies carry one."""
    cookies: dict[str, str | int] = {}
    """Cookies of the request, by name."""


class Sign(StrictStruct, rename=None):
    """What to sign."""

    url: str
    """URL to sign."""
    date_less_than: int | str
    """End of the policy: epoch seconds or ISO 8601."""
    kind: Literal["canned", "custom"] = "canned"
    """Kind of the policy."""
    date_greater_than: int | str | None = None
    """Beginning of a custom policy: epoch seconds or ISO 8601."""
    ip_address: str | None = None
    """IPv4 address or range of a custom policy."""
    resource: str | None = None
    """Resource of a custom policy, where it is not the URL itself."""
    hash_algorithm: Literal["SHA1", "SHA256"] = "SHA1"
    """Hash algorithm of the signature."""


class Given(StrictStruct, rename=None):
    """Either `sign` and `key`, or `request` with `behavior` and keys."""

    sign: Sign | None = None
    """What to sign."""
    behavior: Behavior | None = None
    """Cache behavior that the request is for; without it all given keys are trusted."""
    key: Key | None = None
    """The key pair to sign with, or one that may have signed."""
    keys: list[Key] = []
    """Further key pairs that may have signed."""
    key_groups: list[dict[str, Any]] | dict[str, Any] = []
    """Key groups, as `aws cloudfront list-key-groups` prints them."""
    policy: str | dict[str, Any] | None = None
    """Custom policy that the viewer presents; without `signature` it counts as signed by `key`."""
    signature: str | None = None
    """Signature of `policy`, in base64 for URLs."""
    request: Viewer | None = None
    """The request to check."""

    @property
    def known(self) -> dict[str, Key]:
        """All keys by id."""
        return {key.id: key for key in ([self.key] if self.key else []) + self.keys}


class Signed(Outcome):
    """Whether the file is served, or what has been signed."""

    status: Annotated[
        Literal["allow", "deny", "signed"] | None,
        Phrases({"allow": "It serves the file", "deny": "It returns 403"}, {"signed": "It is signed"}),
    ] = None
    """`allow` or `deny` for a request, `signed` for a signature."""
    checks: dict[str, bool | None] = {}
    """By check (key_group, signature, resource, date_less_than, date_greater_than, ip): result; null if not made."""
    http_status: int | None = None
    """HTTP status for the viewer."""
    failed: Annotated[
        str | None,
        Phrases(
            {
                "key_group": "The key must be in a key group of the behavior",
                "signature": "The signature must match the policy",
                "resource": "The URL must match the resource of the policy",
                "date_less_than": "The time must be before DateLessThan",
                "date_greater_than": "The time must be after DateGreaterThan",
                "ip": "The address must be in the range of IpAddress",
            },
            {"missing": "The request must have a signature", "policy": "The policy must be valid"},
        ),
    ] = None
    """The first check that fails; `missing` or `policy` where there is nothing to check."""
    policy: str | None = None
    """Policy that has been signed."""
    signature: str | None = None
    """Its signature, in base64 for URLs."""
    query: str | None = None
    """Parameters to add to the URL."""
    cookies: dict[str, str] = {}
    """The same as cookies, by name."""
    signed_url: str | None = None
    """The signed URL."""

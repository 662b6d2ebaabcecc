"""RSA for policies: PKCS #1 v1.5 over SHA-1 (or SHA-256 where the URL says so). The library is loaded only to sign."""

from typing import Any

from dva.aws.document import StrictStruct
from dva.errors import GivenError

HASHES = ("SHA1", "SHA256")
"""What a URL may name as Hash-Algorithm (rules.URLS)."""


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


def _private(key: Key) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key((key.private_key or "").encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise GivenError("not a private key in PEM without a password", pointer="/key/private_key") from None


def _public(key: Key) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if key.private_key and key.n is None and not key.public_key:
        return _private(key).public_key()
    try:
        if key.public_key:
            return load_pem_public_key(key.public_key.encode())
        e, n = (number if isinstance(number, int) else int(number or "", 0) for number in (key.e, key.n))
        return RSAPublicNumbers(e, n).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise GivenError("not a public key: give n and e, or public_key in PEM", pointer="/key") from None


def _hash(name: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256() if name == "SHA256" else hashes.SHA1()  # noqa: S303 - CloudFront's default


def sign(key: Key, message: bytes, hashed: str) -> bytes:
    """Return the signature of the message; the same each time."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    private = _private(key)
    if not isinstance(private, RSAPrivateKey):
        raise GivenError("dva signs with RSA keys", pointer="/key/private_key")
    return private.sign(message, PKCS1v15(), _hash(hashed))


def verifies(key: Key, message: bytes, signature: bytes, hashed: str) -> bool:
    """Whether this key made the signature; ECDSA keys (P-256) are read too."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    public = _public(key)
    if not isinstance(public, RSAPublicKey | EllipticCurvePublicKey):
        raise GivenError("CloudFront takes RSA and ECDSA keys", pointer="/key")
    scheme = (PKCS1v15(), _hash(hashed)) if isinstance(public, RSAPublicKey) else (ECDSA(_hash(hashed)),)
    try:
        public.verify(signature, message, *scheme)
    except InvalidSignature:
        return False
    return True

"""RSA for policies: PKCS #1 v1.5 over SHA-1 (or SHA-256 where the URL says so).

The library takes long to load and most runs need none of it: this module is imported where a signature is.
"""

from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from dva.errors import GivenError
from dva.simulations.cloudfront.cloudfront_signed.documents import Key

HASHES: dict[str, type[hashes.SHA1] | type[hashes.SHA256]] = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}
"""What a URL may name as Hash-Algorithm (rules.URLS)."""


def _private(key: Key) -> Any:
    try:
        return load_pem_private_key((key.private_key or "").encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise GivenError("not a private key in PEM without a password", pointer="/key/private_key") from None


def _public(key: Key) -> Any:
    if key.private_key and key.n is None and not key.public_key:
        return _private(key).public_key()
    try:
        if key.public_key:
            return load_pem_public_key(key.public_key.encode())
        e, n = (number if isinstance(number, int) else int(number or "", 0) for number in (key.e, key.n))
        return RSAPublicNumbers(e, n).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise GivenError("not a public key: give n and e, or public_key in PEM", pointer="/key") from None


def sign(key: Key, message: bytes, hashed: str) -> bytes:
    """Return the signature of the message; the same each time."""
    private = _private(key)
    if not isinstance(private, RSAPrivateKey):
        raise GivenError("dva signs with RSA keys", pointer="/key/private_key")
    return private.sign(message, PKCS1v15(), HASHES[hashed]())


def verifies(key: Key, message: bytes, signature: bytes, hashed: str) -> bool:
    """Whether this key made the signature; ECDSA keys (P-256) are read too. Another hash algorithm is not right."""
    if hashed not in HASHES:
        return False
    public, algorithm = _public(key), HASHES[hashed]()
    if not isinstance(public, RSAPublicKey | EllipticCurvePublicKey):
        raise GivenError("CloudFront takes RSA and ECDSA keys", pointer="/key")
    scheme = (PKCS1v15(), algorithm) if isinstance(public, RSAPublicKey) else (ECDSA(algorithm),)
    try:
        public.verify(signature, message, *scheme)
    except InvalidSignature:
        return False
    return True

"""The pieces that Signature Version 4 is made of, each a plain function from text to text.

Source: IAM User Guide, Create a signed AWS API request; the edges as botocore's auth.py cuts them.
"""

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

Headers = list[tuple[str, str]]

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
TERMINATOR = "aws4_request"
NEVER_SIGNED = frozenset({
    "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
    "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
})  # fmt: skip
"""Headers that a proxy may change, or that carry the signature itself (botocore's SIGNED_HEADERS_BLACKLIST)."""

S3 = frozenset({"s3", "s3-outposts", "s3-object-lambda", "s3express"})
"""Signing names of the services that take the path without normalizing it or encoding it again."""

DEFAULT_PORT = {"http": "80", "https": "443"}
ESCAPE = re.compile(r"(%[0-9A-Fa-f]{2})")


def encode(text: str) -> str:
    """Percent-encode all but letters, digits and `-_.~`; hex digits in upper case."""
    return quote(text, safe="-_.~")


def encode_wire(text: str) -> str:
    """Percent-encode text that may already hold escapes: valid ones are kept."""
    return "".join(part.upper() if ESCAPE.fullmatch(part) else encode(part) for part in ESCAPE.split(text))


def without_dots(path: str) -> str:
    """Return the path without `.`, `..` and empty segments; a final `/` stays.

    After `/.` and `/..` at the end no slash is left: so does botocore, other than RFC 3986.
    """
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if path.endswith("/") and kept else "")


def encode_path(path: str) -> str:
    """Encode every segment (again): the `%` of an escape becomes `%25`."""
    return quote(path, safe="/-_.~")


def as_sent(path: str) -> str:
    """Return the path of the request line: only what is not allowed there is encoded."""
    return "".join(char if "!" <= char <= "~" else quote(char) for char in path)


def decoded_and_encoded(path: str) -> str:
    """Return the path as Amazon S3 reads it: decoded to the key, and every byte of that encoded where it has to be."""
    return quote(unquote_to_bytes(path), safe="/-_.~")


def pairs(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query string as (name, value), encoded, in the order of the URL."""
    split = [piece.partition("=") for piece in query.split("&")] if query else []
    return [(encode_wire(name), encode_wire(value)) for name, _, value in split]


def joined(parameters: Sequence[tuple[str, str]]) -> str:
    """Return `name=value` joined by `&`."""
    return "&".join(f"{name}={value}" for name, value in parameters)


def host_of(host: str, scheme: str) -> str:
    """Return the host header: lower case, without the default port."""
    return host.lower().removesuffix(f":{DEFAULT_PORT.get(scheme, '')}")


def names(headers: Headers) -> list[str]:
    """Return the names in lower case, each once, sorted."""
    return sorted({name.lower().strip() for name, _ in headers})


def header_lines(headers: Headers) -> list[str]:
    """Return `name:value` sorted by name; values of a repeated name joined by commas in their order.

    Values are trimmed, and each run of whitespace in them (a folded line too) is one space.
    """
    lines = []
    for name in names(headers):
        values = [" ".join(value.split()) for other, value in headers if other.lower().strip() == name]
        lines.append(f"{name}:{','.join(values)}")
    return lines


def get(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, whatever the letter case of its name."""
    return next((value for other, value in headers if other.lower().strip() == name.lower()), None)


def without(headers: Headers, *dropped: str) -> Headers:
    """Return the headers without those of these (lower-case) names."""
    return [(name, value) for name, value in headers if name.lower().strip() not in dropped]


def digest(text: str) -> str:
    """Return the SHA-256 of the text as 64 hex digits."""
    return sha256(text.encode()).hexdigest()


def hmac_of(key: bytes, text: str) -> bytes:
    """Return the HMAC-SHA256 of the text."""
    return hmac.new(key, text.encode(), sha256).digest()


def key_chain(secret: str, scope: Sequence[str]) -> list[tuple[str, bytes]]:
    """Return the four keys derived one from the other: (what is mixed in, key). The last one signs."""
    key, chain = f"AWS4{secret}".encode(), []
    for part in scope:
        key = hmac_of(key, part)
        chain.append((part, key))
    return chain

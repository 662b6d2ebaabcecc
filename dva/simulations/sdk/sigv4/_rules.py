"""The rules of Signature Version 4: what the signer does, then what the service checks."""

from dva.simulations._before import Rule

CREATE = (
    "IAM User Guide, Create a signed AWS API request: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"
)
QUERY = (
    "Amazon S3 API Reference, Authenticating requests using query parameters: "
    "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"
)
BOTOCORE = "botocore, botocore/auth.py"
NOTE, PARTS, PRESIGNED = ("sdk-overview.21",), ("sigv4.canonical-request",), ("sdk-overview.22",)

SCOPE = Rule(
    "aws.sigv4.scope", "A signature is good for one day, one Region and one service: its scope.", CREATE,
    ("sigv4.signing-key",),
)  # fmt: skip
ADDED = Rule(
    "aws.sigv4.added-headers",
    "The signer adds x-amz-date, for temporary credentials x-amz-security-token, for S3 x-amz-content-sha256.",
    CREATE, ("sigv4.session-token",),
)  # fmt: skip
DATE = Rule(
    "aws.sigv4.date-header", "A request that has a Date header is dated by it, and gets no x-amz-date.", BOTOCORE, NOTE
)
PARAMETERS = Rule(
    "aws.sigv4.query-parameters",
    "In a presigned URL the algorithm, credential, date, expiry, signed headers and token are query parameters.",
    QUERY, PRESIGNED,
)  # fmt: skip
METHOD = Rule("aws.sigv4.method", "The canonical request begins with the method in upper case.", CREATE, PARTS)
PATH = Rule(
    "aws.sigv4.path",
    "The path loses `.`, `..` and empty segments, and every segment is encoded once more.",
    CREATE,
    PARTS,
)
PATH_S3 = Rule("aws.sigv4.path-as-sent", "S3 takes the path exactly as it was sent.", CREATE, PARTS)
SORTED = Rule(
    "aws.sigv4.query",
    "Parameters are encoded and sorted by name, then by value; each has an equals sign.",
    CREATE,
    PARTS,
)
HEADERS = Rule(
    "aws.sigv4.headers",
    "Header names in lower case, sorted; values trimmed, inner spaces single, repeated names joined by commas.",
    CREATE, ("sigv4.signed-headers",),
)  # fmt: skip
LEFT_OUT = Rule(
    "aws.sigv4.unsigned-headers", "Headers that proxies change, such as user-agent, are not signed.", BOTOCORE,
    ("sigv4.signed-headers",),
)  # fmt: skip
PAYLOAD = Rule("aws.sigv4.payload", "The SHA-256 of the body is signed, also of an empty one.", CREATE, PARTS)
UNSIGNED = Rule(
    "aws.sigv4.unsigned-payload",
    "UNSIGNED-PAYLOAD stands for the hash where the body is not known when signing, as in an S3 presigned URL.",
    QUERY, PRESIGNED,
)  # fmt: skip
STRING = Rule(
    "aws.sigv4.string-to-sign",
    "The string to sign: algorithm, time, scope, and the hash of the canonical request.",
    CREATE, PARTS,
)  # fmt: skip
KEY = Rule(
    "aws.sigv4.signing-key",
    "The signing key is the secret mixed with date, Region, service and aws4_request, one HMAC after the other.",
    CREATE, ("sigv4.signing-key",),
)  # fmt: skip
SIGNATURE = Rule(
    "aws.sigv4.signature", "The signature is the HMAC of the string to sign, in hex.", CREATE, ("sigv4.signing-key",)
)
AUTHORIZATION = Rule(
    "aws.sigv4.authorization", "The Authorization header names credential and signed headers.", CREATE, NOTE
)
URL = Rule(
    "aws.sigv4.signed-url", "X-Amz-Signature is put at the end of the URL; it cannot sign itself.", QUERY, PRESIGNED
)
RANGE = Rule(
    "aws.sigv4.expires-range", "X-Amz-Expires is 1 to 604800 seconds: seven days.", QUERY, ("sigv4.presigned-expiry",)
)
SKEW = Rule(
    "aws.sigv4.skew", "A signed header is taken for some minutes around its time: 15 with S3, 5 elsewhere.", CREATE,
    ("sigv4.clock-skew",),
)  # fmt: skip
EXPIRY = Rule(
    "aws.sigv4.expiry",
    "A presigned URL is taken until X-Amz-Expires seconds after its signing time.",
    QUERY, ("sigv4.presigned-expiry",),
)  # fmt: skip
COMPARED = Rule(
    "aws.sigv4.compared", "The service signs what it received with the same secret, and compares.", CREATE, NOTE
)
RULES = (
    SCOPE, ADDED, DATE, PARAMETERS, METHOD, PATH, PATH_S3, SORTED, HEADERS, LEFT_OUT, PAYLOAD, UNSIGNED, STRING, KEY,
    SIGNATURE, AUTHORIZATION, URL, RANGE, SKEW, EXPIRY, COMPARED,
)  # fmt: skip

"""The rules of Signature Version 4: what the signer does, then what the service checks."""

from dva.simulations.frame import Mechanism

sigv4 = Mechanism("sigv4", rules="aws.sigv4", notes="sigv4")
rule, belief = sigv4.rule, sigv4.belief

DOCS = "https://docs.aws.amazon.com"
IAM_PAGE, S3_PAGE = "UserGuide/reference_sigv-create-signed-request.html", "API/sigv4-query-string-auth.html"
CREATE = f"IAM User Guide, Create a signed AWS API request: {DOCS}/IAM/latest/{IAM_PAGE}"
QUERY = f"Amazon S3 API Reference, Authenticating requests using query parameters: {DOCS}/AmazonS3/latest/{S3_PAGE}"
BOTOCORE = "botocore, botocore/auth.py"
SCOPE = rule("scope", "A signature is good for one day, one Region and one service: its scope.", CREATE, "signing-key")
ADDED = rule("added-headers",
             "The signer adds x-amz-date, for temporary credentials x-amz-security-token, for S3 x-amz-content-sha256.",
             CREATE, "session-token")  # fmt: skip
DATE = rule("date-header", "A request that has a Date header is dated by it, and gets no x-amz-date.", BOTOCORE,
            "sdk-overview.21")  # fmt: skip
PARAMETERS = rule(
    "query-parameters",
    "In a presigned URL the algorithm, credential, date, expiry, signed headers and token are query parameters.", QUERY,
    "sdk-overview.22",
)  # fmt: skip
METHOD = rule("method", "The canonical request begins with the method in upper case.", CREATE, "canonical-request")
PATH = rule("path", "The path loses `.`, `..` and empty segments, and every segment is encoded once more.", CREATE,
            "canonical-request")  # fmt: skip
PATH_S3 = rule(
    "path-as-sent",
    "For S3 the path is signed as it is sent, neither normalized nor encoded again.",
    CREATE,
    "canonical-request",
)
PATH_OF_SERVICE = rule(
    "path-of-the-service",
    "The service makes the path itself: S3 decodes it and encodes all but letters, digits, `-_.~/`; others normalize "
    "and encode it once more.",
    f"{CREATE}; the CanonicalRequest that S3 answers with: https://github.com/curl/curl/issues/13754",
    "canonical-request",
)  # fmt: skip
SORTED = rule("query", "Parameters are encoded and sorted by name, then by value; each has an equals sign.", CREATE,
              "canonical-request")  # fmt: skip
HEADERS = rule(
    "headers",
    "Header names in lower case, sorted; values trimmed, inner spaces single, repeated names joined by commas.", CREATE,
    "signed-headers",
)  # fmt: skip
LEFT_OUT = rule("unsigned-headers", "Headers that proxies change, such as user-agent, are not signed.", BOTOCORE,
                "signed-headers")  # fmt: skip
PAYLOAD = rule("payload", "The SHA-256 of the body is signed, also of an empty one.", CREATE, "canonical-request")
UNSIGNED = rule(
    "unsigned-payload",
    "UNSIGNED-PAYLOAD stands for the hash where the body is not known when signing, as in an S3 presigned URL.", QUERY,
    "sdk-overview.22",
)  # fmt: skip
STRING = rule("string-to-sign", "The string to sign: algorithm, time, scope, and the hash of the canonical request.",
              CREATE, "canonical-request")  # fmt: skip
KEY = rule("signing-key",
           "The signing key is the secret mixed with date, Region, service and aws4_request, one HMAC after the other.",
           CREATE, "signing-key")  # fmt: skip
SIGNATURE = rule("signature", "The signature is the HMAC of the string to sign, in hex.", CREATE, "signing-key")
AUTHORIZATION = rule("authorization", "The Authorization header names credential and signed headers.", CREATE,
                     "sdk-overview.21")  # fmt: skip
URL = rule("signed-url", "X-Amz-Signature is put at the end of the URL; it cannot sign itself.", QUERY,
           "sdk-overview.22")  # fmt: skip
RANGE = rule("expires-range", "X-Amz-Expires is 1 to 604800 seconds: seven days.", QUERY, "presigned-expiry")
SKEW = rule("skew", "A signed header is taken for some minutes around its time: 15 with S3, 5 elsewhere.", CREATE,
            "clock-skew")  # fmt: skip
EXPIRY = rule("expiry", "A presigned URL is taken until X-Amz-Expires seconds after its signing time.", QUERY,
              "presigned-expiry")  # fmt: skip
COMPARED = rule("compared", "The service signs what it received with the same secret, and compares.", CREATE,
                "sdk-overview.21")  # fmt: skip

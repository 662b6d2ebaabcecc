"""The rules of signed URLs and cookies: how they are made, then how CloudFront checks them."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
CREATING = f"{GUIDE}/private-content-creating-signed-url"
CUSTOM = f"CloudFront Developer Guide, Create a signed URL using a custom policy: {CREATING}-custom-policy.html"
CANNED = f"CloudFront Developer Guide, Create a signed URL using a canned policy: {CREATING}-canned-policy.html"
COOKIES = f"CloudFront Developer Guide, Use signed cookies: {GUIDE}/private-content-signed-cookies.html"
SIGNERS = f"CloudFront Developer Guide, Specify signers: {GUIDE}/private-content-trusted-signers.html"
URLS = f"CloudFront Developer Guide, Use signed URLs: {GUIDE}/private-content-signed-urls.html"
TOPIC = "cloudfront-signed-url-cookies"

# Signing

CANNED_POLICY = Rule(
    "cloudfront.signed.canned-policy",
    "A canned policy names one URL and its end, in one exact spelling; it is signed, not sent.",
    CANNED, (f"{TOPIC}.canned-or-custom",),
)  # fmt: skip
CUSTOM_POLICY = Rule(
    "cloudfront.signed.custom-policy",
    "A custom policy may have wildcards, a beginning and an IP range, and is sent along in base64.",
    CUSTOM, (f"{TOPIC}.canned-or-custom", f"{TOPIC}.02"),
)  # fmt: skip
SIGNATURE = Rule(
    "cloudfront.signed.signature",
    "The private key signs the policy with RSA and SHA-1 (SHA-256 where the URL says so).",
    URLS, (f"{TOPIC}.signature",),
)  # fmt: skip
ENCODING = Rule(
    "cloudfront.signed.encoding", "In base64 for URLs `+` is `-`, `=` is `_` and `/` is `~`.", CUSTOM,
    (f"{TOPIC}.signature",),
)  # fmt: skip
AS_URL = Rule(
    "cloudfront.signed.url",
    "The parameters follow the URL's own query: Expires or Policy, Signature, Key-Pair-Id.",
    URLS, (f"{TOPIC}.03",),
)  # fmt: skip
AS_COOKIES = Rule(
    "cloudfront.signed.cookies", "The same values may travel in three cookies, and the URLs stay as they are.", COOKIES,
    (f"{TOPIC}.03",),
)  # fmt: skip

# Checking

PUBLIC = Rule(
    "cloudfront.signed.no-signers", "A behavior without trusted key groups or signers serves everybody.", SIGNERS,
    (f"{TOPIC}.key-groups",),
)  # fmt: skip
PRESENTED = Rule(
    "cloudfront.signed.presented",
    "Where the URL has any of Expires, Policy, Signature, Key-Pair-Id, it decides alone; else the cookies do.",
    COOKIES, (f"{TOPIC}.url-before-cookies",),
)  # fmt: skip
MISSING = Rule("cloudfront.signed.missing", "Whoever presents neither is refused.", SIGNERS, (f"{TOPIC}.key-groups",))
KEY_GROUP = Rule(
    "cloudfront.signed.key-group", "The key must belong to a trusted key group of this behavior.", SIGNERS,
    (f"{TOPIC}.key-groups",),
)  # fmt: skip
CHECKED = Rule(
    "cloudfront.signed.checked", "The public key must confirm the signature over the policy, sent or rebuilt.", URLS,
    (f"{TOPIC}.signature",),
)  # fmt: skip
ASSUMED = Rule(
    "cloudfront.signed.assumed", "A policy given without its signature counts as signed by the key.", "dva",
    (f"{TOPIC}.signature",), assumption=True,
)  # fmt: skip
POLICY = Rule(
    "cloudfront.signed.policy", "A policy is one statement with a DateLessThan.", CUSTOM, (f"{TOPIC}.canned-or-custom",)
)
RESOURCE = Rule(
    "cloudfront.signed.resource",
    "The URL must fit Resource; a wildcard stays inside protocol, domain, path or query.",
    CUSTOM, (f"{TOPIC}.wildcards",),
)  # fmt: skip
LESS_THAN = Rule(
    "cloudfront.signed.date-less-than", "The request must arrive before DateLessThan.", URLS, (f"{TOPIC}.expiry",)
)
GREATER_THAN = Rule(
    "cloudfront.signed.date-greater-than", "The request must not arrive before DateGreaterThan.", CUSTOM,
    (f"{TOPIC}.expiry",),
)  # fmt: skip
IP = Rule(
    "cloudfront.signed.ip",
    "The viewer's address must lie in the one IPv4 range of the policy.",
    CUSTOM,
    (f"{TOPIC}.02",),
)
SERVED = Rule(
    "cloudfront.signed.served", "Only where every check holds the file is served; else 403.", URLS, (f"{TOPIC}.01",)
)
RULES = (
    CANNED_POLICY, CUSTOM_POLICY, SIGNATURE, ENCODING, AS_URL, AS_COOKIES, PUBLIC, PRESENTED, MISSING, KEY_GROUP,
    CHECKED, ASSUMED, POLICY, RESOURCE, LESS_THAN, GREATER_THAN, IP, SERVED,
)  # fmt: skip
